"""Orders whose step failed: set aside with growing pauses, so that they delay nobody else."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from engine.store import tables as t
from engine.store.changes import Changes
from engine.store.database import Database
from engine.store.writing import write

_FIRST_PAUSE = timedelta(seconds=5)
_LONGEST_PAUSE = timedelta(hours=1)


def note_failure(database: Database, order_id: int, error: str, now: datetime) -> int:
    """Set an order aside; number of failures so far."""
    with database.write() as connection:
        attempts = (
            connection.execute(
                sa.select(t.step_failure.c.attempts).where(t.step_failure.c.order_id == order_id)
            ).scalar()
            or 0
        ) + 1
        changes = Changes()
        changes.put(
            t.step_failure,
            (order_id,),
            {
                "attempts": attempts,
                "retry_at": now + min(_FIRST_PAUSE * 2 ** min(attempts, 16), _LONGEST_PAUSE),
                "error": error[:2000],
            },
        )
        write(connection, changes)
    return attempts
