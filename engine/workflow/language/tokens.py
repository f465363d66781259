"""Splits an expression into words, each with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, Literal, NamedTuple, TypeAlias

from engine.workflow.errors import ExpressionError

Kind: TypeAlias = Literal["name", "number", "text", "sign", "end"]

#: Every alternative begins with another character, so no input makes it go back far.
_TOKEN: Final = re.compile(
    r"""(?P<space>\s+)"""
    r"""|(?P<text>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')"""
    r"""|(?P<number>(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"""
    r"""|(?P<name>[^\W\d]\w*)"""
    r"""|(?P<sign>&&|\|\||==|!=|<=|>=|\*\*|//|.)""",
    re.DOTALL,
)
_LETTER: Final = re.compile(r"\w")
_ESCAPE: Final = re.compile(r"\\(.)", re.DOTALL)
_ESCAPES: Final = {"n": "\n", "t": "\t", "\\": "\\", "'": "'", '"': '"'}


class Token(NamedTuple):
    """One word of an expression.

    Attributes:
        text: The word; of a text its content without quotes and escapes.
        at: Position in the expression, counted from 1.
    """

    kind: Kind
    text: str
    at: int

    def is_sign(self, text: str) -> bool:
        """Whether it is this sign, and not a text that looks like it."""
        return self.kind == "sign" and self.text == text

    def is_name(self, text: str) -> bool:
        """Whether it is this word."""
        return self.kind == "name" and self.text == text


def tokens(source: str) -> list[Token]:
    """Words of an expression, the last one of kind ``end``.

    Raises:
        ExpressionError: A text is not closed, or a number is not written in digits.
    """
    found: list[Token] = []
    at = 0
    while at < len(source):
        word = _TOKEN.match(source, at)
        assert word is not None  # noqa: S101 - the last alternative takes any character
        at = word.end()
        if word.lastgroup != "space":
            found.append(_token(word, source))
    return [*found, Token("end", "", len(source) + 1)]


def _token(word: re.Match[str], source: str) -> Token:
    text, at = word.group(), word.start() + 1
    if word.lastgroup == "text":
        return Token("text", _unescaped(text[1:-1], at), at)
    if word.lastgroup == "number":
        if _LETTER.match(source, word.end()):
            raise ExpressionError(
                f"a number has letters in it (character {at})", f"数字中含有字母（第 {at} 个字符）"
            )
        return Token("number", text, at)
    if word.lastgroup == "name":
        return Token("name", text, at)
    if text in "\"'":
        raise ExpressionError(
            f"the text that begins at character {at} is not closed",
            f"从第 {at} 个字符开始的文本没有结束引号",
        )
    return Token("sign", text, at)


def _unescaped(text: str, at: int) -> str:
    def plain(escape: re.Match[str]) -> str:
        meant = _ESCAPES.get(escape[1])
        if meant is None:
            raise ExpressionError(
                rf"'\{escape[1]}' means nothing in the text at character {at}",
                rf"第 {at} 个字符处的文本中，“\{escape[1]}”没有含义",
            )
        return meant

    return _ESCAPE.sub(plain, text)


def outside_texts(source: str, start: int = 0) -> Iterator[tuple[int, str]]:
    """Characters that stand in no text literal, with their places; a text may be unclosed."""
    quote, at = "", start
    while at < len(source):
        character = source[at]
        if quote:
            at += character == "\\"
            quote = "" if character == quote else quote
        elif character in "\"'":
            quote = character
        else:
            yield at, character
        at += 1
