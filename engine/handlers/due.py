"""What happens by itself: timers of drawings and levels of the escalation policy."""

from __future__ import annotations

from engine.domain import commands
from engine.domain.records import Order
from engine.handlers.context import Context
from engine.handlers.escalating import escalate
from engine.handlers.holding import resume
from engine.handlers.process import Process
from engine.handlers.results import CountResult
from engine.handlers.stepping import settle


class StepFailedError(Exception):
    """One order of a batch could not be stepped; the batch is rolled back.

    Attributes:
        order_id: The order to set aside.
    """

    def __init__(self, order_id: int) -> None:
        super().__init__(f"stepping order {order_id} failed")
        self.order_id = order_id


def fire_due(context: Context, command: commands.FireDue) -> CountResult:
    """Fire what is due for up to ``limit`` orders, most overdue first.

    Orders locked by somebody else are left for the next tick.
    """
    orders = context.ledger.due_orders(context.now, command.limit)
    for order in orders:
        try:
            fire_order(context, order)
        except Exception as exc:
            raise StepFailedError(order.id) from exc
    return CountResult(count=len(orders))


def fire_order(context: Context, order: Order) -> None:
    """End a hold whose time is over, then fire one locked order's timers and escalations."""
    process = Process(context, order)
    if order.held_until is not None and order.held_until <= context.now:
        resume(process)
    if order.kernel_due_at is not None and order.kernel_due_at <= context.now:
        process.run.fire_timers()
        settle(process)
    if process.run.is_ended:
        return
    for key in process.clocks.due_keys():
        escalate(process, key)
