"""Collects findings while a file is read, checked and built."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from lxml import etree

from engine.domain.findings import Finding
from engine.domain.rules import finding
from engine.workflow.compiler.reading.faults import UnreadableError
from engine.workflow.compiler.reading.reader import local, place
from engine.workflow.errors import AuthorError
from engine.workflow.language.expressions import shorten

logger = logging.getLogger(__name__)

#: How the names of elements end that are parts of what is drawn.
_PARTS = ("EventDefinition", "LoopCharacteristics", "Expression")


class Report:
    """Findings about one deployment, in the order of discovery.

    Attributes:
        file: Name of the file that is being looked at.
    """

    def __init__(self) -> None:
        self.file = ""
        self.findings: list[Finding] = []
        self._seen: set[Finding] = set()
        self._codes: set[tuple[str, str]] = set()

    def add(self, code: str, node: etree._Element | None = None, **params: object) -> None:
        """Add a finding of a rule about an element.

        Args:
            code: Rule code.
            node: The element; its id and name (or those of the nearest parent) are reported.
            **params: Facts for the sentence.
        """
        named = _drawn(node)
        line, column = _where(node)
        self._keep(
            finding(
                code,
                self.file,
                line=line,
                column=column,
                element_id=None if named is None else named.get("id"),
                element_name=None if named is None else _name(named),
                # What is missing in the file shows as a gap, not as a word of this language.
                **{name: "–" if value is None else value for name, value in params.items()},
            )
        )

    def invalid(self, code: str, node: etree._Element, error: AuthorError, text: str = "") -> None:
        """Add the finding that something written in a language of diagrams cannot be used."""
        self.add(code, node, reason=str(error), reason_zh=error.zh, text=shorten(text))

    @contextmanager
    def guarding(self, node: etree._Element, step: str) -> Iterator[None]:
        """Turn any fault of a step into a finding: no file may break the check of the others.

        The author is told which step failed; the log keeps the fault itself.
        """
        try:
            yield
        except Exception:
            logger.exception("%s of %s failed", step, self.file)
            self.add("build-failed", node, reason=f"{step} failed")

    def unreadable(self, error: UnreadableError) -> None:
        """Add the finding of a file that cannot be read."""
        self._keep(
            finding(
                error.rule,
                self.file,
                line=error.line,
                column=error.column,
                reason=error.reason,
                reason_zh=error.reason_zh,
            )
        )

    def _keep(self, found: Finding) -> None:
        if found not in self._seen:
            self._seen.add(found)
            self._codes.add((found.file, found.code))
            self.findings.append(found)

    def has_any(self, codes: Iterable[str]) -> bool:
        """Whether one of these rules was reported about the present file."""
        return any((self.file, code) in self._codes for code in codes)

    @property
    def refusals(self) -> list[Finding]:
        """Findings that forbid publishing."""
        return [found for found in self.findings if found.severity == "refused"]


def _drawn(node: etree._Element | None) -> etree._Element | None:
    """What an author sees of an element: itself, or what it is a part of.

    The time of an event is no shape of its own, even if it has an id.
    """
    while node is not None and (parent := node.getparent()) is not None:
        is_part = local(node).endswith(_PARTS) and local(parent) != "definitions"
        if node.get("id") is not None and not is_part:
            break
        node = parent
    return node


def _name(node: etree._Element) -> str | None:
    return " ".join((node.get("name") or "").split()) or None


def _where(node: etree._Element | None) -> tuple[int | None, int | None]:
    """Place of an element, or of the nearest one around it that was in the file."""
    while node is not None:
        found = place(node)
        if found is not None:
            return found
        node = node.getparent()
    return None, None
