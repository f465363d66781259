"""Settings of the commands that work on an installation."""

from __future__ import annotations

import os

from engine.settings import Settings, read_settings


def current_settings() -> Settings:
    """Settings of the process's environment.

    Raises:
        SettingError: One is wrong.
    """
    return read_settings(os.environ)
