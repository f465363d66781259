"""Words of orders that were there before there was a search."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Connection

from engine.domain import facts, fulltext
from engine.domain.facts import Stream
from engine.store import tables as t
from engine.store.chains import unpack
from engine.store.changes import Changes
from engine.store.writing import write

_BATCH = 2_000


def remember(connection: Connection) -> None:
    """Read the whole history once and keep what its orders are found by."""
    event = t.history_event.c
    following = (
        sa.select(event.id, event.stream_id, event.actor, event.body)
        .where(event.stream == int(Stream.ORDER), event.id > sa.bindparam("last"))
        .order_by(event.id)
        .limit(_BATCH)
    )
    last = 0
    while rows := connection.execute(following, {"last": last}).all():
        changes = Changes()
        for row in rows:
            for fact in facts.decode(unpack(row.body)):
                said = fulltext.said(fact, row.actor)
                if said:
                    changes.append(t.order_text, (row.stream_id,), said)
        write(connection, changes)
        last = rows[-1].id
