"""More time: asked before the deadline, decided by somebody else, moving clock and timers."""

from datetime import timedelta

import pytest

from engine.domain import commands as c
from engine.store import tables as t


def _asked(world, by="zhao.agent", hours=2, **more):
    order = world.start("waits")
    task = world.task(order)
    wanted = task.due_at + timedelta(hours=hours)
    command = c.RequestExtension(task_id=task.id, new_due_at=wanted, reason="rain", **more)
    return order, task, wanted, world.do(by, command).id


def test_an_approved_extension_moves_the_tasks_clock_and_its_timers(world):
    order, task, wanted, asked = _asked(world)
    (decision,) = world.tasks(order, purpose="extension")
    assert decision.target == task.id
    before = {row["element"]: row["due_at"] for row in world.rows(t.timer, order_id=order)}
    order_due_at = world.order(order).due_at
    complete = c.CompleteTask(task_id=decision.id, values={})
    assert world.code("feng.lead", complete) == "decide_instead"
    decide = c.DecideExtension(extension_id=asked, approved=True, comment="fair")
    answer = world.do("feng.lead", decide)
    assert answer.task_id == decision.id
    after = {row["element"]: row["due_at"] for row in world.rows(t.timer, order_id=order)}
    assert world.task(order).due_at == wanted
    assert after["half"] == before["half"] + timedelta(hours=1)
    assert after["plain"] == before["plain"]
    assert world.order(order).due_at == order_due_at
    (row,) = world.rows(t.extension, id=asked)
    assert (row["state"], row["comment"]) == ("approved", "fair")
    assert row["decided_by"] == world.person("feng.lead").id
    assert world.notices("zhao.agent") == ["extension_approved"]
    refusal = world.refused("feng.lead", decide)
    assert (refusal.code, refusal.params["state"]) == ("extension_decided", "approved")


def test_a_denied_extension_moves_nothing(desk):
    order, task, _, asked = _asked(desk)
    desk.do("feng.lead", c.DecideExtension(extension_id=asked, approved=False))
    assert desk.task(order).due_at == task.due_at
    assert desk.notices("zhao.agent") == ["extension_denied"]
    assert desk.rows(t.extension, id=asked)[0]["state"] == "denied"


def test_the_orders_own_clock_can_be_extended(desk):
    order, task, wanted, asked = _asked(desk, clock="order")
    desk.do("feng.lead", c.DecideExtension(extension_id=asked, approved=True))
    assert (desk.order(order).due_at, desk.task(order).due_at) == (wanted, task.due_at)


def test_nobody_decides_their_own_request_and_only_superiors_decide(desk):
    grants = (("supervisor", "north"), ("agent", "north"))
    desk.do("system", c.GrantRoles(login="zhao.agent", grants=grants))
    order, _, _, asked = _asked(desk)
    (decision,) = desk.tasks(order, purpose="extension")
    decide = c.DecideExtension(extension_id=asked, approved=True)
    assert desk.code("zhao.agent", decide) == "four_eyes"
    assert desk.code("zhao.agent", c.ClaimTask(task_id=decision.id)) == "four_eyes"
    assert desk.code("li.desk", decide) == "not_allowed"
    assert desk.code("tang.south", decide) == "extension_not_found"
    missing = c.DecideExtension(extension_id=asked + 1, approved=True)
    assert desk.code("feng.lead", missing) == "extension_not_found"
    desk.do("feng.lead", decide)
    assert desk.code("tang.south", decide) == "extension_not_found"


def test_a_request_is_refused(desk):
    order, task, wanted, _ = _asked(desk)

    def code(by="zhao.agent", **more):
        values = {"task_id": task.id, "new_due_at": wanted, "reason": "r", **more}
        return desk.code(by, c.RequestExtension(**values))

    assert code() == "extension_pending"
    assert code(by="li.desk") == "not_candidate"
    assert code(clock="order", new_due_at=desk.order(order).due_at) == "extension_empty"
    other = desk.task(desk.start("waits")).id
    assert code(clock=f"task:{other}") == "no_clock"
    assert code(clock="nothing") == "no_clock"
    desk.wait(hours=8)
    assert code(clock="order", new_due_at=wanted + timedelta(days=2)) == "extension_late"


def test_a_request_is_taken_back_by_who_works_on_the_task(world):
    order, task, wanted, asked = _asked(world)
    back = c.WithdrawExtension(task_id=task.id)
    assert world.code("li.desk", back) == "not_candidate"
    assert world.code("tang.south", back) == "task_not_found"
    world.do("zhao.agent", back)
    assert world.tasks(order, purpose="extension") == []
    assert world.rows(t.extension, id=asked)[0]["state"] == "withdrawn"
    assert [fact["extension"] for fact in world.facts(order, "extension.withdrawn")] == [asked]
    decide = c.DecideExtension(extension_id=asked, approved=True)
    refusal = world.refused("feng.lead", decide)
    assert (refusal.code, refusal.params["state"]) == ("extension_decided", "withdrawn")
    assert world.code("zhao.agent", back) == "extension_missing"
    assert world.task(order).due_at == task.due_at
    # There is room for another one.
    again = c.RequestExtension(task_id=task.id, new_due_at=wanted, reason="r")
    world.do("feng.lead", c.DecideExtension(
        extension_id=world.do("zhao.agent", again).id, approved=True
    ))  # fmt: skip
    assert world.code("zhao.agent", back) == "extension_missing"


def test_a_task_without_clocks_has_nothing_to_extend(desk):
    order = desk.start("talks")
    command = c.RequestExtension(
        task_id=desk.task(order).id, new_due_at=desk.clock.now() + timedelta(days=1), reason="r"
    )
    assert desk.code("xu.stock", command) == "no_clock"


@pytest.mark.parametrize("is_late_decision", [False, True])
def test_what_counts_is_when_it_was_asked(desk, is_late_decision):
    order, task, wanted, asked = _asked(desk, hours=24)
    if is_late_decision:
        desk.wait_until(task.due_at + timedelta(minutes=5))
    desk.do("feng.lead", c.DecideExtension(extension_id=asked, approved=True))
    assert desk.task(order, "work").due_at == wanted


def test_time_for_a_finished_task_can_only_be_denied(desk):
    _, task, _, asked = _asked(desk)
    desk.complete("zhao.agent", task.id)
    decide = c.DecideExtension(extension_id=asked, approved=True)
    assert desk.code("feng.lead", decide) == "no_clock"
    desk.do("feng.lead", c.DecideExtension(extension_id=asked, approved=False))


def test_a_request_of_an_ended_order_is_withdrawn(desk):
    order, _, _, asked = _asked(desk)
    desk.do("ma.operator", c.CancelOrder(order_id=order, reason="r"))
    decide = c.DecideExtension(extension_id=asked, approved=True)
    refusal = desk.refused("feng.lead", decide)
    assert (refusal.code, refusal.params["state"]) == ("extension_decided", "withdrawn")
