"""``gongdan rebuild``: projections made anew from the history."""

from __future__ import annotations

import argparse

from api import installation
from api.commands.environment import current_settings
from api.terminal import DONE, REFUSED, say


def arguments(parser: argparse.ArgumentParser) -> None:
    """Whether to change anything."""
    parser.add_argument("--check", action="store_true", help="only compare; 1 if they differ")


def run(given: argparse.Namespace) -> int:
    """Compare, or replace."""
    settings = current_settings()
    if given.check:
        differences = installation.differences(settings)
        for difference in differences:
            say(difference)
        return REFUSED if differences else DONE
    installation.rebuild(settings)
    return DONE
