"""S-FEEL unary tests of decision tables. Source: DMN 1.3, 7.3 and 9.2."""

from __future__ import annotations

import functools
import operator as operators
import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any, TypeAlias

from engine.workflow.errors import DecisionError, ExpressionError
from engine.workflow.expressions import (
    Expression,
    Lookup,
    Surroundings,
    compile_expression,
    shorten,
)

_ORDER: dict[str, Callable[[Any, Any], Any]] = {
    "<": operators.lt,
    "<=": operators.le,
    ">": operators.gt,
    ">=": operators.ge,
}
Test: TypeAlias = Callable[[Any, Lookup, Surroundings], bool]

_RANGE = re.compile(r"^([\[\](])\s*(.+?)\s*\.\.\s*(.+?)\s*([\[\])])$", re.DOTALL)
_COMPARISON = re.compile(r"^(<=|>=|!=|<|>|=)\s*(.+)$", re.DOTALL)
_NEGATION = re.compile(r"^not\s*\((.*)\)$", re.DOTALL)


@functools.lru_cache(4096)
def unary_tests(text: str) -> Test:
    """Compile the cell of an input column.

    Understands ``-``, values, lists, ``< 3``, ``[1..10]``, ``(1..10)``, ``]1..10[``, ``not(…)``
    and conditions with ``?`` for the input.

    Raises:
        DecisionError: The cell is none of these.
    """
    text = text.strip()
    if text in {"", "-"}:
        return _always
    try:
        negation = _NEGATION.match(text)
        if negation and _closes_at_end(text):
            tests = _tests(negation.group(1))
            return lambda value, lookup, around: (
                not any(test(value, lookup, around) for test in tests)
            )
        found = _tests(text)
    except ExpressionError as error:
        raise DecisionError(str(error)) from error
    return lambda value, lookup, around: any(test(value, lookup, around) for test in found)


def _always(value: Any, lookup: Lookup, around: Surroundings) -> bool:
    del value, lookup, around
    return True


def _is_null(value: Any, lookup: Lookup, around: Surroundings) -> bool:
    del lookup, around
    return value is None


def _closes_at_end(text: str) -> bool:
    depth = 0
    for at, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if depth == 0 and character == ")":
            return at == len(text) - 1
    return False


def _tests(text: str) -> list[Test]:
    parts = split_list(text)
    if not all(parts):
        raise DecisionError(f"Expected a test, but '{shorten(text)}' has an empty part.")
    return [_test(part) for part in parts]


def split_list(text: str) -> list[str]:
    """Parts of a list at commas that are in no bracket and no text."""
    parts, depth, quote = [""], 0, False
    for at, character in enumerate(text):
        if character == '"' and text[at - 1 : at] != "\\":
            quote = not quote
        if not quote:
            # Brackets of open ranges point the wrong way: they do not nest, commas need none.
            depth += (character in "({") - (character in ")}")
            if character == "," and depth <= 0:
                parts.append("")
                continue
        parts[-1] += character
    return _rejoined([part.strip() for part in parts])


def _rejoined(parts: list[str]) -> list[str]:
    """Put list literals such as ``["A", "B"]`` together again; a range has no comma."""
    result: list[str] = []
    for part in parts:
        open_list = (
            result and result[-1].startswith("[") and not result[-1].endswith(("]", ")", "["))
        )
        if open_list and ".." not in result[-1]:
            result[-1] += f", {part}"
        else:
            result.append(part)
    return result


def _test(text: str) -> Test:
    bounds = _RANGE.match(text)
    if bounds:
        return _range(*bounds.groups())
    comparison = _COMPARISON.match(text)
    if comparison:
        return _comparison(comparison.group(1), compile_expression(feel(comparison.group(2))))
    if text == "null":
        return _is_null
    if "?" in re.sub(r'"[^"]*"', "", text):
        return _condition(text)
    return _equality(compile_expression(feel(text)))


def _range(opening: str, low: str, high: str, closing: str) -> Test:
    lowest, highest = compile_expression(feel(low)), compile_expression(feel(high))
    above = ">=" if opening == "[" else ">"
    below = "<=" if closing == "]" else "<"

    def test(value: Any, lookup: Lookup, around: Surroundings) -> bool:
        return compare(above, value, lowest.evaluate(lookup, around)) and compare(
            below, value, highest.evaluate(lookup, around)
        )

    return test


def _comparison(operator: str, right: Expression) -> Test:
    return lambda value, lookup, around: compare(operator, value, right.evaluate(lookup, around))


def _condition(text: str) -> Test:
    pieces = re.split(r'("[^"]*")', text)
    named = "".join(
        piece if piece.startswith('"') else piece.replace("?", "cell_input") for piece in pieces
    )
    compiled = compile_expression(feel(named))

    def test(value: Any, lookup: Lookup, around: Surroundings) -> bool:
        return bool(
            compiled.evaluate(lambda name: value if name == "cell_input" else lookup(name), around)
        )

    return test


def _equality(expected: Expression) -> Test:
    def test(value: Any, lookup: Lookup, around: Surroundings) -> bool:
        wanted = expected.evaluate(lookup, around)
        if isinstance(wanted, list) and not isinstance(value, list):
            return any(compare("=", value, one) for one in wanted)
        return compare("=", value, wanted)

    return test


def feel(text: str) -> str:
    """FEEL spelling of literals as the expression language writes them."""
    text = text.strip()
    return re.sub(r"\bdate and time\s*\(", "instant(", text)


def compare(operator: str, left: Any, right: Any) -> bool:
    """Compare two values of the same kind; a missing value is only equal to another one.

    Raises:
        DecisionError: The values are of different kinds.
    """
    if operator == "=":
        return _equal(left, right)
    if operator == "!=":
        return not _equal(left, right)
    if left is None or right is None:
        return False
    left, right = _alike(left, right)
    return bool(_ORDER[operator](left, right))


def _equal(left: Any, right: Any) -> bool:
    if left is None or right is None:
        return left is right
    left, right = _alike(left, right)
    return bool(left == right)


def _alike(left: Any, right: Any) -> tuple[Any, Any]:
    """Both values in one kind: dates as texts become dates, numbers stay numbers."""
    if isinstance(left, date) and isinstance(right, str):
        right = _as(left, right)
    elif isinstance(right, date) and isinstance(left, str):
        left = _as(right, left)
    if isinstance(left, datetime) != isinstance(right, datetime) and isinstance(left, date):
        left, right = _day(left), _day(right)
    for kind in (bool, str, date, list, dict):
        if isinstance(left, kind) != isinstance(right, kind):
            raise DecisionError(
                f"Expected two values of one kind, but '{shorten(str(left))}' and "
                f"'{shorten(str(right))}' are of different kinds."
            )
    return left, right


def _as(model: date, text: str) -> date:
    try:
        if isinstance(model, datetime):
            return datetime.fromisoformat(text)
        return datetime.fromisoformat(text).date()
    except ValueError as error:
        raise DecisionError(f"Expected a date, but '{shorten(text)}' is none.") from error


def _day(value: Any) -> Any:
    return value.date() if isinstance(value, datetime) else value
