"""Projections from the history alone: the proof that nothing changes without a fact.

`check` folds every chain in memory and compares with the live rows; `rebuild` replaces the live
rows by what the history says. Kernel states and working papers are not projections: a rebuild
leaves them as they are.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa

from engine.domain import facts
from engine.domain.facts import Stream
from engine.domain.records import ClockState
from engine.store import appliers
from engine.store import tables as t
from engine.store.chains import NOTHING, Place, Tail, chain, unpack
from engine.store.changes import Changes
from engine.store.database import Database
from engine.store.ledger import fold_clocks
from engine.store.types import Instant
from engine.store.writing import write

#: Tables derived from the history, and only from it.
PROJECTIONS: tuple[sa.Table, ...] = (
    t.work_order,
    t.order_variable,
    t.order_text,
    t.customer_text,
    t.task,
    t.task_user,
    t.timer,
    t.subscription,
    t.job,
    t.incident,
    t.extension,
    t.escalation,
    t.comment,
    t.instruction,
    t.attachment,
    t.order_copy,
    t.notification,
    t.definition,
    t.person,
    t.role_grant,
    t.absence,
    t.token,
    *appliers.RECORD_TABLES.values(),
)

#: Columns of the work order that are the engine's memory rather than a projection.
_MEMORY = frozenset({"kernel", "kernel_due_at", "next_due_at", "seq", "hash"})
_MOST_SHOWN = 50
_INSTANT = Instant()

Row = dict[str, Any]
Key = tuple[Any, ...]


def check(database: Database) -> list[str]:
    """Differences between live projections and history, and broken chains; empty is right.

    Returns:
        At most 50 sentences.
    """
    problems: list[str] = []
    with database.read() as connection:
        expected = fold(connection, problems)
        for table in PROJECTIONS:
            live = _live(connection, table)
            wanted = expected.get(table, {})
            for key in live.keys() | wanted.keys():
                difference = _difference(live.get(key), wanted.get(key))
                if difference:
                    problems.append(f"{table.name} {key}: {difference}")
    return problems[:_MOST_SHOWN]


def rebuild(database: Database) -> int:
    """Replace all projections by what the history says; number of rows written.

    Kernel states, chains' tails and due times of orders are kept.
    """
    problems: list[str] = []
    count = 0
    with database.write() as connection:
        memory = {
            row["id"]: {name: row[name] for name in _MEMORY}
            for row in connection.execute(sa.select(t.work_order)).mappings()
        }
        for table, rows in fold(connection, problems).items():
            connection.execute(sa.delete(table))
            changes = Changes()
            names = [column.name for column in table.primary_key.columns]
            for key, row in rows.items():
                values = {name: value for name, value in row.items() if name not in names}
                version = values.pop("version") if table is t.task else None
                if table is t.work_order:
                    values |= memory[key[0]]
                changes.insert(table, key, values)
                if version is not None:
                    changes.touch(table, key, version)
                count += 1
            write(connection, changes)
    return count


def fold(connection: sa.Connection, problems: list[str]) -> dict[sa.Table, dict[Key, Row]]:
    """Every projection as the history alone gives it; broken chains are noted."""
    changes = Changes()
    clocks: dict[Key, dict[str, ClockState]] = {}
    for event in _events(connection, problems):
        appliers.apply(changes, event)
        if event.stream == Stream.ORDER:
            change = changes.peek(t.work_order, (event.stream_id,))
            if change is not None:
                key: Key = (event.stream_id,)
                clocks[key] = fold_clocks(change.values, clocks.get(key, {}))
    folded: dict[sa.Table, dict[Key, Row]] = {table: {} for table in PROJECTIONS}
    for table, key, change in changes:
        if table not in folded or change.operation == "delete":
            continue
        names = [column.name for column in table.primary_key.columns]
        row = dict(zip(names, key, strict=True)) | change.values
        if "version" in table.c and table is t.task:
            row["version"] = change.touched
        if table is t.work_order:
            row["clocks"] = clocks.get(key, {})
        folded[table][key] = row
    return folded


def _events(connection: sa.Connection, problems: list[str]) -> Iterator[appliers.Event]:
    """All events in the order they were written, each chain checked on the way."""
    statement = sa.select(t.history_event).order_by(t.history_event.c.id)
    tails: dict[Place, Tail] = {}
    for row in connection.execute(statement.execution_options(yield_per=2000)):
        place = (row.stream, row.stream_id)
        tail = tails.get(place, NOTHING)
        try:
            body = unpack(row.body)
            found = facts.decode(body)
        except (zlib.error, msgspec.MsgspecError):
            problems.append(f"chain {row.stream}-{row.stream_id} is unreadable at {row.seq}")
            continue
        expected = chain(tail.hash, (*place, tail.seq + 1), at=row.at, actor=row.actor, body=body)
        if row.seq != tail.seq + 1 or bytes(row.hash) != expected:
            problems.append(f"chain {row.stream}-{row.stream_id} is broken at {row.seq}")
        tails[place] = Tail(row.seq + len(found) - 1, bytes(row.hash))
        for seq, fact in enumerate(found, row.seq):
            yield appliers.Event(row.stream, row.stream_id, seq, row.at, row.actor, fact)
    _check_tails(connection, tails, problems)


def _check_tails(
    connection: sa.Connection,
    tails: dict[Place, Tail],
    problems: list[str],
) -> None:
    """The ends of the chains as kept beside them: a missing end shows here."""
    order, tail = t.work_order.c, t.stream_tail.c
    kept = [
        ((int(Stream.ORDER), row.id), (row.seq, bytes(row.hash)))
        for row in connection.execute(sa.select(order.id, order.seq, order.hash))
    ] + [
        ((row.stream, row.stream_id), (row.seq, bytes(row.hash)))
        for row in connection.execute(sa.select(tail.stream, tail.stream_id, tail.seq, tail.hash))
    ]
    problems.extend(
        f"chain {place[0]}-{place[1]} ends elsewhere than noted"
        for place, end in kept
        if tails.get(place) != end
    )


def _live(connection: sa.Connection, table: sa.Table) -> dict[Key, Row]:
    columns = [
        column for column in table.c if column.name not in _MEMORY or table is not t.work_order
    ]
    names = [column.name for column in table.primary_key.columns]
    return {
        tuple(row[name] for name in names): dict(row)
        for row in connection.execute(sa.select(*columns)).mappings()
    }


def _difference(live: Row | None, wanted: Row | None) -> str:
    if live is None:
        return "is in the history, but not live"
    if wanted is None:
        return "is live, but not in the history"
    parts = [
        f"{name} is {live.get(name)!r}, history says {wanted.get(name)!r}"
        for name in sorted(live.keys() | wanted.keys())
        if _plain(live.get(name)) != _plain(wanted.get(name))
    ]
    return "; ".join(parts)


def _plain(value: Any) -> Any:
    """Values as JSON and the database give them back."""
    if isinstance(value, datetime):
        return _INSTANT.process_bind_param(value, None)
    if isinstance(value, dict | list | tuple | msgspec.Struct):
        return msgspec.json.decode(msgspec.json.encode(value))
    return value
