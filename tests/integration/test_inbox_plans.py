"""Every page of the inbox is found by an index on SQLite, however many tasks there are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, cast, get_args

import pytest
from sqlalchemy import event

from engine.queries.inbox import inbox
from engine.queries.tabs import Sort, Tab
from engine.queries.task_counts import counts, group_counts
from engine.store.view import View
from tests.benchmarks.crowd import Crowd
from tests.benchmarks.desk import Desk
from tests.support.installation import ZONE
from tests.support.projections import excuse


@pytest.fixture(scope="module")
def crowd() -> Iterator[Crowd]:
    with Desk() as desk:
        crowd = Crowd(desk, 2_000)
        # Its rows are copies without a history of their own.
        excuse(desk.settings.database_url)
        yield crowd


def plan(crowd: Crowd, width: str, ask: Callable[[View], object]) -> list[str]:
    """Steps of the longest statement a query sends."""
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, text: str, parameters: Any, *_rest: Any) -> None:
        asked.append((text, parameters))

    engine = crowd.desk.application.database._reader
    event.listen(engine, "before_cursor_execute", note)
    with crowd.desk.application.dispatcher.view(getattr(crowd, width)) as view:
        ask(view)
        event.remove(engine, "before_cursor_execute", note)
        text, rows = max(asked, key=lambda one: len(one[0]))
        explained = view.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", tuple(rows[0]))
        return [str(row[3]) for row in explained.all()]


@pytest.mark.parametrize("width", ["clerk", "lead", "chief"])
@pytest.mark.parametrize("sort", get_args(Sort))
@pytest.mark.parametrize("tab", get_args(Tab))
def test_no_page_reads_all_tasks(crowd: Crowd, tab: Tab, sort: Sort, width: str) -> None:
    steps = plan(crowd, width, lambda view: inbox(view, tab, sort=sort))
    assert any("USING" in step for step in steps), steps
    assert not [step for step in steps if step.startswith("SCAN task")], steps


@pytest.mark.parametrize("width", ["clerk", "lead"])
@pytest.mark.parametrize("tab", ["", "mine", "group", "escalated"])
def test_no_number_reads_all_tasks(crowd: Crowd, tab: str, width: str) -> None:
    def ask(view: View) -> object:
        return group_counts(view, cast("Tab", tab), zone=ZONE) if tab else counts(view)

    steps = plan(crowd, width, ask)
    assert any("USING" in step for step in steps), steps
    assert not [step for step in steps if step.startswith("SCAN task")], steps
