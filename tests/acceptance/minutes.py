"""Working time the slow way: minute by minute, over days written out by hand."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")
#: Source: notice of the State Council on holidays in 2026.
DAYS_OFF = {
    *(date(2026, 9, day) for day in (25, 26, 27)),
    *(date(2026, 10, day) for day in range(1, 8)),
}
MAKE_UP_DAYS = {date(2026, 9, 20), date(2026, 10, 10)}
_MINUTE = timedelta(minutes=1)


def is_office_time(at: datetime) -> bool:
    """Whether somebody sits in the office: 8:30 to 12:00 and 13:30 to 17:30 on workdays."""
    local = at.astimezone(CHINA)
    day = local.date()
    if day in DAYS_OFF or (local.weekday() > 4 and day not in MAKE_UP_DAYS):
        return False
    minute = local.hour * 60 + local.minute
    return 8 * 60 + 30 <= minute < 12 * 60 or 13 * 60 + 30 <= minute < 17 * 60 + 30


def is_desk_time(at: datetime) -> bool:
    """Whether the service desk works: 8 to 20 every day."""
    return 8 <= at.astimezone(CHINA).hour < 20


def after(start: datetime, minutes: float, works=is_office_time) -> datetime:
    """When so many working minutes have passed since ``start`` (a whole minute)."""
    at, left = start, minutes
    while left > 0:
        if works(at):
            left -= 1
        at += _MINUTE
    return at + timedelta(minutes=left)
