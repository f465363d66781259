"""Customers with contacts, contracts and services."""

from __future__ import annotations

from marshmallow import fields

from api.paging import PageQuery
from api.schemas import answers as a
from api.schemas.base import Answer, Body, page_of
from api.schemas.fields import Amount, Day, Flag, Id, Text, Whole
from api.schemas.orders import LOGIN


class CustomerQuery(PageQuery):
    """Which customers to show."""

    text = Text(
        most=100,
        metadata={
            "description": "Parts of name or code, or the whole number of a contract or service."
        },
    )
    grade = Text(among=("A", "B", "C"))


class CustomerBody(Body):
    """A customer; the code never changes."""

    name = Text(required=True, least=1, most=200, metadata={"example": "华东制造集团"})
    grade = Text(required=True, among=("A", "B", "C"))
    unit = Text(required=True, least=1, most=40, metadata={"example": "east"})
    is_key_account = Flag(required=True)
    monthly_revenue = Whole(
        least=0, most=2**31 - 1, load_default=0, metadata={"description": "In yuan."}
    )
    dnd = Flag(load_default=False, metadata={"description": "Do not disturb."})
    channel = Text(among=("phone", "email", "sms", "wechat"), load_default="phone")
    manager = Text(least=1, most=60, pattern=LOGIN, allow_none=True)
    address = Text(most=400, load_default="")


class ContactBody(Body):
    """A contact person."""

    name = Text(required=True, least=1, most=100, metadata={"example": "李强"})
    phone = Text(
        required=True, least=3, most=40, pattern=r"[0-9+() -]+",
        metadata={"example": "021-55550123"},
    )  # fmt: skip
    email = Text(most=200, pattern=r"[^@\s\x00]+@[^@\s\x00]+", allow_none=True)
    position = Text(most=100, load_default="")
    language = Text(among=("zh", "en"), load_default="zh")


class ContractBody(Body):
    """A contract; its number never changes."""

    signed_on = Day(allow_none=True)
    term_months = Whole(least=1, most=1200, allow_none=True)
    monthly_fee = Amount(allow_none=True)
    install_fee = Amount(allow_none=True)


class CustomerRow(Answer):
    """An enterprise customer."""

    id = a.ident()
    code = a.text("C000012")
    name = a.text("华东制造集团")
    grade = a.text("A")
    unit_id = a.ident()
    is_key_account = a.truth()
    monthly_revenue = a.number(88000, "In yuan.")
    dnd = a.truth()
    channel = a.text("phone")
    manager_id = a.ident(null=True)
    address = a.text("上海市浦东新区")


CustomerPage = page_of(CustomerRow, "CustomerPage")


class ContactRow(Answer):
    """A contact person."""

    id = a.ident()
    name = a.text("李强")
    phone = a.text("021-55550123", "Covered, as 021****0123, but for who keeps records.")
    email = a.text("liqiang@example.com", null=True)
    position = a.text("IT 经理")
    language = a.text("zh")


class RevealBody(Body):
    """Where the data are wanted."""

    order_id = Id(allow_none=True, metadata={"description": "The work order one works on."})


class ContactShown(Answer):
    """A contact person in full."""

    id = a.ident()
    customer_id = a.ident()
    name = a.text("李强")
    phone = a.text("021-55550123")
    email = a.text("liqiang@example.com", null=True)
    position = a.text("IT 经理")


class RevealRow(Answer):
    """Who looked at a contact's data."""

    at = a.instant()
    person = a.ident(null=True)
    person_name = a.text("赵敏", null=True)
    contact_id = a.ident()
    contact_name = a.text("李强")
    order_id = a.ident(null=True)


class ContractRow(Answer):
    """A contract."""

    id = a.ident()
    number = a.text("HT-2026-0181")
    state = a.text("signed")
    filing_no = a.text("BA-0181", null=True)
    signed_on = a.day(null=True)
    term_months = a.number(24, null=True)
    monthly_fee = a.number(8800.0, null=True, whole=False)
    install_fee = a.number(3000.0, null=True, whole=False)


class ServiceRow(Answer):
    """A circuit or other service."""

    id = a.ident()
    number = a.text("ZX-000312")
    kind = a.text("leased_line")
    state = a.text("active")
    bandwidth = a.text("100M")
    a_address = a.text("上海市浦东新区")
    z_address = a.text("苏州市工业园区")
    order_id = a.ident(null=True)
    activated_at = a.maybe_instant()


class CustomerDetail(Answer):
    """A customer with what belongs to it."""

    customer = fields.Nested(CustomerRow)
    contacts = fields.List(fields.Nested(ContactRow))
    contracts = fields.List(fields.Nested(ContractRow))
    services = fields.List(fields.Nested(ServiceRow))
