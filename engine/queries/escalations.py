"""Escalations of work orders: those that were applied, and those that are planned."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec
import sqlalchemy as sa

from engine.domain import escalation
from engine.domain.escalation import EscalationRule, PlannedEscalation
from engine.domain.records import ClockState
from engine.handlers.clocks import ORDER_CLOCK, task_clock
from engine.handlers.process import classes_of
from engine.queries.names import names_of
from engine.store import tables as t
from engine.store.view import View


class Receiver(msgspec.Struct, frozen=True, kw_only=True):
    """To whom an escalation goes: a role at a unit, and people. No role: who works on it."""

    role: str = ""
    unit_id: int | None = None
    people: tuple[str, ...] = ()


class Escalation(msgspec.Struct, frozen=True, kw_only=True):
    """What an escalation is about, and whom it goes to.

    Attributes:
        rule: Code of the rule. trigger: Its trigger; empty if the rule is gone.
    """

    order_id: int
    order_number: str
    title: str
    process: str
    task_id: int | None
    name: str | None
    name_en: str | None
    clock: str
    at: datetime
    level: int
    rule: str
    trigger: str
    actions: tuple[str, ...]
    to: Receiver


class Fired(Escalation, frozen=True, kw_only=True):
    """An escalation that was applied.

    Attributes:
        planned_at: When it was due. missed: Repetitions it stood for besides.
    """

    planned_at: datetime
    missed: int


class Planned(Escalation, frozen=True, kw_only=True):
    """An escalation that will be applied unless something changes.

    Attributes:
        repeat: If it is told again: after how much time of its clock each time.
    """

    repeat: timedelta | None


class Work(msgspec.Struct, frozen=True, kw_only=True):
    """What a clock is about: an order, and the task if it is a task's own clock."""

    order_id: int
    order_number: str
    title: str
    process: str
    status: str
    clocks: dict[str, Any]
    unit_id: int
    task_id: int | None = None
    name: str | None = None
    name_en: str | None = None
    is_claimed: bool = False


OF_ORDER: Final = ("order_id", "order_number", "title", "process", "status", "clocks")


class Planner:
    """Plans escalations of clocks as the engine does."""

    def __init__(self, view: View, variables: Mapping[int, Mapping[str, str | None]]) -> None:
        self._view = view
        self._variables = variables

    def next_of_task(self, row: Mapping[str, Any]) -> Planned | None:
        """The next escalation of a task's own clock, else of its order's."""
        for key, unit_id in (
            (task_clock(row["id"]), row["unit_id"]),
            (ORDER_CLOCK, row["order_unit_id"]),
        ):
            work = Work(
                **picked(row, *OF_ORDER, "name", "name_en"),
                unit_id=unit_id,
                task_id=row["id"],
                is_claimed=row["state"] == "claimed",
            )
            if found := self.of_clock(work, key):
                return found[0]
        return None

    def of_clock(self, work: Work, key: str, *, until: datetime | None = None) -> list[Planned]:
        """All that is planned on a clock, soonest first; nothing if the first comes too late."""
        stored = work.clocks.get(key)
        if stored is None or stored["next_at"] is None or work.status != "running":
            return []
        if until is not None and datetime.fromisoformat(stored["next_at"]) > until:
            return []
        state = msgspec.convert(stored, ClockState)
        setup = self._view.setup
        planned = escalation.plan(
            setup.rules,
            state.value,
            setup.calendar(state.value.calendar),
            classes_of(self._variables.get(work.order_id, {})),
            fired=state.fired,
            is_claimed=work.is_claimed,
        )
        return [self._shown(work, key, each) for each in planned]

    def _shown(self, work: Work, key: str, planned: PlannedEscalation) -> Planned:
        rule = planned.rule
        return Planned(
            order_id=work.order_id,
            order_number=work.order_number,
            title=work.title,
            process=work.process,
            task_id=work.task_id,
            name=work.name,
            name_en=work.name_en,
            clock=key,
            at=planned.planned_at,
            level=rule.level,
            rule=rule.code,
            trigger=rule.trigger,
            repeat=rule.repeat if planned.repetition else None,
            actions=planned.actions,
            to=Receiver(role=rule.receiver.role or "", unit_id=self._unit(rule, work.unit_id)),
        )

    def _unit(self, rule: EscalationRule, unit_id: int) -> int | None:
        setup = self._view.setup
        if rule.receiver.scope == "hq":
            return setup.root.id
        if rule.receiver.scope == "branch":
            return setup.branch_of(unit_id).id
        return unit_id if rule.receiver.role else None


def picked(row: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """Some values of a row by name."""
    return {name: row[name] for name in names}


# ---- what was escalated ---------------------------------------------------------------------

_FIRED: Final = (
    sa.select(
        t.escalation,
        t.work_order.c.number.label("order_number"),
        t.work_order.c.title,
        t.work_order.c.process_key.label("process"),
        t.task.c.name,
        t.task.c.name_en,
    )
    .join_from(t.escalation, t.work_order, t.work_order.c.id == t.escalation.c.order_id)
    .outerjoin(t.task, t.task.c.id == t.escalation.c.task_id)
)
_NEWEST: Final = (t.escalation.c.at.desc(), t.escalation.c.order_id, t.escalation.c.seq.desc())


def rows_of(view: View, order_ids: Iterable[int]) -> Sequence[sa.RowMapping]:
    """Rows of the escalations of orders, newest first."""
    wanted = sorted(set(order_ids))
    if not wanted:
        return ()
    statement = _FIRED.where(t.escalation.c.order_id.in_(wanted)).order_by(*_NEWEST)
    return view.connection.execute(statement).mappings().all()


def rows_since(
    view: View,
    units: Iterable[int],
    since: datetime,
    *,
    level_min: int,
    process: str | None,
    limit: int,
) -> Sequence[sa.RowMapping]:
    """Rows of the escalations of work of units since an instant, newest first."""
    row = t.escalation.c
    statement = (
        _FIRED.where(row.unit_id.in_(list(units)), row.at > since, row.level >= level_min)
        .order_by(*_NEWEST)
        .limit(limit)
    )
    if process is not None:
        statement = statement.where(t.work_order.c.process_key == process)
    return view.connection.execute(statement).mappings().all()


def fired(view: View, *lists: Sequence[sa.RowMapping]) -> list[list[Fired]]:
    """Lists of rows as escalations, with the names of their receivers read once for all."""
    names = names_of(view, (who for rows in lists for row in rows for who in row["receivers"]))
    triggers = {rule.code: rule.trigger for rule in view.setup.rules}
    return [[_fired(row, names, triggers) for row in rows] for rows in lists]


def _fired(row: sa.RowMapping, names: Mapping[int, str], triggers: Mapping[str, str]) -> Fired:
    return Fired(
        order_id=row["order_id"],
        order_number=row["order_number"],
        title=row["title"],
        process=row["process"],
        task_id=row["task_id"],
        name=row["name"],
        name_en=row["name_en"],
        clock=row["clock"],
        at=row["at"],
        planned_at=row["planned_at"],
        level=row["level"],
        rule=row["rule"],
        trigger=triggers.get(row["rule"], ""),
        actions=tuple(row["actions"]),
        missed=row["missed"],
        to=Receiver(
            role=row["role"],
            unit_id=row["to_unit_id"] if row["role"] else None,
            people=tuple(names[each] for each in row["receivers"] if each in names),
        ),
    )
