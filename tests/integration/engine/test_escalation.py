"""The escalation policy at work: who is told what at which instant, and what else is done."""

from datetime import timedelta

import pytest

from engine.domain import commands as c
from engine.store import tables as t
from tests.support.operator import MONDAY, rule

#: Four working hours from 09:00 with the lunch gap.
DUE = timedelta(hours=5, minutes=30)


def _due(desk, order):
    return desk.task(order, "work").due_at


def test_a_notice_names_order_customer_task_person_and_local_time(world):
    world.rules([rule("late")])
    order = world.start("waits", customer_id="K-1001")
    world.do("zhao.agent", c.ClaimTask(task_id=world.task(order).id))
    due_at = _due(world, order)
    world.wait_until(due_at + timedelta(minutes=1))
    (note, *_) = world.notes("feng.lead")
    shown = f"{due_at + timedelta(hours=8):%Y-%m-%d %H:%M}"
    number = world.order(order).number
    assert note.params["zh"] == f"{number} 客户K-1001 WORK 赵敏 {shown}"
    assert (note.notice, note.params["level"]) == ("escalated", 1)
    fired = [fact for fact in world.facts(order, "escalation.fired") if "task" in fact]
    assert fired[0]["receivers"] == [world.person("feng.lead").id]
    assert world.order(order).level == 1


def test_planned_and_actual_time_are_kept(desk):
    desk.rules([rule("late")])
    order = desk.start("steps")
    due_at = desk.task(order).due_at
    desk.clock.move_to(due_at + timedelta(minutes=7))
    desk.tick()
    (event,) = [event for event in desk.events(order) if event.fact["kind"] == "escalation.fired"]
    assert event.fact["planned_at"] == due_at.isoformat().replace("+00:00", "Z")
    assert event.at == due_at + timedelta(minutes=7)
    assert event.actor is None


@pytest.mark.parametrize(
    ("receiver", "login"),
    [
        ({"scope": "own_unit", "role": "supervisor"}, "feng.lead"),
        ({"scope": "branch", "role": "manager"}, "he.manager"),
        ({"scope": "hq", "role": "hq_desk"}, "qian.hq"),
        ({"scope": "assignee"}, "zhao.agent"),
    ],
)
def test_receivers(desk, receiver, login):
    desk.rules([rule("late", receiver=receiver)])
    order = desk.start("steps")
    desk.wait(hours=8)
    (fired,) = desk.facts(order, "escalation.fired")
    assert fired["receivers"] == [desk.person(login).id]
    assert desk.notices(login) == ["escalated"]


def test_without_a_superior_at_the_unit_the_next_one_up_is_told(desk):
    desk.do("system", c.GrantRoles(login="feng.lead", grants=()))
    desk.do("system", c.GrantRoles(login="qian.hq", grants=(("supervisor", "hq"),)))
    desk.rules([rule("late")])
    desk.start("steps")
    desk.wait(hours=8)
    assert desk.notices("qian.hq") == ["escalated"]


def test_only_what_the_row_says_is_done(desk):
    for action in ("supervise", "raise_priority", "reassign", "notify"):
        desk.rules([rule("late", actions=[action])])
        order = desk.start("steps")
        desk.wait(hours=24)
        task = desk.task(order, "first")
        supervision = desk.tasks(order, purpose="supervision")
        assert bool(supervision) == (action == "supervise")
        assert task.priority == (60 if action == "raise_priority" else 50)
        assert task.queue.startswith("supervisor@") == (action == "reassign")
        assert desk.order(order).handovers == (1 if action == "reassign" else 0)
        assert bool(desk.notices("feng.lead")) == (action == "notify")
        assert task.level == 1
        desk.do("ma.operator", c.CancelOrder(order_id=order, reason="next"))


def test_a_supervision_task_is_noted_and_instructs_the_worker(desk):
    desk.rules([rule("late", actions=["supervise"])])
    order = desk.start("steps")
    work = desk.task(order)
    desk.do("zhao.agent", c.ClaimTask(task_id=work.id))
    desk.wait(hours=8)
    (task,) = desk.tasks(order, purpose="supervision")
    assert (task.level, task.target) == (1, work.id)
    assert desk.code("zhao.agent", c.CompleteTask(task_id=task.id, values={})) == "not_candidate"
    new_due = desk.clock.now() + timedelta(days=1)
    answer = desk.complete("feng.lead", task.id, finding="seen", instruction="go there",
                           new_due=new_due.isoformat())  # fmt: skip
    assert not answer.is_ended
    (note,) = desk.notes("zhao.agent")
    assert (note.notice, note.params["instruction"]) == ("instruction", "go there")
    assert desk.facts(order, "task.noted")[0]["values"]["finding"] == "seen"
    assert desk.task(order).due_at == new_due


def test_the_real_form_of_a_supervision_task_wants_a_finding(desk):
    desk.rules([], shipped=True)
    order = desk.start_drawn("start_complaint", "complaint_escalation", "zhao.agent")
    desk.wait(days=3)
    task = desk.tasks(order, purpose="supervision")[0]
    login = {"supervisor": "feng.lead", "manager": "he.manager", "hq_desk": "qian.hq"}
    refusal = desk.refused(login[task.roles[0]], c.CompleteTask(task_id=task.id, values={}))
    assert set(refusal.problems) == {"finding", "instruction"}


def test_repetitions_notify_only_and_missed_ones_come_as_one(desk):
    desk.rules([rule("late", actions=["supervise", "notify"], repeat="PT30M")])
    order = desk.start("steps")
    due_at = desk.task(order).due_at
    desk.wait_until(due_at)
    desk.clock.move_to(due_at + timedelta(hours=2, minutes=10))
    desk.tick()
    first, again = desk.facts(order, "escalation.fired")
    assert first["actions"] == ["supervise", "notify"]
    assert (again["actions"], again["missed"]) == (["notify"], 3)
    assert len(desk.tasks(order, purpose="supervision")) == 1
    assert desk.tick() == 0
    desk.wait(minutes=25)
    assert len(desk.facts(order, "escalation.fired")) == 3


@pytest.mark.parametrize(("stop", "fires"), [("clock_stopped", 1), ("claimed", 0)])
def test_a_claim_stops_only_rules_that_say_so(desk, stop, fires):
    desk.rules([rule("late", stop=stop)])
    order = desk.start("steps")
    desk.do("zhao.agent", c.ClaimTask(task_id=desk.task(order).id))
    desk.wait(hours=8)
    assert len(desk.facts(order, "escalation.fired")) == fires


@pytest.mark.parametrize(("stop", "fires"), [("clock_stopped", 0), ("never", 1)])
def test_the_end_of_the_clock_stops_all_but_endless_rules(world, stop, fires):
    world.rules([rule("late", stop=stop)])
    order = world.start("steps")
    world.complete("zhao.agent", world.task(order).id, mark="x")
    world.complete("li.desk", world.task(order).id)
    world.wait(hours=8)
    fired = world.facts(order, "escalation.fired")
    assert len(fired) == 2 * fires
    world.complete("sun.network", world.task(order).id)
    assert world.order(order).next_due_at is None


def test_a_class_has_rules_of_its_own_and_its_change_plans_anew(desk):
    usual, special = rule("usual"), rule("special", order_class="major", trigger="25%")
    desk.rules([usual, special])
    order = desk.start("waits")
    planned = desk.order(order).next_due_at
    desk.do("ma.operator", c.CorrectVariables(order_id=order, values={"complaint_class": "major"},
                                              reason="found out"))  # fmt: skip
    clocks = desk.order(order).clocks.values()
    assert {state.next_at for state in clocks} == {MONDAY + timedelta(hours=1)}
    assert planned == MONDAY + timedelta(hours=1)  # the plain hourly timer
    desk.wait(hours=1, minutes=30)
    assert {fact["level"] for fact in desk.facts(order, "escalation.fired")} == {1}


def test_a_major_complaint_is_supervised_at_headquarters_at_once(world):
    world.rules([], shipped=True)
    order = world.start_drawn(
        "start_complaint", "complaint_escalation", "zhao.agent", source="media"
    )
    assert world.variables(order)["complaint_class"] == "major"
    world.tick()
    (task,) = world.tasks(order, purpose="supervision")
    assert (task.level, task.roles) == (3, ("hq_desk",))
    assert "escalated" in world.notices("qian.hq")


def test_levels_wait_for_the_end_of_a_hold_and_of_an_extension(desk):
    desk.rules([rule("late")])
    order = desk.start("waits")
    due_at = _due(desk, order)
    desk.do("zhao.agent", c.HoldOrder(order_id=order, reason="weather"))
    desk.wait(days=1)
    assert desk.facts(order, "escalation.fired") == []
    desk.do("zhao.agent", c.ResumeOrder(order_id=order))
    wanted = due_at + timedelta(days=2)
    for clock in (None, "order"):
        asked = desk.do("zhao.agent", c.RequestExtension(
            task_id=desk.task(order, "work").id, new_due_at=wanted, reason="r", clock=clock,
        )).id  # fmt: skip
        desk.do("feng.lead", c.DecideExtension(extension_id=asked, approved=True))
    desk.wait_until(wanted - timedelta(minutes=1))
    assert desk.facts(order, "escalation.fired") == []
    desk.wait_until(wanted)
    assert len(desk.facts(order, "escalation.fired")) == 2


def test_frequent_hand_overs_are_an_event(desk):
    desk.rules([rule("often", trigger="event:handed_over_often")])
    order = desk.start("waits")
    task = desk.task(order).id
    for turn in range(5):
        role = ("network", "agent")[turn % 2]
        desk.do("he.manager", c.TransferTask(task_id=task, role=role, reason="r"))
        fired = desk.facts(order, "escalation.fired")
        assert len(fired) == (1 if turn >= 3 else 0)


def test_no_superior_hears_of_an_order_that_ended_in_time(desk):
    desk.rules([], shipped=True)
    order = desk.start("steps")
    desk.complete("zhao.agent", desk.task(order).id, mark="x")
    desk.do("ma.operator", c.CancelOrder(order_id=order, reason="r"))
    desk.wait(days=7)
    assert desk.facts(order, "escalation.fired") == []
    assert desk.rows(t.notification) == []
