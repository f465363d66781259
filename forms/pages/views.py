"""Saved views: a list with its filters under a name."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import Blueprint, Response, request

from engine.domain import access
from engine.domain.access import Act
from engine.domain.commands import RemoveView, SaveView
from engine.domain.records import Unit
from engine.errors import EngineError
from engine.handlers.personal import ViewNotFoundError
from engine.handlers.results import IdResult
from engine.queries.views import SavedView, views
from engine.store.view import View
from forms.pages import replies
from forms.pages.caller import execute, is_partial, person, view
from forms.pages.language import gettext
from forms.pages.problems import told
from forms.pages.replies import here
from forms.pages.toasts import Toast
from forms.statuses import status_of

bp = Blueprint("views", __name__)

_PAGES = ("inbox", "orders")
#: Parameters of a list that say where one is in it, not what it shows.
_PASSING = frozenset({"cursor", "after", "picked"})


@bp.get("/views/new")
def ask() -> Response:
    """Ask for the name of the list shown."""
    with view() as moment:
        return _form(moment, query=_lasting(request.args.get("query", "")))


@bp.post("/views/new")
def save() -> Response:
    """Keep the list."""
    return _save(None)


@bp.get("/views/<int:view_id>")
def show(view_id: int) -> Response:
    """Ask what should be different about a view."""
    with view() as moment:
        found = _own(moment, view_id)
        return _form(
            moment, view_id=view_id, query=found.query, name=found.name, unit=found.unit or ""
        )


@bp.post("/views/<int:view_id>")
def change(view_id: int) -> Response:
    """Keep it under another name, or share it with others."""
    return _save(view_id)


@bp.post("/views/<int:view_id>/remove")
def remove(view_id: int) -> Response:
    """Forget a view; it can be brought back at once."""
    with view() as moment:
        found = _own(moment, view_id)
    execute(RemoveView(view_id=view_id), IdResult)
    fields = {"name": found.name, "page": found.page, "query": found.query}
    toast = Toast(
        text=gettext("View “%(name)s” removed.", name=found.name),
        undo="/views/new",
        fields={**fields, "unit": found.unit or "", "_back": _back(found.page)},
    )
    return replies.go(_back(found.page), toast)


def _save(view_id: int | None) -> Response:
    name, page = request.form.get("name", "").strip(), _page()
    query = _lasting(request.form.get("query", ""))
    command = SaveView(
        name=name,
        page=page,
        query=query,
        unit=request.form.get("unit") or None,
        view_id=view_id,
    )
    if not name:
        return _again(view_id, command, gettext("Give the view a name."))
    try:
        execute(command, IdResult)
    except ViewNotFoundError:
        raise
    except EngineError as refused:
        return _again(view_id, command, told(refused), status_of(refused))
    path = f"/{page}?{query}" if query else f"/{page}"
    return replies.go(path, Toast(text=gettext("View “%(name)s” saved.", name=name)))


def _again(view_id: int | None, given: SaveView, sentence: str, status: int = 422) -> Response:
    with view() as moment:
        return _form(
            moment,
            status,
            view_id=view_id,
            query=given.query,
            name=given.name,
            unit=given.unit or "",
            errors=[("name", sentence)],
        )


def _form(moment: View, status: int = 200, **values: Any) -> Response:
    view_id = values.get("view_id")
    given: dict[str, Any] = {"name": "", "unit": "", "errors": [], "view_id": None, **values}
    return replies.page(
        "views/dialog.html" if is_partial() else "views/page.html",
        status,
        heading=gettext("Change view") if view_id else gettext("Save list as a view"),
        action=f"/views/{view_id or 'new'}",
        page=_page(),
        here=_back(_page()),
        units=_led(moment),
        **given,
    )


def _led(moment: View) -> list[Unit]:
    """Units whose people the person may give a view to."""
    paths = access.visible_paths(person(), Act.LEAD)
    units = sorted(moment.setup.units.values(), key=lambda unit: unit.path)
    return [unit for unit in units if unit.path.startswith(paths or ("-",))]


def _own(moment: View, view_id: int) -> SavedView:
    for page in _PAGES:
        for found in views(moment, page):
            if found.id == view_id and found.is_own:
                return found
    raise ViewNotFoundError(view=view_id)


def _page() -> str:
    given = request.values.get("page", "")
    return given if given in _PAGES else "inbox"


def _back(page: str) -> str:
    return here(request.values.get("_back", ""), f"/{page}")


def _lasting(query: str) -> str:
    """The query string without the place in the list."""
    pairs = parse_qsl(query[:4000])
    return urlencode([(name, value) for name, value in pairs if name not in _PASSING])
