"""Statements past the library: compiled ones go straight to the driver's cursor.

The library's own execution builds a context, a result and its metadata each time, which costs
several times what the database needs for a small statement. Listeners for statements are told
and failures look the same as the library's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any, NamedTuple

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

Row = Sequence[Any]


class Statement(NamedTuple):
    """A change to be made for every row of parameters.

    Attributes:
        text: With parameters as the driver's database writes them, see `fetch`.
    """

    text: str
    rows: Sequence[Row]


def change(connection: Connection, statements: Sequence[Statement]) -> list[int]:
    """Execute changes in order; numbers of rows changed.

    PostgreSQL gets all of them at once and is waited for once.
    """
    if connection.dialect.name == "postgresql":
        return _pipelined(connection, statements)
    with closing(connection.connection.cursor()) as cursor:
        changed = []
        for statement in statements:
            _execute(connection, cursor, statement.text, statement.rows)
            changed.append(int(cursor.rowcount))
        return changed


def fetch(connection: Connection, text: str, parameters: Row) -> list[Row]:
    """All rows of a select.

    Args:
        connection: An open transaction.
        text: With parameters as the database writes them: ``?`` for SQLite, ``$1`` for PostgreSQL.
            There the driver need not look for them, which it does anew at every execution of a
            statement longer than 4,096 characters.
        parameters: Values in order.
    """
    with closing(_opened(connection)) as cursor:
        _execute(connection, cursor, text, [parameters])
        found: list[Row] = [*cursor.fetchall()]
        return found


def _opened(connection: Connection) -> Any:
    """A cursor that takes statements as the database does."""
    if connection.dialect.name == "postgresql":
        driver = connection.connection.driver_connection
        return connection.dialect.loaded_dbapi.RawCursor(driver)
    return connection.connection.cursor()


def _pipelined(connection: Connection, statements: Sequence[Statement]) -> list[int]:
    driver: Any = connection.connection.driver_connection
    cursors: list[list[Any]] = []
    with _failures(connection, statements[0].text), driver.pipeline():
        for statement in statements:
            _tell(connection, statement.text, statement.rows)
            cursors.append(
                [_opened(connection).execute(statement.text, row) for row in statement.rows]
            )
    return [sum(cursor.rowcount for cursor in each) for each in cursors]


def _execute(connection: Connection, cursor: Any, text: str, rows: Sequence[Row]) -> None:
    _tell(connection, text, rows)
    with _failures(connection, text):
        if len(rows) > 1:
            cursor.executemany(text, rows)
        else:
            cursor.execute(text, rows[0])


def _tell(connection: Connection, text: str, rows: Sequence[Row]) -> None:
    listeners = connection.engine.dispatch.before_cursor_execute
    if listeners:
        listeners(connection, None, text, rows, None, len(rows) > 1)


@contextmanager
def _failures(connection: Connection, text: str) -> Iterator[None]:
    """Failures of the driver as the library would raise them."""
    dialect = connection.dialect
    try:
        yield
    except dialect.loaded_dbapi.Error as exc:
        is_gone = dialect.is_disconnect(exc, connection.connection, None)
        if is_gone:
            # As the library does: what the pool still holds is gone too.
            connection.invalidate(exc)
            connection.engine.dispose(close=False)
        raise DBAPIError.instance(
            text,
            None,
            exc,
            dialect.loaded_dbapi.Error,
            connection_invalidated=is_gone,
            dialect=dialect,
        ) from exc
