"""Commands about whole work orders: start, cancel, suspend, reactivate."""

from __future__ import annotations

from typing import Any

from engine.domain import access, commands, facts
from engine.domain.access import Act
from engine.domain.facts import Stream
from engine.domain.records import Customer, Definition, Order, Unit
from engine.errors import ConflictError, NotFoundError
from engine.handlers.context import Context
from engine.handlers.loading import load_order, load_running
from engine.handlers.naming import unit_named
from engine.handlers.process import Process
from engine.handlers.results import OrderResult
from engine.handlers.stepping import settle
from engine.handlers.uploads import attach_uploads
from engine.store.choices import RecordChoices


class CustomerNotFoundError(NotFoundError):
    """No such customer for this caller."""

    code = "customer_not_found"
    template = "Expected a customer {customer}, but there is none you may see."


class NotSuspendedError(ConflictError):
    """The order is not suspended."""

    code = "order_not_suspended"
    template = "Expected work order {order} to be suspended, but it is {status}."


def start_order(context: Context, command: commands.StartOrder) -> OrderResult:
    """Open a work order on the newest version of a process."""
    definition = context.ledger.setup.newest(command.process)
    return open_order(context, definition, command)


def open_order(
    context: Context,
    definition: Definition,
    command: commands.StartOrder,
    message: str | None = None,
) -> OrderResult:
    """Open a work order on this version.

    Args:
        context: Surroundings of the command.
        definition: What it runs on.
        command: Unit, values and title of the order.
        message: Name of the message that opens it, if one does.
    """
    ledger, person = context.ledger, context.person
    unit = _unit(context, command.unit)
    if message is None:
        access.require(person, Act.START, unit.path)
        values, files = _start_values(context, definition, command.values)
    else:
        # A message brings its own values: the start form is for people.
        access.require(person, Act.INTEGRATE, unit.path)
        values, files = command.values, frozenset()
    customer = _customer(context, values.get("customer_id"))
    if command.parent_id is not None:
        access.require_order(person, ledger.order(command.parent_id), command.parent_id)
    order = _new_order(context, definition, command, unit, customer)
    _record_start(context, order, definition, values, customer=customer, message=message)
    attach_uploads(context, order.id, files)
    variables = {
        **values,
        "order_id": order.id,
        "order_number": order.number,
        "unit": unit.code,
        "starter": person.login,
    }
    process = Process(context, order, variables, message=message)
    settle(process)
    return OrderResult(order_id=order.id, number=order.number, tasks=opened(context))


def _new_order(
    context: Context,
    definition: Definition,
    command: commands.StartOrder,
    unit: Unit,
    customer: Customer | None,
) -> Order:
    order_id = context.ledger.next_id("work_order")
    return Order(
        id=order_id,
        number=_number(context, definition, order_id),
        definition_id=definition.id,
        process_key=definition.key,
        title=command.title or " ".join([definition.name, *([customer.name] if customer else [])]),
        unit_id=unit.id,
        unit_path=unit.path,
        status="running",
        state="acknowledged",
        priority=command.priority,
        started_at=context.now,
        started_by=context.person.id,
        first_owner=context.person.id,
        customer_id=customer.id if customer else None,
        parent_id=command.parent_id,
    )


def _record_start(
    context: Context,
    order: Order,
    definition: Definition,
    values: dict[str, Any],
    *,
    customer: Customer | None,
    message: str | None,
) -> None:
    started = facts.OrderStarted(
        definition_id=order.definition_id,
        process_key=order.process_key,
        number=order.number,
        title=order.title,
        unit_id=order.unit_id,
        unit_path=order.unit_path,
        customer_id=order.customer_id,
        customer_name=customer.name if customer else None,
        parent_id=order.parent_id,
        priority=order.priority,
        first_owner=order.first_owner,
        values=values,
        message=message,
    )
    context.ledger.record(Stream.ORDER, order.id, started)
    shown = {name: value for name, value in values.items() if name in definition.publish}
    if shown:
        context.ledger.record(Stream.ORDER, order.id, facts.VariablesPublished(values=shown))


def opened(context: Context) -> tuple[int, ...]:
    """Tasks this command has opened so far."""
    return tuple(
        fact.task for fact in context.ledger.recorded if isinstance(fact, facts.TaskOpened)
    )


def _unit(context: Context, code: str | None) -> Unit:
    setup = context.ledger.setup
    if code is not None:
        return unit_named(setup, code)
    return setup.branch_of(context.person.unit_id)


def _start_values(
    context: Context, definition: Definition, values: dict[str, Any]
) -> tuple[dict[str, Any], frozenset[int]]:
    """The answers to the start form, and the files among them."""
    key = definition.description.get("start_form_key")
    form = context.ledger.form(definition.id, key) if key else None
    if form is None:
        return values, frozenset()
    records = RecordChoices(context.ledger, context.person)
    checked = context.forms.validate(form, values, variables={}, records=records)
    return checked, context.forms.files(form, checked)


def _customer(context: Context, code: Any) -> Customer | None:
    """The customer a start form names by its number (客户编号)."""
    if code is None:
        return None
    customer = context.ledger.customer_by_code(str(code))
    if customer is None or not access.may(
        context.person, Act.READ, context.ledger.setup.unit(customer.unit_id).path
    ):
        raise CustomerNotFoundError(customer=code)
    return customer


def _number(context: Context, definition: Definition, order_id: int) -> str:
    prefix = definition.description.get("properties", {}).get("numberPrefix", "GD")
    return f"{prefix}{context.now:%Y%m%d}{order_id:06d}"


def cancel_order(context: Context, command: commands.CancelOrder) -> OrderResult:
    """End an order at once, without what its drawing does on cancellation."""
    order = load_order(context, command.order_id, Act.OPERATE)
    process = Process(context, order)
    process.record(
        facts.CommentAdded(comment=context.ledger.next_id("comment"), text=command.reason)
    )
    process.reason = command.reason
    process.run.cancel()
    settle(process)
    return OrderResult(order_id=order.id, number=order.number)


def suspend_order(context: Context, command: commands.SuspendOrder) -> OrderResult:
    """Stop an instance."""
    order = load_running(context, command.order_id, Act.OPERATE)
    context.ledger.record(Stream.ORDER, order.id, facts.OrderSuspended(reason=command.reason))
    return OrderResult(order_id=order.id, number=order.number)


def reactivate_order(context: Context, command: commands.ReactivateOrder) -> OrderResult:
    """Let a suspended instance go on; what fell due meanwhile fires next."""
    order = load_order(context, command.order_id, Act.OPERATE)
    if order.status != "suspended":
        raise NotSuspendedError(order=order.number, status=order.status)
    context.ledger.record(Stream.ORDER, order.id, facts.OrderReactivated(reason=command.reason))
    return OrderResult(order_id=order.id, number=order.number)
