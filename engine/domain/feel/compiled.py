"""What a source is compiled to."""

from collections.abc import Mapping
from typing import Final

import msgspec

from engine.domain.feel.errors import FeelError
from engine.domain.feel.evaluation.building import build
from engine.domain.feel.evaluation.frames import (
    NO_SURROUNDINGS,
    Check,
    Evaluator,
    ExhaustedError,
    Frame,
    Read,
    Surroundings,
    strict_frame,
    total_frame,
)
from engine.domain.feel.syntax import Node, Tests
from engine.domain.feel.values import Value, leave

Scope = Mapping[str, Value]

#: An evaluation that goes too far, or over values that are nested too deeply.
_ENDLESS: Final = (ExhaustedError, RecursionError)


class Compiled(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a source whatever it is for; immutable, shared by threads.

    Attributes:
        source: As written, without the leading ``=``.
        names: Variables it reads (first part of dotted names).
        doubtful: Those of them that may be members of the items of a filtered list instead.
        asked: Functions of the surroundings it calls.
    """

    source: str
    names: frozenset[str]
    doubtful: frozenset[str]
    asked: frozenset[str]

    @property
    def reads(self) -> frozenset[str]:
        """Variables it surely reads."""
        return self.names - self.doubtful

    @property
    def is_constant(self) -> bool:
        """Whether it depends on nothing."""
        return not self.names and not self.asked


class Expression(Compiled, frozen=True, kw_only=True):
    """A compiled expression.

    Attributes:
        tree: What it consists of, constants computed.
    """

    tree: Node
    run: Evaluator

    def evaluate(self, scope: Scope) -> Value:
        """Value as JSON data, times as ISO 8601 text; null for what has no meaning."""
        try:
            return leave(self.run(total_frame(scope.get)))
        except _ENDLESS:
            return None

    def is_true(self, scope: Scope) -> bool:
        """Whether the value is exactly ``true``; null and any other value are not."""
        try:
            return self.run(total_frame(scope.get)) is True
        except _ENDLESS:
            return False

    def compute(self, read: Read, surroundings: Surroundings = NO_SURROUNDINGS) -> Value:
        """Value as JSON data, times as ISO 8601 text.

        Args:
            read: Gives the value of a variable, None if there is none.
            surroundings: The functions the expression was compiled with besides the built-in.

        Raises:
            FeelError: It has no value with these variables.
        """
        try:
            return leave(self.run(strict_frame(read, surroundings)))
        except _ENDLESS as error:
            raise _exhausted() from error

    def value(self, frame: Frame) -> Value:
        """Value as FEEL has it: numbers are decimal, dates are dates.

        Raises:
            FeelError: It has no value in this frame.
        """
        try:
            return self.run(frame)
        except _ENDLESS as error:
            raise _exhausted() from error

    def check_constant(self) -> None:
        """Compute it if it is constant, to see that it has a value.

        Raises:
            FeelError: It has none, whenever it is evaluated.
        """
        if self.is_constant:
            self.value(strict_frame())


class UnaryTests(Compiled, frozen=True, kw_only=True):
    """The compiled cell of an input column.

    Attributes:
        tests: What it consists of, constants computed.
    """

    tests: Tests
    check: Check

    def holds(self, value: Value, frame: Frame) -> bool:
        """Whether the cell matches a value; one that is null neither matches nor fails.

        Raises:
            FeelError: The value and the cell do not go together.
        """
        frame.the_input = value
        try:
            return self.check(value, frame) is True
        except _ENDLESS as error:
            raise _exhausted() from error

    def check_constant(self) -> None:
        """Compute what is constant, to see that it has a value.

        Raises:
            FeelError: It has none, whenever it is evaluated.
        """
        if not self.is_constant:
            return
        for test in self.tests.tests:
            if test.sign != "?":
                try:
                    build(test.operand)(strict_frame())
                except _ENDLESS as error:
                    raise _exhausted() from error


def _exhausted() -> FeelError:
    return FeelError(
        "it takes too many steps or values nested too deeply", "计算步骤过多或嵌套过深"
    )
