"""Sets of values as one parameter, so that a statement is the same however many there are."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy import ColumnElement, Dialect
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeDecorator, TypeEngine
from typing_extensions import override


class Many(TypeDecorator[Any]):
    """A list: an array for PostgreSQL, JSON text for SQLite.

    Args:
        item: Type of its items, numbers or text.
    """

    impl = sa.Text
    cache_ok = True

    def __init__(self, item: TypeEngine[Any]) -> None:
        super().__init__()
        self.item = item

    @override
    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """What the database stores it as."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(postgresql.ARRAY(self.item))
        return dialect.type_descriptor(sa.Text())

    @override
    def process_bind_param(self, value: Iterable[Any] | None, dialect: Dialect) -> object:
        """A collection as the driver takes it."""
        items = list(value or ())
        return items if dialect.name == "postgresql" else msgspec.json.encode(items).decode()


class _Among(ColumnElement[bool]):
    """Whether a column has one of the values of a parameter."""

    inherit_cache = False
    type = sa.Boolean()

    def __init__(self, column: ColumnElement[Any], name: str) -> None:
        self.column = column
        item = sa.BigInteger() if isinstance(column.type, sa.BigInteger) else sa.Text()
        self.values: sa.BindParameter[Any] = sa.bindparam(name, type_=Many(item))


def among(column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """Whether a column has one of the values of the parameter with this name."""
    return _Among(column, name)


def size_of(values: Collection[Any]) -> int:
    """Number of parameters `one_of` needs: a power of two, so that there are few statements."""
    return 1 << (len(values) - 1).bit_length() if values else 0


def one_of(column: ColumnElement[Any], name: str, size: int) -> ColumnElement[bool]:
    """As `among`, with parameters of their own, see `padded`.

    SQLite's planner takes the values of `among` for many and may scan an index of the column
    instead of searching it.
    """
    return column.in_(
        [sa.bindparam(f"{name}_{place}", type_=column.type) for place in range(size)]
    )


def padded(name: str, values: Collection[Any]) -> dict[str, Any]:
    """Parameters of `one_of`; the last value fills what is left."""
    items = list(values)
    places = range(size_of(values))
    return {f"{name}_{place}": items[min(place, len(items) - 1)] for place in places}


@compiles(_Among, "sqlite")
def _sqlite(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    column = compiler.process(element.column, **options)
    values = f"json_each({compiler.process(element.values)})"
    return f"({column} IN (SELECT value FROM {values}))"  # noqa: S608 - made of parameters


@compiles(_Among, "postgresql")
def _postgresql(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    column = compiler.process(element.column, **options)
    return f"({column} = ANY({compiler.process(element.values)}))"
