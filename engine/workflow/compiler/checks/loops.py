"""Finds loops that are gone through within one step, because nothing on them waits."""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

from engine.ports.deployment import Known
from engine.workflow.compiler.checks.cycles import cycles
from engine.workflow.compiler.checks.net import waits
from engine.workflow.compiler.checks.vocabulary import names_of, writes
from engine.workflow.compiler.report import Report
from engine.workflow.decisions import Decision
from engine.workflow.runtime.activities import Job
from engine.workflow.runtime.definitions import ProcessSpec
from engine.workflow.runtime.nodes import FlowNode
from engine.workflow.runtime.sub_processes import CallActivity, EventSubProcess, SubProcess

_MAX_NAMES = 8


def check_loops(
    specs: Mapping[str, ProcessSpec],
    drawn: Mapping[str, etree._Element],
    decisions: Mapping[str, Decision],
    known: Known,
    report: Report,
) -> None:
    """Report loops without a wait.

    Args:
        specs: Graphs of a process and of all sub-processes in it.
        drawn: Elements by id.
        decisions: Decisions of the deployment.
        known: Topics answered within the step count as not waiting.
        report: Takes the findings.
    """
    for spec in specs.values():
        nodes = _hasty(spec, specs, known)
        ways = {
            name: [flow.target for flow in node.flows if flow.target in nodes]
            for name, node in nodes.items()
        }
        for loop in cycles(ways):
            _judge([nodes[name] for name in loop], decisions, known, drawn, report)


def _nodes(spec: ProcessSpec) -> dict[str, FlowNode]:
    return {
        name: node
        for name, node in spec.task_specs.items()
        if isinstance(node, FlowNode) and not isinstance(node, EventSubProcess)
    }


def _hasty(
    spec: ProcessSpec, specs: Mapping[str, ProcessSpec], known: Known
) -> dict[str, FlowNode]:
    """Nodes a token may pass without waiting, in document order."""
    return {name: node for name, node in _nodes(spec).items() if not _stays(node, specs, known)}


def _stays(node: FlowNode, specs: Mapping[str, ProcessSpec], known: Known) -> bool:
    if isinstance(node, Job) and node.topic is not None:
        return node.topic.source not in known.topics
    if isinstance(node, SubProcess) and not isinstance(node, CallActivity):
        return not _passes(node, specs, known)
    return waits(node)


def _passes(node: SubProcess, specs: Mapping[str, ProcessSpec], known: Known) -> bool:
    """Whether some way through a sub-process meets no wait; what is inside it counts too."""
    todo = [node.name]
    while todo:
        spec = specs.get(todo.pop())
        if spec is None:
            return False
        nodes = _nodes(spec)
        reached, open_ = set(spec.starts), list(spec.starts)
        ends = False
        while open_:
            at = nodes[open_.pop()]
            if isinstance(at, SubProcess) and not isinstance(at, CallActivity):
                todo.append(at.name)
            elif _stays(at, specs, known):
                continue
            ends = ends or not at.flows
            fresh = {flow.target for flow in at.flows} - reached
            reached |= fresh
            open_ += fresh
        if not ends:
            return False
    return True


def _judge(
    loop: list[FlowNode],
    decisions: Mapping[str, Decision],
    known: Known,
    drawn: Mapping[str, etree._Element],
    report: Report,
) -> None:
    names = [node.element.name or node.element.id for node in loop][:_MAX_NAMES]
    way = " → ".join([*names, names[0]])
    read = frozenset[str]().union(
        *(names_of(flow.condition) for node in loop for flow in node.flows)
    )
    written = frozenset[str]().union(*(writes(node, decisions, known) for node in loop))
    code = "loop-unattended" if read & written else "loop-without-wait"
    report.add(code, drawn[loop[0].name], way=way)
