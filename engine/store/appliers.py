"""Facts to rows: one function per fact kind, each stupid on purpose.

An applier reads nothing and decides nothing; everything it writes stands in the fact, so that
folding the history alone gives the same projections (`engine.store.rebuild`).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Date, Table

from engine.domain import facts as f
from engine.domain import fragments, fulltext
from engine.store import tables as t
from engine.store.changes import Changes
from engine.store.types import Instant

#: Sort key of tasks without a deadline: after all that have one.
NO_DEADLINE = 1 << 52
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Event(NamedTuple):
    """A fact with its place and circumstances."""

    stream: int
    stream_id: int
    seq: int
    at: datetime
    actor: int | None
    fact: f.Fact

    @property
    def id(self) -> str:
        """Stable identifier given to receivers."""
        return f"{self.stream}-{self.stream_id}-{self.seq}"


class ClockEnd(NamedTuple):
    """What the end of a clock changes of it."""

    stopped_at: datetime
    next_at: datetime | None


Applier = Callable[[Changes, Event, Any], None]
_appliers: dict[type[f.Fact], Applier] = {}


def applies(kind: type[f.Fact]) -> Callable[[Applier], Applier]:
    """Register the applier of a fact class."""

    def register(applier: Applier) -> Applier:
        _appliers[kind] = applier
        return applier

    return register


def apply(changes: Changes, event: Event) -> None:
    """Add what the event changes; facts without an applier only live in the history."""
    applier = _appliers.get(type(event.fact))
    if applier is not None:
        applier(changes, event, event.fact)
    said = fulltext.said(event.fact, event.actor)
    if said:
        changes.append(t.order_text, (event.stream_id,), said)


def sort_due(due_at: datetime | None) -> int:
    """Sort key of a deadline: whole milliseconds, none sorts last."""
    return NO_DEADLINE if due_at is None else int((due_at - _EPOCH) / timedelta(milliseconds=1))


def _order(changes: Changes, event: Event, **values: object) -> None:
    changes.update(t.work_order, (event.stream_id,), values)


def _task(changes: Changes, task: int, **values: object) -> None:
    changes.update(t.task, (task,), values)


def _held_by(person: int | None) -> dict[str, object]:
    """A task in other hands: neither delegated nor held for somebody absent any more."""
    return {"assignee": person, "owner": None, "stood_for": None}


# ---- work orders ----------------------------------------------------------------------------


@applies(f.OrderStarted)
def _(changes: Changes, event: Event, fact: f.OrderStarted) -> None:
    changes.insert(
        t.work_order,
        (event.stream_id,),
        {
            "number": fact.number,
            "definition_id": fact.definition_id,
            "process_key": fact.process_key,
            "title": fact.title,
            "unit_id": fact.unit_id,
            "unit_path": fact.unit_path,
            "status": "running",
            "state": "acknowledged",
            "priority": fact.priority,
            "started_at": event.at,
            "started_by": event.actor,
            "first_owner": fact.first_owner,
            "customer_id": fact.customer_id,
            "parent_id": fact.parent_id,
            "ended_at": None,
            "outcome": None,
            "due_at": None,
            "held": None,
            "held_until": None,
            "level": 0,
            "urges": 0,
            "handovers": 0,
            "clocks": {},
        },
    )


@applies(f.VariablesPublished)
def _(changes: Changes, event: Event, fact: f.VariablesPublished) -> None:
    for name, value in fact.values.items():
        shown = (
            value
            if value is None or isinstance(value, str)
            else msgspec.json.encode(value).decode()
        )
        changes.put(t.order_variable, (event.stream_id, name), {"value": shown})


@applies(f.StateEntered)
def _(changes: Changes, event: Event, fact: f.StateEntered) -> None:
    _order(changes, event, state=fact.state)


@applies(f.PriorityRaised)
def _(changes: Changes, event: Event, fact: f.PriorityRaised) -> None:
    _order(changes, event, priority=fact.priority)
    for task in fact.tasks:
        _task(changes, task, priority=fact.priority, sort_priority=-fact.priority)


@applies(f.OrderHeld)
def _(changes: Changes, event: Event, fact: f.OrderHeld) -> None:
    _order(changes, event, held=fact.reason, held_until=fact.until)
    for task in fact.tasks:
        _task(changes, task, held=fact.reason)


@applies(f.OrderResumed)
def _(changes: Changes, event: Event, fact: f.OrderResumed) -> None:
    _order(changes, event, held=None, held_until=None)
    for task in fact.tasks:
        _task(changes, task, held=None)


@applies(f.OrderSuspended)
def _(changes: Changes, event: Event, fact: f.OrderSuspended) -> None:
    _order(changes, event, status="suspended")


@applies(f.OrderReactivated)
def _(changes: Changes, event: Event, fact: f.OrderReactivated) -> None:
    _order(changes, event, status="running")


@applies(f.OrderEnded)
def _(changes: Changes, event: Event, fact: f.OrderEnded) -> None:
    _order(
        changes,
        event,
        status="ended",
        state=fact.state,
        outcome=fact.outcome,
        ended_at=event.at,
        held=None,
        held_until=None,
    )


@applies(f.OrderUrged)
def _(changes: Changes, event: Event, fact: f.OrderUrged) -> None:
    _order(changes, event, urges=fact.count)
    for task in fact.tasks:
        _task(changes, task, urges=fact.count)


@applies(f.HandoverCounted)
def _(changes: Changes, event: Event, fact: f.HandoverCounted) -> None:
    _order(changes, event, handovers=fact.count)


# ---- tasks ----------------------------------------------------------------------------------


@applies(f.TaskOpened)
def _(changes: Changes, event: Event, fact: f.TaskOpened) -> None:
    changes.insert(
        t.task,
        (fact.task,),
        {
            "order_id": event.stream_id,
            "number": fact.number,
            "purpose": fact.purpose,
            "element": fact.element,
            "definition_id": fact.definition_id,
            "name": fact.name,
            "name_en": fact.name_en,
            "state": "open" if fact.assignee is None else "claimed",
            "queue": fact.queue,
            "unit_id": fact.unit_id,
            "form": fact.form,
            "assignee": fact.assignee,
            "users": list(fact.users) or None,
            "barred": fact.barred,
            "barred_too": fact.barred_too,
            "stood_for": None,
            "owner": None,
            "signing": None,
            "priority": fact.priority,
            "opened_at": event.at,
            "due_at": fact.due_at,
            "sort_due": sort_due(fact.due_at),
            "sort_priority": -fact.priority,
            "follow_up_at": fact.follow_up_at,
            "ended_at": None,
            "ended_by": None,
            "level": fact.level,
            "urges": 0,
            "handovers": 0,
            "held": fact.held,
            "target": fact.target,
            "details": fact.details or None,
        },
    )
    for person in fact.users:
        changes.insert(t.task_user, (person, fact.task), {})


@applies(f.TaskClaimed)
def _(changes: Changes, event: Event, fact: f.TaskClaimed) -> None:
    _task(changes, fact.task, state="claimed", assignee=event.actor)


@applies(f.TaskReleased)
def _(changes: Changes, event: Event, fact: f.TaskReleased) -> None:
    _task(changes, fact.task, state="open", **_held_by(None))


@applies(f.TaskAssigned)
def _(changes: Changes, event: Event, fact: f.TaskAssigned) -> None:
    _task(changes, fact.task, state="claimed", **_held_by(fact.to))


@applies(f.TaskTransferred)
def _(changes: Changes, event: Event, fact: f.TaskTransferred) -> None:
    _task(
        changes,
        fact.task,
        handovers=fact.count,
        queue=fact.queue,
        unit_id=fact.unit_id,
        state="open" if fact.to is None else "claimed",
        **_held_by(fact.to),
    )


@applies(f.TaskCompleted)
def _(changes: Changes, event: Event, fact: f.TaskCompleted) -> None:
    done = {"state": "completed", "ended_at": event.at, "ended_by": event.actor}
    _task(changes, fact.task, **done, **({"stood_for": fact.stood_for} if fact.skipped else {}))


@applies(f.TaskReturned)
def _(changes: Changes, event: Event, fact: f.TaskReturned) -> None:
    _task(changes, fact.task, state="withdrawn", ended_at=event.at, ended_by=event.actor)


@applies(f.TaskJumped)
def _(changes: Changes, event: Event, fact: f.TaskJumped) -> None:
    _task(changes, fact.task, state="withdrawn", ended_at=event.at, ended_by=event.actor)


@applies(f.StepTakenBack)
def _(changes: Changes, event: Event, fact: f.StepTakenBack) -> None:
    # Done it was, but not any more; when and by whom stays.
    _task(changes, fact.task, state="withdrawn")


@applies(f.TaskDelegated)
def _(changes: Changes, event: Event, fact: f.TaskDelegated) -> None:
    _task(changes, fact.task, assignee=fact.to, owner=fact.owner)


@applies(f.TaskGivenBack)
def _(changes: Changes, event: Event, fact: f.TaskGivenBack) -> None:
    _task(changes, fact.task, assignee=fact.to, owner=None)


@applies(f.TaskTakenOver)
def _(changes: Changes, event: Event, fact: f.TaskTakenOver) -> None:
    in_the_name_of = {} if fact.lent else {"stood_for": fact.of}
    _task(changes, fact.task, state="claimed", assignee=event.actor, **in_the_name_of)


@applies(f.TaskWithdrawn)
def _(changes: Changes, event: Event, fact: f.TaskWithdrawn) -> None:
    _task(changes, fact.task, state="withdrawn", ended_at=event.at)


@applies(f.SigningSet)
def _(changes: Changes, event: Event, fact: f.SigningSet) -> None:
    _task(changes, fact.task, signing=fact.value)


@applies(f.TaskEscalated)
def _(changes: Changes, event: Event, fact: f.TaskEscalated) -> None:
    _task(changes, fact.task, level=fact.level)


# ---- timers, jobs, messages, incidents ------------------------------------------------------


@applies(f.TimerSet)
def _(changes: Changes, event: Event, fact: f.TimerSet) -> None:
    changes.put(
        t.timer,
        (event.stream_id, fact.number),
        {
            "element": fact.element,
            "name": fact.name,
            "due_at": fact.due_at,
            "task_id": fact.task,
            "interrupting": fact.interrupting,
            "repeats": fact.repeats,
            "clock": fact.clock,
        },
    )


@applies(f.TimerClosed)
def _(changes: Changes, event: Event, fact: f.TimerClosed) -> None:
    changes.delete(t.timer, (event.stream_id, fact.number))


@applies(f.JobOpened)
def _(changes: Changes, event: Event, fact: f.JobOpened) -> None:
    changes.put(
        t.job,
        (event.stream_id, fact.number),
        {
            "element": fact.element,
            "topic": fact.topic,
            "name": fact.name,
            "inputs": fact.inputs,
            "opened_at": event.at,
        },
    )


@applies(f.JobClosed)
def _(changes: Changes, event: Event, fact: f.JobClosed) -> None:
    changes.delete(t.job, (event.stream_id, fact.number))


@applies(f.MessageAwaited)
def _(changes: Changes, event: Event, fact: f.MessageAwaited) -> None:
    changes.put(
        t.subscription,
        (event.stream_id, fact.number),
        {
            "element": fact.element,
            "message": fact.message,
            "kind": fact.of,
            "name": fact.name,
        },
    )


@applies(f.MessageClosed)
def _(changes: Changes, event: Event, fact: f.MessageClosed) -> None:
    changes.delete(t.subscription, (event.stream_id, fact.number))


@applies(f.IncidentOpened)
def _(changes: Changes, event: Event, fact: f.IncidentOpened) -> None:
    changes.put(
        t.incident,
        (event.stream_id, fact.number),
        {
            "element": fact.element,
            "problem": fact.problem,
            "message": fact.message,
            "message_zh": fact.message_zh,
            "code": fact.code,
            "opened_at": event.at,
            "closed_at": None,
            "reason": None,
        },
    )


@applies(f.IncidentClosed)
def _(changes: Changes, event: Event, fact: f.IncidentClosed) -> None:
    changes.update(
        t.incident,
        (event.stream_id, fact.number),
        {"closed_at": event.at, "reason": fact.reason},
    )


# ---- clocks ---------------------------------------------------------------------------------


@applies(f.ClockSet)
def _(changes: Changes, event: Event, fact: f.ClockSet) -> None:
    state = {
        "value": fact.value,
        "due_at": fact.due_at,
        "next_at": fact.next_at,
        "fired": fact.fired,
    }
    _order(changes, event, **{f"clocks.{fact.key}": state})
    name, _, task = fact.key.partition(":")
    if name == "task":
        for each in (int(task), *fact.shared):
            _task(changes, each, due_at=fact.due_at, sort_due=sort_due(fact.due_at))
    elif name == "order":
        _order(changes, event, due_at=fact.due_at)


@applies(f.ClockStopped)
def _(changes: Changes, event: Event, fact: f.ClockStopped) -> None:
    end = ClockEnd(stopped_at=event.at, next_at=fact.next_at)
    _order(changes, event, **{f"clocks.{fact.key}": end})


def escalation_row(fact: f.EscalationFired, at: datetime) -> dict[str, Any]:
    """The row of an escalation but for its key."""
    return {
        "at": at,
        "clock": fact.clock,
        "rule": fact.rule,
        "level": fact.level,
        "actions": fact.actions,
        "planned_at": fact.planned_at,
        "missed": fact.missed,
        "task_id": fact.task,
        "unit_id": fact.of_unit_id,
        "role": fact.role,
        "to_unit_id": fact.unit_id,
        "receivers": fact.receivers,
    }


@applies(f.EscalationFired)
def _(changes: Changes, event: Event, fact: f.EscalationFired) -> None:
    _order(changes, event, level=fact.order_level)
    changes.insert(t.escalation, (event.stream_id, event.seq), escalation_row(fact, event.at))


@applies(f.ExtensionRequested)
def _(changes: Changes, event: Event, fact: f.ExtensionRequested) -> None:
    changes.insert(
        t.extension,
        (fact.extension,),
        {
            "order_id": event.stream_id,
            "task_id": fact.task,
            "clock": fact.clock,
            "new_due_at": fact.new_due_at,
            "reason": fact.reason,
            "requested_by": event.actor,
            "requested_at": event.at,
            "state": "requested",
            "decided_by": None,
            "decided_at": None,
            "comment": None,
        },
    )


@applies(f.ExtensionWithdrawn)
def _(changes: Changes, _event: Event, fact: f.ExtensionWithdrawn) -> None:
    changes.update(t.extension, (fact.extension,), {"state": "withdrawn"})


@applies(f.ExtensionDecided)
def _(changes: Changes, event: Event, fact: f.ExtensionDecided) -> None:
    changes.update(
        t.extension,
        (fact.extension,),
        {
            "state": "approved" if fact.approved else "denied",
            "decided_by": event.actor,
            "decided_at": event.at,
            "comment": fact.comment,
        },
    )


# ---- talk -----------------------------------------------------------------------------------


@applies(f.CommentAdded)
def _(changes: Changes, event: Event, fact: f.CommentAdded) -> None:
    changes.insert(
        t.comment,
        (fact.comment,),
        {
            "order_id": event.stream_id,
            "task_id": fact.task,
            "author": event.actor,
            "at": event.at,
            "text": fact.text,
        },
    )


@applies(f.Instructed)
def _(changes: Changes, event: Event, fact: f.Instructed) -> None:
    changes.insert(
        t.instruction,
        (fact.instruction,),
        {
            "order_id": event.stream_id,
            "task_id": fact.task,
            "author": event.actor,
            "at": event.at,
            "text": fact.text,
        },
    )


@applies(f.AttachmentAdded)
def _(changes: Changes, event: Event, fact: f.AttachmentAdded) -> None:
    changes.insert(
        t.attachment,
        (fact.attachment,),
        {
            "order_id": event.stream_id,
            "task_id": fact.task,
            "name": fact.name,
            "media_type": fact.media_type,
            "size": fact.size,
            "sha256": fact.sha256,
            "author": event.actor,
            "at": event.at,
        },
    )


@applies(f.Copied)
def _(changes: Changes, event: Event, fact: f.Copied) -> None:
    for person in fact.people:
        changes.put(
            t.order_copy,
            (person, event.stream_id),
            {"task_id": fact.task, "author": event.actor, "at": event.at},
        )


@applies(f.CopyRemoved)
def _(changes: Changes, event: Event, fact: f.CopyRemoved) -> None:
    for person in fact.people:
        changes.delete(t.order_copy, (person, event.stream_id))


@applies(f.Notified)
def _(changes: Changes, event: Event, fact: f.Notified) -> None:
    for person in fact.people:
        changes.insert(
            t.notification,
            (event.id, person),
            {
                "order_id": event.stream_id if event.stream == f.Stream.ORDER else None,
                "task_id": fact.task,
                "notice": fact.notice,
                "params": fact.params or None,
                "at": event.at,
            },
        )


# ---- definitions, people, records -----------------------------------------------------------


@applies(f.DefinitionPublished)
def _(changes: Changes, event: Event, fact: f.DefinitionPublished) -> None:
    changes.insert(
        t.definition,
        (fact.definition_id,),
        {
            "key": fact.key,
            "version": fact.version,
            "deployment": fact.deployment,
            "name": fact.name,
            "name_en": fact.name_en,
            "published_at": event.at,
            "description": fact.description,
        },
    )


RECORD_TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        t.unit,
        t.customer,
        t.contact,
        t.contract,
        t.service,
        t.ip_block,
        t.visit_plan,
        t.calendar,
        t.sla_policy,
        t.escalation_rule,
        t.hold_reason,
    )
}


def _typed(table: Table, values: dict[str, Any]) -> dict[str, Any]:
    """Dates and instants come back from JSON as text; columns want them as such."""
    typed = dict(values)
    for name, value in values.items():
        if isinstance(value, str):
            column = table.c[name].type
            if isinstance(column, Instant):
                typed[name] = datetime.fromisoformat(value)
            elif isinstance(column, Date):
                typed[name] = date.fromisoformat(value)
    return typed


@applies(f.RecordSaved)
def _(changes: Changes, event: Event, fact: f.RecordSaved) -> None:
    table = RECORD_TABLES[fact.entity]
    save = changes.insert if fact.is_new else changes.update
    save(table, (fact.id,), _typed(table, fact.values))
    if table is t.customer:
        found_by = fragments.customer_words(fact.values)
        save(t.customer_text, (fact.id,), found_by)


@applies(f.RecordRemoved)
def _(changes: Changes, event: Event, fact: f.RecordRemoved) -> None:
    changes.delete(RECORD_TABLES[fact.entity], (fact.id,))


@applies(f.PersonSaved)
def _(changes: Changes, event: Event, fact: f.PersonSaved) -> None:
    if fact.is_new:
        changes.insert(t.person, (fact.person,), {**fact.values, "grants": []})
    else:
        changes.update(t.person, (fact.person,), fact.values)


@applies(f.RolesGranted)
def _(changes: Changes, event: Event, fact: f.RolesGranted) -> None:
    changes.update(t.person, (fact.person,), {"grants": [list(grant) for grant in fact.grants]})
    for role, unit_id in fact.removed:
        changes.delete(t.role_grant, (role, unit_id, fact.person))
    for role, unit_id in fact.added:
        changes.insert(t.role_grant, (role, unit_id, fact.person), {})


@applies(f.AbsenceSaved)
def _(changes: Changes, event: Event, fact: f.AbsenceSaved) -> None:
    changes.insert(
        t.absence,
        (fact.absence,),
        {
            "person_id": fact.person,
            "substitute_id": fact.substitute,
            "starts_at": fact.starts_at,
            "ends_at": fact.ends_at,
            "reason": fact.reason,
            "author": event.actor,
        },
    )


@applies(f.AbsenceEnded)
def _(changes: Changes, event: Event, fact: f.AbsenceEnded) -> None:
    changes.update(t.absence, (fact.absence,), {"ends_at": event.at})


@applies(f.TokenIssued)
def _(changes: Changes, event: Event, fact: f.TokenIssued) -> None:
    changes.insert(
        t.token,
        (fact.token,),
        {
            "person_id": fact.person,
            "name": fact.name,
            "digest": fact.digest,
            "issued_at": event.at,
            "expires_at": fact.expires_at,
            "revoked_at": None,
        },
    )


@applies(f.TokenRevoked)
def _(changes: Changes, event: Event, fact: f.TokenRevoked) -> None:
    changes.update(t.token, (fact.token,), {"revoked_at": event.at})
