"""A diagram as drawn: elements, shapes and edges of one file."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from typing import Any

import msgspec
from lxml import etree

import bpmn

NAMESPACES = {
    "bpmn": "http://www.omg.org/spec/BPMN/20100524/MODEL",
    "bpmndi": "http://www.omg.org/spec/BPMN/20100524/DI",
    "dc": "http://www.omg.org/spec/DD/20100524/DC",
    "di": "http://www.omg.org/spec/DD/20100524/DI",
    "camunda": "http://camunda.org/schema/1.0/bpmn",
    "dmn": "https://www.omg.org/spec/DMN/20191111/MODEL/",
}
CAMUNDA = f"{{{NAMESPACES['camunda']}}}"
DIAGRAMS = tuple(name for name in bpmn.deployment() if name.endswith(".bpmn"))
TABLES = tuple(name for name in bpmn.deployment() if name.endswith(".dmn"))
_NODES = ("Task", "Event", "Gateway", "callActivity", "subProcess")


class Box(msgspec.Struct, frozen=True):
    """A rectangle; y grows downwards."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    def overlaps(self, other: Box) -> bool:
        return (
            self.x < other.right
            and other.x < self.right
            and self.y < other.bottom
            and other.y < self.bottom
        )

    def contains(self, other: Box) -> bool:
        return (
            self.x <= other.x
            and other.right <= self.right
            and self.y <= other.y
            and other.bottom <= self.bottom
        )

    def touches(self, point: tuple[float, float]) -> bool:
        """Whether the point lies on or in it, give or take a rounded pixel."""
        x, y = point
        return self.x - 1 <= x <= self.right + 1 and self.y - 1 <= y <= self.bottom + 1


class Segment(msgspec.Struct, frozen=True):
    """One straight piece of an edge; all of ours are level or upright, but associations."""

    start: tuple[float, float]
    end: tuple[float, float]

    @property
    def box(self) -> Box:
        (x1, y1), (x2, y2) = self.start, self.end
        return Box(min(x1, x2), min(y1, y2), abs(x1 - x2), abs(y1 - y2))

    @property
    def is_level(self) -> bool:
        return self.start[1] == self.end[1]

    def crosses(self, other: Segment) -> bool:
        """Whether a level and an upright piece pass through each other."""
        if self.is_level == other.is_level:
            return False
        level, upright = (self, other) if self.is_level else (other, self)
        x, y = upright.start[0], level.start[1]
        return level.box.x < x < level.box.right and upright.box.y < y < upright.box.bottom


class Drawing:
    """One BPMN file."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.root = etree.fromstring(bpmn.diagram(name))
        self.by_id: dict[str, Any] = {e.get("id"): e for e in self.root.iter() if e.get("id")}
        self.shapes: dict[str, Box] = {}
        self.labels: dict[str, Box] = {}
        self.edges: dict[str, list[tuple[float, float]]] = {}
        for drawn in self.find("//bpmndi:BPMNShape | //bpmndi:BPMNEdge"):
            key = drawn.get("bpmnElement")
            for bounds in drawn.iterfind("dc:Bounds", NAMESPACES):
                self.shapes[key] = _box(bounds)
            for bounds in drawn.iterfind("bpmndi:BPMNLabel/dc:Bounds", NAMESPACES):
                self.labels[key] = _box(bounds)
            points = drawn.findall("di:waypoint", NAMESPACES)
            if points:
                self.edges[key] = [(float(p.get("x")), float(p.get("y"))) for p in points]

    def find(self, path: str) -> list[Any]:
        found: list[Any] = self.root.xpath(path, namespaces=NAMESPACES)
        return found

    @property
    def nodes(self) -> dict[str, Any]:
        """Flow nodes by id."""
        return {
            e.get("id"): e
            for e in self.find("//bpmn:process//*[@id]")
            if etree.QName(e).localname.endswith(_NODES)
        }

    @property
    def flows(self) -> dict[str, Any]:
        return {e.get("id"): e for e in self.find("//bpmn:sequenceFlow")}

    def segments(self, edge: str) -> list[Segment]:
        return [Segment(*ends) for ends in pairwise(self.edges[edge])]

    def parent(self, node: str) -> str | None:
        """Id of the sub-process a node is drawn in."""
        above = self.by_id[node].getparent()
        return above.get("id") if kind(above) == "subProcess" else None


def kind(element: Any) -> str:
    """BPMN name of an element, e.g. ``userTask``."""
    return etree.QName(element).localname


def properties(element: Any) -> dict[str, str]:
    """Extension properties of an element."""
    path = "bpmn:extensionElements/camunda:properties/camunda:property"
    return {p.get("name"): p.get("value") for p in element.iterfind(path, NAMESPACES)}


@cache
def drawing(name: str) -> Drawing:
    """The drawing of one file."""
    return Drawing(name)


def _box(bounds: Any) -> Box:
    return Box(*(float(bounds.get(side)) for side in ("x", "y", "width", "height")))
