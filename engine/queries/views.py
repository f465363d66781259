"""Saved views 视图: lists with their filters, one's own and those shared with one's units."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from engine.queries.inbox import asker
from engine.store import tables as t
from engine.store.view import View


class SavedView(msgspec.Struct, frozen=True, kw_only=True):
    """A list under a name.

    Attributes:
        query: Query string of the page.
        unit: Code of the unit it is shared with, None if private.
        owner_name: Who keeps it.
        is_own: Whether the asking person keeps it, and so may change or remove it.
    """

    id: int
    name: str
    page: str
    query: str
    unit: str | None
    owner_name: str
    is_own: bool


def views(view: View, page: str) -> list[SavedView]:
    """Views of a page the asking person may use: the own ones first, then by name."""
    person, setup = asker(view), view.setup
    paths = [setup.unit(person.unit_id).path, *(grant.path for grant in person.grants)]
    around = {int(part) for path in paths for part in path.split("/") if part}
    saved = t.saved_view.c
    statement = (
        sa.select(t.saved_view, t.person.c.name.label("owner_name"))
        .join_from(t.saved_view, t.person, t.person.c.id == saved.person_id)
        .where(
            saved.page == page,
            sa.or_(saved.person_id == person.id, saved.unit_id.in_(sorted(around))),
        )
        .order_by(sa.case((saved.person_id == person.id, 0), else_=1), saved.name, saved.id)
    )
    return [
        SavedView(
            id=row["id"],
            name=row["name"],
            page=row["page"],
            query=row["query"],
            unit=None if row["unit_id"] is None else setup.unit(row["unit_id"]).code,
            owner_name=row["owner_name"],
            is_own=row["person_id"] == person.id,
        )
        for row in view.connection.execute(statement).mappings()
    ]
