"""The clocks of an order in words: time used, pauses, and what happens next by itself."""

from __future__ import annotations

from datetime import datetime

import msgspec

from engine.domain.drawing import Drawing
from engine.domain.records import ClockState, Order
from engine.queries.inbox import published
from engine.queries.orders import ClockItem, NextEvent, clock_items, tasks_of, upcoming
from engine.queries.progress import drawing_of
from engine.store.view import View
from forms.pages.language import choose, gettext, language
from forms.pages.moments import hours, length
from forms.pages.words import action_word, hold_word, policy_word, receiver_word


class Pause(msgspec.Struct, frozen=True, kw_only=True):
    """A time in which a clock did not count."""

    from_at: datetime
    until_at: datetime | None
    reason: str


class Clock(msgspec.Struct, frozen=True, kw_only=True):
    """One clock.

    Attributes:
        target, extension, elapsed: Lengths of the clock's own kind of time; no extension is empty.
        used: Share of the time used, from 0, in hundredths; more than 100 when overdue.
    """

    name: str
    policy: str
    item: ClockItem
    target: str
    extension: str
    elapsed: str
    used: int
    pauses: list[Pause]

    @property
    def tone(self) -> str:
        """Colour of its state."""
        if self.item.is_overdue or (self.item.is_stopped and self.used > _FULL):
            return "red"
        if self.item.is_stopped:
            return "green"
        return "amber" if self.item.is_paused or self.used >= _MOSTLY else ""


class Planned(msgspec.Struct, frozen=True, kw_only=True):
    """Something that will happen by itself."""

    at: datetime | None
    text: str
    level: int | None
    task_id: int | None


class Clocks(msgspec.Struct, frozen=True, kw_only=True):
    """All clocks of an order, and what is planned, soonest first."""

    clocks: list[Clock]
    planned: list[Planned]


_FULL = 100
_MOSTLY = 75


def clocks(moment: View, order: Order) -> Clocks:
    """Clocks of an order the caller has checked."""
    names = {task.id: (task.name, task.name_en) for task in tasks_of(moment, order.id)}
    drawing = drawing_of(moment, order.definition_id)
    variables = published(moment, {order.id}).get(order.id, {})
    return Clocks(
        clocks=[
            _clock(moment, item, order.clocks[item.key], names)
            for item in clock_items(moment, order)
        ],
        planned=[_planned(event, names, drawing) for event in upcoming(moment, order, variables)],
    )


def _clock(
    moment: View, item: ClockItem, state: ClockState, names: dict[int, tuple[str, str]]
) -> Clock:
    budget = item.target_seconds + item.extension_seconds
    told = hours if item.mode == "working" else length
    policy = policy_word(item.sla_key, moment.setup)
    key, _, task = item.key.partition(":")
    if key == "task" and int(task) in names:
        name = choose(*names[int(task)])
    else:
        name = gettext("Whole order") if key == "order" else policy
    return Clock(
        name=name,
        policy=policy,
        item=item,
        target=told(item.target_seconds),
        extension=told(item.extension_seconds) if item.extension_seconds else "",
        elapsed=told(item.elapsed_seconds),
        used=round(100 * item.elapsed_seconds / budget) if budget else 0,
        pauses=[
            Pause(
                from_at=pause.from_at,
                until_at=pause.until_at,
                reason=hold_word(pause.reason, moment.setup),
            )
            for pause in state.value.pauses
        ],
    )


def _planned(event: NextEvent, names: dict[int, tuple[str, str]], drawing: Drawing) -> Planned:
    subject = choose(*names[event.task_id]) if event.task_id in names else ""
    if event.kind != "escalation":
        name = drawing.named(event.element, language()) or event.name
        text = gettext("Timer: %(name)s", name=name)
    else:
        subject = subject or gettext("Whole order")
        text = gettext(
            "%(to)s: %(actions)s",
            to=receiver_word(event.to or ""),
            actions=gettext(", ").join(action_word(action) for action in event.actions),
        )
    return Planned(
        at=event.at,
        text=gettext("%(subject)s: %(text)s", subject=subject, text=text) if subject else text,
        level=event.level,
        task_id=event.task_id,
    )
