"""Task inboxes: who has what to do, by deadline, priority or age."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec
import sqlalchemy as sa

from engine.domain import access
from engine.domain.records import Person
from engine.queries.deadline_groups import DeadlineGroups
from engine.queries.merging import Place, Shape, branches_of, done, statement, values_of
from engine.queries.paging import Page, decode_cursor, encode_cursor
from engine.queries.tabs import PERSON, Reach, Sort, Tab
from engine.queries.task_filters import Filters, narrowing
from engine.queries.task_items import JOINED, SELECT, TaskItem, item
from engine.store import tables as t
from engine.store.reading import PreparedSelect
from engine.store.view import View

#: Free tasks of one order to look through for the next one.
_MOST_OPEN: Final = 50
#: Pages to look through for tasks to claim, and how many will do.
_PAGES: Final = 10
_RIVALS: Final = 20
_NEXT = PreparedSelect(
    SELECT.add_columns(t.task.c.users, t.task.c.barred_too, t.task.c.signing, t.unit.c.path)
    .select_from(JOINED.join(t.unit, t.unit.c.id == t.task.c.unit_id))
    .where(
        t.snooze.c.until.is_(None),
        t.task.c.held.is_(None),
        sa.or_(
            sa.and_(t.task.c.state == "claimed", t.task.c.assignee == PERSON),
            sa.and_(t.task.c.state == "open", t.task.c.order_id == sa.bindparam("order")),
        ),
    )
    .order_by(
        sa.case((t.task.c.order_id == sa.bindparam("order"), 0), else_=1),
        t.task.c.state,
        t.task.c.sort_due,
        t.task.c.id,
    )
    .limit(_MOST_OPEN)
)


_PUBLISHED_OF_ONE = PreparedSelect(
    sa.select(t.order_variable.c.name, t.order_variable.c.value).where(
        t.order_variable.c.order_id == sa.bindparam("order")
    )
)


def inbox(
    view: View,
    tab: Tab,
    *,
    sort: Sort = "due",
    filters: Filters | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[TaskItem]:
    """One page of the asking person's inbox, with what the orders publish.

    Args:
        view: The moment and who asks.
        tab: ``mine`` held by me, by whom I stand for, or delegated by me; ``group`` free ones I
            may take; ``team`` all open ones of units I lead; ``done`` completed by me, newest
            first; ``copied`` open ones of orders copied to me; ``escalated`` supervision tasks
            and escalated ones I can see; ``snoozed`` those I put off, which `mine`, `group` and
            `escalated` leave out.
        sort: ``done`` is always by end.
        filters: Narrowing conditions.
        cursor: Where the page before ended.
        limit: Rows per page.
    """
    page = listed(view, tab, sort=sort, filters=filters, cursor=cursor, limit=limit)
    variables = published(view, {item.order_id for item in page.items})
    items = [
        msgspec.structs.replace(item, variables=variables.get(item.order_id, {}))
        for item in page.items
    ]
    return Page(items=items, next_cursor=page.next_cursor)


def listed(
    view: View,
    tab: Tab,
    *,
    sort: Sort = "due",
    filters: Filters | None = None,
    cursor: str | None = None,
    limit: int = 50,
    zone: ZoneInfo | None = None,
) -> Page[TaskItem]:
    """As `inbox`, without what the orders publish; one statement for the rows.

    Args:
        view: The moment and who asks.
        tab: See `inbox`.
        sort: See `inbox`.
        filters: Narrowing conditions.
        cursor: Where the page before ended, in a list of the same zone.
        limit: Rows per page.
        zone: For a list in groups by deadline: whose days and weeks. Pages after the first go
            on with the groups of the first one's instant.
    """
    person = asker(view)
    narrow = narrowing(view, filters or Filters(), tab)
    after = None if cursor is None else Place(*decode_cursor(cursor, int, int, int, int))
    given = {"person": person.id, "now": view.now, "limit": limit + 1, **narrow.values}
    if tab == "done":
        if after is not None:
            given |= {"key": -after.key, "last": -after.last}
        found = done(narrow.names, is_first=after is None)
        return _page(found.rows(view.connection, given), view, limit, at=0)
    at = int(view.now.timestamp() * 1000) if after is None else after.at
    groups = None
    if zone is not None and sort == "due":
        groups = DeadlineGroups(view.setup, _instant(at, zone), zone)
        given |= groups.values()
    reach = Reach(view, person)
    given |= reach.values(tab)
    branches = list(branches_of(reach.merged(tab), groups))
    for number, branch in enumerate(branches):
        given |= values_of(number, branch, groups, after)
    found = statement(
        Shape(
            branches=tuple(branch.shape for branch in branches),
            sort=sort,
            filters=narrow.names,
            is_first=after is None,
            classes=0 if groups is None else groups.number,
        )
    )
    return _page(found.rows(view.connection, given), view, limit, at=at, groups=groups)


def claimable(
    view: View, *, sort: Sort = "due", filters: Filters | None = None, zone: ZoneInfo | None = None
) -> tuple[int, ...]:
    """The first tasks of the tab ``group`` that are neither on hold nor barred for who asks.

    Several, because others may be quicker, see `engine.domain.commands.ClaimNext`.

    Args:
        view: The moment and who asks.
        sort: See `inbox`.
        filters: Narrowing conditions.
        zone: See `listed`.
    """
    wanted = msgspec.structs.replace(filters or Filters(), is_held=False)
    person, found, cursor = asker(view), list[int](), None
    for _ in range(_PAGES):
        page = listed(view, "group", sort=sort, filters=wanted, cursor=cursor, zone=zone)
        found += [
            each.id for each in page.items if person.id not in (each.barred, each.barred_too)
        ]
        cursor = page.next_cursor
        if cursor is None or len(found) >= _RIVALS:
            break
    return tuple(found)


def next_task(view: View, *, order_id: int) -> TaskItem | None:
    """What the person should do next after a task of an order.

    A task of the same order comes first, held by the person or free for them; then the most
    urgent one they hold. Tasks on hold and those that wait for their signers are left out. One
    statement, built once: every completion asks it.
    """
    person = asker(view)
    given = {"person": person.id, "order": order_id, "now": view.now}
    for row in _NEXT.rows(view.connection, given):
        if _is_next(person, row):
            shown = _PUBLISHED_OF_ONE.rows(view.connection, {"order": row["order_id"]})
            variables = {one["name"]: one["value"] for one in shown}
            return item(view, row, variables=variables)
    return None


def _is_next(person: Person, row: Mapping[str, Any]) -> bool:
    """Whether the person can go on with a task they hold, or with a free one."""
    if row["assignee"] == person.id:
        return not (row["signing"] or {}).get("submitted")
    if person.id in (row["barred"], row["barred_too"]):
        return False
    return person.id in (row["users"] or ()) or any(
        person.holds(role, row["path"]) for role in row["queue"].partition("@")[0].split(",")
    )


def asker(view: View) -> Person:
    """Who asks.

    Raises:
        NotAllowedError: Nobody does.
    """
    if view.by is None:
        raise access.NotAllowedError(act="read", roles="any")
    return view.by


def _instant(at: int, zone: ZoneInfo) -> datetime:
    return datetime.fromtimestamp(at / 1000, zone)


def _page(
    rows: list[dict[str, Any]],
    view: View,
    limit: int,
    *,
    at: int,
    groups: DeadlineGroups | None = None,
) -> Page[TaskItem]:
    shown = rows[:limit]
    if groups is None:
        items = [item(view, row) for row in shown]
    else:
        named = (groups.name(row["unit_id"], row["sort_due"]) for row in shown)
        items = [item(view, row, group=name) for row, name in zip(shown, named, strict=True)]
    if len(rows) <= limit:
        return Page(items=items)
    last = shown[-1]
    return Page(items=items, next_cursor=encode_cursor(at, last["g"], last["k"], last["i"]))


_PUBLISHED = sa.select(
    t.order_variable.c.order_id, t.order_variable.c.name, t.order_variable.c.value
).where(t.order_variable.c.order_id.in_(sa.bindparam("orders", expanding=True)))


def published(view: View, order_ids: set[int]) -> dict[int, dict[str, str | None]]:
    """Published variables of orders."""
    if not order_ids:
        return {}
    found: dict[int, dict[str, str | None]] = {}
    rows = view.connection.execute(_PUBLISHED, {"orders": sorted(order_ids)})
    for order_id, name, value in rows:
        found.setdefault(order_id, {})[name] = value
    return found
