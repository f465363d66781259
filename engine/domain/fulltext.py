"""Text as words to search by: pairs of Chinese characters, everything else by word.

Both databases store and find these words as they are, so the same text is found on both.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import msgspec

from engine.domain import facts

#: What an order may be found by ends here: beyond lies mischief, not text of people.
MOST_CHARACTERS: Final = 100_000
#: Beginning of words that narrow a search to what somebody may see; no text has such words.
MARK: Final = "§"
_MOST_OF_TEXT = 4_000
_MOST_OF_WORD = 40
_MOST_TERMS, _MOST_QUERY = 10, 200
#: A word must have so many characters to be the beginning of others; a Chinese one may.
_LEAST_BEGINNING = 2

_CHINESE: Final = (
    "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
)
_RUN: Final = re.compile(rf"([{_CHINESE}]+)|((?:(?![{_CHINESE}])[^\W_])+)")
_TERM: Final = re.compile(r'"([^"]*)"?|(\S+)')


class Term(msgspec.Struct, frozen=True, kw_only=True):
    """Something an order must contain.

    Attributes:
        words: In this order, one after the other.
        is_beginning: Whether the last word may go on.
        is_phrase: Whether the words must follow each other.
    """

    words: tuple[str, ...]
    is_beginning: bool = False
    is_phrase: bool = False


def words(text: str) -> list[str]:
    """Words of a text in order; then the last characters of Chinese runs, to find each alone."""
    found, last = [], []
    for run, word in _RUN.findall(_plain(text[:_MOST_OF_TEXT])):
        if word:
            found.append(word[:_MOST_OF_WORD])
        else:
            found += _pairs(run)
            last += [run[-1]] if len(run) > 1 else []
    return found + last


def terms(query: str) -> list[Term]:
    """What somebody looks for: blanks mean "and", quotes keep words as they are.

    The last word of a term may be the beginning of a longer one unless it is quoted.
    """
    found = []
    for quoted, plain in _TERM.findall(query[:_MOST_QUERY]):
        runs = _RUN.findall(_plain(quoted or plain))
        if not runs:
            continue
        given = [word for run, whole in runs for word in (_pairs(run) if run else [whole])]
        # A single Chinese character among others stands in no pair of its own everywhere.
        is_phrase = len(given) > 1 and all(len(run) != 1 for run, _ in runs[:-1])
        last = given[-1]
        is_chinese = bool(runs[-1][0])
        found.append(
            Term(
                words=tuple(word[:_MOST_OF_WORD] for word in given),
                is_beginning=len(last) == 1
                if is_chinese
                else not quoted and len(last) >= _LEAST_BEGINNING,
                is_phrase=is_phrase,
            )
        )
    return found[:_MOST_TERMS]


def joined(before: str, new: str) -> str:
    """Words of an order after more were said."""
    return f"{before} {new}"[:MOST_CHARACTERS] if before else new[:MOST_CHARACTERS]


def unit_mark(unit_id: int) -> str:
    """Word of orders of a unit and all below it."""
    return f"{MARK}u{unit_id}"


def person_mark(person_id: int) -> str:
    """Word of orders a person started, was first asked about or got a copy of."""
    return f"{MARK}p{person_id}"


def said(fact: facts.Fact, actor: int | None) -> str:
    """Words a fact adds to its order, blank between them; empty if it says nothing."""
    speaker = _SPEAKERS.get(type(fact))
    return "" if speaker is None else " ".join(speaker(fact, actor))


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _pairs(run: str) -> list[str]:
    if len(run) == 1:
        return [run]
    return [run[start : start + 2] for start in range(len(run) - 1)]


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _texts(one)


def _started(fact: facts.OrderStarted, actor: int | None) -> Iterator[str]:
    # People name an order by the end of its number.
    digits = fact.number[-6:]
    for text in (fact.number, digits, digits.lstrip("0"), fact.title, fact.customer_name or ""):
        yield from words(text)
    for text in _texts(fact.values):
        yield from words(text)
    for unit in fact.unit_path.split("/"):
        if unit:
            yield unit_mark(int(unit))
    for person in {actor, fact.first_owner} - {None}:
        yield person_mark(person or 0)


def _published(fact: facts.VariablesPublished, _actor: int | None) -> Iterator[str]:
    for text in _texts(fact.values):
        yield from words(text)


def _written(fact: facts.CommentAdded | facts.Instructed, _actor: int | None) -> Iterator[str]:
    yield from words(fact.text)


def _attached(fact: facts.AttachmentAdded, _actor: int | None) -> Iterator[str]:
    yield from words(fact.name)


def _copied(fact: facts.Copied, _actor: int | None) -> Iterator[str]:
    yield from (person_mark(person) for person in fact.people)


_SPEAKERS: Final[dict[type[facts.Fact], Callable[[Any, int | None], Iterator[str]]]] = {
    facts.OrderStarted: _started,
    facts.VariablesPublished: _published,
    facts.CommentAdded: _written,
    facts.Instructed: _written,
    facts.AttachmentAdded: _attached,
    facts.Copied: _copied,
}
