"""Full-text search over all orders there ever were, on both databases alike."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy import ColumnElement
from sqlalchemy.dialects.postgresql import TSQUERY

from engine.domain import access, fulltext
from engine.domain.access import Act
from engine.domain.fulltext import Term
from engine.store import tables as t
from engine.store.view import View

#: SQLite's index; the migration creates it.
_INDEX: Final = sa.table(
    "order_search", sa.column("rowid", sa.BigInteger), sa.column("order_search", sa.Text)
)
#: PostgreSQL's words, as the migration makes them.
_VECTOR: Final[ColumnElement[Any]] = sa.column("vector")
#: So many of the newest orders are looked at one by one before the index is asked.
_NEAR: Final = 2_000


class Matching(NamedTuple):
    """How to ask for the orders a text is found in.

    Attributes:
        table: To select from. id: Column with the order's id; the index gives it in order.
        condition: Holds for every order found, and perhaps for some the asker may not see.
    """

    table: sa.FromClause
    id: ColumnElement[int]
    condition: ColumnElement[bool]


def number(text: str) -> str:
    """What a text would be as the number of an order."""
    return text.strip().upper()


def matching(view: View, text: str) -> Matching | None:
    """The orders a text is found in; None if it has no word to look for.

    The index narrows to what the asker may see as far as it knows; whether they may see an
    order, the caller's conditions decide.
    """
    terms = fulltext.terms(text)
    if not terms or view.by is None:
        return None
    marks = _marks(view)
    if view.connection.dialect.name == "postgresql":
        return _indexed(terms, marks)
    found = _INDEX.c.order_search.op("MATCH", return_type=sa.Boolean())(_fts5(terms, marks))
    # Not by a join: SQLite would walk all texts and ask its index about each of them.
    said: ColumnElement[str] = (
        sa.select(t.order_text.c.words)
        .where(t.order_text.c.order_id == _INDEX.c.rowid)
        .correlate(_INDEX)
        .scalar_subquery()
    )
    return Matching(_INDEX, _INDEX.c.rowid, sa.and_(found, *_phrases(said, terms)))


def newest(view: View, text: str, before: int | None) -> Iterator[Matching]:
    """Ways to the newest orders a text is found in, to be tried until there are enough.

    Args:
        view: The moment and who asks.
        text: What they look for.
        before: Id of an order; only older ones are wanted.

    SQLite's index gives orders from the newest. PostgreSQL's gives all at once, which takes long
    for common words; but those are in some of the newest orders, whatever its planner thinks.
    """
    whole = matching(view, text)
    if whole is None:
        return
    if view.connection.dialect.name == "postgresql":
        yield _near(fulltext.terms(text), _marks(view), before)
    yield whole


def _near(terms: list[Term], marks: tuple[str, ...], before: int | None) -> Matching:
    words = t.order_text
    back = sa.select(words.c.order_id, words.c.words, _VECTOR).select_from(words)
    if before is not None:
        back = back.where(words.c.order_id < before)
    near = back.order_by(words.c.order_id.desc()).limit(_NEAR).subquery("near")
    found = _contains(near.c.vector, terms, marks)
    return Matching(near, near.c.order_id, sa.and_(found, *_phrases(near.c.words, terms)))


def _indexed(terms: list[Term], marks: tuple[str, ...]) -> Matching:
    words = t.order_text
    # Materialized: the planner would rather walk through all orders than sort those found.
    found = (
        sa.select(words.c.order_id)
        .select_from(words)
        .where(_contains(_VECTOR, terms, marks), *_phrases(words.c.words, terms))
        .cte("found")
        .prefix_with("MATERIALIZED", dialect="postgresql")
    )
    return Matching(found, found.c.order_id, sa.true())


def _contains(
    vector: ColumnElement[Any], terms: list[Term], marks: tuple[str, ...]
) -> ColumnElement[bool]:
    query = sa.cast(sa.literal(_tsquery(terms, marks)), TSQUERY)
    return vector.op("@@", return_type=sa.Boolean())(query)


def _marks(view: View) -> tuple[str, ...]:
    """Words of which an order the asker may see has one; none if they may see all."""
    person = view.by
    if person is None:
        return ()
    units = [
        int(path.rstrip("/").rpartition("/")[2])
        for path in access.visible_paths(person, Act.READ)
        if path.strip("/")
    ]
    if view.setup.root.id in units:
        return ()
    return (*map(fulltext.unit_mark, units), fulltext.person_mark(person.id))


def _fts5(terms: list[Term], marks: tuple[str, ...]) -> str:
    """The query as SQLite wants it; words are letters and digits only, so quotes hold them."""
    parts = [f'"{word}"{" *" if goes_on else ""}' for word, goes_on in _words(terms)]
    if marks:
        parts.append("(" + " OR ".join(f'"{mark}"' for mark in marks) + ")")
    return " AND ".join(parts)


def _tsquery(terms: list[Term], marks: tuple[str, ...]) -> str:
    """The query as PostgreSQL wants it."""
    parts = [f"'{word}'{':*' if goes_on else ''}" for word, goes_on in _words(terms)]
    if marks:
        parts.append("(" + " | ".join(f"'{mark}'" for mark in marks) + ")")
    return " & ".join(parts)


def _words(terms: list[Term]) -> Iterator[tuple[str, bool]]:
    """Every word, and whether it may go on."""
    for term in terms:
        yield from ((word, False) for word in term.words[:-1])
        yield term.words[-1], term.is_beginning


def _phrases(text: ColumnElement[str], terms: list[Term]) -> Iterator[ColumnElement[bool]]:
    """Words that must stand one after the other in what the order is found by."""
    between: ColumnElement[str] = sa.literal_column("' '")
    for term in terms:
        if term.is_phrase:
            end = "%" if term.is_beginning else " %"
            yield (between + text + between).like(f"% {' '.join(term.words)}{end}")
