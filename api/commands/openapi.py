"""``gongdan openapi``: the description of the API."""

from __future__ import annotations

import argparse

from api import installation
from api.commands.environment import current_settings
from api.terminal import DONE, show


def arguments(_parser: argparse.ArgumentParser) -> None:
    """It has none."""


def run(_given: argparse.Namespace) -> int:
    """Print the OpenAPI document."""
    show(installation.openapi(current_settings()))
    return DONE
