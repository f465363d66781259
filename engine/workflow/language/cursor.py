"""Goes through the words of an expression and makes nodes of a tree of bounded size."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Final

from engine.workflow.errors import ExpressionError
from engine.workflow.language.tokens import Token

MAX_DEPTH: Final = 40
MAX_CHAIN: Final = 100
_MAX_NODES: Final = 400


class Cursor:
    """Where a parser is in the words of one expression."""

    def __init__(self, words: Sequence[Token]) -> None:
        self._words = words
        self._next = 0
        self._nodes = 0

    @property
    def _word(self) -> Token:
        return self._words[self._next]

    def _sees(self, *wanted: str) -> bool:
        word = self._word
        return word.kind in {"sign", "name"} and word.text in wanted

    def _take(self, *wanted: str) -> str | None:
        if not self._sees(*wanted):
            return None
        self._next += 1
        return self._words[self._next - 1].text

    def _require(self, wanted: str) -> None:
        if self._take(wanted) is None:
            raise self._unexpected(wanted)

    def _unexpected(self, wanted: str | None = None) -> ExpressionError:
        word = self._word
        if word.kind == "end":
            missing = f"'{wanted}'" if wanted else "something"
            missing_zh = f"“{wanted}”" if wanted else "内容"
            return ExpressionError(f"{missing} is missing at its end", f"末尾缺少{missing_zh}")
        if word.text == "=":
            return refused("'=' compares nothing; write '=='", "“=”不是比较，请写“==”", word)
        shown = word.text[:30]
        if wanted:
            return refused(
                f"'{wanted}' is missing before '{shown}'", f"“{shown}”之前缺少“{wanted}”", word
            )
        return refused(f"'{shown}' does not belong there", f"“{shown}”不应出现在此处", word)

    def _made(self, node: ast.expr) -> ast.expr:
        self._nodes += 1
        if self._nodes > _MAX_NODES:
            raise ExpressionError("it has too many parts", "组成部分过多")
        return node

    def _call(self, function: str, *arguments: ast.expr) -> ast.expr:
        return self._made(ast.Call(ast.Name(function, ast.Load()), list(arguments), []))


def refused(en: str, zh: str, word: Token) -> ExpressionError:
    """A clause saying what is wrong, and at which character."""
    return ExpressionError(f"{en} (character {word.at})", f"{zh}（第 {word.at} 个字符）")
