"""What somebody leads: units, and how far ahead working hours reach there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import msgspec

from engine.domain import access
from engine.domain.access import Act
from engine.domain.records import Unit
from engine.queries.inbox import asker
from engine.store.view import View


class Horizon(msgspec.Struct, frozen=True, kw_only=True):
    """Units that work by one calendar, and what their working hours reach to.

    Attributes:
        units: Ids of the units.
        until: Ends of the spans asked for, soonest first.
    """

    units: tuple[int, ...]
    until: tuple[datetime, ...]


def led(view: View, unit: str | None = None) -> list[Unit]:
    """Units the asking person leads, parents first; only those at or below a unit if one is given.

    Raises:
        NotAllowedError: The person leads none.
        UnitNotFoundError: There is no such unit.
    """
    person = asker(view)
    access.require_anywhere(person, Act.LEAD)
    paths = access.visible_paths(person, Act.LEAD)
    within = "/" if unit is None else view.setup.unit_by_code(unit).path
    found = [
        one
        for one in view.setup.units.values()
        if one.path.startswith(paths) and one.path.startswith(within)
    ]
    return sorted(found, key=lambda one: one.path.split("/"))


def horizons(view: View, units: Iterable[Unit], spans: Sequence[timedelta]) -> list[Horizon]:
    """How far lengths of working time reach from now, by calendar.

    A unit without a calendar works around the clock.
    """
    by_calendar: dict[str, list[int]] = {}
    for unit in units:
        by_calendar.setdefault(view.setup.calendar_code(unit.id), []).append(unit.id)
    return [
        Horizon(
            units=tuple(ids),
            until=tuple(_reach(view, code, span) for span in spans),
        )
        for code, ids in by_calendar.items()
    ]


def _reach(view: View, code: str, span: timedelta) -> datetime:
    if code not in view.setup.calendar_data:
        return view.now + span
    return view.setup.calendar(code).add(view.now, span)
