"""Acts on tasks: who may, what changes, what the history says."""

import pytest

from engine.domain import commands as c
from engine.domain.forms import FormInvalidError
from engine.store import tables as t
from tests.support.operator import rule

# ---- claim, release, assign -------------------------------------------------------------------


def test_a_claim_takes_the_task_once(world):
    order = world.start("steps")
    task = world.task(order)
    assert task.state == "open"
    world.do("zhao.agent", c.ClaimTask(task_id=task.id, version=task.version))
    taken = world.task(order)
    assert (taken.state, taken.assignee) == ("claimed", world.person("zhao.agent").id)
    assert taken.version == task.version + 1
    assert world.facts(order, "task.claimed") == [{"kind": "task.claimed", "task": task.id}]
    assert world.code("zhao.agent", c.ClaimTask(task_id=task.id)) == "already_yours"
    stale = c.ReleaseTask(task_id=task.id, version=task.version)
    assert world.code("zhao.agent", stale) == "stale_version"


def test_a_task_of_another_group_can_neither_be_claimed_nor_completed(desk):
    order = desk.start("steps")
    task = desk.task(order)
    for login in ("sun.network", "feng.lead", "qian.hq"):
        assert desk.code(login, c.ClaimTask(task_id=task.id)) == "not_candidate"
        complete = c.CompleteTask(task_id=task.id, values={"mark": "x"})
        assert desk.code(login, complete) == "not_candidate"
    assert desk.code("tang.south", c.ClaimTask(task_id=task.id)) == "task_not_found"
    assert desk.code("zhao.agent", c.ClaimTask(task_id=task.id + 1)) == "task_not_found"
    assert desk.code(None, c.ClaimTask(task_id=task.id)) == "person_required"


def test_a_claimed_task_is_its_holders(desk):
    order = desk.start("steps")
    desk.complete("zhao.agent", desk.task(order).id, mark="x")
    task = desk.task(order)
    desk.do("li.desk", c.ClaimTask(task_id=task.id))
    for command in (c.ClaimTask(task_id=task.id), c.CompleteTask(task_id=task.id, values={})):
        refusal = desk.refused("chen.desk", command)
        assert refusal.code == "task_taken"
        assert refusal.params["assignee"] == desk.person("li.desk").id
    assert desk.code("chen.desk", c.ReleaseTask(task_id=task.id)) == "not_allowed"
    desk.do("feng.lead", c.ReleaseTask(task_id=task.id))
    assert desk.task(order).assignee is None
    assert desk.code("li.desk", c.ReleaseTask(task_id=task.id)) == "not_yours"
    assert desk.facts(order, "task.released") == [{"kind": "task.released", "task": task.id}]


def test_a_superior_assigns_to_those_who_could_take_it(desk):
    order = desk.start("steps")
    desk.complete("zhao.agent", desk.task(order).id, mark="x")
    task = desk.task(order)

    def assign(to):
        return c.AssignTask(task_id=task.id, to=to, reason="her customer")

    assert desk.code("li.desk", assign("li.desk")) == "not_allowed"
    assert desk.code("feng.lead", assign("sun.network")) == "transfer_target"
    assert desk.code("feng.lead", assign("tang.south")) == "transfer_target"
    assert desk.code("feng.lead", assign("nobody")) == "person_unknown"
    desk.do("feng.lead", assign("chen.desk"))
    assert desk.task(order).assignee == desk.person("chen.desk").id
    assert desk.notices("chen.desk") == ["task_assigned"]
    (fact,) = desk.facts(order, "task.assigned")
    assert fact["reason"] == "her customer"


def test_four_eyes_hold_for_claim_completion_assignment_and_transfer(desk):
    grants = (("agent", "north"), ("key_account_desk", "north"))
    desk.do("system", c.GrantRoles(login="zhao.agent", grants=grants))
    order = desk.start("steps")
    desk.complete("zhao.agent", desk.task(order).id, mark="x")
    task = desk.task(order)
    assert task.barred == desk.person("zhao.agent").id
    assert desk.code("zhao.agent", c.ClaimTask(task_id=task.id)) == "four_eyes"
    assert desk.code("zhao.agent", c.CompleteTask(task_id=task.id, values={})) == "four_eyes"
    to = {"task_id": task.id, "to": "zhao.agent", "reason": "r"}
    assert desk.code("feng.lead", c.AssignTask(**to)) == "four_eyes"
    assert desk.code("feng.lead", c.TransferTask(**to)) == "four_eyes"
    desk.complete("li.desk", task.id)
    assert desk.task(order).element == "third"


def test_a_task_for_named_people_only_cannot_go_back_to_a_group(desk):
    order = desk.start("talks")
    desk.complete("xu.stock", desk.task(order, "hq_work").id)
    task = desk.task(order, "named")
    assert task.queue == ""
    assert desk.code("chen.desk", c.ClaimTask(task_id=task.id)) == "not_candidate"
    desk.do("li.desk", c.ClaimTask(task_id=task.id))
    assert desk.code("li.desk", c.ReleaseTask(task_id=task.id)) == "task_without_group"


def test_a_drawn_assignee_gets_the_task_and_a_notice_and_a_gap_leaves_it_to_the_group(desk):
    for owner, holder in (("sun.network", desk.person("sun.network").id), ("gone", None)):
        order = desk.start("talks", owner=owner)
        desk.complete("xu.stock", desk.task(order, "hq_work").id)
        desk.complete("li.desk", desk.task(order, "named").id)
        desk.complete("sun.network", desk.task(order, "left").id)
        desk.complete("sun.network", desk.task(order, "right").id)
        given = desk.task(order, "given")
        assert given.assignee == holder
        assert given.state == ("open" if holder is None else "claimed")
    assert desk.notices("sun.network") == ["task_assigned"]


# ---- transfer ---------------------------------------------------------------------------------


def test_a_transfer_counts_and_frees_the_task_for_the_new_group(world):
    order = world.start("steps")
    task = world.task(order)
    world.do("zhao.agent", c.ClaimTask(task_id=task.id))
    world.do("zhao.agent", c.TransferTask(task_id=task.id, role="network", reason="technical"))
    moved = world.task(order)
    north = world.person("sun.network").unit_id
    assert (moved.queue, moved.assignee, moved.state) == (f"network@{north}", None, "open")
    assert (moved.handovers, world.order(order).handovers) == (1, 1)
    world.do("sun.network", c.TransferTask(task_id=moved.id, unit="hq", to="xu.stock",
                                           role="hq_equipment", reason="theirs"))  # fmt: skip
    held = world.task(order)
    assert held.assignee == world.person("xu.stock").id
    assert (held.handovers, world.order(order).handovers) == (2, 2)
    assert world.notices("xu.stock") == ["task_transferred"]
    world.complete("xu.stock", held.id, mark="x")


def test_a_transfer_must_lead_somewhere_else(desk):
    order = desk.start("steps")
    task = desk.task(order)

    def fact(by="zhao.agent", **target):
        refusal = desk.refused(by, c.TransferTask(task_id=task.id, reason="r", **target))
        return refusal.code, refusal.params.get("fact", "")

    assert fact() == ("transfer_target", "none was named")
    assert fact(role="king") == ("transfer_target", "role king is unknown")
    assert fact(role="agent")[1] == "the task is in that group already"
    assert fact(unit="nowhere")[0] == "unit_unknown"
    assert fact(to="sun.network")[0] == "transfer_target"
    assert fact(to="nobody")[0] == "person_unknown"
    assert fact(by="sun.network", role="network")[0] == "not_allowed"
    desk.do("zhao.agent", c.ClaimTask(task_id=task.id))
    assert fact(to="zhao.agent")[1] == "zhao.agent holds the task already"
    assert desk.order(order).handovers == 0


def test_a_superior_transfers_what_somebody_holds(desk):
    order = desk.start("steps")
    task = desk.task(order)
    desk.do("zhao.agent", c.ClaimTask(task_id=task.id))
    desk.do("feng.lead", c.TransferTask(task_id=task.id, role="network", reason="ill"))
    assert desk.task(order).assignee is None


def test_drawn_hand_overs_add_to_those_by_transfer(desk):
    order = desk.start_drawn("start_complaint", "complaint_escalation", "zhao.agent")
    task = desk.task(order, "handle_at_desk")
    desk.do("li.desk", c.TransferTask(task_id=task.id, to="chen.desk", reason="hers"))
    _to_department(desk, order, "chen.desk")
    at_dept = desk.task(order, "dept_handle")
    desk.complete("zheng.dept", at_dept.id, dept_result="wrong_dept", target_dept="network")
    drawn = desk.variables(order)["handover_count"]
    assert drawn > 0
    assert desk.order(order).handovers == 1 + drawn


def _to_department(desk, order, by):
    now = desk.clock.now().isoformat()
    values = {"first_contact_at": now, "can_solve": "to_dept", "target_dept": "network"}
    desk.complete(by, desk.task(order, "handle_at_desk").id, **values)


# ---- completion -------------------------------------------------------------------------------


def test_completion_moves_on_publishes_and_answers_with_what_it_opened(world):
    order = world.start("steps")
    assert world.order(order).state == "held_by_agent"
    answer = world.complete("zhao.agent", world.task(order).id, mark="green")
    second = world.task(order)
    assert answer.opened == (second.id,)
    assert not answer.is_ended
    assert world.order(order).state == "at_desk"
    assert world.variables(order)["mark"] == "green"
    assert world.rows(t.order_variable, order_id=order, name="mark")[0]["value"] == "green"
    world.complete("li.desk", second.id)
    answer = world.complete("sun.network", world.task(order).id)
    ended = world.order(order)
    assert answer.is_ended
    assert (ended.status, ended.state, ended.outcome) == ("ended", "completed", "completed")
    assert ended.kernel == b""
    assert ended.next_due_at is None
    again = c.CompleteTask(task_id=second.id, values={})
    assert world.code("li.desk", again) == "order_not_running"


def test_a_completed_task_cannot_be_completed_again(desk):
    order = desk.start("steps")
    task = desk.task(order)
    desk.complete("zhao.agent", task.id, mark="x")
    refusal = desk.refused("zhao.agent", c.CompleteTask(task_id=task.id, values={"mark": "x"}))
    assert (refusal.code, refusal.params["state"]) == ("task_not_open", "completed")


def test_lateness_is_recorded(desk):
    order = desk.start("steps")
    desk.wait(hours=8)
    desk.complete("zhao.agent", desk.task(order).id, mark="x")
    desk.complete("li.desk", desk.task(order).id)
    first, second = desk.facts(order, "task.completed")
    assert first["late"] is True
    assert "late" not in second


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({}, {"mark"}),
        ({"mark": ""}, {"mark"}),
        ({"mark": "x" * 21}, {"mark"}),
        ({"mark": 7}, {"mark"}),
        ({"mark": "x", "other": 1}, {"other"}),
        ({"mark": "x", "order_id": 1}, {"order_id"}),
    ],
)
def test_values_that_do_not_fit_the_form_are_refused_with_their_fields(desk, values, wrong):
    order = desk.start("steps")
    command = c.CompleteTask(task_id=desk.task(order).id, values=values)
    refusal = desk.refused("zhao.agent", command)
    assert isinstance(refusal, FormInvalidError)
    assert set(refusal.problems) == wrong
    assert desk.facts(order, "task.completed") == []


def test_a_hidden_field_sets_nothing(desk):
    order = desk.start("steps")
    task = desk.task(order).id
    try:
        desk.complete("zhao.agent", task, mark="x", secret="s")
    except FormInvalidError as refusal:
        assert set(refusal.problems) == {"secret"}
        desk.complete("zhao.agent", task, mark="x")
    assert desk.variables(order).get("secret") is None
    shown = desk.start("steps")
    desk.complete("zhao.agent", desk.task(shown).id, mark="open", secret="s")
    assert desk.variables(shown)["secret"] == "s"


def test_an_unknown_unit_is_told_of_the_field_it_was_posted_in(desk):
    order = desk.start("steps")
    desk.complete("zhao.agent", desk.task(order).id, mark="x", where="nowhere")
    refusal = desk.refused("li.desk", c.CompleteTask(task_id=desk.task(order).id, values={}))
    assert (refusal.code, refusal.params["unit"]) == ("unit_unknown", "nowhere")

    complaint = desk.start_drawn("start_complaint", "complaint_escalation", "zhao.agent")
    _to_department(desk, complaint, "li.desk")
    values = {"dept_result": "wrong_dept", "target_dept": "network", "target_unit": "nowhere"}
    command = c.CompleteTask(task_id=desk.task(complaint, "dept_handle").id, values=values)
    refusal = desk.refused("zheng.dept", command)
    assert isinstance(refusal, FormInvalidError)
    assert set(refusal.problems) == {"target_unit"}


def test_work_goes_to_another_unit_and_its_people_see_the_order(desk):
    order = desk.start("steps")
    desk.complete("zhao.agent", desk.task(order).id, mark="x", where="south")
    desk.complete("li.desk", desk.task(order).id)
    task = desk.task(order)
    assert task.unit_id == desk.person("tang.south").unit_id
    assert desk.code("sun.network", c.ClaimTask(task_id=task.id)) == "not_candidate"


def test_a_machine_gets_the_first_answer_again(world):
    order = world.start("steps")
    task = world.task(order)
    command = c.CompleteTask(task_id=task.id, values={"mark": "x"})
    first = world.do("zhao.agent", command, idempotency_key="k")
    assert world.do("zhao.agent", command, idempotency_key="k") == first
    assert len(world.facts(order, "task.completed")) == 1
    other = c.CompleteTask(task_id=task.id, values={"mark": "y"})
    with pytest.raises(Exception, match="used before") as refusal:
        world.do("zhao.agent", other, idempotency_key="k")
    assert refusal.value.code == "idempotency_key_reused"


# ---- drafts -----------------------------------------------------------------------------------


def test_drafts_are_versioned_per_person_and_may_be_half_filled(world):
    order = world.start("steps")
    task = world.task(order).id
    assert world.do("zhao.agent", c.SaveDraft(task_id=task, values={"mark": ""})).id == 1
    second = c.SaveDraft(task_id=task, values={"mark": "x"}, draft_version=1)
    assert world.do("zhao.agent", second).id == 2
    refusal = world.refused("zhao.agent", second)
    assert (refusal.code, refusal.params) == ("draft_stale", {"expected": 1, "actual": 2})
    assert world.code("sun.network", second) == "not_candidate"
    wrong = c.SaveDraft(task_id=task, values={"mark": "x" * 21})
    assert world.code("zhao.agent", wrong) == "form_invalid"
    assert world.code("li.desk", c.DiscardDraft(task_id=task)) == "draft_not_found"
    world.do("zhao.agent", c.DiscardDraft(task_id=task))
    assert world.code("zhao.agent", c.DiscardDraft(task_id=task)) == "draft_not_found"


# ---- return -----------------------------------------------------------------------------------


def test_a_return_goes_to_the_step_before_and_its_state(world):
    order = world.start("steps")
    world.complete("zhao.agent", world.task(order).id, mark="x")
    task = world.task(order)
    answer = world.do("li.desk", c.ReturnTask(task_id=task.id, reason="incomplete"))
    again = world.task(order)
    assert (again.element, answer.opened) == ("first", (again.id,))
    assert world.order(order).state == "held_by_agent"
    assert world.order(order).handovers == 1
    (fact,) = world.facts(order, "task.returned")
    assert (fact["to_element"], fact["reason"]) == ("first", "incomplete")
    (returned,) = [each for each in world.all_tasks(order) if each.id == task.id]
    assert (returned.state, returned.ended_by) == ("withdrawn", world.person("li.desk").id)
    assert world.facts(order, "task.withdrawn") == []
    world.complete("zhao.agent", again.id, mark="y")
    assert world.task(order).element == "second"


def test_a_return_to_a_named_step_must_have_been_done(desk):
    order = desk.start("steps")
    first = desk.task(order)
    assert desk.code("zhao.agent", c.ReturnTask(task_id=first.id, reason="r")) == "no_earlier_step"
    desk.complete("zhao.agent", first.id, mark="x")
    desk.complete("li.desk", desk.task(order).id)
    third = desk.task(order).id
    for element in ("third", "nothing"):
        command = c.ReturnTask(task_id=third, reason="r", to_element=element)
        assert desk.code("sun.network", command) == "no_earlier_step"
    desk.do("sun.network", c.ReturnTask(task_id=third, reason="r", to_element="first"))
    assert desk.task(order).element == "first"


def test_a_parallel_branch_is_not_a_step_before(desk):
    order = desk.start("talks")
    desk.complete("xu.stock", desk.task(order, "hq_work").id)
    desk.complete("li.desk", desk.task(order, "named").id)
    desk.complete("sun.network", desk.task(order, "left").id)
    right = desk.task(order, "right").id
    for element in (None, "left", "named"):
        command = c.ReturnTask(task_id=right, reason="r", to_element=element)
        assert desk.code("sun.network", command) in ("step_not_possible", "no_earlier_step")
    assert desk.task(order, "right").id == right


def test_a_supervision_task_cannot_be_returned(desk):
    desk.rules([rule("late", actions=["supervise"])])
    order = desk.start("steps")
    desk.wait(hours=8)
    (task,) = desk.tasks(order, purpose="supervision")
    command = c.ReturnTask(task_id=task.id, reason="r")
    assert desk.code("feng.lead", command) == "not_returnable"
