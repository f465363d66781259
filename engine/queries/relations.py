"""Orders that belong to one: its parent, its children, others of the same customer."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from engine.domain.records import Order
from engine.queries.order_list import OrderItem, order_items, visible
from engine.store import tables as t
from engine.store.view import View

#: More are not shown; the list of orders has them all.
MOST_CHILDREN = 100
MOST_OTHERS = 20


class Relations(msgspec.Struct, frozen=True, kw_only=True):
    """Related orders the asking person may see.

    Attributes:
        others: Of the same customer, newest first, at most `MOST_OTHERS`.
    """

    parent: OrderItem | None
    children: list[OrderItem]
    others: list[OrderItem]


def relations(view: View, order: Order) -> Relations:
    """Orders related to one the caller has checked."""
    table = t.work_order.c
    parent = [] if order.parent_id is None else _ids(view, table.id == order.parent_id, 1)
    children = _ids(view, table.parent_id == order.id, MOST_CHILDREN)
    others = []
    if order.customer_id is not None:
        found = _ids(view, table.customer_id == order.customer_id, MOST_OTHERS + 2)
        others = [one for one in found if one not in (order.id, *parent, *children)]
    items = {
        item.id: item for item in order_items(view, [*parent, *children, *others[:MOST_OTHERS]])
    }
    return Relations(
        parent=items[parent[0]] if parent else None,
        children=[items[one] for one in children],
        others=[items[one] for one in others[:MOST_OTHERS]],
    )


def _ids(view: View, condition: sa.ColumnElement[bool], most: int) -> list[int]:
    statement = (
        sa.select(t.work_order.c.id)
        .where(condition, visible(view))
        .order_by(t.work_order.c.id.desc())
        .limit(most)
    )
    return list(view.connection.execute(statement).scalars())
