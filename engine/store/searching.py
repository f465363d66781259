"""Words of orders that were there before there was a search."""

from __future__ import annotations

from sqlalchemy import Connection

from engine.domain import fulltext
from engine.store import tables as t
from engine.store.backfill import order_events
from engine.store.changes import Changes
from engine.store.writing import write


def remember(connection: Connection) -> None:
    """Read the whole history once and keep what its orders are found by."""
    for events in order_events(connection):
        changes = Changes()
        for event in events:
            said = fulltext.said(event.fact, event.actor)
            if said:
                changes.append(t.order_text, (event.stream_id,), said)
        write(connection, changes)
