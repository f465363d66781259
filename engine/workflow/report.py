"""Collects findings while a file is read, checked and built."""

from __future__ import annotations

from lxml import etree

from engine.ports import Finding
from engine.workflow.reader import UnreadableError
from engine.workflow.rules import RULES


class Report:
    """Findings about one deployment, in the order of discovery.

    Attributes:
        file: Name of the file that is being looked at.
    """

    def __init__(self) -> None:
        self.file = ""
        self.findings: list[Finding] = []

    def add(
        self,
        code: str,
        node: etree._Element | None = None,
        *,
        line: int | None = None,
        **params: object,
    ) -> None:
        """Add a finding of a rule about an element.

        Args:
            code: Rule code.
            node: The element; its id and name (or those of the nearest parent) are reported.
            line: Line in the file, if there is no element.
            **params: Facts for the sentence.
        """
        rule = RULES[code]
        named = node
        while named is not None and named.get("id") is None and named.getparent() is not None:
            named = named.getparent()
        element_id = None if named is None else named.get("id")
        element_name = None if named is None else named.get("name")
        subject = element_name or element_id or self.file
        facts = {"subject": subject, **params}
        finding = Finding(
            severity=rule.severity,
            code=code,
            file=self.file,
            line=line if node is None else _line(node),
            element_id=element_id,
            element_name=element_name,
            message=rule.en.format_map(facts),
            message_zh=rule.zh.format_map(facts),
        )
        if finding not in self.findings:
            self.findings.append(finding)

    def unreadable(self, error: UnreadableError) -> None:
        """Add the finding of a file that cannot be read."""
        self.add(error.rule, line=error.line, reason=error.reason, reason_zh=error.reason_zh)

    @property
    def refusals(self) -> list[Finding]:
        """Findings that forbid publishing."""
        return [finding for finding in self.findings if finding.severity == "refused"]


def _line(node: etree._Element) -> int | None:
    line = node.sourceline
    return int(line) if line else None
