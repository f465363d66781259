"""Signing 加签 减签 会签 或签: others give their opinion before, or decide after, a completion."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from engine.domain import access, commands, facts
from engine.domain import signing as domain
from engine.domain.access import Act
from engine.domain.records import Order, Person, Task
from engine.domain.signing import Signature, Signing
from engine.errors import ConflictError, ForbiddenError, InvalidError
from engine.handlers import rounds
from engine.handlers.context import Context
from engine.handlers.loading import (
    TaskHeldError,
    TaskNotOpenError,
    load_task,
    require_undelegated,
    take_over,
)
from engine.handlers.naming import people_named
from engine.handlers.orders import opened
from engine.handlers.process import Process
from engine.handlers.results import TaskResult
from engine.handlers.stepping import act, settle


class NotSignableError(ConflictError):
    """Only drawn tasks are signed."""

    code = "not_signable"
    template = "Expected a drawn task to be signed, but task {task} is a {purpose} task."


class SignaturesPendingError(ConflictError):
    """Opinions that were asked for before are not there yet."""

    code = "signatures_pending"
    template = "Expected all opinions on task {task} to be there, but {count} are missing."


class AwaitingSignaturesError(ConflictError):
    """The worker has completed the task; now its signers decide."""

    code = "awaiting_signatures"
    template = "Expected task {task} to be in work, but it waits for its signers."


class SignerIsWorkerError(InvalidError):
    """Nobody signs their own work."""

    code = "signer_is_worker"
    template = "Expected signers other than who works on task {task}, but {login} does."


class SignedAlreadyError(ConflictError):
    """In one round everybody speaks once, in their own name or in that of one other."""

    code = "signed_already"
    template = "Expected others to sign the rest of task {task}, but {login} signs it already."


class SignersKnownError(ConflictError):
    """They are asked already."""

    code = "signers_known"
    template = "Expected people who are not asked to sign task {task} yet, but all of them are."


class SigningMixedError(ConflictError):
    """A round has one rule until it is decided."""

    code = "signing_mixed"
    template = "Expected signers for the round in force ({when}, {rule}), but got {wanted}."


class SignerNotPendingError(ConflictError):
    """Who has signed, or was never asked, cannot be taken off."""

    code = "signer_not_pending"
    template = "Expected {logins} to be asked to sign task {task} and not to have signed."


class SignerDrawnError(ForbiddenError):
    """The process asks for this signature; only superiors may do without."""

    code = "signer_drawn"
    template = "Expected signers the process does not ask for itself, but {logins} are."


class PersonalError(ConflictError):
    """A signature is asked of one person."""

    code = "signature_personal"
    template = "Expected a task that can be handed on, but {task} is a personal signature."


# ---- commands -------------------------------------------------------------------------------


def add_signers(context: Context, command: commands.AddSigners) -> TaskResult:
    """Let others sign; before completion they are asked at once, afterwards when it comes."""
    task, order = _load(context, command.task_id, command.version)
    people = people_named(context.ledger, command.people)
    for person in people:
        if person.id in (*_hands(task), _worker(context, task)):
            raise SignerIsWorkerError(task=task.id, login=person.login)
    present = domain.read(task.signing)
    base = _base(present, command, len(people))
    signing = base.joined(person.id for person in people)
    new = tuple(each for each in signing.pending if each not in base.pending)
    if not new:
        raise SignersKnownError(task=task.id)
    if len(signing.signatures) > rounds.MOST:
        raise rounds.TooManySignersError(most=rounds.MOST, actual=len(signing.signatures))
    process = Process(context, order)
    rounds.put(process, task.id, "added", signing, people=new, text=command.reason)
    if signing.when == "before" or signing.submitted:
        rounds.ask(process, task, task.id, signing, text=command.reason)
    return _settled(process, task)


def _base(present: Signing | None, command: commands.AddSigners, count: int) -> Signing:
    """The round new signers join: the one in force, or another if that is decided."""
    when, rule = rounds.plan(command.when, command.rule, count)
    if present is None:
        return Signing(when=when, rule=rule)
    if present.signatures and not present.is_decided:
        if (when, rule) != (present.when, present.rule):
            raise SigningMixedError(when=present.when, rule=present.rule, wanted=f"{when}, {rule}")
        return present
    return msgspec.structs.replace(present.anew(()), when=when, rule=rule)


def remove_signers(context: Context, command: commands.RemoveSigners) -> TaskResult:
    """Take off who has not signed; without people, take a submitted completion back."""
    task, order = _load(context, command.task_id, command.version)
    signing = domain.read(task.signing)
    if signing is None or not (command.people or signing.submitted):
        raise SignerNotPendingError(logins=", ".join(command.people) or "-", task=task.id)
    process = Process(context, order)
    if not command.people:
        _hand_back(process, task, signing, cause="taken_back", text=command.reason)
        return _settled(process, task)
    gone = _pending(context, task, signing, command.people)
    rest = signing.without(gone)
    rounds.withdraw(process, task.id, of=gone, reason="signer_removed")
    is_over = not rest.signatures and not rest.earlier and not rest.submitted
    rounds.put(
        process,
        task.id,
        "removed",
        None if is_over else rest,
        people=gone,
        text=command.reason,
    )
    _decide(process, task, rest)
    return _settled(process, task)


def _pending(
    context: Context, task: Task, signing: Signing, logins: tuple[str, ...]
) -> tuple[int, ...]:
    """Ids of signers who may be taken off by the caller."""
    found = {login: context.ledger.person_by_login(login) for login in logins}
    pending = set(signing.pending)
    wrong = [
        login for login, person in found.items() if person is None or person.id not in pending
    ]
    if wrong:
        raise SignerNotPendingError(logins=", ".join(wrong), task=task.id)
    drawn = {each.person for each in signing.signatures if each.drawn}
    path = context.ledger.setup.unit(task.unit_id).path
    kept = [login for login, person in found.items() if person and person.id in drawn]
    if kept and not access.may(context.person, Act.LEAD, path):
        raise SignerDrawnError(logins=", ".join(kept))
    return tuple(person.id for person in found.values() if person is not None)


def _load(context: Context, task_id: int, version: int | None) -> tuple[Task, Order]:
    """A drawn task in work whose signers the caller may choose: its worker, or a superior."""
    task, order, path = load_task(context, task_id, version)
    if task.purpose != "work":
        raise NotSignableError(task=task.id, purpose=task.purpose)
    is_worker = not access.may(context.person, Act.LEAD, path)
    if is_worker:
        access.require_worker(context.person, task, path)
        require_undelegated(task)
    if order.held is not None:
        raise TaskHeldError(order=order.number, reason=order.held)
    is_in_work = task.signing is None or not task.signing.get("submitted")
    return take_over(context, task, path) if is_worker and is_in_work else task, order


def _hands(task: Task) -> tuple[int | None, ...]:
    """Whose work a task is: who holds it, who lent it, who is stood for."""
    return task.assignee, task.owner, task.stood_for


def _worker(context: Context, task: Task) -> int | None:
    """Who works on a free task as soon as they complete it: the caller, unless a superior."""
    person, path = context.person, context.ledger.setup.unit(task.unit_id).path
    is_worker = task.assignee is None and access.is_candidate(person, task, path)
    return person.id if is_worker else None


# ---- completions ----------------------------------------------------------------------------


def require_unsigned(task: Task) -> None:
    """Refuse to change a task whose completion its signers are deciding about.

    Raises:
        AwaitingSignaturesError: They are.
    """
    if task.signing is not None and task.signing.get("submitted"):
        raise AwaitingSignaturesError(task=task.id)


def require_handable(task: Task) -> None:
    """Refuse to give a task to somebody else while or because it is about signatures.

    Raises:
        AwaitingSignaturesError: Its signers are deciding.
        PersonalError: It is a signature.
    """
    require_unsigned(task)
    if task.purpose == rounds.SIGNATURE:
        raise PersonalError(task=task.id)


def require_opinions(task: Task, by: Person) -> Signing | None:
    """The round that decides about a completion, None if it takes effect at once.

    What somebody has said about their own work does not count.

    Raises:
        AwaitingSignaturesError: It was completed already.
        SignaturesPendingError: Opinions asked for before are missing.
        SignerIsWorkerError: The opinion asked for before is that of who completes.
    """
    require_unsigned(task)
    signing = domain.read(task.signing)
    if signing is None or not signing.signatures:
        return None
    if signing.when == "after":
        return signing
    others = signing.of_others((by.id, *_hands(task)))
    if others.signatures and others.is_decided:
        return None
    if not others.signatures or signing.is_decided:
        raise SignerIsWorkerError(task=task.id, login=by.login)
    raise SignaturesPendingError(task=task.id, count=len(others.pending))


def submit(process: Process, task: Task, signing: Signing, values: dict[str, Any]) -> TaskResult:
    """Keep a completion until its signers have decided; they are asked now."""
    person = process.context.person
    others = signing.of_others((person.id, *_hands(task))).signatures
    if not others:
        raise SignerIsWorkerError(task=task.id, login=person.login)
    asked = msgspec.structs.replace(
        signing, signatures=others, submitted=True, values=values, submitted_by=person.id
    )
    if task.assignee is None:
        process.record(facts.TaskClaimed(task=task.id))
    rounds.put(process, task.id, "submitted", asked, people=asked.pending)
    rounds.ask(process, task, task.id, asked)
    return _settled(process, task)


def sign(process: Process, task: Task, values: Mapping[str, Any]) -> TaskResult:
    """Complete a signature task: its verdict may decide the round."""
    context = process.context
    target = next(
        (each for each in context.ledger.open_tasks(process.order.id) if each.id == task.target),
        None,
    )
    signing = None if target is None else domain.read(target.signing)
    signer = task.details["signer"]
    if target is None or signing is None or signer not in signing.pending:
        raise TaskNotOpenError(task=task.target, state="withdrawn")
    if {signer, context.person.id}.intersection(_hands(target)):
        raise SignerIsWorkerError(task=target.id, login=context.person.login)
    if signing.is_second(context.person.id, signer):
        raise SignedAlreadyError(task=target.id, login=context.person.login)
    remark = str(values.get("objection") or values.get("remark") or "")
    after = signing.signed(
        signer,
        Signature(
            person=signer,
            verdict="approved" if values.get("approved") == "yes" else "rejected",
            remark=remark,
            at=context.now,
            by=None if context.person.id == signer else context.person.id,
        ),
    )
    process.record(
        facts.TaskCompleted(task=task.id), facts.TaskNoted(task=task.id, values=dict(values))
    )
    rounds.put(process, target.id, "signed", after, people=(signer,), text=remark)
    _decide(process, target, after)
    result = _settled(process, target)
    return msgspec.structs.replace(result, task_id=task.id)


def _decide(process: Process, task: Task, signing: Signing) -> None:
    """What follows when no further verdict matters."""
    if signing.submitted and not signing.signatures:
        _hand_back(process, task, signing, cause="ended")
        return
    if not signing.signatures or not signing.is_decided:
        return
    rounds.withdraw(process, task.id, reason="signing_decided")
    if signing.when == "before":
        _tell(process, task, "signatures_given")
    elif signing.submitted and signing.is_passed:
        _go_on(process, task, signing)
    elif signing.submitted:
        _hand_back(process, task, signing, cause="ended")
        _tell(process, task, "signatures_failed")


def _go_on(process: Process, task: Task, signing: Signing) -> None:
    """Complete the task with the values kept, in its worker's name."""
    worker = signing.submitted_by
    is_late = task.due_at is not None and task.due_at < process.context.now
    process.record(facts.TaskCompleted(task=task.id, late=is_late), actor=worker)
    process.completing(task, worker)
    act(process, f"task {task.id}", lambda run: run.complete_task(task.number, signing.values))


def _hand_back(
    process: Process, task: Task, signing: Signing, *, cause: str, text: str = ""
) -> None:
    """The task is its worker's again, who finds the values as a draft."""
    ledger = process.context.ledger
    rounds.withdraw(process, task.id, reason="signing_ended")
    again = signing.anew()
    is_over = not again.signatures and not again.earlier
    rounds.put(process, task.id, cause, None if is_over else again, text=text)
    worker = task.assignee or signing.submitted_by
    if worker is not None and signing.submitted:
        version = ledger.papers.draft_version(task.id, worker) + 1
        ledger.papers.save_draft(task.id, worker, signing.values, version)


def _tell(process: Process, task: Task, notice: str) -> None:
    if task.assignee is not None:
        process.record(facts.Notified(people=(task.assignee,), notice=notice, task=task.id))


def _settled(process: Process, task: Task) -> TaskResult:
    settle(process)
    return TaskResult(
        task_id=task.id,
        order_id=process.order.id,
        opened=opened(process.context),
        is_ended=process.run.is_ended,
    )
