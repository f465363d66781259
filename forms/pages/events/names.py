"""Words for what facts name by number: people, units, tasks, elements, clocks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from engine.domain import facts as f
from engine.domain.drawing import Drawing
from engine.domain.records import Order
from engine.queries.history import Told
from engine.queries.names import names_of
from engine.queries.progress import definitions_of, drawing_of
from engine.store.view import View
from forms.pages.labels import Labels
from forms.pages.language import choose, gettext, language
from forms.pages.words import hold_word, policy_word, role_word

#: Fields of facts that hold a person's id, or several.
_PEOPLE: Final = (
    "actor", "to", "of", "owner", "assignee", "first_owner", "person", "substitute", "barred",
    "people", "receivers", "mentions", "users",
)  # fmt: skip
#: Facts that open what later facts close by number.
_NUMBERED: Final = (f.JobOpened, f.TimerSet, f.MessageAwaited, f.IncidentOpened)


class Names:
    """Words for one page.

    Args:
        moment: The moment and who asks.
        order: The order the history is of.
        history: Its facts, oldest first; all of them, or the newest.

    Attributes:
        is_lacking: Whether something was asked for that the facts given do not tell.
    """

    def __init__(self, moment: View, order: Order, history: Iterable[Told]) -> None:
        known = list(history)
        self.setup = moment.setup
        self.is_lacking = False
        definitions = definitions_of(moment, order, known)
        self.definitions = {one.id: one for one in definitions}
        self._drawings: Mapping[int, Drawing] = {
            one.id: drawing_of(moment, one.id) for one in definitions
        }
        self.labels = Labels(moment, definitions)
        self._tasks: dict[int, tuple[str, str]] = {}
        self._elements: dict[int, str] = {}
        self._clocks: dict[str, str] = {}
        self._asked: dict[int, int] = {}
        people = {order.first_owner, order.started_by}
        for told in known:
            people.update(_people(told))
            self._note(told.fact)
        self._people = names_of(moment, {one for one in people if one is not None})

    def _note(self, fact: f.Fact) -> None:
        if isinstance(fact, f.TaskOpened):
            self._tasks[fact.task] = (fact.name, fact.name_en)
        elif isinstance(fact, f.ClockSet):
            self._clocks[fact.key] = str(fact.value.get("sla_key", ""))
        elif isinstance(fact, f.ExtensionRequested):
            self._asked[fact.extension] = fact.task
        elif isinstance(fact, _NUMBERED):
            self._elements[fact.number] = fact.element

    def person(self, person_id: int | None) -> str:
        """Name of a person; who is nobody is the system."""
        if not person_id:
            return gettext("The system")
        return self._people.get(person_id, gettext("somebody"))

    def people(self, ids: Iterable[int]) -> str:
        """Names of people."""
        return gettext(", ").join(self.person(one) for one in ids)

    def unit(self, unit_id: int | None) -> str:
        """Name of a unit, empty for none."""
        unit = self.setup.units.get(unit_id or 0)
        return "" if unit is None else choose(unit.name, unit.name_en)

    def queue(self, queue: str) -> str:
        """Who may take a task: roles at a unit."""
        roles, _, unit_id = queue.partition("@")
        words = gettext(", ").join(role_word(role) for role in roles.split(",") if role)
        unit = self.unit(int(unit_id)) if unit_id.isdigit() else ""
        return gettext("%(role)s (%(unit)s)", role=words, unit=unit) if unit else words

    def task(self, task_id: int | None) -> str:
        """Name of a task, in quotes."""
        if task_id not in self._tasks:
            self.is_lacking = True
            return gettext("a task")
        return quoted(choose(*self._tasks[task_id]))

    def asked(self, extension: int) -> str:
        """Name of the task more time was asked for."""
        return self.task(self._asked.get(extension))

    def element(self, element: str) -> str:
        """Name of a drawn element in quotes, empty if it has none."""
        for drawing in self._drawings.values():
            name = drawing.named(element, language())
            if name:
                return quoted(name)
        self.is_lacking = True
        return ""

    def step(self, fact: Any) -> str:
        """Name of the element a fact is about, told by itself or by the number it closes."""
        element = getattr(fact, "element", "") or self._elements.get(
            getattr(fact, "number", 0), ""
        )
        return self.element(element) or gettext("a step")

    def steps(self, elements: Iterable[str]) -> list[str]:
        """Names of what was done without people; neither tasks nor ways."""
        found = []
        for element in dict.fromkeys(elements):
            for drawing in self._drawings.values():
                node = drawing.nodes.get(element)
                if node is not None:
                    if not node.is_gateway and node.kind != "userTask" and node.name:
                        found.append(choose(node.name, node.name_en))
                    break
        return found

    def milestone(self, milestone: str) -> str:
        """Name of the element that stands for a milestone, in quotes."""
        for drawing in self._drawings.values():
            for node in drawing.nodes.values():
                if node.milestone == milestone and node.name:
                    return quoted(choose(node.name, node.name_en))
        return quoted(milestone)

    def clock(self, key: str) -> str:
        """Which deadline: of the order, of a task, or one the process keeps."""
        if key == "order":
            return gettext("the work order")
        if key.startswith("task:"):
            return self.task(int(key.partition(":")[2]))
        self.is_lacking |= key not in self._clocks
        return quoted(policy_word(self._clocks.get(key, key), self.setup))

    def hold(self, code: str) -> str:
        """A reason to put work on hold."""
        return hold_word(code, self.setup)

    def values(self, values: Mapping[str, Any]) -> str:
        """Labels of variables; those people have no word for are counted."""
        known = [self.labels.name(name) for name in values if self.labels.is_known(name)]
        return gettext(", ").join(dict.fromkeys(known))


def quoted(name: str) -> str:
    """A name within a sentence."""
    return f"“{name}”"


def _people(told: Told) -> Iterator[int]:
    if told.actor:
        yield told.actor
    for name in _PEOPLE:
        value = getattr(told.fact, name, None)
        if isinstance(value, int):
            yield value
        elif isinstance(value, tuple):
            yield from (one for one in value if isinstance(one, int))
