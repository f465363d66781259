"""What superiors do about work: instruct and supervise."""

from __future__ import annotations

from typing import Final

from engine.domain import access, commands
from engine.handlers.results import IdResult, TaskResult
from forms.pages.acts.act import Act, Field, Subject, Values
from forms.pages.acts.asked import the_task
from forms.pages.language import gettext, mark


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
_SEEN: Final = mark("Who works on it is told, and sees it above the form until it is done.")


def _instruct(subject: Subject, values: Values) -> commands.InstructOrder:
    return commands.InstructOrder(
        order_id=subject.order.id,
        text=values["text"],
        task_id=None if subject.task is None else subject.task.id,
        new_due_at=values["new_due_at"],
    )


ACTS: Final = (
    Act(
        name="instruct",
        label=mark("Instruct"),
        icon="gavel",
        about="task",
        offered=_leads_work,
        fields=lambda _subject: _INSTRUCTION,
        hint=_SEEN,
        make=_instruct,
        result=IdResult,
        toast=lambda _subject, _values, _result: gettext("Instructed."),
    ),
    Act(
        name="instruct-order",
        label=mark("Instruct"),
        icon="gavel",
        about="order",
        offered=_leads_order,
        fields=lambda _subject: _INSTRUCTION,
        hint=_SEEN,
        make=_instruct,
        result=IdResult,
        toast=lambda _subject, _values, _result: gettext("Instructed."),
    ),
    Act(
        name="supervise",
        label=mark("Supervise"),
        icon="megaphone",
        about="task",
        offered=_leads_work,
        fields=lambda _subject: (
            Field(name="text", label=mark("Why"), kind="lines", required=False),
        ),
        hint=mark("You get a supervision task about it, and who works on it is told."),
        make=lambda subject, values: commands.SuperviseTask(
            task_id=the_task(subject).id, text=values["text"]
        ),
        result=TaskResult,
        toast=lambda _subject, _values, _result: gettext(
            "You supervise this task now; find it among your tasks."
        ),
    ),
)
