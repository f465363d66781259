"""Instructions 批示, supervision 督办, copies taken back, and personal data revealed."""

from datetime import timedelta

import pytest

from engine.domain import commands as c
from engine.domain.facts import Stream
from engine.queries.instructions import instructions
from engine.queries.records import customer_detail
from engine.queries.reveals import reveals
from engine.store import tables as t


def told(world, order, login="zhao.agent"):
    with world.app.dispatcher.view(world.person(login)) as view:
        return instructions(view, order)


# ---- instructions -----------------------------------------------------------------------------


def test_an_instruction_is_told_to_who_works_and_moves_the_deadline(world):
    order = world.start("steps")
    task = world.task(order).id
    new_due = world.clock.now() + timedelta(hours=2)
    instruct = c.InstructOrder(order_id=order, task_id=task, text="今天上门", new_due_at=new_due)
    made = world.do("feng.lead", instruct)
    (row,) = told(world, order)
    assert (row.id, row.task_id, row.author_name, row.text) == (made.id, task, "冯刚", "今天上门")
    assert world.task(order).due_at == new_due
    (note,) = world.notes("zhao.agent")
    assert (note.notice, note.task_id, note.params) == (
        "instruction", task, {"instruction": "今天上门"}
    )  # fmt: skip
    assert [fact["text"] for fact in world.facts(order, "order.instructed")] == ["今天上门"]
    world.do("he.manager", c.InstructOrder(order_id=order, text="每日回报"))
    assert [(row.text, row.task_id) for row in told(world, order)] == [
        ("今天上门", task), ("每日回报", None)
    ]  # fmt: skip
    # Who writes is not told; who holds the task is, alone.
    world.do("zhao.agent", c.ClaimTask(task_id=task))
    world.do("feng.lead", c.InstructOrder(order_id=order, text="x"))
    assert world.notices("feng.lead") == []


@pytest.mark.parametrize(
    ("by", "more", "code"),
    [
        ("zhao.agent", {}, "not_allowed"), ("tang.south", {}, "order_not_found"),
        ("ma.operator", {}, "not_allowed"), ("feng.lead", {"text": " "}, "instruction_empty"),
        ("feng.lead", {"task_id": 9}, "task_not_found"),
    ],
)  # fmt: skip
def test_instructions_that_are_refused(desk, by, more, code):
    order = desk.start("steps")
    assert desk.code(by, c.InstructOrder(order_id=order, **{"text": "x", **more})) == code


def test_a_deadline_lies_ahead_and_needs_a_clock(desk):
    order = desk.start("talks")
    past = c.InstructOrder(order_id=order, text="x", new_due_at=desk.clock.now())
    assert desk.code("feng.lead", past) == "instant_past"
    ahead = desk.clock.now() + timedelta(hours=1)
    later = c.InstructOrder(order_id=order, text="x", new_due_at=ahead)
    assert desk.code("feng.lead", later) == "no_clock"
    assert told(desk, order) == []


def test_the_leader_of_a_tasks_unit_instructs_too(desk):
    order = desk.start("steps")
    task = desk.task(order).id
    instruct = c.InstructOrder(order_id=order, task_id=task, text="x")
    assert desk.code("tang.south", instruct) == "task_not_found"
    desk.do("feng.lead", c.TransferTask(task_id=task, unit="south", reason="r"))
    assert desk.code("tang.south", instruct) == "task_not_found"
    desk.do("feng.lead", c.CopyOrder(order_id=order, people=("tang.south",)))
    assert desk.code("tang.south", c.InstructOrder(order_id=order, text="x")) == "not_allowed"


# ---- supervision ------------------------------------------------------------------------------


def test_a_superior_supervises_and_instructs_by_it(world):
    order = world.start("steps")
    task = world.task(order)
    world.do("zhao.agent", c.ClaimTask(task_id=task.id))
    (opened,) = world.do("feng.lead", c.SuperviseTask(task_id=task.id, text="客户催得急")).opened
    (mine,) = world.tasks(order, purpose="supervision")
    assert (mine.id, mine.assignee, mine.target) == (opened, world.person("feng.lead").id, task.id)
    assert mine.details["clock"] == f"task:{task.id}"
    assert world.notices("zhao.agent") == ["supervised"]
    assert world.code("feng.lead", c.SuperviseTask(task_id=task.id)) == "already_supervised"
    world.do("he.manager", c.SuperviseTask(task_id=task.id))
    new_due = world.clock.now() + timedelta(days=2)
    world.complete(
        "feng.lead", mine.id, finding="缺备件", instruction="借用南城备件",
        new_due=new_due.isoformat(),
    )  # fmt: skip
    assert world.task(order, "first").due_at == new_due
    (row,) = told(world, order)
    assert (row.text, row.task_id, row.author_name) == ("借用南城备件", task.id, "冯刚")
    assert sorted(world.notices("zhao.agent")) == ["instruction", "supervised", "supervised"]
    world.do("feng.lead", c.SuperviseTask(task_id=task.id))


@pytest.mark.parametrize(
    ("by", "code"), [("zhao.agent", "not_allowed"), ("tang.south", "task_not_found")]
)
def test_who_may_not_supervise(desk, by, code):
    task = desk.task(desk.start("steps")).id
    assert desk.code(by, c.SuperviseTask(task_id=task)) == code


def test_only_drawn_open_tasks_are_supervised(desk):
    order = desk.start("steps")
    task = desk.task(order).id
    (mine,) = desk.do("feng.lead", c.SuperviseTask(task_id=task)).opened
    assert desk.code("he.manager", c.SuperviseTask(task_id=mine)) == "not_supervisable"
    desk.complete("zhao.agent", task, mark="x")
    assert desk.code("he.manager", c.SuperviseTask(task_id=task)) == "task_not_open"


# ---- copies -----------------------------------------------------------------------------------


def test_a_copy_is_taken_back(world):
    order = world.start("steps")
    world.do("zhao.agent", c.CopyOrder(order_id=order, people=("tang.south", "chen.desk")))
    back = c.RemoveCopy(order_id=order, people=("tang.south",))
    assert world.code("li.desk", back) == "not_allowed"
    assert world.code("zhao.agent", c.RemoveCopy(order_id=order, people=("wang.sales",))) == (
        "copy_not_found"
    )
    assert world.code("zhao.agent", c.RemoveCopy(order_id=order, people=())) == "copy_not_found"
    world.do("zhao.agent", back)
    assert world.code("tang.south", c.AddComment(order_id=order, text="x")) == "order_not_found"
    assert [fact["people"] for fact in world.facts(order, "order.copy_removed")] == [
        [world.person("tang.south").id]
    ]
    world.do("chen.desk", c.RemoveCopy(order_id=order, people=("chen.desk",)))
    assert world.rows(t.order_copy) == []
    world.do("zhao.agent", c.CopyOrder(order_id=order, people=("tang.south",)))
    world.do("feng.lead", back)
    assert world.code("feng.lead", back) == "copy_not_found"


# ---- personal data ----------------------------------------------------------------------------


@pytest.fixture
def contact(world):
    saved = c.SaveContact(
        customer_id=1, name="李强", phone="138-1234 6021", email="liqiang@example.com"
    )
    return world.do("wang.sales", saved).id


def looked(world, by, **options):
    with world.app.dispatcher.view(world.person(by)) as view:
        return customer_detail(view, 1, **options).contacts[0]


def test_a_contact_is_covered_until_somebody_looks_and_that_stays(world, contact):
    shown = looked(world, "li.desk")
    assert (shown.phone, shown.email) == ("138****6021", "l****@example.com")
    assert looked(world, "li.desk", in_full=True).phone == "138-1234 6021"
    order = world.start("steps", customer_id="K-1001")
    full = world.do("zhao.agent", c.RevealContact(contact_id=contact, order_id=order))
    assert (full.phone, full.email) == ("138-1234 6021", "liqiang@example.com")
    world.do("feng.lead", c.RevealContact(contact_id=contact))
    seen = world.facts(1, "contact.revealed", stream=Stream.CUSTOMER)
    assert [(fact["contact"], fact.get("order")) for fact in seen] == [
        (contact, order), (contact, None)
    ]  # fmt: skip
    with world.app.dispatcher.view(world.person("wang.sales")) as view:
        found = reveals(view, 1)
    assert [(each.person_name, each.contact_name, each.order_id) for each in found] == [
        ("冯刚", "李强", None), ("赵敏", "李强", order)
    ]  # fmt: skip


def test_who_may_look(world, contact):
    order = world.start("steps", customer_id="K-1001")
    other = world.start("steps")
    look = c.RevealContact(contact_id=contact)
    assert world.code("tang.south", look) == "customer_not_found"
    on_page = c.RevealContact(contact_id=contact, order_id=order)
    assert world.code("tang.south", on_page) == "order_not_found"
    world.do("zhao.agent", c.CopyOrder(order_id=order, people=("tang.south",)))
    assert world.do("tang.south", on_page).name == "李强"
    for wrong in (
        c.RevealContact(contact_id=contact, order_id=other), c.RevealContact(contact_id=99)
    ):  # fmt: skip
        assert world.code("zhao.agent", wrong) == "contact_not_found"
