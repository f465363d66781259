"""When to try a failed delivery again, and when to give up. Pure: chance comes from outside."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec


class Backoff(msgspec.Struct, frozen=True, kw_only=True):
    """Growing pauses between attempts.

    The defaults try nine times over about a day and a half.

    Attributes:
        first: Pause after the first failure.
        factor: How much longer each next pause is.
        cap: Longest pause.
        attempts: After so many failures the message is a dead letter.
    """

    first: timedelta = timedelta(seconds=30)
    factor: float = 4.0
    cap: timedelta = timedelta(hours=12)
    attempts: int = 9


def next_attempt(
    backoff: Backoff, *, failures: int, failed_at: datetime, retry: bool, jitter: float
) -> datetime | None:
    """When to try again.

    Args:
        backoff: The rule.
        failures: Failed attempts so far, this one included; counted from 1.
        failed_at: When this attempt failed.
        retry: Whether another attempt may succeed at all, see
            `engine.ports.outbound.DeliveryError`.
        jitter: Chance from 0 to 1; spreads messages that failed together over half a pause.

    Returns:
        The instant, or None for a dead letter that only an operator can send again.
    """
    if not retry or failures >= backoff.attempts:
        return None
    return failed_at + pause_after(backoff, failures) * (0.5 + jitter / 2)


def pause_after(backoff: Backoff, failures: int) -> timedelta:
    """Longest pause after so many failures, before jitter."""
    pause = backoff.first
    for _ in range(failures - 1):
        pause = min(pause * backoff.factor, backoff.cap)
    return min(pause, backoff.cap)
