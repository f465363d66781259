"""Lists written into files in the background: ask for one, watch it grow, fetch it."""

from __future__ import annotations

from typing import Final

import msgspec
from flask import Blueprint, Response, request, send_file

from engine.domain.commands import CancelExport, StartExport
from engine.exporting import MOST_ROWS
from engine.files import FileLostError
from engine.handlers.exports import ExportExpiredError
from engine.handlers.results import IdResult
from engine.queries import exports, records
from engine.queries.order_query import OrderQuery
from engine.store.exports import UNFINISHED, Export
from engine.store.health import is_worked
from engine.store.view import View
from forms.pages import replies
from forms.pages.caller import application, execute, view
from forms.pages.language import gettext, mark, number, pgettext
from forms.pages.moments import local
from forms.pages.orders.pages import told
from forms.pages.toasts import Toast

bp = Blueprint("exports", __name__)

_TYPES: Final = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_TONES: Final = {"running": "blue", "ready": "green", "failed": "red"}
#: What stood in the way, by code; anything else is `_UNFORESEEN`.
_REASONS: Final = {
    "file_too_large": mark("The file became too large. Filter the list and export it again."),
    "no_space": mark("The server has no room for it. Please tell your administrator."),
}
_UNFORESEEN: Final = mark(
    "Something went wrong on our side. Try again; if it fails once more, please tell your "
    "administrator the number %(id)s."
)


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """An export as it is shown.

    Attributes:
        about: The list in words. percent: How far it is, None before it runs.
        reason: Why it failed. notice: Id of the unread notice that it is ready.
    """

    export: Export
    about: str
    state: str
    tone: str
    is_unfinished: bool
    percent: int | None
    progress: str
    reason: str
    notice: str


@bp.get("/exports")
def show() -> Response:
    """The person's exports."""
    return _page("exports/page.html")


@bp.get("/exports/list")
def again() -> Response:
    """The same, for a page that watches them."""
    return _page("exports/list.html")


@bp.post("/exports")
def start() -> Response:
    """Have a list written."""
    fields = request.form
    execute(StartExport(format=fields.get("format", ""), query=fields.get("query", "")), IdResult)
    return replies.go("/exports", Toast(text=gettext("Your export is being written.")))


@bp.post("/exports/<int:export_id>/cancel")
def cancel(export_id: int) -> Response:
    """Call one off."""
    execute(CancelExport(export_id=export_id), IdResult)
    return replies.go("/exports", Toast(text=gettext("The export was called off.")))


@bp.get("/exports/<int:export_id>/file")
def file(export_id: int) -> Response:
    """The file, as a download."""
    with view() as moment:
        found = exports.own_export(moment, export_id)
    if found.state == "expired":
        raise ExportExpiredError(export=export_id)
    if found.sha256 is None:
        raise FileLostError
    asked = local(found.asked_at)
    response = send_file(
        application().exported.open(found.sha256),
        mimetype=_TYPES[found.format],
        as_attachment=True,
        download_name=f"work-orders-{asked:%Y%m%d-%H%M}.{found.format}",
        conditional=False,
    )
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _page(template: str) -> Response:
    with view() as moment:
        unread = _unread(moment)
        lines = [
            _line(moment, export, unread.get(export.id, ""))
            for export in exports.own_exports(moment)
        ]
        is_stuck = any(line.is_unfinished for line in lines) and not is_worked(
            moment.connection, moment.now
        )
        return replies.page(
            template,
            nav="exports",
            lines=lines,
            now=moment.now,
            is_stuck=is_stuck,
            most=number(MOST_ROWS),
        )


def _unread(moment: View) -> dict[int, str]:
    """Export to the unread notice about it; who fetches the file has read it."""
    page = records.list_notifications(moment, is_read=False)
    return {item.params["export"]: item.id for item in page.items if item.notice == "export_ready"}


def _line(moment: View, export: Export, notice: str) -> Line:
    total = export.total or 0
    query = OrderQuery.read(export.query, moment.setup)
    return Line(
        export=export,
        about=told(moment, query) or gettext("Everything"),
        state=_state(export.state),
        tone=_TONES.get(export.state, ""),
        is_unfinished=export.state in UNFINISHED,
        percent=round(100 * export.done / total) if export.state == "running" and total else None,
        progress=gettext(
            "%(done)s of %(total)s rows", done=number(export.done), total=number(total)
        ),
        reason=gettext(_REASONS.get(export.error or "", _UNFORESEEN), id=export.id),
        notice=notice,
    )


def _state(code: str) -> str:
    words = {
        "waiting": pgettext("export", "Waiting"),
        "running": pgettext("export", "Being written"),
        "ready": pgettext("export", "Ready"),
        "failed": pgettext("export", "Failed"),
        "cancelled": pgettext("export", "Called off"),
        "expired": pgettext("export", "Expired"),
    }
    return words[code]
