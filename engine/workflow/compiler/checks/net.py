"""The control flow of one scope as a net: where tokens can be, and what each node does to them.

Sub-processes and calls are single nodes here; what is inside them has a net of its own. A
boundary event is a node behind the activity it guards: an interrupting one is another way out of
it, any other one may take a token of its own once.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from itertools import chain, combinations
from typing import Literal, TypeAlias

import msgspec

from engine.workflow.compiler.checks.cycles import cycles
from engine.workflow.runtime.activities import Activity, Job
from engine.workflow.runtime.definitions import ProcessSpec
from engine.workflow.runtime.elements import Flow
from engine.workflow.runtime.events import BoundaryEvent, CatchEvent, EndEvent, EventNode
from engine.workflow.runtime.gateways import (
    EventBasedGateway,
    ExclusiveGateway,
    InclusiveGateway,
    ParallelGateway,
)
from engine.workflow.runtime.nodes import FlowNode
from engine.workflow.runtime.sub_processes import EventSubProcess
from engine.workflow.runtime.triggers import (
    CancelTrigger,
    CompensationTrigger,
    ErrorTrigger,
    LinkTrigger,
    TerminateTrigger,
    TimerTrigger,
    Trigger,
)

#: A node with more optional ways out than this is tried with few of their combinations only.
_MAX_OPTIONAL = 5
#: Gateways only pass tokens on; a step behind a merge that is none is done once per token.
_GATEWAYS = (ExclusiveGateway, ParallelGateway, InclusiveGateway, EventBasedGateway)

Join: TypeAlias = Literal["any", "all", "inclusive"]


class Exit(msgspec.Struct):
    """One way in which a node passes a token on.

    Attributes:
        always: Flows that get a token each. some: Flows of which any may get one.
        clears: Whether every other token of the scope is taken away.
    """

    always: list[str]
    some: list[str] = []
    clears: bool = False

    def choices(self) -> Iterator[tuple[str, ...]]:
        """Sets of flows that may get a token; of many optional ones not every combination."""
        optional, number = self.some, len(self.some)
        sizes: Iterable[int] = range(number + 1)
        if number > _MAX_OPTIONAL:
            sizes = (0, 1, number - 1, number)
        for chosen in chain.from_iterable(combinations(optional, size) for size in sizes):
            if chosen or self.always or not optional:
                yield (*self.always, *chosen)


class NetNode(msgspec.Struct):
    """A node of the net.

    Attributes:
        names: Ids of the elements it stands for, in the order in which a token meets them.
        join: What it needs to go on: a token on any flow, on all, or all that can still come.
        inputs: Flows into it.
        waits: Whether a token may stay here while others move.
    """

    names: tuple[str, ...]
    join: Join
    inputs: list[str]
    exits: list[Exit]
    waits: bool = False

    @property
    def outputs(self) -> list[str]:
        """Flows out of it, each once."""
        found = (flow for way in self.exits for flow in (*way.always, *way.some))
        return list(dict.fromkeys(found))


class Net(msgspec.Struct):
    """The net of a scope.

    Attributes:
        nodes: By id of the (first) element.
        sources: Node by flow out of it. targets: Node by flow into it.
        beginnings: Flows marked at first, one tuple for each way the scope can begin.
        working: Nodes that do something each time a token passes, or lead to one that does.
        beside: Flows only tokens of events come along that interrupt nothing.
        repeated: Those of them that may be gone along by several tokens one after the other.
        cyclic: Ids of elements a token may come to again.
        trails: Ids of the elements passed along a flow, in order.
        slow: Flows a token may stay on, because something waits there.
    """

    nodes: dict[str, NetNode]
    sources: dict[str, str]
    targets: dict[str, str]
    beginnings: list[tuple[str, ...]]
    working: frozenset[str] = frozenset()
    beside: frozenset[str] = frozenset()
    repeated: frozenset[str] = frozenset()
    cyclic: frozenset[str] = frozenset()
    trails: dict[str, tuple[str, ...]] = {}
    slow: set[str] = set()


def build(spec: ProcessSpec) -> Net:
    """The net of a scope."""
    net = Net({}, {}, {}, [])
    drawn = [
        node
        for node in spec.task_specs.values()
        if isinstance(node, FlowNode) and not isinstance(node, EventSubProcess)
    ]
    guards = {event.name for node in drawn for event in node.boundary if _is_exit(event)}
    for node in drawn:
        _add(net, node)
    beginnings = [spec.starts, *((name,) for name in spec.starts_by_message.values())]
    for names in dict.fromkeys(beginnings):
        if names and all(name in net.nodes for name in names):
            net.beginnings.append(
                tuple(_connect(net, f"start:{name}", "", name) for name in names)
            )
    works = (
        node.name
        for node in drawn
        if not isinstance(node, _GATEWAYS)
        and not (isinstance(node, EventNode) and type(node.trigger) is Trigger)
        and node.name not in guards
    )
    net.working = _leading(net, works)
    ways = {name: [net.targets[flow] for flow in at.outputs] for name, at in net.nodes.items()}
    net.cyclic = frozenset(
        element for part in cycles(ways) for name in part for element in net.nodes[name].names
    )
    beside = [(node, event) for node in drawn for event in node.boundary if _is_beside(event)]
    net.beside = _behind(net, {event.name for _, event in beside})
    net.repeated = _behind(
        net,
        {
            event.name
            for host, event in beside
            if host.name in net.cyclic or _may_repeat(event.trigger)
        },
    )
    return net


def _leading(net: Net, names: Iterable[str]) -> frozenset[str]:
    """These nodes and all from which a token may come to one of them."""
    seen: set[str] = set()
    todo = [name for name in names if name in net.nodes]
    while todo:
        at = todo.pop()
        if at not in seen:
            seen.add(at)
            todo += [net.sources[flow] for flow in net.nodes[at].inputs if net.sources[flow]]
    return frozenset(seen)


def _is_beside(event: BoundaryEvent) -> bool:
    return not event.is_interrupting and _is_exit(event)


def _may_repeat(trigger: Trigger) -> bool:
    """Whether an event that interrupts nothing may happen again while its activity is open."""
    return trigger.form == "cycle" if isinstance(trigger, TimerTrigger) else True


def _behind(net: Net, guards: Container[str]) -> frozenset[str]:
    """Flows no token comes along but those of these events."""
    seen: set[str] = set()
    todo = [net.targets[flow] for beginning in net.beginnings for flow in beginning]
    while todo:
        name = todo.pop()
        if name not in seen and name not in guards:
            seen.add(name)
            todo += [net.targets[flow] for flow in net.nodes[name].outputs]
    return frozenset(
        flow
        for flow, source in net.sources.items()
        if (source and source not in seen) or net.targets[flow] in guards
    )


def waits(node: FlowNode) -> bool:
    """Whether a token may stay at a node until something outside happens."""
    if isinstance(node, EventBasedGateway):
        return True
    if isinstance(node, Activity):
        return not node.is_immediate and not (isinstance(node, Job) and node.topic is None)
    if isinstance(node, CatchEvent):
        return type(node.trigger) is not Trigger and not isinstance(node.trigger, LinkTrigger)
    return False


def _is_exit(event: BoundaryEvent) -> bool:
    """Whether tokens leave by it; what compensates is called, and takes no token away."""
    return not isinstance(event.trigger, CompensationTrigger)


def _add(net: Net, node: FlowNode) -> None:
    join: Join = "any"
    if isinstance(node, ParallelGateway) and len(node._inputs) > 1:  # noqa: SLF001 - no reader
        join = "all"
    elif isinstance(node, InclusiveGateway) and len(node._inputs) > 1:  # noqa: SLF001
        join = "inclusive"
    guards = [event for event in node.boundary if _is_exit(event)]
    beside = [event.name for event in guards if not event.is_interrupting]
    name = node.name
    if beside:
        # Its own node first, where the tokens of the events beside it come from.
        inner = f"{name} "
        found = net.nodes.setdefault(name, NetNode((), join, [], []))
        found.names, found.join = (name,), join
        found.exits = [
            Exit(
                always=[_connect(net, f"{name}:in", name, inner)],
                some=[_connect(net, f"guard:{event}", name, event) for event in beside],
            )
        ]
        name, join = inner, "any"
    found = net.nodes.setdefault(name, NetNode((), join, [], []))
    found.names = (node.name,)
    found.join, found.waits = join, waits(node)
    found.exits = [
        *_exits(net, node, name),
        *(
            Exit([_connect(net, f"guard:{event.name}", name, event.name)])
            for event in guards
            if event.is_interrupting
        ),
    ]


def _exits(net: Net, node: FlowNode, name: str) -> list[Exit]:
    def way(flow: Flow) -> str:
        return _connect(net, f"{node.name}:{flow.id}", name, flow.target)

    if isinstance(node, EndEvent) and isinstance(
        node.trigger, CancelTrigger | ErrorTrigger | TerminateTrigger
    ):
        return [Exit([], clears=True)]
    if isinstance(node, ExclusiveGateway | EventBasedGateway) and node.flows:
        return [Exit([way(flow)]) for flow in node.flows]
    default = [way(flow) for flow in node.flows if flow.is_default]
    free = [way(flow) for flow in node.flows if not flow.condition and not flow.is_default]
    conditional = [way(flow) for flow in node.flows if flow.condition and not flow.is_default]
    if not default:
        return [Exit(free, conditional)]
    if free:
        return [Exit(free, [*conditional, *default])]
    return [Exit([], conditional), Exit(default)] if conditional else [Exit(default)]


def _connect(net: Net, flow: str, source: str, target: str) -> str:
    if flow not in net.targets:
        net.sources[flow], net.targets[flow] = source, target
        net.nodes.setdefault(target, NetNode((), "any", [], [])).inputs.append(flow)
    return flow
