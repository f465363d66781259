"""Errors and escalations. Who catches what, from the inside out."""

from tests.conformance.drawing import around, listening, times
from tests.conformance.notation import case
from tests.support.bpmn_builder import (
    boundary,
    call,
    diagram,
    end,
    event,
    event_sub,
    job,
    model,
    par,
    process,
    start,
    sub,
    throw,
    user,
)

NAMES = "error:E1 error:E2 escalation:X escalation:Y"
ALL_IN = '<camunda:in variables="all"/>'
ERROR, OTHER, ANY = event("error", "E1"), event("error", "E2"), event("error")
UP, UP_Y, UP_ANY = event("escalation", "X"), event("escalation", "Y"), event("escalation")


def nested(inner: str, outer: str, thrown: str = ERROR) -> bytes:
    """An error thrown two levels down, caught at ``i`` or ``o``."""
    return around(
        sub("x", start("s1"), sub("y", start("s2"), user("a"), end("bad", thrown),
                                  flows="s2 a bad"),
            boundary("i", "y", inner), user("in"), end("e1"), flows="s1 y e1; i in e1"),
        boundary("o", "x", outer), user("out"), user("z"),
        flows="s x z e; o out e", names=NAMES,
    )  # fmt: skip


def escalated(inner: str, outer: str, *, interrupting: bool = False) -> bytes:
    """An escalation thrown two levels down, caught at ``i`` or ``o``."""
    return around(
        sub("x", start("s1"), sub("y", start("s2"), user("a"), throw("t", UP), user("b"),
                                  end("e2"), flows="s2 a t b e2"),
            boundary("i", "y", inner, interrupting=interrupting), user("in"), end("e1"),
            flows="s1 y e1; i in e1"),
        boundary("o", "x", outer, interrupting=interrupting), user("out"), user("z"),
        flows="s x z e; o out e", names=NAMES,
    )  # fmt: skip


def two(called: str, *marks: str, flows: str) -> bytes:
    """A process that calls ``q``."""
    return diagram(
        process("p", start(), call("x", "q", ext=ALL_IN), *marks, user("y"), user("z"), end(),
                flows=flows), called, names=NAMES,
    )  # fmt: skip


CASES = [
    case("Error propagation", "the nearest handler catches it", "10.5.6",
         nested(ERROR, ERROR), "start > a; a > in; in > z; z > end:e"),
    case("Error propagation", "passes who catches another code", "10.5.6",
         nested(OTHER, ERROR), "start > a; a > out; out > end:e"),
    case("Error propagation", "is stopped by who catches all", "10.5.6",
         nested(ANY, ERROR), "start > a; a > in; in > z"),
    case("Error propagation", "is caught outside by who catches all", "10.5.6",
         nested(OTHER, ANY), "start > a; a > out; out > end:e"),
    case("Error propagation", "ends everything up to the handler", "10.5.6 / 13.5.3",
         around(sub("x", start("s1"), par("f"), user("b"),
                    sub("y", start("s2"), user("a"), user("c"), end("bad", ERROR), end("e2"),
                        flows="s2 a bad; s2 c e2"), end("e1"), flows="s1 f; f b e1; f y e1"),
                boundary("o", "x", ERROR), user("out"), flows="s x e; o out e", names=NAMES),
         "start > a b c; a > out; out > end:e"),
    case("Error propagation", "out of a called process", "10.3.6 / 10.5.6",
         two(process("q", start("qs"), user("a"), user("b"), end("bad", ERROR), end("qe"),
                     flows="qs a bad; qs b qe"),
             boundary("d", "x", ERROR), flows="s x z e; d y e"),
         "start > a b; a > y; y > end:e", "start > a b; b > a; a > y"),
    case("Error propagation", "out of two called processes", "10.3.6 / 10.5.6",
         diagram(process("p", start(), call("x", "q", ext=ALL_IN), boundary("d", "x", ANY),
                         user("y"), end(), flows="s x e; d y e"),
                 process("q", start("qs"), call("w", "r", ext=ALL_IN), end("qe"), flows="qs w qe"),
                 process("r", start("rs"), user("a"), end("bad", ERROR), flows="rs a bad"),
                 names=NAMES),
         "start > a; a > y; y > end:e"),
    case("Error propagation", "out of a called process's own job", "10.3.6 / 10.5.6",
         two(process("q", start("qs"), job("w"), end("qe"), flows="qs w qe"),
             boundary("d", "x", ERROR), flows="s x z e; d y e"),
         "start > job:w; fail w E1 > y; y > end:e"),
    case("Error propagation", "is handled inside the called process first", "10.5.6",
         two(process("q", start("qs"), user("a"), end("bad", ERROR),
                     event_sub("es", listening(ERROR, "h"), user("b"), end("ee"), flows="h b ee"),
                     flows="qs a bad"),
             boundary("d", "x", ERROR), flows="s x z e; d y e"),
         "start > a; a > b; b > z; z > end:e"),
    case("Error propagation", "out of one of many ends all", "13.3.7 / 13.5.3",
         around(job("x", "work", times("3")), boundary("d", "x", ERROR), user("y"),
                flows="s x e; d y e", names=NAMES),
         "start > job:x job:x job:x; done x > job:x job:x; fail x E1 > y; y > end:e"),
    case("Error propagation", "leaves parallel paths outside alone", "13.5.3",
         model(start(), par("f"), sub("x", start("bs"), user("a"), end("bad", ERROR),
                                      flows="bs a bad"),
               boundary("d", "x", ERROR), user("y"), user("b"), end(),
               flows="s f; f x e; d y e; f b e", names=NAMES),
         "start > a b; a > b y; b > y; y > end:e"),
    case("Error propagation", "a handler's own error goes further out", "10.5.6",
         around(sub("x", start("s1"), sub("y", start("s2"), user("a"), end("bad", ERROR),
                                          flows="s2 a bad"),
                    boundary("i", "y", ERROR), user("in"), end("worse", OTHER), end("e1"),
                    flows="s1 y e1; i in worse"),
                boundary("o", "x", OTHER), user("out"), flows="s x e; o out e", names=NAMES),
         "start > a; a > in; in > out; out > end:e"),
    case("Error propagation", "one error after another can be handled", "13.5.3",
         around(job("x"), boundary("d", "x", ERROR), job("w"), boundary("f", "w", OTHER),
                user("y"), flows="s x e; d w e; f y e", names=NAMES),
         "start > job:x; fail x E1 > job:w; fail w E2 > y; y > end:e"),
    case("Escalation propagation", "the nearest handler catches it, and it stops there",
         "10.5.6", escalated(UP, UP), "start > a; a > b in; b > in; in > z; z > end:e"),
    case("Escalation propagation", "passes who catches another", "10.5.6",
         escalated(UP_Y, UP), "start > a; a > b out; b > out z; out > z; z > end:e"),
    case("Escalation propagation", "is stopped by who catches all", "10.5.6",
         escalated(UP_ANY, UP), "start > a; a > b in"),
    case("Escalation propagation", "ends what catches it with a full line", "10.5.6 / 13.5.3",
         escalated(UP_Y, UP, interrupting=True), "start > a; a > out; out > end:e"),
    case("Escalation propagation", "out of a called process", "10.3.6 / 10.5.6",
         two(process("q", start("qs"), user("a"), throw("t", UP), user("b"), end("qe"),
                     flows="qs a t b qe"),
             boundary("d", "x", UP, interrupting=False), flows="s x z e; d y e"),
         "start > a; a > b y; b > y z; y > z; z > end:e"),
    case("Escalation propagation", "may be thrown again and again", "10.5.6",
         around(sub("x", start("bs"), throw("t", UP), throw("u", UP), user("a"), end("be"),
                    flows="bs t u a be"),
                boundary("d", "x", UP, interrupting=False), user("y"), flows="s x e; d y e",
                names=NAMES),
         "start > a y y; a > y y; y > y; y > end:e"),
    case("Escalation propagation", "is not an error", "10.5.5",
         around(sub("x", start("bs"), throw("t", UP), user("a"), end("be"), flows="bs t a be"),
                boundary("d", "x", ANY), user("y"), flows="s x e; d y e", names=NAMES),
         "start > a; a > end:e"),
]  # fmt: skip

WRONG = []
