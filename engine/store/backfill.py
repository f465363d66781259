"""The history told again, for rows that were not kept when it happened."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy import Connection

from engine.domain import facts
from engine.domain.facts import Stream
from engine.store import tables as t
from engine.store.appliers import Event
from engine.store.chains import unpack

_BATCH = 2_000


def order_events(connection: Connection) -> Iterator[list[Event]]:
    """Every fact of every order, in batches, those of an order in their order."""
    event = t.history_event.c
    following = (
        sa.select(event.id, event.stream_id, event.seq, event.at, event.actor, event.body)
        .where(event.stream == int(Stream.ORDER), event.id > sa.bindparam("last"))
        .order_by(event.id)
        .limit(_BATCH)
    )
    last = 0
    while rows := connection.execute(following, {"last": last}).all():
        yield [
            Event(int(Stream.ORDER), row.stream_id, seq, row.at, row.actor, fact)
            for row in rows
            for seq, fact in enumerate(facts.decode(unpack(row.body)), row.seq)
        ]
        last = rows[-1].id
