"""What the tasks of a tab have in common, so that filters can say how many each choice leaves."""

from __future__ import annotations

from typing import Any, Final

import msgspec
import sqlalchemy as sa
from sqlalchemy import ColumnElement

from engine.queries.inbox import asker
from engine.queries.tabs import PERSON, Reach, Tab
from engine.queries.task_counts import whole
from engine.queries.task_filters import Filters, conditions, narrowing
from engine.store import tables as t
from engine.store.sets import padded, size_of
from engine.store.view import View

#: So many tasks are looked at.
MOST: Final = 1000


class Traits(msgspec.Struct, frozen=True, kw_only=True):
    """What filters ask of one task."""

    process: str
    grade: str | None
    unit_id: int
    priority: int
    state: str
    purpose: str
    level: int
    is_held: bool
    is_overdue: bool


def traits(view: View, tab: Tab, filters: Filters) -> list[Traits]:
    """Traits of at most `MOST` tasks of a tab that meet the filters; one statement."""
    person = asker(view)
    narrow = narrowing(view, filters, tab)
    given = {"person": person.id, "now": view.now, **narrow.values}
    if tab == "done":
        parts = [t.task.c.ended_by == PERSON]
    else:
        reach = Reach(view, person)
        given |= reach.values(tab)
        parts = []
        for name, members in reach.parts(tab):
            parts.append(whole(name, size_of(members)))
            given |= padded(name, members)
    if not parts:
        return []
    narrowed = conditions(narrow.names)
    found = sa.union_all(*[_traits_of(part, narrowed) for part in parts]).subquery()
    rows = view.connection.execute(sa.select(found).limit(MOST), given).mappings()
    return [
        Traits(
            process=row["process"],
            grade=row["grade"],
            unit_id=row["unit_id"],
            priority=row["priority"],
            state=row["state"],
            purpose=row["purpose"],
            level=row["level"],
            is_held=row["held"] is not None,
            is_overdue=row["due_at"] is not None and row["due_at"] < (row["ended_at"] or view.now),
        )
        for row in rows
    ]


def _traits_of(part: ColumnElement[bool], narrowed: list[ColumnElement[bool]]) -> sa.Select[Any]:
    task = t.task.c
    columns: list[ColumnElement[Any]] = [
        t.work_order.c.process_key.label("process"),
        t.customer.c.grade,
        *(task[name] for name in ("unit_id", "priority", "state", "purpose", "level")),
        *(task[name] for name in ("held", "due_at", "ended_at")),
    ]
    limited = (
        sa.select(*columns)
        .select_from(
            t.task.join(t.work_order, t.work_order.c.id == task.order_id).outerjoin(
                t.customer, t.customer.c.id == t.work_order.c.customer_id
            )
        )
        .where(part, *narrowed)
        .limit(MOST)
        .subquery()
    )
    return sa.select(limited)
