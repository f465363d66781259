"""Checks of a whole file: ids, references from element to element, pools and lanes."""

from __future__ import annotations

from collections import Counter

from lxml import etree

from engine.workflow.compiler.building.parser import UNSUPPORTED, CamundaParser
from engine.workflow.compiler.reading.reader import bpmn, local
from engine.workflow.compiler.report import Report

#: References that only document: attribute or child element, by the element that has it.
_DOCUMENTING = (
    ("dataObjectReference", "dataObjectRef"),
    ("dataStoreReference", "dataStoreRef"),
    ("association", "sourceRef"),
    ("association", "targetRef"),
    ("dataInputAssociation", "sourceRef"),
    ("dataInputAssociation", "targetRef"),
    ("dataOutputAssociation", "sourceRef"),
    ("dataOutputAssociation", "targetRef"),
    ("group", "categoryValueRef"),
)


def check_file(root: etree._Element, report: Report) -> None:
    """Check ids, references, lanes and message flows of a file."""
    _ids(root, report)
    by_id = {str(node.get("id")): node for node in root.iter(bpmn("*")) if node.get("id")}
    for participant in root.iter(bpmn("participant")):
        reference = participant.get("processRef")
        if reference is not None and _target(reference, by_id, "process") is None:
            report.add("reference-missing", participant, kind="process", reference=reference)
    for tag, reference in _DOCUMENTING:
        for node in root.iter(bpmn(tag)):
            _documenting(node, reference, by_id, report)
    for flow in root.iter(bpmn("messageFlow")):
        _message_flow(flow, by_id, report)
    for process in root.iterfind(bpmn("process")):
        _lanes(process, report)


def _ids(root: etree._Element, report: Report) -> None:
    """Every id once; every process has one."""
    counts = Counter[str]()
    for node in root.iter(bpmn("*")):
        id_ = node.get("id")
        if id_ is not None:
            counts[id_] += 1
            if counts[id_] == 2:  # noqa: PLR2004 - where it comes again, once
                report.add("id-repeated", node, id=id_)
    for process in root.iterfind(bpmn("process")):
        if not process.get("id"):
            report.add("id-missing", process, kind="process")


def _target(
    reference: str, by_id: dict[str, etree._Element], kind: str | None = None
) -> etree._Element | None:
    """What a reference means; only its own part of a qualified name is looked at."""
    found = by_id.get(reference.strip().rpartition(":")[2])
    return found if found is None or kind is None or local(found) == kind else None


def _documenting(
    node: etree._Element, name: str, by_id: dict[str, etree._Element], report: Report
) -> None:
    references = [node.get(name), *(one.text for one in node.iterfind(bpmn(name)))]
    for reference in references:
        if reference and reference.strip() and _target(reference, by_id) is None:
            report.add("reference-dangling", node, reference=reference.strip())


def _message_flow(flow: etree._Element, by_id: dict[str, etree._Element], report: Report) -> None:
    """Message flows join two pools, or what is in them. Source: BPMN 2.0.2, 9.4 and 7.6.2."""
    ends = [_target(flow.get(name) or "", by_id) for name in ("sourceRef", "targetRef")]
    pools = [None if end is None else _pool(end, by_id) for end in ends]
    if None in ends or (pools[0] is not None and pools[0] is pools[1]):
        report.add("message-flow-broken", flow, flow=flow.get("name") or flow.get("id"))


def _pool(node: etree._Element, by_id: dict[str, etree._Element]) -> etree._Element | None:
    """The process an element is in; that of a pool is its process."""
    if local(node) == "participant":
        reference = node.get("processRef")
        return node if reference is None else _target(reference, by_id, "process")
    return next(node.iterancestors(bpmn("process")), None)


def _lanes(process: etree._Element, report: Report) -> None:
    """Lanes hold nodes of their process, each in one lane of a set. Source: BPMN 2.0.2, 10.8."""
    inside = {
        str(node.get("id"))
        for node in process.iter(bpmn("*"))
        if node.tag in CamundaParser.OVERRIDE_PARSER_CLASSES or local(node) in UNSUPPORTED
    }
    for lanes in process.iter(bpmn("laneSet")):
        held: set[str] = set()
        for lane in lanes.iterfind(bpmn("lane")):
            for one in lane.iterfind(bpmn("flowNodeRef")):
                name = (one.text or "").strip().rpartition(":")[2]
                if name not in inside:
                    report.add("lane-node-missing", lane, element=name)
                elif name in held:
                    report.add("lane-node-twice", lane, element=name)
                held.add(name)
