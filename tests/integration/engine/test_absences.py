"""代理: substitutes, their time, and what they may do in whose name."""

from datetime import timedelta

import pytest

from engine.domain import commands as c
from engine.domain.facts import Stream
from engine.domain.notices import wording
from engine.queries.absences import absences
from engine.store import tables as t
from tests.support import bpmn_builder as b
from tests.support.installation import deploy
from tests.support.operator import rule

DAY = timedelta(days=1)


def away(world, substitute, starts=0.0, ends=5.0, **more):
    now = world.clock.now()
    return c.SaveAbsence(
        substitute=substitute, starts_at=now + starts * DAY, ends_at=now + ends * DAY, **more
    )


def to_second(world):
    order = world.start("steps")
    world.complete("zhao.agent", world.task(order).id, mark="x")
    return order


def test_a_substitute_takes_over_while_it_lasts_and_no_longer(world):
    order = to_second(world)
    task = world.task(order)
    world.do("li.desk", c.ClaimTask(task_id=task.id))
    world.do("li.desk", c.SaveDraft(task_id=task.id, values={"a": 1}))
    complete = c.CompleteTask(task_id=task.id, values={})
    world.do("li.desk", away(world, "wu.billing", starts=1, ends=2, reason="leave"))
    assert world.notices("wu.billing") == ["substitute_named"]
    assert world.code("wu.billing", complete) == "not_candidate"
    world.clock.pass_(days=1)
    wu, li = world.person("wu.billing"), world.person("li.desk")
    assert wu.stands_for == (li.id,)
    world.do("wu.billing", c.ClaimTask(task_id=task.id))
    taken = world.task(order)
    assert (taken.assignee, taken.stood_for) == (wu.id, li.id)
    assert [row["person_id"] for row in world.rows(t.draft)] == [wu.id]
    assert world.facts(order, "task.taken_over") == [
        {"kind": "task.taken_over", "task": task.id, "of": li.id}
    ]
    assert world.code("wu.billing", c.ClaimTask(task_id=task.id)) == "already_yours"
    world.do("wu.billing", complete)
    world.clock.pass_(days=1)
    assert world.person("wu.billing").stands_for == ()


@pytest.mark.parametrize("act", ["complete", "draft", "release", "transfer", "return", "delegate"])
def test_every_act_in_the_name_of_another_is_recorded_as_such(desk, act):
    order = to_second(desk)
    task = desk.task(order)
    desk.do("li.desk", c.ClaimTask(task_id=task.id))
    desk.do("li.desk", away(desk, "wu.billing"))
    command = {
        "complete": c.CompleteTask(task_id=task.id, values={}),
        "draft": c.SaveDraft(task_id=task.id, values={}),
        "release": c.ReleaseTask(task_id=task.id),
        "transfer": c.TransferTask(task_id=task.id, role="line", reason="r"),
        "return": c.ReturnTask(task_id=task.id, reason="r"),
        "delegate": c.DelegateTask(task_id=task.id, to="sun.network"),
    }[act]
    desk.do("wu.billing", command)
    events = [
        (event.fact["kind"], event.actor)
        for event in desk.events(order)
        if event.fact["kind"] == "task.taken_over"
    ]
    assert events == [("task.taken_over", desk.person("wu.billing").id)]


def test_whom_a_task_names_is_stood_for_but_roles_are_not(desk):
    desk.do("zhao.agent", away(desk, "wu.billing"))
    named = desk.start("talks", by="zhao.agent")
    desk.complete("xu.stock", desk.task(named, "hq_work").id)
    desk.do("wu.billing", c.ClaimTask(task_id=desk.task(named, "named").id))
    assert desk.task(named, "named").stood_for == desk.person("zhao.agent").id
    # A free task of the absent one's group is for the group.
    free = desk.task(desk.start("steps"))
    assert desk.code("wu.billing", c.ClaimTask(task_id=free.id)) == "not_candidate"


def test_four_eyes_count_the_substitute_and_the_one_stood_for(desk):
    for login in ("zhao.agent", "wu.billing"):
        grants = (("agent", "north"), ("key_account_desk", "north"))
        desk.do("system", c.GrantRoles(login=login, grants=grants))
    order = desk.start("steps")
    first = desk.task(order)
    desk.do("zhao.agent", c.ClaimTask(task_id=first.id))
    desk.do("zhao.agent", away(desk, "wu.billing"))
    desk.complete("wu.billing", first.id, mark="x")
    second = desk.task(order)
    zhao, wu = desk.person("zhao.agent").id, desk.person("wu.billing").id
    assert (second.barred, second.barred_too) == (wu, zhao)
    for login in ("zhao.agent", "wu.billing"):
        assert desk.code(login, c.ClaimTask(task_id=second.id)) == "four_eyes"
        assign = c.AssignTask(task_id=second.id, to=login)
        assert desk.code("feng.lead", assign) == "four_eyes"
    desk.complete("li.desk", second.id)


def test_absences_have_an_end_ahead_and_a_colleague(desk):
    assert desk.code("li.desk", away(desk, "sun.network", 1, 1)) == "absence_time"
    assert desk.code("li.desk", away(desk, "sun.network", -2, 0)) == "absence_time"
    for unfit in ("li.desk", "tang.south"):
        assert desk.code("li.desk", away(desk, unfit)) == "substitute_unfit"
    assert desk.code("li.desk", away(desk, "nobody")) == "person_unknown"
    assert desk.code("chen.desk", away(desk, "sun.network", login="li.desk")) == "not_allowed"
    assert desk.code("feng.lead", away(desk, "sun.network", login="tang.south")) == "not_allowed"
    desk.do("feng.lead", away(desk, "sun.network", login="li.desk"))
    # Who is stood in for hears of it, and of whom.
    (note,) = desk.notes("li.desk")
    assert (note.notice, note.params["text"]) == ("substitute_set", "冯刚 → 孙磊")


def test_nobody_is_absent_twice_and_no_substitute_has_one(desk):
    desk.do("li.desk", away(desk, "sun.network", 1, 3))
    assert desk.code("li.desk", away(desk, "chen.desk", 2, 4)) == "absence_overlaps"
    assert desk.code("sun.network", away(desk, "chen.desk", 2, 4)) == "substitute_chain"
    assert desk.code("chen.desk", away(desk, "li.desk", 0, 2)) == "substitute_chain"
    desk.do("li.desk", away(desk, "chen.desk", 3, 4))
    desk.do("sun.network", away(desk, "chen.desk", 0, 1))


def test_an_absence_is_ended_by_the_absent_or_a_superior_at_once(world):
    absence = world.do("li.desk", away(world, "sun.network")).id
    end = c.EndAbsence(absence_id=absence)
    for login in ("sun.network", "chen.desk", "tang.south"):
        assert world.code(login, end) == "absence_not_found"
    assert world.person("sun.network").stands_for
    world.do("feng.lead", end)
    assert world.person("sun.network").stands_for == ()
    assert world.code("li.desk", end) == "absence_over"
    later = world.do("li.desk", away(world, "sun.network", 1, 2)).id
    world.do("li.desk", c.EndAbsence(absence_id=later))
    # Called off before it began, it bars nothing.
    world.do("li.desk", away(world, "chen.desk", 1, 2))
    kinds = [
        fact["kind"]
        for fact in world.facts(world.person("li.desk").id, stream=Stream.PERSON)
        if "absence" in fact["kind"]
    ]
    assert kinds == ["person.absence_saved", "person.absence_ended"] * 2 + ["person.absence_saved"]


def test_who_sees_whose_absences(desk):
    desk.do("li.desk", away(desk, "sun.network"))
    seen = {}
    for login in ("li.desk", "sun.network", "feng.lead", "chen.desk", "tang.south"):
        with desk.app.dispatcher.view(desk.person(login)) as view:
            seen[login] = [(item.person_login, item.may_end) for item in absences(view)]
    assert seen == {
        "li.desk": [("li.desk", True)],
        "sun.network": [("li.desk", False)],
        "feng.lead": [("li.desk", True)],
        "chen.desk": [],
        "tang.south": [],
    }
    with desk.app.dispatcher.view(None) as view:
        assert absences(view) == []


def test_a_token_brings_whom_its_owner_stands_for(desk):
    _, issued = desk.app.identity.sign_in("sun.network", "correct horse 7")
    desk.do("li.desk", away(desk, "sun.network", 0, 0.5))
    desk.do("chen.desk", away(desk, "sun.network", 0, 0.5))
    assert desk.app.identity.authenticate(issued.token) == desk.person("sun.network")
    assert len(desk.person("sun.network").stands_for) == 2
    desk.clock.pass_(hours=12)
    assert desk.app.identity.authenticate(issued.token).stands_for == ()


def test_a_signature_stays_its_signers_when_the_absence_ends(world):
    """Who stood in and left it undone has no hand in it any more; the signer has."""
    order = world.start("steps")
    task = world.task(order).id
    world.do("zhao.agent", c.AddSigners(task_id=task, people=("chen.desk",)))
    world.do("chen.desk", away(world, "wang.sales", 0, 1))
    (sheet,) = world.tasks(order, purpose="signature")
    sign = c.CompleteTask(task_id=sheet.id, values={"approved": "yes"})
    world.do("wang.sales", c.SaveDraft(task_id=sheet.id, values={}))
    assert world.code("wang.sales", c.ClaimTask(task_id=sheet.id)) == "already_yours"
    world.clock.pass_(days=1)
    assert world.code("wang.sales", sign) == "not_candidate"
    world.do("chen.desk", sign)


def test_who_stands_in_for_a_delegate_prepares_in_nobody_elses_name(desk):
    """Four eyes count whom the owner stood in for, whoever prepared the task meanwhile."""
    for login in ("zhao.agent", "li.desk"):
        grants = (("agent", "north"), ("key_account_desk", "north"))
        desk.do("system", c.GrantRoles(login=login, grants=grants))
    order = desk.start("steps")
    task = desk.task(order).id
    desk.do("zhao.agent", c.ClaimTask(task_id=task))
    desk.do("zhao.agent", away(desk, "wu.billing"))
    desk.do("wu.billing", c.DelegateTask(task_id=task, to="sun.network"))
    desk.do("sun.network", away(desk, "chen.desk"))
    desk.do("chen.desk", c.SaveDraft(task_id=task, values={"mark": "x"}))
    lent = desk.task(order)
    assert (lent.assignee, lent.stood_for) == (
        desk.person("chen.desk").id, desk.person("zhao.agent").id
    )  # fmt: skip
    desk.do("chen.desk", c.GiveBackTask(task_id=task))
    desk.complete("wu.billing", task, mark="x")
    assert desk.code("zhao.agent", c.ClaimTask(task_id=desk.task(order).id)) == "four_eyes"
    desk.do("li.desk", c.ClaimTask(task_id=desk.task(order).id))


def test_a_step_skipped_for_a_substitute_counts_for_both(desk):
    deploy(desk.app, {"p.bpmn": b.diagram(b.process(
        "eyes", b.start(),
        b.user("one", candidateGroups="agent"),
        b.user("two", candidateUsers="wu.billing", props={"skipSameHandler": "true"}),
        b.user("wait", candidateGroups="line"),
        b.user("check", candidateGroups="agent", props={"notSamePersonAs": "two"}),
        b.end(), flows="s one two wait check e",
    ))})  # fmt: skip
    order = desk.start("eyes")
    desk.do("zhao.agent", c.ClaimTask(task_id=desk.task(order).id))
    desk.do("zhao.agent", away(desk, "wu.billing"))
    desk.complete("wu.billing", desk.task(order).id)
    desk.complete("sun.network", desk.task(order).id)
    check = desk.task(order)
    assert (check.barred, check.barred_too) == (
        desk.person("wu.billing").id, desk.person("zhao.agent").id
    )  # fmt: skip


def test_nobody_decides_about_time_asked_for_in_their_name(desk):
    grants = (("supervisor", "north"), ("agent", "north"))
    desk.do("system", c.GrantRoles(login="feng.lead", grants=grants))
    order = desk.start("steps")
    task = desk.task(order)
    desk.do("feng.lead", c.ClaimTask(task_id=task.id))
    desk.do("feng.lead", away(desk, "wu.billing"))
    more = c.RequestExtension(task_id=task.id, new_due_at=task.due_at + DAY, reason="r")
    asked = desk.do("wu.billing", more)
    decide = c.DecideExtension(extension_id=asked.id, approved=True)
    assert desk.code("feng.lead", decide) == "four_eyes"
    desk.do("he.manager", decide)


def test_what_somebody_absent_is_told_reaches_the_substitute(world):
    world.do("li.desk", away(world, "wu.billing"))
    order = to_second(world)
    task = world.task(order).id
    world.clock.pass_(seconds=1)
    world.do("feng.lead", c.AssignTask(task_id=task, to="li.desk"))
    (note, _) = world.notes("wu.billing")
    assert (note.notice, note.task_id, note.params) == (
        "task_assigned", task, {"absent": "李娜"}
    )  # fmt: skip
    assert wording(note.notice, "zh", note.params)[0].endswith("（代李娜）")
    assert wording(note.notice, "en", note.params)[0].endswith("(for 李娜)")
    assert world.notices("li.desk") == ["task_assigned"]
    world.clock.pass_(seconds=1)
    # One notice is enough for who is told anyway, and who acts needs none.
    both = ("li.desk", "wu.billing")
    world.do("feng.lead", c.AddComment(order_id=order, text="x", mentions=both))
    world.do("wu.billing", c.AddComment(order_id=order, text="x", mentions=("li.desk",)))
    assert world.notices("wu.billing") == ["mentioned", "task_assigned", "substitute_named"]
    world.clock.pass_(days=5)
    world.do("feng.lead", c.AssignTask(task_id=task, to="li.desk"))
    assert len(world.notices("wu.billing")) == 3


def test_a_substitute_is_not_told_of_orders_that_are_none_of_their_business(desk):
    desk.do("qian.hq", away(desk, "tang.south"))
    order = desk.start("steps")
    desk.do("feng.lead", c.CopyOrder(order_id=order, people=("qian.hq",)))
    assert desk.notices("tang.south") == ["substitute_named"]
    desk.do("feng.lead", c.AddSigners(task_id=desk.task(order).id, people=("qian.hq",)))
    assert sorted(desk.notices("tang.south")) == ["signature_asked", "substitute_named"]
    (sheet,) = desk.tasks(order, purpose="signature")
    desk.complete("tang.south", sheet.id, approved="yes")


def test_an_escalation_to_somebody_absent_reaches_the_substitute(desk):
    desk.rules([rule("late")])
    desk.start("steps")
    desk.do("feng.lead", away(desk, "li.desk"))
    desk.wait(hours=8)
    assert desk.notices("li.desk") == ["escalated", "substitute_named"]


def test_who_stands_in_acts_on_the_order_as_who_holds_the_task(desk):
    desk.do("system", c.GrantRoles(login="xu.stock", grants=(("hq_equipment", "south"),)))
    order = desk.start("talks")
    task = desk.task(order).id
    desk.do("qian.hq", c.TransferTask(task_id=task, unit="south", reason="r"))
    desk.do("xu.stock", c.ClaimTask(task_id=task))
    desk.do("xu.stock", away(desk, "tang.south"))
    desk.do("tang.south", c.HoldOrder(order_id=order, reason="spare_parts"))
