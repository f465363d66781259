"""Forms with values, right and wrong, to be judged by form-js in a browser and by our own check.

A set of values is what the form holds after somebody has filled it in. Where the two judge
differently on purpose, the case says at which path and why.
"""

from __future__ import annotations

import json
import random
from typing import Any, Final

import msgspec

Json = dict[str, Any]


class Try(msgspec.Struct, frozen=True, kw_only=True):
    """Values somebody entered.

    Attributes:
        values: By path of the field.
        ours: Paths only we refuse, with the reason.
        theirs: Paths only form-js refuses, with the reason.
        shown: Paths only we show, for a reason given there.
    """

    values: Json
    ours: dict[str, str] = {}
    theirs: dict[str, str] = {}
    shown: tuple[str, ...] = ()


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """One form.

    Attributes:
        variables: Data it opens with.
        tries: Values to be judged, each in a fresh form.
    """

    name: str
    components: list[Json]
    tries: list[Try]
    variables: Json = {}


def one(kind: str, key: str = "a", **attributes: Any) -> Json:
    """A component; its id is its key."""
    where = "path" if kind in ("group", "dynamiclist") else "key"
    return {"type": kind, "id": f"id_{key}", where: key, "label": key, **attributes}


def options(*values: Any) -> list[Json]:
    """Static options."""
    return [{"label": f"L{value}", "value": value} for value in values]


def _case(
    name: str,
    component: Json,
    *values: Any,
    variables: Json | None = None,
    ours: dict[Any, str] | None = None,
    theirs: dict[Any, str] | None = None,
) -> Case:
    """A form with one field ``a`` and values for it."""
    tries = [
        Try(
            values={"a": value},
            ours={"a": (ours or {})[value]} if _key(value) in (ours or {}) else {},
            theirs={"a": (theirs or {})[value]} if _key(value) in (theirs or {}) else {},
        )
        for value in values
    ]
    return Case(name=name, components=[component], tries=tries, variables=variables or {})


def _key(value: Any) -> Any:
    return value if isinstance(value, str | int | float | bool) or value is None else ...


MUST: Final = {"required": True}
_PHONES = "people here write national numbers, form-js wants a country code"
_ADDRESS = "an address needs a domain with a dot, and no blank in it"
_STORED = "JSON readers keep numbers exactly only up to 2^53"

TEXTS = [
    _case("text", one("textfield"), "x", "", None),
    _case(
        "text required",
        one("textfield", validate=MUST),
        "x",
        "",
        None,
        " ",
        ours={" ": "blanks alone are nothing"},
    ),
    _case(
        "text min",
        one("textfield", validate={"minLength": 3}),
        "ab",
        "abc",
        "",
        "  ab  ",
        "电话号",
    ),
    _case("text max", one("textfield", validate={"maxLength": 3}), "abc", "abcd", "", " abc "),
    _case(
        "text min max",
        one("textfield", validate={"minLength": 2, "maxLength": 2, **MUST}),
        "a",
        "ab",
        "abc",
        "",
    ),
    _case(
        "text pattern",
        one("textfield", validate={"pattern": "^[A-Z]{2}\\d+$"}),
        "AB1",
        "ab1",
        "",
        "AB",
    ),
    _case("text pattern inside", one("textfield", validate={"pattern": "\\d"}), "a1b", "ab"),
    _case(
        "text pattern unicode",
        one("textfield", validate={"pattern": "^[\\u4e00-\\u9fff]+$"}),
        "中文",
        "en",
    ),
    _case(
        "text pattern and more",
        one("textfield", validate={"pattern": "a", "minLength": 3, **MUST}),
        "a",
        "bbb",
        "baa",
        None,
    ),
    _case(
        "text email",
        one("textfield", validate={"validationType": "email"}),
        "a@b.cn",
        "a@b",
        "a",
        "",
        "a b@c.cn",
        "li.qiang+x@mail.example.com",
        "a@b..cn",
        ours={"a@b": _ADDRESS},
    ),
    _case(
        "text phone",
        one("textfield", validate={"validationType": "phone"}),
        "+8613800138000",
        "13800138000",
        "0571-88000000",
        "abc",
        "",
        "+4930664040900",
        theirs={"13800138000": _PHONES, "0571-88000000": _PHONES},
    ),
    _case(
        "text feel length",
        one("textfield", validate={"maxLength": "=n", "minLength": "=n - 1"}),
        "abc",
        "ab",
        "a",
        "abcd",
        variables={"n": 3},
    ),
    _case("text feel length of nothing", one("textfield", validate={"maxLength": "=gone"}), "abc"),
    _case("text default", one("textfield", defaultValue="d", validate=MUST), "x", ""),
    _case(
        "area",
        one("textarea", validate={"minLength": 2, "maxLength": 5, **MUST}),
        "a",
        "a\nb",
        "abcdef",
        "",
        None,
    ),
    _case("area pattern ignored", one("textarea", validate={"maxLength": 3}), "a\n b", "ab"),
]

NUMBERS = [
    _case("number", one("number"), 1, 0, -1.5, None),
    _case("number required", one("number", validate=MUST), 1, 0, None),
    _case("number min", one("number", validate={"min": 3}), 2, 3, 3.5, 0, None),
    _case("number min zero", one("number", validate={"min": 0}), -1, 0, 1),
    _case("number max", one("number", validate={"max": 3}), 2, 3, 3.5),
    _case("number max zero", one("number", validate={"max": 0}), 1, 0, -1),
    _case(
        "number range",
        one("number", validate={"min": -2, "max": 2.5, **MUST}),
        -3,
        -2,
        2.5,
        2.6,
        None,
    ),
    _case("number whole", one("number", decimalDigits=0), 1, 1.5, 1.0, 0),
    _case("number digits", one("number", decimalDigits=2), 1.23, 1.234, 5, 0.1),
    _case("number step", one("number", increment=0.5), 1, 1.5, 1.2, 0, -0.5),
    _case("number step text", one("number", increment="7"), 7, 14, 15, -7),
    _case(
        "number step and digits", one("number", increment=0.05, decimalDigits=1), 0.1, 0.05, 0.3
    ),
    _case(
        "number feel",
        one("number", validate={"min": "=low", "max": "=low * 2"}),
        4,
        5,
        10,
        11,
        variables={"low": 5},
    ),
    _case("number feel of nothing", one("number", validate={"min": "=gone"}), -5, 5),
    _case(
        "number feel of text",
        one("number", validate={"max": "=word"}),
        5,
        variables={"word": "x"},
        theirs={5: "a bound that is no number binds nobody; a person could not put it right"},
    ),
    _case(
        "number text",
        one("number", serializeToString=True, validate={"min": 1}),
        "0.5",
        "1",
        "2.50",
    ),
    _case(
        "number text digits", one("number", serializeToString=True, decimalDigits=1), "0.55", "1.5"
    ),
    _case(
        "number text required", one("number", serializeToString=True, validate=MUST), "1", "", None
    ),
    _case("number large", one("number"), 2**53, 2**60, ours={2**60: _STORED}),
    _case("number default", one("number", defaultValue=4, validate={"min": 5}), 4, 5, None),
]

MOMENTS = [
    _case("date", one("datetime", subtype="date", dateLabel="d"), "2026-01-31", None),
    _case(
        "date required",
        one("datetime", subtype="date", dateLabel="d", validate=MUST),
        "2026-01-31",
        None,
    ),
    _case(
        "time required",
        one(
            "datetime",
            subtype="time",
            timeLabel="t",
            validate=MUST,
            timeSerializingFormat="no_timezone",
        ),
        "08:30",
        None,
    ),
    _case(
        "instant required",
        one(
            "datetime",
            subtype="datetime",
            dateLabel="d",
            validate=MUST,
            timeSerializingFormat="utc_normalized",
        ),
        "2026-01-31T08:30Z",
        None,
    ),
    _case(
        "instant with offset",
        one("datetime", subtype="datetime", dateLabel="d", timeSerializingFormat="utc_offset"),
        "2026-01-31T08:30+08:00",
        None,
    ),
    # The calendar of form-js takes no day before today, so there is nothing to judge.
    _case(
        "date in the past",
        one("datetime", subtype="date", dateLabel="d", disallowPassedDates=True),
        "2020-01-31",
        "2199-01-31",
    ),
]

CHOICES = [
    _case("box", one("checkbox"), True, False),
    _case("box required", one("checkbox", validate=MUST), True, False),
    _case("select", one("select", values=options("x", "y")), "x", None),
    _case("select required", one("select", values=options("x", "y"), validate=MUST), "y", None),
    _case("select numbers", one("select", values=options(1, 2), validate=MUST), 1, None),
    _case(
        "select default",
        one("select", values=options("x", "y"), defaultValue="y", validate=MUST),
        "x",
        None,
    ),
    _case(
        "radio required", one("radio", values=options("x", True), validate=MUST), "x", True, None
    ),
    _case(
        "radio from data",
        one("radio", valuesKey="xs", validate=MUST),
        "p",
        None,
        variables={"xs": ["p", {"label": "Q", "value": "q"}]},
    ),
    _case(
        "select from an expression",
        one("select", valuesExpression='= ["x", low]', validate=MUST),
        "x",
        5,
        None,
        variables={"low": 5},
    ),
    Case(
        name="checklist",
        components=[one("checklist", values=options("x", "y", "z"), validate=MUST)],
        tries=[Try(values={"a": value}) for value in (["x"], ["x", "z"], [], None)],
    ),
    Case(
        name="taglist",
        components=[one("taglist", values=options("x", "y"))],
        tries=[Try(values={"a": value}) for value in (["x"], [], ["y", "x"])],
    ),
    Case(
        name="taglist required",
        components=[one("taglist", values=options("x"), validate=MUST)],
        tries=[Try(values={"a": value}) for value in (["x"], [], None)],
    ),
]

_KINDS = "what is of another kind is not equal; form-js knows no answer and hides the field"
_FIXED = "what is only shown cannot be put right here, so it is no reason to refuse"
HIDES = [
    Case(
        name="hidden and required",
        components=[
            one("radio", "r", values=options("yes", "no")),
            one("textfield", "why", validate=MUST, conditional={"hide": '= r != "no"'}),
        ],
        tries=[
            Try(values={"r": "yes"}),
            Try(values={"r": "no"}),
            Try(values={}),
            Try(values={"r": "no", "why": "because"}),
        ],
    ),
    Case(
        name="hidden by two",
        components=[
            one("checkbox", "b"),
            one("number", "n"),
            one("textfield", "t", validate=MUST, conditional={"hide": "= b or n > 5"}),
            one("textfield", "u", validate=MUST, conditional={"hide": '= t = ""'}),
        ],
        tries=[
            Try(values={}),
            Try(values={"b": True}),
            Try(values={"n": 6}),
            Try(values={"n": 5}),
            Try(values={"t": "x"}),
            Try(values={"t": "x", "u": "y"}),
            Try(values={"b": True, "n": 7}),
        ],
    ),
    Case(
        name="hidden group",
        components=[
            one("select", "s", values=options("a", "b")),
            {
                "type": "group",
                "id": "g1",
                "path": "g",
                "label": "G",
                "conditional": {"hide": '= s = "a"'},
                "components": [one("textfield", "x", validate=MUST), one("number", "y")],
            },
        ],
        tries=[Try(values={"s": "a"}), Try(values={"s": "b"}), Try(values={"s": "b", "g.x": "v"})],
    ),
    Case(
        name="group without a path",
        components=[
            {
                "type": "group",
                "id": "g1",
                "label": "G",
                "conditional": {"hide": "= off"},
                "components": [one("textfield", "x", validate=MUST)],
            },
        ],
        variables={"off": False},
        tries=[Try(values={}), Try(values={"x": "v"})],
    ),
    Case(
        name="hidden by a variable",
        components=[
            one("textfield", "x", validate=MUST, conditional={"hide": '= customer.class = "A"'})
        ],
        variables={"customer": {"class": "A"}},
        tries=[Try(values={})],
    ),
    Case(
        name="different kinds",
        components=[
            one("textfield", "x", validate=MUST, conditional={"hide": '= n = "5"'}),
            one("textfield", "y", validate=MUST, conditional={"hide": "= n = 5"}),
        ],
        variables={"n": 5},
        tries=[Try(values={}, ours={"x": _KINDS}, shown=("x",))],
    ),
    Case(
        name="shown by a variable",
        components=[
            one("textfield", "x", validate=MUST, conditional={"hide": '= customer.class = "A"'})
        ],
        variables={"customer": {"class": "B"}},
        tries=[Try(values={}), Try(values={"x": "v"})],
    ),
    Case(
        name="hidden for what is not there",
        components=[one("textfield", "x", validate=MUST, conditional={"hide": "= gone.deep > 3"})],
        tries=[Try(values={})],
    ),
    Case(
        name="read-only",
        components=[one("textfield", "x", readonly=True, validate={"minLength": 3, **MUST})],
        variables={"x": "ok!"},
        tries=[Try(values={})],
    ),
    Case(
        name="read-only and wrong",
        components=[one("textfield", "x", readonly=True, validate={"minLength": 3})],
        variables={"x": "no"},
        tries=[Try(values={}, theirs={"x": _FIXED})],
    ),
    Case(
        name="read-only when",
        components=[
            one("checkbox", "b"),
            one("number", "n", readonly="= b", validate=MUST),
        ],
        tries=[
            Try(values={"n": 1}),
            Try(values={}),
            Try(values={"b": True}, theirs={"n": _FIXED}),
        ],
    ),
    Case(
        name="disabled and required",
        components=[one("textfield", "x", disabled=True, validate=MUST)],
        tries=[Try(values={})],
    ),
    Case(
        name="bounds by other fields",
        components=[one("number", "low"), one("number", "high", validate={"min": "=low"})],
        tries=[
            Try(values={"low": 1, "high": 2}),
            Try(values={"low": 3, "high": 2}),
            Try(values={"high": 2}),
        ],
    ),
    Case(
        name="computed",
        components=[
            one("number", "n"),
            one("expression", "double", expression="= n * 2", computeOn="change"),
            one("textfield", "t", validate=MUST, conditional={"hide": "= double > 10"}),
        ],
        tries=[Try(values={"n": 3}), Try(values={"n": 6}), Try(values={"n": 3, "t": "x"})],
    ),
    Case(
        name="two computed",
        components=[
            one("expression", "second", expression="= first + 1", computeOn="change"),
            one("number", "n"),
            one("expression", "first", expression="= n + 1", computeOn="change"),
        ],
        tries=[Try(values={"n": 3}), Try(values={})],
    ),
    Case(
        name="dotted keys",
        components=[
            one("textfield", "p.x", validate=MUST),
            one("number", "p.y", validate={"max": 5}, conditional={"hide": '= p.x = "off"'}),
        ],
        tries=[
            Try(values={}),
            Try(values={"p.x": "v", "p.y": 6}),
            Try(values={"p.x": "off"}),
        ],
    ),
]


def _list(**attributes: Any) -> Json:
    return {
        "type": "dynamiclist",
        "id": "l1",
        "path": "rows",
        "label": "Rows",
        "isRepeating": True,
        "allowAddRemove": True,
        "defaultRepetitions": 1,
        "components": [
            one("textfield", "m", validate=MUST),
            one("number", "n", validate={"min": 1}),
            one("textfield", "w", validate=MUST, conditional={"hide": "= this.n > 5"}),
        ],
        **attributes,
    }


LISTS = [
    Case(
        name="rows",
        components=[_list()],
        variables={"rows": [{"m": "a", "n": 6}, {"m": "b", "n": 2}]},
        tries=[
            Try(values={}),
            Try(values={"rows.0.m": "", "rows.1.w": "x"}),
            Try(values={"rows.0.n": 0, "rows.1.n": 7}),
            Try(values={"rows.1.n": None, "rows.1.w": "x"}),
        ],
    ),
    Case(
        name="default rows",
        components=[_list(defaultRepetitions=2)],
        tries=[Try(values={}), Try(values={"rows.0.m": "x", "rows.0.n": 6})],
    ),
    Case(
        name="rows see what is outside",
        components=[
            one("number", "limit"),
            {
                "type": "dynamiclist",
                "id": "l1",
                "path": "rows",
                "label": "R",
                "isRepeating": True,
                "defaultRepetitions": 1,
                "allowAddRemove": True,
                "components": [
                    one("number", "n", validate={"max": "=limit"}),
                    one(
                        "textfield", "w", validate=MUST, conditional={"hide": "= parent.limit > 5"}
                    ),
                    one("textfield", "z", validate=MUST, conditional={"hide": "= i[1] = 1"}),
                ],
            },
        ],
        variables={"rows": [{"n": 1}, {"n": 4}]},
        tries=[
            Try(values={"limit": 3}),
            Try(values={"limit": 6}),
            Try(values={"limit": 6, "rows.1.z": "x", "rows.0.n": 9}),
        ],
    ),
    Case(
        name="rows within a group",
        components=[
            {"type": "group", "id": "g1", "path": "g", "label": "G", "components": [_list()]},
        ],
        variables={"g": {"rows": [{"m": "a", "n": 9}]}},
        tries=[Try(values={}), Try(values={"g.rows.0.m": "", "g.rows.0.n": 0})],
    ),
    Case(
        name="hidden rows",
        components=[one("checkbox", "b"), _list(conditional={"hide": "= b"})],
        tries=[Try(values={"b": True}), Try(values={"b": False})],
    ),
]

HIDE_WORDS = [
    ("= a = null", {"a": None}),
    ("= a", {"a": True}),
    ("= a", {"a": "text"}),
    ("= a", {"a": 1}),
    ("= not(a)", {"a": False}),
    ("= a > 3 and b", {"a": 4, "b": True}),
    ("= a > 3 and b", {"a": 4, "b": None}),
    ("= list contains(a, 2)", {"a": [1, 2]}),
    ("= count(a) = 0", {"a": []}),
    ("= a in [1..5]", {"a": 5}),
    ("= a in [1..5)", {"a": 5}),
    ("= a between 1 and 3", {"a": 2}),
    ('= contains(a, "x")', {"a": "axb"}),
    ("= if a then b else false", {"a": True, "b": True}),
    ("= some x in a satisfies x > 3", {"a": [1, 4]}),
    ("= every x in a satisfies x > 3", {"a": [1, 4]}),
    ("= a.b.c = 1", {"a": {"b": {"c": 1}}}),
    ("= a[1] = 2", {"a": [2]}),
    ("= string length(a) > 2", {"a": "abc"}),
    ("= false", {}),
    ("= true", {}),
]
CONDITIONS = [
    Case(
        name=f"hide {text} {variables}",
        components=[one("textfield", "f", validate=MUST, conditional={"hide": text})],
        variables=variables,
        tries=[Try(values={})],
    )
    for text, variables in HIDE_WORDS
]


def _random_component(chance: random.Random, number: int) -> tuple[Json, list[Any]]:
    """A component and values to try in it."""
    key, must = f"f{number}", {"required": chance.random() < 0.5}
    low = chance.randint(-5, 5)
    made: list[tuple[Json, list[Any]]] = [
        (
            one("textfield", key, validate={**must, "minLength": 2, "maxLength": 4}),
            ["", "a", "abc", "abcde", None],
        ),
        (one("textarea", key, validate={**must, "maxLength": 3}), ["", "ab", "a\nbc"]),
        (
            one("number", key, validate={**must, "min": low, "max": low + 3}),
            [low - 1, low, low + 3, low + 4, None],
        ),
        (
            one("number", key, decimalDigits=1, increment=0.5, validate=must),
            [0, 0.5, 0.3, 1.25, None],
        ),
        (one("checkbox", key, validate=must), [True, False]),
        (one("select", key, values=options("x", "z"), validate=must), ["x", "z", None]),
        (one("radio", key, values=options("x", "y"), validate=must), ["x", None]),
        (one("checklist", key, values=options("x", "y"), validate=must), [["x"], [], ["y", "x"]]),
        (one("datetime", key, subtype="date", dateLabel=key, validate=must), ["2026-05-01", None]),
        (one("textfield", key, validate={**must, "pattern": "^[a-c]+$"}), ["abc", "xyz", ""]),
    ]
    return chance.choice(made)


def _random_case(seed: int) -> Case:
    """Several fields, some hidden by the ones before."""
    chance = random.Random(seed)
    made = [_random_component(chance, number) for number in range(chance.randint(2, 6))]
    components = []
    for number, (component, _) in enumerate(made):
        if number and chance.random() < 0.4:
            other, values = made[chance.randrange(number)]
            component["conditional"] = {"hide": _hide(other["key"], chance.choice(values))}
        components.append(component)
    tries = [
        Try(
            values={
                component["key"]: chance.choice(values)
                for component, values in made
                if chance.random() < 0.8
            }
        )
        for _ in range(4)
    ]
    return Case(name=f"random {seed}", components=components, tries=tries)


def _hide(key: str, value: Any) -> str:
    """A condition that compares values of one kind only, see the case of different kinds."""
    if isinstance(value, list):
        return f"= count({key}) = {len(value)}"
    return f"= {key} = {json.dumps(value)}"


RANDOM = [_random_case(seed) for seed in range(40)]

CASES: Final = [*TEXTS, *NUMBERS, *MOMENTS, *CHOICES, *HIDES, *LISTS, *CONDITIONS, *RANDOM]
