"""Half-filled forms: kept while one types, given up, and what happens when two windows type."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec
from flask import Response, request

from engine.domain.commands import DiscardDraft, SaveDraft
from engine.domain.forms import FormInvalidError
from engine.domain.records import Task
from engine.handlers.results import IdResult
from engine.handlers.tasks import DraftStaleError
from engine.queries.tasks import TaskDetail
from forms.pages import replies, sheets
from forms.pages.caller import execute, is_partial, view
from forms.pages.language import choose, gettext
from forms.pages.tasks.beside import path_to
from forms.pages.tasks.blueprint import ONE, bp
from forms.pages.tasks.pane import Given, look, read_task
from forms.pages.tasks.showing import context, refused, shown
from forms.pages.tasks.typed import Line, typed
from forms.pages.toasts import Toast

_CONFLICT: Final = 409
_MOST_DIGITS: Final = 9
#: Characters of a draft that can be had back by the toast of the next page.
_MOST_KEPT: Final = 1000


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """A field with its text in this window and in the draft saved elsewhere."""

    label: str
    here: str
    elsewhere: str


@bp.post(f"{ONE}/draft")
def save(task_id: int) -> Response:
    """Keep what is typed so far; what is of the wrong type is left out and told."""
    with view() as moment:
        task, order, detail = read_task(moment, task_id)
        path = path_to(moment, task.id)
    values = _given_back()
    if values is None:
        posted = sheets.task_posted(detail)
        try:
            values = sheets.attached(posted, order.id, task.id)
        except FormInvalidError as wrong:
            return refused(task_id, Given(values=posted.values, problems=wrong.problems))
    try:
        version, left_out = _keep(task, values)
    except DraftStaleError:
        present = detail.draft
        if present is None or present.values != values:
            return _conflict(task_id, values)
        version, left_out = present.version, {}
    lines = typed(detail.form, left_out)
    if not is_partial():
        return replies.go(path, Toast(text=_told(lines), tone="warn" if lines else "done"))
    with view() as moment:
        return replies.page(
            "task/draft_state.html",
            task_id=task_id,
            version=version,
            saved_at=moment.now,
            left_out=lines,
            query=request.query_string.decode(),
        )


@bp.post(f"{ONE}/draft/discard")
def discard(task_id: int) -> Response:
    """Throw the draft away; the toast gives it back."""
    with view() as moment:
        task, _, detail = read_task(moment, task_id)
        path = path_to(moment, task.id)
    execute(DiscardDraft(task_id=task_id), IdResult)
    values = msgspec.json.encode({} if detail.draft is None else detail.draft.values).decode()
    toast = Toast(
        text=gettext("Draft discarded: %(task)s", task=choose(task.name, task.name_en)),
        undo=f"/tasks/{task_id}/draft",
        fields={"_values": values},
    )
    if is_partial():
        with view() as moment:
            pane = look(moment, task_id)
            return replies.page("task/next.html", told=toast, gone=[], **context(moment, pane))
    if len(values) > _MOST_KEPT:
        # Longer ones do not fit where toasts wait for the next page.
        toast = Toast(text=toast.text)
    return replies.go(path, toast)


def _keep(task: Task, values: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """Save values as the draft: its version, and what had to be left out of it.

    Raises:
        DraftStaleError: It was saved from elsewhere in the meantime.
    """
    command = SaveDraft(task_id=task.id, values=values, draft_version=_version())
    try:
        return execute(command, IdResult, keyed=False).id, {}
    except FormInvalidError as wrong:
        fitting = without(values, wrong.problems)
        left_out = {key: value for key, value in values.items() if fitting.get(key) != value}
    command = msgspec.structs.replace(command, values=fitting)
    return execute(command, IdResult, keyed=False).id, left_out


def without(values: Mapping[str, Any], paths: Iterable[str]) -> dict[str, Any]:
    """Values without those at some paths (``items.0.quantity``)."""
    kept = copy.deepcopy(dict(values))
    for path in paths:
        *way, last = path.split(".")
        place: Any = kept
        for step in way:
            place = _inside(place, step)
        if isinstance(place, dict):
            place.pop(last, None)
        else:
            # An entry of a list has no name of its own: the list goes as a whole.
            kept.pop(path.partition(".")[0], None)
    return kept


def _inside(place: Any, step: str) -> Any:
    if isinstance(place, dict):
        return place.get(step)
    if isinstance(place, list) and step.isdecimal() and int(step) < len(place):
        return place[int(step)]
    return None


def _conflict(task_id: int, values: Mapping[str, Any]) -> Response:
    """Both drafts side by side; the one in the form wins if it is saved again."""
    with view() as moment:
        pane = look(moment, task_id, given=Given(values=values))
        differing = _differences(pane.detail, values)
        if not is_partial():
            return shown(moment, pane, _CONFLICT, differing=differing)
        return replies.page("task/draft_conflict.html", _CONFLICT, pane=pane, differing=differing)


def _differences(detail: TaskDetail, values: Mapping[str, Any]) -> list[Difference]:
    elsewhere = {} if detail.draft is None else detail.draft.values
    here = _by_label(typed(detail.form, values))
    there = _by_label(typed(detail.form, elsewhere))
    return [
        Difference(label=label, here=here.get(label, ""), elsewhere=there.get(label, ""))
        for label in dict.fromkeys([*here, *there])
        if here.get(label) != there.get(label)
    ]


def _by_label(lines: list[Line]) -> dict[str, str]:
    return {line.label: line.text for line in lines}


def _told(left_out: list[Line]) -> str:
    if not left_out:
        return gettext("Draft saved")
    names = gettext(", ").join(line.label for line in left_out)
    return gettext("Draft saved without %(fields)s: not in the right form yet", fields=names)


def _version() -> int | None:
    """Version of the draft the window began with; None overwrites whatever there is."""
    given = request.form.get("_draft", "")
    return int(given) if given.isdecimal() and len(given) <= _MOST_DIGITS else None


def _given_back() -> dict[str, Any] | None:
    """Values of a draft that was discarded and is wanted back."""
    given = request.form.get("_values")
    if given is None:
        return None
    try:
        return msgspec.json.decode(given, type=dict[str, Any])
    except (msgspec.DecodeError, RecursionError):
        return {}
