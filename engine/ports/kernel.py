"""What steps process instances."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

import msgspec

from engine.domain.drawing import Position
from engine.domain.effects import Effect
from engine.ports.clocks import ClockReader, WorkingTime
from engine.ports.deployment import NOTHING_KNOWN, Diagnosis, Known


class StepContext(msgspec.Struct, frozen=True, kw_only=True):
    """What one step may know of its surroundings.

    Attributes:
        now: Instant of the command; the only time the step sees.
        clocks: SLA clocks of the instance.
        calendar: Working calendar for durations written ``…@business``.
        zone: IANA zone in which cron expressions are read and ``today()`` is taken.
    """

    now: datetime
    clocks: ClockReader
    calendar: WorkingTime
    zone: str = "Asia/Shanghai"


class Destination(msgspec.Struct, frozen=True, kw_only=True):
    """A node an open task's token may be moved to.

    Attributes:
        kind: Name of the XML element.
    """

    element_id: str
    name: str
    name_en: str
    kind: str


class Run(Protocol):
    """One process instance in memory, for one command. Not thread-safe; thrown away on error."""

    @property
    def variables(self) -> Mapping[str, Any]:
        """Variables of the instance (top scope)."""
        ...

    @property
    def next_due_at(self) -> datetime | None:
        """Earliest due time over all timers."""
        ...

    @property
    def is_ended(self) -> bool:
        """Whether no token is left."""
        ...

    @property
    def positions(self) -> tuple[Position, ...]:
        """Nodes that hold tokens, those that only listen left out."""
        ...

    def task_variables(self, number: int) -> Mapping[str, Any]:
        """Variables seen by a task: its scope, with the multi-instance element variable."""
        ...

    def complete_task(self, number: int, values: Mapping[str, Any]) -> None:
        """Complete an open user task and step until nothing can go on.

        Raises:
            LookupError: No such open task in this state.
        """
        ...

    def complete_job(self, number: int, values: Mapping[str, Any]) -> None:
        """Give a job its result and go on."""
        ...

    def fail_job(
        self, number: int, *, code: str | None, message: str, message_zh: str = ""
    ) -> None:
        """Fail a job: with a ``code`` as a BPMN error, without one as an incident."""
        ...

    def deliver(self, message: str, values: Mapping[str, Any]) -> bool:
        """Deliver a message to the instance; True if a subscription took it."""
        ...

    def signal(self, name: str) -> bool:
        """Deliver a signal; True if anything took it."""
        ...

    def fire_timers(self) -> int:
        """Fire every timer due at or before the context's now; number of firings."""
        ...

    def reschedule(self, clock: str, task: int | None = None) -> None:
        """Recompute timers that read this clock (reported as TimerSet again if moved)."""
        ...

    def set_variables(self, values: Mapping[str, Any]) -> None:
        """Set variables of the instance without moving a token."""
        ...

    def retry(self, incident: int) -> None:
        """Try the failed element again with the present variables.

        If it fails again the same incident stays open (reported again with the new message).

        Raises:
            LookupError: No such open incident.
        """
        ...

    def cancel(self) -> None:
        """End the instance at once, closing everything that is open."""
        ...

    def destinations(self, number: int) -> tuple[Destination, ...]:
        """Where an open task's token may be moved to: tasks, events, ends.

        Raises:
            LookupError: No such open task.
        """
        ...

    def can_move(self, number: int, element_id: str) -> bool:
        """Whether `move` would accept it.

        Raises:
            LookupError: No such open task.
        """
        ...

    def move(self, number: int, element_id: str) -> None:
        """Take an open task away and put a token on another node around it.

        Used to send a work order back to an earlier step, or on to another one.

        Raises:
            LookupError: No such open task, no such node, or the process would not be sound.
        """
        ...

    def gather(self, numbers: Sequence[int], element_id: str) -> None:
        """Take all open tasks of a scope away and put one token on a node around them.

        Used to take a step back that led to several tasks.

        Raises:
            LookupError: As for `move`, or there are others in the scope.
        """
        ...

    def take_effects(self) -> Sequence[Effect]:
        """Effects since the last call, in order."""
        ...

    def dump(self) -> bytes:
        """State to store; finished work pruned."""
        ...


class Kernel(Protocol):
    """Steps process instances; knows no database and no network."""

    def diagnose(self, files: Mapping[str, bytes], known: Known = NOTHING_KNOWN) -> Diagnosis:
        """Read a deployment (``*.bpmn``, ``*.dmn``) without publishing it; never raises.

        Args:
            files: File name to content.
            known: What there is around them.
        """
        ...

    def start(
        self,
        definition_id: int,
        variables: Mapping[str, Any],
        context: StepContext,
        *,
        message: str | None = None,
    ) -> Run:
        """Create an instance and step it until it waits.

        Args:
            definition_id: Which definition.
            variables: Variables of the instance.
            context: Surroundings of the step.
            message: Name of the message that starts it; None for the plain start event.
        """
        ...

    def load(self, state: bytes, context: StepContext) -> Run:
        """Restore an instance from `Run.dump`; the state names its own definitions."""
        ...
