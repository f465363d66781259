"""Keyset pages: a cursor says where the last page ended, not how many rows to skip."""

from __future__ import annotations

import base64
from typing import Any, Generic, TypeVar

import msgspec

from engine.errors import InvalidError

ItemT = TypeVar("ItemT")

MOST_PER_PAGE = 200


class CursorInvalidError(InvalidError):
    """The cursor did not come from this list."""

    code = "cursor_invalid"
    template = "Expected a cursor given by this list, but got {cursor}."


class Page(msgspec.Struct, Generic[ItemT], frozen=True, kw_only=True):
    """One page of a list; ``next_cursor`` is None on the last one."""

    items: list[ItemT]
    next_cursor: str | None = None


def encode_cursor(*keys: int | str) -> str:
    """Opaque text for the sort keys of the last row shown."""
    return base64.urlsafe_b64encode(msgspec.json.encode(keys)).decode().rstrip("=")


def decode_cursor(cursor: str, *types: type) -> tuple[Any, ...]:
    """Sort keys of a cursor.

    Raises:
        CursorInvalidError: It is not one of this list's.
    """
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        keys = msgspec.json.decode(base64.urlsafe_b64decode(padded.encode()))
    except (ValueError, RecursionError) as exc:
        raise CursorInvalidError(cursor=cursor[:60]) from exc
    if (
        not isinstance(keys, list)
        or len(keys) != len(types)
        or any(type(key) is not wanted for key, wanted in zip(keys, types, strict=True))
        or any(isinstance(key, int) and abs(key) >= 1 << 62 for key in keys)
        or any(isinstance(key, str) and not key.isprintable() for key in keys)
    ):
        raise CursorInvalidError(cursor=cursor[:60])
    return tuple(keys)
