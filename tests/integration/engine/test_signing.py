"""Signers 加签 会签 或签: opinions before, decisions after a completion, and their clean end."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from engine.domain import commands as c
from engine.domain.signing import read
from engine.errors import EngineError
from engine.queries.inbox import next_task
from engine.store import tables as t
from tests.support import bpmn_builder as b
from tests.support.installation import deploy
from tests.support.operator import rule

FENG, HE, CHEN = "feng.lead", "he.manager", "chen.desk"


def drawn(**properties):
    """A process whose one task has these properties, and a second one another person checks."""
    return b.diagram(
        b.process(
            "signed",
            b.start(),
            b.user("work", candidateGroups="agent", props=properties),
            b.user("check", candidateGroups="agent,supervisor", props={"notSamePersonAs": "work"}),
            b.end("done", props={"state": "completed"}),
            flows="s work check done",
        )
    )


def opened(world, process="steps", **values):
    """An order and the id of its first task."""
    order = world.start(process, **values)
    return order, world.tasks(order, purpose="work")[0].id


def add(task, *people, by="zhao.agent", **more):
    return by, c.AddSigners(task_id=task, people=people, **more)


def remove(task, *people, by="zhao.agent"):
    return by, c.RemoveSigners(task_id=task, people=people)


def signing(world, order, task):
    (found,) = [each for each in world.all_tasks(order) if each.id == task]
    return read(found.signing)


def sheet(world, order, login):
    """The signature task of a person."""
    person = world.person(login).id
    (found,) = [
        each for each in world.tasks(order, purpose="signature") if each.assignee == person
    ]
    return found


def sign(world, order, login, verdict="yes", text="看过了"):
    field = "remark" if verdict == "yes" else "objection"
    task = sheet(world, order, login).id
    return world.complete(login, task, approved=verdict, **{field: text})


def asked(world, order):
    names = {world.person(login).id: login for login in (FENG, HE, CHEN, "wang.sales")}
    return {names[each.assignee] for each in world.tasks(order, purpose="signature")}


# ---- before -----------------------------------------------------------------------------------


def test_opinions_before_are_awaited_and_bind_nobody(world):
    order, task = opened(world)
    world.do("zhao.agent", c.ClaimTask(task_id=task))
    world.do(*add(task, FENG, "tang.south", reason="金额较大"))
    assert world.notices(FENG) == world.notices("tang.south") == ["signature_asked"]
    refusal = world.refused("zhao.agent", c.CompleteTask(task_id=task, values={"mark": "x"}))
    assert (refusal.code, refusal.params["count"]) == ("signatures_pending", 2)
    # Drafts are free. Who holds no role here sees the order and signs.
    world.do("zhao.agent", c.SaveDraft(task_id=task, values={"mark": "y"}))
    sign(world, order, "tang.south", "no", "不同意降价")
    assert world.code("zhao.agent", c.CompleteTask(task_id=task, values={"mark": "x"})) == (
        "signatures_pending"
    )
    sign(world, order, FENG)
    assert world.notices("zhao.agent") == ["signatures_given"]
    world.complete("zhao.agent", task, mark="x")
    told = {world.person(FENG).id: "看过了", world.person("tang.south").id: "不同意降价"}
    assert {s.person: s.remark for s in signing(world, order, task).signatures} == told
    causes = [fact["cause"] for fact in world.facts(order, "task.signing_set")]
    assert causes == ["added", "signed", "signed"]
    assert world.facts(order, "task.signing_set")[0]["text"] == "金额较大"


def test_one_of_several_is_enough(world):
    order, task = opened(world)
    world.do(*add(task, FENG, HE, CHEN, rule="any"))
    sign(world, order, FENG, "no", "再议")
    assert asked(world, order) == set()
    states = [each.state for each in world.all_tasks(order) if each.purpose == "signature"]
    assert sorted(states) == ["completed", "withdrawn", "withdrawn"]
    world.complete("zhao.agent", task, mark="x")


def test_a_share_decides_as_soon_as_it_cannot_change(world):
    order, task = opened(world)
    world.do(*add(task, FENG, HE, CHEN, rule="60%"))
    sign(world, order, FENG)
    sign(world, order, CHEN)
    assert asked(world, order) == set()
    # A decided round makes room for another one with another rule.
    world.do(*add(task, "wang.sales", rule="all", when="after", by=FENG))
    now = signing(world, order, task)
    assert (now.when, len(now.earlier), asked(world, order)) == ("after", 2, set())


def test_more_signers_join_the_round_and_those_asked_are_taken_off(world):
    order, task = opened(world)
    world.do(*add(task, FENG))
    world.do(*add(task, FENG, HE))
    assert asked(world, order) == {FENG, HE}
    assert world.code(*add(task, HE)) == "signers_known"
    assert world.code(*add(task, CHEN, rule="any")) == "signing_mixed"
    assert world.code(*add(task, CHEN, when="after")) == "signing_mixed"
    sign(world, order, FENG)
    assert world.code(*remove(task, FENG)) == "signer_not_pending"
    assert world.code(*remove(task, "nobody")) == "signer_not_pending"
    assert world.code(*remove(task)) == "signer_not_pending"
    world.do(*remove(task, HE))
    assert asked(world, order) == set()
    world.complete("zhao.agent", task, mark="x")


def test_the_last_signer_taken_off_ends_the_round(desk):
    order, task = opened(desk)
    desk.do(*add(task, FENG))
    desk.do(*remove(task, FENG))
    assert signing(desk, order, task) is None
    desk.complete("zhao.agent", task, mark="x")


# ---- after ------------------------------------------------------------------------------------


def submitted(world, *people, rule="all"):
    order, task = opened(world)
    world.do(*add(task, *people, when="after", rule=rule))
    assert asked(world, order) == set()
    world.complete("zhao.agent", task, mark="open", secret="s")
    return order, task


def test_a_completion_waits_for_its_signers_and_goes_on_in_its_workers_name(world):
    order, task = submitted(world, FENG, HE)
    waiting = world.task(order, "first")
    assert (waiting.state, waiting.assignee) == ("claimed", world.person("zhao.agent").id)
    assert asked(world, order) == {FENG, HE}
    assert "mark" not in world.variables(order)
    for again in (
        c.CompleteTask(task_id=task, values={"mark": "x"}),
        c.SaveDraft(task_id=task, values={"mark": "x"}),
    ):
        assert world.code("zhao.agent", again) == "awaiting_signatures"
    sign(world, order, FENG)
    assert sign(world, order, HE).opened == (world.task(order).id,)
    assert world.variables(order)["mark"] == "open"
    (done,) = [each for each in world.all_tasks(order) if each.id == task]
    assert (done.state, done.ended_by) == ("completed", world.person("zhao.agent").id)
    # Four eyes: the next step keeps the worker out, not who signed last.
    assert world.task(order, "second").barred == world.person("zhao.agent").id


def test_what_its_signers_refuse_is_the_workers_again(world):
    order, task = submitted(world, FENG, HE, CHEN, rule="60%")
    sign(world, order, FENG, "no", "照片缺")
    sign(world, order, CHEN, "no", "照片缺")
    assert asked(world, order) == set()
    assert world.notices("zhao.agent") == ["signatures_failed"]
    (draft,) = world.rows(t.draft, task_id=task)
    assert draft["values"] == {"mark": "open", "secret": "s"}
    # Completed again, all are asked again; what was said stays.
    world.complete("zhao.agent", task, mark="open", secret="better")
    assert asked(world, order) == {FENG, HE, CHEN}
    for login in (FENG, HE):
        sign(world, order, login)
    assert world.variables(order)["secret"] == "better"
    final = signing(world, order, task)
    assert [each.verdict for each in final.earlier] == ["rejected", "rejected"]
    assert final.approved == 2


def test_a_worker_takes_a_completion_back(world):
    order, task = submitted(world, FENG, HE)
    sign(world, order, FENG)
    world.do(*remove(task))
    assert asked(world, order) == set()
    assert len(world.rows(t.draft, task_id=task)) == 1
    again = signing(world, order, task)
    assert (again.submitted, len(again.pending), len(again.earlier)) == (False, 2, 1)
    world.do(*remove(task, FENG, HE))
    world.complete("zhao.agent", task, mark="x")
    assert world.task(order).element == "second"


def test_taking_signers_off_decides(desk):
    order, task = submitted(desk, FENG, HE)
    sign(desk, order, FENG)
    desk.do(*remove(task, HE))
    assert desk.task(order).element == "second"
    order, task = submitted(desk, FENG)
    desk.do(*remove(task, FENG))
    assert desk.task(order).element == "first"
    desk.complete("zhao.agent", task, mark="x")
    assert desk.task(order).element == "second"


def test_more_signers_while_they_decide(desk):
    order, task = submitted(desk, FENG)
    desk.do(*add(task, HE, when="after", by=FENG))
    sign(desk, order, FENG)
    assert asked(desk, order) == {HE}


def test_values_are_checked_when_the_worker_completes(desk):
    order, task = opened(desk)
    desk.do(*add(task, FENG, when="after"))
    assert desk.code("zhao.agent", c.CompleteTask(task_id=task, values={})) == "form_invalid"
    assert asked(desk, order) == set()


# ---- drawn ------------------------------------------------------------------------------------


def test_a_diagram_asks_for_signers(world):
    deploy(world.app, {"p.bpmn": drawn(
        signers="${approver}, supervisor", signing="any", signingWhen="after"
    )})  # fmt: skip
    order, task = opened(world, "signed", approver="he.manager")
    assert {each.drawn for each in signing(world, order, task).signatures} == {True}
    assert world.code(*remove(task, HE)) == "signer_drawn"
    world.complete("zhao.agent", task)
    assert asked(world, order) == {FENG, HE}
    sign(world, order, FENG)
    assert world.task(order).element == "check"


def test_a_diagram_asks_before_and_a_superior_does_without(desk):
    deploy(desk.app, {"p.bpmn": drawn(signers="supervisor,manager")})
    order, task = opened(desk, "signed")
    assert asked(desk, order) == {FENG, HE}
    assert desk.code("zhao.agent", c.CompleteTask(task_id=task, values={})) == "signatures_pending"
    desk.do(*remove(task, HE, by=FENG))
    sign(desk, order, FENG)
    desk.complete("zhao.agent", task)


def test_a_variable_without_signers_asks_nobody(desk):
    deploy(desk.app, {"p.bpmn": drawn(signers="${approver or ''}")})
    order, task = opened(desk, "signed")
    assert signing(desk, order, task) is None
    desk.complete("zhao.agent", task)


@pytest.mark.parametrize(
    ("properties", "code"),
    [
        ({"signers": "nobody"}, "person_unknown"),
        ({"signers": "line,billing,x"}, "person_unknown"),
        ({"signers": "manager", "signing": "${rule}"}, "signing_rule"),
        ({"signers": "manager", "signingWhen": "${rule}"}, "signing_rule"),
    ],
)  # fmt: skip
def test_signers_nobody_can_be_stop_the_step(desk, properties, code):
    deploy(desk.app, {"p.bpmn": drawn(**properties)})
    command = c.StartOrder(process="signed", values={"rule": "most"})
    assert desk.code("zhao.agent", command) == code


def test_a_diagram_that_asks_the_worker_alone_waits_for_a_superior(desk):
    deploy(desk.app, {"p.bpmn": b.diagram(b.process(
        "own", b.start(),
        b.user("work", assignee="${who}", candidateGroups="agent", props={"signers": "${who}"}),
        b.end(), flows="s work e",
    ))})  # fmt: skip
    order, task = opened(desk, "own", who="zhao.agent")
    done = c.CompleteTask(task_id=task, values={})
    assert desk.code("zhao.agent", done) == "signer_is_worker"
    mine = c.CompleteTask(task_id=desk.tasks(order, purpose="signature")[0].id,
                          values={"approved": "yes"})  # fmt: skip
    assert desk.code("zhao.agent", mine) == "signer_is_worker"
    desk.do(*add(task, HE, by=FENG))
    desk.do(*remove(task, "zhao.agent", by=FENG))
    sign(desk, order, HE)
    desk.do("zhao.agent", done)


# ---- refusals ---------------------------------------------------------------------------------


def test_who_may_choose_signers(desk):
    _, task = opened(desk)
    assert desk.code(*add(task, FENG, by="tang.south")) == "task_not_found"
    assert desk.code(*add(task, FENG, by="li.desk")) == "not_candidate"
    desk.do("zhao.agent", c.ClaimTask(task_id=task))
    desk.do(*add(task, CHEN, by=FENG))
    assert desk.code(*remove(task, CHEN, by="li.desk")) == "not_candidate"


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"people": ("zhao.agent",)}, "signer_is_worker"), ({"people": ("x",)}, "person_unknown"),
        ({"people": ()}, "signers_known"), ({"rule": "0%"}, "signing_rule"),
        ({"when": "during"}, "signing_rule"), ({"version": 99}, "stale_version"),
    ],
)  # fmt: skip
def test_signers_that_are_refused(desk, more, code):
    _, task = opened(desk)
    values = {"people": (FENG,), **more}
    assert desk.code("zhao.agent", c.AddSigners(task_id=task, **values)) == code


def test_nobody_signs_their_own_work(desk):
    order, task = opened(desk)
    desk.do(*add(task, FENG, by=HE))
    desk.do("system", c.GrantRoles(login=FENG, grants=(("agent", "north"),)))
    desk.do(FENG, c.ClaimTask(task_id=task))
    own = c.CompleteTask(task_id=sheet(desk, order, FENG).id, values={"approved": "yes"})
    assert desk.code(FENG, own) == "signer_is_worker"
    order, task = opened(desk)
    desk.do(*add(task, FENG, by=HE, when="after"))
    complete = c.CompleteTask(task_id=task, values={"mark": "x"})
    assert desk.code(FENG, complete) == "signer_is_worker"


def test_a_signature_has_its_form_and_is_personal(desk):
    order, task = opened(desk)
    desk.do(*add(task, FENG))
    mine = sheet(desk, order, FENG)
    for values in ({}, {"approved": "maybe"}, {"approved": "no"}, {"approved": "yes", "x": 1}):
        command = c.CompleteTask(task_id=mine.id, values=values)
        assert desk.code(FENG, command) == "form_invalid"
    assert desk.code(HE, c.CompleteTask(task_id=mine.id, values={})) == "not_candidate"
    for handing in (
        c.TransferTask(task_id=mine.id, role="manager", reason="r"),
        c.AssignTask(task_id=mine.id, to=HE),
        c.ReleaseTask(task_id=mine.id),
        c.DelegateTask(task_id=mine.id, to=HE),
    ):
        assert desk.code(FENG, handing) == "signature_personal"
    assert desk.code(*add(mine.id, HE, by=FENG)) == "not_signable"
    assert desk.code(FENG, c.ReturnTask(task_id=mine.id, reason="r")) == "not_returnable"


def test_a_waiting_completion_is_not_handed_on(desk):
    _, task = submitted(desk, FENG)
    for by, handing in (
        ("zhao.agent", c.ReleaseTask(task_id=task)),
        (FENG, c.AssignTask(task_id=task, to="zhao.agent")),
        (FENG, c.TransferTask(task_id=task, role="network", reason="r")),
        ("zhao.agent", c.DelegateTask(task_id=task, to="feng.lead")),
    ):
        assert desk.code(by, handing) == "awaiting_signatures"


def test_a_verdict_on_a_stale_page_is_refused(desk):
    order, task = opened(desk)
    desk.do(*add(task, FENG, HE, rule="any"))
    late = sheet(desk, order, HE).id
    sign(desk, order, FENG)
    command = c.CompleteTask(task_id=late, values={"approved": "yes"})
    assert desk.code(HE, command) == "task_not_open"


# ---- other acts -------------------------------------------------------------------------------


def second(world, *people, when="before"):
    """An order at its second task, which has signers."""
    order, task = opened(world)
    world.complete("zhao.agent", task, mark="x")
    task = world.task(order).id
    world.do("li.desk", c.ClaimTask(task_id=task))
    world.do(*add(task, *people, by="li.desk", when=when))
    if when == "after":
        world.complete("li.desk", task)
    return order, task


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_return_takes_the_signatures_away(world, when):
    order, task = second(world, FENG, HE, when=when)
    sign(world, order, FENG)
    world.do("li.desk", c.ReturnTask(task_id=task, reason="r"))
    assert [each.element for each in world.tasks(order)] == ["first"]


def test_a_hold_lets_signers_rest(desk):
    order, task = second(desk, FENG)
    desk.do(FENG, c.HoldOrder(order_id=order, reason="weather"))
    command = c.CompleteTask(task_id=sheet(desk, order, FENG).id, values={"approved": "yes"})
    assert desk.code(FENG, command) == "order_on_hold"
    assert desk.code(*add(task, HE, by="li.desk")) == "order_on_hold"
    desk.do(FENG, c.ResumeOrder(order_id=order))
    desk.do(FENG, command)


@pytest.mark.parametrize("when", ["before", "after"])
def test_the_end_of_an_order_ends_its_signatures(world, when):
    order, _ = second(world, FENG, HE, when=when)
    sign(world, order, FENG)
    world.do("ma.operator", c.CancelOrder(order_id=order, reason="r"))
    assert world.tasks(order) == []
    states = {each.state for each in world.all_tasks(order) if each.purpose == "signature"}
    assert states == {"completed", "withdrawn"}


def test_a_process_that_takes_the_task_away_takes_its_signatures(desk):
    order = desk.start("talks")
    desk.complete("xu.stock", desk.task(order).id)
    task = desk.task(order).id
    desk.do(*add(task, FENG))
    desk.do("zhao.agent", c.SendMessage(message="stop", order_id=order))
    assert (desk.order(order).status, desk.tasks(order)) == ("ended", [])


def test_the_last_verdict_may_end_the_order(desk):
    deploy(desk.app, {"p.bpmn": b.diagram(b.process(
        "short", b.start(), b.user("only", candidateGroups="agent",
                                   props={"signers": "manager", "signingWhen": "after"}),
        b.end("done", props={"state": "completed"}), flows="s only done",
    ))})  # fmt: skip
    order, task = opened(desk, "short")
    desk.complete("zhao.agent", task)
    mine = sheet(desk, order, HE).id
    assert sign(desk, order, HE).is_ended
    states = {each.id: each.state for each in desk.all_tasks(order)}
    assert states == {task: "completed", mine: "completed"}


def test_signatures_stand_in_no_way_of_time(desk):
    """The task's clock goes on while its signers decide."""
    order, task = submitted(desk, FENG)
    due_at = desk.task(order, "first").due_at
    assert sheet(desk, order, FENG).due_at == due_at
    desk.wait_until(due_at + timedelta(hours=1))
    sign(desk, order, FENG)
    (done,) = [fact for fact in desk.facts(order, "task.completed") if fact["task"] == task]
    assert done["late"] is True


def test_a_substitute_signs_in_the_name_of_who_is_absent(world):
    order, task = opened(world)
    world.do(*add(task, CHEN))
    away = {"starts_at": world.clock.now(), "ends_at": world.clock.now() + timedelta(days=2)}
    world.do(CHEN, c.SaveAbsence(substitute="wang.sales", **away))
    (mine,) = world.tasks(order, purpose="signature")
    world.complete("wang.sales", mine.id, approved="yes")
    (line,) = signing(world, order, task).signatures
    assert (line.person, line.by) == (world.person(CHEN).id, world.person("wang.sales").id)


def away(world, login, substitute):
    now = world.clock.now()
    times = {"starts_at": now, "ends_at": now + timedelta(days=2)}
    world.do(login, c.SaveAbsence(substitute=substitute, **times))


@pytest.mark.parametrize("rule", ["all", "any", "60%"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_nobody_speaks_twice_in_a_round(desk, rule, when):
    """Neither before nor after the own signature does a substitute sign for somebody absent."""
    order, task = opened(desk)
    desk.do(*add(task, CHEN, "wang.sales", HE, rule=rule, when=when))
    if when == "after":
        desk.complete("zhao.agent", task, mark="x")
    away(desk, CHEN, "wang.sales")
    for_chen = c.CompleteTask(task_id=sheet(desk, order, CHEN).id, values={"approved": "yes"})
    assert desk.code("wang.sales", for_chen) == "signed_already"
    sign(desk, order, "wang.sales")
    if rule == "any":
        assert signing(desk, order, task).approved == 1
        return
    assert desk.code("wang.sales", for_chen) == "signed_already"
    assert signing(desk, order, task).approved == 1
    sign(desk, order, HE)
    assert asked(desk, order) == (set() if rule == "60%" else {CHEN})


def test_a_substitute_of_several_signs_for_one_of_them(desk):
    order, task = opened(desk)
    desk.do(*add(task, CHEN, HE))
    for login in (CHEN, HE):
        away(desk, login, "wang.sales")
    sheets = [sheet(desk, order, login).id for login in (CHEN, HE)]
    desk.complete("wang.sales", sheets[0], approved="yes")
    second = c.CompleteTask(task_id=sheets[1], values={"approved": "yes"})
    assert desk.code("wang.sales", second) == "signed_already"
    # A round begun anew hears everybody again.
    desk.do(*remove(task, HE))
    desk.do(*add(task, HE, when="after"))
    desk.complete("zhao.agent", task, mark="x")
    desk.complete("wang.sales", sheet(desk, order, HE).id, approved="yes")
    assert [each.element for each in desk.tasks(order)] == ["second"]


def test_nobody_signs_their_own_work_for_somebody_absent(desk):
    order, task = opened(desk)
    desk.do("zhao.agent", c.ClaimTask(task_id=task))
    desk.do(*add(task, CHEN))
    away = {"starts_at": desk.clock.now(), "ends_at": desk.clock.now() + timedelta(days=2)}
    desk.do(CHEN, c.SaveAbsence(substitute="zhao.agent", **away))
    (mine,) = desk.tasks(order, purpose="signature")
    command = c.CompleteTask(task_id=mine.id, values={"approved": "yes"})
    assert desk.code("zhao.agent", command) == "signer_is_worker"


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_jump_takes_the_signatures_away(world, when):
    order, task = second(world, FENG, when=when)
    world.do(HE, c.JumpTask(task_id=task, to_element="third", reason="r"))
    assert [each.element for each in world.tasks(order)] == ["third"]


def test_taking_a_step_back_takes_what_is_not_signed_yet(desk):
    for verdict in (False, True):
        order, task = opened(desk)
        desk.complete("zhao.agent", task, mark="x")
        desk.do(*add(desk.task(order).id, FENG, HE, by="qian.hq"))
        back = c.TakeBackStep(task_id=task)
        if verdict:
            sign(desk, order, FENG)
            assert desk.code("zhao.agent", back) == "step_moved_on"
        else:
            desk.do("zhao.agent", back)
            assert [each.element for each in desk.tasks(order)] == ["first"]


# ---- whose work it is ---------------------------------------------------------------------------


def working_lead(desk):
    grants = (("supervisor", "north"), ("agent", "north"))
    desk.do("system", c.GrantRoles(login=FENG, grants=grants))


def test_ones_own_opinion_does_not_count(desk):
    """Given while the task was free, it does not open the way for who gave it."""
    working_lead(desk)
    order, task = opened(desk)
    desk.do(*add(task, FENG, by=HE))
    sign(desk, order, FENG)
    done = c.CompleteTask(task_id=task, values={"mark": "x"})
    assert desk.code(FENG, done) == "signer_is_worker"
    # In the name of somebody absent it is no better.
    order, task = opened(desk)
    desk.do(*add(task, CHEN, by=HE))
    away = {"starts_at": desk.clock.now(), "ends_at": desk.clock.now() + timedelta(days=2)}
    desk.do(CHEN, c.SaveAbsence(substitute="zhao.agent", **away))
    (sheet_of_chen,) = desk.tasks(order, purpose="signature")
    desk.complete("zhao.agent", sheet_of_chen.id, approved="yes")
    done = c.CompleteTask(task_id=task, values={"mark": "x"})
    assert desk.code("zhao.agent", done) == "signer_is_worker"
    desk.do(FENG, done)


def test_who_is_asked_and_takes_the_task_needs_the_others_only(desk):
    working_lead(desk)
    order, task = opened(desk)
    desk.do(*add(task, FENG, HE, by="qian.hq"))
    desk.do(FENG, c.ClaimTask(task_id=task))
    done = c.CompleteTask(task_id=task, values={"mark": "x"})
    assert desk.code(FENG, done) == "signatures_pending"
    sign(desk, order, HE)
    desk.do(FENG, done)
    assert [each.element for each in desk.tasks(order)] == ["second"]


@pytest.mark.parametrize("when", ["before", "after"])
def test_who_is_stood_for_does_not_sign_what_was_done_in_their_name(desk, when):
    _, task = opened(desk)
    desk.do("zhao.agent", c.ClaimTask(task_id=task))
    away = {"starts_at": desk.clock.now(), "ends_at": desk.clock.now() + timedelta(days=2)}
    desk.do("zhao.agent", c.SaveAbsence(substitute="wu.billing", **away))
    desk.do("wu.billing", c.SaveDraft(task_id=task, values={"mark": "x"}))
    assert desk.code(*add(task, "zhao.agent", when=when, by=FENG)) == "signer_is_worker"


def test_signers_of_a_lent_task_are_chosen_by_its_owner(desk):
    _, task = opened(desk)
    desk.do("zhao.agent", c.ClaimTask(task_id=task))
    desk.do(*add(task, HE))
    desk.do("zhao.agent", c.DelegateTask(task_id=task, to="li.desk"))
    for command in (remove(task, HE, by="li.desk"), add(task, CHEN, by="li.desk")):
        assert desk.code(*command) == "delegated_give_back"
    assert desk.code(*add(task, "zhao.agent", by=FENG)) == "signer_is_worker"
    desk.do(*add(task, CHEN, by=FENG))


# ---- time ---------------------------------------------------------------------------------------


def test_signatures_are_due_with_their_task(world):
    deploy(world.app, {"p.bpmn": drawn(signers="supervisor", taskClock="step")})
    order, task = opened(world, "signed")

    def dues():
        return {each.due_at for each in world.tasks(order)}

    (due_at,) = dues()
    assert due_at is not None
    world.do(FENG, c.HoldOrder(order_id=order, reason="weather"))
    assert dues() == {None}
    world.clock.pass_(hours=1)
    world.do(FENG, c.ResumeOrder(order_id=order))
    assert dues() == {due_at + timedelta(hours=1)}
    later = due_at + timedelta(hours=3)
    world.do(HE, c.InstructOrder(order_id=order, task_id=task, text="x", new_due_at=later))
    assert dues() == {later}


@pytest.mark.parametrize(
    ("when", "told"), [("before", {"zhao.agent", FENG, HE}), ("after", {FENG, HE})]
)
def test_who_has_not_signed_is_reminded_and_urged(desk, when, told):
    desk.rules([rule("soon", level=0, trigger="50%", receiver={"scope": "assignee"})])
    order, task = opened(desk)
    desk.do("zhao.agent", c.ClaimTask(task_id=task))
    desk.do(*add(task, FENG, HE, CHEN, when=when, by="qian.hq"))
    if when == "after":
        desk.complete("zhao.agent", task, mark="x")
    sign(desk, order, CHEN)
    desk.wait(hours=4)
    desk.do(HE, c.UrgeOrder(order_id=order))
    people = ("zhao.agent", FENG, HE, CHEN)
    for notice in ("reminder", "order_urged"):
        assert {login for login in people if notice in desk.notices(login)} == told
    # A signer's notice leads to what the signer may open.
    (note,) = [each for each in desk.notes(HE) if each.notice == "reminder"]
    assert note.task_id == sheet(desk, order, HE).id


def test_a_completion_that_waits_for_its_signers_is_not_given_to_others(desk):
    desk.rules([rule("late", actions=["reassign", "notify"])])
    order, _ = submitted(desk, HE)
    desk.wait(days=1)
    waiting = desk.task(order, "first")
    assert (waiting.queue.partition("@")[0], waiting.assignee) == (
        "agent", desk.person("zhao.agent").id
    )  # fmt: skip
    assert "escalated" in desk.notices(FENG)


def test_the_next_task_is_none_that_waits_for_signers_or_is_on_hold(desk):
    held = desk.start("steps")
    desk.do("zhao.agent", c.ClaimTask(task_id=desk.task(held).id))
    desk.do(FENG, c.HoldOrder(order_id=held, reason="weather"))
    order, _ = submitted(desk, HE)
    with desk.app.dispatcher.view(desk.person("zhao.agent")) as view:
        assert next_task(view, order_id=order) is None
        assert next_task(view, order_id=held) is None


def test_two_signers_at_once_decide_once(world):
    """Of many verdicts at one moment every one counts, and the process goes on once."""
    order, task = submitted(world, FENG, HE, CHEN)
    sheets = {login: sheet(world, order, login).id for login in (FENG, HE, CHEN)}
    results = at_once([
        lambda login=login: world.complete(login, sheets[login], approved="yes")
        for login in sheets
    ])  # fmt: skip
    assert [each for each in results if isinstance(each, Exception)] == []
    done = [fact for fact in world.facts(order, "task.completed") if fact["task"] == task]
    assert len(done) == 1
    assert signing(world, order, task).approved == 3
    assert [each.element for each in world.tasks(order)] == ["second"]


def at_once(acts):
    """Do all at one moment; results or errors."""
    barrier = threading.Barrier(len(acts))

    def run(act):
        barrier.wait()
        try:
            return act()
        except EngineError as refused:
            return refused

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))
