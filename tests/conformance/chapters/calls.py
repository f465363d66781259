"""Call activities. Other processes as a step of this one."""

from tests.conformance.drawing import again, around, times
from tests.conformance.notation import case, wrong
from tests.support.bpmn_builder import (
    boundary,
    call,
    catch,
    diagram,
    each,
    end,
    event,
    node,
    par,
    process,
    script,
    start,
    throw,
    timer,
    user,
)

ALL_IN = '<camunda:in variables="all"/>'
ALL_OUT = '<camunda:out variables="all"/>'


def give(source: str, target: str) -> str:
    return f'<camunda:in source="{source}" target="{target}"/>'


def take(source: str, target: str) -> str:
    return f'<camunda:out source="{source}" target="{target}"/>'


def calling(*elements: str, flows: str = "s x z e", called: str, names: str = "") -> bytes:
    """A process that calls ``q`` somewhere, and then has the task ``z``."""
    return diagram(
        process("p", start(), *elements, user("z"), end(), flows=flows), called, names=names
    )


SIMPLE = process("q", start("qs"), user("in"), end("qe"), flows="qs in qe")

CASES = [
    case(
        "Call Activity", "runs the called process and goes on", "10.3.6 / 13.3.4",
        calling(call("x", "q", ext=ALL_IN), called=SIMPLE),
        "start > in; in > z; z > end:e",
    ),
    case(
        "Call Activity", "keeps the data of both apart", "10.3.6 / 10.4.1",
        calling(call("x", "q", ext=give("n", "k")),
                called=process("q", start("qs"), script("c", "m = k + (n or 100)"), user("in"),
                               end("qe"), flows="qs c in qe")),
        "start n=1 > in:m=101 in; in > z; z > end:e",
    ),
    case(
        "Call Activity", "takes back what is mapped", "10.3.6 / 10.4.2",
        calling(call("x", "q", ext=give("n", "k") + take("m", "r")),
                called=process("q", start("qs"), user("in"), script("c", "m = k * 2"),
                               end("qe"), flows="qs in c qe")),
        "start n=4 > in; in > in:m=8 r=8 z; z > end:e",
    ),
    case(
        "Call Activity", "passes everything when that is drawn", "10.3.6 / 10.4.2",
        calling(call("x", "q", ext=ALL_IN + ALL_OUT),
                called=process("q", start("qs"), user("in"), script("c", "m = n + 1"),
                               end("qe"), flows="qs in c qe")),
        "start n=4 > in; in > in:m=5 m=5 z; z > end:e",
    ),
    case(
        "Call Activity", "is done when the called process has no token left", "13.3.4",
        calling(call("x", "q", ext=ALL_IN),
                called=process("q", start("qs"), user("a"), user("b"), end("q1"), end("q2"),
                               flows="qs a q1; qs b q2")),
        "start > a b; a > b; b > z; z > end:e",
    ),
    case(
        "Call Activity", "survives the termination of what it called", "10.5.3 / 13.5.6",
        calling(call("x", "q", ext=ALL_IN),
                called=process("q", start("qs"), user("a"), user("b"),
                               end("q1", event("terminate")), end("q2"),
                               flows="qs a q1; qs b q2")),
        "start > a b; a > z; z > end:e",
    ),
    case(
        "Call Activity", "may be interrupted together with what it called", "13.5.3",
        calling(call("x", "q", ext=ALL_IN), boundary("t", "x", timer("PT1H")), user("late"),
                flows="s x z e; t late e", called=SIMPLE),
        "start > in t@1h; wait 1h > late; late > end:e",
        "start > in t@1h; in > z; wait 2h > z; z > end:e",
    ),
    case(
        "Call Activity", "may be called for every item", "10.3.8 / 13.3.7",
        calling(call("x", "q", each("${xs}", "item"), ext=give("item", "k")),
                called=process("q", start("qs"), script("c", "m = k"), user("in"), end("qe"),
                               flows="qs c in qe")),
        "start xs=[7,8] > in in in:m=7 in:m=8; in > in; in > z; z > end:e",
    ),
    case(
        "Call Activity", "may be repeated one after the other", "10.3.8 / 13.3.7",
        calling(call("x", "q", times("2", sequential=True), ext=ALL_IN), called=SIMPLE),
        "start > in; in > in; in > z; z > end:e",
    ),
    case(
        "Call Activity", "may be a standard loop", "10.3.8 / 13.3.6",
        calling(call("x", "q", again("${more}"), ext=ALL_IN + ALL_OUT), called=SIMPLE),
        "start > in; in more=True > in; in more=False > z; z > end:e",
    ),
    case(
        "Call Activity", "may call a process that calls", "10.3.6",
        diagram(
            process("p", start(), call("x", "q", ext=ALL_IN), user("z"), end(),
                    flows="s x z e"),
            process("q", start("qs"), call("y", "r", ext=ALL_IN), user("b"), end("qe"),
                    flows="qs y b qe"),
            process("r", start("rs"), user("a"), end("re"), flows="rs a re"),
        ),
        "start > a; a > b; b > z; z > end:e",
    ),
    case(
        "Call Activity", "names the process by an expression", "10.3.6",
        calling(call("x", "${which}", ext=ALL_IN), called=SIMPLE),
        "start which=q > in; in > z; z > end:e",
        "start which=gone > incident:x/called_process; set which=q > incident:x/called_process;"
        " retry x > in; in > z",
    ),
    case(
        "Call Activity", "lets signals through in both directions", "10.5.5 / 10.5.6",
        calling(call("x", "q", ext=ALL_IN), par("f"), catch("c", event("signal", "go")),
                user("y"), flows="s f; f x z e; f c y e", names="signal:go",
                called=process("q", start("qs"), user("in"), throw("qt", event("signal", "go")),
                               end("qe"), flows="qs in qt qe")),
        "start > in sig:go@c; in > cast:go y z; y > z; z > end:e",
    ),
    case(
        "Call Activity", "receives messages inside the called process", "10.3.6 / 10.5.6",
        calling(call("x", "q", ext=ALL_IN), names="message:pay",
                called=process("q", start("qs"), catch("m", event("message", "pay")), user("in"),
                               end("qe"), flows="qs m in qe")),
        "start > msg:pay@m; get pay n=1 > in; in > z; z > end:e",
    ),
    case(
        "Call Activity", "may be guarded without interrupting", "13.5.3",
        calling(call("x", "q", ext=ALL_IN),
                boundary("m", "x", event("message", "ask"), interrupting=False), user("y"),
                flows="s x z e; m y e", called=SIMPLE, names="message:ask"),
        "start > in msg:ask@m; get ask > in msg:ask@m y; in > y z; y > z; z > end:e",
    ),
    case(
        "Call Activity", "has timers of its own", "10.3.6 / 13.5.2",
        calling(call("x", "q", ext=ALL_IN), boundary("t", "x", timer("PT3H")), user("late"),
                flows="s x z e; t late e",
                called=process("q", start("qs"), catch("qt", timer("PT2H")), user("in"),
                               end("qe"), flows="qs qt in qe")),
        "start > qt@2h t@3h; wait 2h > in t@3h; wait 1h > late; late > end:e",
    ),
    case(
        "Call Activity", "is cancelled with its process", "13.2",
        calling(call("x", "q", ext=ALL_IN), called=SIMPLE),
        "start > in; cancel > end:-/cancelled",
    ),
]  # fmt: skip

WRONG = [
    wrong("Call Activity", "of nothing", "10.3.6", around(call("x", "")), "called-missing@x"),
    wrong("Call Activity", "of an unknown process", "10.3.6",
          around(call("x", "gone")), "called-unknown@x"),
    wrong("Call Activity", "bound to an old version", "10.3.6",
          around(call("x", "p", calledElementBinding="version")), "called-binding@x"),
    wrong("Global Task", "called as if it were a process", "10.3.6 / 10.3.7",
          diagram(process("p", start(), call("x", "g"), end(), flows="s x e"),
                  node("globalUserTask", "g")), "called-unknown@x"),
    wrong("Call Activity", "that passes a variable no variable can be", "10.3.6",
          diagram(process("p", start(),
                          call("x", "q", ext='<camunda:in source="true" target="k"/>'),
                          end(), flows="s x e"),
                  process("q", start("qs"), end("qe"), flows="qs qe")), "extension-refused@x"),
]  # fmt: skip
