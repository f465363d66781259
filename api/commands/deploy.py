"""``gongdan deploy``: files published together."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import msgspec

from api import installation
from api.commands.environment import current_settings
from api.findings import as_text, summary
from api.sources import Source, deployments, shown
from api.terminal import DONE, REFUSED, language_of, say, show, tell
from engine.domain.findings import Finding
from engine.handlers.definitions import DeploymentRefusedError


def arguments(parser: argparse.ArgumentParser) -> None:
    """What to publish."""
    parser.add_argument("path", nargs="+", type=Path, help="a file, or a folder of files")
    parser.add_argument("--language", choices=("zh", "en"), default=language_of())


def run(given: argparse.Namespace) -> int:
    """Publish all or nothing; what refuses it is told as ``gongdan check`` tells it."""
    settings = current_settings()
    (source,) = deployments(given.path)
    if source.findings:
        return _refused(source.findings, source, given)
    try:
        result = installation.deploy(settings, source.files)
    except DeploymentRefusedError as refusal:
        say(str(refusal))
        findings = msgspec.convert(refusal.params["findings"], tuple[Finding, ...])
        return _refused(findings, source, given)
    for published in result.definitions:
        state = "published" if published.is_new else "unchanged"
        show(f"{published.key} version {published.version} {state}")
    return DONE


def _refused(findings: Sequence[Finding], source: Source, given: argparse.Namespace) -> int:
    found = shown(findings, source.shown)
    for line in as_text(found, given.language):
        tell(line, indent=6)
    tell(summary(found, len(source.shown), given.language))
    return REFUSED
