"""Several files as one deployment, and what one file says of another."""

import pytest

from engine.workflow.kernel import SpiffKernel
from tests.support.bpmn_builder import (
    call,
    diagram,
    each,
    end,
    event,
    model,
    node,
    process,
    start,
    sub,
    throw,
    user,
)
from tests.support.dmn_builder import decision, dmn, table
from tests.support.kernel_world import Library, World

PLAIN = model(start(), user("a"), end(), flows="s a e")


def diagnose(**files: bytes):
    return SpiffKernel(Library()).diagnose(
        {name.replace("_", "."): data for name, data in files.items()}
    )


def refusals(**files: bytes) -> set[tuple[str, str, str | None]]:
    return {
        (one.code, one.file, one.element_id)
        for one in diagnose(**files).findings
        if one.severity == "refused"
    }


def named(data: bytes, namespaces: str, **changes: str) -> bytes:
    """A file whose references are written with prefixes."""
    text = data.decode().replace(' targetNamespace="t"', f' targetNamespace="t" {namespaces}')
    for old, new in changes.items():
        text = text.replace(f'"{old}"', f'"{new}"').replace(f">{old}<", f">{new}<")
    return text.encode()


def test_processes_call_and_decide_across_files():
    main = model(
        start(), call("c", "other"), node("businessRuleTask", "d", decisionRef="t"), end(),
        flows="s c d e",
    )  # fmt: skip
    other = diagram(process("other", start("s2"), user("u"), end("e2"), flows="s2 u e2"))
    tables = dmn(decision("t", table(["x"], ["y"], [["1", "2"]])))
    assert refusals(a_bpmn=main, b_bpmn=other, c_dmn=tables) == set()
    assert refusals(a_bpmn=main) == {
        ("called-unknown", "a.bpmn", "c"), ("decision-missing", "a.bpmn", "d"),
    }  # fmt: skip


def test_one_file_that_cannot_be_read_does_not_hide_the_others():
    found = refusals(a_bpmn=b"<a>", b_bpmn=model(user("x"), flows="x x"), c_dmn=b"PK\x03\x04")
    assert ("xml-malformed", "a.bpmn", None) in found
    assert ("file-unknown", "c.dmn", None) in found
    assert {file for _, file, _ in found} == {"a.bpmn", "b.bpmn", "c.dmn"}


def test_references_may_carry_the_prefix_of_their_own_file():
    drawing = model(
        start(), sub("b", start("bs"), throw("t", event("message", "pay")), end("be"),
                     flows="bs t be"),
        call("c", "p"), end(), flows="s b c e", names="message:pay",
    )  # fmt: skip
    drawing = named(drawing, 'xmlns:me="t" xmlns:o="urn:other"', message_pay="me:message_pay",
                    p="me:p").replace(b'id="me:', b'id="')  # fmt: skip
    assert b'messageRef="me:' in drawing and b'calledElement="me:p"' in drawing
    assert refusals(a_bpmn=drawing) == set()


@pytest.mark.parametrize("attribute", ["messageRef", "sourceRef", "attachedToRef"])
def test_references_into_another_file_are_refused(attribute):
    drawing = model(
        start(), user("a"), throw("t", event("message", "m")),
        node("boundaryEvent", "b", event("message", "m"), attrs={"attachedToRef": "a"}), end(),
        end("e2"), flows="s a t e; b e2", names="message:m",
    )  # fmt: skip
    assert refusals(a_bpmn=drawing) == set()
    changed = drawing.replace(f'{attribute}="'.encode(), f'{attribute}="o:'.encode(), 1)
    found = refusals(a_bpmn=named(changed, 'xmlns:o="urn:other"'))
    assert "reference-elsewhere" in {code for code, _, _ in found}


def test_a_message_of_the_same_name_in_another_file_is_the_same_message():
    """What the advice of ``reference-elsewhere`` promises."""
    world = World(
        model(start(), node("receiveTask", "r", attrs={"messageRef": "message_pay"}), user("u"),
              end(), flows="s r u e", names="message:pay")
    ).start()  # fmt: skip
    assert world.act("deliver", "pay", {})
    assert world.tasks() == ["u"]


def test_imports_change_nothing():
    imported = PLAIN.replace(
        b"<bpmn:process",
        b'<bpmn:import importType="http://www.w3.org/2001/XMLSchema" location="types.xsd"'
        b' namespace="u"/><bpmn:process',
        1,
    )
    diagnosis = diagnose(a_bpmn=imported)
    assert not diagnosis.is_refused
    (found,) = [one for one in diagnosis.findings if one.code == "import-ignored"]
    assert (found.severity, found.line) == ("ignored", 1)
    assert "types.xsd" in found.message and "types.xsd" in found.message_zh


def test_names_of_files_differ_whatever_the_case():
    kernel = SpiffKernel(Library())
    other = diagram(process("q", start(), end(), flows="s e"))
    found = kernel.diagnose({"Lease.bpmn": PLAIN, "lease.BPMN": other}).findings
    repeated = [one for one in found if one.code == "file-repeated"]
    assert [(one.file, one.severity) for one in repeated] == [("lease.BPMN", "refused")]


MISPLACED = {
    "a node in a node": (user("a", node("userTask", "x")), "element-misplaced"),
    "a node in a lane": (
        f'<bpmn:laneSet id="ls"><bpmn:lane id="l">{user("x")}</bpmn:lane></bpmn:laneSet>'
        + user("a"),
        "element-misplaced",
    ),
    "a flow in a node": (
        user("a", '<bpmn:sequenceFlow id="f" sourceRef="a" targetRef="e"/>'), "element-misplaced"),
    "an event in a task": (user("a", event("signal")), "element-misplaced"),
    "a loop in an event": (
        user("a") + throw("t", '<bpmn:standardLoopCharacteristics loopMaximum="2"/>'),
        "element-misplaced"),
    "a condition in a task": (
        user("a", "<bpmn:conditionExpression>x</bpmn:conditionExpression>"), "element-misplaced"),
    "a process in a process": (user("a") + process("q", start("qs")), "element-misplaced"),
    "a script in a user task": (user("a", "<bpmn:script>x = 1</bpmn:script>"),
                                "element-misplaced"),
    "a message in a process": (user("a") + '<bpmn:message id="m"/>', "element-misplaced"),
    "a node among extensions": (user("a", ext=user("x")), "element-misplaced"),
    "two loops": (user("a", each("x") + each("y")), "element-repeated"),
    "two scripts": (
        user("a") + node("scriptTask", "c", "<bpmn:script>x = 1</bpmn:script>" * 2),
        "element-repeated"),
    "two extensions": (user("a", "<bpmn:extensionElements/>" * 2), "element-repeated"),
}  # fmt: skip


@pytest.mark.parametrize("name", MISPLACED)
def test_what_stands_where_nobody_looks_is_refused(name):
    elements, code = MISPLACED[name]
    assert code in {one for one, _, _ in refusals(
        a_bpmn=model(start(), elements, end(), flows="s a e"))}  # fmt: skip


def test_what_vendors_keep_in_their_own_elements_is_theirs():
    drawing = model(
        start(),
        user("a", ext=f'<v:backup xmlns:v="urn:vendor">{user("x")}{process("q")}</v:backup>'),
        end(), flows="s a e",
    )  # fmt: skip
    diagnosis = diagnose(a_bpmn=drawing)
    assert not diagnosis.is_refused
    assert [one.key for one in diagnosis.processes] == ["p"]
