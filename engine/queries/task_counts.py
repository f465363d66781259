"""How many tasks wait: by tab for the navigation, by deadline for the headings of a list."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy import ColumnElement

from engine.queries.deadline_groups import GROUPS, DeadlineGroups, bounds, group_number
from engine.queries.inbox import asker
from engine.queries.tabs import PARTS, PERSON, Reach, Tab, unit_of
from engine.store import tables as t
from engine.store.reading import PreparedSelect
from engine.store.sets import one_of, padded, size_of
from engine.store.types import Instant
from engine.store.view import View

#: Counters stop here and show "999+".
COUNT_LIMIT: Final = 1000
#: Tabs whose number the navigation shows.
COUNTED: Final[tuple[Tab, ...]] = ("mine", "group", "escalated", "snoozed", "copied")
#: Notices older than this are no news any more.
NEWS: Final = timedelta(days=30)


def counts(view: View) -> dict[str, int]:
    """How many tasks each tab holds and how many notices are unread, up to `COUNT_LIMIT`."""
    reach = Reach(view, asker(view))
    given: dict[str, Any] = {**reach.values("group"), "since": view.now - NEWS}
    shape = []
    for tab in COUNTED:
        for part in reach.parts(tab):
            shape.append((tab, part.name, size_of(part.members)))
            given |= padded(part.name, part.members)
    found = dict.fromkeys((*COUNTED, "unread"), 0)
    for row in _of_tabs(tuple(shape)).rows(view.connection, given):
        found[row["name"]] = min(COUNT_LIMIT, found[row["name"]] + row["n"])
    return found


def group_counts(view: View, tab: Tab, *, zone: ZoneInfo) -> dict[str, int]:
    """How many tasks of a whole tab each group by deadline holds, up to `COUNT_LIMIT` each."""
    groups = DeadlineGroups(view.setup, view.now, zone)
    reach = Reach(view, asker(view))
    given = {**reach.values(tab), **groups.values()}
    shape = []
    for part in reach.parts(tab):
        classes: list[list[int | str]] = [[] for _ in range(groups.number)]
        for member in part.members:
            classes[groups.class_of(unit_of(member))].append(member)
        for number, members in enumerate(classes):
            given |= padded(f"{part.name}_{number}", members)
        shape.append((part.name, tuple(map(size_of, classes))))
    statement = _of_groups(tuple(shape), groups.number)
    found = dict.fromkeys(GROUPS, 0)
    for row in statement.rows(view.connection, given):
        found[GROUPS[row["g"]]] = min(COUNT_LIMIT, found[GROUPS[row["g"]]] + row["n"])
    return found


def whole(name: str, size: int) -> ColumnElement[bool]:
    """A part as a condition to count by: order does not matter, so its members go together.

    Args:
        name: Of the part; its members are the parameters ``padded(name, members)``.
        size: Number of these parameters.
    """
    condition, column = PARTS[name]
    return condition if column is None else sa.and_(condition, one_of(column, name, size))


@lru_cache(maxsize=100)
def _of_tabs(shape: tuple[tuple[str, str, int], ...]) -> PreparedSelect:
    parts = [_row(tab, 0, _counted(whole(name, size))) for tab, name, size in shape]
    return _all([*parts, _row("unread", 0, _unread())])


@lru_cache(maxsize=100)
def _of_groups(shape: tuple[tuple[str, tuple[int, ...]], ...], classes: int) -> PreparedSelect:
    rows = [row for name, sizes in shape for row in _rows_of(name, sizes, classes)]
    return _all(rows or [_row("group", 0, sa.literal(0))])


def _rows_of(name: str, sizes: tuple[int, ...], classes: int) -> Iterator[sa.Select[Any]]:
    condition, column = PARTS[name]
    if column is None:
        yield _few(condition, classes)
        return
    for of, size in enumerate(sizes):
        if size:
            members = one_of(column, f"{name}_{of}", size)
            for group in range(len(GROUPS)):
                yield _row("group", group, _counted(condition, members, *bounds(of, group)))


def _few(condition: ColumnElement[bool], classes: int) -> sa.Select[Any]:
    numbers = (
        sa.select(group_number(classes).label("g")).select_from(t.task).where(condition).subquery()
    )
    columns: list[ColumnElement[Any]] = [
        sa.literal("group").label("name"),
        numbers.c.g,
        sa.func.count().label("n"),
    ]
    return sa.select(*columns).group_by(numbers.c.g)


def _row(name: str, number: int, counted: ColumnElement[int]) -> sa.Select[Any]:
    columns: list[ColumnElement[Any]] = [
        sa.literal(name).label("name"),
        sa.literal(number).label("g"),
        counted.label("n"),
    ]
    return sa.select(*columns)


def _all(rows: list[sa.Select[Any]]) -> PreparedSelect:
    found = sa.union_all(*rows).subquery()
    return PreparedSelect(sa.select(found.c.name, found.c.g, found.c.n))


def _counted(*conditions: ColumnElement[bool]) -> ColumnElement[int]:
    """Number of tasks, found out without looking at more than are told."""
    return _number(sa.select(sa.literal(1).label("one")).select_from(t.task).where(*conditions))


def _unread() -> ColumnElement[int]:
    notice, read = t.notification.c, t.notification_read.c
    is_read = sa.exists().where(
        read.event_id == notice.event_id, read.person_id == notice.person_id
    )
    since = sa.bindparam("since", type_=Instant())
    return _number(
        sa.select(sa.literal(1).label("one"))
        .select_from(t.notification)
        .where(notice.person_id == PERSON, notice.at > since, sa.not_(is_read))
    )


def _number(found: sa.Select[Any]) -> ColumnElement[int]:
    limited = found.limit(COUNT_LIMIT).subquery()
    return sa.select(sa.func.count()).select_from(limited).scalar_subquery()
