"""Fills the gaps of a drawing that have one meaning by the standard, and says which."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from lxml import etree

from engine.workflow.compiler.normalising.vocabulary import SCOPES
from engine.workflow.compiler.reading.reader import bpmn, local
from engine.workflow.compiler.report import Report

NODES: Final = frozenset(
    {
        "startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent",
        "boundaryEvent", "userTask", "task", "manualTask", "serviceTask", "sendTask",
        "receiveTask", "scriptTask", "businessRuleTask", "subProcess", "transaction",
        "adHocSubProcess", "callActivity", "exclusiveGateway", "parallelGateway",
        "inclusiveGateway", "eventBasedGateway", "complexGateway",
    }
)  # fmt: skip
_NAMED: Final = NODES | {"sequenceFlow", "lane"}
_GATEWAYS: Final = frozenset({node for node in NODES if node.endswith("Gateway")})
_TRUE: Final = "true"


def name_the_nameless(root: etree._Element, report: Report) -> None:
    """Number flows and elements without id, which is legal BPMN, in the order of the file."""
    used = {node.get("id") for node in root.iter(etree.Element)}
    number = 0
    for process in root.iterfind(bpmn("process")):
        nameless = [
            node
            for node in process.iter(bpmn("*"))
            if not node.get("id") and local(node) in _NAMED
        ]
        for node in nameless:
            number += 1
            while f"_{local(node)}_{number}" in used:
                number += 1
            node.set("id", f"_{local(node)}_{number}")
        if nameless:
            report.add("id-given", nameless[0], count=len(nameless))


def scopes(root: etree._Element) -> Iterator[Scope]:
    """Processes that run and the sub-processes in them, outer ones first."""
    for process in root.iterfind(bpmn("process")):
        if process.get("isExecutable") != "false":
            for node in process.iter(*map(bpmn, SCOPES)):
                yield Scope(node)


class Scope:
    """The nodes and flows directly in a process or sub-process.

    Attributes:
        element: The process or sub-process.
        nodes: Its flow nodes.
    """

    def __init__(self, element: etree._Element) -> None:
        self.element = element
        self.nodes = [
            child for child in element if local(child) in NODES and child.tag == bpmn(local(child))
        ]
        self._out: dict[str | None, list[etree._Element]] = {}
        self._entered: set[str | None] = set()
        for flow in element.iterfind(bpmn("sequenceFlow")):
            self._out.setdefault(flow.get("sourceRef"), []).append(flow)
            self._entered.add(flow.get("targetRef"))

    @property
    def is_ordered(self) -> bool:
        """Whether flows alone say what comes when."""
        return local(self.element) != "adHocSubProcess"

    def leaving(self, node: etree._Element) -> list[etree._Element]:
        """Flows out of a node in the order of the file."""
        return self._out.get(node.get("id"), [])

    def beginnings(self) -> list[etree._Element]:
        """Nodes that nothing leads to and that nothing else begins.

        Source: BPMN 2.0.2, 10.5.2 (a process without start event).
        """
        return [
            node
            for node in self.nodes
            if node.get("id") not in self._entered
            and local(node) not in {"boundaryEvent", "startEvent"}
            and node.get("triggeredByEvent") != _TRUE
            and not is_compensating(node)
            and node.find(bpmn("linkEventDefinition")) is None
        ]


def is_compensating(node: etree._Element) -> bool:
    """Whether it is outside of the flow, reached by compensation only."""
    return (
        node.get("isForCompensation") == _TRUE
        or node.find(bpmn("compensateEventDefinition")) is not None
    )


def has_condition(flow: etree._Element) -> bool:
    """Whether a flow has a condition."""
    return bool((flow.findtext(bpmn("conditionExpression")) or "").strip())


def executable(root: etree._Element, report: Report) -> None:
    """A process that does not say whether it runs does, if there is something in it."""
    for process in root.iterfind(bpmn("process")):
        if process.get("isExecutable") is None:
            if Scope(process).nodes:
                report.add("executable-assumed", process)
            else:
                process.set("isExecutable", "false")


def give_defaults(scope: Scope, report: Report) -> None:
    """The one flow without condition out of an exclusive gateway is its default.

    Not so at an inclusive gateway, where others take such a flow always.
    """
    for node in scope.nodes:
        if local(node) != "exclusiveGateway" or node.get("default") is not None:
            continue
        flows = scope.leaving(node)
        bare = [flow for flow in flows if not has_condition(flow)]
        if len(bare) == 1 and len(flows) > 1:
            node.set("default", str(bare[0].get("id")))
            report.add("default-given", node, flow=bare[0].get("name") or bare[0].get("id"))


def give_start(scope: Scope, report: Report) -> None:
    """Without start event, every node without incoming flow begins. Source: BPMN 10.5.2."""
    element = scope.element
    is_event_sub_process = element.get("triggeredByEvent") == _TRUE
    if is_event_sub_process or not scope.is_ordered:
        return
    if any(local(node) == "startEvent" for node in scope.nodes):
        return
    beginnings = scope.beginnings()
    if not beginnings:
        return
    id_ = f"_start_of_{element.get('id')}"
    start = etree.Element(bpmn("startEvent"), id=id_)
    element.insert(element.index(scope.nodes[0]), start)
    for number, node in enumerate(beginnings, 1):
        flow = etree.SubElement(element, bpmn("sequenceFlow"), id=f"{id_}_{number}")
        flow.set("sourceRef", id_)
        flow.set("targetRef", str(node.get("id")))
    report.add("start-given", element, nodes=", ".join(map(_shown, beginnings))[:200])


def state_flows(scope: Scope, report: Report) -> None:
    """Say what several or conditional flows out of one node mean. Source: BPMN 13.2.1."""
    for node in scope.nodes:
        flows = scope.leaving(node)
        conditions = [flow for flow in flows if has_condition(flow)]
        if local(node) not in _GATEWAYS and len(flows) > 1:
            code = "flows-conditional" if conditions else "split-parallel"
            report.add(code, node, count=len(flows))


def state_ends(scope: Scope, report: Report) -> None:
    """Say that a path ends where nothing follows. Source: BPMN 10.5.3."""
    if not scope.is_ordered:
        return
    ends = [
        node
        for node in scope.nodes
        if not scope.leaving(node)
        and local(node) != "endEvent"
        and node.get("triggeredByEvent") != _TRUE
        and not is_compensating(node)
        and node.find(bpmn("linkEventDefinition")) is None
    ]
    if ends:
        nodes = ", ".join(map(_shown, ends))[:200]
        report.add("end-implied", ends[0], nodes=nodes, count=len(ends))


def state_passing(scope: Scope, report: Report) -> None:
    """Say that tasks without a type do nothing."""
    bare = [node for node in scope.nodes if local(node) in {"task", "manualTask"}]
    if bare:
        report.add("task-passes", bare[0], nodes=", ".join(map(_shown, bare))[:200])


def _shown(node: etree._Element) -> str:
    return " ".join((node.get("name") or "").split()) or str(node.get("id"))
