"""What to know before working on a task: holds, delegation, what an undrawn task is about."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import msgspec

from engine.domain.records import Order, Task
from engine.domain.setup import Setup
from engine.queries.surroundings import Surroundings
from engine.store.view import View
from forms.pages.language import choose, gettext
from forms.pages.moments import when
from forms.pages.tasks.standing import Standing
from forms.pages.words import hold_word


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """A banner.

    Attributes:
        tone: ``amber`` for what changes the work, ``info`` for what is good to know.
        path, link: Where to read more, and the words of the link.
    """

    icon: str
    heading: str
    text: str = ""
    tone: str = "info"
    path: str = ""
    link: str = ""


def notes(
    moment: View, task: Task, order: Order, around: Surroundings, stands: Standing
) -> list[Note]:
    """Banners of a task, the most important first."""
    return [
        *_hold(order, moment.setup, moment.now),
        *_asked(task, moment.now),
        *_awaits(task, around, moment.now),
        *_hands(task, around, stands),
    ]


def _hold(order: Order, setup: Setup, now: datetime) -> Iterator[Note]:
    if order.held is None:
        return
    until = order.held_until
    yield Note(
        icon="pause",
        tone="amber",
        heading=gettext("On hold: %(reason)s", reason=hold_word(order.held, setup)),
        text="" if until is None else gettext("It goes on by itself: %(at)s", at=when(until, now)),
    )


def _asked(task: Task, now: datetime) -> Iterator[Note]:
    """What a task outside the drawing is about; the task it is about is a link away."""
    about = {"path": "", "link": ""}
    if task.target is not None:
        about = {"path": f"/tasks/{task.target}", "link": gettext("Open the task it is about")}
    if task.purpose == "supervision":
        text = choose(str(task.details.get("zh", "")), str(task.details.get("en", "")))
        yield Note(
            icon="megaphone", tone="amber", heading=gettext("Supervision"), text=text, **about
        )
    if task.purpose == "extension":
        wanted = datetime.fromisoformat(task.details["new_due_at"])
        yield Note(
            icon="calendar-clock",
            tone="amber",
            heading=gettext("More time is asked for, until %(at)s", at=when(wanted, now)),
            text=str(task.details.get("reason", "")),
            **about,
        )


def _awaits(task: Task, around: Surroundings, now: datetime) -> Iterator[Note]:
    if task.purpose == "work" and task.is_open and around.asked_until is not None:
        at = when(around.asked_until, now)
        yield Note(
            icon="calendar-clock",
            heading=gettext("More time is asked for, until %(at)s", at=at),
            text=gettext("A superior decides; until then the present deadline counts."),
        )


def _hands(task: Task, around: Surroundings, stands: Standing) -> Iterator[Note]:
    if task.owner is not None and stands.can_edit and not stands.can_complete:
        owner = around.names.get(task.owner, "")
        yield Note(
            icon="handshake",
            heading=gettext("%(name)s asked you to prepare this task", name=owner),
            text=gettext("Fill in the form, then give the task back; the draft goes with it."),
        )
    if stands.claims:
        yield Note(
            icon="hand",
            heading=gettext("Nobody has claimed this task yet"),
            text=gettext("Completing it claims it for you on the way."),
        )
