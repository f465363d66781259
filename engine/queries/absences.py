"""Who is away, and who stands in."""

from __future__ import annotations

from datetime import datetime

import msgspec
import sqlalchemy as sa

from engine.domain import access
from engine.domain.access import Act
from engine.store import tables as t
from engine.store.view import View


class AbsenceItem(msgspec.Struct, frozen=True, kw_only=True):
    """An absence that lasts or is to come.

    Attributes:
        is_present: Whether it lasts now.
        may_end: Whether the asking person may end it.
    """

    id: int
    person_id: int
    person_login: str
    person_name: str
    substitute_id: int
    substitute_login: str
    substitute_name: str
    starts_at: datetime
    ends_at: datetime
    reason: str
    is_present: bool
    may_end: bool


def absences(view: View) -> list[AbsenceItem]:
    """One's own, those in which one stands in, and those of people one leads; the next first."""
    by = view.by
    if by is None or not by.is_active:
        return []
    absence, person, substitute = t.absence.c, t.person.alias(), t.person.alias()
    led = {unit.id for unit in view.setup.units.values() if access.may(by, Act.LEAD, unit.path)}
    statement = (
        sa.select(
            t.absence,
            person.c.login.label("person_login"),
            person.c.name.label("person_name"),
            person.c.unit_id,
            substitute.c.login.label("substitute_login"),
            substitute.c.name.label("substitute_name"),
        )
        .join(person, person.c.id == absence.person_id)
        .join(substitute, substitute.c.id == absence.substitute_id)
        .where(
            absence.ends_at > view.now,
            # One that was called off before it began has no time left.
            absence.ends_at > absence.starts_at,
            sa.or_(
                absence.person_id == by.id,
                absence.substitute_id == by.id,
                person.c.unit_id.in_(led),
            ),
        )
        .order_by(absence.starts_at, absence.id)
    )
    return [
        AbsenceItem(
            id=row.id,
            person_id=row.person_id,
            person_login=row.person_login,
            person_name=row.person_name,
            substitute_id=row.substitute_id,
            substitute_login=row.substitute_login,
            substitute_name=row.substitute_name,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            reason=row.reason,
            is_present=row.starts_at <= view.now,
            may_end=row.person_id == by.id or row.unit_id in led,
        )
        for row in view.connection.execute(statement)
    ]
