"""More time 延期: requests and decisions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.domain import access, commands, facts
from engine.domain.access import Act
from engine.domain.records import Task
from engine.errors import ConflictError, NotFoundError
from engine.handlers.clocks import ORDER_CLOCK, is_task_clock, task_clock
from engine.handlers.context import Context
from engine.handlers.loading import load_task, load_workable, require_undelegated
from engine.handlers.process import Process
from engine.handlers.results import IdResult, TaskResult
from engine.handlers.stepping import settle


class ClockMissingError(ConflictError):
    """No running clock to extend."""

    code = "no_clock"
    template = "Expected a running clock for task {task}, but there is none."


class ExtensionPendingError(ConflictError):
    """A request for this clock waits already."""

    code = "extension_pending"
    template = "Expected no open extension request for clock {clock}, but there is one."


class ExtensionNotFoundError(NotFoundError):
    """No such request for this caller."""

    code = "extension_not_found"
    template = "Expected an extension request {extension}, but there is none you may see."


class ExtensionMissingError(ConflictError):
    """No request for the task waits."""

    code = "extension_missing"
    template = "Expected an open extension request for task {task}, but there is none."


class ExtensionDecidedError(ConflictError):
    """The request was decided."""

    code = "extension_decided"
    template = "Expected extension request {extension} to be open, but it is {state}."


def request_extension(context: Context, command: commands.RequestExtension) -> IdResult:
    """Ask for more time; the superior gets a task to decide."""
    task, order = load_workable(context, command.task_id)
    require_undelegated(task)
    process = Process(context, order)
    key = _clock(process, task, command.clock)
    process.clocks.check_extension(key, command.new_due_at)
    if context.ledger.open_extension(order.id, key) is not None:
        raise ExtensionPendingError(clock=key)
    extension_id = context.ledger.next_id("extension")
    process.record(
        facts.ExtensionRequested(
            extension=extension_id,
            clock=key,
            task=task.id,
            new_due_at=command.new_due_at,
            reason=command.reason,
        )
    )
    process.open_ad_hoc(
        purpose="extension",
        name=f"延期审批：{task.name}",
        name_en=f"Decide extension: {task.name_en}",
        unit_id=order.unit_id,
        queue=f"supervisor@{order.unit_id}",
        form="approve_extension",
        barred=context.person.id,
        barred_too=task.stood_for,
        target=task.id,
        priority=order.priority,
        details={
            "extension": extension_id,
            "new_due_at": command.new_due_at.isoformat(),
            "reason": command.reason,
        },
    )
    return IdResult(id=extension_id)


def _clock(process: Process, task: Task, wanted: str | None) -> str:
    """Key of the clock to extend: the task's own, else the order's, or a named one.

    Raises:
        ClockMissingError: It does not run, or belongs to another task.
    """
    own = task_clock(task.id)
    keys = [own, ORDER_CLOCK] if wanted is None else [wanted]
    for key in keys:
        if process.clocks.get(key) is not None and (key == own or not is_task_clock(key)):
            return key
    raise ClockMissingError(task=task.id)


def withdraw_extension(context: Context, command: commands.WithdrawExtension) -> TaskResult:
    """Take a request back: whoever may work on the task it was made for."""
    task, order = load_workable(context, command.task_id)
    require_undelegated(task)
    process = Process(context, order)
    request = context.ledger.open_extension(order.id, _clock(process, task, None))
    if request is None or request["task_id"] != task.id:
        raise ExtensionMissingError(task=task.id)
    process.record(facts.ExtensionWithdrawn(extension=request["id"]))
    for decision in context.ledger.open_tasks(order.id):
        if decision.details.get("extension") == request["id"]:
            process.record(facts.TaskWithdrawn(task=decision.id, reason="extension_withdrawn"))
    settle(process)
    return TaskResult(task_id=task.id, order_id=order.id)


def decide_extension(context: Context, command: commands.DecideExtension) -> TaskResult:
    """Approve: the clock moves. Deny: what is late stays late."""
    request, decision = _request(context, command.extension_id)
    task, order, path = load_task(context, decision.id)
    access.require(context.person, Act.LEAD, path)
    if context.person.id in (task.barred, task.barred_too):
        raise access.BarredError(task=task.id)
    process = Process(context, order)
    process.record(
        facts.ExtensionDecided(
            extension=command.extension_id, approved=command.approved, comment=command.comment
        ),
        facts.TaskCompleted(task=task.id),
        facts.Notified(
            people=(request["requested_by"],),
            notice="extension_approved" if command.approved else "extension_denied",
            task=request["task_id"],
            params={"comment": command.comment},
        ),
    )
    if command.approved:
        key = request["clock"]
        if process.clocks.get(key) is None:
            raise ClockMissingError(task=request["task_id"])
        process.clocks.extend_to(key, request["new_due_at"], asked_at=request["requested_at"])
        process.reschedule(key)
    settle(process)
    return TaskResult(task_id=task.id, order_id=order.id)


def _request(context: Context, extension_id: int) -> tuple[Mapping[str, Any], Task]:
    """A request the caller may know of, and the open task to decide it.

    Raises:
        ExtensionNotFoundError: There is none, or none for the caller.
        ExtensionDecidedError: It was decided, or its order ended before.
    """
    ledger, person = context.ledger, context.person
    request = ledger.extension(extension_id)
    order = None if request is None else ledger.order(request["order_id"])
    if request is None or order is None or not access.may_see_order(person, order):
        raise ExtensionNotFoundError(extension=extension_id)
    for task in ledger.open_tasks(order.id):
        if task.purpose == "extension" and task.details.get("extension") == extension_id:
            return request, task
    state = "withdrawn" if request["state"] == "requested" else request["state"]
    raise ExtensionDecidedError(extension=extension_id, state=state)
