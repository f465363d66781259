"""Times as drawn: ISO 8601 instants and durations, cycles, cron, working time, SLA clocks."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
from cronsim import CronSim, CronSimError

from engine.ports import StepContext
from engine.workflow.durations import Duration, duration
from engine.workflow.errors import TimerError

BUSINESS = "@business"
ENDLESS = -1
_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_QUARTZ_DAY = re.compile(r"(?<![#\w])([1-7])(?=$|[-,L#])")
_MAX_MISSED = 100_000


class Cycle(msgspec.Struct, frozen=True):
    """A repetition as drawn.

    Attributes:
        repetitions: Number of firings, `ENDLESS` for no end.
        start: First firing, if drawn; else one interval after the timer was set.
        interval: Distance of firings, None for a cron expression.
        is_business: Whether the interval is working time.
        cron: Cron expression of six fields, seconds first.
    """

    repetitions: int
    start: datetime | None = None
    interval: Duration | None = None
    is_business: bool = False
    cron: str | None = None


def instant(value: object, context: StepContext) -> datetime | None:
    """Instant meant by a date, a date with time and offset, or a duration from now.

    Raises:
        TimerError: It is none of these, or has no offset from UTC.
    """
    if value is None or value == "":
        return None
    if isinstance(value, timedelta):
        return context.now + value
    if isinstance(value, str):
        text = unquoted(value)
        if text[:1] in "Pp":
            return _later(text, context, context.now)
        value = _parsed(text)
    if not isinstance(value, datetime):
        raise TimerError(f"Expected an instant or a duration, but '{value}' is neither.")
    return _aware(value)


def _parsed(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise TimerError(
            f"Expected an instant such as 2026-10-08T09:00:00+08:00, but '{text[:60]}' is none."
        ) from error


def _aware(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise TimerError(
            f"Expected an instant with its offset from UTC, but '{value.isoformat()}' has none."
        )
    return value.astimezone(UTC)


def _later(text: str, context: StepContext, start: datetime) -> datetime:
    length, is_business = _length(text)
    return _advance(start, length, is_business, context)


def _length(text: str) -> tuple[Duration, bool]:
    is_business = text.lower().endswith(BUSINESS)
    length = duration(text[: -len(BUSINESS)] if is_business else text)
    if is_business and length.months:
        raise TimerError(f"Expected working time in days or hours, but '{text}' has months.")
    return length, is_business


def _advance(
    start: datetime, length: Duration, is_business: bool, context: StepContext
) -> datetime:
    try:
        if is_business:
            return context.calendar.add(start, length.exact).astimezone(UTC)
        return length.after(start)
    except (OverflowError, ValueError) as error:
        raise TimerError("Expected a time within the calendar, but it is too far away.") from error


def check_instant(text: str) -> None:
    """Check a literal date or duration as drawn.

    Raises:
        TimerError: It cannot be read.
    """
    text = unquoted(text)
    if text[:1] in "Pp":
        _length(text)
    else:
        _aware(_parsed(text))


def check_duration(text: str) -> None:
    """Check a literal duration as drawn.

    Raises:
        TimerError: It cannot be read.
    """
    _length(unquoted(text))


@functools.lru_cache(1024)
def cycle(text: str) -> Cycle:
    """Read ``R3/PT10M``, ``R/PT1H@business``, ``R2/<start>/P1D`` or a cron expression.

    Raises:
        TimerError: It cannot be read.
    """
    text = unquoted(text)
    if text[:1] in "Rr" and "/" in text:
        return _repetition(text)
    return Cycle(repetitions=ENDLESS, cron=_cron(text))


def _repetition(text: str) -> Cycle:
    head, *parts = text.replace("--", "/").split("/")
    if not re.fullmatch(r"[Rr]\d{0,6}", head) or not 1 <= len(parts) <= 2:  # noqa: PLR2004
        raise TimerError(f"Expected a cycle such as R3/PT10M, but '{text[:60]}' is none.")
    repetitions = int(head[1:]) if head[1:] else ENDLESS
    lengths = [_length(part) for part in parts if part[:1] in "Pp"]
    instants = [_aware(_parsed(part)) for part in parts if part[:1] not in "Pp"]
    if len(lengths) != 1:
        raise TimerError(f"Expected a cycle with one interval, but '{text[:60]}' has none or two.")
    length, is_business = lengths[0]
    if length.is_empty:
        raise TimerError(f"Expected a cycle with an interval, but that of '{text[:60]}' is empty.")
    start = instants[0] if instants else None
    if start is not None and parts[0][:1] in "Pp":
        # <interval>/<end>: the last firing is at the end.
        if repetitions == ENDLESS or is_business:
            raise TimerError(f"Expected a cycle with a start, but '{text[:60]}' has only an end.")
        for _ in range(repetitions):
            start = length.before(start)
        start = length.after(start)
    return Cycle(repetitions=repetitions, start=start, interval=length, is_business=is_business)


def _cron(text: str) -> str:
    """Six fields as the library reads them, from classic (5) or Quartz (6 or 7) cron."""
    fields = text.upper().split()
    classic, quartz = 5, (6, 7)
    if len(fields) == classic:
        fields = ["0", *fields]
    elif len(fields) in quartz:
        if len(fields) == max(quartz) and fields.pop() != "*":
            raise TimerError(
                f"Expected a cron expression for every year, but '{text}' names some."
            )
        # Quartz counts Sunday as 1; names mean the same in both.
        fields[5] = _QUARTZ_DAY.sub(lambda day: _DAYS[int(day[1]) - 1], fields[5])
        if fields[5].endswith("L") and fields[5][:-1] in _DAYS:
            fields[5] = f"{_DAYS.index(fields[5][:-1])}L"
    else:
        raise TimerError(
            f"Expected a cycle such as R/PT1H or a cron expression, but '{text[:60]}' is neither."
        )
    expression = " ".join(field.replace("?", "*") for field in fields)
    try:
        next(CronSim(expression, datetime(2024, 1, 1, tzinfo=UTC)))
    except (CronSimError, StopIteration) as error:
        raise TimerError(
            f"Expected a cron expression that fires, but '{text[:60]}' does not."
        ) from error
    return expression


def first_firing(plan: Cycle, context: StepContext) -> datetime | None:
    """When a cycle that is set now fires first; None if never."""
    if plan.repetitions == 0:
        return None
    if plan.start is not None:
        return plan.start
    return next_firing(plan, context.now, context)


def next_firing(plan: Cycle, after: datetime, context: StepContext) -> datetime | None:
    """The firing that follows one at ``after``; None if there is none."""
    if plan.cron is not None:
        local = after.astimezone(ZoneInfo(context.zone))
        return next((at.astimezone(UTC) for at in CronSim(plan.cron, local)), None)
    assert plan.interval is not None  # noqa: S101 - a cycle has one or the other
    following = _advance(after, plan.interval, plan.is_business, context)
    # Working time may not move an instant that lies outside working hours.
    return following if following > after else None


def firings(plan: Cycle, due_at: datetime, context: StepContext) -> Iterator[datetime]:
    """Firings from ``due_at`` on, as far as the calendar reaches."""
    at: datetime | None = due_at
    for _ in range(_MAX_MISSED):
        if at is None:
            return
        yield at
        at = next_firing(plan, at, context)


def following(
    plan: Cycle, due_at: datetime, left: int, context: StepContext
) -> tuple[datetime | None, int, int]:
    """What remains of a cycle that fires now for its due time.

    Missed repetitions are covered by the one firing.

    Args:
        plan: The cycle.
        due_at: Due time of this firing.
        left: Firings left, this one included; `ENDLESS` for no end.
        context: Surroundings of the step.

    Returns:
        Next due time (None if it was the last), firings left then, and missed repetitions.
    """
    due_at, passed = _skipped(plan, due_at, left, context)
    for at in firings(plan, due_at, context):
        if at > context.now:
            remaining = left - passed if left != ENDLESS else ENDLESS
            return (at, remaining, passed - 1) if remaining else (None, 0, passed - 1)
        passed += 1
        if passed == left:
            break
    return None, 0, max(passed - 1, 0)


def _skipped(
    plan: Cycle, due_at: datetime, left: int, context: StepContext
) -> tuple[datetime, int]:
    """Jump over missed repetitions of an exact interval: (last missed firing, firings passed)."""
    if plan.interval is None or plan.interval.months or plan.is_business:
        return due_at, 0
    missed = max((context.now - due_at) // plan.interval.exact, 0)
    if left != ENDLESS:
        missed = min(missed, left - 1)
    return due_at + missed * plan.interval.exact, missed


def unquoted(text: str) -> str:
    """Text without the quotes that some tools write around times."""
    text = text.strip()
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
        return text[1:-1].strip()
    return text
