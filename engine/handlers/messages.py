"""Messages from outside to waiting orders."""

from __future__ import annotations

from engine.domain import access, commands
from engine.domain.access import Act
from engine.domain.records import Order
from engine.errors import ConflictError, InvalidError
from engine.handlers.context import Context
from engine.handlers.loading import load_running
from engine.handlers.results import MessageResult
from engine.handlers.stepping import Process


class NobodyAwaitsError(ConflictError):
    """No order waits for the message."""

    code = "message_not_awaited"
    template = "Expected a work order that waits for message {message}, but none does."


class CorrelationMissingError(InvalidError):
    """A message without an address would reach every order that waits for its kind."""

    code = "correlation_missing"
    template = "Expected a work order or published variables to find it by, but got neither."


def send_message(context: Context, command: commands.SendMessage) -> MessageResult:
    """Deliver a message to one order, or to all that wait for it and match."""
    if command.order_id is not None:
        waiting = [_addressed(context, command.order_id)]
    else:
        waiting = _correlated(context, command)
    taken = tuple(order.id for order in waiting if _is_taken(context, order, command))
    if not taken:
        raise NobodyAwaitsError(message=command.message)
    return MessageResult(orders=taken)


def _addressed(context: Context, order_id: int) -> Order:
    """The running order, if the caller works on it or speaks for another system."""
    order = load_running(context, order_id)
    if not access.may(context.person, Act.INTEGRATE, order.unit_path):
        load_running(context, order_id, Act.WORK)
    return order


def _correlated(context: Context, command: commands.SendMessage) -> list[Order]:
    """Running orders with these published variables where the caller speaks for a system."""
    ledger, person = context.ledger, context.person
    access.require_anywhere(person, Act.INTEGRATE)
    if not command.correlation:
        raise CorrelationMissingError
    found = set(ledger.subscribers(command.message))
    for name, value in command.correlation.items():
        found &= ledger.with_variable(name, value)
    orders = (ledger.order(order_id) for order_id in sorted(found))
    return [
        order
        for order in orders
        if order is not None
        and order.status == "running"
        and access.may(person, Act.INTEGRATE, order.unit_path)
    ]


def _is_taken(context: Context, order: Order, command: commands.SendMessage) -> bool:
    process = Process(context, order)
    if not process.run.deliver(command.message, command.values):
        return False
    process.settle()
    return True
