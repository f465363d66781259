"""Reads an expression into a tree of calls of `engine.workflow.language.functions`.

The grammar is our own: that of JUEL with lists, objects, ``in``, ``a if b else c`` and one loop
per list. What would mean different things in JUEL and here (``not a == b``, ``a < b < c``) is
refused. The tree is made of Python's own nodes, so that the compiler of Python makes it fast;
nothing of the text gets into it but constants.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from typing_extensions import override

from engine.workflow.errors import ExpressionError
from engine.workflow.language.cursor import MAX_CHAIN, MAX_DEPTH, refused
from engine.workflow.language.operands import Operands
from engine.workflow.language.tokens import Token, tokens

MAX_SOURCE: Final = 4000

_COMPARISONS: Final[Mapping[str, tuple[str, bool]]] = {
    "==": ("equal", False), "eq": ("equal", False), "!=": ("unequal", False),
    "ne": ("unequal", False), "<": ("less", False), "lt": ("less", False),
    "<=": ("at_most", False), "le": ("at_most", False), ">": ("less", True), "gt": ("less", True),
    ">=": ("at_most", True), "ge": ("at_most", True),
}  # fmt: skip
_SUMS: Final = {"+": "plus", "-": "minus"}
_PRODUCTS: Final = {
    "*": "times", "/": "quotient", "div": "quotient", "//": "whole_quotient", "%": "remainder",
    "mod": "remainder",
}  # fmt: skip


def parse(source: str) -> tuple[ast.expr, frozenset[str]]:
    """Tree of an expression, and the variables it reads.

    Raises:
        ExpressionError: It is not of the language; a clause saying why and where.
    """
    if not source:
        raise ExpressionError("it is empty", "它是空的")
    if len(source) > MAX_SOURCE:
        raise ExpressionError("it is too long", "它太长")
    return parse_words(tokens(source))


def parse_words(words: Sequence[Token]) -> tuple[ast.expr, frozenset[str]]:
    """Tree of an expression whose words end with one of kind ``end``.

    Raises:
        ExpressionError: It is not of the language; a clause saying why and where.
    """
    return _Parser(words).whole()


class _Parser(Operands):
    """Recursive descent over the words of one expression, loosest operators first."""

    def __init__(self, words: Sequence[Token]) -> None:
        super().__init__(words)
        self._depth = 0

    def whole(self) -> tuple[ast.expr, frozenset[str]]:
        """The tree of all words."""
        tree = self._expression()
        if self._word.kind != "end":
            raise self._unexpected()
        return tree, frozenset(self._names)

    @override
    def _expression(self) -> ast.expr:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise ExpressionError("it is nested too deeply", "嵌套过深")
        tree = self._either()
        if self._take("?"):
            chosen = self._expression()
            if not self._sees(":"):
                raise refused("a '?' has no ':'", "“?”缺少对应的“:”", self._word)
            self._require(":")
            tree = self._made(ast.IfExp(self._truth(tree), chosen, self._expression()))
        elif self._take("if"):
            condition = self._either()
            self._require("else")
            tree = self._made(ast.IfExp(self._truth(condition), tree, self._expression()))
        self._depth -= 1
        return tree

    @override
    def _either(self) -> ast.expr:
        parts, signs = [self._both()], set[str]()
        while (sign := self._take("or", "||")) is not None:
            signs.add(sign)
            parts.append(self._both())
        if not signs:
            return parts[0]
        # The word gives the first value that is there, as in ``unit or 'hq'``.
        if "||" in signs:
            parts = [self._truth(part) for part in parts]
        return self._made(ast.BoolOp(ast.Or(), parts))

    def _both(self) -> ast.expr:
        parts = [self._negation()]
        while self._take("and", "&&"):
            parts.append(self._negation())
        if len(parts) == 1:
            return parts[0]
        return self._made(ast.BoolOp(ast.And(), [self._truth(part) for part in parts]))

    def _negation(self) -> ast.expr:
        count, first = 0, self._word
        while self._sees("not"):
            self._next += 1
            count += 1
        tree = self._comparison(negated=first if count else None)
        for _ in range(min(count, MAX_DEPTH)):
            tree = self._made(ast.UnaryOp(ast.Not(), self._truth(tree)))
        if count > MAX_DEPTH:
            raise ExpressionError("it is nested too deeply", "嵌套过深")
        return tree

    def _comparison(self, negated: Token | None) -> ast.expr:
        if self._sees("!"):
            negated = self._word
        left = self._sum()
        found = self._compared(left)
        if found is None:
            return left
        tree, is_juel = found
        if negated is not None and is_juel:
            raise refused(
                f"'{negated.text}' may mean one side or the whole comparison; use brackets",
                f"“{negated.text}”可能只针对一侧，也可能针对整个比较；请加括号",
                negated,
            )
        if self._sees(*_COMPARISONS, "in", "is"):
            raise refused(
                "comparisons are chained; join two of them with 'and'",
                "比较不能连写，请用 and 连接两个比较",
                self._word,
            )
        return tree

    def _compared(self, left: ast.expr) -> tuple[ast.expr, bool] | None:
        """The comparison that begins with ``left``, and whether JUEL has it too."""
        sign = self._take(*_COMPARISONS)
        if sign is not None:
            function, is_swapped = _COMPARISONS[sign]
            right = self._sum()
            return self._call(function, *((right, left) if is_swapped else (left, right))), True
        if self._take("is"):
            is_not = self._take("not") is not None
            if not self._take("null", "None"):
                raise self._unexpected("null")
            null = ast.Constant(None)
            return self._call("unequal" if is_not else "equal", left, null), False
        is_not = self._sees("not") and self._words[self._next + 1].text == "in"
        if is_not:
            self._next += 1
        if self._take("in"):
            tree = self._call("within", left, self._sum())
            return self._made(ast.UnaryOp(ast.Not(), tree)) if is_not else tree, False
        return None

    def _sum(self) -> ast.expr:
        return self._chain(_SUMS, lambda: self._chain(_PRODUCTS, self._unary))

    def _chain(self, signs: Mapping[str, str], operand: Callable[[], ast.expr]) -> ast.expr:
        tree = operand()
        for _ in range(MAX_CHAIN):
            sign = self._take(*signs)
            if sign is None:
                return tree
            tree = self._call(signs[sign], tree, operand())
        raise ExpressionError("it has too many parts", "组成部分过多")

    def _unary(self) -> ast.expr:
        signs: list[str] = []
        while (sign := self._take("-", "+", "!", "empty")) is not None:
            signs.append(sign)
            if len(signs) > MAX_DEPTH:
                raise ExpressionError("it is nested too deeply", "嵌套过深")
        tree = self._reached(self._primary())
        for sign in reversed(signs):
            if sign == "-":
                tree = self._call("negative", tree)
            elif sign == "empty":
                tree = self._call("is_empty", tree)
            elif sign == "!":
                tree = self._made(ast.UnaryOp(ast.Not(), self._truth(tree)))
        return tree
