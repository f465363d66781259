"""Values of FEEL and what can be done with them; everything without meaning is null."""

import operator
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Context, Decimal
from types import NoneType
from typing import Any, Final, NamedTuple

MAX_TEXT: Final = 10_000
MAX_EXPONENT: Final = 64
MAX_MAGNITUDE: Final = 300

#: null, boolean, Decimal, text, date, instant, list, context (mapping) or `Range`.
Value = Any

# Nothing traps: a result that is not a number becomes null instead of an exception.
_ARITHMETIC: Final = Context(prec=34, Emin=-400, Emax=400, traps=[])
_OPERATIONS: Final[Mapping[str, Callable[[Decimal, Decimal], Decimal]]] = {
    "+": _ARITHMETIC.add,
    "-": _ARITHMETIC.subtract,
    "*": _ARITHMETIC.multiply,
    "/": _ARITHMETIC.divide,
    "**": _ARITHMETIC.power,
}
_COMPARISONS: Final[Mapping[str, Callable[[Value, Value], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
# In this order: a boolean is an int and an instant is a date for Python, but not here.
_KINDS: Final[Sequence[tuple[str, type | tuple[type, ...]]]] = (
    ("boolean", bool),
    ("number", Decimal),
    ("text", str),
    ("instant", datetime),
    ("date", date),
    ("list", (list, tuple)),
    ("context", Mapping),
    ("null", NoneType),
)
_ORDERED: Final = frozenset({"number", "text", "date", "instant"})


class Range(NamedTuple):
    """An interval such as ``[1..10)``."""

    low: Value
    high: Value
    closed_low: bool
    closed_high: bool

    def holds(self, value: Value) -> bool | None:
        """Whether the value lies inside; None when it cannot be compared."""
        above = compare("<=" if self.closed_low else "<", self.low, value)
        below = compare("<=" if self.closed_high else "<", value, self.high)
        return all_true(above, below)


def enter(raw: Value) -> Value:
    """Bring a value from outside into the language: numbers are decimal."""
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
    """Bring a value of the language out again: JSON data again, dates as ISO 8601 text."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, list | tuple) and not isinstance(value, Range):
        return [leave(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    return None if isinstance(value, Range) else value


def _kind(value: Value) -> str:
    return next((kind for kind, types in _KINDS if isinstance(value, types)), "other")


def equal(left: Value, right: Value) -> bool:
    """Equality; values of different kinds are simply different."""
    left, right = enter(left), enter(right)
    kind = _kind(left)
    if kind != _kind(right):
        return False
    if kind == "list":
        return len(left) == len(right) and all(map(equal, left, right))
    if kind == "context":
        return left.keys() == right.keys() and all(equal(left[key], right[key]) for key in left)
    return bool(left == right)


def compare(sign: str, left: Value, right: Value) -> bool | None:
    """Compare two numbers, texts, dates or instants; anything else is null."""
    left, right = enter(left), enter(right)
    kind = _kind(left)
    if kind != _kind(right) or kind not in _ORDERED:
        return None
    if kind == "instant" and (left.tzinfo is None) != (right.tzinfo is None):
        return None
    return bool(_COMPARISONS[sign](left, right))


def all_true(left: Value, right: Value) -> bool | None:
    """``and`` with null as "unknown"."""
    if left is False or right is False:
        return False
    return True if left is True and right is True else None


def any_true(left: Value, right: Value) -> bool | None:
    """``or`` with null as "unknown"."""
    if left is True or right is True:
        return True
    return False if left is False and right is False else None


def calculate(sign: str, left: Value, right: Value) -> Value:
    """Arithmetic on two numbers, or two texts joined by ``+``."""
    left, right = enter(left), enter(right)
    if sign == "+" and isinstance(left, str) and isinstance(right, str):
        return left + right if len(left) + len(right) <= MAX_TEXT else None
    if not isinstance(left, Decimal) or not isinstance(right, Decimal):
        return None
    if sign == "**" and abs(right) > MAX_EXPONENT:
        return None
    return number(_OPERATIONS[sign](left, right))


def contained(value: Value, test: Value) -> bool | None:
    """``value in test``, where a test is a range, a list of tests or a value."""
    if isinstance(test, Range):
        return test.holds(value)
    if isinstance(test, list | tuple):
        return any(contained(value, each) is True for each in test)
    return equal(value, test)


def member(value: Value, name: str) -> Value:
    """Entry of a context by name."""
    return enter(value.get(name)) if isinstance(value, Mapping) else None


def item_at(value: Value, index: Value) -> Value:
    """Element by position, counted from 1, or from -1 backwards."""
    if not isinstance(value, list | tuple) or not isinstance(index, Decimal):
        return None
    if index != index.to_integral_value() or not 0 < abs(index) <= len(value):
        return None
    position = int(index)
    return enter(value[position - 1] if position > 0 else value[position])


def negate(value: Value) -> bool | None:
    """``not(…)`` with null as "unknown"."""
    return not value if isinstance(value, bool) else None
