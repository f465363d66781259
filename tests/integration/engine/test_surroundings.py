"""What stands around a task: its clock, the steps before and after it, its customer."""

from datetime import timedelta

import pytest

from engine.domain import commands as c
from engine.queries.surroundings import surroundings
from tests.support.operator import rule


@pytest.fixture
def around(desk):
    """What stands around a task for somebody."""

    def look(by, task):
        with desk.app.dispatcher.view(desk.person(by)) as view:
            return surroundings(view, task, desk.order(task.order_id), {})

    return look


def strip(found):
    """Steps in short."""
    return [(step.name.lower(), step.state) for step in found.steps]


def test_steps_are_done_here_and_ahead(desk, around):
    order = desk.start("steps")
    first = desk.task(order)
    assert strip(around("zhao.agent", first)) == [
        ("first", "here"), ("second", "ahead"), ("third", "ahead"),
    ]  # fmt: skip
    desk.wait(hours=1)
    desk.complete("zhao.agent", first.id, mark="A")
    second = desk.task(order)
    found = around("li.desk", second)
    assert strip(found) == [("first", "done"), ("second", "here"), ("third", "ahead")]
    done = found.steps[0]
    assert (done.by, done.ended_at - done.opened_at) == ("赵敏", timedelta(hours=1))
    done_one = next(one for one in desk.all_tasks(order) if one.id == first.id)
    assert strip(around("zhao.agent", done_one))[0] == ("first", "here")


def test_a_step_sent_back_is_ahead_again(desk, around):
    order = desk.start("steps")
    desk.complete("zhao.agent", desk.task(order).id, mark="A")
    desk.do("li.desk", c.ReturnTask(task_id=desk.task(order).id, reason="again"))
    assert strip(around("zhao.agent", desk.task(order))) == [
        ("first", "here"), ("second", "ahead"), ("third", "ahead"),
    ]  # fmt: skip


def test_parallel_steps_stand_beside_each_other(desk, around):
    order = desk.start("talks")
    for by in ("xu.stock", "li.desk"):
        desk.complete(by, desk.task(order).id)
    assert strip(around("sun.network", desk.task(order, "left"))) == [
        ("hq_work", "done"), ("named", "done"), ("right", "open"), ("left", "here"),
        ("given", "ahead"),
    ]  # fmt: skip


def test_the_clock_of_the_task_and_what_follows(desk, around):
    desk.rules([rule("half", trigger="50%", level=2), rule("full", trigger="100%")])
    order = desk.start("steps")
    found = around("zhao.agent", desk.task(order))
    assert (found.clock.target_seconds, found.clock.elapsed_seconds) == (4 * 3600, 0)
    assert found.following.rule.code == "half"
    desk.wait(hours=3)
    found = around("zhao.agent", desk.task(order))
    assert found.clock.elapsed_seconds == 3 * 3600
    assert found.following.rule.code == "full"
    desk.do("zhao.agent", c.HoldOrder(order_id=order, reason="customer_not_ready"))
    found = around("zhao.agent", desk.task(order))
    assert (found.clock.is_paused, found.following) == (True, None)


def test_the_customer_with_contacts_and_numbers(desk, around):
    order = desk.start_drawn("start_provisioning", "leased_line_provisioning", "li.desk")
    desk.do("li.desk", c.AddComment(order_id=order, text="hello"))
    customer = desk.order(order).customer_id
    desk.do("li.desk", c.SaveContact(customer_id=customer, name="周", phone="13812346021"))
    task = desk.task(order)
    found = around("li.desk", task)
    assert found.customer.code == "K-1001"
    assert [contact.phone for contact in found.contacts] == ["138****6021"]
    assert (found.comments, found.files, found.relatives) == (1, 0, 0)
    assert found.definition.key == "leased_line_provisioning"
