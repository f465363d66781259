"""How the activities of a drawing repeat, in the shape of the loops of a graph."""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

from engine.workflow.compiler.reading.reader import bpmn, camunda
from engine.workflow.compiler.verifying.built import Facts, bare
from engine.workflow.compiler.verifying.drawn_tasks import is_true


def repetition(
    node: etree._Element, said: Mapping[str, str], by_id: Mapping[str, etree._Element]
) -> Facts | None:
    """How an activity repeats; None if it does not.

    Args:
        node: The activity.
        said: Its extension properties.
        by_id: All elements of the file; data objects stand for variables.
    """
    standard = node.find(bpmn("standardLoopCharacteristics"))
    several = node.find(bpmn("multiInstanceLoopCharacteristics"))
    facts: Facts = dict.fromkeys(
        (
            "collection", "cardinality", "item_variable", "completion", "output_collection",
            "output_element", "again", "maximum",
        )
    )  # fmt: skip
    facts |= {"is": "Loop", "is_sequential": False, "is_standard": False, "test_before": False}
    if standard is not None:
        return facts | _standard(standard)
    return None if several is None else facts | _several(several, node, said, by_id)


def _standard(loop: etree._Element) -> Facts:
    maximum = (loop.get("loopMaximum") or "").strip()
    return {
        "is_standard": True,
        "again": _expression(loop.findtext(bpmn("loopCondition"))),
        "test_before": is_true(loop, "testBefore"),
        "maximum": int(maximum) if maximum.isdigit() else None,
    }


def _several(
    loop: etree._Element,
    node: etree._Element,
    said: Mapping[str, str],
    by_id: Mapping[str, etree._Element],
) -> Facts:
    collection = loop.get(camunda("collection")) or _variable(
        node, loop.findtext(bpmn("loopDataInputRef")), "dataInputAssociation", by_id
    )
    collected = said.get("outputCollection") or _variable(
        node, loop.findtext(bpmn("loopDataOutputRef")), "dataOutputAssociation", by_id
    )
    output = said.get("outputElement") or _item(loop.find(bpmn("outputDataItem")))
    item = loop.get(camunda("elementVariable")) or _item(loop.find(bpmn("inputDataItem")))
    return {
        "collection": _expression(collection),
        "cardinality": _expression(loop.findtext(bpmn("loopCardinality"))),
        "item_variable": item,
        "completion": _expression(loop.findtext(bpmn("completionCondition"))),
        "output_collection": collected,
        "output_element": _expression(output),
        "is_sequential": is_true(loop, "isSequential"),
    }


def _expression(text: str | None) -> str | None:
    return bare(text or "") or None


def _item(node: etree._Element | None) -> str | None:
    return None if node is None else _name(node) or node.get("id")


def _name(node: etree._Element) -> str | None:
    name = node.get("name")
    return name if name and name.isidentifier() else None


def _variable(
    node: etree._Element,
    reference: str | None,
    association: str,
    by_id: Mapping[str, etree._Element],
) -> str | None:
    """The variable behind a data input or output: that of the data object associated with it."""
    inside, outside = ("target", "source") if "Input" in association else ("source", "target")
    reference = (reference or "").strip()
    for one in node.iterfind(bpmn(association)):
        if (one.findtext(bpmn(f"{inside}Ref")) or "").strip() == reference:
            reference = (one.findtext(bpmn(f"{outside}Ref")) or "").strip() or reference
            break
    if not reference:
        return None
    found = by_id.get(reference)
    return (None if found is None else _name(found)) or reference
