"""A process or sub-process as drawn: its nodes, and the flows between them."""

from __future__ import annotations

from lxml import etree

from engine.workflow.compiler.building.parser import UNSUPPORTED, CamundaParser
from engine.workflow.compiler.reading.reader import bpmn, local


class Scope:
    """A process or sub-process as drawn, without what is inside its sub-processes.

    Attributes:
        nodes: Flow nodes by id.
        outgoing: Flows by the node they leave. incoming: By the node they enter.
    """

    def __init__(self, element: etree._Element) -> None:
        self.element = element
        self.nodes = {
            str(child.get("id")): child
            for child in element
            if child.tag in CamundaParser.OVERRIDE_PARSER_CLASSES or local(child) in UNSUPPORTED
        }
        self.flows = [child for child in element if child.tag == bpmn("sequenceFlow")]
        self.outgoing: dict[str, list[etree._Element]] = {}
        self.incoming: dict[str, list[etree._Element]] = {}
        for flow in self.flows:
            self.outgoing.setdefault(str(flow.get("sourceRef")), []).append(flow)
            self.incoming.setdefault(str(flow.get("targetRef")), []).append(flow)
