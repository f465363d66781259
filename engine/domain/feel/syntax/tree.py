"""What an expression is made of, before it can be evaluated."""

from typing import Any, Final, Literal, TypeAlias

import msgspec


class Constant(msgspec.Struct, frozen=True):
    """A literal value."""

    value: Any


class Name(msgspec.Struct, frozen=True):
    """A variable; a name may consist of several words."""

    name: str


class TheInput(msgspec.Struct, frozen=True):
    """``?``: the value that a unary test is about."""


class ListOf(msgspec.Struct, frozen=True):
    """``[a, b]``."""

    items: "tuple[Node, ...]"


class ContextOf(msgspec.Struct, frozen=True):
    """``{a: 1, b: a + 1}``; later entries see earlier ones."""

    entries: "tuple[tuple[str, Node], ...]"


class RangeOf(msgspec.Struct, frozen=True):
    """``[a..b)``."""

    low: "Node"
    high: "Node"
    closed_low: bool
    closed_high: bool


class Steps(msgspec.Struct, frozen=True):
    """``first..last`` that a loop runs through, up or down."""

    first: "Node"
    last: "Node"


class Comparison(msgspec.Struct, frozen=True):
    """Two sides and ``=``, ``!=``, ``<``, ``<=``, ``>`` or ``>=`` between them."""

    sign: str
    left: "Node"
    right: "Node"


class Between(msgspec.Struct, frozen=True):
    """``value between low and high``, both ends included."""

    value: "Node"
    low: "Node"
    high: "Node"


class Inside(msgspec.Struct, frozen=True):
    """``value in tests``."""

    value: "Node"
    tests: "Tests"


class Joined(msgspec.Struct, frozen=True):
    """Two or more conditions with ``and`` or ``or`` between them."""

    word: Literal["and", "or"]
    parts: "tuple[Node, ...]"


class Calculation(msgspec.Struct, frozen=True):
    """``first + a - b …``: operators of one rank, from left to right."""

    first: "Node"
    rest: "tuple[tuple[str, Node], ...]"


class Negative(msgspec.Struct, frozen=True):
    """``-value``."""

    value: "Node"


class Negation(msgspec.Struct, frozen=True):
    """``not(condition)``."""

    value: "Node"


class Choice(msgspec.Struct, frozen=True):
    """``if test then yes else no``."""

    test: "Node"
    yes: "Node"
    no: "Node"


class Loop(msgspec.Struct, frozen=True):
    """``for``, ``some`` or ``every``: variables with what they run through, and a body."""

    word: Literal["for", "some", "every"]
    variables: "tuple[tuple[str, Node], ...]"
    body: "Node"


class Path(msgspec.Struct, frozen=True):
    """A value and steps into it: the name of a member, or the expression of a filter."""

    base: "Node"
    steps: "tuple[str | Node, ...]"


class Call(msgspec.Struct, frozen=True):
    """A call of a built-in function."""

    function: str
    arguments: "tuple[Node, ...]"


class Test(msgspec.Struct, frozen=True):
    """One unary test.

    Attributes:
        sign: ``=`` for a value, list or range the input is to be (in), an operator before a
            value, or ``?`` for a condition about the input.
    """

    sign: str
    operand: "Node"


class Tests(msgspec.Struct, frozen=True):
    """Several unary tests of which one is to hold, or none if negated; none at all is ``-``."""

    tests: tuple[Test, ...] = ()
    negated: bool = False


Node: TypeAlias = (
    Constant
    | Name
    | TheInput
    | ListOf
    | ContextOf
    | RangeOf
    | Steps
    | Comparison
    | Between
    | Inside
    | Joined
    | Calculation
    | Negative
    | Negation
    | Choice
    | Loop
    | Path
    | Call
)

_CONDITIONS: Final = (Comparison, Between, Inside, Joined, Negation)


def is_condition(node: Node) -> bool:
    """Whether an expression is true or false by its form, whatever its parts are."""
    return isinstance(node, _CONDITIONS) or (isinstance(node, Loop) and node.word != "for")
