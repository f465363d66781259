"""Customers and what belongs to them."""

from __future__ import annotations

from typing import Any

from api.caller import execute, view
from api.operations import Resource
from api.schemas import customers as s
from api.schemas.orders import Created
from engine.domain import commands as c
from engine.domain.records import Customer
from engine.handlers.results import ContactResult, IdResult
from engine.queries import records
from engine.queries.paging import Page
from engine.queries.reveals import Reveal, reveals

bp = Resource("customers", "Enterprise customers 客户 with contacts, contracts, services.")
_ONE = "/customers/<id:customer_id>"


@bp.read("/customers", s.CustomerPage(), query=s.CustomerQuery(), refusals=(401, 422, 503))
def list_customers(query: dict[str, Any]) -> Page[Customer]:
    """List customers of units the caller may see."""
    with view() as moment:
        return records.list_customers(moment, **query)


@bp.read(_ONE, s.CustomerDetail())
def customer(customer_id: int) -> records.CustomerDetail:
    """One customer with contacts, contracts and services."""
    with view() as moment:
        return records.customer_detail(moment, customer_id, in_full=True)


@bp.act("PUT", "/customers/by-code/<code:customer_code>", Created(), takes=s.CustomerBody())
def save_customer(customer_code: str, given: dict[str, Any]) -> IdResult:
    """Create or change the customer of this code."""
    return execute(c.SaveCustomer(code=customer_code, **given), IdResult)


@bp.act("POST", f"{_ONE}/contacts", Created(), takes=s.ContactBody(), status=201)
def add_contact(customer_id: int, given: dict[str, Any]) -> IdResult:
    """Add a contact person."""
    return execute(c.SaveContact(customer_id=customer_id, **given), IdResult)


@bp.act("PUT", f"{_ONE}/contacts/<id:contact_id>", Created(), takes=s.ContactBody())
def change_contact(customer_id: int, contact_id: int, given: dict[str, Any]) -> IdResult:
    """Change a contact person."""
    return execute(
        c.SaveContact(customer_id=customer_id, contact_id=contact_id, **given), IdResult
    )


@bp.act(
    "POST",
    "/contacts/<id:contact_id>/reveal",
    s.ContactShown(),
    takes=s.RevealBody(),
    keyed=False,
)
def reveal(contact_id: int, given: dict[str, Any]) -> ContactResult:
    """The full data of a contact person; that the caller looked is kept."""
    return execute(c.RevealContact(contact_id=contact_id, **given), ContactResult, keyed=False)


@bp.read(f"{_ONE}/reveals", s.RevealRow(), many=True)
def list_reveals(customer_id: int) -> list[Reveal]:
    """Who looked at contacts of a customer, newest first, at most 200."""
    with view() as moment:
        return reveals(moment, customer_id)


@bp.act("PUT", f"{_ONE}/contracts/<code:number>", Created(), takes=s.ContractBody())
def save_contract(customer_id: int, number: str, given: dict[str, Any]) -> IdResult:
    """Create or change the contract of this number."""
    return execute(c.SaveContract(customer_id=customer_id, number=number, **given), IdResult)
