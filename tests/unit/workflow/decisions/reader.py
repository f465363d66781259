"""Reading tables of tests and evaluating them."""

from collections.abc import Mapping
from typing import Any

from engine.domain.findings import Finding
from engine.workflow.compiler.reading.reader import read
from engine.workflow.compiler.report import Report
from engine.workflow.decisions import Decision, read_decisions
from tests.support.dmn_builder import decision, dmn, table


def findings(file: bytes) -> list[Finding]:
    report = Report()
    read_decisions(read(file), report)
    return report.findings


def codes(file: bytes) -> list[str]:
    return [one.code for one in findings(file)]


def decisions(file: bytes) -> dict[str, Decision]:
    report = Report()
    found = read_decisions(read(file), report)
    assert not report.refusals, report.refusals
    return found


def evaluate(file: bytes, id_: str, variables: Mapping[str, object]) -> Any:
    return decisions(file)[id_].evaluate(variables.get, {})


def evaluate_table(variables: Mapping[str, object], *drawn: Any, **options: Any) -> Any:
    return evaluate(dmn(decision("d", table(*drawn, **options))), "d", variables)
