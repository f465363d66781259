"""One task as a row of a list: what it says, in the reader's words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

import msgspec

from engine.domain import access
from engine.queries.inbox import asker
from engine.queries.task_items import TaskItem
from engine.store.view import View
from forms.pages.language import choose, gettext
from forms.pages.moments import length, when
from forms.pages.words import (
    PRIORITIES,
    hold_word,
    priority_word,
    purpose_word,
    task_picture,
    task_state_word,
    title_word,
)

#: Nearer deadlines are told as the time that is left.
_NEAR: Final = timedelta(hours=12)
_DAY, _HOUR, _MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
_RAISED: Final = PRIORITIES[-2][0]


class Tag(msgspec.Struct, frozen=True):
    """A small remark on a row.

    Attributes:
        tone: Class of its colours.
    """

    text: str
    tone: str = ""
    icon: str = ""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A task in a list.

    Attributes:
        path: Address of the task, within the list.
        picked: Value of its check box: id and version.
        due: Deadline in words; ``tone`` says how near it is.
        holder: Who holds it, empty if it is free or over.
    """

    id: int
    path: str
    picked: str
    icon: str
    name: str
    title: str
    number: str
    grade: str
    due: str
    tone: str
    tags: tuple[Tag, ...]
    holder: str
    is_free: bool


class RowWriter:
    """Writes the rows of one list.

    Args:
        moment: When, and for whom.
        query: Query string of the list.
        tells_free: Whether rows say that they can be claimed.
    """

    def __init__(self, moment: View, query: str, *, tells_free: bool = True) -> None:
        self._tells_free = tells_free
        self._now = moment.now
        self._person = asker(moment)
        self._others = frozenset(access.hands(self._person) - {self._person.id})
        self._setup = moment.setup
        self._suffix = f"?{query}" if query else ""

    def path(self, task_id: int) -> str:
        """Address of a task within the list."""
        return f"/tasks/{task_id}{self._suffix}"

    def row(self, item: TaskItem) -> Row:
        """The row of a task."""
        name = choose(item.name, item.name_en)
        due, tone = self._due(item)
        return Row(
            id=item.id,
            path=self.path(item.id),
            picked=f"{item.id}.{item.version}",
            icon=task_picture(item.purpose, item.process),
            name=f"{name} · {item.customer_name}" if item.customer_name else name,
            title=self._title(item),
            number=item.order_number,
            grade=item.grade or "",
            due=due,
            tone=tone,
            tags=tuple(self._tags(item)),
            holder=item.assignee_name or "" if item.ended_at is None else "",
            is_free=self._tells_free and item.state == "open",
        )

    def _title(self, item: TaskItem) -> str:
        """Title of the order; the customer stands beside the task's name already."""
        title = title_word(item.title, item.process, self._setup)
        return title.removesuffix(item.customer_name or "").rstrip() or title

    def _due(self, item: TaskItem) -> tuple[str, str]:
        """The deadline in words, and its tone."""
        if item.ended_at is not None:
            return when(item.ended_at, self._now), ""
        if item.snoozed_until is not None:
            return when(item.snoozed_until, self._now), "snoozed"
        if item.due_at is None:
            return "", ""
        if item.is_overdue:
            return gettext("%(time)s overdue", time=_about(self._now - item.due_at)), "late"
        if item.group == "soon":
            return self._left(item.due_at), "soon"
        return when(item.due_at, self._now), ""

    def _left(self, due_at: datetime) -> str:
        left = due_at - self._now
        if left > _NEAR:
            return when(due_at, self._now)
        return gettext("%(time)s left", time=length(left))

    def _tags(self, item: TaskItem) -> Iterator[Tag]:
        if item.purpose != "work":
            yield Tag(purpose_word(item.purpose), "violet")
        if item.level:
            yield Tag(gettext("Level %(level)s", level=item.level), "red", "megaphone")
        if item.priority >= _RAISED:
            yield Tag(priority_word(item.priority), "amber", "flag")
        if item.urges:
            yield Tag(gettext("Urged ×%(times)d", times=item.urges), "amber", "bell-ring")
        if item.held is not None:
            yield Tag(hold_word(item.held, self._setup), "", "pause")
        yield from self._about_people(item)

    def _about_people(self, item: TaskItem) -> Iterator[Tag]:
        mine = self._person.id
        if item.ended_at is not None:
            if item.state != "completed":
                yield Tag(task_state_word(item.state))
        elif item.owner is not None and item.owner == mine:
            yield Tag(gettext("With %(name)s", name=item.assignee_name), "", "hourglass")
        elif item.owner is not None:
            yield Tag(gettext("Asked by %(name)s", name=item.owner_name), "violet", "user-plus")
        elif item.assignee in self._others:
            yield Tag(gettext("For %(name)s", name=item.assignee_name), "violet", "users")
        if item.state == "open" and mine in (item.barred, item.barred_too):
            yield Tag(gettext("For somebody else"), "", "shield-alert")


def _about(time: timedelta) -> str:
    """A length of time in its largest unit."""
    unit = next((unit for unit in (_DAY, _HOUR) if time >= unit), _MINUTE)
    return length(unit * (time // unit))
