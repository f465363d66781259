"""Applies rules of the escalation policy to an order: by its clocks, or because of an event."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from engine.domain import escalation, facts
from engine.domain.escalation import Action, EscalationRule, PlannedEscalation
from engine.domain.records import Task
from engine.domain.signing import read
from engine.handlers.clocks import ORDER_CLOCK, is_task_clock, task_of
from engine.handlers.process import Process
from engine.store.ledger import Ledger

_PRIORITY_STEP = 10

_CLOSING = (facts.TaskCompleted, facts.TaskJumped, facts.TaskReturned, facts.TaskWithdrawn)


class _Occasion(msgspec.Struct, frozen=True, kw_only=True):
    """One rule that is to be applied now.

    Attributes:
        clock: Key of the clock; that of the order for an event.
        tasks: Open drawn tasks it is about.
    """

    rule: EscalationRule
    clock: str
    planned_at: datetime
    actions: tuple[Action, ...]
    missed: int
    tasks: tuple[Task, ...]

    @property
    def task(self) -> Task | None:
        """The one task it is about, the oldest if there are several."""
        return self.tasks[0] if self.tasks else None


class _Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where an escalation goes: a role at a unit, or who works on the tasks."""

    unit_id: int
    role: str | None
    people: tuple[int, ...]

    @property
    def queue(self) -> str:
        """Queue of the receivers, empty when only people are meant."""
        return f"{self.role}@{self.unit_id}" if self.role else ""


def escalate(process: Process, key: str) -> None:
    """Apply what is due on a clock."""
    tasks = _guarded(process.context.ledger, process.order.id, key)
    is_claimed = bool(tasks) and all(task.state == "claimed" for task in tasks)
    for planned in process.clocks.due(key):
        if not (is_claimed and planned.rule.stop == "claimed"):
            _apply(process, _occasion(key, planned, tasks))
        process.clocks.remember(key, planned.mark)


def on_event(process: Process, event: str) -> None:
    """Apply the rules for something that happened to the order."""
    ledger = process.context.ledger
    state = process.clocks.get(ORDER_CLOCK)
    sla_key = state.value.sla_key if state is not None else escalation.ANY_KEY
    rules = escalation.on_event(ledger.setup.rules, sla_key, process.clocks.classes, event)
    tasks = _guarded(ledger, process.order.id, ORDER_CLOCK) if rules else []
    for rule in rules:
        _apply(
            process,
            _Occasion(
                rule=rule,
                clock=ORDER_CLOCK,
                planned_at=process.context.now,
                actions=rule.actions,
                missed=0,
                tasks=tuple(tasks),
            ),
        )


def waited_for(ledger: Ledger, tasks: Iterable[Task]) -> list[int]:
    """Whom tasks wait for: who works on them, and signers who were asked and have not signed.

    A completion that waits for its signers waits for nobody else.
    """
    people: set[int] = set()
    for task in tasks:
        signing = read(task.signing)
        if signing is not None and signing.is_asking:
            people.update(signing.pending)
        if signing is None or not signing.submitted:
            people.update(workers(ledger, [task]))
    return sorted(people)


def workers(ledger: Ledger, tasks: Iterable[Task]) -> list[int]:
    """Who works on tasks, and who lent them out; for unclaimed ones everybody who could."""
    people: set[int] = set()
    for task in tasks:
        if task.assignee is not None:
            people.update(each for each in (task.assignee, task.owner) if each is not None)
            continue
        people.update(task.users)
        for role in task.roles:
            people.update(ledger.holders(role, task.unit_id))
    return sorted(people)


def _guarded(ledger: Ledger, order_id: int, key: str) -> list[Task]:
    """Open drawn tasks a clock is about, but for those this command has closed."""
    closed = {fact.task for fact in ledger.recorded_of(order_id) if isinstance(fact, _CLOSING)}
    return [
        task
        for task in ledger.open_tasks(order_id)
        if task.purpose == "work"
        and task.id not in closed
        and (not is_task_clock(key) or task.id == task_of(key))
    ]


def _occasion(key: str, planned: PlannedEscalation, tasks: Sequence[Task]) -> _Occasion:
    return _Occasion(
        rule=planned.rule,
        clock=key,
        planned_at=planned.planned_at,
        actions=planned.actions,
        missed=planned.missed,
        tasks=tuple(tasks),
    )


def _apply(process: Process, occasion: _Occasion) -> None:
    rule, task, place = occasion.rule, occasion.task, _place(process, occasion)
    process.level = max(process.level, rule.level)
    process.record(
        facts.EscalationFired(
            clock=occasion.clock,
            level=rule.level,
            order_level=process.level,
            actions=occasion.actions,
            planned_at=occasion.planned_at,
            receivers=place.people,
            role=place.role or "",
            unit_id=place.unit_id,
            task=task.id if task else None,
            missed=occasion.missed,
            rule=rule.code,
            of_unit_id=task.unit_id if task else process.order.unit_id,
        ),
        *(
            facts.TaskEscalated(task=each.id, level=rule.level)
            for each in occasion.tasks
            if rule.level > each.level
        ),
        actor=None,
    )
    texts = _texts(process, occasion)
    if "raise_priority" in occasion.actions:
        process.raise_priority(process.priority + _PRIORITY_STEP, actor=None)
    if "supervise" in occasion.actions:
        _supervise(process, occasion, place, texts)
    if "reassign" in occasion.actions and place.role:
        _reassign(process, occasion, place)
    if "notify" in occasion.actions:
        for about, people in _told(process, occasion, place):
            process.record(
                facts.Notified(
                    people=people,
                    notice="escalated" if rule.level else "reminder",
                    task=about,
                    params={"level": rule.level, **texts},
                ),
                actor=None,
            )


def _told(
    process: Process, occasion: _Occasion, place: _Place
) -> list[tuple[int | None, tuple[int, ...]]]:
    """People to tell, with the task to show them: signers their own, which alone they may see."""
    about = None if occasion.task is None else occasion.task.id
    sheets = {}
    if place.role is None:
        signed = {task.id for task in occasion.tasks if task.signing is not None}
        sheets = {
            task.details.get("signer"): task.id
            for task in process.context.ledger.open_tasks(process.order.id)
            if task.purpose == "signature" and task.target in signed
        }
    others = tuple(person for person in place.people if person not in sheets)
    apart = [(sheets[person], (person,)) for person in place.people if person in sheets]
    return ([(about, others)] if others else []) + apart


def _place(process: Process, occasion: _Occasion) -> _Place:
    """The receiver, relative to the task, or to the order for its own clocks."""
    setup, receiver = process.context.ledger.setup, occasion.rule.receiver
    task = occasion.task if is_task_clock(occasion.clock) else None
    unit_id = process.order.unit_id if task is None else task.unit_id
    if receiver.scope == "hq":
        unit_id = setup.root.id
    elif receiver.scope == "branch":
        unit_id = setup.branch_of(unit_id).id
    ledger, role = process.context.ledger, receiver.role
    people = ledger.holders(role, unit_id) if role else waited_for(ledger, occasion.tasks)
    return _Place(unit_id=unit_id, role=role, people=tuple(people))


def _texts(process: Process, occasion: _Occasion) -> dict[str, str]:
    """The rule's sentence in both languages; times are those of the clock's place."""
    rule, task, order = occasion.rule, occasion.task, process.order
    ledger = process.context.ledger
    customer = None if order.customer_id is None else ledger.customer(order.customer_id)
    assignee = None if task is None or task.assignee is None else ledger.person(task.assignee)
    values = {
        "work_order": order.number,
        "subject": order.title,
        "customer": customer.name if customer else "",
        "clock": occasion.clock.partition(":")[0],
        "due_at": process.clocks.shown_deadline(occasion.clock),
        "level": rule.level,
        "assignee": assignee.name if assignee else "",
    }
    return {
        "zh": rule.text("zh", values | {"task": task.name if task else order.title}),
        "en": rule.text("en", values | {"task": task.name_en if task else order.title}),
    }


def _supervise(
    process: Process, occasion: _Occasion, place: _Place, texts: dict[str, str]
) -> None:
    level, task, title = occasion.rule.level, occasion.task, process.order.title
    state = process.clocks.get(occasion.clock)
    due_at = state.due_at.isoformat() if state is not None and state.due_at is not None else ""
    process.open_ad_hoc(
        purpose="supervision",
        name=f"督办（{level} 级）：{task.name if task else title}",
        name_en=f"Supervise (level {level}): {task.name_en if task else title}",
        unit_id=place.unit_id,
        queue=place.queue,
        users=() if place.role else place.people,
        form="supervise",
        level=level,
        priority=process.priority,
        target=task.id if task else None,
        details={"clock": occasion.clock, "due_at": due_at, **texts},
    )


def _reassign(process: Process, occasion: _Occasion, place: _Place) -> None:
    for task in occasion.tasks:
        signing = read(task.signing)
        if signing is not None and signing.submitted:
            # Its worker has done it; another one could do nothing about its signers.
            continue
        process.record(
            facts.TaskTransferred(
                task=task.id,
                reason=occasion.rule.code,
                count=task.handovers + 1,
                queue=place.queue,
                unit_id=place.unit_id,
            ),
            actor=None,
        )
        process.count_handover(actor=None)
