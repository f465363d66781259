"""``for``, ``some`` and ``every``: loops over lists and whole numbers."""

from decimal import Decimal
from typing import Final

from engine.domain.feel.errors import FeelError
from engine.domain.feel.evaluation.frames import Evaluator, ExhaustedError, Frame, Read
from engine.domain.feel.functions.lists import MAX_ITEMS
from engine.domain.feel.values.exchange import enter
from engine.domain.feel.values.kinds import Range, Value
from engine.domain.feel.values.logic import all_true, any_true

_TEXT_PER_STEP: Final = 50


def looped(word: str, variables: list[tuple[str, Evaluator]], body: Evaluator) -> Evaluator:
    """``for``, ``some`` or ``every``: the body for all combinations of the variables."""

    def runs(at: int, frame: Frame, found: list[Value]) -> None:
        if at == len(variables):
            value = body(frame)
            frame.spend(1 + len(value) // _TEXT_PER_STEP if isinstance(value, str | list) else 1)
            found.append(value)
            return
        name, items = variables[at]
        for item in _run_through(items(frame), frame):
            runs(at + 1, frame.inside(_bound(name, item, frame.read)), found)

    def run(frame: Frame) -> Value:
        found: list[Value] = []
        try:
            runs(0, frame, found)
            if word == "for":
                return found
            result: bool | None = word == "every"
            for value in found:
                join = any_true if word == "some" else all_true
                result = join(result, frame.condition(value))
        except FeelError as error:
            return frame.nothing(error)
        return result

    return run


def _bound(name: str, item: Value, outer: Read) -> Read:
    return lambda wanted: item if wanted == name else outer(wanted)


def _run_through(items: Value, frame: Frame) -> list[Value]:
    if isinstance(items, list | tuple):
        frame.spend(len(items))
        return [enter(item) for item in items]
    if isinstance(items, Range):
        return _whole_numbers(items, frame)
    if items is None:
        raise FeelError("there is nothing to run through", "没有可遍历的列表")
    raise FeelError("it runs through something that is not a list", "遍历的对象不是列表")


def _whole_numbers(items: Range, frame: Frame) -> list[Value]:
    ends = (items.low, items.high)
    if not all(isinstance(end, Decimal) and end == end.to_integral_value() for end in ends):
        raise FeelError("it runs between numbers that are not whole", "遍历的起止应为整数")
    if any(abs(end) > MAX_ITEMS * MAX_ITEMS for end in ends):
        raise ExhaustedError
    first, last = int(items.low), int(items.high)
    frame.spend(abs(last - first))
    step = 1 if first <= last else -1
    return [Decimal(number) for number in range(first, last + step, step)]
