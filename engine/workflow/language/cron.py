"""Cron expressions of diagrams: classic ones, and those of Quartz as other engines have them."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from cronsim import CronSim, CronSimError

from engine.workflow.errors import TimerError

_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_QUARTZ_DAY = re.compile(r"(?<![#\w])([1-7])(?=$|[-,L#])")
_CLASSIC, _QUARTZ, _QUARTZ_WITH_YEAR = 5, 6, 7


def six_fields(text: str) -> str:
    """The expression as `CronSim` reads it, seconds first.

    Raises:
        TimerError: It is none, names years, or never fires.
    """
    fields = text.upper().split()
    if len(fields) == _CLASSIC:
        fields = ["0", *fields]
    elif len(fields) in {_QUARTZ, _QUARTZ_WITH_YEAR}:
        if len(fields) == _QUARTZ_WITH_YEAR and fields.pop() != "*":
            raise TimerError(
                f"Expected a cron expression for every year, but '{text[:60]}' names some.",
                f"cron 表达式应适用于每一年，但“{text[:60]}”限定了年份。",
            )
        if not {fields[3], fields[5]} & {"*", "?"}:
            # Quartz itself does not know which of them would decide.
            raise TimerError(
                f"Expected '?' as day of the month or of the week, but '{text[:60]}' names both.",
                f"日期与星期中应有一个为“?”，但“{text[:60]}”两者都已指定。",
            )
        # Quartz counts Sunday as 1; names mean the same in both.
        fields[5] = _QUARTZ_DAY.sub(lambda day: _DAYS[int(day[1]) - 1], fields[5])
        if fields[5].endswith("L") and fields[5][:-1] in _DAYS:
            fields[5] = f"{_DAYS.index(fields[5][:-1])}L"
    else:
        raise TimerError(
            f"Expected a cycle such as R/PT1H or a cron expression, but '{text[:60]}' is neither.",
            f"应为 R/PT1H 形式的周期或 cron 表达式，但“{text[:60]}”两者都不是。",
        )
    expression = " ".join(field.replace("?", "*") for field in fields)
    try:
        next(CronSim(expression, datetime(2024, 1, 1, tzinfo=UTC)))
    except (CronSimError, StopIteration) as error:
        raise TimerError(
            f"Expected a cron expression that fires, but '{text[:60]}' does not.",
            f"cron 表达式应能触发，但“{text[:60]}”不会触发。",
        ) from error
    return expression
