"""The slow way: a stopwatch that looks at the clock on the wall once a minute."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)


class Stopwatch:
    """Working minutes of a calendar, found by stepping through them one by one.

    A repeated hour of the wall clock belongs to the interval in which it began: what counts is
    the latest time the wall clock has shown on that day.
    """

    def __init__(self, data):
        self.zone = ZoneInfo(data.zone)
        self.data = data
        self.days = {}

    def hours_of(self, day: date):
        if day in self.data.make_up_days:
            hours = self.data.make_up_days[day].hours
            return next(d for d in self.data.week.days if d) if hours is None else hours
        return () if day in self.data.holidays else self.data.week.days[day.weekday()]

    def minutes_of(self, day: date):
        """Minutes of the day that are worked."""
        if day not in self.days:
            intervals = [
                [int(wall[:2]) * 60 + int(wall[3:]) for wall in hours]
                for hours in self.hours_of(day)
            ]
            self.days[day] = {m for start, end in intervals for m in range(start, end)}
        return self.days[day]

    def is_working(self, at: datetime) -> bool:
        shown = self.shown(at)
        return shown.hour * 60 + shown.minute in self.minutes_of(shown.date())

    def shown(self, at: datetime) -> datetime:
        """The latest minute the wall clock has shown up to an instant."""
        local = at.astimezone(self.zone)
        back = (at - 3 * 60 * MINUTE).astimezone(UTC)
        if local.utcoffset() == back.astimezone(self.zone).utcoffset():
            return local
        return max(
            (back + step * MINUTE).astimezone(self.zone).replace(tzinfo=None)
            for step in range(3 * 60 + 1)
        )

    def between(self, start: datetime, end: datetime) -> timedelta:
        worked, at = timedelta(), start
        while at < end:
            worked += MINUTE * self.is_working(at)
            at += MINUTE
        return worked

    def add(self, start: datetime, length: timedelta) -> datetime:
        at = start
        while length > timedelta():
            length -= MINUTE * self.is_working(at)
            at += MINUTE
        return at

    def used(self, clock, at: datetime) -> timedelta:
        """Time a clock has counted, pause by pause and minute by minute."""
        counted, now = timedelta(), clock.started_at
        end = at if clock.stopped_at is None else min(at, clock.stopped_at)
        while now < end:
            held = any(
                pause.from_at <= now and (pause.until_at is None or now < pause.until_at)
                for pause in clock.pauses
            )
            counts = clock.mode == "elapsed" or self.is_working(now)
            counted += MINUTE * (counts and not held)
            now += MINUTE
        return counted
