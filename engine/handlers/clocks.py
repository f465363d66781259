"""The SLA clocks of one order during a command: read by timers, changed by acts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from engine.domain import escalation, facts, sla
from engine.domain.calendar import WorkingCalendar
from engine.domain.escalation import EscalationRule
from engine.domain.facts import Stream
from engine.domain.records import ClockState, Order
from engine.domain.sla import SlaClock
from engine.domain.sla_policy import start_clock
from engine.store.ledger import Ledger

#: The clock of the order as a whole.
ORDER_CLOCK = "order"
_TASK_CLOCK = "task:"

#: Task ids hold the order in the upper and the number in the lower bits.
TASK_BITS = 20


def task_id(order_id: int, number: int) -> int:
    """Id of a task: unique over all orders and stable for its life."""
    return (order_id << TASK_BITS) | number


def order_of(task: int) -> int:
    """Id of the order a task belongs to."""
    return task >> TASK_BITS


def number_of(task: int) -> int:
    """Number of a task within its order."""
    return task & ((1 << TASK_BITS) - 1)


def task_clock(task: int) -> str:
    """Key of a task's own clock."""
    return f"{_TASK_CLOCK}{task}"


def is_task_clock(key: str) -> bool:
    """Whether a clock is a task's own."""
    return key.startswith(_TASK_CLOCK)


def task_of(key: str) -> int:
    """Id of the task whose clock this is."""
    return int(key.removeprefix(_TASK_CLOCK))


class Clocks:
    """Clocks of one order; every change is recorded as a fact with the whole new value.

    Args:
        classes: Complaint class and customer class of the order, most significant first.

    Attributes:
        held: Why the order is on hold at this point of the command, None if it is not.
    """

    def __init__(self, ledger: Ledger, order: Order, classes: Iterable[str]) -> None:
        self._ledger = ledger
        self._order = order
        self._states: dict[str, ClockState] = dict(order.clocks)
        self.classes = tuple(classes)
        self.held = order.held

    # ---- read by timers ---------------------------------------------------------------------

    def at(self, clock: str, point: str, task: int | None) -> datetime | None:
        """See `engine.ports.clocks.ClockReader`."""
        key = clock
        if clock == "task":
            if task is None:
                return None
            key = task_clock(task_id(self._order.id, task))
        state = self._states.get(key)
        if state is None or state.is_stopped:
            return None
        return sla.point(state.value, self._calendar(state.value), point)

    def running(self) -> dict[str, ClockState]:
        """Clocks that have not stopped, by key."""
        return {key: state for key, state in self._states.items() if not state.is_stopped}

    def get(self, key: str) -> ClockState | None:
        """A clock that has not stopped."""
        state = self._states.get(key)
        return None if state is None or state.is_stopped else state

    def shown_deadline(self, key: str) -> str:
        """A clock's deadline for people, as wall time of its calendar; empty if there is none."""
        state = self._states.get(key)
        if state is None or state.due_at is None:
            return ""
        zone = ZoneInfo(self._ledger.setup.calendar_data[state.value.calendar].zone)
        return f"{state.due_at.astimezone(zone):%Y-%m-%d %H:%M}"

    # ---- changes ----------------------------------------------------------------------------

    def start(self, key: str, sla_key: str, *, unit_id: int, customer_class: str | None) -> None:
        """Start a clock by the policy that fits the order; on a pausing hold it starts paused.

        Raises:
            SlaPolicyNotFoundError: Nobody defined this service level.
        """
        setup = self._ledger.setup
        policy = setup.policy(sla_key, customer_class=customer_class, unit_id=unit_id)
        clock = start_clock(
            policy,
            name=key,
            started_at=self._ledger.now,
            unit_calendar=setup.calendar_code(unit_id),
        )
        reason = None if self.held is None else setup.reasons.get(self.held)
        if reason is not None and reason.pauses_clock:
            clock = sla.pause(clock, self._now(clock), reason.code)
        self._set(key, "started", clock, ())

    def pause(self, reason: str) -> list[str]:
        """Pause all running clocks; returns their keys."""
        return self._each(
            "paused", lambda clock: sla.pause(clock, self._now(clock), reason), paused=False
        )

    def resume(self) -> list[str]:
        """Let paused clocks run on; returns their keys."""
        return self._each(
            "resumed", lambda clock: sla.resume(clock, self._now(clock)), paused=True
        )

    def _now(self, clock: SlaClock) -> datetime:
        """Now, but not before what has happened to the clock already.

        Clocks of nodes differ and may be set back; people must be able to work all the same.
        """
        return max(self._ledger.now, sla.last_change(clock))

    def _each(
        self, cause: str, change: Callable[[SlaClock], SlaClock], *, paused: bool
    ) -> list[str]:
        touched = []
        for key, state in self.running().items():
            if (state.value.paused_at is not None) is paused:
                self._set(key, cause, change(state.value), state.fired)
                touched.append(key)
        return touched

    def check_extension(self, key: str, due_at: datetime) -> None:
        """Refuse what could not be granted if it were decided now.

        Raises:
            EngineError: See `engine.domain.sla.extend_to`.
        """
        clock = self._states[key].value
        sla.extend_to(clock, self._calendar(clock), due_at, asked_at=self._ledger.now)

    def extend_to(self, key: str, due_at: datetime, *, asked_at: datetime) -> None:
        """Move a deadline."""
        state = self._states[key]
        clock = sla.extend_to(state.value, self._calendar(state.value), due_at, asked_at=asked_at)
        self._set(key, "extended", clock, state.fired)

    def set_due(self, key: str, due_at: datetime) -> None:
        """Give a running clock an explicit deadline, e.g. the regulator's.

        On a paused clock it is meant as if work went on now.
        """
        state = self._states[key]
        clock, calendar, now = state.value, self._calendar(state.value), self._ledger.now
        used = sla.elapsed(clock, calendar, now)
        target = max(used + sla.span(clock.mode, calendar, now, due_at), sla.ZERO)
        changed = msgspec.structs.replace(clock, target=target, extension=sla.ZERO, hard_cap=None)
        self._set(key, "extended", changed, state.fired)

    def replan(self, key: str) -> None:
        """Plan a clock's escalations again because claims or classes changed."""
        state = self._states[key]
        self._set(key, "replanned", state.value, state.fired)

    def remember(self, key: str, mark: str) -> None:
        """Note that an escalation fired and plan the next one."""
        state = self._states[key]
        self._set(key, "replanned", state.value, escalation.remember(state.fired, mark))

    def stop(self, key: str) -> bool:
        """Stop a clock for good; False if there is none running."""
        state = self.get(key)
        if state is None:
            return False
        now, rules = self._now(state.value), self._ledger.setup.endless_rules
        calendar = self._calendar(state.value)
        stopped = sla.stop(state.value, now)
        next_at = self._next(rules, stopped, state.fired) if rules else None
        self._ledger.record(
            Stream.ORDER,
            self._order.id,
            facts.ClockStopped(
                key=key,
                elapsed_seconds=sla.elapsed(stopped, calendar, now).total_seconds(),
                met=not sla.is_overdue(state.value, calendar, now),
                next_at=next_at,
            ),
        )
        self._states[key] = msgspec.structs.replace(state, value=stopped, next_at=next_at)
        return True

    def stop_all(self) -> None:
        """Stop every clock: the order has ended."""
        for key in self.running():
            self.stop(key)

    def due_keys(self) -> list[str]:
        """Clocks with an escalation that is to fire now."""
        now = self._ledger.now
        return [
            key
            for key, state in self._states.items()
            if state.next_at is not None and state.next_at <= now
        ]

    def due(self, key: str) -> tuple[escalation.PlannedEscalation, ...]:
        """Escalations of a clock that are to fire now."""
        state = self._states[key]
        return escalation.due(
            self._ledger.setup.rules,
            state.value,
            self._calendar(state.value),
            self.classes,
            at=self._ledger.now,
            fired=state.fired,
        )

    def _set(self, key: str, cause: str, clock: SlaClock, fired: tuple[str, ...]) -> None:
        state = ClockState(
            value=clock,
            due_at=sla.deadline(clock, self._calendar(clock)),
            next_at=self._next(self._ledger.setup.rules, clock, fired),
            fired=fired,
        )
        before, self._states[key] = self._states.get(key), state
        is_moved = before is not None and before.due_at != state.due_at
        self._ledger.record(
            Stream.ORDER,
            self._order.id,
            facts.ClockSet(
                key=key,
                cause=cause,
                value=msgspec.to_builtins(clock),
                due_at=state.due_at,
                next_at=state.next_at,
                fired=fired,
                shared=self._signatures(key) if is_moved else (),
            ),
        )

    def _signatures(self, key: str) -> tuple[int, ...]:
        """Open signature tasks about the task of a clock."""
        if not is_task_clock(key):
            return ()
        return tuple(
            task.id
            for task in self._ledger.open_tasks(self._order.id)
            if task.purpose == "signature" and task.target == task_of(key)
        )

    def _next(
        self, rules: Iterable[EscalationRule], clock: SlaClock, fired: tuple[str, ...]
    ) -> datetime | None:
        following = escalation.next_after(
            rules, clock, self._calendar(clock), self.classes, fired=fired
        )
        return None if following is None else following.planned_at

    def _calendar(self, clock: SlaClock) -> WorkingCalendar:
        return self._ledger.setup.calendar(clock.calendar)
