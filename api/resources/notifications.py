"""Notices to the caller."""

from __future__ import annotations

from typing import Any

import msgspec

from api.caller import execute, view
from api.language import language
from api.operations import Resource
from api.paging import PageQuery
from api.schemas import people as s
from api.schemas.orders import Counted
from engine.domain import commands as c
from engine.domain.notices import NOTICES, wording
from engine.handlers.results import CountResult
from engine.queries import records

bp = Resource("notifications", "Notices to the caller 通知.")


@bp.read("/notifications", s.NoticePage(), query=PageQuery(), refusals=(401, 422, 503))
def list_notices(query: dict[str, Any]) -> dict[str, Any]:
    """Notices to the caller, newest first."""
    with view() as moment:
        page = records.list_notifications(moment, **query)
    tongue = language()
    return {
        "items": [
            {**msgspec.structs.asdict(item), "subject": _subject(item, tongue)}
            for item in page.items
        ],
        "next_cursor": page.next_cursor,
    }


@bp.act("POST", "/notifications/read", Counted(), takes=s.ReadBody())
def read(given: dict[str, Any]) -> CountResult:
    """Mark notices as read, all or those named."""
    ids = given.get("ids")
    return execute(c.ReadNotices(ids=None if ids is None else tuple(ids)), CountResult)


def _subject(item: records.NotificationItem, tongue: str) -> str:
    if item.notice not in NOTICES:
        return item.notice
    return wording(item.notice, tongue, {**item.params, "order": item.order_number or ""})[0]
