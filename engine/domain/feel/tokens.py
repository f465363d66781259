"""Words and signs of the FEEL subset."""

import re
from typing import Final, NamedTuple

_TOKEN: Final = re.compile(
    r"""\s*(?:
        (?P<number>\d+(?:\.\d+)?|\.\d+)
      | (?P<text>"(?:[^"\\]|\\.)*")
      | (?P<name>[^\W\d]\w*)
      | (?P<sign>\.\.|<=|>=|!=|\*\*|[-+*/=<>()\[\],.])
    )""",
    re.VERBOSE,
)
KEYWORDS: Final = frozenset(
    {"and", "or", "in", "between", "if", "then", "else", "true", "false", "null", "not"}
)


class FeelSyntaxError(ValueError):
    """The source is outside the subset.

    Attributes:
        position: Offset into the source, counted from 0.
    """

    def __init__(self, expected: str, found: str, position: int) -> None:
        self.expected = expected
        self.found = found
        self.position = position
        super().__init__(f"Expected {expected} at position {position}, but found {found}.")


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
            raise FeelSyntaxError("an expression", repr(source[position]), position)
        kind = match.lastgroup
        text = match[kind]
        if kind == "name" and text in KEYWORDS:
            kind = "keyword"
        found.append(Token(kind, text, match.start(match.lastgroup)))
        position = match.end()
    found.append(Token("end", "the end", end))
    return found
