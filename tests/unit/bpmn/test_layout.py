"""The diagrams are what owners look at: nothing lies on anything else."""

from itertools import combinations, pairwise

import pytest

from tests.unit.bpmn.drawing import DIAGRAMS, NAMESPACES, Box, Segment, drawing, kind

pytestmark = pytest.mark.parametrize("name", DIAGRAMS)


def _is_guarding(picture, one, other):
    """Whether one is a boundary event drawn on the other."""
    return other == picture.by_id[one].get("attachedToRef")


def test_every_node_flow_lane_and_pool_is_drawn(name):
    picture = drawing(name)
    shown = {*picture.nodes}
    for path in ("//bpmn:lane", "//bpmn:participant", "//bpmn:textAnnotation"):
        shown |= {element.get("id") for element in picture.find(path)}
    assert shown == set(picture.shapes)
    lines = {e.get("id") for e in picture.find("//bpmn:messageFlow | //bpmn:association")}
    assert {*picture.flows} | lines == set(picture.edges)


def test_every_node_is_in_exactly_one_lane_and_drawn_inside_it(name):
    picture = drawing(name)
    home = {}
    for lane in picture.find("//bpmn:lane"):
        for reference in lane.iterfind("bpmn:flowNodeRef", NAMESPACES):
            assert reference.text not in home
            home[reference.text] = lane.get("id")
    for node in picture.nodes:
        place = picture.parent(node) or home[node]
        assert picture.shapes[place].contains(picture.shapes[node]), node


def test_lanes_fill_their_pool_without_gaps(name):
    picture = drawing(name)
    pool = next(p for p in picture.find("//bpmn:participant") if p.get("processRef"))
    outer = picture.shapes[pool.get("id")]
    lanes = [picture.shapes[lane.get("id")] for lane in picture.find("//bpmn:lane")]
    assert lanes[0].y == outer.y
    assert all(above.bottom == below.y for above, below in pairwise(lanes))
    assert lanes[-1].bottom == outer.bottom
    assert {lane.right for lane in lanes} == {outer.right}


def test_no_two_shapes_overlap(name):
    picture = drawing(name)
    for one, other in combinations(_boxes(picture), 2):
        related = (
            _is_guarding(picture, one, other)
            or _is_guarding(picture, other, one)
            or picture.parent(one) == other
            or picture.parent(other) == one
        )
        apart = not picture.shapes[one].overlaps(picture.shapes[other])
        assert related or apart, (one, other)


def test_no_line_runs_through_a_foreign_shape(name):
    picture = drawing(name)
    for edge in picture.edges:
        ends = {picture.by_id[edge].get("sourceRef"), picture.by_id[edge].get("targetRef")}
        allowed = {
            *ends,
            *(picture.parent(end) for end in ends if end in picture.nodes),
            *(picture.by_id[end].get("attachedToRef") for end in ends),
        }
        for node in {*_boxes(picture)} - allowed:
            for segment in picture.segments(edge):
                assert not _runs_through(segment, picture.shapes[node]), (edge, node)


def test_every_line_starts_and_ends_at_its_elements(name):
    picture = drawing(name)
    for edge, points in picture.edges.items():
        element = picture.by_id[edge]
        assert picture.shapes[element.get("sourceRef")].touches(points[0]), edge
        assert picture.shapes[element.get("targetRef")].touches(points[-1]), edge


def test_lines_are_level_or_upright(name):
    picture = drawing(name)
    for edge in picture.flows:
        for piece in picture.segments(edge):
            assert piece.is_level or piece.start[0] == piece.end[0], edge


def test_sequence_flows_do_not_cross(name):
    picture = drawing(name)
    for one, other in combinations(picture.flows, 2):
        for piece in picture.segments(one):
            for rival in picture.segments(other):
                assert not piece.crosses(rival), (one, other)


def test_labels_lie_on_no_shape_no_line_and_no_other_label(name):
    picture = drawing(name)
    boxes = [shape for node, shape in picture.shapes.items() if node in _boxes(picture)]
    for owner, label in picture.labels.items():
        for other in set(picture.labels) - {owner}:
            assert not label.overlaps(picture.labels[other]), (owner, other)
        inner = [box for box in boxes if not box.contains(label)]
        assert not [box for box in inner if label.overlaps(box)], owner
        for edge in picture.edges:
            struck = [one for one in picture.segments(edge) if _runs_through(one, label)]
            assert not struck, (owner, edge)


def test_every_name_outside_a_shape_has_a_placed_label(name):
    picture = drawing(name)
    outside = {**picture.flows, **picture.nodes}
    for key, element in outside.items():
        inside = kind(element).endswith(("Task", "callActivity", "subProcess"))
        if element.get("name") and not inside:
            assert key in picture.labels


def _boxes(picture):
    notes = [e.get("id") for e in picture.find("//bpmn:textAnnotation")]
    return [*picture.nodes, *notes]


def _runs_through(segment: Segment, box: Box) -> bool:
    inner = Box(box.x + 1, box.y + 1, box.width - 2, box.height - 2)
    # Associations may slant; the box around a slanted piece says nothing about it.
    is_straight = not segment.box.width or not segment.box.height
    return is_straight and inner.overlaps(segment.box)
