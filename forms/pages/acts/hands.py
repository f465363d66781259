"""Into whose hands a task goes: claim, release, assign, transfer, delegate and back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from engine.domain import access, commands
from engine.handlers.results import TaskResult
from engine.queries import people
from forms.pages.acts.act import VERSION, Act, Choice, Field, Subject, Undo, Values
from forms.pages.acts.asked import REASON, REMARK, the_task
from forms.pages.language import choose, gettext, mark
from forms.pages.words import role_word


def _can_claim(subject: Subject) -> bool:
    task = subject.task
    return (
        task is not None
        and subject.is_open
        and task.assignee is None
        and subject.is_worker
        and subject.order.held is None
    )


def _can_release(subject: Subject) -> bool:
    task = subject.task
    is_held = task is not None and task.assignee is not None and bool(task.queue)
    is_delegate = task is not None and task.owner is not None
    mine = subject.holds and not is_delegate
    return subject.is_open and is_held and (mine or subject.may(access.Act.LEAD))


def _can_assign(subject: Subject) -> bool:
    return subject.is_open and subject.may(access.Act.LEAD)


def _can_transfer(subject: Subject) -> bool:
    task = subject.task
    is_work = task is not None and task.purpose == "work" and task.owner is None
    return subject.is_open and is_work and (subject.is_worker or subject.may(access.Act.LEAD))


def _can_delegate(subject: Subject) -> bool:
    task = subject.task
    is_work = task is not None and task.purpose == "work" and task.owner is None
    return subject.is_open and is_work and subject.holds


def _can_give_back(subject: Subject) -> bool:
    task = subject.task
    if task is None or task.owner is None or not subject.is_open:
        return False
    is_owner = task.owner in access.hands(subject.person)
    return not is_owner and (subject.holds or subject.may(access.Act.LEAD))


def _can_recall(subject: Subject) -> bool:
    task = subject.task
    is_mine = task is not None and task.owner in access.hands(subject.person)
    return subject.is_open and is_mine


def _to(items: Iterable[people.PersonItem]) -> tuple[Choice, ...]:
    return tuple(Choice(value=each.login, label=each.label) for each in items)


def _assign_fields(subject: Subject) -> tuple[Field, ...]:
    offered = _to(people.candidates(subject.moment, the_task(subject)))
    return (
        Field(
            name="to",
            label=mark("Assign to"),
            kind="person",
            choices=offered,
            is_closed=len(offered) < people.MOST,
            help=mark("Those who may work on this task."),
        ),
        REMARK,
    )


def _transfer_fields(subject: Subject) -> tuple[Field, ...]:
    setup, task = subject.moment.setup, the_task(subject)
    units = sorted(setup.units.values(), key=lambda unit: unit.path)
    return (
        Field(
            name="role",
            label=mark("Group"),
            kind="choice",
            required=False,
            choices=tuple(
                Choice(value=role, label=role_word(role))
                for role in sorted(access.ACTS[access.Act.WORK])
            ),
        ),
        Field(
            name="unit",
            label=mark("Unit"),
            kind="choice",
            required=False,
            choices=tuple(
                Choice(value=unit.code, label=choose(unit.name, unit.name_en)) for unit in units
            ),
        ),
        Field(
            name="to",
            label=mark("Person"),
            kind="person",
            required=False,
            choices=_to(people.candidates(subject.moment, task)),
            help=mark("Left empty, the whole group may take it."),
        ),
        REASON,
    )


def _check_transfer(_subject: Subject, values: Values) -> dict[str, str]:
    if values["role"] or values["unit"] or values["to"]:
        return {}
    return {"role": gettext("Choose a group, a unit or a person.")}


def _delegate_fields(subject: Subject) -> tuple[Field, ...]:
    return (
        Field(
            name="to",
            label=mark("Delegate to"),
            kind="person",
            choices=_to(people.colleagues(subject.moment)),
            help=mark("A name or login; colleagues of your unit are suggested."),
        ),
        REMARK,
    )


ACTS: Final = (
    Act(
        name="claim",
        label=mark("Claim"),
        icon="hand",
        about="task",
        offered=_can_claim,
        make=lambda subject, values: commands.ClaimTask(
            task_id=the_task(subject).id, version=values[VERSION]
        ),
        result=TaskResult,
        toast=mark("The task is yours."),
        undo=Undo(act="release"),
        key="c",
        tone="p",
        is_main=True,
    ),
    Act(
        name="give-back",
        label=mark("Give back"),
        icon="reply",
        about="task",
        offered=_can_give_back,
        fields=(REMARK,),
        hint=mark("The task returns to who asked you; what you filled in goes along as a draft."),
        make=lambda subject, values: commands.GiveBackTask(
            task_id=the_task(subject).id, text=values["reason"], version=values[VERSION]
        ),
        result=TaskResult,
        toast=mark("Given back."),
        tone="p",
        is_main=True,
        leaves=True,
    ),
    Act(
        name="recall",
        label=mark("Call back"),
        icon="undo-2",
        about="task",
        offered=_can_recall,
        make=lambda subject, values: commands.GiveBackTask(
            task_id=the_task(subject).id, version=values[VERSION]
        ),
        result=TaskResult,
        toast=mark("The task is yours again."),
        tone="p",
        is_main=True,
    ),
    Act(
        name="transfer",
        label=mark("Transfer"),
        icon="forward",
        about="task",
        offered=_can_transfer,
        fields=_transfer_fields,
        check=_check_transfer,
        hint=mark("Another group, unit or person becomes responsible; the hand-over is counted."),
        make=lambda subject, values: commands.TransferTask(
            task_id=the_task(subject).id,
            reason=values["reason"],
            role=values["role"],
            unit=values["unit"],
            to=values["to"],
            version=values[VERSION],
        ),
        result=TaskResult,
        toast=mark("Transferred."),
        is_main=True,
        leaves=True,
    ),
    Act(
        name="delegate",
        label=mark("Delegate"),
        icon="user-plus",
        about="task",
        offered=_can_delegate,
        fields=_delegate_fields,
        hint=mark("Somebody prepares the task for you; it comes back before it is completed."),
        make=lambda subject, values: commands.DelegateTask(
            task_id=the_task(subject).id,
            to=values["to"],
            reason=values["reason"],
            version=values[VERSION],
        ),
        result=TaskResult,
        toast=mark("Delegated."),
        undo=Undo(act="recall"),
    ),
    Act(
        name="assign",
        label=mark("Assign"),
        icon="user-check",
        about="task",
        offered=_can_assign,
        fields=_assign_fields,
        make=lambda subject, values: commands.AssignTask(
            task_id=the_task(subject).id,
            to=values["to"],
            reason=values["reason"],
            version=values[VERSION],
        ),
        result=TaskResult,
        toast=mark("Assigned."),
    ),
    Act(
        name="release",
        label=mark("Release"),
        icon="users",
        about="task",
        offered=_can_release,
        make=lambda subject, values: commands.ReleaseTask(
            task_id=the_task(subject).id, version=values[VERSION]
        ),
        result=TaskResult,
        toast=mark("Back with the group."),
        undo=Undo(act="claim"),
    ),
)
