"""When a person gets a mail about a notice: at once, in working time, in the digest, never."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from engine.domain.calendar import WorkingCalendar
from engine.domain.notices import URGENT
from engine.domain.records import Person, Preferences
from engine.domain.setup import Setup
from engine.store import tables as t

_COLUMNS = [t.preference.c[name] for name in Preferences.__struct_fields__]


def wishes(connection: Connection, people: Iterable[int]) -> dict[int, Preferences]:
    """Choices of people; the usual ones for those who never chose."""
    wanted = list(people)
    found = dict.fromkeys(wanted, Preferences())
    statement = sa.select(t.preference.c.person_id, *_COLUMNS).where(
        t.preference.c.person_id.in_(wanted)
    )
    for person_id, *values in connection.execute(statement):
        found[person_id] = Preferences(
            **dict(zip(Preferences.__struct_fields__, values, strict=True))
        )
    return found


def send_at(
    setup: Setup, person: Person, wish: Preferences, notice: str, now: datetime
) -> datetime | None:
    """When a mail of its own about a notice is to leave; None for no such mail.

    Quiet hours are those outside the working time of the person's unit. Escalations wait neither
    for them nor for the digest.
    """
    if wish.mail == "none":
        return None
    if notice in URGENT:
        return now
    if wish.mail == "digest":
        return None
    if not wish.quiet:
        return now
    calendar = calendar_of(setup, person.unit_id)
    return now if calendar is None else calendar.next_working(now)


def calendar_of(setup: Setup, unit_id: int) -> WorkingCalendar | None:
    """Calendar of a unit; None in an installation that was given no calendars yet."""
    code = setup.calendar_code(unit_id)
    return setup.calendar(code) if code in setup.calendar_data else None
