"""SLA clocks: how much time an order or a task has, how much is used, when a point is reached.

A clock is a value. Its deadline is never stored as truth: it follows from the start, the pauses,
the extension and the calendar, so that it can be recomputed from rows at any time.
"""

from __future__ import annotations

import re
from datetime import MAXYEAR, UTC, datetime, timedelta
from functools import lru_cache
from typing import Literal

import msgspec

from engine.domain.calendar import (
    FIRST_YEAR,
    LAST_YEAR,
    CalendarRangeError,
    WorkingCalendar,
)
from engine.errors import ConflictError, InvalidError

#: ``working``: only the working hours of the clock's calendar count. ``elapsed``: all time counts.
Mode = Literal["working", "elapsed"]

ZERO = timedelta()


class ClockStoppedError(ConflictError):
    """The clock has stopped; its past does not change any more."""

    code = "clock_stopped"
    template = "Expected clock {clock} to be open, but it stopped at {stopped_at}."


class ClockPausedError(ConflictError):
    """The clock is paused already."""

    code = "clock_paused"
    template = "Expected clock {clock} to run, but it is paused since {paused_at}."


class ClockNotPausedError(ConflictError):
    """There is no pause to end."""

    code = "clock_not_paused"
    template = "Expected clock {clock} to be paused, but it runs."


class ClockOrderError(InvalidError):
    """The act would lie before something that has happened to the clock."""

    code = "clock_order"
    template = "Expected an instant not before {earliest_at} on clock {clock}, but it is {at}."


class ClockPointError(InvalidError):
    """The text does not name a point on a clock."""

    code = "clock_point"
    template = (
        "Expected a point on a clock like 75%, +PT4H, -PT30M or at_start, but it is {point}."
    )


class ExtensionLateError(ConflictError):
    """More time has to be asked for before the deadline."""

    code = "extension_late"
    template = (
        "Expected an extension of clock {clock} to be asked for by {due_at}, but it is {at}."
    )


class ExtensionEmptyError(InvalidError):
    """The extension would add no time on this clock."""

    code = "extension_empty"
    template = "Expected an extension of clock {clock} to add time, but it adds {added}."


class ExtensionBeyondCapError(ConflictError):
    """The extension would go beyond what the law or the contract allows."""

    code = "extension_beyond_cap"
    template = "Expected clock {clock} to end by {cap_at}, but it would end at {due_at}."


class Pause(msgspec.Struct, frozen=True, kw_only=True):
    """One interval in which the clock did not count.

    Attributes:
        until_at: None while the pause lasts.
        reason: Code of a hold reason, see `engine.domain.sla_policy`.
    """

    from_at: datetime
    until_at: datetime | None = None
    reason: str


class SlaClock(msgspec.Struct, frozen=True, kw_only=True):
    """One clock of a work order or of a task.

    Attributes:
        name: ``order``, another drawn name, or the name of a task's own clock.
        sla_key: The SLA policy it was started from.
        target: Time allowed, in the clock's own kind of time.
        calendar: Code of the working calendar it counts in; ignored by an elapsed clock.
        pauses: Oldest first, at most the last one open.
        extension: Time granted on top of the target, same kind of time.
        hard_cap: Elapsed time from the start after which the deadline has come whatever the
            pauses and extensions, None if there is no such limit.
    """

    name: str
    sla_key: str
    target: timedelta
    mode: Mode
    calendar: str
    started_at: datetime
    pauses: tuple[Pause, ...] = ()
    extension: timedelta = ZERO
    stopped_at: datetime | None = None
    hard_cap: timedelta | None = None

    @property
    def budget(self) -> timedelta:
        """Target and extension together."""
        return self.target + self.extension

    @property
    def paused_at(self) -> datetime | None:
        """Start of the pause that lasts, None if the clock runs or has stopped."""
        last = self.pauses[-1] if self.pauses else None
        return last.from_at if last is not None and last.until_at is None else None

    @property
    def cap_at(self) -> datetime | None:
        """The instant no deadline of this clock lies behind."""
        return None if self.hard_cap is None else self.started_at.astimezone(UTC) + self.hard_cap


def advance(mode: Mode, calendar: WorkingCalendar, start: datetime, length: timedelta) -> datetime:
    """Instant at which ``length`` of this kind of time has passed since ``start``.

    Raises:
        CalendarRangeError: That is beyond the years a calendar answers for.
    """
    if mode == "working":
        return calendar.add(start, length)
    try:
        return start.astimezone(UTC) + length
    except OverflowError as error:
        raise CalendarRangeError(
            calendar=mode, first=FIRST_YEAR, last=LAST_YEAR, year=f"a year after {MAXYEAR}"
        ) from error


def span(mode: Mode, calendar: WorkingCalendar, start: datetime, end: datetime) -> timedelta:
    """Time of this kind from ``start`` to ``end``, negative if ``end`` is the earlier one."""
    if mode == "working":
        return calendar.between(start, end)
    # Python subtracts wall times when both carry the same zone.
    return end.astimezone(UTC) - start.astimezone(UTC)


def elapsed(clock: SlaClock, calendar: WorkingCalendar, at: datetime) -> timedelta:
    """Time the clock has counted up to ``at``: pauses and the time after its stop left out."""
    end = at if clock.stopped_at is None else min(at, clock.stopped_at)
    if end <= clock.started_at:
        return ZERO
    counted = span(clock.mode, calendar, clock.started_at, end)
    for pause_ in clock.pauses:
        until = end if pause_.until_at is None else min(pause_.until_at, end)
        if pause_.from_at < until:
            counted -= span(clock.mode, calendar, pause_.from_at, until)
    return counted


def deadline(clock: SlaClock, calendar: WorkingCalendar) -> datetime | None:
    """When the budget is (or was) used up; None while the clock is paused short of that.

    A stopped clock keeps the deadline it had.
    """
    return instant_of(clock, calendar, clock.budget)


def is_overdue(clock: SlaClock, calendar: WorkingCalendar, at: datetime) -> bool:
    """Whether the deadline has passed at ``at``, or had passed when the clock stopped."""
    due_at = deadline(clock, calendar)
    end = at if clock.stopped_at is None else min(at, clock.stopped_at)
    return due_at is not None and end > due_at


def reach(clock: SlaClock, calendar: WorkingCalendar, fraction: float) -> datetime | None:
    """When this fraction of the budget is used; 1.0 is the deadline, more lies behind it.

    Returns:
        None when the clock has stopped, or is paused and the point was not reached before.
    """
    return _ahead(clock, calendar, clock.budget * fraction)


def point(clock: SlaClock, calendar: WorkingCalendar, text: str) -> datetime | None:
    """When the clock reaches a point written as text.

    Args:
        clock: The clock.
        calendar: Its calendar.
        text: ``75%`` of the budget; ``+PT4H`` after or ``-PT30M`` before the deadline, in the
            clock's own kind of time; or ``at_start``.

    Returns:
        None when the clock has stopped, or is paused and the point was not reached before.

    Raises:
        ClockPointError: The text is none of these.
    """
    return _ahead(clock, calendar, used_at(clock, text))


def used_at(clock: SlaClock, text: str) -> timedelta:
    """How much time is used when the clock reaches a point written as text.

    Raises:
        ClockPointError: The text names no point.
    """
    fraction, offset = parse_point(text)
    return max(clock.budget * fraction + offset, ZERO)


@lru_cache(maxsize=512)
def parse_point(text: str) -> tuple[float, timedelta]:
    """Fraction of the budget, and time on top of it, named by a point.

    Raises:
        ClockPointError: The text names no point.
    """
    if text == "at_start":
        return 0.0, ZERO
    if re.fullmatch(r"[0-9]{1,4}(\.[0-9]{1,3})?%", text):
        return float(text[:-1]) / 100, ZERO
    if re.fullmatch(r"[+-]P[0-9DTHMS.]+", text):
        try:
            return 1.0, msgspec.convert(text, timedelta)
        except msgspec.ValidationError as error:
            raise ClockPointError(point=text) from error
    raise ClockPointError(point=text)


def last_change(clock: SlaClock) -> datetime:
    """When the clock was last started, paused or resumed; nothing can happen to it before."""
    if not clock.pauses:
        return clock.started_at
    last = clock.pauses[-1]
    return last.from_at if last.until_at is None else last.until_at


def instant_of(clock: SlaClock, calendar: WorkingCalendar, used: timedelta) -> datetime | None:
    """When the clock has (or had) counted ``used``, as if it had not been stopped.

    The hard cap ends the budget even while the clock is paused; behind a deadline set by the cap
    time goes on without pauses, because the limit that set it knows none.

    Returns:
        None when the clock is paused and had not counted that much before.
    """
    natural = _counted(clock, calendar, used)
    cap_at = clock.cap_at
    if cap_at is None:
        return natural
    if used <= clock.budget:
        return cap_at if natural is None else min(natural, cap_at)
    due_at = _counted(clock, calendar, clock.budget)
    if due_at is not None and due_at <= cap_at:
        return natural
    return advance(clock.mode, calendar, cap_at, used - clock.budget)


def pause(clock: SlaClock, at: datetime, reason: str) -> SlaClock:
    """Stop counting from ``at`` on.

    Raises:
        ClockStoppedError: The clock has stopped.
        ClockPausedError: It is paused already.
        ClockOrderError: ``at`` lies before the start or before the end of the last pause.
    """
    _refuse_stopped(clock)
    if clock.paused_at is not None:
        raise ClockPausedError(clock=clock.name, paused_at=clock.paused_at)
    _refuse_before_last(clock, at)
    return msgspec.structs.replace(clock, pauses=(*clock.pauses, Pause(from_at=at, reason=reason)))


def resume(clock: SlaClock, at: datetime) -> SlaClock:
    """Count again from ``at`` on.

    Raises:
        ClockStoppedError: The clock has stopped.
        ClockNotPausedError: It is not paused.
        ClockOrderError: ``at`` lies before the start of the pause.
    """
    _refuse_stopped(clock)
    if clock.paused_at is None:
        raise ClockNotPausedError(clock=clock.name)
    _refuse_before_last(clock, at)
    ended = msgspec.structs.replace(clock.pauses[-1], until_at=at)
    return msgspec.structs.replace(clock, pauses=(*clock.pauses[:-1], ended))


def stop(clock: SlaClock, at: datetime) -> SlaClock:
    """End the clock for good; a pause that lasts ends with it.

    Raises:
        ClockStoppedError: The clock has stopped before.
        ClockOrderError: ``at`` lies before the start or inside an ended pause.
    """
    _refuse_stopped(clock)
    if clock.paused_at is not None:
        clock = resume(clock, at)
    _refuse_before_last(clock, at)
    return msgspec.structs.replace(clock, stopped_at=at)


def extend(
    clock: SlaClock, calendar: WorkingCalendar, by: timedelta, *, asked_at: datetime
) -> SlaClock:
    """Grant more time, in the clock's own kind of time.

    Args:
        clock: The clock.
        calendar: Its calendar.
        by: Time to add.
        asked_at: When the extension was asked for, which may be long before it is granted.

    Raises:
        ClockStoppedError: The clock has stopped.
        ExtensionEmptyError: ``by`` is not positive.
        ExtensionLateError: It was asked for after the deadline. Source: published practice of
            response centres, an extension must be asked before the due time.
        ExtensionBeyondCapError: The new deadline would lie behind the hard cap.
    """
    _refuse_stopped(clock)
    if by <= ZERO:
        raise ExtensionEmptyError(clock=clock.name, added=by)
    due_at = deadline(clock, calendar)
    if due_at is not None and asked_at > due_at:
        raise ExtensionLateError(clock=clock.name, due_at=due_at, at=asked_at)
    extended = msgspec.structs.replace(clock, extension=clock.extension + by)
    new_due_at = _counted(_running(extended, asked_at), calendar, extended.budget)
    if clock.cap_at is not None and new_due_at is not None and new_due_at > clock.cap_at:
        raise ExtensionBeyondCapError(clock=clock.name, cap_at=clock.cap_at, due_at=new_due_at)
    return extended


def extend_to(
    clock: SlaClock, calendar: WorkingCalendar, due_at: datetime, *, asked_at: datetime
) -> SlaClock:
    """Grant time up to a new deadline.

    On a working clock a deadline outside working hours is the closing time before it. On a
    paused clock the new deadline is meant as if work went on at ``asked_at``.

    Raises:
        EngineError: As `extend`.
    """
    present = deadline(_running(clock, asked_at), calendar)
    by = ZERO if present is None else span(clock.mode, calendar, present, due_at)
    return extend(clock, calendar, by, asked_at=asked_at)


def _ahead(clock: SlaClock, calendar: WorkingCalendar, used: timedelta) -> datetime | None:
    return None if clock.stopped_at is not None else instant_of(clock, calendar, used)


def _counted(clock: SlaClock, calendar: WorkingCalendar, used: timedelta) -> datetime | None:
    """When the clock has counted ``used``, by pauses alone."""
    running_from, left = clock.started_at, max(used, ZERO)
    for pause_ in clock.pauses:
        stretch = span(clock.mode, calendar, running_from, pause_.from_at)
        if left <= stretch:
            break
        if pause_.until_at is None:
            return None
        running_from, left = pause_.until_at, left - stretch
    return advance(clock.mode, calendar, running_from, left)


def _running(clock: SlaClock, at: datetime) -> SlaClock:
    return clock if clock.paused_at is None else resume(clock, max(at, clock.paused_at))


def _refuse_stopped(clock: SlaClock) -> None:
    if clock.stopped_at is not None:
        raise ClockStoppedError(clock=clock.name, stopped_at=clock.stopped_at)


def _refuse_before_last(clock: SlaClock, at: datetime) -> None:
    earliest_at = last_change(clock)
    if at < earliest_at:
        raise ClockOrderError(clock=clock.name, earliest_at=earliest_at, at=at)
