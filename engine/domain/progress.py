"""How far an order is: which steps were done, where it is now, which flows it took.

Computed from the history; what stays open at the moment comes from the kernel.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Final, Literal, NamedTuple

import msgspec

from engine.domain import facts as f
from engine.domain.drawing import CHOICES, LISTENERS, Drawing, Edge, Node, Position
from engine.domain.records import Task

StepState = Literal["done", "here", "gone"]
_LAST: Final = 1 << 62
_NEVER: Final = datetime.max.replace(tzinfo=UTC)


class Place(NamedTuple):
    """A node of a definition."""

    definition_id: int
    element: str


class Moment(NamedTuple):
    """When something was reached or passed; the number tells what came first at one instant."""

    at: datetime
    number: int


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One time something was done, or is being done.

    Attributes:
        node: What is drawn; None for tasks outside the drawing.
        state: ``gone``: taken away before it was done.
        task: The person's task, None for what nobody works on.
        by: Who did or has it, None for nobody.
    """

    place: Place
    node: Node | None
    state: StepState
    started_at: datetime | None = None
    ended_at: datetime | None = None
    task: Task | None = None
    by: int | None = None


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """What is shown of a node in its diagram.

    Attributes:
        passes: How often it was completed. tokens: How many are there now.
        took_seconds: How long the last completion took, 0 if at once.
        due_at: Earliest deadline of what is open.
    """

    state: StepState
    passes: int = 0
    tokens: int = 0
    took_seconds: float = 0.0
    due_at: datetime | None = None


class Trail:
    """Reads a history fact by fact.

    Args:
        drawings: Diagrams by definition; the order's own comes first.
        definitions: Newest definition used of each process key.
    """

    def __init__(self, drawings: Mapping[int, Drawing], definitions: Mapping[str, int]) -> None:
        self._drawings = drawings
        self._definitions = definitions
        self._own = next(iter(drawings))
        self._number = 0
        self._passes: list[tuple[Moment, Place]] = []
        self._reached: dict[Place, list[Moment]] = defaultdict(list)
        self._since: dict[Place, datetime] = {}
        self._steps: list[Step] = []

    def take(self, at: datetime, actor: int | None, fact: f.Fact) -> None:
        """Take the next fact into account."""
        self._number += 1
        if isinstance(fact, f.ElementsPassed):
            processes = fact.processes or ("",) * len(fact.elements)
            for element, key in zip(fact.elements, processes, strict=True):
                self._pass(at, actor, Place(self._definitions.get(key, self._own), element))
        elif isinstance(fact, f.TaskOpened) and fact.purpose == "work":
            self._reach(at, Place(fact.definition_id, fact.element))
        elif isinstance(fact, f.JobOpened | f.TimerSet | f.MessageAwaited):
            place = self._place(fact.element)
            node = self._node(place)
            # What only listens was not reached.
            if node is None or node.kind not in LISTENERS:
                self._reach(at, place)

    def steps(self, tasks: Iterable[Task], positions: Iterable[Position]) -> list[Step]:
        """All steps, oldest first."""
        found = [*self._steps, *(self._task_step(task) for task in tasks)]
        for position in positions:
            place = Place(position.definition_id, position.element)
            node = self._node(place)
            if node is not None and node.kind != "userTask" and not node.is_gateway:
                found.append(
                    Step(place=place, node=node, state="here", started_at=self._since.get(place))
                )
        return sorted(found, key=lambda step: (step.started_at or _NEVER, step.ended_at or _NEVER))

    def marks(
        self, definition_id: int, steps: Iterable[Step], positions: Iterable[Position]
    ) -> dict[str, Mark]:
        """What to show of the nodes of one diagram; those never reached are left out."""
        passes = Counter(
            place.element for _, place in self._passes if place.definition_id == definition_id
        )
        tokens = {
            one.element: one.tokens for one in positions if one.definition_id == definition_id
        }
        here = [step for step in steps if step.place.definition_id == definition_id]
        found = {}
        for element in {*passes, *tokens, *(s.place.element for s in here if s.node is not None)}:
            own = [step for step in here if step.place.element == element]
            done = [step for step in own if step.state == "done"]
            due = [step.task.due_at for step in own if step.state == "here" and step.task]
            is_here = bool(tokens.get(element)) or any(step.state == "here" for step in own)
            is_done = bool(passes[element] or done)
            found[element] = Mark(
                state="here" if is_here else "done" if is_done else "gone",
                passes=max(passes[element], len(done)),
                tokens=tokens.get(element, 0),
                took_seconds=_length(done[-1]) if done else 0.0,
                due_at=min((one for one in due if one is not None), default=None),
            )
        return found

    def flows(self, definition_id: int) -> list[str]:
        """Ids of the flows that were taken, as far as the history tells.

        A flow with no other beside it is taken when its source is done; after a decision the one
        whose target was reached next.
        """
        drawing = self._drawings[definition_id]
        leaving: dict[str, list[Edge]] = defaultdict(list)
        for edge in drawing.edges:
            leaving[edge.source].append(edge)
        taken: dict[str, None] = {}
        for moment, place in self._passes:
            if place.definition_id == definition_id:
                edges = leaving.get(place.element, [])
                node = drawing.nodes.get(place.element)
                taken.update(dict.fromkeys(self._taken(moment, place, node, edges)))
        return list(taken)

    # ---- one fact each ----------------------------------------------------------------------

    def _pass(self, at: datetime, actor: int | None, place: Place) -> None:
        self._number += 1
        node = self._node(place)
        moment = Moment(at, self._number)
        self._reach(at, place, moment)
        self._passes.append((moment, place))
        started_at = self._since.pop(place, at)
        if node is None or node.is_gateway or node.kind == "userTask":
            return
        by = actor if node.event == "message" or node.kind == "receiveTask" else None
        self._steps.append(
            Step(place=place, node=node, state="done", started_at=started_at, ended_at=at, by=by)
        )

    def _reach(self, at: datetime, place: Place, passed: Moment | None = None) -> None:
        # What a step opens is told before the nodes it passed, but came about after them.
        opened = Moment(at, _LAST + self._number)
        self._reached[place].append(passed or opened)
        self._since.setdefault(place, at)
        node = self._node(place)
        if node is None:
            return
        for around in self._around(place, node):
            if around not in self._since:
                self._since[around] = at
                self._reached[around].append(opened)

    def _around(self, place: Place, node: Node) -> list[Place]:
        """Sub-processes a node is in, and activities that call its process."""
        found = []
        drawing = self._drawings[place.definition_id]
        parent = node.parent
        while parent is not None:
            found.append(Place(place.definition_id, parent))
            parent = drawing.nodes[parent].parent if parent in drawing.nodes else None
        if place.definition_id != self._own:
            found.extend(
                Place(definition_id, caller.id)
                for definition_id, other in self._drawings.items()
                for caller in other.nodes.values()
                if caller.calls == node.process
            )
        return found

    def _task_step(self, task: Task) -> Step:
        place = Place(task.definition_id, task.element)
        states: dict[str, StepState] = {"completed": "done", "withdrawn": "gone"}
        return Step(
            place=place,
            node=self._node(place) if task.purpose == "work" else None,
            state=states.get(task.state, "here"),
            started_at=task.opened_at,
            ended_at=task.ended_at,
            task=task,
            by=task.ended_by if task.ended_by is not None else task.assignee,
        )

    def _taken(
        self, moment: Moment, place: Place, node: Node | None, edges: list[Edge]
    ) -> list[str]:
        is_choice = (node is not None and node.kind in CHOICES) or any(
            edge.is_conditional for edge in edges
        )
        if len(edges) == 1 or not is_choice:
            return [edge.id for edge in edges]
        reached = [
            (after, edge.id)
            for edge in edges
            if (after := self._after(moment, Place(place.definition_id, edge.target)))
        ]
        if not reached:
            return []
        first = min(reached)[0]
        if node is not None and node.kind in ("exclusiveGateway", "eventBasedGateway"):
            return [min(reached)[1]]
        return [edge for after, edge in reached if after.at == first.at]

    def _after(self, moment: Moment, place: Place) -> Moment | None:
        """When a node was first reached after a moment."""
        return min((each for each in self._reached[place] if each > moment), default=None)

    # ---- places -----------------------------------------------------------------------------

    def _place(self, element: str) -> Place:
        """A node by its id alone: of the own diagram, or else of one that was called."""
        return next(
            (
                Place(definition_id, element)
                for definition_id, drawing in self._drawings.items()
                if element in drawing.nodes
            ),
            Place(self._own, element),
        )

    def _node(self, place: Place) -> Node | None:
        drawing = self._drawings.get(place.definition_id)
        return None if drawing is None else drawing.nodes.get(place.element)


def _length(step: Step) -> float:
    if step.started_at is None or step.ended_at is None:
        return 0.0
    return (step.ended_at - step.started_at).total_seconds()
