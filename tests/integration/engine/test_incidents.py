"""Failed steps and external tasks, and how operators and systems repair them."""

import pytest

from engine.domain import commands as c
from engine.store import tables as t
from tests.support import bpmn_builder as b
from tests.support.installation import deploy


def _job(world, **values):
    order = world.start("meter", line="L-1", **values)
    (job,) = world.rows(t.job, order_id=order)
    return order, job


def test_an_external_task_gets_its_answer(world):
    order, job = _job(world, parts=2)
    assert (job["topic"], job["inputs"]) == ("read_meter", {"line": "L-1"})
    answer = c.AnswerJob(order_id=order, number=job["number"], values={"reading": 10})
    assert world.code("zhao.agent", answer) == "not_allowed"
    assert world.code("tang.south", answer) == "order_not_found"
    missing = c.AnswerJob(order_id=order, number=job["number"] + 1)
    assert world.code("billing.system", missing) == "step_not_possible"
    (task,) = world.do("billing.system", answer).tasks
    assert world.task(order).id == task
    assert world.variables(order)["share"] == 5
    assert world.rows(t.job, order_id=order) == []
    assert world.code("billing.system", answer) == "step_not_possible"


def test_a_failed_expression_is_an_incident_until_its_variables_are_right(world):
    order, job = _job(world, parts=0)
    answer = c.AnswerJob(order_id=order, number=job["number"], values={"reading": 10})
    world.do("billing.system", answer)
    assert world.tasks(order) == []
    (incident,) = world.rows(t.incident, order_id=order)
    assert (incident["element"], incident["problem"]) == ("divide", "expression")
    assert "Traceback" not in incident["message"]
    retry = c.RetryIncident(order_id=order, number=incident["number"])
    assert world.code("feng.lead", retry) == "not_allowed"
    world.do("ma.operator", retry)
    assert world.rows(t.incident, order_id=order)[0]["closed_at"] is None
    correct = c.CorrectVariables(order_id=order, values={"parts": 4}, reason="typing mistake")
    assert world.code("feng.lead", correct) == "not_allowed"
    world.do("ma.operator", correct)
    assert [row["text"] for row in world.rows(t.comment)] == ["typing mistake"]
    world.do("ma.operator", retry)
    (incident,) = world.rows(t.incident, order_id=order)
    assert (incident["reason"], incident["closed_at"]) == ("resolved", world.clock.now())
    assert world.variables(order)["share"] == 2.5
    assert world.task(order).element == "check"
    assert world.code("ma.operator", retry) == "step_not_possible"


def test_a_retry_may_bring_its_variables(desk):
    order, job = _job(desk, parts=0)
    desk.do("billing.system", c.AnswerJob(order_id=order, number=job["number"],
                                          values={"reading": 6}))  # fmt: skip
    (incident,) = desk.rows(t.incident, order_id=order)
    retry = c.RetryIncident(order_id=order, number=incident["number"], values={"parts": 3})
    desk.do("ma.operator", retry)
    assert desk.variables(order)["share"] == 2


def test_a_worker_reports_a_drawn_error(desk):
    order, job = _job(desk, parts=1)
    failure = c.AnswerJob(order_id=order, number=job["number"], error="meter_broken")
    desk.do("billing.system", failure)
    assert desk.task(order).element == "look"
    assert desk.rows(t.incident, order_id=order) == []
    desk.complete("sun.network", desk.task(order).id)
    assert desk.order(order).state == "rejected"


@pytest.mark.parametrize("error", [None, "unknown_error"])
def test_any_other_failure_is_an_incident_and_the_job_may_be_tried_again(desk, error):
    order, job = _job(desk, parts=1)
    number = job["number"]
    failure = c.AnswerJob(order_id=order, number=number, error=error, message="no answer")
    desk.do("billing.system", failure)
    (incident,) = desk.rows(t.incident, order_id=order)
    assert "no answer" in incident["message"]
    desk.do("ma.operator", c.RetryIncident(order_id=order, number=incident["number"]))
    (incident,) = desk.rows(t.incident, order_id=order)
    assert incident["closed_at"] is not None
    (job,) = desk.rows(t.job, order_id=order)
    values = {"reading": 4}
    desk.do("billing.system", c.AnswerJob(order_id=order, number=job["number"], values=values))
    assert desk.task(order).element == "check"


def test_an_operation_that_cannot_be_done_is_an_incident(desk):
    """A provisioning order without a customer cannot be classified."""
    model = b.diagram(b.process("lonely", b.start(), b.job("ask", "classify_customer"), b.end(),
                                flows="s ask e"))  # fmt: skip
    deploy(desk.app, {"lonely.bpmn": model})
    order = desk.start("lonely")
    (incident,) = desk.rows(t.incident, order_id=order)
    assert (incident["problem"], incident["element"]) == ("job", "ask")
    assert desk.rows(t.job, order_id=order) == []
    desk.do("ma.operator", c.RetryIncident(order_id=order, number=incident["number"]))
    (incident,) = [row for row in desk.rows(t.incident) if row["closed_at"] is None]
    assert desk.rows(t.job, order_id=order) == []
    desk.do("ma.operator", c.CancelOrder(order_id=order, reason="no customer"))
    (row,) = desk.rows(t.incident, number=incident["number"])
    assert row["reason"] == "cancelled"
