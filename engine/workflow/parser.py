"""Builds the graphs of a file with the parser of the library; one parser class per element."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from lxml import etree
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.parser.ProcessParser import ProcessParser
from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser
from SpiffWorkflow.bpmn.parser.util import full_tag
from typing_extensions import override

from engine.workflow import activities, events, gateways
from engine.workflow.definitions import ProcessSpec
from engine.workflow.elements import Flow, Lane
from engine.workflow.errors import ExpressionError
from engine.workflow.expressions import Expression, Template, compile_expression, shorten
from engine.workflow.nodes import FlowNode
from engine.workflow.reader import bpmn, camunda, local
from engine.workflow.reading import LANGUAGES, ElementReader, References
from engine.workflow.report import Report
from engine.workflow.scripts import Script, compile_script

_FALSE = "false"
_IMPLEMENTATIONS = ("class", "delegateExpression")
_CATCHING = ("intermediateCatchEvent", "boundaryEvent", "startEvent")


class CamundaNodeParser(TaskParser):  # type: ignore[misc]  # the library ships no types
    """Reads one flow node with its Camunda 7 attributes into a node of the kernel."""

    process_parser: ScopeParser
    node: etree._Element

    def parse_node(self) -> FlowNode:
        """Build the node without following its flows; `ScopeParser` connects them."""
        scope = self.process_parser
        self.reader = ElementReader(self.node, scope.parser.report, scope.parser.references)
        self.element = self.reader.element(scope.lane_of(self.node))
        self.task = self.create_task()
        self.task.extensions = self.parse_extensions()
        self.task.loop = self.reader.loop()
        return self.task

    def parse_extensions(self, node: etree._Element | None = None) -> dict[str, Any]:
        """Everything Camunda 7 says about the element, as the library keeps extensions."""
        del node
        return {**self.reader.attributes, "properties": self.reader.properties}

    def create_task(self) -> FlowNode:
        """Build the node."""
        node: FlowNode = self.spec_class(self.spec, self.element)
        return node

    def remark(self, code: str, **params: object) -> None:
        """Add a finding about this element."""
        self.reader.report.add(code, self.node, line=None, **params)


class UserTaskParser(CamundaNodeParser):
    """User tasks."""

    @override
    def create_task(self) -> FlowNode:
        """Build the node with its assignment."""
        node = activities.UserTask(self.spec, self.element)
        node.assignment = self.reader.assignment()
        if "name:en" not in self.reader.properties:
            self.remark("name-en-missing")
        return node


class JobParser(CamundaNodeParser):
    """Service tasks, and send and business rule tasks that are external."""

    @override
    def create_task(self) -> FlowNode:
        """Build the job."""
        attributes = self.reader.attributes
        job = activities.Job(self.spec, self.element)
        job.result_variable = _result_variable(self.reader)
        topic, expression = attributes.get("topic"), attributes.get("expression")
        for kind in _IMPLEMENTATIONS:
            if kind in attributes:
                self.remark("service-implementation", kind=f"camunda:{kind}")
                return job
        if topic:
            job.topic = self.reader.template(topic)
        elif expression:
            job.expression = self.reader.template(expression)
        else:
            self.remark("service-without-topic")
        return job


class SendTaskParser(JobParser):
    """Send tasks: an external topic, or a message."""

    @override
    def create_task(self) -> FlowNode:
        """Build a job or a throwing task."""
        if {"topic", "expression", *_IMPLEMENTATIONS} & self.reader.attributes.keys():
            return super().create_task()
        node = activities.SendTask(self.spec, self.element)
        node.trigger = self.reader.message(self.node, self.node.get("messageRef"), True)
        return node


class ReceiveTaskParser(CamundaNodeParser):
    """Receive tasks."""

    @override
    def create_task(self) -> FlowNode:
        """Build the node with its message."""
        trigger = self.reader.message(self.node, self.node.get("messageRef"), True)
        return activities.ReceiveTask(self.spec, self.element, trigger=trigger)


class ScriptTaskParser(CamundaNodeParser):
    """Script tasks."""

    @override
    def create_task(self) -> FlowNode:
        """Compile the script."""
        node = activities.ScriptTask(self.spec, self.element)
        language = (self.node.get("scriptFormat") or "").lower()
        text = self.node.findtext(bpmn("script")) or ""
        if self.node.get(camunda("resource")) or not text.strip():
            self.remark("script-missing")
        elif language not in LANGUAGES:
            self.remark("script-language", language=language)
        else:
            self._compile(node, text)
        return node

    def _compile(self, node: activities.ScriptTask, text: str) -> None:
        node.result_variable = _result_variable(self.reader)
        if node.result_variable:
            node.expression = self.reader.expression(text)
            return
        try:
            node.script = compile_script(text)
        except ExpressionError as error:
            self.remark("expression-invalid", reason=str(error), text=shorten(text))
            node.script = Script((), frozenset())


class BusinessRuleTaskParser(JobParser):
    """Business rule tasks: a decision, or an external topic."""

    @override
    def create_task(self) -> FlowNode:
        """Build the node with its decision."""
        attributes = self.reader.attributes
        if "decisionRef" not in attributes:
            return super().create_task()
        node = activities.BusinessRuleTask(self.spec, self.element)
        node.decision = attributes["decisionRef"]
        node.result_variable = _result_variable(self.reader)
        mapping = attributes.get("mapDecisionResult", "resultList")
        if mapping in {"singleEntry", "singleResult", "collectEntries", "resultList"}:
            node.mapping = mapping
        if node.decision not in self.process_parser.parser.decisions:
            self.remark("decision-missing", decision=node.decision)
        return node


class CallActivityParser(CamundaNodeParser):
    """Call activities."""

    @override
    def create_task(self) -> FlowNode:
        """Build the node with what goes in and out."""
        node = activities.CallActivity(self.spec, self.element)
        called = self.node.get("calledElement")
        binding = self.reader.attributes.get("calledElementBinding", "latest")
        if not called:
            self.remark("called-missing")
        elif binding != "latest":
            self.remark("called-binding", binding=binding)
        else:
            node.called = self.reader.template(called)
        node.passed, node.returned = self.reader.passings("in"), self.reader.passings("out")
        if not node.passed:
            self.remark("called-empty-handed")
        return node


class SubProcessParser(CamundaNodeParser):
    """Embedded sub-processes and event sub-processes."""

    @override
    def create_task(self) -> FlowNode:
        """Build the node and the graph inside."""
        parser = self.process_parser.parser
        inner = parser.parse_scope(self.node, self.process_parser)
        if self.node.get("triggeredByEvent") != "true":
            return activities.SubProcess(self.spec, self.element)
        node = activities.EventSubProcess(self.spec, self.element)
        starts = [inner.task_specs[name] for name in inner.starts]
        node.start = (
            starts[0]
            if starts
            else events.StartEvent(inner, self.element, trigger=events.Trigger())
        )
        if type(node.start.trigger) is events.Trigger:
            self.remark("event-missing")
        return node


class EventParser(CamundaNodeParser):
    """Events of all positions."""

    @override
    def create_task(self) -> FlowNode:
        """Build the event with its trigger."""
        trigger = self.reader.trigger()
        kind = local(self.node)
        if kind in {"endEvent", "intermediateThrowEvent"}:
            topic = self._topic()
            if topic is not None:
                job = activities.Job(self.spec, self.element)
                job.topic = topic
                return job
        if not _may_occur(kind, trigger):
            self.remark("event-unsupported", kind=_kind(trigger))
        if kind == "intermediateCatchEvent" and type(trigger) is events.Trigger:
            self.remark("event-missing")
        attribute = "cancelActivity" if kind == "boundaryEvent" else "isInterrupting"
        return self.spec_class(  # type: ignore[no-any-return]  # the class the table names
            self.spec,
            self.element,
            trigger=trigger,
            is_interrupting=self.node.get(attribute, "true") != _FALSE
            or isinstance(trigger, events.ErrorTrigger),
        )

    def _topic(self) -> Template | None:
        definition = self.node.find(bpmn("messageEventDefinition"))
        topic = None if definition is None else definition.get(camunda("topic"))
        return self.reader.template(topic) if topic else None


def _may_occur(kind: str, trigger: events.Trigger) -> bool:
    if type(trigger) is events.Trigger:
        return kind != "boundaryEvent"
    throwing = (events.MessageTrigger, events.EscalationTrigger)
    waiting = (events.MessageTrigger, events.TimerTrigger, events.ConditionTrigger)
    allowed: dict[str, tuple[type[events.Trigger], ...]] = {
        "startEvent": (*waiting, events.ErrorTrigger, events.EscalationTrigger),
        "boundaryEvent": (*waiting, events.ErrorTrigger, events.EscalationTrigger),
        "intermediateCatchEvent": (*waiting, events.LinkTrigger),
        "intermediateThrowEvent": (*throwing, events.LinkTrigger),
        "endEvent": (*throwing, events.ErrorTrigger, events.TerminateTrigger),
    }
    return isinstance(trigger, allowed[kind])


def _kind(trigger: events.Trigger) -> str:
    return f"a {type(trigger).__name__.removesuffix('Trigger').lower()} event"


def _result_variable(reader: ElementReader) -> str | None:
    name = reader.attributes.get("resultVariable") or reader.properties.get("resultVariable")
    return name or None


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
        for child in self.node:
            kind = local(child)
            if kind == "sequenceFlow":
                flows.append(child)
            elif child.tag in CamundaParser.OVERRIDE_PARSER_CLASSES:
                if child.get("isForCompensation") == "true":
                    report.add("element-unsupported", child, kind="compensation handler")
                nodes[str(child.get("id"))] = self.parse_node(child)
            elif kind in UNSUPPORTED:
                report.add("element-unsupported", child, kind=kind)
        self._connect(nodes, flows)
        self._attach(nodes)
        self._link(nodes)
        self._begin(nodes)

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
            source.connect(target)
            outgoing.setdefault(source.name, []).append(
                Flow(
                    id=str(flow.get("id")),
                    target=target.name,
                    index=index,
                    condition=self._condition(flow),
                    is_default=self._default(source) == flow.get("id"),
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
            return compile_expression(text)
        except ExpressionError as error:
            self.parser.report.add(
                "expression-invalid", flow, reason=str(error), text=shorten(text)
            )
            return None

    def _attach(self, nodes: dict[str, FlowNode]) -> None:
        for child in self.node.iterfind(bpmn("boundaryEvent")):
            event = nodes.get(str(child.get("id")))
            host = nodes.get(str(child.get("attachedToRef")))
            if not isinstance(host, activities.Activity) or not isinstance(
                event, events.BoundaryEvent
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
        links = [
            node
            for node in nodes.values()
            if isinstance(node, events.EventNode) and isinstance(node.trigger, events.LinkTrigger)
        ]
        for thrower in links:
            if not isinstance(thrower, events.ThrowEvent):
                continue
            name = thrower.trigger.name  # type: ignore[attr-defined]  # a link, see above
            targets = [
                node
                for node in links
                if isinstance(node, events.CatchEvent) and node.trigger == thrower.trigger
            ]
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
        plain = [node for node in starts if type(node.trigger) is events.Trigger]
        spec.starts = tuple(node.name for node in (plain or starts)[:1])
        spec.starts_by_message = {
            node.trigger.name.source: node.name
            for node in starts
            if isinstance(node.trigger, events.MessageTrigger) and node.trigger.kind == "message"
        }
        spec.event_sub_processes = tuple(
            node for node in nodes.values() if isinstance(node, activities.EventSubProcess)
        )
        spec.inclusive_joins = tuple(
            node
            for node in nodes.values()
            if isinstance(node, gateways.InclusiveGateway) and len(node._inputs) > 1  # noqa: SLF001
        )
        for gateway in spec.inclusive_joins:
            gateway.reach = gateways.reachability(gateway, nodes.values())
        spec.has_conditions = any(
            isinstance(getattr(node, "trigger", None), events.ConditionTrigger)
            for node in nodes.values()
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
            "subProcess": (SubProcessParser, activities.SubProcess),
            "transaction": (SubProcessParser, activities.SubProcess),
            "callActivity": (CallActivityParser, activities.CallActivity),
            "exclusiveGateway": (CamundaNodeParser, gateways.ExclusiveGateway),
            "parallelGateway": (CamundaNodeParser, gateways.ParallelGateway),
            "inclusiveGateway": (CamundaNodeParser, gateways.InclusiveGateway),
            "eventBasedGateway": (CamundaNodeParser, gateways.EventBasedGateway),
        }.items()
    }

    def __init__(self, root: etree._Element, report: Report, decisions: frozenset[str]) -> None:
        super().__init__()
        self.report = report
        self.decisions = decisions
        self.references = References(root)
        self.specs: dict[str, ProcessSpec] = {}
        self.by_id = {str(node.get("id")): node for node in root.iter() if node.get("id")}
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
        return spec


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
