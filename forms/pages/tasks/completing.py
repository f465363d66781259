"""Completing a task, and what is shown when somebody else was quicker."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

import msgspec
from flask import Response, request

from engine.domain.commands import Command, CompleteTask, DecideExtension
from engine.domain.forms import FormInvalidError
from engine.domain.records import Task
from engine.errors import ConflictError, EngineError, ForbiddenError, NotFoundError
from engine.handlers.results import TaskResult
from engine.queries import inbox
from engine.queries.orders import visible_task
from engine.queries.task_items import TaskItem
from engine.queries.tasks import TaskDetail
from engine.store.view import View
from forms.pages import replies, sheets
from forms.pages.caller import application, execute_and_read, is_partial, person, view
from forms.pages.inbox.listing import next_in
from forms.pages.language import choose, gettext
from forms.pages.moments import when
from forms.pages.problems import told
from forms.pages.tasks.beside import beside, path_to
from forms.pages.tasks.blueprint import ONE, bp
from forms.pages.tasks.pane import Given, Pane, look, read_task, seen_of
from forms.pages.tasks.showing import context, refused, shown
from forms.pages.tasks.typed import typed
from forms.pages.toasts import Toast

_CONFLICT: Final = 409


class _After(msgspec.Struct, frozen=True, kw_only=True):
    """What a completion left.

    Attributes:
        following: What the person should do next.
        waits: Whether the task waits for signatures now instead of being done.
    """

    following: TaskItem | None
    waits: bool


@bp.post(f"{ONE}/complete")
def complete(task_id: int) -> Response:
    """Complete a task with the values of its form; the answer is the next task."""
    with view() as moment:
        task, order, detail = read_task(moment, task_id)
        seen = seen_of(task, order, detail)
        below = next_in(moment, request.args, after=task_id)
    if task.state == "completed" and task.ended_by == person().id:
        return replies.go(f"/tasks/{task.id}")
    posted = sheets.task_posted(detail)
    if request.form.get("_seen") != seen:
        return _collided(task_id, posted.values)
    try:
        values = sheets.attached(posted, order.id, task.id)
        done, left = execute_and_read(
            _command(task, detail, values), TaskResult, partial(_left, task)
        )
    except FormInvalidError as wrong:
        return refused(task_id, Given(values=posted.values, problems=wrong.problems))
    except (ConflictError, ForbiddenError, NotFoundError) as error:
        return _collided(task_id, posted.values, error)
    follows = left.following is not None and left.following.id in done.opened
    following = left.following if follows else below or left.following
    if left.waits:
        toast = Toast(text=gettext("Sent to the signers: %(task)s", task=_name(task)))
        return _next(following, toast, gone=[])
    is_undoable = task.purpose == "work" and not done.is_ended
    toast = Toast(
        text=gettext("Done: %(task)s", task=_name(task)),
        undo=f"/tasks/{task.id}/acts/take-back" if is_undoable else None,
    )
    return _next(following, toast, gone=[task.id])


def _left(task: Task, moment: View, done: TaskResult) -> _After:
    following = inbox.next_task(moment, order_id=done.order_id)
    if following is not None and following.id == task.id:
        return _After(following=None, waits=True)
    waits = task.signing is not None and visible_task(moment, task.id)[0].is_open
    return _After(following=following, waits=waits)


def _name(task: Task) -> str:
    return choose(task.name, task.name_en)


def _command(task: Task, detail: TaskDetail, values: dict[str, Any]) -> Command:
    if task.purpose != "extension":
        return CompleteTask(task_id=task.id, values=values, version=task.version)
    forms = application().dispatcher.forms
    decision = forms.validate(detail.content or b"{}", values, variables=task.details)
    return DecideExtension(
        extension_id=task.details["extension"],
        approved=decision["approved"] == "yes",
        comment=decision.get("comment") or "",
    )


def _next(following: TaskItem | None, toast: Toast, gone: list[int]) -> Response:
    """The next task; with scripts in the very answer, else the browser is sent there."""
    with view() as moment:
        path = path_to(moment, None if following is None else following.id)
        if not is_partial():
            return replies.go(path, toast)
        if following is None:
            values: dict[str, Any] = {"pane": None, "listing": beside(moment)}
        else:
            values = context(moment, look(moment, following.id))
        response = replies.page("task/next.html", told=toast, gone=gone, **values)
    response.headers["HX-Push-Url"] = path
    return response


def _collided(
    task_id: int, values: Mapping[str, Any], error: EngineError | None = None
) -> Response:
    """Somebody else was quicker: say who and what, and keep what was typed.

    If the task is still the reader's to do, the form keeps the values and can be sent again by
    somebody who has now seen what changed; else they are shown as text to copy.
    """
    with view() as moment:
        pane = look(moment, task_id)
        if pane.standing.can_edit:
            pane = look(moment, task_id, given=Given(values=values))
            sentence = told(error) if error is not None else _changed(pane)
            return shown(moment, pane, _CONFLICT, collision=sentence, lines=[])
        lines = typed(pane.detail.form, values)
        return shown(moment, pane, _CONFLICT, collision=_who(pane, error), lines=lines)


def _changed(pane: Pane) -> str:
    names = pane.around.names
    if pane.task.assignee is None:
        return gettext("The task went back to its group while you had it open.")
    if pane.task.assignee == person().id:
        return gettext(
            "Something changed while you had this open; the task is yours. "
            "Check the values and complete it again."
        )
    return gettext(
        "Something changed while you had this open; the task is with %(name)s. "
        "Check the values and complete it again.",
        name=names.get(pane.task.assignee, ""),
    )


def _who(pane: Pane, error: EngineError | None) -> str:
    """Who did what, from the task as it stands now."""
    task, names = pane.task, pane.around.names
    at = when(task.ended_at, pane.now)
    by = names.get(task.ended_by or 0)
    if task.state == "completed" and by:
        return gettext("%(name)s completed this task: %(at)s.", name=by, at=at)
    if not task.is_open:
        return gettext("This task is no longer to be done; it was taken away: %(at)s.", at=at)
    if pane.standing.sentence:
        return pane.standing.sentence
    return told(error) if error is not None else ""
