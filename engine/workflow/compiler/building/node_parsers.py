"""Reads one flow node each: one parser class per kind of element."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lxml import etree
from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser
from typing_extensions import override

from engine.workflow.compiler.building import positions
from engine.workflow.compiler.building.compensation import (
    check_cancel,
    check_start,
    check_throw,
    check_transaction,
    find_undoing,
)
from engine.workflow.compiler.building.elements import ElementReader
from engine.workflow.compiler.building.loops import loop_of
from engine.workflow.compiler.building.triggers import message_of, trigger_of
from engine.workflow.compiler.reading.reader import bpmn, camunda, local
from engine.workflow.errors import ExpressionError
from engine.workflow.language.expressions import Template
from engine.workflow.language.scripts import LANGUAGES, Script, compile_script
from engine.workflow.runtime import activities, events, gateways, sub_processes
from engine.workflow.runtime.definitions import ProcessSpec
from engine.workflow.runtime.nodes import FlowNode
from engine.workflow.runtime.triggers import Trigger

_TRUE, _FALSE = "true", "false"
_IMPLEMENTATIONS = ("class", "delegateExpression")

if TYPE_CHECKING:
    from engine.workflow.compiler.building.parser import ScopeParser


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
        self.task.loop = loop_of(self.reader)
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
        self.reader.report.add(code, self.node, **params)


class UserTaskParser(CamundaNodeParser):
    """User tasks."""

    @override
    def create_task(self) -> FlowNode:
        """Build the node with its assignment."""
        node = activities.UserTask(self.spec, self.element)
        node.assignment = self.reader.assignment()
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
        if topic and expression and attributes.get("type") != "external":
            self.remark("service-implementation", kind="camunda:topic + camunda:expression")
        elif topic:
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
        node.trigger = message_of(self.reader, self.node, self.node.get("messageRef"), True)
        return node


class ReceiveTaskParser(CamundaNodeParser):
    """Receive tasks."""

    @override
    def create_task(self) -> FlowNode:
        """Build the node with its message."""
        if self.node.get("instantiate") == _TRUE:
            self.remark("instantiates")
        trigger = message_of(self.reader, self.node, self.node.get("messageRef"), True)
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
            self.reader.report.invalid("expression-invalid", self.node, error, text)
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
        else:
            self.remark("decision-mapping", mapping=mapping)
        if node.decision not in self.process_parser.parser.decisions:
            self.remark("decision-missing", decision=node.decision)
        return node


class CallActivityParser(CamundaNodeParser):
    """Call activities."""

    @override
    def create_task(self) -> FlowNode:
        """Build the node with what goes in and out."""
        node = sub_processes.CallActivity(self.spec, self.element)
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
        node = self._node(inner)
        node.undoing = find_undoing(self.node, inner, self.reader.report)
        return node

    def _node(self, inner: ProcessSpec) -> sub_processes.SubProcess:
        if local(self.node) == "transaction":
            check_transaction(self.node, self.reader.report)
            return sub_processes.Transaction(self.spec, self.element)
        if self.node.get("triggeredByEvent") != _TRUE:
            return sub_processes.SubProcess(self.spec, self.element)
        node = sub_processes.EventSubProcess(self.spec, self.element)
        starts = [inner.task_specs[name] for name in inner.starts]
        node.start = (
            starts[0] if starts else events.StartEvent(inner, self.element, trigger=Trigger())
        )
        if not any(positions.kind(one) for one in self.node.iterfind(bpmn("startEvent"))):
            self.remark("event-missing")
        return node


class EventBasedGatewayParser(CamundaNodeParser):
    """Event-based gateways."""

    @override
    def create_task(self) -> FlowNode:
        """Build the gateway, which is exclusive and begins nothing."""
        if self.node.get("instantiate") == _TRUE:
            self.remark("instantiates")
        if self.node.get("eventGatewayType", "Exclusive") != "Exclusive":
            self.remark("gateway-parallel-events")
        return gateways.EventBasedGateway(self.spec, self.element)


class EventParser(CamundaNodeParser):
    """Events of all positions."""

    @override
    def create_task(self) -> FlowNode:
        """Build the event with its trigger."""
        kind = local(self.node)
        if kind in {"endEvent", "intermediateThrowEvent"}:
            topic = self._topic()
            if topic is not None:
                # Done by a handler; a message is then named for the reader only.
                job = activities.Job(self.spec, self.element)
                job.topic = topic
                return job
        trigger = trigger_of(self.reader)
        self._check_position()
        attribute = "cancelActivity" if kind == "boundaryEvent" else "isInterrupting"
        is_interrupting = self.node.get(attribute, "true") != _FALSE
        if not is_interrupting and positions.kind(self.node) in positions.ALWAYS_INTERRUPTING:
            self.remark("event-interrupts")
            is_interrupting = True
        return self.spec_class(  # type: ignore[no-any-return]  # the class the table names
            self.spec, self.element, trigger=trigger, is_interrupting=is_interrupting
        )

    def _check_position(self) -> None:
        node, report = self.node, self.reader.report
        kind, position = positions.kind(node), positions.position(node)
        if kind not in positions.POSITIONS[position]:
            if kind != positions.NONE:
                self.remark("event-unsupported", kind=f"{kind}EventDefinition")
            elif local(node) != "startEvent":
                self.remark("event-missing")
        elif kind == "cancel":
            check_cancel(node, self.reader.names, report)
        elif kind == "compensate" and position.endswith("start"):
            check_start(node, report)
        elif kind == "compensate":
            check_throw(node, self.reader.names, report)

    def _topic(self) -> Template | None:
        definition = self.node.find(bpmn("messageEventDefinition"))
        topic = None if definition is None else definition.get(camunda("topic"))
        return self.reader.template(topic) if topic else None


def _result_variable(reader: ElementReader) -> str | None:
    name = reader.attributes.get("resultVariable") or reader.properties.get("resultVariable")
    return name or None
