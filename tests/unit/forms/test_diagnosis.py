"""What deployment is told about a form, all of it at once."""

import json

import pytest

from tests.unit.forms.builders import CATALOGUE, clean, field, form, options


def found(definition):
    return [(f.severity, f.code, f.element_id) for f in CATALOGUE.check(definition, "x.json")]


def test_a_good_form_has_no_findings():
    definition = form(
        {"type": "text", "text": "hello"},
        field("textfield", "a", validate={"pattern": "^[a-z]+$", "minLength": 1, "maxLength": 9}),
        field("select", "b", values=options("x", "y"), defaultValue="x"),
        field("checklist", "c", values=options("x", "y"), defaultValue=["x", "y"]),
        {"type": "group", "path": "g", "components": [field("number", "n", defaultValue=2)]},
        field("datetime", "d", label="", dateLabel="日期"),
    )
    assert found(definition) == []


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xfe",
        b'{"type": "default"}',
        b'{"type": "other", "components": []}',
        b'{"type": "default", "components": [{"key": "a"}]}',
        b'{"type": "default", "components": [{"type": "textfield", "key": 5}]}',
        b"[" * 100_000,
        b'{"type": "default", "components": [' + b'{"type":"group","components":[' * 5_000,
        b" " * 300_000,
        form(*(field("textfield", f"f{n}") for n in range(501))),
    ],
)
def test_what_cannot_be_read_is_one_finding(broken):
    (finding,) = CATALOGUE.check(broken, "x.json")
    assert (finding.severity, finding.code, finding.file) == ("refused", "form-broken", "x.json")
    assert finding.message
    assert finding.message_zh


def test_too_deep_is_refused():
    component = field("textfield", "a")
    for level in range(6):
        component = {"type": "group", "path": f"p{level}", "components": [component]}
    assert found(form(component)) == [("refused", "form-broken", None)]


@pytest.mark.parametrize(
    ("component", "reason"),
    [
        ({"type": "iframe", "url": "https://example.com"}, "unknown"),
        (field("textfield", ""), "not a key"),
        (field("textfield", "1st"), "not a key"),
        (field("textfield", "_hidden"), "not a key"),
        (field("textfield", "a..b"), "not a path"),
        (field("textfield", "a", validate={"pattern": "("}), "missing"),
        (field("textfield", "a", validate={"pattern": "(?=a)"}), "pattern"),
        (field("textfield", "a", validate={"pattern": "a" * 501}), "longer"),
        (field("textfield", "a", conditional={"hide": "= a ="}), "expression"),
        (field("textfield", "a", readonly="= ("), "expression"),
        (field("number", "a", validate={"max": "= b +"}), "expression"),
        (field("number", "a", validate={"max": "ten"}), "not a number"),
        (field("number", "a", increment="1e999"), "not a number"),
        ({"type": "expression", "key": "a", "expression": "= foo(1)"}, "known function"),
        ({"type": "text", "conditional": {"hide": "= ("}}, "expression"),
        ({"type": "dynamiclist", "path": "", "components": []}, "not a key"),
    ],
)
def test_a_component_that_cannot_work_is_refused(component, reason):
    findings = CATALOGUE.check(form(component), "x.json")
    assert ("refused", "form-component-invalid") in [(f.severity, f.code) for f in findings]
    assert any(reason in f.message for f in findings)


def test_keys_may_be_used_once():
    twice = form(
        field("textfield", "a"),
        {"type": "group", "components": [field("number", "a")]},
        field("textfield", "b"),
        field("textfield", "b.c"),
        field("textfield", "g.x"),
        {"type": "group", "path": "g", "components": [field("textfield", "x")]},
    )
    assert found(twice) == [
        ("refused", "form-component-invalid", key) for key in ("a", "b.c", "x")
    ]


def test_any_word_is_a_usable_key():
    words = ["Meta", "fields", "load", "context", "opts", "客户", "class"]
    definition = form(*(field("textfield", word) for word in words))
    assert found(definition) == []
    assert clean(definition, dict.fromkeys(words, "x")) == dict.fromkeys(words, "x")


@pytest.mark.parametrize(
    "component",
    [
        field("number", "a", defaultValue="ten"),
        field("datetime", "a", defaultValue="2026-02-30"),
        field("select", "a", values=options("x"), defaultValue="y"),
        field("taglist", "a", values=options("x"), defaultValue=["y"]),
        field("checkbox", "a", defaultValue="yes"),
    ],
)
def test_defaults_must_fit(component):
    assert found(form(component)) == [("refused", "form-default-invalid", "a")]


@pytest.mark.parametrize(
    "component",
    [
        field("select", "a"),
        field("select", "a", values=options("x"), valuesKey="xs"),
        field("radio", "a", values=options("x", "x")),
    ],
)
def test_options_must_be_clear(component):
    assert found(form(component)) == [("refused", "form-options-invalid", "a")]


def test_bounds_must_leave_a_choice():
    assert found(form(field("number", "a", validate={"min": 5, "max": 4}))) == [
        ("refused", "form-bounds-contradict", "a")
    ]


def test_missing_languages_are_warned_about():
    bare = {"type": "radio", "key": "a", "label": "甲", "values": [{"label": "乙", "value": 1}]}
    assert found(form(bare)) == [
        ("warning", "form-label-missing", "a"),
        ("warning", "form-option-label-missing", "a"),
    ]
    assert found(form(field("textfield", "a", label=""))) == [
        ("warning", "form-label-missing", "a")
    ]


@pytest.mark.parametrize(
    ("version", "remark"),
    [
        (None, ("refused", "form-schema-version")),
        (15, ("refused", "form-schema-version")),
        (16, None),
        (20, ("warning", "form-schema-newer")),
    ],
)
def test_versions(version, remark):
    definition = json.dumps(
        {"type": "default", "components": []}
        | ({} if version is None else {"schemaVersion": version})
    ).encode()
    expected = [] if remark is None else [(*remark, None)]
    assert found(definition) == expected
