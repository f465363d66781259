"""How signing rounds 加签 live in an order: drawn rounds, signature tasks, and their end."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final, NamedTuple

from engine.domain import access, facts
from engine.domain.records import Task
from engine.domain.signing import RULE, WHENS, Signing, When, written
from engine.errors import InvalidError
from engine.handlers.clocks import task_clock
from engine.handlers.naming import PersonUnknownError
from engine.handlers.process import Process

#: Purpose of the tasks signers get, and their form.
SIGNATURE: Final = "signature"
FORM: Final = "sign"
#: Signers of one round.
MOST: Final = 50
_CLOSING = (facts.TaskCompleted, facts.TaskJumped, facts.TaskReturned, facts.TaskWithdrawn)


class SigningRuleError(InvalidError):
    """When and by which rule others sign is written wrongly."""

    code = "signing_rule"
    template = "Expected {field} to be {expected}, but it is {actual}."


class TooManySignersError(InvalidError):
    """A round has a bounded number of signers."""

    code = "too_many_signers"
    template = "Expected at most {most} signers, but there are {actual}."


class OpenTask(NamedTuple):
    """A task that waits at this point of the command."""

    id: int
    purpose: str
    target: int | None
    signer: int | None


def plan(when: object, rule: object, count: int) -> tuple[When, str]:
    """When and by which rule, checked.

    Raises:
        SigningRuleError, TooManySignersError: As they say.
    """
    chosen = next((each for each in WHENS if each == when), None)
    if chosen is None:
        raise SigningRuleError(field="when", expected=" | ".join(WHENS), actual=str(when)[:20])
    if not isinstance(rule, str) or not RULE.fullmatch(rule):
        raise SigningRuleError(field="rule", expected="all | any | 1%-100%", actual=str(rule)[:20])
    if count > MOST:
        raise TooManySignersError(most=MOST, actual=count)
    return chosen, rule


def draw(process: Process, opened: facts.TaskOpened, properties: Mapping[str, Any]) -> None:
    """Open the round a diagram asks for on a task that has just been opened.

    Raises:
        PersonUnknownError: A named login or role stands for nobody.
        SigningRuleError, TooManySignersError: See `plan`.
    """
    names = _names(properties.get("signers"))
    named = [person for name in names for person in _people(process, name, opened.unit_id)]
    # Nobody signs their own work. Asked for nobody else, it waits for a superior, who can give the
    # task or the signature to others; refused here, the step before could not be completed.
    people = [person for person in named if person != opened.assignee] or named
    if not people:
        if names:
            raise PersonUnknownError(logins=", ".join(names))
        return
    when, rule = plan(
        properties.get("signingWhen") or "before",
        properties.get("signing") or "all",
        len(set(people)),
    )
    signing = Signing(when=when, rule=rule).joined(people, drawn=True)
    put(process, opened.task, "added", signing, people=signing.pending, actor=None)
    if when == "before":
        ask(process, opened, opened.task, signing)


def _names(value: object) -> list[str]:
    parts = value if isinstance(value, list) else str(value or "").split(",")
    return [name for part in parts if (name := str(part).strip())]


def _people(process: Process, name: str, unit_id: int) -> list[int]:
    """Who is meant by a login, or by a role around the task's unit."""
    if name in access.ROLES:
        return process.context.ledger.holders(name, unit_id)
    person = process.person_id(name)
    if person is None:
        raise PersonUnknownError(logins=name)
    return [person]


def put(
    process: Process,
    task: int,
    cause: str,
    signing: Signing | None,
    *,
    people: Collection[int] = (),
    text: str = "",
    actor: int | None = -1,
) -> None:
    """Record a task's new round."""
    process.record(
        facts.SigningSet(
            task=task,
            cause=cause,
            value=None if signing is None else written(signing),
            people=tuple(people),
            text=text,
        ),
        actor=actor,
    )


def ask(
    process: Process,
    about: Task | facts.TaskOpened,
    target: int,
    signing: Signing,
    *,
    text: str = "",
) -> None:
    """Give everybody who has not signed and was not asked yet a signature task."""
    asked = {each.signer for each in waiting(process, target)}
    clock = process.clocks.get(task_clock(target))
    for person in signing.pending:
        if person in asked:
            continue
        task = process.open_ad_hoc(
            purpose=SIGNATURE,
            name=f"会签：{about.name}",
            name_en=f"Sign: {about.name_en}",
            unit_id=about.unit_id,
            users=(person,),
            assignee=person,
            form=FORM,
            priority=process.priority,
            due_at=about.due_at if clock is None else clock.due_at,
            target=target,
            details={"signer": person, "when": signing.when, "reason": text},
        )
        process.record(
            facts.Notified(
                people=(person,), notice="signature_asked", task=task, params={"text": text}
            )
        )


def waiting(process: Process, target: int) -> list[OpenTask]:
    """Signature tasks about a task that still wait."""
    return [
        each for each in still_open(process) if each.purpose == SIGNATURE and each.target == target
    ]


def withdraw(
    process: Process, target: int, *, of: Iterable[int] | None = None, reason: str
) -> None:
    """Take signature tasks away: all about a task, or those of some signers."""
    wanted = None if of is None else set(of)
    for each in waiting(process, target):
        if wanted is None or each.signer in wanted:
            process.record(facts.TaskWithdrawn(task=each.id, reason=reason))


def still_open(process: Process) -> list[OpenTask]:
    """Tasks of the order that wait at this point of the command, its own changes counted."""
    recorded = process.context.ledger.recorded_of(process.order.id)
    closed = {fact.task for fact in recorded if isinstance(fact, _CLOSING)}
    found = [
        OpenTask(task.id, task.purpose, task.target, task.details.get("signer"))
        for task in process.context.ledger.open_tasks(process.order.id)
    ] + [
        OpenTask(fact.task, fact.purpose, fact.target, fact.details.get("signer"))
        for fact in recorded
        if isinstance(fact, facts.TaskOpened)
    ]
    return [task for task in found if task.id not in closed]
