"""The wallboard: the state of the units somebody leads in a few large numbers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec
import sqlalchemy as sa
from sqlalchemy import ColumnElement

from engine.domain.records import Unit
from engine.queries.leading import Horizon, horizons, led
from engine.store import tables as t
from engine.store.appliers import sort_due
from engine.store.view import View

#: Working time within which a deadline counts as near.
SOON: Final = timedelta(hours=4)
_DAY, _WEEK = timedelta(days=1), timedelta(days=7)


class Rate(msgspec.Struct, frozen=True, kw_only=True):
    """Completed tasks with a deadline, and how many of them met it."""

    total: int = 0
    met: int = 0

    @property
    def percent(self) -> float | None:
        """Share in time; None if nothing was completed."""
        return None if not self.total else 100 * self.met / self.total


class UnitLine(msgspec.Struct, frozen=True, kw_only=True):
    """Open tasks of a unit."""

    unit: Unit
    open: int
    overdue: int
    soon: int
    escalated: int


class ProcessLine(msgspec.Struct, frozen=True, kw_only=True):
    """Escalated tasks of a process."""

    process: str
    escalated: int


class Oldest(msgspec.Struct, frozen=True, kw_only=True):
    """The work order that has been open longest."""

    order_id: int
    number: str
    title: str
    process: str
    started_at: datetime


class Wall(msgspec.Struct, frozen=True, kw_only=True):
    """All numbers; ``units`` and ``processes`` name the worst first."""

    open: int
    overdue: int
    soon: int
    escalated: int
    oldest: Oldest | None
    day: Rate
    week: Rate
    units: list[UnitLine]
    processes: list[ProcessLine]


def wall(view: View, unit: str | None = None) -> Wall:
    """The numbers of the units the asking person leads, or of a part of them; four statements.

    Raises:
        NotAllowedError: The person leads no unit.
        UnitNotFoundError: There is no such unit.
    """
    units = led(view, unit)
    ids = [each.id for each in units]
    escalated = _escalated(view, ids)
    by_unit: dict[int, int] = {}
    by_process: dict[str, int] = {}
    for unit_id, process, count in escalated:
        by_unit[unit_id] = by_unit.get(unit_id, 0) + count
        by_process[process] = by_process.get(process, 0) + count
    lines = _lines(view, units, by_unit)
    day, week = _rates(view, ids)
    return Wall(
        open=sum(line.open for line in lines),
        overdue=sum(line.overdue for line in lines),
        soon=sum(line.soon for line in lines),
        escalated=sum(by_unit.values()),
        oldest=_oldest(view, ids),
        day=day,
        week=week,
        units=sorted(lines, key=lambda line: (-line.overdue, -line.escalated, -line.open)),
        processes=[
            ProcessLine(process=process, escalated=count)
            for process, count in sorted(by_process.items(), key=lambda item: -item[1])
        ],
    )


# Literals: partial indexes are only used for conditions known when planning.
_OPEN: Final = t.task.c.ended_at.is_(None)
_ESCALATED: Final = sa.and_(
    _OPEN,
    sa.or_(
        t.task.c.level > sa.literal_column("0"),
        t.task.c.purpose == sa.literal_column("'supervision'"),
    ),
    t.task.c.purpose == "work",
)


def _lines(view: View, units: Sequence[Unit], escalated: dict[int, int]) -> list[UnitLine]:
    """Every unit that has open tasks; one index holds all that is asked for."""
    task, reach = t.task.c, horizons(view, units, (SOON,))
    if not reach:
        return []
    now = sort_due(view.now)
    statement = (
        sa.select(
            task.unit_id,
            sa.func.count(),
            _number(task.sort_due < now),
            _number(sa.and_(task.sort_due >= now, task.sort_due <= _soon(reach))),
        )
        .where(_OPEN, task.unit_id.in_([unit.id for unit in units]))
        .group_by(task.unit_id)
    )
    return [
        UnitLine(
            unit=view.setup.unit(unit_id),
            open=count,
            overdue=overdue,
            soon=soon,
            escalated=escalated.get(unit_id, 0),
        )
        for unit_id, count, overdue, soon in view.connection.execute(statement)
    ]


def _soon(reach: Sequence[Horizon]) -> ColumnElement[Any]:
    """When a deadline counts as near at the unit of a task."""
    if len(reach) == 1:
        return sa.literal(sort_due(reach[0].until[0]), sa.BigInteger)
    cases = [(t.task.c.unit_id.in_(each.units), sort_due(each.until[0])) for each in reach]
    return sa.case(*cases)


def _escalated(view: View, ids: list[int]) -> list[tuple[int, str, int]]:
    task, order = t.task.c, t.work_order.c
    statement = (
        sa.select(task.unit_id, order.process_key, sa.func.count())
        .join_from(t.task, t.work_order, order.id == task.order_id)
        .where(_ESCALATED, task.unit_id.in_(ids))
        .group_by(task.unit_id, order.process_key)
    )
    return [(row[0], row[1], row[2]) for row in view.connection.execute(statement)]


def _oldest(view: View, ids: list[int]) -> Oldest | None:
    """Ids of tasks begin with that of their order, and orders are numbered as they come."""
    task, order = t.task.c, t.work_order.c
    first = (
        sa.select(task.id).where(_OPEN, task.unit_id.in_(ids)).order_by(task.id).limit(1)
    ).scalar_subquery()
    statement = (
        sa.select(
            order.id.label("order_id"),
            order.number,
            order.title,
            order.process_key.label("process"),
            order.started_at,
        )
        .join_from(t.task, t.work_order, order.id == task.order_id)
        .where(task.id == first)
    )
    row = view.connection.execute(statement).mappings().first()
    return None if row is None else Oldest(**row)


def _rates(view: View, ids: list[int]) -> tuple[Rate, Rate]:
    """Of the last 24 hours and of the last seven days; one index holds all that is asked for."""
    task = t.task.c
    is_met, is_today = task.ended_at <= task.due_at, task.ended_at >= view.now - _DAY
    statement = sa.select(
        _number(is_today),
        _number(sa.and_(is_today, is_met)),
        sa.func.count(),
        _number(is_met),
    ).where(
        task.unit_id.in_(ids),
        task.state == sa.literal_column("'completed'"),
        task.due_at.is_not(None),
        task.ended_at >= view.now - _WEEK,
    )
    row = view.connection.execute(statement).one()
    return Rate(total=row[0] or 0, met=row[1] or 0), Rate(total=row[2], met=row[3] or 0)


def _number(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return sa.func.sum(sa.case((condition, 1), else_=0))
