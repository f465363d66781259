"""Progress of an order as pages show it: the diagram, and a table that says the same."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

import msgspec

from engine.domain.progress import Mark, Step
from engine.domain.records import Definition, Order, Task
from engine.queries import progress as query
from engine.queries.history import told
from engine.queries.names import names_of
from engine.store.view import View
from forms.pages.caller import application
from forms.pages.language import choose, gettext, language
from forms.pages.moments import length
from forms.pages.words import role_word

#: Rows of the table; older steps are in the timeline.
_MOST: Final = 300
_ICONS: Final = {
    "userTask": "user",
    "manualTask": "hand",
    "serviceTask": "settings",
    "scriptTask": "file-text",
    "businessRuleTask": "table-properties",
    "sendTask": "send",
    "receiveTask": "mail",
    "callActivity": "workflow",
    "subProcess": "layers",
    "startEvent": "circle",
    "endEvent": "circle-dot",
}
_EVENT_ICONS: Final = {"timer": "clock", "message": "mail", "error": "triangle-alert"}


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the table.

    Attributes:
        process: Name of the called process it belongs to, empty for the order's own.
        link: Where its name leads, None for nowhere.
        tone: Colour of its state.
    """

    element: str
    icon: str
    name: str
    process: str
    link: str | None
    who: str
    started_at: datetime | None
    took: str
    due_at: datetime | None
    tone: str
    state: str


class Diagram(msgspec.Struct, frozen=True, kw_only=True):
    """A diagram that can be shown."""

    name: str
    link: str
    is_shown: bool


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """What templates need; ``marks`` is read by ``static/modules/diagram.js``."""

    rows: list[Row]
    left_out: int
    diagrams: list[Diagram]
    name: str
    source: str
    marks: str


def progress(
    moment: View, order: Order, *, definition_id: int | None = None, focus: str = ""
) -> Progress:
    """Progress of an order the caller has checked.

    Args:
        moment: The moment and who asks.
        order: The order.
        definition_id: Diagram to show; the order's own by default.
        focus: Element to show first; where the order is by default.

    Raises:
        ProcessNotFoundError: The order has nothing to do with that definition.
    """
    found = query.progress(
        moment,
        order,
        told(moment, order.id),
        application().kernel,
        definition_id=definition_id,
    )
    page = f"/orders/{order.number}"
    steps = [step for step in found.steps if not _is_mute(step)]
    people = names_of(moment, {step.by for step in steps if step.by is not None})
    table = _Table(moment, order, found, people)
    return Progress(
        rows=[table.row(step) for step in steps[-_MOST:]],
        left_out=max(len(steps) - _MOST, 0),
        diagrams=[
            Diagram(
                name=_name(one),
                link=page if one.id == order.definition_id else f"{page}?diagram={one.id}",
                is_shown=one.id == found.shown.id,
            )
            for one in found.definitions
        ],
        name=_name(found.shown),
        source=f"{page}/diagram?definition={found.shown.id}&language={language()}",
        marks=msgspec.json.encode(_marks(moment, found, page, focus)).decode(),
    )


def _name(definition: Definition) -> str:
    return choose(definition.name, definition.name_en)


def _is_mute(step: Step) -> bool:
    """Whether it is a circle without a name, which tells nobody anything."""
    node = step.node
    return step.task is None and node is not None and not node.name and node.kind.endswith("Event")


def _marks(moment: View, found: query.Progress, page: str, focus: str) -> dict[str, Any]:
    return {
        "nodes": {element: _badge(moment, mark) for element, mark in found.marks.items()},
        "flows": found.flows,
        "calls": {
            element: f"{page}?diagram={definition}" for element, definition in found.calls.items()
        },
        "focus": _focus(found, focus),
    }


def _focus(found: query.Progress, wanted: str) -> list[str]:
    """Elements to show, the most important first: where it is now, or where it ended."""
    drawn = [
        step.place.element
        for step in reversed(found.steps)
        if step.place.definition_id == found.shown.id and step.place.element in found.marks
    ]
    here = [element for element in drawn if found.marks[element].state == "here"]
    first = [wanted] if wanted in found.marks else []
    return list(dict.fromkeys([*first, *(here or drawn[:1])]))


def _badge(moment: View, mark: Mark) -> dict[str, str]:
    """State of a node, with the few words over it."""
    is_late = mark.due_at is not None and mark.due_at < moment.now
    words = []
    if mark.state == "here" and mark.due_at is not None:
        left = length(mark.due_at - moment.now)
        words.append(
            gettext("%(time)s overdue", time=left)
            if is_late
            else gettext("%(time)s left", time=left)
        )
    elif mark.state == "done" and mark.took_seconds >= _WORTH_TELLING:
        words.append(length(mark.took_seconds))
    times = mark.tokens if mark.state == "here" else mark.passes
    if times > 1:
        words.append(f"×{times}")
    return {"state": "late" if is_late else mark.state, "badge": " ".join(words)}


#: Seconds below which nobody asks how long something took.
_WORTH_TELLING: Final = 60


class _Table:
    """Steps as rows."""

    def __init__(
        self, moment: View, order: Order, found: query.Progress, people: dict[int, str]
    ) -> None:
        self._now = moment.now
        self._order = order
        self._found = found
        self._people = people
        self._definitions = {one.id: one for one in found.definitions}

    def row(self, step: Step) -> Row:
        """One step."""
        tone, state = self._state(step)
        ended_at = step.ended_at or self._now
        took = (ended_at - step.started_at).total_seconds() if step.started_at else 0.0
        return Row(
            element=step.place.element,
            icon=_icon(step),
            name=self._named(step),
            process=self._process(step),
            link=self._link(step),
            who=self._who(step),
            started_at=step.started_at,
            took=length(took) if took >= _WORTH_TELLING else "",
            due_at=step.task.due_at if step.task else None,
            tone=tone,
            state=state,
        )

    def _named(self, step: Step) -> str:
        if step.task is not None:
            return choose(step.task.name, step.task.name_en)
        if step.node is None or not step.node.name:
            return gettext("Step without a name")
        return choose(step.node.name, step.node.name_en)

    def _process(self, step: Step) -> str:
        definition = self._definitions.get(step.place.definition_id)
        if definition is None or definition.id == self._order.definition_id:
            return ""
        return _name(definition)

    def _link(self, step: Step) -> str | None:
        if step.task is not None and step.task.is_open:
            return f"/tasks/{step.task.id}"
        called = (
            self._found.calls.get(step.place.element)
            if step.place.definition_id == self._found.shown.id
            else None
        )
        return None if called is None else f"/orders/{self._order.number}?diagram={called}"

    def _who(self, step: Step) -> str:
        if step.by is not None:
            return self._people.get(step.by, gettext("somebody"))
        if step.task is not None:
            return gettext(", ").join(role_word(role) for role in step.task.roles)
        return gettext("The system")

    def _state(self, step: Step) -> tuple[str, str]:
        task = step.task
        if step.state == "gone":
            return "", gettext("Taken away")
        if step.state == "done":
            return self._done(task)
        if task is not None and task.due_at is not None and task.due_at < self._now:
            late = length(self._now - task.due_at)
            return "red", gettext("%(time)s overdue", time=late)
        if task is not None and task.held is not None:
            return "amber", gettext("On hold")
        if task is not None and task.assignee is None:
            return "amber", gettext("To claim")
        return "amber", gettext("In progress")

    def _done(self, task: Task | None) -> tuple[str, str]:
        if task is None or task.due_at is None or task.ended_at is None:
            return "green", gettext("Done")
        if task.ended_at > task.due_at:
            return "red", gettext("Late")
        return "green", gettext("On time")


def _icon(step: Step) -> str:
    if step.task is not None and step.task.purpose != "work":
        return "megaphone" if step.task.purpose == "supervision" else "stamp"
    if step.node is None:
        return "circle"
    if step.node.event in _EVENT_ICONS and not step.node.kind.endswith("Task"):
        return _EVENT_ICONS[step.node.event]
    return _ICONS.get(step.node.kind, "circle")
