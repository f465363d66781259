"""``gongdan serve``: web processes on a migrated database."""

from __future__ import annotations

import argparse
from typing import Any

from api import installation
from api.children import apart
from api.commands.environment import current_settings
from api.serve import check_port, serve, url
from api.terminal import DONE, REFUSED, say
from engine.settings import Settings


def arguments(parser: argparse.ArgumentParser) -> None:
    """Whether a metronome runs beside them."""
    parser.add_argument("--worker", action="store_true", help="and a metronome beside them")


def run(given: argparse.Namespace) -> int:
    """Serve until asked to stop."""
    settings = current_settings()
    check_port(settings)
    apart(installation.check, settings)
    return until_asked(
        settings, with_worker=given.worker, announce=lambda: say(f"serving on {url(settings)}")
    )


def until_asked(settings: Settings, **options: Any) -> int:
    """Serve; the exit code."""
    return DONE if serve(settings, **options) else REFUSED
