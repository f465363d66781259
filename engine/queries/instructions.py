"""Instructions 批示 on an order."""

from __future__ import annotations

from datetime import datetime

import msgspec
import sqlalchemy as sa

from engine.store import tables as t
from engine.store.reading import PreparedSelect
from engine.store.view import View


class InstructionItem(msgspec.Struct, frozen=True, kw_only=True):
    """What a superior wrote.

    Attributes:
        task_id: The task it is about, None for the whole order.
    """

    id: int
    task_id: int | None
    author: int | None
    author_name: str | None
    at: datetime
    text: str


_INSTRUCTIONS = PreparedSelect(
    sa.select(
        t.instruction.c.id, t.instruction.c.task_id, t.instruction.c.author,
        t.person.c.name.label("author_name"), t.instruction.c.at, t.instruction.c.text,
    )
    .outerjoin_from(t.instruction, t.person, t.person.c.id == t.instruction.c.author)
    .where(t.instruction.c.order_id == sa.bindparam("order_id"))
    .order_by(t.instruction.c.id)
)  # fmt: skip


def instructions(view: View, order_id: int) -> list[InstructionItem]:
    """Instructions on one order, oldest first. The caller has checked that it may be seen."""
    rows = _INSTRUCTIONS.rows(view.connection, {"order_id": order_id})
    return [InstructionItem(**row) for row in rows]
