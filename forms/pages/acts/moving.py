"""Along the drawing: take one's own step back, return, jump."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from engine.domain import access, commands
from engine.handlers.results import TaskResult
from engine.queries import moving
from forms.pages.acts.act import VERSION, Act, Choice, Field, Subject
from forms.pages.acts.asked import REASON, the_task
from forms.pages.caller import application
from forms.pages.language import choose, mark
from forms.pages.moments import when


def _can_take_back(subject: Subject) -> bool:
    task = subject.task
    return (
        task is not None
        and task.purpose == "work"
        and task.state == "completed"
        and task.ended_by == subject.person.id
        and subject.order.status == "running"
        and subject.order.held is None
    )


def _can_return(subject: Subject) -> bool:
    task = subject.task
    is_work = task is not None and task.purpose == "work" and task.owner is None
    return is_work and subject.is_open and subject.is_worker and subject.order.held is None


def _can_jump(subject: Subject) -> bool:
    is_work = subject.task is not None and subject.task.purpose == "work"
    is_theirs = access.may(subject.person, access.Act.JUMP, subject.order.unit_path)
    return is_work and subject.is_open and is_theirs


def _places(subject: Subject, found: Iterable[moving.Place]) -> tuple[Choice, ...]:
    return tuple(
        Choice(
            value=place.element,
            label=choose(place.name, place.name_en),
            detail=_done(subject, place),
        )
        for place in found
    )


def _done(subject: Subject, place: moving.Place) -> str:
    if place.done_at is None:
        return ""
    at = when(place.done_at, subject.moment.now)
    return f"{place.done_by} {at}" if place.done_by else at


def _return_fields(subject: Subject) -> tuple[Field, ...]:
    found = moving.returnable(
        subject.moment, the_task(subject), subject.order, application().kernel
    )
    places = _places(subject, found)
    return (
        Field(
            name="to",
            label=mark("Back to"),
            kind="choice",
            choices=places,
            value=places[0].value if places else "",
            without=mark("There is no earlier step this task could go back to."),
        ),
        REASON,
    )


def _jump_fields(subject: Subject) -> tuple[Field, ...]:
    found = moving.reachable(
        subject.moment, the_task(subject), subject.order, application().kernel
    )
    return (
        Field(
            name="to",
            label=mark("Go on at"),
            kind="choice",
            choices=_places(subject, found),
            without=mark("From here the process cannot go on anywhere else."),
        ),
        REASON,
    )


ACTS: Final = (
    Act(
        name="take-back",
        label=mark("Take back"),
        icon="undo-2",
        about="task",
        offered=_can_take_back,
        make=lambda subject, _values: commands.TakeBackStep(task_id=the_task(subject).id),
        result=TaskResult,
        toast=mark("Taken back; the step is open again."),
        is_main=True,
        leads_to=lambda _subject, result: f"/tasks/{result.opened[0]}",
    ),
    Act(
        name="return",
        label=mark("Send back"),
        icon="corner-up-left",
        about="task",
        offered=_can_return,
        fields=_return_fields,
        hint=mark("The process goes back to a step done before; what was entered stays."),
        make=lambda subject, values: commands.ReturnTask(
            task_id=the_task(subject).id,
            reason=values["reason"],
            to_element=values["to"],
            version=values[VERSION],
        ),
        result=TaskResult,
        toast=mark("Sent back."),
        is_main=True,
        leaves=True,
    ),
    Act(
        name="jump",
        label=mark("Jump"),
        icon="fast-forward",
        about="task",
        offered=_can_jump,
        fields=_jump_fields,
        hint=mark("The process goes on elsewhere, and this task is not done."),
        make=lambda subject, values: commands.JumpTask(
            task_id=the_task(subject).id,
            to_element=values["to"],
            reason=values["reason"],
            version=values[VERSION],
        ),
        result=TaskResult,
        toast=mark("The process goes on elsewhere."),
        tone="d",
        leaves=True,
    ),
)
