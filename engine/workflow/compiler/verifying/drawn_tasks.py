"""What one node of a drawing says by its kind, in the shape of the nodes of a graph."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lxml import etree

from engine.domain.forms import form_key
from engine.workflow.compiler.reading.reader import bpmn, camunda, local
from engine.workflow.compiler.verifying import drawn_events
from engine.workflow.compiler.verifying.built import Facts, bare, plain
from engine.workflow.compiler.verifying.drawn_events import Shared
from engine.workflow.language.scripts import compile_script

_TRUE = frozenset({"true", "1"})
_STRUCTURES = frozenset({"list", "map", "script"})
_CLASSES = {
    "startEvent": "StartEvent", "endEvent": "EndEvent", "intermediateCatchEvent": "CatchEvent",
    "intermediateThrowEvent": "ThrowEvent", "boundaryEvent": "BoundaryEvent",
    "userTask": "UserTask", "task": "NoneTask", "manualTask": "NoneTask", "serviceTask": "Job",
    "sendTask": "SendTask", "receiveTask": "ReceiveTask", "scriptTask": "ScriptTask",
    "businessRuleTask": "BusinessRuleTask", "subProcess": "SubProcess",
    "transaction": "Transaction", "callActivity": "CallActivity",
    "exclusiveGateway": "ExclusiveGateway", "parallelGateway": "ParallelGateway",
    "inclusiveGateway": "InclusiveGateway", "eventBasedGateway": "EventBasedGateway",
}  # fmt: skip


def specific(
    node: etree._Element,
    attributes: Mapping[str, str],
    said: dict[str, str],
    shared: Shared,
) -> Facts:
    """What a node of its kind says beyond what all nodes say."""
    kind = local(node)
    facts: Facts = {"class": _CLASSES.get(kind, kind)}
    result = attributes.get("resultVariable") or said.get("resultVariable") or None
    if kind.endswith("Event"):
        facts |= _event(node, said, shared)
    elif _is_job(kind, attributes):
        facts |= _job(attributes.get("topic"), attributes, result)
    elif kind in {"sendTask", "receiveTask"}:
        facts["trigger"] = drawn_events.named("message", node.get("messageRef"), shared)
        if kind == "receiveTask":
            facts["is_interrupting"] = True
    elif kind == "businessRuleTask":
        facts["decision"] = attributes.get("decisionRef")
        facts["mapping"] = attributes.get("mapDecisionResult") or "resultList"
        facts["result_variable"] = result
    elif kind == "scriptTask":
        facts |= _script(node, result)
    elif kind == "userTask":
        facts["assignment"] = _assignment(node.get("name") or "", attributes, said)
    elif kind == "callActivity":
        facts["called"] = (node.get("calledElement") or "").strip()
        facts["passed"], facts["returned"] = _passings(node, "in"), _passings(node, "out")
    elif is_true(node, "triggeredByEvent"):
        starts = [one.get("id") for one in node.iterfind(bpmn("startEvent"))]
        facts |= {"class": "EventSubProcess", "start": (starts or [None])[0]}
    return facts


def is_true(node: etree._Element, attribute: str) -> bool:
    """Value of a boolean attribute. Source: XML Schema part 2, 3.2.2."""
    return node.get(attribute) in _TRUE


def _is_job(kind: str, attributes: Mapping[str, str]) -> bool:
    if kind == "businessRuleTask":
        return "decisionRef" not in attributes
    if kind == "sendTask":
        return bool({"topic", "expression"} & attributes.keys())
    return kind == "serviceTask"


def _job(topic: str | None, attributes: Mapping[str, str], result: str | None) -> Facts:
    expression = None if topic else attributes.get("expression")
    return {
        "class": "Job",
        "topic": topic and topic.strip(),
        "expression": expression and expression.strip(),
        "result_variable": result,
    }


def _event(node: etree._Element, said: dict[str, str], shared: Shared) -> Facts:
    message = node.find(bpmn("messageEventDefinition"))
    topic = None if message is None else message.get(camunda("topic"))
    if topic and local(node) in {"endEvent", "intermediateThrowEvent"}:
        return _job(topic, {}, None)
    trigger = drawn_events.trigger(node, said, shared)
    interrupts = drawn_events.interrupts(node, trigger)
    return {"trigger": trigger, "is_interrupting": interrupts}


def _script(node: etree._Element, result: str | None) -> Facts:
    text = node.findtext(bpmn("script")) or ""
    if result:
        return {
            "script": {"is": "Script", "statements": [], "names": [], "reads": []},
            "expression": bare(text),
            "result_variable": result,
        }
    return {"script": plain(compile_script(text)), "expression": None, "result_variable": None}


def _assignment(name: str, attributes: Mapping[str, str], said: Mapping[str, str]) -> Facts:
    return {
        "is": "Assignment",
        "name": name.strip() if "${" in name or "#{" in name else None,
        "form_key": _text(form_key(attributes.get("formKey") or attributes.get("formRef") or "")),
        "assignee": _text(attributes.get("assignee")),
        "candidate_groups": _names(attributes.get("candidateGroups")),
        "candidate_users": _names(attributes.get("candidateUsers")),
        "due": _text(attributes.get("dueDate")),
        "follow_up": _text(attributes.get("followUpDate")),
        "priority": _text(attributes.get("priority")),
        "properties": [[name, value.strip()] for name, value in said.items()],
    }


def _text(text: str | None) -> str | None:
    return text.strip() if text else None


def _names(text: str | None) -> list[str]:
    if not text:
        return []
    parts = [text] if "{" in text else text.split(",")
    return [part.strip() for part in parts if part.strip()]


def value(node: etree._Element) -> Any:
    """Value of a parameter: a text, or a list, map or script inside."""
    made = [child for child in node if local(child) in _STRUCTURES]
    return _structure(made[0]) if made else (node.text or "").strip() or "null"


def _structure(node: etree._Element) -> Any:
    kind = local(node)
    if kind == "list":
        items = [_structure(one) if local(one) in _STRUCTURES else value(one) for one in node]
        return {"is": "ListValue", "items": items, "constant": False}
    if kind == "map":
        entries = [[one.get("key"), value(one)] for one in node]
        return {"is": "MapValue", "entries": entries, "constant": False}
    return bare(node.text or "")


def _passings(node: etree._Element, direction: str) -> list[Facts]:
    """Variables given to or taken from a called process."""
    found = []
    for one in node.iterfind(f"{bpmn('extensionElements')}/{camunda(direction)}"):
        source = one.get("source") or one.get("sourceExpression") or ""
        if one.get("variables") == "all":
            found.append({"is": "Passing", "name": None, "value": None})
        elif one.get("target"):
            found.append({"is": "Passing", "name": one.get("target"), "value": bare(source)})
    return found
