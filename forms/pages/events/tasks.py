"""Sentences about tasks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from engine.domain import facts as f
from forms.pages.events.names import Names
from forms.pages.events.telling import plain, tells
from forms.pages.language import gettext, mark

_SIGNING: Final[Mapping[str, str]] = {
    "added": mark("%(who)s asked %(people)s to sign %(task)s"),
    "removed": mark("%(who)s no longer asks %(people)s to sign %(task)s"),
    "signed": mark("%(people)s signed %(task)s"),
    "submitted": mark("%(who)s completed %(task)s; it waits for its signers"),
    "extension_withdrawn": mark("%(task)s was closed: the request was taken back"),
    "taken_back": mark("%(who)s took the completion of %(task)s back before it was signed"),
    "ended": mark("The signing of %(task)s is over"),
}
_WITHDRAWN: Final[Mapping[str, str]] = {
    "interrupted": mark("%(task)s was taken away by the process"),
    "order_ended": mark("%(task)s was closed with the work order"),
    "signer_removed": mark("%(task)s was taken away: the signer is no longer asked"),
    "signing_decided": mark("%(task)s was closed: enough signers have decided"),
    "signing_ended": mark("%(task)s was closed with the signing"),
    "taken_back": mark("%(task)s went away: the step before it was taken back"),
}

plain(
    {
        f.TaskClaimed: mark("%(who)s claimed %(task)s"),
        f.TaskReleased: mark("%(who)s released %(task)s to the group"),
        f.TaskAssigned: mark("%(who)s gave %(task)s to %(receiver)s"),
        f.StepTakenBack: mark("%(who)s took %(task)s back"),
        f.TaskDelegated: mark("%(who)s delegated %(task)s to %(receiver)s"),
        f.TaskNoted: mark("The result of %(task)s was noted"),
    }
)


@tells(f.TaskOpened)
def _(names: Names, fact: f.TaskOpened, _who: str) -> str:
    task = names.task(fact.task)
    if fact.assignee is not None:
        return gettext(
            "%(task)s waits for %(person)s", task=task, person=names.person(fact.assignee)
        )
    if fact.queue:
        return gettext("%(task)s waits for %(group)s", task=task, group=names.queue(fact.queue))
    if fact.users:
        return gettext("%(task)s waits for %(person)s", task=task, person=names.people(fact.users))
    return gettext("%(task)s waits to be given to somebody", task=task)


@tells(f.TaskTransferred)
def _(names: Names, fact: f.TaskTransferred, who: str) -> str:
    to = names.person(fact.to) if fact.to is not None else names.queue(fact.queue)
    return gettext(
        "%(who)s transferred %(task)s to %(to)s",
        who=who,
        task=names.task(fact.task),
        to=to or names.unit(fact.unit_id),
    )


@tells(f.TaskCompleted)
def _(names: Names, fact: f.TaskCompleted, who: str) -> str:
    task = names.task(fact.task)
    if fact.skipped:
        return gettext("%(task)s was skipped: %(who)s did the step before", task=task, who=who)
    if fact.late:
        return gettext("%(who)s completed %(task)s, late", who=who, task=task)
    return gettext("%(who)s completed %(task)s", who=who, task=task)


@tells(f.TaskReturned)
def _(names: Names, fact: f.TaskReturned, who: str) -> str:
    return gettext(
        "%(who)s sent %(task)s back to %(element)s",
        who=who,
        task=names.task(fact.task),
        element=names.element(fact.to_element) or gettext("an earlier step"),
    )


@tells(f.TaskJumped)
def _(names: Names, fact: f.TaskJumped, who: str) -> str:
    return gettext(
        "%(who)s moved the process from %(task)s to %(element)s",
        who=who,
        task=names.task(fact.task),
        element=names.element(fact.to_element) or gettext("another step"),
    )


@tells(f.TaskGivenBack)
def _(names: Names, fact: f.TaskGivenBack, who: str) -> str:
    task, person = names.task(fact.task), names.person(fact.to)
    if fact.recalled:
        return gettext("%(who)s took the delegated %(task)s back", who=who, task=task)
    return gettext("%(who)s gave %(task)s back to %(person)s", who=who, task=task, person=person)


@tells(f.TaskTakenOver)
def _(names: Names, fact: f.TaskTakenOver, who: str) -> str:
    return gettext(
        "%(who)s took over %(task)s for %(person)s",
        who=who,
        task=names.task(fact.task),
        person=names.person(fact.of),
    )


@tells(f.SigningSet)
def _(names: Names, fact: f.SigningSet, who: str) -> str:
    return gettext(
        _SIGNING.get(fact.cause, mark("The signing of %(task)s changed")),
        who=who,
        people=names.people(fact.people),
        task=names.task(fact.task),
    )


@tells(f.TaskWithdrawn)
def _(names: Names, fact: f.TaskWithdrawn, _who: str) -> str:
    return gettext(
        _WITHDRAWN.get(fact.reason, _WITHDRAWN["interrupted"]), task=names.task(fact.task)
    )


@tells(f.TaskEscalated)
def _(names: Names, fact: f.TaskEscalated, _who: str) -> str:
    return gettext(
        "%(task)s is at escalation level %(level)d",
        task=names.task(fact.task),
        level=fact.level,
    )
