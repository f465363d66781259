"""Computing what is constant once, when it is compiled."""

from engine.domain.feel.errors import FeelError
from engine.domain.feel.evaluation.building import build
from engine.domain.feel.evaluation.frames import ExhaustedError, strict_frame
from engine.domain.feel.functions import FUNCTIONS
from engine.domain.feel.syntax.tree import (
    Calculation,
    Call,
    Constant,
    ListOf,
    Negative,
    Node,
    RangeOf,
)


def fold(node: Node) -> Node:
    """The same tree with what is constant computed; errors stay where they are."""
    if isinstance(node, ListOf):
        items = tuple(fold(item) for item in node.items)
        return _folded(ListOf(items), items)
    if isinstance(node, RangeOf):
        low, high = fold(node.low), fold(node.high)
        return _folded(RangeOf(low, high, node.closed_low, node.closed_high), (low, high))
    if isinstance(node, Negative):
        value = fold(node.value)
        return _folded(Negative(value), (value,))
    if isinstance(node, Calculation):
        first = fold(node.first)
        rest = tuple((sign, fold(value)) for sign, value in node.rest)
        return _folded(Calculation(first, rest), (first, *(value for _, value in rest)))
    if isinstance(node, Call) and node.function in FUNCTIONS:
        arguments = tuple(fold(argument) for argument in node.arguments)
        return _folded(Call(node.function, arguments), arguments)
    return node


def _folded(node: Node, parts: tuple[Node, ...]) -> Node:
    if not all(isinstance(part, Constant) for part in parts):
        return node
    try:
        return Constant(build(node)(strict_frame()))
    except (FeelError, ExhaustedError):
        return node
