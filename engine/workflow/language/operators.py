"""What the operators of expressions do; sizes are bounded.

Equality and remainders are those of JUEL, which the diagrams of others are written for; where
JUEL would guess (is 0 the empty text?) there is no value instead.
"""

from __future__ import annotations

import math
from datetime import date, timedelta
from typing import Any, Final

from engine.domain.durations import write_duration
from engine.workflow.errors import ExpressionError

MAX_TEXT: Final = 100_000
_MAX_INT: Final = 1 << 63


def field(owner: Any, name: str) -> Any:
    """Field of an object; null has only null fields."""
    if owner is None:
        return None
    if isinstance(owner, dict):
        return owner.get(name)
    raise ExpressionError(
        f"there is no field '{name}' on a plain value", f"普通值没有字段“{name}”"
    )


def item(owner: Any, key: Any) -> Any:
    """Item of a list or object by position or name."""
    if owner is None:
        return None
    if isinstance(owner, dict):
        return owner.get(key)
    if isinstance(key, bool):
        raise TypeError
    return owner[key]


def part(owner: Any, low: Any, high: Any) -> Any:
    """Items or characters from ``low`` up to, but without, ``high``."""
    if not isinstance(owner, str | list | tuple):
        raise TypeError
    return owner[low:high]


def items(value: Any) -> list[Any] | tuple[Any, ...]:
    """The list a loop goes through."""
    if not isinstance(value, list | tuple):
        raise TypeError
    return value


def bounded(value: Any) -> Any:
    """The value, if it is not too large to be handled.

    Raises:
        ExpressionError: It is.
    """
    if isinstance(value, int):
        if abs(value) >= _MAX_INT:
            raise ExpressionError("a number becomes too large", "数字过大")
    elif isinstance(value, float):
        if not math.isfinite(value):
            raise ExpressionError("a number becomes too large", "数字过大")
    elif isinstance(value, str | list | tuple) and len(value) > MAX_TEXT:
        raise ExpressionError("a text or list becomes too long", "文本或列表过长")
    return value


def text_of(value: Any) -> str:
    """Text of a value as it stands in a joined text; null is empty.

    Raises:
        ExpressionError: It is a list or an object, which have none.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return write_duration(value)
    if isinstance(value, str | int | float):
        return str(value)
    raise ExpressionError(
        "a list or a group of fields has no text; use join",
        "列表或字段组没有文本形式，请使用 join",
    )


def truth(value: Any) -> bool:
    """Whether a condition holds: true does, false and null do not.

    Raises:
        ExpressionError: It is something else, which has no truth.
    """
    if value is True:
        return True
    if value is False or value is None:
        return False
    raise ExpressionError(
        "something that is neither true nor false is used as a condition; compare it, "
        "or ask whether it is empty",
        "把既非 true 也非 false 的值当作条件；请改用比较，或判断是否为空（empty）",
    )


def plus(left: Any, right: Any) -> Any:
    """Sum, or joined text."""
    if isinstance(left, str) or isinstance(right, str):
        if _is_numeric(left) and _is_numeric(right):
            raise ExpressionError(
                "'+' stands between a number and a text that looks like one; "
                "convert it with number() or join them as ${a}${b}",
                "“+”连接了数字与形似数字的文本；请用 number() 转换，或写成 ${a}${b} 拼接",
            )
        return bounded(text_of(left) + text_of(right))
    _numbers(left, right)
    return bounded(left + right)


def minus(left: Any, right: Any) -> Any:
    """Difference."""
    _numbers(left, right)
    return bounded(left - right)


def times(left: Any, right: Any) -> Any:
    """Product; texts and lists cannot be multiplied."""
    _numbers(left, right)
    if isinstance(left, list | tuple) or isinstance(right, list | tuple):
        raise ExpressionError("a list cannot be multiplied", "列表不能相乘")
    return bounded(left * right)


def quotient(left: Any, right: Any) -> Any:
    """Quotient, never rounded."""
    _numbers(left, right)
    return bounded(left / right)


def whole_quotient(left: Any, right: Any) -> Any:
    """Quotient rounded down."""
    _numbers(left, right)
    return bounded(left // right)


def remainder(left: Any, right: Any) -> Any:
    """Remainder with the sign of the dividend, as in JUEL."""
    _numbers(left, right)
    rest = abs(left) % abs(right)
    return bounded(-rest if left < 0 else rest)


def negative(value: Any) -> Any:
    """The number with the other sign."""
    _numbers(value)
    return bounded(-value)


def _numbers(*values: Any) -> None:
    if any(value is None or isinstance(value, bool | str) for value in values):
        raise TypeError


def _is_numeric(value: Any) -> bool:
    if isinstance(value, str):
        try:
            return math.isfinite(float(value)) and "_" not in value
        except ValueError:
            return False
    return isinstance(value, int | float) and not isinstance(value, bool)


def equal(left: Any, right: Any) -> bool:
    """Equality; a text is compared with a number or boolean by what it says.

    Raises:
        ExpressionError: Values of kinds that cannot be compared.
    """
    if left is None or right is None:
        return left is right
    if isinstance(left, str) != isinstance(right, str):
        text, other = (left, right) if isinstance(left, str) else (right, left)
        return _says(text, other)
    if isinstance(left, bool) != isinstance(right, bool):
        raise _incomparable()
    return bool(left == right)


def _says(text: str, other: Any) -> bool:
    if isinstance(other, list | tuple | dict):
        return False
    if text == "" and other:
        return False
    if isinstance(other, bool) and text.lower() in {"true", "false"}:
        return (text.lower() == "true") == other
    if isinstance(other, int | float) and not isinstance(other, bool) and _is_numeric(text):
        return float(text) == other
    raise _incomparable()


def _incomparable() -> ExpressionError:
    return ExpressionError(
        "it compares values of different kinds, such as a text with a number",
        "比较了不同类型的值，例如文本与数字",
    )


def unequal(left: Any, right: Any) -> bool:
    """Opposite of `equal`."""
    return not equal(left, right)


def less(left: Any, right: Any) -> bool:
    """Order of numbers, texts or times."""
    return bool(_ordered(left) < _ordered(right))


def at_most(left: Any, right: Any) -> bool:
    """Order of numbers, texts or times."""
    return bool(_ordered(left) <= _ordered(right))


def _ordered(value: Any) -> Any:
    if value is None or isinstance(value, bool | list | tuple | dict):
        raise TypeError
    return value


def within(part: Any, whole: Any) -> bool:
    """Whether a list has the item, an object the name, a text the part; null has nothing."""
    if whole is None:
        return False
    if isinstance(whole, list | tuple):
        return any(
            isinstance(one, bool) == isinstance(part, bool) and one == part for one in whole
        )
    return part in whole


def is_empty(value: Any) -> bool:
    """Whether it is null, an empty text, list or object."""
    return value is None or (isinstance(value, str | list | tuple | dict) and not value)


def same(left: Any, right: Any) -> bool:
    """``left.equals(right)`` of Java: values of different kinds are simply different.

    Raises:
        ExpressionError: Both are numbers, where Java asks for their classes.
    """
    if _is_a_number(left) and _is_a_number(right):
        raise ExpressionError(
            "'equals' between numbers depends on their Java class; use '=='",
            "数字之间的 equals 取决于 Java 类型，请改用“==”",
        )
    return type(left) is type(right) and bool(left == right)


def _is_a_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
