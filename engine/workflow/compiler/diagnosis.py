"""Looks through a deployment before it is published: read, normalise, check, build, verify."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lxml import etree

from engine.domain.forms import form_key
from engine.ports.deployment import (
    NOTHING_KNOWN,
    DefinitionLibrary,
    Diagnosis,
    Known,
    ProcessDescription,
    TaskDescription,
)
from engine.workflow.compiler.ahead import ahead
from engine.workflow.compiler.building.parser import CamundaParser
from engine.workflow.compiler.checks import (
    Drawn,
    check_deployment,
    check_drawing,
    check_file,
    check_process,
)
from engine.workflow.compiler.deployment import read_deployment
from engine.workflow.compiler.reading.reader import BPMN, bpmn, camunda, local
from engine.workflow.compiler.report import Report
from engine.workflow.compiler.verifying.verifier import verify
from engine.workflow.decisions import Decision, read_decisions
from engine.workflow.runtime.activities import BusinessRuleTask, Job, UserTask
from engine.workflow.runtime.definitions import ProcessSpec
from engine.workflow.runtime.events import StartEvent
from engine.workflow.runtime.nodes import FlowNode
from engine.workflow.runtime.sub_processes import CallActivity
from engine.workflow.runtime.triggers import MessageTrigger

#: How the names of the XML elements of flow nodes end.
_FLOW_NODES = ("Task", "task", "Event", "Gateway", "Activity", "subProcess", "transaction")


def diagnose(
    files: Mapping[str, bytes], library: DefinitionLibrary, known: Known = NOTHING_KNOWN
) -> Diagnosis:
    """Read a deployment; all findings at once.

    Args:
        files: File name to content.
        library: What is published already, for called processes.
        known: What else there is around the files.
    """
    report = Report()
    deployment = read_deployment(files, report)
    decisions: dict[str, Decision] = {}
    for name, root in deployment.tables.items():
        report.file = name
        with report.guarding(root, "reading the decisions"):
            for key, decision in read_decisions(root, report).items():
                if key in decisions:
                    report.add("decision-repeated", root, decision=key)
                decisions[key] = decision
    described = _drawings(deployment.drawings, decisions, known, report)
    _calls(described, library, report)
    return Diagnosis(
        findings=tuple(report.findings),
        processes=tuple(one for one, _, _ in described),
        decisions=tuple(decisions),
        elements={one.key: _flow_nodes(process) for one, _, process in described},
    )


def _flow_nodes(process: etree._Element) -> tuple[str, ...]:
    """Ids of the activities, events and gateways drawn in a process, at every depth."""
    return tuple(
        str(node.get("id"))
        for node in process.iterdescendants(f"{{{BPMN}}}*")
        if node.get("id") and local(node).endswith(_FLOW_NODES)
    )


def _drawings(
    drawings: Mapping[str, etree._Element],
    decisions: Mapping[str, Decision],
    known: Known,
    report: Report,
) -> list[tuple[ProcessDescription, str, etree._Element]]:
    described: list[tuple[ProcessDescription, str, etree._Element]] = []
    drawn: list[Drawn] = []
    keys: set[str] = set()
    for name, root in drawings.items():
        report.file = name
        with report.guarding(root, "checking the file"):
            check_file(root, report)
        parser = CamundaParser(root, report, frozenset(decisions))
        for process in root.iterfind(bpmn("process")):
            key = process.get("id")
            if process.get("isExecutable") == "false":
                report.add("process-not-executable", process)
            elif key in keys:
                report.add("process-repeated", process, key=key)
            elif key:
                keys.add(key)
                description = _process(process, parser, decisions, known, report)
                described.append((description, name, process))
                drawn.append(Drawn(name, process, parser.specs))
    if drawn:
        with report.guarding(drawn[0].process, "checking the deployment"):
            check_deployment(drawn, decisions, known, report)
    if drawings and not described:
        report.file, root = next(iter(drawings.items()))
        report.add("process-none", root)
    return described


def _process(
    process: etree._Element,
    parser: CamundaParser,
    decisions: Mapping[str, Decision],
    known: Known,
    report: Report,
) -> ProcessDescription:
    with report.guarding(process, "checking the drawing"):
        check_drawing(process, report)
    with report.guarding(process, "building"):
        parser.parse_scope(process)
    if not report.refusals:
        # What is refused anyway is only built as far as it goes.
        with report.guarding(process, "verifying"):
            verify(process, parser.specs, report)
    with report.guarding(process, "checking the process"):
        check_process(process, parser.specs, decisions, known, report)
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
    rest = ahead(process)
    return ProcessDescription(
        key=str(process.get("id")),
        file=file,
        name=name,
        name_en=properties.get("name:en") or name,
        start_form_key=None
        if start is None
        else form_key(start.get(camunda("formKey")) or start.get(camunda("formRef")) or "")
        or None,
        publish=tuple(
            part.strip() for part in properties.get("publish", "").split(",") if part.strip()
        ),
        properties=properties,
        tasks=tuple(_task(node, rest) for node in nodes if isinstance(node, UserTask)),
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


def _task(node: UserTask, rest: Mapping[str, tuple[str, ...]]) -> TaskDescription:
    element = node.element
    form = node.assignment.form_key
    return TaskDescription(
        element_id=element.id,
        name=element.name,
        name_en=element.name_en,
        lane=element.lane.name if element.lane else None,
        form_key=None if form is None else form_key(form.source),
        properties=element.properties,
        ahead=rest.get(element.id, ()),
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
