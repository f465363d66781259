"""The history of an order as a list of sentences, by kind and page by page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

import msgspec

from engine.domain import facts as f
from engine.domain.records import Order
from engine.queries.history import Told, told
from engine.queries.paging import decode_cursor, encode_cursor
from engine.store.view import View
from forms.pages.events import Names, detail, sentence
from forms.pages.language import mark

_PER_PAGE: Final = 60
#: So many of the last commands are looked at for the newest events.
_REACH: Final = 24


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """Facts shown together."""

    name: str
    label: str
    facts: tuple[type[f.Fact], ...]


#: What can be filtered by; ``main`` is what matters to people, and the default.
GROUPS: Final = (
    Group(
        name="work",
        label=mark("Work"),
        facts=(
            f.OrderStarted, f.OrderHeld, f.OrderResumed, f.OrderSuspended, f.OrderReactivated,
            f.OrderEnded, f.TaskOpened, f.TaskClaimed, f.TaskReleased, f.TaskAssigned,
            f.TaskTransferred, f.TaskCompleted, f.TaskReturned, f.StepTakenBack, f.TaskJumped,
            f.TaskDelegated, f.TaskGivenBack, f.TaskTakenOver, f.SigningSet, f.TaskWithdrawn,
            f.TaskNoted, f.HandoverCounted,
        ),
    ),
    Group(
        name="time",
        label=mark("Deadlines and escalation"),
        facts=(
            f.ClockSet, f.ClockStopped, f.EscalationFired, f.TaskEscalated, f.ExtensionRequested,
            f.ExtensionDecided, f.PriorityRaised, f.OrderUrged,
        ),
    ),
    Group(
        name="talk",
        label=mark("Talk and files"),
        facts=(
            f.CommentAdded, f.AttachmentAdded, f.Instructed, f.Copied, f.CopyRemoved, f.Notified,
            f.OrderUrged, f.ContactRevealed,
        ),
    ),
    Group(
        name="data",
        label=mark("Data"),
        facts=(f.VariablesChanged, f.VariablesPublished, f.RecordSaved, f.RecordRemoved),
    ),
    Group(
        name="process",
        label=mark("Process"),
        facts=(
            f.ElementsPassed, f.StateEntered, f.MilestoneReached, f.TimerSet, f.TimerFired,
            f.TimerClosed, f.JobOpened, f.JobClosed, f.OperationDone, f.MessageAwaited,
            f.MessageReceived, f.MessageClosed, f.MessageThrown, f.SignalThrown, f.IncidentOpened,
            f.IncidentClosed,
        ),
    ),
)  # fmt: skip
MAIN: Final = "main"
ALL: Final = "all"
#: Left out of what matters to people: what follows from something that is told anyway.
_NOISE: Final = (
    f.ElementsPassed, f.VariablesChanged, f.VariablesPublished, f.TimerSet, f.TimerClosed,
    f.MessageAwaited, f.MessageClosed, f.OperationDone, f.JobOpened, f.Notified, f.ClockSet,
    f.ClockStopped, f.TaskEscalated, f.HandoverCounted, f.RecordSaved, f.TaskNoted,
)  # fmt: skip
_TONES: Final[dict[str, tuple[type[f.Fact], ...]]] = {
    "red": (f.EscalationFired, f.TaskReturned, f.IncidentOpened, f.OrderSuspended, f.OrderUrged),
    "amber": (f.OrderHeld, f.TaskJumped, f.ExtensionRequested, f.Instructed, f.StepTakenBack),
    "green": (f.TaskCompleted, f.OrderEnded, f.MilestoneReached, f.IncidentClosed),
    "blue": (f.OrderStarted, f.TaskClaimed, f.TaskAssigned, f.TaskOpened, f.OrderResumed),
}


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One line.

    Attributes:
        tone: Colour of its dot, empty for none.
        detail: What somebody wrote with it.
    """

    seq: int
    at: datetime
    text: str
    detail: str
    tone: str
    hash: str


class Tab(msgspec.Struct, frozen=True, kw_only=True):
    """A filter with the number of facts it shows; the label is marked for translation."""

    name: str
    label: str
    count: int
    is_current: bool


class Timeline(msgspec.Struct, frozen=True, kw_only=True):
    """A page of the history, newest first.

    Attributes:
        next_cursor: Where older entries begin, None if there are none.
    """

    order_number: str
    entries: list[Entry]
    tabs: list[Tab]
    kind: str
    next_cursor: str | None


def timeline(moment: View, order: Order, kind: str = MAIN, cursor: str | None = None) -> Timeline:
    """The history of an order the caller has checked.

    Args:
        moment: The moment and who asks.
        order: The order.
        kind: Name of a group, ``main`` or ``all``; anything else is ``main``.
        cursor: Where the page before ended.

    Raises:
        CursorInvalidError: The cursor is not one of this list's.
    """
    history = told(moment, order.id)
    kind = kind if kind in _kinds() else MAIN
    shown = [one for one in history if _belongs(one.fact, kind)]
    if cursor is not None:
        (before,) = decode_cursor(cursor, int)
        shown = [one for one in shown if one.seq < before]
    newest = list(reversed(shown[-_PER_PAGE:]))
    return Timeline(
        order_number=order.number,
        entries=_entries(Names(moment, order, history), newest),
        tabs=[
            Tab(
                name=name,
                label=label,
                count=sum(_belongs(one.fact, name) for one in history),
                is_current=name == kind,
            )
            for name, label in _kinds().items()
        ],
        kind=kind,
        next_cursor=encode_cursor(newest[-1].seq) if len(shown) > _PER_PAGE else None,
    )


def recent(moment: View, order: Order, limit: int = 6) -> list[Entry]:
    """The newest of what matters to people, newest first.

    Long histories are not read to their beginning, unless what is shown speaks of it.
    """
    near = told(moment, order.id, newest=_REACH)
    entries, is_enough = _newest(moment, order, near, limit)
    if is_enough or (near and near[0].seq == 1):
        return entries
    return _newest(moment, order, told(moment, order.id), limit)[0]


def _newest(
    moment: View, order: Order, history: Sequence[Told], limit: int
) -> tuple[list[Entry], bool]:
    """The newest entries of a part of the history, and whether the part tells all about them."""
    shown = [one for one in history if _belongs(one.fact, MAIN)][-limit:]
    names = Names(moment, order, history)
    entries = _entries(names, list(reversed(shown)))
    return entries, len(shown) == limit and not names.is_lacking


def escalations(moment: View, order: Order) -> list[Entry]:
    """Escalations that have happened, newest first."""
    history = told(moment, order.id)
    shown = [one for one in reversed(history) if isinstance(one.fact, f.EscalationFired)]
    return _entries(Names(moment, order, history), shown)


def _kinds() -> dict[str, str]:
    return {
        MAIN: mark("What matters"),
        **{group.name: group.label for group in GROUPS},
        ALL: mark("All events"),
    }


def _belongs(fact: f.Fact, kind: str) -> bool:
    if kind == ALL:
        return True
    if kind == MAIN:
        return not isinstance(fact, _NOISE)
    return any(isinstance(fact, group.facts) for group in GROUPS if group.name == kind)


def _entries(names: Names, shown: Sequence[Told]) -> list[Entry]:
    return [
        Entry(
            seq=one.seq,
            at=one.at,
            text=sentence(one.fact, one.actor, names),
            detail=detail(one.fact),
            tone=_tone(one.fact, _TONES.items()),
            hash=one.hash,
        )
        for one in shown
    ]


def _tone(fact: f.Fact, tones: Iterable[tuple[str, tuple[type[f.Fact], ...]]]) -> str:
    if isinstance(fact, f.TaskCompleted) and fact.late:
        return "red"
    return next((tone for tone, kinds in tones if isinstance(fact, kinds)), "")
