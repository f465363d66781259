"""Acts on whole orders: start, hold, resume, cancel, suspend, reactivate."""

from datetime import timedelta

import pytest

from engine.domain import commands as c
from engine.store import tables as t
from tests.support import bpmn_builder as b
from tests.support.installation import deploy
from tests.support.operator import rule

# ---- start ------------------------------------------------------------------------------------


def test_a_start_opens_the_order_at_the_callers_branch(world):
    order = world.order(world.start("steps", mark="m"))
    assert (order.status, order.process_key, order.started_by) == (
        "running",
        "steps",
        world.person("zhao.agent").id,
    )
    assert order.first_owner == order.started_by
    assert order.unit_id == world.person("zhao.agent").unit_id
    assert order.number == f"GD20261123{order.id:06d}"
    assert world.variables(order.id)["starter"] == "zhao.agent"
    assert world.rows(t.order_variable, order_id=order.id, name="mark")[0]["value"] == "m"


@pytest.mark.parametrize(
    ("by", "command", "code"),
    [
        ("sun.network", c.StartOrder(process="steps", values={}), "not_allowed"),
        ("zhao.agent", c.StartOrder(process="steps", values={}, unit="south"), "not_allowed"),
        ("zhao.agent", c.StartOrder(process="steps", values={}, unit="hq"), "not_allowed"),
        ("zhao.agent", c.StartOrder(process="steps", values={}, unit="no"), "unit_unknown"),
        ("zhao.agent", c.StartOrder(process="no", values={}), "process_not_found"),
        ("zhao.agent", c.StartOrder(process="steps", values={}, parent_id=9), "order_not_found"),
        (
            "zhao.agent",
            c.StartOrder(process="steps", values={"customer_id": "K-9"}),
            "customer_not_found",
        ),
        ("zhao.agent", c.StartOrder(process="complaint_escalation", values={}), "form_invalid"),
        (None, c.StartOrder(process="steps", values={}), "person_required"),
    ],
)
def test_a_start_is_refused(desk, by, command, code):
    assert desk.code(by, command) == code
    assert desk.rows(t.work_order) == []


def test_a_foreign_customer_is_unknown(desk):
    command = c.StartOrder(process="steps", values={"customer_id": "K-1001"})
    assert desk.code("tang.south", command) == "customer_not_found"


def test_a_child_knows_its_parent(desk):
    parent = desk.start("steps")
    child = desk.do("zhao.agent", c.StartOrder(process="steps", values={}, parent_id=parent))
    assert desk.order(child.order_id).parent_id == parent


# ---- hold and resume --------------------------------------------------------------------------


def test_a_pausing_hold_stops_clocks_timers_and_work(world):
    order = world.start("waits")
    task = world.task(order)
    due_at = task.due_at
    assert world.order(order).due_at == due_at
    timers = {row["element"]: row["due_at"] for row in world.rows(t.timer, order_id=order)}
    world.wait(hours=1)
    hold = c.HoldOrder(order_id=order, reason="customer_absent", text="nobody there")
    world.do("zhao.agent", hold)
    assert (world.order(order).held, world.task(order).held) == (hold.reason, hold.reason)
    assert (world.order(order).due_at, world.task(order).due_at) == (None, None)
    held = {row["element"]: row["due_at"] for row in world.rows(t.timer, order_id=order)}
    assert held["half"] is None
    assert held["plain"] > timers["plain"]
    for command in (
        c.CompleteTask(task_id=task.id, values={}),
        c.ClaimTask(task_id=task.id),
        c.SaveDraft(task_id=task.id, values={}),
        c.ReturnTask(task_id=task.id, reason="r"),
    ):
        assert world.code("zhao.agent", command) == "order_on_hold"
    assert world.code("zhao.agent", hold) == "already_on_hold"
    world.wait(days=1)
    world.do("zhao.agent", c.ResumeOrder(order_id=order))
    # From Monday 10:00 to Tuesday 10:00 it stood: exactly one working day.
    assert world.task(order).due_at == due_at + timedelta(days=1)
    assert world.order(order).due_at == due_at + timedelta(days=1)
    moved = {row["element"]: row["due_at"] for row in world.rows(t.timer, order_id=order)}
    assert moved["half"] == timers["half"] + timedelta(days=1)
    assert world.order(order).held is None
    assert world.task(order).held is None
    assert world.code("zhao.agent", c.ResumeOrder(order_id=order)) == "not_on_hold"
    world.complete("zhao.agent", task.id)


def test_our_own_reasons_pause_nothing(desk):
    order = desk.start("waits")
    due_at = desk.task(order).due_at
    desk.do("zhao.agent", c.HoldOrder(order_id=order, reason="spare_parts"))
    assert desk.task(order).due_at == due_at
    (clock,) = {state.value.paused_at for state in desk.order(order).clocks.values()}
    assert clock is None
    desk.wait(hours=1)
    desk.do("zhao.agent", c.ResumeOrder(order_id=order))
    assert desk.task(order).due_at == due_at
    assert desk.code("zhao.agent", c.ResumeOrder(order_id=order)) == "not_on_hold"


def test_a_hold_names_a_known_reason_a_future_end_and_the_present_version(desk):
    order = desk.start("waits")
    unknown = c.HoldOrder(order_id=order, reason="laziness")
    assert desk.code("zhao.agent", unknown) == "hold_reason_unknown"
    past = c.HoldOrder(order_id=order, reason="weather", until=desk.clock.now())
    assert desk.code("zhao.agent", past) == "instant_past"
    version = desk.order(order).seq
    stale = c.HoldOrder(order_id=order, reason="weather", version=version - 1)
    refusal = desk.refused("zhao.agent", stale)
    assert (refusal.code, refusal.params["actual"]) == ("stale_version", version)
    desk.do("zhao.agent", c.HoldOrder(order_id=order, reason="weather", version=version))


def test_a_hold_with_an_end_goes_on_by_itself(world):
    order = world.start("waits")
    due_at = world.task(order).due_at
    until = world.clock.now() + timedelta(days=1)
    hold = c.HoldOrder(order_id=order, reason="customer_absent", until=until)
    world.do("zhao.agent", hold)
    assert world.order(order).next_due_at <= until
    world.wait(hours=23)
    assert world.order(order).held == "customer_absent"
    world.wait(hours=1)
    assert (world.order(order).held, world.task(order).held) == (None, None)
    assert world.task(order).due_at == due_at + timedelta(days=1)
    assert world.code("zhao.agent", c.ResumeOrder(order_id=order)) == "not_on_hold"
    (resumed,) = world.facts(order, "order.resumed")
    assert resumed["tasks"] == [world.task(order).id]


def test_a_hold_is_an_event_of_the_escalation_policy(desk):
    desk.rules([rule("held", trigger="event:hold")])
    order = desk.start("waits")
    desk.do("zhao.agent", c.HoldOrder(order_id=order, reason="weather"))
    assert desk.notices("feng.lead") == ["escalated"]
    (fired,) = desk.facts(order, "escalation.fired")
    assert (fired["clock"], fired["level"]) == ("order", 1)


def test_a_clock_started_on_a_pausing_hold_starts_paused(desk):
    order = desk.start("talks")
    desk.do("feng.lead", c.HoldOrder(order_id=order, reason="weather"))
    desk.do("feng.lead", c.SendMessage(order_id=order, message="nudge"))
    clock = desk.order(order).clocks["nudge"]
    assert (clock.value.paused_at, clock.due_at) == (desk.clock.now(), None)
    desk.wait(days=1)
    desk.do("feng.lead", c.ResumeOrder(order_id=order))
    clock = desk.order(order).clocks["nudge"]
    assert clock.due_at > desk.clock.now()


LATER = b.diagram(
    b.process(
        "later",
        b.start(props={"startClock": "order=step"}),
        b.user("work", candidateGroups="agent"),
        b.boundary("often", "work", b.timer("R/PT1H", "Cycle"), interrupting=False),
        b.user("remind", candidateGroups="agent", props={"taskClock": "step"}),
        b.end("reminded"),
        b.end(),
        flows="s work e; often remind reminded",
    )
)


def test_what_opens_while_an_order_is_on_hold_is_on_hold(desk):
    desk.rules([rule("held", trigger="event:hold", actions=["supervise"])])
    deploy(desk.app, {"later.bpmn": LATER})
    order = desk.start("later")
    hold = c.HoldOrder(order_id=order, reason="weather")
    desk.do("zhao.agent", hold)
    desk.wait(hours=1)
    reminder = desk.task(order, "remind")
    assert {task.held for task in desk.tasks(order)} == {"weather"}
    assert {task.purpose for task in desk.tasks(order)} == {"work", "supervision"}
    assert reminder.due_at is None
    desk.do("zhao.agent", c.ResumeOrder(order_id=order))
    assert {task.held for task in desk.tasks(order)} == {None}
    assert desk.task(order, "remind").due_at > desk.clock.now()


def test_what_opens_as_a_hold_ends_is_not_on_hold(world):
    """Both fell due together, because nothing ran meanwhile."""
    deploy(world.app, {"later.bpmn": LATER})
    order = world.start("later")
    until = world.clock.now() + timedelta(minutes=30)
    world.do("zhao.agent", c.HoldOrder(order_id=order, reason="weather", until=until))
    world.clock.pass_(hours=1)
    world.tick()
    reminder = world.task(order, "remind")
    assert (world.order(order).held, reminder.held) == (None, None)
    assert reminder.due_at > world.clock.now()


# ---- the operator's acts ----------------------------------------------------------------------


def test_a_suspended_order_stands_still_and_makes_up_for_it_once(world):
    order = world.start("waits")
    task = world.task(order)
    suspend = c.SuspendOrder(order_id=order, reason="data mix-up")
    assert world.code("feng.lead", suspend) == "not_allowed"
    world.do("ma.operator", suspend)
    assert world.order(order).next_due_at is None
    world.wait(hours=3, minutes=30)
    assert world.facts(order, "timer.fired") == []
    for by, command in (
        ("zhao.agent", c.CompleteTask(task_id=task.id, values={})),
        ("zhao.agent", c.HoldOrder(order_id=order, reason="weather")),
        ("zhao.agent", c.UrgeOrder(order_id=order)),
        ("ma.operator", suspend),
        ("ma.operator", c.CorrectVariables(order_id=order, values={}, reason="r")),
    ):
        refusal = world.refused(by, command)
        assert (refusal.code, refusal.params["status"]) == ("order_not_running", "suspended")
    world.do("zhao.agent", c.AddComment(order_id=order, text="still here"))
    reactivate = c.ReactivateOrder(order_id=order, reason="repaired")
    assert world.code("zhao.agent", reactivate) == "not_allowed"
    world.do("ma.operator", reactivate)
    assert world.code("ma.operator", reactivate) == "order_not_suspended"
    assert world.tick() > 0
    fired = {fact["element"]: fact for fact in world.facts(order, "timer.fired")}
    assert len(world.facts(order, "timer.fired")) == 2
    # Every hour from 10:00 on, seen at 12:30: one firing stands for three.
    assert fired["plain"]["missed"] == 2
    assert fired["half"].get("missed", 0) == 0
    assert world.tick() == 0


@pytest.mark.parametrize("is_suspended", [False, True])
def test_a_cancelled_order_is_over(world, is_suspended):
    order = world.start("waits")
    if is_suspended:
        world.do("ma.operator", c.SuspendOrder(order_id=order, reason="r"))
    cancel = c.CancelOrder(order_id=order, reason="opened twice")
    assert world.code("feng.lead", cancel) == "not_allowed"
    assert world.code("tang.south", cancel) == "order_not_found"
    world.do("ma.operator", cancel)
    ended = world.order(order)
    assert (ended.status, ended.state, ended.outcome) == ("ended", "cancelled", "cancelled")
    assert world.tasks(order) == []
    assert world.rows(t.timer, order_id=order) == []
    assert world.rows(t.subscription, order_id=order) == []
    assert all(state.is_stopped for state in ended.clocks.values())
    (fact,) = world.facts(order, "order.ended")
    assert fact["reason"] == "opened twice"
    for command in (cancel, c.SuspendOrder(order_id=order, reason="r"),
                    c.AddComment(order_id=order, text="late"),
                    c.CopyOrder(order_id=order, people=())):  # fmt: skip
        assert world.code("ma.operator", command) in ("order_not_running", "not_allowed")


def test_an_order_that_ends_takes_its_supervision_tasks_along(desk):
    desk.rules([rule("late", actions=["supervise"])])
    order = desk.start("waits")
    desk.wait(hours=8)
    assert {task.purpose for task in desk.tasks(order)} == {"work", "supervision"}
    desk.complete("zhao.agent", desk.task(order, "work").id)
    assert {task.purpose for task in desk.tasks(order)} == {"work", "supervision"}
    desk.complete("zhao.agent", desk.task(order, "rest").id)
    assert desk.tasks(order) == []
    withdrawn = desk.facts(order, "task.withdrawn")
    assert {fact["reason"] for fact in withdrawn} == {"order_ended"}
    stopped = {fact["key"]: fact for fact in desk.facts(order, "clock.stopped")}
    assert stopped["order"]["met"] is False
    kept = desk.order(order).clocks
    assert set(kept) == {"order"}
    assert kept["order"].value.stopped_at == desk.clock.now()
