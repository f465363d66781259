"""The drawn processes say everything the engine and the people need, in both languages."""

import re
from importlib import resources

import pytest
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnValidator

import bpmn
from engine.domain import seed
from forms.definitions import all_forms
from tests.unit.bpmn.drawing import CAMUNDA, DIAGRAMS, NAMESPACES, drawing, kind, properties

ROLES = {
    "agent",
    "billing",
    "call_back",
    "construction",
    "hq_desk",
    "hq_equipment",
    "key_account_desk",
    "line",
    "manager",
    "network",
    "responsible_dept",
    "sales",
    "supervisor",
}
#: TMF641 v4.1 and TMF621 life cycles.
STATES = {
    "leased_line_provisioning": {
        "acknowledged",
        "assessingCancellation",
        "cancelled",
        "completed",
        "inProgress",
        "pendingCancellation",
        "rejected",
    },
    "complaint": {"acknowledged", "cancelled", "closed", "inProgress", "resolved"},
}
CHINESE = re.compile(r"[\u4e00-\u9fff]")
README = "README.md"

pytestmark = pytest.mark.parametrize("name", DIAGRAMS)


def test_file_is_named_after_its_process(name):
    (process,) = drawing(name).find("//bpmn:process")
    assert f"{process.get('id')}.bpmn" == name
    assert process.get("isExecutable") == "true"


def test_it_is_a_plain_camunda_7_file(name):
    root = drawing(name).root
    modeler = "{http://camunda.org/schema/modeler/1.0}"
    assert root.get(f"{modeler}executionPlatform") == "Camunda Platform"
    assert root.get(f"{modeler}executionPlatformVersion").startswith("7.")
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids))


def test_it_is_valid_by_the_schema_of_bpmn_2(name):
    BpmnValidator().validate(drawing(name).root, name)


def test_every_name_is_chinese_with_an_english_twin(name):
    picture = drawing(name)
    for element in picture.find("//*[@name and ancestor-or-self::bpmn:*]"):
        if kind(element) in {"message", "error", "property", "inputParameter", "outputParameter"}:
            continue
        label = element.get("name")
        english = properties(element).get("name:en", "")
        assert CHINESE.search(label), label
        assert english and not CHINESE.search(english), label
    for note in picture.find("//bpmn:textAnnotation"):
        assert properties(note)["text:en"]


def test_every_step_and_every_split_has_a_name(name):
    picture = drawing(name)
    for node, element in picture.nodes.items():
        leaving = element.findall("bpmn:outgoing", NAMESPACES)
        is_step = kind(element).endswith(("Task", "callActivity"))
        decides = kind(element) in {"exclusiveGateway", "inclusiveGateway"} and len(leaving) > 1
        if is_step or decides:
            assert element.get("name"), node
        if decides:
            flows = [picture.flows[flow.text] for flow in leaving]
            assert all(flow.get("name") for flow in flows), node


def test_every_decision_has_a_default_or_takes_all(name):
    picture = drawing(name)
    for element in picture.nodes.values():
        leaving = [flow.text for flow in element.findall("bpmn:outgoing", NAMESPACES)]
        conditions = [
            flow
            for flow in leaving
            if picture.flows[flow].find("bpmn:conditionExpression", NAMESPACES) is not None
        ]
        if kind(element) == "exclusiveGateway" and len(leaving) > 1:
            assert set(leaving) - set(conditions) == {element.get("default")}
        elif kind(element) == "inclusiveGateway":
            assert set(conditions) == set(leaving)
        else:
            assert not conditions
            assert len(leaving) <= 1 or kind(element) == "parallelGateway"


def test_every_user_task_has_a_form_that_exists(name):
    picture = drawing(name)
    asking = [
        *picture.find("//bpmn:userTask"),
        *picture.find("//bpmn:process/bpmn:startEvent[@camunda:formKey]"),
    ]
    assert {task.get(f"{CAMUNDA}formKey") for task in asking} <= set(all_forms())


def test_lanes_are_roles_the_operator_has(name):
    picture = drawing(name)
    for lane in picture.find("//bpmn:lane"):
        assert properties(lane)["role"] in ROLES
    for task in picture.find("//*[@camunda:candidateGroups]"):
        assert set(task.get(f"{CAMUNDA}candidateGroups").split(",")) <= ROLES


def test_work_of_headquarters_goes_to_the_root_unit(name):
    picture = drawing(name)
    for lane in picture.find("//bpmn:lane"):
        members = [
            picture.by_id[node.text] for node in lane.iterfind("bpmn:flowNodeRef", NAMESPACES)
        ]
        units = {properties(node).get("unit") for node in members if kind(node) == "userTask"}
        if properties(lane)["role"] in {"hq_desk", "hq_equipment"}:
            assert units <= {"hq"}
        else:
            assert "hq" not in units


def test_called_processes_and_decisions_are_in_the_deployment(name):
    picture = drawing(name)
    files = bpmn.deployment()
    for call in picture.find("//bpmn:callActivity"):
        assert f"{call.get('calledElement')}.bpmn" in files
    for rule in picture.find("//bpmn:businessRuleTask"):
        assert f"{rule.get(f'{CAMUNDA}decisionRef')}.dmn" in files


def test_states_are_those_of_the_exchange_standard(name):
    picture = drawing(name)
    drawn = {properties(node).get("state") for node in picture.nodes.values()} - {None}
    allowed = STATES["leased_line_provisioning" if "provisioning" in name else "complaint"]
    assert drawn <= allowed
    if name.removesuffix(".bpmn") in {"leased_line_provisioning", "complaint_escalation"}:
        assert drawn == allowed


def test_every_user_task_has_a_clock_with_a_target(name):
    picture = drawing(name)
    keys = {policy.key for policy in seed.sla_policies()}
    for task in picture.find("//bpmn:userTask"):
        assert properties(task)["taskClock"] in keys, task.get("id")
    for node in picture.nodes.values():
        for entry in properties(node).get("startClock", "").split(","):
            key = entry.strip().partition("=")[2]
            assert not key or key.startswith("${") or key in keys


def test_whose_completer_is_barred_is_a_task_of_the_same_process(name):
    picture = drawing(name)
    for task in picture.find("//bpmn:userTask"):
        other = properties(task).get("notSamePersonAs")
        assert other is None or kind(picture.by_id[other]) == "userTask"


def test_readme_explains_every_topic_message_and_process(name):
    picture = drawing(name)
    text = (resources.files(bpmn) / README).read_text(encoding="utf-8")
    assert f"`{name.removesuffix('.bpmn')}`" in text
    for task in picture.find("//*[@camunda:topic]"):
        topic = task.get(f"{CAMUNDA}topic")
        row = next(line for line in text.splitlines() if line.startswith(f"| `{topic}` |"))
        for parameter in task.iterfind(".//camunda:inputParameter", NAMESPACES):
            assert f"`{parameter.get('name')}`" in row, (topic, parameter.get("name"))
    for message in picture.find("//bpmn:message"):
        assert f"| `{message.get('name')}` |" in text
