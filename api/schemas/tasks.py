"""Tasks: bodies, queries, answers."""

from __future__ import annotations

from marshmallow import fields

from api.paging import VariablesQuery
from api.schemas import answers as a
from api.schemas.base import Answer, Body, page_of
from api.schemas.fields import Flag, Id, Instant, Text, Values, Whole
from api.schemas.orders import LOGIN


class InboxQuery(VariablesQuery):
    """Which tasks to show, in which order."""

    tab = Text(
        among=("mine", "group", "team", "done", "copied", "escalated", "snoozed"),
        load_default="mine",
        metadata={
            "description": "`mine` held by me or whom I stand for, and those I delegated; `group` "
            "free ones I may take, `team` all open ones of units I lead, `done` completed by me, "
            "`copied` of orders copied to me, `escalated` supervision and escalated ones, "
            "`snoozed` those I put off, which `mine`, `group` and `escalated` leave out."
        },
    )
    sort = Text(among=("due", "priority", "opened"), load_default="due")
    process = Text(most=100)
    element = Text(most=100)
    unit = Text(most=40, metadata={"description": "Code of a unit; covers what is below."})
    grade = Text(among=("A", "B", "C"), metadata={"description": "Class of the customer."})
    customer_id = Id()
    order_id = Id()
    purpose = Text(among=("work", "supervision", "extension", "signature"))
    state = Text(among=("open", "claimed", "completed", "withdrawn"))
    priority_min = Whole(least=0, most=100)
    level_min = Whole(least=0, most=9)
    due_before = Instant()
    due_after = Instant()
    is_held = Flag()
    is_overdue = Flag()
    text = Text(most=100, metadata={"description": "Part of a task's name, or of the order."})


class NextClaimBody(Body):
    """Among which tasks, in which order."""

    sort = Text(among=("due", "priority", "opened"), load_default="due")
    process = Text(most=100)
    unit = Text(most=40, metadata={"description": "Code of a unit; covers what is below."})
    grade = Text(among=("A", "B", "C"), metadata={"description": "Class of the customer."})
    purpose = Text(among=("work", "supervision", "extension", "signature"))
    priority_min = Whole(least=0, most=100)
    level_min = Whole(least=0, most=9)
    is_overdue = Flag()
    text = Text(most=100, metadata={"description": "Part of a task's name, or of the order."})


class VersionBody(Body):
    """The version the caller looked at, if it matters."""

    version = Whole(least=0, allow_none=True)


class AssignBody(VersionBody):
    """Give to a person."""

    to = Text(required=True, least=1, most=60, pattern=LOGIN, metadata={"example": "zhangwei"})
    reason = Text(most=2000, load_default="")


class TransferBody(VersionBody):
    """Move to another group, unit or person."""

    reason = Text(required=True, least=1, most=2000, metadata={"example": "属传输专业"})
    role = Text(least=1, most=60, allow_none=True)
    unit = Text(least=1, most=40, allow_none=True)
    to = Text(least=1, most=60, pattern=LOGIN, allow_none=True)


class CompleteBody(VersionBody):
    """Values of the task's form."""

    values = Values(load_default=dict, metadata={"example": {"result": "ok", "remark": "已完成"}})


class DraftBody(Body):
    """Half-filled values; `draft_version` refuses to overwrite a newer draft."""

    values = Values(required=True)
    draft_version = Whole(least=0, allow_none=True)


class ReturnBody(VersionBody):
    """Send back to an earlier step."""

    reason = Text(required=True, least=1, most=2000, metadata={"example": "资料不全"})
    to_element = Text(
        least=1, most=100, allow_none=True,
        metadata={"description": "An earlier step; the one before without."},
    )  # fmt: skip


class ExtensionBody(Body):
    """Ask for more time."""

    new_due_at = Instant(required=True, metadata={"example": "2026-02-03T18:00:00+08:00"})
    reason = Text(required=True, least=1, most=2000)
    clock = Text(least=1, most=100, allow_none=True)


class DecisionBody(Body):
    """Approve or deny."""

    approved = Flag(required=True)
    comment = Text(most=2000, load_default="")


class TaskItem(Answer):
    """A task as lists show it."""

    id = a.ident()
    order_id = a.ident()
    order_number = a.text("GD20260131000012")
    title = a.text("专线开通 华东制造集团")
    process = a.text("leased_line_provisioning")
    element = a.text("construct")
    name = a.text("施工")
    name_en = a.text("Construction")
    purpose = a.text("work", "`work`, `supervision`, `extension` or `signature`.")
    state = a.text("open", "`open`, `claimed`, `completed` or `withdrawn`.")
    queue = a.text("construction@4", "Roles and unit whose people may take it.")
    unit_id = a.ident()
    assignee = a.ident(null=True)
    assignee_name = a.text("张伟", null=True)
    customer_id = a.ident(null=True)
    customer_name = a.text("华东制造集团", null=True)
    priority = a.number(50)
    opened_at = a.instant()
    due_at = a.maybe_instant()
    ended_at = a.maybe_instant()
    is_overdue = a.truth()
    level = a.number(0, "Escalation level.")
    urges = a.number(0)
    handovers = a.number(0)
    held = a.text("customer_not_ready", null=True)
    version = a.number(1)
    variables = a.obj("Published variables of the order.")
    grade = a.text("A", "Class of the customer.", null=True)
    owner = a.ident(null=True)
    owner_name = a.text("李娜", "Who delegated it and waits for it.", null=True)
    snoozed_until = a.maybe_instant()


TaskPage = page_of(TaskItem, "TaskPage")


class TabCounts(Answer):
    """Open tasks by tab and unread notices of the last 30 days, counted up to 1000."""

    mine = a.number(4)
    group = a.number(17)
    escalated = a.number(1)
    copied = a.number(0)
    snoozed = a.number(2)
    unread = a.number(5)


class DraftRow(Answer):
    """The caller's draft."""

    task_id = a.ident()
    values = a.obj("As saved.")
    saved_at = a.instant()
    version = a.number(2)


class TaskDetail(Answer):
    """A task as its worker needs it."""

    task = fields.Nested(TaskItem)
    definition_id = a.ident()
    form_key = a.text("construct", null=True)
    form = a.obj("form-js definition, as this step has it.", null=True)
    rights = a.obj("What the step may do with fields: read, edit, hidden or required, by path.")
    variables = a.obj("Values the form starts from and refers to, without hidden fields.")
    details = a.obj("Facts of a task outside the drawing.")
    draft = fields.Nested(DraftRow, allow_none=True)


class TaskDone(Answer):
    """A task a command touched."""

    task_id = a.ident()
    order_id = a.ident()
    opened = a.many(a.ident(), "Tasks the order opened by it.")
    is_ended = a.truth("Whether the order has ended.")


class CompletionDone(TaskDone):
    """A completed task, and what the caller should do next."""

    next_task = fields.Nested(
        TaskItem,
        allow_none=True,
        metadata={"description": "Of the same order first, then the most urgent claimed one."},
    )


class DraftDone(Answer):
    """Version of the saved draft."""

    version = a.number(2)
