"""What a browser sends of a form, as values."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.forms import FormInvalidError
from forms.definitions import all_forms
from forms.rendering.posted import Asker, read
from forms.rendering.tokens import token, value_of
from tests.support.sheets import returned
from tests.unit.forms.builders import CATALOGUE, field, form, options
from tests.unit.forms.records import FewRecords
from tests.unit.forms.test_examples import components, hides

FORMS = all_forms()


def posted(definition, records=None, variables=None, **fields):
    sent = {name: one if isinstance(one, list) else [one] for name, one in fields.items()}
    asker = Asker(variables=variables or {}, records=records)
    return read(CATALOGUE.compiled(definition), sent, asker)


def filled(values):
    """Without what is empty: a page sends the fields nobody has touched, too."""
    if isinstance(values, dict):
        return {k: filled(v) for k, v in values.items() if v not in (None, "", [], False)}
    return [filled(one) for one in values] if isinstance(values, list) else values


# ---- there and back -------------------------------------------------------------------------


@pytest.mark.parametrize("key", FORMS)
@pytest.mark.parametrize("chance", range(4))
def test_a_shipped_form_comes_back_as_it_was_filled_in(key, chance):
    values = CATALOGUE.example(FORMS[key], variables={}, given={}, chance=random.Random(chance))
    back = returned(FORMS[key], values=values)
    assert filled(CATALOGUE.validate(FORMS[key], back, variables={})) == filled(values)


@given(drawn=st.lists(st.tuples(components, hides), max_size=6), chance=st.integers(0, 2**32))
def test_any_form_comes_back_as_it_was_filled_in(drawn, chance):
    named = [
        {**one, "key": f"f{position}", "conditional": {"hide": hide if position else ""}}
        for position, (one, hide) in enumerate(drawn)
    ]
    definition = form(*named)
    values = CATALOGUE.example(definition, variables={}, given={}, chance=random.Random(chance))
    back = returned(definition, values=values)
    assert filled(CATALOGUE.validate(definition, back, variables={})) == filled(values)
    # Looking at it once more changes nothing either.
    assert returned(definition, values=back) == back


#: Without control characters, which the test cannot read back from a page.
plain = st.characters(exclude_categories=("Cc", "Cs", "Cn", "Co"))
scalars = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**53), 2**53), st.text(plain, max_size=8),
    st.sampled_from(["=1", "=x", "2026-02-30", "12,5", "a\nb", " x "]),
)  # fmt: skip
KINDS = ("textfield", "textarea", "number", "datetime", "checkbox", "expression")


@given(st.lists(st.tuples(st.sampled_from(KINDS), scalars), max_size=5))
def test_whatever_the_variables_are_a_form_is_drawn_and_read(fields):
    definition = form(*(field(kind, f"f{n}") for n, (kind, _) in enumerate(fields)))
    variables = {f"f{n}": value for n, (_, value) in enumerate(fields)}
    back = returned(definition, variables=variables)
    assert set(back) == {f"f{n}" for n, (kind, _) in enumerate(fields) if kind != "expression"}


json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(2**60), 2**60), st.text(max_size=9)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=4,
)


@given(json_values)
def test_tokens_stand_for_their_values(value):
    assert value_of(token(value)) == (None if value == "" else value)


@given(st.text(max_size=20))
def test_any_text_is_some_value(text):
    value_of(text)


# ---- field by field -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("component", "sent", "value"),
    [
        (field("textfield", "a"), " x ", " x "),
        (field("textfield", "a"), "", None),
        (field("textarea", "a"), "x\r\ny", "x\r\ny"),
        (field("number", "a"), "12", 12),
        (field("number", "a"), " -1.50 ", -1.5),
        (field("number", "a"), "１２．５", 12.5),
        (field("number", "a"), ".5", 0.5),
        (field("number", "a"), "12a", "12a"),
        (field("number", "a"), "1e5", "1e5"),
        (field("number", "a"), "nan", "nan"),
        (field("number", "a"), "", None),
        (field("number", "a", serializeToString=True), "1.10", "1.10"),
        (field("datetime", "a"), "2026-01-31", "2026-01-31"),
        (field("datetime", "a", subtype="datetime"), "2026-01-31 08:30", "2026-01-31T08:30"),
        (field("datetime", "a"), "", None),
        (field("checkbox", "a"), [""], False),
        (field("checkbox", "a"), ["", "true"], True),
        (field("checkbox", "a"), ["", "maybe"], "maybe"),
        (field("select", "a", values=options("x")), "x", "x"),
        (field("select", "a", values=options("x")), "", None),
        (field("radio", "a", values=options(1)), ["", "=1"], 1),
        (field("checklist", "a", values=options("x", 2)), ["", "x", "=2"], ["x", 2]),
        (field("taglist", "a", values=options("x")), [""], []),
        (field("filepicker", "a"), ["", "=7"], [7]),
    ],
)
def test_one_field(component, sent, value):
    assert posted(form(component), a=sent) == {"a": value}


def test_what_was_not_sent_is_not_touched():
    assert posted(form(field("checkbox", "a"), field("textfield", "b")), b="x") == {"b": "x"}


def test_the_fields_of_the_page_are_none_of_the_form():
    assert posted(form(field("textfield", "a")), a="x", _once="k", _version="3") == {"a": "x"}


def test_names_the_form_does_not_have_are_left_to_the_check():
    definition = form(field("textfield", "a"))
    values = posted(definition, **{"a.b": "x", "zz": "y"})
    assert values == {"a.b": "x", "zz": "y"}
    with pytest.raises(FormInvalidError) as caught:
        CATALOGUE.validate(definition, values, variables={})
    assert set(caught.value.problems) == {"a.b", "zz"}


# ---- rows -----------------------------------------------------------------------------------

LIST = {"type": "dynamiclist", "path": "g.items", "label": "设备", "components": [
    field("textfield", "model", defaultValue="PTN"), field("number", "count"),
    field("textfield", "why", conditional={"hide": "= this.count < 5"}),
]}  # fmt: skip
ROWS = form(LIST)
TWO = {"g": {"items": [{"model": "m", "count": 7, "why": "w"}, {"model": "n", "count": 1}]}}


def test_rows_come_back():
    back = returned(ROWS, variables=TWO)
    assert back == TWO


def test_a_row_is_added_with_its_defaults():
    back = returned(ROWS, variables=TWO, change=lambda sent: sent.update(_add=["g.items"]))
    assert back["g"]["items"][2] == {"model": "PTN", "count": None, "why": ""}


def test_a_row_is_taken_out():
    back = returned(ROWS, variables=TWO, change=lambda sent: sent.update(_remove=["g.items.0"]))
    assert back["g"]["items"] == [{"model": "n", "count": 1}]
    assert returned(ROWS, values=back, variables=TWO) == back


def test_the_last_row_can_be_taken_out():
    back = returned(ROWS, values={"g": {"items": [{}]}},
                    change=lambda sent: sent.update(_remove=["g.items.0"]))  # fmt: skip
    assert back == {"g": {"items": []}}


@pytest.mark.parametrize(
    "odd",
    [
        {"_add": ["nope"]}, {"_add": ["g"]}, {"_add": [""]}, {"_add": ["g.items.0.model"]},
        {"_remove": ["g.items.9"]}, {"_remove": ["g.items.-1"]}, {"_remove": ["g.items"]},
        {"_remove": [""]}, {"_remove": ["g.items.x"]}, {"_guarded": ["g.items.7.why", "x.y", ""]},
        {"g.items.5.model": ["x"]},
    ],
)  # fmt: skip
def test_odd_buttons_do_nothing(odd):
    back = returned(ROWS, variables=TWO, change=lambda sent: sent.update(odd))
    assert back["g"]["items"] == TWO["g"]["items"]


@pytest.mark.parametrize("count", ["-1", "x", "", "999999999999", "1e3"])
def test_no_number_of_rows_is_too_odd(count):
    values = posted(ROWS, **{"g.items": count})
    assert len(values["g"]["items"]) in (0, 501)


# ---- what changed since it was drawn --------------------------------------------------------

DEPENDENT = form(
    field("radio", "result", values=options("done", "blocked")),
    field("textfield", "reason", conditional={"hide": '= result = "done"'}),
    field("textfield", "hint", readonly='= result = "done"', defaultValue="d"),
    field("textfield", "after", conditional={"hide": '= reason = ""'}),
)


def test_what_other_answers_have_hidden_since_is_dropped():
    def change(sent):
        sent["result"] = ["", "done"]

    values = {"result": "blocked", "reason": "r", "hint": "h", "after": "a"}
    assert returned(DEPENDENT, values=values) == values
    assert returned(DEPENDENT, values=values, change=change) == {"result": "done"}


def test_what_was_never_drawn_is_refused():
    def change(sent):
        sent["reason"] = ["smuggled"]

    values = returned(DEPENDENT, values={"result": "done"}, change=change)
    assert values["reason"] == "smuggled"
    with pytest.raises(FormInvalidError) as caught:
        CATALOGUE.validate(DEPENDENT, values, variables={})
    assert [one.code for one in caught.value.problems["reason"]] == ["field_hidden"]


# ---- records --------------------------------------------------------------------------------

CUSTOMER = form(field("select", "a", properties={"optionsFrom": "customers"}))
PEOPLE = form(field("taglist", "a", properties={"optionsFrom": "people"}))


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("C1", "C1"), ("名1 · C1", "C1"), ("名1", "C1"), ("", None), ("名", "名"), ("who", "who"),
        (" C2 ", "C2"), ("名1 · C77", "名1 · C77"),
    ],
)  # fmt: skip
def test_a_record_is_picked_numbered_or_named(typed, value):
    assert posted(CUSTOMER, FewRecords(), a=typed) == {"a": value}


def test_several_records():
    sent = ["", "p1", "p2", "名2 · p2", "名0"]
    assert posted(PEOPLE, FewRecords(), a=sent) == {"a": ["p1", "p2", "p0"]}


@pytest.mark.parametrize(
    ("value", "codes"), [("C1", None), ("C9", "option_unknown"), (7, "option_unknown")]
)
def test_only_records_one_may_see_are_accepted(value, codes):
    try:
        CATALOGUE.validate(CUSTOMER, {"a": value}, variables={}, records=FewRecords())
        found = None
    except FormInvalidError as error:
        found = error.problems["a"][0].code
    assert found == codes
