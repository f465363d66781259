"""All chapters of the suite in the order of the standard."""

from __future__ import annotations

from tests.conformance.chapters import (
    activities,
    boundary_events,
    calls,
    catching_events,
    compensation,
    concurrency,
    data_and_artifacts,
    end_events,
    errors_and_escalations,
    event_gateways,
    event_sub_processes,
    gateways,
    implicit_flow,
    loops,
    start_events,
    sub_processes,
    throwing_events,
    timers,
    transactions,
)
from tests.conformance.notation import Case, Wrong

CHAPTERS = (
    activities,
    sub_processes,
    calls,
    loops,
    gateways,
    event_gateways,
    implicit_flow,
    start_events,
    catching_events,
    timers,
    throwing_events,
    end_events,
    boundary_events,
    event_sub_processes,
    errors_and_escalations,
    compensation,
    transactions,
    concurrency,
    data_and_artifacts,
)
CASES: list[Case] = [one for chapter in CHAPTERS for one in chapter.CASES]
WRONG: list[Wrong] = [one for chapter in CHAPTERS for one in chapter.WRONG]


def label(subject: Case | Wrong) -> str:
    """Name of a case in lists of tests."""
    return f"{subject.element}: {subject.name}"
