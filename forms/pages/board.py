"""The escalation board and the wallboard."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

import msgspec
from flask import Blueprint, Response, request

from engine.domain.records import Definition, Unit
from engine.domain.setup import Setup
from engine.queries import board, wall
from engine.queries.board import BoardFilters
from engine.queries.escalations import Fired, Planned, Receiver
from engine.queries.wall import Oldest
from forms.pages import replies
from forms.pages.caller import is_partial, view
from forms.pages.language import choose, gettext, mark
from forms.pages.moments import length
from forms.pages.words import action_word, process_word, role_word, title_word, trigger_word

bp = Blueprint("board", __name__)

#: Headings of the groups of tasks, and the icon and tone they come in.
GROUPS: Final[Mapping[str, tuple[str, str, str]]] = {
    "late": (mark("Overdue"), "triangle-alert", "late"),
    "h4": (mark("Due within 4 working hours"), "clock-alert", "soon"),
    "h8": (mark("Due in 4 to 8 working hours"), "clock", ""),
    "h24": (mark("Due in 8 to 24 working hours"), "calendar-clock", ""),
    "ahead": (mark("Escalated, not due soon"), "megaphone", ""),
}
#: Highest level of the shipped rules; more can be asked for in the address.
_LEVELS: Final = (1, 2, 3)
#: The wall is dark unless somebody wants it otherwise.
_LOOKS: Final = ("dark", "light", "auto")
#: Lines of the tables of the wall: they are read from afar.
_WALL_LINES: Final = 8


class Faces(msgspec.Struct, frozen=True):
    """How the board shows units, processes and receivers."""

    setup: Setup
    now: datetime

    def unit(self, unit_id: int | None) -> str:
        """Short name of a unit, empty for none; of the whole enterprise it is headquarters."""
        if unit_id == self.setup.root.id:
            return gettext("Headquarters")
        unit = self.setup.units.get(unit_id or 0)
        return "" if unit is None else unit_name(unit)

    def process(self, key: str) -> str:
        """Name of a process."""
        return process_word(key, self.setup)

    def title(self, one: Fired | Planned | Oldest) -> str:
        """Title of a work order."""
        return title_word(one.title, one.process, self.setup)

    def queue(self, queue: str) -> str:
        """Roles that may claim a task."""
        return ", ".join(role_word(role) for role in queue.partition("@")[0].split(",") if role)

    def receiver(self, to: Receiver) -> str:
        """To whom an escalation goes: place and role, then the people if they are known."""
        if not to.role:
            place = gettext("who works on it")
        else:
            role, unit = role_word(to.role), self.unit(to.unit_id)
            # Some roles say where they are: no "headquarters desk, headquarters".
            is_said = role.startswith(unit)
            place = role if is_said else gettext("%(role)s, %(unit)s", role=role, unit=unit)
        names = gettext(", ").join(to.people)
        return f"{place} · {names}" if names else place

    def why(self, one: Fired | Planned) -> str:
        """What sets an escalation off; empty if its rule is gone."""
        if isinstance(one, Planned) and one.repeat is not None:
            return gettext("again, every %(time)s", time=length(one.repeat))
        return trigger_word(one.trigger)

    def actions(self, actions: tuple[str, ...]) -> str:
        """What an escalation does."""
        return gettext(", ").join(action_word(action) for action in actions)

    def left(self, due_at: datetime) -> timedelta:
        """Time to a deadline, negative after it."""
        return due_at - self.now


def unit_name(unit: Unit) -> str:
    """Name of a unit in the reader's language."""
    return choose(unit.name, unit.name_en)


def process_name(definition: Definition) -> str:
    """Name of a process in the reader's language."""
    return choose(definition.name, definition.name_en)


@bp.get("/escalations")
def escalations() -> Response:
    """What breaches next, what is overdue, what was escalated, what comes."""
    filters = _filters()
    with view() as moment:
        found = board.board(moment, filters)
        faces = Faces(moment.setup, moment.now)
    query = urlencode(
        {name: value for name, value in msgspec.structs.asdict(filters).items() if value}
    )
    here = f"/escalations?{query}" if query else "/escalations"
    values: dict[str, Any] = {
        "board": found,
        "faces": faces,
        "filters": filters,
        "here": here,
        "headings": GROUPS,
        "now": faces.now,
    }
    if is_partial():
        return _conditional(replies.page("board/board.html", **values))
    return replies.page(
        "board/page.html",
        nav="escalations",
        levels=_LEVELS,
        unit_name=unit_name,
        process_name=process_name,
        processes=sorted(faces.setup.latest.values(), key=lambda one: one.key),
        **values,
    )


@bp.get("/wallboard")
def wallboard() -> Response:
    """The state of the units in numbers to be read from afar."""
    unit = request.args.get("unit") or None
    wished = request.args.get("look", "")
    look = wished if wished in _LOOKS else _LOOKS[0]
    with view() as moment:
        numbers = wall.wall(moment, unit)
        faces = Faces(moment.setup, moment.now)
        place = moment.setup.root if unit is None else moment.setup.unit_by_code(unit)
    return _conditional(
        replies.page(
            "board/wall_numbers.html" if is_partial() else "board/wall.html",
            wall=numbers,
            faces=faces,
            place=None if unit is None else unit_name(place),
            here=f"/wallboard?{urlencode({'unit': unit or '', 'look': look})}",
            unit=unit or "",
            look=None if look == "auto" else look,
            wished=look,
            most=_WALL_LINES,
            now=faces.now,
        )
    )


def _filters() -> BoardFilters:
    level = request.args.get("level_min", "")
    return BoardFilters(
        unit=request.args.get("unit") or None,
        process=request.args.get("process") or None,
        level_min=int(level) if level.isdecimal() and len(level) == 1 and level != "0" else None,
    )


def _conditional(response: Response) -> Response:
    """Say 304 while the browser knows it all."""
    response.add_etag(weak=True)
    response.headers["Cache-Control"] = "private, no-cache"
    response.make_conditional(request)
    return response
