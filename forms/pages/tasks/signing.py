"""Signing rounds in words: who was asked, what they said, what it means for the task."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

import msgspec

from engine.domain import access
from engine.domain.records import Task
from engine.domain.signing import Signature, Signing
from engine.queries.signatures import RoundItem, round_of
from engine.store.view import View
from forms.pages.language import choose, gettext, mark

#: What a signer did, and how it looks.
VERDICTS: Final[Mapping[str, tuple[str, str, str]]] = {
    "": (mark("not yet"), "hourglass", ""),
    "approved": (mark("agrees"), "circle-check", "green"),
    "rejected": (mark("does not agree"), "circle-x", "red"),
}


class SignatureLine(msgspec.Struct, frozen=True, kw_only=True):
    """One signer.

    Attributes:
        by: Who signed in their place, empty if they did themselves.
        is_drawn: Whether the process asks for it.
    """

    name: str
    word: str
    icon: str
    tone: str
    remark: str
    at: datetime | None
    by: str
    is_drawn: bool


class SigningState(msgspec.Struct, frozen=True, kw_only=True):
    """A round as the page of a task shows it.

    Attributes:
        task_id: The task that is signed.
        is_own: Whether the page is that of the signed task, not of a signature.
        reason: What was written when this signature was asked for.
        is_second: Whether the reader speaks elsewhere in the round and cannot sign here.
        tone: ``amber`` while something is awaited, ``info`` else.
        earlier: What was said in rounds that are over.
    """

    task_id: int
    is_own: bool
    heading: str
    rule: str
    reason: str
    is_second: bool
    tone: str
    lines: list[SignatureLine]
    earlier: list[SignatureLine]
    now: datetime


def signing_state(moment: View, task: Task) -> SigningState | None:
    """The round around a task; None if there is none. At most two statements."""
    found = round_of(moment, task)
    if found is None:
        return None
    signing = found.signing
    is_own = found.task_id == task.id
    return SigningState(
        task_id=found.task_id,
        is_own=is_own,
        heading=_heading(found) if is_own else _asked(found),
        rule=rule_word(signing.when, signing.rule),
        reason="" if is_own else str(task.details.get("reason", "")),
        is_second=_is_second(moment, task, signing),
        tone="amber" if not signing.is_decided and signing.signatures else "info",
        lines=[_line(each, found.names) for each in signing.signatures],
        earlier=[_line(each, found.names) for each in signing.earlier],
        now=moment.now,
    )


def _is_second(moment: View, task: Task, signing: Signing) -> bool:
    by, signer = moment.by, task.details.get("signer")
    if by is None or signer is None or not task.is_open or signer not in access.hands(by):
        return False
    return signing.is_second(by.id, signer)


def rule_word(when: str, rule: str) -> str:
    """When and how many sign, in words."""
    counts = {"all": gettext("all of them"), "any": gettext("one is enough")}
    count = counts.get(rule) or gettext("at least %(share)s of them", share=rule)
    sentences = {
        "before": gettext("Opinions before completion: %(count)s", count=count),
        "after": gettext("Decision after completion: %(count)s", count=count),
    }
    return sentences[when]


def _heading(found: RoundItem) -> str:
    signing = found.signing
    done, all_ = len(signing.signatures) - len(signing.pending), len(signing.signatures)
    if signing.submitted:
        worker = found.names.get(signing.submitted_by or 0, "")
        return gettext(
            "%(name)s has completed it; it waits for its signers (%(done)d of %(all)d)",
            name=worker, done=done, all=all_,
        )  # fmt: skip
    if not signing.signatures:
        return gettext("Signatures")
    if signing.when == "after":
        return gettext("Signers decide about the completion")
    if signing.is_decided:
        return gettext("The opinions are there")
    return gettext("Opinions are awaited (%(done)d of %(all)d)", done=done, all=all_)


def _asked(found: RoundItem) -> str:
    return gettext("Your signature is asked for: %(task)s", task=choose(found.name, found.name_en))


def _line(signature: Signature, names: Mapping[int, str]) -> SignatureLine:
    word, icon, tone = VERDICTS[signature.verdict]
    return SignatureLine(
        name=names.get(signature.person, ""),
        word=gettext(word),
        icon=icon,
        tone=tone,
        remark=signature.remark,
        at=signature.at,
        by="" if signature.by is None else names.get(signature.by, ""),
        is_drawn=signature.drawn,
    )
