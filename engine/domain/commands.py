"""Commands: what people and machines may ask of the engine, in the imperative.

Each is handled by the function of the same name in `engine.handlers`, in one transaction.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import msgspec


class Command(msgspec.Struct, frozen=True, kw_only=True):
    """Base of all commands."""


# ---- definitions ----------------------------------------------------------------------------


class Deploy(Command, frozen=True, kw_only=True):
    """Publish all processes of a set of files (BPMN, DMN, forms) as new versions.

    A process whose files equal those of its newest version keeps that version.
    """

    files: dict[str, bytes]


# ---- work orders ----------------------------------------------------------------------------


class StartOrder(Command, frozen=True, kw_only=True):
    """Open a work order on the newest version of a process.

    Attributes:
        unit: Code of the unit it belongs to; None for the caller's branch.
        values: Answers to the start form.
    """

    process: str
    values: dict[str, Any]
    unit: str | None = None
    title: str | None = None
    parent_id: int | None = None
    priority: int = 50


class HoldOrder(Command, frozen=True, kw_only=True):
    """Put work on hold 挂起; the reason decides whether clocks pause."""

    order_id: int
    reason: str
    text: str = ""
    until: datetime | None = None
    version: int | None = None


class ResumeOrder(Command, frozen=True, kw_only=True):
    """Let work on a held order go on 解挂."""

    order_id: int
    text: str = ""


class UrgeOrder(Command, frozen=True, kw_only=True):
    """Urge 催单: counts, notifies who works on it, raises the priority."""

    order_id: int
    text: str = ""


class CancelOrder(Command, frozen=True, kw_only=True):
    """End an order at once, without compensation (operators only; reason mandatory)."""

    order_id: int
    reason: str


class SuspendOrder(Command, frozen=True, kw_only=True):
    """Stop an instance: nothing fires and nothing can be completed until reactivation."""

    order_id: int
    reason: str


class ReactivateOrder(Command, frozen=True, kw_only=True):
    """Let a suspended instance go on."""

    order_id: int
    reason: str = ""


class SendMessage(Command, frozen=True, kw_only=True):
    """Deliver a message to waiting orders, or open one that it starts.

    Attributes:
        order_id: The order, or None to correlate.
        correlation: Published variables the order must have.
        unit: Code of the unit an order it starts belongs to; None for the sender's branch.
    """

    message: str
    values: dict[str, Any] = {}
    order_id: int | None = None
    correlation: dict[str, str] = {}
    unit: str | None = None


class AddComment(Command, frozen=True, kw_only=True):
    """Write on an order; mentioned logins are notified."""

    order_id: int
    text: str
    task_id: int | None = None
    mentions: tuple[str, ...] = ()


class CopyOrder(Command, frozen=True, kw_only=True):
    """Copy an order 抄送 to people for information."""

    order_id: int
    people: tuple[str, ...]
    task_id: int | None = None


class AttachFile(Command, frozen=True, kw_only=True):
    """Attach a file whose bytes were stored under their digest."""

    order_id: int
    name: str
    media_type: str
    size: int
    sha256: str
    task_id: int | None = None


class CorrectVariables(Command, frozen=True, kw_only=True):
    """Correct variables of an order (operators; before a retry)."""

    order_id: int
    values: dict[str, Any]
    reason: str


class RetryIncident(Command, frozen=True, kw_only=True):
    """Try a failed step again, with corrected variables if given."""

    order_id: int
    number: int
    values: dict[str, Any] = {}


class AnswerJob(Command, frozen=True, kw_only=True):
    """Give an external task its result, or fail it.

    Attributes:
        error: BPMN error code; with ``message`` alone the job becomes an incident.
    """

    order_id: int
    number: int
    values: dict[str, Any] = {}
    error: str | None = None
    message: str | None = None


# ---- tasks ----------------------------------------------------------------------------------


class ClaimTask(Command, frozen=True, kw_only=True):
    """Take a task from a group inbox 领单."""

    task_id: int
    version: int | None = None


class ReleaseTask(Command, frozen=True, kw_only=True):
    """Give a claimed task back to its group 释放."""

    task_id: int
    version: int | None = None


class AssignTask(Command, frozen=True, kw_only=True):
    """Give a task to a person of the unit 派单 (superiors)."""

    task_id: int
    to: str
    reason: str = ""
    version: int | None = None


class TransferTask(Command, frozen=True, kw_only=True):
    """Move a task to another group, unit or person 转派; counts a hand-over."""

    task_id: int
    reason: str
    role: str | None = None
    unit: str | None = None
    to: str | None = None
    version: int | None = None


class CompleteTask(Command, frozen=True, kw_only=True):
    """Complete a task with the values of its form; an unclaimed one is claimed on the way."""

    task_id: int
    values: dict[str, Any]
    version: int | None = None


class SaveDraft(Command, frozen=True, kw_only=True):
    """Keep half-filled values of a task for its worker."""

    task_id: int
    values: dict[str, Any]
    draft_version: int | None = None


class DiscardDraft(Command, frozen=True, kw_only=True):
    """Throw the caller's half-filled values of a task away."""

    task_id: int


class ReturnTask(Command, frozen=True, kw_only=True):
    """Send a task back 退单 to the step before, or to a named earlier one."""

    task_id: int
    reason: str
    to_element: str | None = None
    version: int | None = None


class RequestExtension(Command, frozen=True, kw_only=True):
    """Ask for more time 延期申请, before the deadline only."""

    task_id: int
    new_due_at: datetime
    reason: str
    clock: str | None = None


class DecideExtension(Command, frozen=True, kw_only=True):
    """Approve or deny more time."""

    extension_id: int
    approved: bool
    comment: str = ""


# ---- the engine itself ----------------------------------------------------------------------


class FireDue(Command, frozen=True, kw_only=True):
    """Fire what is due: timers and escalations of up to ``limit`` orders."""

    limit: int = 20


# ---- people and set-up ----------------------------------------------------------------------


class SaveUnit(Command, frozen=True, kw_only=True):
    """Create or change a unit."""

    code: str
    name: str
    name_en: str
    kind: str
    parent: str | None = None
    calendar: str | None = None


class SavePerson(Command, frozen=True, kw_only=True):
    """Create or change a person; ``password`` None keeps the present one."""

    login: str
    name: str
    unit: str
    language: str = "zh"
    email: str | None = None
    is_active: bool = True
    password: str | None = None


class GrantRoles(Command, frozen=True, kw_only=True):
    """Set the roles of a person: pairs of role and unit code."""

    login: str
    grants: tuple[tuple[str, str], ...]


class IssueToken(Command, frozen=True, kw_only=True):
    """Issue an API token for the caller."""

    name: str
    days: int = 30


class RevokeToken(Command, frozen=True, kw_only=True):
    """Revoke one of the caller's tokens."""

    token_id: int


class ReadNotices(Command, frozen=True, kw_only=True):
    """Mark notices to the caller as read.

    Attributes:
        ids: Those to mark; None for all there are.
    """

    ids: tuple[str, ...] | None = None


class SaveCalendar(Command, frozen=True, kw_only=True):
    """Import a working calendar; replaces one of the same code."""

    data: dict[str, Any]


class SavePolicies(Command, frozen=True, kw_only=True):
    """Import service levels, escalation rules and hold reasons; each list replaces the old."""

    policies: list[dict[str, Any]] | None = None
    rules: list[dict[str, Any]] | None = None
    reasons: list[dict[str, Any]] | None = None


class SaveCustomer(Command, frozen=True, kw_only=True):
    """Create or change a customer."""

    code: str
    name: str
    grade: str
    unit: str
    is_key_account: bool
    monthly_revenue: int = 0
    dnd: bool = False
    channel: str = "phone"
    manager: str | None = None
    address: str = ""


class SaveContact(Command, frozen=True, kw_only=True):
    """Create or change a contact person."""

    customer_id: int
    name: str
    phone: str
    email: str | None = None
    position: str = ""
    language: str = "zh"
    contact_id: int | None = None


class SaveContract(Command, frozen=True, kw_only=True):
    """Create or change a contract."""

    customer_id: int
    number: str
    signed_on: date | None = None
    term_months: int | None = None
    monthly_fee: float | None = None
    install_fee: float | None = None
