"""First answers of commands that machines may send twice."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from engine.errors import ConflictError
from engine.store import tables as t


class KeyReusedError(ConflictError):
    """An idempotency key came again with another command."""

    code = "idempotency_key_reused"
    template = "Expected a new idempotency key for another command, but {key} was used before."


_RECALL = sa.select(t.idempotency.c.fingerprint, t.idempotency.c.result).where(
    t.idempotency.c.person_id == sa.bindparam("person"), t.idempotency.c.key == sa.bindparam("key")
)

_LOCK = sa.text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 1))")


def recall(connection: Connection, person: int, key: str, fingerprint: bytes) -> bytes | None:
    """The first answer to a person's key, None if the key is new.

    A rival with the same key waits here until the first one has answered.

    Raises:
        KeyReusedError: The key belongs to another command.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(_LOCK, {"name": f"{person}:{key}"})
    row = connection.execute(_RECALL, {"person": person, "key": key}).first()
    if row is None:
        return None
    if bytes(row.fingerprint) != fingerprint:
        raise KeyReusedError(key=key)
    return bytes(row.result)


def is_known(connection: Connection, person: int, key: str) -> bool:
    """Whether a person's key was used before."""
    return connection.execute(_RECALL, {"person": person, "key": key}).first() is not None


def keep(
    connection: Connection,
    *,
    person: int,
    key: str,
    fingerprint: bytes,
    result: bytes,
    now: datetime,
) -> None:
    """Keep an answer in the transaction of its command; a rival with the same key must retry."""
    connection.execute(
        sa.insert(t.idempotency),
        {
            "person_id": person,
            "key": key,
            "fingerprint": fingerprint,
            "result": result,
            "at": now,
        },
    )
