"""Column types that behave alike on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import BigInteger, Dialect, LargeBinary
from sqlalchemy.types import TypeDecorator
from typing_extensions import override

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


class Instant(TypeDecorator[datetime]):
    """An aware instant as whole milliseconds since 1970, rounded up.

    One integer on both databases: small, indexable, free of zones. Rounding up keeps "due at or
    before now" true only when it is true of the exact value.
    """

    impl = BigInteger
    cache_ok = True

    @override
    def process_bind_param(self, value: datetime | None, dialect: Dialect | None) -> int | None:
        """Aware datetime to milliseconds."""
        return None if value is None else -((_EPOCH - value) // _MILLISECOND)

    @override
    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """Milliseconds to an aware UTC datetime."""
        return None if value is None else _EPOCH + timedelta(milliseconds=value)


class Json(TypeDecorator[Any]):
    """A JSON value as bytes in the order it was written (never ``jsonb``, which reorders)."""

    impl = LargeBinary
    cache_ok = True

    @override
    def process_bind_param(self, value: object, dialect: Dialect) -> bytes | None:
        """Any JSON-ready value to bytes."""
        return None if value is None else msgspec.json.encode(value)

    @override
    def process_result_value(self, value: bytes | None, dialect: Dialect) -> object:
        """Bytes to plain lists and dicts."""
        return None if value is None else msgspec.json.decode(value)
