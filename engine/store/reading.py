"""Selects that every completion runs, handed to the driver as text like `engine.store.writing`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.sql.compiler import SQLCompiler

from engine.store.driver import fetch
from engine.store.writing import positional

_Converters = tuple[tuple[str, Callable[[Any], Any]], ...]


class _Text(NamedTuple):
    """A select for one dialect.

    Attributes:
        places: Name of the parameter at each position.
        constants: Parameters the statement brings along, as the driver wants them.
        given: How to convert the other parameters, by name.
        taken: How to convert columns, by name.
    """

    text: str
    places: tuple[str, ...]
    constants: dict[str, Any]
    given: _Converters
    taken: _Converters


class PreparedSelect:
    """A select compiled once per dialect; its parameters may not be lists.

    Args:
        statement: With a named bind parameter for each value.
    """

    def __init__(self, statement: sa.Select[Any]) -> None:
        self._statement = statement
        self._names = tuple(column.name for column in statement.selected_columns)
        self._for = cache(self._compiled)

    def rows(self, connection: Connection, values: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Rows by column name, in the order of the columns."""
        select = self._for(connection.dialect.name)
        given = {**select.constants, **values}
        for name, convert in select.given:
            given[name] = convert(given[name])
        found = fetch(connection, select.text, [given[name] for name in select.places])
        rows = [dict(zip(self._names, row, strict=True)) for row in found]
        for row in rows:
            for name, convert in select.taken:
                row[name] = convert(row[name])
        return rows

    def row(self, connection: Connection, values: Mapping[str, Any]) -> dict[str, Any] | None:
        """The first row, None if there is none."""
        return next(iter(self.rows(connection, values)), None)

    def _compiled(self, dialect: str) -> _Text:
        target = positional(dialect)
        compiled = self._statement.compile(dialect=target)
        if not isinstance(compiled, SQLCompiler):
            raise TypeError(compiled)
        places = tuple(compiled.positiontup or ())
        outward = {
            name: compiled.binds[name].type.dialect_impl(target).bind_processor(target)
            for name in places
        }
        constants = {
            name: value if (convert := outward[name]) is None else convert(value)
            for name, value in compiled.params.items()
            if not compiled.binds[name].required
        }
        return _Text(
            text=str(compiled),
            places=places,
            constants=constants,
            given=_only((name, outward[name]) for name in outward.keys() - constants.keys()),
            taken=_only(
                (column.name, column.type.dialect_impl(target).result_processor(target, None))
                for column in self._statement.selected_columns
                # Both drivers give floats as floats; the library would ask for the type's number.
                if not isinstance(column.type, sa.Numeric | sa.Float)
            ),
        )


def _only(pairs: Iterable[tuple[str, Callable[[Any], Any] | None]]) -> _Converters:
    return tuple((name, convert) for name, convert in pairs if convert is not None)
