"""Tables as a whole: rows in vain, rows that overlap, inputs without a rule."""

import pytest

from tests.support.dmn_builder import decision, dmn, table
from tests.unit.workflow.decisions.reader import findings


def remarks(rows, *, inputs=("n:number",), policy="UNIQUE", **options) -> list[str]:
    """Codes with what their sentences say of rows and inputs."""
    outputs = options.pop("outputs", ("p",))
    drawn = table(inputs, outputs, rows, policy=policy, **options)
    found = findings(dmn(decision("d", drawn)))
    assert all(one.severity == "warning" and one.line for one in found), found
    return [one.code.removeprefix("decision-") for one in found]


ROWS = [
    # cells of rows of one column, what is warned of under UNIQUE, and under FIRST
    (["< 5", ">= 5"], [], []),
    (["< 5", "> 5"], ["gap"], ["gap"]),
    (["<= 5", ">= 5"], ["rules-overlap"], []),
    (["[1..5]", "(5..9]"], [], []),
    (["[1..5]", "[5..9]"], ["rules-overlap"], []),
    (["[1..5]", "[6..9]"], ["gap"], ["gap"]),
    (["[1..9]", "[2..3]"], ["rules-overlap"], ["rule-unreachable"]),
    (["[2..3]", "[1..9]"], ["rules-overlap"], []),
    (["-", "5"], ["rules-overlap"], ["rule-unreachable"]),
    (["5", "-"], ["rules-overlap"], []),
    (["5", "5"], ["rules-overlap"], ["rule-unreachable"]),
    (["1,2,3", "2"], ["rules-overlap", "gap"], ["rule-unreachable", "gap"]),
    (["[1..3],[7..9]", "8"], ["rules-overlap", "gap"], ["rule-unreachable", "gap"]),
    (["1", "2"], ["gap"], ["gap"]),
    (["not(5)", "5"], [], []),
    (["< n2", ">= n2"], ["name-undeclared"], ["name-undeclared"]),
    (["? > 3", "? <= 3"], [], []),
    (["[1..1]", "1"], ["rules-overlap"], ["rule-unreachable"]),
    (["(1..2)", "1", "2"], [], []),
    (["null", "< 5", ">= 5"], [], []),
]


@pytest.mark.parametrize(("cells", "unique", "first"), ROWS)
def test_one_column(cells, unique, first):
    rows = [[cell, "1"] for cell in cells]
    assert remarks(rows) == unique
    assert remarks(rows, policy="FIRST") == first


@pytest.mark.parametrize(
    ("kind", "cells", "expected"),
    [
        ("string", ['"A"', '"B"', '"A"'], ["rules-overlap"]),
        ("string", ['"A","B"', '"C"'], []),
        ("string", ['"A"', 'not("A")'], []),
        ("string", ['not("A")', 'not("B")'], ["rules-overlap"]),
        ("string", ['not("A","B")', '"B"'], []),
        ("string", ['not("A")', '"B"'], ["rules-overlap"]),
        ("boolean", ["true", "false"], []),
        ("boolean", ["true"], ["gap"]),
        ("integer", ["[1..5]", "[6..9]"], []),
        ("integer", ["[1..5]", "[7..9]"], ["gap"]),
        ("date", ['< date("2026-01-01")', '>= date("2026-01-01")'], []),
        ("date", ['< date("2026-01-01")', '> date("2026-01-01")'], ["gap"]),
        ("date", ['<= date("2026-01-01")', '>= @"2026-01-01"'], ["rules-overlap"]),
        ("", ['"A"', "5"], []),
        ("", ['date and time("2026-01-01T00:00:00Z")', '@"2026-01-01T00:00:00"'], []),
    ],
)
def test_kinds(kind, cells, expected):
    assert remarks([[cell, "1"] for cell in cells], inputs=[f"x:{kind}"]) == expected


def test_several_columns():
    two = ["a:boolean", "n:number"]
    rows = [["true", "< 5", "1"], ["true", ">= 5", "2"], ["false", "-", "3"]]
    assert remarks(rows, inputs=two) == []
    assert remarks(rows[:2], inputs=two) == ["gap"]
    assert remarks([["true", "< 5", "1"], ["false", "-", "3"]], inputs=two) == ["gap"]
    assert remarks([["true", "-", "1"], ["false", "-", "3"]], inputs=two) == []
    overlap = [["true", "-", "1"], ["-", "< 5", "2"], ["false", ">= 5", "3"]]
    assert remarks(overlap, inputs=two) == ["rules-overlap"]
    assert remarks(overlap, inputs=two, policy="FIRST") == []


def test_any_may_overlap_as_long_as_results_may_agree():
    for results, expected in ((("1", "1"), []), (("1", "2"), ["rules-overlap"]), (("1", "n"), [])):
        rows = [[">= 1", results[0]], ["< 5", results[1]]]
        assert remarks(rows, policy="ANY") == expected


@pytest.mark.parametrize("policy", ["COLLECT", "RULE ORDER"])
def test_several_results_may_overlap_and_none_is_one(policy):
    assert remarks([["< 5", "1"], ["< 3", "2"], ["> 9", "3"]], policy=policy) == []


def test_allowed_values_show_gaps_and_a_default_fills_them():
    rows = [['"A"', "1"], ['"B"', "2"]]
    values = {"x": '"A","B","C"'}
    drawn = table(["x:string"], ["p"], rows, values=values)
    (found,) = findings(dmn(decision("d", drawn)))
    assert found.code == "decision-gap"
    assert 'x: "C"' in found.message
    assert 'x: "C"' in found.message_zh
    assert remarks(rows, inputs=["x:string"], values=values, default={"p": "0"}) == []


def test_the_sentence_names_the_rows_and_its_line_is_the_row():
    rows = [["< 5", "1"], [">= 5", "2"], ["3", "3"]]
    drawn = dmn(decision("d", table(["n:number"], ["p"], rows).replace("<rule>", "\n<rule>")))
    (found,) = findings(drawn)
    assert "rules 1 and 3" in found.message
    assert "规则 1 与规则 3" in found.message_zh
    assert found.line == 4


def test_large_tables_are_looked_through_quickly():
    rows = [[f"[{at}..{at + 1})", f'"{at}"', "1"] for at in range(300)]
    assert remarks(rows, inputs=["n:number", "x:string"]) == []
    assert remarks([*rows, ["7.5", '"7"', "1"]], inputs=["n:number", "x:string"]) == [
        "rules-overlap"
    ]
