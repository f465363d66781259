"""The first lines of every handler: find the object, refuse who may not, refuse what is over."""

from __future__ import annotations

import msgspec

from engine.domain import access, facts
from engine.domain.access import Act
from engine.domain.facts import Stream
from engine.domain.forms import NO_RIGHTS, Rights
from engine.domain.records import Order, Person, Task
from engine.errors import ConflictError
from engine.handlers.clocks import order_of
from engine.handlers.context import Context
from engine.ports.forms import FormCatalogue
from engine.store.lookups import Lookups


class OrderNotRunningError(ConflictError):
    """The order has ended or is suspended."""

    code = "order_not_running"
    template = "Expected work order {order} to be running, but it is {status}."


class TaskNotOpenError(ConflictError):
    """The task was completed or taken away."""

    code = "task_not_open"
    template = "Expected task {task} to be open, but it is {state}."


class StaleVersionError(ConflictError):
    """The caller looked at an older state."""

    code = "stale_version"
    template = "Expected {what} at version {expected}, but it is at {actual}."


class DelegatedError(ConflictError):
    """The task was delegated and is not back with its owner yet."""

    code = "delegated_give_back"
    template = "Expected task {task} to be back with its owner, but it is delegated."


class TaskHeldError(ConflictError):
    """The order is on hold."""

    code = "order_on_hold"
    template = "Expected work order {order} to be in work, but it is on hold: {reason}."


def form_of(rows: Lookups, forms: FormCatalogue, task: Task) -> bytes | None:
    """The form of a task, None without one: the desk's own form for tasks outside the drawing."""
    if task.form is None:
        return None
    own = None if task.purpose == "work" else forms.built_in(task.form)
    return own or rows.form(task.definition_id, task.form)


def rights_of(rows: Lookups, task: Task) -> Rights:
    """What the step of a task may do with the fields of its form.

    Raises:
        FormBrokenError: They are written wrongly; checks at publishing keep that out.
    """
    if task.purpose != "work":
        return NO_RIGHTS
    return rows.setup.definition(task.definition_id).rights(task.element)


def load_order(context: Context, order_id: int, act: Act | None = None) -> Order:
    """A running or suspended order the caller may see, and act on if ``act`` is given.

    Raises:
        OrderNotFoundError, NotAllowedError, OrderNotRunningError: As they say.
    """
    order = load_visible(context, order_id)
    if act is not None and not (act is Act.WORK and _holds_task(context, order)):
        access.require(context.person, act, order.unit_path)
    return _alive(order)


def load_order_to_write_on(context: Context, order_id: int, task_id: int | None = None) -> Order:
    """An order the caller may comment on and attach files to, see `engine.domain.access`.

    Raises:
        OrderNotFoundError, NotAllowedError, TaskNotFoundError, OrderNotRunningError: As they say.
    """
    return _alive(require_writer(context.ledger, context.person, order_id, task_id))


def require_writer(
    rows: Lookups, person: Person, order_id: int, task_id: int | None = None
) -> Order:
    """The order, if the person may write on it; also asked before there is a command.

    Args:
        rows: The transaction to read in.
        person: Who wants to write.
        order_id: Which order.
        task_id: The task it is about, if any; it has to be one of the order.

    Raises:
        OrderNotFoundError, NotAllowedError, TaskNotFoundError: As they say.
    """
    order = _visible(rows, person, order_id)
    path = order.unit_path
    if not (access.may(person, Act.OPERATE, path) or _is_party(rows, order, person)):
        access.require(person, Act.WORK, path)
    require_same_order(task_id, order)
    return order


def require_same_order(task_id: int | None, order: Order) -> None:
    """Refuse a task of another order.

    Raises:
        TaskNotFoundError: It is one.
    """
    if task_id is not None and order_of(task_id) != order.id:
        raise access.TaskNotFoundError(task=task_id)


def load_running(context: Context, order_id: int, act: Act | None = None) -> Order:
    """As `load_order`, refusing suspended ones too."""
    order = load_order(context, order_id, act)
    if order.status != "running":
        raise OrderNotRunningError(order=order.number, status=order.status)
    return order


def _alive(order: Order) -> Order:
    if order.status == "ended":
        raise OrderNotRunningError(order=order.number, status="ended")
    return order


def load_visible(context: Context, order_id: int) -> Order:
    """An order the caller may see, also after its end.

    Raises:
        OrderNotFoundError: There is none.
    """
    return _visible(context.ledger, context.person, order_id)


def _visible(rows: Lookups, person: Person, order_id: int) -> Order:
    order = rows.order(order_id)
    is_party = (
        order is not None
        and not access.may_see_order(person, order)
        and _is_party(rows, order, person)
    )
    return access.require_order(person, order, order_id, is_party=is_party)


def may_see(context: Context, order: Order, person: Person) -> bool:
    """Whether somebody, not the caller, could look at the order."""
    return access.may_see_order(person, order) or _is_party(context.ledger, order, person)


def _is_party(rows: Lookups, order: Order, person: Person) -> bool:
    return person.is_active and (
        access.is_starter(person, order)
        or rows.is_copied(order.id, person.id)
        or any(
            task.ended_by == person.id
            or access.is_candidate(person, task, rows.setup.unit(task.unit_id).path)
            for task in rows.tasks_of(order.id)
        )
    )


def _holds_task(context: Context, order: Order) -> bool:
    """Whether the caller works on the order by a task of it; a signature is no work on it."""
    person = context.person
    return (
        not access.may(person, Act.WORK, order.unit_path)
        and person.is_active
        and any(
            task.purpose != "signature"
            and not access.hands(person).isdisjoint((task.assignee, task.owner))
            for task in context.ledger.open_tasks(order.id)
        )
    )


def load_task(
    context: Context, task_id: int, version: int | None = None
) -> tuple[Task, Order, str]:
    """An open task of a running order the caller may see, its order and its unit's path.

    Raises:
        TaskNotFoundError, OrderNotRunningError, TaskNotOpenError, StaleVersionError: As they say.
    """
    found = context.ledger.task_and_order(task_id)
    path = "" if found is None else context.ledger.setup.unit(found[0].unit_id).path
    task, order = access.require_task_visible(context.person, found, task_id, path)
    if order.status != "running":
        raise OrderNotRunningError(order=order.number, status=order.status)
    if not task.is_open:
        raise TaskNotOpenError(task=task.id, state=task.state)
    if version is not None and version != task.version:
        raise StaleVersionError(what=f"task {task.id}", expected=version, actual=task.version)
    return task, order, path


def load_workable(
    context: Context, task_id: int, version: int | None = None
) -> tuple[Task, Order]:
    """An open task the caller may work on now; a substitute holds it from now on.

    Raises:
        TaskHeldError: The order is on hold.
        TaskTakenError, NotCandidateError, BarredError: See `access.require_worker`.
    """
    task, order, path = load_task(context, task_id, version)
    access.require_worker(context.person, task, path)
    if order.held is not None:
        raise TaskHeldError(order=order.number, reason=order.held)
    return take_over(context, task, path), order


def take_over(context: Context, task: Task, path: str) -> Task:
    """The task as the caller's, if they act on it for somebody absent, else as it is.

    What the absent one has half filled in comes along. A signature stays the signer's: somebody
    else may give it only as long as they stand in.
    """
    person, absent = context.person, access.stands_in(context.person, task, path)
    if absent is None or task.purpose == "signature":
        return task
    # Who prepares a delegated task for somebody absent does not do it in that one's name.
    stood_for = absent if task.owner is None else task.stood_for
    context.ledger.record(
        Stream.ORDER,
        task.order_id,
        facts.TaskTakenOver(task=task.id, of=absent, lent=task.owner is not None),
    )
    context.ledger.papers.pass_draft(task.id, absent, person.id)
    return msgspec.structs.replace(task, state="claimed", assignee=person.id, stood_for=stood_for)


def require_undelegated(task: Task) -> None:
    """Refuse what only the owner of a delegated task may do, to whom it comes back.

    Raises:
        DelegatedError: It is delegated.
    """
    if task.owner is not None:
        raise DelegatedError(task=task.id)
