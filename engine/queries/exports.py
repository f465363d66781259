"""Exports of the asking person."""

from __future__ import annotations

import sqlalchemy as sa

from engine.handlers.exports import ExportNotFoundError
from engine.queries.inbox import asker
from engine.store import tables as t
from engine.store.exports import COLUMNS, Export
from engine.store.view import View

_MOST = 50


def own_exports(view: View) -> list[Export]:
    """The person's own, newest first."""
    statement = (
        sa.select(*COLUMNS)
        .where(t.export.c.person_id == asker(view).id)
        .order_by(t.export.c.id.desc())
        .limit(_MOST)
    )
    return [Export(**row) for row in view.connection.execute(statement).mappings()]


def own_export(view: View, export_id: int) -> Export:
    """One of the person's own.

    Raises:
        ExportNotFoundError: There is none.
    """
    statement = sa.select(*COLUMNS).where(
        t.export.c.id == export_id, t.export.c.person_id == asker(view).id
    )
    row = view.connection.execute(statement).mappings().first()
    if row is None:
        raise ExportNotFoundError(export=export_id)
    return Export(**row)
