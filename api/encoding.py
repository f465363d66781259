"""JSON as it leaves: instants in UTC with ``Z``, dates, tuples as lists."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import orjson
from flask.json.provider import JSONProvider
from typing_extensions import override

_OPTIONS = orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS


def _other(value: object) -> object:
    if isinstance(value, msgspec.Struct | timedelta):
        return msgspec.to_builtins(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    return str(value)


def encode(value: Any) -> bytes:
    """JSON bytes of a value."""
    return orjson.dumps(value, default=_other, option=_OPTIONS)


class OrjsonProvider(JSONProvider):
    """Makes Flask speak JSON the same way."""

    @override
    def dumps(self, obj: Any, **kwargs: Any) -> str:
        return encode(obj).decode()

    @override
    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        return orjson.loads(s)
