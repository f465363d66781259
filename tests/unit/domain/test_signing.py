"""Counting of signing rounds, whatever is asked of whom in whatever order."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.signing import RULE, Signature, Signing, needed, read, written

AT = datetime(2026, 3, 2, tzinfo=UTC)
RULES = st.one_of(
    st.sampled_from(["all", "any"]), st.integers(1, 100).map(lambda share: f"{share}%")
)
PEOPLE = st.lists(st.integers(1, 60), min_size=1, max_size=12, unique=True)


def fresh(rule, people, when="after"):
    return Signing(when=when, rule=rule).joined(people)


def vote(signing, person, verdict):
    return signing.signed(person, Signature(person=person, verdict=verdict, at=AT))


@pytest.mark.parametrize(
    ("rule", "count", "wanted"),
    [("all", 3, 3), ("all", 0, 1), ("any", 3, 1), ("60%", 5, 3), ("60%", 4, 3), ("50%", 3, 2),
     ("1%", 5, 1), ("100%", 5, 5), ("34%", 3, 2), ("33%", 3, 1)],
)  # fmt: skip
def test_a_share_is_rounded_up(rule, count, wanted):
    assert needed(rule, count) == wanted


@pytest.mark.parametrize("rule", ["", "0%", "101%", "60", "All", "6 0%", "060%", "６%", "60%\n"])
def test_what_is_no_rule(rule):
    assert RULE.fullmatch(rule) is None


@given(RULES, PEOPLE, st.data())
def test_a_round_is_decided_once_and_never_both_ways(rule, people, data):
    signing = fresh(rule, people)
    order = data.draw(st.permutations(people))
    decided = None
    for person in order:
        if signing.is_decided:
            decided = decided if decided is not None else signing.is_passed
        signing = vote(signing, person, data.draw(st.sampled_from(["approved", "rejected"])))
        assert not (signing.is_passed and signing.is_failed)
        # A later verdict changes nothing.
        assert decided is None or signing.is_passed is decided
    assert signing.is_decided and signing.pending == ()
    assert signing.is_passed is (signing.approved >= needed(rule, len(people)))
    assert needed("any", len(people)) <= needed(rule, len(people)) <= needed("all", len(people))


@given(RULES, PEOPLE, st.data())
def test_opinions_are_counted_whatever_they_say(rule, people, data):
    signing = fresh(rule, people, "before")
    for given_already, person in enumerate(data.draw(st.permutations(people))):
        assert signing.is_decided is (given_already >= needed(rule, len(people)))
        signing = vote(signing, person, data.draw(st.sampled_from(["approved", "rejected"])))
    assert signing.is_decided


@given(RULES, PEOPLE, PEOPLE)
def test_nobody_is_asked_twice(rule, people, more):
    signing = fresh(rule, people).joined(more)
    assert sorted(signing.pending) == sorted({*people, *more})


@given(RULES, PEOPLE, st.data())
def test_who_has_signed_stays_when_others_are_taken_off(rule, people, data):
    signing = fresh(rule, people)
    signed = data.draw(st.lists(st.sampled_from(people), unique=True))
    for person in signed:
        signing = vote(signing, person, "approved")
    gone = data.draw(st.lists(st.sampled_from(people), unique=True))
    rest = signing.without(gone)
    assert {each.person for each in rest.signatures} == {*signed, *(set(people) - set(gone))}


@given(RULES, PEOPLE, st.data())
def test_another_round_keeps_what_was_said(rule, people, data):
    signing = fresh(rule, people)
    signed = data.draw(st.lists(st.sampled_from(people), unique=True))
    for person in signed:
        signing = vote(signing, person, "rejected")
    again = signing.anew()
    assert sorted(again.pending) == sorted(people)
    assert {each.person for each in again.earlier} == set(signed)
    assert read(written(again)) == again


def test_a_verdict_counts_for_who_was_asked_alone():
    signing = vote(vote(fresh("any", [1, 2]), 3, "approved"), 1, "rejected")
    assert (signing.approved, signing.pending) == (0, (2,))
    # No second verdict.
    assert vote(signing, 1, "approved") == signing


@given(RULES, PEOPLE, st.data())
def test_nobody_speaks_twice_whoever_stands_in_for_whom(rule, people, data):
    """However people and their substitutes take turns, a round has as many hands as verdicts."""
    signing, hands = fresh(rule, people), [*people, 1001, 1002]
    for signer in data.draw(st.permutations(people)):
        hand = data.draw(st.sampled_from(hands))
        if not signing.is_second(hand, signer):
            by = None if hand == signer else hand
            verdict = Signature(person=signer, verdict="approved", by=by)
            signing = signing.signed(signer, verdict)
    given = [each for each in signing.signatures if each.verdict]
    assert len({each.by or each.person for each in given}) == len(given)
    # Everybody who is asked keeps their own voice.
    assert not any(signing.is_second(person, person) for person in signing.pending)
