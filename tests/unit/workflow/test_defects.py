"""What the bare library silently gets wrong, and what our compiler and kernel do instead.

Every row runs one small model with one script (see `bare`) in the library as documented, and
asserts the wrong trace precisely, so that a repaired library is noticed. Ours then either shows
the right trace or refuses the file before it is published, naming element and line.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec
import pytest

from engine.workflow.kernel import SpiffKernel
from tests.support.bpmn_builder import (
    boundary,
    call,
    catch,
    condition,
    diagram,
    end,
    event,
    event_sub,
    inc,
    job,
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
from tests.support.kernel_world import Library
from tests.unit.workflow.bare import bare_trace, our_trace


class Refused(msgspec.Struct, frozen=True):
    """A refusal by a rule, at an element."""

    code: str
    element: str


class Defect(msgspec.Struct, frozen=True):
    """One row.

    Attributes:
        name: What goes wrong.
        bpmn: The model.
        steps: Script of the walk.
        bare: Trace of the library.
        ours: Our trace, or refusal.
        parser: Parser class of the library.
        watch: Elements whose passing is noted.
        values: Variables at the start.
    """

    name: str
    bpmn: bytes
    steps: str
    bare: str
    ours: str | Refused
    parser: str = "bpmn"
    watch: str = ""
    values: dict[str, Any] = {}


REWORK = model(
    start(), xor("m"), par("f"), user("a"), user("b"), par("j"), user("z"),
    xor("x", default="x_e"), end(),
    flows="s m f; f a j; f b j; j z x; x m : again == 1; x e",
)  # fmt: skip


DEFECTS = [
    Defect(
        "D1 sequence flow without id is dropped",
        re.sub(rb'sequenceFlow id="\w+"', b"sequenceFlow", model(
            start(), user("a"), end(), flows="s a e")),
        "a", "nothing > a is not open", "a > done",
    ),
    Defect(
        "D2 start event called Start",
        model(start("Start"), user("a"), end(), flows="Start a e"),
        "a", "WorkflowException", "a > done",
    ),
    Defect(
        "D2 user task called End is skipped",
        model(start(), user("End"), user("a"), end(), flows="s End a e"),
        "End a", "done > End is not open", "End > a > done",
    ),
    *[
        Defect(
            f"D3 event sub-process of an {kind} begins at once",
            model(start(), user("a"), end(),
                  event_sub("es", start("h", event(kind, "E1")), user("b"), end("he"),
                            flows="h b he"),
                  flows="s a e", names=f"{kind}:E1"),
            "a", "a,b > b", "a > done",
        )
        for kind in ("error", "escalation")
    ],
    Defect(
        "D3 D5 what undoes a sub-process begins at once, and not when it is thrown",
        model(start(),
              sub("box", start("bs"), user("a"), end("be"),
                  event_sub("es", start("h", event("compensate")), user("b"), end("he"),
                            flows="h b he"),
                  flows="bs a be"),
              user("c"), throw("undo", event("compensate")), user("d"), end(),
              flows="s box c undo d e"),
        "a c b d", "a,b > b > c is not open", "a > c > b > d > done",
    ),
    Defect(
        "D4 interrupting event sub-process does not interrupt",
        model(start(), user("a"), end(),
              event_sub("es", start("h", event("message", "stop")), user("b"), end("he"),
                        flows="h b he"),
              flows="s a e", names="message:stop"),
        "!stop b", "a > a,b > a", "a > b > done",
    ),
    Defect(
        "0.7 timer of an event sub-process keeps the process open",
        model(start(), user("a"), end(),
              event_sub("es", start("h", timer('"PT8H"')), user("b"), end("he"), flows="h b he"),
              flows="s a e"),
        "a", "a > nothing", "a > done",
    ),
    Defect(
        "D5 link pair hangs",
        model(start(), throw("l", '<bpmn:linkEventDefinition name="L"/>'),
              catch("k", '<bpmn:linkEventDefinition name="L"/>'), user("a"), end(),
              flows="s l; k a e"),
        "a", "nothing > a is not open", "a > done",
    ),
    Defect(
        "D5 signal end event is not thrown",
        model(start(), par("f"), catch("c", event("signal", "go")), user("a"), user("b"), end(),
              end("g", event("signal", "go")), flows="s f; f c a e; f b g", names="signal:go"),
        "b a", "b > nothing > a is not open", "b > a > done",
    ),
    Defect(
        "D5 shared event definition is ignored",
        model(start(), catch("c", "<bpmn:eventDefinitionRef>shared</bpmn:eventDefinitionRef>"),
              user("a"), end(), flows="s c a e").replace(
            b"<bpmn:process", b'<bpmn:timerEventDefinition id="shared"><bpmn:timeDuration>"PT1H"'
            b"</bpmn:timeDuration></bpmn:timerEventDefinition><bpmn:process"),
        "+1h a", "a > a > done", "nothing > a > done",
    ),
    Defect(
        "D5 completion quantity is ignored",
        model(start(), user("a", attrs={"completionQuantity": "2"}), user("b"), end(),
              flows="s a b e"),
        "a b", "a > b > done", Refused("quantity", "a"),
    ),
    Defect(
        "D5 start quantity is ignored",
        model(start(), user("a", attrs={"startQuantity": "2"}), end(), flows="s a e"),
        "a", "a > done", Refused("quantity", "a"),
    ),
    Defect(
        "D6 reminders vanish when the task is completed",
        model(start(), user("a"), boundary("t", "a", timer('"R/PT1H"', "Cycle"),
                                           interrupting=False), user("r"), end(), end("e2"),
              flows="s a e; t r e2"),
        "+1h +1h a r r",
        "a > a,r > a,r,r > done > r is not open", "a > a,r > a,r,r > r,r > r > done",
    ),
    Defect(
        "D7 interrupted sub-process goes on for a while",
        model(start(),
              sub("box", start("bs"), user("a"), throw("up", event("escalation", "X")),
                  script("after", "x = 1"), end("be"), flows="bs a up after be"),
              boundary("b", "box", event("escalation", "X")), user("h"), end(), end("e2"),
              flows="s box e; b h e2", names="escalation:X"),
        "a h", "a > h/after > done/after", "a > h > done", watch="after",
    ),
    Defect(
        "D8 a condition is checked only when it is reached",
        model(start(), user("a"), xor("x", default="x_e"), user("b"), end(),
              flows="s a x; x b : n >; x e; b e"),
        "a", "a > WorkflowTaskException", Refused("expression-invalid", "x_b"),
    ),
    Defect(
        "D8 a time is checked only when it is reached",
        model(start(), user("a"), catch("t", timer('"tomorrow"', "Date")), end(),
              flows="s a t e"),
        "a", "a > AttributeError", Refused("timer-invalid", "t"),
    ),
    Defect(
        "C a negative length of time is taken for a positive one",
        model(start(), catch("t", timer('"-PT1H"')), user("a"), end(), flows="s t a e"),
        "+1h", "nothing > a", Refused("timer-invalid", "t"),
    ),
    Defect(
        "D8 a time as the standard writes it fails when it is reached",
        model(start(), user("a"), catch("t", timer("PT5M")), user("b"), end(), flows="s a t b e"),
        "a +5m b", "a > WorkflowTaskException", "a > nothing > b > done",
    ),
    Defect(
        "D8 a condition as Camunda writes it fails when it is reached",
        model(start(), user("a"), xor("x", default="x_e"), user("b"), end(),
              flows="s a x; x b : ${n > 1 && m != 'no'}; x e; b e"),
        "a b", "a > WorkflowTaskException", "a > b > done", values={"n": 2, "m": "yes"},
    ),
    Defect(
        "several flows out of a task are not understood",
        model(start(), user("a"), user("b"), user("c"), end(), flows="s a; a b e; a c e"),
        "a b c", "ValidationException", "a > b,c > c > done",
    ),
    Defect(
        "D9 a Groovy script is run as Python",
        model(start(), script("g", "x = 7", attrs={"scriptFormat": "groovy"}),
              xor("x", default="x_b"), user("a"), user("b"), end(),
              flows="s g x; x a : x == 7; x b; a e; b e"),
        "a", "a > done", Refused("script-language", "g"),
    ),
    *[
        Defect(f"0.1 parallel join in a rework loop is early: {steps}", REWORK, steps, bare, ours)
        for steps, bare, ours in [
            ("a b z{'again':1} b a z{'again':0}", "a,b > b > z > a,b > a,z > z > done",
             "a,b > b > z > a,b > a > z > done"),
            ("b a z{'again':1} a b z{'again':0}", "a,b > a > z > a,b > b,z > z > done",
             "a,b > a > z > a,b > b > z > done"),
        ]
    ],
    *[
        Defect(
            f"0.2 inclusive join fires while {what} is upstream",
            model(start(), inc("f"), box, xor("x", default="x_k"), user("c"), script("k", "y = 1"),
                  user("b"), inc("j"), user("z"), end(),
                  flows="s f; f box : n == 1; box x; x c : n == 9; c j; x k j; f b : n == 1; b j;"
                        "j z e"),
            "b", bare, ours, values={"n": 1},
        )
        for what, box, bare, ours in [
            ("a sub-process", sub("box", start("bs"), user("a"), end("be"), flows="bs a be"),
             "a,b > a,z", "a,b > a"),
            ("a service task", job("box"), "b > z", "b > nothing"),
        ]
    ],
    Defect(
        "0.3 a value set in a branch is lost at the join",
        model(start(), par("f"), user("a"), user("b"), par("j"), xor("x", default="x_old"),
              user("new"), user("old"), end(),
              flows="s f; f a j; f b j; j x; x new : n == 1; x old; new e; old e"),
        "b{'n':1} a", "a,b > a > old", "a,b > a > new", values={"n": 0},
    ),
    Defect(
        "0.4 a list changed in one branch is changed in the other",
        model(start(), par("f"), user("a"), script("more", "o['k'].append(9)"), user("b"),
              xor("x", default="x_unseen"), user("seen"), user("unseen"), end(), end("e2"),
              flows="s f; f a more e; f b x; x seen : len(o['k']) == 2; x unseen; seen e2;"
                    "unseen e2"),
        "a b", "a,b > b > seen", Refused("expression-invalid", "more"),
        values={"o": {"k": [1]}},
    ),
    Defect(
        "0.8 an expression reaches the operating system",
        model(start(), xor("x", default="x_e"), user("a"), end(),
              flows="s x; x a : __import__('os').getcwd() != ''; x e; a e"),
        "a", "a > done", Refused("expression-invalid", "x_a"),
    ),
    Defect(
        "two timers of an event-based gateway share one due time",
        model(start(), node("eventBasedGateway", "g"), catch("long", timer('"PT8H"')),
              catch("short", timer('"PT2H"')), user("a"), user("b"), end(),
              flows="s g; g long a e; g short b e"),
        "+2h +6h", "nothing > nothing > a", "nothing > b > b",
    ),
    Defect(
        "an interrupting cycle does not interrupt until its last firing",
        model(start(), user("a"), boundary("t", "a", timer('"R3/PT1H"', "Cycle")), user("r"),
              end(), end("e2"), flows="s a e; t r e2"),
        "+1h +1h +1h", "a > a,r > a,r,r > a,r,r,r", "a > r > r > r",
    ),
    Defect(
        "a message that does not interrupt comes once only",
        model(start(), user("a"), boundary("m", "a", event("message", "urge"),
                                           interrupting=False), user("r"), end(), end("e2"),
              flows="s a e; m r e2", names="message:urge"),
        "!urge !urge", "a > a,r > a,r", "a > a,r > a,r,r",
    ),
    Defect(
        "the condition of a single flow out of a task is ignored",
        model(start(), user("a"), user("b"), end(), flows="s a; a b : n == 1; b e"),
        "a", "a > b", Refused("condition-alone", "a"), values={"n": 0},
    ),
    Defect(
        "a conditional event does not see what another branch knows",
        model(start(), par("f"), catch("c", condition("n == 1")), user("a"), user("b"), end(),
              end("e2"), flows="s f; f c a e; f b e2"),
        "b{'n':1} a", "b > nothing > a is not open", "b > a > done", values={"n": 0},
    ),
    *[
        Defect(
            f"a catching {kind} event lets everything through",
            model(start(), catch("c", event(kind)), user("a"), end(), flows="s c a e"),
            "a", "a > done",
            Refused("link-connected" if kind == "link" else "event-unsupported", "c"),
        )
        for kind in ("error", "escalation", "link", "compensate", "cancel", "terminate")
    ],
    *[
        Defect(
            f"a throwing {kind} event does nothing",
            model(start(), throw("c", event(kind)), user("a"), end(), flows="s c a e"),
            "a", "a > done",
            Refused("link-unpaired" if kind == "link" else "event-unsupported", "c"),
        )
        for kind in ("error", "cancel", "terminate", "link")
    ],
    Defect(
        "an uncaught error ends the process as if all were well",
        model(start(), user("a"), end("bad", event("error", "E1")), flows="s a bad",
              names="error:E1"),
        "a", "a > done", "a > incident:uncaught_error",
    ),
    Defect(
        "an uncaught error goes on behind the sub-process",
        model(start(), sub("box", start("bs"), user("a"), end("bad", event("error", "E1")),
                           flows="bs a bad"), user("b"), end(), flows="s box b e",
              names="error:E1"),
        "a", "a > b", "a > incident:uncaught_error",
    ),
    Defect(
        "a process without an end event never completes",
        model(start(), user("a"), flows="s a"),
        "a", "a > nothing", "a > done",
    ),
    Defect(
        "an unreachable element is dropped",
        model(start(), user("a"), user("lost"), end(), flows="s a e; lost e"),
        "a", "a > done", Refused("unreachable", "lost"),
    ),
    Defect(
        "of two elements with one id the second is dropped",
        model(start(), user("a"), user("a", assignee="boss"), end(), flows="s a e"),
        "a", "a > done", Refused("id-repeated", "a"),
    ),
    Defect(
        "a receive task without a message completes at once",
        model(start(), node("receiveTask", "r"), user("a"), end(), flows="s r a e"),
        "a", "a > done", Refused("message-missing", "r"),
    ),
    Defect(
        "a send task without a message sends nothing",
        model(start(), node("sendTask", "r"), user("a"), end(), flows="s r a e"),
        "a", "a > done", Refused("message-missing", "r"),
    ),
    Defect(
        "a message event without a message takes its own name for one",
        model(start(), catch("c", event("message")), user("a"), end(), flows="s c a e"),
        "!C a", "nothing > a > done", Refused("message-missing", "c"),
    ),
    Defect(
        "a called process sees what was not passed to it",
        diagram(
            process("p", start(), call("c", "q"), end(), flows="s c e"),
            process("q", start("qs"), xor("x", default="x_b"), user("a"), user("b"), end("qe"),
                    flows="qs x; x a : secret == 1; x b; a qe; b qe")),
        "", "a", "b", values={"secret": 1},
    ),
    Defect(
        "the version to be called is ignored",
        diagram(
            process("p", start(), call("c", "q", calledElementBinding="version",
                                       calledElementVersion="1"), end(), flows="s c e"),
            process("q", start("qs"), user("a"), end("qe"), flows="qs a qe")),
        "a", "a > done", Refused("called-binding", "c"), parser="camunda",
    ),
    Defect(
        "an output parameter is ignored",
        model(start(), user("a", ext=parameters({}, {"h": "${4}"})), xor("x", default="x_c"),
              user("b"), user("c"), end(), flows="s a x; x b : h == 4; x c; b e; c e"),
        "a", "a > c", "a > b", parser="camunda", values={"h": 0},
    ),
    Defect(
        "a listener is ignored",
        model(start(), user("a", ext='<camunda:executionListener event="start" class="a.B"/>'),
              end(), flows="s a e"),
        "a", "a > done", Refused("listener-refused", "a"), parser="camunda",
    ),
    Defect(
        "of two start events the second is ignored",
        model(start(), start("s2"), user("a"), user("b"), end(), flows="s a e; s2 b e"),
        "a", "a > done", Refused("start-several", "p"),
    ),
    Defect(
        "an ad hoc sub-process fails when it is reached",
        model(start(), user("a"), node("adHocSubProcess", "ah", user("b")), end(),
              flows="s a ah e"),
        "a", "a > TypeError", Refused("element-unsupported", "ah"),
    ),
]  # fmt: skip


@pytest.mark.parametrize("row", DEFECTS, ids=lambda row: row.name)
def test_defect(row):
    assert bare_trace(
        row.bpmn, row.steps, parser=row.parser, watch=row.watch, values=row.values
    ) == row.bare  # fmt: skip
    drawing = row.bpmn.replace(b"><", b">\n<")
    diagnosis = SpiffKernel(Library()).diagnose({"p.bpmn": drawing})
    refusals = [one for one in diagnosis.findings if one.severity == "refused"]
    if isinstance(row.ours, Refused):
        found = next(one for one in refusals if one.code == row.ours.code)
        assert found.element_id == row.ours.element
        above = b"\n".join(drawing.splitlines()[: found.line])
        assert re.findall(rb' id="(\w+)"', above)[-1].decode() == row.ours.element
    else:
        assert not refusals
        assert our_trace(drawing, row.steps, watch=row.watch, values=row.values) == row.ours
