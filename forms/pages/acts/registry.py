"""Every act there is, in the order they are offered."""

from __future__ import annotations

from typing import Final

from forms.pages.acts import (
    copying,
    extending,
    hands,
    holding,
    later,
    moving,
    signers,
    superiors,
)
from forms.pages.acts.act import Act, Offer, Subject
from forms.pages.language import gettext

ACTS: Final[tuple[Act, ...]] = (
    *hands.ACTS,
    *moving.ACTS,
    *holding.ACTS,
    *extending.ACTS,
    *later.ACTS,
    *signers.ACTS,
    *superiors.ACTS,
    *copying.ACTS,
)
BY_NAME: Final = {act.name: act for act in ACTS}


def available(subject: Subject) -> tuple[Offer, ...]:
    """What the person could do now; asks the database nothing."""
    return tuple(
        _offer(act, subject)
        for act in ACTS
        if (act.about == "order" or subject.task is not None) and act.offered(subject)
    )


def path_of(act: Act, subject: Subject) -> str:
    """Where an act is done."""
    if act.about == "task" and subject.task is not None:
        return f"/tasks/{subject.task.id}/acts/{act.name}"
    return f"/orders/{subject.order.id}/acts/{act.name}"


def version_of(act: Act, subject: Subject) -> int:
    """Version of what an act is about."""
    if act.about == "task" and subject.task is not None:
        return subject.task.version
    return subject.order.seq


def _offer(act: Act, subject: Subject) -> Offer:
    return Offer(
        name=act.name,
        label=gettext(act.label),
        icon=act.icon,
        path=path_of(act, subject),
        has_dialog=act.fields is not None,
        key=act.key,
        tone=act.tone,
        is_main=act.is_main,
        version=version_of(act, subject),
    )
