"""Who may do what: the one place. Deny by default.

Roles are held at units and cover everything below. An act is allowed only by a line of `ACTS`
(by role at the object's unit) or by a rule about the task or order itself:

* Parties to an order see it, comment on it and attach files, whatever its unit, because work
  often goes to headquarters or to another department: its starter and first owner, candidates of
  its tasks, who completed one, and who was copied in.
* Who holds an open task may also hold, resume, urge and copy its order. A signature gives no
  such right: who is only asked to sign sees the order, writes on it and signs.
* Operators comment on what they operate. Auditors and other mere readers write nothing.
* A substitute 代理人 may do with tasks assigned to or naming somebody absent what the absent one
  might; four eyes count both.

People who are not active may do nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from engine.domain.records import Grant, Order, Person, Task
from engine.errors import ConflictError, ForbiddenError, NotFoundError


class Act(StrEnum):
    """Acts that need a role at the object's unit."""

    #: See orders of a unit, their history and customers.
    READ = "read"
    #: Open work orders.
    START = "start"
    #: Hold, resume, urge, comment, copy, attach; parties to an order may do some of it as well.
    WORK = "work"
    #: Assign to people, decide extensions, see the team's inbox.
    LEAD = "lead"
    #: Go on at any other step of the process, without doing the one it stands at.
    JUMP = "jump"
    #: Repair incidents, suspend, cancel, correct variables, see operations.
    OPERATE = "operate"
    #: Publish processes.
    PUBLISH = "publish"
    #: Change people, units, calendars, service levels.
    ADMINISTER = "administer"
    #: Deliver messages and answer external tasks as another system.
    INTEGRATE = "integrate"
    #: Change customers, contacts, contracts.
    KEEP_RECORDS = "keep_records"


_DESKS = frozenset(
    {
        "sales",
        "agent",
        "key_account_desk",
        "network",
        "line",
        "hq_equipment",
        "construction",
        "billing",
        "responsible_dept",
        "hq_desk",
        "call_back",
    }
)
_LEADERS = frozenset({"supervisor", "manager"})

#: Act to the roles that may do it at their unit and below.
ACTS: dict[Act, frozenset[str]] = {
    Act.READ: _DESKS | _LEADERS | {"operator", "auditor", "process_owner", "integration"},
    Act.START: frozenset({"sales", "agent", "key_account_desk", "hq_desk", "integration"})
    | _LEADERS,
    Act.WORK: _DESKS | _LEADERS,
    Act.LEAD: _LEADERS | {"hq_desk"},
    Act.JUMP: frozenset({"operator", "manager"}),
    Act.OPERATE: frozenset({"operator"}),
    Act.PUBLISH: frozenset({"process_owner"}),
    Act.ADMINISTER: frozenset({"admin"}),
    Act.INTEGRATE: frozenset({"integration", "operator"}),
    Act.KEEP_RECORDS: frozenset({"sales", "key_account_desk", "admin"}),
}

#: Every role somebody can hold.
ROLES: frozenset[str] = frozenset().union(*ACTS.values())


#: The engine's own hand: what the command line and the loader do on behalf of the installation.
SYSTEM = Person(
    id=0,
    login="system",
    name="system",
    unit_id=0,
    grants=tuple(
        Grant(role=role, unit_id=0, path="/")
        for role in ("admin", "process_owner", "operator", "supervisor")
    ),
)


class NotAllowedError(ForbiddenError):
    """The caller holds no role that allows the act there."""

    code = "not_allowed"
    template = "Expected a role that may {act} here ({roles}), but you hold none."


class NotCandidateError(ForbiddenError):
    """The caller is neither in the task's group nor named for it."""

    code = "not_candidate"
    template = "Expected to hold one of the roles {roles} for task {task}, but you hold none."


class BarredError(ForbiddenError):
    """Four eyes: the caller did the step this one checks."""

    code = "four_eyes"
    template = "Expected another person for task {task}, but you did the step it checks."


class TaskTakenError(ConflictError):
    """Somebody else holds the task."""

    code = "task_taken"
    template = "Expected task {task} to be yours or free, but person {assignee} holds it."


class OrderNotFoundError(NotFoundError):
    """No such order for this caller."""

    code = "order_not_found"
    template = "Expected a work order {order}, but there is none you may see."


class TaskNotFoundError(NotFoundError):
    """No such task for this caller."""

    code = "task_not_found"
    template = "Expected a task {task}, but there is none you may see."


def may(person: Person, act: Act, unit_path: str) -> bool:
    """Whether a person may act so at the unit with this path."""
    allowed = ACTS[act]
    return person.is_active and any(
        grant.role in allowed and unit_path.startswith(grant.path) for grant in person.grants
    )


def may_anywhere(person: Person, act: Act) -> bool:
    """Whether a person may act so at some unit."""
    return person.is_active and any(grant.role in ACTS[act] for grant in person.grants)


def is_near(person: Person, unit_path: str) -> bool:
    """Whether somebody of the unit with this path is a colleague: the person sees its orders.

    Only colleagues may be asked to prepare a task or to stand in.
    """
    return unit_path.startswith(visible_paths(person) or ("-",))


def require(person: Person, act: Act, unit_path: str) -> None:
    """Refuse unless `may`.

    Raises:
        NotAllowedError: The person may not.
    """
    if not may(person, act, unit_path):
        raise NotAllowedError(act=act.value, roles=", ".join(sorted(ACTS[act])))


def require_anywhere(person: Person, act: Act) -> None:
    """Refuse unless `may_anywhere`.

    Raises:
        NotAllowedError: The person may not.
    """
    if not may_anywhere(person, act):
        raise NotAllowedError(act=act.value, roles=", ".join(sorted(ACTS[act])))


def hands(person: Person) -> frozenset[int]:
    """The person and those whose substitute the person is at the moment."""
    return frozenset((person.id, *person.stands_for))


def is_candidate(person: Person, task: Task, unit_path: str) -> bool:
    """Whether a task waits (also) for this person."""
    if not person.is_active:
        return False
    return _waits_for(person, task, unit_path) or stands_in(person, task, unit_path) is not None


def _waits_for(person: Person, task: Task, unit_path: str) -> bool:
    """Whether a task waits for this person in their own right."""
    if person.id in (task.assignee, task.owner) or person.id in task.users:
        return True
    return any(person.holds(role, unit_path) for role in task.roles)


def stands_in(person: Person, task: Task, unit_path: str) -> int | None:
    """Whose place a substitute takes on a task, None for one's own.

    The holder's, whatever else the substitute may do; else that of somebody the task names, if
    it does not wait for the substitute anyway.
    """
    for held_by in (task.assignee, task.owner):
        if held_by in person.stands_for:
            return held_by
    if task.assignee is not None or _waits_for(person, task, unit_path):
        return None
    return next((each for each in person.stands_for if each in task.users), None)


def is_barred(person: Person, task: Task, unit_path: str) -> bool:
    """Whether four eyes keep a person from a task: by their own hand or by the one stood for."""
    barred = {task.barred, task.barred_too} - {None}
    return person.id in barred or stands_in(person, task, unit_path) in barred


def may_see_order(person: Person, order: Order) -> bool:
    """Whether an order is visible: by role at its unit, or as its starter."""
    return may(person, Act.READ, order.unit_path) or is_starter(person, order)


def is_starter(person: Person, order: Order) -> bool:
    """Whether the person started the order or was first asked."""
    return person.is_active and person.id in (order.started_by, order.first_owner)


def require_order(
    person: Person, order: Order | None, order_id: int, *, is_party: bool = False
) -> Order:
    """The order, if it exists and the person may see it.

    Raises:
        OrderNotFoundError: It does not, or may not.
    """
    if order is None or not (is_party or may_see_order(person, order)):
        raise OrderNotFoundError(order=order_id)
    return order


def require_task_visible(
    person: Person, found: tuple[Task, Order] | None, task_id: int, unit_path: str
) -> tuple[Task, Order]:
    """The task and its order, if the person may see them.

    Raises:
        TaskNotFoundError: It does not exist or may not be seen.
    """
    if found is None:
        raise TaskNotFoundError(task=task_id)
    task, order = found
    if not (is_candidate(person, task, unit_path) or may_see_order(person, order)):
        raise TaskNotFoundError(task=task_id)
    return task, order


def require_worker(person: Person, task: Task, unit_path: str) -> None:
    """Refuse unless the person may claim or complete the task now.

    Raises:
        TaskTakenError: Somebody else holds it.
        NotCandidateError: It is not for this person.
        BarredError: Four eyes.
    """
    if not is_candidate(person, task, unit_path):
        raise NotCandidateError(task=task.id, roles=", ".join(task.roles) or "-")
    if is_barred(person, task, unit_path):
        raise BarredError(task=task.id)
    if task.assignee is not None and task.assignee not in hands(person):
        raise TaskTakenError(task=task.id, assignee=task.assignee)


def is_worker(person: Person, task: Task, unit_path: str) -> bool:
    """Whether `require_worker` lets the person."""
    return (
        is_candidate(person, task, unit_path)
        and not is_barred(person, task, unit_path)
        and (task.assignee is None or task.assignee in hands(person))
    )


def visible_paths(person: Person, act: Act = Act.READ) -> tuple[str, ...]:
    """Paths of the units whose objects the person may treat so, the widest only."""
    if not person.is_active:
        return ()
    return widest(grant.path for grant in person.grants if grant.role in ACTS[act])


def widest(paths: Iterable[str]) -> tuple[str, ...]:
    """Paths that no other one covers."""
    kept: list[str] = []
    for path in sorted(set(paths)):
        if not any(path.startswith(other) for other in kept):
            kept.append(path)
    return tuple(kept)
