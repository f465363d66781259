"""Repetition in the words of BPMN: data of instances, numbers of rounds, what is refused."""

import pytest

from engine.domain.effects import IncidentOpened, TaskOpened
from engine.workflow.kernel import SpiffKernel
from tests.conformance.drawing import again, around, times, until
from tests.support.bpmn_builder import each, end, parameters, script, start, sub, user, xor
from tests.support.kernel_world import Library, World

DATA = (
    '<bpmn:dataObject id="d1" name="sites"/><bpmn:dataObject id="d2"/>'
    '<bpmn:dataObjectReference id="r1" name="sites" dataObjectRef="d1"/>'
    '<bpmn:dataObjectReference id="answers" name="all answers" dataObjectRef="d2"/>'
)
INSIDE = (
    '<bpmn:ioSpecification><bpmn:dataInput id="i1"/><bpmn:dataOutput id="o1"/>'
    '<bpmn:inputSet id="i2"/><bpmn:outputSet id="o2"/></bpmn:ioSpecification>'
    '<bpmn:dataInputAssociation id="a1"><bpmn:sourceRef>r1</bpmn:sourceRef>'
    "<bpmn:targetRef>i1</bpmn:targetRef></bpmn:dataInputAssociation>"
    '<bpmn:dataOutputAssociation id="a2"><bpmn:sourceRef>o1</bpmn:sourceRef>'
    "<bpmn:targetRef>answers</bpmn:targetRef></bpmn:dataOutputAssociation>"
    "<bpmn:multiInstanceLoopCharacteristics><bpmn:loopDataInputRef>i1</bpmn:loopDataInputRef>"
    "<bpmn:loopDataOutputRef>o1</bpmn:loopDataOutputRef>"
    '<bpmn:inputDataItem id="i3" name="site"/><bpmn:outputDataItem id="answer"/>'
    "</bpmn:multiInstanceLoopCharacteristics>"
)


def test_data_of_instances_is_read_as_the_standard_writes_it():
    shown = parameters({"where": "${site}"})
    world = World(around(DATA, user("x", INSIDE, ext=shown, assignee="${where}")))
    world.start({"sites": ["p", "q"]})
    assert [task.assignee for task in world.open.values()] == ["p", "q"]
    second = max(world.open)
    world.act("complete_task", second, {"answer": 2})
    world.complete("x", answer=1)
    assert world.is_ended
    assert world.variables["answers"] == [1, 2]


def test_a_condition_ends_sub_processes_that_still_run():
    box = sub("x", start("bs"), user("in"), end("be"), flows="bs in be",
              inner=times("3", inner=until("nrOfCompletedInstances == 2")))  # fmt: skip
    world = World(around(box)).start()
    world.complete("in").complete("in")
    assert world.tasks() == []
    assert world.is_ended


def test_what_has_not_begun_when_the_condition_holds_does_not_begin():
    counted = script("x", "n = (n or 0) + 1").replace(
        "</bpmn:scriptTask>",
        each("xs", inner=until("nrOfCompletedInstances == 2")) + "</bpmn:scriptTask>",
    )
    world = World(around(counted)).start({"xs": [1, 2, 3, 4]})
    assert world.is_ended
    assert world.variables["n"] == 2


@pytest.mark.parametrize(
    ("sequential", "shown"),
    [(False, ["2/0/2", "2/0/2"]), (True, ["2/0/1", "2/1/1"])],
)
def test_an_instance_can_read_how_many_there_are(sequential, shown):
    """As in Camunda 7, and as BPMN 2.0.2, table 10.29 has it."""
    counters = "${nrOfInstances}/${nrOfCompletedInstances}/${nrOfActiveInstances}"
    world = World(around(user("x", each("xs", sequential=sequential), assignee=counters)))
    world.start({"xs": ["a", "b"]})
    world.complete("x").complete("x")
    assert [task.assignee for task in world.of(TaskOpened)] == shown


def test_the_last_instance_knows_that_it_is_the_last():
    box = sub("x", start("bs"), xor("g", default="g_be"), user("last"), end("be"), end("b2"),
              flows="bs g; g last : loopCounter == nrOfInstances - 1; g be; last b2",
              inner=each("xs"))  # fmt: skip
    world = World(around(box)).start({"xs": [1, 2, 3]})
    assert world.tasks() == ["last"]
    assert world.open[world.number("last")].element_id == "last"


def test_repetitions_in_repetitions_are_bounded():
    box = sub("x", start("bs"), user("in", each("xs")), end("be"), flows="bs in be",
              inner=each("xs", "outer"))  # fmt: skip
    world = World(around(box)).start({"xs": list(range(2000))})
    assert len(world.open) <= 20_000
    assert {one.kind for one in world.of(IncidentOpened)} == {"loop"}


@pytest.mark.parametrize(
    ("loop", "values", "rounds"),
    [
        (again("n < 3", before=True), {"n": 3}, 0),
        (again("n < 3", before=True), {"n": 1}, 2),
        (again("n < 3"), {"n": 3}, 1),
        (again("n < 9", most=2), {"n": 1}, 2),
        (again(most=4), {"n": 1}, 4),
        (times("n"), {"n": 2}, 2),
        (times("${n - 1}", sequential=True), {"n": 4}, 3),
        (times("0"), {}, 0),
        (each("xs", sequential=True), {"xs": []}, 0),
    ],
)  # fmt: skip
def test_rounds(loop, values, rounds):
    world = World(around(user("x", loop))).start(values)
    done = 0
    while world.open:
        done += 1
        world.complete("x", n=values.get("n", 0) + done)
    assert (done, world.is_ended) == (rounds, True)


@pytest.mark.parametrize("most", ["0", "-1", "1.5", "many", "${n}", "²", "99999999999"])
def test_the_most_rounds_are_a_plain_number(most):
    loop = f'<bpmn:standardLoopCharacteristics loopMaximum="{most}"/>'
    found = SpiffKernel(Library()).diagnose({"p.bpmn": around(user("x", loop))}).findings
    assert [one.element_id for one in found if one.code == "loop-maximum"] == ["x"]
