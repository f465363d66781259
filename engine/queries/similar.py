"""Work orders that may be about the same: what to look at before another one is opened."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any, Final

import msgspec
import sqlalchemy as sa

from engine.domain import fulltext
from engine.queries.order_list import OrderItem, order_items, visible
from engine.store import tables as t
from engine.store.view import View

#: Orders opened earlier are taken for another matter.
SINCE: Final = timedelta(days=30)
_LOOKED_AT: Final = 50
#: Variables that are the same for every order of the customer, so they say nothing.
_OF_CUSTOMER: Final = frozenset({"customer_id", "customer_class", "channel"})


class SimilarOrder(msgspec.Struct, frozen=True, kw_only=True):
    """An open order of the same customer and process.

    Attributes:
        shared: Published variables that have the value one is about to enter.
        words: How many words of its texts one is about to enter.
    """

    order: OrderItem
    shared: tuple[str, ...]
    words: int


def similar_orders(
    view: View, process: str, customer_id: int, values: Mapping[str, Any], *, limit: int = 5
) -> list[SimilarOrder]:
    """Open orders of the last `SINCE` for this customer and process, the most alike first.

    Args:
        view: The moment and who asks; only what they may see is told.
        process: Key of the process.
        customer_id: The customer.
        values: What is about to be entered.
        limit: How many to tell.
    """
    order = t.work_order.c
    statement = (
        sa.select(order.id, t.order_text.c.words)
        .outerjoin_from(t.work_order, t.order_text, t.order_text.c.order_id == order.id)
        .where(
            order.customer_id == customer_id,
            order.process_key == process,
            order.ended_at.is_(None),
            order.started_at >= view.now - SINCE,
            visible(view),
        )
        .order_by(order.id.desc())
        .limit(_LOOKED_AT)
    )
    said = {row.id: set((row.words or "").split()) for row in view.connection.execute(statement)}
    wanted = {word for text in _texts(values) for word in fulltext.words(text)}
    found = [
        SimilarOrder(
            order=item,
            shared=tuple(sorted(_shared(item, values))),
            words=len(wanted & said[item.id]),
        )
        for item in order_items(view, list(said))
    ]
    found.sort(key=lambda one: (len(one.shared), one.words, one.order.id), reverse=True)
    return found[:limit]


def _shared(item: OrderItem, values: Mapping[str, Any]) -> Iterable[str]:
    for name, value in item.variables.items():
        if name not in _OF_CUSTOMER and value and values.get(name) == value:
            yield name


def _texts(values: Mapping[str, Any]) -> Iterable[str]:
    return (
        value
        for name, value in values.items()
        if isinstance(value, str) and name not in _OF_CUSTOMER
    )
