"""Names as pairs of characters: whatever part of a name somebody remembers finds it.

Orders are found by words (`engine.domain.fulltext`). Names and numbers of customers are looked
for by any characters in them, be they in the middle of a word.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any, Final

from engine.domain.fulltext import Term, unit_mark

#: Between runs: what ends one and what begins the next do not stand side by side.
_APART: Final = "  "
_MOST_OF_TEXT = 400
_MOST_TERMS, _MOST_QUERY = 5, 100
#: Signs as their wide forms, which text no longer has here: to a database they are letters, and
#: none means anything in a query.
_SIGNS: Final = {code: code + 0xFEE0 for code in range(0x21, 0x7F) if not chr(code).isalnum()}


def customer_words(values: Mapping[str, Any]) -> dict[str, str]:
    """What a customer is found by, for each of these columns that counts."""
    found = {column: words(str(values[column])) for column in ("code", "name") if column in values}
    if "unit_id" in values:
        found["unit"] = unit_mark(values["unit_id"])
    return found


def words(text: str) -> str:
    """Pairs of neighbours in every run between blanks; then each character by itself."""
    runs = _runs(text[:_MOST_OF_TEXT])
    pairs = (" ".join(_pairs(run)) for run in runs if len(run) > 1)
    alone = dict.fromkeys(character for run in runs for character in run)
    return _APART.join([*pairs, *alone])


def terms(query: str) -> list[Term]:
    """What somebody looks for: every run between blanks, each anywhere in a name."""
    return [
        Term(words=tuple(_pairs(run)), is_phrase=len(run) > len("ab"))
        if len(run) > 1
        else Term(words=(run,))
        for run in _runs(query[:_MOST_QUERY])[:_MOST_TERMS]
    ]


def _runs(text: str) -> list[str]:
    return unicodedata.normalize("NFKC", text).casefold().translate(_SIGNS).split()


def _pairs(run: str) -> list[str]:
    return [run[start : start + 2] for start in range(len(run) - 1)]
