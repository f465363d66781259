"""What the reader may do with a task now, and if not, why not."""

from __future__ import annotations

import msgspec

from engine.domain import access
from engine.domain.access import BarredError, NotCandidateError, TaskTakenError
from engine.domain.records import Order, Person, Task
from engine.store.view import View
from forms.pages.language import choose, gettext
from forms.pages.words import hold_word, role_word


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """What the reader may do with a task.

    Attributes:
        can_edit: Whether the form takes values (and drafts).
        can_complete: Whether it may be completed now.
        claims: Whether completing takes the task on the way.
        sentence: Why not, or what to know before; empty if nothing is to be said.
    """

    can_edit: bool = False
    can_complete: bool = False
    claims: bool = False
    sentence: str = ""


def standing(view: View, task: Task, order: Order, names: dict[int, str]) -> Standing:
    """What the reader may do with a task.

    Args:
        view: The moment and who reads.
        task: The task.
        order: Its order.
        names: Names of people by id; that of the assignee is among them.
    """
    if view.by is None or not task.is_open:
        return Standing()
    if order.status != "running":
        return Standing(sentence=gettext("The work order is suspended by an operator."))
    path = view.setup.unit(task.unit_id).path
    try:
        access.require_worker(view.by, task, path)
    except TaskTakenError:
        return Standing(sentence=_taken(task, names))
    except BarredError:
        return Standing(
            sentence=gettext("Four eyes: you did the step this one checks; somebody else does it.")
        )
    except NotCandidateError:
        return Standing(sentence=_for_others(view, task, names))
    return _of_worker(view, view.by, task, order)


def _of_worker(view: View, person: Person, task: Task, order: Order) -> Standing:
    if order.held is not None:
        reason = hold_word(order.held, view.setup)
        return Standing(sentence=gettext("On hold: %(reason)s", reason=reason))
    if task.signing is not None and task.signing.get("submitted"):
        return Standing(sentence=gettext("You have completed it; it waits for the signatures."))
    if task.owner is not None and task.owner not in access.hands(person):
        return Standing(
            can_edit=True,
            sentence=gettext("You prepare this task for somebody else. Give it back when done."),
        )
    if task.assignee is None:
        return Standing(can_edit=True, can_complete=True, claims=True)
    return Standing(can_edit=True, can_complete=True)


def _taken(task: Task, names: dict[int, str]) -> str:
    holder = names.get(task.assignee or 0, "")
    if task.owner is not None:
        return gettext("%(name)s prepares this task and gives it back.", name=holder)
    return gettext("%(name)s holds this task.", name=holder)


def _for_others(view: View, task: Task, names: dict[int, str]) -> str:
    if task.assignee is not None:
        return _taken(task, names)
    unit = view.setup.unit(task.unit_id)
    roles = gettext(", ").join(role_word(role) for role in task.roles)
    return gettext(
        "This task is for %(roles)s at %(unit)s.",
        roles=roles or gettext("the people it names"),
        unit=choose(unit.name, unit.name_en),
    )
