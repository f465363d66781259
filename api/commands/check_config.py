"""``gongdan check-config``: the settings as they are understood."""

from __future__ import annotations

import argparse

import msgspec

from api.commands.environment import current_settings
from api.terminal import DONE, show
from engine.bootstrap import describe


def arguments(_parser: argparse.ArgumentParser) -> None:
    """It has none."""


def run(_given: argparse.Namespace) -> int:
    """Show all settings, without secrets."""
    for name, value in describe(current_settings()).items():
        show(f"{name} = {msgspec.json.encode(value, enc_hook=str).decode()}")
    return DONE
