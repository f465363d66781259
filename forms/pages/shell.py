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


class Entry(msgspec.Struct, frozen=True, kw_only=True):
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


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """Lines of the navigation under a heading."""

    label: str
    entries: tuple[Entry, ...]


#: The navigation, for everybody; `sections` leaves out what the reader may not use.
SECTIONS: Final = (
    Section(
        label=mark("My work"),
        entries=(
            Entry(
                name="mine",
                path="/inbox",
                label=mark("My tasks"),
                icon="inbox",
                counter="mine",
                is_main=True,
            ),
            Entry(
                name="group",
                path="/inbox?tab=group",
                label=mark("To claim"),
                icon="hand",
                counter="group",
                is_main=True,
            ),
            Entry(
                name="escalated",
                path="/inbox?tab=escalated",
                label=mark("Escalated"),
                icon="megaphone",
                counter="escalated",
                is_main=True,
                is_hot=True,
            ),
            Entry(
                name="snoozed",
                path="/inbox?tab=snoozed",
                label=mark("Later"),
                icon="alarm-clock-plus",
                counter="snoozed",
            ),
            Entry(
                name="copied",
                path="/inbox?tab=copied",
                label=mark("Copied to me"),
                icon="copy",
                counter="copied",
            ),
            Entry(name="done", path="/inbox?tab=done", label=mark("Done"), icon="circle-check"),
        ),
    ),
    Section(
        label=mark("Work orders"),
        entries=(
            Entry(
                name="start",
                path="/start",
                label=mark("New work order"),
                icon="plus",
                act=Act.START,
            ),
            Entry(
                name="orders",
                path="/orders",
                label=mark("All work orders"),
                icon="layers",
            ),
            Entry(
                name="customers",
                path="/customers",
                label=mark("Customers"),
                icon="building-2",
                act=Act.READ,
            ),
        ),
    ),
    Section(
        label=mark("Lead"),
        entries=(
            Entry(
                name="team",
                path="/inbox?tab=team",
                label=mark("Team"),
                icon="users",
                act=Act.LEAD,
            ),
            Entry(
                name="escalations",
                path="/escalations",
                label=mark("Escalation board"),
                icon="clock-alert",
                act=Act.LEAD,
            ),
            Entry(
                name="wallboard",
                path="/wallboard",
                label=mark("Wallboard"),
                icon="chart-no-axes-column",
                act=Act.LEAD,
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
            found.append(Section(label=section.label, entries=entries))
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
