"""The history as people read it: every fact of a chain, in order, with its proof."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa

from engine.domain import facts
from engine.domain.facts import Stream
from engine.queries.paging import Page, decode_cursor, encode_cursor
from engine.store import tables as t
from engine.store.chains import unpack
from engine.store.view import View


class EventItem(msgspec.Struct, frozen=True, kw_only=True):
    """One fact.

    Attributes:
        fact: Its kind and values as recorded.
        hash: Hash of the facts its command recorded here and, through it, of everything before
            them; hexadecimal.
    """

    id: str
    seq: int
    at: datetime
    actor: int | None
    actor_name: str | None
    fact: dict[str, Any]
    hash: str


def history(
    view: View,
    stream: Stream,
    stream_id: int,
    *,
    cursor: str | None = None,
    limit: int = 100,
) -> Page[EventItem]:
    """Facts of one chain, oldest first. The caller has checked that it may be seen."""
    event = t.history_event.c
    statement = (
        sa.select(
            event.seq, event.at, event.actor, event.body, event.hash, t.person.c.name.label("by")
        )
        .outerjoin_from(t.history_event, t.person, t.person.c.id == event.actor)
        .where(event.stream == int(stream), event.stream_id == stream_id)
        .order_by(event.seq)
        .limit(limit + 1)
    )
    last = 0
    if cursor is not None:
        (last,) = decode_cursor(cursor, int)
        # The row that holds the last fact shown may hold more.
        begun = sa.select(sa.func.max(event.seq)).where(
            event.stream == int(stream), event.stream_id == stream_id, event.seq <= last
        )
        statement = statement.where(event.seq >= begun.scalar_subquery())
    found = [
        EventItem(
            id=f"{int(stream)}-{stream_id}-{seq}",
            seq=seq,
            at=row.at,
            actor=row.actor,
            actor_name=row.by,
            fact=fact,
            hash=bytes(row.hash).hex(),
        )
        for row in view.connection.execute(statement)
        for seq, fact in enumerate(msgspec.json.decode(unpack(row.body)), row.seq)
        if seq > last
    ]
    shown = found[:limit]
    return Page(
        items=shown,
        next_cursor=encode_cursor(shown[-1].seq) if len(found) > limit else None,
    )


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """One fact of an order, typed.

    Attributes:
        hash: As in `EventItem`.
    """

    seq: int
    at: datetime
    actor: int | None
    fact: facts.Fact
    hash: str


def told(view: View, order_id: int, *, newest: int | None = None) -> list[Told]:
    """Everything that happened to an order, oldest first, in one read.

    The caller has checked that it may be seen.

    Args:
        view: The moment.
        order_id: The order.
        newest: Only what this many of the last commands recorded.
    """
    event = t.history_event.c
    statement = (
        sa.select(event.seq, event.at, event.actor, event.body, event.hash)
        .where(event.stream == int(Stream.ORDER), event.stream_id == order_id)
        .order_by(event.seq.desc())
        .limit(newest)
    )
    return [
        Told(seq=seq, at=row.at, actor=row.actor, fact=fact, hash=bytes(row.hash).hex())
        for row in reversed(view.connection.execute(statement).all())
        for seq, fact in enumerate(facts.decode(unpack(row.body)), row.seq)
    ]


def variables(view: View, order_id: int) -> dict[str, Any]:
    """Variables of an order as its history left them, also long after it ended."""
    event = t.history_event.c
    statement = (
        sa.select(event.body)
        .where(event.stream == int(Stream.ORDER), event.stream_id == order_id)
        .order_by(event.seq)
    )
    found: dict[str, Any] = {}
    for body in view.connection.execute(statement).scalars():
        for fact in facts.decode(unpack(body)):
            if isinstance(fact, facts.OrderStarted) or (
                isinstance(fact, facts.VariablesChanged) and fact.scope == 0
            ):
                found.update(fact.values)
    return found
