"""Parts of values: members of contexts, of dates and of durations, items of lists."""

from collections.abc import Callable, Mapping
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final

from engine.domain.feel.errors import FeelError
from engine.domain.feel.values.durations import Months
from engine.domain.feel.values.exchange import enter, shown
from engine.domain.feel.values.kinds import KINDS, Value, kind_of


def member(value: Value, name: str) -> Value:
    """Entry of a context, part of a date or duration, or that of every item of a list.

    Raises:
        FeelError: The value has no members, or not this one.
    """
    if value is None:
        return None
    if isinstance(value, Mapping):
        return enter(value.get(name))
    kind = kind_of(value)
    if kind == "list":
        return [member(item, name) for item in value]
    part = _PARTS.get(kind, {}).get(name)
    if part is None:
        en, zh = KINDS[kind]
        raise FeelError(
            f"{en} ({shown(value)}) has no '{name}'", f"{zh}（{shown(value)}）没有“{name}”"
        )
    return enter(part(value))


def _offset_of(value: datetime | time) -> timedelta | None:
    return value.utcoffset()


_DATE_PARTS: Final[Mapping[str, Callable[[Any], Value]]] = {
    "year": lambda day: day.year,
    "month": lambda day: day.month,
    "day": lambda day: day.day,
    "weekday": lambda day: day.isoweekday(),
}
_TIME_PARTS: Final[Mapping[str, Callable[[Any], Value]]] = {
    "hour": lambda at: at.hour,
    "minute": lambda at: at.minute,
    "second": lambda at: at.second,
    "time offset": _offset_of,
}


def _signed(part: Callable[[timedelta], int]) -> Callable[[timedelta], int]:
    return lambda length: -part(-length) if length < timedelta() else part(length)


def _years(length: Months) -> int:
    return int(length.count / 12)


_PARTS: Final[Mapping[str, Mapping[str, Callable[[Any], Value]]]] = {
    "date": _DATE_PARTS,
    "instant": {**_DATE_PARTS, **_TIME_PARTS},
    "time": _TIME_PARTS,
    "duration": {
        "days": _signed(lambda length: length.days),
        "hours": _signed(lambda length: length.seconds // 3600),
        "minutes": _signed(lambda length: length.seconds // 60 % 60),
        "seconds": _signed(lambda length: length.seconds % 60),
    },
    "months": {"years": _years, "months": lambda length: length.count - 12 * _years(length)},
}


def item_at(value: Value, index: Decimal) -> Value:
    """Element by position, counted from 1, or from -1 backwards; null where there is none.

    Raises:
        FeelError: The value is no list, or the position no whole number.
    """
    if value is None:
        return None
    if not isinstance(value, list | tuple):
        en, zh = KINDS[kind_of(value)]
        raise FeelError(f"{en} ({shown(value)}) has no items", f"{zh}（{shown(value)}）没有元素")
    if index != index.to_integral_value():
        raise FeelError(
            f"a position is a whole number, not {shown(index)}",
            f"位置应为整数，而非 {shown(index)}",
        )
    if not 0 < abs(index) <= len(value):
        return None
    position = int(index)
    return enter(value[position - 1] if position > 0 else value[position])
