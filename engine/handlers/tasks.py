"""Doing tasks: complete, put a draft aside, send back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from engine.domain import commands, facts
from engine.domain.forms import FieldProblem, FormInvalidError
from engine.domain.records import Task
from engine.errors import ConflictError, NotFoundError
from engine.handlers.context import Context
from engine.handlers.loading import load_workable
from engine.handlers.naming import UnitUnknownError
from engine.handlers.orders import opened
from engine.handlers.results import IdResult, TaskResult
from engine.handlers.stepping import Process, StepNotPossibleError


class NothingToReturnToError(ConflictError):
    """No earlier step to send the task back to."""

    code = "no_earlier_step"
    template = "Expected an earlier step to return task {task} to, but there is none."


class NotReturnableError(ConflictError):
    """A task outside the drawing cannot be sent back."""

    code = "not_returnable"
    template = "Expected a drawn task, but task {task} is a {purpose} task."


class DraftStaleError(ConflictError):
    """The draft was saved from elsewhere in the meantime."""

    code = "draft_stale"
    template = "Expected the draft at version {expected}, but it is at {actual}."


class DraftNotFoundError(NotFoundError):
    """The caller has no draft of the task."""

    code = "draft_not_found"
    template = "Expected a draft of yours for task {task}, but there is none."


class WrongFormError(ConflictError):
    """Extension requests are decided, not completed."""

    code = "decide_instead"
    template = "Expected a decision about the extension, not a completion of task {task}."


def complete_task(context: Context, command: commands.CompleteTask) -> TaskResult:
    """Complete a task and step its order until nothing can go on."""
    task, order = load_workable(context, command.task_id, command.version)
    if task.purpose == "extension":
        raise WrongFormError(task=task.id)
    process = Process(context, order)
    values = _validated(context, task, process, command.values)
    if task.purpose != "work":
        return _complete_supervision(process, task, values)
    is_late = task.due_at is not None and task.due_at < context.now
    process.record(facts.TaskCompleted(task=task.id, late=is_late))
    process.completing(task)
    try:
        process.act(f"task {task.id}", lambda run: run.complete_task(task.number, values))
    except UnitUnknownError as refused:
        _refuse_at_field(refused, values)
        raise
    return TaskResult(
        task_id=task.id,
        order_id=order.id,
        opened=opened(context),
        is_ended=process.run.is_ended,
    )


def _validated(
    context: Context,
    task: Task,
    process: Process,
    values: Mapping[str, Any],
    *,
    draft: bool = False,
) -> dict[str, Any]:
    form = context.ledger.form(task.definition_id, task.form) if task.form else None
    if form is None:
        return dict(values)
    known = process.run.task_variables(task.number) if task.purpose == "work" else task.details
    return context.forms.validate(form, values, variables=known, draft=draft)


def _refuse_at_field(refused: UnitUnknownError, values: Mapping[str, Any]) -> None:
    """Tell the refusal of a unit code of the field it was posted in, if it was.

    Raises:
        FormInvalidError: It was.
    """
    code = refused.params["unit"]
    problem = FieldProblem(
        code="unit_unknown",
        zh=f"没有编码为 {code} 的单位。",
        en=f"There is no unit with the code {code}.",
    )
    fields = {name: (problem,) for name, value in values.items() if value == code}
    if fields:
        raise FormInvalidError(fields) from refused


def _complete_supervision(process: Process, task: Task, values: dict[str, Any]) -> TaskResult:
    """A supervision task ends with a note; its instruction is shown to who works on the order.

    The superior may give the supervised clock another deadline.
    """
    ledger = process.context.ledger
    process.record(facts.TaskCompleted(task=task.id), facts.TaskNoted(task=task.id, values=values))
    clock, new_due = task.details.get("clock"), values.get("new_due")
    if clock and new_due and process.clocks.get(clock) is not None:
        process.clocks.set_due(clock, datetime.fromisoformat(new_due))
        process.reschedule(clock)
    target = next(
        (other for other in ledger.open_tasks(process.order.id) if other.id == task.target), None
    )
    if target is not None and target.assignee is not None and values.get("instruction"):
        process.record(
            facts.Notified(
                people=(target.assignee,),
                notice="instruction",
                task=target.id,
                params={"instruction": values["instruction"]},
            ),
        )
    process.settle()
    return TaskResult(task_id=task.id, order_id=process.order.id)


def save_draft(context: Context, command: commands.SaveDraft) -> IdResult:
    """Keep half-filled values; refuses to overwrite a newer draft of the same person."""
    task, order = load_workable(context, command.task_id)
    if task.form is not None:
        _validated(context, task, Process(context, order), command.values, draft=True)
    present = context.ledger.draft_version(task.id, context.person.id)
    if command.draft_version is not None and command.draft_version != present:
        raise DraftStaleError(expected=command.draft_version, actual=present)
    context.ledger.save_draft(task.id, context.person.id, command.values, present + 1)
    return IdResult(id=present + 1)


def discard_draft(context: Context, command: commands.DiscardDraft) -> IdResult:
    """Throw the caller's draft away, also after the task was taken by somebody else."""
    if not context.ledger.discard_draft(command.task_id, context.person.id):
        raise DraftNotFoundError(task=command.task_id)
    return IdResult(id=command.task_id)


def return_task(context: Context, command: commands.ReturnTask) -> TaskResult:
    """Send a drawn task back to the step before, or to a named earlier one."""
    task, order = load_workable(context, command.task_id, command.version)
    if task.purpose != "work":
        raise NotReturnableError(task=task.id, purpose=task.purpose)
    process = Process(context, order)
    process.returned.add(task.number)
    element = _moved(process, task, command.to_element)
    process.record(facts.TaskReturned(task=task.id, reason=command.reason, to_element=element))
    process.count_handover()
    process.settle()
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
