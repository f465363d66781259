"""Commands about failed steps, messages given up, and external tasks."""

from __future__ import annotations

from engine.domain import access, commands, facts
from engine.domain.access import Act
from engine.errors import NotFoundError
from engine.handlers.context import Context
from engine.handlers.loading import load_running
from engine.handlers.orders import opened
from engine.handlers.process import Process
from engine.handlers.results import IdResult, OrderResult
from engine.handlers.stepping import act, settle


class DeadLetterNotFoundError(NotFoundError):
    """No such message was given up, or it is being tried again already."""

    code = "dead_letter_not_found"
    template = "Expected a message {letter} that was given up, but there is none."


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


def send_again(context: Context, command: commands.SendAgain) -> IdResult:
    """Put a dead letter back into the outbox, as if it were new; what refused it was mended."""
    access.require(context.person, Act.OPERATE, context.ledger.setup.root.path)
    if not context.ledger.papers.revive_letter(command.letter_id):
        raise DeadLetterNotFoundError(letter=command.letter_id)
    return IdResult(id=command.letter_id)


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
