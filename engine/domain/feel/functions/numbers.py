"""Functions about numbers. Source: DMN 1.3, 10.3.4.5; rounding as DMN 1.4 names it."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Final

from engine.domain.feel.errors import FeelError
from engine.domain.feel.functions.signature import Function, function
from engine.domain.feel.functions.texts import whole
from engine.domain.feel.values.arithmetic import ARITHMETIC
from engine.domain.feel.values.durations import Months
from engine.domain.feel.values.exchange import number, shown
from engine.domain.feel.values.kinds import Value

MAX_SCALE: Final = 30


def bounded(value: Decimal) -> Decimal:
    """The result of a function.

    Raises:
        FeelError: It is infinite, undefined or absurdly large.
    """
    found = number(value)
    if found is None:
        raise FeelError("a number becomes too large or is undefined", "数字过大或无意义")
    return found


def _rounding(mode: str) -> Callable[..., Decimal]:
    def run(value: Decimal, scale: Decimal | None = None) -> Decimal:
        digits = 0 if scale is None else whole(scale)
        if abs(digits) > MAX_SCALE:
            raise FeelError(f"a scale is at most {MAX_SCALE}", f"小数位数最多为 {MAX_SCALE}")
        return bounded(value.quantize(Decimal(1).scaleb(-digits), mode, ARITHMETIC))

    return run


def _modulo(left: Decimal, right: Decimal) -> Decimal:
    if not right:
        raise FeelError("it divides by zero", "除数为零")
    whole_part = ARITHMETIC.divide(left, right).to_integral_value("ROUND_FLOOR")
    return bounded(ARITHMETIC.subtract(left, ARITHMETIC.multiply(right, whole_part)))


def _root(value: Decimal) -> Decimal:
    if value < 0:
        raise FeelError(f"{shown(value)} has no root", f"{shown(value)} 没有平方根")
    return bounded(ARITHMETIC.sqrt(value))


def _logarithm(value: Decimal) -> Decimal:
    if value <= 0:
        raise FeelError(f"{shown(value)} has no logarithm", f"{shown(value)} 没有对数")
    return bounded(ARITHMETIC.ln(value))


def _is_odd(value: Decimal) -> Value:
    return None if value != value.to_integral_value() else bool(whole(value) % 2)


def _is_even(value: Decimal) -> Value:
    return None if value != value.to_integral_value() else not whole(value) % 2


def _absolute(length: Months) -> Months:
    return Months(abs(length.count))


FUNCTIONS: Final[Mapping[str, Function]] = {
    "abs": function(("number", abs), ("duration", timedelta.__abs__), ("months", _absolute)),
    "floor": function(("number number?", _rounding("ROUND_FLOOR"))),
    "ceiling": function(("number number?", _rounding("ROUND_CEILING"))),
    "decimal": function(("number number", _rounding("ROUND_HALF_EVEN"))),
    "round up": function(("number number", _rounding("ROUND_UP"))),
    "round down": function(("number number", _rounding("ROUND_DOWN"))),
    "round half up": function(("number number", _rounding("ROUND_HALF_UP"))),
    "round half down": function(("number number", _rounding("ROUND_HALF_DOWN"))),
    "modulo": function(("number number", _modulo)),
    "sqrt": function(("number", _root)),
    "exp": function(("number", lambda value: bounded(ARITHMETIC.exp(value)))),
    "log": function(("number", _logarithm)),
    "odd": function(("number", _is_odd)),
    "even": function(("number", _is_even)),
}
