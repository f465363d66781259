"""The diagrams of the standard tell the stories of the standard, or are refused by place."""

import re

import pytest

from tests.conformance.__main__ import DOCUMENT, written
from tests.conformance.notation import Case, diagnosed, lines_of, refusals, spread, steps
from tests.conformance.player import Player, arranged
from tests.conformance.positions import cells, drawn
from tests.conformance.suite import CASES, CHAPTERS, WRONG, label
from tests.support.bpmn_builder import end, model, start, user

#: Assumptions that only repeat the standard; cases need not name them.
STANDARD = {"split-parallel", "flows-conditional", "task-passes"}


@pytest.mark.parametrize("subject", CASES, ids=label)
def test_it_runs_as_the_standard_says(subject: Case):
    diagnosis = diagnosed(subject)
    assert refusals(diagnosis) == {}
    assumed = {one.code for one in diagnosis.findings if one.severity == "assumed"}
    assert subject.assumes <= assumed <= subject.assumes | STANDARD
    for story in subject.stories:
        player = Player(subject)
        for command, expected in steps(story):
            assert player.play(command) == arranged(expected), f"{command} of {story}"


@pytest.mark.parametrize("subject", WRONG, ids=label)
def test_it_is_refused_by_rule_element_and_line(subject):
    found = refusals(diagnosed(subject))
    assert set(found) == subject.findings
    for one in found.values():
        assert one.element_id
        assert one.line in lines_of(subject.drawing, one.element_id)


@pytest.mark.parametrize(("kind", "position", "verdict"), list(cells()))
def test_every_event_in_every_position(kind, position, verdict):
    subject = Case("", "", "", spread(drawn(kind, position)), ())
    found = refusals(diagnosed(subject))
    if verdict == "+":
        assert found == {}
        assert Player(subject).play("start n=9")
    else:
        assert found
        for one in found.values():
            assert one.element_id in {"x", "es"}
            assert one.line in lines_of(subject.drawing, one.element_id)


def test_the_suite_is_large_and_every_case_cites_a_clause():
    assert len(CASES) >= 350
    assert len(WRONG) >= 150
    everything = [one for chapter in CHAPTERS for one in chapter.CASES + chapter.WRONG]
    assert len({label(one) for one in everything}) == len(everything)
    for one in everything:
        assert re.fullmatch(r"(\d+(\.\d+)+)( / \d+(\.\d+)+)*", one.clause), label(one)


def test_the_document_is_up_to_date():
    assert DOCUMENT.read_text() == written()


@pytest.mark.parametrize(
    ("story", "is_true"),
    [
        ("start > a; a x=1 > b; b > end:e", True),
        ("start > b", False),
        ("start > a; a > -", False),
        ("start > a; a > b; b > -", False),
        ("start > a; a > b x=1", False),
        ("start > a a", False),
    ],
)
def test_a_false_story_is_seen(story, is_true):
    drawing = model(start(), user("a"), user("b"), end(), flows="s a b e")
    player = Player(Case("", "", "", spread(drawing), (story,)))
    played = [player.play(command) == arranged(words) for command, words in steps(story)]
    assert all(played) == is_true
