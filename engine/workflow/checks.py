"""Checks of the drawing that need no built graph: ids, flows, starts, reachability."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from lxml import etree

from engine.workflow.parser import UNSUPPORTED, CamundaParser
from engine.workflow.reader import bpmn, local
from engine.workflow.report import Report

_SCOPES = frozenset({"subProcess", "transaction"})
_DECIDING = frozenset({"exclusiveGateway", "inclusiveGateway"})
_BLIND = frozenset({"parallelGateway", "eventBasedGateway"})
_TRUE = "true"


def check_ids(root: etree._Element, report: Report) -> None:
    """Every id once; every process has one."""
    counts = Counter(node.get("id") for node in root.iter(bpmn("*")) if node.get("id") is not None)
    for node in root.iter(bpmn("*")):
        id_ = node.get("id")
        if id_ is not None and counts[id_] > 1:
            report.add("id-repeated", node, id=id_)
            counts[id_] = 1
    for process in root.iter(bpmn("process")):
        if not process.get("id"):
            report.add("id-missing", process, kind="process")


def check_scope(scope: etree._Element, report: Report) -> None:
    """Check a process and everything inside it."""
    _ScopeCheck(scope, report).run()
    for child in scope:
        if local(child) in _SCOPES:
            check_scope(child, report)


class _ScopeCheck:
    def __init__(self, scope: etree._Element, report: Report) -> None:
        self.scope = scope
        self.report = report
        self.nodes = {
            str(child.get("id")): child
            for child in scope
            if child.tag in CamundaParser.OVERRIDE_PARSER_CLASSES or local(child) in UNSUPPORTED
        }
        self.flows = [child for child in scope if child.tag == bpmn("sequenceFlow")]
        self.outgoing: dict[str, list[etree._Element]] = {}
        self.incoming: dict[str, list[etree._Element]] = {}
        for flow in self.flows:
            self.outgoing.setdefault(str(flow.get("sourceRef")), []).append(flow)
            self.incoming.setdefault(str(flow.get("targetRef")), []).append(flow)

    def run(self) -> None:
        self._starts()
        self._reachable()
        for name, node in self.nodes.items():
            self._node(name, node, self.outgoing.get(name, []))

    def _starts(self) -> None:
        starts = [node for node in self.nodes.values() if local(node) == "startEvent"]
        kinds = [_event_kind(start) for start in starts]
        if not starts:
            self.report.add("start-missing", self.scope)
        is_process = local(self.scope) == "process"
        others = [kind for kind in kinds if not is_process or kind != "message"]
        if len(others) > 1:
            self.report.add("start-several", self.scope, count=len(others))
        is_event_sub_process = self.scope.get("triggeredByEvent") == _TRUE
        for start, kind in zip(starts, kinds, strict=True):
            if kind is not None and not is_process and not is_event_sub_process:
                self.report.add("event-unsupported", start, kind=f"{kind}EventDefinition")
            elif kind not in {None, "message"} and is_process:
                self.report.add("start-by-event", start, kind=kind)

    def _reachable(self) -> None:
        seen: set[str] = set()
        todo = [
            name
            for name, node in self.nodes.items()
            if local(node) == "startEvent" or node.get("triggeredByEvent") == _TRUE
        ]
        while todo:
            name = todo.pop()
            if name not in seen:
                seen.add(name)
                todo += self._next(name)
        for name, node in self.nodes.items():
            if name not in seen:
                self.report.add("unreachable", node)

    def _next(self, name: str) -> Iterator[str]:
        for flow in self.outgoing.get(name, []):
            if flow.get("targetRef") in self.nodes:
                yield str(flow.get("targetRef"))
        link = _link_name(self.nodes[name])
        for other, node in self.nodes.items():
            if (local(node) == "boundaryEvent" and node.get("attachedToRef") == name) or (
                link is not None and other != name and _link_name(node) == link
            ):
                yield other

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
        if kind in _DECIDING and len(flows) > 1:
            for flow in flows:
                if not _has_condition(flow) and flow.get("id") != default:
                    self.report.add("flow-without-condition", node, flow=_name(flow))
        if kind in _BLIND:
            for flow in flows:
                if _has_condition(flow):
                    self.report.add("condition-ignored", node, flow=_name(flow))

    def _event_gateway(self, node: etree._Element, flows: list[etree._Element]) -> None:
        for flow in flows:
            name = str(flow.get("targetRef"))
            target = self.nodes.get(name)
            catches = target is not None and (
                local(target) == "receiveTask"
                or (
                    local(target) == "intermediateCatchEvent"
                    and _event_kind(target) in {"message", "signal", "timer", "conditional"}
                )
            )
            if (
                not catches
                or len(self.incoming.get(name, [])) > 1
                or (target is not None and self._repeats_or_is_guarded(name, target))
            ):
                self.report.add("gateway-target", node, target=name)

    def _repeats_or_is_guarded(self, name: str, target: etree._Element) -> bool:
        return any(local(child).endswith("LoopCharacteristics") for child in target) or any(
            node.get("attachedToRef") == name for node in self.nodes.values()
        )


def _event_kind(node: etree._Element) -> str | None:
    for child in node:
        if local(child).endswith("EventDefinition"):
            return local(child).removesuffix("EventDefinition")
    return None


def _link_name(node: etree._Element) -> str | None:
    found = node.find(bpmn("linkEventDefinition"))
    return None if found is None else found.get("name") or ""


def _has_condition(flow: etree._Element) -> bool:
    return bool((flow.findtext(bpmn("conditionExpression")) or "").strip())


def _name(flow: etree._Element) -> str:
    return flow.get("name") or str(flow.get("id"))
