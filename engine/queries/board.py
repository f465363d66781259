"""The escalation board: what breaches next, what is overdue, what was escalated, what comes.

All of it about units the asking person leads. Deadlines lie in indexes by unit; everything else is
read for the few tasks that are shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec
import sqlalchemy as sa
from sqlalchemy import ColumnElement

from engine.domain.records import Unit
from engine.handlers.clocks import is_task_clock, task_of
from engine.queries.escalations import (
    OF_ORDER,
    Fired,
    Planned,
    Planner,
    Work,
    fired,
    picked,
    rows_of,
    rows_since,
)
from engine.queries.inbox import published
from engine.queries.leading import Horizon, horizons, led
from engine.store import tables as t
from engine.store.appliers import sort_due
from engine.store.view import View

#: Spans of working time the forecast is cut into.
SPANS: Final = (timedelta(hours=4), timedelta(hours=8), timedelta(hours=24))
#: Groups of tasks in order: late, then one per span, then escalated ahead of all that.
GROUPS: Final = ("late", "h4", "h8", "h24", "ahead")
#: Tasks shown per group, orders looked at for what comes, escalations told.
SHOWN, _LOOKED_AT, _TOLD = 20, 60, 30
#: How far back escalations are told.
_RECENT = timedelta(hours=24)


class BoardFilters(msgspec.Struct, frozen=True, kw_only=True):
    """What to show; every field narrows. A unit means what is below it as well."""

    unit: str | None = None
    process: str | None = None
    level_min: int | None = None


class BoardTask(msgspec.Struct, frozen=True, kw_only=True):
    """A task on the board, with its last and its next escalation.

    Attributes:
        is_supervised: Whether the asking person supervises it, or it is no work to supervise.
    """

    id: int
    order_id: int
    order_number: str
    title: str
    process: str
    name: str
    name_en: str
    state: str
    queue: str
    unit_id: int
    assignee_name: str | None
    customer_name: str | None
    due_at: datetime | None
    level: int
    urges: int
    held: str | None
    is_supervised: bool
    last: Fired | None
    next: Planned | None


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """Tasks of a group, most urgent first; ``total`` counts those not shown as well."""

    code: str
    total: int
    tasks: list[BoardTask]


class Board(msgspec.Struct, frozen=True, kw_only=True):
    """The whole board.

    Attributes:
        units: Units to choose from.
        upcoming: Escalations of the next 24 working hours, soonest first.
        recent: Escalations of the last 24 hours, newest first.
    """

    groups: list[Group]
    upcoming: list[Planned]
    recent: list[Fired]
    units: list[Unit]


def board(view: View, filters: BoardFilters | None = None) -> Board:
    """The board of the asking person; at most nine statements.

    Raises:
        NotAllowedError: The person leads no unit.
        UnitNotFoundError: The unit of the filters does not exist.
    """
    wanted = filters or BoardFilters()
    units = led(view, wanted.unit)
    reach = horizons(view, units, SPANS)
    places = _places(view, reach, wanted)
    rows = _rows(view, [task_id for task_id, _, _ in places])
    ahead = _ahead(view, reach, wanted)
    variables = published(view, {row["order_id"] for row in (*rows.values(), *ahead)})
    planner = Planner(view, variables)
    recent, past = fired(
        view,
        rows_since(
            view,
            [unit.id for unit in units],
            view.now - _RECENT,
            level_min=max(wanted.level_min or 1, 1),
            process=wanted.process,
            limit=_TOLD,
        ),
        rows_of(view, {row["order_id"] for row in rows.values()}),
    )
    return Board(
        groups=_groups(places, rows, planner, _last_of_tasks(past)),
        upcoming=_upcoming(view, ahead, planner, reach, wanted),
        recent=recent,
        units=led(view),
    )


# ---- tasks by deadline ----------------------------------------------------------------------

_OPEN: Final = t.task.c.ended_at.is_(None)
_LEVELLED: Final = sa.and_(
    sa.or_(
        t.task.c.level > sa.literal_column("0"),
        t.task.c.purpose == sa.literal_column("'supervision'"),
    ),
    t.task.c.purpose == "work",
)


def _places(
    view: View, reach: Sequence[Horizon], wanted: BoardFilters
) -> list[tuple[int, str, int]]:
    """Id, group and size of the group, of the tasks to show; group by group, by deadline."""
    if not reach:
        return []
    selects = [
        sa.select(_group(view, reach, wanted, place, code).subquery())
        for place, code in enumerate(GROUPS)
    ]
    union = sa.union_all(*selects).subquery()
    statement = sa.select(union.c.id, union.c.place, union.c.total).order_by(
        union.c.place, union.c.k, union.c.id
    )
    return [(row.id, GROUPS[row.place], row.total) for row in view.connection.execute(statement)]


def _group(
    view: View, reach: Sequence[Horizon], wanted: BoardFilters, place: int, code: str
) -> sa.Select[Any]:
    """The first tasks of a group, each with the number of all."""
    task = t.task.c
    spans = [_span(view, each, place, code) for each in reach]
    statement = (
        sa.select(
            task.id,
            task.sort_due.label("k"),
            sa.literal_column(str(place)).label("place"),
            sa.func.count().over().label("total"),
        )
        .where(_OPEN, sa.or_(*spans))
        .order_by(task.sort_due, task.id)
        .limit(SHOWN)
    )
    if code == "ahead":
        statement = statement.where(_LEVELLED)
    if wanted.level_min is not None:
        statement = statement.where(task.level >= wanted.level_min)
    if wanted.process is not None:
        statement = statement.join_from(
            t.task, t.work_order, t.work_order.c.id == task.order_id
        ).where(t.work_order.c.process_key == wanted.process)
    return statement


def _span(view: View, each: Horizon, place: int, code: str) -> ColumnElement[bool]:
    """Tasks of units with one calendar whose deadline lies in the group."""
    task = t.task.c
    # Whole numbers: what is due at the very end of a span still belongs to it.
    edges = [sort_due(view.now), *(sort_due(at) + 1 for at in each.until)]
    condition: ColumnElement[bool] = task.unit_id.in_(each.units)
    if place:
        condition = sa.and_(condition, task.sort_due >= edges[place - 1])
    if code != "ahead":
        condition = sa.and_(condition, task.sort_due < edges[place])
    return condition


_SUPERVISION = t.task.alias("supervision")
_IS_SUPERVISED: Final = sa.or_(
    t.task.c.purpose != "work",
    sa.exists().where(
        _SUPERVISION.c.order_id == t.task.c.order_id,
        _SUPERVISION.c.target == t.task.c.id,
        _SUPERVISION.c.purpose == "supervision",
        _SUPERVISION.c.assignee == sa.bindparam("me"),
        _SUPERVISION.c.ended_at.is_(None),
    ),
)
_ROWS: Final = (
    sa.select(
        *(
            t.task.c[name]
            for name in ("id", "order_id", "name", "name_en", "state", "queue", "unit_id",
                         "due_at", "level", "urges", "held")
        ),
        t.work_order.c.number.label("order_number"),
        t.work_order.c.title,
        t.work_order.c.process_key.label("process"),
        t.work_order.c.clocks,
        t.work_order.c.status,
        t.work_order.c.unit_id.label("order_unit_id"),
        t.person.c.name.label("assignee_name"),
        t.customer.c.name.label("customer_name"),
        _IS_SUPERVISED.label("is_supervised"),
    )
    .join_from(t.task, t.work_order, t.work_order.c.id == t.task.c.order_id)
    .outerjoin(t.person, t.person.c.id == t.task.c.assignee)
    .outerjoin(t.customer, t.customer.c.id == t.work_order.c.customer_id)
    .where(t.task.c.id.in_(sa.bindparam("ids", expanding=True)))
)  # fmt: skip
_TASK_FIELDS: Final = tuple(
    name for name in BoardTask.__struct_fields__ if name not in ("last", "next")
)


def _rows(view: View, ids: list[int]) -> dict[int, dict[str, Any]]:
    if not ids:
        return {}
    me = None if view.by is None else view.by.id
    found = view.connection.execute(_ROWS, {"ids": ids, "me": me}).mappings()
    return {row["id"]: dict(row) for row in found}


def _last_of_tasks(past: Iterable[Fired]) -> dict[int, Fired]:
    """The newest escalation to a superior of each task."""
    found: dict[int, Fired] = {}
    for one in past:
        if one.task_id is not None and one.level:
            found.setdefault(one.task_id, one)
    return found


def _groups(
    places: Iterable[tuple[int, str, int]],
    rows: Mapping[int, dict[str, Any]],
    planner: Planner,
    last: Mapping[int, Fired],
) -> list[Group]:
    found: dict[str, Group] = {code: Group(code=code, total=0, tasks=[]) for code in GROUPS}
    for task_id, code, total in places:
        row = rows[task_id]
        shown = BoardTask(
            **{name: row[name] for name in _TASK_FIELDS},
            last=last.get(task_id),
            next=planner.next_of_task(row),
        )
        found[code] = Group(code=code, total=total, tasks=[*found[code].tasks, shown])
    return list(found.values())


# ---- what comes -----------------------------------------------------------------------------


def _ahead(view: View, reach: Sequence[Horizon], wanted: BoardFilters) -> list[dict[str, Any]]:
    """Running orders with something to do in the last span, soonest first."""
    order = t.work_order.c
    spans = [
        sa.and_(order.unit_id.in_(each.units), order.next_due_at <= each.until[-1])
        for each in reach
    ]
    if not spans:
        return []
    statement = (
        sa.select(
            order.id.label("order_id"), order.number.label("order_number"), order.title,
            order.process_key.label("process"), order.clocks, order.status, order.unit_id,
        )
        .where(order.next_due_at.is_not(None), sa.or_(*spans))
        .order_by(order.next_due_at)
        .limit(_LOOKED_AT)
    )  # fmt: skip
    if wanted.process is not None:
        statement = statement.where(order.process_key == wanted.process)
    return [dict(row) for row in view.connection.execute(statement).mappings()]


def _upcoming(
    view: View,
    orders: Sequence[Mapping[str, Any]],
    planner: Planner,
    reach: Sequence[Horizon],
    wanted: BoardFilters,
) -> list[Planned]:
    """Escalations of superiors planned on the clocks of orders, soonest first."""
    tasks = _open_tasks(view, orders)
    until = max((each.until[-1] for each in reach), default=view.now)
    least = max(wanted.level_min or 1, 1)
    found = []
    for row in orders:
        of_order = picked(row, *OF_ORDER)
        for key in row["clocks"]:
            if not is_task_clock(key):
                found += planner.of_clock(
                    Work(**of_order, unit_id=row["unit_id"]), key, until=until
                )
            elif (task := tasks.get(task_of(key))) is not None:
                found += planner.of_clock(Work(**of_order, **task), key, until=until)
    near = [each for each in found if each.at <= until and each.level >= least]
    return sorted(near, key=lambda each: (each.at, each.order_id, each.level))[:_TOLD]


def _open_tasks(view: View, orders: Iterable[Mapping[str, Any]]) -> dict[int, dict[str, Any]]:
    """The open tasks whose clocks these are."""
    ids = [task_of(key) for row in orders for key in row["clocks"] if is_task_clock(key)]
    if not ids:
        return {}
    task = t.task.c
    statement = sa.select(
        task.id.label("task_id"),
        task.name,
        task.name_en,
        task.unit_id,
        (task.state == "claimed").label("is_claimed"),
    ).where(task.id.in_(ids), _OPEN)
    return {row["task_id"]: dict(row) for row in view.connection.execute(statement).mappings()}
