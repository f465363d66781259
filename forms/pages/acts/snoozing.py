"""When a task that is put off comes back: the usual times to choose from."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Final

import msgspec

from engine.store.view import View
from forms.pages.language import gettext
from forms.pages.moments import when, zone

_AFTERNOON: Final = time(14)
_EVENING: Final = time(17)
_MORNING: Final = time(9)


class Preset(msgspec.Struct, frozen=True, kw_only=True):
    """A usual time.

    Attributes:
        at: The instant, None for one the person gives.
    """

    code: str
    label: str
    at: datetime | None

    def shown(self, now: datetime) -> str:
        """The instant for people."""
        return "" if self.at is None else when(self.at, now)


def presets(moment: View) -> list[Preset]:
    """The usual times as of now, each once, soonest first; the last one is one's own."""
    now = moment.now
    found = [Preset(code="hour", label=gettext("In an hour"), at=now + timedelta(hours=1))]
    for code, label, wall in (
        ("afternoon", gettext("This afternoon"), _AFTERNOON),
        ("evening", gettext("End of the day"), _EVENING),
    ):
        at = _at(now, wall)
        if at > now + timedelta(hours=1):
            found.append(Preset(code=code, label=label, at=at))
    tomorrow = _at(now + timedelta(days=1), _MORNING)
    workday = _workday(moment)
    if workday is None or _day(workday) != _day(tomorrow):
        found.append(Preset(code="tomorrow", label=gettext("Tomorrow morning"), at=tomorrow))
    if workday is not None:
        found.append(Preset(code="workday", label=gettext("Next working day"), at=workday))
    return [*found, Preset(code="own", label=gettext("At another time"), at=None)]


def preset_at(moment: View, code: str) -> datetime | None:
    """Instant of a preset; None for one's own or none at all."""
    return next((each.at for each in presets(moment) if each.code == code), None)


def _at(day: datetime, wall: time) -> datetime:
    there = day.astimezone(zone())
    return datetime.combine(there.date(), wall, zone()).astimezone(UTC)


def _day(at: datetime) -> object:
    return at.astimezone(zone()).date()


def _workday(moment: View) -> datetime | None:
    """Opening of the first working day after today, by the person's own calendar."""
    if moment.by is None:
        return None
    setup = moment.setup
    calendar = setup.calendar(setup.calendar_code(moment.by.unit_id))
    return calendar.next_working(_at(moment.now + timedelta(days=1), time()))
