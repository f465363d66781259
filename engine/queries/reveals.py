"""Who looked at the personal data of a customer's contacts 查阅日志. Source: R98."""

from __future__ import annotations

from datetime import datetime

import msgspec
import sqlalchemy as sa

from engine.domain import access, facts
from engine.domain.access import Act
from engine.domain.facts import Stream
from engine.handlers.orders import CustomerNotFoundError
from engine.queries.inbox import asker
from engine.store import tables as t
from engine.store.chains import unpack
from engine.store.view import View


class Reveal(msgspec.Struct, frozen=True, kw_only=True):
    """One look.

    Attributes:
        order_id: The work order on whose page it was, None on the customer's own.
    """

    at: datetime
    person: int | None
    person_name: str | None
    contact_id: int
    contact_name: str
    order_id: int | None


def reveals(view: View, customer_id: int, *, limit: int = 200) -> list[Reveal]:
    """Looks at a customer's contacts, newest first; for who may see the customer, auditors too.

    Raises:
        CustomerNotFoundError: There is none the person may see.
    """
    customer = view.customer(customer_id)
    if customer is None or not access.may(
        asker(view), Act.READ, view.setup.unit(customer.unit_id).path
    ):
        raise CustomerNotFoundError(customer=customer_id)
    contact = t.contact.c
    statement = sa.select(contact.id, contact.name).where(contact.customer_id == customer_id)
    names = {row.id: row.name for row in view.connection.execute(statement)}
    event = t.history_event.c
    chain = (
        sa.select(event.at, event.actor, event.body, t.person.c.name)
        .outerjoin_from(t.history_event, t.person, t.person.c.id == event.actor)
        .where(event.stream == int(Stream.CUSTOMER), event.stream_id == customer_id)
        .order_by(event.seq.desc())
    )
    found: list[Reveal] = []
    for row in view.connection.execute(chain):
        found.extend(
            Reveal(
                at=row.at,
                person=row.actor,
                person_name=row.name,
                contact_id=fact.contact,
                contact_name=names.get(fact.contact, ""),
                order_id=fact.order,
            )
            for fact in facts.decode(unpack(row.body))
            if isinstance(fact, facts.ContactRevealed)
        )
        if len(found) >= limit:
            break
    return found[:limit]
