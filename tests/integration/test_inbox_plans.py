"""Every page of the inbox is found by an index on SQLite, however many tasks there are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

import pytest
from sqlalchemy import event

from engine.queries.inbox import Sort, Tab, inbox
from tests.benchmarks.crowd import Crowd
from tests.benchmarks.desk import Desk
from tests.support.projections import excuse


@pytest.fixture(scope="module")
def crowd() -> Iterator[Crowd]:
    with Desk() as desk:
        crowd = Crowd(desk, 2_000)
        # Its rows are copies without a history of their own.
        excuse(desk.settings.database_url)
        yield crowd


@pytest.mark.parametrize("width", ["lead", "chief"])
@pytest.mark.parametrize("sort", get_args(Sort))
@pytest.mark.parametrize("tab", get_args(Tab))
def test_no_page_reads_all_tasks(crowd: Crowd, tab: Tab, sort: Sort, width: str) -> None:
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, text: str, parameters: Any, *_rest: Any) -> None:
        asked.append((text, parameters))

    engine = crowd.desk.application.database._reader
    event.listen(engine, "before_cursor_execute", note)
    with crowd.desk.application.dispatcher.view(getattr(crowd, width)) as view:
        inbox(view, tab, sort=sort)
        event.remove(engine, "before_cursor_execute", note)
        (page,) = [one for one in asked if " AS k" in one[0]]
        plan = view.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {page[0]}", page[1]).all()
    steps = [str(row[3]) for row in plan]
    assert any("USING" in step for step in steps), steps
    assert not [step for step in steps if step.startswith("SCAN task")], steps
