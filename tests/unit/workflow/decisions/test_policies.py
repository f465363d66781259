"""Every hit policy with no, one and several matching rules, and with a default."""

import pytest

from engine.workflow.errors import DecisionError
from tests.support.dmn_builder import decision, dmn, table
from tests.unit.workflow.decisions.reader import codes, decisions, evaluate_table

RULES = [["> 20", '"high"', "1"], ["> 10", '"mid"', "2"], ["> 5", '"low"', "3"]]
ORDER = {"level": '"mid","high","low"'}
DEFAULT = {"level": '"none"', "points": "0"}

HIGH, MID, LOW = (
    {"level": level, "points": points} for level, points in (("high", 1), ("mid", 2), ("low", 3))
)
NONE = {"level": "none", "points": 0}
FAILS = object()

#: Policy to the results for 0 (no rule), 7 (one), 15 (two) and 25 (three), and 0 with a default.
EXPECTED = {
    "UNIQUE": ([], [LOW], FAILS, FAILS, [NONE]),
    "ANY": ([], [LOW], FAILS, FAILS, [NONE]),
    "FIRST": ([], [LOW], [MID], [HIGH], [NONE]),
    "PRIORITY": ([], [LOW], [MID], [MID], [NONE]),
    "RULE ORDER": ([], [LOW], [MID, LOW], [HIGH, MID, LOW], [NONE]),
    "OUTPUT ORDER": ([], [LOW], [MID, LOW], [MID, HIGH, LOW], [NONE]),
    "COLLECT": ([], [LOW], [MID, LOW], [HIGH, MID, LOW], [NONE]),
}


def result(policy, amount, rules=RULES, **options):
    order = ORDER if policy in {"PRIORITY", "OUTPUT ORDER"} else None
    if order and "default" in options:
        order = {"level": f'{ORDER["level"]},"none"'}
    return evaluate_table(
        {"amount": amount}, ["amount:number"], ["level", "points"], rules, policy=policy,
        order=order, **options,
    )  # fmt: skip


@pytest.mark.parametrize("policy", EXPECTED)
@pytest.mark.parametrize(("at", "amount"), list(enumerate((0, 7, 15, 25))))
def test_several_outputs(policy, at, amount):
    expected = EXPECTED[policy][at]
    if expected is FAILS:
        with pytest.raises(DecisionError) as failed:
            result(policy, amount)
        assert failed.value.zh != str(failed.value)
    else:
        assert result(policy, amount) == expected


@pytest.mark.parametrize("policy", EXPECTED)
def test_the_default_is_for_no_rule_only(policy):
    assert result(policy, 0, default=DEFAULT) == EXPECTED[policy][4]
    assert result(policy, 7, default=DEFAULT) == [LOW]


@pytest.mark.parametrize("policy", EXPECTED)
def test_without_rules_nothing_matches(policy):
    assert result(policy, 7, rules=[]) == []


def test_any_wants_the_same_in_every_output():
    same = [["> 1", '"x"', "1"], ["> 2", '"x"', "1.0"], ["> 9", '"y"', "1"]]
    assert result("ANY", 7, same) == [{"level": "x", "points": 1}]
    with pytest.raises(DecisionError, match="agree"):
        result("ANY", 10, same)
    differ = [["> 1", '"x"', "1"], ["> 2", '"x"', "2"]]
    with pytest.raises(DecisionError, match="agree"):
        result("ANY", 7, differ)


def test_unique_says_which_rules():
    with pytest.raises(DecisionError, match="rules 2, 3 do"):
        result("UNIQUE", 15)


def test_first_stops_at_the_first():
    rules = [["> 1", '"x"', "1"], ["? + nothing.x > 1", '"y"', "2"], ['< "a"', '"z"', "3"]]
    assert result("FIRST", 7, rules[:2]) == [{"level": "x", "points": 1}]


def test_an_equal_priority_with_different_results_is_no_answer():
    rules = [["> 1", '"mid"', "1"], ["> 2", '"mid"', "2"], ["> 3", '"low"', "3"]]
    with pytest.raises(DecisionError, match="highest priority"):
        result("PRIORITY", 7, rules)
    assert result("PRIORITY", 2, rules) == [{"level": "mid", "points": 1}]
    assert [row["points"] for row in result("OUTPUT ORDER", 7, rules)] == [1, 2, 3]


def test_the_order_goes_by_the_first_output_and_then_the_next():
    rules = [["-", '"b"', '"y"'], ["-", '"a"', '"z"'], ["-", '"a"', '"x"'], ["-", '"b"', '"x"']]
    drawn = (["n"], ["p", "q"], rules)
    order = {"p": '"a","b"', "q": '"x","y","z"'}
    found = evaluate_table({"n": 1}, *drawn, policy="OUTPUT ORDER", order=order)
    assert [(row["p"], row["q"]) for row in found] == [
        ("a", "x"), ("a", "z"), ("b", "x"), ("b", "y"),
    ]  # fmt: skip
    assert evaluate_table({"n": 1}, *drawn, policy="PRIORITY", order=order) == [found[0]]


def test_a_result_outside_of_the_order_is_no_answer():
    rules = [["-", "n"]]
    for policy in ("PRIORITY", "OUTPUT ORDER"):
        drawn = (["n"], ["p"], rules)
        options = {"policy": policy, "order": {"p": "3,2,1"}}
        assert evaluate_table({"n": 2}, *drawn, **options) == [{"p": 2}]
        with pytest.raises(DecisionError, match="allowed values"):
            evaluate_table({"n": 4}, *drawn, **options)


AGGREGATES = [
    # values, sum, min, max, count
    ("1 2 3", 6, 1, 3, 3),
    ("0.1 0.2", 0.3, 0.1, 0.2, 2),
    ("0.1 0.2 0.3 -0.6", 0, -0.6, 0.3, 4),
    ("5", 5, 5, 5, 1),
    ("2 2 2", 6, 2, 2, 3),
    ("1.10 2.20 3.30", 6.6, 1.1, 3.3, 3),
    ("9007199254740993 1", 9007199254740994, 1, 9007199254740993, 2),
    ("", None, None, None, 0),
]


@pytest.mark.parametrize(("values", "total", "least", "most", "number"), AGGREGATES)
def test_aggregations(values, total, least, most, number):
    rules = [["-", value] for value in values.split()]
    for aggregation, expected in (
        ("SUM", total),
        ("MIN", least),
        ("MAX", most),
        ("COUNT", number),
    ):
        found = evaluate_table(
            {"n": 1}, ["n"], ["p"], rules, policy="COLLECT", aggregation=aggregation
        )
        assert found == expected
        assert type(found) is type(expected)


def test_floats_of_variables_add_up_as_written():
    drawn = (["n"], ["p"], [["-", "a"], ["-", "b"], ["-", "c"]])
    variables = {"n": 1, "a": 0.1, "b": 0.2, "c": 0.3}
    options = {"policy": "COLLECT", "aggregation": "SUM"}
    assert evaluate_table(variables, *drawn, **options) == 0.6


@pytest.mark.parametrize("value", ['"3"', "true", "null", "[1]", "nothing"])
@pytest.mark.parametrize("aggregation", ["SUM", "MIN", "MAX"])
def test_what_is_no_number_is_not_aggregated(value, aggregation):
    rules = [["-", "1"], ["-", value]]
    with pytest.raises(DecisionError, match="aggregate"):
        evaluate_table({"n": 1}, ["n"], ["p"], rules, policy="COLLECT", aggregation=aggregation)


def test_durations_and_dates_are_aggregated():
    rules = [["-", 'duration("PT90M")'], ["-", 'duration("P1D")']]
    for aggregation, expected in (("SUM", "P1DT1H30M"), ("MIN", "PT1H30M"), ("MAX", "P1D")):
        options = {"policy": "COLLECT", "aggregation": aggregation}
        assert evaluate_table({"n": 1}, ["n"], ["p"], rules, **options) == expected
    dates = [["-", 'date("2026-03-01")'], ["-", 'date("2026-02-01")']]
    options = {"policy": "COLLECT", "aggregation": "MIN"}
    assert evaluate_table({"n": 1}, ["n"], ["p"], dates, **options) == "2026-02-01"
    with pytest.raises(DecisionError, match="aggregate"):
        evaluate_table({"n": 1}, ["n"], ["p"], dates, policy="COLLECT", aggregation="SUM")


def test_a_default_is_aggregated_alone():
    options = {"policy": "COLLECT", "aggregation": "SUM", "default": {"p": "7"}}
    assert evaluate_table({"n": 1}, ["n"], ["p"], [["> 5", "1"]], **options) == 7
    assert evaluate_table({"n": 6}, ["n"], ["p"], [["> 5", "1"]], **options) == 1


@pytest.mark.parametrize(
    "options",
    [
        {"policy": "BEST"},
        {"policy": "PRIORITY"},
        {"policy": "OUTPUT ORDER"},
        {"policy": "PRIORITY", "order": {"p": "[1..3]"}},
        {"aggregation": "SUM"},
        {"policy": "RULE ORDER", "aggregation": "SUM"},
        {"policy": "COLLECT", "aggregation": "AVERAGE"},
        {"policy": "COLLECT", "aggregation": "COUNT", "default": {"p": "1"}},
    ],
)
def test_policies_that_mean_nothing_are_refused(options):
    assert set(codes(dmn(decision("d", table(["n"], ["p"], [["-", "1"]], **options))))) == {
        "decision-table-invalid"
    }


def test_several_outputs_cannot_be_aggregated():
    drawn = table(["n"], ["p", "q"], [["-", "1", "2"]], policy="COLLECT", aggregation="SUM")
    assert codes(dmn(decision("d", drawn))) == ["decision-table-invalid"]


def test_the_policy_may_be_in_small_letters_and_is_unique_when_missing():
    drawn = table(["n"], ["p"], [["> 1", "1"], ["> 2", "2"]], policy="rule order")
    assert decisions(dmn(decision("d", drawn)))["d"].evaluate({"n": 3}.get, {}) == [
        {"p": 1}, {"p": 2},
    ]  # fmt: skip
    drawn = drawn.replace(' hitPolicy="rule order"', "")
    with pytest.raises(DecisionError, match="rules 1, 2"):
        decisions(dmn(decision("d", drawn)))["d"].evaluate({"n": 3}.get, {})
