"""Lists of work orders: what somebody may see, narrowed, sorted and in pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final, Literal, NamedTuple

import msgspec
import sqlalchemy as sa
from sqlalchemy import ColumnElement, Select

from engine.domain import access
from engine.domain.access import Act
from engine.queries import search
from engine.queries.inbox import published
from engine.queries.paging import Page, decode_cursor, encode_cursor
from engine.store import tables as t
from engine.store.view import View

#: ``newest`` and ``oldest`` by start; ``due`` shows open orders that have a deadline.
Sort = Literal["newest", "oldest", "due"]


class OrderFilters(msgspec.Struct, frozen=True, kw_only=True):
    """What to show; every field narrows.

    Attributes:
        is_open: Whether it has not ended, suspended or not.
        unit: Code of a unit; covers what is below.
        text: Words anywhere in an order, see `engine.queries.search`.
        variables: Published variables and the values they must have.
    """

    process: str | None = None
    state: str | None = None
    status: str | None = None
    is_open: bool | None = None
    unit: str | None = None
    customer_id: int | None = None
    started_after: datetime | None = None
    started_before: datetime | None = None
    is_held: bool | None = None
    is_overdue: bool | None = None
    level_min: int | None = None
    has_incident: bool | None = None
    text: str | None = None
    variables: Mapping[str, str] = {}


class OrderItem(msgspec.Struct, frozen=True, kw_only=True):
    """An order as lists show it."""

    id: int
    number: str
    title: str
    process: str
    definition_id: int
    status: str
    state: str
    unit_id: int
    customer_id: int | None
    customer_name: str | None
    priority: int
    started_at: datetime
    ended_at: datetime | None
    outcome: str | None
    due_at: datetime | None
    is_overdue: bool
    held: str | None
    level: int
    urges: int
    handovers: int
    incidents: int
    variables: dict[str, str | None] = {}


class Step(NamedTuple):
    """Where an order stands: an open task and who holds it."""

    name: str
    name_en: str
    assignee: str | None


_PLAIN: Final = (
    "id", "number", "title", "definition_id", "status", "state", "unit_id", "customer_id",
    "priority", "started_at", "ended_at", "outcome", "due_at", "held", "level", "urges",
    "handovers",
)  # fmt: skip
# Literals, not parameters: partial indexes are only used for conditions known when planning.
_OPEN: Final = t.work_order.c.ended_at.is_(None)


def list_orders(
    view: View,
    *,
    filters: OrderFilters | None = None,
    sort: Sort = "newest",
    cursor: str | None = None,
    limit: int = 50,
) -> Page[OrderItem]:
    """Orders the asking person may see.

    With a text the order of exactly that number comes first, then the newest; ``oldest`` and
    ``due`` sort what was found all the same.
    """
    wanted = filters or OrderFilters()
    ids, more = _ids(view, wanted, sort, cursor, limit)
    items = order_items(view, [row.id for row in ids])
    following = encode_cursor(ids[-1].k or 0, ids[-1].id) if more else None
    return Page(items=items, next_cursor=following)


def count_orders(view: View, filters: OrderFilters, *, most: int) -> int:
    """How many orders a list has, counted up to ``most``."""
    statement = _listed(view, filters).limit(most)
    total = sa.select(sa.func.count()).select_from(statement.subquery())
    return int(view.connection.execute(total).scalar_one())


def order_items(view: View, ids: list[int]) -> list[OrderItem]:
    """These orders as lists show them, in this order; the caller knows they may be seen."""
    if not ids:
        return []
    statement = select_orders().where(t.work_order.c.id.in_(ids))
    rows = {row["id"]: row for row in view.connection.execute(statement).mappings()}
    variables = published(view, set(rows))
    return [order_item(view, rows[one], variables.get(one, {})) for one in ids]


def current_steps(view: View, ids: Iterable[int]) -> dict[int, list[Step]]:
    """Open drawn tasks of orders, oldest first."""
    task = t.task.c
    statement = (
        sa.select(task.order_id, task.name, task.name_en, t.person.c.name.label("assignee"))
        .outerjoin_from(t.task, t.person, t.person.c.id == task.assignee)
        .where(task.order_id.in_(list(ids)), task.ended_at.is_(None), task.purpose == "work")
        .order_by(task.id)
    )
    found: dict[int, list[Step]] = {}
    for order_id, name, name_en, assignee in view.connection.execute(statement):
        found.setdefault(order_id, []).append(Step(name, name_en, assignee))
    return found


def select_orders() -> Select[Any]:
    """Rows `order_item` reads; without what only the engine needs, which is most of a row."""
    order = t.work_order.c
    return sa.select(
        *(order[name] for name in _PLAIN),
        order.process_key.label("process"),
        t.customer.c.name.label("customer_name"),
        incident_count(),
    ).outerjoin_from(t.work_order, t.customer, t.customer.c.id == order.customer_id)


def order_item(view: View, row: sa.RowMapping, variables: dict[str, str | None]) -> OrderItem:
    """A row of `select_orders`."""
    due_at = row["due_at"]
    return OrderItem(
        **{name: row[name] for name in _PLAIN},
        process=row["process"],
        customer_name=row["customer_name"],
        incidents=row["incidents"],
        is_overdue=due_at is not None and due_at < (row["ended_at"] or view.now),
        variables=variables,
    )


def incident_count() -> Any:
    """Number of open incidents of an order."""
    return (
        sa.select(sa.func.count())
        .select_from(t.incident)
        .where(t.incident.c.order_id == t.work_order.c.id, t.incident.c.closed_at.is_(None))
        .scalar_subquery()
        .label("incidents")
    )


def visible(view: View) -> ColumnElement[bool]:
    """Orders the asking person may see in lists."""
    person, order = view.by, t.work_order.c
    if person is None:
        return sa.false()
    paths = access.visible_paths(person, Act.READ)
    return sa.or_(
        *(order.unit_path.startswith(path, autoescape=True) for path in paths),
        order.started_by == person.id,
        order.first_owner == person.id,
        order.id.in_(
            sa.select(t.order_copy.c.order_id).where(t.order_copy.c.person_id == person.id)
        ),
    )


def _ids(
    view: View, wanted: OrderFilters, sort: Sort, cursor: str | None, limit: int
) -> tuple[list[Any], bool]:
    """Sort keys and ids of a page, and whether there are more."""
    order = t.work_order.c
    if wanted.text is not None and sort == "newest":
        return _found(view, wanted, cursor, limit)
    statement = _listed(view, wanted)
    column = order.due_at if sort == "due" else order.started_at
    if sort == "due":
        statement = statement.where(_OPEN, order.due_at.is_not(None))
    key = sa.type_coerce(column, sa.BigInteger)
    place = sa.tuple_(key, order.id)
    if sort == "newest":
        statement = statement.order_by(column.desc(), order.id.desc())
    else:
        statement = statement.order_by(column, order.id)
    if cursor is not None:
        after = decode_cursor(cursor, int, int)
        statement = statement.where(place < after if sort == "newest" else place > after)
    statement = statement.add_columns(key.label("k")).limit(limit + 1)
    rows = list(view.connection.execute(statement))
    return rows[:limit], len(rows) > limit


def _found(
    view: View, wanted: OrderFilters, cursor: str | None, limit: int
) -> tuple[list[Any], bool]:
    """As `_ids` for a text: the order of that number first, then the newest."""
    order = t.work_order.c
    key: ColumnElement[int] = sa.literal_column("0").label("k")
    exact = order.number == search.number(wanted.text or "")
    first: list[Any] = []
    if cursor is None:
        named = sa.select(order.id, key).where(exact, visible(view), *_conditions(view, wanted))
        first = list(view.connection.execute(named))
    before = None if cursor is None else decode_cursor(cursor, int, int)[1]
    rows: list[Any] = []
    for matching in search.newest(view, wanted.text or "", before):
        conditions = (visible(view), ~exact, *_conditions(view, wanted))
        statement = (
            matching.rows(order.id, conditions)
            .add_columns(key)
            .order_by(matching.id.desc())
            .limit(limit + 1 - len(first))
        )
        if before is not None:
            statement = statement.where(matching.id < before)
        rows = first + list(view.connection.execute(statement))
        if len(rows) > limit:
            break
    found = rows or first
    return found[:limit], len(found) > limit


def _listed(view: View, wanted: OrderFilters) -> Select[Any]:
    """Ids of all orders of a list, in no order."""
    order = t.work_order.c
    statement = sa.select(order.id).where(visible(view), *_conditions(view, wanted))
    if wanted.text is not None:
        matching = search.matching(view, wanted.text)
        if matching is None:
            return statement.where(order.number == search.number(wanted.text))
        ids = sa.select(matching.id).select_from(matching.table).where(matching.condition)
        statement = statement.where(order.id.in_(ids))
    return statement


def _conditions(view: View, wanted: OrderFilters) -> list[ColumnElement[bool]]:
    order = t.work_order.c
    equal: list[tuple[Any, Any]] = [
        (order.process_key, wanted.process),
        (order.state, wanted.state),
        (order.status, wanted.status),
        (order.customer_id, wanted.customer_id),
    ]
    conditions: list[ColumnElement[bool]] = [
        column == value for column, value in equal if value is not None
    ]
    if wanted.is_open is not None:
        conditions.append(_OPEN if wanted.is_open else order.ended_at.is_not(None))
    if wanted.unit is not None:
        path = view.setup.unit_by_code(wanted.unit).path
        conditions.append(order.unit_path.startswith(path, autoescape=True))
    if wanted.started_after is not None:
        conditions.append(order.started_at >= wanted.started_after)
    if wanted.started_before is not None:
        conditions.append(order.started_at < wanted.started_before)
    if wanted.is_held is not None:
        # Only open orders are on hold.
        held = sa.and_(_OPEN, order.held.is_not(None))
        conditions.append(held if wanted.is_held else order.held.is_(None))
    if wanted.is_overdue is not None:
        late = sa.and_(_OPEN, order.due_at.is_not(None), order.due_at < view.now)
        conditions.append(late if wanted.is_overdue else sa.not_(late))
    if wanted.level_min is not None:
        conditions.append(order.level >= wanted.level_min)
    if wanted.has_incident is not None:
        count = incident_count().element
        conditions.append(sa.and_(_OPEN, count > 0) if wanted.has_incident else count == 0)
    for name, value in wanted.variables.items():
        conditions.append(
            sa.exists().where(
                t.order_variable.c.order_id == order.id,
                t.order_variable.c.name == name,
                t.order_variable.c.value == value,
            )
        )
    return conditions
