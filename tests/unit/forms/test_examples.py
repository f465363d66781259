"""Values made up for a form are values the form accepts."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.forms import FormInvalidError
from forms.definitions import all_forms
from tests.unit.forms.builders import CATALOGUE, field, form, options

FORMS = all_forms()


def example(definition, chance=0, variables=None, **decided):
    return CATALOGUE.example(
        definition, variables=variables or {}, given=decided, chance=random.Random(chance)
    )


@pytest.mark.parametrize("key", FORMS)
@pytest.mark.parametrize("chance", range(5))
def test_every_shipped_form_can_be_filled_in(key, chance):
    values = example(FORMS[key], chance)
    assert CATALOGUE.validate(FORMS[key], values, variables={}) == values


@pytest.mark.parametrize("key", FORMS)
def test_the_same_chance_gives_the_same_values(key):
    assert example(FORMS[key], 7) == example(FORMS[key], 7)


MUST = {"required": True}
bound = st.integers(-1000, 1000)


@st.composite
def numbers(draw):
    low, high = sorted((draw(bound), draw(bound)))
    step = draw(st.sampled_from([{}, {"increment": 0.5}, {"increment": 7}]))
    limits = {"min": low * 7, "max": high * 7 + 7, **MUST}
    return {"type": "number", "validate": limits, "serializeToString": draw(st.booleans()), **step}


@st.composite
def texts(draw):
    low, high = sorted((draw(st.integers(0, 30)), draw(st.integers(1, 30))))
    kind = draw(st.sampled_from(["textfield", "textarea"]))
    return {"type": kind, "validate": {"minLength": low, "maxLength": high}}


@st.composite
def choices(draw):
    kind = draw(st.sampled_from(["select", "radio", "checklist", "taglist"]))
    known = options(*sorted(draw(st.sets(st.sampled_from("abc"), min_size=1))))
    return {"type": kind, "values": known, "validate": {"required": draw(st.booleans())}}


RULES = [
    *({"validationType": kind} for kind in ("email", "phone")),
    *({"pattern": text} for text in (r"^[A-Z]{2}-\d{4}$", r"^(a|bc)+$", r"\d")),
]
ruled = st.sampled_from(RULES).map(lambda rule: {"type": "textfield", "validate": rule | MUST})
moments = st.sampled_from(["date", "time", "datetime"]).map(
    lambda kind: {
        "type": "datetime",
        "subtype": kind,
        "disallowPassedDates": True,
        "validate": MUST,
    }
)
plain = st.builds(
    lambda kind, must: {"type": kind, "validate": {"required": must}},
    st.sampled_from(["checkbox", "filepicker"]),
    st.booleans(),
)
components = st.one_of(numbers(), texts(), choices(), ruled, moments, plain)
hides = st.sampled_from(["", "= f0", "= f0 = null"])


@given(drawn=st.lists(st.tuples(components, hides), max_size=6), chance=st.integers(0, 2**32))
def test_any_form_is_filled_in_as_it_wants(drawn, chance):
    named = [
        # A required field that hides itself when it is filled in can never be right.
        {**one, "key": f"f{position}", "conditional": {"hide": hide if position else ""}}
        for position, (one, hide) in enumerate(drawn)
    ]
    definition = form(*named)
    values = example(definition, chance)
    assert CATALOGUE.validate(definition, values, variables={}) == values


def test_what_is_decided_stays():
    definition = form(field("textfield", "a"), field("number", "b", validate={"required": True}))
    values = example(definition, a="gegeben")
    assert values["a"] == "gegeben"
    assert "a" not in example(definition, a=None)


def test_rows_and_groups_are_filled_in():
    must = {"required": True}
    rows = {"type": "dynamiclist", "path": "rows",
            "components": [field("number", "n", validate=must)]}  # fmt: skip
    group = {"type": "group", "path": "g", "components": [field("textfield", "t", validate=must)]}
    values = example(form(rows, group), variables={"rows": [{"n": 1}, {"n": 2}]})
    assert [set(row) for row in values["rows"]] == [{"n"}, {"n"}]
    assert values["g"]["t"]


def test_options_may_come_from_variables():
    definition = form(field("select", "a", valuesKey="xs", validate={"required": True}))
    assert example(definition, variables={"xs": ["only"]}) == {"a": "only"}


def test_impossible_wishes_are_refused_with_what_is_wrong():
    definition = form(field("number", "a", validate={"max": 3}))
    with pytest.raises(FormInvalidError) as caught:
        example(definition, a=4, b=1)
    assert set(caught.value.problems) == {"a", "b"}
