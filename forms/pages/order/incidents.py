"""Steps of an order that failed: what happened, and how an operator tries one again."""

from __future__ import annotations

from datetime import datetime

import msgspec
from flask import Blueprint, Response

from engine.domain import access
from engine.domain.commands import RetryIncident
from engine.domain.records import Order
from engine.handlers.results import OrderResult
from engine.queries.history import told
from engine.queries.orders import incidents_of, visible_order
from engine.store.view import View
from forms.pages import replies
from forms.pages.caller import execute_and_read, is_partial, view
from forms.pages.events import Names
from forms.pages.language import choose, gettext
from forms.pages.toasts import Toast
from forms.pages.words import problem_word

bp = Blueprint("incidents", __name__)


class Incident(msgspec.Struct, frozen=True, kw_only=True):
    """A step that failed.

    Attributes:
        code: BPMN error code, None for none.
        retry: Where it is tried again, None if the reader may not, or it is over.
    """

    number: int
    step: str
    problem: str
    message: str
    code: str | None
    opened_at: datetime
    closed_at: datetime | None
    retry: str | None


def incidents(moment: View, order: Order) -> list[Incident]:
    """Failures of an order the caller has checked, open ones first, then the newest."""
    found = incidents_of(moment, order.id)
    if not found:
        return []
    may_retry = _may_retry(moment, order)
    names = Names(moment, order, told(moment, order.id))
    rows = [
        Incident(
            number=row["number"],
            step=names.element(row["element"]),
            problem=problem_word(row["problem"]),
            message=choose(row["message_zh"] or row["message"], row["message"]),
            code=row["code"],
            opened_at=row["opened_at"],
            closed_at=row["closed_at"],
            retry=f"/orders/{order.id}/incidents/{row['number']}/retry"
            if may_retry and row["closed_at"] is None
            else None,
        )
        for row in found
    ]
    newest = sorted(rows, key=lambda row: row.opened_at, reverse=True)
    return sorted(newest, key=lambda row: row.closed_at is not None)


@bp.get("/orders/<int:order_id>/incidents/<int:number>/retry")
def ask_retry(order_id: int, number: int) -> Response:
    """Ask whether to try a failed step again."""
    with view() as moment:
        order = visible_order(moment, order_id)
        found = next((one for one in incidents(moment, order) if one.number == number), None)
    return replies.page(
        "order/retry_dialog.html" if is_partial() else "order/retry_page.html",
        nav="orders",
        order=order,
        incident=found,
        back_to=f"/orders/{order.number}/incidents",
    )


@bp.post("/orders/<int:order_id>/incidents/<int:number>/retry")
def retry(order_id: int, number: int) -> Response:
    """Try it; it may fail again."""

    def still_fails(after: View, result: OrderResult) -> bool:
        return any(
            row["number"] == number and row["closed_at"] is None
            for row in incidents_of(after, result.order_id)
        )

    command = RetryIncident(order_id=order_id, number=number)
    result, is_stuck = execute_and_read(command, OrderResult, still_fails)
    text = gettext("The step failed again.") if is_stuck else gettext("The step goes on.")
    return replies.go(f"/orders/{result.number}/incidents", Toast(text=text))


def _may_retry(moment: View, order: Order) -> bool:
    if moment.by is None or order.status != "running":
        return False
    return access.may(moment.by, access.Act.OPERATE, order.unit_path)
