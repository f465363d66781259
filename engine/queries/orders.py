"""One work order with all that belongs to it, and what happens next."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec
import sqlalchemy as sa

from engine.domain import access, escalation, sla
from engine.domain.records import ClockState, Order, Task
from engine.errors import NotFoundError
from engine.handlers.clocks import order_of
from engine.handlers.process import classes_of
from engine.queries.inbox import published
from engine.queries.order_list import OrderItem, order_item, select_orders
from engine.store import tables as t
from engine.store import uploads
from engine.store.lookups import to_order, to_task
from engine.store.view import View


class ClockItem(msgspec.Struct, frozen=True, kw_only=True):
    """A clock with its pauses; lengths in seconds of the clock's own kind of time."""

    key: str
    sla_key: str
    mode: str
    calendar: str
    target_seconds: float
    extension_seconds: float
    elapsed_seconds: float
    started_at: datetime
    due_at: datetime | None
    is_overdue: bool
    is_paused: bool
    is_stopped: bool
    pauses: list[dict[str, Any]]
    fired: tuple[str, ...]


class NextEvent(msgspec.Struct, frozen=True, kw_only=True):
    """Something that will happen by itself.

    Attributes:
        kind: ``escalation`` or ``timer``.
        to: Role (or ``assignee``) the escalation goes to, with the unit's code.
        element: Element of a timer, empty for an escalation.
    """

    kind: str
    at: datetime | None
    name: str
    level: int | None = None
    actions: tuple[str, ...] = ()
    to: str | None = None
    task_id: int | None = None
    element: str = ""


class OrderDetail(msgspec.Struct, frozen=True, kw_only=True):
    """One order with all that belongs to it."""

    order: OrderItem
    version: int
    definition_id: int
    first_owner: int | None
    parent_id: int | None
    children: list[int]
    tasks: list[Task]
    clocks: list[ClockItem]
    upcoming: list[NextEvent]
    messages: list[dict[str, Any]]
    incidents: list[dict[str, Any]]
    extensions: list[dict[str, Any]]
    attachments: list[dict[str, Any]]
    jobs: list[dict[str, Any]]


class CommentItem(msgspec.Struct, frozen=True, kw_only=True):
    """Something written on an order."""

    id: int
    task_id: int | None
    author: int | None
    author_name: str | None
    at: datetime
    text: str


class StoredItem(msgspec.Struct, frozen=True, kw_only=True):
    """A stored file as it is handed out."""

    name: str
    sha256: str


class AttachmentNotFoundError(NotFoundError):
    """No such attachment for this caller."""

    code = "attachment_not_found"
    template = "Expected an attachment {attachment}, but there is none you may see."


def order_detail(view: View, order_id: int) -> OrderDetail:
    """One order.

    Raises:
        OrderNotFoundError: There is none the person may see.
    """
    order = visible_order(view, order_id)
    row = (
        view.connection.execute(select_orders().where(t.work_order.c.id == order_id))
        .mappings()
        .one()
    )
    variables = published(view, {order_id}).get(order_id, {})
    tasks = tasks_of(view, order_id)
    return OrderDetail(
        order=order_item(view, row, variables),
        version=order.seq,
        definition_id=order.definition_id,
        first_owner=order.first_owner,
        parent_id=order.parent_id,
        children=list(
            view.connection.execute(
                sa.select(t.work_order.c.id)
                .where(t.work_order.c.parent_id == order_id)
                .order_by(t.work_order.c.id)
            ).scalars()
        ),
        tasks=tasks,
        clocks=clock_items(view, order),
        upcoming=upcoming(view, order, variables),
        messages=_mappings(view, t.subscription, order_id, "message", "name", "element"),
        incidents=incidents_of(view, order_id),
        extensions=_mappings(
            view, t.extension, order_id, "id", "clock", "task_id", "new_due_at", "reason",
            "requested_by", "requested_at", "state", "decided_by", "decided_at", "comment",
        ),
        attachments=_mappings(
            view, t.attachment, order_id, "id", "name", "media_type", "size", "sha256", "author",
            "at", "task_id",
        ),
        jobs=_mappings(view, t.job, order_id, "number", "element", "topic", "name", "inputs",
                       "opened_at"),
    )  # fmt: skip


def comments_of(view: View, order_id: int) -> list[CommentItem]:
    """Comments on one order, oldest first. The caller has checked that it may be seen."""
    comment = t.comment.c
    statement = (
        sa.select(
            comment.id, comment.task_id, comment.author, t.person.c.name.label("author_name"),
            comment.at, comment.text,
        )
        .outerjoin_from(t.comment, t.person, t.person.c.id == comment.author)
        .where(comment.order_id == order_id)
        .order_by(comment.id)
    )  # fmt: skip
    return [CommentItem(**row) for row in view.connection.execute(statement).mappings()]


class FileItem(msgspec.Struct, frozen=True, kw_only=True):
    """An attached file as lists show it."""

    id: int
    task_id: int | None
    name: str
    media_type: str
    size: int
    author: int | None
    author_name: str | None
    at: datetime


def attachments_of(view: View, order_id: int) -> list[FileItem]:
    """Files of one order, oldest first. The caller has checked that it may be seen."""
    file = t.attachment.c
    statement = (
        sa.select(
            file.id, file.task_id, file.name, file.media_type, file.size, file.author,
            t.person.c.name.label("author_name"), file.at,
        )
        .outerjoin_from(t.attachment, t.person, t.person.c.id == file.author)
        .where(file.order_id == order_id)
        .order_by(file.id)
    )  # fmt: skip
    return [FileItem(**row) for row in view.connection.execute(statement).mappings()]


def visible_attachment(view: View, attachment_id: int) -> StoredItem:
    """One attachment, if who asks may see its order; or an upload of their own.

    Raises:
        AttachmentNotFoundError: There is none.
    """
    attachment = t.attachment.c
    row = view.connection.execute(
        sa.select(attachment.order_id, attachment.name, attachment.sha256).where(
            attachment.id == attachment_id
        )
    ).first()
    if row is None:
        return _own_upload(view, attachment_id)
    try:
        visible_order(view, row.order_id)
    except access.OrderNotFoundError:
        raise AttachmentNotFoundError(attachment=attachment_id) from None
    return StoredItem(name=row.name, sha256=row.sha256)


def _own_upload(view: View, upload_id: int) -> StoredItem:
    found = [] if view.by is None else uploads.of(view.connection, view.by.id, [upload_id])
    if not found:
        raise AttachmentNotFoundError(attachment=upload_id)
    return StoredItem(name=found[0]["name"], sha256=found[0]["sha256"])


def visible_order(view: View, order_id: int) -> Order:
    """The order, if the asking person may see it.

    Raises:
        OrderNotFoundError: There is none.
    """
    statement = sa.select(*(t.work_order.c[name] for name in Order.__struct_fields__)).where(
        t.work_order.c.id == order_id
    )
    row = view.connection.execute(statement).first()
    order = None if row is None else to_order(row)
    if view.by is None:
        raise access.OrderNotFoundError(order=order_id)
    if order is not None and not access.may_see_order(view.by, order) and _is_party(view, order):
        return order
    return access.require_order(view.by, order, order_id)


def _is_party(view: View, order: Order) -> bool:
    """Whether the person was copied in, or has or had a task of the order."""
    person = view.by
    if person is None:
        return False
    copied = view.connection.execute(
        sa.select(t.order_copy.c.order_id).where(
            t.order_copy.c.person_id == person.id, t.order_copy.c.order_id == order.id
        )
    ).first()
    if copied is not None:
        return True
    return any(
        access.is_candidate(person, task, view.setup.unit(task.unit_id).path)
        or task.ended_by == person.id
        for task in tasks_of(view, order.id)
    )


def tasks_of(view: View, order_id: int) -> list[Task]:
    """All tasks of an order, oldest first."""
    statement = (
        sa.select(*(t.task.c[name] for name in Task.__struct_fields__))
        .where(t.task.c.order_id == order_id)
        .order_by(t.task.c.opened_at, t.task.c.id)
    )
    return [to_task(row) for row in view.connection.execute(statement)]


def visible_task(view: View, task_id: int) -> tuple[Task, Order]:
    """A task with its order, if the asking person may see it.

    Raises:
        TaskNotFoundError: There is none.
    """
    order_id = order_of(task_id)
    statement = sa.select(*(t.task.c[name] for name in Task.__struct_fields__)).where(
        t.task.c.id == task_id
    )
    row = view.connection.execute(statement).first()
    if row is None or view.by is None:
        raise access.TaskNotFoundError(task=task_id)
    task = to_task(row)
    try:
        order = visible_order(view, order_id)
    except access.OrderNotFoundError:
        raise access.TaskNotFoundError(task=task_id) from None
    return task, order


def incidents_of(view: View, order_id: int) -> list[dict[str, Any]]:
    """Steps of an order that failed, oldest first. The caller has checked that it may be seen."""
    return _mappings(
        view, t.incident, order_id, "number", "element", "problem", "message", "message_zh",
        "code", "opened_at", "closed_at", "reason",
    )  # fmt: skip


def incident_counts(view: View, order_id: int) -> tuple[int, int]:
    """How many steps of an order failed, ever and still; who asks may see the order."""
    incident = t.incident.c
    statement = sa.select(sa.func.count(), sa.func.count() - sa.func.count(incident.closed_at))
    row = view.connection.execute(statement.where(incident.order_id == order_id)).one()
    return row[0], row[1]


def clock_items(view: View, order: Order) -> list[ClockItem]:
    """Clocks of an order: those that run and its named ones that have stopped."""
    return [clock_item(view, key, state) for key, state in sorted(order.clocks.items())]


def clock_item(view: View, key: str, state: ClockState) -> ClockItem:
    """A clock as it stands now."""
    clock = state.value
    calendar = view.setup.calendar(clock.calendar)
    return ClockItem(
        key=key,
        sla_key=clock.sla_key,
        mode=clock.mode,
        calendar=clock.calendar,
        target_seconds=clock.target.total_seconds(),
        extension_seconds=clock.extension.total_seconds(),
        elapsed_seconds=sla.elapsed(clock, calendar, view.now).total_seconds(),
        started_at=clock.started_at,
        due_at=state.due_at,
        is_overdue=not state.is_stopped and sla.is_overdue(clock, calendar, view.now),
        is_paused=clock.paused_at is not None,
        is_stopped=state.is_stopped,
        pauses=msgspec.to_builtins(clock.pauses, builtin_types=(datetime,)),
        fired=state.fired,
    )


def upcoming(view: View, order: Order, variables: Mapping[str, str | None]) -> list[NextEvent]:
    """What happens next by itself: when, what, to whom; soonest first."""
    if order.status != "running":
        return []
    events = []
    classes = classes_of(variables)
    for key, state in order.clocks.items():
        calendar = view.setup.calendar(state.value.calendar)
        task_id = int(key.partition(":")[2]) if key.startswith("task:") else None
        for planned in escalation.plan(
            view.setup.rules, state.value, calendar, classes, fired=state.fired
        ):
            receiver = planned.rule.receiver
            events.append(
                NextEvent(
                    kind="escalation",
                    at=planned.planned_at,
                    name=key.partition(":")[0],
                    level=planned.level,
                    actions=planned.actions,
                    to=f"{receiver.role}@{receiver.scope}" if receiver.role else "assignee",
                    task_id=task_id,
                )
            )
    timers = view.connection.execute(
        sa.select(t.timer).where(t.timer.c.order_id == order.id)
    ).mappings()
    events.extend(
        NextEvent(
            kind="timer",
            at=row["due_at"],
            name=row["name"] or row["element"],
            task_id=row["task_id"],
            element=row["element"],
        )
        for row in timers
    )
    never = datetime.max.replace(tzinfo=UTC)
    return sorted(events, key=lambda event: (event.at or never, event.name, event.level or 0))


def _mappings(view: View, table: sa.Table, order_id: int, *columns: str) -> list[dict[str, Any]]:
    statement = (
        sa.select(*(table.c[name] for name in columns))
        .where(table.c.order_id == order_id)
        .order_by(*table.primary_key.columns)
    )
    return [dict(row) for row in view.connection.execute(statement).mappings()]
