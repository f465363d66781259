"""Gives one form to what has exactly one meaning, before a file is checked and built."""

from __future__ import annotations

from copy import deepcopy

from lxml import etree

from engine.workflow.reader import bpmn, local

_NAMED = frozenset(
    {
        "sequenceFlow", "startEvent", "endEvent", "intermediateCatchEvent",
        "intermediateThrowEvent", "boundaryEvent", "userTask", "task", "manualTask",
        "serviceTask", "sendTask", "receiveTask", "scriptTask", "businessRuleTask", "subProcess",
        "transaction", "callActivity", "exclusiveGateway", "parallelGateway", "inclusiveGateway",
        "eventBasedGateway", "lane",
    }
)  # fmt: skip


def normalise(root: etree._Element) -> etree._Element:
    """Change a tree in place: missing ids, event definitions by reference."""
    _name_the_nameless(root)
    _resolve_event_definitions(root)
    return root


def _name_the_nameless(root: etree._Element) -> None:
    """Flows and nodes without id are legal BPMN; the library drops such flows."""
    count = 0
    for node in root.iter(bpmn("*")):
        if node.get("id") is None and local(node) in _NAMED:
            count += 1
            node.set("id", f"_{local(node)}_{count}")


def _resolve_event_definitions(root: etree._Element) -> None:
    shared = {node.get("id"): node for node in root if local(node).endswith("EventDefinition")}
    for reference in list(root.iter(bpmn("eventDefinitionRef"))):
        definition = shared.get((reference.text or "").strip().rpartition(":")[2])
        parent = reference.getparent()
        if definition is not None and parent is not None:
            parent.replace(reference, deepcopy(definition))
