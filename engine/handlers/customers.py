"""Commands about customers and what belongs to them."""

from __future__ import annotations

from typing import Any

from engine.domain import access, commands, facts
from engine.domain.access import Act
from engine.domain.facts import Stream
from engine.domain.records import Customer
from engine.errors import ConflictError, InvalidError, NotFoundError
from engine.handlers.context import Context
from engine.handlers.loading import load_visible
from engine.handlers.naming import people_named, unit_named
from engine.handlers.orders import CustomerNotFoundError
from engine.handlers.results import ContactResult, IdResult

_GRADES = ("A", "B", "C")


class GradeError(InvalidError):
    """Customers are of class A, B or C."""

    code = "customer_grade"
    template = "Expected a customer class of A, B or C, but got {grade}."


class ContactNotFoundError(NotFoundError):
    """No such contact of the customer."""

    code = "contact_not_found"
    template = "Expected a contact {contact} of the customer, but there is none."


class ContractForeignError(ConflictError):
    """The number belongs to another customer's contract."""

    code = "contract_number_taken"
    template = "Expected contract number {number} to be free, but another customer has it."


def save_customer(context: Context, command: commands.SaveCustomer) -> IdResult:
    """Create or change a customer; customers are never deleted. Source: R96."""
    if command.grade not in _GRADES:
        raise GradeError(grade=command.grade)
    setup = context.ledger.setup
    unit = unit_named(setup, command.unit)
    access.require(context.person, Act.KEEP_RECORDS, unit.path)
    present = context.ledger.customer_by_code(command.code)
    if present is not None:
        access.require(context.person, Act.KEEP_RECORDS, setup.unit(present.unit_id).path)
    manager_id = None
    if command.manager is not None:
        (manager,) = people_named(context.ledger, (command.manager,))
        manager_id = manager.id
    values: dict[str, Any] = {
        "name": command.name,
        "grade": command.grade,
        "unit_id": unit.id,
        "is_key_account": command.is_key_account,
        "monthly_revenue": command.monthly_revenue,
        "dnd": command.dnd,
        "channel": command.channel,
        "manager_id": manager_id,
        "address": command.address,
    }
    if present is None:
        values["code"] = command.code
    customer_id = context.ledger.next_id("customer") if present is None else present.id
    _save(context, customer_id, "customer", customer_id, values, is_new=present is None)
    return IdResult(id=customer_id)


def save_contact(context: Context, command: commands.SaveContact) -> IdResult:
    """Create or change a contact person."""
    customer = _customer(context, command.customer_id)
    present = None
    if command.contact_id is not None:
        present = context.ledger.contact(command.contact_id)
        if present is None or present.customer_id != customer.id:
            raise ContactNotFoundError(contact=command.contact_id)
    values: dict[str, Any] = {
        "name": command.name,
        "phone": command.phone,
        "email": command.email,
        "position": command.position,
        "language": command.language,
    }
    if present is None:
        values["customer_id"] = customer.id
    contact_id = context.ledger.next_id("contact") if present is None else present.id
    _save(context, customer.id, "contact", contact_id, values, is_new=present is None)
    return IdResult(id=contact_id)


def save_contract(context: Context, command: commands.SaveContract) -> IdResult:
    """Create or change a contract by its number. Source: R01, R02."""
    customer = _customer(context, command.customer_id)
    present = context.ledger.contract_by_number(command.number)
    if present is not None and present.customer_id != customer.id:
        raise ContractForeignError(number=command.number)
    values: dict[str, Any] = {
        "signed_on": command.signed_on.isoformat() if command.signed_on else None,
        "term_months": command.term_months,
        "monthly_fee": command.monthly_fee,
        "install_fee": command.install_fee,
    }
    if present is None:
        values |= {
            "customer_id": customer.id,
            "number": command.number,
            "state": "signed",
            "filing_no": None,
        }
    contract_id = context.ledger.next_id("contract") if present is None else present.id
    _save(context, customer.id, "contract", contract_id, values, is_new=present is None)
    return IdResult(id=contract_id)


def reveal_contact(context: Context, command: commands.RevealContact) -> ContactResult:
    """Show a contact's full data, once; that it was looked at stays. Source: R98.

    Who may see the customer may, and on the page of a work order of the customer who may see
    that.
    """
    contact = context.ledger.contact(command.contact_id)
    if contact is None:
        raise ContactNotFoundError(contact=command.contact_id)
    if command.order_id is None:
        _visible_customer(context, contact.customer_id)
    elif load_visible(context, command.order_id).customer_id != contact.customer_id:
        raise ContactNotFoundError(contact=command.contact_id)
    context.ledger.record(
        Stream.CUSTOMER,
        contact.customer_id,
        facts.ContactRevealed(contact=contact.id, order=command.order_id),
    )
    return ContactResult(
        id=contact.id,
        customer_id=contact.customer_id,
        name=contact.name,
        phone=contact.phone,
        email=contact.email,
        position=contact.position,
    )


def _customer(context: Context, customer_id: int) -> Customer:
    customer = _visible_customer(context, customer_id)
    path = context.ledger.setup.unit(customer.unit_id).path
    access.require(context.person, Act.KEEP_RECORDS, path)
    return customer


def _visible_customer(context: Context, customer_id: int) -> Customer:
    customer = context.ledger.customer(customer_id)
    if customer is None:
        raise CustomerNotFoundError(customer=customer_id)
    path = context.ledger.setup.unit(customer.unit_id).path
    if not access.may(context.person, Act.READ, path):
        raise CustomerNotFoundError(customer=customer_id)
    return customer


def _save(
    context: Context,
    customer_id: int,
    entity: str,
    record_id: int,
    values: dict[str, Any],
    *,
    is_new: bool,
) -> None:
    context.ledger.record(
        Stream.CUSTOMER,
        customer_id,
        facts.RecordSaved(entity=entity, id=record_id, values=values, is_new=is_new),
    )
