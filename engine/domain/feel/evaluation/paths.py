"""Steps into a value: members of contexts, and filters of lists."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import TypeAlias

from engine.domain.feel.errors import FeelError
from engine.domain.feel.evaluation.frames import Evaluator, Frame, Read
from engine.domain.feel.syntax.tree import Constant, Node, is_condition
from engine.domain.feel.values.exchange import enter
from engine.domain.feel.values.kinds import Value
from engine.domain.feel.values.members import item_at, member

Step: TypeAlias = Callable[[Value, Frame], Value]


def followed(base: Evaluator, steps: list[Step]) -> Evaluator:
    """A value and the steps into it, one after the other."""

    def run(frame: Frame) -> Value:
        value = base(frame)
        for step in steps:
            try:
                value = step(value, frame)
            except FeelError as error:
                value = frame.nothing(error)
        return value

    return run


def named(name: str) -> Step:
    """The step ``.name``."""
    return lambda value, _frame: member(value, name)


def filtered(node: Node, test: Evaluator) -> Step:
    """The step ``[test]`` into a list: an item by its position, or the items it holds for."""
    if isinstance(node, Constant) and isinstance(node.value, Decimal):
        index = node.value
        return lambda value, _frame: item_at(value, index)

    def run(value: Value, frame: Frame) -> Value:
        if value is None:
            return None
        index = None if is_condition(node) else _index(test, frame)
        if index is not None or not isinstance(value, list | tuple):
            return item_at(value, index or Decimal(1))
        found = []
        for raw in value:
            frame.spend()
            item = enter(raw)
            if frame.condition(test(frame.inside(_item_read(item, frame)))):
                found.append(item)
        return found

    return run


def _index(test: Evaluator, frame: Frame) -> Decimal | None:
    """Value of a filter that is a position; None if it is a condition about the items."""
    try:
        value = test(frame)
    except FeelError:
        return None
    return value if isinstance(value, Decimal) else None


def _item_read(item: Value, frame: Frame) -> Read:
    """Variables inside a filter: the members of the item first, then those outside."""
    members = item if isinstance(item, Mapping) else {}

    def read(name: str) -> Value:
        if name in members:
            return members[name]
        return item if name == "item" else frame.read(name)

    return read
