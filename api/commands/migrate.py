"""``gongdan migrate``: the database in the schema of this program."""

from __future__ import annotations

import argparse

from api import installation
from api.commands.environment import current_settings
from api.terminal import DONE


def arguments(_parser: argparse.ArgumentParser) -> None:
    """It has none."""


def run(_given: argparse.Namespace) -> int:
    """Make the data folder and bring the database up to date."""
    installation.migrate(current_settings())
    return DONE
