"""What stands around a task: its time, the steps before and after it, its customer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa

from engine.domain import escalation
from engine.domain.escalation import PlannedEscalation
from engine.domain.masking import masked
from engine.domain.records import Contact, Customer, Definition, Order, Task
from engine.handlers.clocks import ORDER_CLOCK, task_clock
from engine.handlers.process import classes_of
from engine.queries.names import names_of
from engine.queries.orders import ClockItem, clock_item
from engine.store import tables as t
from engine.store.reading import PreparedSelect
from engine.store.view import View


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """A step of the order on the way of a task.

    Attributes:
        state: ``done``, ``here`` (the task itself), ``open`` (another one, beside it) or
            ``ahead`` (on the shortest way to a good end).
        opened_at, ended_at: None while it has not come to that.
        by: Who did it.
    """

    name: str
    name_en: str
    state: str
    opened_at: datetime | None = None
    ended_at: datetime | None = None
    by: str | None = None


class Surroundings(msgspec.Struct, frozen=True, kw_only=True):
    """What stands around a task.

    Attributes:
        clock: The task's own clock, else that of the order; None without either.
        following: The next escalation of that clock, None if none is planned.
        asked_until: Until when more time on that clock is asked for, None if it is not.
        asked_for: The task it is asked for.
        contacts: Of the customer, masked.
        names: Names of the people the task and its customer mention, by id.
        files, comments, relatives: How many there are; relatives are the order's parent and
            children.
    """

    definition: Definition
    steps: list[Step]
    clock: ClockItem | None
    following: PlannedEscalation | None
    asked_until: datetime | None
    asked_for: int | None
    customer: Customer | None
    contacts: list[Contact]
    names: dict[int, str]
    files: int
    comments: int
    relatives: int


_STEPS = PreparedSelect(
    sa.select(
        t.task.c.id, t.task.c.definition_id, t.task.c.element, t.task.c.name, t.task.c.name_en,
        t.task.c.state, t.task.c.opened_at, t.task.c.ended_at, t.person.c.name.label("by"),
    )
    .outerjoin_from(t.task, t.person, t.person.c.id == t.task.c.ended_by)
    .where(
        t.task.c.order_id == sa.bindparam("order_id"),
        t.task.c.purpose == "work",
        t.task.c.state != "withdrawn",
    )
    .order_by(t.task.c.id)
)  # fmt: skip
_CONTACTS = PreparedSelect(
    sa.select(t.contact)
    .where(t.contact.c.customer_id == sa.bindparam("customer_id"))
    .order_by(t.contact.c.id)
    .limit(10)
)


def _number(table: sa.Table, column: str = "order_id") -> sa.ScalarSelect[int]:
    return (
        sa.select(sa.func.count())
        .select_from(table)
        .where(table.c[column] == sa.bindparam("order_id"))
        .scalar_subquery()
    )


def _asked(column: sa.Column[Any]) -> sa.ScalarSelect[Any]:
    """Of the one request for more time on a clock that waits for a decision."""
    extension = t.extension.c
    return (
        sa.select(sa.func.max(column))
        .where(
            extension.order_id == sa.bindparam("order_id"),
            extension.clock == sa.bindparam("clock"),
            extension.state == "requested",
        )
        .scalar_subquery()
    )


_child = t.work_order.alias("child")
_NUMBERS = PreparedSelect(
    sa.select(
        _number(t.attachment).label("files"),
        _number(t.comment).label("comments"),
        sa.select(sa.func.count())
        .select_from(_child)
        .where(_child.c.parent_id == sa.bindparam("order_id"))
        .scalar_subquery()
        .label("children"),
        _asked(t.extension.c.new_due_at).label("asked_until"),
        _asked(t.extension.c.task_id).label("asked_for"),
    )
)


def surroundings(
    view: View, task: Task, order: Order, published: Mapping[str, str | None]
) -> Surroundings:
    """What stands around a task. The caller has checked that it may be seen.

    Args:
        view: The moment and who asks.
        task: The task.
        order: Its order.
        published: Variables the order publishes; they decide which escalations apply.
    """
    definition = view.setup.definition(task.definition_id)
    customer = None if order.customer_id is None else view.customer(order.customer_id)
    key, clock = _clock(view, task, order)
    asked = {"order_id": order.id, "clock": key or ""}
    numbers = _NUMBERS.row(view.connection, asked) or {}
    mentioned = [task.assignee, task.owner, task.ended_by]
    if customer is not None:
        mentioned.append(customer.manager_id)
    return Surroundings(
        definition=definition,
        steps=_steps(view, task, definition),
        clock=clock,
        following=None if key is None else _following(view, task, order, key, published),
        asked_until=numbers["asked_until"],
        asked_for=numbers["asked_for"],
        customer=customer,
        contacts=[] if customer is None else _contacts(view, customer.id),
        names=names_of(view, mentioned),
        files=numbers["files"],
        comments=numbers["comments"],
        relatives=numbers["children"] + (order.parent_id is not None),
    )


def clock_key(task: Task, order: Order) -> str | None:
    """The running clock a task is done by: its own, else that of the order."""
    for key in (task_clock(task.id), ORDER_CLOCK):
        state = order.clocks.get(key)
        if state is not None and not state.is_stopped:
            return key
    return None


def _contacts(view: View, customer_id: int) -> list[Contact]:
    rows = _CONTACTS.rows(view.connection, {"customer_id": customer_id})
    return [masked(Contact(**row)) for row in rows]


def _clock(view: View, task: Task, order: Order) -> tuple[str | None, ClockItem | None]:
    key = clock_key(task, order)
    return key, None if key is None else clock_item(view, key, order.clocks[key])


def _following(
    view: View, task: Task, order: Order, key: str, published: Mapping[str, str | None]
) -> PlannedEscalation | None:
    if order.status != "running" or not task.is_open:
        return None
    state = order.clocks[key]
    return escalation.next_after(
        view.setup.rules,
        state.value,
        view.setup.calendar(state.value.calendar),
        classes_of(published),
        fired=state.fired,
        is_claimed=task.state == "claimed",
    )


def _steps(view: View, task: Task, definition: Definition) -> list[Step]:
    """Steps done, those open now, and those ahead; what will be done again is ahead."""
    drawn = {one["element_id"]: one for one in definition.description.get("tasks", ())}
    here = drawn.get(task.element, {}) if task.purpose == "work" and task.is_open else {}
    ahead = [drawn[element] for element in here.get("ahead", ()) if element in drawn]
    again = {(task.definition_id, one["element_id"]) for one in ahead}
    past: dict[tuple[int, str], Step] = {}
    present: list[Step] = []
    for row in _STEPS.rows(view.connection, {"order_id": task.order_id}):
        key = row["definition_id"], row["element"]
        past.pop(key, None)
        step = Step(
            name=row["name"],
            name_en=row["name_en"],
            state="here" if row["id"] == task.id else "open",
            opened_at=row["opened_at"],
            ended_at=row["ended_at"],
            by=row["by"],
        )
        if row["state"] != "completed":
            present.append(step)
        elif key not in again or row["id"] == task.id:
            state = "here" if row["id"] == task.id else "done"
            past[key] = msgspec.structs.replace(step, state=state)
    coming = [Step(name=one["name"], name_en=one["name_en"], state="ahead") for one in ahead]
    done = sorted(past.values(), key=lambda step: step.ended_at or view.now)
    return [*done, *sorted(present, key=lambda step: step.state == "here"), *coming]
