"""One mistake is one refusal: what only follows from it is not told as well."""

import pytest

from engine.ports.deployment import Known
from engine.ports.forms import FormDescription
from engine.workflow.kernel import SpiffKernel
from tests.support.bpmn_builder import boundary, catch, end, lanes, model, start, timer, user, xor
from tests.support.kernel_world import Library

ASK = FormDescription(fields=("amount",))
KNOWN = Known(roles=frozenset({"agent"}), forms={"ask": ASK}, service_levels=frozenset({"quick"}))

TIMER = "<bpmn:timerEventDefinition"
WAITING = catch("w", timer("PT4")).replace(TIMER, f'{TIMER} id="t"')
CHOICE = (user("a", formKey="ask"), xor("x", default="x_e"), user("b", candidateGroups="agent"))
WAYS = "s a x e; x b : ${{{}}}; b e"

MISTAKES = {
    "a part nothing leads to begins once": (
        model(start(), user("a"), user("b"), user("c"), end(), flows="s e; a b c e"),
        {("unreachable", "a")},
    ),
    "so does a loop nothing leads to": (
        model(start(), user("a"), user("b"), end(), flows="s e; a b a"),
        {("unreachable", "a")},
    ),
    "two parts are two": (
        model(start(), user("a"), user("b"), user("c"), end(), flows="s e; a c e; b c"),
        {("unreachable", "a"), ("unreachable", "b")},
    ),
    "an event at the border of nothing": (
        model(start(), user("a"), boundary("d", "gone", timer("PT4H")), user("b"), end(),
              flows="s a e; d b e"),
        {("boundary-unattached", "d")},
    ),
    "the role of a lane with several tasks": (
        model(lanes(pilots="a b"), start(), user("a"), user("b"), end(), flows="s a b e"),
        {("role-unknown", "lane_pilots")},
    ),
    "the time of an event, which has an id of its own": (
        model(start(), WAITING, end(), flows="s w e"),
        {("timer-invalid", "w")},
    ),
}  # fmt: skip


def refusals(drawing, known=KNOWN):
    found = SpiffKernel(Library()).diagnose({"p.bpmn": drawing}, known).findings
    return [(one.code, one.element_id) for one in found if one.severity == "refused"]


@pytest.mark.parametrize(("drawing", "expected"), MISTAKES.values(), ids=MISTAKES)
def test_one_mistake_is_one_refusal(drawing, expected):
    found = refusals(drawing)
    assert set(found) == expected
    assert len(found) == len(expected)


def test_an_id_given_twice_is_told_where_it_comes_again():
    drawing = model(
        start(), user("a"), user("b"), end(), flows="s a b e"
    ).replace(b'id="b"', b'id="a"')  # fmt: skip
    found = SpiffKernel(Library()).diagnose({"p.bpmn": drawing}, KNOWN).findings
    assert "unreachable" not in {one.code for one in found}
    (again,) = [one for one in found if one.code == "id-repeated"]
    text = drawing.decode().splitlines()[again.line - 1][again.column - 1 :]
    assert text.startswith("<bpmn:userTask") and 'name="B"' in text.partition(">")[0]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("amount == high", {"text-unquoted"}),
        ("amount != high", {"text-unquoted"}),
        ("amuont == 5", {"variable-misspelt"}),
        ("amount == 'high'", set()),
        ("amount == high.price", set()),
        ("total == high", {"form-unread"}),
    ],
)
def test_a_text_without_quotes_is_told_apart_from_a_variable(condition, expected):
    drawing = model(start(), *CHOICE, end(), flows=WAYS.format(condition))
    found = SpiffKernel(Library()).diagnose({"p.bpmn": drawing}, KNOWN).findings
    names = {"text-unquoted", "variable-misspelt", "variable-unknown", "form-unread"}
    assert {one.code for one in found} & names == expected


def test_a_name_that_is_nearly_right_is_proposed():
    task = user("a", candidateGroups="agent", formKey="aks", props={"taskClock": "quik"})
    drawing = model(start(), task, end(), flows="s a e")
    found = SpiffKernel(Library()).diagnose({"p.bpmn": drawing}, KNOWN).findings
    told = {one.code: (one.message, one.message_zh) for one in found}
    assert told["service-level-missing"][0].endswith("there is none; perhaps quick is meant.")
    assert told["service-level-missing"][1].endswith("，可能应为 quick。")
