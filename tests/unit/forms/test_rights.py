"""What a step may do with the fields of its form: drawn, checked and kept back."""

import json

import pytest

from engine.domain.forms import (
    FormInvalidError,
    Right,
    RightsError,
    read_rights,
    without_hidden,
)
from tests.support.sheets import drawn, returned
from tests.unit.forms.builders import CATALOGUE, field, form

FORM = form(
    field("textfield", "note"),
    field("number", "price", readonly=True),
    field("textfield", "code", validate={"required": True}),
    {"type": "group", "path": "contact", "label": "联系人", "components": [
        field("textfield", "phone"), field("textfield", "name", defaultValue="张"),
    ]},
    {"type": "dynamiclist", "path": "items", "components": [
        field("textfield", "model"), field("number", "cost"),
    ]},
)  # fmt: skip
VARIABLES = {
    "note": "old", "price": 5, "code": "C1", "contact": {"phone": "1", "name": "李", "fax": "9"},
    "items": [{"model": "m", "cost": 7}, {"model": "n", "cost": 8}],
}  # fmt: skip


def check(rights, values):
    return CATALOGUE.validate(FORM, values, variables=VARIABLES, rights=read_rights(rights))


def codes(rights, values):
    try:
        check(rights, values)
    except FormInvalidError as error:
        return {path: [one.code for one in found] for path, found in error.problems.items()}
    return {}


@pytest.mark.parametrize(
    ("rights", "values", "refused"),
    [
        ("", {"code": "C", "price": 6}, {"price": ["field_readonly"]}),
        ("price:edit", {"code": "C", "price": 6}, {}),
        ("price:required", {"code": "C"}, {"price": ["required"]}),
        ("note:hidden", {"code": "C", "note": "x"}, {"note": ["field_hidden"]}),
        ("note:hidden", {"code": "C", "note": None}, {}),
        ("note:read", {"code": "C", "note": "x"}, {"note": ["field_readonly"]}),
        ("note:read", {"code": "C", "note": "old"}, {}),
        ("code:hidden", {}, {}),
        ("code:read", {}, {}),
        ("note:required", {"code": "C", "note": " "}, {"note": ["required"]}),
        ("contact:hidden", {"code": "C", "contact": {"phone": "2"}},
         {"contact.phone": ["field_hidden"]}),
        ("contact:read contact.phone:edit", {"code": "C", "contact": {"phone": "2"}}, {}),
        ("contact:read contact.phone:edit", {"code": "C", "contact": {"name": "王"}},
         {"contact.name": ["field_readonly"]}),
        ("*:read code:edit", {"code": "C", "note": "x", "contact": {"name": "王"}},
         {"note": ["field_readonly"], "contact.name": ["field_readonly"]}),
        ("*:read", {"items": [{"model": "m"}]}, {"items": ["field_readonly"]}),
        ("*:read", {"items": [{"model": "m"}, {"model": "n", "cost": 8}]}, {}),
        ("items.cost:read", {"code": "C", "items": [{"model": "k", "cost": 1}, {}]},
         {"items.0.cost": ["field_readonly"]}),
        ("items.cost:hidden", {"code": "C", "items": [{"model": "k"}]}, {"items": ["rows_fixed"]}),
        ("items:required", {"code": "C"}, {"items": ["required"]}),
    ],
)  # fmt: skip
def test_what_may_be_posted(rights, values, refused):
    assert codes(rights, values) == refused


def test_what_is_hidden_in_a_list_stays():
    posted = {"code": "C", "items": [{"model": "k"}, {"model": "n"}, {"model": "new"}]}
    assert check("items.cost:hidden", posted)["items"] == [
        {"model": "k", "cost": 7}, {"model": "n", "cost": 8}, {"model": "new"},
    ]  # fmt: skip


def test_a_list_that_is_only_shown_is_not_written():
    assert "items" not in check("items:read", {"code": "C", "items": VARIABLES["items"]})


def labels(rights):
    sheet = drawn(FORM, rights=read_rights(rights), variables=VARIABLES)
    found = {}

    def look(items):
        for item in items:
            if item.path and item.kind != "rows":
                found[item.path] = (item.is_fixed, item.is_required)
            look(item.items)
            for row in item.rows:
                look(row.items)

    look(sheet.items)
    return found


def test_what_is_drawn():
    assert labels("note:hidden price:edit code:read contact:hidden items.cost:hidden") == {
        "price": (False, False),
        "code": (True, False),
        "items.0.model": (False, False),
        "items.1.model": (False, False),
    }
    assert labels("note:required items:read")["note"] == (False, True)
    assert labels("items:read")["items.0.cost"] == (True, False)


def test_a_page_with_rights_comes_back_as_it_was_shown():
    rights = read_rights("note:read contact.phone:hidden price:edit")
    values = returned(FORM, rights=rights, variables=VARIABLES)
    assert values == {
        "price": 5, "code": "C1", "contact": {"name": "李"}, "items": VARIABLES["items"],
    }  # fmt: skip


def test_programs_get_a_form_that_says_the_same():
    adapted = CATALOGUE.adapted(FORM, read_rights("note:hidden price:edit contact:read"))
    note, price, _, contact, _ = adapted["components"]
    assert note["conditional"] == {"hide": "=true"}
    assert price["readonly"] is False
    assert [one["readonly"] for one in contact["components"]] == [True, True]
    assert CATALOGUE.adapted(FORM, {}) == json.loads(FORM)


def test_variables_of_hidden_fields_are_kept_back():
    hidden = read_rights(
        "contact.phone:hidden items.cost:hidden note:hidden price:read gone:hidden"
    )
    before = json.dumps(VARIABLES)
    assert without_hidden(VARIABLES, hidden) == {
        "price": 5, "code": "C1", "contact": {"name": "李", "fax": "9"},
        "items": [{"model": "m"}, {"model": "n"}],
    }  # fmt: skip
    assert json.dumps(VARIABLES) == before


@pytest.mark.parametrize(
    "text", ["note", ":read", "note:", "note:see", "a:read a:edit", "*:hidden", "*:required"]
)
def test_rights_are_written_so_or_refused(text):
    with pytest.raises(RightsError):
        read_rights(text)


def test_rights_are_read():
    assert read_rights(" a:read\n*:edit  b.c:hidden ") == {
        "a": Right.READ, "*": Right.EDIT, "b.c": Right.HIDDEN,
    }  # fmt: skip
