"""What elements of a file refer to."""

from __future__ import annotations

from lxml import etree

from engine.workflow.compiler.reading.reader import bpmn


class References:
    """Messages, signals, errors and escalations of a file by id.

    Attributes:
        by_id: Everything of the file that has an id.
        with_cancel: Ids of what has a cancel event on its boundary.
        repeated: Ids of activities that repeat.
    """

    def __init__(self, root: etree._Element) -> None:
        self.by_id = {str(node.get("id")): node for node in root.iter() if node.get("id")}
        self.with_cancel = frozenset(
            str(node.get("attachedToRef"))
            for node in root.iter(bpmn("boundaryEvent"))
            if node.find(bpmn("cancelEventDefinition")) is not None
        )
        self.repeated = frozenset(
            str(around.get("id"))
            for node in root.iter(
                bpmn("standardLoopCharacteristics"), bpmn("multiInstanceLoopCharacteristics")
            )
            if (around := node.getparent()) is not None
        )
        self._found: dict[tuple[str, str], etree._Element] = {}
        for kind in ("message", "signal", "error", "escalation"):
            for node in root.iter(bpmn(kind)):
                self._found[kind, str(node.get("id"))] = node

    def find(self, kind: str, reference: str) -> etree._Element | None:
        """The element an id (with or without a prefix) refers to."""
        return self._found.get((kind, reference.rpartition(":")[2]))
