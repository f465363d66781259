"""Functions about dates, times and durations. Source: DMN 1.3, 10.3.4.1, 10.3.4.7 and 10.3.4.8."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Final

from engine.domain.feel.errors import FeelError
from engine.domain.feel.functions.signature import Function, function
from engine.domain.feel.functions.texts import whole
from engine.domain.feel.values import durations
from engine.domain.feel.values.comparing import as_kind
from engine.domain.feel.values.durations import Months
from engine.domain.feel.values.exchange import shown
from engine.domain.feel.values.kinds import KINDS

_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def _out_of_bounds(kind: str) -> FeelError:
    en, zh = KINDS[kind]
    return FeelError(f"the numbers are not {en}", f"这些数字不是{zh}")


def _date_of(year: Decimal, month: Decimal, day: Decimal) -> date:
    try:
        return date(whole(year), whole(month), whole(day))
    except ValueError as error:
        raise _out_of_bounds("date") from error


def _time_of(
    hour: Decimal, minute: Decimal, second: Decimal, offset: timedelta | None = None
) -> time:
    micro = int(second % 1 * 1_000_000)
    try:
        zone = None if offset is None else timezone(offset)
        return time(whole(hour), whole(minute), int(second), micro, zone)
    except (ValueError, OverflowError) as error:
        raise _out_of_bounds("time") from error


def _duration_of(text: str) -> timedelta | Months:
    found = durations.read_duration(text)
    if found is None:
        raise FeelError(f"{shown(text)} is not a duration", f"{shown(text)} 不是时长")
    return found


def _months_between(start: date, end: date) -> Months:
    if isinstance(start, datetime) and isinstance(end, datetime):
        start, end = start.date(), end.date()
    return durations.months_between(start, end)


def _week(day: date) -> Decimal:
    return Decimal(day.isocalendar().week)


FUNCTIONS: Final[Mapping[str, Function]] = {
    "date": function(
        ("text", lambda text: as_kind(text, "date")),
        ("date", lambda day: day),
        ("instant", datetime.date),
        ("number number number", _date_of),
    ),
    "time": function(
        ("text", lambda text: as_kind(text, "time")),
        ("time", lambda at: at),
        ("instant", datetime.timetz),
        ("number number number duration?", _time_of),
    ),
    "date and time": function(
        ("text", lambda text: as_kind(text, "instant")),
        ("instant", lambda at: at),
        ("date", lambda day: datetime.combine(day, time())),
        ("date time", datetime.combine),
    ),
    "duration": function(
        ("text", _duration_of),
        ("duration", lambda length: length),
        ("months", lambda length: length),
    ),
    "years and months duration": function(
        ("date date", _months_between), ("instant instant", _months_between)
    ),
    "day of week": function(
        ("date", lambda day: _DAYS[day.weekday()]), ("instant", lambda day: _DAYS[day.weekday()])
    ),
    "day of year": function(
        ("date", lambda day: Decimal(day.timetuple().tm_yday)),
        ("instant", lambda day: Decimal(day.timetuple().tm_yday)),
    ),
    "week of year": function(("date", _week), ("instant", _week)),
    "month of year": function(
        ("date", lambda day: _MONTHS[day.month - 1]),
        ("instant", lambda day: _MONTHS[day.month - 1]),
    ),
}
