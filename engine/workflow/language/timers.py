"""Times as drawn: ISO 8601 instants and durations, some of them in working time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from engine.ports.kernel import StepContext
from engine.workflow.errors import TimerError
from engine.workflow.language.durations import Duration, duration

BUSINESS = "@business"


def instant(value: object, context: StepContext) -> datetime | None:
    """Instant meant by a date, a date with time and offset, or a duration from now.

    Raises:
        TimerError: It is none of these, or has no offset from UTC.
    """
    if value is None or value == "":
        return None
    if isinstance(value, timedelta):
        return advanced(context.now, Duration(0, value), is_business=False, context=context)
    if isinstance(value, str):
        text = unquoted(value)
        if text[:1] in "Pp":
            length, is_business = read_length(text)
            return advanced(context.now, length, is_business=is_business, context=context)
        return read_instant(text)
    if not isinstance(value, datetime):
        raise TimerError(
            f"Expected an instant or a duration, but '{str(value)[:60]}' is neither.",
            f"应为时刻或时长，但“{str(value)[:60]}”两者都不是。",
        )
    return _aware(value)


def read_instant(text: str) -> datetime:
    """Instant of a date with time and offset, in UTC.

    Raises:
        TimerError: It is none, or has no offset from UTC.
    """
    try:
        value = datetime.fromisoformat(text)
    except ValueError as error:
        raise TimerError(
            f"Expected an instant such as 2026-10-08T09:00:00+08:00, but '{text[:60]}' is none.",
            f"应为 2026-10-08T09:00:00+08:00 形式的时刻，但“{text[:60]}”不是。",
        ) from error
    return _aware(value)


def _aware(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise TimerError(
            f"Expected an instant with its offset from UTC, but '{value.isoformat()}' has none.",
            f"时刻应写明与 UTC 的时差，但“{value.isoformat()}”没有。",
        )
    try:
        return value.astimezone(UTC)
    except OverflowError as error:
        raise _too_far() from error


def _too_far() -> TimerError:
    return TimerError(
        "Expected a time within the calendar, but it is too far away.",
        "时间应在日历范围之内，但它太遥远。",
    )


def read_length(text: str) -> tuple[Duration, bool]:
    """Duration of a text, and whether it is working time.

    Raises:
        TimerError: It is none, or working time in months.
    """
    is_business = text.lower().endswith(BUSINESS)
    length = duration(text[: -len(BUSINESS)] if is_business else text)
    if is_business and length.months:
        raise TimerError(
            f"Expected working time in days or hours, but '{text[:60]}' has months.",
            f"工作时间应以天或小时计，但“{text[:60]}”含有月份。",
        )
    return length, is_business


def advanced(
    start: datetime, length: Duration, *, is_business: bool, context: StepContext
) -> datetime:
    """Instant at the end of a duration that begins at ``start``.

    Raises:
        TimerError: The calendar does not reach so far.
    """
    try:
        if is_business:
            return context.calendar.add(start, length.exact).astimezone(UTC)
        # Months are those of the calendar on the wall, not of UTC.
        local = start.astimezone(ZoneInfo(context.zone))
        return Duration(length.months, timedelta()).after(local).astimezone(UTC) + length.exact
    except (OverflowError, ValueError) as error:
        raise _too_far() from error


def check_instant(text: str) -> None:
    """Check a literal date or duration as drawn.

    Raises:
        TimerError: It cannot be read.
    """
    text = unquoted(text)
    if text[:1] in "Pp":
        read_length(text)
    else:
        read_instant(text)


def check_duration(text: str) -> None:
    """Check a literal duration as drawn.

    Raises:
        TimerError: It cannot be read.
    """
    read_length(unquoted(text))


def unquoted(text: str) -> str:
    """Text without the quotes that some tools write around times."""
    text = text.strip()
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
        return text[1:-1].strip()
    return text
