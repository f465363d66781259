"""Typed columns: values of another kind or outside of the allowed ones are no answer."""

import pytest

from engine.workflow.errors import DecisionError
from tests.support.dmn_builder import decision, dmn, input_data, literal, table
from tests.unit.workflow.decisions.reader import codes, evaluate, evaluate_table

#: Type to values of it and values that are not.
INPUTS = {
    "string": (["", "x", "1"], [1, True, [], {}]),
    "number": ([0, 1.5, -3], ["1", True, [1], {}]),
    "double": ([0, 1.5], ["1", False]),
    "integer": ([0, 2, 2.0], [2.5, "2", True]),
    "long": ([12345678901], [0.1, "1"]),
    "boolean": ([True, False], [0, 1, "true"]),
    "date": (["2026-01-05", "2026-01-05T08:00:00Z"], ["x", "5.1.2026", 20260105, "08:00:00"]),
    "dateTime": (["2026-01-05T08:00:00", "2026-01-05T08:00:00+08:00"], ["2026-01-05", "x", 1]),
    "time": (["08:00:00", "08:00:00Z"], ["8:00", "2026-01-05", 8]),
    "dayTimeDuration": (["PT4H", "P1D"], ["P1M", "4h", 4]),
    "yearMonthDuration": (["P1Y", "P18M"], ["P1D", 12]),
    "days and time duration": (["PT4H"], ["P1M"]),
    "duration": (["PT4H", "P1M"], ["x", 1]),
    "Any": ([1, "x", True, [1], {"a": 1}], []),
    "": ([1, "x", True, [1], {"a": 1}], []),
    "feel:number": ([1], ["1"]),
    "xsd:string": (["1"], [1]),
    "context": ([{"a": 1}], [1, []]),
}
RULES = [["-", '"ok"']]


@pytest.mark.parametrize(
    ("kind", "value"), [(kind, value) for kind, (good, _) in INPUTS.items() for value in good]
)
def test_values_of_the_type(kind, value):
    assert evaluate_table({"x": value}, [f"x:{kind}"], ["p"], RULES) == [{"p": "ok"}]


@pytest.mark.parametrize(
    ("kind", "value"), [(kind, value) for kind, (_, bad) in INPUTS.items() for value in bad]
)
def test_values_of_another_type_are_no_answer(kind, value):
    with pytest.raises(DecisionError, match="input 'x'") as failed:
        evaluate_table({"x": value}, [f"x:{kind}"], ["p"], RULES)
    assert "输入“x”" in failed.value.zh


@pytest.mark.parametrize("kind", INPUTS)
def test_nothing_is_of_every_type(kind):
    assert evaluate_table({}, [f"x:{kind}"], ["p"], RULES) == [{"p": "ok"}]


@pytest.mark.parametrize(
    ("kind", "allowed", "good", "bad"),
    [
        ("string", '"A","B"', ["A", "B"], ["C", ""]),
        ("number", "[0..100]", [0, 50, 100], [-1, 101]),
        ("number", "< 0, > 10", [-1, 11], [0, 5]),
        ("number", "1,2,3", [1, 2.0], [4]),
        ("string", 'not("X")', ["A"], ["X"]),
        ("date", '>= date("2026-01-01")', ["2026-01-01"], ["2025-12-31"]),
    ],
)
def test_allowed_values_of_an_input(kind, allowed, good, bad):
    drawn = ([f"x:{kind}"], ["p"], RULES)
    for value in [*good, None]:
        assert evaluate_table({"x": value}, *drawn, values={"x": allowed})
    for value in bad:
        with pytest.raises(DecisionError, match="allowed"):
            evaluate_table({"x": value}, *drawn, values={"x": allowed})


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("string", '"a"', "a"), ("number", "1.50", 1.5), ("number", "2.0", 2), ("integer", "7", 7),
        ("boolean", "true", True), ("date", '"2026-01-05"', "2026-01-05"),
        ("date", 'date("2026-01-05")', "2026-01-05"), ("string", "null", None),
        ("number", "", None),
        ("duration", 'duration("PT90M")', "PT1H30M"), ("duration", '"PT90M"', "PT1H30M"),
        ("dateTime", 'date and time("2026-01-05T08:00:00Z")', "2026-01-05T08:00:00+00:00"),
        ("number", "x * 2", 8), ("context", "{a: x, b: a + 1}", {"a": 4, "b": 5}),
        ("", "[1, x]", [1, 4]), ("string", '"n" + string(x)', "n4"), ("number", "-x", -4),
    ],
)  # fmt: skip
def test_typed_results(kind, text, expected):
    (row,) = evaluate_table({"x": 4}, ["x"], [f"p:{kind}"], [["-", text]])
    assert row == {"p": expected}
    assert type(row["p"]) is type(expected)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("string", "1"), ("string", "true"), ("number", '"1"'), ("number", "false"),
        ("integer", "2.5"), ("boolean", '"true"'), ("boolean", "1"), ("date", '"5.1.2026"'),
        ("date", "1"), ("duration", '"4h"'), ("time", '"8"'), ("dateTime", '"x"'),
        ("number", "[1]"), ("number", "1 + 1 = 2"),
    ],
)  # fmt: skip
def test_constant_results_of_another_type_are_refused(kind, text):
    drawn = dmn(decision("d", table(["x"], [f"p:{kind}"], [["-", text]])))
    assert codes(drawn) == ["decision-type-mismatch"]


@pytest.mark.parametrize(
    ("kind", "value"), [("string", 1), ("number", "1"), ("integer", 2.5), ("date", "x")]
)
def test_computed_results_of_another_type_are_no_answer(kind, value):
    with pytest.raises(DecisionError, match="rule 1, output 'p'"):
        evaluate_table({"x": value}, ["x"], [f"p:{kind}"], [["-", "x"]])
    default = {"p": "x"}
    with pytest.raises(DecisionError, match="default of 'p'"):
        evaluate_table({"x": value}, ["x"], [f"p:{kind}"], [], default=default)


def test_results_are_among_the_output_values():
    drawn = (["x"], ["p:string"], [["-", "x"]])
    options = {"order": {"p": '"a","b"'}}
    assert evaluate_table({"x": "a"}, *drawn, **options) == [{"p": "a"}]
    with pytest.raises(DecisionError, match="allowed"):
        evaluate_table({"x": "c"}, *drawn, **options)
    constant = table(["x"], ["p:string"], [["-", '"c"']], **options)
    assert codes(dmn(decision("d", constant))) == ["decision-type-mismatch"]
    default = table(["x"], ["p:string"], [["-", '"a"']], default={"p": '"c"'}, **options)
    assert codes(dmn(decision("d", default))) == ["decision-type-mismatch"]


@pytest.mark.parametrize(
    ("kind", "cell"),
    [
        ("string", "5"), ("string", "> 5"), ("string", "[1..3]"), ("string", "true"),
        ("number", '"A"'), ("number", 'not("A")'), ("number", '1,"2"'), ("number", "true"),
        ("boolean", '"true"'), ("boolean", "1"), ("date", '"5.1.2026"'), ("date", "< 5"),
        ("date", '[time("08:00:00")..time("09:00:00")]'), ("integer", '["a"]'), ("integer", "2.5"),
        ("duration", '> date("2026-01-01")'),
    ],
)  # fmt: skip
def test_cells_of_another_type_than_their_column_are_refused(kind, cell):
    drawn = dmn(decision("d", table([f"x:{kind}"], ["p"], [[cell, "1"]])))
    assert codes(drawn) == ["decision-type-mismatch"]


def test_a_cell_outside_of_the_allowed_values_is_refused():
    values = {"x": '"A","B"'}
    drawn = dmn(decision("d", table(["x:string"], ["p"], [['"C"', "1"]], values=values)))
    assert codes(drawn) == ["decision-type-mismatch"]


ITEMS = (
    '<itemDefinition name="tGrade"><typeRef>string</typeRef>'
    '<allowedValues><text>"A","B"</text></allowedValues></itemDefinition>'
    '<itemDefinition name="tGrades" isCollection="true"><typeRef>tGrade</typeRef></itemDefinition>'
    '<itemDefinition name="tOrder"><itemComponent name="order size"><typeRef>number</typeRef>'
    "</itemComponent></itemDefinition>"
    '<itemDefinition name="tLoop"><typeRef>tLoop</typeRef></itemDefinition>'
)


def typed(kind: str, cell: str = "-", expression: str = "x") -> bytes:
    return dmn(ITEMS, decision("d", table([f"{expression}:{kind}"], ["p"], [[cell, "1"]])))


def test_types_of_the_file():
    assert evaluate(typed("tGrade"), "d", {"x": "A"})
    with pytest.raises(DecisionError, match="allowed"):
        evaluate(typed("tGrade"), "d", {"x": "C"})
    assert codes(typed("tGrade", '"C"')) == ["decision-type-mismatch"]
    assert evaluate(typed("tGrades"), "d", {"x": ["A", "B"]})
    for wrong in (["A", "C"], "A"):
        with pytest.raises(DecisionError):
            evaluate(typed("tGrades"), "d", {"x": wrong})
    assert evaluate(typed("number", "> 3", "x.order size"), "d", {"x": {"order size": 4}})
    for unknown in ("tLoop", "tGone", "number(10)"):
        assert set(codes(typed(unknown))) == {"decision-type-unknown"}


def test_input_data_is_typed():
    file = dmn(
        input_data("i", "order size", "number"),
        decision("d", table(["order size"], ["p"], [["> order size - 1", "order size"]]),
                 data=["i"]),
    )  # fmt: skip
    assert evaluate(file, "d", {"order size": 4}) == [{"p": 4}]
    with pytest.raises(DecisionError, match="'order size'"):
        evaluate(file, "d", {"order size": "4"})


def test_the_type_of_a_literal():
    def file(text: str, kind: str) -> bytes:
        body = f'<variable name="v" typeRef="{kind}"/>' + literal(text)
        return dmn(decision("d", body))

    assert evaluate(file("x * 2", "number"), "d", {"x": 0.1}) == 0.2
    with pytest.raises(DecisionError, match="a number"):
        evaluate(file("x", "number"), "d", {"x": "0.1"})
    assert codes(file('"a"', "number")) == ["decision-type-mismatch"]
