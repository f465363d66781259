"""Time, as the engine asks for it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """The only source of "now"."""

    def now(self) -> datetime:
        """Current instant, aware, in UTC."""
        ...


class WorkingTime(Protocol):
    """A working calendar as seen by timers."""

    def add(self, start: datetime, length: timedelta) -> datetime:
        """Instant at which ``length`` of working time has passed since ``start``."""
        ...


class ClockReader(Protocol):
    """SLA clocks of one instance as seen by timer expressions."""

    def at(self, clock: str, point: str, task: int | None) -> datetime | None:
        """When a clock reaches a point.

        Args:
            clock: Clock name, or ``"task"`` for the clock of the guarded task.
            point: ``"75%"`` of the target, or ``"+PT4H"`` / ``"-PT4H"`` relative to the deadline
                in the clock's own kind of time.
            task: Number of the task guarded by the timer, if any.

        Returns:
            The instant, or None when there is no such clock yet, or it is paused or stopped.
        """
        ...
