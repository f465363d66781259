"""撤回: take one's own completed step back while nobody has touched what came next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from engine.domain import access, commands, facts
from engine.domain.facts import Fact
from engine.domain.records import Order, Task
from engine.errors import ConflictError, ForbiddenError
from engine.handlers.clocks import is_task_clock, number_of
from engine.handlers.context import Context
from engine.handlers.loading import OrderNotRunningError, TaskHeldError
from engine.handlers.moving import NotReturnableError
from engine.handlers.orders import opened
from engine.handlers.process import Process
from engine.handlers.results import TaskResult
from engine.handlers.skipping import as_task
from engine.handlers.stepping import settle


class NotYourStepError(ForbiddenError):
    """Only who completed a step takes it back."""

    code = "not_your_step"
    template = "Expected task {task} to be completed by you, but it is not."


class StepMovedError(ConflictError):
    """Somebody has touched what came next, or the process went on."""

    code = "step_moved_on"
    template = "Expected nobody to have touched what came after task {task}, but it moved on."


class StepEffectiveError(ConflictError):
    """What the completion caused outside people's inboxes cannot be undone."""

    code = "step_effective"
    template = "Expected task {task} to have led to tasks alone, but it also led to {what}."


#: What a completion may have caused and goes with it, or does not matter.
_HARMLESS: Final[tuple[type[Fact], ...]] = (
    facts.VariablesChanged,
    facts.VariablesPublished,
    facts.ElementsPassed,
    facts.StateEntered,
    facts.MilestoneReached,
    facts.PriorityRaised,
    facts.HandoverCounted,
    facts.Notified,
    facts.TimerClosed,
    facts.MessageClosed,
    facts.TaskEscalated,
    facts.EscalationFired,
    facts.ClockSet,
    # What people do beside the work stays.
    facts.OrderHeld,
    facts.OrderResumed,
    facts.OrderSuspended,
    facts.OrderReactivated,
    facts.OrderUrged,
    facts.CommentAdded,
    facts.AttachmentAdded,
    facts.Copied,
    facts.CopyRemoved,
    facts.Instructed,
)
#: What reached beyond the inboxes and cannot be called back, by its word in the refusal.
_EFFECTIVE: Final[Mapping[type[Fact], str]] = {
    facts.OperationDone: "operation",
    facts.MessageThrown: "message",
    facts.SignalThrown: "signal",
    facts.JobOpened: "job",
    facts.IncidentOpened: "incident",
    facts.MessageAwaited: "wait",
}


def take_back_step(context: Context, command: commands.TakeBackStep) -> TaskResult:
    """Take one's own completed step back.

    Its values stay; the step is opened anew, with a clock of its own, and held by who took it
    back. Nothing is undone that reached beyond the inboxes: then it is refused.
    """
    task, order = _own_completed(context, command.task_id)
    following = _untouched(context, task)
    process = Process(context, order)
    process.why_withdrawn = "taken_back"
    process.record(
        facts.StepTakenBack(
            task=task.id, element=task.element, withdrawn=following, reason=command.reason
        )
    )
    try:
        process.run.gather([number_of(each) for each in following], task.element)
    except LookupError as exc:
        raise StepMovedError(task=task.id) from exc
    settle(process)
    _claim(process, task)
    return TaskResult(task_id=task.id, order_id=order.id, opened=opened(context))


def _claim(process: Process, before: Task) -> None:
    """Let who took the step back hold it again, if it is free for them."""
    context = process.context
    for fact in context.ledger.recorded_of(process.order.id):
        if not isinstance(fact, facts.TaskOpened) or fact.element != before.element:
            continue
        path = context.ledger.setup.unit(fact.unit_id).path
        is_theirs = access.is_worker(context.person, as_task(fact, process), path)
        if fact.assignee is None and is_theirs:
            process.record(facts.TaskClaimed(task=fact.task))


def _own_completed(context: Context, task_id: int) -> tuple[Task, Order]:
    """A drawn task the caller completed, in an order in work."""
    found = context.ledger.task_and_order(task_id)
    if found is None or found[0].ended_by != context.person.id:
        path = "" if found is None else context.ledger.setup.unit(found[0].unit_id).path
        access.require_task_visible(context.person, found, task_id, path)
        raise NotYourStepError(task=task_id)
    task, order = found
    if order.status != "running":
        raise OrderNotRunningError(order=order.number, status=order.status)
    if order.held is not None:
        raise TaskHeldError(order=order.number, reason=order.held)
    if task.purpose != "work":
        raise NotReturnableError(task=task.id, purpose=task.purpose)
    if task.state != "completed":
        raise StepMovedError(task=task.id)
    return task, order


def _untouched(context: Context, task: Task) -> tuple[int, ...]:
    """The tasks a completion led to, if nothing else came of it and nobody has touched them.

    Raises:
        StepMovedError, StepEffectiveError: Something did, or somebody has.
    """
    own = context.ledger.setup.definition(task.definition_id).key
    led_to: set[int] = set()
    for fact in _since_completion(context, task):
        if isinstance(fact, facts.TaskOpened) and fact.purpose == "work":
            led_to.add(fact.task)
        elif isinstance(fact, facts.TaskCompleted) and fact.skipped and fact.task in led_to:
            led_to.remove(fact.task)
        elif effect := _effect(fact, own):
            raise StepEffectiveError(task=task.id, what=effect)
        elif not _is_harmless(fact, led_to):
            raise StepMovedError(task=task.id)
    if not led_to or context.ledger.papers.drafts_of(led_to):
        raise StepMovedError(task=task.id)
    return tuple(sorted(led_to))


def _since_completion(context: Context, task: Task) -> Iterable[Fact]:
    """Facts of the order after the one that completed the task."""
    if task.ended_at is None:
        return ()
    after = iter(context.ledger.facts_since(task.order_id, task.ended_at))
    for fact in after:
        if isinstance(fact, facts.TaskCompleted) and fact.task == task.id:
            break
    return after


def _effect(fact: Fact, own: str) -> str:
    """What a fact did beyond the inboxes, empty if nothing.

    Args:
        fact: Of the completion, or after it.
        own: Key of the task's process.
    """
    if isinstance(fact, facts.ElementsPassed) and set(fact.processes) - {own}:
        return "call"
    if isinstance(fact, facts.ClockStopped) and not is_task_clock(fact.key):
        # Whoever stops a clock and takes that back would have gained time.
        return "clock"
    return _EFFECTIVE.get(type(fact), "")


def _is_harmless(fact: Fact, led_to: set[int]) -> bool:
    """Whether a fact neither moved the order nor touched the tasks it led to."""
    match fact:
        case facts.ClockStopped():
            return True
        case facts.TaskOpened(target=task) | facts.TimerSet(task=task):
            return task in led_to
        case facts.SigningSet(cause="added", task=task):
            return task in led_to
        case facts.TaskClaimed(task=task) | facts.TaskReleased(task=task):
            return task not in led_to
        case _:
            return isinstance(fact, _HARMLESS)
