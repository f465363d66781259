"""Which variables the nodes of a graph read and write."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from engine.ports.deployment import Known
from engine.workflow.decisions import Decision
from engine.workflow.language.expressions import Expression, Template
from engine.workflow.runtime.activities import (
    BusinessRuleTask,
    Job,
    ScriptTask,
    UserTask,
)
from engine.workflow.runtime.elements import ListValue, MapValue
from engine.workflow.runtime.events import EventNode
from engine.workflow.runtime.nodes import FlowNode
from engine.workflow.runtime.sub_processes import CallActivity
from engine.workflow.runtime.triggers import (
    ConditionTrigger,
    ErrorTrigger,
    MessageTrigger,
    TimerTrigger,
)

#: Variables the runtime gives to a repetition. Source: Camunda 7, multi-instance.
_COUNTERS = frozenset(
    {"loopCounter", "nrOfInstances", "nrOfCompletedInstances", "nrOfActiveInstances"}
)


def reads(node: FlowNode, decisions: Mapping[str, Decision]) -> frozenset[str]:
    """Variables the expressions at a node and on the flows out of it read."""
    return frozenset[str]().union(*_reads(node, decisions))


def _reads(node: FlowNode, decisions: Mapping[str, Decision]) -> Iterator[frozenset[str]]:
    element = node.element
    local = {name for name, _ in element.inputs}
    for flow in node.flows:
        yield names_of(flow.condition)
    for _, value in element.inputs:
        yield names_of(value)
    for _, value in (*element.outputs, *element.start_clocks):
        yield names_of(value) - local
    if node.loop is not None:
        loop = node.loop
        own = local | {str(loop.item_variable)}
        yield names_of(loop.collection) | names_of(loop.cardinality)
        for expression in (loop.completion, loop.again, loop.output_element):
            yield names_of(expression) - own
        local = own
    for drawn in _values(node):
        yield names_of(drawn) - local
    if isinstance(node, ScriptTask):
        yield node.script.reads - local
    if isinstance(node, BusinessRuleTask) and node.decision in decisions:
        yield decisions[node.decision].reads - local


def _values(node: FlowNode) -> Iterator[object]:
    """Values with a place of their own in the various kinds of nodes."""
    if isinstance(node, UserTask):
        drawn = node.assignment
        yield drawn.name
        yield from (drawn.form_key, drawn.assignee, drawn.due, drawn.follow_up, drawn.priority)
        yield from (*drawn.candidate_groups, *drawn.candidate_users)
        yield from (value for _, value in drawn.properties)
    elif isinstance(node, Job):
        yield from (node.topic, node.expression)
    elif isinstance(node, ScriptTask):
        yield node.expression
    elif isinstance(node, CallActivity):
        yield node.called
        yield from (mapping.value for mapping in node.passed)
    trigger = node.trigger if isinstance(node, EventNode) else None
    if isinstance(trigger, TimerTrigger):
        yield trigger.text
    elif isinstance(trigger, MessageTrigger):
        yield trigger.name
    elif isinstance(trigger, ConditionTrigger):
        yield trigger.condition


def names_of(value: Any) -> frozenset[str]:
    """Variables a value reads."""
    if isinstance(value, Expression | Template):
        return value.names
    if isinstance(value, ListValue):
        return frozenset[str]().union(*map(names_of, value.items))
    if isinstance(value, MapValue):
        return frozenset[str]().union(*(names_of(one) for _, one in value.entries))
    return frozenset()


def writes(node: FlowNode, decisions: Mapping[str, Decision], known: Known) -> frozenset[str]:
    """Variables a node sets by itself, as far as the drawing and its surroundings tell."""
    found = {name for name, _ in (*node.element.outputs, *node.element.inputs)}
    if node.loop is not None:
        found |= _COUNTERS
        found |= {name for name in (node.loop.item_variable, node.loop.output_collection) if name}
    if isinstance(node, Job | ScriptTask | BusinessRuleTask) and node.result_variable:
        return frozenset(found | {node.result_variable})
    if isinstance(node, ScriptTask):
        found |= node.script.names
    elif isinstance(node, BusinessRuleTask) and node.decision in decisions:
        found |= decisions[node.decision].outputs_named
    elif isinstance(node, Job) and node.topic is not None:
        found |= known.topics.get(node.topic.source, frozenset())
    elif isinstance(node, CallActivity):
        found |= {mapping.name for mapping in node.returned if mapping.name}
    elif isinstance(node, UserTask) and known.forms is not None and node.assignment.form_key:
        form = known.forms.get(node.assignment.form_key.source)
        found |= set(form.fields if form is not None else ())
    elif isinstance(node, EventNode) and isinstance(node.trigger, ErrorTrigger):
        names = (node.trigger.code_variable, node.trigger.message_variable)
        found |= {name for name in names if name}
    return frozenset(found)
