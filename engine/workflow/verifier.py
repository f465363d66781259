"""Compares a built graph with its drawing, so that nothing can be left out silently."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lxml import etree

from engine.workflow.activities import Activity, ReceiveTask
from engine.workflow.definitions import ProcessSpec
from engine.workflow.events import EventNode, Trigger
from engine.workflow.nodes import FlowNode
from engine.workflow.parser import CamundaParser
from engine.workflow.reader import bpmn, local
from engine.workflow.report import Report


def verify(scope: etree._Element, specs: Mapping[str, ProcessSpec], report: Report) -> None:
    """Report every difference between a scope as drawn and as built."""
    spec = specs.get(str(scope.get("id")))
    if spec is None:
        report.add("build-failed", scope, reason="the scope is missing")
        return
    for child in scope:
        if child.tag in CamundaParser.OVERRIDE_PARSER_CLASSES:
            for reason in _differences(child, scope, spec):
                report.add("build-failed", child, reason=reason)
            if local(child) in {"subProcess", "transaction"}:
                verify(child, specs, report)


def _differences(child: etree._Element, scope: etree._Element, spec: ProcessSpec) -> Iterator[str]:
    name = str(child.get("id"))
    node = spec.task_specs.get(name)
    if not isinstance(node, FlowNode):
        yield "the node is missing"
        return
    drawn = [
        flow for flow in scope.iterfind(bpmn("sequenceFlow")) if flow.get("sourceRef") == name
    ]
    built = {flow.id: flow for flow in node.flows if not flow.id.startswith("link:")}
    for flow in drawn:
        found = built.get(str(flow.get("id")))
        if found is None or found.target != flow.get("targetRef"):
            yield f"its flow '{flow.get('id')}' is missing"
        elif (flow.find(bpmn("conditionExpression")) is not None) != (found.condition is not None):
            yield f"the condition of its flow '{flow.get('id')}' is missing"
    attached = {
        str(one.get("id"))
        for one in scope.iterfind(bpmn("boundaryEvent"))
        if one.get("attachedToRef") == name
    }
    if isinstance(node, Activity) and {event.name for event in node.boundary} != attached:
        yield "its boundary events differ"
    repeats = any(local(one).endswith("LoopCharacteristics") for one in child)
    if repeats != (node.loop is not None):
        yield "its repetition is missing"
    has_event = any(local(one).endswith("EventDefinition") for one in child)
    if (
        isinstance(node, EventNode)
        and not isinstance(node, ReceiveTask)
        and has_event == (type(node.trigger) is Trigger)
    ):
        yield "its event is missing"
