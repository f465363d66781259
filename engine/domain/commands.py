"""Commands: what people and machines may ask of the engine, in the imperative.

Each is handled by the function of the same name in `engine.handlers`, in one transaction.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import msgspec
from typing_extensions import override


class Command(msgspec.Struct, frozen=True, kw_only=True):
    """Base of all commands."""

    def repeated(self) -> Command:
        """The same for every repetition of a request: without what was found on its way."""
        return self


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
        values: Answers to the start form; files are ids of the caller's own uploads.
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


class RemoveCopy(Command, frozen=True, kw_only=True):
    """Take a copy back: the people no longer see the order by it."""

    order_id: int
    people: tuple[str, ...]


class InstructOrder(Command, frozen=True, kw_only=True):
    """Write an instruction 批示 on an order or one of its tasks (superiors).

    Attributes:
        new_due_at: Another deadline for the order's clock, or the task's if one is named.
    """

    order_id: int
    text: str
    task_id: int | None = None
    new_due_at: datetime | None = None


class SuperviseTask(Command, frozen=True, kw_only=True):
    """Open a supervision task 督办 about a task, held by the superior who asks for it."""

    task_id: int
    text: str = ""


class AttachFile(Command, frozen=True, kw_only=True):
    """Attach a file whose bytes were stored under their digest."""

    order_id: int
    name: str
    media_type: str
    size: int
    sha256: str
    task_id: int | None = None


class KeepUpload(Command, frozen=True, kw_only=True):
    """Keep a stored file for a work order that is not open yet; its start form names the id."""

    name: str
    media_type: str
    size: int
    sha256: str


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


class SendAgain(Command, frozen=True, kw_only=True):
    """Try a message to the outside once more that was given up 重发 (operators)."""

    letter_id: int


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


class ClaimNext(Command, frozen=True, kw_only=True):
    """Take the first of some tasks that is still to be had 领取下一单.

    Attributes:
        asked: What the list was asked for, in words of the caller; it tells whether a request
            is repeated.
        tasks: The list as it was found, most urgent first.
    """

    asked: str = ""
    tasks: tuple[int, ...]

    @override
    def repeated(self) -> Command:
        return msgspec.structs.replace(self, tasks=())


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


class TakeBackStep(Command, frozen=True, kw_only=True):
    """Take one's own completed step back 撤回 while nobody has touched what came next."""

    task_id: int
    reason: str = ""


class JumpTask(Command, frozen=True, kw_only=True):
    """Go on at any other step of the process 自由跳转 (privileged; reason mandatory)."""

    task_id: int
    to_element: str
    reason: str
    version: int | None = None


class DelegateTask(Command, frozen=True, kw_only=True):
    """Ask somebody to prepare a task one holds 委托; it comes back before it is completed."""

    task_id: int
    to: str
    reason: str = ""
    version: int | None = None


class GiveBackTask(Command, frozen=True, kw_only=True):
    """Give a delegated task back to its owner.

    The delegate's draft becomes the owner's. The owner may call it back the same way.
    """

    task_id: int
    text: str = ""
    version: int | None = None


class AddSigners(Command, frozen=True, kw_only=True):
    """Let others sign a task 加签, before or after its worker completes it.

    Attributes:
        when: ``before`` or ``after``.
        rule: ``all`` 会签, ``any`` 或签, or a percentage such as ``60%``.
    """

    task_id: int
    people: tuple[str, ...]
    when: str = "before"
    rule: str = "all"
    reason: str = ""
    version: int | None = None


class RemoveSigners(Command, frozen=True, kw_only=True):
    """Take signers who have not signed yet off a task 减签.

    Attributes:
        people: Logins; none takes a completion back that waits for its signers.
    """

    task_id: int
    people: tuple[str, ...]
    reason: str = ""
    version: int | None = None


class SnoozeTask(Command, frozen=True, kw_only=True):
    """Put a task out of one's own sight 稍后 until an instant; None brings it back."""

    task_id: int
    until: datetime | None


class RequestExtension(Command, frozen=True, kw_only=True):
    """Ask for more time 延期申请, before the deadline only."""

    task_id: int
    new_due_at: datetime
    reason: str
    clock: str | None = None


class WithdrawExtension(Command, frozen=True, kw_only=True):
    """Take the request for more time for a task back, before it is decided 撤回延期申请."""

    task_id: int


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


class SaveAbsence(Command, frozen=True, kw_only=True):
    """Let a substitute 代理人 stand in while somebody is away.

    Attributes:
        login: Who is absent; None for the caller. Superiors may do it for their people.
    """

    substitute: str
    starts_at: datetime
    ends_at: datetime
    reason: str = ""
    login: str | None = None


class EndAbsence(Command, frozen=True, kw_only=True):
    """End an absence now, or call it off."""

    absence_id: int


class ChangePassword(Command, frozen=True, kw_only=True):
    """Set the caller's own password; all other sessions and tokens end.

    Attributes:
        keep_digest: Digest of the token the caller uses now; it stays.
    """

    present: str
    new: str
    keep_digest: str = ""


class SavePreferences(Command, frozen=True, kw_only=True):
    """Set the caller's language, looks and ways of being told; None leaves a choice alone.

    Attributes:
        theme: ``auto``, ``light`` or ``dark``.
        mail: ``each``, ``digest`` or ``none``: e-mail for every notice, one a day, or never.
        digest_at: Wall time ``HH:MM`` of the digest on working days of the own calendar.
        quiet: Whether mails wait for working time; escalations never wait.
        browser: Whether escalations show as notifications of the browser.
    """

    language: str | None = None
    theme: str | None = None
    mail: str | None = None
    digest_at: str | None = None
    quiet: bool | None = None
    browser: bool | None = None


class SaveView(Command, frozen=True, kw_only=True):
    """Keep a list with its filters under a name; an id changes a view of one's own.

    Attributes:
        page: ``inbox`` or ``orders``.
        query: Query string of the page, without a cursor.
        unit: Code of the unit whose people see it too (superiors of that unit); None keeps it
            private.
    """

    name: str
    page: str
    query: str
    unit: str | None = None
    view_id: int | None = None


class RemoveView(Command, frozen=True, kw_only=True):
    """Forget a view of one's own."""

    view_id: int


class StartExport(Command, frozen=True, kw_only=True):
    """Write a list of work orders into a file in the background.

    Attributes:
        format: ``csv`` or ``xlsx``.
        query: Query string of the order list.
    """

    format: str
    query: str


class CancelExport(Command, frozen=True, kw_only=True):
    """Call an unfinished export of one's own off."""

    export_id: int


class FinishExport(Command, frozen=True, kw_only=True):
    """Hand over a list that was written; given by the worker in the name of who asked for it.

    Attributes:
        node: Who wrote it; whoever lost it to another node is refused.
        sha256: Name of the file.
        rows: How many orders it holds.
    """

    export_id: int
    node: str
    sha256: str
    rows: int


class FailExport(Command, frozen=True, kw_only=True):
    """Give a list up that cannot be written; given by the worker in the name of who asked.

    Attributes:
        node: Who tried.
        reason: Code of what stands in the way.
    """

    export_id: int
    node: str
    reason: str


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


class RevealContact(Command, frozen=True, kw_only=True):
    """See the full telephone number and address of a contact; the look is recorded.

    Attributes:
        order_id: The work order on whose page it is asked for.
    """

    contact_id: int
    order_id: int | None = None


class SaveContract(Command, frozen=True, kw_only=True):
    """Create or change a contract."""

    customer_id: int
    number: str
    signed_on: date | None = None
    term_months: int | None = None
    monthly_fee: float | None = None
    install_fee: float | None = None
