"""Urging, comments, copies, files and messages."""

import pytest

from engine.domain import commands as c
from engine.store import tables as t
from tests.support.operator import BY_ROLE


def test_an_urge_counts_tells_and_raises_only_what_is_lower(world):
    order = world.start("talks")
    urge = c.UrgeOrder(order_id=order, text="third call")
    world.do("zhao.agent", urge)
    assert (world.order(order).urges, world.order(order).priority) == (1, 60)
    task = world.task(order)
    assert (task.urges, task.priority) == (1, 60)
    assert world.notices("xu.stock") == ["order_urged"]
    assert world.variables(order)["urged_with"] == "third call"
    for _ in range(5):
        world.do("feng.lead", urge)
    assert (world.order(order).urges, world.order(order).priority) == (6, 100)
    assert len(world.facts(order, "order.priority_raised")) == 5
    # What opens later is as urgent as its order.
    world.complete("xu.stock", task.id)
    assert world.task(order).priority == 100


def test_an_urge_tells_the_holder_alone(desk):
    order = desk.start("steps")
    desk.complete("zhao.agent", desk.task(order).id, mark="x")
    desk.do("chen.desk", c.ClaimTask(task_id=desk.task(order).id))
    desk.do("zhao.agent", c.UrgeOrder(order_id=order))
    assert desk.notices("chen.desk") == ["order_urged"]
    assert desk.notices("li.desk") == []


def test_a_comment_tells_the_mentioned(world):
    order = world.start("steps")
    task = world.task(order).id
    comment = c.AddComment(order_id=order, text="see @li", task_id=task, mentions=("li.desk",))
    made = world.do("zhao.agent", comment)
    (row,) = world.rows(t.comment, id=made.id)
    assert (row["text"], row["task_id"], row["author"]) == (
        "see @li",
        task,
        world.person("zhao.agent").id,
    )
    (note,) = world.notes("li.desk")
    assert (note.notice, note.order_id, note.task_id) == ("mentioned", order, task)
    nobody = c.AddComment(order_id=order, text="x", mentions=("li.desk", "gone"))
    refusal = world.refused("zhao.agent", nobody)
    assert (refusal.code, refusal.params["logins"]) == ("person_unknown", "gone")
    stranger = c.AddComment(order_id=order, text="x", mentions=("li.desk", "tang.south"))
    refusal = world.refused("zhao.agent", stranger)
    assert (refusal.code, refusal.params["logins"]) == ("mention_unseen", "tang.south")
    world.do("zhao.agent", c.CopyOrder(order_id=order, people=("tang.south",)))
    assert world.do("zhao.agent", stranger)
    other = c.AddComment(order_id=order, text="x", task_id=world.task(world.start("steps")).id)
    assert world.code("zhao.agent", other) == "task_not_found"


def test_notices_are_read_once_and_by_their_receiver(desk):
    order = desk.start("steps")
    for _ in range(3):
        desk.do("zhao.agent", c.AddComment(order_id=order, text="x", mentions=("li.desk",)))
    newest = desk.notes("li.desk")[0].id
    assert desk.do("chen.desk", c.ReadNotices(ids=(newest,))).count == 0
    assert desk.do("li.desk", c.ReadNotices(ids=(newest,))).count == 1
    assert desk.do("li.desk", c.ReadNotices()).count == 2
    assert desk.do("li.desk", c.ReadNotices()).count == 0
    assert all(note.read_at == desk.clock.now() for note in desk.notes("li.desk"))


def test_a_copy_lets_a_stranger_see_and_comment_but_not_act(desk):
    order = desk.start("steps")
    comment = c.AddComment(order_id=order, text="from the south")
    assert desk.code("tang.south", comment) == "order_not_found"
    nobody = c.CopyOrder(order_id=order, people=("nobody",))
    assert desk.code("zhao.agent", nobody) == "person_unknown"
    desk.do("zhao.agent", c.CopyOrder(order_id=order, people=("tang.south", "tang.south")))
    assert desk.notices("tang.south") == ["copied"]
    desk.do("tang.south", comment)
    assert desk.code("tang.south", c.UrgeOrder(order_id=order)) == "not_allowed"
    desk.do("zhao.agent", c.CopyOrder(order_id=order, people=("tang.south",)))
    assert len(desk.rows(t.order_copy, order_id=order)) == 1


def test_who_holds_a_task_acts_on_an_order_of_another_unit(desk):
    """Headquarters' stock keeper holds no role in the branch."""
    grants = (("hq_equipment", "south"),)
    desk.do("system", c.GrantRoles(login="xu.stock", grants=grants))
    order = desk.start("talks")
    task = desk.task(order)
    acts = {
        "comment": c.AddComment(order_id=order, text="x"),
        "urge": c.UrgeOrder(order_id=order),
        "hold": c.HoldOrder(order_id=order, reason="spare_parts"),
        "resume": c.ResumeOrder(order_id=order),
        "copy": c.CopyOrder(order_id=order, people=("li.desk",)),
        "file": _file(order),
    }
    for command in acts.values():
        assert desk.code("xu.stock", command) == "order_not_found"
    desk.do("qian.hq", c.TransferTask(task_id=task.id, unit="south", reason="there"))
    for name in ("comment", "file"):
        desk.do("xu.stock", acts[name])
    for name in ("urge", "hold", "copy"):
        assert desk.code("xu.stock", acts[name]) == "not_allowed"
    desk.do("xu.stock", c.ClaimTask(task_id=task.id))
    for name in ("urge", "hold", "resume", "copy"):
        desk.do("xu.stock", acts[name])
    desk.complete("xu.stock", task.id)
    desk.do("xu.stock", acts["comment"])
    assert desk.code("xu.stock", acts["hold"]) == "not_allowed"


def test_who_is_only_asked_to_sign_works_on_nothing_else(desk):
    """Signers may be of any branch: they see the order, write on it and sign."""
    order = desk.start("steps")
    desk.do("system", c.GrantRoles(login="tang.south", grants=(("supervisor", "south"),)))
    asked = c.AddSigners(task_id=desk.task(order).id, people=("tang.south",))
    desk.do("zhao.agent", asked)
    desk.do("tang.south", c.AddComment(order_id=order, text="x"))
    for command in (
        c.UrgeOrder(order_id=order),
        c.HoldOrder(order_id=order, reason="spare_parts"),
        c.CopyOrder(order_id=order, people=("sun.line",)),
        c.InstructOrder(order_id=order, text="x"),
        c.SendMessage(order_id=order, message="x"),
    ):
        assert desk.code("tang.south", command) == "not_allowed"
    desk.do("zhao.agent", c.HoldOrder(order_id=order, reason="spare_parts"))
    assert desk.code("tang.south", c.ResumeOrder(order_id=order)) == "not_allowed"


def test_mere_readers_write_nothing(desk):
    desk.do("system", c.GrantRoles(login="lin.owner", grants=(("auditor", "hq"),)))
    order = desk.start("steps")
    for command in (c.AddComment(order_id=order, text="x"), _file(order),
                    c.UrgeOrder(order_id=order)):  # fmt: skip
        assert desk.code("lin.owner", command) == "not_allowed"
    desk.do("ma.operator", c.AddComment(order_id=order, text="repaired"))


def _file(order, **more):
    values = {"name": "a.pdf", "media_type": "application/pdf", "size": 3, "sha256": "ab" * 32}
    return c.AttachFile(order_id=order, **{**values, **more})


def test_the_same_file_may_be_attached_twice(desk):
    order = desk.start("steps")
    first = desk.do("zhao.agent", _file(order))
    second = desk.do("zhao.agent", _file(order, name="b.pdf", task_id=desk.task(order).id))
    rows = desk.rows(t.attachment, order_id=order)
    assert {row["id"] for row in rows} == {first.id, second.id}
    assert {row["name"] for row in rows} == {"a.pdf", "b.pdf"}
    foreign = _file(order, task_id=desk.task(desk.start("steps")).id)
    assert desk.code("zhao.agent", foreign) == "task_not_found"


# ---- messages ---------------------------------------------------------------------------------


def test_a_message_reaches_the_orders_with_the_published_variables(world):
    green, other, red = (world.start("talks", mark=mark) for mark in ("green", "green", "red"))
    world.do("ma.operator", c.SuspendOrder(order_id=other, reason="r"))
    nudge = c.SendMessage(message="nudge", correlation={"mark": "green"})
    assert world.code("zhao.agent", nudge) == "not_allowed"
    assert world.do("billing.system", nudge).orders == (green,)
    assert world.do("billing.system", nudge).orders == (green,)
    assert world.variables(green)["nudges"] == 2
    assert world.variables(red).get("nudges") is None
    assert world.rows(t.order_variable, order_id=green, name="nudges")[0]["value"] == "2"
    for correlation in ({"mark": "blue"}, {"mark": "green", "nudges": "7"}):
        command = c.SendMessage(message="nudge", correlation=correlation)
        assert world.code("billing.system", command) == "message_not_awaited"


def test_a_message_without_an_address_is_refused(desk):
    desk.start("talks")
    assert desk.code("billing.system", c.SendMessage(message="stop")) == "correlation_missing"


@pytest.mark.parametrize(
    ("by", "code"),
    [("tang.south", "order_not_found"), ("lin.owner", "not_allowed"), (None, "person_required")],
)
def test_a_message_to_one_order_needs_a_right_there(desk, by, code):
    order = desk.start("talks")
    assert desk.code(by, c.SendMessage(message="nudge", order_id=order)) == code


def test_a_message_nobody_awaits_or_to_an_order_at_rest(desk):
    order = desk.start("talks")
    unknown = c.SendMessage(message="hello", order_id=order)
    assert desk.code("zhao.agent", unknown) == "message_not_awaited"
    nudge = c.SendMessage(message="nudge", order_id=order)
    desk.do("ma.operator", c.SuspendOrder(order_id=order, reason="r"))
    assert desk.code("zhao.agent", nudge) == "order_not_running"
    desk.do("ma.operator", c.ReactivateOrder(order_id=order))
    desk.do("zhao.agent", c.SendMessage(message="stop", order_id=order))
    ended = desk.order(order)
    assert (ended.status, ended.state) == ("ended", "cancelled")
    assert desk.code("zhao.agent", nudge) == "order_not_running"


def test_asking_twice_to_cancel_does_it_once(desk):
    order = desk.start_drawn("start_provisioning", "leased_line_provisioning", "wang.sales")
    cancel = c.SendMessage(
        message="cancel_requested", order_id=order, values={"cancel_request_reason": "moved"}
    )
    desk.do("wang.sales", cancel)
    desk.code_or_answer("wang.sales", cancel)
    task = next(task for task in desk.tasks(order) if task.element == "assess_cancellation")
    desk.complete_drawn(BY_ROLE[task.roles[0]], task)
    assert (desk.order(order).status, desk.order(order).state) == ("ended", "cancelled")
    assert desk.tasks(order) == []
    done = [fact["topic"] for fact in desk.facts(order, "operation.done")]
    assert done.count("release_resources") == 1
    assert desk.code("wang.sales", cancel) == "order_not_running"
