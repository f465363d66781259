"""What still lies ahead of a user task: the user tasks on the shortest way to a good end.

A drawing has many ways through it. People who ask "how far are we" mean the least that still has
to be done if nothing goes wrong, so the way with the fewest user tasks is shown.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator

from lxml import etree

from engine.workflow.compiler.reading.reader import bpmn, camunda, local

#: Business states of ends at which the customer did not get what was asked for.
_POOR = frozenset({"rejected", "cancelled", "failed"})
_SCOPES = frozenset({"subProcess", "transaction"})


def ahead(process: etree._Element) -> dict[str, tuple[str, ...]]:
    """Ids of the user tasks ahead of each user task, the next one first.

    Args:
        process: The drawn process, normalised.
    """
    nodes = {str(node.get("id")): node for node in process.iter() if node.get("id")}
    tasks = {name for name, node in nodes.items() if local(node) == "userTask"}
    flows: dict[str, list[str]] = {}
    for flow in process.iter(bpmn("sequenceFlow")):
        if flow.get("targetRef") in nodes:
            flows.setdefault(str(flow.get("sourceRef")), []).append(str(flow.get("targetRef")))
    before: dict[str, list[str]] = {}
    for name, node in nodes.items():
        for target in _targets(node, flows):
            before.setdefault(target, []).append(name)
    then = _next_nodes(before, tasks, _ends(process))
    return {task: tuple(name for name in _way(task, then) if name in tasks) for task in tasks}


def _next_nodes(
    before: dict[str, list[str]], tasks: set[str], ends: list[str]
) -> dict[str, str | None]:
    """The next node on the way with the fewest tasks, then nodes; searched from the ends back."""
    then: dict[str, str | None] = {}
    waiting: list[tuple[int, int, str, str]] = [(0, 0, end, "") for end in ends]
    while waiting:
        cost, length, name, following = heapq.heappop(waiting)
        if name in then:
            continue
        then[name] = following or None
        cost += name in tasks
        for earlier in before.get(name, ()):
            heapq.heappush(waiting, (cost, length + 1, earlier, name))
    return then


def _way(task: str, then: dict[str, str | None]) -> Iterator[str]:
    name = then.get(task)
    while name is not None:
        yield name
        name = then[name]


def _targets(node: etree._Element, flows: dict[str, list[str]]) -> list[str]:
    """Where a token goes from a node; into sub-processes by their start, out by their ends."""
    scope = node.getparent()
    if local(node) == "endEvent" and scope is not None and local(scope) in _SCOPES:
        is_inside = scope.get("triggeredByEvent") != "true" and not _is_event(node)
        return _out(scope, flows) if is_inside else []
    if local(node) in _SCOPES:
        starts = [start for start in node.iterfind(bpmn("startEvent")) if not _is_event(start)]
        return [str(start.get("id")) for start in starts] or _out(node, flows)
    return _out(node, flows)


def _out(node: etree._Element, flows: dict[str, list[str]]) -> list[str]:
    return flows.get(str(node.get("id")), [])


def _ends(process: etree._Element) -> list[str]:
    """Ends of the process at which all is well; those with a business state, if any has one."""
    ends = {str(end.get("id")): _state(end) for end in process.iterfind(bpmn("endEvent"))}
    fine = {name: state for name, state in ends.items() if state not in _POOR}
    return sorted(name for name, state in fine.items() if state or not any(fine.values()))


def _state(end: etree._Element) -> str:
    return next(
        (
            str(one.get("value") or "")
            for one in end.iter(camunda("property"))
            if one.get("name") == "state"
        ),
        "",
    )


def _is_event(node: etree._Element) -> bool:
    """Whether the node is triggered by, or throws, something."""
    return any(local(child).endswith("EventDefinition") for child in node)
