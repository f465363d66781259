"""Checks of processes that were built: their tokens, their desk, their words."""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

from engine.ports.deployment import Known
from engine.workflow.compiler.checks.desk import check_desk
from engine.workflow.compiler.checks.loops import check_loops
from engine.workflow.compiler.checks.soundness import check_soundness
from engine.workflow.compiler.checks.texts import check_texts
from engine.workflow.compiler.report import Report
from engine.workflow.decisions import Decision
from engine.workflow.runtime.definitions import ProcessSpec

#: Findings after which nobody can say where tokens would go.
_TORN = frozenset(
    {
        "boundary-unattached", "element-unsupported", "end-leaves", "event-sub-process-connected",
        "flow-broken", "id-missing", "id-repeated", "link-unpaired", "start-entered",
        "start-missing", "start-several", "unreachable",
    }
)  # fmt: skip


def check_process(
    process: etree._Element,
    specs: Mapping[str, ProcessSpec],
    decisions: Mapping[str, Decision],
    known: Known,
    report: Report,
) -> None:
    """Check one process that was built.

    Args:
        process: The process as drawn.
        specs: Graphs of the file, by process and sub-process.
        decisions: Decisions of the deployment.
        known: What there is around it.
        report: Takes the findings.
    """
    drawn = {str(node.get("id")): node for node in process.iter() if node.get("id")}
    inside = {name: specs[name] for name in drawn if name in specs}
    if not report.has_any(_TORN):
        for spec in inside.values():
            check_soundness(spec, drawn, report)
        check_loops(inside, drawn, decisions, known, report)
    check_desk(process, inside, known, report)
    check_texts(process, report)
