"""Sweeps out working papers nobody needs any more; the history is never touched."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from engine.files import Files
from engine.store import tables as t
from engine.store import uploads
from engine.store.database import Database

_KEYS_KEPT = timedelta(days=7)
_UPLOADS_KEPT = timedelta(days=1)


def sweep(database: Database, now: datetime) -> int:
    """Drop old idempotency keys, papers of ended tasks, failures of orders not due any more.

    Also lets SQLite look at its tables again, so that it keeps choosing the right index.

    Returns:
        Number of rows dropped.
    """
    ended = sa.select(t.task.c.id).where(t.task.c.ended_at.is_not(None))
    due = sa.select(t.work_order.c.id).where(t.work_order.c.next_due_at <= now)
    statements = (
        sa.delete(t.idempotency).where(t.idempotency.c.at < now - _KEYS_KEPT),
        sa.delete(t.draft).where(t.draft.c.task_id.in_(ended)),
        sa.delete(t.snooze).where(sa.or_(t.snooze.c.task_id.in_(ended), t.snooze.c.until <= now)),
        sa.delete(t.step_failure).where(t.step_failure.c.order_id.not_in(due)),
    )
    with database.write() as connection:
        if database.is_sqlite:
            # PostgreSQL keeps its statistics by itself.
            connection.exec_driver_sql("PRAGMA optimize")
        return sum(connection.execute(statement).rowcount for statement in statements)


def sweep_uploads(database: Database, files: Files, now: datetime) -> int:
    """Drop files that were sent for orders nobody has opened since.

    Only what such a row has named is thrown away: a folder that belongs to another database by
    mistake loses nothing.

    Returns:
        Number of files.
    """
    with database.write() as connection:
        dropped = uploads.expire(connection, now - _UPLOADS_KEPT)
        orphans = set(dropped) - uploads.named(connection, dropped)
    for digest in orphans:
        files.remove_idle(digest)
    return len(dropped)
