"""What operators and other systems look at: failed steps, timers, external tasks, dead letters."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeVar

import msgspec
import sqlalchemy as sa

from engine.domain import access
from engine.domain.access import Act
from engine.queries.inbox import asker
from engine.queries.paging import Page, decode_cursor, encode_cursor
from engine.store import tables as t
from engine.store.view import View

ItemT = TypeVar("ItemT", bound=msgspec.Struct)


class IncidentItem(msgspec.Struct, frozen=True, kw_only=True):
    """A step that failed and waits for an operator."""

    order_id: int
    order_number: str
    number: int
    element: str
    problem: str
    message: str
    message_zh: str
    code: str | None
    opened_at: datetime


class TimerItem(msgspec.Struct, frozen=True, kw_only=True):
    """A timer of a running order."""

    order_id: int
    order_number: str
    number: int
    element: str
    name: str
    due_at: datetime | None
    task_id: int | None
    interrupting: bool
    repeats: bool
    clock: str | None


class JobItem(msgspec.Struct, frozen=True, kw_only=True):
    """An external task that waits for another system."""

    order_id: int
    order_number: str
    number: int
    element: str
    topic: str
    name: str
    inputs: Any
    opened_at: datetime


class DeadLetter(msgspec.Struct, frozen=True, kw_only=True):
    """A message that could not be delivered and will not be tried again by itself."""

    id: int
    event_id: str
    channel: str
    recipient: str
    kind: str
    created_at: datetime
    attempts: int
    dead_at: datetime
    error: str | None


def list_incidents(
    view: View, *, cursor: str | None = None, limit: int = 50
) -> Page[IncidentItem]:
    """Open incidents of orders the asking person operates, by order.

    Raises:
        NotAllowedError: The person operates nothing.
    """
    return _by_order(
        view, t.incident, IncidentItem, t.incident.c.closed_at.is_(None),
        act=Act.OPERATE, cursor=cursor, limit=limit,
    )  # fmt: skip


def list_timers(view: View, *, cursor: str | None = None, limit: int = 50) -> Page[TimerItem]:
    """Timers of orders the asking person operates, by order.

    Raises:
        NotAllowedError: The person operates nothing.
    """
    return _by_order(view, t.timer, TimerItem, act=Act.OPERATE, cursor=cursor, limit=limit)


def list_jobs(
    view: View, *, topic: str | None = None, cursor: str | None = None, limit: int = 50
) -> Page[JobItem]:
    """Open external tasks of orders the asking person may answer for, by order.

    Raises:
        NotAllowedError: The person answers for nothing.
    """
    conditions = [] if topic is None else [t.job.c.topic == topic]
    return _by_order(
        view, t.job, JobItem, *conditions, act=Act.INTEGRATE, cursor=cursor, limit=limit
    )


def timers_of(view: View, order_id: int) -> list[TimerItem]:
    """Timers of one order, soonest first. The caller has checked that it may be seen."""
    statement = (
        sa.select(t.timer, t.work_order.c.number.label("order_number"))
        .join(t.work_order, t.work_order.c.id == t.timer.c.order_id)
        .where(t.timer.c.order_id == order_id)
        .order_by(t.timer.c.due_at.is_(None), t.timer.c.due_at, t.timer.c.number)
    )
    return [_item(TimerItem, row) for row in view.connection.execute(statement).mappings()]


def list_dead_letters(
    view: View, *, cursor: str | None = None, limit: int = 50
) -> Page[DeadLetter]:
    """Messages given up, oldest first.

    Raises:
        NotAllowedError: The person operates nothing at headquarters.
    """
    person = asker(view)
    access.require(person, Act.OPERATE, view.setup.root.path)
    box = t.outbox.c
    statement = (
        sa.select(*(box[name] for name in DeadLetter.__struct_fields__))
        .where(box.dead_at.is_not(None))
        .order_by(box.id)
        .limit(limit + 1)
    )
    if cursor is not None:
        (last,) = decode_cursor(cursor, int)
        statement = statement.where(box.id > last)
    rows = [DeadLetter(**row) for row in view.connection.execute(statement).mappings()]
    shown = rows[:limit]
    return Page(
        items=shown, next_cursor=encode_cursor(shown[-1].id) if len(rows) > limit else None
    )


def _by_order(
    view: View,
    table: sa.Table,
    cls: type[ItemT],
    *conditions: sa.ColumnElement[bool],
    act: Act,
    cursor: str | None,
    limit: int,
) -> Page[ItemT]:
    """Rows that belong to orders, over the units where the person may act so."""
    person, order = asker(view), t.work_order.c
    access.require_anywhere(person, act)
    paths = access.visible_paths(person, act)
    statement = (
        sa.select(table, order.number.label("order_number"))
        .join(t.work_order, order.id == table.c.order_id)
        .where(
            sa.or_(*(order.unit_path.startswith(path, autoescape=True) for path in paths)),
            *conditions,
        )
        .order_by(table.c.order_id, table.c.number)
        .limit(limit + 1)
    )
    if cursor is not None:
        statement = statement.where(
            sa.tuple_(table.c.order_id, table.c.number) > decode_cursor(cursor, int, int)
        )
    rows = list(view.connection.execute(statement).mappings())
    shown = rows[:limit]
    return Page(
        items=[_item(cls, row) for row in shown],
        next_cursor=encode_cursor(shown[-1]["order_id"], shown[-1]["number"])
        if len(rows) > limit
        else None,
    )


def _item(cls: type[ItemT], row: sa.RowMapping) -> ItemT:
    return cls(**{name: row[name] for name in cls.__struct_fields__})
