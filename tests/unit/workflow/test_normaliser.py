"""What is given one form before a file is checked, and that each step says so."""

import pytest
from lxml import etree

from engine.domain import rules
from engine.workflow.compiler.normalising.normaliser import normalise
from engine.workflow.compiler.reading.reader import bpmn, camunda, read
from engine.workflow.compiler.report import Report
from engine.workflow.kernel import SpiffKernel
from tests.support.bpmn_builder import (
    boundary,
    end,
    event_sub,
    inc,
    job,
    model,
    node,
    script,
    start,
    sub,
    timer,
    user,
    xor,
)
from tests.support.kernel_world import Library, World
from tests.unit.workflow.rules import assumptions, language


def normalised(data: bytes) -> tuple[etree._Element, list[str]]:
    report = Report()
    report.file = "p.bpmn"
    root = normalise(read(data), report)
    return root, [one.code for one in report.findings]


@pytest.mark.parametrize(
    ("rules", "examples"),
    [
        (rules.assumptions.RULES, assumptions.EXAMPLES),
        (rules.language.RULES, language.EXAMPLES),
    ],
    ids=["assumptions", "language"],
)
def test_every_rule_has_an_example(rules, examples):
    # What takes something published before is in integration/engine/test_deployments.py.
    assert set(examples) == set(rules) - {"file-published"}


@pytest.mark.parametrize(
    ("code", "files"), [*assumptions.EXAMPLES.items(), *language.EXAMPLES.items()]
)
def test_examples_are_found_with_their_place(code, files):
    found = [one for one in SpiffKernel(Library()).diagnose(files).findings if one.code == code]
    assert found
    for one in found:
        assert one.line
        assert one.column
        told = one.message + one.message_zh + one.advice + one.advice_zh
        assert "{" not in told.replace("${", "")
        assert "Error" not in one.message


@pytest.mark.parametrize("data", assumptions.FILES.values(), ids=assumptions.FILES)
def test_normalising_is_the_same_every_time_and_does_nothing_twice(data):
    first, codes = normalised(data)
    again, same = normalised(data)
    assert etree.tostring(first) == etree.tostring(again)
    assert codes == same
    before = etree.tostring(first)
    normalise(first, Report())
    assert etree.tostring(first) == before


def test_a_plain_file_needs_no_assumption_and_stays_as_it_is():
    data = model(start(), user("a"), xor("g", default="g_e"), user("b"), end(),
                 flows="s a g; g b : v; g e; b e")  # fmt: skip
    root, codes = normalised(data)
    assert codes == []
    assert etree.tostring(root) == etree.tostring(read(data))


def test_ids_are_given_without_taking_one_twice():
    data = model(start(), user("_sequenceFlow_1"), user("x"), end(),
                 flows="s _sequenceFlow_1 x e")  # fmt: skip
    for name in (b"s__sequenceFlow_1", b"_sequenceFlow_1_x", b"x_e"):
        data = data.replace(b' id="' + name + b'"', b"")
    root, codes = normalised(data)
    ids = [str(flow.get("id")) for flow in root.iter(bpmn("sequenceFlow"))]
    assert len(set(ids)) == 3
    assert "_sequenceFlow_1" not in ids
    assert codes == ["id-given"]
    world = World(data).start()
    world.complete("_sequenceFlow_1").complete("x")
    assert world.is_ended


@pytest.mark.parametrize(
    ("elements", "flows", "expected"),
    [
        ([user("x"), end()], "x e", "x"),
        ([user("a"), user("b"), end()], "a e; b e", "a b"),
        ([user("a"), sub("box", user("x"), flows=""), end()], "a box e", "a"),
        ([user("a"), boundary("t", "a", timer("PT1H")), user("b"), end()], "a e; t b; b e", "a"),
        ([user("a"), event_sub("es", start("es1", timer("PT1H")), end("es2"), flows="es1 es2"),
          end()], "a e", "a"),
        ([user("a"), user("undo", attrs={"isForCompensation": "true"}), end()], "a e", "a"),
    ],
)  # fmt: skip
def test_without_start_event_everything_begins_that_nothing_leads_to(elements, flows, expected):
    root, codes = normalised(model(*elements, flows=flows))
    assert codes.count("start-given") >= 1
    process = root.find(bpmn("process"))
    given = process.find(bpmn("startEvent"))
    targets = [
        flow.get("targetRef")
        for flow in process.iterfind(bpmn("sequenceFlow"))
        if flow.get("sourceRef") == given.get("id")
    ]
    assert targets == expected.split()


@pytest.mark.parametrize(
    ("gateway", "flows", "default"),
    [
        (xor("g"), "g a : v; g b", "g_b"), (xor("g"), "g a : v; g b : w", None),
        (xor("g"), "g a; g b", None), (xor("g", default="g_a"), "g a; g b : v", "g_a"),
        (xor("g"), "g a", None),
        # Other engines take this flow always, so nothing can be assumed.
        (inc("g"), "g a : v; g b", None),
    ],
)  # fmt: skip
def test_the_default_is_given_where_only_one_flow_can_be_it(gateway, flows, default):
    root, codes = normalised(
        model(start(), gateway, user("a"), user("b"), end(), flows=f"s g; {flows}; a e; b e")
    )
    node_ = next(one for one in root.iter() if one.get("id") == "g")
    assert node_.get("default") == default
    assert ("default-given" in codes) == (default == "g_b")


@pytest.mark.parametrize(
    ("attribute", "written", "read_as"),
    [("cancelActivity", "0", "false"), ("cancelActivity", "1", "true"),
     ("cancelActivity", " false ", "false"), ("cancelActivity", "no", "no")],
)  # fmt: skip
def test_truths_of_xml(attribute, written, read_as):
    data = model(start(), user("a"), boundary("t", "a", timer("PT1H")), end(), flows="s a e; t e")
    data = data.replace(b'cancelActivity="true"', f'{attribute}="{written}"'.encode())
    root, codes = normalised(data)
    assert next(root.iter(bpmn("boundaryEvent"))).get(attribute) == read_as
    assert ("truth-invalid" in codes) == (written == "no")


def test_a_script_with_a_topic_is_done_outside():
    data = model(start(), script("x", "a.b()", attrs={"scriptFormat": "Groovy"},
                                 props={"topic": "count"}), end(), flows="s x e")  # fmt: skip
    root, codes = normalised(data)
    task = next(root.iter(bpmn("serviceTask")))
    assert (task.get(camunda("topic")), task.get("scriptFormat")) == ("count", None)
    assert list(root.iter(bpmn("script"))) == []
    assert codes == ["script-bound"]


@pytest.mark.parametrize(
    ("element", "code"),
    [
        (user("x", skipExpression="${a}"), "extension-refused"),
        (user("x", candidateGroup="a"), "attribute-misspelt"),
        (user("x", attrs={"scriptFormat": "a"}), "attribute-unknown"),
        (user("x", topic="a"), "extension-ignored"),
        (job("x"), None),
        (node("serviceTask", "x", type="mail", topic="t"), "extension-refused"),
        (node("callActivity", "x", caseRef="c"), "extension-refused"),
        (node("callActivity", "x", variableMappingClass="c"), "extension-refused"),
        (node("businessRuleTask", "x", decisionRef="d", decisionRefBinding="version"),
         "extension-refused"),
        (node("businessRuleTask", "x", decisionRef="d", decisionRefBinding="deployment"),
         "extension-ignored"),
        (user("x", "<bpmn:conditionexpression>a</bpmn:conditionexpression>"), "element-unknown"),
        (user("x", "<bpmn:ioSpecification/>"), "data-ignored"),
        (user("x", "<bpmn:documentation>a</bpmn:documentation>"), None),
        (user("x", ext="<camunda:failedJobRetryTimeCycle>R3/PT1M"
                       "</camunda:failedJobRetryTimeCycle>"), "extension-ignored"),
        (node("callActivity", "x", ext='<camunda:in variables="all" local="true"/>'),
         "extension-refused"),
        (node("callActivity", "x", ext='<camunda:in businessKey="#{a}"/>'), "extension-ignored"),
        (node("callActivity", "x", ext='<camunda:in source="a-b" target="c"/>'),
         "extension-refused"),
        (node("callActivity", "x", ext='<camunda:out source="a"/>'), "extension-refused"),
        (node("callActivity", "x", ext='<camunda:out source="a" target="b"/>'), None),
        (user("x", ext='<camunda:in variables="all"/>'), "extension-refused"),
        (user("x", ext="<camunda:inputOutput><camunda:inputParameter>1"
                       "</camunda:inputParameter></camunda:inputOutput>"), "extension-refused"),
        (user("x", ext='<camunda:inputOutput><camunda:inputParameter name="a"><camunda:set/>'
                       "</camunda:inputParameter></camunda:inputOutput>"), "extension-refused"),
        (start("x", initiator="who"), "extension-ignored"),
        (start("x", initiator="who") + user("y", assignee="${who}"), "extension-refused"),
        (user("x", ext="<camunda:unheard/>"), "attribute-unknown"),
        (user("x", ext="<camunda:propertys/>"), "attribute-misspelt"),
        ("<bpmn:dataStoreReference/>", "data-ignored"), ("<bpmn:userTasks/>", "element-unknown"),
        ("<camunda:properties/>", "element-unknown"),
    ],
)  # fmt: skip
def test_no_word_is_left_out_silently(element, code):
    _, codes = normalised(model(start(), element, end(), flows="s x e"))
    told = [one for one in codes if one not in {"end-implied", "task-passes", "id-given"}]
    assert told == ([code] if code else [])


def test_what_is_not_executable_is_left_alone():
    data = model(user("x", skipExpression="a", ext="<camunda:connector/>"))
    _, codes = normalised(data.replace(b'isExecutable="true"', b'isExecutable="false"'))
    assert codes == []


TERMINATED = (
    '<bpmn:terminateEventDefinition xmlns:flowable="http://flowable.org/bpmn"'
    ' flowable:terminateAll="true"/>'
)
COUNTED = (
    "<bpmn:multiInstanceLoopCharacteristics><bpmn:extensionElements><zeebe:loopCharacteristics"
    ' xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" inputCollection="=xs"/>'
    "</bpmn:extensionElements></bpmn:multiInstanceLoopCharacteristics>"
)


@pytest.mark.parametrize(
    ("drawn", "code"),
    [
        (user("x", COUNTED, assignee="${loopCounter}"), "extension-refused"),
        (node("serviceTask", "x", topic="t", expression="${n}"), "service-implementation"),
        (
            sub("x", start("xs"), end("xe", TERMINATED), flows="xs xe"),
            "extension-refused",
        ),
    ],
    ids=["Camunda 8 counts from 1", "two ways to work", "Flowable ends the whole process"],
)
def test_what_another_engine_does_otherwise_is_refused(drawn, code):
    drawing = model(start(), drawn, end(), flows="s x e")
    found = SpiffKernel(Library()).diagnose({"p.bpmn": drawing}).findings
    assert [one.code for one in found if one.severity == "refused"] == [code]
