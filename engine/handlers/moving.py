"""Along the drawing: send a task back 退单, jump 自由跳转."""

from __future__ import annotations

from engine.domain import access, commands, facts
from engine.domain.access import Act
from engine.domain.records import Task
from engine.errors import ConflictError
from engine.handlers.context import Context
from engine.handlers.loading import (
    load_task,
    load_workable,
    require_undelegated,
)
from engine.handlers.orders import opened
from engine.handlers.process import Process
from engine.handlers.results import TaskResult
from engine.handlers.stepping import StepNotPossibleError, act, settle


class NothingToReturnToError(ConflictError):
    """No earlier step to send the task back to."""

    code = "no_earlier_step"
    template = "Expected an earlier step to return task {task} to, but there is none."


class NotReturnableError(ConflictError):
    """A task outside the drawing cannot be sent back."""

    code = "not_returnable"
    template = "Expected a drawn task, but task {task} is a {purpose} task."


# ---- send back ------------------------------------------------------------------------------


def return_task(context: Context, command: commands.ReturnTask) -> TaskResult:
    """Send a drawn task back to the step before, or to a named earlier one."""
    task, order = load_workable(context, command.task_id, command.version)
    require_undelegated(task)
    if task.purpose != "work":
        raise NotReturnableError(task=task.id, purpose=task.purpose)
    process = Process(context, order)
    process.returned.add(task.number)
    element = _moved(process, task, command.to_element)
    process.record(facts.TaskReturned(task=task.id, reason=command.reason, to_element=element))
    process.count_handover()
    settle(process)
    return TaskResult(task_id=task.id, order_id=order.id, opened=opened(context))


def _moved(process: Process, task: Task, wanted: str | None) -> str:
    """Move the token back; the element it stands on now.

    Without a wish it is the step completed last from which the process can still go on: not one
    of a parallel branch or of another called process.

    Raises:
        NothingToReturnToError: No earlier step.
        StepNotPossibleError: The wanted step was done, but the process cannot go on from there.
    """
    earlier = process.context.ledger.completed_before(process.order.id, task.id)
    elements = [element for element in earlier if element != task.element or wanted]
    if wanted is not None:
        elements = [element for element in elements if element == wanted]
    for element in dict.fromkeys(elements):
        try:
            process.run.move(task.number, element)
        except LookupError:
            continue
        return element
    if elements and wanted is not None:
        raise StepNotPossibleError(what=f"element {wanted}", order=process.order.number)
    raise NothingToReturnToError(task=task.id)


# ---- jump -----------------------------------------------------------------------------------


def jump_task(context: Context, command: commands.JumpTask) -> TaskResult:
    """Leave a drawn task undone and go on at another task, event or end of the process."""
    task, order, _ = load_task(context, command.task_id, command.version)
    access.require(context.person, Act.JUMP, order.unit_path)
    if task.purpose != "work":
        raise NotReturnableError(task=task.id, purpose=task.purpose)
    process = Process(context, order)
    possible = {place.element_id for place in process.run.destinations(task.number)}
    if command.to_element not in possible:
        raise StepNotPossibleError(what=f"element {command.to_element}", order=order.number)
    process.returned.add(task.number)
    process.record(
        facts.TaskJumped(task=task.id, reason=command.reason, to_element=command.to_element)
    )
    told = {task.assignee, task.owner} - {None, context.person.id}
    if told:
        process.record(
            facts.Notified(
                people=tuple(sorted(each for each in told if each is not None)),
                notice="task_jumped",
                task=task.id,
                params={"text": command.reason},
            )
        )
    act(process, f"task {task.id}", lambda run: run.move(task.number, command.to_element))
    return TaskResult(
        task_id=task.id, order_id=order.id, opened=opened(context), is_ended=process.run.is_ended
    )
