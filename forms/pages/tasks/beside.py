"""The list a task was opened from: drawn beside it, or only known when it stands there already."""

from __future__ import annotations

from flask import request

from engine.queries import inbox
from engine.store.view import View
from forms.pages.caller import is_partial
from forms.pages.inbox.listing import PAGE, Listing, listing
from forms.pages.inbox.query import ListQuery
from forms.pages.moments import zone


def beside(moment: View, current: int | None = None) -> Listing:
    """The list the address asks for; without its rows if the browser shows them already."""
    if not is_partial():
        return listing(moment, request.args, current=current)
    asked = ListQuery.of(request.args, moment.setup)
    page = inbox.listed(
        moment, asked.tab, sort=asked.sort, filters=asked.filters, limit=PAGE, zone=zone()
    )
    return bare(asked, current, [item.id for item in page.items])


def bare(asked: ListQuery, current: int | None, ids: list[int]) -> Listing:
    """A list without its rows."""
    return Listing(
        asked=asked,
        query=asked.written,
        current=current,
        groups=[],
        total="",
        more="",
        ids=ids,
        views=[],
        chips=[],
    )


def path_to(moment: View, task_id: int | None) -> str:
    """Address of a task within the list, or of the list itself."""
    found = bare(ListQuery.of(request.args, moment.setup), task_id, [])
    return found.here if task_id is None else found.path(task_id)
