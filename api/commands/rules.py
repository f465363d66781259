"""``gongdan rules``: the page ``docs/diagram-rules.md``."""

from __future__ import annotations

import argparse

from api.terminal import DONE, show
from engine.domain.rules.page import page


def arguments(_parser: argparse.ArgumentParser) -> None:
    """It has none."""


def run(_given: argparse.Namespace) -> int:
    """Print the page as Markdown."""
    show(page().rstrip("\n"))
    return DONE
