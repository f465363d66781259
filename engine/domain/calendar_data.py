"""Working calendars as plain data: what an owner imports, and the rules it must meet."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Annotated
from zoneinfo import ZoneInfo

import msgspec

from engine.errors import InvalidError

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

WallTime = Annotated[str, msgspec.Meta(pattern=r"^(([01]\d|2[0-3]):[0-5]\d|24:00)$")]
Hours = tuple[WallTime, WallTime]
Code = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]


class CalendarInvalidError(InvalidError):
    """Calendar data breaks a rule; ``path`` says where, e.g. ``week.mon[1]``."""

    code = "calendar_invalid"
    template = "Expected {path} to be {expected}, but {fact}."


class Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of imported data: an unknown field is a mistake, not an extra."""


class Week(Record, frozen=True, kw_only=True):
    """Working hours of a plain week, wall time of the calendar's zone.

    Several intervals a day leave gaps (lunch). An interval ends on the day it starts, at the
    latest at ``24:00``; a night shift is written as two intervals on two days.
    """

    mon: tuple[Hours, ...] = ()
    tue: tuple[Hours, ...] = ()
    wed: tuple[Hours, ...] = ()
    thu: tuple[Hours, ...] = ()
    fri: tuple[Hours, ...] = ()
    sat: tuple[Hours, ...] = ()
    sun: tuple[Hours, ...] = ()

    @property
    def days(self) -> tuple[tuple[Hours, ...], ...]:
        """The seven days, Monday first."""
        return (self.mon, self.tue, self.wed, self.thu, self.fri, self.sat, self.sun)


class Holiday(Record, frozen=True, kw_only=True):
    """A day without work."""

    name_zh: Name
    name_en: Name


class MakeUpDay(Record, frozen=True, kw_only=True):
    """A day that is worked although the plain week says otherwise (调休).

    Attributes:
        hours: Hours of this day; None takes those of the first worked weekday.
    """

    name_zh: Name
    name_en: Name
    hours: tuple[Hours, ...] | None = None


class CalendarData(Record, frozen=True, kw_only=True):
    """One working calendar, the whole of it.

    Attributes:
        code: Stable identifier.
        zone: IANA time zone of all dates and hours.
        years: Years whose holidays are known. Other years are computed from plain weeks, with a
            warning. None means that the calendar does not depend on announced holidays.
    """

    code: Code
    name_zh: Name
    name_en: Name
    zone: str
    week: Week
    holidays: dict[date, Holiday] = {}
    make_up_days: dict[date, MakeUpDay] = {}
    years: tuple[int, ...] | None = None


def parse_calendar(content: bytes) -> CalendarData:
    """Read and check one calendar in JSON (format: ``docs/clocks.md``).

    Raises:
        CalendarInvalidError: The content is not JSON, of the wrong shape, or contradicts itself.
    """
    try:
        data = msgspec.json.decode(content, type=CalendarData)
    except msgspec.DecodeError as error:
        raise _shape_error(error) from error
    check_calendar(data)
    return data


def check_calendar(data: CalendarData) -> None:
    """Check a calendar, however it was made.

    Raises:
        CalendarInvalidError: With the path of the first contradiction.
    """
    try:
        msgspec.convert(msgspec.to_builtins(data), CalendarData)
    except msgspec.ValidationError as error:
        raise _shape_error(error) from error
    _check_zone(data.zone)
    for path, hours in _all_hours(data):
        _check_hours(path, hours)
    if not any(data.week.days):
        raise CalendarInvalidError(
            path="week", expected="worked on some weekday", fact="no day has hours"
        )
    _check_days(data.holidays, data.make_up_days)


def minutes(hours: Sequence[Hours]) -> tuple[tuple[int, int], ...]:
    """Intervals as minutes of the day, sorted."""
    return tuple(sorted((_minute(start), _minute(end)) for start, end in hours))


def _minute(wall: str) -> int:
    return int(wall[:2]) * 60 + int(wall[3:])


def _shape_error(error: msgspec.DecodeError) -> CalendarInvalidError:
    text, _, place = str(error).partition(" - at ")
    path = re.sub(r"[`$]\.?", "", place) or "calendar"
    fact = text[0].lower() + text[1:]
    return CalendarInvalidError(path=path, expected="of the documented shape", fact=fact)


def _check_zone(zone: str) -> None:
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError) as error:
        raise CalendarInvalidError(
            path="zone", expected="an IANA time zone", fact=f"{zone!r} is unknown"
        ) from error


def _all_hours(data: CalendarData) -> Iterator[tuple[str, Sequence[Hours]]]:
    for weekday, hours in zip(WEEKDAYS, data.week.days, strict=True):
        yield f"week.{weekday}", hours
    for day, make_up in data.make_up_days.items():
        if make_up.hours is not None:
            yield f"make_up_days.{day}.hours", make_up.hours


def _check_hours(path: str, hours: Sequence[Hours]) -> None:
    for index, (start, end) in enumerate(hours):
        if _minute(end) <= _minute(start):
            raise CalendarInvalidError(
                path=f"{path}[{index}]",
                expected="an interval that ends after its start on the same day",
                fact=f"it goes from {start} to {end}",
            )
    for (_, closing), (opening, _) in pairwise(sorted(hours)):
        if opening < closing:
            raise CalendarInvalidError(
                path=path,
                expected="free of overlaps",
                fact=f"one interval ends at {closing} and the next starts at {opening}",
            )


def _check_days(holidays: Mapping[date, Holiday], make_up_days: Mapping[date, MakeUpDay]) -> None:
    for day in sorted(holidays.keys() & make_up_days.keys()):
        raise CalendarInvalidError(
            path=f"make_up_days.{day}",
            expected="either a holiday or a make-up day",
            fact="it is both",
        )
    for day, make_up in make_up_days.items():
        if make_up.hours == ():
            raise CalendarInvalidError(
                path=f"make_up_days.{day}.hours", expected="some hours", fact="it is empty"
            )
