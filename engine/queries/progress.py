"""Progress of one order on its diagrams: steps, marks, flows; and the diagrams themselves."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec

from engine.domain import facts as f
from engine.domain.drawing import Drawing, Position
from engine.domain.progress import Mark, Step, Trail
from engine.domain.records import Definition, Order
from engine.domain.setup import ProcessNotFoundError
from engine.ports.kernel import Kernel, StepContext
from engine.queries.history import Told
from engine.queries.orders import tasks_of
from engine.store.view import View
from engine.workflow.drawing import drawing


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """How far an order is.

    Attributes:
        definitions: Diagrams that can be shown, the order's own first, then what it called or
            may call.
        shown: The one that is shown.
        marks: Its nodes by id. flows: Ids of its flows that were taken.
        calls: Definition behind each node of it that calls a process.
    """

    definitions: tuple[Definition, ...]
    shown: Definition
    steps: list[Step]
    marks: dict[str, Mark]
    flows: list[str]
    calls: dict[str, int]


class _NoClocks:
    """Looking at an order moves no timer."""

    def at(self, clock: str, point: str, task: int | None) -> datetime | None:
        """Nothing to report."""
        del clock, point, task
        return None


def progress(
    view: View,
    order: Order,
    history: Iterable[Told],
    kernel: Kernel,
    *,
    definition_id: int | None = None,
) -> Progress:
    """Progress of an order the caller has checked.

    Args:
        view: The moment and who asks.
        order: The order.
        history: All its facts, see `engine.queries.history.told`.
        kernel: Tells where its tokens are.
        definition_id: Diagram to show; the order's own by default.

    Raises:
        ProcessNotFoundError: The order has nothing to do with that definition.
    """
    known = list(history)
    used = definitions_of(view, order, known)
    drawings = {one.id: drawing_of(view, one.id) for one in used}
    shown = next((one for one in used if one.id == (definition_id or order.definition_id)), None)
    if shown is None:
        raise ProcessNotFoundError(key=definition_id)
    trail = Trail(drawings, {one.key: one.id for one in used})
    for told in known:
        trail.take(told.at, told.actor, told.fact)
    where = positions(view, order, kernel)
    steps = trail.steps(tasks_of(view, order.id), where)
    return Progress(
        definitions=used,
        shown=shown,
        steps=steps,
        marks=trail.marks(shown.id, steps, where),
        flows=trail.flows(shown.id),
        calls={
            node.id: one.id
            for node in drawings[shown.id].nodes.values()
            for one in used
            if node.calls == one.key
        },
    )


def definitions_of(view: View, order: Order, history: Iterable[Told]) -> tuple[Definition, ...]:
    """Definitions an order runs on: its own, those it called, and those its diagrams call.

    Of a called process the version whose tasks it had; else the one that was the newest when it
    was called; else the newest.
    """
    setup = view.setup
    found = {order.process_key: setup.definition(order.definition_id)}
    for told in history:
        if isinstance(told.fact, f.TaskOpened):
            definition = setup.definition(told.fact.definition_id)
            found[definition.key] = definition
        elif isinstance(told.fact, f.ElementsPassed):
            for key in dict.fromkeys(told.fact.processes):
                if key not in found:
                    found[key] = _newest_at(view, key, told.at)
    waiting = list(found.values())
    while waiting:
        for key in waiting.pop().description.get("calls", ()):
            if key not in found and key in setup.latest:
                found[key] = setup.latest[key]
                waiting.append(found[key])
    return tuple(found.values())


def drawing_of(view: View, definition_id: int) -> Drawing:
    """The diagram of a definition."""
    content = view.diagram(definition_id)
    return Drawing(nodes={}, edges=()) if content is None else drawing(content)


def positions(view: View, order: Order, kernel: Kernel) -> tuple[Position, ...]:
    """Where the tokens of an order are; nowhere once it ended."""
    if order.status == "ended":
        return ()
    context = StepContext(
        now=view.now,
        clocks=_NoClocks(),
        calendar=view.setup.calendar(view.setup.calendar_code(order.unit_id)),
    )
    return kernel.load(order.kernel, context).positions


def _newest_at(view: View, key: str, at: datetime) -> Definition:
    versions = [one for one in view.setup.definitions.values() if one.key == key]
    before = [one for one in versions if one.published_at <= at]
    return max(before or versions, key=lambda one: one.version)
