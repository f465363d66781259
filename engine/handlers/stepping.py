"""From the kernel's effects to facts: the one way an instance moves.

A command loads the order's run, does one thing to it, and settles: effects become facts,
business operations run and are answered, clocks start and stop, until nothing can go on.
"""

from __future__ import annotations

from collections.abc import Callable

from engine.domain import effects, facts
from engine.errors import NotFoundError
from engine.handlers.escalating import on_event
from engine.handlers.operations import OPERATIONS
from engine.handlers.operations.operation import Operation, OperationFailed
from engine.handlers.process import Process
from engine.handlers.skipping import skip_same_handler
from engine.handlers.translation import translate
from engine.ports.kernel import Run


class StepNotPossibleError(NotFoundError):
    """The kernel has no such open task, job, incident or node."""

    code = "step_not_possible"
    template = "Expected {what} to be open in work order {order}, but it is not."


def act(process: Process, what: str, do: Callable[[Run], object]) -> None:
    """Do one thing to the run of an order, then settle.

    Raises:
        StepNotPossibleError: There is nothing to do it to.
    """
    try:
        do(process.run)
    except LookupError as exc:
        raise StepNotPossibleError(what=what, order=process.order.number) from exc
    settle(process)


def settle(process: Process) -> None:
    """Turn effects into facts until nothing can go on, then keep the run."""
    while pending := process.run.take_effects():
        jobs = []
        gone = {each.number for each in pending if isinstance(each, effects.JobClosed)}
        for effect in pending:
            if isinstance(effect, effects.JobOpened) and effect.topic in OPERATIONS:
                process.operations.add(effect.number)
                if effect.number not in gone:
                    jobs.append(effect)
            else:
                translate(process, effect)
        for job in jobs:
            _operate(process, job)
        skip_same_handler(process)
    while process.happened:
        on_event(process, process.happened.pop(0))
    process.context.ledger.save_kernel(
        process.order.id, process.run.dump(), process.run.next_due_at
    )
    while process.signals:
        _broadcast(process, process.signals.pop(0))


def _broadcast(process: Process, signal: str) -> None:
    """Deliver a signal to the other orders that wait for it, in the same transaction.

    An order this command has touched already takes no further signal of it.
    """
    ledger = process.context.ledger
    for order_id in ledger.subscribers(signal, kind="signal"):
        if order_id in ledger.loaded_orders:
            continue
        order = ledger.order(order_id)
        if order is not None and order.status == "running":
            other = Process(process.context, order)
            if other.run.signal(signal):
                settle(other)


def _operate(process: Process, job: effects.JobOpened) -> None:
    operation = Operation(process=process, element=job.element_id, inputs=job.inputs)
    before = process.clocks.running()
    try:
        results = OPERATIONS[job.topic](operation)
    except OperationFailed as failed:
        process.run.fail_job(
            job.number, code=failed.error, message=str(failed), message_zh=failed.zh
        )
        return
    process.record(facts.OperationDone(topic=job.topic, element=job.element_id))
    for key, state in process.clocks.running().items():
        if key in before and before[key].due_at != state.due_at:
            process.reschedule(key)
    process.run.complete_job(job.number, results)
