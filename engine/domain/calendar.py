"""Arithmetic in working time: the instant after four working hours, the work between two instants.

Every question is a binary search over a table of working intervals, built year by year as the
questions reach further. All results are exact to the microsecond.
"""

from __future__ import annotations

import logging
from bisect import bisect_left, bisect_right
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec

from engine.domain.calendar_data import CalendarData, check_calendar, minutes
from engine.errors import InvalidError

logger = logging.getLogger(__name__)

#: Years a calendar can answer for. A bound, so that a mistyped length ends in a refusal.
FIRST_YEAR, LAST_YEAR = 1970, 2100

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
#: No closing lasts longer than that.
_DAYS_BACK = 36
_MICROSECOND = timedelta(microseconds=1)
_SECOND = 1_000_000
_YEAR = 31_556_952 * _SECOND  # the mean year of the calendar
_FIRST, _LAST = (
    (datetime(year, 1, 1, tzinfo=UTC) - _EPOCH) // _MICROSECOND
    for year in (FIRST_YEAR, LAST_YEAR + 1)
)


class CalendarRangeError(InvalidError):
    """The question leads to a year no calendar answers for."""

    code = "calendar_range"
    template = (
        "Expected calendar {calendar} to stay within the years {first} to {last}, "
        "but the calculation leads to {year}."
    )


class _Table(msgspec.Struct, frozen=True, kw_only=True):
    """Working intervals of consecutive years, in microseconds since 1970 (UTC).

    Attributes:
        years: First and last year, both included.
        opens, closes: Start and end of the years, local midnight.
        starts, ends: The intervals, ascending and apart.
        before, after: Working time from a fixed origin up to each start and each end.
    """

    years: tuple[int, int]
    opens: int
    closes: int
    starts: list[int]
    ends: list[int]
    before: list[int]
    after: list[int]


class WorkingCalendar:
    """A working calendar: weekly hours, holidays and make-up days in one time zone.

    Instants are aware; results are in UTC. Immutable to its callers and safe to share between
    threads: growing replaces the table, so a race only builds a year twice.
    """

    def __init__(self, data: CalendarData) -> None:
        """Check the data and make a calendar of it.

        Raises:
            CalendarInvalidError: The data contradicts itself.
        """
        check_calendar(data)
        self.data = data
        self._zone = ZoneInfo(data.zone)
        self._week = tuple(minutes(hours) for hours in data.week.days)
        self._plain_day = next(hours for hours in self._week if hours)
        self._missing: set[int] = set()
        self._table: _Table | None = None

    @property
    def missing_years(self) -> tuple[int, ...]:
        """Years reached so far whose holidays are unknown; plain weeks were assumed."""
        return tuple(sorted(self._missing))

    def add(self, start: datetime, length: timedelta) -> datetime:
        """Earliest instant at which ``length`` of working time has passed since ``start``.

        A length that fits exactly ends at closing time, not at the next opening. A negative
        length is subtracted.

        Raises:
            CalendarRangeError: The result is beyond the years a calendar answers for.
        """
        if length <= timedelta():
            return self.subtract(start, -length) if length else start.astimezone(UTC)
        micros, span = _micros(start), length // _MICROSECOND
        self._check(micros + span)  # working time never passes faster than time
        table, worked = self._worked(micros)
        target = worked + span
        while target > table.after[-1]:
            table = self._grow(table, table.years[1] + 1)
        index = bisect_left(table.after, target)
        return _instant(table.starts[index] + target - table.before[index])

    def subtract(self, end: datetime, length: timedelta) -> datetime:
        """Latest instant from which ``length`` of working time passes until ``end``.

        Raises:
            CalendarRangeError: The result is beyond the years a calendar answers for.
        """
        if length <= timedelta():
            return self.add(end, -length) if length else end.astimezone(UTC)
        micros, span = _micros(end), length // _MICROSECOND
        self._check(micros - span)
        table, worked = self._worked(micros)
        target = worked - span
        while target < table.before[0]:
            table = self._grow(table, table.years[0] - 1)
        index = bisect_right(table.before, target) - 1
        return _instant(table.starts[index] + target - table.before[index])

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Working time from ``start`` to ``end``; negative if ``end`` is the earlier one."""
        _, first = self._worked(_micros(start))
        _, second = self._worked(_micros(end))
        return timedelta(microseconds=second - first)

    def is_working(self, at: datetime) -> bool:
        """Whether work goes on at this instant (opening included, closing not)."""
        micros = _micros(at)
        table = self._reach(micros)
        return micros < table.ends[bisect_right(table.starts, micros) - 1]

    def next_working(self, at: datetime) -> datetime:
        """The instant itself if work goes on then, else the next opening."""
        micros = _micros(at)
        table, worked = self._worked(micros)
        while worked >= table.after[-1]:
            table = self._grow(table, table.years[1] + 1)
        return _instant(max(micros, table.starts[bisect_right(table.after, worked)]))

    def last_daily(self, at: datetime, wall: time) -> datetime | None:
        """Latest instant not after ``at`` at which it was this time of day on a working day.

        Args:
            at: Where to look back from.
            wall: Time of day in the zone of the calendar, to the minute; on a day that is worked
                at some hour, not necessarily this one.

        Returns:
            The instant; None if no day of the last five weeks was worked.
        """
        micros, minute = _micros(at), wall.hour * 60 + wall.minute
        today = at.astimezone(self._zone).date()
        for back in range(_DAYS_BACK):
            day = today - timedelta(days=back)
            if self._minutes(day) and (found := self._wall(day, minute)) <= micros:
                return _instant(found)
        return None

    def _worked(self, micros: int) -> tuple[_Table, int]:
        """Working time from the fixed origin to an instant, and the table that told it."""
        table = self._reach(micros)
        index = bisect_right(table.starts, micros) - 1
        return table, table.before[index] + min(micros, table.ends[index]) - table.starts[index]

    def _reach(self, micros: int) -> _Table:
        """A table whose years include this instant."""
        self._check(micros)
        table = self._table
        if table is None:
            year = _instant(micros).astimezone(self._zone).year
            table = self._table = self._build(year)
        while micros < table.opens:
            table = self._grow(table, table.years[0] - 1)
        while micros >= table.closes:
            table = self._grow(table, table.years[1] + 1)
        return table

    def _grow(self, table: _Table, year: int) -> _Table:
        """Add the year before or after a table."""
        new = self._build(year)
        early, late = (new, table) if year < table.years[0] else (table, new)
        # The origin stays where it was: an earlier year counts down from it.
        shift = table.before[0] - new.after[-1] if new is early else table.after[-1]
        before, after = ([worked + shift for worked in sums] for sums in (new.before, new.after))
        grown = _Table(
            years=(early.years[0], late.years[1]),
            opens=early.opens,
            closes=late.closes,
            starts=early.starts + late.starts,
            ends=early.ends + late.ends,
            before=before + table.before if new is early else table.before + before,
            after=after + table.after if new is early else table.after + after,
        )
        self._table = grown
        return grown

    def _build(self, year: int) -> _Table:
        """The intervals of one year, its own first interval being the origin."""
        if not FIRST_YEAR <= year <= LAST_YEAR:
            raise self._out_of_range(year)
        self._note_missing(year)
        first_day, next_year = date(year, 1, 1), date(year + 1, 1, 1)
        opens = self._wall(first_day, 0)
        # An empty interval opens every year: searches always find one, even in a year of holidays.
        starts, ends, before, after, worked = [opens], [opens], [0], [0], 0
        for offset in range((next_year - first_day).days):
            day = first_day + timedelta(days=offset)
            for opening, closing in self._minutes(day):
                start, end = self._wall(day, opening), self._wall(day, closing)
                starts.append(start)
                ends.append(end)
                before.append(worked)
                worked += end - start
                after.append(worked)
        return _Table(
            years=(year, year),
            opens=opens,
            closes=self._wall(next_year, 0),
            starts=starts,
            ends=ends,
            before=before,
            after=after,
        )

    def _check(self, micros: int) -> None:
        if not _FIRST <= micros < _LAST:
            raise self._out_of_range(_EPOCH.year + micros // _YEAR)

    def _out_of_range(self, year: int) -> CalendarRangeError:
        return CalendarRangeError(
            calendar=self.data.code, first=FIRST_YEAR, last=LAST_YEAR, year=year
        )

    def _note_missing(self, year: int) -> None:
        known = self.data.years
        if known is None or year in known or year in self._missing:
            return
        self._missing.add(year)
        logger.warning(
            "Calendar %s has no holidays for %d; plain weeks are assumed.", self.data.code, year
        )

    def _minutes(self, day: date) -> tuple[tuple[int, int], ...]:
        make_up = self.data.make_up_days.get(day)
        if make_up is not None:
            return self._plain_day if make_up.hours is None else minutes(make_up.hours)
        return () if day in self.data.holidays else self._week[day.weekday()]

    def _wall(self, day: date, minute: int) -> int:
        """First instant at which the clock on the wall shows this minute of the day or later.

        Where the clock is set back the first of two passes counts; where it is set forward a
        skipped minute is the instant of the change. So neighbouring intervals stay neighbours.
        """
        wall = datetime.combine(day, time()) + timedelta(minutes=minute)
        first = _micros(wall.replace(tzinfo=self._zone))
        second = _micros(wall.replace(tzinfo=self._zone, fold=1))
        if first <= second:
            return first
        seconds = range(second // _SECOND, first // _SECOND)
        return seconds.start * _SECOND + _SECOND * bisect_left(seconds, wall, key=self._shown)

    def _shown(self, second: int) -> datetime:
        """What the clock on the wall shows at a second since 1970."""
        return datetime.fromtimestamp(second, self._zone).replace(tzinfo=None)


def _micros(at: datetime) -> int:
    return (at - _EPOCH) // _MICROSECOND


def _instant(micros: int) -> datetime:
    return _EPOCH + timedelta(microseconds=micros)
