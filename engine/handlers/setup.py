"""Commands about the operator's set-up: units, calendars, service levels, escalation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from engine.domain import access, commands, facts
from engine.domain.access import Act
from engine.domain.calendar import WorkingCalendar
from engine.domain.calendar_data import parse_calendar
from engine.domain.escalation import EscalationRule, check_rule
from engine.domain.facts import Stream
from engine.domain.sla_policy import HoldReason, SlaPolicy, check_policy
from engine.errors import ConflictError, InvalidError
from engine.handlers.context import Context
from engine.handlers.naming import unit_named
from engine.handlers.results import CountResult, IdResult

_KINDS = ("headquarters", "branch", "department", "desk")


class UnitKindError(InvalidError):
    """The kind of unit is unknown."""

    code = "unit_kind"
    template = "Expected a kind of {known}, but got {kind}."


class UnitRootError(ConflictError):
    """There is one root, and units do not move to another parent."""

    code = "unit_parent"
    template = "Expected unit {unit} to keep its place in the tree, but its parent would change."


class SetupRowError(InvalidError):
    """A row of an imported table breaks a rule."""

    code = "setup_row_invalid"
    template = "Expected row {row} of {table} to be right, but {fact}."


def save_unit(context: Context, command: commands.SaveUnit) -> IdResult:
    """Create or change a unit; its place in the tree is for ever."""
    setup = context.ledger.setup
    if command.kind not in _KINDS:
        raise UnitKindError(kind=command.kind, known=", ".join(_KINDS))
    parent = (
        unit_named(setup, command.parent, field="parent") if command.parent is not None else None
    )
    access.require(context.person, Act.ADMINISTER, parent.path if parent else "/")
    if command.calendar is not None:
        setup.calendar(command.calendar)
    present = setup.units_by_code.get(command.code)
    roots = [unit for unit in setup.units.values() if unit.parent_id is None]
    if present is not None and present.parent_id != (parent.id if parent else None):
        raise UnitRootError(unit=command.code)
    if present is None and parent is None and roots:
        raise UnitRootError(unit=roots[0].code)
    unit_id = context.ledger.next_id("unit") if present is None else present.id
    values: dict[str, Any] = {
        "name": command.name,
        "name_en": command.name_en,
        "kind": command.kind,
        "calendar": command.calendar,
    }
    if present is None:
        values |= {
            "code": command.code,
            "path": f"{parent.path if parent else '/'}{unit_id}/",
            "parent_id": parent.id if parent else None,
        }
    _save(context, "unit", unit_id, values, is_new=present is None)
    return IdResult(id=unit_id)


def save_calendar(context: Context, command: commands.SaveCalendar) -> IdResult:
    """Import a calendar; running clocks use it from their next change on."""
    access.require(
        context.person,
        Act.ADMINISTER,
        "/" if not context.ledger.setup.units else context.ledger.setup.root.path,
    )
    data = parse_calendar(msgspec.json.encode(command.data))
    WorkingCalendar(data)
    present = context.ledger.row_id("calendar", "code", data.code)
    calendar_id = context.ledger.next_id("calendar") if present is None else present
    values = {"code": data.code, "data": msgspec.to_builtins(data)}
    _save(context, "calendar", calendar_id, values, is_new=present is None)
    return IdResult(id=calendar_id)


def save_policies(context: Context, command: commands.SavePolicies) -> CountResult:
    """Replace service levels, escalation rules and hold reasons by the given lists."""
    setup = context.ledger.setup
    access.require(context.person, Act.ADMINISTER, "/" if not setup.units else setup.root.path)
    count = 0
    tables: tuple[tuple[str, str, str, Any, type, Callable[[Any], None] | None], ...] = (
        ("sla_policy", "key", "key", command.policies, SlaPolicy, check_policy),
        ("escalation_rule", "sla_key", "sla_key", command.rules, EscalationRule, check_rule),
        ("hold_reason", "code", "code", command.reasons, HoldReason, None),
    )
    for table, column, field, rows, cls, check in tables:
        if rows is not None:
            count += len(rows)
            _replace(context, table, column, field, _checked(table, rows, cls, check))
    return CountResult(count=count)


def _checked(
    table: str, rows: Sequence[dict[str, Any]], cls: type, check: Callable[[Any], None] | None
) -> list[Any]:
    checked = []
    for number, row in enumerate(rows, 1):
        try:
            value: Any = msgspec.convert(row, cls)
        except msgspec.ValidationError as exc:
            raise SetupRowError(row=number, table=table, fact=str(exc)) from exc
        if check is not None:
            check(value)
        checked.append(value)
    return checked


def _replace(context: Context, table: str, column: str, field: str, rows: list[Any]) -> None:
    for old in context.ledger.row_ids(table):
        context.ledger.record(Stream.SETUP, 0, facts.RecordRemoved(entity=table, id=old))
    for row in rows:
        values = {column: getattr(row, field), "data": msgspec.to_builtins(row)}
        _save(context, table, context.ledger.next_id(table), values, is_new=True)


def _save(
    context: Context, entity: str, record_id: int, values: dict[str, Any], *, is_new: bool
) -> None:
    context.ledger.record(
        Stream.SETUP,
        0,
        facts.RecordSaved(entity=entity, id=record_id, values=values, is_new=is_new),
    )
