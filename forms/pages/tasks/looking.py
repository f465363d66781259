"""Looking at a task: its page, its parts, its form drawn again, its print."""

from __future__ import annotations

from flask import Response, request

from engine.domain.forms import FormInvalidError
from engine.store.view import View
from forms.pages import replies, sheets
from forms.pages.caller import application, is_partial, view
from forms.pages.labels import Labels
from forms.pages.tasks.blueprint import ONE, bp
from forms.pages.tasks.pane import WORK, Given, Pane, Problems, look, read_task
from forms.pages.tasks.showing import PARTS, context, shown
from forms.pages.tasks.typed import Line


@bp.get(ONE)
def task(task_id: int) -> Response:
    """A task beside the list it was opened from, or alone for printing."""
    part = request.args.get("part", WORK)
    with view() as moment:
        pane = look(moment, task_id, part=part if part in PARTS else WORK)
        if request.args.get("print"):
            lines = _printed(moment, pane)
            return replies.page("task/print.html", lines=lines, **context(moment, pane))
        return shown(moment, pane)


@bp.post(f"{ONE}/form")
def form(task_id: int) -> Response:
    """The form as it looks with what is typed so far: conditions, computed values, rows."""
    with view() as moment:
        task, order, detail = read_task(moment, task_id)
    posted = sheets.task_posted(detail)
    if is_partial():
        with view() as moment:
            sheet = sheets.task_sheet(moment, detail, values=posted.values)
            return replies.page("form/fields.html", sheet=sheet)
    problems: Problems = {}
    try:
        # A browser without scripts forgets the files one chose.
        sheets.attached(posted, order.id, task.id)
    except FormInvalidError as wrong:
        problems = wrong.problems
    with view() as moment:
        given = Given(values=posted.values, problems=problems)
        return shown(moment, look(moment, task_id, given=given))


def _printed(moment: View, pane: Pane) -> list[Line]:
    """The filled-in fields of the form in words; on paper personal data stay covered."""
    detail = pane.detail
    if detail.content is None or pane.task.purpose != "work":
        return []
    form = application().dispatcher.forms.describe(detail.content)
    fields = {name.partition(".")[0] for name in form.fields}
    values = detail.variables if detail.draft is None else detail.draft.values
    labels = Labels(moment, [pane.around.definition])
    labels.meet(values.items())
    return [
        Line(label=labels.name(name), text=labels.value(name, value))
        for name, value in values.items()
        if name in fields and value not in (None, "", [], {})
    ]
