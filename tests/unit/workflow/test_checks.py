"""Checks against what there is around a drawing: people, units, forms, variables, languages."""

import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

import bpmn
from engine.domain.effects import TaskOpened
from engine.domain.forms import form_key
from engine.domain.operations import RESULTS
from engine.examination import as_stored, examine
from engine.handlers.operations import OPERATIONS
from engine.ports.deployment import Known
from engine.ports.forms import FormDescription
from engine.trial.desk import VirtualClock, shipped_setup
from engine.workflow.kernel import SpiffKernel
from forms.catalogue import FormJsCatalogue
from forms.definitions import all_forms
from tests.support.bpmn_builder import (
    boundary,
    call,
    catch,
    diagram,
    each,
    end,
    event,
    event_sub,
    job,
    lanes,
    model,
    node,
    parameters,
    process,
    script,
    start,
    sub,
    timer,
    user,
    xor,
)
from tests.support.dmn_builder import decision, dmn, table
from tests.support.kernel_world import Library, World

CATALOGUE = FormJsCatalogue(
    VirtualClock(datetime(2026, 3, 2, tzinfo=UTC)), ZoneInfo("Asia/Shanghai")
)
ORDER = FormDescription(fields=("amount", "grade"))
NOTE = FormDescription(fields=("note",), reads=frozenset({"amount"}), paths=frozenset({"note"}))
KNOWN = Known(
    roles=frozenset({"network", "sales"}),
    units=frozenset({"bj"}),
    service_levels=frozenset({"quick"}),
    forms={"order": ORDER, "note": NOTE},
    topics={"lookup": frozenset({"found"})},
    variables=frozenset({"order_number"}),
)
NAMES = {"variable-unknown", "variable-misspelt", "form-unread"}


def diagnose(*files: bytes, known: Known = KNOWN):
    return (
        SpiffKernel(Library())
        .diagnose({f"f{number}.bpmn": data for number, data in enumerate(files)}, known)
        .findings
    )


def told(*files: bytes, codes: set[str], known: Known = KNOWN) -> set[tuple]:
    return {(one.code, one.element_id) for one in diagnose(*files, known=known)
            if one.code in codes}  # fmt: skip


def asked(*elements: str, flows: str = "s x e", names: str = "") -> bytes:
    """A process that begins with the form ``order``, so nothing else comes from outside."""
    return model(start("s", formKey="order"), *elements, end(), flows=flows, names=names)


def test_the_shipped_processes_leave_nothing_to_say():
    forms = {f"{key}.json": form for key, form in all_forms().items()}
    files = {**bpmn.deployment(), **forms}
    kernel = SpiffKernel(Library())
    findings = examine(kernel, CATALOGUE, shipped_setup(), files).findings
    assert not [one for one in findings if one.severity != "ignored"]


# ---- the desk ------------------------------------------------------------------------------

DESK = {
    "role-unknown", "task-unassigned", "unit-unknown", "other-person-unknown", "clock-missing",
    "service-level-missing", "property-empty", "property-unknown", "form-missing",
    "signing-malformed", "signers-missing", "field-rights-malformed", "field-right-unknown",
}  # fmt: skip
CLOCK = {"taskClock": "quick"}


@pytest.mark.parametrize(
    ("task", "code"),
    [
        (user("x", candidateGroups="network", props=CLOCK), None),
        (user("x", candidateGroups="network, pilots", props=CLOCK), "role-unknown"),
        (user("x", candidateGroups="${who}", props=CLOCK), None),
        (user("x", assignee="${who}", props=CLOCK), None),
        (user("x", candidateUsers="li", dueDate="P1D"), None),
        (user("x", props=CLOCK), "task-unassigned"),
        (user("x", assignee="li"), "clock-missing"),
        (user("x", assignee="li", props={"taskClock": "slow"}), "service-level-missing"),
        (user("x", assignee="li", props={"taskClock": "${level}"}), None),
        (user("x", assignee="li", props={**CLOCK, "unit": "sh"}), "unit-unknown"),
        (user("x", assignee="li", props={**CLOCK, "unit": "bj"}), None),
        (user("x", assignee="li", props={**CLOCK, "unit": "hq"}), None),
        (user("x", assignee="li", props={**CLOCK, "notSamePersonAs": "e"}),
         "other-person-unknown"),
        (user("x", assignee="li", props={**CLOCK, "signers": "a,${b}", "signing": "60%"}), None),
        (user("x", assignee="li", props={**CLOCK, "signers": "a", "signing": "${rule}"}), None),
        (user("x", assignee="li", props={**CLOCK, "signers": "a", "signing": "0%"}),
         "signing-malformed"),
        (user("x", assignee="li", props={**CLOCK, "signers": "a", "signingWhen": "later"}),
         "signing-malformed"),
        (user("x", assignee="li", props={**CLOCK, "signingWhen": "after"}), "signers-missing"),
        *(
            (user("x", assignee="li", formKey="note", props={**CLOCK, "fields": rights}), code)
            for rights, code in (
                ("note:hidden", None),
                ("*:read note:required", None),
                ("nte:read", "field-right-unknown"),
                *((wrong, "field-rights-malformed") for wrong in (
                    "note", "note:secret", ":read", "note:read note:edit", "*:hidden", "${note}",
                )),
            )
        ),
        (user("x", assignee="li", props={**CLOCK, "fields": "whatever:read"}), None),
        (user("x", assignee="li", props={**CLOCK, "state": " "}), "property-empty"),
        (user("x", assignee="li", props={**CLOCK, "mileStone": "m"}), "property-unknown"),
        (user("x", assignee="li", props={**CLOCK, "colour": "red"}), None),
        (user("x", assignee="li", props=CLOCK, formKey="gone"), "form-missing"),
        (user("x", assignee="li", props=CLOCK, formKey="note"), None),
        (user("x", assignee="li", props=CLOCK, formKey="camunda-forms:deployment:note.form"),
         None),
        (user("x", assignee="li", props=CLOCK, formRef="note"), None),
    ],
)  # fmt: skip
def test_the_desk(task, code):
    found = told(asked(task), codes=DESK)
    assert found == ({(code, "x")} if code else set())


def test_the_role_of_a_lane():
    drawing = asked(lanes(pilots="x", network="y"), user("x"), user("y"), flows="s x y e")
    assert told(drawing, codes={"role-unknown"}) == {("role-unknown", "lane_pilots")}


def test_a_misspelt_clock_is_no_missing_clock():
    task = user("x", candidateGroups="agent", props={"taskclock": "slow"})
    assert told(asked(task), codes={"property-unknown", "clock-missing"}) == {
        ("property-unknown", "x")
    }


def test_another_person_may_be_of_another_scope():
    inner = sub("b", start("s2"), user("y", props={"notSamePersonAs": "x"}), end("e2"),
                flows="s2 y e2")  # fmt: skip
    assert not told(asked(user("x"), inner, flows="s x b e"), codes={"other-person-unknown"})


def test_what_nobody_knows_is_not_checked():
    task = user("x", candidateGroups="pilots", formKey="gone", props={"taskClock": "slow"})
    assert not told(asked(task), codes=DESK, known=Known())


@pytest.mark.parametrize(
    ("reference", "key"),
    [
        ("note", "note"), ("camunda-forms:deployment:note.form", "note"),
        ("embedded:deployment:forms/note.json", "note"), ("camunda-forms:bpmn:note", "note"),
        ("${kind}", "${kind}"), (" note.form ", "note"),
    ],
)  # fmt: skip
def test_keys_of_forms(reference, key):
    assert form_key(reference) == key


def test_the_key_of_a_form_is_the_same_from_file_to_task():
    drawing = model(
        start("s", formKey="camunda-forms:deployment:ask.form"),
        user("x", formKey="camunda-forms:deployment:note.form"), end(), flows="s x e",
    )  # fmt: skip
    (process_,) = SpiffKernel(Library()).diagnose({"p.bpmn": drawing}).processes
    assert (process_.start_form_key, process_.tasks[0].form_key) == ("ask", "note")
    (task,) = World(drawing).start().of(TaskOpened)
    assert task.form_key == "note"


def test_a_form_is_kept_under_its_name_and_its_id():
    sheet = json.dumps({"type": "default", "id": "note_2", "components": []}).encode()
    stored = as_stored({"p.bpmn": b"", "note.form": sheet})
    assert stored == {"p.bpmn": b"", "note.json": sheet, "note_2.json": sheet}
    other = json.dumps({"type": "default", "id": "a", "components": []}).encode()
    assert as_stored({"a.json": sheet, "b.form": other})["a.json"] == sheet


# ---- languages -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("element", "code"),
    [
        (user("x"), None),
        (user("x").replace('name="X"', 'name="核对"'), "name-en-missing"),
        (user("x", props={"name:en": "Check"}).replace('name="X"', 'name="核对"'), None),
        (user("x").replace('name="X"', 'name="Check"'), "name-zh-missing"),
        (user("x", props={"name:en": "VPN"}).replace('name="X"', 'name="VPN"'), None),
        (user("x").replace('name="X"', ""), "name-missing"),
        (xor("x").replace('name="X"', 'name="可行?"'), "name-en-missing"),
        (xor("x").replace('name="X"', ""), None),
        (catch("x", timer("PT1H")).replace('name="X"', 'name="等待"'), "name-en-missing"),
    ],
)
def test_names_in_both_languages(element, code):
    codes = {"name-missing", "name-en-missing", "name-zh-missing"}
    assert told(asked(element), codes=codes) == ({(code, "x")} if code else set())


# ---- variables -----------------------------------------------------------------------------


def decides(condition: str, *elements: str, flows: str = "s", names: str = "") -> bytes:
    """Elements, and behind them a decision about a variable."""
    return asked(
        *elements, xor("g", default="g_e"), user("z", formKey="note"),
        flows=f"{flows} g; g z : {condition}; g e; z e", names=names,
    )  # fmt: skip


CHECK = table(["amount"], ["verdict"], [["1", '"ok"']])
SET = {
    "by the start form": decides("amount > 1"),
    "by the desk": decides("order_number == 'x'"),
    "by a form": decides("note == 'x'", user("x", formKey="note"), flows="s x"),
    "by a script": decides("total > 1", script("x", "total = amount"), flows="s x"),
    "by an expression": decides(
        "total > 1", node("serviceTask", "x", expression="${amount}", resultVariable="total"),
        flows="s x"),
    "by an operation": decides("found", job("x", "lookup"), flows="s x"),
    "by an output parameter": decides(
        "total > 1", job("x", "lookup", ext=parameters({}, {"total": "${found}"})), flows="s x"),
    "by an error": decides(
        "code == 'E1'", job("x", "lookup"),
        boundary("b", "x", '<bpmn:errorEventDefinition camunda:errorCodeVariable="code"/>'),
        flows="s x; x e; b"),
    "by a repetition": asked(user("x", each("${[1, 2]}", "one"), formKey="note",
                                  assignee="${one}")),
    "by an input parameter": asked(user("x", ext=parameters({"who": "${amount}"}),
                                        formKey="note", assignee="${who}")),
    "by an extension property of the process": asked(
        xor("g", default="g_e"), user("z", formKey="note"),
        flows="s g; g z : fresh; g e; z e").replace(
            b"<bpmn:startEvent", b'<bpmn:extensionElements><camunda:properties><camunda:property'
            b' name="given" value="other, fresh"/></camunda:properties></bpmn:extensionElements>'
            b"<bpmn:startEvent", 1),
    "by a message, as it says": decides(
        "reason == 'x'", catch("x", event("message", "m"), props={"given": "reason"}),
        flows="s x", names="message:m"),
}  # fmt: skip


@pytest.mark.parametrize("how", SET)
def test_variables_that_are_set(how):
    assert not told(SET[how], codes=NAMES)


def test_variables_of_decisions():
    drawing = decides("verdict == 'ok'", node("businessRuleTask", "x", decisionRef="d"),
                      flows="s x")  # fmt: skip
    assert not told(drawing, dmn(decision("d", CHECK)), codes=NAMES)
    unknown = table(["amounts"], ["verdict"], [["1", '"ok"']])
    assert told(drawing, dmn(decision("d", unknown)), codes=NAMES) == {("variable-misspelt", "x")}


@pytest.mark.parametrize(
    ("drawing", "found"),
    [
        (decides("fresh > 1"), ("variable-unknown", "g_z")),
        (decides("amuont > 1"), ("variable-misspelt", "g_z")),
        (decides("graed == 'A'"), ("variable-misspelt", "g_z")),
        (asked(user("x", formKey="note", assignee="${boss}")), ("variable-unknown", "x")),
        (asked(script("x", "total = price")), ("variable-unknown", "x")),
        (asked(catch("x", timer("${later}"))), ("variable-unknown", "x")),
        (asked(user("x", formKey="note", props={"taskClock": "${level}"})),
         ("variable-unknown", "x")),
        (asked(user("x", each("${people}"), formKey="note")), ("variable-unknown", "x")),
        (asked(job("x", "lookup", ext=parameters({"a": "${gone}"}))), ("variable-unknown", "x")),
        (asked(user("w", formKey="note"),
               event_sub("es", start("es1", timer("${later}")), end("es2"), flows="es1 es2"),
               flows="s w e"), ("variable-unknown", "es1")),
    ],
)  # fmt: skip
def test_variables_that_nothing_sets(drawing, found):
    assert told(drawing, codes=NAMES) == {found}


def test_the_nearest_name_is_told():
    (one,) = (one for one in diagnose(decides("amuont > 1")) if one.code == "variable-misspelt")
    assert "reads the variable amuont, which nothing sets; perhaps amount is meant" in one.message


@pytest.mark.parametrize("name", ["fresh", "line_2", "z_amount"])
def test_what_may_come_from_outside_is_only_told_when_it_looks_like_a_slip(name):
    drawing = model(
        start(), script("x", "line_1 = 1\na_amount = 2"), xor("g", default="g_e"), user("z"),
        end(), flows=f"s x g; g z : {name}; g e; z e",
    )  # fmt: skip
    assert not told(drawing, codes=NAMES)
    slip = drawing.replace(f">{name}<".encode(), b">a_amonut<")
    assert told(slip, codes=NAMES) == {("variable-misspelt", "g_z")}


def test_called_processes_share_what_is_mapped():
    def caller(mapping: str) -> bytes:
        return asked(call("x", "q", f"<bpmn:extensionElements>{mapping}</bpmn:extensionElements>"))

    called = diagram(process("q", start(), xor("g", default="g_e"), user("z", formKey="note"),
                             end(), flows="s g; g z : amount > 1; g e; z e"))  # fmt: skip
    everything = '<camunda:in variables="all"/>'
    one = '<camunda:in source="amount" target="{}"/>'
    assert not told(caller(everything), called, codes=NAMES)
    assert not told(caller(one.format("amount")), called, codes=NAMES)
    assert told(caller(one.format("price")), called, codes=NAMES) == {
        ("variable-unknown", "g_z"),
        ("variable-unknown", "z"),
    }


def test_a_form_that_misses_what_is_decided_behind_it():
    drawing = model(start(), user("x", formKey="order"), xor("g", default="g_e"), user("z"), end(),
                    flows="s x g; g z : satisfied; g e; z e")  # fmt: skip
    assert told(drawing, codes=NAMES) == {("form-unread", "x")}
    read = drawing.replace(b">satisfied<", b">grade == 'A'<")
    assert not told(read, codes=NAMES)


# ---- what the desk tells of itself ----------------------------------------------------------


def test_every_operation_says_what_it_gives_back():
    assert RESULTS.keys() == OPERATIONS.keys()


def test_what_a_form_writes_and_reads():
    form = {
        "type": "default", "id": "f", "schemaVersion": 18, "components": [
            {"type": "textfield", "id": "a", "key": "a",
             "conditional": {"hide": '= kind = "x" or b = 1'}},
            {"type": "number", "id": "b", "key": "b", "validate": {"max": "= most"}},
            {"type": "textarea", "id": "c", "key": "c", "readonly": True},
            {"type": "select", "id": "d", "key": "d.e", "valuesKey": "choices"},
            {"type": "dynamiclist", "id": "r", "path": "rows", "components": [
                {"type": "textfield", "id": "q", "key": "q",
                 "conditional": {"hide": "= this.n = 1 or q = outer"}}]},
            {"type": "expression", "id": "x", "key": "x", "expression": "= a + plus"},
        ],
    }  # fmt: skip
    described = CATALOGUE.describe(json.dumps(form).encode())
    assert set(described.fields) == {"a", "b", "d", "rows", "x"}
    assert described.reads == {"kind", "most", "c", "choices", "outer", "plus"}
    assert CATALOGUE.describe(b"{") == FormDescription(fields=())
