"""Who works on a task: claim 领单, release 释放, assign 派单, transfer 转派."""

from __future__ import annotations

import msgspec

from engine.domain import access, commands, facts
from engine.domain.access import Act
from engine.domain.facts import Stream
from engine.domain.records import Person, Task
from engine.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from engine.handlers.context import Context
from engine.handlers.loading import (
    load_task,
    load_workable,
    require_undelegated,
    take_over,
)
from engine.handlers.naming import people_named, unit_named
from engine.handlers.process import Process
from engine.handlers.results import TaskResult
from engine.handlers.signing import require_handable
from engine.handlers.stepping import settle


class AlreadyYoursError(ConflictError):
    """The caller holds the task already."""

    code = "already_yours"
    template = "Expected task {task} to be free, but you hold it already."


class NothingToClaimError(NotFoundError):
    """No task is left for the caller to take."""

    code = "nothing_to_claim"
    template = "Expected a free task that you may take, but there is none."


class NotYoursError(ConflictError):
    """The caller does not hold the task."""

    code = "not_yours"
    template = "Expected task {task} to be yours, but it is not."


class NoGroupError(ConflictError):
    """A task without a group cannot be given back."""

    code = "task_without_group"
    template = "Expected task {task} to have a group to go back to, but it has none."


class TransferTargetError(InvalidError):
    """A transfer needs a target that can work on the task."""

    code = "transfer_target"
    template = "Expected a role, a unit or a person to transfer to, but {fact}."


def claim_task(context: Context, command: commands.ClaimTask) -> TaskResult:
    """Take a task from a group inbox."""
    task, order = load_workable(context, command.task_id, command.version)
    if context.ledger.recorded:
        # A substitute has just taken it over.
        return TaskResult(task_id=task.id, order_id=order.id)
    if task.assignee is not None:
        raise AlreadyYoursError(task=task.id)
    context.ledger.record(Stream.ORDER, order.id, facts.TaskClaimed(task=task.id))
    return TaskResult(task_id=task.id, order_id=order.id)


def claim_next(context: Context, command: commands.ClaimNext) -> TaskResult:
    """Take the first of the tasks that is still free; who loses one to a rival gets the next."""
    for task_id in command.tasks:
        try:
            return claim_task(context, commands.ClaimTask(task_id=task_id))
        except (ConflictError, ForbiddenError, NotFoundError):
            # Taken, over, on hold or kept from the caller by four eyes in the meantime.
            continue
    raise NothingToClaimError


def release_task(context: Context, command: commands.ReleaseTask) -> TaskResult:
    """Give a claimed task back to its group; a superior may do it for the holder."""
    task, order, path = load_task(context, command.task_id, command.version)
    require_handable(task)
    if task.assignee is None:
        raise NotYoursError(task=task.id)
    if task.assignee not in access.hands(context.person):
        access.require(context.person, Act.LEAD, path)
    elif not access.may(context.person, Act.LEAD, path):
        require_undelegated(task)
    if not task.queue:
        raise NoGroupError(task=task.id)
    task = take_over(context, task, path)
    context.ledger.record(Stream.ORDER, order.id, facts.TaskReleased(task=task.id))
    return TaskResult(task_id=task.id, order_id=order.id)


def assign_task(context: Context, command: commands.AssignTask) -> TaskResult:
    """Give a task to a person who may work on it (superiors)."""
    task, order, path = load_task(context, command.task_id, command.version)
    access.require(context.person, Act.LEAD, path)
    require_handable(task)
    person = _worker(context, command.to, task, path)
    context.ledger.record(
        Stream.ORDER,
        order.id,
        facts.TaskAssigned(task=task.id, to=person.id, reason=command.reason),
        facts.Notified(people=(person.id,), notice="task_assigned", task=task.id),
    )
    return TaskResult(task_id=task.id, order_id=order.id)


def transfer_task(context: Context, command: commands.TransferTask) -> TaskResult:
    """Move a task to another group, unit or person; the order counts a hand-over."""
    task, order, path = load_task(context, command.task_id, command.version)
    is_worker = access.is_candidate(context.person, task, path) and (
        task.assignee is None or task.assignee in access.hands(context.person)
    )
    if not is_worker:
        access.require(context.person, Act.LEAD, path)
    elif not access.may(context.person, Act.LEAD, path):
        require_undelegated(task)
    require_handable(task)
    if is_worker:
        task = take_over(context, task, path)
    moved, to = _target(context, command, task)
    process = Process(context, order)
    process.record(
        facts.TaskTransferred(
            task=task.id,
            reason=command.reason,
            count=task.handovers + 1,
            queue=moved.queue,
            unit_id=moved.unit_id,
            to=to,
        )
    )
    process.count_handover()
    if to is not None:
        process.record(facts.Notified(people=(to,), notice="task_transferred", task=task.id))
    settle(process)
    return TaskResult(task_id=task.id, order_id=order.id)


def _target(
    context: Context, command: commands.TransferTask, task: Task
) -> tuple[Task, int | None]:
    """The task as it will be, free for its new group, and the person it goes to, if any.

    Raises:
        TransferTargetError: Nothing would change, or the target cannot work on it.
    """
    setup = context.ledger.setup
    if command.role is None and command.unit is None and command.to is None:
        raise TransferTargetError(fact="none was named")
    if command.role is not None and command.role not in access.ROLES:
        raise TransferTargetError(fact=f"role {command.role} is unknown")
    unit = setup.unit(task.unit_id) if command.unit is None else unit_named(setup, command.unit)
    roles = command.role or task.queue.partition("@")[0]
    moved = msgspec.structs.replace(
        task, queue=f"{roles}@{unit.id}" if roles else "", unit_id=unit.id, assignee=None
    )
    is_same_group = moved.queue == task.queue and unit.id == task.unit_id
    if command.to is None:
        if is_same_group:
            raise TransferTargetError(fact="the task is in that group already")
        return moved, None
    person = _worker(context, command.to, moved, unit.path)
    if is_same_group and person.id == task.assignee:
        raise TransferTargetError(fact=f"{person.login} holds the task already")
    return moved, person.id


def _worker(context: Context, login: str, task: Task, path: str) -> Person:
    (person,) = people_named(context.ledger, (login,))
    if not access.is_candidate(person, task, path):
        raise TransferTargetError(fact=f"{login} holds none of {', '.join(task.roles) or '-'}")
    if access.is_barred(person, task, path):
        raise access.BarredError(task=task.id)
    return person
