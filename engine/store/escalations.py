"""Rows of escalations from before there were such rows."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Connection

from engine.domain import facts
from engine.domain.facts import EscalationFired, Stream
from engine.store import tables as t
from engine.store.appliers import escalation_row
from engine.store.chains import unpack
from engine.store.changes import Changes
from engine.store.writing import write

_BATCH = 2_000


def remember(connection: Connection) -> None:
    """Read the whole history once and write the row of every escalation in it."""
    event = t.history_event.c
    following = (
        sa.select(event.id, event.stream_id, event.seq, event.at, event.body)
        .where(event.stream == int(Stream.ORDER), event.id > sa.bindparam("last"))
        .order_by(event.id)
        .limit(_BATCH)
    )
    last = 0
    while rows := connection.execute(following, {"last": last}).all():
        changes = Changes()
        for row in rows:
            for seq, fact in enumerate(facts.decode(unpack(row.body)), row.seq):
                if isinstance(fact, EscalationFired):
                    written = escalation_row(fact, row.at)
                    changes.insert(t.escalation, (row.stream_id, seq), written)
        write(connection, changes)
        last = rows[-1].id
