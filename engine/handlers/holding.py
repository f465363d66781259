"""Hold 挂起 and resume 解挂 of whole orders."""

from __future__ import annotations

from engine.domain import commands, facts
from engine.domain.access import Act
from engine.domain.escalation import HOLD
from engine.errors import ConflictError, InvalidError
from engine.handlers.context import Context
from engine.handlers.escalating import on_event
from engine.handlers.loading import StaleVersionError, load_running
from engine.handlers.process import Process
from engine.handlers.results import OrderResult
from engine.handlers.stepping import settle


class HoldReasonUnknownError(InvalidError):
    """The reason is not in the table."""

    code = "hold_reason_unknown"
    template = "Expected a hold reason of {known}, but got {reason}."


class AlreadyHeldError(ConflictError):
    """The order is on hold already."""

    code = "already_on_hold"
    template = "Expected work order {order} to be in work, but it is on hold: {reason}."


class NotHeldError(ConflictError):
    """The order is not on hold."""

    code = "not_on_hold"
    template = "Expected work order {order} to be on hold, but it is in work."


class InstantPastError(InvalidError):
    """An instant that must lie ahead does not."""

    code = "instant_past"
    template = "Expected {field} to lie in the future, but it is {value}."


def hold_order(context: Context, command: commands.HoldOrder) -> OrderResult:
    """Put work on hold; clocks pause if the reason is not ours.

    With ``until`` the order goes on by itself at that instant, unless resumed before.
    """
    order = load_running(context, command.order_id, Act.WORK)
    if command.version is not None and command.version != order.seq:
        raise StaleVersionError(
            what=f"work order {order.number}", expected=command.version, actual=order.seq
        )
    reasons = context.ledger.setup.reasons
    if command.reason not in reasons:
        raise HoldReasonUnknownError(reason=command.reason, known=", ".join(sorted(reasons)))
    if order.held is not None:
        raise AlreadyHeldError(order=order.number, reason=order.held)
    if command.until is not None and command.until <= context.now:
        raise InstantPastError(field="until", value=command.until.isoformat())
    pauses = reasons[command.reason].pauses_clock
    process = Process(context, order)
    process.record(
        facts.OrderHeld(
            reason=command.reason,
            text=command.text,
            until=command.until,
            pauses=pauses,
            tasks=tuple(task.id for task in context.ledger.open_tasks(order.id)),
        )
    )
    process.clocks.held = command.reason
    if pauses:
        for key in process.clocks.pause(command.reason):
            process.reschedule(key)
    on_event(process, HOLD)
    settle(process)
    return OrderResult(order_id=order.id, number=order.number)


def resume_order(context: Context, command: commands.ResumeOrder) -> OrderResult:
    """Let work go on; paused clocks run from where they stood."""
    order = load_running(context, command.order_id, Act.WORK)
    if order.held is None:
        raise NotHeldError(order=order.number)
    resume(Process(context, order), command.text)
    return OrderResult(order_id=order.id, number=order.number)


def resume(process: Process, text: str = "") -> None:
    """Let a held order's work go on; also what happens by itself when a hold's time is over."""
    tasks = process.context.ledger.open_tasks(process.order.id)
    process.record(facts.OrderResumed(text=text, tasks=tuple(task.id for task in tasks)))
    process.clocks.held = None
    for key in process.clocks.resume():
        process.reschedule(key)
    settle(process)
