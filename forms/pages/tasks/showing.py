"""Draws the page of a task, whole or as the part beside the list."""

from __future__ import annotations

from typing import Any, Final

from flask import Response, request

from engine.queries.instructions import instructions
from engine.store.view import View
from forms.pages import replies
from forms.pages.caller import is_partial, view
from forms.pages.language import mark
from forms.pages.order.progress import progress
from forms.pages.order.relations import relations
from forms.pages.order.timeline import recent, timeline
from forms.pages.talk import talk
from forms.pages.tasks.pane import WORK, Given, Pane, look
from forms.pages.tasks.signing import signing_state

_WRONG: Final = 422
#: Parts of the page, with what their tabs are called.
PARTS: Final = {
    WORK: mark("Work on it"),
    "progress": mark("Progress and diagram"),
    "timeline": mark("Timeline"),
    "files": mark("Files"),
    "talk": mark("Comments"),
    "related": mark("Related orders"),
}


def shown(moment: View, pane: Pane, status: int = 200, **values: Any) -> Response:
    """The task: beside the list, or the part htmx asked for."""
    template = "task/detail.html" if is_partial() else "task/page.html"
    return replies.page(template, status, **context(moment, pane), **values)


def refused(task_id: int, given: Given) -> Response:
    """The same form with what was typed and what is wrong with it."""
    with view() as moment:
        return shown(moment, look(moment, task_id, given=given), _WRONG)


def context(moment: View, pane: Pane) -> dict[str, Any]:
    """What the templates of a task need."""
    return {
        "pane": pane,
        "listing": pane.listing,
        "nav": pane.listing.nav,
        "parts": PARTS,
        **_part(moment, pane),
    }


def _part(moment: View, pane: Pane) -> dict[str, Any]:
    order = pane.order
    if pane.part == WORK:
        return {
            "instructions": instructions(moment, order.id),
            "signing": signing_state(moment, pane.task),
            "events": recent(moment, order),
        }
    if pane.part == "progress":
        return {"progress": progress(moment, order)}
    if pane.part == "timeline":
        return {"timeline": timeline(moment, order, cursor=request.args.get("cursor"))}
    if pane.part == "related":
        return {"relations": relations(moment, order)}
    return {"talk": talk(moment, order, task_id=pane.task.id)}
