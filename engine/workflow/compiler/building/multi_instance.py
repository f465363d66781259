"""What a multi-instance activity says in the words of BPMN about its items and outputs."""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

from engine.workflow.compiler.reading.reader import bpmn

_ALL = "All"
_EVENTS = ("noneBehaviorEventRef", "oneBehaviorEventRef")


class MultiInstanceData:
    """Variables a multi-instance activity reads and writes.

    Data inputs and outputs of the activity are followed to what they are associated with; a data
    object stands for the variable of its name, else of its id. Source: BPMN 2.0.2, 10.3.8.

    Attributes:
        collection: Variable with the items.
        item: Variable of one item.
        outputs: Variable that takes the outputs.
        output: Variable with the output of one instance.
        throws: Whether instances throw events as they complete.
    """

    def __init__(
        self, activity: etree._Element, loop: etree._Element, by_id: Mapping[str, etree._Element]
    ) -> None:
        self._activity = activity
        self._by_id = by_id
        self.collection = self._variable(loop, "loopDataInputRef", ("Input", "target", "source"))
        self.item = _item(loop, "inputDataItem")
        self.outputs = self._variable(loop, "loopDataOutputRef", ("Output", "source", "target"))
        self.output = _item(loop, "outputDataItem")
        self.throws = loop.get("behavior", _ALL) != _ALL or any(map(loop.get, _EVENTS))

    def _variable(
        self, loop: etree._Element, tag: str, association: tuple[str, str, str]
    ) -> str | None:
        reference: str = (loop.findtext(bpmn(tag)) or "").strip()
        if not reference:
            return None
        direction, inside, outside = association
        for one in self._activity.iterfind(bpmn(f"data{direction}Association")):
            if (one.findtext(bpmn(f"{inside}Ref")) or "").strip() == reference:
                reference = (one.findtext(bpmn(f"{outside}Ref")) or "").strip() or reference
                break
        named = self._by_id.get(reference)
        name: str | None = None if named is None else named.get("name")
        return name if name and name.isidentifier() else reference


def _item(loop: etree._Element, tag: str) -> str | None:
    item = loop.find(bpmn(tag))
    if item is None:
        return None
    name: str | None = item.get("name")
    return name if name and name.isidentifier() else str(item.get("id"))
