"""The kinds of values FEEL has, and their names for people. Source: DMN 1.3, 10.3.2."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from types import NoneType
from typing import Any, Final

import msgspec

from engine.domain.feel.values.durations import Months

#: null, boolean, Decimal, text, date, instant, time, duration, list, context or `Range`.
Value = Any

# In this order: a boolean is an int and an instant is a date for Python, but not here.
_KINDS: Final[Sequence[tuple[type, str]]] = (
    (bool, "boolean"),
    (Decimal, "number"),
    (int, "number"),
    (float, "number"),
    (str, "text"),
    (datetime, "instant"),
    (date, "date"),
    (time, "time"),
    (timedelta, "duration"),
    (Months, "months"),
    (list, "list"),
    (tuple, "list"),
    (Mapping, "context"),
    (NoneType, "null"),
)
_KIND_OF: Final[dict[type, str]] = dict(_KINDS)
#: Names of kinds for people, English and Chinese.
KINDS: Final[Mapping[str, tuple[str, str]]] = {
    "null": ("nothing", "空值"),
    "boolean": ("true or false", "布尔值"),
    "number": ("a number", "数字"),
    "text": ("a text", "文本"),
    "date": ("a date", "日期"),
    "instant": ("a date and time", "日期时间"),
    "time": ("a time", "时间"),
    "duration": ("a duration of days and time", "天/时间时长"),
    "months": ("a duration of years and months", "年/月时长"),
    "list": ("a list", "列表"),
    "context": ("a context", "上下文"),
    "range": ("a range", "区间"),
    "other": ("something else", "其他值"),
}


class Range(msgspec.Struct, frozen=True):
    """An interval such as ``[1..10)``."""

    low: Value
    high: Value
    closed_low: bool
    closed_high: bool


def kind_of(value: Value) -> str:
    """Kind of a value, a key of `KINDS`."""
    found = _KIND_OF.get(type(value))
    if found is None:
        if isinstance(value, Range):
            return "range"
        found = next((kind for type_, kind in _KINDS if isinstance(value, type_)), "other")
    return found
