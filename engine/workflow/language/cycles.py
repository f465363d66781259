"""Cycles as drawn, and when they fire: repeated intervals and cron expressions."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import msgspec
from cronsim import CronSim

from engine.ports.kernel import StepContext
from engine.workflow.errors import TimerError
from engine.workflow.language.cron import six_fields
from engine.workflow.language.durations import Duration
from engine.workflow.language.timers import advanced, read_instant, read_length, unquoted

ENDLESS = -1
_MAX_MISSED = 100_000
_MAX_LENGTH = 200


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


@functools.lru_cache(1024)
def cycle(text: str) -> Cycle:
    """Read ``R3/PT10M``, ``R/PT1H@business``, ``R2/<start>/P1D`` or a cron expression.

    Raises:
        TimerError: It cannot be read.
    """
    text = unquoted(text)
    if len(text) > _MAX_LENGTH:
        raise TimerError(
            f"Expected a short cycle, but '{text[:60]}…' is too long.",
            f"周期“{text[:60]}…”过长。",
        )
    if text[:1] in "Rr" and "/" in text:
        return _repetition(text)
    return Cycle(repetitions=ENDLESS, cron=six_fields(text))


def _repetition(text: str) -> Cycle:
    head, *parts = text.replace("--", "/").split("/")
    if not re.fullmatch(r"[Rr]\d{0,6}", head) or not 1 <= len(parts) <= 2:  # noqa: PLR2004
        raise TimerError(
            f"Expected a cycle such as R3/PT10M, but '{text[:60]}' is none.",
            f"应为 R3/PT10M 形式的周期，但“{text[:60]}”不是。",
        )
    repetitions = int(head[1:]) if head[1:] else ENDLESS
    if repetitions == 0:
        raise TimerError(
            f"Expected a cycle that fires, but '{text[:60]}' never does.",
            f"周期应至少触发一次，但“{text[:60]}”从不触发。",
        )
    lengths = [read_length(part) for part in parts if part[:1] in "Pp"]
    instants = [read_instant(part) for part in parts if part[:1] not in "Pp"]
    if len(lengths) != 1:
        raise TimerError(
            f"Expected a cycle with one interval, but '{text[:60]}' has none or two.",
            f"周期应恰有一个间隔，但“{text[:60]}”没有或有两个。",
        )
    length, is_business = lengths[0]
    if length.is_empty:
        raise TimerError(
            f"Expected a cycle with an interval, but that of '{text[:60]}' is empty.",
            f"周期的间隔不应为零，但“{text[:60]}”为零。",
        )
    start = instants[0] if instants else None
    if start is not None and parts[0][:1] in "Pp":
        # <interval>/<end>: the last firing is at the end.
        if repetitions == ENDLESS or is_business:
            raise TimerError(
                f"Expected a cycle with a start, but '{text[:60]}' has only an end.",
                f"周期应有起点，但“{text[:60]}”只有终点。",
            )
        start = _first(start, length, repetitions, text)
    return Cycle(repetitions=repetitions, start=start, interval=length, is_business=is_business)


def _first(end: datetime, length: Duration, repetitions: int, text: str) -> datetime:
    """The first of firings of which the last one is at ``end``."""
    count = max(repetitions - 1, 0)
    try:
        return Duration(length.months * count, length.exact * count).before(end)
    except (OverflowError, ValueError) as error:
        raise TimerError(
            f"Expected a cycle within the calendar, but '{text[:60]}' begins before it.",
            f"周期应在日历范围之内，但“{text[:60]}”的起点超出范围。",
        ) from error


def first_firing(plan: Cycle, context: StepContext) -> datetime | None:
    """When a cycle that is set now fires first; None if working time never comes."""
    if plan.start is not None:
        return plan.start
    return next_firing(plan, context.now, context)


def next_firing(plan: Cycle, after: datetime, context: StepContext) -> datetime | None:
    """The firing that follows one at ``after``; None if there is none."""
    if plan.cron is not None:
        local = after.astimezone(ZoneInfo(context.zone))
        return next((at.astimezone(UTC) for at in CronSim(plan.cron, local)), None)
    assert plan.interval is not None  # noqa: S101 - a cycle has one or the other
    following = advanced(after, plan.interval, is_business=plan.is_business, context=context)
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
