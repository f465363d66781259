"""Signs of life: heartbeats of workers, and what waits too long."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from engine.store import tables as t
from engine.store.changes import Changes
from engine.store.database import Database, StoreUnavailableError
from engine.store.writing import write

_OLDEST_BEAT = timedelta(seconds=30)
_LATEST_TIMER = timedelta(seconds=60)
_OLDEST_MESSAGE = timedelta(minutes=15)


def beat(database: Database, node: str, now: datetime) -> None:
    """Note that a worker lives; rows of nodes gone for a day are dropped."""
    changes = Changes()
    changes.put(t.heartbeat, (node,), {"at": now})
    with database.write() as connection:
        write(connection, changes)
        connection.execute(
            sa.delete(t.heartbeat).where(t.heartbeat.c.at < now - timedelta(days=1))
        )


def is_worked(connection: sa.Connection, now: datetime) -> bool:
    """Whether some worker lives that does what waits in the background."""
    last = connection.execute(sa.select(sa.func.max(t.heartbeat.c.at))).scalar()
    return last is not None and now - last <= _OLDEST_BEAT


def checks(database: Database, now: datetime) -> list[dict[str, Any]]:
    """Name, whether it holds, and a sentence, per check."""
    try:
        with database.read() as connection:
            last = connection.execute(sa.select(sa.func.max(t.heartbeat.c.at))).scalar()
            due = connection.execute(
                sa.select(sa.func.min(t.work_order.c.next_due_at)).where(
                    ~sa.exists().where(t.step_failure.c.order_id == t.work_order.c.id)
                )
            ).scalar()
            message = connection.execute(
                # Not the age: mails may wait for their reader's working time.
                sa.select(sa.func.min(t.outbox.c.next_attempt_at)).where(
                    t.outbox.c.next_attempt_at.is_not(None), t.outbox.c.attempts == 0
                )
            ).scalar()
    except StoreUnavailableError as exc:
        return [{"name": "database", "ok": False, "detail": str(exc)}]
    return [
        {"name": "database", "ok": True, "detail": "answers"},
        _age("worker", now, last, _OLDEST_BEAT, "last heartbeat", is_needed=True),
        _age("timers", now, due, _LATEST_TIMER, "oldest due work"),
        _age("outbox", now, message, _OLDEST_MESSAGE, "oldest undelivered message"),
    ]


def _age(
    name: str,
    now: datetime,
    since: datetime | None,
    limit: timedelta,
    what: str,
    *,
    is_needed: bool = False,
) -> dict[str, Any]:
    if since is None:
        return {"name": name, "ok": not is_needed, "detail": f"{what}: none"}
    age = max(now - since, timedelta())
    return {
        "name": name,
        "ok": age <= limit,
        "detail": f"{what}: {age.total_seconds():.0f} s ago, at most {limit.total_seconds():.0f}",
    }
