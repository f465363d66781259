"""Finds joins that wait for ever and branches that run on side by side without being joined."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby

from lxml import etree

from engine.workflow.compiler.checks.exploration import MAX_MARKINGS, Outcome, Stuck, explore
from engine.workflow.compiler.checks.net import Net, build
from engine.workflow.compiler.checks.reduction import reduce
from engine.workflow.compiler.report import Report
from engine.workflow.runtime.definitions import ProcessSpec

#: Longest way told in full, in nodes; of a longer one the two ends.
_MAX_WAY = 12
_MAX_WAYS = 3
#: Nodes of one scope beyond which nobody could follow it, either.
_MAX_NODES = 2_000


def check_soundness(
    spec: ProcessSpec,
    drawn: Mapping[str, etree._Element],
    report: Report,
    limit: int = MAX_MARKINGS,
) -> None:
    """Report where the tokens of one scope can get stuck or multiply.

    Args:
        spec: The graph of the scope, without what is inside its sub-processes.
        drawn: Elements by id.
        report: Takes the findings.
        limit: Number of markings after which nothing is said but that.
    """
    net = build(spec)
    if len(net.nodes) > _MAX_NODES:
        report.add("soundness-unproven", drawn[spec.name], limit=_MAX_NODES)
        return
    is_whole = _check_joins(net, drawn, report)
    reduce(net)
    outcome = explore(net, limit)
    for name, stuck in outcome.stuck.items() if is_whole else ():
        report.add("deadlock", drawn[net.nodes[name].names[0]], **_facts(net, stuck, drawn))
    if not outcome.stuck:
        _check_branches(net, outcome, drawn, report)
    if not outcome.is_complete and not outcome.stuck:
        report.add("soundness-unproven", drawn[spec.name], limit=limit)


def _check_joins(net: Net, drawn: Mapping[str, etree._Element], report: Report) -> bool:
    """Report what joins themselves show; whether each can get a token on every flow."""
    never = dict(_never(net))
    for join, flow in never.items():
        source = net.nodes[net.sources[flow]].names[-1]
        report.add("join-never", drawn[join], flow=_name(drawn, source))
    for node in net.nodes.values():
        if node.join != "any" and net.repeated.issuperset(node.inputs):
            report.add("join-mixes", drawn[node.names[0]])
    return not never


def _check_branches(
    net: Net, outcome: Outcome, drawn: Mapping[str, etree._Element], report: Report
) -> None:
    """Report branches that are never joined, if a step is done more often for it."""
    for name in sorted(outcome.growing):
        report.add("tokens-multiply", drawn[net.nodes[name].names[-1]])
    for name in sorted(outcome.merging) if not outcome.growing else ():
        element = net.nodes[name].names[0]
        if element in net.working:
            report.add("merge-repeats", drawn[element])


def _never(net: Net) -> Iterator[tuple[str, str]]:
    """Joins with a flow that only they themselves could give a token."""
    starts = [net.targets[flow] for beginning in net.beginnings for flow in beginning]
    for name, node in net.nodes.items():
        if node.join != "all":
            continue
        seen, todo = {name}, list(starts)
        while todo:
            at = todo.pop()
            if at not in seen:
                seen.add(at)
                todo += [net.targets[flow] for flow in net.nodes[at].outputs]
        for flow in node.inputs:
            if net.sources[flow] and net.sources[flow] not in seen - {name}:
                yield node.names[0], flow
                break


def _facts(net: Net, stuck: Stuck, drawn: Mapping[str, etree._Element]) -> dict[str, str]:
    missing = (stuck.missing or stuck.waiting)[0]
    before = net.trails.get(missing) or net.nodes[net.sources[missing]].names
    return {
        "way": " / ".join(_way(way, drawn) for way in stuck.ways[:_MAX_WAYS]),
        "flow": _name(drawn, before[-1]),
    }


def _way(elements: tuple[str, ...], drawn: Mapping[str, etree._Element]) -> str:
    names = [_name(drawn, element) for element, _ in groupby(elements)]
    if len(names) > _MAX_WAY:
        names = [*names[: _MAX_WAY // 2], "…", *names[-_MAX_WAY // 2 :]]
    return " → ".join(names)


def _name(drawn: Mapping[str, etree._Element], element: str) -> str:
    node = drawn.get(element)
    return " ".join(((node.get("name") if node is not None else None) or element).split())
