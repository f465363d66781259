"""Sequence flow. Conditions, defaults and what is meant where nothing is drawn."""

from tests.conformance.drawing import around, mark
from tests.conformance.notation import case, wrong
from tests.support.bpmn_builder import (
    diagram,
    end,
    inc,
    model,
    node,
    par,
    process,
    script,
    sequence,
    start,
    sub,
    user,
    xor,
)

NAMELESS = around(user("x")).replace(b' id="s_x"', b"").replace(b' id="x_e"', b"")

CASES = [
    case(
        "Sequence Flow", "several out of an activity split in parallel", "8.4.13 / 13.3.1",
        model(start(), user("a"), user("b"), user("c"), end(), flows="s a; a b e; a c e"),
        "start > a; a > b c; c > b; b > end:e",
        assumes="split-parallel",
    ),
    case(
        "Sequence Flow", "several out of a start split in parallel", "10.5.2 / 13.5.1",
        model(start(), user("a"), user("b"), end(), flows="s a e; s b e"),
        "start > a b; a > b; b > end:e",
    ),
    case(
        "Sequence Flow", "several into an activity do not wait for each other", "13.3.1",
        model(start(), par("f"), user("a"), user("b"), script("c", "n = n + 1"), end(),
              flows="s f; f a c; f b c; c e"),
        "start n=0 > a b; a > b n=1; b > n=2 end:e",
    ),
    case(
        "Sequence Flow", "several into an end are several ends", "13.5.6",
        model(start(), par("f"), user("a"), user("b"), end(), flows="s f; f a e; f b e"),
        "start > a b; b > a; a > end:e",
    ),
    case(
        "Sequence Flow", "may lead back to where it came from", "8.4.13",
        model(start(), user("a", attrs={"default": "a_e"}), end(),
              flows="s a; a a : again; a e"),
        "start > a; a again=True > a; a again=False > end:e",
    ),
    case(
        "Sequence Flow", "needs no id", "8.4.13",
        NAMELESS,
        "start > x; x > end:e",
        assumes="id-given",
    ),
    case(
        "Conditional Sequence Flow", "out of an activity is taken when it holds",
        "8.4.13 / 13.3.1",
        model(start(), user("a"), user("b"), user("c"), user("d"), end(),
              flows="s a; a b; a c : n > 1; a d : n > 2; b e; c e; d e"),
        "start > a; a n=9 > b c d; b > c d; c > d; d > end:e",
        "start > a; a n=2 > b c", "start > a; a n=0 > b",
        assumes="flows-conditional",
    ),
    case(
        "Conditional Sequence Flow", "that alone does not hold is an exception", "13.3.1",
        model(start(), user("a"), user("b"), user("c"), end(),
              flows="s a; a b : n > 1; a c : n > 2; b e; c e"),
        "start > a; a n=0 > incident:a/no_flow; set n=2 > incident:a/no_flow; retry a > b;"
        " b > end:e",
    ),
    case(
        "Default Sequence Flow", "of an activity is taken when no condition holds",
        "8.4.13 / 13.3.1",
        model(start(), user("a", attrs={"default": "a_d"}), user("b"), user("c"), user("d"), end(),
              flows="s a; a b : n > 1; a c : n > 2; a d; b e; c e; d e"),
        "start > a; a n=0 > d; d > end:e", "start > a; a n=9 > b c",
    ),
    case(
        "Default Sequence Flow", "of a sub-process likewise", "8.4.13 / 13.3.1",
        model(start(), sub("x", start("bs"), user("in"), end("be"), flows="bs in be",
                           attrs={"default": "x_d"}), user("b"), user("d"), end(),
              flows="s x; x b : n > 1; x d; b e; d e"),
        "start > in; in n=0 > d; d > end:e", "start > in; in n=5 > b; b > end:e",
    ),
    case(
        "Default Sequence Flow", "of an inclusive gateway only when nothing else holds",
        "10.6.3",
        model(start(), inc("g", default="g_b"), user("a"), user("b"), end(),
              flows="s g; g a : n > 1; g b; a e; b e"),
        "start n=5 > a; a > end:e", "start n=0 > b; b > end:e",
    ),
    case(
        "Process without start event", "begins with all that nothing leads to", "10.5.2 / 13.2",
        model(user("a"), user("b"), end(), flows="a e; b e"),
        "start > a b; a > b; b > end:e",
        assumes="start-given",
    ),
    case(
        "Process without end event", "ends when its paths end", "10.5.3 / 13.2",
        model(start(), user("a"), user("b"), flows="s a b"),
        "start > a; a > b; b > end:-",
        assumes="end-implied",
    ),
    case(
        "Process without start and end", "is its tasks", "10.5.2 / 10.5.3 / 13.2",
        model(user("a"), user("b"), flows="a b"),
        "start > a; a > b; b > end:-",
        assumes="start-given end-implied",
    ),
    case(
        "Sub-Process without start event", "begins with all that nothing leads to", "13.3.4",
        around(sub("x", user("a"), user("b"), end("be"), flows="a be; b be"), user("z"),
               flows="s x z e"),
        "start > a b; a > b; b > z; z > end:e",
        assumes="start-given",
    ),
    case(
        "Sub-Process without start and end", "is a box of parallel activities", "10.3.5 / 13.3.4",
        around(sub("x", user("a"), user("b"), user("c")), user("z"), flows="s x z e"),
        "start > a b c; a > b c; c > b; b > z; z > end:e",
        assumes="start-given end-implied",
    ),
    case(
        "Sub-Process without end event", "is done when its paths end", "13.3.4",
        around(sub("x", start("bs"), user("a"), user("b"), flows="bs a; bs b"), user("z"),
               flows="s x z e"),
        "start > a b; a > b; b > z; z > end:e",
        assumes="end-implied",
    ),
    case(
        "None Intermediate Event", "marks a point and passes", "10.5.4 / 13.5.2",
        around(mark("m"), user("x"), flows="s m x e"),
        "start > x; x > end:e",
    ),
    case(
        "None Intermediate Event", "splits like an activity", "10.5.4 / 13.5.2",
        around(mark("m"), user("x"), user("y"), flows="s m; m x e; m y e"),
        "start > x y; x > y; y > end:e",
    ),
    case(
        "Exclusive Gateway with an open flow", "beside conditions takes it as the default",
        "10.6.2",
        model(start(), xor("g"), user("a"), user("b"), end(),
              flows="s g; g a : n > 1; g b; a e; b e"),
        "start n=5 > a; a > end:e", "start n=0 > b; b > end:e",
        assumes="default-given",
    ),
    case(
        "Element order in the file", "means nothing", "8.4.8",
        diagram(process("p", sequence("s a; a b; b e"), end(), user("b"), user("a"), start())),
        "start > a; a > b; b > end:e",
    ),
]  # fmt: skip

WRONG = [
    wrong("Sequence Flow", "to nowhere", "8.4.13",
          model(start(), user("a"), end(), flows="s a e; a gone"), "flow-broken@a_gone"),
    wrong("Sequence Flow", "from nowhere", "8.4.13",
          model(start(), user("a"), end(), flows="s a e; gone a"), "flow-broken@gone_a"),
    wrong("Sequence Flow", "to a data object", "8.4.13",
          around(user("x"), node("dataObject", "d"), flows="s x e; x d"), "flow-broken@x_d"),
    wrong("Sequence Flow", "never reaching a task", "13.2",
          model(start(), user("a"), user("lost"), end(), flows="s a e; lost lost"),
          "unreachable@lost"),
    wrong("Default Sequence Flow", "of another element", "8.4.13",
          model(start(), user("a", attrs={"default": "s_a"}), user("b"), end(),
                flows="s a; a b : n > 1; a e; b e"), "default-unknown@a"),
    wrong("Sequence Flow", "listed by a node it does not join", "8.4.13",
          model(start(), user("a", "<bpmn:outgoing>b_e</bpmn:outgoing>"), user("b"), end(),
                flows="s a b e"), "flow-contradicted@a"),
    wrong("Sequence Flow", "round and round without a wait", "13.4.2",
          model(start(), xor("m"), script("c", "k = 1"), xor("g", default="g_e"), end(),
                flows="s m c g; g m : n > 1; g e"), "loop-without-wait@m"),
    wrong("Conditional Sequence Flow", "alone out of an activity", "8.4.13 / 13.3.1",
          model(start(), user("a"), end(), flows="s a; a e : n > 1"), "condition-alone@a"),
    wrong("Conditional Sequence Flow", "out of a start", "8.4.13 / 10.5.2",
          model(start(), user("a"), user("b"), end(), flows="s a : n > 1; s b; a e; b e"),
          "condition-misplaced@s"),
    wrong("Conditional Sequence Flow", "with a condition in a foreign language", "8.4.13",
          model(start(), xor("g", default="g_e"), user("a"), end(),
                flows="s g; g a : n > 1; g e; a e").replace(
              b"<bpmn:conditionExpression", b'<bpmn:conditionExpression language="groovy"'),
          "script-language@g_a"),
]  # fmt: skip
