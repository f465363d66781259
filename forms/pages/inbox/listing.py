"""The list beside every task: its rows in groups by deadline, its numbers and its ways on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Final

import msgspec
from werkzeug.datastructures import MultiDict

from engine.queries import inbox, task_counts
from engine.queries.deadline_groups import GROUPS
from engine.queries.paging import Page
from engine.queries.tabs import Tab
from engine.queries.task_items import TaskItem
from engine.queries.views import SavedView, views
from engine.store.view import View
from forms.pages.inbox.query import ListQuery
from forms.pages.inbox.rows import Row, RowWriter
from forms.pages.language import gettext, mark, ngettext
from forms.pages.moments import zone
from forms.pages.words import process_word

#: Rows of a page, and of a list that is drawn anew.
PAGE: Final = 50
MOST_SHOWN: Final = 200
#: Chips of processes; the others are in the panel of filters.
_MOST_CHIPS: Final = 4

HEADINGS: Final[Mapping[Tab, str]] = {
    "mine": mark("My tasks"),
    "group": mark("To claim"),
    "team": mark("Team"),
    "escalated": mark("Escalated"),
    "snoozed": mark("Later"),
    "copied": mark("Copied to me"),
    "done": mark("Done"),
}
GROUP_WORDS: Final[Mapping[str, str]] = {
    "overdue": mark("Overdue"),
    "soon": mark("Within 4 working hours"),
    "today": mark("Today"),
    "week": mark("This week"),
    "later": mark("After this week"),
    "none": mark("Without a deadline"),
}
SORT_WORDS: Final[Mapping[str, str]] = {
    "due": mark("Deadline"),
    "priority": mark("Priority"),
    "opened": mark("Oldest first"),
}


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """Rows under a heading.

    Attributes:
        code: One of `GROUPS`, empty in a list without groups.
        goes_on: Whether the heading stands on the page before.
        count: Number of tasks in words, empty if it is not known.
    """

    code: str
    goes_on: bool
    word: str
    count: str
    rows: list[Row]


class Chip(msgspec.Struct, frozen=True):
    """A choice of one click.

    Attributes:
        path: List with it.
    """

    word: str
    path: str
    is_on: bool


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """What the template ``inbox/list.html`` shows.

    Attributes:
        asked: What the address asks for.
        query: The same as a query string.
        current: Id of the task that is open beside the list.
        total: How many tasks there are, in words; empty if it is not known.
        more: Query string of the next page, empty on the last one.
        picked: Ids of tasks whose check boxes are ticked.
    """

    asked: ListQuery
    query: str
    current: int | None
    groups: list[Group]
    total: str
    more: str
    ids: list[int]
    views: list[SavedView]
    chips: list[Chip]
    picked: frozenset[int] = frozenset()

    @property
    def here(self) -> str:
        """Path of the list."""
        return self.asked.here

    @property
    def nav(self) -> str:
        """Name of its line in the navigation."""
        return self.asked.tab

    @property
    def heading(self) -> str:
        """Word of its tab."""
        return gettext(HEADINGS[self.asked.tab])

    @property
    def first(self) -> int | None:
        """Id of the first task."""
        return self.ids[0] if self.ids else None

    @property
    def previous(self) -> int | None:
        """Id of the task before the open one, as far as the list was read."""
        return self._beside(-1)

    @property
    def next(self) -> int | None:
        """Id of the task after the open one, as far as the list was read."""
        return self._beside(1)

    def path(self, task_id: int) -> str:
        """Address of a task within the list."""
        return f"/tasks/{task_id}?{self.query}" if self.query else f"/tasks/{task_id}"

    def _beside(self, step: int) -> int | None:
        if self.current not in self.ids:
            return None
        place = self.ids.index(self.current) + step
        return self.ids[place] if 0 <= place < len(self.ids) else None


def listing(
    moment: View,
    args: MultiDict[str, str],
    *,
    current: int | None = None,
    shown: int = PAGE,
    picked: frozenset[int] = frozenset(),
) -> Listing:
    """The list an address asks for; what makes no sense in the address is left out.

    Args:
        moment: The moment and who asks.
        args: Parameters of the address; with a ``cursor`` it is a page after the first.
        current: Id of the task that is open beside it.
        shown: Rows.
        picked: Ids of tasks whose check boxes are ticked.

    Raises:
        CursorInvalidError: The cursor did not come from such a list.
    """
    asked = ListQuery.of(args, moment.setup)
    cursor = args.get("cursor")
    page = inbox.listed(
        moment,
        asked.tab,
        sort=asked.sort,
        filters=asked.filters,
        cursor=cursor,
        limit=shown,
        zone=zone(),
    )
    counts = _counts(moment, asked, page, is_first=cursor is None)
    return Listing(
        asked=asked,
        query=asked.written,
        current=current,
        groups=list(_groups(moment, asked, page, counts, args.get("after", ""))),
        total=_total(counts, page) if cursor is None else "",
        more=_more(asked, page),
        ids=[item.id for item in page.items],
        views=views(moment, "inbox") if cursor is None else [],
        chips=_chips(moment, asked, page) if cursor is None else [],
        picked=picked,
    )


def next_in(moment: View, args: MultiDict[str, str], *, after: int) -> TaskItem | None:
    """The task that follows one in a list, or the list's first; None if there is no other.

    Args:
        moment: The moment and who asks, before the task is done.
        args: Parameters of the list's address.
        after: The task.
    """
    asked = ListQuery.of(args, moment.setup)
    page = inbox.listed(
        moment, asked.tab, sort=asked.sort, filters=asked.filters, limit=PAGE, zone=zone()
    )
    ids = [item.id for item in page.items]
    rest = [item for item in page.items if item.id != after]
    later = rest[ids.index(after) :] if after in ids else []
    return next(iter(later or rest), None)


class _Counts(msgspec.Struct, frozen=True):
    """Numbers of a list.

    Attributes:
        by_group: Those that are known, in words.
        total: None if it is not known.
    """

    by_group: Mapping[str, str]
    total: int | None = None
    overdue: int = 0


def _counts(moment: View, asked: ListQuery, page: Page[TaskItem], *, is_first: bool) -> _Counts:
    """Counted on the page if it is the whole list; else over the tab if nothing narrows it."""
    on_page = dict.fromkeys(GROUPS, 0)
    for item in page.items:
        if item.group is not None:
            on_page[item.group] += 1
    if is_first and page.next_cursor is None:
        words = {code: str(number) for code, number in on_page.items()}
        return _Counts(words, len(page.items), on_page["overdue"])
    if asked.narrowed or asked.tab == "done" or asked.sort != "due":
        return _Counts({})
    found = task_counts.group_counts(moment, asked.tab, zone=zone())
    words = {code: number_word(number) for code, number in found.items()}
    return _Counts(words, sum(found.values()), found["overdue"])


def number_word(number: int) -> str:
    """A number that was counted up to `task_counts.COUNT_LIMIT`."""
    most = task_counts.COUNT_LIMIT
    return f"{most - 1}+" if number >= most else str(number)


def _total(counts: _Counts, page: Page[TaskItem]) -> str:
    if counts.total is None:
        return f"{len(page.items)}+"
    if not counts.total:
        return ""
    number = number_word(counts.total)
    text = ngettext("%(number)s task", "%(number)s tasks", counts.total, number=number)
    if not counts.overdue:
        return text
    late = gettext("%(number)s overdue", number=number_word(counts.overdue))
    return gettext("%(total)s, %(late)s", total=text, late=late)


def _groups(
    moment: View, asked: ListQuery, page: Page[TaskItem], counts: _Counts, after: str
) -> Iterator[Group]:
    writer = RowWriter(moment, asked.written, tells_free=asked.tab != "group")
    for code, items in groupby(page.items, key=lambda item: item.group or ""):
        yield Group(
            code=code,
            goes_on=code == after and bool(code),
            word=gettext(GROUP_WORDS[code]) if code else "",
            count=counts.by_group.get(code, ""),
            rows=[writer.row(item) for item in items],
        )


def _more(asked: ListQuery, page: Page[TaskItem]) -> str:
    if page.next_cursor is None:
        return ""
    last = page.items[-1].group or ""
    written = asked.written
    return f"{written}{'&' if written else ''}cursor={page.next_cursor}&after={last}"


def _chips(moment: View, asked: ListQuery, page: Page[TaskItem]) -> list[Chip]:
    """The processes most frequent on the page, and the chosen one."""
    found = Counter(item.process for item in page.items)
    keys = [asked.process]
    if not asked.process:
        keys = sorted(key for key, _ in found.most_common(_MOST_CHIPS))
    chips = [
        Chip(
            process_word(key, moment.setup),
            _path(asked.but(process="" if key == asked.process else key)),
            key == asked.process,
        )
        for key in keys
    ]
    return [Chip(gettext("All"), _path(asked.but(process="")), not asked.process), *chips]


def _path(query: str) -> str:
    return f"/inbox?{query}" if query else "/inbox"
