"""Where the names of events, gateways and flows stand in a drawing.

Who draws a diagram leaves room for its names in one language. In another they are longer: viewers
would break them within words and lay them over each other. Such a label gets lines of its own and
the nearest place beside its element where it covers nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Final, NamedTuple, Self

from lxml import etree

from engine.workflow.compiler.reading.reader import BPMN, local

_DRAWN: Final = "{http://www.omg.org/spec/BPMN/20100524/DI}"
_BOUNDS: Final = "{http://www.omg.org/spec/DD/20100524/DC}Bounds"
_WAYPOINT: Final = "{http://www.omg.org/spec/DD/20100524/DI}waypoint"
#: Kinds of elements whose name stands outside; all events and gateways as well.
_OUTSIDE: Final = frozenset(
    {"sequenceFlow", "messageFlow", "dataObjectReference", "dataStoreReference"}
)
#: Viewers write labels in 11 px with lines of 13.2 px; wider ones are broken at blanks.
_LINE, _WIDEST, _EM = 13.2, 90.0, 11.0
#: Widths of letters, in em, as wide fonts have them: a narrower one leaves a little room.
_NARROW, _USUAL, _BROAD = 0.4, 0.64, 0.98
#: What a place costs, in pixels one would rather go away: what it covers, and lines of text.
_OVER_SHAPE, _OVER_LABEL, _OVER_LINE, _PER_LINE = 1000.0, 1000.0, 40.0, 8.0
_GAP: Final = 4.0
#: How often labels make room for each other.
_ROUNDS: Final = 3
#: Labels times what they might cover; a drawing with more is left as it is: about a second.
_MOST_LOOKS: Final = 1_000_000
#: Shapes larger than this hold others; names may stand in them.
_LARGEST: Final = 160.0


class Box(NamedTuple):
    """A rectangle: its upper left corner and its size, in pixels of the drawing."""

    x: float
    y: float
    width: float
    height: float

    @classmethod
    def around(cls, x: float, y: float, width: float, height: float) -> Self:
        """The one with a middle."""
        return cls(x - width / 2, y - height / 2, width, height)

    @classmethod
    def containing(cls, boxes: Iterable[Box]) -> Self:
        """The smallest one with others in it."""
        found = list(boxes)
        left, top = min(one.x for one in found), min(one.y for one in found)
        right = max(one.x + one.width for one in found)
        return cls(left, top, right - left, max(one.y + one.height for one in found) - top)

    @property
    def middle(self) -> tuple[float, float]:
        """Its middle."""
        return self.x + self.width / 2, self.y + self.height / 2

    def corners(self) -> list[tuple[float, float]]:
        """Its edge, from the upper left corner around and back."""
        left, top, right, below = self.x, self.y, self.x + self.width, self.y + self.height
        return [(left, top), (right, top), (right, below), (left, below), (left, top)]

    def covers(self, other: Box) -> bool:
        """Whether they share more than an edge."""
        return (
            self.x < other.x + other.width
            and other.x < self.x + self.width
            and self.y < other.y + other.height
            and other.y < self.y + self.height
        )


class _Text(NamedTuple):
    """A name in lines, with the room it needs."""

    lines: list[str]
    width: float
    height: float


class _Label:
    """A name, its element, and where it stands."""

    def __init__(self, drawn: etree._Element, name: str) -> None:
        self.drawn = drawn
        self.line = _line(drawn)
        self.owner = _bounds(drawn)
        self.was = _place(drawn, self.owner, self.line)
        self.box = self.was
        self.text = _text(name, _WIDEST)
        self._texts = [self.text, _text(name, _WIDEST / 2)]

    def places(self) -> Iterator[tuple[_Text, Box]]:
        """How and where it might stand, first where it stood."""
        for text in self._texts:
            for x, y in (*self._as_it_was(text), *self._beside(text)):
                yield text, Box.around(x, y, text.width, text.height)

    def _as_it_was(self, text: _Text) -> Iterator[tuple[float, float]]:
        """At the same side of its element: what is longer grows away from it."""
        x, y = self.was.middle
        if self.owner is None:
            near = min(self.line, key=lambda point: abs(point[0] - x) + abs(point[1] - y))
        else:
            near = self.owner.middle
        wider, taller = (text.width - self.was.width) / 2, (text.height - self.was.height) / 2
        across = x - wider if near[0] > x else x + wider
        along = y - taller if near[1] > y else y + taller
        yield x, along
        yield across, y
        yield across, along

    def _beside(self, text: _Text) -> Iterator[tuple[float, float]]:
        half, tall = text.width / 2 + _GAP, text.height / 2 + _GAP
        if self.owner is not None:
            x, y = self.owner.middle
            right, below = self.owner.width / 2, self.owner.height / 2
            for across in (0.0, half, -half, right + half, -right - half):
                yield x + across, y + below + tall
                yield x + across, y - below - tall
            for side in (right + half, -right - half):
                yield x + side, y
            return
        for (x1, y1), (x2, y2) in pairwise(self.line):
            for part in (0.5, 0.25, 0.75, 0.1, 0.9):
                x, y = x1 + (x2 - x1) * part, y1 + (y2 - y1) * part
                yield x, y - tall
                yield x, y + tall
                yield x + half, y
                yield x - half, y


def arrange(root: etree._Element, renamed: frozenset[str]) -> None:
    """Give names outside their elements room, in a parsed diagram.

    Args:
        root: The diagram; changed.
        renamed: Ids of elements that got another name than the one they were drawn with.
    """
    elements = {str(one.get("id")): one for one in root.iter(f"{{{BPMN}}}*") if one.get("id")}
    shapes: list[Box] = []
    lines: list[Box] = []
    labels: list[tuple[etree._Element, _Label]] = []
    for drawn in root.iter(f"{_DRAWN}BPMNShape", f"{_DRAWN}BPMNEdge"):
        box, line = _bounds(drawn), _line(drawn)
        if box is not None and max(box.width, box.height) <= _LARGEST:
            shapes.append(box)
        elif box is not None:
            line = box.corners()
        lines += [_segment(*ends) for ends in pairwise(line)]
        element = elements.get(str(drawn.get("bpmnElement")))
        name = "" if element is None else " ".join((element.get("name") or "").split())
        if element is not None and name and _is_outside(element) and (box or line):
            labels.append((element, _Label(drawn, name)))
    moved = [(element, label) for element, label in labels if element.get("id") in renamed]
    if len(moved) * (len(shapes) + len(lines) + len(labels)) > _MOST_LOOKS:
        return
    for _ in range(_ROUNDS):
        for _, label in moved:
            others = [other.box for _, other in labels if other is not label]
            _settle(label, shapes, lines, others)
    for element, label in moved:
        element.set("name", "\n".join(label.text.lines))
        _write(label)


def _settle(
    label: _Label, shapes: Iterable[Box], lines: Iterable[Box], others: Iterable[Box]
) -> None:
    """Find the best place while all else stands where it does."""
    x, y = label.was.middle
    places = list(label.places())
    around = Box.containing(box for _, box in places)
    all_near = (
        (_OVER_SHAPE, [one for one in shapes if around.covers(one)]),
        (_OVER_LABEL, [one for one in others if around.covers(one)]),
        (_OVER_LINE, [one for one in lines if around.covers(one)]),
    )

    def cost(place: tuple[_Text, Box]) -> float:
        text, box = place
        away = abs(box.middle[0] - x) + abs(box.middle[1] - y)
        return (
            sum(price * sum(map(box.covers, near)) for price, near in all_near)
            + away
            + _PER_LINE * len(text.lines)
        )

    label.text, label.box = min(places, key=cost)


def _is_outside(element: etree._Element) -> bool:
    kind = local(element)
    return kind in _OUTSIDE or kind.endswith(("Event", "Gateway"))


def _bounds(drawn: etree._Element) -> Box | None:
    found = drawn.find(_BOUNDS)
    return None if found is None else _box(found)


def _box(bounds: etree._Element) -> Box:
    return Box(*(_number(bounds, name) for name in ("x", "y", "width", "height")))


def _line(drawn: etree._Element) -> list[tuple[float, float]]:
    return [(_number(point, "x"), _number(point, "y")) for point in drawn.iterfind(_WAYPOINT)]


def _number(element: etree._Element, name: str) -> float:
    """A coordinate; what is none is at the edge, as nothing of it can be seen anyway."""
    try:
        number = float(element.get(name) or 0)
    except ValueError:
        return 0.0
    return number if math.isfinite(number) else 0.0


def _segment(start: tuple[float, float], end: tuple[float, float]) -> Box:
    left, top = min(start[0], end[0]), min(start[1], end[1])
    return Box(left - 1, top - 1, abs(start[0] - end[0]) + 2, abs(start[1] - end[1]) + 2)


def _place(drawn: etree._Element, owner: Box | None, line: Sequence[tuple[float, float]]) -> Box:
    """Where a label was drawn; without a place viewers put it below, or in the middle."""
    found = drawn.find(f"{_DRAWN}BPMNLabel/{_BOUNDS}")
    if found is not None:
        return _box(found)
    if owner is not None:
        x, y = owner.middle
        return Box.around(x, y + owner.height / 2 + _LINE / 2 + _GAP, _WIDEST, _LINE)
    x, y = line[len(line) // 2]
    return Box.around(x, y, _WIDEST, _LINE)


def _write(label: _Label) -> None:
    holder = label.drawn.find(f"{_DRAWN}BPMNLabel")
    if holder is None:
        holder = etree.SubElement(label.drawn, f"{_DRAWN}BPMNLabel")
    bounds = holder.find(_BOUNDS)
    if bounds is None:
        bounds = etree.SubElement(holder, _BOUNDS)
    for name, value in zip(("x", "y", "width", "height"), label.box, strict=True):
        bounds.set(name, f"{value:.0f}")


def _text(name: str, widest: float) -> _Text:
    """A name broken at blanks."""
    lines: list[str] = []
    for word in name.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and _width(longer) <= widest:
            lines[-1] = longer
        else:
            lines.append(word)
    return _Text(lines, max(map(_width, lines)), _LINE * len(lines))


def _width(text: str) -> float:
    return _GAP + _EM * sum(_letter(letter) for letter in text)


def _letter(letter: str) -> float:
    if letter in "ijlftrI.,:;'!|()- ":
        return _NARROW
    return _BROAD if letter in "mwMW@%" or not letter.isascii() else _USUAL
