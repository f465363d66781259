"""The floor: what the database itself needs for one transaction like a completion's.

Seven small statements on three tables (two of them of a 4 KB state) and one durable commit, by
the driver alone.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import psycopg

from tests.benchmarks.processes import cpu_seconds, descendants

_TABLES = (
    "CREATE TABLE bare_task (id INTEGER PRIMARY KEY, state TEXT, version INTEGER)",
    "CREATE TABLE bare_event (id INTEGER PRIMARY KEY, body TEXT)",
    "CREATE TABLE bare_instance (id INTEGER PRIMARY KEY, version INTEGER, state {blob})",
)
_STATE = os.urandom(4096)
_WARM = 50


class Commits(msgspec.Struct, frozen=True, kw_only=True):
    """What one bare transaction costs, in milliseconds: on cores, and until it is durable."""

    cpu_ms: float
    wall_ms: float


def on_sqlite(folder: Path, number: int = 500) -> Commits:
    """Measure on a file in this folder, with the settings of the product."""
    path = folder / "bare.db"
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        for table in _TABLES:
            connection.execute(table.format(blob="BLOB"))
        return _measured(
            lambda key: _transaction(connection.execute, key, "?"), [os.getpid()], number
        )
    finally:
        connection.close()
        path.unlink()


def on_postgresql(url: str, number: int = 500) -> Commits:
    """Measure on a database (libpq URL), its server's time included."""
    with psycopg.connect(url, autocommit=True) as connection:
        for table in _TABLES:
            connection.execute(table.format(blob="BYTEA"))  # type: ignore[arg-type]
        try:
            return _measured(
                lambda key: _transaction(connection.execute, key, "%s"),
                descendants(os.getpid()),
                number,
            )
        finally:
            connection.execute("DROP TABLE bare_task, bare_event, bare_instance")


def _measured(transaction: Callable[[int], None], pids: list[int], number: int) -> Commits:
    for key in range(_WARM):
        transaction(key)
    cpu, wall = cpu_seconds(pids), time.perf_counter()
    for key in range(_WARM, _WARM + number):
        transaction(key)
    cpu, wall = cpu_seconds(pids) - cpu, time.perf_counter() - wall
    return Commits(cpu_ms=cpu / number * 1e3, wall_ms=wall / number * 1e3)


def _transaction(execute: Callable[..., object], key: int, mark: str) -> None:
    text = "x" * 300
    execute("BEGIN")
    for statement, parameters in (
        ("INSERT INTO bare_task VALUES (?, 'open', 1)", (key,)),
        ("INSERT INTO bare_event VALUES (?, ?)", (2 * key, text)),
        ("INSERT INTO bare_event VALUES (?, ?)", (2 * key + 1, text)),
        ("INSERT INTO bare_instance VALUES (?, 1, ?)", (key, _STATE)),
        ("UPDATE bare_task SET state = 'done' WHERE id = ?", (key,)),
        ("UPDATE bare_task SET version = 2 WHERE id = ?", (key,)),
        ("UPDATE bare_instance SET version = 2, state = ? WHERE id = ?", (_STATE, key)),
    ):
        execute(statement.replace("?", mark), parameters)
    execute("COMMIT")
