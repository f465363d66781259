"""``gongdan worker``: a metronome alone."""

from __future__ import annotations

import argparse

from api import installation
from api.commands.environment import current_settings
from api.terminal import DONE
from api.worker import work


def arguments(_parser: argparse.ArgumentParser) -> None:
    """It has none."""


def run(_given: argparse.Namespace) -> int:
    """Timers, escalations and messages until asked to stop."""
    settings = current_settings()
    installation.check(settings)
    work(settings)
    return DONE
