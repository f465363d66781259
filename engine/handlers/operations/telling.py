"""Operations that tell people and the customer."""

from __future__ import annotations

from collections.abc import Iterable

from engine.domain import facts
from engine.handlers.escalating import workers
from engine.handlers.operations.operation import Operation, Results


def _notify(op: Operation, notice: str, people: Iterable[int]) -> Results:
    receivers = tuple(sorted(set(people)))
    if receivers:
        op.record(facts.Notified(people=receivers, notice=notice, params=dict(op.inputs)))
    return {}


def notify_service_desk(op: Operation) -> Results:
    """Tell the service desk that a line is in use. Source: R17."""
    return _notify(op, "service_in_use", op.ledger.holders("agent", op.order.unit_id))


def notify_sales(op: Operation) -> Results:
    """Tell sales and the account manager. Source: R106."""
    people = op.ledger.holders("sales", op.order.unit_id)
    manager = op.customer.manager_id
    return _notify(op, "sales_notice", [*people, *([manager] if manager else [])])


def notify_jeopardy(op: Operation) -> Results:
    """Tell those who must act that an order needs attention. Source: A13, TMF641 jeopardyAlert.

    Level 0 tells the people of the open tasks, 1 the supervisor, 2 the manager, 3 headquarters.
    """
    level = int(op.number("level"))
    tasks = [task for task in op.ledger.open_tasks(op.order.id) if task.purpose == "work"]
    if op.inputs.get("priority") is not None:
        op.process.raise_priority(int(op.number("priority")))
    if level <= 0:
        return _notify(op, "order_in_jeopardy", workers(op.ledger, tasks))
    role, unit_id = (
        ("supervisor", op.order.unit_id),
        ("manager", op.order.unit_id),
        ("hq_desk", op.ledger.setup.root.id),
    )[min(level, 3) - 1]
    return _notify(op, "order_in_jeopardy", op.ledger.holders(role, unit_id))


def notify_customer(op: Operation) -> Results:
    """Send the customer a message by the preferred channel through the outbox. Source: R16.

    Who does not want to be disturbed still gets what belongs to an order of theirs; only
    marketing is left out. Source: R108.
    """
    customer = op.customer
    op.record(
        facts.MessageThrown(
            message="notify_customer",
            element=op.element,
            payload={
                **op.inputs,
                "customer": customer.code,
                "channel": customer.channel,
                "order": op.order.number,
            },
        )
    )
    return {}
