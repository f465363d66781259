"""Work orders: bodies, queries, answers."""

from __future__ import annotations

from typing import Final

from marshmallow import fields

from api.paging import VariablesQuery
from api.schemas import answers as a
from api.schemas.base import Answer, Body, page_of
from api.schemas.fields import Flag, Id, Instant, ListOf, Text, Values, Whole

LOGIN: Final = r"[A-Za-z0-9][A-Za-z0-9._@-]*"
_START: Final = {
    "customer_id": 12,
    "contract_no": "HT-2026-0181",
    "service_type": "leased_line",
    "bandwidth": "100M",
}


class OrderQuery(VariablesQuery):
    """What to show; every parameter narrows."""

    process = Text(most=100, metadata={"description": "Process key."})
    state = Text(most=40, metadata={"description": "Business state."})
    status = Text(among=("running", "suspended", "ended"))
    unit = Text(most=40, metadata={"description": "Code of a unit; covers what is below."})
    customer_id = Id()
    started_after = Instant()
    started_before = Instant()
    is_held = Flag()
    is_overdue = Flag()
    level_min = Whole(least=0, most=9, metadata={"description": "Lowest escalation level."})
    has_incident = Flag()
    text = Text(
        most=100, metadata={"description": "Words anywhere in an order, see docs/desk.md."}
    )


class StartBody(Body):
    """Open a work order."""

    process = Text(
        required=True, least=1, most=100, metadata={"example": "leased_line_provisioning"}
    )
    values = Values(load_default=dict, metadata={"description": "Start form.", "example": _START})
    unit = Text(
        most=40,
        allow_none=True,
        metadata={"description": "Code of the unit it belongs to; the caller's branch without."},
    )
    title = Text(least=1, most=200, allow_none=True)
    parent_id = Id(allow_none=True)
    priority = Whole(least=0, most=100, load_default=50)


class HoldBody(Body):
    """Put on hold."""

    reason = Text(required=True, least=1, most=40, metadata={"example": "customer_not_ready"})
    text = Text(most=2000, load_default="")
    until = Instant(allow_none=True)
    version = Whole(least=0, allow_none=True)


class NoteBody(Body):
    """An optional note."""

    text = Text(most=2000, load_default="")


class ReasonBody(Body):
    """A mandatory reason."""

    reason = Text(required=True, least=1, most=2000, metadata={"example": "客户撤单"})


class MaybeReasonBody(Body):
    """An optional reason."""

    reason = Text(most=2000, load_default="")


class MessageBody(Body):
    """A message to one order."""

    message = Text(required=True, least=1, most=100, metadata={"example": "billing_ack"})
    values = Values(load_default=dict)


class CorrelatedMessageBody(MessageBody):
    """A message to all orders that wait for it and match."""

    correlation = fields.Dict(
        keys=Text(most=100, least=1),
        values=Text(most=400),
        load_default=dict,
        metadata={
            "description": "Published variables the orders must have.",
            "example": {"contract_no": "HT-2026-0181"},
        },
    )
    unit = Text(
        least=1,
        most=40,
        allow_none=True,
        metadata={
            "description": "Unit of the order the message opens, if it starts a process.",
            "example": "guangzhou",
        },
    )


class CommentBody(Body):
    """A comment."""

    text = Text(required=True, least=1, most=4000, metadata={"example": "已与客户电话确认。"})
    task_id = Id(allow_none=True)
    mentions = ListOf(
        Text(most=60, least=1, pattern=LOGIN), most=50, load_default=list,
        metadata={"description": "Logins of people to notify."},
    )  # fmt: skip


class CopyBody(Body):
    """Copy for information."""

    people = ListOf(Text(most=60, least=1, pattern=LOGIN), least=1, most=100, required=True)
    task_id = Id(allow_none=True)


class CorrectionBody(Body):
    """Corrected variables."""

    values = Values(required=True)
    reason = Text(required=True, least=1, most=2000)


class RetryBody(Body):
    """Variables to correct before trying again."""

    values = Values(load_default=dict)


class JobCompletionBody(Body):
    """Result of an external task."""

    values = Values(load_default=dict)


class JobFailureBody(Body):
    """Failure of an external task: with `error` a BPMN error, without an incident."""

    message = Text(required=True, least=1, most=2000, metadata={"example": "OSS 无响应"})
    error = Text(least=1, most=100, allow_none=True)


class OrderDone(Answer):
    """An order a command touched."""

    order_id = a.ident()
    number = a.text("GD20260131000012")
    tasks = a.many(a.ident(), "Tasks the command opened.")


class OrderItem(Answer):
    """An order as lists show it."""

    id = a.ident()
    number = a.text("GD20260131000012")
    title = a.text("专线开通 华东制造集团")
    process = a.text("leased_line_provisioning")
    status = a.text("running", "`running`, `suspended` or `ended`.")
    state = a.text("inProgress", "Business state.")
    unit_id = a.ident()
    customer_id = a.ident(null=True)
    priority = a.number(50)
    started_at = a.instant()
    ended_at = a.maybe_instant()
    outcome = a.text("completed", null=True)
    due_at = a.maybe_instant()
    is_overdue = a.truth()
    held = a.text("customer_not_ready", "Hold reason.", null=True)
    level = a.number(0, "Escalation level.")
    urges = a.number(0)
    handovers = a.number(1)
    incidents = a.number(0, "Open incidents.")
    variables = a.obj("Published variables.")


OrderPage = page_of(OrderItem, "OrderPage")


class TaskRow(Answer):
    """A task of an order."""

    id = a.ident()
    number = a.number(3)
    purpose = a.text("work", "`work`, `supervision` or `extension`.")
    element = a.text("construct")
    name = a.text("施工")
    name_en = a.text("Construction")
    state = a.text("open", "`open`, `claimed`, `completed` or `withdrawn`.")
    queue = a.text("construction@4")
    unit_id = a.ident()
    priority = a.number(50)
    opened_at = a.instant()
    version = a.number(1)
    form = a.text("construct", null=True)
    assignee = a.ident(null=True)
    due_at = a.maybe_instant()
    follow_up_at = a.maybe_instant()
    ended_at = a.maybe_instant()
    ended_by = a.ident(null=True)
    level = a.number(0)
    urges = a.number(0)
    handovers = a.number(0)
    held = a.text("customer_not_ready", null=True)
    target = a.ident(null=True)


class Pause(Answer):
    """An interval in which a clock stood."""

    reason = a.text("customer_not_ready")
    from_at = a.instant()
    until_at = a.maybe_instant()


class ClockRow(Answer):
    """A clock; lengths in seconds of its own kind of time."""

    key = a.text("order", "`order`, another name of the drawing, or `task:<id>`.")
    sla_key = a.text("provisioning_b")
    mode = a.text("working", "`working` or `elapsed`.")
    calendar = a.text("cn")
    target_seconds = a.number(72000.0, whole=False)
    extension_seconds = a.number(0.0, whole=False)
    started_at = a.instant()
    due_at = a.maybe_instant()
    is_overdue = a.truth()
    is_paused = a.truth()
    is_stopped = a.truth()
    pauses = fields.List(fields.Nested(Pause))
    fired = a.many(a.text("provisioning_b.l1#0"), "Escalations that have happened.")


class ClockNow(ClockRow):
    """A clock with the time used so far."""

    elapsed_seconds = a.number(3600.0, whole=False)


class NextEvent(Answer):
    """Something that will happen by itself."""

    kind = a.text("escalation", "`escalation` or `timer`.")
    at = a.maybe_instant()
    name = a.text("order")
    level = a.number(1, null=True)
    actions = a.many(a.text("notify"))
    to = a.text("supervisor@branch", null=True)
    task_id = a.ident(null=True)


class Waiting(Answer):
    """A message an order waits for."""

    message = a.text("billing_ack")
    name = a.text("计费确认")
    element = a.text("wait_billing")


class Incident(Answer):
    """A step that failed."""

    number = a.number(1)
    element = a.text("reserve_ip")
    problem = a.text("script")
    message = a.text("Expected 10.0.0.0/29 to be free, but it overlaps 10.0.0.0/24.")
    message_zh = a.text("地址段 10.0.0.0/29 应空闲，但与 10.0.0.0/24 重叠。")
    code = a.text("ip_taken", null=True)
    opened_at = a.instant()


class IncidentRow(Incident):
    """A failed step of an order, open or settled."""

    closed_at = a.maybe_instant()
    reason = a.text("retried", null=True)


class ExtensionRow(Answer):
    """A request for more time."""

    id = a.ident()
    clock = a.text("order")
    task_id = a.ident()
    new_due_at = a.instant()
    reason = a.text("客户机房未就绪")
    requested_by = a.ident(null=True)
    requested_at = a.instant()
    state = a.text("requested", "`requested`, `approved`, `denied` or `withdrawn`.")
    decided_by = a.ident(null=True)
    decided_at = a.maybe_instant()
    comment = a.text("同意", null=True)


class AttachmentRow(Answer):
    """A file attached to an order."""

    id = a.ident()
    name = a.text("验收单.pdf")
    media_type = a.text("application/pdf")
    size = a.number(48213, "In bytes.")
    sha256 = a.text("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")
    author = a.ident(null=True)
    at = a.instant()
    task_id = a.ident(null=True)


class JobRow(Answer):
    """An external task."""

    number = a.number(7)
    element = a.text("start_billing")
    topic = a.text("start_billing")
    name = a.text("启动计费")
    inputs = fields.Raw(allow_none=True)
    opened_at = a.instant()


class OrderDetail(Answer):
    """One order with all that belongs to it."""

    order = fields.Nested(OrderItem)
    version = a.number(17, "Grows with every change.")
    definition_id = a.ident()
    first_owner = a.ident(null=True)
    parent_id = a.ident(null=True)
    children = a.many(a.ident())
    tasks = fields.List(fields.Nested(TaskRow))
    clocks = fields.List(fields.Nested(ClockRow))
    upcoming = fields.List(fields.Nested(NextEvent))
    messages = fields.List(fields.Nested(Waiting))
    incidents = fields.List(fields.Nested(IncidentRow))
    extensions = fields.List(fields.Nested(ExtensionRow))
    attachments = fields.List(fields.Nested(AttachmentRow))
    jobs = fields.List(fields.Nested(JobRow))


class EventRow(Answer):
    """One fact of a history."""

    id = a.text("1-12-5")
    seq = a.number(5)
    at = a.instant()
    actor = a.ident(null=True)
    actor_name = a.text("王芳", null=True)
    fact = a.obj("Its kind and values as recorded.")
    hash = a.text("6f1c…", "Hash of the event and of everything before it, hexadecimal.")


EventPage = page_of(EventRow, "EventPage")


class VariablesAnswer(Answer):
    """Variables of an order."""

    variables = a.obj("By name.")


class CommentRow(Answer):
    """A comment."""

    id = a.ident()
    task_id = a.ident(null=True)
    author = a.ident(null=True)
    author_name = a.text("王芳", null=True)
    at = a.instant()
    text = a.text("已与客户电话确认。")


class MessageDone(Answer):
    """Orders that took a message."""

    orders = a.many(a.ident())
    started = a.ident(null=True)


class Created(Answer):
    """Id of what was created or changed."""

    id = a.ident()


class Counted(Answer):
    """How many things a command did."""

    count = a.number(3)
