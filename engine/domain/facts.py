"""Facts: what happened, in past tense, as appended to the history.

A fact carries absolute new values (counts, deadlines, states), so that its applier needs to read
nothing and decide nothing. The tag is the stable ``kind`` readers and subscribers see.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import IntEnum
from typing import Any, get_args

import msgspec


class Stream(IntEnum):
    """What a chain of facts is about; with an id it names one chain."""

    #: One work order: its process instance with everything that belongs to it.
    ORDER = 1
    #: One person: account, roles, tokens.
    PERSON = 3
    #: One customer with contracts, contacts and services.
    CUSTOMER = 4
    #: The operator's set-up: units, calendars, service levels, rules, published processes.
    SETUP = 5


class Fact(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind"):
    """Base of all facts; ``at``, actor and order come with the event that wraps it."""


# ---- work orders ----------------------------------------------------------------------------


class OrderStarted(Fact, frozen=True, kw_only=True, tag="order.started"):
    """A work order was opened on a definition.

    Attributes:
        number: Business number shown to people, unique.
        first_owner: Person first asked, kept for life. Source: R60 首问负责.
        customer_name: Its name then, so that the order is found by it for ever.
        message: Name of the message that opened it; None when a person did.
    """

    definition_id: int
    process_key: str
    number: str
    title: str
    unit_id: int
    unit_path: str
    customer_id: int | None = None
    customer_name: str | None = None
    parent_id: int | None = None
    priority: int = 50
    first_owner: int | None = None
    values: dict[str, Any] = {}
    message: str | None = None


class ElementsPassed(Fact, frozen=True, kw_only=True, tag="elements.passed"):
    """Flow nodes completed by one step, in order.

    Attributes:
        processes: Key of the process that draws each; empty if all are of the order's own.
    """

    elements: tuple[str, ...]
    processes: tuple[str, ...] = ()


class VariablesChanged(Fact, frozen=True, kw_only=True, tag="variables.changed"):
    """Variables of a scope (0 = the instance) got these values."""

    values: dict[str, Any]
    scope: int = 0


class VariablesPublished(Fact, frozen=True, kw_only=True, tag="variables.published"):
    """Variables that lists show and filter by got these values."""

    values: dict[str, Any]


class StateEntered(Fact, frozen=True, kw_only=True, tag="order.state_entered"):
    """The order entered a business state."""

    state: str


class MilestoneReached(Fact, frozen=True, kw_only=True, tag="milestone.reached"):
    """A drawn milestone was reached."""

    milestone: str


class PriorityRaised(Fact, frozen=True, kw_only=True, tag="order.priority_raised"):
    """The order and its open tasks got a higher priority."""

    priority: int
    tasks: tuple[int, ...] = ()


class OrderHeld(Fact, frozen=True, kw_only=True, tag="order.held"):
    """Work on the order was put on hold 挂起."""

    reason: str
    text: str = ""
    until: datetime | None = None
    pauses: bool = True
    tasks: tuple[int, ...] = ()


class OrderResumed(Fact, frozen=True, kw_only=True, tag="order.resumed"):
    """Work on the order goes on 解挂."""

    text: str = ""
    tasks: tuple[int, ...] = ()


class OrderSuspended(Fact, frozen=True, kw_only=True, tag="order.suspended"):
    """An operator stopped the instance: nothing fires, nothing can be completed."""

    reason: str


class OrderReactivated(Fact, frozen=True, kw_only=True, tag="order.reactivated"):
    """An operator let the suspended instance go on."""

    reason: str = ""


class OrderEnded(Fact, frozen=True, kw_only=True, tag="order.ended"):
    """No token is left."""

    outcome: str
    state: str
    reason: str = ""


class OrderUrged(Fact, frozen=True, kw_only=True, tag="order.urged"):
    """The customer or a colleague urged 催单; counts are new totals."""

    count: int
    text: str = ""
    tasks: tuple[int, ...] = ()


class HandoverCounted(Fact, frozen=True, kw_only=True, tag="order.handover_counted"):
    """Responsibility changed hands 流转; ``count`` is the new total."""

    count: int


# ---- tasks ----------------------------------------------------------------------------------


class TaskOpened(Fact, frozen=True, kw_only=True, tag="task.opened"):
    """A task waits for a person.

    Attributes:
        task: Task id, unique over all orders.
        purpose: ``work`` (drawn), ``supervision`` 督办, ``extension`` 延期审批 or ``signature``
            会签.
        queue: ``role,role@unit`` whose holders may claim it; empty when only named people may.
        users: People who may take it although they hold none of the roles.
        barred: Person who may not take it (four eyes).
        barred_too: Whose substitute that person was when doing the step this one checks.
        held: Why the order is on hold, if it is opened all the same.
        target: Task this one supervises or decides about.
    """

    task: int
    number: int
    element: str
    definition_id: int
    name: str
    name_en: str
    unit_id: int
    purpose: str = "work"
    form: str | None = None
    queue: str = ""
    users: tuple[int, ...] = ()
    assignee: int | None = None
    barred: int | None = None
    barred_too: int | None = None
    priority: int = 50
    due_at: datetime | None = None
    follow_up_at: datetime | None = None
    level: int = 0
    held: str | None = None
    target: int | None = None
    loop_index: int | None = None
    details: dict[str, Any] = {}


class TaskClaimed(Fact, frozen=True, kw_only=True, tag="task.claimed"):
    """A person took the task 领单."""

    task: int


class TaskReleased(Fact, frozen=True, kw_only=True, tag="task.released"):
    """The task went back to its group 释放."""

    task: int


class TaskAssigned(Fact, frozen=True, kw_only=True, tag="task.assigned"):
    """A superior gave the task to a person 派单."""

    task: int
    to: int
    reason: str = ""


class TaskTransferred(Fact, frozen=True, kw_only=True, tag="task.transferred"):
    """The task moved to another group or person 转派; ``count`` is its new hand-over total."""

    task: int
    reason: str
    count: int
    queue: str
    unit_id: int
    to: int | None = None


class TaskCompleted(Fact, frozen=True, kw_only=True, tag="task.completed"):
    """The task was done; its values are in ``variables.changed`` of the same command.

    Attributes:
        skipped: Nobody worked on it: who did the step before would have (相同处理人自动跳过).
        stood_for: Of a skipped task: whose substitute did the step before, if one did.
    """

    task: int
    late: bool = False
    skipped: bool = False
    stood_for: int | None = None


class TaskReturned(Fact, frozen=True, kw_only=True, tag="task.returned"):
    """The task was sent back 退单 with a reason to an earlier element."""

    task: int
    reason: str
    to_element: str


class StepTakenBack(Fact, frozen=True, kw_only=True, tag="task.taken_back"):
    """Who completed a task took it back 撤回 while nobody had touched what came next.

    Attributes:
        task: The completed task.
        element: Its element; a new task of it is opened by the same command.
        withdrawn: The untouched tasks that went away.
    """

    task: int
    element: str
    withdrawn: tuple[int, ...]
    reason: str = ""


class TaskJumped(Fact, frozen=True, kw_only=True, tag="task.jumped"):
    """A privileged person moved the process on from the task to another element 自由跳转."""

    task: int
    reason: str
    to_element: str


class TaskDelegated(Fact, frozen=True, kw_only=True, tag="task.delegated"):
    """The holder asked somebody else to prepare the task 委托; it comes back to the owner."""

    task: int
    owner: int
    to: int
    reason: str = ""


class TaskGivenBack(Fact, frozen=True, kw_only=True, tag="task.given_back"):
    """A delegated task is with its owner again.

    Attributes:
        recalled: The owner took it back before the delegate was done.
    """

    task: int
    to: int
    text: str = ""
    recalled: bool = False


class TaskTakenOver(Fact, frozen=True, kw_only=True, tag="task.taken_over"):
    """A substitute 代理人 holds the task of somebody absent: ``of`` held it or was named.

    Attributes:
        lent: Whether it was delegated to ``of``; then it is done in nobody else's name.
    """

    task: int
    of: int
    lent: bool = False


class SigningSet(Fact, frozen=True, kw_only=True, tag="task.signing_set"):
    """The signing round of a task got this new value 加签 会签 或签.

    Attributes:
        cause: ``added``, ``removed``, ``signed``, ``submitted``, ``taken_back``, ``ended``.
        people: Whom the cause is about.
        value: Encoded `engine.domain.signing.Signing`; None when the round is over for good.
    """

    task: int
    cause: str
    value: dict[str, Any] | None
    people: tuple[int, ...] = ()
    text: str = ""


class Instructed(Fact, frozen=True, kw_only=True, tag="order.instructed"):
    """A superior wrote an instruction 批示 that who works on it sees as a banner."""

    instruction: int
    text: str
    task: int | None = None


class TaskWithdrawn(Fact, frozen=True, kw_only=True, tag="task.withdrawn"):
    """The process or its end took the task away."""

    task: int
    reason: str = "interrupted"


class TaskEscalated(Fact, frozen=True, kw_only=True, tag="task.escalated"):
    """The task reached an escalation level."""

    task: int
    level: int


class TaskNoted(Fact, frozen=True, kw_only=True, tag="task.noted"):
    """Result of a task outside the drawing (supervision, decision)."""

    task: int
    values: dict[str, Any]


# ---- timers, jobs, messages, incidents ------------------------------------------------------


class TimerSet(Fact, frozen=True, kw_only=True, tag="timer.set"):
    """A timer was set or moved."""

    number: int
    element: str
    name: str
    due_at: datetime | None
    task: int | None = None
    interrupting: bool = True
    repeats: bool = False
    clock: str | None = None


class TimerFired(Fact, frozen=True, kw_only=True, tag="timer.fired"):
    """A timer fired; the event's ``at`` is the actual time."""

    number: int
    element: str
    planned_at: datetime
    missed: int = 0


class TimerClosed(Fact, frozen=True, kw_only=True, tag="timer.closed"):
    """A timer will not fire any more."""

    number: int


class JobOpened(Fact, frozen=True, kw_only=True, tag="job.opened"):
    """An external task waits for a worker's answer."""

    number: int
    element: str
    topic: str
    name: str = ""
    inputs: dict[str, Any] = {}


class JobClosed(Fact, frozen=True, kw_only=True, tag="job.closed"):
    """An external task got its answer or was taken away."""

    number: int
    reason: str


class OperationDone(Fact, frozen=True, kw_only=True, tag="operation.done"):
    """A business operation ran inside the step."""

    topic: str
    element: str


class MessageAwaited(Fact, frozen=True, kw_only=True, tag="message.awaited"):
    """The order can receive this message, or this signal (``of``)."""

    number: int
    element: str
    message: str
    of: str = "message"
    name: str = ""


class MessageReceived(Fact, frozen=True, kw_only=True, tag="message.received"):
    """A message reached the order."""

    message: str
    element: str
    number: int


class MessageClosed(Fact, frozen=True, kw_only=True, tag="message.closed"):
    """The order no longer waits for this message."""

    number: int


class MessageThrown(Fact, frozen=True, kw_only=True, tag="message.thrown"):
    """The order sent a message to the outside."""

    message: str
    element: str
    payload: dict[str, Any] = {}


class SignalThrown(Fact, frozen=True, kw_only=True, tag="signal.thrown"):
    """The order broadcast a signal."""

    signal: str
    element: str


class IncidentOpened(Fact, frozen=True, kw_only=True, tag="incident.opened"):
    """A step cannot go on until an operator acts.

    Attributes:
        message: English sentence. message_zh: The same in Chinese, empty if nobody wrote one.
    """

    number: int
    element: str
    problem: str
    message: str
    message_zh: str = ""
    code: str | None = None


class IncidentClosed(Fact, frozen=True, kw_only=True, tag="incident.closed"):
    """The incident was resolved or its token taken away."""

    number: int
    reason: str


# ---- clocks and escalation ------------------------------------------------------------------


class ClockSet(Fact, frozen=True, kw_only=True, tag="clock.set"):
    """A clock was started, paused, resumed, extended or replanned: its whole new value.

    Attributes:
        key: ``order`` or another drawn name, or ``task:<id>`` for a task's own clock.
        cause: ``started``, ``paused``, ``resumed``, ``extended``, ``replanned``.
        value: Encoded `engine.domain.sla.SlaClock`.
        due_at: Deadline, None while paused.
        next_at: Next escalation of this clock, None if none is planned.
        fired: Marks of escalations that have fired, see `engine.domain.escalation.remember`.
        shared: Open signature tasks about the clock's task; they are due with it.
    """

    key: str
    cause: str
    value: dict[str, Any]
    due_at: datetime | None
    next_at: datetime | None = None
    fired: tuple[str, ...] = ()
    shared: tuple[int, ...] = ()


class ClockStopped(Fact, frozen=True, kw_only=True, tag="clock.stopped"):
    """A clock reached its end.

    Attributes:
        elapsed_seconds: Counted time, pauses left out.
        met: Whether it stopped at or before its deadline.
        next_at: Next escalation by a rule that goes on after the clock, None if there is none.
    """

    key: str
    elapsed_seconds: float
    met: bool
    next_at: datetime | None = None


class EscalationFired(Fact, frozen=True, kw_only=True, tag="escalation.fired"):
    """A rule of the escalation policy was applied.

    Attributes:
        receivers: People it named at that moment.
        role, unit_id: Role and unit they were named by.
        planned_at: When it was due; the event's ``at`` is the actual time.
        rule: Code of the rule.
        of_unit_id: Unit of the task it is about, or of the order.
    """

    clock: str
    level: int
    order_level: int
    actions: tuple[str, ...]
    planned_at: datetime
    receivers: tuple[int, ...] = ()
    role: str = ""
    unit_id: int | None = None
    task: int | None = None
    missed: int = 0
    rule: str = ""
    of_unit_id: int | None = None


class ExtensionRequested(Fact, frozen=True, kw_only=True, tag="extension.requested"):
    """More time was asked for 延期申请."""

    extension: int
    clock: str
    task: int
    new_due_at: datetime
    reason: str


class ExtensionWithdrawn(Fact, frozen=True, kw_only=True, tag="extension.withdrawn"):
    """A request for more time was taken back before it was decided."""

    extension: int


class ExtensionDecided(Fact, frozen=True, kw_only=True, tag="extension.decided"):
    """The superior decided about an extension."""

    extension: int
    approved: bool
    comment: str = ""


# ---- talk -----------------------------------------------------------------------------------


class CommentAdded(Fact, frozen=True, kw_only=True, tag="comment.added"):
    """Somebody wrote on the order."""

    comment: int
    text: str
    task: int | None = None
    mentions: tuple[int, ...] = ()


class AttachmentAdded(Fact, frozen=True, kw_only=True, tag="attachment.added"):
    """A file was attached; its bytes are kept outside the database under its digest."""

    attachment: int
    name: str
    media_type: str
    size: int
    sha256: str
    task: int | None = None


class Copied(Fact, frozen=True, kw_only=True, tag="order.copied"):
    """The order was copied 抄送 to people for information."""

    people: tuple[int, ...]
    task: int | None = None


class CopyRemoved(Fact, frozen=True, kw_only=True, tag="order.copy_removed"):
    """The order is no longer copied to these people."""

    people: tuple[int, ...]


class Notified(Fact, frozen=True, kw_only=True, tag="people.notified"):
    """In-app notices were written; e-mail follows for those who want it."""

    people: tuple[int, ...]
    notice: str
    task: int | None = None
    params: dict[str, Any] = {}


# ---- records written by processes and people ------------------------------------------------


class RecordSaved(Fact, frozen=True, kw_only=True, tag="record.saved"):
    """A record got these column values (all it has when new, the changed ones later).

    Attributes:
        entity: ``customer``, ``contact``, ``contract``, ``service``, ``ip_block``, ``unit``,
            ``calendar``, ``sla_policy``, ``escalation_rule``, ``hold_reason``, ``visit_plan``.
    """

    entity: str
    id: int
    values: dict[str, Any]
    is_new: bool = False


class RecordRemoved(Fact, frozen=True, kw_only=True, tag="record.removed"):
    """A record of a set-up table is no longer in force."""

    entity: str
    id: int


class ContactRevealed(Fact, frozen=True, kw_only=True, tag="contact.revealed"):
    """Somebody looked at the full personal data of a contact; who stands on the event.

    Attributes:
        order: The work order on whose page it was done, if on one.
    """

    contact: int
    order: int | None = None


class DefinitionPublished(Fact, frozen=True, kw_only=True, tag="definition.published"):
    """A process definition became the newest version of its key."""

    definition_id: int
    key: str
    version: int
    deployment: int
    name: str
    name_en: str
    description: dict[str, Any]


class PersonSaved(Fact, frozen=True, kw_only=True, tag="person.saved"):
    """A person's account was created or changed (never the password itself)."""

    person: int
    values: dict[str, Any]
    is_new: bool = False


class RolesGranted(Fact, frozen=True, kw_only=True, tag="person.roles_granted"):
    """The whole set of (role, unit) a person now holds, and the difference to before."""

    person: int
    grants: tuple[tuple[str, int], ...]
    added: tuple[tuple[str, int], ...] = ()
    removed: tuple[tuple[str, int], ...] = ()


class AbsenceSaved(Fact, frozen=True, kw_only=True, tag="person.absence_saved"):
    """From ``starts_at`` to before ``ends_at`` the substitute 代理人 stands in for the person."""

    absence: int
    person: int
    substitute: int
    starts_at: datetime
    ends_at: datetime
    reason: str = ""


class AbsenceEnded(Fact, frozen=True, kw_only=True, tag="person.absence_ended"):
    """The absence ends now, or never begins."""

    absence: int


class TokenIssued(Fact, frozen=True, kw_only=True, tag="token.issued"):
    """An API token was issued; only its digest is kept."""

    token: int
    person: int
    name: str
    digest: str
    expires_at: datetime


class TokenRevoked(Fact, frozen=True, kw_only=True, tag="token.revoked"):
    """An API token was revoked."""

    token: int


class ExportWritten(Fact, frozen=True, kw_only=True, tag="export.written"):
    """A person got a list of work orders as a file 导出; who stands on the event. Source: R98.

    Attributes:
        query: Query string of the list.
        rows: How many orders it holds.
        sha256: Of the file, which itself is kept for a few days only.
    """

    export: int
    format: str
    query: str
    rows: int
    sha256: str


AnyFact = (
    OrderStarted | ElementsPassed | VariablesChanged | VariablesPublished | StateEntered
    | MilestoneReached | PriorityRaised | OrderHeld | OrderResumed | OrderSuspended
    | OrderReactivated | OrderEnded | OrderUrged | HandoverCounted | TaskOpened | TaskClaimed
    | TaskReleased | TaskAssigned | TaskTransferred | TaskCompleted | TaskReturned | StepTakenBack
    | TaskJumped | TaskDelegated | TaskGivenBack | TaskTakenOver | SigningSet | Instructed
    | TaskWithdrawn | CopyRemoved | ContactRevealed | AbsenceSaved | AbsenceEnded
    | TaskEscalated | TaskNoted | TimerSet | TimerFired | TimerClosed | JobOpened
    | JobClosed | OperationDone | MessageAwaited | MessageReceived | MessageClosed | MessageThrown
    | SignalThrown | IncidentOpened | IncidentClosed | ClockSet | ClockStopped | EscalationFired
    | ExtensionRequested | ExtensionWithdrawn | ExtensionDecided | CommentAdded | AttachmentAdded
    | Copied | Notified
    | RecordSaved | RecordRemoved | DefinitionPublished | PersonSaved | RolesGranted | TokenIssued
    | TokenRevoked | ExportWritten
)  # fmt: skip

#: Stable kind of each fact class.
KINDS: dict[type[Fact], str] = {cls: cls.__struct_config__.tag for cls in get_args(AnyFact)}
_decoder: msgspec.json.Decoder[list[Fact]] = msgspec.json.Decoder(list[AnyFact])
_encoder = msgspec.json.Encoder()


def encode(facts: Sequence[Fact]) -> bytes:
    """Canonical JSON of facts, as hashed."""
    return _encoder.encode(facts)


def decode(body: bytes) -> list[Fact]:
    """The facts encoded as ``body``."""
    return _decoder.decode(body)
