"""Sub-processes. Embedded ones, their starts, ends and variables."""

from tests.conformance.drawing import around
from tests.conformance.notation import case, wrong
from tests.support.bpmn_builder import (
    catch,
    end,
    event,
    model,
    node,
    par,
    script,
    start,
    sub,
    timer,
    user,
    xor,
)

CASES = [
    case(
        "Embedded Sub-Process", "begins at its start and goes on when it is done",
        "10.3.5 / 13.3.4",
        around(sub("x", start("bs"), user("a"), end("be"), flows="bs a be"), user("z"),
               flows="s x z e"),
        "start > a; a > z; z > end:e",
    ),
    case(
        "Embedded Sub-Process", "is done when its last token is consumed", "13.3.4",
        around(sub("x", start("bs"), par("f"), user("a"), user("b"), end("e1"), end("e2"),
                   flows="bs f; f a e1; f b e2"), user("z"), flows="s x z e"),
        "start > a b; b > a; a > z; z > end:e",
    ),
    case(
        "Embedded Sub-Process", "goes on once, however many ends were reached", "13.3.4",
        around(sub("x", start("bs"), user("a"), user("b"), end("be"), flows="bs a be; bs b be"),
               user("z"), flows="s x z e"),
        "start > a b; a > b; b > z; z > end:e",
    ),
    case(
        "Embedded Sub-Process", "shares the data of the process", "10.4.1",
        around(sub("x", start("bs"), script("c", "m = n + 1"), end("be"), flows="bs c be"),
               script("d", "k = m * 10"), user("z"), flows="s x d z e"),
        "start n=1 > m=2 k=20 z; z > end:e",
    ),
    case(
        "Embedded Sub-Process", "may be nested", "10.3.5",
        around(sub("x", start("s1"),
                   sub("y", start("s2"),
                       sub("w", start("s3"), user("a"), end("e3"), flows="s3 a e3"), user("b"),
                       end("e2"), flows="s2 w b e2"), user("c"), end("e1"),
                   flows="s1 y c e1"), user("z"), flows="s x z e"),
        "start > a; a > b; b > c; c > z; z > end:e",
    ),
    case(
        "Embedded Sub-Process", "runs once for every token", "13.3.1 / 13.3.4",
        model(start(), user("a"), user("b"), sub("x", start("bs"), user("in"), end("be"),
                                                 flows="bs in be"), end(),
              flows="s a x e; s b x"),
        "start > a b; a > b in; b > in in; in > in; in > end:e",
    ),
    case(
        "Embedded Sub-Process", "in a loop begins afresh every time", "13.3.4",
        around(sub("x", start("bs"), user("in"), end("be"), flows="bs in be"),
               xor("g", default="g_e"), flows="s x g; g x : again; g e"),
        "start > in; in again=True > in; in again=False > end:e",
    ),
    case(
        "Embedded Sub-Process", "that only computes holds nothing up", "13.3.4",
        around(sub("x", start("bs"), script("c", "m = 1"), end("be"), flows="bs c be"),
               user("z"), flows="s x z e"),
        "start > m=1 z; z > end:e",
    ),
    case(
        "Embedded Sub-Process", "may split where it is left", "10.3.5 / 13.3.1",
        around(sub("x", start("bs"), user("in"), end("be"), flows="bs in be"), user("a"),
               user("b"), flows="s x; x a e; x b e"),
        "start > in; in > a b; a > b; b > end:e",
    ),
    case(
        "Embedded Sub-Process", "may be left by conditions", "10.3.5 / 8.4.13",
        around(sub("x", start("bs"), user("in"), end("be"), flows="bs in be",
                   attrs={"default": "x_b"}), user("a"), user("b"),
               flows="s x; x a : n > 1; x b; a e; b e"),
        "start > in; in n=5 > a; a > end:e",
        "start > in; in n=0 > b; b > end:e",
    ),
    case(
        "Embedded Sub-Process", "waits for events inside it", "10.3.5",
        around(sub("x", start("bs"), catch("m", event("message", "go")), end("be"),
                   flows="bs m be"), user("z"), flows="s x z e", names="message:go"),
        "start > msg:go@m; get go > z; z > end:e",
    ),
    case(
        "Embedded Sub-Process", "two at a time do not know each other", "13.3.4",
        model(start(), sub("x", start("s1"), user("a"), end("e1"), flows="s1 a e1"),
              sub("y", start("s2"), user("b"), end("e2"), flows="s2 b e2"), par("j"), end(),
              par("f"), user("z"), flows="s f; f x j; f y j; j z e"),
        "start > a b; a > b; b > z; z > end:e",
    ),
]  # fmt: skip

WRONG = [
    wrong("Embedded Sub-Process", "begun by a message", "10.5.2",
          around(sub("x", start("bs", event("message", "m")), user("a"), end("be"),
                     flows="bs a be"), names="message:m"), "event-unsupported@bs"),
    wrong("Embedded Sub-Process", "begun by a timer", "10.5.2",
          around(sub("x", start("bs", timer("PT1H")), user("a"), end("be"), flows="bs a be")),
          "event-unsupported@bs"),
    wrong("Embedded Sub-Process", "with two starts", "10.3.5 / 13.3.4",
          around(sub("x", start("b1"), start("b2"), user("a"), end("be"),
                     flows="b1 a be; b2 a")), "start-several@x"),
    wrong("Embedded Sub-Process", "left by a flow from its inside", "8.4.13 / 10.3.5",
          around(sub("x", start("bs"), user("a"), end("be"), flows="bs a be; a z"), user("z"),
                 flows="s x z e"), "flow-broken@a_z"),
    wrong("Embedded Sub-Process", "entered past its border", "8.4.13 / 10.3.5",
          around(sub("x", start("bs"), user("a"), end("be"), flows="bs a be"),
                 flows="s x e; s a"), "flow-broken@s_a"),
    wrong("Ad-Hoc Sub-Process", "is not run", "10.3.5 / 13.3.5",
          around(node("adHocSubProcess", "x", user("a") + user("b"))), "element-unsupported@x"),
    wrong("Embedded Sub-Process", "with a dead end of its own inside", "13.3.4",
          around(sub("x", start("bs"), user("a"), user("lost"), end("be"),
                     flows="bs a be; lost be")), "unreachable@lost"),
]  # fmt: skip
