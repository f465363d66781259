"""Calendars, service levels, escalation rules, hold reasons."""

from __future__ import annotations

from typing import Any, Final

from marshmallow import fields

from api.schemas import answers as a
from api.schemas.base import Answer, Body
from api.schemas.fields import ListOf, Values

_HOURS: Final = [["08:30", "12:00"], ["13:30", "17:30"]]
CALENDAR: Final[dict[str, Any]] = {
    "name_zh": "中国工作日历",
    "name_en": "China working days",
    "zone": "Asia/Shanghai",
    "week": {"mon": _HOURS, "tue": _HOURS, "wed": _HOURS, "thu": _HOURS, "fri": _HOURS},
    "holidays": {"2026-01-01": {"name_zh": "元旦", "name_en": "New Year's Day"}},
    "make_up_days": {"2026-01-04": {"name_zh": "元旦调休", "name_en": "Make-up day"}},
    "years": [2026],
}
POLICY: Final[dict[str, Any]] = {
    "key": "construct",
    "name_zh": "施工",
    "name_en": "Construction",
    "target": "PT40H",
    "mode": "working",
}
RULE: Final[dict[str, Any]] = {
    "code": "construct.l1",
    "sla_key": "construct",
    "level": 1,
    "trigger": "100%",
    "receiver": {"scope": "branch", "role": "supervisor"},
    "actions": ["notify", "supervise"],
    "text_zh": "施工超期:{work_order}",
    "text_en": "Construction overdue: {work_order}",
}
REASON: Final[dict[str, Any]] = {
    "code": "customer_not_ready",
    "name_zh": "客户未就绪",
    "name_en": "Customer not ready",
    "pauses_clock": True,
}


class CalendarBody(Body):
    """One calendar as a whole; see docs/clocks.md for the format."""

    data = Values(required=True, metadata={"example": CALENDAR})


class RowsBody(Body):
    """All rows of a table; rows left out are removed."""

    rows = ListOf(Values(), most=2000, required=True)


class CalendarRow(Answer):
    """A calendar in a list."""

    code = a.text("cn")
    name_zh = a.text("中国工作日历")
    name_en = a.text("China working days")
    zone = a.text("Asia/Shanghai")
    years = fields.List(
        fields.Integer(),
        allow_none=True,
        metadata={"description": "Years with announced holidays; null if it needs none."},
    )


class CalendarAnswer(Answer):
    """One calendar as imported."""

    code = a.text("cn")
    data = a.obj("As imported.", CALENDAR)


class PolicyRow(Answer):
    """How much time a kind of work has."""

    key = a.text("construct")
    name_zh = a.text("施工")
    name_en = a.text("Construction")
    target = a.text("PT40H", "ISO 8601 length.")
    mode = a.text("working")
    customer_class = a.text("A", null=True)
    unit_code = a.text("east", null=True)
    calendar = a.text("cn", null=True)
    hard_cap = a.text("P30D", null=True)
    source = a.text("R31")


class ReceiverRow(Answer):
    """Whom a level is for."""

    scope = a.text("branch")
    role = a.text("supervisor", null=True)


class RuleRow(Answer):
    """One row of the escalation policy."""

    code = a.text("construct.l1")
    sla_key = a.text("construct")
    order_class = a.text("major", null=True)
    level = a.number(1)
    trigger = a.text("100%")
    receiver = fields.Nested(ReceiverRow)
    actions = a.many(a.text("notify"))
    repeat = a.text("PT4H", null=True)
    stop = a.text("clock_stopped")
    text_zh = a.text("施工超期:{work_order}")
    text_en = a.text("Construction overdue: {work_order}")


class ReasonRow(Answer):
    """A reason to put work on hold."""

    code = a.text("customer_not_ready")
    name_zh = a.text("客户未就绪")
    name_en = a.text("Customer not ready")
    pauses_clock = a.truth("Whether clocks stop meanwhile.")
