"""A diagram as readers of an order know it: what is drawn, under which names, and how it flows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

#: Kinds of nodes that only lead on; nobody does anything at them.
GATEWAYS: Final = frozenset(
    {
        "exclusiveGateway",
        "inclusiveGateway",
        "parallelGateway",
        "eventBasedGateway",
        "complexGateway",
    }
)
#: Gateways after which not every flow is taken.
CHOICES: Final = frozenset({"exclusiveGateway", "inclusiveGateway", "eventBasedGateway"})

#: Kinds of nodes that may listen for something without holding up the process.
LISTENERS: Final = frozenset({"startEvent", "boundaryEvent"})


class Node(msgspec.Struct, frozen=True, kw_only=True):
    """A flow node.

    Attributes:
        kind: Name of the XML element, e.g. ``userTask``.
        name: As drawn, empty if it has none. name_en: Extension property ``name:en``, or the name.
        process: Key of the process it is drawn in.
        parent: Id of the sub-process it is drawn in, None at the top.
        calls: Key of the process it calls, None if it calls none or one that is computed.
        event: What an event waits for or throws, e.g. ``timer``, empty for none.
        milestone: Milestone reached on completion, empty for none.
    """

    id: str
    kind: str
    name: str
    name_en: str
    process: str
    parent: str | None = None
    calls: str | None = None
    event: str = ""
    milestone: str = ""

    @property
    def is_gateway(self) -> bool:
        """Whether it only leads on."""
        return self.kind in GATEWAYS


class Edge(msgspec.Struct, frozen=True, kw_only=True):
    """A sequence flow.

    Attributes:
        is_conditional: Whether it is taken only if something holds.
    """

    id: str
    source: str
    target: str
    is_conditional: bool = False


class Drawing(msgspec.Struct, frozen=True, kw_only=True):
    """One file: all its processes."""

    nodes: Mapping[str, Node]
    edges: tuple[Edge, ...]

    def named(self, element: str, language: str) -> str:
        """Name of an element, empty if it has none or is not drawn here."""
        node = self.nodes.get(element)
        if node is None:
            return ""
        return node.name_en if language == "en" else node.name


class Position(msgspec.Struct, frozen=True, kw_only=True):
    """Where an order is: a node that holds tokens.

    Attributes:
        definition_id: Definition that draws the node.
        tokens: How many; several where it repeats or was reached more than once.
    """

    definition_id: int
    element: str
    tokens: int
