"""Full-text search over all orders there ever were, on both databases alike."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from engine.domain import access, fulltext
from engine.domain.access import Act
from engine.queries import text_index
from engine.queries.text_index import Matching, TextIndex, Wanted
from engine.store import tables as t
from engine.store.view import View

_ORDERS: Final = TextIndex(t.order_text, "order_search", ("words",), newest_first=True)


def number(text: str) -> str:
    """What a text would be as the number of an order."""
    return text.strip().upper()


def matching(view: View, text: str) -> Matching | None:
    """The orders a text is found in; None if it has no word to look for.

    The index narrows to what the asker may see as far as it knows; whether they may see an
    order, the caller's conditions decide.
    """
    wanted = _wanted(view, text)
    return None if wanted is None else text_index.matching(view.connection, _ORDERS, wanted)


def newest(view: View, text: str, before: int | None) -> Iterator[Matching]:
    """Ways to the newest orders a text is found in, to be tried until there are enough.

    Args:
        view: The moment and who asks.
        text: What they look for.
        before: Id of an order; only older ones are wanted.
    """
    wanted = _wanted(view, text)
    if wanted is not None:
        yield from text_index.first(view.connection, _ORDERS, wanted, before)


def everywhere(view: View, text: str) -> Iterator[Matching]:
    """As `newest`, of all orders: what is made of them must narrow to what somebody may see."""
    terms = fulltext.terms(text)
    if terms:
        yield from text_index.first(view.connection, _ORDERS, Wanted(terms), None)


def _wanted(view: View, text: str) -> Wanted | None:
    terms = fulltext.terms(text)
    return None if not terms or view.by is None else Wanted(terms, _marks(view))


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
