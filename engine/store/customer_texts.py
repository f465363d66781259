"""Words of customers that were there before their names had an index."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Connection

from engine.domain import fragments
from engine.store import tables as t

_BATCH = 5_000


def remember(connection: Connection) -> None:
    """Keep what every customer is found by."""
    customer = t.customer.c
    following = (
        sa.select(customer.id, customer.code, customer.name, customer.unit_id)
        .where(customer.id > sa.bindparam("last"))
        .order_by(customer.id)
        .limit(_BATCH)
    )
    last = 0
    while rows := connection.execute(following, {"last": last}).mappings().all():
        connection.execute(
            sa.insert(t.customer_text),
            [{"customer_id": row["id"], **fragments.customer_words(dict(row))} for row in rows],
        )
        last = rows[-1]["id"]
