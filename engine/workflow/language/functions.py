"""The functions of expressions and the Java methods they may call; none can do harm."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, NamedTuple

from engine.workflow.errors import ExpressionError, TimerError
from engine.workflow.language.durations import duration
from engine.workflow.language.operators import (
    MAX_TEXT,
    bounded,
    is_empty,
    item,
    same,
    text_of,
    truth,
    within,
)

_MAX_DIGITS: Final = 15


def _same_letters(left: Any, right: Any) -> bool:
    return text_of(left).casefold() == text_of(right).casefold()


def _round(value: Any, digits: int = 0) -> Any:
    if abs(digits) > _MAX_DIGITS:
        raise ExpressionError(
            "a number can be rounded to at most 15 digits", "数字最多可保留 15 位"
        )
    return round(value, digits) if digits else round(value)


def _date(value: Any) -> date:
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else date.fromisoformat(value)


def _instant(value: Any) -> datetime:
    instant = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    if instant.tzinfo is None:
        raise ExpressionError(
            "an instant is written without its offset from UTC", "时刻没有写明与 UTC 的时差"
        )
    return instant.astimezone(UTC)


def _duration(value: str) -> timedelta:
    try:
        length = duration(value)
    except TimerError as error:
        raise ExpressionError(str(error), error.zh) from error
    if length.months:
        raise ExpressionError(
            "a duration in an expression has months, whose length varies",
            "表达式中的时长含有月份，而月份长短不一",
        )
    return length.exact


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple | dict) else [value]


def _join(values: Iterable[Any], mark: Any) -> str:
    parts, between = [text_of(one) for one in values], text_of(mark)
    if sum(map(len, parts)) + len(between) * len(parts) > MAX_TEXT:
        raise ExpressionError("a text or list becomes too long", "文本或列表过长")
    return between.join(parts)


def _integer(value: Any) -> int:
    return int(bounded(int(value)))


def _float(value: Any) -> float:
    return float(bounded(float(value)))


def _boolean(value: Any) -> bool:
    if isinstance(value, str):
        return {"true": True, "false": False}[value.strip().lower()]
    return bool(value)


def _substring(text: Any, start: int, end: int | None = None) -> str:
    whole = text_of(text)
    stop = len(whole) if end is None else end
    if not 0 <= start <= stop <= len(whole):
        raise IndexError
    return whole[start:stop]


class Function(NamedTuple):
    """A function of the language.

    Attributes:
        least: Fewest arguments. most: Most arguments.
        named: Names under which further arguments may be given.
    """

    call: Callable[..., Any]
    least: int
    most: int
    named: frozenset[str] = frozenset()


_MANY: Final = 50
_DEFAULT: Final = frozenset({"default"})

FUNCTIONS: Final[Mapping[str, Function]] = {
    "len": Function(len, 1, 1), "count": Function(len, 1, 1),
    "min": Function(min, 1, _MANY, _DEFAULT), "max": Function(max, 1, _MANY, _DEFAULT),
    "sum": Function(lambda values: bounded(sum(values)), 1, 1),
    "any": Function(lambda values: any(map(truth, values)), 1, 1),
    "all": Function(lambda values: all(map(truth, values)), 1, 1),
    "abs": Function(abs, 1, 1), "round": Function(_round, 1, 2, frozenset({"digits"})),
    "str": Function(text_of, 1, 1), "string": Function(text_of, 1, 1),
    "int": Function(_integer, 1, 1), "float": Function(_float, 1, 1),
    "number": Function(_float, 1, 1), "bool": Function(_boolean, 1, 1),
    "sorted": Function(sorted, 1, 1, frozenset({"reverse"})), "list": Function(_list, 1, 1),
    "contains": Function(lambda whole, part: within(part, whole), 2, 2),
    "is_empty": Function(is_empty, 1, 1),
    "date": Function(_date, 1, 1), "instant": Function(_instant, 1, 1),
    "duration": Function(_duration, 1, 1),
    "lower": Function(lambda text: text_of(text).lower(), 1, 1),
    "upper": Function(lambda text: text_of(text).upper(), 1, 1),
    "trim": Function(lambda text: text_of(text).strip(), 1, 1),
    "starts_with": Function(lambda text, head: text_of(text).startswith(text_of(head)), 2, 2),
    "ends_with": Function(lambda text, tail: text_of(text).endswith(text_of(tail)), 2, 2),
    "split": Function(lambda text, mark: text_of(text).split(text_of(mark) or None), 2, 2),
    "join": Function(_join, 2, 2),
}  # fmt: skip

#: Functions whose answer depends on the step: the instant, and the SLA clocks.
SURROUNDINGS: Final[Mapping[str, tuple[int, int]]] = {
    "now": (0, 0), "today": (0, 0), "clock": (2, 2),
}  # fmt: skip

#: Java methods that expressions call, as functions of the owner; without the owner counted.
METHODS: Final[Mapping[str, Function]] = {
    "equals": Function(same, 1, 1), "equalsIgnoreCase": Function(_same_letters, 1, 1),
    "contains": Function(lambda whole, part: within(part, whole), 1, 1),
    "containsKey": Function(lambda whole, name: within(name, whole), 1, 1),
    "size": Function(len, 0, 0), "length": Function(len, 0, 0),
    "isEmpty": Function(is_empty, 0, 0), "get": Function(item, 1, 1),
    "toString": Function(text_of, 0, 0), "concat": Function(
        lambda text, more: bounded(text_of(text) + text_of(more)), 1, 1
    ),
    "toLowerCase": FUNCTIONS["lower"]._replace(least=0, most=0),
    "toUpperCase": FUNCTIONS["upper"]._replace(least=0, most=0),
    "trim": FUNCTIONS["trim"]._replace(least=0, most=0),
    "startsWith": FUNCTIONS["starts_with"]._replace(least=1, most=1),
    "endsWith": FUNCTIONS["ends_with"]._replace(least=1, most=1),
    "substring": Function(_substring, 1, 2),
    "intValue": FUNCTIONS["int"]._replace(least=0, most=0),
    "longValue": FUNCTIONS["int"]._replace(least=0, most=0),
    "doubleValue": FUNCTIONS["float"]._replace(least=0, most=0),
}  # fmt: skip
