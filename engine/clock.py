"""The wall clock: the only place that asks what time it is."""

from __future__ import annotations

from datetime import UTC, datetime


class SystemClock:
    """Implements `engine.ports.clocks.Clock`; whole milliseconds, as the history keeps them."""

    def now(self) -> datetime:
        """Current instant in UTC."""
        now = datetime.now(UTC)  # noqa: TID251 - this is the clock
        return now.replace(microsecond=now.microsecond // 1000 * 1000)
