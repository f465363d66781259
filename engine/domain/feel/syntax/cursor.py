"""Walking through the tokens of a source: what every rule of the grammar is written with."""

from collections.abc import Callable, Iterable
from typing import Final, TypeVar

from engine.domain.feel.errors import FeelSyntaxError
from engine.domain.feel.syntax.tokens import Token, tokens, unquoted

MAX_DEPTH: Final = 40

Rule = TypeVar("Rule")


class Cursor:
    """A place in a source, and how deeply the rules are nested there.

    Args:
        source: The text.
        names: Names of several words.

    Attributes:
        tokens: All tokens. at: Position of the present one.
    """

    def __init__(self, source: str, names: Iterable[str]) -> None:
        self.tokens = tokens(source)
        self.at = 0
        self._depth = 0
        self._phrases = _phrases(names)

    @property
    def now(self) -> Token:
        """The present token."""
        return self.tokens[self.at]

    def refusal(self, expected: str, expected_zh: str) -> FeelSyntaxError:
        """The error that something else was expected here."""
        found = self.now
        is_end = found.kind == "end"
        return FeelSyntaxError(
            expected,
            repr(found.text),
            found.position,
            expected_zh=expected_zh,
            found_zh="结尾" if is_end else repr(found.text),
        )

    def take(self, *texts: str) -> str | None:
        """Take the present token if it is one of these signs or keywords."""
        if self.now.kind in {"sign", "keyword"} and self.now.text in texts:
            self.at += 1
            return self.tokens[self.at - 1].text
        return None

    def need(self, text: str) -> None:
        """Take a sign or keyword that must come now."""
        if self.take(text) is None:
            raise self.refusal(repr(text), f"“{text}”")

    def end(self) -> None:
        """See that nothing is left."""
        if self.now.kind != "end":
            raise self.refusal("the end", "结尾")

    def nested(self, rule: Callable[[], Rule]) -> Rule:
        """What a rule reads one level deeper, which is not to be too deep."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise self.refusal(f"at most {MAX_DEPTH} levels", f"不超过 {MAX_DEPTH} 层嵌套")
        found = rule()
        self._depth -= 1
        return found

    def phrase(self) -> str | None:
        """Take the longest known name of several words that begins here."""
        if self.now.kind not in {"name", "keyword"}:
            return None
        for words, name in self._phrases.get(self.now.text, ()):
            if tuple(token.text for token in self.tokens[self.at : self.at + len(words)]) == words:
                self.at += len(words)
                return name
        return None

    def word(self) -> str:
        """Take a name of one word."""
        if self.now.kind != "name":
            raise self.refusal("a name", "名称")
        self.at += 1
        return self.tokens[self.at - 1].text

    def member_name(self) -> str:
        """Take the name of a member, which may have several words."""
        phrase = self.phrase()
        if phrase is not None:
            return phrase
        if self.now.text == "time" and self.tokens[self.at + 1].text == "offset":
            self.at += 2
            return "time offset"
        if self.now.kind not in {"name", "keyword"}:
            raise self.refusal("a name", "名称")
        self.at += 1
        return self.tokens[self.at - 1].text

    def key(self) -> str:
        """Take the key of a context."""
        token = self.now
        if token.kind == "text":
            self.at += 1
            return unquoted(token.text)
        words: list[str] = []
        while self.now.kind in {"name", "keyword"}:
            words.append(self.now.text)
            self.at += 1
        if not words:
            raise self.refusal("a name", "名称")
        return " ".join(words)


def _phrases(names: Iterable[str]) -> dict[str, list[tuple[tuple[str, ...], str]]]:
    """Names of several words and signs by their first word, longest first."""
    found: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for name in names:
        try:
            words = tuple(token.text for token in tokens(name)[:-1])
        except FeelSyntaxError:
            continue
        if len(words) > 1:
            found.setdefault(words[0], []).append((words, name))
    for phrases in found.values():
        phrases.sort(key=lambda phrase: len(phrase[0]), reverse=True)
    return found
