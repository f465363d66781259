"""Texts made up for a pattern match it, and stay short whatever it is."""

import random

import pytest

from forms.patterns import Pattern
from forms.samples import sample

LONGEST = 1_500

PATTERNS = r"""
^[A-Z]{2}\d{6}(?:-\d)?$
^1[3-9]\d{9}$
^(?:[01]\d|2[0-3]):[0-5]\d$
^(?:0|[1-9]\d{0,2})(?:\.(?:0|[1-9]\d{0,2})){3}$
^https?://[^\s/$.?#].[^\s]*$
^\S+@\S+\.\S+$
^\p{Han}{2,4}$
^\PL\pN+$
^[\p{Han}a-z]{3,}$
^[\u4e00-\u9fa5]{2,10}$
^\u4e2d\x{6587}\x41$
^[\x{600}-\x{6ff}]{2}$
^[^\x00-\x7f]+$
^[[:digit:]]{3}$
^[]a]+[^]a]$
^\t[\s\S]{1,5}$
^(?P<first>x)(?i:ab)(?:|y)+?$
^a\|b\*+\.$
\d
^$
(?:(?:(?:a*)*)*)*
(((\w{1,100}){1,10})*)*
((a{30}){30})
""".split()


@pytest.mark.parametrize("pattern", PATTERNS)
def test_samples_match_and_are_short(pattern):
    chance = random.Random(3)
    found = [sample(pattern, chance) for _ in range(50)]
    assert all(map(Pattern(pattern).matches, found))
    assert max(map(len, found)) < LONGEST


def test_samples_differ_and_can_be_had_again():
    texts = [[sample(r"\w{3}", random.Random(seed)) for seed in range(20)] for _ in range(2)]
    assert texts[0] == texts[1]
    assert len(set(texts[0])) > 10


@pytest.mark.parametrize(
    "pattern", ["(" * 150 + "a" + ")*" * 150, "(?:a{1,20}|" * 60 + "b" + ")+" * 60]
)
def test_nesting_does_not_multiply(pattern):
    assert len(sample(pattern, random.Random(0))) < LONGEST


def test_what_contradicts_itself_does_not_match():
    assert not Pattern(r"^[^\s\S]$").matches(sample(r"^[^\s\S]$", random.Random(0)))
