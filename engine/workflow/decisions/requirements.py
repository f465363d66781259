"""Which decisions and input data a decision requires. Source: DMN 1.3, clause 6.3.2."""

from __future__ import annotations

from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Final

from lxml import etree

from engine.workflow.decisions.xml import Findings, children

#: Decisions that require each other in a row; more is taken for a mistake.
MAX_CHAIN: Final = 50


def required_decisions(
    nodes: Mapping[str, etree._Element], report: Findings
) -> dict[str, tuple[str, ...]]:
    """Ids of the decisions each decision requires, without those that lead in a circle."""
    found = {id_: required(node, "requiredDecision", nodes, report) for id_, node in nodes.items()}
    while (circle := _circle(found)) is not None:
        path = " → ".join(reversed(circle))
        for id_ in dict.fromkeys(circle):
            report.add("decision-cycle", nodes[id_], path=path)
            found[id_] = ()
    length: dict[str, int] = {}
    for id_ in TopologicalSorter(found).static_order():
        length[id_] = 1 + max((length[one] for one in found[id_]), default=0)
        if length[id_] == MAX_CHAIN + 1:
            report.add("decision-chain-long", nodes[id_], limit=MAX_CHAIN)
    return found


def required(
    node: etree._Element, kind: str, known: Mapping[str, object], report: Findings
) -> tuple[str, ...]:
    """Ids of what a decision requires, each once; what is not known is reported.

    Args:
        node: The decision.
        kind: ``requiredDecision`` or ``requiredInput``.
        known: What there is of this kind, by id.
        report: Where findings go.
    """
    found: list[str] = []
    for requirement in children(node, "informationRequirement"):
        for link in children(requirement, kind):
            id_ = str(link.get("href") or "").rpartition("#")[2]
            if id_ in known:
                found.append(id_)
            else:
                report.add("decision-requirement-missing", link, required=id_)
    return tuple(dict.fromkeys(found))


def _circle(requirements: Mapping[str, tuple[str, ...]]) -> list[str] | None:
    """Decisions that require each other in a circle, the first one also last."""
    try:
        TopologicalSorter(requirements).prepare()
    except CycleError as error:
        found: list[str] = error.args[1]
        return found
    return None
