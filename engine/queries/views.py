"""Saved views 视图: lists with their filters, one's own and those shared with one's units."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from engine.queries.inbox import asker
from engine.queries.tabs import PERSON
from engine.store import tables as t
from engine.store.reading import PreparedSelect
from engine.store.sets import among
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


_OWN = t.saved_view.c.person_id == PERSON
_VIEWS = PreparedSelect(
    sa.select(t.saved_view, t.person.c.name.label("owner_name"))
    .join_from(t.saved_view, t.person, t.person.c.id == t.saved_view.c.person_id)
    .where(
        t.saved_view.c.page == sa.bindparam("page"),
        sa.or_(_OWN, among(t.saved_view.c.unit_id, "around")),
    )
    .order_by(sa.case((_OWN, 0), else_=1), t.saved_view.c.name, t.saved_view.c.id)
)


def views(view: View, page: str) -> list[SavedView]:
    """Views of a page the asking person may use: the own ones first, then by name."""
    person, setup = asker(view), view.setup
    paths = [setup.unit(person.unit_id).path, *(grant.path for grant in person.grants)]
    around = {int(part) for path in paths for part in path.split("/") if part}
    given = {"person": person.id, "page": page, "around": sorted(around)}
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
        for row in _VIEWS.rows(view.connection, given)
    ]
