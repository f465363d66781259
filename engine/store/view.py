"""A consistent moment to read from, with who asks."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property

from sqlalchemy import Connection

from engine.domain.records import Person
from engine.store.lookups import Lookups
from engine.store.setup import SetupCache


class View(Lookups):
    """Reads of one query.

    Args:
        connection: A read-only transaction.
        setups: The process's set-up snapshots.
        by: Who asks.
        now: Instant of the query.
    """

    def __init__(
        self, connection: Connection, setups: SetupCache, *, by: Person | None, now: datetime
    ) -> None:
        super().__init__(connection, setups)
        self.by = by
        self.now = now

    @cached_property
    def queues(self) -> tuple[str, ...]:
        """Queues whose tasks who asks may take; those other processes just opened included."""
        if self.by is None:
            return ()
        self.setup.queues = self.current_queues()
        return self.setup.covered_queues(self.by.grants)
