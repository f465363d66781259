"""What is refused before publishing: every reason at once, with element and line."""

import random
import re

import pytest

from engine.workflow.kernel import SpiffKernel
from engine.workflow.rules import RULES
from tests.support.bpmn_builder import (
    boundary,
    call,
    catch,
    diagram,
    each,
    end,
    event,
    event_sub,
    inc,
    job,
    lanes,
    model,
    node,
    par,
    process,
    script,
    start,
    sub,
    throw,
    timer,
    user,
    xor,
)
from tests.support.dmn_builder import decision, dmn, table
from tests.support.kernel_world import Library, World


def diagnose(*files: bytes, library: Library | None = None):
    return SpiffKernel(library or Library()).diagnose(
        {f"f{number}.bpmn": data for number, data in enumerate(files)}
    )


def codes(*files: bytes) -> list[str]:
    return [finding.code for finding in diagnose(*files).findings]


def around(*elements: str, flows: str = "s x e", names: str = "") -> bytes:
    return model(start(), *elements, end(), flows=flows, names=names)


REFUSED = {
    "element-unsupported": around(node("complexGateway", "x")),
    "event-unsupported": around(catch("x", "<bpmn:compensateEventDefinition/>")),
    "event-multiple": around(catch("x", timer("PT1H") + event("signal", "a")), names="signal:a"),
    "event-missing": around(catch("x", "")),
    "reference-missing": around(catch("x", event("message", "gone"))),
    "flow-broken": model(start(), user("x"), end(), flows="s x e; x gone"),
    "flow-without-condition": model(start(), xor("x"), user("a"), end(),
                                    flows="s x; x a : v; x e; a e"),
    "condition-ignored": model(start(), par("x"), user("a"), end(),
                               flows="s x; x a : v; x e; a e"),
    "default-unknown": model(start(), xor("x", default="no"), end(), flows="s x e"),
    "start-missing": model(user("x"), end(), flows="x e"),
    "start-several": model(start(), start("s2"), user("x"), end(), flows="s x e; s2 x"),
    "end-leaves": model(start(), end(), user("x"), flows="s e x"),
    "start-entered": model(start(), user("x"), end(), flows="s x s"),
    "unreachable": model(start(), user("x"), user("lost"), end(), flows="s x e; lost e"),
    "boundary-unattached": model(start(), user("x"), boundary("b", "s", timer("PT1H")), end(),
                                 flows="s x e; b e"),
    "boundary-never": model(start(), script("x", "a = 1"), boundary("b", "x", timer("PT1H")),
                            end(), flows="s x e; b e"),
    "event-sub-process-connected": model(
        start(), user("x"), end(),
        event_sub("es", start("es1", timer("PT1H")), end("es2"), flows="es1 es2"),
        flows="s x e; x es"),
    "gateway-target": model(start(), node("eventBasedGateway", "x"), user("a"), end(),
                            flows="s x a e"),
    "link-unpaired": around(throw("x", '<bpmn:linkEventDefinition name="L"/>')),
    "expression-invalid": around(user("x", assignee="${import os}")),
    "timer-invalid": around(catch("x", timer("tomorrow", "Date"))),
    "timer-missing": around(catch("x", "<bpmn:timerEventDefinition/>")),
    "script-language": around(script("x", "def a", attrs={"scriptFormat": "groovy"})),
    "script-missing": around(node("scriptTask", "x")),
    "service-without-topic": around(node("serviceTask", "x")),
    "service-implementation": around(node("serviceTask", "x", class_="com.x.Y")),
    "message-missing": around(node("receiveTask", "x")),
    "decision-missing": around(node("businessRuleTask", "x", decisionRef="d")),
    "decision-invalid": dmn(decision("x", table(["a"], ["o"], [["[1..", "1"]]))),
    "called-missing": around(call("x", "")),
    "called-unknown": around(call("x", "gone")),
    "called-binding": around(call("x", "p", calledElementBinding="version")),
    "loop-endless": around(user("x", "<bpmn:multiInstanceLoopCharacteristics/>")),
    "id-repeated": model(start(), user("x"), user("x"), end(), flows="s x e"),
    "id-missing": diagram(process("", start(), end(), flows="s e").replace(' id=""', "")),
    "process-repeated": diagram(process("p", start(), end(), flows="s e"),
                                process("p", start("s2"), end("e2"), flows="s2 e2")),
    "process-none": diagram(),
    "file-unknown": b"<a/>",
    "xml-malformed": b"<a>",
    "doctype": b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
    "file-too-large": b"<a>" + b" " * 9_000_000 + b"</a>",
}  # fmt: skip
WARNED = {
    "process-not-executable": model(start(), end(), flows="s e").replace(b'"true"', b'"false"'),
    "start-by-event": model(start("s", timer("R/P1D", "Cycle")), user("x"), end(), flows="s x e"),
    "called-empty-handed": around(call("x", "p")),
    "listener-ignored": around(
        user("x", ext='<camunda:taskListener event="create" class="a.B"/>')
    ),
    "name-en-missing": around(user("x")),
}


@pytest.mark.parametrize("code", REFUSED)
def test_what_is_refused(code):
    found = [one for one in diagnose(REFUSED[code]).findings if one.code == code]
    assert found
    assert diagnose(REFUSED[code]).is_refused
    for one in found:
        assert one.severity == "refused"
        assert one.message.endswith((".", "')"))
        assert re.search(r"[\u4e00-\u9fff]", one.message_zh)
        assert "Error" not in one.message + one.message_zh
        assert "{subject}" not in one.message_zh
    if REFUSED[code].startswith(b"<?xml") and code != "process-none":
        assert found[0].line


@pytest.mark.parametrize("code", WARNED)
def test_what_is_remarked(code):
    found = [one for one in diagnose(WARNED[code]).findings if one.code == code]
    assert [one.severity for one in found[:1]] == ["warning"]


def test_every_rule_has_an_example():
    assert set(RULES) == set(REFUSED) | set(WARNED) | {"build-failed"}


def test_all_findings_come_at_once_with_their_elements():
    drawing = model(
        start(), user("a", dueDate="soon"), script("b", "import os"), xor("g"), user("c"),
        node("serviceTask", "d"), end(), flows="s a b g; g c : x >; g d; c e; d e",
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


@pytest.mark.parametrize(
    "data",
    [
        b"", b"\x00" * 100, "<a/>".encode("utf-16"), b"<a " + b'b="c" ' * 50 + b"/>",
        b"<a>" * 5000, b"<a>" * 300 + b"</a>" * 300,
        b'<?xml version="1.0" encoding="nonsense"?><a/>',
        b'<?xml version="1.0"?><!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
        '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'.encode("utf-16"),
        b"<a " + b" ".join(b'a%d="x"' % number for number in range(500)) + b"/>",
        b"<a>" + b"<b/>" * 100_000 + b"</a>",
    ],
)  # fmt: skip
def test_hostile_files_are_refused(data):
    diagnosis = diagnose(data)
    assert diagnosis.is_refused
    assert not diagnosis.processes


RICH = diagram(
    process(
        "p", lanes(desk="a b"), start("s", formKey="order"), inc("i", default="i_a"),
        user("a", each("xs"), dueDate="P1D"), boundary("t", "a", timer("R/PT1H", "Cycle"),
                                                      interrupting=False),
        sub("box", start("bs"), user("in"), catch("m", event("message", "pay")), end("be"),
            flows="bs in m be"),
        boundary("err", "box", event("error", "E1")), script("c", "x = x + 1"), inc("j"),
        call("d", "p"), end("e", event("terminate")),
        event_sub("es", start("es1", event("signal", "go")), user("h"), end("es2"),
                  flows="es1 h es2"),
        flows="s i; i a; i box : x > 1; a j; box j; j d e; t c e; err e",
    ),
    names="message:pay error:E1 signal:go",
)  # fmt: skip


def test_mutants_never_crash_the_compiler():
    assert not diagnose(RICH).is_refused
    text = RICH.decode()
    parts = re.findall(r"<[^>]+>|[^<]+", text)
    attributes = re.findall(r'"[^"]*"', text)
    runnable = 0
    for seed in range(1500):
        chance = random.Random(seed)
        mutant = list(parts)
        for _ in range(chance.randint(1, 3)):
            at = chance.randrange(2, len(mutant))
            kind = chance.randrange(5)
            if kind == 0:
                mutant[at] = ""
            elif kind == 1:
                mutant.insert(at, chance.choice(parts))
            elif kind == 2:
                mutant[at] = re.sub(r'"[^"]*"', chance.choice(attributes), mutant[at], count=1)
            elif kind == 3:
                mutant[at] = re.sub(r' [\w:]+="[^"]*"', "", mutant[at], count=1)
            else:
                mutant[at] = chance.choice(parts)
        diagnosis = diagnose("".join(mutant).encode())
        for one in diagnosis.findings:
            assert "Error" not in one.message, (seed, one)
            assert one.message_zh
        if not diagnosis.is_refused:
            world = World("".join(mutant).encode(), key=diagnosis.processes[0].key)
            world.start({"x": 5, "xs": [1]})
            assert world.effects
            runnable += 1
    assert runnable > 20
