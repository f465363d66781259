"""Operations about customers: their class, their repeated complaints, the next visit."""

from __future__ import annotations

from datetime import timedelta

from engine.handlers.operations.operation import Operation, Results

#: Days in which the same customer and category count as a repeat, unless the drawing says.
_REPEAT_DAYS = 30
#: Complaints of one area and category within the window that make a hot spot.
_HOT_SPOT = 5
#: Days until the first follow-up visit by customer class. Source: R85, R86.
_VISIT_DAYS = {"A": 30, "B": 60, "C": 60}


def classify_customer(op: Operation) -> Results:
    """Class and key-account flag of the customer. Source: R31, R94."""
    customer = op.customer
    return {
        "customer_class": customer.grade,
        "is_key_account": customer.is_key_account,
        "customer_name": customer.name,
    }


def find_repeats(op: Operation) -> Results:
    """How often this customer complained about the same lately, and whether the area is hot.

    Source: B2 of the complaint process; the window is the input ``days``.
    """
    category, area = str(op.value("category")), op.value("area")
    since = op.ledger.now - timedelta(days=op.number("days") or _REPEAT_DAYS)
    key = op.order.process_key
    repeats = op.ledger.count_orders(key, op.customer.id, category, since)
    nearby = op.ledger.count_area(key, str(area), category, since) if area else 0
    return {"repeat_count": repeats, "hot_spot": nearby >= _HOT_SPOT}


def create_visit_plan(op: Operation) -> Results:
    """Plan the first follow-up of a new line. Source: R18, R82, R85, R86."""
    customer = op.customer
    planned_on = (op.ledger.now + timedelta(days=_VISIT_DAYS[customer.grade])).date().isoformat()
    op.save(
        "visit_plan",
        op.ledger.next_id("visit_plan"),
        is_new=True,
        customer_id=customer.id,
        order_id=op.order.id,
        kind="follow_up",
        planned_on=planned_on,
        state="planned",
    )
    return {"visit_due_on": planned_on}
