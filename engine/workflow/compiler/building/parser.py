"""Builds the graphs of a file with the parser of the library, scope by scope."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from lxml import etree
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.parser.ProcessParser import ProcessParser
from SpiffWorkflow.bpmn.parser.util import full_tag

from engine.workflow.compiler.building.compensation import (
    check_effect,
    decide_keeping,
    join_handlers,
)
from engine.workflow.compiler.building.node_parsers import (
    BusinessRuleTaskParser,
    CallActivityParser,
    CamundaNodeParser,
    EventBasedGatewayParser,
    EventParser,
    JobParser,
    ReceiveTaskParser,
    ScriptTaskParser,
    SendTaskParser,
    SubProcessParser,
    UserTaskParser,
)
from engine.workflow.compiler.building.references import References
from engine.workflow.compiler.reading.reader import bpmn, camunda, local, place
from engine.workflow.compiler.report import Report
from engine.workflow.errors import ExpressionError
from engine.workflow.language.expressions import Expression, compile_condition
from engine.workflow.language.scripts import LANGUAGES
from engine.workflow.runtime import activities, events, gateways, sub_processes
from engine.workflow.runtime.definitions import ProcessSpec
from engine.workflow.runtime.elements import Flow, Lane
from engine.workflow.runtime.nodes import FlowNode
from engine.workflow.runtime.triggers import (
    ConditionTrigger,
    LinkTrigger,
    MessageTrigger,
    Trigger,
)


class ScopeParser(ProcessParser):  # type: ignore[misc]  # the library ships no types
    """Builds the graph of one process or sub-process, every node of it, iteratively."""

    parser: CamundaParser
    node: etree._Element
    outer: ScopeParser | None = None

    def _index_process_nodes(self) -> None:
        """Indexed by `add_tasks` itself, scope by scope."""

    def _parse(self) -> None:
        """Data objects and input specifications are documentation here."""
        self.spec = self.create_spec()
        self.add_tasks()

    def lane_of(self, node: etree._Element) -> Lane | None:
        """Innermost lane of a node; that of its sub-process if it has none."""
        lane = self.parser.lanes.get(str(node.get("id")))
        if lane is None and self.outer is not None:
            return self.outer.lane_of(self.node)
        return lane

    def create_spec(self) -> ProcessSpec:
        """The empty graph."""
        return ProcessSpec(
            name=str(self.node.get("id")),
            description=self.get_name(),
            filename=self.filename,
        )

    def add_tasks(self) -> None:
        """Build all nodes, then connect them."""
        report = self.parser.report
        nodes: dict[str, FlowNode] = {}
        flows: list[etree._Element] = []
        refused: set[str] = set()
        for child in self.node:
            kind = local(child)
            if kind == "sequenceFlow":
                flows.append(child)
            elif child.tag in CamundaParser.OVERRIDE_PARSER_CLASSES:
                self._check_quantities(child)
                nodes[str(child.get("id"))] = self.parse_node(child)
            elif kind in UNSUPPORTED:
                report.add("element-unsupported", child, kind=kind)
                refused.add(str(child.get("id")))
        self._connect(nodes, [flow for flow in flows if not refused & _ends(flow)])
        self._attach(nodes)
        join_handlers(self.node, nodes, report)
        self._link(nodes)
        self._begin(nodes)

    def _check_quantities(self, child: etree._Element) -> None:
        """Several tokens per start or completion are not counted here."""
        for name in ("startQuantity", "completionQuantity"):
            if child.get(name, "1").strip() != "1":
                self.parser.report.add("quantity", child, name=name, quantity=child.get(name))

    def _connect(self, nodes: dict[str, FlowNode], flows: Iterable[etree._Element]) -> None:
        outgoing: dict[str, list[Flow]] = {}
        for flow in flows:
            source = nodes.get(str(flow.get("sourceRef")))
            target = nodes.get(str(flow.get("targetRef")))
            if source is None or target is None:
                self.parser.report.add(
                    "flow-broken", flow, flow=flow.get("name") or flow.get("id")
                )
                continue
            index = len(target._inputs)  # noqa: SLF001 - the library has no reader for it
            line, column = place(flow) or (0, 0)
            source.connect(target)
            outgoing.setdefault(source.name, []).append(
                Flow(
                    id=str(flow.get("id")),
                    target=target.name,
                    index=index,
                    condition=self._condition(flow),
                    is_default=self._default(source) == flow.get("id"),
                    line=line,
                    column=column,
                )
            )
        for name, found in outgoing.items():
            nodes[name].flows = tuple(found)

    def _default(self, source: FlowNode) -> str | None:
        return self.parser.defaults.get(source.name)

    def _condition(self, flow: etree._Element) -> Expression | None:
        node = flow.find(bpmn("conditionExpression"))
        text = None if node is None else (node.text or "").strip()
        if node is None or not text:
            return None
        language = (node.get("language") or "").lower()
        if language and language not in LANGUAGES:
            self.parser.report.add("script-language", flow, language=language)
            return None
        try:
            return compile_condition(text)
        except ExpressionError as error:
            self.parser.report.invalid("expression-invalid", flow, error, text)
            return None

    def _attach(self, nodes: dict[str, FlowNode]) -> None:
        for child in self.node.iterfind(bpmn("boundaryEvent")):
            event = nodes.get(str(child.get("id")))
            host = nodes.get(str(child.get("attachedToRef")))
            if (
                not isinstance(host, activities.Activity)
                or not isinstance(event, events.BoundaryEvent)
                or host.is_event_sub_process
            ):
                self.parser.report.add(
                    "boundary-unattached", child, host=child.get("attachedToRef")
                )
                continue
            host.boundary = (*host.boundary, event)
            if host.is_immediate and event.waits:
                self.parser.report.add(
                    "boundary-never", child, host=host.element.name or host.element.id
                )

    def _link(self, nodes: dict[str, FlowNode]) -> None:
        """A pair of link events means a flow. Source: BPMN 2.0.2, 10.5.5, link."""
        throwers: list[tuple[str, events.ThrowEvent]] = []
        catchers: dict[str, list[events.CatchEvent]] = {}
        for node in nodes.values():
            trigger = getattr(node, "trigger", None)
            if not isinstance(trigger, LinkTrigger):
                continue
            if isinstance(node, events.CatchEvent):
                catchers.setdefault(trigger.name, []).append(node)
            elif isinstance(node, events.ThrowEvent) and not isinstance(node, events.EndEvent):
                throwers.append((trigger.name, node))
        for name, thrower in throwers:
            targets = catchers.get(name, [])
            if len(targets) != 1:
                child = self.parser.by_id[thrower.name]
                self.parser.report.add("link-unpaired", child, name=name, count=len(targets))
                continue
            index = len(targets[0]._inputs)  # noqa: SLF001
            thrower.connect(targets[0])
            thrower.flows = (Flow(id=f"link:{thrower.name}", target=targets[0].name, index=index),)

    def _begin(self, nodes: dict[str, FlowNode]) -> None:
        spec: ProcessSpec = self.spec
        starts = [node for node in nodes.values() if isinstance(node, events.StartEvent)]
        plain = [node for node in starts if type(node.trigger) is Trigger]
        spec.starts = tuple(node.name for node in (plain or starts)[:1])
        spec.starts_by_message = {
            node.trigger.name.source: node.name
            for node in starts
            if isinstance(node.trigger, MessageTrigger) and node.trigger.kind == "message"
        }
        spec.event_sub_processes = tuple(
            node for node in nodes.values() if isinstance(node, sub_processes.EventSubProcess)
        )
        spec.inclusive_joins = tuple(
            node
            for node in nodes.values()
            if isinstance(node, gateways.InclusiveGateway) and len(node._inputs) > 1  # noqa: SLF001
        )
        for gateway in spec.inclusive_joins:
            gateway.reach = gateways.reachability(gateway, nodes.values())
        spec.has_conditions = any(
            isinstance(getattr(node, "trigger", None), ConditionTrigger) for node in nodes.values()
        )


UNSUPPORTED = frozenset(
    {
        "adHocSubProcess", "complexGateway", "choreographyTask", "callChoreography",
        "subChoreography", "implicitThrowEvent", "event", "flowNode",
    }
)  # fmt: skip


class CamundaParser(BpmnParser):  # type: ignore[misc]  # the library ships no types
    """Parser of one file.

    Attributes:
        report: Takes the findings.
        decisions: Ids of the decisions of the same deployment.
        specs: Graphs built so far, by process or sub-process id.
    """

    PROCESS_PARSER_CLASS = ScopeParser
    OVERRIDE_PARSER_CLASSES: ClassVar[dict[str, tuple[type, type]]] = {
        full_tag(tag): pair
        for tag, pair in {
            "startEvent": (EventParser, events.StartEvent),
            "endEvent": (EventParser, events.EndEvent),
            "intermediateCatchEvent": (EventParser, events.CatchEvent),
            "intermediateThrowEvent": (EventParser, events.ThrowEvent),
            "boundaryEvent": (EventParser, events.BoundaryEvent),
            "userTask": (UserTaskParser, activities.UserTask),
            "task": (CamundaNodeParser, activities.NoneTask),
            "manualTask": (CamundaNodeParser, activities.NoneTask),
            "serviceTask": (JobParser, activities.Job),
            "sendTask": (SendTaskParser, activities.SendTask),
            "receiveTask": (ReceiveTaskParser, activities.ReceiveTask),
            "scriptTask": (ScriptTaskParser, activities.ScriptTask),
            "businessRuleTask": (BusinessRuleTaskParser, activities.BusinessRuleTask),
            "subProcess": (SubProcessParser, sub_processes.SubProcess),
            "transaction": (SubProcessParser, sub_processes.Transaction),
            "callActivity": (CallActivityParser, sub_processes.CallActivity),
            "exclusiveGateway": (CamundaNodeParser, gateways.ExclusiveGateway),
            "parallelGateway": (CamundaNodeParser, gateways.ParallelGateway),
            "inclusiveGateway": (CamundaNodeParser, gateways.InclusiveGateway),
            "eventBasedGateway": (EventBasedGatewayParser, gateways.EventBasedGateway),
        }.items()
    }

    def __init__(self, root: etree._Element, report: Report, decisions: frozenset[str]) -> None:
        super().__init__()
        self.report = report
        self.decisions = decisions
        self.references = References(root)
        self.specs: dict[str, ProcessSpec] = {}
        self.by_id = self.references.by_id
        self.defaults = {
            name: str(node.get("default"))
            for name, node in self.by_id.items()
            if node.get("default")
        }
        self.lanes = _lanes(root)

    def parse_scope(self, node: etree._Element, outer: ScopeParser | None = None) -> ProcessSpec:
        """Build the graph of a process or sub-process and of all inside it."""
        parser = ScopeParser(self, node, self.namespaces, {}, filename=self.report.file)
        parser.outer = outer
        spec: ProcessSpec = parser.get_spec()
        self.specs[str(node.get("id"))] = spec
        if outer is None:
            decide_keeping(spec, self.specs)
            check_effect(spec, self.specs, self.by_id, self.report)
        return spec


def _ends(flow: etree._Element) -> set[str]:
    return {str(flow.get("sourceRef")), str(flow.get("targetRef"))}


def _lanes(root: etree._Element) -> dict[str, Lane]:
    """Innermost lane by node id."""
    lanes: dict[str, Lane] = {}
    for node in root.iter(bpmn("lane")):  # outer lanes come before the lanes inside them
        role = next(
            (
                one.get("value")
                for one in node.iterfind(
                    f"{bpmn('extensionElements')}/{camunda('properties')}/{camunda('property')}"
                )
                if one.get("name") == "role"
            ),
            None,
        )
        lane_id = str(node.get("id"))
        lane = Lane(id=lane_id, name=node.get("name") or lane_id, role=role or lane_id)
        for reference in node.iterfind(bpmn("flowNodeRef")):
            lanes[(reference.text or "").strip()] = lane
    return lanes
