"""Values on their way into the language and out of it, and as they stand in sentences."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, time, timedelta
from decimal import Decimal
from types import NoneType
from typing import Any, Final

from engine.domain.feel.values.durations import Months, write_duration
from engine.domain.feel.values.kinds import Range, Value

MAX_MAGNITUDE: Final = 300
MAX_SHOWN: Final = 40


def enter(raw: Value) -> Value:
    """Bring a value from outside into the language: numbers are decimal."""
    kind = type(raw)
    if kind is str or kind is bool or raw is None:
        return raw
    if isinstance(raw, bool):
        return raw
    if isinstance(raw, int):
        return number(Decimal(raw))
    if isinstance(raw, float):
        return number(Decimal(repr(raw)))
    return raw


def number(value: Decimal) -> Decimal | None:
    """The number, or null when it is infinite, undefined or absurdly large."""
    return value if value.is_finite() and value.adjusted() <= MAX_MAGNITUDE else None


def leave(value: Value) -> Value:
    """Bring a value of the language out again: JSON data, times and durations as ISO 8601."""
    write = next((write for kinds, write in _LEAVING if isinstance(value, kinds)), None)
    return value if write is None else write(value)


def _leave_number(value: Decimal) -> float:
    return int(value) if value == value.to_integral_value() else float(value)


#: In this order: what comes first is left as it is.
_LEAVING: Final[Sequence[tuple[Any, Callable[[Any], Value] | None]]] = (
    ((str, bool, NoneType), None),
    (Decimal, _leave_number),
    ((list, tuple), lambda items: [leave(item) for item in items]),
    (Mapping, lambda entries: {str(key): leave(item) for key, item in entries.items()}),
    ((date, time), lambda value: value.isoformat()),
    ((timedelta, Months), write_duration),
    (Range, lambda _: None),
)


def shown(value: Value) -> str:
    """A value for a sentence: short, as it is written in FEEL."""
    value = leave(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        value = f'"{value}"'
    text = "null" if value is None else str(value)
    return text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}…"
