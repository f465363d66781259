"""The outbox: messages for the outside, taken in small bites and crossed off when delivered."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec
import sqlalchemy as sa

from engine.store import tables as t
from engine.store.database import Database

#: How long a taken message is left to its taker before another one may try.
LEASE = timedelta(minutes=2)


class Parcel(msgspec.Struct, frozen=True, kw_only=True):
    """One message to deliver."""

    id: int
    event_id: str
    channel: str
    recipient: str
    kind: str
    content: dict[str, Any]
    attempts: int


class Outbox:
    """Takes, settles and lists messages; every call is its own short transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def take(self, now: datetime, limit: int) -> list[Parcel]:
        """Due messages, oldest first, left to the caller for two minutes."""
        box = t.outbox.c
        with self._database.read() as connection:
            if connection.execute(_ANY_DUE, {"now": now}).first() is None:
                return []
        with self._database.write() as connection:
            rows = list(
                connection.execute(
                    sa.select(t.outbox)
                    .where(box.next_attempt_at <= now)
                    .order_by(box.id)
                    .limit(limit)
                    .with_for_update(skip_locked=True)
                ).mappings()
            )
            if rows:
                connection.execute(
                    sa.update(t.outbox)
                    .where(box.id.in_([row["id"] for row in rows]))
                    .values(next_attempt_at=now + LEASE)
                )
        return [Parcel(**{name: row[name] for name in Parcel.__struct_fields__}) for row in rows]

    def delivered(self, parcel_ids: list[int]) -> None:
        """Cross delivered messages off."""
        if parcel_ids:
            with self._database.write() as connection:
                connection.execute(sa.delete(t.outbox).where(t.outbox.c.id.in_(parcel_ids)))

    def failed(
        self, parcel: Parcel, error: str, *, next_attempt_at: datetime | None, now: datetime
    ) -> None:
        """Note a failed attempt; without a next one the message is a dead letter."""
        with self._database.write() as connection:
            connection.execute(
                sa.update(t.outbox)
                .where(t.outbox.c.id == parcel.id)
                .values(
                    attempts=parcel.attempts + 1,
                    next_attempt_at=next_attempt_at,
                    dead_at=None if next_attempt_at is not None else now,
                    error=error[:1000],
                )
            )


_ANY_DUE = (
    sa.select(t.outbox.c.id)
    .where(t.outbox.c.next_attempt_at <= sa.bindparam("now", type_=t.outbox.c.created_at.type))
    .limit(1)
)
