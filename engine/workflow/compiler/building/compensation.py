"""Joins what is undone with what undoes it, and decides what has to be remembered.

Source: BPMN 2.0.2, 10.7 and 13.5.5; for transactions 10.3.5.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

from lxml import etree

from engine.workflow.compiler.building.references import References
from engine.workflow.compiler.reading.reader import bpmn, local
from engine.workflow.compiler.report import Report
from engine.workflow.runtime.activities import Activity
from engine.workflow.runtime.definitions import ProcessSpec
from engine.workflow.runtime.events import BoundaryEvent, ThrowEvent
from engine.workflow.runtime.nodes import FlowNode
from engine.workflow.runtime.sub_processes import SubProcess
from engine.workflow.runtime.triggers import CancelTrigger, CompensationTrigger

Nodes: TypeAlias = Mapping[str, FlowNode]
Specs: TypeAlias = Mapping[str, ProcessSpec]

_TRUE, _FALSE = "true", "false"


# -- joining --


def join_handlers(scope: etree._Element, nodes: Nodes, report: Report) -> None:
    """Give every compensation event of a scope the activity that its association leads to."""
    ends: dict[str, set[str]] = {}
    for one in scope.iterfind(bpmn("association")):
        source, target = str(one.get("sourceRef")), str(one.get("targetRef"))
        ends.setdefault(source, set()).add(target)
        ends.setdefault(target, set()).add(source)
    connected = {
        str(flow.get(end))
        for flow in scope.iterfind(bpmn("sequenceFlow"))
        for end in ("sourceRef", "targetRef")
    }
    marked = {
        name: child
        for child in scope
        if child.get("isForCompensation") == _TRUE
        and isinstance(nodes.get(name := str(child.get("id"))), Activity)
    }
    for name in marked:
        nodes[name].is_handler = True
    joined: set[str] = set()
    for child in scope.iterfind(bpmn("boundaryEvent")):
        event = nodes.get(str(child.get("id")))
        if isinstance(event, BoundaryEvent) and isinstance(event.trigger, CompensationTrigger):
            others = [nodes[one] for one in ends.get(event.name, ()) if one in nodes]
            joined |= _join(child, nodes, others, report)
            if event.name in connected:
                report.add("compensation-flow", child)
    for name, child in marked.items():
        if name not in joined:
            report.add("compensation-unjoined", child)
        if name in connected:
            report.add("compensation-flow", child)


def _join(
    child: etree._Element, nodes: Nodes, others: Iterable[FlowNode], report: Report
) -> set[str]:
    handlers = [one for one in others if isinstance(one, Activity)]
    host = nodes.get(str(child.get("attachedToRef")))
    if len(handlers) != 1:
        report.add("compensation-handler", child, count=len(handlers))
    elif not handlers[0].is_handler:
        report.add("compensation-unmarked", child, handler=handlers[0].element.name)
    elif host is not None and (host.handler or host.undoing or host.is_handler):
        report.add("compensation-twice", child, host=host.element.name or host.name)
    elif host is not None:
        host.handler = handlers[0]
    return {one.name for one in handlers}


def find_undoing(node: etree._Element, spec: ProcessSpec, report: Report) -> FlowNode | None:
    """The compensation event sub-process inside a sub-process."""
    found = [one for one in spec.event_sub_processes if _undoes(one)]
    if len(found) > 1:
        report.add("compensation-twice", node, host=_name(node))
    return found[0] if found else None


# -- what a throw event reaches --


def check_throw(node: etree._Element, names: References, report: Report) -> None:
    """Check the activity a compensation throw or end event names, and whether it waits."""
    definition = node.find(bpmn("compensateEventDefinition"))
    if definition is None:
        return
    if definition.get("waitForCompletion") == _FALSE:
        report.add("compensation-no-wait", node)
    activity = definition.get("activityRef")
    if activity is not None:
        named = names.by_id.get(activity)
        if named is None or named.getparent() not in list(_visible(node)):
            report.add("compensation-target", node, activity=activity)


def _visible(node: etree._Element) -> Iterator[etree._Element]:
    scope = node.getparent()
    if scope is not None:
        yield scope
        around = scope.getparent()
        if scope.get("triggeredByEvent") == _TRUE and around is not None:
            yield around


def check_start(node: etree._Element, report: Report) -> None:
    """Check that a compensation start begins the event sub-process of a sub-process."""
    around = node.getparent()
    undone = None if around is None else around.getparent()
    if undone is None or undone.tag == bpmn("process"):
        report.add("compensation-of-process", node)


# -- transactions --


def check_cancel(node: etree._Element, names: References, report: Report) -> None:
    """Check that a cancel event belongs to a transaction, and an end event to a caught one."""
    if local(node) == "boundaryEvent":
        host = names.by_id.get(str(node.get("attachedToRef")))
        if host is not None and local(host) != "transaction":
            report.add("cancel-outside", node)
        return
    transaction = next(node.iterancestors(bpmn("transaction")), None)
    if transaction is None:
        report.add("cancel-outside", node)
        return
    if transaction.get("id") not in names.with_cancel:
        report.add("cancel-uncaught", node, transaction=_name(transaction))
    if transaction.get("id") in names.repeated:
        report.add("cancel-repeated", node, transaction=_name(transaction))


def check_transaction(node: etree._Element, report: Report) -> None:
    """Check that a transaction is undone by compensation."""
    method = node.get("method", "##Compensate")
    if method not in {"##Compensate", "compensate"}:
        report.add("transaction-method", node, method=method)


def _name(node: etree._Element) -> str:
    return node.get("name") or str(node.get("id"))


# -- what is remembered --


def decide_keeping(spec: ProcessSpec, specs: Specs, *, around: bool = False) -> None:
    """Mark the activities whose completion is remembered, in a scope and all inside it.

    Args:
        spec: The scope.
        specs: All scopes of the file by id.
        around: Whether something outside can have it undone.
    """
    nodes = [node for node in spec.task_specs.values() if isinstance(node, FlowNode)]
    is_reached = around or _is_thrown_in(nodes, specs)
    for node in nodes:
        inner = specs.get(node.name) if isinstance(node, SubProcess) else None
        if inner is not None:
            begins_when_undone = node.is_handler or _undoes(node)
            is_cancelled = node.is_transaction and _is_cancelled_in(inner, specs)
            decide_keeping(
                inner, specs, around=is_cancelled or (is_reached and not begins_when_undone)
            )
            keeps_inside = node.undoing is not None or any(
                one.keeps for one in inner.task_specs.values() if isinstance(one, FlowNode)
            )
            node.keeps = is_reached and keeps_inside and not begins_when_undone
        if node.handler is not None:
            node.keeps = is_reached


def check_effect(
    spec: ProcessSpec, specs: Specs, drawn: Mapping[str, etree._Element], report: Report
) -> None:
    """Remark on throw events of a process that can never undo anything.

    Args:
        spec: The process, its activities marked.
        specs: All scopes of the file by id.
        drawn: Elements of the file by id.
        report: Takes the findings.
    """
    kept: dict[str, frozenset[str]] = {
        one.name: frozenset(
            node.name
            for node in one.task_specs.values()
            if isinstance(node, FlowNode) and node.keeps
        )
        for one in _scopes(spec, specs)
    }
    for one in _scopes(spec, specs):
        for node in one.task_specs.values():
            trigger = node.trigger if isinstance(node, ThrowEvent) else None
            if not isinstance(trigger, CompensationTrigger):
                continue
            child = drawn[node.name]
            found = [kept[str(scope.get("id"))] for scope in _visible(child)]
            if trigger.activity is None:
                has_effect = bool(found[-1])
            else:
                has_effect = any(trigger.activity in names for names in found)
            if not has_effect:
                report.add("compensation-nothing", child)


def _scopes(spec: ProcessSpec, specs: Specs) -> Iterator[ProcessSpec]:
    yield spec
    for node in spec.task_specs.values():
        if isinstance(node, SubProcess) and node.name in specs:
            yield from _scopes(specs[node.name], specs)


def _undoes(node: FlowNode) -> bool:
    return node.is_event_sub_process and isinstance(
        getattr(node, "trigger", None), CompensationTrigger
    )


def _is_thrown_in(nodes: Iterable[FlowNode], specs: Specs) -> bool:
    """Whether a throw event of the scope, or of an event sub-process of it, compensates."""
    for node in nodes:
        if isinstance(node, ThrowEvent) and isinstance(node.trigger, CompensationTrigger):
            return True
        if node.is_event_sub_process and any(
            isinstance(one, ThrowEvent) and isinstance(one.trigger, CompensationTrigger)
            for one in specs[node.name].task_specs.values()
        ):
            return True
    return False


def _is_cancelled_in(spec: ProcessSpec, specs: Specs) -> bool:
    """Whether a cancel event ends the transaction of this scope, at any depth of it."""
    for node in spec.task_specs.values():
        if isinstance(node, ThrowEvent) and isinstance(node.trigger, CancelTrigger):
            return True
        if (
            isinstance(node, SubProcess)
            and not node.is_transaction
            and node.name in specs
            and _is_cancelled_in(specs[node.name], specs)
        ):
            return True
    return False
