"""Notices to the person: what happened, where, whether it was read."""

from __future__ import annotations

from typing import Final

import msgspec
from flask import Blueprint, Response, request

from engine.domain.commands import ReadNotices
from engine.domain.notices import NOTICES, URGENT, wording
from engine.domain.setup import Setup
from engine.handlers.results import CountResult
from engine.queries import records
from engine.queries.records import NotificationItem
from forms.pages import replies
from forms.pages.caller import execute, is_partial, view
from forms.pages.language import language, ngettext
from forms.pages.toasts import Toast
from forms.pages.words import title_word

bp = Blueprint("notifications", __name__)

_PAGE: Final = 50
_TABS: Final = ("unread", "all")
#: Icons of notices; a bell for the others.
_ICONS: Final = {
    "task_assigned": "user-check",
    "task_transferred": "forward",
    "order_urged": "bell-ring",
    "mentioned": "at-sign",
    "copied": "copy",
    "reminder": "clock-alert",
    "escalated": "megaphone",
    "instruction": "stamp",
    "supervised": "gavel",
    "export_ready": "download",
    "export_failed": "triangle-alert",
}
#: Where notices lead that are about no order.
_PLACES: Final = {
    "export_ready": "/exports",
    "export_failed": "/exports",
    "substitute_named": "/me",
    "substitute_set": "/me",
}


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """A notice as it is shown."""

    id: str
    item: NotificationItem
    subject: str
    title: str
    detail: str
    icon: str
    path: str | None
    is_urgent: bool


@bp.get("/notifications")
def notifications() -> Response:
    """The person's notices, unread ones first asked for."""
    tab = request.args.get("tab", "")
    tab = tab if tab in _TABS else _TABS[0]
    with view() as moment:
        page = records.list_notifications(
            moment,
            is_read=False if tab == "unread" else None,
            cursor=request.args.get("cursor"),
            limit=_PAGE,
        )
        now, setup = moment.now, moment.setup
    return replies.page(
        "notifications/rows.html" if is_partial() else "notifications/page.html",
        nav="notifications",
        tab=tab,
        notices=[_shown(item, setup) for item in page.items],
        next_cursor=page.next_cursor,
        now=now,
    )


@bp.post("/notifications/read")
def read() -> Response:
    """Mark one notice as read, or all."""
    chosen = request.form.getlist("id")
    done = execute(ReadNotices(ids=tuple(chosen) or None), CountResult)
    if is_partial():
        return Response(status=204)
    text = ngettext(
        "%(num)d notice marked as read.", "%(num)d notices marked as read.", done.count
    )
    return replies.back("/notifications", Toast(text=text))


def _shown(item: NotificationItem, setup: Setup) -> Notice:
    subject, detail = _told(item)
    path = _PLACES.get(item.notice)
    if item.task_id is not None:
        path = f"/tasks/{item.task_id}"
    elif item.order_id is not None:
        path = f"/orders/{item.order_id}"
    return Notice(
        id=item.id,
        item=item,
        subject=subject,
        title=title_word(item.title, item.process, setup) if item.title and item.process else "",
        detail=detail,
        icon=_ICONS.get(item.notice, "bell"),
        path=path,
        is_urgent=item.notice in URGENT,
    )


def _told(item: NotificationItem) -> tuple[str, str]:
    """Sentence and detail in the reader's language."""
    if item.notice not in NOTICES:
        return item.order_number or item.notice, ""
    params = {**item.params, "order": item.order_number or ""}
    return wording(item.notice, language(), params)
