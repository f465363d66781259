"""Files sent for work orders that are not open yet: working papers, swept after a day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from engine.store import tables as t


def add(
    connection: Connection, upload: int, person: int, at: datetime, values: Mapping[str, Any]
) -> None:
    """Keep a stored file of a person; ``values`` are its name, media type, size and digest."""
    connection.execute(
        sa.insert(t.upload), {"id": upload, "person_id": person, "at": at, **values}
    )


def count(connection: Connection, person: int) -> int:
    """How many files of a person wait."""
    upload = t.upload.c
    statement = sa.select(sa.func.count()).select_from(t.upload)
    return int(connection.execute(statement.where(upload.person_id == person)).scalar_one())


def of(connection: Connection, person: int, ids: Iterable[int]) -> list[sa.RowMapping]:
    """Those of these files that are the person's own and still wait, in order of their ids."""
    wanted, upload = sorted(set(ids)), t.upload.c
    if not wanted:
        return []
    statement = sa.select(t.upload).where(upload.id.in_(wanted), upload.person_id == person)
    return list(connection.execute(statement.order_by(upload.id)).mappings())


def remove(connection: Connection, ids: Iterable[int]) -> None:
    """Drop files that have become attachments."""
    connection.execute(sa.delete(t.upload).where(t.upload.c.id.in_(list(ids))))


def expire(connection: Connection, before: datetime) -> list[str]:
    """Drop files nobody has used since before an instant; their digests."""
    gone = sa.delete(t.upload).where(t.upload.c.at < before).returning(t.upload.c.sha256)
    return list(connection.execute(gone).scalars())


def named(connection: Connection, digests: Iterable[str]) -> set[str]:
    """Those of these digests whose bytes somebody may still ask for."""
    wanted = list(digests)
    found: set[str] = set()
    for column in (t.attachment.c.sha256, t.upload.c.sha256):
        found.update(connection.execute(sa.select(column).where(column.in_(wanted))).scalars())
    return found
