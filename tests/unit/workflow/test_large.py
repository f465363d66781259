"""Long, deep and wide drawings are built and run: no recursion, no squares."""

import time

import pytest

from engine.workflow.kernel import SpiffKernel
from tests.benchmarks.compiler import chain, large, nested, small
from tests.support.kernel_world import Library, World


def test_a_chain_of_ten_thousand_tasks_runs():
    world = World(chain(10_000)).start()
    assert world.tasks() == ["u0"]
    world.complete("u0")
    assert world.tasks() == ["u1"]


def test_sixty_sub_processes_inside_each_other_run():
    world = World(nested(60)).start()
    assert not SpiffKernel(Library()).diagnose({"a.bpmn": nested(60)}).is_refused
    world.complete("u")
    assert world.is_ended


@pytest.mark.parametrize("make", [chain, large], ids=["chain", "sections"])
def test_checking_grows_with_the_drawing_not_with_its_square(make):
    kernel = SpiffKernel(Library())
    few, many = (make(100), make(800)) if make is chain else (make(5), make(40))

    def seconds(data: bytes) -> float:
        before = time.process_time()
        assert not kernel.diagnose({"a.bpmn": data}).is_refused
        return time.process_time() - before

    seconds(few)
    # Eight times as much; a square would take 64 times as long.
    assert min(seconds(many) for _ in range(2)) < 24 * min(seconds(few) for _ in range(3))


def test_many_files_in_one_deployment():
    files = {f"{number}.bpmn": small(number) for number in range(50)}
    diagnosis = SpiffKernel(Library()).diagnose(files)
    assert not diagnosis.is_refused
    assert len(diagnosis.processes) == 50
