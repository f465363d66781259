"""A small world for the kernel: definitions in memory, a clock that is told the time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from engine.domain.effects import Effect, TaskClosed, TaskOpened
from engine.ports.deployment import DefinitionFiles
from engine.ports.kernel import StepContext
from engine.workflow.kernel import SpiffKernel
from engine.workflow.runtime.run import SpiffRun

START = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)


class Library:
    """Published definitions; ids count from 1."""

    def __init__(self) -> None:
        self.published: list[DefinitionFiles] = []

    def publish(self, key: str, bpmn: bytes, *decisions: bytes) -> int:
        version = 1 + sum(files.key == key for files in self.published)
        number = len(self.published) + 1
        self.published.append(
            DefinitionFiles(id=number, key=key, version=version, bpmn=bpmn, decisions=decisions)
        )
        return number

    def files(self, definition_id: int) -> DefinitionFiles:
        return self.published[definition_id - 1]

    def latest(self, process_key: str) -> int | None:
        return max((one.id for one in self.published if one.key == process_key), default=None)


class Clocks:
    """SLA clocks: whatever the test says, by (name, point)."""

    def __init__(self) -> None:
        self.points: dict[tuple[str, str], datetime | None] = {}
        self.asked: list[tuple[str, str, int | None]] = []

    def at(self, clock: str, point: str, task: int | None) -> datetime | None:
        self.asked.append((clock, point, task))
        return self.points.get((clock, point))


class EverySecondHour:
    """A working time in which everything takes twice as long."""

    def add(self, start: datetime, length: timedelta) -> datetime:
        return start + 2 * length


class World:
    """One instance through its life, saved and restored at every command."""

    def __init__(self, bpmn: bytes, *decisions: bytes, key: str = "p") -> None:
        self.library = Library()
        self.definition_id = self.library.publish(key, bpmn, *decisions)
        self.kernel = SpiffKernel(self.library)
        self.clocks = Clocks()
        self.now = START
        self.state = b""
        self.effects: list[Effect] = []
        self.last: list[Effect] = []
        self.open: dict[int, TaskOpened] = {}

    @property
    def context(self) -> StepContext:
        return StepContext(now=self.now, clocks=self.clocks, calendar=EverySecondHour())

    def start(self, variables: Mapping[str, Any] | None = None, **options: Any) -> World:
        self._keep(self.kernel.start(self.definition_id, variables or {}, self.context, **options))
        return self

    def run(self) -> SpiffRun:
        return self.kernel.load(self.state, self.context)

    def act(self, name: str, *args: Any, **kwargs: Any) -> Any:
        run = self.run()
        result = getattr(run, name)(*args, **kwargs)
        self._keep(run)
        return result

    def _keep(self, run: SpiffRun) -> None:
        self.last = list(run.take_effects())
        self.effects += self.last
        for effect in self.last:
            if isinstance(effect, TaskOpened):
                assert effect.number not in self.open
                self.open[effect.number] = effect
            elif isinstance(effect, TaskClosed):
                del self.open[effect.number]
        self.state = run.dump()

    def tasks(self) -> list[str]:
        """Element ids of the open tasks, in order of their numbers."""
        return [self.open[number].element_id for number in sorted(self.open)]

    def number(self, element_id: str) -> int:
        return min(n for n, task in self.open.items() if task.element_id == element_id)

    def complete(self, element_id: str, **values: Any) -> World:
        self.act("complete_task", self.number(element_id), values)
        return self

    def pass_time(self, **length: float) -> int:
        """Let time pass; number of timers fired."""
        self.now += timedelta(**length)
        return int(self.act("fire_timers"))

    def of(self, kind: type[Any], *, last: bool = False) -> list[Any]:
        """Effects of one kind, all or those of the last command."""
        return [one for one in (self.last if last else self.effects) if isinstance(one, kind)]

    @property
    def variables(self) -> Mapping[str, Any]:
        return self.run().variables

    @property
    def is_ended(self) -> bool:
        return self.run().is_ended
