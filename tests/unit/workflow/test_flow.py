"""Sequence, gateways, loops of the drawing, and what a step reports."""

import itertools

import pytest

from engine.domain.effects import (
    ClockStarted,
    ClockStopped,
    ElementsPassed,
    IncidentOpened,
    InstanceEnded,
    MilestoneReached,
    StateEntered,
    TaskClosed,
    TaskOpened,
    VariablesChanged,
)
from tests.support.bpmn_builder import (
    boundary,
    end,
    event,
    inc,
    job,
    lanes,
    model,
    node,
    par,
    script,
    start,
    sub,
    user,
    xor,
)
from tests.support.kernel_world import START, World


def test_a_sequence_runs_from_start_to_end():
    world = World(model(start(), user("a"), user("b"), end(), flows="s a b e")).start({"x": 1})
    assert world.tasks() == ["a"]
    world.complete("a", y=2)
    assert world.tasks() == ["b"]
    world.complete("b")
    assert world.is_ended
    assert world.variables == {"x": 1, "y": 2}
    assert world.last[-1] == InstanceEnded(outcome="completed", element_id="e")


def test_effects_come_in_the_order_of_happening():
    world = World(model(start(), user("a"), user("b"), end(), flows="s a b e")).start()
    world.complete("a", y=2)
    assert [type(effect) for effect in world.last] == [
        TaskClosed, TaskOpened, VariablesChanged, ElementsPassed,
    ]  # fmt: skip
    assert world.last[2] == VariablesChanged(scope=0, values={"y": 2})
    assert world.last[3] == ElementsPassed(element_ids=("a",), process_keys=("p",))


def test_a_task_carries_what_is_drawn():
    world = World(
        model(
            lanes(desk="a b", network="c"),
            start(),
            user(
                "a", props={"name:en": "Check", "unit": "hq", "taskClock": "${kind}_a"},
                formKey="check", assignee="${who}", candidateUsers="li, ${who}",
                dueDate="PT4H", followUpDate="2026-02-01T09:00:00+08:00", priority="${30 + 5}",
            ),
            user("b", candidateGroups="x, ${group}"),
            user("c"),
            end(),
            flows="s a b c e",
        )
    ).start({"who": "wang", "kind": "vip", "group": "y"})  # fmt: skip
    task = world.of(TaskOpened)[0]
    assert (task.name, task.name_en, task.form_key) == ("A", "Check", "check")
    assert (task.assignee, task.candidate_users) == ("wang", ("li", "wang"))
    assert task.candidate_groups == ("desk",)
    assert (task.due_at - START).total_seconds() == 4 * 3600
    assert task.follow_up_at.isoformat() == "2026-02-01T01:00:00+00:00"
    assert task.priority == 35
    assert task.properties == {"name:en": "Check", "unit": "hq", "taskClock": "vip_a"}
    assert (task.process_key, task.definition_id) == ("p", 1)
    world.complete("a")
    assert world.of(TaskOpened)[-1].candidate_groups == ("x", "y")
    world.complete("b")
    assert world.of(TaskOpened)[-1].candidate_groups == ("network",)


def test_states_milestones_and_clocks_are_reported():
    world = World(
        model(
            start("s", props={"startClock": "order=${sla}"}),
            user("a", props={"state": "inProgress", "milestone": "checked", "stopClock": "order"}),
            end("e", props={"state": "closed"}),
            flows="s a e",
        )
    ).start({"sla": "gold"})
    assert world.of(ClockStarted) == [ClockStarted(element_id="s", clock="order", sla="gold")]
    assert world.of(StateEntered) == [StateEntered(element_id="a", state="inProgress")]
    world.complete("a")
    assert world.of(MilestoneReached) == [MilestoneReached(element_id="a", milestone="checked")]
    assert world.of(ClockStopped) == [ClockStopped(element_id="a", clock="order")]
    assert world.of(InstanceEnded)[0].state == "closed"


@pytest.mark.parametrize(("amount", "expected"), [(5, "low"), (50, "mid"), (500, "high")])
def test_an_exclusive_gateway_takes_the_first_flow_that_holds(amount, expected):
    world = World(
        model(
            start(), xor("g", default="g_high"), user("low"), user("mid"), user("high"), end(),
            flows="s g; g low : ${amount < 10}; g mid : amount < 100; g high",
        )
    ).start({"amount": amount})  # fmt: skip
    assert world.tasks() == [expected]


def test_no_flow_to_take_is_an_incident_that_can_be_repaired():
    world = World(
        model(
            start(), par("f"), user("other"), xor("g"), user("a"), user("b"),
            flows="s f g; f other; g a : x == 1; g b : x == 2",
        )
    ).start()  # fmt: skip
    (incident,) = world.of(IncidentOpened)
    assert (incident.element_id, incident.kind) == ("g", "no_flow")
    assert world.tasks() == ["other"]
    world.complete("other")
    assert not world.is_ended
    world.act("retry", incident.number)
    assert world.of(IncidentOpened)[1].number == incident.number
    world.act("set_variables", {"x": 2})
    world.act("retry", incident.number)
    assert world.tasks() == ["b"]
    with pytest.raises(LookupError):
        world.act("retry", incident.number)


def test_a_task_with_several_flows_splits_and_conditions_are_heeded():
    world = World(
        model(
            start(), user("a"), user("b"), user("c"), user("d"), end(),
            flows="s a; a b; a c : x > 1; a d : x > 9",
        )
    ).start({"x": 5})  # fmt: skip
    world.complete("a")
    assert world.tasks() == ["b", "c"]


REWORK = model(
    start(), xor("m"), par("f"), user("a"), user("b"), user("c"), par("j"), user("check"),
    xor("g", default="g_e"), end(),
    flows="""s m f
    f a j
    f b j
    f c j
    j check g
    g m : again
    g e""",
)  # fmt: skip


def test_a_parallel_section_in_a_rework_loop_joins_in_all_completion_orders():
    orders = list(itertools.permutations("abc"))
    for first, second, third in itertools.product(orders, orders, orders[:2]):
        world = World(REWORK).start()
        for number, order in enumerate((first, second, third)):
            left = set("abc")
            for task in order:
                assert set(world.tasks()) == left
                world.complete(task)
                left.discard(task)
            assert world.tasks() == ["check"]
            world.complete("check", again=number < 2)
        assert world.is_ended


def test_tokens_of_the_next_pass_do_not_mix_with_the_present_one():
    # "a" can be done twice before "b" is done once: the second token waits for its own pass.
    world = World(
        model(
            start(), par("f"), xor("m"), user("a"), user("b"), par("j"), user("z"), end(),
            inc("i", default="i_j"),
            flows="""s f m a i
            i j
            i m : more
            f b j z e""",
        )
    ).start()  # fmt: skip
    world.complete("a")
    assert world.tasks() == ["b"]
    world.complete("b")
    assert world.tasks() == ["z"]


def test_an_inclusive_join_waits_for_jobs_and_sub_processes_behind_decisions():
    world = World(
        model(
            start(), inc("f"), user("a"), job("w"), xor("x", default="x_j"), user("late"),
            sub("box", start("bs"), user("inside"), end("be"), flows="bs inside be"),
            inc("j"), user("z"), end(),
            flows="""s f
            f a : 1 == 1
            f w : 1 == 1
            f box : box_too
            a j
            w x
            x late : delay
            x j
            late j
            box j
            j z e""",
        )
    ).start({"box_too": True, "delay": True})  # fmt: skip
    world.complete("a")
    assert world.tasks() == ["inside"]
    number = next(iter(world.of(type(world.effects[0]))), None)
    jobs = [one for one in world.effects if type(one).__name__ == "JobOpened"]
    assert number is not None
    world.act("complete_job", jobs[0].number, {})
    assert sorted(world.tasks()) == ["inside", "late"]
    world.complete("inside")
    world.complete("late")
    assert world.tasks() == ["z"]


def test_an_inclusive_gateway_without_a_match_takes_the_default():
    world = World(
        model(
            start(), inc("f", default="f_c"), user("a"), user("b"), user("c"),
            flows="s f; f a : x > 1; f b : x > 2; f c",
        )
    ).start({"x": 0})  # fmt: skip
    assert world.tasks() == ["c"]


def test_a_loop_without_a_wait_state_ends_as_an_incident():
    world = World(
        model(
            start(), xor("m"), script("add", "n = n + 1"), par("f"), user("a"), xor("g"), end(),
            flows="""s f
            f a e
            f m add g m""",
        )
    ).start({"n": 0})  # fmt: skip
    (incident,) = world.of(IncidentOpened)
    assert incident.kind == "loop"
    assert world.tasks() == ["a"]
    world.act("cancel")
    assert world.is_ended


def test_long_chains_do_not_exhaust_the_stack():
    names = [f"n{number}" for number in range(700)]
    world = World(
        model(start(), *(node("task", name) for name in names), user("u"), end(),
              flows=f"s {' '.join(names)} u e")
    ).start()  # fmt: skip
    assert world.tasks() == ["u"]


def test_reserved_names_of_the_library_are_free():
    world = World(
        model(
            start("Start"), user("End"), user("Root"), end("End_1"), flows="Start End Root End_1"
        )
    ).start()
    assert world.tasks() == ["End"]
    world.complete("End")
    assert world.tasks() == ["Root"]
    world.complete("Root")
    assert world.is_ended


def test_link_events_continue_at_their_pair():
    world = World(
        model(
            start(), user("a"),
            node("intermediateThrowEvent", "out", '<bpmn:linkEventDefinition name="L"/>'),
            node("intermediateCatchEvent", "in", '<bpmn:linkEventDefinition name="L"/>'),
            user("b"), end(), flows="s a out; in b e",
        )
    ).start()  # fmt: skip
    world.complete("a")
    assert world.tasks() == ["b"]


def test_completing_what_is_not_open_is_refused():
    world = World(model(start(), user("a"), user("b"), end(), flows="s a b e")).start()
    number = world.number("a")
    world.complete("a")
    for wrong in (number, 999):
        with pytest.raises(LookupError):
            world.run().complete_task(wrong, {})


def test_sending_back_moves_the_token():
    world = World(REWORK).start()
    for task in "abc":
        world.complete(task)
    # Back to one branch alone would starve the join.
    with pytest.raises(LookupError):
        world.run().move(world.number("check"), "a")
    with pytest.raises(LookupError):
        world.run().move(world.number("check"), "nowhere")
    world.act("move", world.number("check"), "f")
    assert world.tasks() == ["a", "b", "c"]
    assert world.of(TaskClosed)[-1].reason == "interrupted"


@pytest.mark.parametrize("target", ["j", "check"])
def test_sending_forward_leaves_nobody_behind_at_a_join(target):
    world = World(REWORK).start()
    with pytest.raises(LookupError):
        world.run().move(world.number("a"), target)
    world.complete("a").complete("b")
    with pytest.raises(LookupError):
        world.run().move(world.number("c"), "check")
    assert world.tasks() == ["c"]


def test_what_guards_a_task_that_is_moved_brings_no_token_any_more():
    drawing = model(
        start(), user("x"), boundary("d", "x", event("message", "m"), interrupting=False),
        user("a"), user("b"), par("j"), end(), flows="s x a j e; d b j", names="message:m",
    )  # fmt: skip
    world = World(drawing).start()
    with pytest.raises(LookupError):
        world.run().move(world.number("x"), "b")


def test_sending_on_is_free_where_nobody_waits():
    drawing = model(start(), inc("i", default="i_b"), user("a"), user("b"), inc("j"), user("c"),
                    end(), flows="s i; i a : x; i b; a j; b j; j c e")  # fmt: skip
    for target in ("j", "c"):
        world = World(drawing).start()
        world.act("move", world.number("b"), target)
        world.complete("c")
        assert world.is_ended


def test_cancelling_closes_everything():
    world = World(REWORK).start()
    world.complete("a")
    world.act("cancel")
    assert world.tasks() == []
    assert world.of(InstanceEnded) == [InstanceEnded(outcome="cancelled")]
    world.act("cancel")
    assert len(world.of(InstanceEnded)) == 1


def test_one_definition_serves_many_instances():
    world = World(REWORK)
    runs = [world.kernel.start(1, {}, world.context) for _ in range(3)]
    states = {run.dump() for run in runs}
    assert len(states) == 1
