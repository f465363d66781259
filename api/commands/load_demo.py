"""``gongdan load-demo``: the demonstration in an empty installation."""

from __future__ import annotations

import argparse

from api import installation
from api.commands.environment import current_settings
from api.terminal import DONE, say


def arguments(_parser: argparse.ArgumentParser) -> None:
    """It has none."""


def run(_given: argparse.Namespace) -> int:
    """Load it."""
    installation.load_demonstration(current_settings(), say)
    return DONE
