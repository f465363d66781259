"""Counts what a file says before it is normalised, so that normalising can lose nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

import msgspec
from lxml import etree

from engine.workflow.compiler.reading.reader import PLACE, bpmn, local

NODES = frozenset(
    {
        "startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent",
        "boundaryEvent", "implicitThrowEvent", "event", "task", "manualTask", "userTask",
        "serviceTask", "sendTask", "receiveTask", "scriptTask", "businessRuleTask", "subProcess",
        "adHocSubProcess", "transaction", "callActivity", "exclusiveGateway", "parallelGateway",
        "inclusiveGateway", "eventBasedGateway", "complexGateway", "choreographyTask",
        "callChoreography", "subChoreography",
    }
)  # fmt: skip
#: What the normaliser may turn into something else.
_MAY_BECOME = {
    "scriptTask": frozenset({"serviceTask"}),
    "businessRuleTask": frozenset({"serviceTask"}),
    "sendTask": frozenset({"serviceTask"}),
    "task": frozenset({"serviceTask"}),
}
_SCOPES = frozenset({"subProcess", "transaction", "adHocSubProcess"})
#: What it may insert.
_MAY_APPEAR = frozenset({"startEvent"})
#: Attributes of BPMN that decide how an element runs; they stay unless they get a value.
_DECIDING = (
    "attachedToRef", "calledElement", "cancelActivity", "completionQuantity", "instantiate",
    "isForCompensation", "isInterrupting", "parallelMultiple", "startQuantity",
    "triggeredByEvent", "waitForCompletion", "eventGatewayType",
)  # fmt: skip

#: Not for quantities: those are numbers.
_TRUTHS = {"1": "true", "0": "false"}


class Entry(msgspec.Struct, frozen=True):
    """One node or flow as written.

    Attributes:
        facts: What must still be there after normalising, as text by name.
    """

    kind: str
    facts: dict[str, str]


Census: TypeAlias = Mapping[str, Entry]


def census(root: etree._Element) -> Census:
    """All flow nodes and sequence flows of a file by their places."""
    return {str(node.get(PLACE)): entry for node, entry in _entries(root) if node.get(PLACE)}


def lost(before: Census, root: etree._Element) -> Iterator[tuple[etree._Element, str]]:
    """What normalising took away or made up, with the nearest element that is left.

    Yields:
        An element and a clause saying what is wrong.
    """
    left: set[str] = set()
    inserted: set[str] = set()
    for node, entry in _entries(root):
        at = node.get(PLACE)
        if at is None:
            source = node.get("sourceRef")
            if entry.kind in _MAY_APPEAR:
                inserted.add(str(node.get("id")))
            elif entry.kind != "sequenceFlow" or source not in inserted:
                yield node, f"normalising made up the {entry.kind} '{node.get('id')}'"
            continue
        if at in left:
            yield node, f"normalising doubled the {entry.kind} of {at}"
        left.add(at)
        if at in before:
            yield from ((node, reason) for reason in _changes(before[at], entry))
    for at, entry in before.items():
        if at not in left:
            yield root, f"normalising lost the {entry.kind} of {at}"


def _changes(before: Entry, after: Entry) -> Iterator[str]:
    if after.kind not in {before.kind, *_MAY_BECOME.get(before.kind, ())}:
        yield f"normalising made a {after.kind} of a {before.kind}"
    for name, value in before.facts.items():
        if after.facts.get(name) != value:
            yield f"normalising changed the {name} of a {before.kind}"


def _entries(root: etree._Element) -> Iterator[tuple[etree._Element, Entry]]:
    found = list(_counted(root))
    places = {str(node.get("id")): str(node.get(PLACE)) for node in found if node.get("id")}
    for node in found:
        kind = local(node)
        facts = _flow(node, places) if kind == "sequenceFlow" else _node(node, places)
        yield node, Entry(kind, facts)


def _counted(root: etree._Element) -> Iterator[etree._Element]:
    """Nodes and flows that stand where they run; vendors keep copies of some elsewhere."""
    todo = list(root.iterfind(bpmn("process")))
    while todo:
        for node in todo.pop().iterfind(bpmn("*")):
            kind = local(node)
            if kind in NODES or kind == "sequenceFlow":
                yield node
            if kind in _SCOPES:
                todo.append(node)


def _flow(node: etree._Element, places: Mapping[str, str]) -> dict[str, str]:
    facts = {
        name: places[str(node.get(name))]
        for name in ("sourceRef", "targetRef")
        if node.get(name) in places
    }
    condition = node.find(bpmn("conditionExpression"))
    if condition is not None:
        facts["condition"] = " ".join((condition.text or "").split())
    return facts


def _node(node: etree._Element, places: Mapping[str, str]) -> dict[str, str]:
    events = sum(
        local(child).endswith(("EventDefinition", "eventDefinitionRef")) for child in node
    )
    loops = sum(local(child).endswith("LoopCharacteristics") for child in node)
    facts = {name: str(node.get(name)) for name in ("name", *_DECIDING) if node.get(name)}
    # XML writes truths in two ways.
    facts |= {name: _TRUTHS[facts[name]] for name in _DECIDING if facts.get(name) in _TRUTHS}
    if "attachedToRef" in facts:
        facts["attachedToRef"] = places.get(facts["attachedToRef"], "")
    default = node.get("default")
    if default in places:
        facts["default"] = places[str(default)]
    parent = node.getparent()
    if parent is not None and parent.get(PLACE):
        facts["scope"] = str(parent.get(PLACE))
    return {
        **facts,
        "events": str(events),
        "repetition": str(loops),
    }
