"""Connections and transactions on SQLite and PostgreSQL; nothing else here knows the dialects.

SQLite: WAL, ``synchronous=FULL``, ``BEGIN IMMEDIATE`` sent from SQLAlchemy's begin event (the
driver's own transaction modes lose updates), and a lock file that queues writers of all
processes first come, first served instead of letting them sleep and retry. PostgreSQL: row
locks, time limits on idle transactions and locks.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import URL, Connection, Engine
from sqlalchemy.exc import DatabaseError, DBAPIError, IntegrityError, OperationalError
from sqlalchemy.pool import QueuePool

from engine.errors import ConflictError, UnavailableError

#: PostgreSQL: serialization failure, deadlock, lock not available, cannot connect now, admin
#: shutdown, crash shutdown, connection failure classes.
_TRANSIENT_STATES = frozenset({"40001", "40P01", "55P03", "57P01", "57P02", "57P03"})


class StoreUnavailableError(UnavailableError):
    """The database cannot be written or reached at the moment."""

    code = "store_unavailable"
    template = "Expected the database to accept the command, but {fact}."


class StaleWriteError(ConflictError):
    """Another command changed the same rows first."""

    code = "stale_write"
    template = "Expected {what} to be unchanged while the command ran, but it changed."


class TransientError(Exception):
    """The transaction lost a race; running the same command again is right."""


def _describe(exc: DBAPIError) -> str:
    text = str(exc.orig).lower()
    if "readonly" in text or "read-only" in text or "permission" in text:
        return "the data folder is read-only"
    if "full" in text or "no space" in text:
        return "the disk is full"
    if "locked" in text or "busy" in text:
        return "it is busy"
    if "not a database" in text or "malformed" in text:
        return "the database file is not one, or is damaged"
    if "unable to open" in text:
        return "the database file cannot be opened"
    return "it cannot be reached"


def _is_unavailable(exc: DBAPIError) -> bool:
    """Whether the database, not the statement, is to blame."""
    if isinstance(exc, OperationalError) or exc.connection_invalidated:
        return True
    # SQLite tells this by the most general error it has.
    return type(exc) is DatabaseError and isinstance(exc.orig, sqlite3.DatabaseError)


def _failure(exc: BaseException | None) -> DBAPIError | None:
    """The database's own failure behind an exception, whoever wrapped it in a blame."""
    while exc is not None and not isinstance(exc, DBAPIError):
        exc = exc.__cause__
    return exc


class Database:
    """One database; safe for threads, to be created after a process was forked.

    Args:
        url: SQLAlchemy URL, ``sqlite:////absolute/file.db`` or ``postgresql+psycopg://…``.
        pool_size: Most connections kept per process (PostgreSQL).
    """

    def __init__(self, url: str, *, pool_size: int = 8) -> None:
        self.url = sa.make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite:
            self._writer, self._reader = _sqlite(self.url, "IMMEDIATE"), _sqlite(self.url, "")
            self._glancer: Engine | None = None
            self._queue: _WriterQueue | None = _WriterQueue(Path(f"{self.url.database}.lock"))
        else:
            self._writer = _postgresql(self.url, pool_size)
            # One moment for all statements of a view; the default would give each its own.
            self._reader = self._writer.execution_options(isolation_level="REPEATABLE READ")
            self._queue = None
            # Spares the server the begin and the end of a transaction.
            self._glancer = self._writer.execution_options(isolation_level="AUTOCOMMIT")
        self._writing = _Lane(self._writer, keeps=self.is_sqlite)
        self._reading = _Lane(self._reader, keeps=self.is_sqlite)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that may write; commits at a clean end, else rolls back.

        Raises:
            TransientError: It lost a race; try again.
            StoreUnavailableError: The database is busy, full, read-only or away.
        """
        try:
            if self._queue is None:
                with self._writing.begin() as connection:
                    yield connection
            else:
                with self._queue.turn(), self._writing.begin() as connection:
                    yield connection
        except Exception as exc:
            failure = _failure(exc)
            if failure is None:
                raise
            state = getattr(failure.orig, "sqlstate", None)
            if isinstance(failure, IntegrityError) or state in _TRANSIENT_STATES:
                raise TransientError from exc
            if _is_unavailable(failure):
                raise StoreUnavailableError(fact=_describe(failure)) from exc
            raise

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A view of one moment, for reading; never waits for writers.

        Raises:
            StoreUnavailableError: The database cannot be reached.
        """
        try:
            with self._reading.begin() as connection:
                yield connection
        except DBAPIError as exc:
            if _is_unavailable(exc):
                raise StoreUnavailableError(fact=_describe(exc)) from exc
            raise

    @contextmanager
    def glance(self) -> Iterator[Connection]:
        """A connection to read with one single statement.

        Raises:
            StoreUnavailableError: The database cannot be reached.
        """
        if self._glancer is None:
            with self.read() as connection:
                yield connection
            return
        try:
            with self._glancer.connect() as connection:
                yield connection
        except DBAPIError as exc:
            if _is_unavailable(exc):
                raise StoreUnavailableError(fact=_describe(exc)) from exc
            raise

    @property
    def schema_engine(self) -> Engine:
        """For migrations only."""
        return self._writer

    def close(self) -> None:
        """Close all idle connections."""
        self._writing.close()
        self._reading.close()
        self._writer.dispose()
        self._reader.dispose()


class _Lane:
    """Transactions on one engine.

    Args:
        keeps: Whether connections stay open and at hand between transactions. Taking one out of
            the pool costs more than a small transaction on SQLite; a server's connections can
            die while they are idle, so they stay in the pool's care.
    """

    def __init__(self, engine: Engine, *, keeps: bool) -> None:
        self._engine = engine
        self._keeps = keeps
        self._idle: deque[Connection] = deque()

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """A transaction; commits at a clean end, else rolls back."""
        if not self._keeps:
            with self._engine.begin() as pooled:
                yield pooled
            return
        connection = self._taken()
        try:
            with connection.begin():
                yield connection
        except DBAPIError:
            connection.close()
            raise
        finally:
            if not connection.closed:
                self._idle.append(connection)

    def close(self) -> None:
        """Close the connections at hand."""
        while self._idle:
            self._idle.pop().close()

    def _taken(self) -> Connection:
        """The connection used last, or a new one if all are in use."""
        try:
            return self._idle.pop()
        except IndexError:
            return self._engine.connect()


class _WriterQueue:
    """Lets one writer at a time pass, over threads and processes, in order of arrival."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._local = threading.local()

    @contextmanager
    def turn(self) -> Iterator[None]:
        descriptor = getattr(self._local, "descriptor", None)
        if descriptor is None:
            try:
                descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            except OSError as exc:
                raise StoreUnavailableError(
                    fact=f"its lock file cannot be opened: {exc.strerror}"
                ) from exc
            self._local.descriptor = descriptor
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(descriptor, fcntl.LOCK_UN)


def _sqlite(url: URL, mode: str) -> Engine:
    engine = sa.create_engine(
        url,
        poolclass=QueuePool,
        pool_size=8,
        max_overflow=32,
        connect_args={"isolation_level": None, "timeout": 15.0, "check_same_thread": False},
        query_cache_size=2000,
    )

    @event.listens_for(engine, "connect")
    def _connect(connection: sqlite3.Connection, _record: Any) -> None:
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "busy_timeout=15000",
            "journal_size_limit=67108864",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # By the driver: the library would wrap this in a statement of its own.
        begin = f"BEGIN {mode}"
        try:
            connection.connection.execute(begin)
        except sqlite3.OperationalError as exc:
            raise OperationalError(begin, None, exc) from exc

    return engine


def _postgresql(url: URL, pool_size: int) -> Engine:
    return sa.create_engine(
        url,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_pre_ping=False,
        pool_recycle=1800,
        query_cache_size=2000,
        connect_args={
            "connect_timeout": 3,
            "keepalives": 1,
            "keepalives_idle": 2,
            "keepalives_interval": 1,
            "keepalives_count": 3,
            "options": "-c idle_in_transaction_session_timeout=15000 -c lock_timeout=5000 "
            "-c timezone=UTC",
        },
    )
