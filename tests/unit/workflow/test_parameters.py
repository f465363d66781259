"""Input and output parameters: in order, once, and where their values can be read."""

import pytest

from engine.domain.effects import IncidentOpened, JobOpened, MessageThrown, TaskOpened
from tests.conformance.drawing import around, receive, send, waiting
from tests.support.bpmn_builder import (
    catch,
    each,
    end,
    event,
    job,
    model,
    node,
    parameters,
    start,
    throw,
    timer,
    user,
)
from tests.support.kernel_world import World


def incident(world: World) -> int:
    return int(world.of(IncidentOpened)[-1].number)


@pytest.mark.parametrize(
    "sender",
    [
        send("x", "m", ext=parameters({"n": "${n + 1}", "twice": "${n * 2}"})),
        throw("x", event("message", "m"), ext=parameters({"n": "${n + 1}", "twice": "${n * 2}"})),
        node("endEvent", "x", event("message", "m"),
             ext=parameters({"n": "${n + 1}", "twice": "${n * 2}"})),
    ],
)  # fmt: skip
def test_inputs_of_what_sends_are_computed_once_and_in_order(sender):
    drawn = sender.startswith("<bpmn:endEvent")
    flows = "s x" if drawn else "s x e"
    world = World(model(start(), sender, *([] if drawn else [end()]), flows=flows,
                        names="message:m")).start({"n": 1})  # fmt: skip
    assert [one.payload for one in world.of(MessageThrown)] == [{"n": 2, "twice": 4}]


@pytest.mark.parametrize("flows", ["s x e", "s g x e; g y e"])
def test_a_catching_event_has_inputs_too(flows):
    seen = parameters({"k": "${n + 1}"}, {"after": "${k + m}"})
    behind = (waiting("g"), catch("y", timer("PT1H"))) if "g" in flows else ()
    drawing = around(*behind, catch("x", event("message", "m"), ext=seen), flows=flows,
                     names="message:m")  # fmt: skip
    world = World(drawing).start({"n": 1})
    world.act("deliver", "m", {"m": 10})
    assert world.is_ended
    assert world.variables["after"] == 12


def test_the_time_of_an_event_may_be_an_input():
    wait = catch("x", timer("${length}"), ext=parameters({"length": "PT${n}H"}))
    world = World(around(wait)).start({"n": 2})
    assert world.pass_time(hours=1) == 0
    assert world.pass_time(hours=1) == 1
    assert world.is_ended


def test_a_retry_computes_inputs_from_what_is_outside():
    world = World(around(job("x", ext=parameters({"n": "${n + 1}"})))).start({"n": 1})
    world.act("fail_job", world.of(JobOpened)[-1].number, code=None, message="down")
    world.act("retry", incident(world))
    world.act("fail_job", world.of(JobOpened)[-1].number, code=None, message="down")
    world.act("set_variables", {"n": 5})
    world.act("retry", incident(world))
    assert [one.inputs for one in world.of(JobOpened)] == [{"n": 2}, {"n": 2}, {"n": 6}]


def test_outputs_are_given_all_or_none():
    counted = parameters({}, {"total": "${total + 1}", "share": "${1 / parts}"})
    world = World(around(user("x", ext=counted))).start({"total": 0, "parts": 0})
    world.complete("x")
    assert world.variables["total"] == 0
    world.act("set_variables", {"parts": 2})
    world.act("retry", incident(world))
    assert (world.variables["total"], world.variables["share"]) == (1, 0.5)


def test_outputs_are_given_once_although_leaving_is_tried_again():
    drawing = around(
        user("x", ext=parameters({}, {"total": "${total + 1}"})), user("a"), user("b"),
        flows="s x; x a : kind == 'a'; x b : kind == 'b'; a e; b e",
    )  # fmt: skip
    world = World(drawing).start({"total": 0})
    world.complete("x")
    world.act("retry", incident(world))
    world.act("set_variables", {"kind": "b"})
    world.act("retry", incident(world))
    assert world.tasks() == ["b"]
    assert world.variables["total"] == 1


def test_outputs_of_a_round_are_given_once_although_its_end_is_tried_again():
    until = "<bpmn:completionCondition>${done &lt; 1}</bpmn:completionCondition>"
    box = user("x", each("xs", inner=until), ext=parameters({}, {"total": "${total + item}"}))
    world = World(around(box)).start({"total": 0, "xs": [1, 2]})
    world.complete("x")
    world.act("set_variables", {"done": 1})
    world.act("retry", incident(world))
    world.complete("x")
    assert world.is_ended
    assert world.variables["total"] == 3


def test_an_input_keeps_its_value_for_the_outputs():
    """Camunda 7 computes outputs inside the activity and sets them outside."""
    box = user("x", ext=parameters({"n": "${1}"}, {"n": "${2}", "seen": "${n}"}))
    world = World(around(box)).start()
    world.complete("x")
    assert (world.variables["n"], world.variables["seen"]) == (2, 1)


def test_an_output_leaves_a_round_though_an_input_has_its_name():
    box = user("x", each("xs"), ext=parameters({"n": "${item * 2}"}, {"n": "${n + 1}"}))
    world = World(around(box)).start({"xs": [4]})
    world.complete("x")
    assert world.variables == {"xs": [4], "n": 9}


def test_lists_hold_scripts_and_lists_and_nothing_is_null():
    value = "<camunda:value>{}</camunda:value>"
    script = '<camunda:script scriptFormat="juel">${n + 1}</camunda:script>'
    inner = f"<camunda:list>{value.format('a')}</camunda:list>"
    entries = f'<camunda:map><camunda:entry key="k">{script}</camunda:entry></camunda:map>'
    whole = f"<camunda:list>{value.format('${n}')}{script}{inner}{entries}</camunda:list>"
    ext = "<camunda:inputOutput>" + "".join(
        f'<camunda:inputParameter name="{name}">{inside}</camunda:inputParameter>'
        for name, inside in {"whole": whole, "nothing": " "}.items()
    ) + "</camunda:inputOutput>"  # fmt: skip
    world = World(around(job("x", ext=ext))).start({"n": 1})
    assert world.of(JobOpened)[0].inputs == {"whole": [1, 2, ["a"], {"k": 2}], "nothing": None}


@pytest.mark.parametrize(
    "nameless",
    [
        job("x", "${nothing}"),
        receive("x", "${nothing}"),
        throw("x", event("message", "${nothing}")),
        user("x", props={"stopClock": "order", "startClock": "order=${nothing}"}),
    ],
)
def test_what_has_no_name_is_an_incident(nameless):
    world = World(around(nameless, names="message:${nothing}")).start()
    if world.tasks():
        world.complete("x")
    (found,) = world.of(IncidentOpened)
    assert (found.element_id, found.kind) == ("x", "expression")
    assert not world.is_ended


def test_the_name_of_a_task_may_be_computed():
    drawn = '<bpmn:userTask id="x" name="Check ${n}"/>'
    world = World(around(drawn)).start({"n": 7})
    assert [(one.name, one.name_en) for one in world.of(TaskOpened)] == [("Check 7", "Check 7")]
