"""Names of attachments that forms refer to."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
import sqlalchemy as sa

from engine.store import tables as t
from engine.store.view import View


class AttachmentName(msgspec.Struct, frozen=True, kw_only=True):
    """An attachment as a form shows it; ``size`` in bytes."""

    id: int
    name: str
    size: int


def named(view: View, order_id: int, ids: Iterable[int]) -> list[AttachmentName]:
    """Those of these attachments that belong to an order the caller has found visible."""
    wanted = sorted(set(ids))
    if not wanted:
        return []
    table = t.attachment.c
    statement = sa.select(table.id, table.name, table.size).where(
        table.order_id == order_id, table.id.in_(wanted)
    )
    rows = view.connection.execute(statement)
    return [AttachmentName(id=row.id, name=row.name, size=row.size) for row in rows]
