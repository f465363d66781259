"""More time 延期: ask for it, decide about it."""

from __future__ import annotations

from typing import Any, Final

from engine.domain import access, commands
from engine.handlers.results import IdResult, TaskResult
from forms.pages.acts.act import Act, Choice, Field, Subject, Values
from forms.pages.acts.asked import REASON, the_task
from forms.pages.acts.values import as_typed
from forms.pages.language import gettext, mark


def _can_ask(subject: Subject) -> bool:
    task = subject.task
    due_at = None if task is None else task.due_at or subject.order.due_at
    return (
        task is not None
        and task.purpose == "work"
        and subject.is_open
        and subject.is_worker
        and task.owner is None
        and subject.order.held is None
        and due_at is not None
        and due_at > subject.moment.now
        and subject.asked_for is None
    )


def _can_withdraw(subject: Subject) -> bool:
    task = subject.task
    return (
        task is not None
        and subject.asked_for == task.id
        and subject.is_open
        and subject.is_worker
        and task.owner is None
        and subject.order.held is None
    )


def _ask_fields(subject: Subject) -> tuple[Field, ...]:
    due_at = the_task(subject).due_at or subject.order.due_at
    return (
        Field(
            name="new_due_at",
            label=mark("New deadline"),
            kind="moment",
            value="" if due_at is None else as_typed(due_at),
        ),
        REASON,
    )


def _can_decide(subject: Subject) -> bool:
    is_asked = subject.task is not None and subject.task.purpose == "extension"
    return is_asked and subject.is_open and subject.may(access.Act.LEAD) and subject.is_worker


def _decide_fields(_subject: Subject) -> tuple[Field, ...]:
    return (
        Field(
            name="decision",
            label=mark("Decision"),
            kind="choice",
            choices=(
                Choice(value="approve", label=gettext("Approve")),
                Choice(value="deny", label=gettext("Deny")),
            ),
        ),
        Field(name="comment", label=mark("Remark"), kind="lines", required=False),
    )


def _check_decision(_subject: Subject, values: Values) -> dict[str, str]:
    if values["decision"] == "deny" and not values["comment"]:
        return {"comment": gettext("Say why it is denied.")}
    return {}


def _decided(_subject: Subject, values: Values, _result: Any) -> str:
    if values["decision"] == "approve":
        return gettext("More time was granted.")
    return gettext("More time was denied.")


ACTS: Final = (
    Act(
        name="extend",
        label=mark("Ask for more time"),
        icon="alarm-clock-plus",
        about="task",
        offered=_can_ask,
        fields=_ask_fields,
        hint=mark("A superior decides; until then the present deadline counts."),
        make=lambda subject, values: commands.RequestExtension(
            task_id=the_task(subject).id,
            new_due_at=values["new_due_at"],
            reason=values["reason"],
        ),
        result=IdResult,
        toast=mark("Asked for more time."),
        is_main=True,
    ),
    Act(
        name="withdraw-extension",
        label=mark("Take the request for time back"),
        icon="undo-2",
        about="task",
        offered=_can_withdraw,
        make=lambda subject, _values: commands.WithdrawExtension(task_id=the_task(subject).id),
        result=TaskResult,
        toast=mark("The request was taken back."),
    ),
    Act(
        name="decide",
        label=mark("Decide"),
        icon="gavel",
        about="task",
        offered=_can_decide,
        fields=_decide_fields,
        check=_check_decision,
        make=lambda subject, values: commands.DecideExtension(
            extension_id=int(the_task(subject).details["extension"]),
            approved=values["decision"] == "approve",
            comment=values["comment"],
        ),
        result=TaskResult,
        toast=_decided,
        tone="p",
        is_main=True,
        leaves=True,
    ),
)
