"""ISO 8601 durations: months, whose length depends on where they begin, and all that is exact.

Source: ISO 8601-1, 5.5.2; the sign in front is that of XML Schema (``xs:duration``).
"""

import re
from calendar import monthrange
from datetime import date, timedelta
from typing import Final, TypeVar

_DURATION: Final = re.compile(
    r"(-?)P(?=[\dT])(?:(\d{1,6})Y)?(?:(\d{1,7})M)?(?:(\d{1,5})W)?(?:(\d{1,7})D)?"
    r"(?:T(?=\d)(?:(\d{1,8})H)?(?:(\d{1,9})M)?(?:(\d{1,11})(?:\.(\d{1,9}))?S)?)?",
    re.ASCII,
)

Day = TypeVar("Day", bound=date)


def read_duration(text: str) -> tuple[int | None, timedelta | None] | None:
    """Months and exact rest of a duration such as ``P1Y6M`` or ``-P1DT2H0.5S``.

    Returns:
        Either is None when no part of the text is of its kind; None alone when the text is no
        duration, or longer than a `timedelta` can be.
    """
    match = _DURATION.fullmatch(text)
    if match is None:
        return None
    sign = -1 if match[1] else 1
    months = exact = None
    if match[2] or match[3]:
        months = sign * (12 * int(match[2] or 0) + int(match[3] or 0))
    if any(match.groups()[3:]):
        weeks, days, hours, minutes, seconds = (int(part or 0) for part in match.groups()[3:8])
        try:
            exact = sign * timedelta(
                weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds,
                microseconds=int((match[9] or "").ljust(6, "0")[:6]),
            )  # fmt: skip
        except OverflowError:
            return None
    return months, exact


def write_duration(length: timedelta) -> str:
    """An exact duration in days, hours, minutes and seconds, the largest first."""
    sign, length = ("-", -length) if length < timedelta() else ("", length)
    hours, seconds = divmod(length.seconds, 3600)
    minutes, seconds = divmod(seconds, 60)
    fraction = f".{length.microseconds:06}".rstrip("0") if length.microseconds else ""
    clock = (
        (f"{hours}H" if hours else "")
        + (f"{minutes}M" if minutes else "")
        + (f"{seconds}{fraction}S" if seconds or fraction else "")
    )
    days = f"{length.days}D" if length.days else ""
    if not days and not clock:
        return "PT0S"
    return f"{sign}P{days}" + (f"T{clock}" if clock else "")


def add_months(start: Day, months: int) -> Day:
    """The same day ``months`` later, or the last day of a shorter month.

    Raises:
        OverflowError: The year is out of range.
    """
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    if not date.min.year <= year <= date.max.year:
        raise OverflowError
    day = min(start.day, monthrange(year, month + 1)[1])
    return start.replace(year=year, month=month + 1, day=day)
