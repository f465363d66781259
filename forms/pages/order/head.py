"""What stands above every part of an order's page: what it is, where it stands, its figures."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from engine.domain import access
from engine.domain.access import Act
from engine.domain.records import Customer, Order
from engine.handlers.process import OFTEN
from engine.store.view import View
from forms.pages.language import choose, gettext
from forms.pages.moments import day, length, local
from forms.pages.words import hold_word, priority_word, state_word, title_word


class Stat(msgspec.Struct, frozen=True, kw_only=True):
    """A figure of the head."""

    label: str
    value: str
    note: str = ""
    tone: str = ""


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """What stands above every part of the page.

    Attributes:
        customer_path: Page of the customer, None if the reader may not see it.
    """

    order: Order
    title: str
    process: str
    unit: str
    customer: Customer | None
    customer_path: str | None
    priority: str
    tone: str
    state: str
    stats: list[Stat]
    path: str


def head_of(moment: View, order: Order) -> Head:
    """The head of an order the caller has checked."""
    definition = moment.setup.definition(order.definition_id)
    unit = moment.setup.unit(order.unit_id)
    customer = None if order.customer_id is None else moment.customer(order.customer_id)
    tone, state = _state(moment, order)
    return Head(
        order=order,
        title=title_word(order.title, order.process_key, moment.setup),
        process=choose(definition.name, definition.name_en),
        unit=choose(unit.name, unit.name_en),
        customer=customer,
        customer_path=_customer_path(moment, customer),
        priority=priority_word(order.priority),
        tone=tone,
        state=state,
        stats=_stats(moment, order),
        path=f"/orders/{order.number}",
    )


def _customer_path(moment: View, customer: Customer | None) -> str | None:
    if customer is None or moment.by is None:
        return None
    path = moment.setup.unit(customer.unit_id).path
    return f"/customers/{customer.id}" if access.may(moment.by, Act.READ, path) else None


def _is_overdue(moment: View, order: Order) -> bool:
    return order.due_at is not None and order.due_at < (order.ended_at or moment.now)


def _state(moment: View, order: Order) -> tuple[str, str]:
    state = state_word(order.state)
    if order.status == "ended":
        is_good = order.outcome != "cancelled" and not _is_overdue(moment, order)
        return ("green" if is_good else ""), state
    if order.status == "suspended":
        return "red", gettext("%(state)s · suspended", state=state)
    if order.held is not None:
        reason = hold_word(order.held, moment.setup)
        return "amber", gettext("On hold: %(reason)s", reason=reason)
    if _is_overdue(moment, order):
        return "red", gettext("%(state)s · overdue", state=state)
    return "blue", state


def _stats(moment: View, order: Order) -> list[Stat]:
    definition = moment.setup.definition(order.definition_id)
    took = (order.ended_at or moment.now) - order.started_at
    return [
        Stat(label=gettext("Elapsed"), value=length(took)),
        _promised(moment, order),
        Stat(
            label=gettext("Hand-overs"),
            value=str(order.handovers),
            note=f"/ {OFTEN}",
            tone="red" if order.handovers > OFTEN else "",
        ),
        Stat(
            label=gettext("Urged"),
            value=str(order.urges),
            tone="red" if order.urges else "",
        ),
        Stat(
            label=gettext("Escalation level"),
            value=str(order.level),
            tone="red" if order.level else "",
        ),
        Stat(
            label=gettext("Process version"),
            value=f"v{definition.version}",
            note=day(local(definition.published_at).date()),
        ),
    ]


def _promised(moment: View, order: Order) -> Stat:
    label = gettext("Time left")
    if order.due_at is None:
        is_paused = any(state.value.paused_at is not None for state in order.clocks.values())
        return Stat(label=label, value=gettext("Clock stopped") if is_paused else "—")
    end = order.ended_at or moment.now
    left = order.due_at - end
    if order.ended_at is not None:
        value = gettext("On time") if left >= timedelta() else gettext("Late")
        return Stat(
            label=gettext("Deadline"), value=value, tone="" if left >= timedelta() else "red"
        )
    if left < timedelta():
        return Stat(label=gettext("Overdue by"), value=length(-left), tone="red")
    return Stat(label=label, value=length(left))
