"""Words and signs of FEEL."""

import re
from typing import Final, NamedTuple

from engine.domain.feel.errors import FeelSyntaxError

_TOKEN: Final = re.compile(
    r"""\s*(?:
        (?P<number>\d+(?:\.\d+)?|\.\d+)
      | (?P<text>"(?:[^"\\]|\\.)*")
      | (?P<name>[^\W\d]\w*)
      | (?P<sign>\.\.|<=|>=|!=|\*\*|[-+*/=<>()\[\]{},.:?@])
    )""",
    re.VERBOSE | re.DOTALL,
)
KEYWORDS: Final = frozenset(
    {
        *("and", "or", "in", "between", "if", "then", "else", "true", "false", "null", "not"),
        *("for", "return", "some", "every", "satisfies"),
    }
)
MAX_DIGITS: Final = 34
_ESCAPES: Final = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "\\": "\\", "'": "'"}
_ESCAPE: Final = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))", re.DOTALL)


class Token(NamedTuple):
    """A word or sign; kind is number, text, name, keyword, sign or end."""

    kind: str
    text: str
    position: int


def tokens(source: str) -> list[Token]:
    """Cut a source into tokens, closed by one of kind ``end``.

    Raises:
        FeelSyntaxError: There is a sign the language does not have.
    """
    found: list[Token] = []
    position = 0
    end = len(source.rstrip())
    while position < end:
        match = _TOKEN.match(source, position)
        if match is None or match.lastgroup is None:
            raise _unknown(source, position)
        kind = match.lastgroup
        text = match[kind]
        if kind == "name" and text in KEYWORDS:
            kind = "keyword"
        start = match.start(match.lastgroup)
        if kind == "number" and len(text) > MAX_DIGITS:
            raise FeelSyntaxError(
                f"a number of at most {MAX_DIGITS} digits", repr(text[:40]), start,
                expected_zh=f"不超过 {MAX_DIGITS} 位的数字",
            )  # fmt: skip
        found.append(Token(kind, text, start))
        position = match.end()
    found.append(Token("end", "the end", end))
    return found


def unquoted(text: str) -> str:
    """The text a literal in quotes stands for."""
    return _ESCAPE.sub(
        lambda match: chr(int(match[1], 16)) if match[1] else _ESCAPES.get(match[2], match[0]),
        text[1:-1],
    )


def _unknown(source: str, position: int) -> FeelSyntaxError:
    while source[position].isspace():
        position += 1
    sign = source[position]
    if sign in "“”‘’'＂":
        return FeelSyntaxError(
            'a text in straight quotes "…"', repr(sign), position,
            expected_zh='用英文双引号 "…" 括起的文本',
        )  # fmt: skip
    if sign == '"':
        return FeelSyntaxError(
            "a text that ends with a quote", repr(sign), position, expected_zh="以引号结束的文本"
        )
    return FeelSyntaxError("an expression", repr(sign), position, expected_zh="表达式")
