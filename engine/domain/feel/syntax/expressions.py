"""Expressions from the loosest operators to the tightest: conditions, comparisons, arithmetic."""

from collections.abc import Callable
from decimal import Decimal
from typing import Final, Literal, cast

from typing_extensions import override

from engine.domain.feel.syntax.operands import Operands
from engine.domain.feel.syntax.tree import (
    Between,
    Calculation,
    Choice,
    Comparison,
    Constant,
    Inside,
    Joined,
    Loop,
    Negative,
    Node,
    Steps,
    Test,
    Tests,
)

COMPARING: Final = ("=", "!=", "<", "<=", ">", ">=")


class Expressions(Operands):
    """The whole grammar of expressions, one method for each rank of operators."""

    @override
    def outermost(self) -> Node:
        if self.take("if"):
            return self._choice()
        if word := self.take("for", "some", "every"):
            return self._loop(cast("Literal['for', 'some', 'every']", word))
        return self._disjunction()

    def _choice(self) -> Node:
        test = self.expression()
        self.need("then")
        yes = self.expression()
        self.need("else")
        return Choice(test, yes, self.expression())

    def _loop(self, word: Literal["for", "some", "every"]) -> Node:
        variables: list[tuple[str, Node]] = []
        before = len(self.bound)
        while not variables or self.take(","):
            name = self.word()
            self.need("in")
            items = self.expression()
            if self.take(".."):
                items = Steps(items, self.expression())
            variables.append((name, items))
            self.bound.append(name)
        self.need("return" if word == "for" else "satisfies")
        body = self.expression()
        del self.bound[before:]
        return Loop(word, tuple(variables), body)

    def _disjunction(self) -> Node:
        return self._joined("or", self._conjunction)

    def _conjunction(self) -> Node:
        return self._joined("and", self._comparison)

    def _joined(self, word: Literal["and", "or"], part: Callable[[], Node]) -> Node:
        parts = [part()]
        while self.take(word):
            parts.append(part())
        return parts[0] if len(parts) == 1 else Joined(word, tuple(parts))

    def _comparison(self) -> Node:
        left = self.sum()
        if self.take("in"):
            return Inside(left, self._tests_after_in())
        if self.take("between"):
            low = self.sum()
            self.need("and")
            return Between(left, low, self.sum())
        sign = self.take(*COMPARING)
        return left if sign is None else Comparison(sign, left, self.sum())

    def _tests_after_in(self) -> Tests:
        """Right side of ``in``: one test, or several in brackets."""
        start = self.at
        if self.take("("):
            found = [self.nested(self._test_after_in)]
            if self.now.text not in {"..", ")", ","}:
                raise self.refusal("')'", "“)”")
            if self.now.text != "..":
                while self.take(","):
                    found.append(self.nested(self._test_after_in))
                self.need(")")
                return Tests(tuple(found))
            self.at = start
        return Tests((self.nested(self._test_after_in),))

    def _test_after_in(self) -> Test:
        sign = self.take(*COMPARING) or "="
        return Test(sign, self.sum())

    @override
    def sum(self) -> Node:
        return self._calculation(self._product, "+", "-")

    def _product(self) -> Node:
        return self._calculation(self._power, "*", "/")

    def _power(self) -> Node:
        return self._calculation(self._signed, "**")

    def _calculation(self, part: Callable[[], Node], *operators: str) -> Node:
        first = part()
        rest: list[tuple[str, Node]] = []
        while operator := self.take(*operators):
            rest.append((operator, part()))
        return Calculation(first, tuple(rest)) if rest else first

    def _signed(self) -> Node:
        if not self.take("-"):
            return self.path()
        value = self.nested(self._signed)
        if isinstance(value, Constant) and isinstance(value.value, Decimal):
            return Constant(-value.value)
        return Negative(value)
