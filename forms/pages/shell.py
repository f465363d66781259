"""What stands around every page: the navigation and its counters."""

from __future__ import annotations

import secrets
from typing import Final

import msgspec
from flask import Blueprint, Response, g, request

from engine.domain import access
from engine.domain.access import Act
from engine.queries import task_counts
from forms.pages import replies
from forms.pages.caller import view
from forms.pages.language import mark

bp = Blueprint("shell", __name__)


class Entry(msgspec.Struct, frozen=True):
    """A line of the navigation.

    Attributes:
        name: What `nav` is called by the page that belongs to it.
        counter: Key in `counters`, empty without one.
        act: Act one must be allowed somewhere to see it.
        is_main: Whether it stays in the bar of a phone.
        is_hot: Whether its number calls for attention.
    """

    name: str
    path: str
    label: str
    icon: str
    counter: str = ""
    act: Act | None = None
    is_main: bool = False
    is_hot: bool = False


class Section(msgspec.Struct, frozen=True):
    """Lines of the navigation under a heading."""

    label: str
    entries: tuple[Entry, ...]


def _tab(
    name: str, label: str, icon: str, *, is_main: bool = False, is_hot: bool = False
) -> Entry:
    path = f"/inbox?tab={name}"
    return Entry(name, path, label, icon, counter=name, is_main=is_main, is_hot=is_hot)


#: The navigation, for everybody; `sections` leaves out what the reader may not use.
SECTIONS: Final = (
    Section(
        mark("My work"),
        (
            Entry("mine", "/inbox", mark("My tasks"), "inbox", counter="mine", is_main=True),
            _tab("group", mark("To claim"), "hand", is_main=True),
            _tab("escalated", mark("Escalated"), "megaphone", is_main=True, is_hot=True),
            _tab("snoozed", mark("Later"), "alarm-clock-plus"),
            _tab("copied", mark("Copied to me"), "copy"),
            Entry("done", "/inbox?tab=done", mark("Done"), "circle-check"),
        ),
    ),
    Section(
        mark("Work orders"),
        (
            Entry("start", "/start", mark("New work order"), "plus", act=Act.START),
            Entry("orders", "/orders", mark("All work orders"), "layers"),
            Entry(
                "incidents",
                "/orders?incident=yes",
                mark("Orders with failures"),
                "triangle-alert",
                act=Act.OPERATE,
            ),
            Entry("customers", "/customers", mark("Customers"), "building-2", act=Act.READ),
            Entry("exports", "/exports", mark("My exports"), "download"),
        ),
    ),
    Section(
        mark("Lead"),
        (
            Entry("team", "/inbox?tab=team", mark("Team"), "users", act=Act.LEAD),
            Entry(
                "escalations",
                "/escalations",
                mark("Escalation board"),
                "clock-alert",
                act=Act.LEAD,
            ),
            Entry(
                "wallboard", "/wallboard", mark("Wallboard"), "chart-no-axes-column", act=Act.LEAD
            ),
        ),
    ),
)


def sections() -> list[Section]:
    """The navigation of the person who reads the page."""
    reader = g.get("person")
    if reader is None:
        return []
    found = []
    for section in SECTIONS:
        entries = tuple(
            entry
            for entry in section.entries
            if entry.act is None or access.may_anywhere(reader, entry.act)
        )
        if entries:
            found.append(Section(section.label, entries))
    return found


def context() -> dict[str, object]:
    """Templates call ``sections()`` and ``new_key()``."""
    return {"sections": sections, "new_key": lambda: secrets.token_urlsafe(18)}


@bp.get("/menu")
def menu() -> Response:
    """The whole navigation as a page, for phones."""
    return replies.page("menu.html", nav="menu")


@bp.get("/inbox/counters")
def counters() -> Response:
    """Numbers of the navigation as JSON; 304 while they are what the browser knows."""
    with view() as moment:
        numbers = task_counts.counts(moment)
    response = Response(msgspec.json.encode(numbers), content_type="application/json")
    response.add_etag(weak=True)
    response.headers["Cache-Control"] = "private, no-cache"
    response.make_conditional(request)
    return response
