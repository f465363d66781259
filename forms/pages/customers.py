"""Customers: the list, and one with contacts, contracts, services, orders and who looked."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlencode

import msgspec
from flask import Blueprint, Response, request

from engine.domain import access
from engine.domain.access import Act
from engine.domain.records import Customer
from engine.queries.customers import open_orders_of
from engine.queries.names import names_of
from engine.queries.order_list import OrderFilters, list_orders
from engine.queries.records import CustomerDetail, customer_detail, list_customers
from engine.queries.reveals import reveals
from engine.store.view import View
from forms.pages import replies
from forms.pages.caller import person, view
from forms.pages.language import choose
from forms.pages.orders.rows import order_rows
from forms.pages.words import (
    channel_word,
    contract_state_word,
    service_state_word,
    service_word,
)

bp = Blueprint("customers", __name__)

GRADES: Final = ("A", "B", "C")
_PAGE: Final = 50
#: Orders shown on a customer's page; all of them are a link away.
_ORDERS: Final = 10
_LONGEST: Final = 100


class CustomerRow(msgspec.Struct, frozen=True, kw_only=True):
    """A customer in a list."""

    customer: Customer
    unit: str
    manager: str
    open_orders: int


@bp.get("/customers")
def show() -> Response:
    """The list."""
    return _list("customers/page.html")


@bp.get("/customers/rows")
def rows() -> Response:
    """The rows after those shown."""
    return _list("customers/rows.html")


@bp.get("/customers/<int:customer_id>")
def one(customer_id: int) -> Response:
    """One customer."""
    with view() as moment:
        found = customer_detail(moment, customer_id)
        running, ended = (
            list_orders(
                moment,
                filters=OrderFilters(customer_id=customer_id, is_open=is_open),
                limit=_ORDERS,
            )
            for is_open in (True, False)
        )
        return replies.page(
            "customers/customer.html",
            **_head(moment, found),
            running=order_rows(moment, running.items),
            ended=order_rows(moment, ended.items),
        )


@bp.get("/customers/<int:customer_id>/looks")
def looks(customer_id: int) -> Response:
    """Who looked at the personal data of its contacts."""
    with view() as moment:
        found = customer_detail(moment, customer_id)
        return replies.page(
            "customers/looks.html",
            **_head(moment, found),
            reveals=reveals(moment, customer_id),
        )


def _list(template: str) -> Response:
    text = request.args.get("q", "").strip()[:_LONGEST]
    grade = request.args.get("grade", "")
    grade = grade if grade in GRADES else ""
    with view() as moment:
        access.require_anywhere(person(), Act.READ)
        page = list_customers(
            moment,
            text=text or None,
            grade=grade or None,
            cursor=request.args.get("cursor") or None,
            limit=_PAGE,
        )
        return replies.page(
            template,
            rows=_rows(moment, page.items),
            more=page.next_cursor,
            q=text,
            grade=grade,
            grades=GRADES,
            here=_here,
        )


def _here(**fields: str) -> str:
    """Query string of a list."""
    return urlencode({name: value for name, value in fields.items() if value})


def _rows(moment: View, customers: list[Customer]) -> list[CustomerRow]:
    counts = open_orders_of(moment, [customer.id for customer in customers]) if customers else {}
    names = names_of(moment, (customer.manager_id for customer in customers))
    units = moment.setup.units
    return [
        CustomerRow(
            customer=customer,
            unit=choose(units[customer.unit_id].name, units[customer.unit_id].name_en),
            manager=names.get(customer.manager_id or 0, ""),
            open_orders=counts.get(customer.id, 0),
        )
        for customer in customers
    ]


def _head(moment: View, found: CustomerDetail) -> dict[str, Any]:
    """What every page of a customer shows."""
    customer = found.customer
    unit = moment.setup.unit(customer.unit_id)
    return {
        "found": found,
        "customer": customer,
        "unit": choose(unit.name, unit.name_en),
        "manager": names_of(moment, [customer.manager_id]).get(customer.manager_id or 0, ""),
        "may_start": access.may_anywhere(person(), Act.START),
        "channel_word": channel_word,
        "contract_state_word": contract_state_word,
        "service_word": service_word,
        "service_state_word": service_state_word,
        "now": moment.now,
    }
