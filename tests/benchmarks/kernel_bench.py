"""Completions per CPU second: the library's documented way against the kernel, in one run.

A completion is what a worker does for one click: restore the stored state, complete one user
task, store the state again. Both ways run the same two models with the same 1.5 KB order and
take the same decisions; figures are CPU time of this process, so only their ratio means much.
"""

from __future__ import annotations

import random
import time
from pathlib import Path
from typing import Any, Protocol

import msgspec
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from engine.domain.effects import TaskClosed, TaskOpened
from engine.ports.kernel import StepContext
from engine.workflow.kernel import SpiffKernel
from tests.support.kernel_world import START, Clocks, EverySecondHour, Library

MODELS = Path(__file__).parent / "models"
CHECKPOINTS = (0, 40, 400)
WINDOW = 20

ORDER: dict[str, Any] = {
    "customer": {"cls": "A", "name": "某市商业银行", "code": "KH-000123", "tags": ["vip", "bank"]},
    "complaint": {"tone": 3, "text": "专线丢包严重，影响柜面业务，请尽快处理。" * 6},
    "sites": [
        {"name": f"支行{number}", "address": f"人民路{number}号", "bandwidth": 100}
        for number in range(1, 9)
    ],
    "contract_ok": True, "own_line_available": True, "test_ok": False, "where": "desk", "score": 1,
    "intense": False, "level": "B", "supervised": 0, "escalation": 0, "archived": False,
}  # fmt: skip


class Case(msgspec.Struct, frozen=True):
    """A model and how its users decide."""

    name: str
    key: str

    def decide(self, number: int, *, ends: bool) -> dict[str, Any]:
        """Values of the ``number``-th completion; ``ends`` leaves the rework loops."""
        return {
            "contract_ok": True,
            "own_line_available": number % 3 > 0,
            "test_ok": ends,
            "where": ("desk", "tech", "hq")[number % 3],
            "score": 9 if ends else 1,
        }


CASES = (Case("provisioning", "provision_line"), Case("complaint", "complaint"))


class Way(Protocol):
    """One way to keep an instance between clicks."""

    def begin(self) -> None:
        """Start a new instance."""

    def complete(self, values: dict[str, Any]) -> bool:
        """Restore, complete one task, store; False when no task is open."""

    @property
    def size(self) -> int:
        """Bytes of the stored state."""


class Stock:
    """The library as documented: `serialize_json` and `deserialize_json`."""

    def __init__(self, case: Case) -> None:
        parser = BpmnParser()
        parser.add_bpmn_str((MODELS / f"{case.name}.bpmn").read_bytes())
        self.specs = parser.get_spec(case.key), parser.get_subprocess_specs(case.key)
        self.serializer = BpmnWorkflowSerializer()
        self.state = ""
        self.random = random.Random(1)

    def begin(self) -> None:
        workflow = BpmnWorkflow(*self.specs)
        workflow.task_tree.data.update(ORDER)
        workflow.do_engine_steps()
        self.state = self.serializer.serialize_json(workflow)
        self.random.seed(1)

    def complete(self, values: dict[str, Any]) -> bool:
        workflow = self.serializer.deserialize_json(self.state)
        ready = workflow.get_tasks(state=TaskState.READY, manual=True)
        if not ready:
            return False
        task = self.random.choice(ready)
        task.data.update(values)
        task.run()
        workflow.do_engine_steps()
        self.state = self.serializer.serialize_json(workflow)
        return True

    @property
    def size(self) -> int:
        return len(self.state.encode())


class Ours:
    """The kernel: `load`, `complete_task`, `take_effects`, `dump`."""

    def __init__(self, case: Case) -> None:
        self.library = Library()
        data = (MODELS / f"{case.name}.bpmn").read_bytes()
        for key in {case.key, "lease_line"}:
            self.library.publish(key, data)
        self.definition_id = self.library.latest(case.key) or 0
        self.kernel = SpiffKernel(self.library)
        self.context = StepContext(now=START, clocks=Clocks(), calendar=EverySecondHour())
        self.open: list[int] = []
        self.state = b""
        self.random = random.Random(1)

    def begin(self) -> None:
        run = self.kernel.start(self.definition_id, ORDER, self.context)
        self.open = []
        self._look(run)
        self.random.seed(1)

    def complete(self, values: dict[str, Any]) -> bool:
        if not self.open:
            return False
        run = self.kernel.load(self.state, self.context)
        run.complete_task(self.random.choice(self.open), values)
        self._look(run)
        return True

    def _look(self, run: Any) -> None:
        for effect in run.take_effects():
            if isinstance(effect, TaskOpened):
                self.open.append(effect.number)
            elif isinstance(effect, TaskClosed):
                self.open.remove(effect.number)
        self.state = run.dump()

    @property
    def size(self) -> int:
        return len(self.state)


class Figures(msgspec.Struct, frozen=True):
    """What one way gives on one model.

    Attributes:
        lives: Completions per CPU second over whole lives.
        aged: The same for the completions after so many others; None if it cannot get so old.
        bytes: State after so many completions.
    """

    lives: float
    aged: dict[int, float | None]
    bytes: dict[int, int | None]


def measure(way: Way, case: Case, *, seconds: float) -> Figures:
    """Measure one way on one model for about this much CPU time."""
    completed, spent = 0, 0.0
    while spent < seconds:
        way.begin()
        number = 0
        before = time.process_time()
        while way.complete(case.decide(number, ends=number > WINDOW)):
            number += 1
        spent += time.process_time() - before
        completed += number
    aged, sizes = _age(way, case, repeats=1 if isinstance(way, Stock) else 20)
    return Figures(completed / spent, aged, sizes)


def _age(
    way: Way, case: Case, *, repeats: int
) -> tuple[dict[int, float | None], dict[int, int | None]]:
    spent = dict.fromkeys(CHECKPOINTS, 0.0)
    sizes: dict[int, int | None] = dict.fromkeys(CHECKPOINTS)
    alive = dict.fromkeys(CHECKPOINTS, True)
    for _ in range(repeats):
        way.begin()
        for number in range(max(CHECKPOINTS) + WINDOW):
            if number in sizes:
                sizes[number] = way.size
            checkpoint = max(one for one in CHECKPOINTS if one <= number)
            before = time.process_time()
            if not _survives(way, case.decide(number, ends=False)):
                alive.update({one: False for one in CHECKPOINTS if one + WINDOW > number})
                break
            if number < checkpoint + WINDOW:
                spent[checkpoint] += time.process_time() - before
    rates = {
        one: repeats * WINDOW / spent[one] if alive[one] and spent[one] else None
        for one in CHECKPOINTS
    }
    return rates, sizes


def _survives(way: Way, values: dict[str, Any]) -> bool:
    try:
        return way.complete(values)
    except RecursionError:
        return False


def compare(*, seconds: float = 3.0) -> dict[str, tuple[Figures, Figures]]:
    """Stock and ours on both models, in one run."""
    return {
        case.name: (
            measure(Stock(case), case, seconds=seconds),
            measure(Ours(case), case, seconds=seconds),
        )
        for case in CASES
    }


def _shown(value: float | None) -> str:
    return "dies" if value is None else f"{value:.0f}"


def main() -> None:
    """Print the comparison."""
    for name, (stock, ours) in compare().items():
        print(f"{name}: completions per CPU second, whole lives: ", end="")
        print(f"stock {stock.lives:.0f}, ours {ours.lives:.0f}, {ours.lives / stock.lives:.1f} x")
        for number in CHECKPOINTS:
            print(
                f"  after {number:3} completions: stock {_shown(stock.aged[number])}/s "
                f"{_shown(stock.bytes[number])} bytes, ours {_shown(ours.aged[number])}/s "
                f"{_shown(ours.bytes[number])} bytes"
            )


if __name__ == "__main__":
    main()
