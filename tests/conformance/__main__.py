"""Prints ``docs/conformance.md``: ``python -m tests.conformance > docs/conformance.md``."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.conformance.notation import Case, Wrong
from tests.conformance.positions import table
from tests.conformance.suite import CASES, CHAPTERS, WRONG

DOCUMENT = Path(__file__).parents[2] / "docs" / "conformance.md"

_HEAD = f"""# Conformance with BPMN 2.0.2

Every element and event of the standard (OMG formal/2013-12-09), the clauses that say what it
means, and what became of it here. *Runs* means: so many small diagrams tell, command by command,
the story the clause prescribes, saved and restored at every step. *Refused* means: so many wrong
or unsupported drawings are refused by rule, element and line. The cases are in
`tests/conformance/chapters`, their notation in `tests/conformance/notation.py`; this page is
printed by `python -m tests.conformance`.

{len(CASES)} diagrams run, {len(WRONG)} are refused.
"""
_POSITIONS = """## Events by position
Clause 10.5.1, table 10.93. Every cell is a test: an empty one does not exist in the standard and
is refused as well."""


def written() -> str:
    """The document."""
    return "\n".join([_HEAD, _POSITIONS, table(), "", *(_chapter(one) for one in CHAPTERS)])


def _chapter(chapter: object) -> str:
    cases: list[Case] = chapter.CASES  # type: ignore[attr-defined]  # every chapter has them
    wrong: list[Wrong] = chapter.WRONG  # type: ignore[attr-defined]
    rows = [
        _row(element, cases, wrong)
        for element in dict.fromkeys(one.element for one in [*cases, *wrong])
    ]
    title = (chapter.__doc__ or "").partition(".")[0]
    return "\n".join(
        [f"## {title}", "| element | clause | runs | refused |", "|---|---|---|---|", *rows, ""]
    )


def _row(element: str, cases: list[Case], wrong: list[Wrong]) -> str:
    mine: list[Case | Wrong] = [one for one in [*cases, *wrong] if one.element == element]
    clauses = {part for one in mine for part in one.clause.split(" / ")}
    ordered = sorted(clauses, key=lambda text: [int(part) for part in text.split(".")])
    running = sum(isinstance(one, Case) for one in mine)
    counts = [str(count) if count else "" for count in (running, len(mine) - running)]
    return f"| {element} | {', '.join(ordered)} | {' | '.join(counts)} |"


if __name__ == "__main__":
    sys.stdout.write(written())
