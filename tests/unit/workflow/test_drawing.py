"""A deployed diagram as readers get it: names, flows, and nothing of how it is carried out."""

import math

import pytest
from lxml import etree

import bpmn
from engine.workflow.drawing import drawing, told

FILES = {name: content for name, content in bpmn.deployment().items() if name.endswith(".bpmn")}
PROVISIONING = FILES["leased_line_provisioning.bpmn"]


def test_nodes_have_names_kinds_and_what_they_call():
    nodes = drawing(PROVISIONING).nodes
    called = nodes["call_line_lease"]
    assert (called.kind, called.calls) == ("callActivity", "line_lease")
    assert called.process == "leased_line_provisioning"
    assert nodes["reached_tested"].milestone == "tested"
    assert {nodes["gw_commission"].is_gateway, nodes["commission"].is_gateway} == {True, False}
    inside = [node for node in nodes.values() if node.parent == "on_jeopardy"]
    assert {node.kind for node in inside} >= {"startEvent", "endEvent"}
    assert next(node for node in inside if node.kind == "startEvent").event == "timer"


def test_names_are_there_in_both_languages():
    drawn = drawing(PROVISIONING)
    assert drawn.named("file_contract", "zh") == "合同登记备案"
    assert drawn.named("file_contract", "en").isascii()
    assert drawn.named("nowhere", "zh") == ""


@pytest.mark.parametrize("name", sorted(FILES))
def test_every_flow_joins_two_drawn_nodes(name):
    drawn = drawing(FILES[name])
    assert drawn.edges
    assert [
        edge.id
        for edge in drawn.edges
        if edge.source not in drawn.nodes or edge.target not in drawn.nodes
    ] == []


@pytest.mark.parametrize("name", sorted(FILES))
@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_is_told_draws_the_same_and_keeps_the_logic_back(name, language):
    shown = told(FILES[name], language)
    before, after = drawing(FILES[name]), drawing(shown)
    assert after.nodes.keys() == before.nodes.keys()
    assert {edge.id for edge in after.edges} == {edge.id for edge in before.edges}
    for element in before.nodes:
        assert after.named(element, "zh") == before.named(element, language)
    text = shown.decode()
    assert "BPMNShape" in text
    for logic in ("${", "camunda", "extensionElements", "conditionExpression", "<bpmn:script>"):
        assert logic not in text


@pytest.mark.parametrize("name", sorted(FILES))
def test_an_english_name_is_broken_at_blanks_and_stands_in_its_box(name):
    shown = etree.fromstring(told(FILES[name], "en"))
    names = {one.get("id"): one.get("name") for one in shown.iter() if one.get("name")}
    labels = shown.iter("{http://www.omg.org/spec/BPMN/20100524/DI}BPMNLabel")
    labels = [label for label in labels if len(label)]
    assert labels
    for label in labels:
        lines = names.get(label.getparent().get("bpmnElement"), "").split("\n")
        width, height = (float(label[0].get(side)) for side in ("width", "height"))
        assert max(map(len, lines)) * 4 <= width, lines
        assert len(lines) * 13 <= height, lines


def test_a_drawing_keeps_its_places_in_chinese():
    before, after = (etree.fromstring(one) for one in (PROVISIONING, told(PROVISIONING, "zh")))
    bounds = "{http://www.omg.org/spec/DD/20100524/DC}Bounds"
    assert [dict(one.attrib) for one in before.iter(bounds)] == [
        dict(one.attrib) for one in after.iter(bounds)
    ]


@pytest.mark.parametrize("wrong", ["wide", "nan", "1e999", ""])
def test_coordinates_that_are_none_do_no_harm(wrong):
    broken = PROVISIONING.replace(b' width="36"', f' width="{wrong}"'.encode())
    assert broken != PROVISIONING
    shown = etree.fromstring(told(broken, "en"))
    labels = shown.findall(".//{*}BPMNLabel/{*}Bounds")
    assert labels
    assert all(math.isfinite(float(one.get(side))) for one in labels for side in ("x", "y"))


def test_a_drawing_of_thousands_of_names_is_left_as_it_is():
    """Finding places takes time that grows with the square of the drawing."""
    events = range(1500)
    english = "<c:property name='name:en' value='Reached the customer'/>"
    text = (
        "<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL' "
        "xmlns:d='http://www.omg.org/spec/BPMN/20100524/DI' "
        "xmlns:b='http://www.omg.org/spec/DD/20100524/DC' "
        "xmlns:c='http://camunda.org/schema/1.0/bpmn'><process id='p'>"
        + "".join(
            f"<endEvent id='e{n}' name='联系客户'><extensionElements><c:properties>{english}"
            "</c:properties></extensionElements></endEvent>"
            for n in events
        )
        + "</process><d:BPMNDiagram><d:BPMNPlane>"
        + "".join(
            f"<d:BPMNShape bpmnElement='e{n}'><b:Bounds x='{n * 60}' y='9' width='36' "
            "height='36'/></d:BPMNShape>"
            for n in events
        )
        + "</d:BPMNPlane></d:BPMNDiagram></definitions>"
    )
    shown = told(text.encode(), "en")
    assert shown.count(b'name="Reached the customer"') == len(events)
