"""One work order as a row of a list: what it says, in the reader's words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Final

import msgspec

from engine.queries.order_list import OrderItem, Step, current_steps
from engine.store.view import View
from forms.pages.inbox.rows import Tag
from forms.pages.language import choose, gettext, pgettext
from forms.pages.moments import length, when
from forms.pages.words import hold_word, process_word, state_word, title_word

#: Nearer deadlines are told as the time that is left.
_NEAR: Final = timedelta(hours=12)
_SOON: Final = timedelta(hours=4)
_TONES: Final = {
    "cancelled": "",
    "rejected": "",
    "failed": "red",
    "completed": "green",
    "resolved": "green",
    "closed": "green",
}
#: Steps named in a row; beyond that it says how many more there are.
_MOST_STEPS: Final = 2


class OrderRow(msgspec.Struct, frozen=True, kw_only=True):
    """A work order in a list.

    Attributes:
        customer_path: Address of the customer, None without one.
        tone: Class of the state's colours. due_tone: That of the deadline.
        steps: Where it stands, with who holds the step.
    """

    path: str
    number: str
    title: str
    process: str
    customer: str
    customer_path: str | None
    unit: str
    state: str
    tone: str
    steps: str
    due: str
    due_tone: str
    tags: tuple[Tag, ...]
    handovers: int
    started: str


def order_rows(moment: View, items: Sequence[OrderItem]) -> list[OrderRow]:
    """Rows of these orders; one statement for where they stand."""
    open_ones = [item.id for item in items if item.ended_at is None]
    steps = current_steps(moment, open_ones) if open_ones else {}
    return [_row(moment, item, steps.get(item.id, [])) for item in items]


def _row(moment: View, item: OrderItem, steps: Sequence[Step]) -> OrderRow:
    unit = moment.setup.unit(item.unit_id)
    due, due_tone = _due(moment, item)
    process = process_word(item.process, moment.setup)
    title = title_word(item.title, item.process, moment.setup)
    return OrderRow(
        path=f"/orders/{item.id}",
        number=item.number,
        title=title,
        # Titles of their own making begin with it.
        process="" if title.startswith(process) else process,
        customer=item.customer_name or "",
        customer_path=None if item.customer_id is None else f"/customers/{item.customer_id}",
        unit=choose(unit.name, unit.name_en),
        state=state_word(item.state),
        tone=_TONES.get(item.state, "") if item.ended_at is not None else "blue",
        steps=_where(steps),
        due=due,
        due_tone=due_tone,
        tags=tuple(_tags(moment, item)),
        handovers=item.handovers,
        started=when(item.started_at, moment.now),
    )


def _due(moment: View, item: OrderItem) -> tuple[str, str]:
    """The deadline in words, and its tone."""
    if item.ended_at is not None:
        ended = when(item.ended_at, moment.now)
        if item.is_overdue:
            return gettext("ended late, %(when)s", when=ended), "late"
        return gettext("ended %(when)s", when=ended), ""
    if item.due_at is None:
        return "", ""
    if item.is_overdue:
        return gettext("%(time)s overdue", time=length(moment.now - item.due_at)), "late"
    left = item.due_at - moment.now
    tone = "soon" if left <= _SOON else ""
    if left > _NEAR:
        return when(item.due_at, moment.now), tone
    return gettext("%(time)s left", time=length(left)), tone


def _where(steps: Iterable[Step]) -> str:
    named = [
        gettext("%(step)s (%(name)s)", step=choose(step.name, step.name_en), name=step.assignee)
        if step.assignee
        else choose(step.name, step.name_en)
        for step in steps
    ]
    if len(named) > _MOST_STEPS:
        more = gettext("%(n)d more", n=len(named) - _MOST_STEPS)
        named = [*named[:_MOST_STEPS], more]
    return gettext(", ").join(named)


def _tags(moment: View, item: OrderItem) -> Iterator[Tag]:
    if item.status == "suspended":
        yield Tag(pgettext("order", "Suspended"), "red", "pause")
    if item.held is not None:
        yield Tag(hold_word(item.held, moment.setup), "", "pause")
    if item.level:
        yield Tag(gettext("Escalated, level %(level)d", level=item.level), "red", "megaphone")
    if item.incidents:
        yield Tag(gettext("Incident"), "red", "triangle-alert")
    if item.urges:
        yield Tag(gettext("Urged ×%(times)d", times=item.urges), "amber", "bell-ring")
