"""Customers, people, units, definitions and set-up tables as lists and single rows."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeVar

import msgspec
import sqlalchemy as sa
from sqlalchemy import ColumnElement

from engine.domain import access
from engine.domain.access import Act
from engine.domain.masking import masked
from engine.domain.records import Contact, Contract, Customer, Person, Service
from engine.errors import NotFoundError
from engine.handlers.orders import CustomerNotFoundError
from engine.handlers.people import PersonNotFoundError
from engine.queries import customer_search
from engine.queries.paging import Page, decode_cursor, encode_cursor
from engine.store import tables as t
from engine.store.lookups import to_person
from engine.store.view import View

RowT = TypeVar("RowT", Customer, Person)


class FileNotDeployedError(NotFoundError):
    """The deployment has no such file."""

    code = "file_not_deployed"
    template = "Expected a file {name} in the deployment, but there is none."


class CustomerDetail(msgspec.Struct, frozen=True, kw_only=True):
    """A customer with contacts, contracts and services."""

    customer: Customer
    contacts: list[Contact]
    contracts: list[Contract]
    services: list[Service]


class NotificationItem(msgspec.Struct, frozen=True, kw_only=True):
    """A notice to the asking person."""

    id: str
    at: datetime
    notice: str
    order_id: int | None
    order_number: str | None
    title: str | None
    process: str | None
    task_id: int | None
    params: dict[str, Any]
    read_at: datetime | None


def list_customers(
    view: View,
    *,
    text: str | None = None,
    grade: str | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[Customer]:
    """Customers of units the asking person may see, by id.

    Args:
        view: The moment and who asks.
        text: The whole number of a customer, of a contract or of a service; or parts of a name or
            number, all of which must be there. Personal data of contacts are not searched: what
            somebody may only see covered they must not be able to guess by trying.
        grade: Only these.
        cursor: Where the page before ended.
        limit: Most to return.
    """
    units = _units(view)
    # Who sees all is not checked: the database would sort all customers before looking at names.
    seen = None if len(units) == len(view.setup.units) else units
    after = None if cursor is None else decode_cursor(cursor, int)[0]
    customer = t.customer.c
    conditions: list[ColumnElement[bool]] = []
    if seen is not None:
        conditions.append(customer.unit_id.in_(seen))
    if grade is not None:
        conditions.append(customer.grade == grade)
    if text:
        rows = customer_search.found(
            view, text, units=seen, conditions=conditions, after=after, most=limit + 1
        )
        return _page(rows, limit)
    if after is not None:
        conditions.append(customer.id > after)
    statement = sa.select(t.customer).where(*conditions).order_by(customer.id).limit(limit + 1)
    rows = [Customer(**row) for row in view.connection.execute(statement).mappings()]
    return _page(rows, limit)


def customer_detail(view: View, customer_id: int, *, in_full: bool = False) -> CustomerDetail:
    """One customer.

    Args:
        view: The moment and who asks.
        customer_id: Which.
        in_full: Whether contacts' personal data are wanted uncovered: who keeps records at the
            customer's unit, and other systems, get them so.

    Raises:
        CustomerNotFoundError: There is none the person may see.
    """
    customer = view.customer(customer_id)
    if customer is None or customer.unit_id not in _units(view):
        raise CustomerNotFoundError(customer=customer_id)

    def rows(table: sa.Table) -> list[sa.RowMapping]:
        statement = sa.select(table).where(table.c.customer_id == customer_id).order_by(table.c.id)
        return list(view.connection.execute(statement).mappings())

    return CustomerDetail(
        customer=customer,
        contacts=[
            each if in_full and _keeps(view, customer) else masked(each)
            for each in (Contact(**row) for row in rows(t.contact))
        ],
        contracts=[Contract(**row) for row in rows(t.contract)],
        services=[Service(**row) for row in rows(t.service)],
    )


def _keeps(view: View, customer: Customer) -> bool:
    path = view.setup.unit(customer.unit_id).path
    return view.by is not None and any(
        access.may(view.by, act, path) for act in (Act.KEEP_RECORDS, Act.INTEGRATE)
    )


def list_people(view: View, *, cursor: str | None = None, limit: int = 50) -> Page[Person]:
    """Active people of units the asking person may see; administrators see inactive ones too."""
    person = t.person.c
    statement = (
        sa.select(t.person)
        .where(person.unit_id.in_(_units(view, include_own=True)))
        .order_by(person.id)
        .limit(limit + 1)
    )
    if view.by is not None and not access.may_anywhere(view.by, Act.ADMINISTER):
        statement = statement.where(person.is_active)
    if cursor is not None:
        (last,) = decode_cursor(cursor, int)
        statement = statement.where(person.id > last)
    rows = [to_person(row, view.setup) for row in view.connection.execute(statement).mappings()]
    return _page(rows, limit)


def person_by_login(view: View, login: str) -> Person:
    """One person of a unit the asking person may see, or the asking person.

    Raises:
        PersonNotFoundError: There is none.
    """
    person = view.person_by_login(login)
    if person is None or person.unit_id not in _units(view, include_own=True):
        raise PersonNotFoundError(login=login)
    return person


def list_tokens(view: View) -> list[dict[str, Any]]:
    """Tokens of the asking person, newest first; never the tokens themselves."""
    token = t.token.c
    statement = (
        sa.select(token.id, token.name, token.issued_at, token.expires_at, token.revoked_at)
        .where(token.person_id == (view.by.id if view.by else 0))
        .order_by(token.id.desc())
        .limit(200)
    )
    return [dict(row) for row in view.connection.execute(statement).mappings()]


def list_notifications(
    view: View, *, is_read: bool | None = None, cursor: str | None = None, limit: int = 50
) -> Page[NotificationItem]:
    """Notices to the asking person, newest first; all, or only those read or not read."""
    note, read = t.notification.c, t.notification_read.c
    at = sa.type_coerce(note.at, sa.BigInteger)
    statement = (
        sa.select(
            note.event_id.label("id"), note.at, note.notice, note.order_id, note.task_id,
            note.params, t.work_order.c.number.label("order_number"), t.work_order.c.title,
            t.work_order.c.process_key.label("process"),
            read.at.label("read_at"), at.label("k"),
        )
        .outerjoin_from(
            t.notification,
            t.notification_read,
            sa.and_(read.event_id == note.event_id, read.person_id == note.person_id),
        )
        .outerjoin(t.work_order, t.work_order.c.id == note.order_id)
        .where(note.person_id == (view.by.id if view.by else 0))
        .order_by(note.at.desc(), note.event_id.desc())
        .limit(limit + 1)
    )  # fmt: skip
    if is_read is not None:
        statement = statement.where(read.at.is_not(None) if is_read else read.at.is_(None))
    if cursor is not None:
        key, last = decode_cursor(cursor, int, str)
        statement = statement.where(sa.tuple_(at, note.event_id) < (key, last))
    rows = list(view.connection.execute(statement).mappings())
    shown = rows[:limit]
    names = NotificationItem.__struct_fields__
    return Page(
        items=[
            NotificationItem(
                **{name: row[name] for name in names} | {"params": row["params"] or {}}
            )
            for row in shown
        ],
        next_cursor=encode_cursor(shown[-1]["k"], shown[-1]["id"]) if len(rows) > limit else None,
    )


def definition_files(view: View, definition_id: int) -> dict[str, bytes]:
    """All files of a definition's deployment.

    Raises:
        ProcessNotFoundError: There is no such definition.
    """
    return view.resources(view.setup.definition(definition_id).deployment)


def definition_file(view: View, definition_id: int, name: str) -> bytes:
    """A file of a definition's deployment.

    Raises:
        ProcessNotFoundError, FileNotDeployedError: There is no such definition, or no such file.
    """
    found = definition_files(view, definition_id).get(name)
    if found is None:
        raise FileNotDeployedError(name=name)
    return found


def _units(view: View, *, include_own: bool = False) -> list[int]:
    if view.by is None:
        return []
    paths = access.visible_paths(view.by)
    units = [
        unit.id for unit in view.setup.units.values() if unit.path.startswith(paths or ("-",))
    ]
    return [*units, view.by.unit_id] if include_own else units


def _page(rows: list[RowT], limit: int) -> Page[RowT]:
    shown = rows[:limit]
    more = len(rows) > limit
    return Page(items=shown, next_cursor=encode_cursor(shown[-1].id) if more else None)
