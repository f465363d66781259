"""Task inboxes: who has what to do, by deadline, priority or age."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, Literal, NamedTuple

import msgspec
import sqlalchemy as sa
from sqlalchemy import ColumnElement, Select

from engine.domain import access
from engine.domain.access import Act
from engine.domain.records import Person
from engine.queries.paging import Page, decode_cursor, encode_cursor
from engine.store import tables as t
from engine.store.reading import PreparedSelect
from engine.store.view import View

Tab = Literal["mine", "group", "team", "done", "copied", "escalated"]
Sort = Literal["due", "priority", "opened"]

#: Beyond so many queues one scan is cheaper than a merge of many.
_MOST_MERGED = 40
#: Counters stop here and show "1000+".
COUNT_LIMIT = 1000


class Filters(msgspec.Struct, frozen=True, kw_only=True):
    """What to show; every field narrows.

    Attributes:
        variables: Published variables and the values they must have.
        text: Part of the task's name, the order's number or title.
    """

    process: str | None = None
    element: str | None = None
    unit: str | None = None
    customer_id: int | None = None
    order_id: int | None = None
    purpose: str | None = None
    state: str | None = None
    priority_min: int | None = None
    level_min: int | None = None
    due_before: datetime | None = None
    due_after: datetime | None = None
    is_held: bool | None = None
    is_overdue: bool | None = None
    text: str | None = None
    variables: Mapping[str, str] = {}


class TaskItem(msgspec.Struct, frozen=True, kw_only=True):
    """A task as lists show it."""

    id: int
    order_id: int
    order_number: str
    title: str
    process: str
    element: str
    name: str
    name_en: str
    purpose: str
    state: str
    queue: str
    unit_id: int
    assignee: int | None
    assignee_name: str | None
    customer_id: int | None
    customer_name: str | None
    priority: int
    opened_at: datetime
    due_at: datetime | None
    ended_at: datetime | None
    is_overdue: bool
    level: int
    urges: int
    handovers: int
    held: str | None
    version: int
    variables: dict[str, str | None] = {}


#: Fields of a task as lists show it, by column; statements are built once, that is most of
#: their cost.
_COLUMNS: Final[Mapping[str, ColumnElement[Any]]] = {
    **{
        name: t.task.c[name]
        for name in (
            "id", "order_id", "element", "name", "name_en", "purpose", "state", "queue", "unit_id",
            "assignee", "priority", "opened_at", "due_at", "ended_at", "level", "urges",
            "handovers", "held", "version",
        )
    },
    "order_number": t.work_order.c.number,
    "title": t.work_order.c.title,
    "process": t.work_order.c.process_key,
    "assignee_name": t.person.c.name,
    "customer_id": t.work_order.c.customer_id,
    "customer_name": t.customer.c.name,
}  # fmt: skip
_SELECT = (
    sa.select(*(column.label(name) for name, column in _COLUMNS.items()))
    .join_from(t.task, t.work_order, t.work_order.c.id == t.task.c.order_id)
    .outerjoin(t.person, t.person.c.id == t.task.c.assignee)
    .outerjoin(t.customer, t.customer.c.id == t.work_order.c.customer_id)
)
_ITEMS = _SELECT.where(t.task.c.id.in_(sa.bindparam("ids", expanding=True)))
#: Free tasks of one order to look through for the next one.
_MOST_OPEN: Final = 50
_NEXT = PreparedSelect(
    _SELECT.add_columns(t.task.c.users, t.task.c.barred, t.unit.c.path)
    .join(t.unit, t.unit.c.id == t.task.c.unit_id)
    .where(
        sa.or_(
            sa.and_(t.task.c.state == "claimed", t.task.c.assignee == sa.bindparam("person")),
            sa.and_(t.task.c.state == "open", t.task.c.order_id == sa.bindparam("order")),
        )
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
    """One page of the asking person's inbox.

    Args:
        view: The moment and who asks.
        tab: ``mine`` claimed by me; ``group`` free ones I may take; ``team`` all open ones of
            units I lead; ``done`` completed by me, newest first; ``copied`` open ones of orders
            copied to me; ``escalated`` supervision tasks and escalated ones I can see.
        sort: ``done`` is always by end.
        filters: Narrowing conditions.
        cursor: Where the page before ended.
        limit: Rows per page.
    """
    person = asker(view)
    wanted = filters or Filters()
    conditions = _conditions(view, wanted)
    if tab == "done":
        ids = _done(person, conditions, cursor, limit)
    else:
        branches = _branches(view, person, tab)
        ids = _merged(branches, conditions, sort, cursor, limit)
    return _rows(view, ids, limit)


def counts(view: View) -> dict[str, int]:
    """How many tasks each tab holds, counted up to `COUNT_LIMIT`."""
    person = asker(view)
    found = {}
    for tab in ("mine", "group", "escalated", "copied"):
        total = 0
        for branch in _branches(view, person, tab):
            inner = (
                sa.select(sa.literal(1))
                .select_from(t.task)
                .where(branch.condition)
                .limit(COUNT_LIMIT - total)
                .subquery()
            )
            total += int(
                view.connection.execute(sa.select(sa.func.count()).select_from(inner)).scalar_one()
            )
            if total >= COUNT_LIMIT:
                break
        found[tab] = total
    return found


def next_task(view: View, *, order_id: int) -> TaskItem | None:
    """What the person should do next after a task of an order.

    A task of the same order comes first, held by the person or free for them; then the most
    urgent one they hold. One statement, built once: every completion asks it.
    """
    person = asker(view)
    for row in _NEXT.rows(view.connection, {"person": person.id, "order": order_id}):
        if row["assignee"] == person.id or _is_for(person, row):
            shown = _PUBLISHED_OF_ONE.rows(view.connection, {"order": row["order_id"]})
            variables = {one["name"]: one["value"] for one in shown}
            return _item(view, row, {row["order_id"]: variables})
    return None


def _is_for(person: Person, row: Mapping[str, Any]) -> bool:
    """Whether a free task waits for the person."""
    if row["barred"] == person.id:
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


class _Branch(NamedTuple):
    """A part of a tab that one index answers.

    Attributes:
        is_few: Only ever so many rows that sorting them beats any index.
    """

    condition: ColumnElement[bool]
    is_few: bool = False


# Literals, not parameters: partial indexes are only used for conditions known when planning.
_FREE: Final = t.task.c.state == sa.literal_column("'open'")
_CLAIMED: Final = t.task.c.state == sa.literal_column("'claimed'")
_OPEN: Final = t.task.c.ended_at.is_(None)
_ESCALATED: Final = sa.or_(
    t.task.c.level > sa.literal_column("0"),
    t.task.c.purpose == sa.literal_column("'supervision'"),
)


def _branches(view: View, person: Person, tab: Tab) -> list[_Branch]:
    """Index-friendly conditions whose union is the tab."""
    task = t.task.c
    mine = sa.and_(_CLAIMED, task.assignee == person.id)
    named = sa.and_(
        _FREE,
        task.id.in_(sa.select(t.task_user.c.task_id).where(t.task_user.c.person_id == person.id)),
    )
    if tab == "mine":
        return [_Branch(mine, is_few=True)]
    if tab == "copied":
        copied = sa.select(t.order_copy.c.order_id).where(t.order_copy.c.person_id == person.id)
        return [_Branch(sa.and_(_OPEN, task.order_id.in_(copied)), is_few=True)]
    if tab == "team":
        return _per_unit(dict.fromkeys(_led(view, person), sa.true()))
    free = _free(view, person)
    if tab == "group":
        return [*_waiting(free), _Branch(named, is_few=True)]
    seen: dict[int, ColumnElement[bool]] = {
        unit: sa.and_(_FREE, _outside_index(task.queue).in_(queues))
        for unit, queues in free.items()
    }
    seen |= dict.fromkeys(_led(view, person), sa.true())
    return [
        *(_Branch(sa.and_(each, _ESCALATED), is_few=True) for each in (mine, named)),
        *_per_unit({unit: sa.and_(_ESCALATED, condition) for unit, condition in seen.items()}),
    ]


def _free(view: View, person: Person) -> dict[int, list[str]]:
    """Queues of a person by unit."""
    setup = view.setup
    setup.queues = view.current_queues()
    found: dict[int, list[str]] = {}
    for name in setup.covered_queues(person.grants):
        found.setdefault(int(name.partition("@")[2]), []).append(name)
    return found


def _waiting(free: Mapping[int, list[str]]) -> list[_Branch]:
    """Free tasks of queues: one branch per queue, for very many queues one per unit."""
    task = t.task.c
    queues = [name for names in free.values() for name in names]
    if len(queues) <= _MOST_MERGED:
        return [_Branch(sa.and_(_FREE, task.queue == name)) for name in queues]
    return _per_unit(
        {
            unit: sa.and_(_FREE, _outside_index(task.queue).in_(names))
            for unit, names in free.items()
        }
    )


def _per_unit(conditions: Mapping[int, ColumnElement[bool]]) -> list[_Branch]:
    """Open tasks of units that meet the condition of their unit."""
    unit_id = t.task.c.unit_id
    if len(conditions) <= _MOST_MERGED:
        return [
            _Branch(sa.and_(_OPEN, unit_id == unit, condition))
            for unit, condition in conditions.items()
        ]
    each = (sa.and_(unit_id == unit, condition) for unit, condition in conditions.items())
    return [_Branch(sa.and_(_OPEN, unit_id.in_(list(conditions)), sa.or_(*each)))]


def _outside_index(column: ColumnElement[str]) -> ColumnElement[str]:
    """The column as an expression no index fits: it filters rows another index finds in order."""
    return column.concat(sa.literal_column("''"))


def _led(view: View, person: Person) -> list[int]:
    paths = access.visible_paths(person, Act.LEAD)
    return [unit.id for unit in view.setup.units.values() if unit.path.startswith(paths or ("-",))]


def _conditions(view: View, wanted: Filters) -> list[ColumnElement[bool]]:
    task, order = t.task.c, t.work_order.c
    equal: list[tuple[Any, Any]] = [
        (order.process_key, wanted.process),
        (task.element, wanted.element),
        (order.customer_id, wanted.customer_id),
        (task.order_id, wanted.order_id),
        (task.purpose, wanted.purpose),
        (task.state, wanted.state),
    ]
    conditions: list[ColumnElement[bool]] = [
        column == value for column, value in equal if value is not None
    ]
    if wanted.unit is not None:
        path = view.setup.unit_by_code(wanted.unit).path
        units = [unit.id for unit in view.setup.units.values() if unit.path.startswith(path)]
        conditions.append(task.unit_id.in_(units))
    if wanted.priority_min is not None:
        conditions.append(task.priority >= wanted.priority_min)
    if wanted.level_min is not None:
        conditions.append(task.level >= wanted.level_min)
    if wanted.due_before is not None:
        conditions.append(task.due_at < wanted.due_before)
    if wanted.due_after is not None:
        conditions.append(task.due_at >= wanted.due_after)
    if wanted.is_held is not None:
        conditions.append(task.held.is_not(None) if wanted.is_held else task.held.is_(None))
    if wanted.is_overdue is not None:
        late = sa.and_(task.due_at.is_not(None), task.due_at < view.now)
        conditions.append(late if wanted.is_overdue else sa.not_(late))
    if wanted.text:
        conditions.append(
            sa.or_(
                task.name.icontains(wanted.text, autoescape=True),
                task.name_en.icontains(wanted.text, autoescape=True),
                order.number.icontains(wanted.text, autoescape=True),
                order.title.icontains(wanted.text, autoescape=True),
            )
        )
    for name, value in wanted.variables.items():
        conditions.append(
            sa.exists().where(
                t.order_variable.c.order_id == task.order_id,
                t.order_variable.c.name == name,
                t.order_variable.c.value == value,
            )
        )
    return conditions


def _merged(
    branches: list[_Branch],
    conditions: list[ColumnElement[bool]],
    sort: Sort,
    cursor: str | None,
    limit: int,
) -> sa.Subquery:
    """The first rows after the cursor over all branches: each branch reads its index."""
    task = t.task.c
    all_keys: dict[Sort, list[Any]] = {
        "due": [task.sort_due.label("k"), task.id.label("i")],
        "priority": [task.sort_priority.label("k"), task.id.label("i")],
        "opened": [sa.literal(0).label("k"), task.id.label("i")],
    }
    all_orderings: dict[Sort, list[Any]] = {
        "due": [task.sort_due, task.id],
        "priority": [task.sort_priority, task.id],
        "opened": [task.id],
    }
    keys, ordering = all_keys[sort], all_orderings[sort]
    after = None if cursor is None else _after(sort, decode_cursor(cursor, int, int))
    selects = []
    for branch in branches:
        select: Select[Any] = sa.select(*keys).where(branch.condition, *conditions)
        if not branch.is_few:
            select = select.order_by(*ordering).limit(limit + 1)
        if conditions:
            select = select.join_from(t.task, t.work_order, task.order_id == t.work_order.c.id)
        if after is not None:
            select = select.where(after)
        selects.append(select)
    if not selects:
        selects = [sa.select(*keys).where(sa.false())]
    if len(selects) == 1:
        return selects[0].subquery()
    return sa.union(*(sa.select(select.subquery()) for select in selects)).subquery()


def _after(sort: Sort, keys: tuple[int, int]) -> ColumnElement[bool]:
    task = t.task.c
    key, last = keys
    if sort == "due":
        return sa.tuple_(task.sort_due, task.id) > (key, last)
    if sort == "priority":
        return sa.tuple_(task.sort_priority, task.id) > (key, last)
    return task.id > last


def _done(
    person: Person, conditions: list[ColumnElement[bool]], cursor: str | None, limit: int
) -> sa.Subquery:
    """Ended tasks, newest first; the sort key is negative so that all lists ascend."""
    task = t.task.c
    ended = sa.type_coerce(task.ended_at, sa.BigInteger)
    select: Select[Any] = (
        sa.select((-ended).label("k"), (-task.id).label("i"))
        .where(task.ended_by == person.id, *conditions)
        .order_by(task.ended_at.desc(), task.id.desc())
        .limit(limit + 1)
    )
    if conditions:
        select = select.join_from(t.task, t.work_order, task.order_id == t.work_order.c.id)
    if cursor is not None:
        key, last = decode_cursor(cursor, int, int)
        select = select.where(sa.tuple_(ended, task.id) < (-key, -last))
    return select.subquery()


def _rows(view: View, ids: sa.Subquery, limit: int) -> Page[TaskItem]:
    page = sa.select(ids.c.k, ids.c.i).order_by(ids.c.k, ids.c.i).limit(limit + 1)
    keys = view.connection.execute(page).all()
    shown = keys[:limit]
    wanted = [abs(key.i) for key in shown]
    found = view.connection.execute(_ITEMS, {"ids": wanted}).mappings()
    rows: dict[int, dict[str, Any]] = {row["id"]: dict(row) for row in found}
    variables = published(view, {row["order_id"] for row in rows.values()})
    last = shown[-1] if len(keys) > limit else None
    return Page(
        items=[_item(view, rows[task_id], variables) for task_id in wanted],
        next_cursor=None if last is None else encode_cursor(last.k, last.i),
    )


def _item(
    view: View, row: Mapping[str, Any], variables: Mapping[int, dict[str, str | None]]
) -> TaskItem:
    due_at = row["due_at"]
    return TaskItem(
        **{name: row[name] for name in _COLUMNS},
        is_overdue=due_at is not None and due_at < (row["ended_at"] or view.now),
        variables=variables.get(row["order_id"], {}),
    )


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
