"""撤回, 退回, 自由跳转, 自动跳过: where a process may go, and what that leaves behind."""

import json

import pytest

from engine.domain import commands as c
from engine.domain.access import SYSTEM
from engine.queries import moving
from tests.support import bpmn_builder as b
from tests.support.installation import deploy
from tests.support.operator import ANSWER

FORM = json.dumps(ANSWER).encode()

#: A fork inside a sub-process, a business rule of the desk, a message out, a call.
WAYS = b.diagram(
    b.process(
        "ways",
        b.start(),
        b.user("ask", candidateGroups="agent", formKey="answer", props={"taskClock": "step"}),
        b.xor("which", default="which_plain"),
        b.user("plain", candidateGroups="key_account_desk", props={"taskClock": "step"}),
        b.par("fork"),
        b.user("left", candidateGroups="network"),
        b.user("right", candidateGroups="line"),
        b.par("join"),
        b.script("stopped", "done = true"),
        b.user("after_stop", candidateGroups="agent"),
        b.user("rest", candidateGroups="agent"),
        b.end("done", props={"state": "completed"}),
        flows="s ask which plain rest done;"
        "which fork : mark == 'fork'; fork left join rest; fork right join;"
        "which stopped : mark == 'stop'; stopped after_stop rest",
        props={"publish": "mark"},
    )
)


@pytest.fixture
def ways(desk):
    deploy(desk.app, {"ways.bpmn": WAYS, "answer.json": FORM})
    return desk


def asked(desk, mark="x"):
    """An order whose first step zhao.agent has completed; the order and that step."""
    order = desk.start("ways")
    first = desk.task(order)
    desk.complete("zhao.agent", first.id, mark=mark)
    return order, first


def take_back(task):
    return c.TakeBackStep(task_id=task.id, reason="wrong customer")


# ---- take back --------------------------------------------------------------------------------


def test_a_step_is_taken_back_with_its_values_and_a_new_clock(world):
    deploy(world.app, {"ways.bpmn": WAYS, "answer.json": FORM})
    order, first = asked(world)
    before = world.order(order).clocks
    (next_task,) = world.tasks(order)
    world.do("zhao.agent", take_back(first))
    again = world.task(order)
    assert (again.element, again.assignee) == ("ask", world.person("zhao.agent").id)
    states = {task.id: task.state for task in world.all_tasks(order)}
    assert states == {first.id: "withdrawn", next_task.id: "withdrawn", again.id: "claimed"}
    assert world.variables(order)["mark"] == "x"
    assert before.keys().isdisjoint(world.order(order).clocks)
    assert world.facts(order, "task.taken_back", "task.withdrawn") == [
        {
            "kind": "task.taken_back",
            "task": first.id,
            "element": "ask",
            "withdrawn": [next_task.id],
            "reason": "wrong customer",
        },
        {"kind": "task.withdrawn", "task": next_task.id, "reason": "taken_back"},
    ]
    world.complete("zhao.agent", again.id, mark="y")
    world.complete("li.desk", world.task(order).id)


def test_several_tasks_become_one_again(ways):
    order, first = asked(ways, "fork")
    assert len(ways.tasks(order)) == 2
    ways.do("zhao.agent", take_back(first))
    assert ways.task(order).element == "ask"
    ways.complete("zhao.agent", ways.task(order).id, mark="x")
    assert ways.task(order).element == "plain"


@pytest.mark.parametrize("touch", ["claimed", "drafted", "transferred", "completed", "seen"])
def test_what_somebody_has_touched_is_not_taken_back(ways, touch):
    order, first = asked(ways)
    (task,) = ways.tasks(order)
    if touch == "claimed":
        ways.do("li.desk", c.ClaimTask(task_id=task.id))
        ways.do("li.desk", c.ReleaseTask(task_id=task.id))
    elif touch == "drafted":
        ways.do("li.desk", c.SaveDraft(task_id=task.id, values={"a": 1}))
    elif touch == "transferred":
        ways.do("li.desk", c.TransferTask(task_id=task.id, role="network", reason="r"))
    elif touch == "completed":
        ways.complete("li.desk", task.id)
    else:
        # Talk is no touch.
        ways.do("li.desk", c.AddComment(order_id=order, text="hm", task_id=task.id))
        ways.do("li.desk", c.UrgeOrder(order_id=order))
        ways.do("zhao.agent", take_back(first))
        return
    assert ways.code("zhao.agent", take_back(first)) == "step_moved_on"


def test_one_branch_of_several_is_taken_back_alone_or_not_at_all(ways):
    order, _ = asked(ways, "fork")
    left = ways.task(order, "left")
    ways.complete("sun.network", left.id)
    # It led to no task: its token waits at the join.
    assert ways.code("sun.network", take_back(left)) == "step_moved_on"
    right = ways.task(order, "right")
    ways.complete("sun.network", right.id)
    # Taken back, the join would wait for the other branch for ever.
    assert ways.code("sun.network", take_back(right)) == "step_moved_on"


def test_who_takes_back_and_when(ways):
    order, first = asked(ways)
    assert ways.code("li.desk", take_back(first)) == "not_your_step"
    assert ways.code("tang.south", take_back(first)) == "task_not_found"
    ways.do("zhao.agent", c.HoldOrder(order_id=order, reason="weather"))
    assert ways.code("zhao.agent", take_back(first)) == "order_on_hold"
    ways.do("zhao.agent", c.ResumeOrder(order_id=order))
    (open_task,) = ways.tasks(order)
    assert ways.code("zhao.agent", take_back(open_task)) == "not_your_step"
    ways.do("zhao.agent", take_back(first))
    assert ways.code("zhao.agent", take_back(first)) == "step_moved_on"


def reaching(what):
    """A process whose first step has this effect before the next one."""
    between = {
        "job": b.job("effect", "read_meter"),
        "operation": b.job("effect", "notify_sales"),
        "message": b.throw("effect", b.event("message", "told")),
        "signal": b.throw("effect", b.event("signal", "rung")),
        "clock": b.script("effect", "x = 1", props={"stopClock": "order"}),
        "call": b.call("effect", "quiet"),
        "wait": b.catch("effect", b.event("message", "told")),
        "incident": b.script("effect", "x = 1 / 0"),
    }[what]
    quiet = b.process("quiet", b.start("qs"), b.script("q", "y = 1"), b.end("qe"), flows="qs q qe")
    return b.diagram(
        b.process(
            "effects",
            b.start(props={"startClock": "order=step"}),
            b.user("ask", candidateGroups="agent"),
            between,
            b.user("rest", candidateGroups="agent"),
            b.end("done"),
            flows="s ask effect rest done",
        ),
        quiet,
        names="message:told signal:rung",
    )


@pytest.mark.parametrize(
    "what", ["job", "operation", "message", "signal", "clock", "call", "wait", "incident"]
)
def test_what_reached_the_world_is_not_taken_back(desk, what):
    deploy(desk.app, {"effects.bpmn": reaching(what)})
    order = desk.start("effects", customer_id="K-1001")
    first = desk.task(order)
    desk.complete("zhao.agent", first.id)
    before = desk.events(order)
    refusal = desk.refused("zhao.agent", take_back(first))
    assert (refusal.code, refusal.params["what"]) == ("step_effective", what)
    assert desk.events(order) == before


# ---- where to ---------------------------------------------------------------------------------


def places(desk, query, order, element=None):
    task = desk.task(order, element)
    with desk.app.dispatcher.view(SYSTEM) as view:
        found = query(view, task, view.order(order), desk.app.kernel)
    return {place.element: place for place in found}


def test_every_step_a_task_can_go_back_to_is_listed_and_no_other(ways):
    order, _ = asked(ways)
    ways.complete("li.desk", ways.task(order).id)
    found = places(ways, moving.returnable, order)
    assert list(found) == ["plain", "ask"]
    assert found["ask"].done_by == "赵敏"
    for element in found:
        back = c.ReturnTask(task_id=ways.task(order).id, reason="r", to_element=element)
        assert ways.dry(ways.person("zhao.agent"), back) is None
    order, _ = asked(ways, "fork")
    assert list(places(ways, moving.returnable, order, "left")) == []


def test_a_privileged_person_jumps_with_a_reason(world):
    deploy(world.app, {"ways.bpmn": WAYS, "answer.json": FORM})
    order, _ = asked(world)
    task = world.task(order)
    world.do("li.desk", c.ClaimTask(task_id=task.id))
    assert list(places(world, moving.reachable, order)) == ["ask", "after_stop", "rest", "done"]
    jump = c.JumpTask(task_id=task.id, to_element="after_stop", reason="already settled")
    for login in ("li.desk", "feng.lead"):
        assert world.code(login, jump) == "not_allowed"
    assert world.code("tang.south", jump) == "task_not_found"
    world.do("he.manager", jump)
    assert world.task(order).element == "after_stop"
    assert world.notices("li.desk") == ["task_jumped"]
    assert world.facts(order, "task.jumped", "task.withdrawn") == [
        {
            "kind": "task.jumped",
            "task": task.id,
            "reason": "already settled",
            "to_element": "after_stop",
        }
    ]
    assert world.all_tasks(order)[1].state == "withdrawn"
    assert world.code("he.manager", jump) == "task_not_open"


@pytest.mark.parametrize("element", ["stopped", "which", "join", "left", "plain", "nowhere"])
def test_nobody_jumps_where_the_process_would_not_be_sound(ways, element):
    order, _ = asked(ways)
    jump = c.JumpTask(task_id=ways.task(order).id, to_element=element, reason="r")
    assert ways.code("ma.operator", jump) == "step_not_possible"


def test_a_jump_may_end_the_order_and_is_refused_when_stale(ways):
    order, _ = asked(ways)
    task = ways.task(order)
    jump = c.JumpTask(task_id=task.id, to_element="done", reason="r", version=task.version + 1)
    assert ways.code("ma.operator", jump) == "stale_version"
    answer = ways.do("ma.operator", c.JumpTask(task_id=task.id, to_element="done", reason="r"))
    assert answer.is_ended
    assert ways.order(order).state == "completed"


# ---- auto-skip --------------------------------------------------------------------------------


def skipping(*, form=False, barred=False, assignee=""):
    props = {"skipSameHandler": "true"} | ({"notSamePersonAs": "one"} if barred else {})
    second = {"candidateGroups": "agent"} | ({"formKey": "answer"} if form else {})
    if assignee:
        second["assignee"] = assignee
    drawing = b.diagram(
        b.process(
            "skips",
            b.start(),
            b.user("one", candidateGroups="agent"),
            b.user("two", props=props, **second),
            b.xor("again", default="again_three"),
            b.user("three", candidateGroups="agent", props={"skipSameHandler": "true"}),
            b.end("done"),
            flows="s one two again three done; again two : round == true",
        )
    )
    return {"skips.bpmn": drawing, "answer.json": FORM}


def test_who_did_the_step_before_need_not_do_the_next(world):
    deploy(world.app, skipping())
    order = world.start("skips")
    world.complete("zhao.agent", world.task(order).id)
    assert world.order(order).status == "ended"
    skipped = [fact.get("skipped", False) for fact in world.facts(order, "task.completed")]
    assert skipped == [False, True, True]
    done = {(task.state, task.ended_by) for task in world.all_tasks(order)}
    assert done == {("completed", world.person("zhao.agent").id)}


@pytest.mark.parametrize(
    "drawn",
    [{"form": True}, {"barred": True}, {"assignee": "li.desk"}],
    ids=["form asks", "four eyes", "somebody else"],
)
def test_a_step_that_needs_somebody_is_not_skipped(desk, drawn):
    deploy(desk.app, skipping(**drawn))
    order = desk.start("skips")
    desk.complete("zhao.agent", desk.task(order).id)
    assert desk.task(order).element == "two"


def test_a_loop_of_skipped_steps_waits_for_somebody(desk):
    deploy(desk.app, skipping())
    order = desk.start("skips", round=True)
    desk.complete("zhao.agent", desk.task(order).id)
    assert desk.task(order).element == "two"


def test_skipped_steps_are_taken_back_with_the_step_before(desk):
    deploy(desk.app, skipping())
    order = desk.start("skips", round=True)
    first = desk.task(order)
    desk.complete("zhao.agent", first.id)
    desk.do("zhao.agent", take_back(first))
    assert desk.task(order).element == "one"
