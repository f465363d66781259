"""Words orders are found by: what is kept of a text finds it again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain import facts, fulltext
from engine.domain.fulltext import MARK, MOST_CHARACTERS, Term, joined, terms, words


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("", []),
        ("!?—“”", []),
        ("Fibre CUT", ["fibre", "cut"]),
        ("专线", ["专线", "线"]),
        ("专线开通", ["专线", "线开", "开通", "通"]),
        ("李", ["李"]),
        ("200M专线", ["200m", "专线", "线"]),
        ("A座 12 层", ["a", "座", "12", "层"]),
        ("DX-2026_0001", ["dx", "2026", "0001"]),
        ("ＧＤ２０２６（测试）", ["gd2026", "测试", "试"]),
        ("straße", ["strasse"]),
        ("x" * 50, ["x" * 40]),
        ("𠮷野家", ["𠮷野", "野家", "家"]),
    ],
)
def test_words(text, kept):
    assert words(text) == kept


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("", []),
        ("。，", []),
        ("fibre cut", [Term(words=("fibre",), is_beginning=True),
                       Term(words=("cut",), is_beginning=True)]),
        ('"fibre cut"', [Term(words=("fibre", "cut"), is_phrase=True)]),
        ('"fibre', [Term(words=("fibre",))]),
        ("f", [Term(words=("f",))]),
        ("专线", [Term(words=("专线",))]),
        ("专线开", [Term(words=("专线", "线开"), is_phrase=True)]),
        ("李", [Term(words=("李",), is_beginning=True)]),
        ("200M专线", [Term(words=("200m", "专线"), is_phrase=True)]),
        ("座12", [Term(words=("座", "12"), is_beginning=True)]),
        ("dx-20", [Term(words=("dx", "20"), is_beginning=True, is_phrase=True)]),
    ],
)  # fmt: skip
def test_terms(query, wanted):
    assert terms(query) == wanted


def _holds(document: str, term: Term) -> bool:
    """What the databases do with a term."""
    present = document.split()
    *sure, last = term.words
    begins = any(one.startswith(last) if term.is_beginning else one == last for one in present)
    follows = f" {' '.join(term.words)}{'' if term.is_beginning else ' '}"
    return (
        set(sure) <= set(present) and begins and (not term.is_phrase or follows in f" {document} ")
    )


#: A Chinese run or a word of letters and digits, and what stands after it.
_PIECES = st.lists(
    st.tuples(
        st.one_of(
            st.text(alphabet="专线开通李𠮷", min_size=1, max_size=5),
            st.text(alphabet="ab1", min_size=2, max_size=5),
        ),
        st.sampled_from(["", " ", "-", "，"]),
    ),
    min_size=1,
    max_size=6,
)


def _written(pieces):
    """Pieces one after the other; words of letters do not run into each other."""
    text = ""
    for piece, gap in pieces:
        joint = " " if text[-1:].isascii() and text[-1:].isalnum() and piece.isascii() else ""
        text += joint + piece + gap
    return text


@given(pieces=_PIECES, data=st.data())
def test_every_part_of_a_text_finds_it(pieces, data):
    first = data.draw(st.integers(0, len(pieces) - 1))
    last = data.draw(st.integers(first, len(pieces) - 1))
    (head, head_gap), *rest = pieces[first : last + 1]
    if not head.isascii():
        # Of Chinese any part will do; of other words the beginning.
        head = head[data.draw(st.integers(0, len(head) - 1)) :]
    part = [(head, head_gap), *rest]
    tail, gap = part[-1]
    part[-1] = (tail[: data.draw(st.integers(min(2, len(tail)), len(tail)))], gap)
    document = " ".join(words(_written(pieces)))
    for term in terms(_written(part).strip()):
        assert _holds(document, term), (term, document)


@given(st.lists(st.text(max_size=60), max_size=5))
def test_words_are_letters_and_digits_only(texts):
    for text in texts:
        for word in words(text):
            assert word
            assert not set(word) & set(" '\"*|&!:()<\\") and MARK not in word


@given(st.lists(st.text(alphabet="ab ", max_size=MOST_CHARACTERS // 2), max_size=5))
def test_words_join_the_same_whatever_is_joined_first(parts):
    one_by_one = ""
    for part in parts:
        one_by_one = joined(one_by_one, part) if part else one_by_one
    said = [part for part in parts if part]
    assert one_by_one == " ".join(said)[:MOST_CHARACTERS]


def test_an_order_says_its_number_title_customer_values_and_who_may_see_it():
    fact = facts.OrderStarted(
        definition_id=1, process_key="p", number="GD20261123000042", title="专线开通", unit_id=9,
        unit_path="/1/9/", customer_name="银行", first_owner=7,
        values={"note": "rush", "n": 5, "rows": [{"where": "东楼"}], "yes": True},
    )  # fmt: skip
    said = fulltext.said(fact, 3).split()
    assert said[:3] == ["gd20261123000042", "000042", "42"]
    assert {"专线", "银行", "rush", "东楼", "§u1", "§u9", "§p3", "§p7"} <= set(said)
    assert "5" not in said


@pytest.mark.parametrize(
    "fact",
    [
        facts.ElementsPassed(elements=("a",)),
        facts.VariablesPublished(values={"count": 3, "flag": True, "none": None}),
        facts.VariablesChanged(values={"text": "secret"}),
    ],
)
def test_what_says_nothing_costs_nothing(fact):
    assert fulltext.said(fact, 1) == ""
