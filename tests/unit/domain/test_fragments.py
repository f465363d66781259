"""Names cut into pairs: any part of a name finds it, and nothing else does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.fragments import customer_words, terms, words
from engine.domain.fulltext import Term


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("", ""),
        ("青砚", "青砚  青  砚"),
        ("AB c", "ab  a  b  c"),
        ("K-7", "k－ －7  k  －  7"),
        ("ＡＢ％", "ab b％  a  b  ％"),
        ("ab bc", "ab  bc  a  b  c"),
    ],
)
def test_words(text, kept):
    assert words(text) == kept


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("", []),
        ("砚", [Term(words=("砚",))]),
        ("青砚", [Term(words=("青砚",))]),
        ("新能源", [Term(words=("新能", "能源"), is_phrase=True)]),
        ("K- 青砚", [Term(words=("k－",)), Term(words=("青砚",))]),
        ("' \"", [Term(words=("＇",)), Term(words=("＂",))]),
    ],
)
def test_terms(query, wanted):
    assert terms(query) == wanted


def test_a_change_says_only_what_it_changes():
    assert customer_words({"name": "甲", "unit_id": 3}) == {"name": "甲", "unit": "§u3"}
    assert customer_words({"monthly_revenue": 1}) == {}


def _holds(kept: str, term: Term) -> bool:
    """What the databases do with a term."""
    if term.is_phrase:
        return f" {' '.join(term.words)} " in f" {kept} "
    return all(word in kept.split() for word in term.words)


#: Letters of one form and signs; some forms of others change when they stand together.
_LETTERS = st.text("abcXYZ019青砚能源-_%'\" §", min_size=1, max_size=30)


@given(_LETTERS, st.integers(0, 29), st.integers(1, 10))
def test_every_part_of_a_name_finds_it(name, start, length):
    part = name[start : start + length]
    assert all(_holds(words(name), term) for term in terms(part))


@given(_LETTERS, st.text("abX0青砚-%", min_size=1, max_size=4))
def test_what_is_not_in_a_name_does_not(name, part):
    held = all(_holds(words(name), term) for term in terms(part))
    assert held == (part.casefold() in name.casefold())
