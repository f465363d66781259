"""Steps of an order that failed, in words."""

from __future__ import annotations

from datetime import datetime

import msgspec

from engine.domain.records import Order
from engine.queries.history import told
from engine.queries.orders import incidents_of
from engine.store.view import View
from forms.pages.events import Names
from forms.pages.language import choose
from forms.pages.words import problem_word


class Incident(msgspec.Struct, frozen=True, kw_only=True):
    """A step that failed.

    Attributes:
        code: BPMN error code, None for none.
    """

    step: str
    problem: str
    message: str
    code: str | None
    opened_at: datetime
    closed_at: datetime | None


def incidents(moment: View, order: Order) -> list[Incident]:
    """Failures of an order the caller has checked, open ones first, then the newest."""
    found = incidents_of(moment, order.id)
    if not found:
        return []
    names = Names(moment, order, told(moment, order.id))
    rows = [
        Incident(
            step=names.element(row["element"]),
            problem=problem_word(row["problem"]),
            message=choose(row["message_zh"] or row["message"], row["message"]),
            code=row["code"],
            opened_at=row["opened_at"],
            closed_at=row["closed_at"],
        )
        for row in found
    ]
    newest = sorted(rows, key=lambda row: row.opened_at, reverse=True)
    return sorted(newest, key=lambda row: row.closed_at is not None)
