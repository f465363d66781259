"""Signers of a task: ask others to sign, take them off, take a completion back from them."""

from __future__ import annotations

from typing import Any, Final

from engine.domain import access, commands
from engine.domain import signing as domain
from engine.domain.signing import RULE, Signing
from engine.handlers.results import TaskResult
from engine.queries.people import by_ids
from forms.pages.acts.act import VERSION, Act, Choice, Field, Subject, Undo, Values
from forms.pages.acts.asked import REMARK, the_task
from forms.pages.language import gettext, mark, ngettext

_SHARE: Final = "share"


def _round(subject: Subject) -> Signing | None:
    return None if subject.task is None else domain.read(subject.task.signing)


def _chooses(subject: Subject) -> bool:
    """Whether the person may choose who signs, as `engine.handlers.signing` sees it."""
    task = subject.task
    return (
        task is not None
        and subject.is_open
        and task.purpose == "work"
        and subject.order.held is None
        and (subject.is_worker or subject.may(access.Act.LEAD))
    )


def _is_in_force(signing: Signing | None) -> bool:
    return signing is not None and bool(signing.signatures) and not signing.is_decided


def _fields(subject: Subject) -> tuple[Field, ...]:
    people = Field(
        name="people",
        label=mark("Who signs"),
        kind="people",
        help=mark("Names or logins, separated by commas."),
    )
    if _is_in_force(_round(subject)):
        return (people, REMARK)
    return (
        people,
        Field(
            name="when",
            label=mark("When they sign"),
            kind="choice",
            value="before",
            choices=(
                Choice(
                    value="before",
                    label=gettext("Before completion"),
                    detail=gettext("opinions that have to be there, but bind nobody"),
                ),
                Choice(
                    value="after",
                    label=gettext("After completion"),
                    detail=gettext("they decide whether it goes on"),
                ),
            ),
        ),
        Field(
            name="rule",
            label=mark("How many of them"),
            kind="choice",
            value="all",
            choices=(
                Choice(value="all", label=gettext("All sign")),
                Choice(value="any", label=gettext("One is enough")),
                Choice(value=_SHARE, label=gettext("A share of them")),
            ),
        ),
        Field(
            name="share",
            label=mark("Share (percent)"),
            required=False,
            help=mark("Only for “a share of them”: 1 to 100."),
            ticks=("rule", _SHARE),
        ),
        REMARK,
    )


def _check(subject: Subject, values: Values) -> dict[str, str]:
    del subject
    if values.get("rule") == _SHARE and not RULE.fullmatch(f"{values['share'].rstrip('% ')}%"):
        return {"share": gettext("Give a whole number from 1 to 100.")}
    return {}


def _add(subject: Subject, values: Values) -> commands.AddSigners:
    signing = _round(subject)
    if signing is not None and _is_in_force(signing):
        when, rule = str(signing.when), signing.rule
    else:
        when, rule = values["when"], values["rule"]
        if rule == _SHARE:
            rule = f"{values['share'].rstrip('% ')}%"
    return commands.AddSigners(
        task_id=the_task(subject).id,
        people=values["people"],
        when=when,
        rule=rule,
        reason=values["reason"],
        version=values[VERSION],
    )


def _pending(subject: Subject) -> tuple[Choice, ...]:
    signing = _round(subject)
    pending = () if signing is None else signing.pending
    return tuple(
        Choice(value=each.login, label=each.label) for each in by_ids(subject.moment, pending)
    )


def _remove_fields(subject: Subject) -> tuple[Field, ...]:
    choices = _pending(subject)
    return (
        Field(
            name="people",
            label=mark("Who need not sign"),
            kind="people",
            choices=choices,
            value=choices[0].label if len(choices) == 1 else "",
            help=mark("Only who has not signed yet."),
        ),
        REMARK,
    )


def _asked(_subject: Subject, values: Values, _result: Any) -> str:
    return ngettext(
        "%(num)d person asked to sign.", "%(num)d people asked to sign.", len(values["people"])
    )


ACTS: Final = (
    Act(
        name="add-signers",
        label=mark("Add signers"),
        icon="user-plus",
        about="task",
        offered=_chooses,
        fields=_fields,
        hint=mark("Each gets a task to sign and is told so; the deadline stays."),
        check=_check,
        make=_add,
        result=TaskResult,
        toast=_asked,
        undo=lambda _subject, values, _result: Undo(
            act="remove-signers", fields={"people": ", ".join(values["people"]), "reason": ""}
        ),
    ),
    Act(
        name="remove-signers",
        label=mark("Take signers off"),
        icon="user-minus",
        about="task",
        offered=lambda subject: (
            _chooses(subject)
            and (signing := _round(subject)) is not None
            and not signing.is_decided
            and bool(signing.pending)
        ),
        fields=_remove_fields,
        hint=mark("Those the process asks for itself can only be taken off by superiors."),
        make=lambda subject, values: commands.RemoveSigners(
            task_id=the_task(subject).id,
            people=values["people"],
            reason=values["reason"],
            version=values[VERSION],
        ),
        result=TaskResult,
        toast=mark("Taken off."),
    ),
    Act(
        name="take-submission-back",
        label=mark("Take back from the signers"),
        icon="undo-2",
        about="task",
        offered=lambda subject: (
            _chooses(subject) and (signing := _round(subject)) is not None and signing.submitted
        ),
        make=lambda subject, values: commands.RemoveSigners(
            task_id=the_task(subject).id, people=(), version=values[VERSION]
        ),
        result=TaskResult,
        toast=mark("Taken back; the values are your draft."),
    ),
)
