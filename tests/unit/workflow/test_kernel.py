"""The kernel itself: definitions it cannot run, values it cannot keep, conformity to the port."""

import decimal
import functools
import inspect

import pytest

from engine.domain.effects import IncidentOpened
from engine.ports.kernel import Kernel, Run
from engine.workflow.errors import (
    DefinitionInvalidError,
    ProcessMissingError,
    VariableInvalidError,
)
from engine.workflow.kernel import SpiffKernel
from engine.workflow.runtime.run import SpiffRun
from tests.support.bpmn_builder import each, end, model, node, script, start, sub, user
from tests.support.kernel_world import World


@pytest.mark.parametrize(("port", "adapter"), [(Kernel, SpiffKernel), (Run, SpiffRun)])
def test_the_kernel_keeps_to_its_port(port, adapter):
    for name, member in vars(port).items():
        if name.startswith("_") or not inspect.isfunction(member):
            continue
        assert inspect.signature(member) == inspect.signature(getattr(adapter, name)) or (
            list(inspect.signature(member).parameters)
            == list(inspect.signature(getattr(adapter, name)).parameters)
        )


def test_a_definition_with_refusals_does_not_start():
    world = World(model(start(), node("serviceTask", "x"), end(), flows="s x e"))
    with pytest.raises(DefinitionInvalidError, match="topic") as caught:
        world.start()
    assert caught.value.params["element"] == "x"
    with pytest.raises(DefinitionInvalidError):
        World(b"<a>").start()


def test_a_file_without_the_process_does_not_start():
    world = World(model(start(), end(), flows="s e"), key="other")
    with pytest.raises(ProcessMissingError):
        world.start()


DEEP = functools.reduce(lambda inner, _: [inner], range(2000), 1)


@pytest.mark.parametrize("value", [1 << 63, decimal.Decimal(1), object(), [object()], DEEP])
def test_values_that_cannot_be_kept_change_nothing(value):
    world = World(model(start(), user("a"), end(), flows="s a e")).start()
    with pytest.raises(VariableInvalidError):
        world.run().complete_task(world.number("a"), {"x": value})
    with pytest.raises(VariableInvalidError):
        world.run().set_variables({"x": value})
    assert world.tasks() == ["a"]


@pytest.mark.parametrize(
    "text",
    ["x = [1]" + "\nx = [x, x]" * 60, "x = {'a': 1}" + "\nx = {'a': x, 'b': x}" * 60,
     "x = [1]" + "\nx = [x]" * 190],
)  # fmt: skip
def test_values_that_grow_without_end_are_an_incident(text):
    world = World(model(start(), script("c", text), end(), flows="s c e")).start()
    assert [one.kind for one in world.of(IncidentOpened)] == ["expression"]
    assert world.variables == {}


def test_values_given_are_not_shared_with_the_caller():
    world = World(model(start(), user("a"), user("b"), end(), flows="s a b e")).start()
    run, given = world.run(), {"order": {"lines": [1]}}
    run.complete_task(world.number("a"), given)
    given["order"]["lines"].append(2)
    assert run.variables == {"order": {"lines": [1]}}


def test_the_item_of_a_repetition_stays_local_even_inside_a_sub_process():
    box = sub("box", start("bs"), user("in"), end("be"), flows="bs in be", inner=each("xs", "x"))
    world = World(model(start(), box, user("z"), end(), flows="s box z e")).start({"xs": [1, 2]})
    first, second = sorted(world.open)
    world.act("complete_task", first, {"x": 10, "y": 5})
    assert world.run().task_variables(second)["x"] == 2
    assert dict(world.variables) == {"xs": [1, 2], "y": 5}


def test_the_cache_of_definitions_is_bounded(monkeypatch):
    monkeypatch.setattr("engine.workflow.kernel.CACHE_SIZE", 2)
    world = World(model(start(), user("a"), end(), flows="s a e"))
    for _ in range(4):
        world.library.publish("p", world.library.files(1).bpmn)
    for number in (1, 2, 3, 4, 1):
        world.kernel.start(number, {}, world.context)
    assert list(world.kernel._compiled) == [4, 1]


def test_an_ended_instance_can_still_be_read():
    world = World(model(start(), user("a"), end(), flows="s a e")).start({"x": 1})
    world.complete("a")
    assert world.is_ended
    assert not world.act("deliver", "m", {})
    assert world.pass_time(hours=1) == 0
    assert world.last == []
    assert world.variables == {"x": 1}
