"""Dates, times and instants of FEEL.

A date is a `date`, a time of day a `time`, an instant ("date and time") a `datetime`; the latter
two with an offset from UTC or without. Source: DMN 1.3, 10.3.2.3.4 to 10.3.2.3.6, and ISO 8601.
"""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Final
from zoneinfo import ZoneInfo

from engine.domain.feel.values.durations import Months, read_duration

_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_TIME: Final = re.compile(
    r"(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(Z|[+-]\d{2}:\d{2}(?::\d{2})?|@[A-Za-z_/+\-]{1,40})?",
    re.ASCII,
)
_SHORT_TIME: Final = re.compile(r"(\d{2}:\d{2})(Z|[+-]\d{2}:\d{2})?", re.ASCII)
_DAY: Final = timedelta(days=1)


def read_date(text: str) -> date | None:
    """Date of ``2026-01-31``; None if the text is none."""
    try:
        return date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:
        return None


def read_time(text: str) -> time | None:
    """Time of day of ``08:30:00``, with or without an offset; None if the text is none."""
    return _time(text, None)


def read_instant(text: str) -> datetime | None:
    """Instant of ``2026-01-31T08:30:00Z``; a date alone is its midnight."""
    day, mark, rest = text.partition("T")
    on = read_date(day)
    if on is None:
        return None
    if not mark:
        return datetime.combine(on, time())
    short = _SHORT_TIME.fullmatch(rest)
    at = _time(f"{short[1]}:00{short[2] or ''}" if short else rest, on)
    return None if at is None else datetime.combine(on, at)


def _time(text: str, on: date | None) -> time | None:
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    hour, minute, second = (int(part) for part in match.groups()[:3])
    micro = int((match[4] or "").ljust(6, "0")[:6] or 0)
    try:
        local = time(hour, minute, second, micro)
        return local.replace(
            tzinfo=_offset(match[5] or "", datetime.combine(on or date.min, local))
        )
    except (ValueError, KeyError, OSError, OverflowError):
        return None


def _offset(text: str, at: datetime) -> timezone | None:
    """Zone of an offset, or of the name of a zone at an instant (never the zone itself)."""
    if not text:
        return None
    if text == "Z":
        return UTC
    if text.startswith("@"):
        shift = ZoneInfo(text[1:]).utcoffset(at)
        return None if shift is None else timezone(shift)
    hours, minutes, *seconds = (int(part) for part in text[1:].split(":"))
    shift = timedelta(hours=hours, minutes=minutes, seconds=sum(seconds))
    return timezone(-shift if text.startswith("-") else shift)


def read_any(text: str) -> date | time | timedelta | Months | None:
    """Whatever a literal ``@"…"`` names; None if the text is none of these."""
    return (
        read_date(text)
        or (read_instant(text) if "T" in text and not text.lstrip("-").startswith("P") else None)
        or read_time(text)
        or read_duration(text)
    )


def shift_time(start: time, by: timedelta) -> time:
    """The time of day later or earlier, around midnight."""
    moved = datetime.combine(date(2000, 1, 2), start) + by % _DAY
    return moved.timetz()
