"""One work order: progress, history, data, files, related orders, clocks, failures."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from engine.domain import access
from engine.domain.records import Order
from engine.domain.setup import ProcessNotFoundError
from engine.queries.history import told
from engine.queries.instructions import instructions
from engine.queries.orders import incident_counts, visible_order
from engine.queries.progress import definitions_of
from engine.store.view import View
from engine.workflow.drawing import told as told_drawing
from forms.pages import replies
from forms.pages.acts.act import Subject
from forms.pages.acts.registry import available
from forms.pages.caller import view
from forms.pages.converters import id_of
from forms.pages.language import mark
from forms.pages.order.clocks import clocks
from forms.pages.order.data import data
from forms.pages.order.head import head_of
from forms.pages.order.incidents import incidents
from forms.pages.order.progress import progress
from forms.pages.order.relations import relations
from forms.pages.order.timeline import MAIN, escalations, timeline
from forms.pages.talk import talk

bp = Blueprint("order", __name__)

#: Parts of the page: name in the address, label, icon.
PARTS = (
    ("", mark("Progress and diagram"), "route"),
    ("timeline", mark("Timeline"), "history"),
    ("data", mark("Data"), "table-properties"),
    ("talk", mark("Comments and files"), "message-square"),
    ("clocks", mark("Clocks"), "clock"),
    ("related", mark("Related orders"), "link"),
    ("incidents", mark("Failures"), "triangle-alert"),
)
_FAILURES = "incidents"
_DAY = 86_400


@bp.get("/orders/<ref>")
def show(ref: str) -> Response:
    """Progress: the diagram, and the table that says the same."""
    with view() as moment:
        order = find(moment, ref)
        wanted = request.args.get("diagram", type=int)
        return _page(moment, order, "", progress=progress(moment, order, definition_id=wanted))


@bp.get("/orders/<ref>/timeline")
def show_timeline(ref: str) -> Response:
    """Everything that happened."""
    with view() as moment:
        order = find(moment, ref)
        kind, cursor = request.args.get("kind", MAIN), request.args.get("cursor")
        return _page(
            moment,
            order,
            "timeline",
            timeline=timeline(moment, order, kind, cursor),
            has_proof="proof" in request.args,
        )


@bp.get("/orders/<ref>/data")
def show_data(ref: str) -> Response:
    """Values now, and how they came about."""
    with view() as moment:
        order = find(moment, ref)
        return _page(moment, order, "data", data=data(moment, order))


@bp.get("/orders/<ref>/talk")
def show_talk(ref: str) -> Response:
    """Instructions, comments and files."""
    with view() as moment:
        order = find(moment, ref)
        return _page(
            moment,
            order,
            "talk",
            talk=talk(moment, order),
            instructions=instructions(moment, order.id),
        )


@bp.get("/orders/<ref>/clocks")
def show_clocks(ref: str) -> Response:
    """Clocks with pauses; escalations past and planned."""
    with view() as moment:
        order = find(moment, ref)
        return _page(
            moment,
            order,
            "clocks",
            clocks=clocks(moment, order),
            past=escalations(moment, order),
        )


@bp.get("/orders/<ref>/related")
def show_related(ref: str) -> Response:
    """Parent, children, other orders of the customer."""
    with view() as moment:
        order = find(moment, ref)
        return _page(moment, order, "related", relations=relations(moment, order))


@bp.get("/orders/<ref>/incidents")
def show_incidents(ref: str) -> Response:
    """Steps that failed."""
    with view() as moment:
        order = find(moment, ref)
        return _page(moment, order, "incidents", incidents=incidents(moment, order))


@bp.get("/orders/<ref>/diagram")
def show_diagram(ref: str) -> Response:
    """A diagram of the order as BPMN, names in a language; nothing of how it is carried out.

    Raises:
        ProcessNotFoundError: The order has nothing to do with that definition.
    """
    with view() as moment:
        order = find(moment, ref)
        wanted = request.args.get("definition", order.definition_id, type=int)
        used = definitions_of(moment, order, told(moment, order.id))
        content = moment.diagram(wanted) if wanted in {one.id for one in used} else None
    if content is None:
        raise ProcessNotFoundError(key=wanted)
    language = "en" if request.args.get("language") == "en" else "zh"
    response = Response(told_drawing(content, language), content_type="application/xml")
    # A published diagram never changes; it is kept by this reader's browser only.
    response.headers["Cache-Control"] = f"private, max-age={_DAY}"
    response.headers["Content-Disposition"] = "inline"
    return response


def find(moment: View, ref: str) -> Order:
    """An order by number or id, if the reader may see it.

    Raises:
        OrderNotFoundError: There is none.
    """
    order_id = id_of(ref) if ref.isdecimal() else moment.order_by_number(ref)
    if order_id is None:
        raise access.OrderNotFoundError(order=ref[:60])
    return visible_order(moment, order_id)


def _page(moment: View, order: Order, part: str, **values: Any) -> Response:
    ever, still = incident_counts(moment, order.id)
    return replies.page(
        "order/page.html",
        nav="orders",
        head=head_of(moment, order),
        part=part,
        # Hardly any order has failures; those that have need somebody.
        parts=PARTS if ever or part == _FAILURES else PARTS[:-1],
        counts={_FAILURES: still},
        acts=available(Subject(moment=moment, order=order)),
        **values,
    )
