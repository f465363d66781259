"""Business rule tasks: results as Camunda 7 maps them; without a single answer, an incident."""

import pytest

from engine.domain.effects import IncidentOpened
from tests.support.bpmn_builder import end, model, node, start, user
from tests.support.dmn_builder import decision, dmn, literal, table
from tests.support.kernel_world import World

ROWS = [["> 10", '"high"', "3"], ["> 5", '"mid"', "2"], ["-", '"low"', "1"]]
DECISIONS = dmn(
    decision("rows", table(["n:number"], ["level", "points"], ROWS, policy="RULE ORDER")),
    decision("one", table(["n:number"], ["level", "points"], ROWS, policy="FIRST")),
    decision("unique", table(["n:number"], ["level", "points"], ROWS)),
    decision("tags", table(["n:number"], ["tag"], [["> 1", '"x"'], ["> 2", '"y"']],
                           policy="COLLECT")),
    decision("sum", table(["n:number"], ["total"], [["> 1", "0.1"], ["> 2", "0.2"]],
                          policy="COLLECT", aggregation="SUM")),
    decision("text", literal('"n" + string(n)'), variable="label"),
    decision("several", literal("[n, n + 1]")),
)  # fmt: skip
FAILS = object()
HIGH, MID, LOW = ({"level": row[1].strip('"'), "points": int(row[2])} for row in ROWS)

#: Decision and n to the results as singleEntry, singleResult, collectEntries and resultList.
EXPECTED = [
    ("one", 20, (FAILS, HIGH, FAILS, [HIGH])),
    ("one", 6, (FAILS, MID, FAILS, [MID])),
    ("rows", 1, (FAILS, LOW, FAILS, [LOW])),
    ("rows", 6, (FAILS, FAILS, FAILS, [MID, LOW])),
    ("tags", 1, (None, None, [], [])),
    ("tags", 2, ("x", {"tag": "x"}, ["x"], [{"tag": "x"}])),
    ("tags", 3, (FAILS, FAILS, ["x", "y"], [{"tag": "x"}, {"tag": "y"}])),
    ("sum", 3, (0.3, {"total": 0.3}, [0.3], [{"total": 0.3}])),
    ("sum", 1, (None, {"total": None}, [None], [{"total": None}])),
    ("text", 1, ("n1", {"label": "n1"}, ["n1"], [{"label": "n1"}])),
    ("several", 1, ([1, 2], {"several": [1, 2]}, [[1, 2]], [{"several": [1, 2]}])),
]
MAPPINGS = ("singleEntry", "singleResult", "collectEntries", "resultList")


def task(decision_id: str, **attributes: str) -> World:
    rule = node("businessRuleTask", "r", decisionRef=decision_id, **attributes)
    return World(model(start(), rule, user("u"), end(), flows="s r u e"), DECISIONS)


@pytest.mark.parametrize(("decision_id", "n", "results"), EXPECTED)
@pytest.mark.parametrize("mapping", MAPPINGS)
def test_mapped_into_a_variable(decision_id, n, results, mapping):
    world = task(decision_id, resultVariable="r", mapDecisionResult=mapping).start({"n": n})
    expected = results[MAPPINGS.index(mapping)]
    if expected is FAILS:
        (incident,) = world.of(IncidentOpened)
        assert (incident.kind, incident.element_id) == ("decision", "r")
    else:
        assert world.variables["r"] == expected


def test_without_a_mapping_it_is_the_list_of_results():
    assert task("one", resultVariable="r").start({"n": 20}).variables["r"] == [HIGH]


def test_without_a_variable_the_outputs_are_variables():
    variables = task("one").start({"n": 6}).variables
    assert (variables["level"], variables["points"]) == ("mid", 2)
    assert task("text").start({"n": 6}).variables["label"] == "n6"
    assert "level" not in task("tags").start({"n": 1}).variables


@pytest.mark.parametrize(
    ("decision_id", "n", "words"),
    [("unique", 6, "rules 2, 3"), ("one", "much", "a number"), ("rows", 20, "one result")],
)
def test_what_has_no_single_answer_is_an_incident_until_it_has(decision_id, n, words):
    world = task(decision_id).start({"n": n})
    (incident,) = world.of(IncidentOpened)
    assert words in incident.message
    assert world.tasks() == []
    world.act("set_variables", {"n": 1})
    world.act("retry", incident.number)
    assert world.tasks() == ["u"]
    assert world.variables["level"] == "low"
