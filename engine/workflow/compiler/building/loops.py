"""Reads how an activity repeats."""

from __future__ import annotations

from lxml import etree

from engine.workflow.compiler.building.elements import ElementReader
from engine.workflow.compiler.building.multi_instance import MultiInstanceData
from engine.workflow.compiler.reading.reader import bpmn, camunda
from engine.workflow.language.expressions import shorten
from engine.workflow.runtime.loops import Loop

_TRUE = "true"
_MANY_DIGITS = 10


def loop_of(reader: ElementReader) -> Loop | None:
    """How an activity repeats."""
    standard = reader.node.find(bpmn("standardLoopCharacteristics"))
    if standard is not None:
        return _standard_loop(reader, standard)
    several = reader.node.find(bpmn("multiInstanceLoopCharacteristics"))
    return None if several is None else _multi_instance(reader, several)


def _standard_loop(reader: ElementReader, node: etree._Element) -> Loop:
    maximum = (node.get("loopMaximum") or "").strip()
    condition = node.findtext(bpmn("loopCondition"))
    if not maximum and not (condition and condition.strip()):
        reader.report.add("loop-endless", reader.node)
    is_number = maximum.isascii() and maximum.isdigit() and len(maximum) < _MANY_DIGITS
    if maximum and (not is_number or int(maximum) == 0):
        reader.report.add("loop-maximum", reader.node, maximum=shorten(maximum))
        is_number = False
    return Loop(
        is_standard=True,
        again=reader.optional_condition(condition),
        test_before=node.get("testBefore") == _TRUE,
        maximum=int(maximum) if is_number else None,
    )


def _multi_instance(reader: ElementReader, node: etree._Element) -> Loop:
    data = MultiInstanceData(reader.node, node, reader.names.by_id)
    collection = node.get(camunda("collection")) or data.collection
    cardinality = node.findtext(bpmn("loopCardinality"))
    if not collection and not cardinality:
        reader.report.add("loop-endless", reader.node)
    if collection and cardinality:
        reader.report.add("loop-twofold", reader.node)
    if data.throws:
        reader.report.add("loop-behavior", reader.node)
    return Loop(
        collection=reader.optional_expression(collection),
        cardinality=reader.optional_expression(cardinality),
        item_variable=node.get(camunda("elementVariable")) or data.item,
        completion=reader.optional_condition(node.findtext(bpmn("completionCondition"))),
        output_collection=reader.properties.get("outputCollection") or data.outputs,
        output_element=reader.optional_expression(
            reader.properties.get("outputElement") or data.output
        ),
        is_sequential=node.get("isSequential") == _TRUE,
    )
