"""相同处理人自动跳过: who did the step before need not confirm the next one, where drawn so."""

from __future__ import annotations

from typing import Any

from engine.domain import access, facts
from engine.domain.forms import FormInvalidError
from engine.domain.records import Person, Task
from engine.handlers.process import Process
from engine.handlers.rounds import still_open
from engine.store.choices import RecordChoices


def skip_same_handler(process: Process) -> None:
    """Complete tasks just opened with ``skipSameHandler`` in the name of who did the one before.

    Only if that person, and nobody else by name, would have to do it, is not barred, nobody signs
    it, and its form may be left empty. Each element is skipped once per command, so a loop in the
    drawing ends.
    """
    while process.skippable:
        opened = process.skippable.pop(0)
        values = _values(process, opened)
        if values is None:
            continue
        done = process.completer
        process.completed[opened.element] = done
        process.record(
            facts.TaskCompleted(task=opened.task, skipped=True, stood_for=done.stood_for),
            actor=done.person,
        )
        process.run.complete_task(opened.number, values)
        # What that did has to be told before anything else: it may have taken other tasks away.
        return


def _values(process: Process, opened: facts.TaskOpened) -> dict[str, Any] | None:
    """What the empty form gives; None if the task is not to be skipped."""
    context, done = process.context, process.completer
    person = None if done.person is None else context.ledger.person(done.person)
    if person is None or opened.element in process.completed:
        return None
    is_waiting = any(each.id == opened.task for each in still_open(process))
    if not is_waiting or _is_signed(process, opened) or not _is_for(process, person, opened):
        return None
    form = None
    if opened.form is not None:
        form = context.ledger.form(opened.definition_id, opened.form)
    if form is None:
        return {}
    try:
        return context.forms.validate(
            form,
            {},
            variables=process.run.task_variables(opened.number),
            rights=context.ledger.setup.definition(opened.definition_id).rights(opened.element),
            records=RecordChoices(context.ledger, person, order_id=process.order.id),
        )
    except FormInvalidError:
        return None


def _is_signed(process: Process, opened: facts.TaskOpened) -> bool:
    recorded = process.context.ledger.recorded_of(process.order.id)
    return any(
        isinstance(fact, facts.SigningSet) and fact.task == opened.task for fact in recorded
    )


def _is_for(process: Process, person: Person, opened: facts.TaskOpened) -> bool:
    """Whether the task would be this person's to do, in their own right."""
    path = process.context.ledger.setup.unit(opened.unit_id).path
    return access.is_worker(person, as_task(opened, process), path)


def as_task(opened: facts.TaskOpened, process: Process) -> Task:
    """A task this command has opened, as it will be read by the next."""
    return Task(
        id=opened.task,
        order_id=process.order.id,
        number=opened.number,
        purpose=opened.purpose,
        element=opened.element,
        definition_id=opened.definition_id,
        name=opened.name,
        name_en=opened.name_en,
        state="open",
        queue=opened.queue,
        unit_id=opened.unit_id,
        priority=opened.priority,
        opened_at=process.context.now,
        version=1,
        assignee=opened.assignee,
        users=opened.users,
        barred=opened.barred,
        barred_too=opened.barred_too,
    )
