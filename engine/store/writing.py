"""Row changes to statements: one per table, operation and set of columns, built once.

Every command ends here, so statements are compiled once per dialect and go to the driver.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any, Final, Literal, NamedTuple

import sqlalchemy as sa
from sqlalchemy import Connection, Table, bindparam
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import default, make_url
from sqlalchemy.sql.compiler import SQLCompiler

from engine.domain import fulltext
from engine.store import tables as t
from engine.store.changes import Changes, Operation
from engine.store.database import StaleWriteError
from engine.store.driver import Statement, change

Columns = tuple[str, ...]

#: Operations that name all columns of a row.
WHOLE: Final[frozenset[Operation]] = frozenset({"insert", "put", "append"})
#: Tables whose rows carry a version that grows with every fact that touches them.
_VERSIONED = {t.task}
#: The dialects, and how the databases themselves write parameters.
_PARAMETERS: dict[str, tuple[str, Literal["qmark", "numeric_dollar"]]] = {
    "sqlite": ("sqlite", "qmark"),
    "postgresql": ("postgresql+psycopg", "numeric_dollar"),
}


class Prepared(NamedTuple):
    """A statement as the driver takes it.

    Attributes:
        text: With positional parameters.
        names: What stands at each position.
        converters: Positions whose values the driver wants in another form, and how to get it.
    """

    text: str
    names: Columns
    converters: tuple[tuple[int, Callable[[Any], Any]], ...]

    def parameters(self, values: Mapping[str, Any]) -> list[Any]:
        """Values in the order of their positions."""
        found = [values[name] for name in self.names]
        for position, convert in self.converters:
            found[position] = convert(found[position])
        return found

    def of(self, rows: Iterable[Mapping[str, Any]]) -> Statement:
        """The statement for these rows."""
        return Statement(self.text, [self.parameters(row) for row in rows])


@cache
def prepared(dialect: str, table: Table, operation: Operation, columns: Columns) -> Prepared:
    """The statement for one operation on these columns of a table."""
    keys = list(table.primary_key.columns)
    match = sa.and_(*(key == bindparam(f"k_{key.name}", type_=key.type) for key in keys))
    statement: sa.UpdateBase
    if operation == "insert":
        statement = sa.insert(table).inline()
    elif operation == "put":
        insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
        base = insert(table).inline()
        statement = base.on_conflict_do_nothing()
        if set(columns) - {key.name for key in keys}:
            statement = base.on_conflict_do_update(
                index_elements=keys,
                set_={
                    name: base.excluded[name] for name in columns if not table.c[name].primary_key
                },
            )
    elif operation == "append":
        statement = _appending(table, dialect)
    elif operation == "delete":
        statement = sa.delete(table).where(match)
    else:
        statement = sa.update(table).where(match).values(_new(table, columns))
    return _compiled(statement, dialect, columns if operation in WHOLE else None)


def _appending(table: Table, dialect: str) -> sa.UpdateBase:
    """Words after those that are there, as `fulltext.joined` puts them together."""
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    base = insert(table).inline()
    longer = table.c.words + sa.literal_column("' '") + base.excluded["words"]
    most: sa.ColumnElement[int] = sa.literal_column(str(fulltext.MOST_CHARACTERS))
    return base.on_conflict_do_update(
        index_elements=list(table.primary_key.columns),
        set_={"words": sa.func.substr(longer, sa.literal_column("1"), most)},
    )


def _new(table: Table, columns: Columns) -> dict[str, Any]:
    """Values to set: given ones, and a version that grows by the number of facts."""
    new: dict[str, Any] = {
        name: bindparam(f"v_{name}", type_=table.c[name].type) for name in columns
    }
    if "version" in new and table in _VERSIONED:
        new["version"] = table.c.version + new["version"]
    return new


def _compiled(statement: sa.UpdateBase, dialect: str, columns: Columns | None) -> Prepared:
    target = positional(dialect)
    compiled = statement.compile(dialect=target, column_keys=columns)
    if not isinstance(compiled, SQLCompiler):
        raise TypeError(compiled)
    places = compiled.positiontup or []
    converters = (
        compiled.binds[name].type.dialect_impl(target).bind_processor(target) for name in places
    )
    return Prepared(
        text=str(compiled),
        names=tuple(name.removeprefix("k_").removeprefix("v_") for name in places),
        converters=tuple(
            (position, convert)
            for position, convert in enumerate(converters)
            if convert is not None
        ),
    )


@cache
def positional(name: str) -> sa.Dialect:
    """A dialect whose statements have their parameters in a row."""
    driver, style = _PARAMETERS[name]
    kind = make_url(f"{driver}://").get_dialect()
    if not issubclass(kind, default.DefaultDialect):
        raise TypeError(kind)
    return kind(paramstyle=style)


def write(
    connection: Connection, changes: Changes, *, history: Sequence[Mapping[str, Any]] = ()
) -> None:
    """Write row changes.

    Two writers of one order cannot both pass: their facts would share a place in its chain,
    which the unique key of the history refuses.

    Args:
        connection: An open writing transaction.
        changes: Rows of any table but the history.
        history: New rows of the history, in order.

    Raises:
        StaleWriteError: A row to update is not there.
    """
    dialect = connection.dialect.name
    batches: dict[tuple[Table, Operation, Columns], list[Mapping[str, Any]]] = {}
    if history:
        batches[t.history_event, "insert", tuple(history[0])] = [*history]
    for table, key, pending in changes:
        operation, values = pending.operation, pending.values
        if table in _VERSIONED and operation != "delete":
            values = {**values, "version": pending.touched}
        row = {**values, **dict(zip(_key_names(table), key, strict=True))}
        columns = tuple(sorted(row if operation in WHOLE else values))
        batches.setdefault((table, operation, columns), []).append(row)
    if not batches:
        return
    changed = change(
        connection, [prepared(dialect, *what).of(rows) for what, rows in batches.items()]
    )
    for (table, operation, _), rows, number in zip(
        batches, batches.values(), changed, strict=True
    ):
        if operation == "update" and number != len(rows):
            raise StaleWriteError(what=table.name)


@cache
def _key_names(table: Table) -> Columns:
    return tuple(column.name for column in table.primary_key.columns)
