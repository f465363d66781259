"""Instants and lengths as people read them, in the zone of the installation."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from babel.dates import format_skeleton
from flask import Flask, current_app

from forms.pages.language import gettext, locale, ngettext

#: Where `register` leaves the zone.
EXTENSION: Final = "gongdan_zone"
_MINUTE, _HOUR, _DAY = 60, 3600, 86_400


def register(app: Flask, zone: ZoneInfo) -> None:
    """Give templates the filters ``when``, ``clock``, ``stamp``, ``local`` and ``duration``."""
    app.extensions[EXTENSION] = zone
    app.jinja_env.filters.update(when=when, clock=clock, stamp=stamp, local=local, duration=length)


def zone() -> ZoneInfo:
    """Zone all instants are shown in."""
    found: ZoneInfo = current_app.extensions[EXTENSION]
    return found


def local(at: datetime) -> datetime:
    """The instant on the walls of the installation."""
    return at.astimezone(zone())


def when(at: datetime | None, now: datetime | None = None) -> str:
    """Day and time; the year only if it is not the present one, the day in words if near."""
    if at is None:
        return ""
    there = local(at)
    if now is not None:
        days = (there.date() - local(now).date()).days
        near = {-1: gettext("yesterday"), 0: gettext("today"), 1: gettext("tomorrow")}.get(days)
        if near is not None:
            return f"{near} {clock(at)}"
    is_this_year = now is None or there.year == local(now).year
    return f"{_day(there.date(), locale(), is_this_year=is_this_year)} {clock(at)}"


def day(date_: date) -> str:
    """A date with its year."""
    return _day(date_, locale(), is_this_year=False)


@lru_cache(maxsize=2000)
def _day(day: date, locale: str, *, is_this_year: bool) -> str:
    """A day in words; kept, because a list shows the same days again and again."""
    return str(format_skeleton("MMMd" if is_this_year else "yMMMd", day, locale=locale))


def clock(at: datetime) -> str:
    """Time of day."""
    return local(at).strftime("%H:%M")


def stamp(at: datetime) -> str:
    """The exact second, for history."""
    return local(at).strftime("%Y-%m-%d %H:%M:%S")


def length(time: timedelta | float) -> str:
    """A length of time to its two largest units: days of 24 h, hours, minutes."""
    seconds = time.total_seconds() if isinstance(time, timedelta) else float(time)
    minutes = int(abs(seconds)) // _MINUTE
    days, rest = divmod(minutes, _DAY // _MINUTE)
    hours, minutes = divmod(rest, _HOUR // _MINUTE)
    if days:
        text = ngettext("%(num)d day", "%(num)d days", days)
        return f"{text} {gettext('%(n)d h', n=hours)}" if hours else text
    if hours:
        text = gettext("%(n)d h", n=hours)
        return f"{text} {gettext('%(n)d min', n=minutes)}" if minutes else text
    return gettext("%(n)d min", n=minutes)


def brief(time: timedelta | float) -> str:
    """A length of time in one unit, where there is little room: with one decimal above an hour."""
    seconds = abs(time.total_seconds() if isinstance(time, timedelta) else float(time))
    if seconds < _HOUR:
        return gettext("%(n)d min", n=int(seconds) // _MINUTE)
    if seconds < _DAY:
        return gettext("%(n)s h", n=f"{seconds / _HOUR:.1f}".removesuffix(".0"))
    return gettext("%(n)s d", n=f"{seconds / _DAY:.1f}".removesuffix(".0"))


def hours(time: timedelta | float) -> str:
    """A length of working time: hours and minutes, because working days differ."""
    seconds = time.total_seconds() if isinstance(time, timedelta) else float(time)
    whole, minutes = divmod(int(abs(seconds)) // _MINUTE, _HOUR // _MINUTE)
    text = gettext("%(n)d h", n=whole) if whole else ""
    return f"{text} {gettext('%(n)d min', n=minutes)}".strip() if minutes or not whole else text
