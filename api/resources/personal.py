"""One's own desk: preferences, password, saved views, what is put off."""

from __future__ import annotations

from typing import Any

from api import auth
from api.caller import execute, view
from api.operations import Resource
from api.schemas import personal as s
from api.schemas.orders import Created
from engine.domain import commands as c
from engine.domain.records import Preferences
from engine.handlers.results import IdResult
from engine.queries import preferences, views

bp = Resource("personal", "One's own desk: preferences 偏好, password, views 视图, put off 稍后.")


@bp.read("/me/preferences", s.PreferencesAnswer(), refusals=(401, 422, 503))
def own_preferences() -> Preferences:
    """How the caller wants the desk and be told of things."""
    with view() as moment:
        return preferences.preferences(moment)


@bp.act("PATCH", "/me/preferences", Created(), takes=s.PreferencesBody())
def save_preferences(given: dict[str, Any]) -> IdResult:
    """Change the choices that are given; the others stay."""
    return execute(c.SavePreferences(**given), IdResult)


@bp.act(
    "PUT",
    "/me/password",
    None,
    takes=s.PasswordBody(),
    keyed=False,
    refusals=(400, 401, 403, 413, 415, 422, 429, 503),
)
def change_password(given: dict[str, Any]) -> None:
    """Set one's own password; all tokens but the one of this call end."""
    auth.change_password(given["present"], given["new"])


@bp.read("/views", s.ViewRow(), many=True, query=s.ViewQuery(), refusals=(401, 422, 503))
def list_views(query: dict[str, Any]) -> list[views.SavedView]:
    """Saved views of a page: one's own, and those shared with one's units."""
    with view() as moment:
        return views.views(moment, query["page"])


@bp.act("POST", "/views", Created(), takes=s.ViewBody(), status=201)
def add_view(given: dict[str, Any]) -> IdResult:
    """Keep a list with its filters under a name."""
    return execute(c.SaveView(**given), IdResult)


@bp.act("PUT", "/views/<id:view_id>", Created(), takes=s.ViewBody())
def change_view(view_id: int, given: dict[str, Any]) -> IdResult:
    """Change a view of one's own."""
    return execute(c.SaveView(view_id=view_id, **given), IdResult)


@bp.act("DELETE", "/views/<id:view_id>", None)
def remove_view(view_id: int) -> None:
    """Forget a view of one's own."""
    execute(c.RemoveView(view_id=view_id), IdResult)


@bp.act("PUT", "/tasks/<id:task_id>/snooze", Created(), takes=s.SnoozeBody())
def snooze(task_id: int, given: dict[str, Any]) -> IdResult:
    """Put a task out of one's own sight 稍后 until an instant."""
    return execute(c.SnoozeTask(task_id=task_id, until=given["until"]), IdResult)


@bp.act("DELETE", "/tasks/<id:task_id>/snooze", None)
def end_snooze(task_id: int) -> None:
    """Bring a task back into one's own lists."""
    execute(c.SnoozeTask(task_id=task_id, until=None), IdResult)
