"""ISO 8601 durations as drawn: months vary in length, all else is exact."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import datetime, timedelta

import msgspec

from engine.workflow.errors import TimerError

_DURATION = re.compile(
    r"P(?=[\dT])(?:(\d{1,4})Y)?(?:(\d{1,4})M)?(?:(\d{1,4})W)?(?:(\d{1,5})D)?"
    r"(?:T(?=\d)(?:(\d{1,6})H)?(?:(\d{1,7})M)?(?:(\d{1,9}(?:[.,]\d{1,6})?)S)?)?",
    re.ASCII,
)


class Duration(msgspec.Struct, frozen=True):
    """A length of time.

    Attributes:
        months: Calendar months, whose length depends on where they begin.
        exact: The rest.
    """

    months: int
    exact: timedelta

    def after(self, start: datetime) -> datetime:
        """Instant at the end of the duration that begins at ``start``."""
        return add_months(start, self.months) + self.exact

    def before(self, end: datetime) -> datetime:
        """Instant at the beginning of the duration that ends at ``end``."""
        return add_months(end, -self.months) - self.exact

    @property
    def is_empty(self) -> bool:
        """Whether it has no length."""
        return not self.months and not self.exact


def duration(text: str) -> Duration:
    """Read an ISO 8601 duration such as ``PT4H`` or ``P1DT30M``.

    Raises:
        TimerError: The text is none, or negative.
    """
    match = _DURATION.fullmatch(text.strip().upper())
    if match is None:
        raise TimerError(f"Expected a duration such as PT4H or P1D, but '{text[:60]}' is none.")
    years, months, weeks, days, hours, minutes = (int(part or 0) for part in match.groups()[:6])
    seconds = float((match.group(7) or "0").replace(",", "."))
    return Duration(
        months=years * 12 + months,
        exact=timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds),
    )


def add_months(start: datetime, months: int) -> datetime:
    """The same day ``months`` later, or the last day of a shorter month."""
    if not months:
        return start
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    day = min(start.day, monthrange(year, month + 1)[1])
    return start.replace(year=year, month=month + 1, day=day)
