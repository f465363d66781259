"""What superiors do about work: instruct and supervise."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Literal

from engine.domain import access, commands
from engine.handlers.results import IdResult, TaskResult
from forms.pages.acts.act import Act, Field, Subject, Values
from forms.pages.acts.asked import the_task
from forms.pages.language import mark


def _leads(subject: Subject) -> bool:
    lead = access.Act.LEAD
    return subject.may(lead) or access.may(subject.person, lead, subject.order.unit_path)


def _leads_work(subject: Subject) -> bool:
    task = subject.task
    return task is not None and subject.is_open and task.purpose == "work" and _leads(subject)


def _leads_order(subject: Subject) -> bool:
    return subject.task is None and subject.order.status == "running" and _leads(subject)


_INSTRUCTION: Final = (
    Field(name="text", label=mark("Instruction"), kind="lines"),
    Field(
        name="new_due_at",
        label=mark("New deadline"),
        kind="moment",
        required=False,
        help=mark("Only if the deadline is to change."),
    ),
)


def _instruct(subject: Subject, values: Values) -> commands.InstructOrder:
    return commands.InstructOrder(
        order_id=subject.order.id,
        text=values["text"],
        task_id=None if subject.task is None else subject.task.id,
        new_due_at=values["new_due_at"],
    )


def _instructing(
    name: str, about: Literal["task", "order"], offered: Callable[[Subject], bool]
) -> Act:
    return Act(
        name=name,
        label=mark("Instruct"),
        icon="gavel",
        about=about,
        offered=offered,
        fields=_INSTRUCTION,
        hint=mark("Who works on it is told, and sees it above the form until it is done."),
        make=_instruct,
        result=IdResult,
        toast=mark("Instructed."),
    )


ACTS: Final = (
    _instructing("instruct", "task", _leads_work),
    _instructing("instruct-order", "order", _leads_order),
    Act(
        name="supervise",
        label=mark("Supervise"),
        icon="megaphone",
        about="task",
        offered=_leads_work,
        fields=(Field(name="text", label=mark("Why"), kind="lines", required=False),),
        hint=mark("You get a supervision task about it, and who works on it is told."),
        make=lambda subject, values: commands.SuperviseTask(
            task_id=the_task(subject).id, text=values["text"]
        ),
        result=TaskResult,
        toast=mark("You supervise this task now; find it among your tasks."),
    ),
)
