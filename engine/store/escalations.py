"""Rows of escalations from before there were such rows."""

from __future__ import annotations

from sqlalchemy import Connection

from engine.domain.facts import EscalationFired
from engine.store import tables as t
from engine.store.appliers import escalation_row
from engine.store.backfill import order_events
from engine.store.changes import Changes
from engine.store.writing import write


def remember(connection: Connection) -> None:
    """Read the whole history once and write the row of every escalation in it."""
    for events in order_events(connection):
        changes = Changes()
        for event in events:
            if isinstance(event.fact, EscalationFired):
                row = escalation_row(event.fact, event.at)
                changes.insert(t.escalation, (event.stream_id, event.seq), row)
        write(connection, changes)
