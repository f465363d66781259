"""Put a task off 稍后, and bring it back."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from engine.domain import commands
from engine.handlers.results import IdResult
from forms.pages.acts.act import Act, Choice, Field, Subject, Undo, Values
from forms.pages.acts.asked import the_task
from forms.pages.acts.snoozing import preset_at, presets
from forms.pages.language import gettext, mark
from forms.pages.moments import when

_OWN: Final = "own"


def _fields(subject: Subject) -> tuple[Field, ...]:
    moment = subject.moment
    return (
        Field(
            name="preset",
            label=mark("Until"),
            kind="choice",
            value="hour",
            choices=tuple(
                Choice(value=each.code, label=each.label, detail=each.shown(moment.now))
                for each in presets(moment)
            ),
        ),
        Field(
            name="until",
            label=mark("At another time"),
            kind="moment",
            required=False,
            ticks=("preset", _OWN),
        ),
    )


def _until(subject: Subject, values: Values) -> datetime | None:
    own: datetime | None = values["until"]
    return own if values["preset"] == _OWN else preset_at(subject.moment, values["preset"])


def _check(subject: Subject, values: Values) -> dict[str, str]:
    until = _until(subject, values)
    if until is None:
        return {"until": gettext("Give a day and a time.")}
    if until <= subject.moment.now:
        return {"until": gettext("This has passed already.")}
    return {}


ACTS: Final = (
    Act(
        name="snooze",
        label=mark("Later"),
        icon="alarm-clock-plus",
        about="task",
        offered=lambda subject: subject.is_open and (subject.holds or subject.is_worker),
        fields=_fields,
        hint=mark("It leaves your list and comes back by itself; its clocks go on."),
        check=_check,
        make=lambda subject, values: commands.SnoozeTask(
            task_id=the_task(subject).id, until=_until(subject, values)
        ),
        result=IdResult,
        toast=lambda subject, values, _result: gettext(
            "Put off: %(at)s",
            at=when(_until(subject, values), subject.moment.now),
        ),
        undo=Undo(act="unsnooze"),
        is_main=True,
        leaves=True,
    ),
    Act(
        name="unsnooze",
        label=mark("Bring back"),
        icon="alarm-clock-off",
        about="task",
        # Who has put the task off is told by the list and the toast, not by the task.
        offered=lambda _subject: False,
        make=lambda subject, _values: commands.SnoozeTask(
            task_id=the_task(subject).id, until=None
        ),
        result=IdResult,
        toast=mark("It is in your list again."),
    ),
)
