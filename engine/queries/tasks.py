"""One task as its worker needs it: the form, the values it starts from, the worker's draft."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa

from engine.domain.forms import Rights, without_hidden
from engine.domain.records import Order, Task
from engine.handlers.loading import form_of, rights_of
from engine.handlers.tasks import DraftNotFoundError
from engine.ports.forms import FormCatalogue
from engine.ports.kernel import Kernel, StepContext
from engine.queries import history
from engine.queries.inbox import published
from engine.queries.names import names_of
from engine.queries.orders import visible_task
from engine.queries.task_items import TaskItem
from engine.store import tables as t
from engine.store.view import View


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """Half-filled values of a task."""

    task_id: int
    values: dict[str, Any]
    saved_at: datetime
    version: int


class TaskDetail(msgspec.Struct, frozen=True, kw_only=True):
    """One task.

    Attributes:
        form: The form-js definition as deployed with the task's process, with the step's rights
            worked in; None without one.
        content: The same as deployed.
        rights: What the step may do with its fields.
        variables: What the form may refer to, without what the step hides.
        known: All of it, to evaluate conditions; never shown.
        draft: The asking person's own.
        definition_id: Version of the process it belongs to.
        details: Facts of a task outside the drawing, e.g. the extension it decides.
    """

    task: TaskItem
    definition_id: int
    form_key: str | None
    form: dict[str, Any] | None
    content: bytes | None
    rights: Rights
    variables: dict[str, Any]
    known: dict[str, Any]
    details: dict[str, Any]
    draft: Draft | None


class _NoClocks:
    """Looking at a task moves no timer."""

    def at(self, clock: str, point: str, task: int | None) -> datetime | None:
        """Nothing to report."""
        del clock, point, task
        return None


def task_detail(view: View, task_id: int, kernel: Kernel, forms: FormCatalogue) -> TaskDetail:
    """One task the asking person may see.

    Raises:
        TaskNotFoundError: There is none.
    """
    task, order = visible_task(view, task_id)
    return detail_of(view, task, order, kernel, forms)


def detail_of(
    view: View, task: Task, order: Order, kernel: Kernel, forms: FormCatalogue
) -> TaskDetail:
    """A task of an order. The caller has checked that it may be seen."""
    content = form_of(view, forms, task)
    rights = rights_of(view, task)
    known = _variables(view, task, order, kernel)
    return TaskDetail(
        task=_item(view, task, order),
        definition_id=task.definition_id,
        form_key=task.form,
        form=None if content is None else forms.adapted(content, rights),
        content=content,
        rights=rights,
        variables=without_hidden(known, rights),
        known=known,
        details=task.details,
        draft=_draft(view, task.id),
    )


def draft(view: View, task_id: int) -> Draft:
    """The asking person's draft of a task.

    Raises:
        TaskNotFoundError: There is no such task for this person.
        DraftNotFoundError: There is no draft.
    """
    visible_task(view, task_id)
    found = _draft(view, task_id)
    if found is None:
        raise DraftNotFoundError(task=task_id)
    return found


def _draft(view: View, task_id: int) -> Draft | None:
    row = (
        view.connection.execute(
            sa.select(t.draft.c["values"], t.draft.c.saved_at, t.draft.c.version).where(
                t.draft.c.task_id == task_id,
                t.draft.c.person_id == (view.by.id if view.by is not None else 0),
            )
        )
        .mappings()
        .first()
    )
    return None if row is None else Draft(task_id=task_id, **row)


def _variables(view: View, task: Task, order: Order, kernel: Kernel) -> dict[str, Any]:
    if task.purpose != "work":
        return task.details
    if not task.is_open or order.status == "ended":
        return history.variables(view, order.id)
    context = StepContext(
        now=view.now,
        clocks=_NoClocks(),
        calendar=view.setup.calendar(view.setup.calendar_code(order.unit_id)),
    )
    return dict(kernel.load(order.kernel, context).task_variables(task.number))


def _item(view: View, task: Task, order: Order) -> TaskItem:
    names = names_of(view, (task.assignee, task.owner))
    customer = None if order.customer_id is None else view.customer(order.customer_id)
    return TaskItem(
        id=task.id,
        order_id=order.id,
        order_number=order.number,
        title=order.title,
        process=order.process_key,
        element=task.element,
        name=task.name,
        name_en=task.name_en,
        purpose=task.purpose,
        state=task.state,
        queue=task.queue,
        unit_id=task.unit_id,
        assignee=task.assignee,
        assignee_name=names.get(task.assignee or 0),
        customer_id=order.customer_id,
        customer_name=customer.name if customer else None,
        priority=task.priority,
        opened_at=task.opened_at,
        due_at=task.due_at,
        ended_at=task.ended_at,
        is_overdue=task.due_at is not None and task.due_at < (task.ended_at or view.now),
        level=task.level,
        urges=task.urges,
        handovers=task.handovers,
        held=task.held,
        version=task.version,
        variables=published(view, {order.id}).get(order.id, {}),
        grade=customer.grade if customer else None,
        barred=task.barred,
        barred_too=task.barred_too,
        owner=task.owner,
        owner_name=names.get(task.owner or 0),
    )
