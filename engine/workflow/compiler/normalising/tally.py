"""Counts what is said once per process instead of once per element."""

from __future__ import annotations

from lxml import etree

from engine.workflow.compiler.report import Report


class Tally:
    """Findings about things of which a process may have hundreds."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self._counted: dict[tuple[str, str], tuple[etree._Element, int]] = {}

    def count(self, code: str, node: etree._Element, name: str) -> None:
        """Count one more; the first of a name gives the place."""
        first, number = self._counted.get((code, name), (node, 0))
        self._counted[code, name] = first, number + 1

    def close(self) -> None:
        """Report what was counted, and begin anew."""
        for (code, name), (node, number) in self._counted.items():
            self.report.add(code, node, name=name, count=number)
        self._counted.clear()
