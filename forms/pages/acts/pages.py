"""The page of an act: asks what it needs, does it, and says what was done."""

from __future__ import annotations

from typing import Any, Final, Literal
from urllib.parse import urlsplit

import msgspec
from flask import Blueprint, Response, request

from engine.errors import EngineError, NotFoundError
from engine.queries.orders import visible_order, visible_task
from engine.queries.surroundings import clock_key
from engine.store.view import View
from forms.pages import replies
from forms.pages.acts.act import VERSION, Act, Subject
from forms.pages.acts.registry import BY_NAME, path_of, version_of
from forms.pages.acts.values import Filled, initial, read
from forms.pages.caller import execute_and_read, is_partial, view
from forms.pages.language import gettext
from forms.pages.problems import told
from forms.pages.replies import here
from forms.pages.toasts import Toast
from forms.statuses import status_of

bp = Blueprint("acts", __name__)

About = Literal["task", "order"]
_INVALID: Final = 422


class ActUnknownError(NotFoundError):
    """There is no act of this name for such an object."""

    code = "act_unknown"
    template = "Expected an act {act} there, but there is none."


class _Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A request about an act.

    Attributes:
        about: Whether the id is a task's or an order's.
    """

    about: About
    id: int
    name: str

    @property
    def act(self) -> Act:
        """The act of this name.

        Raises:
            ActUnknownError: There is none.
        """
        found = BY_NAME.get(self.name)
        if found is None or found.about != self.about:
            raise ActUnknownError(act=self.name)
        return found

    def subject(self, moment: View) -> Subject:
        """What it is about.

        Raises:
            TaskNotFoundError, OrderNotFoundError: There is none the person may see.
        """
        if self.about == "order":
            return Subject(moment=moment, order=visible_order(moment, self.id))
        task, order = visible_task(moment, self.id)
        clock = clock_key(task, order)
        asked = None if clock is None else moment.open_extension(order.id, clock)
        asked_for = None if asked is None else asked["task_id"]
        return Subject(moment=moment, task=task, order=order, asked_for=asked_for)


@bp.get("/<any(tasks, orders):kind>/<int:object_id>/acts/<name>")
def ask(kind: str, object_id: int, name: str) -> Response:
    """Show what the act asks, and what it will do."""
    asked = _asked(kind, object_id, name)
    with view() as moment:
        return _form(asked.act, asked.subject(moment), back=request.args.get("_back", ""))


@bp.post("/<any(tasks, orders):kind>/<int:object_id>/acts/<name>")
def do(kind: str, object_id: int, name: str) -> Response:
    """Do it; what is wrong comes back in the form with everything typed."""
    asked = _asked(kind, object_id, name)
    act = asked.act
    with view() as moment:
        subject = asked.subject(moment)
        fields = act.asked(subject)
        filled = read(moment, fields, request.form, version=version_of(act, subject))
        if not filled.errors:
            filled.errors.update(act.check(subject, filled.values))
        if filled.errors:
            return _form(act, subject, filled, status=_INVALID)
    try:
        command = act.make(subject, filled.values)
        result, is_seen = execute_and_read(
            command, act.result, lambda after, _result: _is_seen(after, subject)
        )
    except EngineError as refused:
        if act.fields is None:
            raise
        with view() as moment:
            return _form(
                act,
                asked.subject(moment),
                filled,
                status=status_of(refused),
                refusal=told(refused),
            )
    return _done(act, subject, filled, result, is_seen=is_seen)


def _asked(kind: str, object_id: int, name: str) -> _Asked:
    return _Asked(about="task" if kind == "tasks" else "order", id=object_id, name=name)


def _is_seen(after: View, subject: Subject) -> bool:
    """Whether the person still sees what it was about."""
    try:
        if subject.task is not None:
            visible_task(after, subject.task.id)
        else:
            visible_order(after, subject.order.id)
    except NotFoundError:
        return False
    return True


def _done(act: Act, subject: Subject, filled: Filled, result: Any, *, is_seen: bool) -> Response:
    undo = act.way_back(subject, filled.values, result)
    toast = Toast(
        text=act.told(subject, filled.values, result),
        undo=None if undo is None else path_of(BY_NAME[undo.act], subject),
        fields={} if undo is None else undo.fields,
    )
    own = _own_path(subject)
    target = here(request.form.get("_back", ""), own)
    if (act.leaves or not is_seen) and urlsplit(target).path == own:
        query = urlsplit(target).query
        target = f"/inbox?{query}" if query else "/inbox"
    return replies.go(act.leads_to(subject, result) or target, toast)


def _own_path(subject: Subject) -> str:
    if subject.task is not None:
        return f"/tasks/{subject.task.id}"
    return f"/orders/{subject.order.id}"


def _form(
    act: Act,
    subject: Subject,
    filled: Filled | None = None,
    *,
    status: int = 200,
    refusal: str = "",
    back: str = "",
) -> Response:
    """The form; ``filled`` is what came back with errors or was refused.

    It carries the version it was first shown with. Once a refusal has told that there is another,
    the present one: who sends it again knows.
    """
    fields = act.asked(subject)
    typed = initial(fields) if filled is None else filled.typed
    errors = {} if filled is None else filled.errors
    own, present = _own_path(subject), version_of(act, subject)
    return replies.page(
        "acts/dialog.html" if is_partial() else "acts/page.html",
        status,
        act=act,
        subject=subject,
        fields=fields,
        typed=typed,
        errors=[(field.name, errors[field.name]) for field in fields if field.name in errors],
        refusal=refusal,
        is_offered=act.offered(subject),
        path=path_of(act, subject),
        version=request.form.get(VERSION, "") if filled and not refusal else present,
        is_changed=bool(refusal) and request.form.get(VERSION, "") != str(present),
        own=own,
        back=here(request.form.get("_back", "") or back, own),
        has_no_choice=next(
            (field.without for field in fields if field.without and not field.choices), ""
        ),
        lines=[
            {"label": gettext(field.label), "text": typed[field.name]}
            for field in fields
            if field.kind == "lines" and typed.get(field.name)
        ],
        title=gettext(act.label),
        is_dialog=is_partial(),
    )
