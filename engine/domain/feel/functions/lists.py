"""Functions about lists. Source: DMN 1.3, 10.3.4.4."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final, Literal

from engine.domain.feel.errors import FeelError
from engine.domain.feel.functions.numbers import bounded
from engine.domain.feel.functions.signature import Function, function
from engine.domain.feel.functions.texts import whole
from engine.domain.feel.values.arithmetic import calculate
from engine.domain.feel.values.comparing import compare, is_same
from engine.domain.feel.values.exchange import enter, shown
from engine.domain.feel.values.kinds import Value
from engine.domain.feel.values.logic import all_true, any_true, truth

MAX_ITEMS: Final = 10_000
MAX_COMPARED: Final = 1_000
#: Functions that compare every item with every other.
COMPARING: Final = frozenset({"distinct values", "union"})


def _aggregate(run: Callable[[list[Value]], Value]) -> Function:
    """A function of a list, or of the values themselves."""
    return function(
        ("list", lambda items: run([enter(item) for item in items])),
        ("any*", lambda *items: run([enter(item) for item in items])),
    )


def _numbers(items: list[Value]) -> list[Decimal] | None:
    """Items of a sum; null if one is null.

    Raises:
        FeelError: One is not a number.
    """
    for item in items:
        if item is not None and not isinstance(item, Decimal):
            raise FeelError(f"{shown(item)} is not a number", f"{shown(item)} 不是数字")
    return None if None in items else items


def _folded(sign: str) -> Callable[[list[Value]], Value]:
    def run(items: list[Value]) -> Value:
        numbers = _numbers(items)
        if not numbers:
            return None
        total = numbers[0]
        for number in numbers[1:]:
            total = calculate(sign, total, number)
        return total

    return run


def _sum(items: list[Value]) -> Value:
    if any(item is not None and not isinstance(item, Decimal) for item in items):
        return _sum_of_durations(items)
    return _folded("+")(items)


def _sum_of_durations(items: list[Value]) -> Value:
    total = items[0]
    if isinstance(total, str):
        raise FeelError(f"{shown(total)} is not a number", f"{shown(total)} 不是数字")
    for item in items[1:]:
        total = calculate("+", total, item)
    return total


def _mean(items: list[Value]) -> Value:
    total = _folded("+")(items)
    return None if total is None else calculate("/", total, Decimal(len(items)))


def _median(items: list[Value]) -> Value:
    numbers = sorted(_numbers(items) or [])
    if not numbers:
        return None
    middle = len(numbers) // 2
    if len(numbers) % 2:
        return numbers[middle]
    return bounded(
        calculate("/", calculate("+", numbers[middle - 1], numbers[middle]), Decimal(2))
    )


def _extreme(sign: Literal["<", ">"]) -> Callable[[list[Value]], Value]:
    def run(items: list[Value]) -> Value:
        if not items:
            return None
        best = items[0]
        for item in items:
            better = compare(sign, item, best)
            if better is None:
                return None
            best = item if better else best
        return best

    return run


def _truths(
    join: Callable[[Value, Value], bool | None], start: bool
) -> Callable[[list[Value]], Value]:
    def run(items: list[Value]) -> Value:
        result: bool | None = start
        for item in items:
            result = join(result, truth(item))
        return result

    return run


def _position(items: list[Value], number: Decimal) -> int:
    at = whole(number)
    if not 0 < abs(at) <= len(items):
        raise FeelError(
            f"there is no item {at} of {len(items)}", f"{len(items)} 个元素中没有第 {at} 个"
        )
    return at - 1 if at > 0 else len(items) + at


def _sublist(items: list[Value], start: Decimal, length: Decimal | None = None) -> list[Value]:
    begin = _position(items, start)
    if length is None:
        return items[begin:]
    count = whole(length)
    if not 0 < count <= len(items) - begin:
        raise FeelError(f"there are not {count} items from there", f"其后没有 {count} 个元素")
    return items[begin : begin + count]


def _insert(items: list[Value], at: Decimal, value: Value) -> list[Value]:
    position = _position(items, at)
    return [*items[:position], value, *items[position:]]


def _remove(items: list[Value], at: Decimal) -> list[Value]:
    position = _position(items, at)
    return [*items[:position], *items[position + 1 :]]


def _distinct(items: list[Value]) -> list[Value]:
    if len(items) > MAX_COMPARED:
        raise FeelError(
            f"it compares more than {MAX_COMPARED} items", f"比较的元素超过 {MAX_COMPARED} 个"
        )
    found: list[Value] = []
    for item in items:
        if not any(is_same(item, other) for other in found):
            found.append(item)
    return found


def _flat(items: list[Value]) -> list[Value]:
    found: list[Value] = []
    waiting = list(reversed(items))
    while waiting:
        item = waiting.pop()
        if isinstance(item, list | tuple):
            waiting.extend(reversed(item))
        else:
            found.append(item)
        if len(found) + len(waiting) > MAX_ITEMS:
            raise FeelError("the list becomes too long", "列表过长")
    return found


def _concatenated(*lists: list[Value]) -> list[Value]:
    return [item for items in lists for item in items]


def _index_of(items: list[Value], value: Value) -> list[Value]:
    return [Decimal(at) for at, item in enumerate(items, 1) if is_same(item, value)]


FUNCTIONS: Final[Mapping[str, Function]] = {
    "list contains": function(
        ("list any", lambda items, value: any(is_same(item, value) for item in items))
    ),
    "count": function(("list", lambda items: Decimal(len(items)))),
    "sum": _aggregate(_sum),
    "product": _aggregate(_folded("*")),
    "mean": _aggregate(_mean),
    "median": _aggregate(_median),
    "min": _aggregate(_extreme("<")),
    "max": _aggregate(_extreme(">")),
    "all": _aggregate(_truths(all_true, start=True)),
    "any": _aggregate(_truths(any_true, start=False)),
    "sublist": function(("list number number?", _sublist)),
    "append": function(("list any*", lambda items, *more: [*items, *more])),
    "concatenate": function(("list*", _concatenated)),
    "insert before": function(("list number any", _insert)),
    "remove": function(("list number", _remove)),
    "reverse": function(("list", lambda items: items[::-1])),
    "index of": function(("list any", _index_of)),
    "union": function(("list*", lambda *lists: _distinct(_concatenated(*lists)))),
    "distinct values": function(("list", _distinct)),
    "flatten": function(("list", _flat)),
}
