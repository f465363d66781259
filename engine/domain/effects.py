"""What the kernel reports about one step of a process instance, in the order it happened.

Effects are the kernel's side of the conversation: they know elements and numbers, not people,
units or databases. Handlers translate them into facts (`engine.domain.facts`).

``number`` is unique within one process instance and never reused; it names one task, job, timer,
subscription or incident for its whole life.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

import msgspec


class Effect(msgspec.Struct, frozen=True, kw_only=True):
    """Base of all effects."""


class TaskOpened(Effect, frozen=True, kw_only=True):
    """A user task waits for a person.

    Attributes:
        element_id: BPMN id of the user task.
        process_key: Key of the process (top or called) that draws it.
        definition_id: Definition (key and version) that draws it; its forms belong to it.
        name: Name in the diagram (Chinese by convention).
        name_en: Extension property ``name:en``, or the name.
        form_key: ``camunda:formKey`` or ``camunda:formRef``; None when the task has no form.
        assignee: Evaluated ``camunda:assignee`` (a login), if any.
        candidate_groups: Evaluated ``camunda:candidateGroups``; else the role of the lane.
        candidate_users: Evaluated ``camunda:candidateUsers`` (logins).
        due_at: Evaluated ``camunda:dueDate`` (instant, or duration from now).
        follow_up_at: Evaluated ``camunda:followUpDate``.
        priority: Evaluated ``camunda:priority``, default 50, higher is more urgent.
        properties: Extension properties of the element with ``${...}`` values evaluated.
        loop_index: Position in a multi-instance activity, counted from 0.
        item: Value of the multi-instance element variable, if any.
    """

    number: int
    element_id: str
    process_key: str
    definition_id: int
    name: str
    name_en: str
    form_key: str | None = None
    assignee: str | None = None
    candidate_groups: tuple[str, ...] = ()
    candidate_users: tuple[str, ...] = ()
    due_at: datetime | None = None
    follow_up_at: datetime | None = None
    priority: int = 50
    properties: dict[str, Any] = {}
    loop_index: int | None = None
    item: Any = None


class TaskClosed(Effect, frozen=True, kw_only=True):
    """A user task ended: completed by a command, or taken away by the process."""

    number: int
    reason: Literal["completed", "interrupted"]


class JobOpened(Effect, frozen=True, kw_only=True):
    """A service task waits for its result (`camunda:topic`), inputs evaluated."""

    number: int
    element_id: str
    process_key: str
    name: str
    topic: str
    inputs: dict[str, Any] = {}


class JobClosed(Effect, frozen=True, kw_only=True):
    """A job ended: completed, failed with a BPMN error, or taken away."""

    number: int
    reason: Literal["completed", "error", "interrupted"]


class TimerSet(Effect, frozen=True, kw_only=True):
    """A timer was set, or moved when it is reported again with the same number.

    Attributes:
        due_at: Next firing; None while its clock is paused or unknown.
        attached_to: Number of the user task it guards, None if not on a user task.
        interrupting: Whether firing takes the guarded activity away.
        repeats: Whether it fires again after firing.
        clock: Name of the clock the expression reads, if it reads one.
    """

    number: int
    element_id: str
    name: str
    due_at: datetime | None
    attached_to: int | None = None
    interrupting: bool = True
    repeats: bool = False
    clock: str | None = None


class TimerFired(Effect, frozen=True, kw_only=True):
    """A timer fired.

    Attributes:
        planned_at: When it was due.
        missed: Repetitions that were due in the meantime and are covered by this one firing.
    """

    number: int
    element_id: str
    planned_at: datetime
    missed: int = 0


class TimerClosed(Effect, frozen=True, kw_only=True):
    """A timer will not fire (again)."""

    number: int


class MessageAwaited(Effect, frozen=True, kw_only=True):
    """The instance can now receive a message (or signal, see ``kind``) of this name."""

    number: int
    element_id: str
    message: str
    name: str = ""
    kind: Literal["message", "signal"] = "message"


class MessageReceived(Effect, frozen=True, kw_only=True):
    """A delivered message (or signal) was taken by this subscription."""

    number: int
    element_id: str
    message: str
    kind: Literal["message", "signal"] = "message"


class MessageClosed(Effect, frozen=True, kw_only=True):
    """The instance no longer waits with this subscription."""

    number: int


class MessageThrown(Effect, frozen=True, kw_only=True):
    """The process sends a message to the outside (send task, throw or end event)."""

    element_id: str
    message: str
    payload: dict[str, Any] = {}


class SignalThrown(Effect, frozen=True, kw_only=True):
    """The process broadcasts a signal to other instances; its own have received it already."""

    element_id: str
    signal: str


class MilestoneReached(Effect, frozen=True, kw_only=True):
    """A node with the extension property ``milestone`` was completed."""

    element_id: str
    milestone: str


class StateEntered(Effect, frozen=True, kw_only=True):
    """A node with the extension property ``state`` was entered (business state of the order)."""

    element_id: str
    state: str


class ClockStarted(Effect, frozen=True, kw_only=True):
    """A node with ``startClock`` ("name=sla key") was completed."""

    element_id: str
    clock: str
    sla: str


class ClockStopped(Effect, frozen=True, kw_only=True):
    """A node with ``stopClock`` ("name") was completed."""

    element_id: str
    clock: str


class IncidentOpened(Effect, frozen=True, kw_only=True):
    """A step cannot go on: wrong expression, no flow to take, uncaught BPMN error and the like.

    The token stays where it is until the incident is retried or cancelled.

    Attributes:
        kind: Stable word: ``expression``, ``no_flow``, ``uncaught_error``, ``decision``,
            ``called_process``, ``timer``, ``job``, ``loop`` (steps without end).
        code: BPMN error code for ``uncaught_error``, else None.
        message: One sentence naming expectation and fact; no class name, no traceback.
        message_zh: The same in Chinese; empty where another system wrote the sentence.
    """

    number: int
    element_id: str
    kind: str
    message: str
    message_zh: str = ""
    code: str | None = None


class IncidentClosed(Effect, frozen=True, kw_only=True):
    """The incident was resolved by a retry that worked, or its token was taken away."""

    number: int
    reason: Literal["resolved", "cancelled"]


class VariablesChanged(Effect, frozen=True, kw_only=True):
    """Variables of a scope changed in this step; the new values, whole.

    Attributes:
        scope: 0 for the instance, else the number of the called process's scope.
        values: Name to new value; None when a variable was emptied.
    """

    scope: int
    values: dict[str, Any]


class ElementsPassed(Effect, frozen=True, kw_only=True):
    """The flow nodes that completed in this step, in order (gateways and events included).

    Attributes:
        process_keys: Key of the process that draws each of them, in the same order.
    """

    element_ids: tuple[str, ...]
    process_keys: tuple[str, ...] = ()


class InstanceEnded(Effect, frozen=True, kw_only=True):
    """No token is left.

    Attributes:
        outcome: ``completed`` (reached an end), ``cancelled`` (by command) or ``terminated``.
        element_id: The last end event, if one was reached.
        state: Extension property ``state`` of that end event, if any.
    """

    outcome: Literal["completed", "cancelled", "terminated"]
    element_id: str | None = None
    state: str | None = None
