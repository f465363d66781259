"""Looks through a deployment before it is published: read, normalise, check, build, verify."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping

from lxml import etree

from engine.ports import DefinitionLibrary, Diagnosis, ProcessDescription, TaskDescription
from engine.workflow.activities import BusinessRuleTask, CallActivity, Job, UserTask
from engine.workflow.checks import check_ids, check_scope
from engine.workflow.decisions import Decision, read_decisions
from engine.workflow.definitions import ProcessSpec
from engine.workflow.events import MessageTrigger, StartEvent
from engine.workflow.nodes import FlowNode
from engine.workflow.normaliser import normalise
from engine.workflow.parser import CamundaParser
from engine.workflow.reader import UnreadableError, bpmn, camunda, local, read
from engine.workflow.report import Report
from engine.workflow.verifier import verify

logger = logging.getLogger(__name__)


def diagnose(files: Mapping[str, bytes], library: DefinitionLibrary) -> Diagnosis:
    """Read a deployment; all findings at once.

    Args:
        files: File name to content.
        library: What is published already, for called processes.
    """
    report = Report()
    drawings: dict[str, etree._Element] = {}
    decisions: dict[str, Decision] = {}
    for name, data in files.items():
        report.file = name
        root = _readable(data, report)
        if root is None:
            continue
        if root.tag == bpmn("definitions"):
            drawings[name] = normalise(root)
        elif local(root) == "definitions" and "DMN" in str(root.tag).upper():
            decisions.update(read_decisions(root, report))
        else:
            report.add("file-unknown")
    described = _drawings(drawings, frozenset(decisions), report)
    _calls(described, library, report)
    return Diagnosis(
        findings=tuple(report.findings),
        processes=tuple(one for one, _, _ in described),
        decisions=tuple(decisions),
    )


def _readable(data: bytes, report: Report) -> etree._Element | None:
    try:
        return read(data)
    except UnreadableError as error:
        report.unreadable(error)
        return None


def _drawings(
    drawings: Mapping[str, etree._Element], decisions: frozenset[str], report: Report
) -> list[tuple[ProcessDescription, str, etree._Element]]:
    described: list[tuple[ProcessDescription, str, etree._Element]] = []
    keys: set[str] = set()
    for name, root in drawings.items():
        report.file = name
        check_ids(root, report)
        parser = CamundaParser(root, report, decisions)
        for process in root.iter(bpmn("process")):
            key = process.get("id")
            if process.get("isExecutable") == "false":
                report.add("process-not-executable", process)
            elif key in keys:
                report.add("process-repeated", process, key=key)
            elif key:
                keys.add(key)
                description = _process(process, parser, report)
                described.append((description, name, process))
    if drawings and not described:
        report.add("process-none")
    return described


def _process(process: etree._Element, parser: CamundaParser, report: Report) -> ProcessDescription:
    refused_before = len(report.refusals)
    check_scope(process, report)
    try:
        parser.parse_scope(process)
    except Exception:
        # The author gets a finding whatever the fault; the log keeps the fault itself.
        logger.exception("building %s failed", report.file)
        report.add("build-failed", process, reason="the builder failed")
    if len(report.refusals) == refused_before:
        verify(process, parser.specs, report)
    return describe(process, report.file, parser.specs)


def _calls(
    described: Iterable[tuple[ProcessDescription, str, etree._Element]],
    library: DefinitionLibrary,
    report: Report,
) -> None:
    described = list(described)
    deployed = {description.key for description, _, _ in described}
    for description, file, process in described:
        report.file = file
        for node in process.iter(bpmn("callActivity")):
            key = node.get("calledElement") or ""
            if key not in description.calls or key in deployed:
                continue
            if library.latest(key) is None:
                report.add("called-unknown", node, key=key)


def describe(
    process: etree._Element, file: str, specs: Mapping[str, ProcessSpec]
) -> ProcessDescription:
    """What the catalogue shows of a process."""
    inside = [str(node.get("id")) for node in process.iter() if node.get("id") in specs]
    top = specs.get(str(process.get("id")))
    nodes = [
        node
        for scope in inside
        for node in specs[scope].task_specs.values()
        if isinstance(node, FlowNode)
    ]
    properties = _properties(process)
    name = process.get("name") or str(process.get("id"))
    start = process.find(bpmn("startEvent"))
    return ProcessDescription(
        key=str(process.get("id")),
        file=file,
        name=name,
        name_en=properties.get("name:en") or name,
        start_form_key=None
        if start is None
        else start.get(camunda("formKey")) or start.get(camunda("formRef")),
        publish=tuple(
            part.strip() for part in properties.get("publish", "").split(",") if part.strip()
        ),
        properties=properties,
        tasks=tuple(_task(node) for node in nodes if isinstance(node, UserTask)),
        messages=_unique(
            node.trigger.name.source
            for node in ({} if top is None else top.task_specs).values()
            if isinstance(node, StartEvent)
            and isinstance(node.trigger, MessageTrigger)
            and node.trigger.kind == "message"
        ),
        calls=_unique(
            node.called.source
            for node in nodes
            if isinstance(node, CallActivity) and node.called.constant and node.called.source
        ),
        decisions=_unique(node.decision for node in nodes if isinstance(node, BusinessRuleTask)),
        topics=_unique(
            node.topic.source for node in nodes if isinstance(node, Job) and node.topic is not None
        ),
    )


def _task(node: UserTask) -> TaskDescription:
    element = node.element
    form = node.assignment.form_key
    return TaskDescription(
        element_id=element.id,
        name=element.name,
        name_en=element.name_en,
        lane=element.lane.name if element.lane else None,
        form_key=None if form is None else form.source,
        properties=element.properties,
    )


def _properties(node: etree._Element) -> dict[str, str]:
    path = f"{bpmn('extensionElements')}/{camunda('properties')}/{camunda('property')}"
    return {
        str(one.get("name")): str(one.get("value") or "")
        for one in node.iterfind(path)
        if one.get("name")
    }


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
