"""From FEEL source to a tree, by recursive descent.

Source: DMN 1.3, 10.3.1.2 (grammar), with the names of 10.3.1.4.
"""

from typing import Generic, TypeVar

import msgspec

from engine.domain.feel.errors import FeelSyntaxError
from engine.domain.feel.syntax.expressions import COMPARING, Expressions
from engine.domain.feel.syntax.tree import Node, Test, Tests

Tree = TypeVar("Tree")


class Parsed(msgspec.Struct, Generic[Tree], frozen=True):
    """A source that has been read.

    Attributes:
        names: Variables it reads (first part of dotted names).
        doubtful: Those of them that may be members of the items of a filtered list instead.
        asked: Functions of the surroundings it calls.
    """

    tree: Tree
    names: frozenset[str]
    doubtful: frozenset[str]
    asked: frozenset[str]


def read_expression(
    source: str, names: frozenset[str], surroundings: frozenset[str]
) -> Parsed[Node]:
    """Read an expression.

    Args:
        source: The text.
        names: Names of several words, such as ``order size``, that it may use.
        surroundings: Functions besides the built-in ones, such as ``now``.

    Raises:
        FeelSyntaxError: It is not of the language, or nested too deeply.
    """
    parser = Parser(source, names, surroundings, None)
    return parser.parsed(parser.whole_expression())


def read_tests(
    source: str, names: frozenset[str], surroundings: frozenset[str], inputs: frozenset[str]
) -> Parsed[Tests]:
    """Read a row of unary tests; ``-`` is none.

    Args:
        source: The text.
        names: Names of several words, such as ``order size``, that it may use.
        surroundings: Functions besides the built-in ones, such as ``now``.
        inputs: Names that mean the input, like ``?``.

    Raises:
        FeelSyntaxError: It is not of the language, or nested too deeply.
    """
    parser = Parser(source, names, surroundings, inputs)
    if not parser.begins_with_not:
        return parser.parsed(parser.whole_tests())
    try:
        return parser.parsed(parser.negated_tests())
    except FeelSyntaxError as refused:
        # not(a) and b is one expression that only begins like negated tests.
        again = Parser(source, names, surroundings, inputs)
        try:
            return again.parsed(again.whole_tests())
        except FeelSyntaxError as error:
            if refused.position > error.position:
                raise refused from error
            raise


class Parser(Expressions):
    """One source, read once."""

    def parsed(self, tree: Tree) -> Parsed[Tree]:
        """A tree of the whole source, with what the source reads."""
        return Parsed(tree, frozenset(self.names), frozenset(self.doubtful), frozenset(self.asked))

    def whole_expression(self) -> Node:
        """The source as an expression."""
        node = self.expression()
        self.end()
        return node

    def whole_tests(self) -> Tests:
        """The source as a row of unary tests, none of them negated."""
        if self.now.text == "-" and self.tokens[self.at + 1].kind == "end":
            return Tests()
        found = self._tests()
        self.end()
        return Tests(found)

    @property
    def begins_with_not(self) -> bool:
        """Whether the first words are ``not(``."""
        return self.now.text == "not" and self.tokens[self.at + 1].text == "("

    def negated_tests(self) -> Tests:
        """The source as unary tests with ``not(…)`` around all of them."""
        self.need("not")
        self.need("(")
        found = self._tests()
        self.need(")")
        self.end()
        return Tests(found, negated=True)

    def _tests(self) -> tuple[Test, ...]:
        found = [self._test()]
        while self.take(","):
            found.append(self._test())
        return tuple(found)

    def _test(self) -> Test:
        sign = self.take(*COMPARING)
        if sign is not None:
            # Two parts of one test are no list of tests: < 5 and > 3 would forget the second.
            return Test(sign, self.sum())
        before = self.inputs_read
        node = self.expression()
        return Test("?" if self.inputs_read > before else "=", node)
