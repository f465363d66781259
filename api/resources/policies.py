"""Calendars, service levels, escalation rules, hold reasons: data the operator owns."""

from __future__ import annotations

from typing import Any

import msgspec

from api.caller import execute, view
from api.operations import Resource
from api.refusals import BodyInvalidRefusal
from api.schemas import policies as s
from api.schemas.fields import code
from api.schemas.orders import Counted, Created
from engine.domain import commands as c
from engine.domain.calendar_data import CalendarData
from engine.domain.escalation import EscalationRule
from engine.domain.setup import CalendarNotFoundError
from engine.domain.sla_policy import HoldReason, SlaPolicy
from engine.handlers.results import CountResult, IdResult

bp = Resource(
    "policies", "Calendars 工作日历, service levels 时限, escalation 升级, hold reasons."
)
_REFUSALS = (401, 422, 503)
_CHANGES = (400, 401, 403, 404, 409, 413, 415, 422, 503)


@bp.read("/calendars", s.CalendarRow(), many=True, refusals=_REFUSALS)
def list_calendars() -> list[CalendarData]:
    """Working calendars."""
    with view() as moment:
        return [data for _, data in sorted(moment.setup.calendar_data.items())]


@bp.read("/calendars/<code:calendar_code>", s.CalendarAnswer())
def calendar(calendar_code: str) -> dict[str, Any]:
    """One calendar as a whole."""
    with view() as moment:
        data = moment.setup.calendar_data.get(calendar_code)
    if data is None:
        raise CalendarNotFoundError(calendar=calendar_code)
    return {"code": data.code, "data": msgspec.to_builtins(data)}


@bp.act("PUT", "/calendars/<code:calendar_code>", Created(), takes=s.CalendarBody())
def save_calendar(calendar_code: str, given: dict[str, Any]) -> IdResult:
    """Import a calendar; running clocks use it from their next change on (administrators)."""
    data = given["data"]
    if data.setdefault("code", calendar_code) != calendar_code:
        raise BodyInvalidRefusal({"data.code": [code("not_among", calendar_code)]})
    return execute(c.SaveCalendar(data=data), IdResult)


@bp.read("/service-levels", s.PolicyRow(), many=True, refusals=_REFUSALS)
def service_levels() -> tuple[SlaPolicy, ...]:
    """How much time each kind of work has."""
    with view() as moment:
        return moment.setup.policies


@bp.act(
    "PUT", "/service-levels", Counted(), takes=s.RowsBody(), refusals=_CHANGES,
    example={"rows": [s.POLICY]},
)  # fmt: skip
def save_service_levels(given: dict[str, Any]) -> CountResult:
    """Replace all service levels (administrators)."""
    return execute(c.SavePolicies(policies=given["rows"]), CountResult)


@bp.read("/escalation-rules", s.RuleRow(), many=True, refusals=_REFUSALS)
def escalation_rules() -> tuple[EscalationRule, ...]:
    """What happens when a clock reaches a point."""
    with view() as moment:
        return moment.setup.rules


@bp.act(
    "PUT", "/escalation-rules", Counted(), takes=s.RowsBody(), refusals=_CHANGES,
    example={"rows": [s.RULE]},
)  # fmt: skip
def save_escalation_rules(given: dict[str, Any]) -> CountResult:
    """Replace all escalation rules (administrators)."""
    return execute(c.SavePolicies(rules=given["rows"]), CountResult)


@bp.read("/hold-reasons", s.ReasonRow(), many=True, refusals=_REFUSALS)
def hold_reasons() -> list[HoldReason]:
    """Reasons to put work on hold."""
    with view() as moment:
        return list(moment.setup.reasons.values())


@bp.act(
    "PUT", "/hold-reasons", Counted(), takes=s.RowsBody(), refusals=_CHANGES,
    example={"rows": [s.REASON]},
)  # fmt: skip
def save_hold_reasons(given: dict[str, Any]) -> CountResult:
    """Replace all hold reasons (administrators)."""
    return execute(c.SavePolicies(reasons=given["rows"]), CountResult)
