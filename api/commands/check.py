"""``gongdan check``: everything there is to say about files before they are published."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import get_args

from api.findings import as_json, as_sarif, as_text, summary
from api.offline import tools
from api.sources import Each, Source, deployments, shown
from api.terminal import DONE, REFUSED, language_of, show, tell
from engine.domain.findings import Finding
from engine.examination import examine
from engine.trial.files import Tools


def arguments(parser: argparse.ArgumentParser) -> None:
    """What to check, against what, and how to say it."""
    parser.add_argument("path", nargs="+", type=Path, help="a file, or a folder of files")
    parser.add_argument(
        "--each",
        choices=get_args(Each),
        default="call",
        help="what is a deployment of its own: everything named in this call (the default), "
        "every folder, or every file",
    )
    parser.add_argument(
        "--no-desk",
        action="store_true",
        help="only the drawing: not whether service levels, units and forms exist",
    )
    parser.add_argument("--format", choices=("text", "json", "sarif"), default="text")
    parser.add_argument("--language", choices=("zh", "en"), default=language_of())


def run(given: argparse.Namespace) -> int:
    """Say everything; 1 if something is refused."""
    count, findings = 0, []
    at_hand = tools()
    for source in deployments(given.path, given.each):
        count += len(source.shown)
        findings += _examined(source, at_hand, has_desk=not given.no_desk)
    is_refused = any(finding.severity == "refused" for finding in findings)
    match given.format:
        case "json":
            show(as_json(findings, is_refused=is_refused, files=count))
        case "sarif":
            show(as_sarif(findings, given.language))
        case _:
            for line in as_text(findings, given.language):
                tell(line, indent=6)
            tell(summary(findings, count, given.language))
    return REFUSED if is_refused else DONE


def _examined(source: Source, at_hand: Tools, *, has_desk: bool) -> list[Finding]:
    if not source.files:
        return shown(source.findings, source.shown)
    setup = at_hand.setup if has_desk else None
    examined = examine(at_hand.kernel, at_hand.forms, setup, source.files)
    return shown([*source.findings, *examined.findings], source.shown)
