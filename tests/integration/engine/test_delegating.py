"""委托: who may ask whom, what comes back, who is told."""

import pytest

from engine.domain import commands as c
from engine.store import tables as t


@pytest.fixture
def held(desk):
    """An order whose second step li.desk holds."""
    order = desk.start("steps")
    desk.complete("zhao.agent", desk.task(order).id, mark="x")
    desk.do("li.desk", c.ClaimTask(task_id=desk.task(order).id))
    return order


def delegate(task, to="sun.network", **more):
    return c.DelegateTask(task_id=task.id, to=to, **more)


def test_a_delegate_prepares_and_the_owner_completes(world):
    order = world.start("steps")
    task = world.task(order)
    world.do("zhao.agent", c.ClaimTask(task_id=task.id))
    world.do("zhao.agent", c.SaveDraft(task_id=task.id, values={"mark": "half"}))
    world.do("zhao.agent", delegate(task, reason="you know them"))
    lent = world.task(order)
    zhao, sun = world.person("zhao.agent").id, world.person("sun.network").id
    assert (lent.state, lent.assignee, lent.owner) == ("claimed", sun, zhao)
    assert world.notices("sun.network") == ["task_delegated"]
    # What was half filled in goes along, and comes back changed.
    assert [row["person_id"] for row in world.rows(t.draft)] == [sun]
    world.do("sun.network", c.SaveDraft(task_id=task.id, values={"mark": "ready"}))
    complete = c.CompleteTask(task_id=task.id, values={"mark": "ready"})
    assert world.code("sun.network", complete) == "delegated_give_back"
    assert world.code("zhao.agent", complete) == "task_taken"
    world.do("sun.network", c.GiveBackTask(task_id=task.id, text="see draft"))
    back = world.task(order)
    assert (back.assignee, back.owner, back.handovers) == (zhao, None, 0)
    assert world.notices("zhao.agent") == ["task_given_back"]
    (draft,) = world.rows(t.draft)
    assert (draft["person_id"], draft["values"]) == (zhao, {"mark": "ready"})
    world.do("zhao.agent", complete)
    assert world.facts(order, "task.delegated", "task.given_back") == [
        {
            "kind": "task.delegated",
            "task": task.id,
            "owner": zhao,
            "to": sun,
            "reason": "you know them",
        },
        {"kind": "task.given_back", "task": task.id, "to": zhao, "text": "see draft"},
    ]


def test_the_owner_calls_back_and_superiors_give_back(desk, held):
    task = desk.task(held)
    desk.do("li.desk", delegate(task))
    desk.do("li.desk", c.GiveBackTask(task_id=task.id))
    assert desk.notices("sun.network") == ["task_recalled", "task_delegated"]
    desk.do("li.desk", delegate(task))
    assert desk.code("chen.desk", c.GiveBackTask(task_id=task.id)) == "not_allowed"
    assert desk.code("tang.south", c.GiveBackTask(task_id=task.id)) == "task_not_found"
    desk.do("feng.lead", c.GiveBackTask(task_id=task.id))
    assert desk.notices("li.desk") == ["task_given_back"]
    assert desk.notices("sun.network")[0] == "task_recalled"
    assert [fact.get("recalled", False) for fact in desk.facts(held, "task.given_back")] == [
        True,
        True,
    ]
    assert desk.code("li.desk", c.GiveBackTask(task_id=task.id)) == "not_delegated"


@pytest.mark.parametrize(
    ("by", "to", "code"),
    [
        ("chen.desk", "sun.network", "task_taken"),
        ("sun.network", "chen.desk", "not_candidate"),
        ("tang.south", "sun.network", "task_not_found"),
        ("li.desk", "li.desk", "delegate_unfit"),
        # Four eyes bar who did the step before, and another branch is no business of hers.
        ("li.desk", "zhao.agent", "delegate_unfit"),
        ("li.desk", "tang.south", "delegate_unfit"),
        ("li.desk", "nobody", "person_unknown"),
    ],
)
def test_only_the_holder_asks_and_only_colleagues(desk, held, by, to, code):
    assert desk.code(by, delegate(desk.task(held), to)) == code


def test_a_task_must_be_held_drawn_and_not_delegated_already(desk, held):
    free = desk.task(desk.start("steps"))
    assert desk.code("zhao.agent", delegate(free)) == "not_yours"
    task = desk.task(held)
    stale = delegate(task, version=task.version - 1)
    assert desk.code("li.desk", stale) == "stale_version"
    desk.do("li.desk", delegate(task))
    assert desk.code("sun.network", delegate(task, "chen.desk")) == "delegated_give_back"
    for command in (
        c.TransferTask(task_id=task.id, role="line", reason="r"),
        c.ReleaseTask(task_id=task.id),
        c.ReturnTask(task_id=task.id, reason="r"),
        c.RequestExtension(task_id=task.id, new_due_at=desk.clock.now(), reason="r"),
    ):
        assert desk.code("sun.network", command) == "delegated_give_back"


def test_a_superior_who_assigns_ends_the_delegation(desk, held):
    task = desk.task(held)
    desk.do("li.desk", delegate(task))
    desk.do("feng.lead", c.AssignTask(task_id=task.id, to="chen.desk"))
    after = desk.task(held)
    assert (after.assignee, after.owner) == (desk.person("chen.desk").id, None)
