"""Row changes collected while facts are applied, merged so that each row is written once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple

from sqlalchemy import Table

from engine.domain import fulltext

Key = tuple[Any, ...]
Operation = Literal["insert", "update", "put", "append", "delete"]


class Change(NamedTuple):
    """What is to happen to one row; ``touched`` counts the facts merged into it."""

    operation: Operation
    values: dict[str, Any]
    touched: int


class Changes:
    """Pending changes by table and primary key, in the order tables were first touched."""

    def __init__(self) -> None:
        self._tables: dict[Table, dict[Key, Change]] = {}

    def insert(self, table: Table, key: Key, values: dict[str, Any]) -> None:
        """A new row; ``values`` hold all its columns except those of the key."""
        rows = self._tables.setdefault(table, {})
        before = rows.get(key)
        operation: Operation = "insert" if before is None else "put"
        rows[key] = Change(operation, values, 1)

    def put(self, table: Table, key: Key, values: dict[str, Any]) -> None:
        """A row that may exist already; the new values replace it whole."""
        rows = self._tables.setdefault(table, {})
        before = rows.get(key)
        if before is not None and before.operation == "insert":
            rows[key] = Change("insert", values, before.touched + 1)
        else:
            rows[key] = Change("put", values, 1)

    def update(self, table: Table, key: Key, values: Mapping[str, Any]) -> None:
        """Some columns of an existing row."""
        rows = self._tables.setdefault(table, {})
        before = rows.get(key)
        if before is None:
            rows[key] = Change("update", dict(values), 1)
        elif before.operation != "delete":
            before.values.update(values)
            rows[key] = before._replace(touched=before.touched + 1)

    def append(self, table: Table, key: Key, words: str) -> None:
        """More words at the end of a row's ``words``; the row may not be there yet."""
        rows = self._tables.setdefault(table, {})
        before = rows.get(key)
        said = "" if before is None else before.values["words"]
        touched = 1 if before is None else before.touched + 1
        rows[key] = Change("append", {"words": fulltext.joined(said, words)}, touched)

    def delete(self, table: Table, key: Key) -> None:
        """No such row any more; a row that was never written just vanishes."""
        rows = self._tables.setdefault(table, {})
        before = rows.get(key)
        if before is not None and before.operation == "insert":
            del rows[key]
        else:
            rows[key] = Change("delete", {}, 1)

    def touch(self, table: Table, key: Key, touched: int) -> None:
        """Set how many facts a pending row stands for."""
        rows = self._tables[table]
        rows[key] = rows[key]._replace(touched=touched)

    def peek(self, table: Table, key: Key) -> Change | None:
        """Pending change of a row, if any."""
        return self._tables.get(table, {}).get(key)

    def __iter__(self) -> Iterator[tuple[Table, Key, Change]]:
        """Every pending change."""
        for table, rows in self._tables.items():
            for key, change in rows.items():
                yield table, key, change
