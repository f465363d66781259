"""Arithmetic of FEEL: numbers, texts, dates and durations. Source: DMN 1.3, tables 49 to 52."""

import operator
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Context, Decimal
from typing import Any, Final

from engine.domain.durations import add_months
from engine.domain.feel.errors import FeelError
from engine.domain.feel.values.comparing import mixes_offsets
from engine.domain.feel.values.durations import Months
from engine.domain.feel.values.exchange import enter, number, shown
from engine.domain.feel.values.kinds import KINDS, Value, kind_of
from engine.domain.feel.values.times import shift_time

#: Longest text an expression may make.
MAX_TEXT: Final = 10_000
MAX_EXPONENT: Final = 64

# Nothing traps: a result that is not a number is found by `number`.
ARITHMETIC: Final = Context(prec=34, Emin=-400, Emax=400, traps=[])
_NUMERIC: Final[Mapping[str, Callable[[Decimal, Decimal], Decimal]]] = {
    "+": ARITHMETIC.add,
    "-": ARITHMETIC.subtract,
    "*": ARITHMETIC.multiply,
    "/": ARITHMETIC.divide,
    "**": ARITHMETIC.power,
}


def calculate(sign: str, left: Value, right: Value) -> Value:
    """Arithmetic on numbers, dates and durations, or two texts joined by ``+``.

    Raises:
        FeelError: The operands do not go together, or the result is out of bounds.
    """
    left, right = enter(left), enter(right)
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        return _calculate_number(sign, left, right)
    if left is None or right is None:
        return None
    if sign == "+" and isinstance(left, str) and isinstance(right, str):
        if len(left) + len(right) > MAX_TEXT:
            raise FeelError("the text becomes too long", "文本过长")
        return left + right
    rule = _TEMPORAL.get((kind_of(left), sign, kind_of(right)))
    if rule is None:
        raise _no_operation(sign, left, right)
    try:
        return rule(left, right)
    except (OverflowError, ValueError) as error:
        raise FeelError("the date or duration is out of bounds", "日期或时长超出范围") from error
    except ZeroDivisionError as error:
        raise FeelError("it divides by zero", "除数为零") from error
    except TypeError as error:
        raise _no_operation(sign, left, right) from error


def _calculate_number(sign: str, left: Decimal, right: Decimal) -> Decimal:
    if sign == "/" and not right:
        raise FeelError("it divides by zero", "除数为零")
    if sign == "**" and abs(right) > MAX_EXPONENT:
        raise FeelError(f"an exponent is above {MAX_EXPONENT}", f"指数超过 {MAX_EXPONENT}")
    result = number(_NUMERIC[sign](left, right))
    if result is None:
        raise FeelError("a number becomes too large", "数字过大")
    return result


def _no_operation(sign: str, left: Value, right: Value) -> FeelError:
    kind, other = KINDS[kind_of(left)], KINDS[kind_of(right)]
    return FeelError(
        f"'{sign}' is not for {kind[0]} ({shown(left)}) and {other[0]} ({shown(right)})",
        f"“{sign}”不适用于{kind[1]}（{shown(left)}）与{other[1]}（{shown(right)}）",
    )


def _days_later(sign: int) -> Callable[[date, timedelta], date]:
    return lambda day, length: day + timedelta(days=(sign * length).days)


def _months_later(sign: int) -> Callable[[date, Months], date]:
    return lambda day, length: add_months(day, sign * length.count)


def _seconds(length: timedelta) -> Decimal:
    return Decimal(length // timedelta(microseconds=1)) / Decimal(1_000_000)


def _scaled(sign: str) -> Callable[[timedelta, Decimal], timedelta]:
    return lambda length, by: timedelta(
        microseconds=int(_calculate_number(sign, _seconds(length) * 1_000_000, by))
    )


def _scaled_months(sign: str) -> Callable[[Months, Decimal], Months]:
    return lambda length, by: Months(int(_calculate_number(sign, Decimal(length.count), by)))


def _difference(left: Value, right: Value) -> timedelta:
    if mixes_offsets(left, right, kind_of(left)):
        raise TypeError
    length: timedelta = left - right
    return length


def _time_difference(left: time, right: time) -> timedelta:
    day = date(2000, 1, 1)
    return _difference(datetime.combine(day, left), datetime.combine(day, right))


#: Kinds and sign to what is done. Source: DMN 1.3, tables 49 to 52.
_TEMPORAL: Final[Mapping[tuple[str, str, str], Callable[[Any, Any], Value]]] = {
    ("date", "-", "date"): _difference,
    ("instant", "-", "instant"): _difference,
    ("time", "-", "time"): _time_difference,
    ("date", "+", "duration"): _days_later(1),
    ("date", "-", "duration"): _days_later(-1),
    ("duration", "+", "date"): lambda length, day: _days_later(1)(day, length),
    ("instant", "+", "duration"): operator.add,
    ("instant", "-", "duration"): operator.sub,
    ("duration", "+", "instant"): operator.add,
    ("time", "+", "duration"): shift_time,
    ("time", "-", "duration"): lambda at, length: shift_time(at, -length),
    ("duration", "+", "time"): lambda length, at: shift_time(at, length),
    **{
        (kind, "+", "months"): _months_later(1) for kind in ("date", "instant")
    },
    **{
        (kind, "-", "months"): _months_later(-1) for kind in ("date", "instant")
    },
    **{
        ("months", "+", kind): lambda length, day: _months_later(1)(day, length)
        for kind in ("date", "instant")
    },
    ("duration", "+", "duration"): operator.add,
    ("duration", "-", "duration"): operator.sub,
    ("duration", "*", "number"): _scaled("*"),
    ("number", "*", "duration"): lambda by, length: _scaled("*")(length, by),
    ("duration", "/", "number"): _scaled("/"),
    ("duration", "/", "duration"): lambda left, right: _calculate_number(
        "/", _seconds(left), _seconds(right)
    ),
    ("months", "+", "months"): lambda left, right: Months(left.count + right.count),
    ("months", "-", "months"): lambda left, right: Months(left.count - right.count),
    ("months", "*", "number"): _scaled_months("*"),
    ("number", "*", "months"): lambda by, length: _scaled_months("*")(length, by),
    ("months", "/", "number"): _scaled_months("/"),
    ("months", "/", "months"): lambda left, right: _calculate_number(
        "/", Decimal(left.count), Decimal(right.count)
    ),
}  # fmt: skip


def negative(value: Value) -> Value:
    """The value with the other sign.

    Raises:
        FeelError: It is neither a number nor a duration.
    """
    value = enter(value)
    if value is None:
        return None
    if isinstance(value, Decimal):
        return ARITHMETIC.minus(value)
    if isinstance(value, timedelta):
        return -value
    if isinstance(value, Months):
        return Months(-value.count)
    en, zh = KINDS[kind_of(value)]
    raise FeelError(f"{en} ({shown(value)}) has no sign", f"{zh}（{shown(value)}）没有正负")
