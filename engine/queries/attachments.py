"""Names of attachments that forms refer to."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
import sqlalchemy as sa

from engine.store import tables as t
from engine.store import uploads
from engine.store.view import View


class AttachmentName(msgspec.Struct, frozen=True, kw_only=True):
    """An attachment as a form shows it; ``size`` in bytes."""

    id: int
    name: str
    size: int


def named(view: View, order_id: int | None, ids: Iterable[int]) -> list[AttachmentName]:
    """Those of these files that belong to an order the caller has found visible.

    Without an order: those who asks has sent for one that is not open yet.
    """
    wanted = sorted(set(ids))
    if not wanted or view.by is None:
        return []
    if order_id is None:
        rows: Iterable[sa.RowMapping] = uploads.of(view.connection, view.by.id, wanted)
    else:
        table = t.attachment.c
        statement = sa.select(table.id, table.name, table.size).where(
            table.order_id == order_id, table.id.in_(wanted)
        )
        rows = view.connection.execute(statement).mappings()
    return [AttachmentName(id=row["id"], name=row["name"], size=row["size"]) for row in rows]
