"""Groups of a task list by deadline, as the people of each task's unit count their time."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy import ColumnElement

from engine.domain.calendar import CalendarRangeError
from engine.domain.setup import CalendarNotFoundError, Setup
from engine.store import tables as t
from engine.store.appliers import NO_DEADLINE, sort_due
from engine.store.sets import among

#: Groups in the order of a list: overdue, due within `SOON`, later today, later this week (which
#: begins on Monday), after that, and without a deadline.
GROUPS: Final = ("overdue", "soon", "today", "week", "later", "none")
#: Working time of the task's unit.
SOON: Final = timedelta(hours=4)

#: First sort key that is no longer in the group, for all groups but the last.
Ends = tuple[int, ...]


class DeadlineGroups:
    """Where the groups begin and end at one instant.

    Within one calendar groups follow each other by deadline; two calendars may disagree about
    what is due within four working hours. Units whose groups end alike are a class.

    Args:
        setup: Units and their calendars.
        at: The instant.
        zone: Whose days and weeks.
    """

    def __init__(self, setup: Setup, at: datetime, zone: ZoneInfo) -> None:
        self._setup = setup
        self._at = at
        local = at.astimezone(zone)
        midnight = datetime.combine(local.date(), time(), zone)
        self._day = midnight + timedelta(days=1)
        self._week = midnight + timedelta(days=7 - local.weekday())
        ends = {code: self._ends(code) for code in {*setup.calendar_codes.values()}}
        self._classes = sorted({*ends.values()}) or [self._ends("")]
        self._of_calendar = {code: self._classes.index(each) for code, each in ends.items()}

    @property
    def number(self) -> int:
        """How many classes there are."""
        return len(self._classes)

    def class_of(self, unit_id: int) -> int:
        """Number of the class a unit belongs to."""
        return self._of_calendar[self._setup.calendar_codes[unit_id]]

    def name(self, unit_id: int, due: int) -> str:
        """Name of the group of a task by its unit and sort key."""
        return GROUPS[bisect_right(self._classes[self.class_of(unit_id)], due)]

    def begin(self, unit_id: int, group: int, due: int, last: int) -> tuple[int, int]:
        """Where a list goes on, for tasks of one unit, after a row of any unit.

        Args:
            unit_id: The unit.
            group: Number of the row's group.
            due: Its sort key.
            last: Its id.

        Returns:
            The greatest sort key and id that stand before.
        """
        ends = self._classes[self.class_of(unit_id)]
        if group and due < ends[group - 1]:
            return ends[group - 1], -1
        if group < len(ends) and due >= ends[group]:
            return ends[group], -1
        return due, last

    def values(self) -> dict[str, Any]:
        """What `group_number` and `bounds` ask for by name."""
        found: dict[str, Any] = {}
        if self.number > 1:
            found = {f"units{number}": [] for number in range(self.number)}
            for unit_id in self._setup.units:
                found[f"units{self.class_of(unit_id)}"].append(unit_id)
        for number, ends in enumerate(self._classes):
            found |= {f"end{number}_{place}": end for place, end in enumerate(ends)}
        return found

    def _ends(self, code: str) -> Ends:
        soon = max(self._at, self._soon(code))
        today = max(soon, self._day)
        instants = (self._at, soon, today, max(today, self._week))
        return (*map(sort_due, instants), NO_DEADLINE)

    def _soon(self, code: str) -> datetime:
        try:
            return self._setup.calendar(code).add(self._at, SOON)
        except (CalendarNotFoundError, CalendarRangeError):
            return self._at + SOON


def group_number(classes: int, of: int | None = None) -> ColumnElement[int]:
    """Number of the group a task belongs to.

    Args:
        classes: How many classes of units there are.
        of: The class of the task's unit; None if it may be any.
    """
    if of is None and classes > 1:
        return sa.case(
            *((among(t.task.c.unit_id, f"units{one}"), _number(one)) for one in range(1, classes)),
            else_=_number(0),
        )
    return _number(of or 0)


def bounds(of: int, group: int) -> Iterable[ColumnElement[bool]]:
    """Conditions on the sort key of a group, for units of one class."""
    if group:
        yield t.task.c.sort_due >= _end(of, group - 1)
    if group < len(GROUPS) - 1:
        yield t.task.c.sort_due < _end(of, group)


def _end(of: int, group: int) -> sa.BindParameter[int]:
    return sa.bindparam(f"end{of}_{group}", type_=sa.BigInteger())


def _number(of: int) -> ColumnElement[int]:
    last = len(GROUPS) - 1
    return sa.case(
        *((t.task.c.sort_due < _end(of, group), group) for group in range(last)), else_=last
    )
