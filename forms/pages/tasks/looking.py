"""Looking at a task: its page, its parts, its form drawn again, its print."""

from __future__ import annotations

from flask import Response, request

from forms.pages import replies, sheets
from forms.pages.caller import is_partial, view
from forms.pages.tasks.blueprint import ONE, bp
from forms.pages.tasks.pane import WORK, Given, look, read_task
from forms.pages.tasks.showing import PARTS, context, shown
from forms.pages.tasks.typed import typed


@bp.get(ONE)
def task(task_id: int) -> Response:
    """A task beside the list it was opened from, or alone for printing."""
    part = request.args.get("part", WORK)
    with view() as moment:
        pane = look(moment, task_id, part=part if part in PARTS else WORK)
        if request.args.get("print"):
            values = pane.detail.draft.values if pane.detail.draft else pane.detail.variables
            lines = typed(pane.detail.form, values)
            return replies.page("task/print.html", lines=lines, **context(moment, pane))
        return shown(moment, pane)


@bp.post(f"{ONE}/form")
def form(task_id: int) -> Response:
    """The form as it looks with what is typed so far: conditions, computed values, rows."""
    with view() as moment:
        _, _, detail = read_task(moment, task_id)
    values = sheets.task_posted(detail).values
    with view() as moment:
        if is_partial():
            sheet = sheets.task_sheet(moment, detail, values=values)
            return replies.page("form/fields.html", sheet=sheet)
        return shown(moment, look(moment, task_id, given=Given(values=values)))
