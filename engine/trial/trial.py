"""One work order on trial: starts, acts, time, and what can be seen of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec

from engine.domain import effects
from engine.domain.setup import Setup
from engine.domain.sla_policy import SlaPolicyNotFoundError
from engine.ports.kernel import Kernel, Run, StepContext
from engine.trial.clocks import TrialClocks, task_clock
from engine.trial.desk import CALENDAR, VirtualClock
from engine.trial.trace import Acted, ClockSet, Happened, Trouble

#: What ends what; an effect of the second kind shows it (a timer is shown anew when it moves).
_CLOSING: dict[type[effects.Effect], type[effects.Effect]] = {
    effects.TaskClosed: effects.TaskOpened,
    effects.JobClosed: effects.JobOpened,
    effects.TimerClosed: effects.TimerSet,
    effects.MessageClosed: effects.MessageAwaited,
    effects.IncidentClosed: effects.IncidentOpened,
}


class Answer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a service task gives back.

    Attributes:
        gives: Its results.
        fails: BPMN error code it fails with instead.
        breaks: Sentence of the incident it ends in instead.
    """

    gives: dict[str, Any] = {}
    fails: str | None = None
    breaks: str | None = None


class Trial:
    """A work order on trial. After every act its state is written and read again.

    Args:
        kernel: Steps it; its library holds the files on trial.
        setup: Service levels and calendars.
        clock: Its time.

    Attributes:
        clocks: Its SLA clocks.
        trace: Everything that happened, in order.
        ended: How it ended, None while it runs.
    """

    def __init__(self, kernel: Kernel, setup: Setup, clock: VirtualClock) -> None:
        self._kernel = kernel
        self._setup = setup
        self._clock = clock
        self._state = b""
        self._shown: dict[type[effects.Effect], dict[int, Any]] = {
            kind: {} for kind in _CLOSING.values()
        }
        self.clocks = TrialClocks(setup)
        self.trace: list[Happened] = []
        self.ended: effects.InstanceEnded | None = None

    # ---- acts -------------------------------------------------------------------------------

    def start(
        self, definition_id: int, variables: Mapping[str, Any], *, message: str | None = None
    ) -> None:
        """Start it; once."""
        context = self._context()
        self._settle(self._kernel.start(definition_id, variables, context, message=message))

    def complete(
        self, task: effects.TaskOpened, values: Mapping[str, Any], *, is_assumed: bool = False
    ) -> None:
        """Complete an open task."""
        self._note(
            Acted(
                deed="completed",
                subject=task.element_id,
                name=task.name,
                name_en=task.name_en,
                values=dict(values),
                is_assumed=is_assumed,
            )
        )
        self._act(lambda run: run.complete_task(task.number, values))

    def answer(self, job: effects.JobOpened, answer: Answer, *, is_assumed: bool = False) -> None:
        """Give an open job its result, or fail it."""
        has_failed = answer.fails is not None or answer.breaks is not None
        self._note(
            Acted(
                deed="failed" if has_failed else "answered",
                subject=job.element_id,
                name=job.name,
                values=answer.gives,
                is_assumed=is_assumed,
            )
        )
        if has_failed:
            message = answer.breaks or f"{job.topic} failed with {answer.fails}"
            self._act(lambda run: run.fail_job(job.number, code=answer.fails, message=message))
        else:
            self._act(lambda run: run.complete_job(job.number, answer.gives))

    def deliver(
        self, message: str, values: Mapping[str, Any], *, is_assumed: bool = False
    ) -> bool:
        """Deliver a message; False if nothing wants it."""
        self._note(
            Acted(deed="delivered", subject=message, values=dict(values), is_assumed=is_assumed)
        )
        return bool(self._act(lambda run: run.deliver(message, values)))

    def signal(self, name: str) -> bool:
        """Broadcast a signal; False if nothing wants it."""
        self._note(Acted(deed="signalled", subject=name))
        return bool(self._act(lambda run: run.signal(name)))

    def wait_until(self, at: datetime) -> None:
        """Let time pass; every timer fires at the instant it is due."""
        while (due_at := self.next_due_at) is not None and due_at <= at:
            self._clock.move_to(due_at)
            if not self._act(lambda run: run.fire_timers()):
                break
        self._clock.move_to(at)

    def wait(self, length: timedelta) -> None:
        """Let a length of time pass."""
        self.wait_until(self.now + length)

    def work_until(self, length: timedelta) -> datetime:
        """Instant at which this much working time has passed from now on."""
        return self._setup.calendar(CALENDAR).add(self.now, length)

    # ---- what can be seen -------------------------------------------------------------------

    @property
    def now(self) -> datetime:
        """Its present instant."""
        return self._clock.now()

    @property
    def next_due_at(self) -> datetime | None:
        """When its next timer is due."""
        due = [timer.due_at for timer in self.timers.values() if timer.due_at is not None]
        return min(due, default=None)

    @property
    def tasks(self) -> Mapping[int, effects.TaskOpened]:
        """Open tasks by number."""
        return self._shown[effects.TaskOpened]

    @property
    def jobs(self) -> Mapping[int, effects.JobOpened]:
        """Open jobs by number."""
        return self._shown[effects.JobOpened]

    @property
    def timers(self) -> Mapping[int, effects.TimerSet]:
        """Timers that are set, by number."""
        return self._shown[effects.TimerSet]

    @property
    def awaited(self) -> Mapping[int, effects.MessageAwaited]:
        """Messages and signals it waits for, by number."""
        return self._shown[effects.MessageAwaited]

    @property
    def incidents(self) -> Mapping[int, effects.IncidentOpened]:
        """Open incidents by number."""
        return self._shown[effects.IncidentOpened]

    @property
    def variables(self) -> Mapping[str, Any]:
        """Variables of the work order."""
        return self._run().variables

    def task_variables(self, number: int) -> Mapping[str, Any]:
        """Variables an open task sees."""
        return self._run().task_variables(number)

    def seen(self, kind: type[effects.Effect]) -> list[Any]:
        """Effects of one kind, in order."""
        return [one.what for one in self.trace if isinstance(one.what, kind)]

    # ---- inside -----------------------------------------------------------------------------

    def _context(self) -> StepContext:
        calendar = self._setup.calendar(CALENDAR)
        return StepContext(
            now=self.now, clocks=self.clocks, calendar=calendar, zone=calendar.data.zone
        )

    def _run(self) -> Run:
        return self._kernel.load(self._state, self._context())

    def _act(self, act: Callable[[Run], object]) -> object:
        run = self._run()
        result = act(run)
        self._settle(run)
        return result

    def _settle(self, run: Run) -> None:
        while pending := run.take_effects():
            for effect in pending:
                self._note(effect)
                self._show(effect)
                self._mind_clocks(run, effect)
        self._state = run.dump()

    def _show(self, effect: effects.Effect) -> None:
        kind = type(effect)
        if kind in self._shown:
            number: int = effect.number  # type: ignore[attr-defined]
            self._shown[kind][number] = effect
        elif kind in _CLOSING:
            self._shown[_CLOSING[kind]].pop(effect.number, None)  # type: ignore[attr-defined]
        elif isinstance(effect, effects.InstanceEnded):
            self.ended = effect

    def _mind_clocks(self, run: Run, effect: effects.Effect) -> None:
        """Start and stop clocks as the desk does, and move the timers that read them."""
        match effect:
            case effects.ClockStarted():
                if self._start_clock(run, effect.clock, effect.sla):
                    run.reschedule(effect.clock)
            case effects.ClockStopped() if self.clocks.stop(effect.clock):
                run.reschedule(effect.clock)
            case effects.TaskOpened() if effect.properties.get("taskClock"):
                level = str(effect.properties["taskClock"])
                if self._start_clock(run, task_clock(effect.number), level, effect.number):
                    run.reschedule("task", effect.number)
            case effects.TaskClosed():
                self.clocks.stop(task_clock(effect.number))

    def _start_clock(self, run: Run, key: str, level: str, task: int | None = None) -> bool:
        wanted = run.variables.get("customer_class")
        try:
            self.clocks.start(
                key,
                level,
                at=self.now,
                customer_class=wanted if isinstance(wanted, str) else None,
            )
        except SlaPolicyNotFoundError:
            self._note(
                Trouble(
                    message=f"Expected a service level '{level}', but there is none.",
                    message_zh=f"应有时限规则“{level}”，但没有。",
                )
            )
            return False
        due_at = self.clocks.deadline(key)
        self._note(ClockSet(clock=key, level=level, due_at=due_at, task=task))
        return True

    def _note(self, what: effects.Effect | Acted | ClockSet | Trouble) -> None:
        self.trace.append(Happened(at=self.now, what=what))
