"""What all lists take: a cursor and a limit."""

from __future__ import annotations

from typing import ClassVar

from marshmallow import fields

from api.schemas.base import Query
from api.schemas.fields import Text, Whole
from engine.queries.paging import MOST_PER_PAGE

_FEW = 50


class PageQuery(Query):
    """Keyset paging: give back the cursor of the page before."""

    cursor = Text(
        most=400,
        pattern=r"[A-Za-z0-9_-]+",
        metadata={"description": "`next_cursor` of the page before; absent for the first page."},
    )
    limit = Whole(
        least=1,
        most=MOST_PER_PAGE,
        load_default=_FEW,
        metadata={"description": "Rows per page."},
    )


class VariablesQuery(PageQuery):
    """Lists that can be narrowed by published variables."""

    prefix: ClassVar[str | None] = "variable."

    variables = fields.Dict(
        keys=Text(most=100, least=1),
        values=Text(most=400),
        load_default=dict,
        metadata={"description": "`variable.<name>=<value>`: a published variable's value."},
    )
