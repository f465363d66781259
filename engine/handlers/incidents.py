"""Commands about failed steps and external tasks."""

from __future__ import annotations

from engine.domain import commands, facts
from engine.domain.access import Act
from engine.handlers.context import Context
from engine.handlers.loading import load_running
from engine.handlers.orders import opened
from engine.handlers.process import Process
from engine.handlers.results import OrderResult
from engine.handlers.stepping import act, settle


def correct_variables(context: Context, command: commands.CorrectVariables) -> OrderResult:
    """Correct variables; the change and its reason are in the history."""
    order = load_running(context, command.order_id, Act.OPERATE)
    process = Process(context, order)
    process.record(
        facts.CommentAdded(comment=context.ledger.next_id("comment"), text=command.reason)
    )
    process.run.set_variables(command.values)
    settle(process)
    return OrderResult(order_id=order.id, number=order.number)


def retry_incident(context: Context, command: commands.RetryIncident) -> OrderResult:
    """Try a failed step again."""
    order = load_running(context, command.order_id, Act.OPERATE)
    process = Process(context, order)
    if command.values:
        process.run.set_variables(command.values)
    act(process, f"incident {command.number}", lambda run: run.retry(command.number))
    return OrderResult(order_id=order.id, number=order.number, tasks=opened(context))


def answer_job(context: Context, command: commands.AnswerJob) -> OrderResult:
    """Complete or fail an external task."""
    order = load_running(context, command.order_id, Act.INTEGRATE)
    process = Process(context, order)
    what = f"job {command.number}"
    if command.error is None and command.message is None:
        act(process, what, lambda run: run.complete_job(command.number, command.values))
    else:
        act(
            process,
            what,
            lambda run: run.fail_job(
                command.number,
                code=command.error,
                message=command.message or f"The worker reported {command.error}.",
                message_zh="" if command.message else f"外部系统报告错误 {command.error}。",
            ),
        )
    return OrderResult(order_id=order.id, number=order.number, tasks=opened(context))
