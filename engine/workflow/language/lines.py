"""Lines of scripts: one statement each, brackets closed and comments gone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from engine.workflow.errors import ExpressionError
from engine.workflow.language.tokens import Token, outside_texts, tokens

_OPEN, _CLOSE = frozenset("([{"), frozenset(")]}")


class Line(NamedTuple):
    """One statement as written, brackets closed."""

    number: int
    indent: int
    words: Sequence[Token]
    text: str


def lines_of(source: str) -> Iterator[Line]:
    """Statements of a script; one goes on while a bracket is open.

    Raises:
        ExpressionError: A line cannot be cut into words, or a bracket is not closed.
    """
    pending, begun = "", 0
    for number, raw in enumerate(source.expandtabs().splitlines(), 1):
        text = _without_comment(raw).rstrip()
        if not pending and not text.strip():
            continue
        begun = number if not pending else begun
        pending = f"{pending} {text.strip()}" if pending else text
        try:
            words = tokens(pending.strip())
        except ExpressionError as error:
            raise refused_at(number, str(error), error.zh) from error
        level = sum(
            (one.text in _OPEN) - (one.text in _CLOSE) for one in words if one.kind == "sign"
        )
        if level <= 0:
            yield Line(begun, len(pending) - len(pending.lstrip()), words, pending.strip())
            pending = ""
    if pending:
        raise refused_at(begun, "a bracket is not closed", "括号没有结束")


def _without_comment(line: str) -> str:
    for at, character in outside_texts(line):
        if character == "#" and line[at + 1 : at + 2] != "{":
            return line[:at]
    return line


def refused_at(number: int, en: str, zh: str) -> ExpressionError:
    """The error that a line of a script is not of the language."""
    return ExpressionError(
        f"Expected a script of assignments and if/else, but in line {number} {en}.",
        f"脚本只能由赋值和 if/else 组成，但第 {number} 行：{zh}。",
    )
