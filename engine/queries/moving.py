"""Where a process can be sent from an open task: back to what was done, or anywhere it can go."""

from __future__ import annotations

from datetime import datetime

import msgspec
import sqlalchemy as sa

from engine.domain.records import Order, Task
from engine.ports.kernel import Destination, Kernel, Run, StepContext
from engine.store import tables as t
from engine.store.view import View


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """A step a process can go on at.

    Attributes:
        done_by, done_at: Who last completed it and when; None if nobody did.
    """

    element: str
    name: str
    name_en: str
    kind: str
    done_by: str | None = None
    done_at: datetime | None = None


class _NoClocks:
    """Looking moves no timer."""

    def at(self, clock: str, point: str, task: int | None) -> datetime | None:
        """Nothing to report."""
        del clock, point, task
        return None


def returnable(view: View, task: Task, order: Order, kernel: Kernel) -> list[Place]:
    """Steps done before a drawn task was opened that it can be sent back to, the latest first.

    The caller has checked that the task may be seen.
    """
    if not _can_move(task, order):
        return []
    run = _run(view, order, kernel)
    found: dict[str, Place] = {}
    for place in _done(view, task, before=task.opened_at):
        if place.element not in found and run.can_move(task.number, place.element):
            found[place.element] = place
    # Doing it again is what the task asks for anyway.
    found.pop(task.element, None)
    return list(found.values())


def reachable(view: View, task: Task, order: Order, kernel: Kernel) -> list[Place]:
    """Steps a process can go on at instead of a drawn task, as drawn.

    The caller has checked that the task may be seen.
    """
    if not _can_move(task, order):
        return []
    done = {place.element: place for place in reversed(_done(view, task))}
    return [
        _place(destination, done.get(destination.element_id))
        for destination in _run(view, order, kernel).destinations(task.number)
    ]


def _can_move(task: Task, order: Order) -> bool:
    return task.purpose == "work" and task.is_open and order.status == "running"


def _run(view: View, order: Order, kernel: Kernel) -> Run:
    calendar = view.setup.calendar(view.setup.calendar_code(order.unit_id))
    return kernel.load(
        order.kernel, StepContext(now=view.now, clocks=_NoClocks(), calendar=calendar)
    )


def _done(view: View, task: Task, before: datetime | None = None) -> list[Place]:
    """Completed drawn tasks of the task's order, the latest first."""
    done, person = t.task.c, t.person.c
    statement = (
        sa.select(done.element, done.name, done.name_en, done.ended_at, person.name.label("by"))
        .outerjoin_from(t.task, t.person, person.id == done.ended_by)
        .where(done.order_id == task.order_id, done.purpose == "work", done.state == "completed")
        .order_by(done.ended_at.desc(), done.id.desc())
    )
    if before is not None:
        statement = statement.where(done.ended_at <= before)
    return [
        Place(
            element=row.element,
            name=row.name,
            name_en=row.name_en,
            kind="userTask",
            done_by=row.by,
            done_at=row.ended_at,
        )
        for row in view.connection.execute(statement)
    ]


def _place(destination: Destination, done: Place | None) -> Place:
    return Place(
        element=destination.element_id,
        name=destination.name or destination.element_id,
        name_en=destination.name_en or destination.name or destination.element_id,
        kind=destination.kind,
        done_by=None if done is None else done.done_by,
        done_at=None if done is None else done.done_at,
    )
