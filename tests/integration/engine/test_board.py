"""The escalation board and the wallboard: what they tell whom, in how many questions."""

from datetime import timedelta

import pytest
from sqlalchemy import event

from engine.domain import commands as c
from engine.domain.records import Person
from engine.queries import board as b
from engine.queries.escalations import fired, rows_of
from engine.queries.wall import wall
from engine.store import escalations
from engine.store import tables as t
from tests.support.operator import MONDAY, rule

#: Four working hours from 09:00 with the lunch gap.
DUE = MONDAY + timedelta(hours=5, minutes=30)
LADDER = (
    rule("first", trigger="75%", actions=["supervise", "notify"]),
    rule("second", level=2, trigger="+PT1H", receiver={"scope": "branch", "role": "manager"}),
    rule("third", level=3, trigger="150%", receiver={"scope": "hq", "role": "hq_desk"},
         repeat="PT1H"),
)  # fmt: skip


def shown(world, login="feng.lead", **filters):
    person = login if isinstance(login, Person) else world.person(login)
    with world.app.dispatcher.view(person) as view:
        return b.board(view, b.BoardFilters(**filters))


def groups(board):
    """Names of the groups that have tasks, with the ids of these."""
    return {group.code: [task.order_id for task in group.tasks] for group in board.groups
            if group.tasks}  # fmt: skip


def to(world, receiver):
    with world.app.dispatcher.view(None) as view:
        unit = view.setup.units.get(receiver.unit_id or 0)
    return (receiver.role, unit.code if unit else None, receiver.people)


def test_tasks_are_grouped_by_what_working_time_is_left(world):
    world.rules([])
    order = world.start("steps")  # due in four working hours
    for at, group in (
        (MONDAY - timedelta(days=3) + timedelta(hours=1), "h24"),
        (MONDAY - timedelta(days=3) + timedelta(hours=7), "h8"),
        (MONDAY + timedelta(minutes=1), "h4"),
        (DUE, "h4"),
        (DUE + timedelta(minutes=1), "late"),
    ):
        world.clock.move_to(at)
        assert groups(shown(world)) == {group: [order]}


def test_each_task_tells_its_last_and_its_next_escalation(world):
    world.rules(LADDER)
    order = world.start("steps")
    first = MONDAY + timedelta(hours=3)
    second = DUE + timedelta(hours=1)
    (task,) = shown(world).groups[1].tasks
    assert (task.last, task.level) == (None, 0)
    assert (task.next.at, task.next.level, task.next.trigger) == (first, 1, "75%")
    assert to(world, task.next.to) == ("supervisor", "north", ())
    world.wait_until(first + timedelta(minutes=5))
    (task,) = shown(world).groups[1].tasks
    assert (task.order_id, task.level, task.queue.partition("@")[0]) == (order, 1, "agent")
    assert (task.last.at, task.last.rule, task.last.trigger) == (first, "first", "75%")
    assert task.last.actions == ("supervise", "notify")
    assert to(world, task.last.to) == ("supervisor", "north", ("冯刚",))
    assert (task.next.at, task.next.level, task.next.repeat) == (second, 2, None)
    assert to(world, task.next.to) == ("manager", "north", ())
    world.wait_until(second + timedelta(hours=4))
    (task,) = shown(world).groups[0].tasks
    assert (task.level, task.next.repeat) == (3, timedelta(hours=1))
    world.do("zhao.agent", c.HoldOrder(order_id=order, reason="weather"))
    (held,) = [task for group in shown(world).groups for task in group.tasks]
    assert (held.held, held.next) == ("weather", None)


def test_it_tells_what_was_escalated_and_what_comes(world):
    world.rules([*LADDER, rule("start", trigger="at_start", level=0,
                               receiver={"scope": "assignee"})])  # fmt: skip
    order = world.start("waits")  # a clock of the order and one of its task
    told = shown(world)
    assert told.recent == []
    assert {(one.level, one.at) for one in told.upcoming} == {
        (1, MONDAY + timedelta(hours=3)),
        (2, DUE + timedelta(hours=1)),
        (3, DUE + timedelta(hours=2)),
    }
    assert {one.task_id is None for one in told.upcoming} == {True, False}
    world.wait_until(DUE + timedelta(hours=2))
    told = shown(world)
    assert [one.level for one in told.recent] == [3, 3, 2, 2, 1, 1]
    assert {one.order_id for one in told.recent} == {order}
    assert [one.level for one in shown(world, level_min=2).recent] == [3, 3, 2, 2]
    with world.app.dispatcher.view(world.person("feng.lead")) as view:
        (of_order,) = fired(view, rows_of(view, [order]))
        assert fired(view, rows_of(view, [])) == [[]]
    assert [one.level for one in of_order] == [3, 3, 2, 2, 1, 1, 0, 0]
    world.clock.pass_(days=2)
    assert shown(world).recent == []


def test_escalated_tasks_with_time_left_are_told_too(world):
    world.policies([{"key": "step", "name_zh": "长", "name_en": "Long", "target": "PT60H",
                     "mode": "working", "source": "Test", "unit_code": "north"}])  # fmt: skip
    world.rules([rule("start", trigger="at_start")])
    order = world.start("steps")
    assert groups(shown(world)) == {}
    world.tick()
    assert groups(shown(world)) == {"ahead": [order]}


def test_filters_narrow_everything(world):
    world.rules([rule("late"), rule("early", level=2, trigger="50%")])
    steps, waits = world.start("steps"), world.start("waits")
    world.wait_until(DUE + timedelta(minutes=1))
    assert set(groups(shown(world))["late"]) == {steps, waits}
    for filters, wanted in (
        ({"process": "steps"}, {steps}),
        ({"level_min": 2}, {steps, waits}),
        ({"level_min": 3}, set()),
        ({"unit": "north"}, {steps, waits}),
    ):
        told = shown(world, **filters)
        assert {order for ids in groups(told).values() for order in ids} == wanted, filters
        assert {one.order_id for one in told.recent} == wanted, filters
    assert shown(world, "qian.hq", unit="south").groups[0].total == 0
    assert shown(world, "qian.hq", unit="south").units[0].code == "hq"


def test_only_leaders_see_only_what_they_lead(world):
    world.rules([])
    world.start("steps")
    assert groups(shown(world, "tang.south")) == {}
    assert groups(shown(world, "he.manager")) != {}
    for read in (shown, numbers):
        with pytest.raises(Exception, match="role") as refusal:
            read(world, "li.desk")
        assert refusal.value.code == "not_allowed"
        with pytest.raises(Exception, match="unit") as refusal:
            read(world, "feng.lead", unit="nowhere")
        assert refusal.value.code == "unit_not_found"
    assert numbers(world, "feng.lead", unit="south").units == []


def numbers(world, login="feng.lead", unit=None):
    person = login if isinstance(login, Person) else world.person(login)
    with world.app.dispatcher.view(person) as view:
        return wall(view, unit)


def test_the_wall_counts(world):
    world.rules([rule("late")])
    first = world.start("steps")
    world.clock.pass_(hours=1)
    second = world.start("steps")
    found = numbers(world)
    assert (found.open, found.overdue, found.soon, found.escalated) == (2, 0, 2, 0)
    assert (found.oldest.order_id, found.day.percent) == (first, None)
    world.complete("zhao.agent", world.task(second).id, mark="x")
    world.wait_until(DUE + timedelta(minutes=1))
    world.complete("zhao.agent", world.task(first).id, mark="x")
    third = world.start("steps")
    world.wait(days=1)
    found = numbers(world, "he.manager")
    assert (found.open, found.escalated) == (3, 3)
    assert (found.day.met, found.day.total, found.week.met, found.week.total) == (0, 1, 1, 2)
    assert [(line.unit.code, line.escalated) for line in found.units] == [("north", 3)]
    assert [(line.process, line.escalated) for line in found.processes] == [("steps", 3)]
    world.complete("zhao.agent", world.task(third, "first").id, mark="x")
    world.clock.pass_(days=8)
    assert numbers(world).week.total == 0


@pytest.mark.parametrize(("read", "most"), [(shown, 9), (numbers, 5)])
def test_many_orders_ask_no_more_than_one(desk, read, most):
    desk.rules(LADDER)
    for _ in range(12):
        desk.start("waits")
    desk.wait_until(DUE + timedelta(hours=2))
    asked, manager = [], desk.person("he.manager")
    reader = desk.app.database._reader
    event.listen(reader, "before_cursor_execute", lambda *given: asked.append(given[2]))
    read(desk, manager)
    assert len(asked) <= most, asked


def test_escalations_from_before_there_were_rows_are_remembered(world):
    world.rules(LADDER)
    world.start("waits")
    world.wait_until(DUE + timedelta(hours=2))
    rows = world.rows(t.escalation)
    assert len(rows) == 6
    with world.app.database.write() as connection:
        connection.execute(t.escalation.delete())
        escalations.remember(connection)
    assert world.rows(t.escalation) == rows
