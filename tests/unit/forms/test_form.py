"""What a form as a whole accepts: presence, conditions, containers, unknown keys, limits."""

import pytest

from engine.domain.forms import FormBrokenError, FormInvalidError
from tests.unit.forms.builders import clean, field, form, options, problems

NAME = form(field("textfield", "name", validate={"required": True, "minLength": 3}))
SURVEY = form(
    field("radio", "feasible", values=options("yes", "no"), validate={"required": True}),
    field(
        "textarea",
        "reason",
        conditional={"hide": '= feasible != "no"'},
        validate={"required": True},
    ),
)
ITEMS = form(
    {
        "type": "dynamiclist",
        "path": "items",
        "components": [
            field("textfield", "model", validate={"required": True}),
            field("number", "quantity", validate={"min": 1, "required": True}),
            field("textfield", "why", conditional={"hide": "= this.quantity < 10"}),
        ],
    }
)


@pytest.mark.parametrize("values", [{}, {"name": None}, {"name": ""}, {"name": "  "}])
def test_required_means_something_must_be_there(values):
    assert problems(NAME, values) == {"name": ["required"]}


def test_required_box_must_be_ticked():
    definition = form(field("checkbox", "agreed", validate={"required": True}))
    assert problems(definition, {"agreed": False}) == {"agreed": ["required"]}
    assert clean(definition, {"agreed": True}) == {"agreed": True}


def test_required_is_not_satisfied_by_an_old_variable():
    assert problems(NAME, {}, variables={"name": "from the last round"}) == {"name": ["required"]}


def test_a_draft_may_be_unfinished_but_not_wrong():
    assert clean(NAME, {}, draft=True) == {}
    assert clean(NAME, {"name": "a"}, draft=True) == {"name": "a"}
    assert problems(NAME, {"name": 1}, draft=True) == {"name": ["text_expected"]}


def test_fields_not_posted_are_not_touched():
    definition = form(field("textfield", "a"), field("textfield", "b"))
    assert clean(definition, {"a": "1"}, variables={"b": "2"}) == {"a": "1"}


def test_posted_empty_empties_the_variable():
    definition = form(field("textfield", "a"))
    assert clean(definition, {"a": ""}, variables={"a": "old"}) == {"a": None}


def test_default_stands_for_a_field_nobody_touched():
    definition = form(
        field("textfield", "a", defaultValue=" standard ", validate={"required": True})
    )
    assert clean(definition, {}) == {"a": "standard"}
    assert clean(definition, {}, draft=True) == {}
    assert problems(definition, {}, variables={"a": "set before"}) == {"a": ["required"]}


def test_unknown_keys_are_refused_with_the_nearest_name():
    with pytest.raises(FormInvalidError) as refused:
        clean(NAME, {"nmae": "x", "name": "abc", "zzzzzz": 1})
    (near,) = refused.value.problems["nmae"]
    assert near.code == "field_unknown"
    assert "name" in near.en
    assert "name" in near.zh
    assert [p.code for p in refused.value.problems["zzzzzz"]] == ["field_unknown"]


def test_a_hidden_field_is_neither_required_nor_accepted():
    assert clean(SURVEY, {"feasible": "yes"}) == {"feasible": "yes"}
    assert clean(SURVEY, {"feasible": "yes", "reason": ""}) == {"feasible": "yes"}
    assert problems(SURVEY, {"feasible": "yes", "reason": "x"}) == {"reason": ["field_hidden"]}
    assert problems(SURVEY, {"feasible": "no"}) == {"reason": ["required"]}


def test_a_hidden_number_may_not_even_be_zero():
    definition = form(field("number", "n", conditional={"hide": "= true"}))
    assert problems(definition, {"n": 0}) == {"n": ["field_hidden"]}


def test_conditions_see_variables_and_defaults():
    definition = form(
        field("checkbox", "box", defaultValue=True),
        field("textfield", "a", conditional={"hide": "= box"}),
        field("textfield", "b", conditional={"hide": '= customer.class = "A"'}),
    )
    variables = {"customer": {"class": "A"}}
    assert problems(definition, {"a": "x", "b": "x"}, variables=variables) == {
        "a": ["field_hidden"],
        "b": ["field_hidden"],
    }
    assert clean(definition, {"box": False, "a": "x", "b": "x"})["a"] == "x"


def test_a_hidden_group_hides_its_fields():
    definition = form(
        {
            "type": "group",
            "conditional": {"hide": "= plain"},
            "components": [field("textfield", "a", validate={"required": True})],
        }
    )
    assert clean(definition, {}, variables={"plain": True}) == {}
    assert problems(definition, {"a": "x"}, variables={"plain": True}) == {"a": ["field_hidden"]}
    assert problems(definition, {}, variables={"plain": False}) == {"a": ["required"]}
    # Null passes a unary test, so what nobody knows hides as well.
    assert problems(definition, {}) == {}


@pytest.mark.parametrize(
    "fixing", [{"disabled": True}, {"readonly": True}, {"readonly": "= n > 1"}]
)
def test_fixed_fields_take_only_the_value_they_show(fixing):
    definition = form(
        field("datetime", "at", subtype="datetime", validate={"required": True}, **fixing)
    )
    variables = {"at": "2026-11-21T00:30:00Z", "n": 2}
    assert clean(definition, {}, variables=variables) == {}
    assert clean(definition, {"at": "2026-11-21T08:30"}, variables=variables) == {}
    assert problems(definition, {"at": "2026-11-21T08:31"}, variables=variables) == {
        "at": ["field_readonly"]
    }
    assert problems(definition, {"at": None}, variables=variables) == {"at": ["field_readonly"]}


def test_options_from_variables():
    definition = form(field("select", "crew", valuesKey="crews"))
    crews = {"crews": [{"label": "一组", "value": "c1"}, "c2"]}
    assert clean(definition, {"crew": "c1"}, variables=crews) == {"crew": "c1"}
    assert clean(definition, {"crew": "c2"}, variables=crews) == {"crew": "c2"}
    assert problems(definition, {"crew": "c3"}, variables=crews) == {"crew": ["option_unknown"]}
    assert problems(definition, {"crew": "c1"}) == {"crew": ["options_missing"]}
    assert problems(definition, {"crew": "c1"}, variables={"crews": "c1"}) == {
        "crew": ["options_missing"]
    }


def test_options_from_an_expression():
    definition = form(
        field("select", "v", valuesExpression='= if major then ["l2", "l3"] else ["l1"]')
    )
    assert clean(definition, {"v": "l3"}, variables={"major": True}) == {"v": "l3"}
    assert problems(definition, {"v": "l3"}) == {"v": ["option_unknown"]}


def test_bounds_from_an_expression():
    definition = form(field("number", "paid", validate={"max": "= authority_limit"}))
    assert clean(definition, {"paid": 50}, variables={"authority_limit": 50}) == {"paid": 50}
    assert problems(definition, {"paid": 51}, variables={"authority_limit": 50}) == {
        "paid": ["too_large"]
    }
    assert clean(definition, {"paid": 51}) == {"paid": 51}


def test_groups_and_dotted_keys_make_objects_and_keep_what_they_do_not_show():
    definition = form(
        {"type": "group", "path": "site", "components": [field("textfield", "address")]},
        field("textfield", "site.contact.name"),
    )
    result = clean(
        definition,
        {"site": {"address": "五一路", "contact": {"name": "王"}}},
        variables={"site": {"grid": "G7", "contact": {"phone": "1"}}},
    )
    assert result == {
        "site": {"grid": "G7", "address": "五一路", "contact": {"phone": "1", "name": "王"}}
    }
    assert problems(definition, {"site": {"contact": "王"}}) == {
        "site.contact": ["object_expected"]
    }
    assert problems(definition, {"site": {"contact": {"nam": "王"}}}) == {
        "site.contact.nam": ["field_unknown"]
    }


def test_rows_are_checked_one_by_one():
    values = {
        "items": [
            {"model": "R1", "quantity": 2},
            "no row",
            {"model": "R2", "quantity": 0},
            {"quantity": "many", "colour": "red"},
            {"model": "R3", "quantity": 1, "why": "hidden here"},
            {"model": "R4", "quantity": 12, "why": "shown here"},
        ]
    }
    assert problems(ITEMS, values) == {
        "items.1": ["object_expected"],
        "items.2.quantity": ["too_small"],
        "items.3.quantity": ["number_expected"],
        "items.3.model": ["required"],
        "items.3.colour": ["field_unknown"],
        "items.4.why": ["field_hidden"],
    }


def test_rows_replace_the_list():
    assert clean(
        ITEMS, {"items": [{"model": "R1", "quantity": 2}]}, variables={"items": [{"model": "old"}]}
    ) == {"items": [{"model": "R1", "quantity": 2}]}
    assert clean(ITEMS, {}) == {}
    assert clean(ITEMS, {"items": []}) == {"items": []}
    assert problems(ITEMS, {"items": {"0": {}}}) == {"items": ["list_expected"]}


def test_rows_may_be_required_or_fixed_in_number():
    rows = {"type": "dynamiclist", "path": "r", "components": [field("textfield", "a")]}
    required = form({**rows, "validate": {"required": True}})
    assert problems(required, {}) == {"r": ["required"]}
    assert problems(required, {"r": []}) == {"r": ["required"]}
    fixed = form({**rows, "allowAddRemove": False})
    variables = {"r": [{"a": "1"}, {"a": "2"}]}
    assert problems(fixed, {"r": [{"a": "1"}]}, variables=variables) == {"r": ["rows_fixed"]}
    assert clean(fixed, {"r": [{"a": "x"}, {}]}, variables=variables) == {"r": [{"a": "x"}, {}]}


def test_conditions_in_rows_know_the_row_its_position_and_what_is_around():
    definition = form(
        field("checkbox", "strict"),
        {
            "type": "dynamiclist",
            "path": "outer",
            "components": [
                field("textfield", "kind"),
                {
                    "type": "dynamiclist",
                    "path": "inner",
                    "components": [
                        field(
                            "textfield",
                            "v",
                            conditional={
                                "hide": '= strict and parent.kind = "x" and i[1] = 1 and i[2] = 2'
                            },
                        )
                    ],
                },
            ],
        },
    )
    rows = [{"v": "1"}, {"v": "2"}]
    values = {
        "strict": True,
        "outer": [{"kind": "x", "inner": rows}, {"kind": "x", "inner": rows}],
    }
    assert problems(definition, values) == {"outer.0.inner.1.v": ["field_hidden"]}


def test_expressions_are_computed_and_not_believed():
    definition = form(
        field("number", "price"),
        field("number", "quantity"),
        {"type": "expression", "key": "net", "expression": "= price * quantity"},
        {"type": "expression", "key": "gross", "expression": "= net * 1.06"},
    )
    posted = {"price": 0.1, "quantity": 3}
    expected = {**posted, "net": 0.3, "gross": 0.318}
    assert clean(definition, posted) == expected
    assert clean(definition, expected) == expected
    assert problems(definition, {**posted, "gross": 0}) == {"gross": ["field_readonly"]}


def test_display_components_hold_no_value():
    definition = form(
        {"type": "text", "text": "# 说明"},
        {"type": "separator"},
        {"type": "table", "dataSource": "= rows"},
        field("textfield", "a"),
    )
    assert clean(definition, {"a": "x"}) == {"a": "x"}
    assert problems(definition, {"rows": []}) == {"rows": ["field_unknown"]}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"a": "x" * 10_001}, {"a": ["too_long"]}),
        ({"a": [0] * 501}, {"a": ["too_many_entries"]}),
        ({"a": [[[[[[[[[[]]]]]]]]]]}, {"a.0.0.0.0.0.0.0.0": ["too_deep"]}),
        ({"k" * 101: 1}, {"": ["field_unknown"]}),
        ({"\ud800": 1}, {"": ["field_unknown"]}),
        ({"a": [{"b": list(range(400))} for _ in range(200)]}, {"": ["too_many_entries"]}),
    ],
)
def test_values_have_limits_as_a_whole(values, expected):
    assert problems(form(field("textfield", "a")), values) == expected


def test_a_broken_form_is_a_refusal_of_its_own():
    with pytest.raises(FormBrokenError):
        clean(b"{", {})


def test_the_refusal_carries_both_languages_and_its_count():
    with pytest.raises(FormInvalidError) as refused:
        clean(NAME, {"x": 1})
    assert refused.value.code == "form_invalid"
    assert refused.value.params["count"] == 2
    assert refused.value.params["fields"]["name"] == [
        {"code": "required", "zh": "请填写此项。", "en": "This field is required."}
    ]
