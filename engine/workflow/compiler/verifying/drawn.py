"""What a drawing says, read from its XML a second time and independently of the builder.

Facts have the shape of those of `engine.workflow.compiler.verifying.built`, so that the two can
be compared.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from lxml import etree

from engine.workflow.compiler.reading.census import NODES
from engine.workflow.compiler.reading.reader import CAMUNDA, bpmn, camunda, local, place
from engine.workflow.compiler.verifying import drawn_events, drawn_loops, drawn_tasks
from engine.workflow.compiler.verifying.built import Facts, Key, bare
from engine.workflow.compiler.verifying.drawn_compensation import Undoing
from engine.workflow.compiler.verifying.drawn_events import Shared

_PROPERTY = f"{bpmn('extensionElements')}/{camunda('properties')}/{camunda('property')}"
_PARAMETERS = f"{bpmn('extensionElements')}/{camunda('inputOutput')}/"
SCOPES = frozenset({"process", "subProcess", "transaction"})


class Drawing:
    """A drawn file, looked at scope by scope.

    Args:
        root: The whole file.
    """

    def __init__(self, root: etree._Element) -> None:
        self.shared = Shared(root)
        self._undoing = Undoing(root)
        self._by_id = {str(one.get("id")): one for one in root.iter() if one.get("id")}
        self._lanes: dict[str, Facts] = {}
        for lane in root.iter(bpmn("lane")):
            facts = {"is": "Lane", "id": lane.get("id"), "name": lane.get("name")}
            facts["name"] = facts["name"] or facts["id"]
            facts["role"] = properties(lane).get("role") or facts["id"]
            for reference in lane.iterfind(bpmn("flowNodeRef")):
                self._lanes[(reference.text or "").strip()] = facts

    def scope(self, scope: etree._Element) -> tuple[Facts, dict[Key, Facts]]:
        """What a process or sub-process says, and every node in it."""
        nodes = {str(one.get("id")): one for one in scope if local(one) in NODES}
        flows = _flows(scope, nodes, self._links(nodes))
        attached: dict[str, list[str]] = {}
        for name, node in nodes.items():
            if local(node) == "boundaryEvent":
                attached.setdefault(str(node.get("attachedToRef")), []).append(name)
        undoing = self._undoing.of(scope)
        found: dict[Key, Facts] = {}
        for name, node in nodes.items():
            around = {"flows": flows.get(name, []), "boundary": attached.get(name, [])}
            found[_key(node)] = self._node(node) | around | undoing[name]
        return _whole(nodes, found, flows), found

    def _node(self, node: etree._Element) -> Facts:
        said = properties(node)
        attributes = {
            name.rpartition("}")[2]: value
            for name, value in node.attrib.items()
            if name.startswith(f"{{{CAMUNDA}}}")
        }
        name = " ".join((node.get("name") or "").split())
        facts: Facts = {
            "is": "Element",
            "id": node.get("id"),
            "name": name,
            "name_en": said.get("name:en") or name,
            "kind": local(node),
            "lane": self._lane(node),
            "attributes": attributes,
            "properties": said,
            "state": said.get("state") or None,
            "milestone": said.get("milestone") or None,
            "start_clocks": [list(one) for one in _clocks(said.get("startClock"))],
            "stop_clocks": _listed(said.get("stopClock")),
            "inputs": _parameters(node, "inputParameter"),
            "outputs": _parameters(node, "outputParameter"),
            "loop": drawn_loops.repetition(node, said, self._by_id),
        }
        return facts | drawn_tasks.specific(node, attributes, said, self.shared)

    def _lane(self, node: etree._Element | None) -> Facts | None:
        """Lane of a node, else that of the sub-process around it."""
        while node is not None:
            found = self._lanes.get(str(node.get("id")))
            if found is not None:
                return found
            node = node.getparent()
        return None

    def _links(self, nodes: Mapping[str, etree._Element]) -> list[tuple[str, str]]:
        """Pairs of link events by their ids: from the throwing one to the catching one."""
        thrown: dict[str, str] = {}
        caught: dict[str, str] = {}
        for name, node in nodes.items():
            link = node.find(bpmn("linkEventDefinition"))
            if link is not None:
                side = thrown if local(node) == "intermediateThrowEvent" else caught
                side[name] = link.get("name") or ""
        return [
            (source, target)
            for source, name in thrown.items()
            for target, other in caught.items()
            if name == other
        ]


def _flows(
    scope: etree._Element,
    nodes: Mapping[str, etree._Element],
    links: list[tuple[str, str]],
) -> dict[str, list[Facts]]:
    """Flows by the node they leave, each knowing how many enter its target before it."""
    entering: dict[str, int] = dict.fromkeys(nodes, 0)
    found: dict[str, list[Facts]] = {}

    def add(source: str, target: str, **facts: Any) -> None:
        flow = {"is": "Flow", "target": target, "index": entering.get(target, 0), **facts}
        entering[target] = entering.get(target, 0) + 1
        found.setdefault(source, []).append(flow)

    for flow in scope.iterfind(bpmn("sequenceFlow")):
        source, target = str(flow.get("sourceRef")), str(flow.get("targetRef"))
        default = nodes[source].get("default") if source in nodes else None
        line, column = place(flow) or (0, 0)
        add(
            source,
            target,
            id=flow.get("id"),
            condition=bare(flow.findtext(bpmn("conditionExpression")) or "") or None,
            is_default=default is not None and default == flow.get("id"),
            line=line,
            column=column,
        )
    for source, target in links:
        said = {"id": f"link:{source}", "condition": None, "is_default": False}
        add(source, target, **said, line=0, column=0)
    return found


def _whole(
    nodes: Mapping[str, etree._Element],
    facts: Mapping[Key, Facts],
    flows: Mapping[str, list[Facts]],
) -> Facts:
    """What a scope says as a whole."""
    said = {str(one["id"]): one for one in facts.values()}
    starts = {name: said[name]["trigger"] for name in nodes if local(nodes[name]) == "startEvent"}
    plain = [name for name, trigger in starts.items() if trigger == drawn_events.NOTHING]
    entered = Counter(flow["target"] for group in flows.values() for flow in group)
    joins = [
        name
        for name, node in nodes.items()
        if local(node) == "inclusiveGateway" and entered[name] > 1
    ]
    return {
        "start": (plain or list(starts))[:1],
        "start by message": {
            trigger["name"]: name
            for name, trigger in starts.items()
            if trigger["is"] == "MessageTrigger" and trigger["kind"] == "message"
        },
        "event sub-processes": [
            name for name, node in nodes.items() if drawn_tasks.is_true(node, "triggeredByEvent")
        ],
        "inclusive joins": joins,
        "ways to inclusive joins": _ways_to(joins, said),
        "conditional events": any(_listens_to_condition(node) for node in nodes.values()),
    }


def _ways_to(joins: list[str], said: Mapping[str, Facts]) -> dict[str, dict[str, list[int]]]:
    """By which of its flows every node before a join can reach it, without crossing it."""
    before: dict[str, list[tuple[str, int]]] = {}
    for name, facts in said.items() if joins else ():
        for flow in facts["flows"]:
            before.setdefault(flow["target"], []).append((name, flow["index"]))
        for guard in facts["boundary"]:
            before.setdefault(guard, []).append((name, 0))
    found: dict[str, dict[str, list[int]]] = {}
    for join in joins:
        ways = found[join] = {}
        for source, index in sorted(before[join], key=lambda way: way[1]):
            seen, todo = {source, join}, [source]
            while todo:
                name = todo.pop()
                ways.setdefault(name, []).append(index)
                new = {other for other, _ in before.get(name, [])} - seen
                seen |= new
                todo += new
    return found


def _listens_to_condition(node: etree._Element) -> bool:
    """Whether an event, or an event sub-process in place of its start, waits for a condition."""
    if local(node) == "subProcess" and drawn_tasks.is_true(node, "triggeredByEvent"):
        return any(_listens_to_condition(start) for start in node.iterfind(bpmn("startEvent")))
    found = drawn_events.definitions(node)
    return bool(found) and local(found[0]) == "conditionalEventDefinition"


def properties(node: etree._Element) -> dict[str, str]:
    """Extension properties."""
    return {
        str(one.get("name")): one.get("value") or ""
        for one in node.iterfind(_PROPERTY)
        if one.get("name")
    }


def _key(node: etree._Element) -> Key:
    return place(node) or str(node.get("id"))


def _parameters(node: etree._Element, kind: str) -> list[list[Any]]:
    return [
        [one.get("name"), drawn_tasks.value(one)]
        for one in node.iterfind(_PARAMETERS + camunda(kind))
        if one.get("name")
    ]


def _listed(text: str | None) -> list[str]:
    """Parts between commas that stand outside of any bracket."""
    parts, depth = [""], 0
    for character in text or "":
        if character in "({[":
            depth += 1
        elif character in ")}]":
            depth -= 1
        if character == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    return [part.strip() for part in parts if part.strip()]


def _clocks(text: str | None) -> list[tuple[str, str]]:
    """Clocks with their service levels, ``name`` or ``name=level``."""
    found = []
    for one in _listed(text):
        name, _, level = one.partition("=")
        found.append((name.strip(), level.strip() or name.strip()))
    return found
