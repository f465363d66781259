"""What the page of a task shows, read at one moment."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec

from engine.domain.forms import FieldProblem
from engine.domain.records import Order, Task, Unit
from engine.queries.orders import visible_task
from engine.queries.surroundings import Surroundings, surroundings
from engine.queries.tasks import TaskDetail, detail_of
from engine.store.view import View
from forms.pages import sheets
from forms.pages.acts.act import Offer, Subject
from forms.pages.acts.registry import available
from forms.pages.caller import application
from forms.pages.inbox.listing import Listing
from forms.pages.language import choose, gettext
from forms.pages.tasks.beside import beside
from forms.pages.tasks.notes import Note, notes
from forms.pages.tasks.standing import Standing, standing
from forms.pages.tasks.timing import StepLine, Timing, steps, timing
from forms.pages.words import title_word

#: Part shown when none is asked for.
WORK: Final = "work"

Problems = Mapping[str, Sequence[FieldProblem]]


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """Values to show in the form instead of those of the task.

    Attributes:
        values: As posted; what is wrong stays as it was typed.
        problems: What is wrong with them, by path.
    """

    values: Mapping[str, Any]
    problems: Problems = {}


class Pane(msgspec.Struct, frozen=True, kw_only=True):
    """What the page of a task shows.

    Attributes:
        seen: Digest of what matters to whoever completes it, see `seen_of`.
        sheet: The form, None if there is none or another part is shown.
        title: Of the order, in the reader's language as far as it has one.
        is_typed: Whether it shows values that are kept nowhere yet.
        draft_version: The reader's draft, 0 without one.
        now: The moment.
    """

    task: Task
    order: Order
    unit: Unit
    detail: TaskDetail
    around: Surroundings
    listing: Listing
    offers: tuple[Offer, ...]
    standing: Standing
    seen: str
    sheet: sheets.Sheet | None
    is_typed: bool
    draft_version: int
    draft_saved_at: datetime | None
    title: str
    timing: Timing
    steps: list[StepLine]
    notes: list[Note]
    part: str
    now: datetime

    @property
    def holder(self) -> str:
        """Who holds or did the task, and at which unit it is, in the reader's language."""
        names, task = self.around.names, self.task
        name = names.get(task.ended_by or 0) or names.get(task.assignee or 0)
        if name is None and not task.is_open:
            return choose(self.unit.name, self.unit.name_en)
        name = name or gettext("unclaimed")
        return f"{name} · {choose(self.unit.name, self.unit.name_en)}"


def read_task(moment: View, task_id: int) -> tuple[Task, Order, TaskDetail]:
    """A task the reader may see.

    Raises:
        TaskNotFoundError: There is none.
    """
    task, order = visible_task(moment, task_id)
    product = application()
    return task, order, detail_of(moment, task, order, product.kernel, product.dispatcher.forms)


def look(moment: View, task_id: int, *, part: str = WORK, given: Given | None = None) -> Pane:
    """The page of a task.

    Args:
        moment: The moment and who reads.
        task_id: Which task.
        part: Which of its tabs.
        given: Values to show instead of the draft's or the task's.

    Raises:
        TaskNotFoundError: There is no such task for this person.
    """
    task, order, detail = read_task(moment, task_id)
    around = surroundings(moment, task, order, detail.task.variables)
    stands = standing(moment, task, order, around.names)
    return Pane(
        task=task,
        order=order,
        unit=moment.setup.unit(task.unit_id),
        detail=detail,
        around=around,
        listing=beside(moment, task.id),
        offers=available(
            Subject(moment=moment, order=order, task=task, asked_for=around.asked_for)
        ),
        standing=stands,
        seen=seen_of(task, order, detail),
        sheet=None if part != WORK else _sheet(moment, detail, stands, given),
        is_typed=given is not None,
        draft_version=0 if detail.draft is None else detail.draft.version,
        draft_saved_at=None if detail.draft is None else detail.draft.saved_at,
        title=title_word(order.title, order.process_key, moment.setup),
        timing=timing(task, around, moment.setup, moment.now),
        steps=steps(around),
        notes=notes(moment, task, order, around, stands),
        part=part,
        now=moment.now,
    )


def seen_of(task: Task, order: Order, detail: TaskDetail) -> str:
    """Digest of what somebody relies on who completes a task: who holds it, its state, its values.

    The version of a task grows with every reminder, too; completing must not fail for that.
    """
    relied = [
        task.state,
        task.assignee,
        task.owner,
        task.queue,
        task.signing,
        order.status,
        order.held,
        _shown(detail),
    ]
    return hashlib.sha256(msgspec.json.encode(relied)).hexdigest()[:16]


def _shown(detail: TaskDetail) -> dict[str, Any]:
    """The variables the form shows; other branches of the process may change the others."""
    if detail.content is None:
        return {}
    form = application().dispatcher.forms.describe(detail.content)
    names = {name.partition(".")[0] for name in (*form.fields, *form.reads)}
    return {name: value for name, value in sorted(detail.variables.items()) if name in names}


def _sheet(
    moment: View, detail: TaskDetail, stands: Standing, given: Given | None
) -> sheets.Sheet | None:
    if detail.form is None:
        return None
    values = detail.draft.values if detail.draft is not None and stands.can_edit else None
    if given is not None:
        values = dict(given.values)
    return sheets.task_sheet(
        moment,
        detail,
        values=values,
        problems=given.problems if given is not None else None,
        is_fixed=not stands.can_edit,
    )
