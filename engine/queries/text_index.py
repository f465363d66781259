"""What both databases' word indexes are asked, and how: the same words, found alike.

SQLite has a virtual table beside the table of words, PostgreSQL a column ``vector`` in it; the
migrations create them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Connection, Select, Table
from sqlalchemy.dialects.postgresql import TSQUERY

from engine.domain.fulltext import Term

#: PostgreSQL's words.
_VECTOR: Final[ColumnElement[Any]] = sa.column("vector")
#: So many rows are looked at one by one before PostgreSQL's index is asked.
_NEAR: Final = 2_000
_BETWEEN: Final[ColumnElement[str]] = sa.literal_column("' '")


class TextIndex(NamedTuple):
    """Words of rows.

    Attributes:
        table: Where they are kept; its key is the row's id.
        search: Name of SQLite's index.
        columns: That hold words which may follow each other.
        newest_first: Whether pages begin with the highest id.
    """

    table: Table
    search: str
    columns: tuple[str, ...]
    newest_first: bool = False

    @property
    def id(self) -> ColumnElement[int]:
        """Whose words they are."""
        (key,) = self.table.primary_key.columns
        return key


class Wanted(NamedTuple):
    """What to look for: all terms, and one of the marks if there are any."""

    terms: list[Term]
    marks: tuple[str, ...] = ()


class Matching(NamedTuple):
    """How to ask for the rows a text is found in.

    Attributes:
        table: To select from.
        id: Column with the row's id; the index gives it in order.
        condition: Holds for every row found, and perhaps for some the asker may not see.
    """

    table: sa.FromClause
    id: ColumnElement[int]
    condition: ColumnElement[bool]

    def rows(
        self, key: ColumnElement[int], conditions: Iterable[ColumnElement[bool]]
    ) -> Select[int]:
        """Ids of the rows found for which conditions hold too, in no order.

        Each row is looked at as the index gives it. Of a join a planner may think better: SQLite
        would ask the index about row after row, PostgreSQL walk through the whole table.

        Args:
            key: Of the table the conditions are about.
            conditions: About the row with that key.
        """
        holds: ColumnElement[bool] = (
            sa.select(sa.and_(sa.true(), *conditions))
            .where(key == self.id)
            .correlate(self.table)
            .scalar_subquery()
        )
        return sa.select(self.id.label("id")).select_from(self.table).where(self.condition, holds)


def matching(connection: Connection, index: TextIndex, wanted: Wanted) -> Matching:
    """All rows found."""
    if connection.dialect.name == "postgresql":
        return _indexed(index, wanted)
    search = sa.table(
        index.search, sa.column("rowid", sa.BigInteger), sa.column(index.search, sa.Text)
    )
    found = search.c[index.search].op("MATCH", return_type=sa.Boolean())(_fts5(wanted))
    # Not by a join: SQLite would walk all texts and ask its index about each of them.
    said: ColumnElement[str] = (
        sa.select(_said(index, index.table))
        .where(index.id == search.c.rowid)
        .correlate(search)
        .scalar_subquery()
    )
    return Matching(search, search.c.rowid, sa.and_(found, *_phrases(said, wanted.terms)))


def first(
    connection: Connection, index: TextIndex, wanted: Wanted, after: int | None
) -> Iterator[Matching]:
    """Ways to the first rows found, to be tried until there are enough.

    Args:
        connection: A transaction.
        index: Where to look.
        wanted: What for.
        after: Id of a row; only what comes after it is wanted.

    SQLite's index gives rows in order. PostgreSQL's gives all at once, which takes long for
    common words; but those are in some of the first rows, whatever its planner thinks.
    """
    if connection.dialect.name == "postgresql":
        yield _near(index, wanted, after)
    yield matching(connection, index, wanted)


def _near(index: TextIndex, wanted: Wanted, after: int | None) -> Matching:
    back = sa.select(index.id.label("id"), _said(index, index.table).label("said"), _VECTOR)
    back = back.select_from(index.table)
    if after is not None:
        back = back.where(index.id < after if index.newest_first else index.id > after)
    order = index.id.desc() if index.newest_first else index.id
    near = back.order_by(order).limit(_NEAR).subquery("near")
    found = _contains(near.c.vector, wanted)
    return Matching(near, near.c.id, sa.and_(found, *_phrases(near.c.said, wanted.terms)))


def _indexed(index: TextIndex, wanted: Wanted) -> Matching:
    # Materialized: the planner would rather walk through all rows than sort those found.
    found = (
        sa.select(index.id.label("id"))
        .select_from(index.table)
        .where(_contains(_VECTOR, wanted), *_phrases(_said(index, index.table), wanted.terms))
        .cte("found")
        .prefix_with("MATERIALIZED", dialect="postgresql")
    )
    return Matching(found, found.c.id, sa.true())


def _said(index: TextIndex, rows: sa.FromClause) -> ColumnElement[str]:
    """All words of a row with blanks between and around them."""
    said = _BETWEEN
    for name in index.columns:
        said = said + rows.c[name] + _BETWEEN
    return said


def _contains(vector: ColumnElement[Any], wanted: Wanted) -> ColumnElement[bool]:
    query = sa.cast(sa.literal(_tsquery(wanted)), TSQUERY)
    return vector.op("@@", return_type=sa.Boolean())(query)


def _fts5(wanted: Wanted) -> str:
    """The query as SQLite wants it; words are letters and digits to it, so quotes hold them."""
    parts = [f'"{word}"{" *" if goes_on else ""}' for word, goes_on in _words(wanted.terms)]
    if wanted.marks:
        parts.append("(" + " OR ".join(f'"{mark}"' for mark in wanted.marks) + ")")
    return " AND ".join(parts)


def _tsquery(wanted: Wanted) -> str:
    """The query as PostgreSQL wants it."""
    parts = [f"'{word}'{':*' if goes_on else ''}" for word, goes_on in _words(wanted.terms)]
    if wanted.marks:
        parts.append("(" + " | ".join(f"'{mark}'" for mark in wanted.marks) + ")")
    return " & ".join(parts)


def _words(terms: list[Term]) -> Iterator[tuple[str, bool]]:
    """Every word, and whether it may go on."""
    for term in terms:
        yield from ((word, False) for word in term.words[:-1])
        yield term.words[-1], term.is_beginning


def patterns(terms: list[Term]) -> list[str]:
    """What words with blanks between and around them are like if they hold all terms."""
    return [
        f"% {words}{'%' if term.is_beginning and words.endswith(term.words[-1]) else ' %'}"
        for term in terms
        for words in ((" ".join(term.words),) if term.is_phrase else term.words)
    ]


def _phrases(said: ColumnElement[str], terms: list[Term]) -> Iterator[ColumnElement[bool]]:
    """Words that must stand one after the other."""
    for term in terms:
        if term.is_phrase:
            end = "%" if term.is_beginning else " %"
            yield said.like(f"% {' '.join(term.words)}{end}")
