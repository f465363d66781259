"""SLA clocks of one trial: started and stopped by the drawing, read by its timers."""

from __future__ import annotations

from datetime import datetime

from engine.domain import sla
from engine.domain.calendar import WorkingCalendar
from engine.domain.setup import Setup
from engine.domain.sla_policy import start_clock
from engine.trial.desk import CALENDAR, UNIT


def task_clock(number: int) -> str:
    """Key of a task's own clock."""
    return f"task:{number}"


class TrialClocks:
    """Clocks by key; answers the port `ClockReader`.

    Args:
        setup: Service levels and calendars.
    """

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._clocks: dict[str, sla.SlaClock] = {}

    def at(self, clock: str, point: str, task: int | None) -> datetime | None:
        """See `engine.ports.clocks.ClockReader`."""
        key = clock
        if clock == "task":
            if task is None:
                return None
            key = task_clock(task)
        found = self._clocks.get(key)
        return None if found is None else sla.point(found, self._calendar(found), point)

    def start(self, key: str, level: str, *, at: datetime, customer_class: str | None) -> None:
        """Start a clock by a service level; one of the same key is replaced.

        Raises:
            SlaPolicyNotFoundError: Nobody defined this service level.
        """
        unit = self._setup.unit_by_code(UNIT)
        policy = self._setup.policy(level, customer_class=customer_class, unit_id=unit.id)
        self._clocks[key] = start_clock(policy, name=key, started_at=at, unit_calendar=CALENDAR)

    def stop(self, key: str) -> bool:
        """Stop a clock for good; False if there is none."""
        return self._clocks.pop(key, None) is not None

    def deadline(self, key: str) -> datetime | None:
        """When a running clock has used up its time."""
        found = self._clocks.get(key)
        return None if found is None else sla.deadline(found, self._calendar(found))

    def running(self) -> dict[str, datetime | None]:
        """Deadlines of the running clocks that are not of one task, by name."""
        return {key: self.deadline(key) for key in self._clocks if not key.startswith("task:")}

    def _calendar(self, clock: sla.SlaClock) -> WorkingCalendar:
        return self._setup.calendar(clock.calendar)
