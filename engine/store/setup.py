"""Loads the set-up snapshot and keeps it per process until its history grows."""

from __future__ import annotations

import threading

import msgspec
import sqlalchemy as sa
from sqlalchemy import Connection

from engine.domain.calendar_data import CalendarData
from engine.domain.escalation import EscalationRule
from engine.domain.facts import Stream
from engine.domain.records import Definition, Unit
from engine.domain.setup import Setup
from engine.domain.sla_policy import HoldReason, SlaPolicy
from engine.store import tables as t

#: The set-up is one chain.
SETUP_ID = 0

SETUP_SEQ = (
    sa.select(sa.func.coalesce(sa.func.max(t.stream_tail.c.seq), 0))
    .where(t.stream_tail.c.stream == int(Stream.SETUP), t.stream_tail.c.stream_id == SETUP_ID)
    .scalar_subquery()
)


_RESOURCE = sa.select(t.resource.c.content).where(
    t.resource.c.deployment == sa.bindparam("deployment"),
    t.resource.c.name == sa.bindparam("name"),
)
#: Files kept in memory; about 4 KB each.
_KEPT_RESOURCES = 1000


class SetupCache:
    """The newest snapshot this process has seen, the queues it knows, and deployed files."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._setup: Setup | None = None
        self._resources: dict[tuple[int, str], bytes] = {}

    def get(self, connection: Connection, seq: int | None = None) -> Setup:
        """The snapshot as of this transaction.

        Args:
            connection: The transaction.
            seq: Length of the set-up's history if the caller has just read it, to save a query.
        """
        if seq is None:
            seq = connection.execute(sa.select(SETUP_SEQ)).scalar_one()
        setup = self._setup
        if setup is None or setup.seq != seq:
            setup = load_setup(connection, seq)
            with self._lock:
                self._setup = setup
        return setup

    def resource(self, connection: Connection, deployment: int, name: str) -> bytes | None:
        """A deployed file; kept, because files never change."""
        kept = self._resources.get((deployment, name))
        if kept is None:
            wanted = {"deployment": deployment, "name": name}
            content = connection.execute(_RESOURCE, wanted).scalar()
            if content is None:
                return None
            kept = bytes(content)
            with self._lock:
                if len(self._resources) >= _KEPT_RESOURCES:
                    self._resources.clear()
                self._resources[deployment, name] = kept
        return kept

    def latest(self, process_key: str) -> int | None:
        """Newest definition of a process in the present snapshot."""
        definition = None if self._setup is None else self._setup.latest.get(process_key)
        return None if definition is None else definition.id

    def forget(self) -> None:
        """Read everything anew next time."""
        self._setup = None


def load_queues(connection: Connection) -> frozenset[str]:
    """Names of all queues."""
    return frozenset(connection.execute(sa.select(t.queue.c.name)).scalars())


def load_setup(connection: Connection, seq: int) -> Setup:
    """Read the whole set-up."""

    def rows(table: sa.Table) -> list[sa.RowMapping]:
        return list(connection.execute(sa.select(table).order_by(table.c.id)).mappings())

    return Setup(
        seq=seq,
        units=[Unit(**row) for row in rows(t.unit)],
        calendars={
            row["code"]: msgspec.convert(row["data"], CalendarData) for row in rows(t.calendar)
        },
        policies=[msgspec.convert(row["data"], SlaPolicy) for row in rows(t.sla_policy)],
        rules=[msgspec.convert(row["data"], EscalationRule) for row in rows(t.escalation_rule)],
        reasons=[msgspec.convert(row["data"], HoldReason) for row in rows(t.hold_reason)],
        definitions=[Definition(**row) for row in rows(t.definition)],
        queues=load_queues(connection),
    )
