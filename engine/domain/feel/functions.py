"""Built-in functions of the FEEL subset."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Final, Literal

from engine.domain.feel.values import Value, calculate, compare, enter, equal, leave


def _text(value: Value) -> str | None:
    value = leave(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int | float) else None


def _to_number(value: Value) -> Decimal | None:
    value = enter(value)
    if isinstance(value, str) and re.fullmatch(r"-?\d{1,30}(?:\.\d{1,30})?", value, re.ASCII):
        return Decimal(value)
    return value if isinstance(value, Decimal) else None


def _to_date(value: Value) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _to_instant(value: Value) -> datetime | None:
    if isinstance(value, datetime):
        return value
    try:
        return datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _both_texts(test: Callable[[str, str], bool]) -> Callable[[Value, Value], bool | None]:
    def run(left: Value, right: Value) -> bool | None:
        if isinstance(left, str) and isinstance(right, str):
            return test(left, right)
        return None

    return run


def _of_text(change: Callable[[str], Value]) -> Callable[[Value], Value]:
    return lambda value: enter(change(value)) if isinstance(value, str) else None


def _of_number(change: Callable[[Decimal], Value]) -> Callable[[Value], Value]:
    return lambda value: change(value) if isinstance(value, Decimal) else None


def _items(arguments: tuple[Value, ...]) -> list[Value]:
    """Arguments of an aggregate: one list, or the values themselves."""
    values = arguments
    if len(arguments) == 1 and isinstance(arguments[0], list | tuple):
        values = tuple(arguments[0])
    return [enter(value) for value in values]


def _total(*arguments: Value) -> Value:
    total: Value = None
    for value in _items(arguments):
        total = value if total is None else calculate("+", total, value)
        if not isinstance(total, Decimal):
            return None
    return total


def _extreme(operator: Literal["<", ">"]) -> Callable[..., Value]:
    def run(*arguments: Value) -> Value:
        values = _items(arguments)
        if not values:
            return None
        best = values[0]
        for value in values:
            better = compare(operator, value, best)
            if better is None:
                return None
            best = value if better else best
        return best

    return run


def _count(value: Value) -> Decimal | None:
    return Decimal(len(value)) if isinstance(value, list | tuple) else None


def _list_contains(items: Value, value: Value) -> bool | None:
    if not isinstance(items, list | tuple):
        return None
    return any(equal(item, value) for item in items)


def _is_empty(value: Value) -> bool | None:
    return len(value) == 0 if isinstance(value, list | tuple | str) else None


#: Name to implementation and number of arguments (None: any number).
FUNCTIONS: Final[Mapping[str, tuple[Callable[..., Value], int | None]]] = {
    "abs": (_of_number(abs), 1),
    "ceiling": (_of_number(lambda number: number.to_integral_value("ROUND_CEILING")), 1),
    "contains": (_both_texts(lambda text, part: part in text), 2),
    "count": (_count, 1),
    "date": (_to_date, 1),
    "date and time": (_to_instant, 1),
    "ends with": (_both_texts(str.endswith), 2),
    "floor": (_of_number(lambda number: number.to_integral_value("ROUND_FLOOR")), 1),
    "is defined": (lambda value: value is not None, 1),
    "is empty": (_is_empty, 1),
    "list contains": (_list_contains, 2),
    "lower case": (_of_text(str.lower), 1),
    "max": (_extreme(">"), None),
    "min": (_extreme("<"), None),
    "number": (_to_number, 1),
    "starts with": (_both_texts(str.startswith), 2),
    "string": (_text, 1),
    "string length": (_of_text(len), 1),
    "sum": (_total, None),
    "upper case": (_of_text(str.upper), 1),
}
