"""From a published file to a compiled definition: read, normalise, build, freeze."""

from __future__ import annotations

from collections.abc import Iterable

from lxml import etree

from engine.ports.deployment import DefinitionFiles
from engine.workflow.compiler.building.parser import CamundaParser
from engine.workflow.compiler.deployment import drawing
from engine.workflow.compiler.reading.faults import UnreadableError
from engine.workflow.compiler.reading.reader import bpmn, read
from engine.workflow.compiler.report import Report
from engine.workflow.decisions import Decision, read_decisions
from engine.workflow.errors import DefinitionInvalidError, ProcessMissingError
from engine.workflow.runtime.definitions import Definition


def compile_definition(files: DefinitionFiles) -> Definition:
    """Compile one published definition.

    Raises:
        DefinitionInvalidError: It has findings that refuse it.
        ProcessMissingError: The file does not contain the process.
    """
    report = Report()
    report.file = f"{files.key}.bpmn"
    decisions = _decisions(files.decisions, report)
    try:
        root = drawing(read(files.bpmn), report)
    except UnreadableError as error:
        report.unreadable(error)
        raise _invalid(files.id, report) from error
    process = find_process(root, files.key)
    if process is None:
        raise ProcessMissingError(definition_id=files.id, key=files.key)
    parser = CamundaParser(root, report, frozenset(decisions))
    parser.parse_scope(process)
    if report.refusals:
        raise _invalid(files.id, report)
    return Definition(files.id, files.key, parser.specs, decisions)


def find_process(root: etree._Element, key: str) -> etree._Element | None:
    """The process of a key in a file."""
    return next((node for node in root.iterfind(bpmn("process")) if node.get("id") == key), None)


def _decisions(files: Iterable[bytes], report: Report) -> dict[str, Decision]:
    decisions: dict[str, Decision] = {}
    for data in files:
        try:
            decisions.update(read_decisions(read(data), report))
        except UnreadableError as error:
            report.unreadable(error)
    return decisions


def _invalid(definition_id: int, report: Report) -> DefinitionInvalidError:
    first = report.refusals[0]
    return DefinitionInvalidError(
        definition_id=definition_id,
        count=len(report.refusals),
        element=first.element_id or first.file,
        message=first.message,
    )
