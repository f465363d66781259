"""Damaged files: either findings with places, or a definition that runs; never a crash.

``GONGDAN_MUTANTS=100000`` looks at more of them; ``pytest -rP`` shows how they turned out.
"""

import logging
import os
import random
import re
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from lxml import etree

from bpmn import diagram as shipped
from engine.domain.effects import JobClosed, JobOpened, MessageAwaited, MessageClosed
from engine.domain.findings import Finding
from engine.workflow.kernel import SpiffKernel
from tests.conformance.suite import CASES
from tests.support.bpmn_builder import (
    boundary,
    call,
    catch,
    condition,
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
    parameters,
    process,
    script,
    start,
    sub,
    throw,
    timer,
    user,
    xor,
)
from tests.support.dmn_builder import decision, dmn, literal, table
from tests.support.kernel_world import Library, World
from tests.support.mutation import mutant

#: Mutants of every family, unless told otherwise.
MUTANTS = int(os.environ.get("GONGDAN_MUTANTS", "10400"))
STEPS = 15
GIVEN = {"x": 5, "y": "a", "xs": [1, 2], "ok": True, "who": "li", "n": 0}
#: Rules about the deployment as a whole, which has no line.
WITHOUT_PLACE = frozenset({"file-unknown", "file-too-large", "encoding-unknown"})
#: What only a programmer understands.
PROGRAMMING = re.compile(
    r"Traceback|NoneType|\w+Error\b|Exception|<class |object at 0x|__\w|\b(?:None|True|False)\b"
    r"|'(?:int|str|float|list|dict|tuple|bool)'|etree|lxml|Spiff|msgspec|Struct|unhashable|operand"
)

SMALL = [
    model(start(), user("a", assignee="${who}", dueDate="P1D", formKey="f"), end(), flows="s a e"),
    model(start(), xor("g", default="g_b"), user("a"), job("b"), end(),
          flows="s g; g a : x > 1; g b; a e; b e"),
    model(start(), par("f"), user("a"), user("b"), par("j"), end(),
          flows="s f; f a j; f b j; j e"),
    model(start(), inc("f", default="f_b"), user("a"), user("b"), inc("j"), end(),
          flows="s f; f a : ${x gt 1}; f b; a j; b j; j e"),
    model(start(), user("a"), boundary("t", "a", timer("R3/PT1H", "Cycle"), interrupting=False),
          user("b"), end(), flows="s a e; t b e"),
    model(start(), sub("box", start("bs"), user("in"), end("be", event("error", "E1")),
                       flows="bs in be"),
          boundary("c", "box", event("error", "E1")), user("fix"), end(),
          flows="s box e; c fix e", names="error:E1"),
    model(start(), node("eventBasedGateway", "g"), catch("m", event("message", "pay")),
          catch("t", timer("PT1H")), catch("k", condition("n > 2")), end(),
          flows="s g; g m e; g t e; g k e", names="message:pay"),
    model(start(), user("a", each("xs", inner="<bpmn:completionCondition>nrOfCompletedInstances"
                                  " > 1</bpmn:completionCondition>")),
          script("c", "n = n + 1\nif n > 3:\n    y = 'b'"), end(), flows="s a c e"),
    model(start(), user("a", '<bpmn:standardLoopCharacteristics loopMaximum="3">'
                        "<bpmn:loopCondition>n &lt; 3</bpmn:loopCondition>"
                        "</bpmn:standardLoopCharacteristics>"),
          end(), flows="s a e"),
    model(start(), user("a"), end(),
          event_sub("es", start("es1", event("signal", "go")), user("h"), end("es2"),
                    flows="es1 h es2"), flows="s a e", names="signal:go"),
    model(start(), throw("o", '<bpmn:linkEventDefinition name="L"/>'),
          catch("i", '<bpmn:linkEventDefinition name="L"/>'), throw("m", event("escalation", "h")),
          end("e", event("terminate")), flows="s o; i m e", names="escalation:h"),
    model(lanes(desk="a", field="b"), start("s", formKey="order"), user("a"), user("b"),
          node("receiveTask", "r", attrs={"messageRef": "message_pay"}),
          node("sendTask", "t", attrs={"messageRef": "message_pay"}), end(),
          flows="s a b r t e", names="message:pay"),
    model(start(), job("a", ext=parameters({"one": "${x}", "two": "text"}, {"z": "${one}"}),
                       resultVariable="r"), end("e", event("signal", "done")),
          flows="s a e", names="signal:done"),
    diagram(process("p", start(), call("c", "q", ext='<camunda:in variables="all"/>'
                                                     '<camunda:out source="z" target="w"/>'),
                    end(), flows="s c e"),
            process("q", start("s2"), user("u"), end("e2"), flows="s2 u e2")),
    model(start(), sub("tx", start("ts"),
                       user("book"), boundary("undo", "book", event("compensate")),
                       node("userTask", "unbook", attrs={"isForCompensation": "true"}),
                       throw("back", event("compensate")), end("te"),
                       '<bpmn:association id="as" associationDirection="One" sourceRef="undo"'
                       ' targetRef="unbook"/>', flows="ts book back te"),
          end(), flows="s tx e"),
]  # fmt: skip
STANDARD = [case.drawing for case in CASES]
#: Files in the style of other tools, in UTF-8 so that their text can be damaged.
FOREIGN = [
    etree.tostring(etree.fromstring(path.read_bytes()), encoding="utf-8", xml_declaration=True)
    for path in sorted((Path(__file__).parent / "foreign").glob("*.bpmn"))
]
TABLES = [
    dmn(decision("d", table(["x:integer", "y:string"], ["r"], [["> 3", '"a"', '"big"'],
                                                                ["[1..3]", "-", '"small"']]))),
    dmn(decision("d", table(["x"], ["r"], [["1,2", "1"], ["not(1)", "2"]], policy="COLLECT",
                            aggregation="SUM")),
        decision("o", literal("r + 1"), variable="o", requires=["d"])),
    dmn(decision("d", table(["date(y):date"], ["r", "t"], [['> date("2026")', "x", "true"],
                                                           ["null", "1", "false"]],
                            policy="FIRST", default={"r": "0"}))),
]  # fmt: skip
ASKING = model(
    start(),
    node("businessRuleTask", "t", decisionRef="d", resultVariable="r",
         mapDecisionResult="resultList"),
    user("u"), end(), flows="s t u e",
)  # fmt: skip
SHIPPED = [
    shipped(name)
    for name in ("hq_complaint.bpmn", "hq_equipment.bpmn", "line_lease.bpmn",
                 "follow_up_visit.bpmn")
]  # fmt: skip


@pytest.fixture(autouse=True)
def _quiet():
    logging.disable(logging.ERROR)
    yield
    logging.disable(logging.NOTSET)


def files_of(family: str, number: int) -> dict[str, bytes]:
    if family == "decisions":
        return {"a.bpmn": ASKING, "t.dmn": mutant(TABLES, number)}
    seeds = {"small": SMALL, "standard": STANDARD, "foreign": FOREIGN, "shipped": SHIPPED}
    return {"a.bpmn": mutant(seeds[family], number)}


def judge(files: dict[str, bytes], number: int) -> str:
    """Outcome of one mutant."""
    diagnosis = SpiffKernel(Library()).diagnose(files)
    written = "".join(
        data.decode(codec, "ignore") for data in files.values() for codec in ("utf-8", "utf-16")
    )
    for one in diagnosis.findings:
        check_finding(one, written)
    if diagnosis.is_refused:
        codes = {one.code for one in diagnosis.findings}
        return "unreadable" if codes & {"xml-malformed", "encoding-unknown"} else "refused"
    tables = [data for name, data in files.items() if name.endswith(".dmn")]
    for described in diagnosis.processes:
        walk(World(files["a.bpmn"], *tables, key=described.key), random.Random(number))
    return "accepted"


def check_finding(one: Finding, written: str) -> None:
    """A finding speaks to an author; only what the author wrote may look like a program."""
    for text in (one.message, one.message_zh, one.advice, one.advice_zh):
        assert text
        assert all(word in written for word in PROGRAMMING.findall(text)), one
    assert one.code != "build-failed", one
    if one.severity == "refused" and one.code not in WITHOUT_PLACE:
        assert one.file and one.line and one.column, one


def walk(world: World, chance: random.Random) -> None:
    """Start an instance and do whatever can be done next; saved and restored at every step."""
    world.start(GIVEN)
    for _ in range(STEPS):
        if world.is_ended:
            return
        jobs = {one.number for one in world.of(JobOpened)}
        jobs -= {one.number for one in world.of(JobClosed)}
        awaited = {one.number: one for one in world.of(MessageAwaited)}
        for closed in world.of(MessageClosed):
            awaited.pop(closed.number, None)
        acts = [("complete_task", number, {"n": 3}) for number in world.open]
        acts += [("complete_job", number, {"z": 1}) for number in jobs]
        acts += [
            ("deliver", one.message, {}) if one.kind == "message" else ("signal", one.message)
            for one in awaited.values()
        ]
        name, *args = chance.choice([*acts, ("fire_timers",), ("set_variables", {"n": 9})])
        if name == "fire_timers":
            world.now += timedelta(hours=chance.choice((1, 30)))
        try:
            world.act(name, *args)
        except LookupError:
            # Documented: the task or job is no longer open, here because it failed or was closed.
            assert name == "complete_job"


@pytest.mark.parametrize(
    ("family", "share", "least"),
    [
        ("small", 0.40, {"accepted": 0.1, "refused": 0.2, "unreadable": 0.02}),
        ("standard", 0.30, {"accepted": 0.1, "refused": 0.2, "unreadable": 0.02}),
        ("foreign", 0.10, {"accepted": 0.05, "refused": 0.2, "unreadable": 0.02}),
        ("decisions", 0.16, {"accepted": 0.1, "refused": 0.2, "unreadable": 0.02}),
        ("shipped", 0.04, {"accepted": 0.05, "refused": 0.1}),
    ],
)
def test_mutants_are_refused_with_reasons_or_run(family, share, least):
    outcomes: Counter[str] = Counter()
    number = round(MUTANTS * share)
    for seed in range(number):
        try:
            outcomes[judge(files_of(family, seed), seed)] += 1
        except BaseException as error:
            error.add_note(f"mutant {seed} of {family}")
            raise
    sys.stdout.write(f"{family}: {dict(outcomes)}\n")
    for outcome, lowest in least.items():
        assert outcomes[outcome] >= lowest * number, outcomes
