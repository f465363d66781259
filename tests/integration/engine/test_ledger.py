"""Facts and their rows when several write at once, in one process and in several."""

import threading

import pytest
import sqlalchemy as sa

from engine.domain import commands as c
from engine.domain.facts import Stream
from engine.errors import EngineError
from engine.queries.inbox import inbox
from engine.store import tables as t
from engine.store.rebuild import check, rebuild
from tests.support.installation import application, deploy, settings
from tests.support.operator import STEPS, Operator


def together(*acts):
    """Do things at the same time; answers and refusals in order."""
    gate, answers = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place, act):
        gate.wait()
        try:
            answers[place] = act()
        except EngineError as refused:
            answers[place] = refused.code

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def giving(world, command, by):
    """Giving a command, to be done later."""
    return lambda: world.app.dispatcher.execute(command, by)


@pytest.fixture
def other(world):
    """Another process on the same database: nothing in memory is shared."""
    url = world.app.database.url.render_as_string(hide_password=False)
    app = application(settings(world.app.settings.home, url), world.clock)
    yield Operator(app, world.clock)
    app.close()


def test_of_rivals_for_one_task_one_wins(world, other):
    for _ in range(3):
        order = world.start("steps")
        world.complete("zhao.agent", world.task(order).id, mark="x")
        command = c.CompleteTask(task_id=world.task(order).id, values={})
        by = world.person("li.desk")
        answers = together(*(giving(at, command, by) for at in (world, other, world, other)))
        assert sum(not isinstance(answer, str) for answer in answers) == 1
        assert answers.count("task_not_open") == 3
        completed = world.facts(order, "task.completed")
        assert len(completed) == 2


def test_writers_of_one_order_all_get_through(world, other):
    order = world.start("steps")
    by = world.person("zhao.agent")
    acts = [
        lambda at=at, n=n: at.app.dispatcher.execute(c.AddComment(order_id=order, text=str(n)), by)
        for n, at in enumerate([world, other] * 4)
    ]
    answers = together(*acts)
    assert len({answer.id for answer in answers}) == 8
    assert {row["text"] for row in world.rows(t.comment)} == set("01234567")
    sequence = [event.seq for event in world.events(order)]
    assert sequence == list(range(1, len(sequence) + 1))
    assert world.order(order).seq == sequence[-1]


def test_orders_started_at_once_have_numbers_of_their_own(world, other):
    by = world.person("zhao.agent")
    command = c.StartOrder(process="steps", values={})
    answers = together(
        *(lambda at=at: at.app.dispatcher.execute(command, by) for at in [world, other] * 3)
    )
    assert len({answer.order_id for answer in answers}) == 6
    assert len({answer.number for answer in answers}) == 6


def test_set_up_changes_at_once_are_one_chain_and_seen_by_all(world, other):
    by = world.person("system")

    def save(at, code):
        command = c.SaveUnit(code=code, name=code, name_en=code, kind="branch", parent="hq")
        return at.app.dispatcher.execute(command, by)

    codes = ["u1", "u2", "u3", "u4"]
    places = zip(codes, [world, other, world, other], strict=True)
    answers = together(*(lambda at=at, code=code: save(at, code) for code, at in places))
    assert len({answer.id for answer in answers}) == 4
    for at in (world, other):
        with at.app.dispatcher.view(by) as view:
            assert set(codes) <= set(view.setup.units_by_code)
    sequence = [event.seq for event in world.events(0, stream=Stream.SETUP)]
    assert sequence == list(range(1, len(sequence) + 1))


def test_a_new_version_and_new_queues_are_seen_by_another_process(world, other):
    order = other.start("steps")
    changed = STEPS.replace(b'candidateGroups="agent"', b'candidateGroups="agent,billing"')
    files = {"steps.bpmn": changed, "answer.json": _answer(world)}
    deploy(world.app, files)
    assert other.order(order).definition_id != other.order(other.start("steps")).definition_id
    world.start("steps")
    with other.app.dispatcher.view(other.person("wu.billing")) as view:
        shown = inbox(view, "group").items
    assert {item.element for item in shown} == {"first"}


def _answer(world):
    rows = world.rows(t.resource, name="answer.json")
    return bytes(rows[0]["content"])


def test_one_address_block_goes_to_one_order(world, other):
    """Both find it free; the second must see the first."""
    orders = [
        world.start_drawn(
            "start_provisioning", "leased_line_provisioning", "wang.sales", contract_no=f"HT-{n}"
        )
        for n in range(2)
    ]
    for order in orders:
        world.complete_drawn("li.desk", world.task(order, "file_contract"))
        world.complete_drawn("sun.network", world.task(order, "resource_survey"))
    by = world.person("sun.network")

    def allocate(at, order):
        task = at.task(order, "allocate_ip").id
        values = world.answers("allocate_ip", ipv4_block="203.0.113.0/29")
        return at.app.dispatcher.execute(c.CompleteTask(task_id=task, values=values), by)

    together(
        lambda: allocate(world, orders[0]),
        lambda: allocate(other, orders[1]),
    )
    live = [row for row in world.rows(t.ip_block) if row["state"] != "released"]
    assert len(live) == 1
    loser = ({*orders} - {live[0]["order_id"]}).pop()
    task = world.task(loser, "allocate_ip")
    assert world.variables(loser)["ip_conflict_with"] == "203.0.113.0/29"
    # An overlapping larger block is none the better, a neighbouring one is.
    world.complete_drawn("sun.network", task, ipv4_block="203.0.112.0/23")
    task = world.task(loser, "allocate_ip")
    world.complete_drawn("sun.network", task, ipv4_block="203.0.113.8/29")
    assert [task.element for task in world.tasks(loser) if task.element == "allocate_ip"] == []


def test_a_broken_history_is_found(world):
    order = world.start("steps")
    assert check(world.app.database) == []
    with world.app.database.write() as connection:
        before = connection.execute(
            sa.select(t.work_order.c.title).where(t.work_order.c.id == order)
        ).scalar_one()
        connection.execute(sa.update(t.work_order).values(title="changed by hand"))
    (problem,) = check(world.app.database)
    assert "changed by hand" in problem
    assert rebuild(world.app.database) > 0
    assert world.order(order).title == before
    events = t.history_event.c
    world.clock.pass_(seconds=1)
    with world.app.database.write() as connection:
        row = connection.execute(sa.select(t.history_event).limit(1)).mappings().one()
        connection.execute(
            sa.update(t.history_event).where(events.id == row["id"]).values(at=world.clock.now())
        )
    assert any("broken" in problem for problem in check(world.app.database))
    with world.app.database.write() as connection:
        connection.execute(
            sa.update(t.history_event)
            .where(events.id == row["id"])
            .values(at=row["at"], body=b"no facts")
        )
    assert any("unreadable" in problem for problem in check(world.app.database))
    with world.app.database.write() as connection:
        connection.execute(
            sa.update(t.history_event).where(events.id == row["id"]).values(body=row["body"])
        )


def test_a_rebuilt_order_goes_on(world):
    order = world.start("waits")
    world.do("zhao.agent", c.ClaimTask(task_id=world.task(order).id))
    before = world.order(order)
    rebuild(world.app.database)
    assert world.order(order) == before
    world.wait(hours=2)
    world.complete("zhao.agent", world.task(order, "work").id)
    assert world.task(order).element == "rest"


def test_a_task_counts_its_versions(desk):
    order = desk.start("steps")
    versions = [desk.task(order).version]
    for command in (c.ClaimTask, c.ReleaseTask, c.ClaimTask):
        desk.do("zhao.agent", command(task_id=desk.task(order).id))
        versions.append(desk.task(order).version)
    assert versions == sorted(set(versions))
