"""Effects to facts: what the kernel reports, told with people, units and clocks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.domain import effects, facts
from engine.handlers.clocks import task_clock, task_id
from engine.handlers.process import Process
from engine.handlers.rounds import draw, still_open, withdraw
from engine.store.lookups import NOBODY

Translation = Callable[["Process", Any], None]
_translations: dict[type[effects.Effect], Translation] = {}

_FINAL_STATES = {"completed": "completed", "cancelled": "cancelled", "terminated": "cancelled"}


def translates(kind: type[effects.Effect]) -> Callable[[Translation], Translation]:
    """Register the translation of an effect class."""

    def register(translation: Translation) -> Translation:
        _translations[kind] = translation
        return translation

    return register


def translate(process: Process, effect: effects.Effect) -> None:
    """Record the facts of one effect."""
    _translations[type(effect)](process, effect)


@translates(effects.TaskOpened)
def _(process: Process, effect: effects.TaskOpened) -> None:
    ledger, order = process.context.ledger, process.order
    task = task_id(order.id, effect.number)
    unit_id = process.unit_id(effect.properties.get("unit"))
    assignee = process.person_id(effect.assignee)
    users = [process.person_id(login) for login in effect.candidate_users]
    barred_by = effect.properties.get("notSamePersonAs")
    barred = NOBODY
    if barred_by:
        barred = (
            process.completed[barred_by]
            if barred_by in process.completed
            else ledger.completer_of(order.id, barred_by)
        )
    groups = ",".join(effect.candidate_groups)
    opened = facts.TaskOpened(
        task=task,
        number=effect.number,
        element=effect.element_id,
        definition_id=effect.definition_id,
        name=effect.name,
        name_en=effect.name_en,
        unit_id=unit_id,
        form=effect.form_key,
        queue=f"{groups}@{unit_id}" if groups else "",
        users=tuple(user for user in users if user is not None),
        assignee=assignee,
        barred=barred.person,
        barred_too=barred.stood_for,
        priority=max(effect.priority, process.priority),
        due_at=effect.due_at,
        follow_up_at=effect.follow_up_at,
        held=process.clocks.held,
        loop_index=effect.loop_index,
    )
    process.record(opened)
    sla_key = effect.properties.get("taskClock")
    if sla_key:
        process.clocks.start(
            task_clock(task),
            str(sla_key),
            unit_id=unit_id,
            customer_class=process.customer_class,
        )
        process.run.reschedule("task", effect.number)
    if assignee is not None:
        process.record(facts.Notified(people=(assignee,), notice="task_assigned", task=task))
    draw(process, opened, effect.properties)
    if effect.properties.get("skipSameHandler") in (True, "true"):
        process.skippable.append(opened)


@translates(effects.TaskClosed)
def _(process: Process, effect: effects.TaskClosed) -> None:
    task = task_id(process.order.id, effect.number)
    process.clocks.stop(task_clock(task))
    if effect.reason == "completed":
        return
    withdraw(process, task, reason="interrupted")
    if effect.number not in process.returned:
        process.record(facts.TaskWithdrawn(task=task, reason=process.why_withdrawn))


@translates(effects.JobOpened)
def _(process: Process, effect: effects.JobOpened) -> None:
    process.record(
        facts.JobOpened(
            number=effect.number,
            element=effect.element_id,
            topic=effect.topic,
            name=effect.name,
            inputs=effect.inputs,
        )
    )


@translates(effects.JobClosed)
def _(process: Process, effect: effects.JobClosed) -> None:
    if effect.number not in process.operations:
        process.record(facts.JobClosed(number=effect.number, reason=effect.reason))


@translates(effects.TimerSet)
def _(process: Process, effect: effects.TimerSet) -> None:
    attached = effect.attached_to
    process.record(
        facts.TimerSet(
            number=effect.number,
            element=effect.element_id,
            name=effect.name,
            due_at=effect.due_at,
            task=None if attached is None else task_id(process.order.id, attached),
            interrupting=effect.interrupting,
            repeats=effect.repeats,
            clock=effect.clock,
        )
    )


@translates(effects.TimerFired)
def _(process: Process, effect: effects.TimerFired) -> None:
    process.record(
        facts.TimerFired(
            number=effect.number,
            element=effect.element_id,
            planned_at=effect.planned_at,
            missed=effect.missed,
        ),
        actor=None,
    )


@translates(effects.TimerClosed)
def _(process: Process, effect: effects.TimerClosed) -> None:
    process.record(facts.TimerClosed(number=effect.number))


@translates(effects.MessageAwaited)
def _(process: Process, effect: effects.MessageAwaited) -> None:
    process.record(
        facts.MessageAwaited(
            number=effect.number,
            element=effect.element_id,
            message=effect.message,
            of=effect.kind,
            name=effect.name,
        )
    )


@translates(effects.MessageReceived)
def _(process: Process, effect: effects.MessageReceived) -> None:
    process.record(
        facts.MessageReceived(
            number=effect.number, element=effect.element_id, message=effect.message
        )
    )


@translates(effects.MessageClosed)
def _(process: Process, effect: effects.MessageClosed) -> None:
    process.record(facts.MessageClosed(number=effect.number))


@translates(effects.MessageThrown)
def _(process: Process, effect: effects.MessageThrown) -> None:
    process.record(
        facts.MessageThrown(
            element=effect.element_id, message=effect.message, payload=effect.payload
        )
    )


@translates(effects.SignalThrown)
def _(process: Process, effect: effects.SignalThrown) -> None:
    process.record(facts.SignalThrown(element=effect.element_id, signal=effect.signal))
    process.signals.append(effect.signal)


@translates(effects.MilestoneReached)
def _(process: Process, effect: effects.MilestoneReached) -> None:
    process.record(facts.MilestoneReached(milestone=effect.milestone))


@translates(effects.StateEntered)
def _(process: Process, effect: effects.StateEntered) -> None:
    if effect.state != process.state:
        process.state = effect.state
        process.record(facts.StateEntered(state=effect.state))


@translates(effects.ClockStarted)
def _(process: Process, effect: effects.ClockStarted) -> None:
    process.clocks.stop(effect.clock)
    process.clocks.start(
        effect.clock,
        effect.sla,
        unit_id=process.order.unit_id,
        customer_class=process.customer_class,
    )
    process.run.reschedule(effect.clock)


@translates(effects.ClockStopped)
def _(process: Process, effect: effects.ClockStopped) -> None:
    if process.clocks.stop(effect.clock):
        process.run.reschedule(effect.clock)


@translates(effects.IncidentOpened)
def _(process: Process, effect: effects.IncidentOpened) -> None:
    process.record(
        facts.IncidentOpened(
            number=effect.number,
            element=effect.element_id,
            problem=effect.kind,
            message=effect.message,
            message_zh=effect.message_zh,
            code=effect.code,
        )
    )


@translates(effects.IncidentClosed)
def _(process: Process, effect: effects.IncidentClosed) -> None:
    process.record(facts.IncidentClosed(number=effect.number, reason=effect.reason))


@translates(effects.VariablesChanged)
def _(process: Process, effect: effects.VariablesChanged) -> None:
    process.record(facts.VariablesChanged(scope=effect.scope, values=effect.values))
    if effect.scope:
        return
    shown = {name: value for name, value in effect.values.items() if name in process.published}
    if shown:
        process.record(facts.VariablesPublished(values=shown))
    before = process.clocks.classes
    process.set_classes()
    if before != process.clocks.classes:
        for key in process.clocks.running():
            process.clocks.replan(key)
    if effect.values.keys() & process.counted.keys():
        process.note_counters()


@translates(effects.ElementsPassed)
def _(process: Process, effect: effects.ElementsPassed) -> None:
    own = process.order.process_key
    is_elsewhere = any(key != own for key in effect.process_keys)
    process.record(
        facts.ElementsPassed(
            elements=effect.element_ids,
            processes=effect.process_keys if is_elsewhere else (),
        )
    )


@translates(effects.InstanceEnded)
def _(process: Process, effect: effects.InstanceEnded) -> None:
    for task in still_open(process):
        if task.purpose != "work":
            process.record(facts.TaskWithdrawn(task=task.id, reason="order_ended"))
    process.clocks.stop_all()
    state = effect.state or _FINAL_STATES[effect.outcome]
    process.record(facts.OrderEnded(outcome=effect.outcome, state=state, reason=process.reason))
