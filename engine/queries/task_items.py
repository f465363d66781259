"""A task as lists show it, and the columns it is made of."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import msgspec
import sqlalchemy as sa
from sqlalchemy import ColumnElement

from engine.queries.tabs import NOW, PERSON
from engine.store import tables as t
from engine.store.view import View


class TaskItem(msgspec.Struct, frozen=True, kw_only=True):
    """A task as lists show it.

    Attributes:
        barred: Who may not take it, because they did the step it checks.
        barred_too: In whose name that was done.
        owner: Who delegated it and waits for it.
        snoozed_until: Until when the asking person does not want to see it.
        group: One of `deadline_groups.GROUPS`, in lists by deadline that ask for it.
    """

    id: int
    order_id: int
    order_number: str
    title: str
    process: str
    element: str
    name: str
    name_en: str
    purpose: str
    state: str
    queue: str
    unit_id: int
    assignee: int | None
    assignee_name: str | None
    customer_id: int | None
    customer_name: str | None
    priority: int
    opened_at: datetime
    due_at: datetime | None
    ended_at: datetime | None
    is_overdue: bool
    level: int
    urges: int
    handovers: int
    held: str | None
    version: int
    variables: dict[str, str | None] = {}
    grade: str | None = None
    barred: int | None = None
    barred_too: int | None = None
    owner: int | None = None
    owner_name: str | None = None
    snoozed_until: datetime | None = None
    group: str | None = None


_OWNER = t.person.alias("owner_person")
#: Fields of a task as lists show it, by column; statements are built once, that is most of
#: their cost.
COLUMNS: Final[Mapping[str, ColumnElement[Any]]] = {
    **{
        name: t.task.c[name]
        for name in (
            "id", "order_id", "element", "name", "name_en", "purpose", "state", "queue", "unit_id",
            "assignee", "priority", "opened_at", "due_at", "ended_at", "level", "urges",
            "handovers", "held", "version", "barred",
            "barred_too", "owner",
        )
    },
    "order_number": t.work_order.c.number,
    "title": t.work_order.c.title,
    "process": t.work_order.c.process_key,
    "assignee_name": t.person.c.name,
    "owner_name": _OWNER.c.name,
    "customer_id": t.work_order.c.customer_id,
    "customer_name": t.customer.c.name,
    "grade": t.customer.c.grade,
    "snoozed_until": t.snooze.c.until,
}  # fmt: skip
JOINED = (
    t.task.join(t.work_order, t.work_order.c.id == t.task.c.order_id)
    .outerjoin(t.person, t.person.c.id == t.task.c.assignee)
    .outerjoin(_OWNER, _OWNER.c.id == t.task.c.owner)
    .outerjoin(t.customer, t.customer.c.id == t.work_order.c.customer_id)
    .outerjoin(
        t.snooze,
        sa.and_(
            t.snooze.c.task_id == t.task.c.id,
            t.snooze.c.person_id == PERSON,
            t.snooze.c.until > NOW,
        ),
    )
)
SELECT = sa.select(*(column.label(name) for name, column in COLUMNS.items()))


def item(
    view: View,
    row: Mapping[str, Any],
    *,
    variables: dict[str, str | None] | None = None,
    group: str | None = None,
) -> TaskItem:
    """A row of `SELECT` as a task."""
    due_at = row["due_at"]
    return TaskItem(
        **{name: row[name] for name in COLUMNS},
        is_overdue=due_at is not None and due_at < (row["ended_at"] or view.now),
        variables=variables or {},
        group=group,
    )
