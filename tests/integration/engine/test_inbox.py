"""Task lists: who sees what where, groups by deadline over calendars, pages, numbers."""

from datetime import timedelta

import pytest

from engine.domain import commands as c
from engine.queries import task_filters
from engine.queries.deadline_groups import GROUPS
from engine.queries.facets import traits
from engine.queries.inbox import claimable, inbox, listed, next_task
from engine.queries.task_counts import counts, group_counts
from engine.queries.task_filters import Filters
from engine.store.idempotency import KeyReusedError
from tests.support import bpmn_builder as b
from tests.support.installation import ZONE, deploy
from tests.support.operator import POLICIES

TABS = ("mine", "group", "team", "done", "copied", "escalated", "snoozed")
SOON = timedelta(minutes=1)


def ids(world, login, tab, **asked):
    with world.app.dispatcher.view(world.person(login)) as view:
        return [item.id for item in inbox(view, tab, **asked).items]


def seen(world, login):
    """Tabs of a person that show something, with how many tasks."""
    found = {tab: len(ids(world, login, tab)) for tab in TABS}
    return {tab: number for tab, number in found.items() if number}


def numbers(world, login):
    with world.app.dispatcher.view(world.person(login)) as view:
        return {name: number for name, number in counts(view).items() if number}


def begun(world, **values):
    """A task for agents of the north branch."""
    return world.task(world.start("steps", **values)).id


def next_one(world, login, **asked):
    """What somebody gets who claims the next one, a task or the code of a refusal."""
    with world.app.dispatcher.view(world.person(login)) as view:
        found = claimable(view, **asked)
    done = world.code_or_answer(login, c.ClaimNext(tasks=found))
    return done if isinstance(done, str) else done.task_id


def test_the_next_one_is_the_first_that_may_be_taken(world):
    late, held, soon = begun(world), begun(world), begun(world, mark="soon")
    world.do("zhao.agent", c.HoldOrder(order_id=held >> 20, reason="spare_parts"))
    world.do("zhao.agent", c.UrgeOrder(order_id=soon >> 20))
    assert next_one(world, "zhao.agent", sort="priority") == soon
    assert next_one(world, "zhao.agent", filters=Filters(process="talks")) == "nothing_to_claim"
    assert next_one(world, "zhao.agent", filters=Filters(process="steps")) == late
    assert next_one(world, "zhao.agent") == "nothing_to_claim"
    (told,) = world.facts(late >> 20, "task.claimed")
    assert told["task"] == late
    # Found free, taken by then: the one after it.
    first, second = begun(world), begun(world)
    world.do("zhao.agent", c.ClaimTask(task_id=first))
    assert world.do("zhao.agent", c.ClaimNext(tasks=(first, second))).task_id == second


def test_the_next_one_is_nobody_elses_and_not_ones_own_to_check(desk):
    """Four eyes, and ids that come from anywhere."""
    desk.do("system", c.GrantRoles(login="zhao.agent", grants=tuple(
        (role, "north") for role in ("agent", "key_account_desk")
    )))  # fmt: skip
    checks = []
    for _ in range(3):
        order = desk.start("steps")
        desk.complete("zhao.agent", desk.task(order).id, mark="x")
        checks.append(desk.task(order).id)
    assert next_one(desk, "zhao.agent") == "nothing_to_claim"
    assert desk.code("zhao.agent", c.ClaimNext(tasks=tuple(checks))) == "nothing_to_claim"
    assert desk.code("tang.south", c.ClaimNext(tasks=tuple(checks))) == "nothing_to_claim"
    assert next_one(desk, "li.desk") == checks[0]


def test_a_repeated_request_for_the_next_one_gives_the_same(desk):
    one, two = begun(desk), begun(desk)
    key = {"idempotency_key": "again"}
    done = desk.do("zhao.agent", c.ClaimNext(asked="x", tasks=(one, two)), **key)
    again = desk.do("zhao.agent", c.ClaimNext(asked="x", tasks=(two,)), **key)
    assert (done.task_id, again.task_id) == (one, one)
    with pytest.raises(KeyReusedError):
        desk.do("zhao.agent", c.ClaimNext(asked="y", tasks=(two,)), **key)


def test_a_task_put_off_comes_back_by_itself(world):
    kept, off = begun(world), begun(world)
    until = world.clock.now() + timedelta(hours=2)
    world.do("zhao.agent", c.ClaimTask(task_id=kept))
    world.do("zhao.agent", c.SnoozeTask(task_id=kept, until=until))
    world.do("zhao.agent", c.SnoozeTask(task_id=off, until=until))
    assert seen(world, "zhao.agent") == {"snoozed": 2}
    assert numbers(world, "zhao.agent") == {"snoozed": 2}
    with world.app.dispatcher.view(world.person("zhao.agent")) as view:
        assert [item.snoozed_until for item in listed(view, "snoozed").items] == [until, until]
    world.clock.move_to(until)
    assert seen(world, "zhao.agent") == {"mine": 1, "group": 1}


def test_a_task_put_off_shows_no_longer_once_others_have_it(world):
    task = begun(world)
    until = world.clock.now() + timedelta(hours=2)
    world.do("zhao.agent", c.SnoozeTask(task_id=task, until=until))
    world.do("feng.lead", c.TransferTask(task_id=task, role="billing", reason="不归我们"))
    assert seen(world, "zhao.agent") == {}
    assert ids(world, "wu.billing", "group") == [task]


def test_a_substitute_sees_the_tasks_of_who_is_away(world):
    order = world.start("talks")
    world.complete("xu.stock", world.task(order).id)
    named = world.task(order).id
    now = world.clock.now()
    away = c.SaveAbsence(
        substitute="chen.desk", starts_at=now, ends_at=now + timedelta(days=1), login="li.desk"
    )
    assert ids(world, "chen.desk", "group") == []
    world.do("feng.lead", away)
    assert ids(world, "chen.desk", "group") == [named]
    assert numbers(world, "chen.desk")["group"] == 1
    world.do("li.desk", c.ClaimTask(task_id=named))
    assert ids(world, "chen.desk", "mine") == ids(world, "li.desk", "mine") == [named]
    world.clock.move_to(now + timedelta(days=1))
    assert ids(world, "chen.desk", "mine") == []


def test_who_delegates_goes_on_seeing_the_task(world):
    task = begun(world)
    world.do("zhao.agent", c.ClaimTask(task_id=task))
    world.do("zhao.agent", c.DelegateTask(task_id=task, to="li.desk", reason="请准备"))
    with world.app.dispatcher.view(world.person("zhao.agent")) as view:
        (item,) = listed(view, "mine").items
    assert (item.owner_name, item.assignee_name) == ("赵敏", "李娜")
    assert ids(world, "li.desk", "mine") == [task]
    assert numbers(world, "zhao.agent")["mine"] == numbers(world, "li.desk")["mine"] == 1


def test_no_list_shows_a_task_twice(world):
    order = world.start("talks")
    world.complete("xu.stock", world.task(order).id)
    task = world.task(order, "named").id
    world.do("system", c.GrantRoles(login="li.desk", grants=(("agent", "north"),)))
    assert ids(world, "zhao.agent", "group") == [task]
    assert numbers(world, "zhao.agent")["group"] == 1


# ---- groups by deadline -------------------------------------------------------------------------


LONG = {"key": "long", "name_zh": "长", "name_en": "Long", "target": "PT6H", "mode": "elapsed",
        "source": "Test"}  # fmt: skip


def one_step(name, clock):
    props = {"unit": "${where or 'order'}", "taskClock": clock}
    work = b.user("work", candidateGroups="network", props=props)
    drawn = b.process(name, b.start(), work, b.end("done"), flows="s work done")
    return {f"{name}.bpmn": b.diagram(drawn)}


def spread(world):
    """Tasks of two units that keep different hours, opened over a day."""
    world.policies([*POLICIES, LONG])
    deploy(world.app, one_step("short", "step") | one_step("far", "long"))
    noc = c.SaveUnit(
        code="noc", name="网管", name_en="NOC", kind="department", parent="hq", calendar="always"
    )
    world.do("system", noc)
    roles = (("network", "north"), ("network", "noc"))
    world.do("system", c.GrantRoles(login="sun.network", grants=roles))
    for number in range(14):
        world.start("far" if number % 3 else "short", where="noc" if number % 3 else "")
        world.clock.pass_(minutes=38)


def test_groups_follow_the_working_hours_of_each_unit(world):
    spread(world)
    now = world.clock.now()
    with world.app.dispatcher.view(world.person("sun.network")) as view:
        shown = listed(view, "group", zone=ZONE).items
        counted = group_counts(view, "group", zone=ZONE)
        noc = view.setup.unit_by_code("noc").id
    places = [GROUPS.index(item.group) for item in shown]
    assert places == sorted(places)
    instants = [item.due_at for item in shown]
    assert instants != sorted(instants)
    assert counted == {code: [item.group for item in shown].count(code) for code in GROUPS}
    assert min(counted["overdue"], counted["soon"], counted["today"]) > 0
    hours = {noc: timedelta(hours=4)}
    for item in shown:
        soon = now + hours.get(item.unit_id, timedelta(hours=19))
        if item.group == "overdue":
            assert item.due_at < now
        elif item.group == "soon":
            assert now <= item.due_at < soon
        else:
            assert item.due_at >= soon


@pytest.mark.parametrize("zone", [None, ZONE])
@pytest.mark.parametrize("sort", ["due", "priority", "opened"])
def test_pages_make_the_whole_list(world, sort, zone):
    spread(world)
    with world.app.dispatcher.view(world.person("sun.network")) as view:
        whole = [item.id for item in listed(view, "group", sort=sort, zone=zone).items]
        found, cursor = [], None
        for _ in range(10):
            page = listed(view, "group", sort=sort, zone=zone, cursor=cursor, limit=3)
            found += [item.id for item in page.items]
            cursor = page.next_cursor
            if cursor is None:
                break
    assert len(whole) == 14
    assert found == whole


def test_later_pages_keep_the_groups_of_the_first(world):
    spread(world)
    person = world.person("sun.network")
    with world.app.dispatcher.view(person) as view:
        whole = [item.id for item in listed(view, "group", zone=ZONE).items]
        first = listed(view, "group", zone=ZONE, limit=5)
    world.clock.pass_(hours=7)
    with world.app.dispatcher.view(person) as view:
        rest = listed(view, "group", zone=ZONE, cursor=first.next_cursor)
    assert [item.id for item in [*first.items, *rest.items]] == whole


# ---- filters ------------------------------------------------------------------------------------


def test_filters_narrow_and_facets_know_by_how_much(world):
    plain = begun(world)
    marked = world.start("steps")
    world.complete("zhao.agent", world.task(marked).id, mark="open", where="100%_/x")
    second = world.task(marked).id
    for asked, expected in (
        ({}, [second]),
        ({"variables": {"mark": "open"}}, [second]),
        ({"variables": {"mark": "open", "where": "elsewhere"}}, []),
        ({"variables": {"where": "100%_/x"}}, [second]),
        ({"text": world.order(marked).number}, [second]),
        ({"text": "%"}, []),
        ({"process": "steps", "unit": "hq", "state": "open", "is_held": False}, [second]),
        ({"unit": "south"}, []),
        ({"grade": "A"}, []),
        ({"priority_min": 51}, []),
        ({"purpose": "work", "is_overdue": False}, [second]),
    ):
        assert ids(world, "li.desk", "group", filters=Filters(**asked)) == expected, asked
    assert ids(world, "zhao.agent", "group") == [plain]
    with world.app.dispatcher.view(world.person("feng.lead")) as view:
        found = traits(view, "team", Filters())
        assert [trait.process for trait in found] == ["steps", "steps"]
        assert traits(view, "done", Filters()) == []


def test_the_next_task_is_none_that_was_put_off(world):
    task, other = begun(world), begun(world)
    for each in (task, other):
        world.do("zhao.agent", c.ClaimTask(task_id=each))
    until = world.clock.now() + SOON
    world.do("zhao.agent", c.SnoozeTask(task_id=other, until=until))
    done = world.complete("zhao.agent", task, mark="done")
    with world.app.dispatcher.view(world.person("zhao.agent")) as view:
        assert next_task(view, order_id=done.order_id) is None
    world.clock.move_to(until)
    with world.app.dispatcher.view(world.person("zhao.agent")) as view:
        assert next_task(view, order_id=done.order_id).id == other


@pytest.mark.parametrize("few", [2_000, 0], ids=["rare", "common"])
@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("东城", {"first"}), ("光缆被挖", {"first"}), ("支行 挖断", {"first"}), ("南湖", set()),
        ("DX-7", {"first"}), ("支行东城", set()), ("东城 南湖", set()), ("%", set()),
        # Names of tasks, also of those that are not drawn.
        ("督办", {"supervision"}), ("supervise: F", {"supervision"}),
        ("FIRST", {"first", "supervision", "other"}),
    ],
)  # fmt: skip
def test_text_finds_names_of_tasks_and_all_that_was_said_of_their_orders(
    world, monkeypatch, few, text, found
):
    monkeypatch.setattr(task_filters, "_FEW", few)
    command = c.StartOrder(process="steps", values={}, title="东城支行 DX-7")
    order = int(world.do("zhao.agent", command).order_id)
    other = world.task(world.start("steps")).id
    task = world.task(order)
    world.do("zhao.agent", c.AddComment(order_id=order, text="光缆被挖断"))
    (supervision,) = world.do("feng.lead", c.SuperviseTask(task_id=other)).opened
    names = {task.id: "first", other: "other", supervision: "supervision"}
    asked = Filters(text=text)
    assert {names[each] for each in ids(world, "feng.lead", "team", filters=asked)} == found
    with world.app.dispatcher.view(world.person("feng.lead")) as view:
        assert len(traits(view, "team", asked)) == len(found)
