"""Checks of the drawing that need no built graph: flows, starts, reachability, gateways."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from engine.workflow.compiler.building.positions import kind as event_kind
from engine.workflow.compiler.checks.scope import Scope
from engine.workflow.compiler.checks.standard import check_standard, is_computed
from engine.workflow.compiler.reading.reader import bpmn, local
from engine.workflow.compiler.report import Report

_SCOPES = frozenset({"process", "subProcess", "transaction"})
_DECIDING = frozenset({"exclusiveGateway", "inclusiveGateway"})
_BLIND = frozenset({"parallelGateway", "eventBasedGateway"})
_TRUE = "true"


def check_drawing(process: etree._Element, report: Report) -> None:
    """Check a process and everything inside it."""
    todo = [process]
    while todo:
        scope = todo.pop()
        drawn = Scope(scope)
        _ScopeCheck(drawn, report).run()
        check_standard(drawn, report)
        # What vendors keep in elements of their own is no part of the drawing.
        todo += [child for child in reversed(scope) if local(child) in _SCOPES]


class _ScopeCheck:
    def __init__(self, scope: Scope, report: Report) -> None:
        self.scope = scope.element
        self.nodes = scope.nodes
        self.outgoing = scope.outgoing
        self.incoming = scope.incoming
        self.report = report
        self.guards: dict[str, list[str]] = {}
        self.links: dict[str, list[str]] = {}
        for name, node in self.nodes.items():
            if local(node) == "boundaryEvent":
                self.guards.setdefault(str(node.get("attachedToRef")), []).append(name)
            link = link_name(node)
            if link is not None:
                self.links.setdefault(link, []).append(name)

    def run(self) -> None:
        self._starts()
        self._reachable()
        for name, node in self.nodes.items():
            self._node(name, node, self.outgoing.get(name, []))

    def _starts(self) -> None:
        starts = [node for node in self.nodes.values() if local(node) == "startEvent"]
        if not starts:
            self.report.add("start-missing", self.scope)
        is_process = local(self.scope) == "process"
        kinds = [event_kind(start) for start in starts]
        others = [kind for kind in kinds if not is_process or kind != "message"]
        if len(others) > 1:
            self.report.add("start-several", self.scope, count=len(others))
        if is_process:
            self._messages(
                [one for one, kind in zip(starts, kinds, strict=True) if kind == "message"]
            )
        for start, kind in zip(starts, kinds, strict=True):
            if kind in {"timer", "signal", "conditional"} and is_process:
                self.report.add("start-by-event", start, kind=kind)

    def _messages(self, starts: list[etree._Element]) -> None:
        """Each message begins one start event of a process, known before anything runs."""
        seen: set[str] = set()
        for start in starts:
            name = message_name(start)
            if is_computed(name):
                self.report.add("name-computed", start, name=name)
            elif name in seen:
                self.report.add("start-several", self.scope, count=len(starts))
            seen.add(name)

    def _reachable(self) -> None:
        seen: set[str] = set()
        begun = [
            name
            for name, node in self.nodes.items()
            if local(node) == "startEvent"
            or node.get("triggeredByEvent") == _TRUE
            or node.get("isForCompensation") == _TRUE
        ]
        self._follow(begun, seen)
        if not self.report.has_any({"id-repeated"}):
            # Otherwise a node may be missing only because another one has its id.
            self._lost([name for name in self.nodes if name not in seen])

    def _lost(self, names: list[str]) -> None:
        # One finding where a lost part begins; what follows it is lost for the same reason.
        led = {following for name in names for following in self._next(name)}
        told: set[str] = set()
        for name in sorted(names, key=led.__contains__):
            if name not in told:
                node = self.nodes[name]
                if node.get("attachedToRef", name) in self.nodes:
                    self.report.add("unreachable", node)
                self._follow([name], told)

    def _follow(self, todo: list[str], seen: set[str]) -> None:
        while todo:
            name = todo.pop()
            if name not in seen:
                seen.add(name)
                todo += self._next(name)

    def _next(self, name: str) -> Iterator[str]:
        for flow in self.outgoing.get(name, []):
            if flow.get("targetRef") in self.nodes:
                yield str(flow.get("targetRef"))
        yield from self.guards.get(name, [])
        yield from self.links.get(link_name(self.nodes[name]) or "", [])

    def _node(self, name: str, node: etree._Element, flows: list[etree._Element]) -> None:
        kind = local(node)
        if kind == "endEvent" and flows:
            self.report.add("end-leaves", node)
        if kind in {"startEvent", "boundaryEvent"} and self.incoming.get(name):
            self.report.add("start-entered", node)
        if node.get("triggeredByEvent") == _TRUE and (flows or self.incoming.get(name)):
            self.report.add("event-sub-process-connected", node)
        self._conditions(kind, node, flows)
        if kind == "eventBasedGateway":
            self._event_gateway(node, flows)

    def _conditions(self, kind: str, node: etree._Element, flows: list[etree._Element]) -> None:
        default = node.get("default")
        if default is not None and default not in {flow.get("id") for flow in flows}:
            self.report.add("default-unknown", node, flow=default)
        conditional = [flow for flow in flows if _has_condition(flow)]
        if kind in _DECIDING and len(flows) > 1:
            for flow in flows:
                if flow not in conditional and flow.get("id") != default:
                    self.report.add("flow-without-condition", node, flow=_name(flow))
        for flow in conditional:
            if kind in _BLIND or flow.get("id") == default:
                self.report.add("condition-ignored", node, flow=_name(flow))
            elif kind.endswith("Event"):
                self.report.add("condition-misplaced", node, flow=_name(flow))
            elif len(flows) == 1 and kind not in _DECIDING:
                self.report.add("condition-alone", node, flow=_name(flow))

    def _event_gateway(self, node: etree._Element, flows: list[etree._Element]) -> None:
        kinds = set()
        for flow in flows:
            name = str(flow.get("targetRef"))
            target = self.nodes.get(name)
            kinds.add(None if target is None else local(target))
            if target is None or not self._may_follow(name, target):
                self.report.add("gateway-target", node, target=flow.get("targetRef"))
        if len(flows) == 1:
            self.report.add("gateway-one-event", node)
        has_message = any(
            event_kind(self.nodes[name]) == "message"
            for flow in flows
            if (name := str(flow.get("targetRef"))) in self.nodes
        )
        if "receiveTask" in kinds and has_message:
            self.report.add("gateway-mixed", node)

    def _may_follow(self, name: str, target: etree._Element) -> bool:
        catches = local(target) == "receiveTask" or (
            local(target) == "intermediateCatchEvent"
            and event_kind(target) in {"message", "signal", "timer", "conditional"}
        )
        repeats = any(local(child).endswith("LoopCharacteristics") for child in target)
        is_shared = len(self.incoming.get(name, [])) > 1
        return catches and not repeats and not is_shared and name not in self.guards


def message_name(node: etree._Element) -> str:
    """Name of the message of an event, else its id."""
    found = node.find(bpmn("messageEventDefinition"))
    reference = "" if found is None else (found.get("messageRef") or "").rpartition(":")[2]
    for message in node.getroottree().getroot().iterfind(bpmn("message")):
        if message.get("id") == reference:
            return message.get("name") or reference
    return reference


def link_name(node: etree._Element) -> str | None:
    """Name of a link event, None for any other node."""
    found = node.find(bpmn("linkEventDefinition"))
    return None if found is None else found.get("name") or ""


def _has_condition(flow: etree._Element) -> bool:
    return bool((flow.findtext(bpmn("conditionExpression")) or "").strip())


def _name(flow: etree._Element) -> str:
    return flow.get("name") or str(flow.get("id"))
