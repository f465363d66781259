"""What a flow node of a diagram says, compiled once: the part that all kinds have in common."""

from __future__ import annotations

from typing import Any, TypeAlias

import msgspec

from engine.workflow.language.expressions import Expression, Lookup, Surroundings, Template


class ListValue(msgspec.Struct, frozen=True):
    """An input or output parameter that is a ``camunda:list``."""

    items: tuple[Any, ...]
    constant: bool = False

    def evaluate(self, lookup: Lookup, surroundings: Surroundings) -> list[Any]:
        """Values of the items in order."""
        return [item.evaluate(lookup, surroundings) for item in self.items]


class MapValue(msgspec.Struct, frozen=True):
    """An input or output parameter that is a ``camunda:map``."""

    entries: tuple[tuple[str, Any], ...]
    constant: bool = False

    def evaluate(self, lookup: Lookup, surroundings: Surroundings) -> dict[str, Any]:
        """Values of the entries by name."""
        return {name: value.evaluate(lookup, surroundings) for name, value in self.entries}


Value: TypeAlias = Template | Expression | ListValue | MapValue


class Lane(msgspec.Struct, frozen=True):
    """Whose work the nodes of a lane are.

    Attributes:
        role: Extension property ``role``, else the id of the lane.
    """

    id: str
    name: str
    role: str


class Element(msgspec.Struct, frozen=True, kw_only=True):
    """A flow node as drawn.

    Attributes:
        kind: Name of the XML element.
        line: Line of the file where it begins, from 1; 0 if the file does not hold it.
        column: Column where it begins, from 1; 0 if the file does not hold it.
        state: Business state entered on arrival.
        milestone: Milestone reached on completion.
        start_clocks: Clock name and SLA key of the clocks started on completion.
        stop_clocks: Names of the clocks stopped on completion.
        inputs: Local variables of the activity.
        outputs: Variables set on completion.
        attributes: ``camunda:*`` attributes by local name.
    """

    id: str
    name: str
    name_en: str
    kind: str
    line: int = 0
    column: int = 0
    lane: Lane | None = None
    attributes: dict[str, str] = {}
    properties: dict[str, str] = {}
    state: str | None = None
    milestone: str | None = None
    start_clocks: tuple[tuple[str, Template], ...] = ()
    stop_clocks: tuple[str, ...] = ()
    inputs: tuple[tuple[str, Value], ...] = ()
    outputs: tuple[tuple[str, Value], ...] = ()


class Flow(msgspec.Struct, frozen=True):
    """A sequence flow out of a node.

    Attributes:
        index: Position among the incoming flows of the target.
        line: Line of the file where it begins, from 1; 0 if the file does not hold it.
        column: Column where it begins, from 1; 0 if the file does not hold it.
    """

    id: str
    target: str
    index: int
    condition: Expression | None = None
    is_default: bool = False
    line: int = 0
    column: int = 0
