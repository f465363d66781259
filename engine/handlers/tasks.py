"""Doing tasks: complete them, put a draft aside."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from engine.domain import commands, facts
from engine.domain.forms import FieldProblem, FormInvalidError
from engine.domain.records import Task
from engine.errors import ConflictError, NotFoundError
from engine.handlers.context import Context
from engine.handlers.loading import form_of, load_workable, require_undelegated, rights_of
from engine.handlers.naming import UnitUnknownError
from engine.handlers.orders import opened
from engine.handlers.process import Process
from engine.handlers.results import IdResult, TaskResult
from engine.handlers.rounds import SIGNATURE, withdraw
from engine.handlers.signing import require_opinions, require_unsigned, sign, submit
from engine.handlers.stepping import act, settle
from engine.handlers.supervising import write_instruction
from engine.store.choices import RecordChoices

_log = logging.getLogger(__name__)
#: Problems of fields that the step hides or only shows.
_OVERREACHING: Final = frozenset({"field_hidden", "field_readonly"})


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
    require_undelegated(task)
    if task.purpose == "extension":
        raise WrongFormError(task=task.id)
    signing = require_opinions(task, context.person)
    process = Process(context, order)
    values = _validated(context, task, process, command.values)
    if task.purpose == SIGNATURE:
        return sign(process, task, values)
    if task.purpose != "work":
        return _complete_supervision(process, task, values)
    if signing is not None:
        return submit(process, task, signing, values)
    if task.signing is not None:
        # Who works on it may have been asked for an opinion before: it is not wanted any more.
        withdraw(process, task.id, reason="signing_decided")
    is_late = task.due_at is not None and task.due_at < context.now
    process.record(facts.TaskCompleted(task=task.id, late=is_late))
    process.completing(task)
    try:
        act(process, f"task {task.id}", lambda run: run.complete_task(task.number, values))
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
    form = form_of(context.ledger, context.forms, task)
    if form is None:
        return dict(values)
    known = process.run.task_variables(task.number) if task.purpose == "work" else task.details
    try:
        return context.forms.validate(
            form,
            values,
            variables=known,
            draft=draft,
            rights=rights_of(context.ledger, task),
            records=RecordChoices(context.ledger, context.person, order_id=task.order_id),
        )
    except FormInvalidError as refused:
        _note_overreach(context, task, refused)
        raise


def _note_overreach(context: Context, task: Task, refused: FormInvalidError) -> None:
    """Put on record that values came for fields the person was not offered; never the values."""
    fields = [
        path
        for path, problems in refused.problems.items()
        if any(problem.code in _OVERREACHING for problem in problems)
    ]
    if fields:
        _log.warning(
            "values for fields not offered were refused: person %s, task %s, fields %s",
            context.person.login,
            task.id,
            ", ".join(fields),
        )


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
    if target is not None and values.get("instruction"):
        tasks = [target] if target.assignee is not None else []
        write_instruction(process, values["instruction"], tasks, task=target.id)
    settle(process)
    return TaskResult(task_id=task.id, order_id=process.order.id)


def save_draft(context: Context, command: commands.SaveDraft) -> IdResult:
    """Keep half-filled values; refuses to overwrite a newer draft of the same person."""
    task, order = load_workable(context, command.task_id)
    require_unsigned(task)
    if task.form is not None:
        _validated(context, task, Process(context, order), command.values, draft=True)
    present = context.ledger.papers.draft_version(task.id, context.person.id)
    if command.draft_version is not None and command.draft_version != present:
        raise DraftStaleError(expected=command.draft_version, actual=present)
    context.ledger.papers.save_draft(task.id, context.person.id, command.values, present + 1)
    return IdResult(id=present + 1)


def discard_draft(context: Context, command: commands.DiscardDraft) -> IdResult:
    """Throw the caller's draft away, also after the task was taken by somebody else."""
    if not context.ledger.papers.discard_draft(command.task_id, context.person.id):
        raise DraftNotFoundError(task=command.task_id)
    return IdResult(id=command.task_id)
