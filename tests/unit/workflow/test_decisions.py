"""Decision tables: unary tests, hit policies, requirements, mapping; right or an incident."""

from datetime import date

import pytest

from engine.domain.effects import IncidentOpened
from engine.workflow.decisions import read_decisions
from engine.workflow.errors import DecisionError
from engine.workflow.reader import read
from engine.workflow.report import Report
from engine.workflow.unary import unary_tests
from tests.support.bpmn_builder import end, model, node, start, user
from tests.support.dmn_builder import decision, dmn, literal, table
from tests.support.kernel_world import World


@pytest.mark.parametrize(
    ("cell", "value", "expected"),
    [
        ("-", None, True), ("", 5, True), ('"A"', "A", True), ('"A"', "B", False),
        ('"A","B"', "B", True), ('"A, B"', "A, B", True), ('not("A","B")', "C", True),
        ('not("A")', "A", False), ("5", 5, True), ("5", 5.0, True), ("< 5", 4, True),
        (">= 5", 5, True), ("> 5", None, False), ("!= 5", 6, True), ("[1..10]", 1, True),
        ("[1..10]", 10, True), ("(1..10)", 1, False), ("(1..10]", 10, True),
        ("]1..10[", 10, False),
        ("[1..10)", 10, False), ("[1..3],[7..9]", 8, True), ("not([1..3])", 4, True),
        ("true", True, True), ("true", False, False), ("false", False, True),
        ("null", None, True), ("null", 0, False), ("limit", 7, True), ("< limit", 6, True),
        ("? > 3 and ? < 9", 5, True), ('contains(?, "x")', "axb", True), ("-5", -5, True),
        ("< -1", -2, True), ("[-3..-1]", -2, True),
        ('date("2026-01-05")', "2026-01-05", True), ('< date("2026-01-05")', "2026-01-04", True),
        ('[date("2026-01-01")..date("2026-01-31")]', "2026-01-15", True),
        ('< date("2026-01-05")', date(2026, 1, 6), False), ('"a" + "b"', "ab", True),
        ("2 * 3", 6, True), ('["A", "B"]', "A", True),
    ],
)  # fmt: skip
def test_unary_tests(cell, value, expected):
    assert unary_tests(cell)(value, {"limit": 7}.get, {}) is expected


@pytest.mark.parametrize(
    "cell", ["[1..", "< ", '"A",', "a b", "not(", "import os", "1..2..", "?>"]
)
def test_cells_that_are_no_tests(cell):
    with pytest.raises(DecisionError):
        unary_tests(cell)


@pytest.mark.parametrize(
    ("cell", "value"), [("< 5", "4"), ('"A"', 5), ("5", True), ("[1..2]", "x")]
)
def test_kinds_are_never_mixed(cell, value):
    with pytest.raises(DecisionError, match="kind"):
        unary_tests(cell)(value, {}.get, {})


RULES = [["> 10", '"high"', "3"], ["> 5", '"mid"', "2"], ["-", '"low"', "1"]]


def result(policy: str, value: object, rules=RULES, **options):
    report = Report()
    drawn = dmn(decision("d", table(["amount:number"], ["level", "points"], rules, policy=policy,
                                    **options)))  # fmt: skip
    decisions = read_decisions(read(drawn), report)
    assert not report.findings, report.findings
    return decisions["d"].evaluate({"amount": value}.get, {})


def test_hit_policies():
    both = {"level": "mid", "points": 2}, {"level": "low", "points": 1}
    assert result("FIRST", 7) == [both[0]]
    assert result("RULE ORDER", 7) == list(both)
    assert result("COLLECT", 7) == list(both)
    assert result("UNIQUE", 1) == [both[1]]
    with pytest.raises(DecisionError, match="one rule"):
        result("UNIQUE", 7)
    with pytest.raises(DecisionError, match="agree"):
        result("ANY", 7)
    same = [["> 1", '"x"', "1"], ["> 2", '"x"', "1"]]
    assert result("ANY", 7, same) == [{"level": "x", "points": 1}]
    assert result("UNIQUE", 7, [["< 1", '"x"', "1"]]) == []


def test_priority_and_output_order_use_the_order_of_the_values():
    order = {"level": '"high","low","mid"'}
    assert result("PRIORITY", 7, order=order) == [{"level": "low", "points": 1}]
    assert [row["level"] for row in result("OUTPUT ORDER", 20, order=order)] == [
        "high", "low", "mid",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("aggregation", "expected"), [("SUM", 6), ("MIN", 1), ("MAX", 3), ("COUNT", 3)]
)
def test_aggregations(aggregation, expected):
    report = Report()
    rules = [[">= 1", "1"], [">= 2", "2"], [">= 3", "3"]]
    drawn = dmn(decision("d", table(["amount:number"], ["points"], rules, policy="COLLECT",
                                    aggregation=aggregation)))  # fmt: skip
    decisions = read_decisions(read(drawn), report)
    assert decisions["d"].evaluate({"amount": 5}.get, {}) == expected


def test_a_default_applies_when_nothing_matches():
    assert result("UNIQUE", 1, [["> 5", '"x"', "1"]], default={"level": '"none"'}) == [
        {"level": "none", "points": None}
    ]


def test_required_decisions_are_evaluated_first():
    drawn = dmn(
        decision("class", table(["amount:number"], ["cls"], [["> 10", '"A"'], ["<= 10", '"B"']]),
                 variable="klass"),
        decision("factor", literal("amount * 2"), variable="factor"),
        decision("sla", table(["klass:string", "factor:number"], ["hours"],
                              [['"A"', "> 50", "2"], ['"A"', "-", "4"], ['"B"', "-", "8"]],
                              policy="FIRST"), requires=["class", "factor"]),
    )  # fmt: skip
    decisions = read_decisions(read(drawn), Report())
    for amount, hours in ((20, 4), (30, 2), (5, 8)):
        assert decisions["sla"].evaluate({"amount": amount}.get, {}) == [{"hours": hours}]


@pytest.mark.parametrize(
    "drawn",
    [
        decision("d", table(["a"], ["x"], [["[1..", "1"]])),
        decision("d", table(["a"], ["x"], [["1"]])),
        decision("d", table(["a"], ["x"], [], policy="BEST")),
        decision("d", table(["a"], ["x"], [], policy="PRIORITY")),
        decision("d", table(["a"], ["x"], [], aggregation="SUM")),
        decision("d", table(["a"], [], [])),
        decision("d", table(["a b"], ["x"], [])),
        decision("d", ""),
        decision("d", literal("import os")),
        decision("d", literal("1"), requires=["gone"]),
    ],
)
def test_broken_decisions_are_refused(drawn):
    report = Report()
    read_decisions(read(dmn(drawn)), report)
    assert [one.code for one in report.findings] == ["decision-invalid"]
    assert report.findings[0].element_id == "d"
    assert report.findings[0].line


def rule_task(**attributes: str) -> World:
    rows = [["> 1", '"x"'], ["> 2", '"y"']]
    drawn = dmn(
        decision("d", table(["amount:number"], ["level", "points"], RULES)),
        decision("l", table(["amount:number"], ["tag"], rows, policy="COLLECT")),
    )
    diagram = model(start(), node("businessRuleTask", "r", **attributes), user("u"), end(),
                    flows="s r u e")  # fmt: skip
    return World(diagram, drawn)


def test_results_are_mapped_as_drawn():
    world = rule_task(decisionRef="d", resultVariable="r", mapDecisionResult="singleResult")
    assert world.start({"amount": 1}).variables["r"] == {"level": "low", "points": 1}
    world = rule_task(decisionRef="d", resultVariable="r")
    assert world.start({"amount": 1}).variables["r"] == [{"level": "low", "points": 1}]
    world = rule_task(decisionRef="l", resultVariable="r", mapDecisionResult="collectEntries")
    assert world.start({"amount": 5}).variables["r"] == ["x", "y"]
    world = rule_task(decisionRef="l", resultVariable="r", mapDecisionResult="singleEntry")
    assert world.start({"amount": 2}).variables["r"] == "x"
    world = rule_task(decisionRef="d")
    assert world.start({"amount": 1}).variables["level"] == "low"


def test_what_is_not_single_is_an_incident():
    world = rule_task(decisionRef="l", resultVariable="r", mapDecisionResult="singleEntry")
    world.start({"amount": 5})
    (incident,) = world.of(IncidentOpened)
    assert (incident.kind, incident.element_id) == ("decision", "r")
    world = rule_task(decisionRef="d", resultVariable="r").start({"amount": "much"})
    assert "number" in world.of(IncidentOpened)[0].message
    world.act("set_variables", {"amount": 2})
    world.act("retry", world.of(IncidentOpened)[0].number)
    assert world.tasks() == ["u"]
