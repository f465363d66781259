"""An act on many tasks at once: one command each, and what became of every one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
from flask import Blueprint, Response, request

from engine.domain.access import TaskNotFoundError
from engine.domain.commands import Command
from engine.errors import EngineError, NotFoundError
from engine.queries.orders import visible_task
from engine.queries.tabs import Tab
from engine.store.view import View
from forms.pages import replies
from forms.pages.acts.act import VERSION, Act, Field, Subject
from forms.pages.acts.registry import BY_NAME, version_of
from forms.pages.acts.values import Filled, initial, read
from forms.pages.caller import application, given_key, is_partial, person, view
from forms.pages.language import choose, gettext, ngettext
from forms.pages.problems import told
from forms.pages.replies import here
from forms.pages.toasts import Toast, leave

bp = Blueprint("bulk", __name__)

#: Acts that make sense on many tasks, in the order of their buttons.
_NAMES: Final = ("claim", "unsnooze", "transfer", "urge", "snooze", "release")
#: Those of them that make no sense in a tab.
_SENSELESS: Final[Mapping[Tab, frozenset[str]]] = {
    "mine": frozenset({"claim", "unsnooze"}),
    "group": frozenset({"release", "unsnooze"}),
    "snoozed": frozenset({"snooze"}),
}
_MOST: Final = 200
_INVALID: Final = 422
#: A toast travels in a cookie.
_MOST_UNDONE: Final = 60


class Picked(msgspec.Struct, frozen=True):
    """A ticked row.

    Attributes:
        version: What the list showed, None if it does not matter.
    """

    task_id: int
    version: int | None


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one task.

    Attributes:
        refusal: Why not, in the reader's language; empty if it was done.
        order_id: Its order, None if the person may not see it.
    """

    task_id: int
    label: str
    refusal: str = ""
    order_id: int | None = None


def bulk_acts(tab: Tab) -> list[Act]:
    """What can be done to many tasks of a tab at once."""
    left_out = _SENSELESS.get(tab, frozenset({"unsnooze"}))
    return [BY_NAME[name] for name in _NAMES if name not in left_out]


@bp.post("/inbox/bulk")
def do() -> Response:
    """Do an act to the ticked tasks; ask first what the act needs to know."""
    picked = _given()
    back = here(request.form.get("_back", ""), "/inbox")
    act = BY_NAME.get(request.form.get("act", ""))
    if act is None or act.name not in _NAMES:
        return _say(gettext("Choose what to do with the tasks."), back)
    if not picked:
        return _say(gettext("Tick some tasks first."), back)
    filled = None
    if act.fields is not None:
        with view() as moment:
            subject = _first(moment, picked)
            fields = act.asked(subject)
            if "_asked" not in request.form:
                return _ask(act, fields, picked, back)
            filled = read(moment, fields, request.form, version=version_of(act, subject))
            if not filled.errors:
                filled.errors.update(act.check(subject, filled.values))
            if filled.errors:
                return _ask(act, fields, picked, back, filled)
    values = {} if filled is None else filled.values
    return _told(act, [*_done(act, picked, values)], back)


def _given() -> list[Picked]:
    """Ticked rows, ``id.version`` each; several ids may stand in one field."""
    found: dict[int, Picked] = {}
    for field in request.form.getlist("task"):
        for each in field.split(","):
            task_id, _, version = each.partition(".")
            if _is_number(task_id):
                seen = int(version) if _is_number(version) else None
                found[int(task_id)] = Picked(int(task_id), seen)
    return list(found.values())[:_MOST]


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 19  # noqa: PLR2004 - fits 64 bits


def _first(moment: View, picked: Sequence[Picked]) -> Subject:
    """The first of the tasks that the person still sees; the form is made for it.

    Raises:
        TaskNotFoundError: They see none of them.
    """
    for each in picked:
        try:
            task, order = visible_task(moment, each.task_id)
        except NotFoundError:
            continue
        return Subject(moment=moment, task=task, order=order)
    raise TaskNotFoundError(task=picked[0].task_id)


def _ask(
    act: Act,
    fields: Sequence[Field],
    picked: Sequence[Picked],
    back: str,
    filled: Filled | None = None,
) -> Response:
    errors = {} if filled is None else filled.errors
    count = len(picked)
    return replies.page(
        "inbox/bulk_dialog.html" if is_partial() else "inbox/bulk_page.html",
        _INVALID if errors else 200,
        part="inbox/bulk_form.html",
        act=act,
        fields=fields,
        tasks=",".join(_written(each) for each in picked),
        typed=initial(fields) if filled is None else filled.typed,
        errors=[(field.name, errors[field.name]) for field in fields if field.name in errors],
        back=back,
        heading=gettext(act.label),
        count=ngettext("%(num)d task", "%(num)d tasks", count),
    )


def _written(picked: Picked) -> str:
    return f"{picked.task_id}" + ("" if picked.version is None else f".{picked.version}")


def _done(act: Act, picked: Sequence[Picked], values: dict[str, Any]) -> list[Outcome]:
    """Every task in a transaction of its own; of an order's act once per order."""
    outcomes, orders = [], set()
    for each in picked:
        try:
            with view() as moment:
                task, order = visible_task(moment, each.task_id)
                subject = Subject(moment=moment, task=task, order=order)
                label = f"{choose(task.name, task.name_en)} · {order.number}"
                command = act.make(subject, {**values, VERSION: each.version})
        except NotFoundError as refused:
            label = gettext("Task %(id)d", id=each.task_id)
            outcomes.append(Outcome(task_id=each.task_id, label=label, refusal=told(refused)))
            continue
        refusal = ""
        if act.about == "task" or order.id not in orders:
            orders.add(order.id)
            refusal = _refusal(act, command, each)
        outcomes.append(
            Outcome(task_id=each.task_id, label=label, refusal=refusal, order_id=order.id)
        )
    return outcomes


def _refusal(act: Act, command: Command, picked: Picked) -> str:
    """Do it; why not, in the reader's language. The same form sent again does nothing."""
    key = given_key()
    if key is not None:
        key = f"{key}-{act.name}-{picked.task_id}"
    try:
        application().dispatcher.execute(command, person(), idempotency_key=key)
    except EngineError as refused:
        return told(refused)
    return ""


def _told(act: Act, outcomes: list[Outcome], back: str) -> Response:
    done = [outcome for outcome in outcomes if not outcome.refusal]
    failed = [outcome for outcome in outcomes if outcome.refusal]
    text = ngettext(
        "%(act)s: %(num)d task done.", "%(act)s: %(num)d tasks done.", len(done),
        act=gettext(act.label),
    )  # fmt: skip
    if not failed:
        return _say(text, back, _undo(act, done, back), is_done=True)
    response = replies.page(
        "inbox/bulk_dialog.html" if is_partial() else "inbox/bulk_page.html",
        part="inbox/bulk_result.html",
        act=act,
        done=done,
        failed=failed,
        back=_picking(back, failed),
        heading=gettext("What became of it"),
        done_text=text,
        failed_text=ngettext(
            "%(num)d task was refused:", "%(num)d tasks were refused:", len(failed)
        ),
    )
    if is_partial():
        response.headers["HX-Trigger"] = "desk:changed"
    return response


def _undo(act: Act, done: Sequence[Outcome], back: str) -> dict[str, str] | None:
    """What to send to take an act back, None if that is not possible."""
    reverse = {"claim": "release", "release": "claim", "snooze": "unsnooze"}.get(act.name)
    if reverse not in BY_NAME or len(done) > _MOST_UNDONE:
        return None
    ids = ",".join(str(outcome.task_id) for outcome in done)
    return {"act": reverse or "", "task": ids, "_back": back}


def _picking(back: str, failed: Sequence[Outcome]) -> str:
    """The list again, with those ticked that were refused."""
    ids = ",".join(str(outcome.task_id) for outcome in failed)
    return f"{back}{'&' if '?' in back else '?'}picked={ids}"


def _say(
    text: str, back: str, undo: dict[str, str] | None = None, *, is_done: bool = False
) -> Response:
    """Back to the list with a short message; with scripts the list stays where it is."""
    toast = Toast(
        text=text,
        tone="done" if is_done else "warn",
        undo=None if undo is None else "/inbox/bulk",
        fields=undo or {},
    )
    if not is_partial():
        return leave(replies.go(back), toast)
    response = replies.page("toast.html", told=toast)
    response.headers["HX-Retarget"] = "#messages"
    response.headers["HX-Reswap"] = "innerHTML"
    if is_done:
        response.headers["HX-Trigger"] = "desk:changed, desk:done"
    return response
