"""Customers by any part of their name or number, or by a whole number of theirs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa
from sqlalchemy import ColumnElement

from engine.domain import fragments, fulltext
from engine.domain.records import Customer
from engine.queries import text_index
from engine.queries.text_index import TextIndex, Wanted
from engine.store import tables as t
from engine.store.view import View

_CUSTOMERS: Final = TextIndex(t.customer_text, "customer_search", ("code", "name"))


def found(
    view: View,
    text: str,
    *,
    units: Sequence[int] | None,
    conditions: Sequence[ColumnElement[bool]],
    after: int | None,
    most: int,
) -> list[Customer]:
    """The first customers a text is found in, by id.

    Args:
        view: The moment and who asks.
        text: What they look for.
        units: Where they may see customers; None if everywhere.
        conditions: What else must hold of a customer.
        after: Id of a customer; only later ones are wanted.
        most: How many are enough.
    """
    key = t.customer.c.id
    numbered = _numbered(view, text.strip())
    if numbered:
        later = [] if after is None else [key > after]
        return _rows(view, key.in_(numbered), *conditions, *later)[:most]
    terms = fragments.terms(text)
    if not terms or units == []:
        return []
    wanted = Wanted(terms, tuple(map(fulltext.unit_mark, units or ())))
    rows: list[Customer] = []
    for matching in text_index.first(view.connection, _CUSTOMERS, wanted, after):
        ids = matching.rows(key, conditions).order_by(matching.id).limit(most)
        if after is not None:
            ids = ids.where(matching.id > after)
        rows = _rows(view, key.in_(ids))
        if len(rows) == most:
            break
    return rows


def _rows(view: View, *conditions: ColumnElement[bool]) -> list[Customer]:
    statement = sa.select(t.customer).where(*conditions).order_by(t.customer.c.id)
    return [Customer(**row) for row in view.connection.execute(statement).mappings()]


def _numbered(view: View, number: str) -> list[int]:
    """Ids of customers by a whole number; each lies in an index."""
    spelled = {number, number.upper()}
    found = sa.union(
        sa.select(t.customer.c.id).where(t.customer.c.code.in_(spelled)),
        sa.select(t.contract.c.customer_id).where(t.contract.c.number.in_(spelled)),
        sa.select(t.service.c.customer_id).where(t.service.c.number.in_(spelled)),
    )
    return list(view.connection.execute(found).scalars())
