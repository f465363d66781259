"""What an evaluation reads, how far it may go, and how it takes what has no meaning."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from engine.domain.feel.errors import FeelError
from engine.domain.feel.values.comparing import compare, compare_kind, is_equal, is_same
from engine.domain.feel.values.kinds import Value
from engine.domain.feel.values.logic import truth

Read = Callable[[str], Value]
Surroundings = Mapping[str, Callable[..., Any]]

NO_SURROUNDINGS: Final[Surroundings] = {}
MAX_STEPS: Final = 20_000
_ITEMS_PER_STEP: Final = 8


def _nothing(_name: str) -> Value:
    """No variables at all."""
    return None


class ExhaustedError(Exception):
    """An evaluation takes too many steps."""


class Frame:
    """What an evaluation reads, and how it takes what has no meaning.

    Attributes:
        read: Value of a variable, null if there is none.
        surroundings: Functions of the place of evaluation.
        is_strict: Whether what has no meaning is an error; else it is null.
        the_input: What ``?`` stands for.
    """

    __slots__ = ("_left", "is_strict", "read", "surroundings", "the_input")

    def __init__(
        self,
        read: Read,
        surroundings: Surroundings,
        *,
        is_strict: bool,
        left: list[int] | None = None,
        the_input: Value = None,
    ) -> None:
        self.read = read
        self.surroundings = surroundings
        self.is_strict = is_strict
        self.the_input = the_input
        self._left = [MAX_STEPS] if left is None else left

    def spend(self, steps: int = 1) -> None:
        """Count steps of a loop.

        Raises:
            ExhaustedError: There have been too many.
        """
        self._left[0] -= steps
        if self._left[0] < 0:
            raise ExhaustedError

    def spend_on(self, value: Value) -> None:
        """Count the size of a list as steps, since whatever is done with it takes its time.

        Raises:
            ExhaustedError: There have been too many.
        """
        if isinstance(value, list | tuple):
            self.spend(len(value) // _ITEMS_PER_STEP)

    def inside(self, read: Read) -> "Frame":
        """A frame with more variables."""
        return Frame(
            read,
            self.surroundings,
            is_strict=self.is_strict,
            left=self._left,
            the_input=self.the_input,
        )

    def nothing(self, error: FeelError) -> Value:
        """What has no meaning: null, or the error if the evaluation is strict."""
        if self.is_strict:
            raise error
        return None

    def condition(self, value: Value) -> bool | None:
        """The value of a condition; what is neither true nor false has no meaning."""
        if value is None or isinstance(value, bool):
            return value
        return truth(value) if self.is_strict else None

    def equal(self, left: Value, right: Value) -> bool:
        """Equality in the manner of the evaluation."""
        self.spend_on(left)
        return is_equal(left, right) if self.is_strict else is_same(left, right)

    def compare(self, sign: str, left: Value, right: Value) -> bool | None:
        """Order in the manner of the evaluation."""
        if sign == "=":
            return self.equal(left, right)
        if sign == "!=":
            return not self.equal(left, right)
        return (compare if self.is_strict else compare_kind)(sign, left, right)


#: Gives the value of an expression.
Evaluator = Callable[[Frame], Value]
#: Whether an input matches; null if that has no answer.
Check = Callable[[Value, Frame], "bool | None"]


def strict_frame(read: Read = _nothing, surroundings: Surroundings = NO_SURROUNDINGS) -> Frame:
    """What a strict evaluation reads; one may serve several expressions together."""
    return Frame(read, surroundings, is_strict=True)


def total_frame(read: Read) -> Frame:
    """What an evaluation reads that takes whatever has no meaning as null."""
    return Frame(read, NO_SURROUNDINGS, is_strict=False)
