"""Equality and order of values. Null operands give null. Source: DMN 1.3, 10.3.2.

What has no meaning raises `FeelError`; whether that ends the evaluation or becomes null is not
decided here.
"""

import operator
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final

from engine.domain.feel.errors import FeelError
from engine.domain.feel.values import durations, times
from engine.domain.feel.values.exchange import enter, shown
from engine.domain.feel.values.kinds import KINDS, Value, kind_of

_COMPARISONS: Final[Mapping[str, Callable[[Value, Value], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
#: Types whose values Python compares as FEEL does.
_PLAIN: Final = frozenset({str, bool, Decimal})
_ORDERED: Final = frozenset({"number", "text", "date", "instant", "time", "duration", "months"})
_READ: Final[Mapping[str, Callable[[str], Value]]] = {
    "date": times.read_date,
    "instant": times.read_instant,
    "time": times.read_time,
    "duration": durations.read_duration,
    "months": durations.read_duration,
}


def is_same(left: Value, right: Value) -> bool:
    """Equality of values; those of different kinds are simply different."""
    if type(left) is type(right) and type(left) in _PLAIN:
        return bool(left == right)
    left, right = enter(left), enter(right)
    kind = kind_of(left)
    if kind != kind_of(right):
        return False
    if kind == "list":
        return len(left) == len(right) and all(map(is_same, left, right))
    if kind == "context":
        return left.keys() == right.keys() and all(is_same(left[key], right[key]) for key in left)
    if kind == "range":
        return (
            is_same(left.low, right.low)
            and is_same(left.high, right.high)
            and (left.closed_low, left.closed_high) == (right.closed_low, right.closed_high)
        )
    return bool(left == right)


def is_equal(left: Value, right: Value) -> bool:
    """Equality of two values of one kind; null is only equal to null.

    Raises:
        FeelError: They are of different kinds.
    """
    if type(left) is type(right) and type(left) in _PLAIN:
        return bool(left == right)
    left, right = enter(left), enter(right)
    if left is None or right is None:
        return left is right
    left, right, kind = alike(left, right)
    _check_offsets(left, right, kind)
    return is_same(left, right)


def compare_kind(sign: str, left: Value, right: Value) -> bool | None:
    """Order of two values of one kind; null for null and for different kinds."""
    left, right = enter(left), enter(right)
    kind = kind_of(left)
    if kind != kind_of(right) or kind not in _ORDERED or mixes_offsets(left, right, kind):
        return None
    return bool(_COMPARISONS[sign](left, right))


def compare(sign: str, left: Value, right: Value) -> bool | None:
    """Order of two values of one kind; null if one is null.

    Raises:
        FeelError: They are of different kinds, or of one without an order.
    """
    left, right = enter(left), enter(right)
    if left is None or right is None:
        return None
    left, right, kind = alike(left, right)
    if kind not in _ORDERED:
        en, zh = KINDS[kind]
        raise FeelError(f"{en} is neither more nor less than another", f"{zh}没有大小之分")
    _check_offsets(left, right, kind)
    return bool(_COMPARISONS[sign](left, right))


def alike(left: Value, right: Value) -> tuple[Value, Value, str]:
    """Both values and their one kind; ISO 8601 texts, as variables have them, are read.

    Raises:
        FeelError: They are of different kinds.
    """
    kind, other = kind_of(left), kind_of(right)
    if kind == other:
        return left, right, kind
    if kind == "text" and other in _READ:
        return as_kind(left, other), right, other
    if other == "text" and kind in _READ:
        return left, as_kind(right, kind), kind
    raise FeelError(
        f"{shown(left)} is {KINDS[kind][0]} and {shown(right)} is {KINDS[other][0]}: "
        "values of different kinds cannot be compared",
        f"{shown(left)} 是{KINDS[kind][1]}，{shown(right)} 是{KINDS[other][1]}，"
        "类型不同，无法比较",
    )


def as_kind(text: str, kind: str) -> Value:
    """Read a text as a date, instant, time or duration.

    Raises:
        FeelError: It is none.
    """
    value = _READ[kind](text)
    if kind_of(value) != kind:
        en, zh = KINDS[kind]
        raise FeelError(f"{shown(text)} is not {en}", f"{shown(text)} 不是{zh}")
    return value


def mixes_offsets(left: Value, right: Value, kind: str) -> bool:
    """Whether of two instants or times only one has an offset from UTC."""
    return kind in {"instant", "time"} and (left.tzinfo is None) != (right.tzinfo is None)


def _check_offsets(left: Value, right: Value, kind: str) -> None:
    if mixes_offsets(left, right, kind):
        raise FeelError(
            f"of {shown(left)} and {shown(right)} only one has an offset from UTC",
            f"{shown(left)} 与 {shown(right)} 只有其一带时区",
        )
