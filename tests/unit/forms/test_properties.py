"""Random forms and values: nothing crashes, what is clean stays clean."""

import json

from hypothesis import given
from hypothesis import strategies as st

from engine.domain.forms import FormBrokenError, FormInvalidError
from tests.unit.forms.builders import CATALOGUE, clean, form, options

KEYS = st.sampled_from(["a", "b", "c", "d.e", "d.f", "Meta", "客户", "g"])
CONDITIONS = st.sampled_from(
    ["", '= a = "x"', "= not(b)", "= count(c) > 1", "= this.a = 1", "= d.e != null", "= i = [1]"]
)
BOUNDS = st.none() | st.integers(-5, 5) | st.sampled_from(["= a", "= count(c)", "= 1 / 0"])
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["x", "y", "2026-02-28", "2026-02-30", "08:30", "2026-10-25T02:30Z"])
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=8,
)


NAMES = ("a", "b", "c", "d", "Meta", "客户")
PLAUSIBLE = {
    "textfield": st.sampled_from(["x", "y", " xyz "]) | st.text(max_size=8),
    "textarea": st.text(max_size=8),
    "number": st.integers(-6, 6) | st.sampled_from([0.1, 2.5, "3", "0.25"]),
    "checkbox": st.booleans(),
    "datetime": st.sampled_from(
        [
            "2026-11-20",
            "2026-11-22",
            "08:30",
            "08:30:15.5Z",
            "2026-10-25T02:30",
            "1900-01-01T00:00",
        ]
    ),
    "select": st.sampled_from(["x", "y", 1]),
    "radio": st.sampled_from(["x", "y", 1]),
    "checklist": st.lists(st.sampled_from(["x", "y", 1]), max_size=3),
    "taglist": st.lists(st.sampled_from(["x", "y", 1]), max_size=3),
    "filepicker": st.lists(st.integers(0, 9), max_size=2),
    "expression": st.none(),
}


@st.composite
def leaf(draw, key):
    """A component and a value somebody might post for it."""
    kind = draw(st.sampled_from(sorted(PLAUSIBLE)))
    rules = {"required": draw(st.booleans())}
    for rule in ("min", "max", "minLength", "maxLength"):
        bound = draw(st.none() | BOUNDS)
        if bound is not None:
            rules[rule] = bound
    component = {
        "type": kind,
        "key": key,
        "conditional": {"hide": draw(st.just("") | CONDITIONS)},
        "validate": rules,
        "readonly": draw(st.sampled_from([False, False, False, True, '= a = "y"'])),
    }
    match kind:
        case "number":
            component["serializeToString"] = draw(st.booleans())
            component["decimalDigits"] = draw(st.none() | st.integers(-2, 30))
            component["increment"] = draw(st.none() | st.sampled_from([0, 0.1, "0.25", "1e-90"]))
        case "datetime":
            component["subtype"] = draw(st.sampled_from(["date", "time", "datetime"]))
            component["disallowPassedDates"] = draw(st.booleans())
            component["timeSerializingFormat"] = draw(
                st.sampled_from(["", "utc_offset", "utc_normalized", "no_timezone"])
            )
        case "select" | "radio" | "checklist" | "taglist":
            source = draw(st.sampled_from(["values", "values", "valuesKey", "valuesExpression"]))
            component[source] = {"values": options("x", "y", 1), "valuesKey": "c"}.get(
                source, '= ["x", "y", a]'
            )
        case "expression":
            component["expression"] = draw(st.sampled_from(["= a", "= c", "= sum(c) + b"]))
    if draw(st.booleans()):
        component["defaultValue"] = draw((PLAUSIBLE[kind] | SCALARS).filter(storable))
    return component, draw(PLAUSIBLE[kind] if draw(st.integers(0, 5)) else JSON)


@st.composite
def forms(draw, depth=2):
    """Components with different keys, and values shaped like them: now and then neither."""
    components, values = [], {}
    for name in draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=4)):
        kind = draw(st.sampled_from(["leaf", "leaf", "group", "dynamiclist"])) if depth else "leaf"
        if kind == "leaf":
            component, value = draw(leaf(name))
        else:
            inner, value = draw(forms(depth=depth - 1))
            component = {"type": kind, "path": name, "components": inner}
            if kind == "dynamiclist":
                value = [value] * draw(st.integers(0, 2))
        components.append(component)
        if draw(st.integers(0, 3)):
            values[name] = value
    chaos = draw(st.integers(0, 30))
    if chaos == 0 and components:
        components.append(draw(st.sampled_from(components)))
    if chaos == 1:
        values[draw(KEYS)] = draw(JSON)
    return components, values


def storable(value):
    try:
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except (UnicodeEncodeError, ValueError):
        return False
    return True


@given(
    forms(),
    st.just({}) | st.dictionaries(st.sampled_from(NAMES), JSON.filter(storable)),
    st.booleans(),
)
def test_nothing_crashes_and_what_is_clean_stays_clean(made, variables, draft):
    components, values = made
    definition = form(*components)
    CATALOGUE.check(definition, "random")
    try:
        cleaned = clean(definition, values, variables=variables, draft=draft)
    except FormInvalidError as error:
        assert error.problems
        assert storable(error.params)
        return
    except FormBrokenError:
        assert any(f.severity == "refused" for f in CATALOGUE.check(definition, "random"))
        return
    assert storable(cleaned)
    if not variables:
        assert clean(definition, cleaned, variables=cleaned, draft=True) == cleaned


@given(st.binary(max_size=200) | JSON.map(json.dumps).map(str.encode))
def test_any_file_can_be_checked(content):
    for finding in CATALOGUE.check(content, "any"):
        assert finding.severity in {"refused", "warning"}


VALID = {
    "textfield": st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1),
    "number": st.integers(-(10**9), 10**9) | st.floats(-1e9, 1e9),
    "checkbox": st.just(True),
    "datetime": st.dates().filter(lambda d: 1900 <= d.year < 2200).map(str),
    "select": st.sampled_from(["x", "y", 1]),
    "checklist": st.lists(st.sampled_from(["x", "y", 1]), unique=True, min_size=1),
    "filepicker": st.lists(st.integers(1, 2**40), unique=True, min_size=1, max_size=9),
}


@given(st.data())
def test_valid_values_come_through_unchanged(data):
    kinds = data.draw(st.lists(st.sampled_from(sorted(VALID)), min_size=1, max_size=6))
    definition = form(
        *(
            {
                "type": kind,
                "key": f"k{n}",
                "validate": {"required": True},
                "multiple": True,
                "values": options("x", "y", 1),
            }
            for n, kind in enumerate(kinds)
        )
    )
    values = {f"k{n}": data.draw(VALID[kind]) for n, kind in enumerate(kinds)}
    assert clean(definition, values) == values
