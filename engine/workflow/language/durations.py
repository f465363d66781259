"""Durations of diagrams: months vary in length, all else is exact."""

from __future__ import annotations

import functools
from datetime import date, datetime, timedelta
from typing import Final

import msgspec

from engine.domain.durations import add_months, read_duration
from engine.workflow.errors import TimerError

_MOST_MONTHS: Final = 12 * date.max.year
_LONGEST: Final = date.max - date.min


class Duration(msgspec.Struct, frozen=True):
    """A length of time.

    Attributes:
        months: Calendar months, whose length depends on where they begin.
        exact: The rest.
    """

    months: int
    exact: timedelta

    def after(self, start: datetime) -> datetime:
        """Instant at the end of the duration that begins at ``start``.

        Raises:
            OverflowError: The calendar does not reach so far.
        """
        return (add_months(start, self.months) if self.months else start) + self.exact

    def before(self, end: datetime) -> datetime:
        """Instant at the beginning of the duration that ends at ``end``.

        Raises:
            OverflowError: The calendar does not reach so far.
        """
        return add_months(end, -self.months) - self.exact

    @property
    def is_empty(self) -> bool:
        """Whether it has no length."""
        return not self.months and not self.exact


@functools.lru_cache(1024)
def duration(text: str) -> Duration:
    """Read an ISO 8601 duration such as ``PT4H`` or ``P1DT30M``, in letters of either case.

    Raises:
        TimerError: The text is none, negative, or longer than the calendar.
    """
    plain = text.strip().upper().replace(",", ".")
    found = None if plain.startswith("-") else read_duration(plain)
    months, exact = found or (None, None)
    length = Duration(months or 0, exact or timedelta())
    if found is None or length.months > _MOST_MONTHS or length.exact > _LONGEST:
        raise TimerError(
            f"Expected a duration such as PT4H or P1D, but '{text[:60]}' is none.",
            f"应为 PT4H、P1D 形式的时长，但“{text[:60]}”不是。",
        )
    return length
