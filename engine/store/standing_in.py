"""Who stands in for people, so that what they are told reaches somebody while they are away."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Final, NamedTuple

import msgspec
import sqlalchemy as sa
from sqlalchemy import Connection

from engine.domain.facts import Notified
from engine.store import tables as t

#: Notices about a task of the receiver's own, which who stands in may see as well.
_PERSONAL: Final = frozenset(
    {
        "task_assigned",
        "task_transferred",
        "task_delegated",
        "task_given_back",
        "signature_asked",
        "signatures_given",
        "signatures_failed",
        "extension_approved",
        "extension_denied",
    }
)


class StandIn(NamedTuple):
    """The substitute of somebody absent, who is called ``absent``."""

    substitute: int
    absent: str


def stand_ins(connection: Connection, people: Iterable[int], now: datetime) -> dict[int, StandIn]:
    """Substitutes of those of the people who are absent now."""
    absence = t.absence.c
    statement = (
        sa.select(absence.person_id, absence.substitute_id, t.person.c.name)
        .join_from(t.absence, t.person, t.person.c.id == absence.person_id)
        .where(
            absence.person_id.in_(sorted(people)),
            absence.starts_at <= now,
            absence.ends_at > now,
        )
    )
    rows = connection.execute(statement)
    return {person: StandIn(substitute, name) for person, substitute, name in rows}


def passed_on(
    notice: Notified, away: dict[int, StandIn], actor: int | None, may_see: Callable[[int], bool]
) -> Iterator[Notified]:
    """What substitutes are told because of a notice about an order.

    Args:
        notice: As it was meant.
        away: Substitutes of absent people.
        actor: Who caused it, and needs no notice.
        may_see: Whether a person sees the order anyway.
    """
    known = {*notice.people, actor}
    for person in notice.people:
        if person not in away or away[person].substitute in known:
            continue
        substitute, absent = away[person]
        if notice.notice in _PERSONAL or may_see(substitute):
            known.add(substitute)
            params = {**notice.params, "absent": absent}
            yield msgspec.structs.replace(notice, people=(substitute,), params=params)
