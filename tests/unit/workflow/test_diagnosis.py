"""What is said before publishing: every reason at once, with its place, in two languages."""

import re
from datetime import UTC, datetime
from importlib import import_module
from zoneinfo import ZoneInfo

import pytest

from engine.domain.rules import RULES
from engine.examination import examine
from engine.trial.desk import VirtualClock, shipped_setup
from engine.workflow.kernel import SpiffKernel
from forms.catalogue import FormJsCatalogue
from tests.support.bpmn_builder import (
    call,
    diagram,
    end,
    event,
    job,
    lanes,
    model,
    node,
    process,
    script,
    start,
    user,
    xor,
)
from tests.support.dmn_builder import decision, dmn, table
from tests.support.kernel_world import Library

CATALOGUE = FormJsCatalogue(
    VirtualClock(datetime(2026, 3, 2, tzinfo=UTC)), ZoneInfo("Asia/Shanghai")
)
SECTIONS = (
    "assumptions", "decisions", "desk", "flow", "forms", "language", "reading", "structure",
    "tasks",
)  # fmt: skip
#: An installation that has a history: its units are all there are.
SETUP = shipped_setup()
SETUP.seq = 1
EXAMPLES = {
    code: files
    for section in SECTIONS
    for code, files in import_module(f"tests.unit.workflow.rules.{section}").EXAMPLES.items()
}
#: What only a fault of the compiler itself brings about; test_verifier.py has its examples.
INTERNAL = {"build-failed"}
#: What takes something published before; integration/engine/test_deployments.py has its examples.
LATER = {"file-published"}
#: Rules about a whole file or deployment, in which no element is at fault.
WITHOUT_PLACE = {
    "encoding-unknown", "file-repeated", "file-too-large", "file-unknown", "process-none",
    "xml-malformed",
}  # fmt: skip


def diagnose(*files: bytes, library: Library | None = None):
    return SpiffKernel(library or Library()).diagnose(
        {f"f{number}.bpmn": data for number, data in enumerate(files)}
    )


def around(*elements: str, flows: str = "s x e", names: str = "") -> bytes:
    return model(start(), *elements, end(), flows=flows, names=names)


def test_every_rule_has_an_example():
    assert RULES.keys() - EXAMPLES.keys() == INTERNAL | LATER
    assert not EXAMPLES.keys() - RULES.keys()


@pytest.mark.parametrize("code", EXAMPLES)
def test_an_example_of(code):
    kernel = SpiffKernel(Library())
    findings = examine(kernel, CATALOGUE, SETUP, EXAMPLES[code]).findings
    found = [one for one in findings if one.code == code]
    assert found, [one.code for one in findings]
    for one in found:
        assert one.severity == RULES[code].severity
        assert re.search(r"[\u4e00-\u9fff]", one.message_zh)
        assert not re.search(
            r"[A-Z]\w+Error|(?<!\$)\{\w+\}|\bNone\b", one.message + one.message_zh
        )
        is_drawing = one.file.endswith((".bpmn", ".dmn"))
        assert one.line or not is_drawing or code in WITHOUT_PLACE


def test_all_findings_come_at_once_with_their_elements():
    drawing = model(
        start(), user("a", dueDate="soon"), script("b", "import os"), xor("g"), user("c"),
        user("f"), node("serviceTask", "d"), end(),
        flows="s a b g; g c : x >; g d; g f; c e; d e; f e",
    )  # fmt: skip
    found = {(one.code, one.element_id) for one in diagnose(drawing).findings}
    assert found >= {
        ("timer-invalid", "a"), ("expression-invalid", "b"), ("expression-invalid", "g_c"),
        ("flow-without-condition", "g"), ("service-without-topic", "d"),
    }  # fmt: skip


def test_a_good_deployment_is_described():
    main = diagram(
        process(
            "p", lanes(desk="a"),
            start("s", formKey="order"), start("m", event("message", "order")),
            user("a", formKey="check", props={"name:en": "Check"}), call("c", "sub"),
            node("businessRuleTask", "r", decisionRef="d"), job("w", "archive"), end(),
            flows="s a c r w e; m a",
            props={"publish": "customer, amount", "name:en": "Process"},
        ),
        names="message:order",
    )  # fmt: skip
    called = diagram(process("sub", start("s2"), end("e2"), flows="s2 e2"))
    rules = dmn(decision("d", table(["a"], ["o"], [["1", "1"]])))
    diagnosis = diagnose(main, called, rules)
    assert not diagnosis.is_refused
    described = diagnosis.processes[0]
    assert (described.key, described.name, described.name_en) == ("p", "P", "Process")
    assert described.file == "f0.bpmn"
    assert described.start_form_key == "order"
    assert described.publish == ("customer", "amount")
    assert described.messages == ("order",)
    assert described.calls == ("sub",)
    assert described.decisions == ("d",)
    assert described.topics == ("archive",)
    (task,) = described.tasks
    assert (task.element_id, task.name_en) == ("a", "Check")
    assert (task.lane, task.form_key) == ("desk", "check")
    assert diagnosis.decisions == ("d",)


def test_a_called_process_may_be_published_already():
    library = Library()
    library.publish("sub", diagram(process("sub", start(), end(), flows="s e")))
    assert not diagnose(around(call("x", "sub")), library=library).is_refused


def test_flows_without_ids_are_kept():
    drawing = re.sub(rb'<bpmn:sequenceFlow id="[^"]*"', b"<bpmn:sequenceFlow", around(user("x")))
    assert not diagnose(drawing).is_refused


def test_foreign_encodings_are_read():
    drawing = around(user("x")).decode().replace('encoding="UTF-8"', 'encoding="GB18030"')
    drawing = drawing.replace('name="X"', 'name="核对合同"')
    diagnosis = diagnose(drawing.encode("gb18030"))
    assert diagnosis.processes[0].tasks[0].name == "核对合同"
