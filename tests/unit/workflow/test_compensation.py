"""Compensation where it meets the rest: incidents, guards, scopes, repetition, state."""

import random

import orjson
import pytest

from engine.domain.effects import IncidentClosed, IncidentOpened, InstanceEnded, JobOpened
from tests.conformance.drawing import AS_HANDLER, around, compensate, listening, undo
from tests.support.bpmn_builder import (
    boundary,
    call,
    diagram,
    each,
    end,
    event,
    event_sub,
    inc,
    job,
    model,
    par,
    parameters,
    process,
    script,
    start,
    sub,
    throw,
    timer,
    user,
    xor,
)
from tests.support.kernel_world import World


def undone(world: World, *expected: str) -> None:
    """What is open is undone one after the other, each the only open task."""
    for task in expected:
        assert world.tasks() == [task]
        world.complete(task)


def test_a_handler_that_fails_holds_the_throw_event_until_a_retry():
    world = World(
        around(user("a"), undo("a"), user("b"), undo("b", script("ub", "x = n + 1",
               attrs=AS_HANDLER)), throw("t", compensate()), user("z"), flows="s a b t z e")
    ).start()  # fmt: skip
    world.complete("a").complete("b")
    (incident,) = world.of(IncidentOpened)
    assert (incident.element_id, world.tasks()) == ("ub", [])
    world.act("set_variables", {"n": 1})
    world.act("retry", incident.number)
    assert world.variables["x"] == 2
    undone(world, "ua", "z")
    assert world.is_ended


def test_a_job_that_undoes_may_fail_and_is_guarded():
    drawing = around(
        user("a"), undo("a", job("ua", "refund", attrs=AS_HANDLER)),
        boundary("d", "ua", event("error", "E1")), user("byhand"), end("e2"),
        throw("t", compensate()), user("z"), flows="s a t z e; d byhand e2", names="error:E1",
    )  # fmt: skip
    world = World(drawing).start()
    world.complete("a")
    number = world.of(JobOpened)[0].number
    world.act("fail_job", number, code=None, message="down")
    world.act("retry", world.of(IncidentOpened)[0].number)
    assert world.of(IncidentClosed)[0].reason == "resolved"
    world.act("fail_job", number, code="E1", message="gone")
    assert sorted(world.tasks()) == ["byhand", "z"]
    world.complete("byhand").complete("z")
    assert world.is_ended


def test_an_error_of_a_handler_is_caught_around_the_throw_event_only():
    """The sub-process has completed: its own events catch nothing any more."""
    fails = job("ua", "refund", attrs=AS_HANDLER)
    drawing = around(
        sub("box", start("bs"), user("a"), undo("a", fails), end("be"),
            event_sub("in", listening(event("error", "E1"), "ih"), user("no"), end("ie"),
                      flows="ih no ie"), flows="bs a be"),
        boundary("d", "box", event("error", "E1")), user("never"), throw("t", compensate()),
        event_sub("out", listening(event("error", "E1"), "oh"), user("yes"), end("oe"),
                  flows="oh yes oe"),
        flows="s box t e; d never e", names="error:E1",
    )  # fmt: skip
    world = World(drawing).start()
    world.complete("a")
    world.act("fail_job", world.of(JobOpened)[0].number, code="E1", message="no")
    undone(world, "yes")
    assert world.is_ended


def test_what_is_repeated_is_undone_once_per_round_with_its_own_item():
    show = user("ua", ext=parameters({"what": "${item}"}), attrs=AS_HANDLER, assignee="${what}")
    world = World(
        around(user("a", each("xs")), undo("a", show), throw("t", compensate()), user("z"),
               flows="s a t z e")
    ).start({"xs": ["p", "q", "r"]})  # fmt: skip
    first, second, third = sorted(world.open)
    for number in (second, third, first):
        world.act("complete_task", number, {})
    seen = []
    while world.tasks() == ["ua"]:
        seen.append(world.open[world.number("ua")].assignee)
        world.complete("ua")
    assert seen == ["p", "r", "q"]
    assert world.tasks() == ["z"]


def test_rounds_of_an_interrupted_activity_are_not_undone():
    world = World(
        around(user("a", each("xs")), undo("a"), boundary("d", "a", timer("PT1H")),
               throw("t", compensate()), user("z"), flows="s a e; d t z e")
    ).start({"xs": [1, 2]})  # fmt: skip
    world.complete("a")
    world.pass_time(hours=1)
    assert world.tasks() == ["z"]


def test_repeated_sub_processes_are_undone_inside_with_their_items():
    world = World(
        around(
            sub("box", start("bs"), user("a"), undo("a", user("ua", attrs=AS_HANDLER,
                assignee="${item}")), end("be"), flows="bs a be", inner=each("xs")),
            throw("t", compensate("box")), user("z"), flows="s box t z e",
        )
    ).start({"xs": ["p", "q"]})  # fmt: skip
    world.complete("a").complete("a")
    assert [task.assignee for task in world.open.values()] == ["q"]
    world.complete("ua")
    assert [task.assignee for task in world.open.values()] == ["p"]
    undone(world, "ua", "z")


def test_an_event_sub_process_undoes_the_scope_it_belongs_to():
    drawing = around(
        user("a"), undo("a"), user("b"), undo("b"), user("c"),
        event_sub("es", listening(event("error", "E1"), "h"), user("x"), undo("x"),
                  throw("t", compensate()), user("y"), end("ee"), flows="h x t y ee"),
        end("bad", event("error", "E1")), flows="s a b c bad", names="error:E1",
    )  # fmt: skip
    world = World(drawing.replace(b'<bpmn:endEvent id="e" name="E"></bpmn:endEvent>', b""))
    world.start()
    for task in ("a", "b", "c", "x"):
        world.complete(task)
    undone(world, "ub", "ua", "y")
    assert world.is_ended


def test_what_was_not_begun_to_undo_is_undone_when_the_throw_event_is_interrupted():
    drawing = around(
        sub("box", start("bs"), user("a"), undo("a"), user("b"), undo("b"), user("c"), undo("c"),
            throw("t", compensate()), end("be"),
            event_sub("es", listening(event("message", "stop"), "h"), user("x"),
                      throw("again", compensate()), end("ee"), flows="h x again ee"),
            flows="bs a b c t be"),
        user("z"), flows="s box z e", names="message:stop",
    )  # fmt: skip
    world = World(drawing).start()
    world.complete("a").complete("b").complete("c")
    assert world.tasks() == ["uc"]
    world.act("deliver", "stop", {})
    undone(world, "x", "ub", "ua", "z")


def test_what_compensates_does_not_hold_up_joins_it_cannot_reach():
    """A sub-process that is open again stands where no flow leads on from."""
    box = sub("box", start("bs"), user("a"), undo("a"), end("be"), flows="bs a be")
    world = World(
        around(par("f"), box, xor("g", default="g_j"), user("w"), inc("j"), user("z"),
               end("x", compensate()), flows="s f; f box g j z e; f w j; g x : n")
    )  # fmt: skip
    world.start({"n": True})
    world.complete("a")
    assert world.tasks() == ["w", "ua"]
    world.complete("w")
    assert world.tasks() == ["ua", "z"]


def test_two_throw_events_never_undo_the_same():
    world = World(
        model(start(), user("a"), undo("a"), user("b"), undo("b"), par("f"),
              throw("t1", compensate()), throw("t2", compensate("a")), user("y"), user("z"),
              end(), flows="s a b f; f t1 y e; f t2 z e")
    ).start()  # fmt: skip
    world.complete("a").complete("b")
    assert sorted(world.tasks()) == ["ub", "z"]
    world.complete("ub")
    assert sorted(world.tasks()) == ["ua", "z"]


def test_called_processes_are_undone_by_a_handler_at_the_call_only():
    called = process("q", start("qs"), user("a"), undo("a"), throw("qt", compensate()), user("b"),
                     undo("b"), end("qe"), flows="qs a qt b qe")  # fmt: skip
    drawing = diagram(
        process("p", start(), call("x", "q", ext='<camunda:in variables="all"/>'),
                throw("t", compensate()), user("z"), end(), flows="s x t z e"), called,
    )  # fmt: skip
    world = World(drawing)
    world.library.publish("q", drawing)
    world.start()
    world.complete("a")
    undone(world, "ua", "b", "z")
    assert world.is_ended


def test_a_task_that_undoes_cannot_be_sent_back_nor_be_sent_to():
    drawing = around(user("a"), undo("a"), user("b"), throw("t", compensate()), user("z"),
                     flows="s a b t z e")  # fmt: skip
    world = World(drawing).start()
    world.complete("a")
    with pytest.raises(LookupError):
        world.act("move", world.number("b"), "ua")
    world.complete("b")
    with pytest.raises(LookupError):
        world.act("move", world.number("ua"), "a")


def test_taking_the_instance_away_takes_what_undoes_away():
    world = World(
        around(sub("box", start("bs"), user("a"), undo("a"), end("be"), flows="bs a be"),
               throw("t", compensate()), flows="s box t e")
    ).start()  # fmt: skip
    world.complete("a")
    world.act("cancel")
    assert world.tasks() == []
    assert world.of(InstanceEnded)[0].outcome == "cancelled"


def rounds(*elements: str, flows: str) -> list[int]:
    """Sizes of the state while a loop goes round."""
    world = World(around(xor("m"), user("a"), *elements, xor("g", default="g_m"),
                         flows=f"s m a g; g e : over; g m; {flows}")).start()  # fmt: skip
    sizes = []
    for _ in range(20):
        world.complete("a")
        sizes.append(len(world.state))
    return sizes


def test_nothing_is_remembered_that_nothing_can_undo():
    thrown_elsewhere = sub("box", start("bs"), user("c"), undo("c"), throw("t", compensate()),
                           end("be"), flows="bs c t be")  # fmt: skip
    for elements, flows in [
        ((), ""),
        ((undo("a"),), ""),
        ((undo("a"), thrown_elsewhere), "s box e"),
    ]:
        sizes = rounds(*elements, flows=flows)
        assert sizes[-1] - sizes[0] < 12  # the numbers get longer, nothing else
    grown = rounds(undo("a"), xor("h"), end("x", compensate()), flows="s h x")
    assert grown[-1] - grown[0] > 100


def test_what_is_remembered_goes_with_its_scope():
    box = sub("box", start("bs"), user("a"), undo("a"), xor("g", default="g_be"),
              end("x", compensate()), end("be"), flows="bs a g; g x : wrong; g be")  # fmt: skip
    world = World(around(box, user("z"), flows="s box z e")).start()
    world.complete("a")
    _, scopes = orjson.loads(world.state)
    assert [len(scope) for scope in scopes] == [5]


def test_states_of_the_former_layout_are_read():
    world = World(around(user("a"), undo("a"), throw("t", compensate()), flows="s a t e")).start()
    head, scopes = orjson.loads(world.state)
    assert head[0] == 2
    world.state = orjson.dumps([[1, *head[1:]], scopes])
    world.complete("a")
    undone(world, "ua")
    assert world.is_ended


def draw(chance: random.Random, depth: int, names: list[str]) -> tuple[list[str], str, list]:
    """A random chain of tasks and sub-processes: elements, its flow, and what is undone by what.

    The plan is a list of (tasks in order, plan that undoes it or the name of its handler).
    """
    elements, chain, plan = [], [], []
    for _ in range(chance.randint(1, 3)):
        name = f"n{len(names)}"
        names.append(name)
        chain.append(name)
        kind = chance.choice(["task", "undoable", "box", "undoable box"])
        if depth == 0 or "box" not in kind:
            elements.append(user(name))
            plan.append(([name], f"u{name}" if kind.startswith("undoable") else []))
        else:
            inner, flow, inside = draw(chance, depth - 1, names)
            elements.append(
                sub(name, start(f"s{name}"), *inner, end(f"e{name}"),
                    flows=f"s{name} {flow} e{name}")
            )  # fmt: skip
            tasks = [task for done, _ in inside for task in done]
            plan.append((tasks, f"u{name}" if kind == "undoable box" else inside))
        if kind.startswith("undoable"):
            elements.append(undo(name))
    return elements, " ".join(chain), plan


def backwards(plan: list) -> list[str]:
    order: list[str] = []
    for _, by in reversed(plan):
        order += [by] if isinstance(by, str) else backwards(by)
    return order


@pytest.mark.parametrize("seed", range(60))
def test_everything_is_undone_in_reverse_order_however_it_is_nested(seed):
    chance = random.Random(seed)
    elements, flow, plan = draw(chance, 3, [])
    world = World(
        around(*elements, throw("t", compensate()), user("z"), flows=f"s {flow} t z e")
    ).start()
    undone(world, *[task for done, _ in plan for task in done], *backwards(plan), "z")
    assert world.is_ended
