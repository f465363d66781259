"""A deployed diagram as readers get it: names, flows, and nothing of how it is carried out."""

import pytest

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
