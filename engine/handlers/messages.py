"""Messages from outside, to waiting orders or to open new ones."""

from __future__ import annotations

from engine.domain import access, commands
from engine.domain.access import Act
from engine.domain.records import Definition, Order
from engine.errors import ConflictError, InvalidError
from engine.handlers.context import Context
from engine.handlers.loading import load_running
from engine.handlers.orders import open_order
from engine.handlers.process import Process
from engine.handlers.results import MessageResult
from engine.handlers.stepping import settle


class NobodyAwaitsError(ConflictError):
    """No order waits for the message."""

    code = "message_not_awaited"
    template = (
        "Expected a work order that waits for message {message}, or a process it starts, "
        "but there is none."
    )


class MessageStartsSeveralError(ConflictError):
    """A message would start more than one process."""

    code = "message_starts_several"
    template = "Expected message {message} to start one process, but it starts {processes}."


class CorrelationMissingError(InvalidError):
    """A message without an address would reach every order that waits for its kind."""

    code = "correlation_missing"
    template = "Expected a work order or published variables to find it by, but got neither."


def send_message(context: Context, command: commands.SendMessage) -> MessageResult:
    """Deliver a message to one order, or to all that wait for it and match.

    A message that is addressed to no order and that nobody takes opens an order on the process
    that it starts. Source: BPMN 2.0.2, 10.5.2, message start events.
    """
    if command.order_id is not None:
        waiting = [_addressed(context, command.order_id)]
    else:
        waiting = _correlated(context, command)
    taken = tuple(order.id for order in waiting if _is_taken(context, order, command))
    if taken:
        return MessageResult(orders=taken)
    if command.order_id is None:
        started = _opened(context, command)
        return MessageResult(orders=(started,), started=started)
    raise NobodyAwaitsError(message=command.message)


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
        if _processes(context, command.message):
            return []
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


def _opened(context: Context, command: commands.SendMessage) -> int:
    processes = _processes(context, command.message)
    if not processes:
        raise NobodyAwaitsError(message=command.message)
    if len(processes) > 1:
        keys = ", ".join(sorted(process.key for process in processes))
        raise MessageStartsSeveralError(message=command.message, processes=keys)
    order = commands.StartOrder(process=processes[0].key, values=command.values, unit=command.unit)
    return open_order(context, processes[0], order, command.message).order_id


def _processes(context: Context, message: str) -> list[Definition]:
    """Newest versions with a start event for the message."""
    return [
        definition
        for definition in context.ledger.setup.latest.values()
        if message in definition.description.get("messages", ())
    ]


def _is_taken(context: Context, order: Order, command: commands.SendMessage) -> bool:
    process = Process(context, order)
    if not process.run.deliver(command.message, command.values):
        return False
    settle(process)
    return True
