"""委托: let somebody prepare a task one holds; it comes back before it is completed."""

from __future__ import annotations

from engine.domain import access, commands, facts
from engine.domain.access import Act
from engine.domain.facts import Stream
from engine.domain.records import Order, Person, Task
from engine.errors import ConflictError, InvalidError
from engine.handlers.assigning import NotYoursError
from engine.handlers.context import Context
from engine.handlers.loading import load_task, load_workable, require_undelegated
from engine.handlers.moving import NotReturnableError
from engine.handlers.naming import people_named
from engine.handlers.results import TaskResult
from engine.handlers.signing import require_handable


class DelegateUnfitError(InvalidError):
    """Not everybody can be asked to prepare a task."""

    code = "delegate_unfit"
    template = (
        "Expected another person of the units you see, whom four eyes do not bar from task "
        "{task}, but {login} is not."
    )


class NotDelegatedError(ConflictError):
    """There is nothing to give back."""

    code = "not_delegated"
    template = "Expected task {task} to be delegated, but it is not."


def delegate_task(context: Context, command: commands.DelegateTask) -> TaskResult:
    """Ask somebody to prepare a task the caller holds; the draft goes along."""
    task, order = load_workable(context, command.task_id, command.version)
    require_undelegated(task)
    require_handable(task)
    if task.purpose != "work":
        raise NotReturnableError(task=task.id, purpose=task.purpose)
    if task.assignee is None:
        raise NotYoursError(task=task.id)
    (delegate,) = people_named(context.ledger, (command.to,))
    if not _is_fit(context, delegate, task, order):
        raise DelegateUnfitError(task=task.id, login=delegate.login)
    context.ledger.record(
        Stream.ORDER,
        order.id,
        facts.TaskDelegated(
            task=task.id, owner=task.assignee, to=delegate.id, reason=command.reason
        ),
        facts.Notified(
            people=(delegate.id,),
            notice="task_delegated",
            task=task.id,
            params={"text": command.reason},
        ),
    )
    context.ledger.papers.pass_draft(task.id, task.assignee, delegate.id)
    return TaskResult(task_id=task.id, order_id=order.id)


def _is_fit(context: Context, delegate: Person, task: Task, order: Order) -> bool:
    if delegate.id in (context.person.id, task.assignee, task.barred, task.barred_too):
        return False
    path = context.ledger.setup.unit(delegate.unit_id).path
    return access.is_near(context.person, path) or access.may(delegate, Act.READ, order.unit_path)


def give_back_task(context: Context, command: commands.GiveBackTask) -> TaskResult:
    """Give a delegated task back to its owner, or call it back; the draft comes along.

    The delegate may, the owner may, and so may superiors.
    """
    task, order, path = load_task(context, command.task_id, command.version)
    if task.owner is None or task.assignee is None:
        raise NotDelegatedError(task=task.id)
    own = access.hands(context.person)
    if not own & {task.owner, task.assignee}:
        access.require(context.person, Act.LEAD, path)
    context.ledger.record(
        Stream.ORDER,
        order.id,
        facts.TaskGivenBack(
            task=task.id,
            to=task.owner,
            text=command.text,
            recalled=task.assignee not in own,
        ),
        *(
            facts.Notified(
                people=(person,), notice=notice, task=task.id, params={"text": command.text}
            )
            for person, notice in (
                (task.owner, "task_given_back"),
                (task.assignee, "task_recalled"),
            )
            if person not in own
        ),
    )
    context.ledger.papers.pass_draft(task.id, task.assignee, task.owner)
    return TaskResult(task_id=task.id, order_id=order.id)
