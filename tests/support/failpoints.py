"""Faults at chosen statements of one command."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.domain.commands import Command
from engine.domain.records import Person
from engine.settings import Settings
from engine.store.database import Database
from tests.support.installation import ToldClock, application

#: A command, who gives it, its idempotency key.
Act = tuple[Command, Person | None, str | None]


class Failpoint:
    """Does something just before the n-th statement of a database, its commit counted too.

    Args:
        database: Watched from now on.
        point: Counted from 1.
        act: What happens there.
    """

    def __init__(self, database: Database, point: int, act: Callable[[], None]) -> None:
        self.is_reached = False
        self._left = point
        self._act = act
        sa.event.listen(database.schema_engine, "before_cursor_execute", self._count)
        sa.event.listen(database.schema_engine, "commit", self._count)

    def _count(self, *_: Any) -> None:
        self._left -= 1
        if self._left == 0:
            self.is_reached = True
            self._act()


def until_killed(given: Settings, now: datetime, point: int, act: Act) -> None:
    """Carry an act out in this process, which is killed before the n-th statement."""
    app = application(given, ToldClock(now))
    Failpoint(app.database, point, lambda: os.kill(os.getpid(), signal.SIGKILL))
    command, by, key = act
    app.dispatcher.execute(command, by, idempotency_key=key)
    app.close()
