"""The inbox 待办: lists of tasks with their filters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qsl

from flask import Blueprint, Response, request
from werkzeug.datastructures import MultiDict

from engine.domain.commands import ClaimNext
from engine.handlers.assigning import NothingToClaimError
from engine.handlers.results import TaskResult
from engine.queries import inbox
from engine.queries.tabs import Tab
from forms.pages import replies
from forms.pages.caller import execute, view
from forms.pages.converters import id_of
from forms.pages.inbox.bulk import bulk_acts
from forms.pages.inbox.filters import panel
from forms.pages.inbox.listing import MOST_SHOWN, PAGE, SORT_WORDS, listing
from forms.pages.inbox.query import ListQuery
from forms.pages.language import gettext, mark
from forms.pages.moments import zone
from forms.pages.problems import told
from forms.pages.toasts import Toast

bp = Blueprint("inbox", __name__)

#: Why a list is empty.
EMPTY_WORDS: Final[Mapping[Tab, str]] = {
    "mine": mark("You hold no task at the moment."),
    "group": mark("Nothing waits to be claimed by your groups."),
    "team": mark("Your units have no open task."),
    "escalated": mark("Nothing that you see is escalated."),
    "snoozed": mark("You have put nothing off. Tasks put off come back by themselves."),
    "copied": mark("No open work order is copied to you."),
    "done": mark("You have completed no task yet."),
}
_MOST_PICKED: Final = 200


@bp.app_context_processor
def words() -> dict[str, Any]:
    """What the list shows besides its rows, wherever it is drawn."""
    return {"sort_words": SORT_WORDS, "empty_words": EMPTY_WORDS, "bulk_acts": bulk_acts}


@bp.get("/inbox")
def show() -> Response:
    """A list, and no task beside it."""
    with view() as moment:
        found = listing(moment, request.args, picked=_picked())
        return replies.page("inbox/page.html", listing=found)


@bp.post("/inbox/next")
def claim_next() -> Response:
    """Take the first task of the list of free ones that nobody else has taken by then."""
    with view() as moment:
        asked = ListQuery.of(MultiDict(parse_qsl(request.form.get("list", ""))), moment.setup)
        found = inbox.claimable(moment, sort=asked.sort, filters=asked.filters, zone=zone())
    try:
        done = execute(ClaimNext(asked=asked.written, tasks=found), TaskResult)
    except NothingToClaimError as error:
        return replies.go(asked.here, Toast(text=told(error), tone="warn"))
    toast = Toast(text=gettext("The task is yours."), undo=f"/tasks/{done.task_id}/acts/release")
    return replies.go(f"/tasks/{done.task_id}", toast)


@bp.get("/inbox/rows")
def rows() -> Response:
    """The rows after those shown."""
    with view() as moment:
        return replies.page("inbox/rows.html", listing=listing(moment, request.args))


@bp.get("/inbox/list")
def again() -> Response:
    """The list as it is now, with as many rows as are shown."""
    shown = min(max(_number("shown", PAGE), PAGE), MOST_SHOWN)
    current = _number("current", 0) or None
    with view() as moment:
        found = listing(moment, request.args, current=current, shown=shown)
        return replies.page("inbox/list.html", listing=found)


@bp.get("/inbox/filters")
def filters() -> Response:
    """The panel of filters, with how many tasks each choice would leave."""
    with view() as moment:
        return panel(moment, request.args)


def _picked() -> frozenset[int]:
    given = request.args.get("picked", "").split(",")[:_MOST_PICKED]
    return frozenset(found for each in given if (found := id_of(each)) is not None)


def _number(name: str, default: int) -> int:
    given = request.args.get(name, "")
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 20 else default  # noqa: PLR2004
