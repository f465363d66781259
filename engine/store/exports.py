"""Lists being written into files: who writes which, how far, and what is old."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
import sqlalchemy as sa

from engine.store import tables as t
from engine.store.database import Database

#: States an export is not over in.
UNFINISHED = ("waiting", "running")
#: A node that says nothing for so long is taken for dead, and another one begins anew.
_LEASE = timedelta(minutes=2)
#: Files are kept so long after they are ready.
KEPT = timedelta(days=7)
#: It is remembered so long that there was an export.
_REMEMBERED = timedelta(days=30)


class Export(msgspec.Struct, frozen=True, kw_only=True):
    """A list somebody wants as a file.

    Attributes:
        format: ``csv`` or ``xlsx``. query: Query string of the order list.
        state: ``waiting``, ``running``, ``ready``, ``failed``, ``cancelled`` or ``expired``.
        done, total: Rows; the total is known once it runs.
        sha256: Name of the file when it is ready.
        error: Code of why it failed.
    """

    id: int
    person_id: int
    format: str
    query: str
    state: str
    done: int
    total: int | None
    asked_at: datetime
    ended_at: datetime | None
    sha256: str | None
    error: str | None

    @property
    def expires_at(self) -> datetime | None:
        """When it is thrown away."""
        return None if self.ended_at is None else self.ended_at + KEPT


_export = t.export.c
COLUMNS = tuple(_export[name] for name in Export.__struct_fields__)


class Exports:
    """The exports of all nodes; each call is a transaction of its own."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def claim(self, node: str, now: datetime) -> Export | None:
        """Take the oldest one nobody writes; None if there is none."""
        free = sa.or_(_export.claimed_until.is_(None), _export.claimed_until < now)
        oldest = (
            sa.select(_export.id)
            .where(_export.ended_at.is_(None), free)
            .order_by(_export.id)
            .limit(1)
        )
        with self._database.glance() as connection:
            found = connection.execute(oldest).scalar()
        if found is None:
            return None
        with self._database.write() as connection:
            taken = connection.execute(
                sa.update(t.export)
                .where(_export.id == found, _export.ended_at.is_(None), free)
                .values(state="running", node=node, claimed_until=now + _LEASE, done=0)
                .returning(*COLUMNS)
            ).first()
        return None if taken is None else Export(**taken._mapping)  # noqa: SLF001 - its interface

    def report(self, export: Export, node: str, now: datetime, *, done: int, total: int) -> bool:
        """Note how far it is; False if it was cancelled or taken over."""
        return self._change(
            export, node, {"done": done, "total": total, "claimed_until": now + _LEASE}
        )

    def fail(self, export: Export, node: str, now: datetime, error: str) -> bool:
        """It cannot be written."""
        return self._change(export, node, {"state": "failed", "error": error, "ended_at": now})

    def put_back(self, export: Export, node: str) -> bool:
        """Leave it to another node: this one stops."""
        return self._change(export, node, {"state": "waiting", "claimed_until": None})

    def is_kept(self, sha256: str) -> bool:
        """Whether a ready export has this file: lists that say the same are one file."""
        statement = sa.select(_export.id).where(_export.sha256 == sha256).limit(1)
        with self._database.glance() as connection:
            return connection.execute(statement).first() is not None

    def forget_old(self, now: datetime) -> list[str]:
        """Part with files of exports that ended long ago; names nobody needs any more."""
        old = (_export.state == "ready", _export.ended_at < now - KEPT)
        with self._database.write() as connection:
            gone = set(
                connection.execute(
                    sa.select(_export.sha256).where(*old).with_for_update()
                ).scalars()
            )
            connection.execute(
                sa.update(t.export).where(*old).values(state="expired", sha256=None)
            )
            connection.execute(sa.delete(t.export).where(_export.ended_at < now - _REMEMBERED))
            kept = set(
                connection.execute(
                    sa.select(_export.sha256).where(_export.sha256.in_(gone - {None}))
                ).scalars()
            )
        return sorted(name for name in gone - kept if name is not None)

    def _change(self, export: Export, node: str, values: dict[str, object]) -> bool:
        with self._database.write() as connection:
            changed = connection.execute(
                sa.update(t.export)
                .where(_export.id == export.id, _export.node == node, _export.state == "running")
                .values(**values)
            )
            return changed.rowcount == 1
