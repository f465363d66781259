"""Several decisions: what they require of each other, under which names, and of input data."""

import pytest

from engine.workflow.errors import DecisionError
from tests.support.dmn_builder import decision, dmn, input_data, literal, table
from tests.unit.workflow.decisions.reader import codes, decisions, evaluate, findings

CLASS = table(["amount:number"], ["cls"], [["> 10", '"A"'], ["<= 10", '"B"']])


def asked(body: str, text: str, policy_of: str = "a", *, variable: str | None = None) -> bytes:
    return dmn(
        decision(policy_of, body, variable=variable),
        decision("d", literal(text), requires=[policy_of]),
    )


@pytest.mark.parametrize("name", ["klass", "A", "a"])
def test_a_result_is_read_by_variable_name_and_id(name):
    assert evaluate(asked(CLASS, name, variable="klass"), "d", {"amount": 20}) == "A"


def test_columns_are_read_by_their_names_as_in_camunda_unless_a_variable_is_named():
    assert evaluate(asked(CLASS, "cls"), "d", {"amount": 20, "cls": "mine"}) == "A"
    named = asked(CLASS, "cls", variable="klass")
    assert evaluate(named, "d", {"amount": 20, "cls": "mine"}) == "mine"


ROWS = [["> 1", "1", '"x"'], ["> 2", "2", '"y"']]


@pytest.mark.parametrize(
    ("policy", "outputs", "text", "expected"),
    [
        ("FIRST", 1, "a", 1), ("FIRST", 2, "a", {"p": 1, "q": "x"}), ("FIRST", 2, "a.q", "x"),
        ("FIRST", 2, "q", "x"), ("COLLECT", 1, "sum(a)", 3), ("COLLECT", 1, "p", [1, 2]),
        ("COLLECT", 2, "a[2].q", "y"), ("COLLECT", 2, "a.p", [1, 2]),
        ("COLLECT", 2, "q", ["x", "y"]),
        ("RULE ORDER", 1, "a[1]", 1), ("RULE ORDER", 2, "count(a[p > 1])", 1),
        ("RULE ORDER", 2, 'a[q = "y"].p', [2]),
    ],
)  # fmt: skip
def test_results_as_values(policy, outputs, text, expected):
    rows = [row[: outputs + 1] for row in ROWS]
    body = table(["n"], ["p", "q"][:outputs], rows, policy=policy)
    assert evaluate(asked(body, text), "d", {"n": 5}) == expected


def test_no_result_is_null_and_no_results_are_an_empty_list():
    for policy, expected in (("FIRST", True), ("COLLECT", False)):
        body = table(["n"], ["p"], [["> 9", "1"]], policy=policy)
        assert evaluate(asked(body, "a = null"), "d", {"n": 5}) is expected
    body = table(["n"], ["p"], [["> 9", "1"]], policy="COLLECT")
    assert evaluate(asked(body, "count(a)"), "d", {"n": 5}) == 0


@pytest.mark.parametrize(("aggregation", "expected"), [("SUM", 3), ("COUNT", 2), ("MAX", 2)])
def test_an_aggregation_is_one_value(aggregation, expected):
    rows = [row[:2] for row in ROWS]
    body = table(["n"], ["p"], rows, policy="COLLECT", aggregation=aggregation)
    for name in ("a", "p"):
        assert evaluate(asked(body, f"{name} * 2"), "d", {"n": 5}) == expected * 2


def test_values_stay_what_they_are_between_decisions():
    dates = asked(literal('date("2026-01-31") + @"P1M"'), "a.month")
    assert evaluate(dates, "d", {}) == 2
    exact = asked(literal("1 / 3"), "a * 3 > 0.99999999999999999999")
    assert evaluate(exact, "d", {}) is True


def test_only_what_is_required_is_seen():
    file = dmn(
        decision("a", literal("1")),
        decision("b", literal("a + 1"), requires=["a"]),
        decision("c", literal("a"), requires=["b"]),
        decision("d", literal("b"), requires=["b"]),
    )
    assert evaluate(file, "d", {}) == 2
    assert evaluate(file, "c", {"a": "the variable"}) == "the variable"


def test_shared_requirements_are_decided_once():
    asked_for: list[str] = []

    def lookup(name):
        asked_for.append(name)
        return 1

    chain = [decision("d0", literal("n + 1"))]
    for at in range(1, 21):
        names = [f"d{at - 1}"] if at == 1 else [f"d{at - 1}", f"d{at - 2}"]
        chain.append(decision(f"d{at}", literal(" + ".join(names)), requires=names))
    assert decisions(dmn(*chain))["d20"].evaluate(lookup, {}) > 10_000
    assert asked_for == ["n"]


def test_a_fault_of_a_required_decision_is_told():
    file = asked(table(["n"], ["p"], [["> 1", "1"], ["> 2", "2"]]), "a")
    with pytest.raises(DecisionError, match="table 'a'"):
        evaluate(file, "d", {"n": 5})


def test_requirements_that_lead_nowhere_are_refused():
    assert codes(dmn(decision("d", literal("1"), requires=["gone"]))) == [
        "decision-requirement-missing"
    ]
    assert codes(dmn(decision("d", literal("1"), data=["gone"]))) == [
        "decision-requirement-missing"
    ]
    file = dmn(
        decision("a", literal("1"), requires=["c"]),
        decision("b", literal("1"), requires=["a"]),
        decision("c", literal("1"), requires=["b"]),
        decision("own", literal("1"), requires=["own"]),
        decision("fine", literal("1"), requires=["a"]),
    )
    found = findings(file)
    assert {one.code for one in found} == {"decision-cycle"}
    assert {one.element_id for one in found} == {"a", "b", "c", "own"}


def test_long_chains_are_refused_and_the_longest_allowed_one_runs():
    def chain(length: int) -> bytes:
        return dmn(
            decision("d0", literal("1")),
            *(
                decision(f"d{at}", literal(f"d{at - 1} + 1"), requires=[f"d{at - 1}"])
                for at in range(1, length)
            ),
        )

    assert evaluate(chain(50), "d49", {}) == 50
    assert codes(chain(51)) == ["decision-chain-long"]
    assert set(codes(chain(3000))) == {"decision-chain-long"}


def test_names_of_several_words():
    file = dmn(
        input_data("i1", "Applicant", ""),
        input_data("i2", "Pre-bureau risk", "string"),
        decision("d", table(
            ["Pre-bureau risk", "Applicant.Age", "order size"], ["p"],
            [['"HIGH"', "< 30", "-", "order size - 1"]], policy="FIRST"), data=["i1", "i2"]),
    )  # fmt: skip
    variables = {"Pre-bureau risk": "HIGH", "Applicant": {"Age": 20}, "order size": 5}
    assert evaluate(file, "d", variables) == [{"p": 4}]
    assert codes(file) == ["decision-name-undeclared"]
    assert codes(file.replace(b"order size - 1", b"order sise")) == [
        "decision-invalid",
        "decision-name-undeclared",
    ]


def test_the_textbook_example_of_two_required_decisions():
    """Which dish for which season and how many guests; after the example of Camunda's manual."""
    season = table(
        ["temperature:number"], ["season:string"],
        [["> 30", '"Summer"'], ["< 10", '"Winter"'], ["[10..30]", '"Spring"']],
    )  # fmt: skip
    guests = table(["day:string"], ["guests:integer"], [['"Weekday"', "4"], ['"Weekend"', "10"]])
    dish = table(
        ["season:string", "guests:integer"], ["dish:string"],
        [['"Winter"', "<= 8", '"Roastbeef"'], ['"Winter"', "> 8", '"Stew"'],
         ['"Spring"', "-", '"Steak"'], ['"Summer"', "-", '"Salad"']],
    )  # fmt: skip
    file = dmn(
        decision("Season", season), decision("GuestCount", guests),
        decision("Dish", dish, requires=["Season", "GuestCount"]),
    )  # fmt: skip
    assert not findings(file)
    for temperature, day, expected in (
        (5, "Weekday", "Roastbeef"), (5, "Weekend", "Stew"), (10, "Weekend", "Steak"),
        (30, "Weekday", "Steak"), (31, "Weekday", "Salad"),
    ):  # fmt: skip
        variables = {"temperature": temperature, "day": day}
        assert evaluate(file, "Dish", variables) == [{"dish": expected}]
    assert decisions(file)["Dish"].reads == {"temperature", "day"}
    assert decisions(file)["Dish"].outputs_named == {"dish"}
