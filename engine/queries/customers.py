"""What customers have going on."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from engine.queries.order_list import visible
from engine.store import tables as t
from engine.store.view import View


def open_orders_of(view: View, customers: Iterable[int]) -> dict[int, int]:
    """How many open orders the asking person sees of each customer; those without are absent."""
    order = t.work_order.c
    statement = (
        sa.select(order.customer_id, sa.func.count())
        .where(order.customer_id.in_(list(customers)), order.ended_at.is_(None), visible(view))
        .group_by(order.customer_id)
    )
    return {row[0]: row[1] for row in view.connection.execute(statement)}
