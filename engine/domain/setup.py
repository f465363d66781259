"""The operator's set-up as one immutable snapshot: units, calendars, service levels, processes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property

from engine.domain.calendar import WorkingCalendar
from engine.domain.calendar_data import CalendarData
from engine.domain.escalation import EscalationRule
from engine.domain.records import Definition, Grant, Unit
from engine.domain.sla_policy import HoldReason, SlaPolicy, choose_policy
from engine.errors import NotFoundError

#: Calendar of units that name none, up to the root.
ALWAYS = "always"


class UnitNotFoundError(NotFoundError):
    """No unit with this code or id."""

    code = "unit_not_found"
    template = "Expected a unit {unit}, but there is none."


class CalendarNotFoundError(NotFoundError):
    """No calendar with this code."""

    code = "calendar_not_found"
    template = "Expected a calendar {calendar}, but there is none."


class ProcessNotFoundError(NotFoundError):
    """No published process with this key, or no definition with this id."""

    code = "process_not_found"
    template = "Expected a published process {key}, but there is none."


class Setup:
    """Everything that is the same for all orders until somebody changes it.

    Args:
        seq: Length of the set-up's history; two snapshots with the same one are equal.
    """

    def __init__(
        self,
        *,
        seq: int,
        units: Iterable[Unit],
        calendars: Mapping[str, CalendarData],
        policies: Iterable[SlaPolicy],
        rules: Iterable[EscalationRule],
        reasons: Iterable[HoldReason],
        definitions: Iterable[Definition],
        queues: frozenset[str],
    ) -> None:
        self.seq = seq
        self.units = {unit.id: unit for unit in units}
        self.units_by_code = {unit.code: unit for unit in self.units.values()}
        self.calendar_data = dict(calendars)
        self._calendars: dict[str, WorkingCalendar] = {}
        self.policies = tuple(policies)
        self.rules = tuple(rules)
        #: Rules that go on after their clock has stopped.
        self.endless_rules = tuple(rule for rule in self.rules if rule.stop == "never")
        self.reasons = {reason.code: reason for reason in reasons}
        self.definitions = {definition.id: definition for definition in definitions}
        self.queues = queues

    # ---- units ------------------------------------------------------------------------------

    def unit(self, unit_id: int) -> Unit:
        """The unit with this id.

        Raises:
            UnitNotFoundError: None has it.
        """
        try:
            return self.units[unit_id]
        except KeyError:
            raise UnitNotFoundError(unit=unit_id) from None

    def unit_by_code(self, code: str) -> Unit:
        """The unit with this code.

        Raises:
            UnitNotFoundError: None has it.
        """
        try:
            return self.units_by_code[code]
        except KeyError:
            raise UnitNotFoundError(unit=code) from None

    @cached_property
    def root(self) -> Unit:
        """Headquarters: the unit without a parent.

        Raises:
            UnitNotFoundError: No units were loaded yet.
        """
        for unit in self.units.values():
            if unit.parent_id is None:
                return unit
        raise UnitNotFoundError(unit="headquarters")

    def branch_of(self, unit_id: int) -> Unit:
        """The branch a unit belongs to, or headquarters."""
        unit = self.unit(unit_id)
        while unit.kind != "branch" and unit.parent_id is not None:
            unit = self.unit(unit.parent_id)
        return unit

    def codes_up(self, unit_id: int) -> tuple[str, ...]:
        """Codes of a unit and its ancestors, nearest first."""
        codes = []
        current: int | None = unit_id
        while current is not None:
            unit = self.unit(current)
            codes.append(unit.code)
            current = unit.parent_id
        return tuple(codes)

    def grants(self, pairs: Iterable[tuple[str, int]]) -> tuple[Grant, ...]:
        """Roles with the paths they cover; roles at units that are gone give nothing."""
        return tuple(
            Grant(role=role, unit_id=unit_id, path=self.units[unit_id].path)
            for role, unit_id in pairs
            if unit_id in self.units
        )

    def covered_queues(self, grants: Iterable[Grant]) -> tuple[str, ...]:
        """Queues whose tasks a holder of these roles may take."""
        held = [(grant.role, grant.path) for grant in grants]
        covered = []
        for name in self.queues:
            roles, _, unit_id = name.partition("@")
            unit = self.units.get(int(unit_id or 0))
            if unit is not None and any(
                role in roles.split(",") and unit.path.startswith(path) for role, path in held
            ):
                covered.append(name)
        return tuple(sorted(covered))

    # ---- time -------------------------------------------------------------------------------

    def calendar(self, code: str) -> WorkingCalendar:
        """The calendar with this code, built on first use.

        Raises:
            CalendarNotFoundError: None has it.
        """
        built = self._calendars.get(code)
        if built is None:
            if code not in self.calendar_data:
                raise CalendarNotFoundError(calendar=code)
            built = self._calendars[code] = WorkingCalendar(self.calendar_data[code])
        return built

    def calendar_code(self, unit_id: int) -> str:
        """Code of the calendar a unit works by, its own or the nearest ancestor's."""
        current: int | None = unit_id
        while current is not None:
            unit = self.unit(current)
            if unit.calendar is not None:
                return unit.calendar
            current = unit.parent_id
        return ALWAYS

    @cached_property
    def calendar_codes(self) -> Mapping[int, str]:
        """Code of the calendar of each unit."""
        return {unit_id: self.calendar_code(unit_id) for unit_id in self.units}

    def policy(self, key: str, *, customer_class: str | None, unit_id: int) -> SlaPolicy:
        """The most specific service level for an order.

        Raises:
            SlaPolicyNotFoundError: No policy has this key.
        """
        return choose_policy(self.policies, key, customer_class, self.codes_up(unit_id))

    # ---- processes --------------------------------------------------------------------------

    @cached_property
    def latest(self) -> Mapping[str, Definition]:
        """Newest definition of each process key."""
        newest: dict[str, Definition] = {}
        for definition in self.definitions.values():
            known = newest.get(definition.key)
            if known is None or known.version < definition.version:
                newest[definition.key] = definition
        return newest

    def title_in(self, title: str, process_key: str, language: str) -> str:
        """Title of an order; one that begins with its process's name does so in both languages."""
        definition = self.latest.get(process_key)
        if definition is None or language != "en" or not title.startswith(definition.name):
            return title
        return definition.name_en + title.removeprefix(definition.name)

    def definition(self, definition_id: int) -> Definition:
        """The definition with this id.

        Raises:
            ProcessNotFoundError: None has it.
        """
        try:
            return self.definitions[definition_id]
        except KeyError:
            raise ProcessNotFoundError(key=definition_id) from None

    def newest(self, key: str) -> Definition:
        """The newest published version of a process.

        Raises:
            ProcessNotFoundError: It was never published.
        """
        try:
            return self.latest[key]
        except KeyError:
            raise ProcessNotFoundError(key=key) from None
