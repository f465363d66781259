"""Durations of FEEL: a `timedelta` of days and time, or `Months` of years and months; never both.

Source: DMN 1.3, 10.3.2.3.7 and 10.3.2.3.8.
"""

from datetime import date, timedelta

import msgspec

from engine.domain import durations


class Months(msgspec.Struct, frozen=True, order=True):
    """A duration of years and months; how long it is depends on where it begins."""

    count: int


def read_duration(text: str) -> timedelta | Months | None:
    """Duration of ``P1DT2H`` or ``P1Y6M``; None if the text is none, or mixes both."""
    months, exact = durations.read_duration(text) or (None, None)
    if months is None:
        return exact
    return Months(months) if exact is None else None


def write_duration(value: timedelta | Months) -> str:
    """The duration in ISO 8601."""
    if isinstance(value, timedelta):
        return durations.write_duration(value)
    years, months = divmod(abs(value.count), 12)
    inner = (f"{years}Y" if years else "") + (f"{months}M" if months else "")
    return ("-" if value.count < 0 else "") + f"P{inner or '0M'}"


def months_between(start: date, end: date) -> Months:
    """Whole months from one date to another; negative if the other is earlier."""
    if end < start:
        return Months(-months_between(end, start).count)
    count = (end.year - start.year) * 12 + end.month - start.month
    return Months(count - (1 if end.day < start.day else 0))
