"""Loop characteristics. Standard loops and multi-instance activities."""

from tests.conformance.drawing import again, around, receive, send, times, until
from tests.conformance.notation import case, wrong
from tests.support.bpmn_builder import (
    boundary,
    each,
    end,
    event,
    job,
    parameters,
    script,
    start,
    sub,
    timer,
    user,
)

RESULTS = {"outputCollection": "results", "outputElement": "${v}"}


def box(inner: str, *elements: str, flows: str) -> str:
    """A repeating sub-process ``x``."""
    return sub("x", start("bs"), *elements, end("be"), flows=flows, inner=inner)


def repeated(inner: str, **options: object) -> bytes:
    """A repeating user task ``x`` and then the task ``z``."""
    return around(user("x", inner, **options), user("z"), flows="s x z e")


CASES = [
    case(
        "Standard Loop", "asks after every turn", "10.3.8 / 13.3.6",
        repeated(again("${more}")),
        "start > x.0; x more=True > x.1; x more=False > z; z > end:e",
        "start more=False > x.0; x > z; z > end:e",
    ),
    case(
        "Standard Loop", "may ask before every turn", "10.3.8 / 13.3.6",
        repeated(again("${more}", before=True)),
        "start more=False > z; z > end:e",
        "start more=True > x.0; x > x.1; x more=False > z; z > end:e",
    ),
    case(
        "Standard Loop", "ends at its maximum", "10.3.8",
        repeated(again("${True}", most=2)),
        "start > x.0; x > x.1; x > z; z > end:e",
    ),
    case(
        "Standard Loop", "may have nothing but a maximum", "10.3.8",
        repeated(again(most=3)),
        "start > x.0; x > x.1; x > x.2; x > z; z > end:e",
    ),
    case(
        "Standard Loop", "knows its counter", "10.3.8",
        repeated(again("${loopCounter < 2}")),
        "start > x.0; x > x.1; x > x.2; x > z; z > end:e",
    ),
    case(
        "Standard Loop", "of a script computes without waiting", "13.3.6",
        around(sub("x", start("bs"), script("c", "n = n + 1"), end("be"), flows="bs c be",
                   inner=again("${n < 5}")), user("z"), flows="s x z e"),
        "start n=0 > n=5 z; z > end:e",
    ),
    case(
        "Standard Loop", "of a sub-process begins it afresh", "13.3.6",
        around(box(again("${more}"), user("a"), user("b"), flows="bs a b be"), user("z"),
               flows="s x z e"),
        "start > a; a > b; b more=True > a; a > b; b more=False > z; z > end:e",
    ),
    case(
        "Standard Loop", "is guarded as a whole", "13.3.6 / 13.5.3",
        around(user("x", again("${True}", most=9)), boundary("t", "x", timer("PT1H")),
               user("late"), flows="s x e; t late e"),
        "start > x.0 t@1h; x > x.1 t@1h; wait 1h > late; late > end:e",
    ),
    case(
        "Multi-Instance, parallel", "opens all at once and waits for all", "10.3.8 / 13.3.7",
        repeated(each("${xs}")),
        "start xs=['u','v','w'] > x.0 x.1 x.2; x.1 > x.0 x.2; x.2 > x.0; x.0 > z; z > end:e",
    ),
    case(
        "Multi-Instance, parallel", "by a number", "10.3.8",
        repeated(times("3")),
        "start > x.0 x.1 x.2; x.0 > x.1 x.2; x.1 > x.2; x.2 > z; z > end:e",
    ),
    case(
        "Multi-Instance, parallel", "by a computed number", "10.3.8",
        repeated(times("${n + 1}")),
        "start n=1 > x.0 x.1; x.0 > x.1; x.1 > z; z > end:e",
    ),
    case(
        "Multi-Instance, parallel", "of nothing goes on at once", "13.3.7",
        repeated(each("${xs}")),
        "start xs=[] > z; z > end:e",
    ),
    case(
        "Multi-Instance, parallel", "of a number that is none waits for a repair", "10.3.8",
        repeated(times("${n}")),
        "start n=-1 > incident:x/expression; set n=1 > incident:x/expression;"
        " retry x > x.0; x > z",
    ),
    case(
        "Multi-Instance, parallel", "ends early when its condition holds", "10.3.8 / 13.3.7",
        repeated(each("${xs}", inner=until("${nrOfCompletedInstances >= 2}"))),
        "start xs=[1,2,3] > x.0 x.1 x.2; x.2 > x.0 x.1; x.0 > z; z > end:e",
    ),
    case(
        "Multi-Instance, parallel", "may end early by what was answered", "13.3.7",
        repeated(each("${xs}", inner=until("${veto}"))),
        "start xs=[1,2,3] > x.0 x.1 x.2; x.1 veto=False > x.0 x.2; x.0 veto=True > z",
    ),
    case(
        "Multi-Instance, parallel", "collects outputs in the order of the items", "10.3.8",
        repeated(each("${xs}"), props=RESULTS),
        'start xs=[1,2] > x.0 x.1; x.1 v=b > x.0; x.0 v=a > results=["a","b"] z',
    ),
    case(
        "Multi-Instance, parallel", "of a job", "10.3.8",
        around(job("x", "work", each("${xs}"), ext=parameters({"k": "${item}"})), user("z"),
               flows="s x z e"),
        "start xs=[1,2] > job:x job:x; done x > job:x; done x > z; z > end:e",
    ),
    case(
        "Multi-Instance, parallel", "of a message sent to each", "10.3.8",
        around(send("x", "m", each("${xs}", sequential=True), ext=parameters({"to": "${item}"})),
               user("z"), flows="s x z e", names="message:m"),
        "start xs=[1,2] > send:m(to=1) send:m(to=2) z; z > end:e",
    ),
    case(
        "Multi-Instance, parallel", "of a message received from each", "10.3.8",
        around(receive("x", "m", times("2")), user("z"), flows="s x z e", names="message:m"),
        "start > msg:m@x msg:m@x; get m > msg:m@x; get m > z; z > end:e",
    ),
    case(
        "Multi-Instance, parallel", "of a sub-process", "10.3.8 / 13.3.7",
        around(box(each("${xs}"), user("a"), user("b"), flows="bs a b be"), user("z"),
               flows="s x z e"),
        "start xs=[1,2] > a a; a > a b; b > a; a > b; b > z; z > end:e",
    ),
    case(
        "Multi-Instance, parallel", "takes all away when it is interrupted", "13.3.7 / 13.5.3",
        around(user("x", times("3")), boundary("t", "x", timer("PT1H")), user("late"),
               flows="s x e; t late e"),
        "start > x.0 x.1 x.2 t@1h; x.1 > x.0 x.2 t@1h; wait 1h > late; late > end:e",
    ),
    case(
        "Multi-Instance, parallel", "of sub-processes is ended by an error in one", "13.5.3",
        around(sub("x", start("bs"), user("a"), end("bad", event("error", "E1")),
                   flows="bs a bad", inner=times("2")),
               boundary("b", "x", event("error", "E1")), user("y"), flows="s x e; b y e",
               names="error:E1"),
        "start > a a; a > y; y > end:e",
    ),
    case(
        "Multi-Instance, parallel", "of sub-processes is not ended by terminating one", "13.5.6",
        around(sub("x", start("bs"), user("a"), user("b"), end("stop", event("terminate")),
                   end("be"), flows="bs a stop; bs b be", inner=times("2")), user("z"),
               flows="s x z e"),
        "start > a a b b; a > a b; a > z; z > end:e",
    ),
    case(
        "Multi-Instance, sequential", "opens one after the other", "10.3.8 / 13.3.7",
        repeated(each("${xs}", sequential=True)),
        "start xs=['u','v'] > x.0; x > x.1; x > z; z > end:e",
    ),
    case(
        "Multi-Instance, sequential", "by a number", "10.3.8",
        repeated(times("2", sequential=True)),
        "start > x.0; x > x.1; x > z; z > end:e",
    ),
    case(
        "Multi-Instance, sequential", "ends early when its condition holds", "10.3.8 / 13.3.7",
        repeated(each("${xs}", sequential=True, inner=until("${found}"))),
        "start xs=[1,2,3] > x.0; x found=False > x.1; x found=True > z; z > end:e",
    ),
    case(
        "Multi-Instance, sequential", "collects outputs", "10.3.8",
        repeated(each("${xs}", sequential=True), props=RESULTS),
        "start xs=[1,2] > x.0; x v=5 > x.1; x v=6 > results=[5,6] z",
    ),
    case(
        "Multi-Instance, sequential", "of a sub-process", "13.3.7",
        around(box(each("${xs}", sequential=True), user("a"), flows="bs a be"), user("z"),
               flows="s x z e"),
        "start xs=[1,2] > a; a > a; a > z; z > end:e",
    ),
    case(
        "Multi-Instance, sequential", "is guarded as a whole", "13.5.3",
        around(user("x", times("3", sequential=True)),
               boundary("m", "x", event("message", "stop")), user("y"), flows="s x e; m y e",
               names="message:stop"),
        "start > x.0 msg:stop@m; x > x.1 msg:stop@m; get stop > y; y > end:e",
    ),
    case(
        "Multi-Instance, nested", "repeats every repetition", "10.3.8",
        around(sub("x", start("bs"), user("in", times("2")), end("be"), flows="bs in be",
                   inner=times("2", sequential=True)), user("z"), flows="s x z e"),
        "start > in.0 in.1; in > in.1; in > in.0 in.1; in > in.1; in > z; z > end:e",
    ),
]  # fmt: skip

WRONG = [
    wrong("Standard Loop", "without end", "10.3.8",
          around(user("x", "<bpmn:standardLoopCharacteristics/>")), "loop-endless@x"),
    wrong("Standard Loop", "of no turns at all", "10.3.8",
          around(user("x", again("${more}").replace("testBefore", 'loopMaximum="0" testBefore'))),
          "loop-maximum@x"),
    wrong("Standard Loop", "with a condition that is none", "10.3.8",
          around(user("x", again("more more"))), "expression-invalid@x"),
    wrong("Multi-Instance, parallel", "of nobody knows how many", "10.3.8",
          around(user("x", "<bpmn:multiInstanceLoopCharacteristics/>")), "loop-endless@x"),
    wrong("Multi-Instance, parallel", "over an expression that is none", "10.3.8",
          around(user("x", each("${xs[}"))), "expression-invalid@x"),
    wrong("Multi-Instance, parallel", "that throws an event at its first completion",
          "10.3.8 / 13.3.7",
          around(user("x", times("2").replace("isSequential", 'behavior="One" isSequential'))),
          "loop-behavior@x"),
    wrong("Multi-Instance, parallel", "over items and a number of times", "10.3.8",
          around(user("x", each("${xs}", inner="<bpmn:loopCardinality>2</bpmn:loopCardinality>"))),
          "loop-twofold@x"),
]  # fmt: skip
