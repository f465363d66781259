"""Gateways. How tokens are routed, split, wait and join, also in combination."""

from tests.conformance.drawing import around, waiting
from tests.conformance.notation import case, wrong
from tests.support.bpmn_builder import (
    boundary,
    catch,
    end,
    event,
    inc,
    model,
    node,
    par,
    parameters,
    script,
    start,
    sub,
    timer,
    user,
    xor,
)


def decided(gateway: str, flows: str) -> bytes:
    """A decision over the tasks a, b, c."""
    return model(start(), gateway, user("a"), user("b"), user("c"), end(), flows=flows)


CASES = [
    # -- exclusive --
    case(
        "Exclusive Gateway", "takes the first flow in order whose condition holds",
        "10.6.2 / 13.4.2",
        decided(xor("g", default="g_c"),
                "s g; g a : n < 10; g b : n < 100; g c; a e; b e; c e"),
        "start n=5 > a; a > end:e", "start n=50 > b; b > end:e", "start n=500 > c; c > end:e",
    ),
    case(
        "Exclusive Gateway", "does not take the default when another flow holds", "13.4.2",
        decided(xor("g", default="g_a"), "s g; g a; g b : n > 1; g c : n > 2; a e; b e; c e"),
        "start n=5 > b; b > end:e", "start n=0 > a; a > end:e",
    ),
    case(
        "Exclusive Gateway", "throws an exception when nothing holds", "13.4.2",
        decided(xor("g"), "s g; g a : n == 1; g b : n == 2; g c : n == 3; a e; b e; c e"),
        "start n=9 > incident:g/no_flow; retry g > incident:g/no_flow;"
        " set n=2 > incident:g/no_flow; retry g > b; b > end:e",
    ),
    case(
        "Exclusive Gateway", "lets every token through where flows merge", "10.6.2 / 13.4.2",
        model(start(), user("a"), user("b"), xor("m"), user("c"), end(),
              flows="s a m; s b m; m c e"),
        "start > a b; a > b c; b > c c; c > c; c > end:e",
    ),
    case(
        "Exclusive Gateway", "may merge and split in one", "10.6.2",
        model(start(), user("a"), xor("m", default="m_e"), end(),
              flows="s a m; m a : again; m e"),
        "start > a; a again=True > a; a again=False > end:e",
    ),
    case(
        "Exclusive Gateway", "needs no condition on an only flow", "10.6.2",
        around(xor("g"), user("x"), flows="s g x e"),
        "start > x; x > end:e",
    ),
    case(
        "Exclusive Gateway", "decides by what was set just before", "13.4.2",
        around(script("c", "n = n + 1"), xor("g", default="g_e"), user("x"),
               flows="s c g; g x : n > 1; g e; x e"),
        "start n=1 > n=2 x; x > end:e", "start n=0 > n=1 end:e",
    ),
    # -- parallel --
    case(
        "Parallel Gateway", "takes all flows and waits for all", "10.6.4 / 13.4.1",
        model(start(), par("f"), user("a"), user("b"), user("c"), par("j"), user("z"), end(),
              flows="s f; f a j; f b j; f c j; j z e"),
        "start > a b c; b > a c; c > a; a > z; z > end:e",
        "start > a b c; a > b c; b > c; c > z; z > end:e",
    ),
    case(
        "Parallel Gateway", "may join and fork in one", "10.6.4 / 13.4.1",
        model(start(), par("f"), user("a"), user("b"), par("g"), user("c"), user("d"), par("j"),
              end(), flows="s f; f a g; f b g; g c j; g d j; j e"),
        "start > a b; a > b; b > c d; d > c; c > end:e",
    ),
    case(
        "Parallel Gateway", "with one way in and out changes nothing", "10.6.4",
        around(par("g"), user("x"), flows="s g x e"),
        "start > x; x > end:e",
    ),
    case(
        "Parallel Gateway", "nested joins the inner before the outer", "13.4.1",
        model(start(), par("f"), user("a"), par("f2"), user("b"), user("c"), par("j2"), user("d"),
              par("j"), end(), flows="s f; f a j; f f2; f2 b j2; f2 c j2; j2 d j; j e"),
        "start > a b c; a > b c; c > b; b > d; d > end:e",
    ),
    case(
        "Parallel Gateway", "joins paths of different length", "13.4.1",
        model(start(), par("f"), user("a"), user("b"), par("j"), user("z"), end(),
              flows="s f; f j; f a b j; j z e"),
        "start > a; a > b; b > z; z > end:e",
    ),
    case(
        "Parallel Gateway", "without a join ends path by path", "13.2 / 13.4.1",
        model(start(), par("f"), user("a"), user("b"), end(), end("e2"),
              flows="s f; f a e; f b e2"),
        "start > a b; a > b; b > end:e2", "start > a b; b > a; a > end:e",
    ),
    case(
        "Parallel Gateway", "counts one token per flow, in a loop too", "13.4.1",
        model(start(), xor("m"), par("f"), user("a"), user("b"), par("j"), user("check"),
              xor("g", default="g_e"), end(),
              flows="s m f; f a j; f b j; j check g; g m : again; g e"),
        "start > a b; b > a; a > check; check again=True > a b; a > b; b > check;"
        " check again=False > end:e",
    ),
    case(
        "Parallel Gateway", "joins activities of every kind", "13.4.1",
        model(start(), par("f"), catch("m", event("message", "pay")), catch("t", timer("PT1H")),
              sub("x", start("bs"), user("in"), end("be"), flows="bs in be"), par("j"),
              user("z"), end(), flows="s f; f m j; f t j; f x j; j z e", names="message:pay"),
        "start > in msg:pay@m t@1h; wait 1h > in msg:pay@m; in > msg:pay@m; get pay > z;"
        " z > end:e",
    ),
    # -- inclusive --
    case(
        "Inclusive Gateway", "takes every flow whose condition holds", "10.6.3 / 13.4.3",
        model(start(), inc("g", default="g_c"), user("a"), user("b"), user("c"), inc("j"),
              user("z"), end(),
              flows="s g; g a : n > 1; g b : n > 2; g c; a j; b j; c j; j z e"),
        "start n=9 > a b; b > a; a > z; z > end:e", "start n=2 > a; a > z; z > end:e",
    ),
    case(
        "Inclusive Gateway", "takes the default only when nothing holds", "10.6.3 / 13.4.3",
        model(start(), inc("g", default="g_c"), user("a"), user("b"), user("c"), inc("j"),
              user("z"), end(),
              flows="s g; g a : n > 1; g b : n > 2; g c; a j; b j; c j; j z e"),
        "start n=0 > c; c > z; z > end:e",
    ),
    case(
        "Inclusive Gateway", "throws an exception when nothing holds", "13.4.3",
        model(start(), inc("g"), user("a"), user("b"), inc("j"), end(),
              flows="s g; g a : n == 1; g b : n == 2; a j; b j; j e"),
        "start n=9 > incident:g/no_flow; set n=1 > incident:g/no_flow; retry g > a; a > end:e",
    ),
    case(
        "Inclusive Gateway", "waits only for what can still come", "13.4.3",
        model(start(), par("f"), user("a"), xor("g", default="g_e2"), user("b"), inc("j"),
              user("z"), end(), end("e2"),
              flows="s f; f a j; f g; g b : n > 1; g e2; b j; j z e"),
        "start n=0 > a; a > z; z > end:e",
        "start n=5 > a b; a > b; b > z; z > end:e",
    ),
    case(
        "Inclusive Gateway", "goes on when a token has turned away", "13.4.3",
        model(start(), par("f"), user("a"), user("b"), xor("g", default="g_e2"), inc("j"),
              user("z"), end(), end("e2"), flows="s f; f a j; f b g; g j : n > 1; g e2; j z e"),
        "start > a b; a > b; b n=0 > z; z > end:e",
        "start > a b; a > b; b n=5 > z; z > end:e",
        "start > a b; b n=0 > a; a > z; z > end:e",
    ),
    case(
        "Inclusive Gateway", "joins paths through a sub-process", "13.4.3",
        model(start(), inc("g"), sub("x", start("bs"), user("in"), end("be"), flows="bs in be"),
              user("b"), inc("j"), user("z"), end(),
              flows="s g; g x : n > 0; g b : n > 1; x j; b j; j z e"),
        "start n=5 > b in; b > in; in > z; z > end:e", "start n=1 > in; in > z; z > end:e",
    ),
    case(
        "Inclusive Gateway", "in a loop splits and joins afresh", "13.4.3",
        model(start(), xor("m"), inc("g"), user("a"), user("b"), inc("j"), user("check"),
              xor("x", default="x_e"), end(),
              flows="s m g; g a : True; g b : n > 1; a j; b j; j check x; x m : again; x e"),
        "start n=5 > a b; a > b; b > check; check again=True n=0 > a; a > check;"
        " check again=False > end:e",
    ),
    case(
        "Inclusive Gateway", "does not wait for a token behind it", "13.4.3",
        model(start(), par("f"), user("a"), user("b"), inc("j"), user("z"), end(),
              flows="s f; f a j; f b e; j z e; f j"),
        "start > a b; a > b z; z > b; b > end:e",
    ),
    case(
        "Inclusive Gateway", "counts a boundary event as a way out", "13.4.3 / 13.5.3",
        model(start(), par("f"), user("a"), user("b"), boundary("t", "b", timer("PT1H")),
              inc("j"), user("z"), end(), end("e2"), flows="s f; f a j; f b e2; t j; j z e"),
        "start > a b t@1h; a > b t@1h; b > z; z > end:e",
        "start > a b t@1h; a > b t@1h; wait 1h > z; z > end:e",
    ),
    case(
        "Inclusive Gateway", "two in a row join what is left", "13.4.3",
        model(start(), inc("g"), user("a"), user("b"), user("c"), inc("j1"), inc("j2"),
              user("z"), end(),
              flows="s g; g a : True; g b : n > 1; g c : n > 2; a j1; b j1; j1 j2; c j2; j2 z e"),
        "start n=9 > a b c; a > b c; c > b; b > z; z > end:e",
        "start n=2 > a b; b > a; a > z; z > end:e",
    ),
    case(
        "Inclusive Gateway", "waits for a path that is held by an incident", "13.3.2 / 13.4.3",
        model(start(), par("f"), user("a"), script("c", "m = 10 / n"), inc("j"), user("z"),
              end(), flows="s f; f a j; f c j; j z e"),
        "start n=0 > a incident:c/expression; a > incident:c/expression;"
        " set n=1 > incident:c/expression; retry c > m=10.0 z; z > end:e",
    ),
    case(
        "Inclusive Gateway", "does not wait for a token that may come along a filled flow too",
        "13.4.3",
        model(start(), par("f"), xor("m"), user("a"), xor("g", default="g_j"), inc("j"),
              user("z"), end(), flows="s f; f m j; f a g; g m : n > 1; g j; j z e"),
        "start > a z; a n=5 > z z; z > z; z > end:e", "start > a z; z > a; a n=0 > z; z > end:e",
    ),
    case(
        "Inclusive Gateway", "only merges with one flow out", "10.6.3",
        model(start(), xor("g", default="g_b"), user("a"), user("b"), inc("j"), end(),
              flows="s g; g a : n > 1; g b; a j; b j; j e"),
        "start n=5 > a; a > end:e", "start n=0 > b; b > end:e",
    ),
    # -- together --
    case(
        "Gateways together", "decide inside a parallel section", "13.4.1 / 13.4.2",
        model(start(), par("f"), xor("g", default="g_b"), user("a"), user("b"), xor("m"),
              user("c"), par("j"), end(),
              flows="s f; f g; g a : n > 1; g b; a m; b m; m j; f c j; j e"),
        "start n=5 > a c; c > a; a > end:e", "start n=0 > b c; b > c; c > end:e",
    ),
    case(
        "Gateways together", "split inside a decision", "13.4.1 / 13.4.2",
        model(start(), xor("g", default="g_c"), par("f"), user("a"), user("b"), par("j"),
              user("c"), xor("m"), user("z"), end(),
              flows="s g; g f : n > 1; f a j; f b j; j m; g c; c m; m z e"),
        "start n=5 > a b; a > b; b > z; z > end:e", "start n=0 > c; c > z; z > end:e",
    ),
    case(
        "Gateways together", "an inclusive join after a parallel fork waits for all",
        "13.4.1 / 13.4.3",
        model(start(), par("f"), user("a"), user("b"), inc("j"), user("z"), end(),
              flows="s f; f a j; f b j; j z e"),
        "start > a b; a > b; b > z; z > end:e",
    ),
    case(
        "Gateways together", "rework of one branch while the other waits at the join",
        "13.4.1 / 13.4.2",
        model(start(), par("f"), xor("m"), user("a"), xor("g", default="g_j"), user("b"),
              par("j"), user("z"), end(),
              flows="s f; f m a g; g m : again; g j; f b j; j z e"),
        "start > a b; b > a; a again=True > a; a again=True > a; a again=False > z; z > end:e",
    ),
    case(
        "Gateways together", "an event decides within a parallel section", "13.4.1 / 13.4.4",
        model(start(), par("f"), waiting("g"), catch("m", event("message", "pay")),
              catch("t", timer("PT1H")), xor("x"), user("b"), par("j"), user("z"), end(),
              flows="s f; f g; g m x; g t x; x j; f b j; j z e", names="message:pay"),
        "start > b msg:pay@m t@1h; wait 1h > b; b > z; z > end:e",
        "start > b msg:pay@m t@1h; b > msg:pay@m t@1h; get pay > z; z > end:e",
    ),
    case(
        "Gateways together", "an inclusive split inside an inclusive split", "13.4.3",
        model(start(), inc("g"), inc("h"), user("a"), user("b"), user("c"), inc("k"), inc("j"),
              user("z"), end(),
              flows="s g; g h : n > 0; g c : n > 1; h a : n > 0; h b : n > 2; a k; b k; k j;"
                    " c j; j z e"),
        "start n=1 > a; a > z; z > end:e", "start n=2 > a c; a > c; c > z",
        "start n=3 > a b c; c > a b; b > a; a > z",
    ),
]  # fmt: skip

WRONG = [
    wrong("Exclusive Gateway", "with an open flow beside conditions", "10.6.2",
          model(start(), xor("g", default="g_b"), user("a"), user("b"), user("c"), end(),
                flows="s g; g a : n > 1; g b; g c; a e; b e; c e"), "flow-without-condition@g"),
    wrong("Exclusive Gateway", "with a default that is no flow of its own", "8.4.13 / 10.6.2",
          around(xor("x", default="gone")), "default-unknown@x"),
    wrong("Exclusive Gateway", "with a condition that is none", "8.4.13",
          model(start(), xor("g", default="g_e"), user("a"), end(),
                flows="s g; g a : n >; g e; a e"), "expression-invalid@g_a"),
    wrong("Parallel Gateway", "with a condition", "10.6.4",
          model(start(), par("g"), user("a"), user("b"), end(),
                flows="s g; g a : n > 1; g b; a e; b e"), "condition-ignored@g"),
    wrong("Parallel Gateway", "after a decision waits for ever", "13.4.1 / 13.4.2",
          model(start(), xor("g", default="g_b"), user("a"), user("b"), par("j"), end(),
                flows="s g; g a : n > 1; g b; a j; b j; j e"), "deadlock@j"),
    wrong("Parallel Gateway", "waiting for a flow from behind itself", "13.4.1",
          model(start(), user("a"), par("j"), user("b"), xor("g", default="g_e"), end(),
                flows="s a j b g; g j : n > 1; g e"), "join-never@j"),
    wrong("Complex Gateway", "is not run", "10.6.5 / 13.4.5",
          around(node("complexGateway", "x")), "element-unsupported@x"),
    wrong("Exclusive Gateway", "that computes parameters", "10.4.2",
          model(start(), node("exclusiveGateway", "g", ext=parameters({"n": "${1}"})), user("a"),
                end(), flows="s g a e"), "extension-refused@g"),
]  # fmt: skip
