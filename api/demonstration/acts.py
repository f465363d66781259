"""What people do about a task, as acts stories are put together from."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from api.demonstration.answers import answer
from api.demonstration.simulation import Act, Scene
from engine.domain import commands as c
from engine.domain.records import Task

#: Usual working hours from the opening of a task to its completion: least and most.
_LENGTHS: Final[dict[str, tuple[float, float]]] = {
    "file_contract": (1, 5),
    "resource_survey": (4, 11),
    "allocate_ip": (0.5, 2.5),
    "request_equipment": (1, 4),
    "receive_equipment": (2, 9),
    "request_line": (1, 4),
    "prepare_construction": (1, 5),
    "construct": (5, 14),
    "commission": (1, 4),
    "complete": (0.5, 4),
    "visit": (4, 20),
    "handle_at_desk": (0.4, 1.8),
    "handle_ordinary": (0.4, 2.5),
    "dept_handle": (1, 4.5),
    "reply_user": (0.3, 2),
    "call_back": (4, 9),
    "archive": (1, 6),
    "lease_accept": (15, 25),
    "purchase_equipment": (20, 40),
    "supervision": (1, 4),
    "extension": (1, 3),
    "signature": (0.5, 2),
}
_USUAL: Final = (0.5, 3.0)
#: Part of the time after which a task is claimed.
_CLAIMED: Final = 0.3
#: Working hours until the billing system answers.
_BILLED: Final = (1, 5)


def usual(task: Task, rng: random.Random) -> tuple[Act, ...]:
    """Take the task, and complete it in time."""
    least, most = _LENGTHS.get(task.element, _USUAL)
    length = rng.uniform(least, most)
    if task.purpose == "extension":
        return (decide(length),)
    if task.element == "complete":
        billed = acknowledge_billing(rng.uniform(*_BILLED))
        return (claim(length * _CLAIMED), complete(length, then=(billed,)))
    return (claim(length * _CLAIMED), complete(length))


def claim(after: float) -> Act:
    """Take the task from the group, unless somebody was given it."""

    def do(scene: Scene) -> None:
        if scene.task.assignee is None:
            scene.execute(c.ClaimTask(task_id=scene.task.id), scene.worker())

    return Act(after=after, do=do)


def complete(
    after: float,
    *,
    without: tuple[str, ...] = (),
    then: tuple[Act, ...] = (),
    **changes: Any,
) -> Act:
    """Complete the task with the usual answers but for some.

    Args:
        after: Working hours after its opening.
        without: Fields to leave out.
        then: What follows the completion.
        changes: Fields that differ.
    """

    def do(scene: Scene) -> None:
        form = scene.task.form or scene.task.element
        values = {**answer(form, scene), **changes}
        for name in without:
            values.pop(name, None)
        scene.execute(c.CompleteTask(task_id=scene.task.id, values=values), scene.worker())

    return Act(after=after, do=do, then=then)


def draft(after: float, **values: Any) -> Act:
    """Fill in a part and put it aside."""
    return _by_worker(after, lambda scene: c.SaveDraft(task_id=scene.task.id, values=dict(values)))


def hold(after: float, reason: str, text: str, *, until_days: int | None = None) -> Act:
    """Put the order on hold."""

    def command(scene: Scene) -> c.Command:
        until = None if until_days is None else scene.now + timedelta(days=until_days)
        return c.HoldOrder(order_id=scene.order.id, reason=reason, text=text, until=until)

    return _by_worker(after, command)


def resume(after: float, text: str) -> Act:
    """Let work go on."""

    def do(scene: Scene) -> None:
        if scene.order.held is not None:
            command = c.ResumeOrder(order_id=scene.order.id, text=text)
            scene.execute(command, scene.worker())

    return Act(after=after, do=do, works=False)


def delegate(after: float, to: str, reason: str) -> Act:
    """Ask a colleague with a role to prepare the task."""
    return _by_worker(
        after,
        lambda scene: c.DelegateTask(
            task_id=scene.task.id, to=scene.someone(to).login, reason=reason
        ),
    )


def return_delegated(after: float, text: str) -> Act:
    """Who was asked gives the task back."""
    return _by_worker(after, lambda scene: c.GiveBackTask(task_id=scene.task.id, text=text))


def add_signers(
    after: float, *roles: str, when: str = "before", rule: str = "all", reason: str = ""
) -> Act:
    """Let others sign, one of each role."""
    return _by_worker(
        after,
        lambda scene: c.AddSigners(
            task_id=scene.task.id,
            people=tuple(scene.someone(role).login for role in roles),
            when=when,
            rule=rule,
            reason=reason,
        ),
    )


def instruct(after: float, text: str, *, role: str = "supervisor") -> Act:
    """A superior writes an instruction."""
    return _by(
        role,
        after,
        lambda scene: c.InstructOrder(order_id=scene.order.id, task_id=scene.task.id, text=text),
    )


def snooze(after: float, hours: float) -> Act:
    """Put the task aside for some hours."""
    return _by_worker(
        after,
        lambda scene: c.SnoozeTask(
            task_id=scene.task.id, until=scene.now + timedelta(hours=hours)
        ),
    )


def give_back(after: float, reason: str) -> Act:
    """Send the task back to the step before."""
    return _by_worker(after, lambda scene: c.ReturnTask(task_id=scene.task.id, reason=reason))


def comment(after: float, text: str, *mentions: str) -> Act:
    """Write on the order."""
    return _by_worker(
        after,
        lambda scene: c.AddComment(
            order_id=scene.order.id, task_id=scene.task.id, text=text, mentions=mentions
        ),
    )


def copy(after: float, *people: str) -> Act:
    """Copy the order to people."""
    return _by(
        "supervisor", after, lambda scene: c.CopyOrder(order_id=scene.order.id, people=people)
    )


def urge(after: float, text: str) -> Act:
    """The customer calls, and the desk passes it on."""
    return _by(
        "key_account_desk",
        after,
        lambda scene: c.UrgeOrder(order_id=scene.order.id, text=text),
    )


def send(after: float, message: str, *, role: str = "key_account_desk", **values: Any) -> Act:
    """Deliver a message to this order."""
    return _by(
        role,
        after,
        lambda scene: c.SendMessage(message=message, order_id=scene.order.id, values=values),
    )


def acknowledge_billing(after: float) -> Act:
    """The billing system answers by contract number, as systems do."""

    def do(scene: Scene) -> None:
        command = c.SendMessage(
            message="billing_ack",
            correlation={"contract_no": scene.story.values["contract_no"]},
            values={"billing_reference": f"JF{scene.order.id:07d}"},
        )
        scene.execute(command, scene.someone("integration"))

    return Act(after=after, do=do, works=False, outlives=True)


def ask_extension(after: float, days: int, reason: str) -> Act:
    """Ask for more time."""
    return _by_worker(
        after,
        lambda scene: c.RequestExtension(
            task_id=scene.task.id,
            new_due_at=(scene.task.due_at or scene.now) + timedelta(days=days),
            reason=reason,
        ),
    )


def decide(after: float, *, approved: bool = True) -> Act:
    """Decide about more time."""
    return _by(
        "supervisor",
        after,
        lambda scene: c.DecideExtension(
            extension_id=scene.task.details["extension"],
            approved=approved,
            comment="情况属实，同意。" if approved else "请先协调内部资源，按原时限完成。",
        ),
    )


def cancel(after: float, reason: str) -> Act:
    """An operator ends the order at once."""
    return _by(
        "operator", after, lambda scene: c.CancelOrder(order_id=scene.order.id, reason=reason)
    )


def _by_worker(after: float, command: Callable[[Scene], c.Command]) -> Act:
    def do(scene: Scene) -> None:
        scene.execute(command(scene), scene.worker())

    return Act(after=after, do=do)


def _by(role: str, after: float, command: Callable[[Scene], c.Command]) -> Act:
    def do(scene: Scene) -> None:
        scene.execute(command(scene), scene.someone(role))

    return Act(after=after, do=do, works=False)
