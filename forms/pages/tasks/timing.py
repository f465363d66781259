"""How much time a task has, and how far its order is, in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec

from engine.domain.escalation import PlannedEscalation
from engine.domain.records import Task
from engine.domain.setup import Setup
from engine.queries.orders import ClockItem
from engine.queries.surroundings import Step, Surroundings
from forms.pages.language import choose, gettext, language, ngettext
from forms.pages.moments import brief, hours, length, when
from forms.pages.words import hold_word, receiver_word

#: From here on the time left calls for attention: the share used in per cent, or the rest.
_SOON_PERCENT: Final = 75
_SOON: Final = timedelta(hours=4)
#: Steps that fit beside each other, by language.
_MOST_STEPS: Final = {"zh": 7, "en": 5}
#: Steps on either side of the present one that fit on a phone, by language.
_NEAR: Final = {"zh": 2, "en": 1}


class Timing(msgspec.Struct, frozen=True, kw_only=True):
    """The bar of a deadline.

    Attributes:
        tone: ``late``, ``soon`` or empty.
        percent: Time used of the time there is, None without a clock.
    """

    heading: str
    tone: str = ""
    due: str = ""
    following: str = ""
    pauses: str = ""
    percent: int | None = None


class StepLine(msgspec.Struct, frozen=True, kw_only=True):
    """A step as drawn.

    Attributes:
        kind: ``done``, ``now`` or ``ahead``.
        is_far: Whether phones leave it out.
    """

    kind: str
    name: str
    note: str = ""
    is_here: bool = False
    is_far: bool = False


def timing(task: Task, around: Surroundings, setup: Setup, now: datetime) -> Timing:
    """The bar of a task's deadline."""
    clock = around.clock
    if task.ended_at is not None:
        is_late = task.due_at is not None and task.due_at < task.ended_at
        heading = gettext("Ended late") if is_late else gettext("Ended in time")
        if task.due_at is None:
            heading = gettext("Ended")
        return Timing(
            heading=heading,
            tone="late" if is_late else "",
            due=when(task.ended_at, now),
        )
    due_at = task.due_at
    if due_at is None and clock is not None:
        due_at = clock.due_at
    percent = None if clock is None else _percent(clock)
    if clock is not None and clock.is_paused:
        return Timing(
            heading=gettext("Paused"), percent=percent, pauses=_pauses(clock, setup, now)
        )
    if due_at is None:
        return Timing(heading=gettext("No deadline"))
    return Timing(
        heading=_heading(due_at, now),
        tone=_tone(due_at, now, percent),
        due=_due(due_at, clock, now, is_own=task.due_at is not None),
        following="" if around.following is None else _following(around.following, now),
        pauses="" if clock is None else _pauses(clock, setup, now),
        percent=percent,
    )


def steps(around: Surroundings) -> list[StepLine]:
    """The steps of the order that fit, the earliest folded into one."""
    is_beside = any(step.state == "here" for step in around.steps)
    lines = [_line(step, is_beside=is_beside) for step in around.steps]
    most, near = _MOST_STEPS[language()], _NEAR[language()]
    too_many = len(lines) - most
    done = sum(line.kind == "done" for line in lines)
    if too_many > 0 and done > 1:
        folded = min(too_many + 1, done)
        lines = [_folded("done", folded), *lines[folded:]]
    if len(lines) > most:
        folded = len(lines) - most + 1
        lines = [*lines[:-folded], _folded("ahead", folded)]
    here = max((place for place, line in enumerate(lines) if line.kind != "ahead"), default=0)
    return [
        msgspec.structs.replace(line, is_far=abs(place - here) > near)
        for place, line in enumerate(lines)
    ]


def _folded(kind: str, number: int) -> StepLine:
    if kind == "done":
        name = ngettext("%(num)d step done", "%(num)d steps done", number)
    else:
        name = ngettext("%(num)d more step", "%(num)d more steps", number)
    return StepLine(kind=kind, name=name)


def _line(step: Step, *, is_beside: bool) -> StepLine:
    name = choose(step.name, step.name_en)
    if step.state == "ahead":
        return StepLine(kind="ahead", name=name)
    is_here = step.state == "here"
    if step.ended_at is None or step.opened_at is None:
        is_other = is_beside and not is_here
        note = gettext("also open") if is_other else gettext("under way")
        return StepLine(kind="now", name=name, note=note, is_here=is_here)
    taken = brief(step.ended_at - step.opened_at)
    return StepLine(kind="done", name=name, note=taken, is_here=is_here)


def _percent(clock: ClockItem) -> int:
    budget = clock.target_seconds + clock.extension_seconds
    return round(100 * clock.elapsed_seconds / budget) if budget else 100


def _heading(due_at: datetime, now: datetime) -> str:
    if due_at < now:
        return gettext("Overdue by %(time)s", time=length(now - due_at))
    return gettext("%(time)s left", time=length(due_at - now))


def _tone(due_at: datetime, now: datetime, percent: int | None) -> str:
    if due_at < now:
        return "late"
    return "soon" if (percent or 0) >= _SOON_PERCENT or due_at - now <= _SOON else ""


def _due(due_at: datetime, clock: ClockItem | None, now: datetime, *, is_own: bool) -> str:
    at = when(due_at, now)
    if clock is None:
        return gettext("Deadline %(at)s", at=at)
    budget = clock.target_seconds + clock.extension_seconds
    time = hours(budget) if clock.mode == "working" else length(budget)
    if not is_own:
        return gettext("Deadline of the work order %(at)s", at=at)
    if clock.mode == "working":
        return gettext("Deadline %(at)s (%(time)s of working time)", at=at, time=time)
    return gettext("Deadline %(at)s (%(time)s)", at=at, time=time)


def _following(planned: PlannedEscalation, now: datetime) -> str:
    receiver = planned.rule.receiver
    to = f"{receiver.role}@{receiver.scope}" if receiver.role else "assignee"
    return gettext(
        "Next: %(at)s → %(who)s", at=when(planned.planned_at, now), who=receiver_word(to)
    )


def _pauses(clock: ClockItem, setup: Setup, now: datetime) -> str:
    """The pause that lasts with its reason, or all past ones together."""
    pauses: Sequence[dict[str, datetime]] = clock.pauses
    if not pauses:
        return ""
    last = clock.pauses[-1]
    if last["until_at"] is None:
        return gettext(
            "Paused since %(at)s: %(reason)s",
            at=when(last["from_at"], now),
            reason=hold_word(last["reason"], setup),
        )
    total = sum((pause["until_at"] - pause["from_at"] for pause in pauses), timedelta())
    return gettext("Paused for %(time)s in all", time=length(total))
