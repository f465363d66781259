"""Intermediate throwing events. Messages, signals, escalations on the way."""

from tests.conformance.drawing import around, definition, mark
from tests.conformance.notation import case, wrong
from tests.support.bpmn_builder import (
    boundary,
    catch,
    condition,
    end,
    event,
    event_sub,
    model,
    par,
    parameters,
    start,
    sub,
    throw,
    user,
)


def thrown(inner: str, names: str = "", **options: object) -> bytes:
    """A throwing event ``t``, then the task ``x``."""
    return around(throw("t", inner, **options), user("x"), flows="s t x e", names=names)


def refused(inner: str, names: str = "") -> bytes:
    """A throwing event ``x`` that cannot be."""
    return around(throw("x", inner), names=names)


PAY = event("message", "pay")
GO = event("signal", "go")

CASES = [
    case("None Intermediate Event", "changes nothing on its way", "10.5.4 / 13.5.2",
         around(user("x"), mark("m"), mark("n"), user("y"), flows="s x m n y e"),
         "start > x; x > y; y > end:e"),
    case("Message Intermediate Event, throwing", "sends and does not wait", "10.5.4 / 13.5.2",
         thrown(PAY, "message:pay"), "start > send:pay x; x > end:e"),
    case("Message Intermediate Event, throwing", "carries its inputs", "10.4.2 / 10.5.1",
         thrown(PAY, "message:pay", ext=parameters({"sum": "${n + 1}"})),
         "start n=1 > send:pay(sum=2) x"),
    case("Message Intermediate Event, throwing", "is for others, not for its own process",
         "10.5.1 / 9.4",
         model(start(), par("f"), catch("c", PAY), user("b"), throw("t", PAY), user("a"), end(),
               flows="s f; f c a e; f b t e", names="message:pay"),
         "start > b msg:pay@c; b > send:pay msg:pay@c; get pay > a"),
    case("Message Intermediate Event, throwing", "in a row keep their order", "13.5.2",
         around(throw("t", PAY), throw("u", event("message", "ask")), throw("w", PAY), user("x"),
                flows="s t u w x e", names="message:pay message:ask"),
         "start > send:pay send:ask send:pay x"),
    case("Signal Intermediate Event, throwing", "is heard in every scope", "10.5.1 / 10.5.5",
         model(start(), par("f"), user("b"), throw("t", GO), end(),
               sub("x", start("bs"), catch("c", GO), user("in"), end("be"), flows="bs c in be"),
               user("y"), boundary("d", "y", GO, interrupting=False), user("z"),
               flows="s f; f b t e; f x e; f y e; d z e", names="signal:go"),
         "start > b sig:go@c sig:go@d y; b > cast:go in sig:go@d y z"),
    case("Signal Intermediate Event, throwing", "may end the activity that throws it", "13.5.3",
         around(sub("x", start("bs"), user("a"), throw("t", GO), user("b"), end("be"),
                    flows="bs a t b be"),
                boundary("d", "x", GO), user("y"), flows="s x e; d y e", names="signal:go"),
         "start > a sig:go@d; a > cast:go y; y > end:e"),
    case("Signal Intermediate Event, throwing", "may begin an event sub-process", "13.5.4",
         around(user("x"), throw("t", GO), user("z"),
                event_sub("es", start("g", GO, attrs={"isInterrupting": "false"}), user("y"),
                          end("ee"), flows="g y ee"), flows="s x t z e", names="signal:go"),
         "start > x sig:go@g; x > cast:go y z sig:go@g; z > y; y > end:e"),
    case("Escalation Intermediate Event, throwing", "goes on after it told", "10.5.4 / 10.5.6",
         around(sub("x", start("bs"), throw("t", event("escalation", "X")), user("a"), end("be"),
                    flows="bs t a be"),
                boundary("d", "x", event("escalation", "X"), interrupting=False), user("y"),
                flows="s x e; d y e", names="escalation:X"),
         "start > a y; a > y; y > end:e"),
    case("Escalation Intermediate Event, throwing", "that nobody catches has no effect",
         "10.5.6", thrown(event("escalation", "X"), "escalation:X"),
         "start > x; x > end:e"),
]  # fmt: skip

WRONG = [
    wrong("Error Intermediate Event", "that throws", "10.5.4 / 10.5.5",
          refused(event("error", "E1"), "error:E1"), "event-unsupported@x"),
    wrong("Terminate Intermediate Event", "that throws", "10.5.5",
          refused(event("terminate")), "event-unsupported@x"),
    wrong("Cancel Intermediate Event", "that throws", "10.5.5",
          refused(event("cancel")), "event-unsupported@x"),
    wrong("Conditional Intermediate Event", "that throws", "10.5.5",
          refused(condition("${n}")), "event-unsupported@x"),
    wrong("Multiple Intermediate Event", "that throws is not run", "10.5.5",
          refused(PAY + GO, "message:pay signal:go"), "event-multiple@x"),
    wrong("Message Intermediate Event, throwing", "without a message", "10.5.5",
          refused(definition("message")), "message-missing@x"),
    wrong("Escalation Intermediate Event, throwing", "of an unknown escalation", "8.4.4",
          refused(event("escalation", "gone")), "reference-missing@x"),
    wrong("Signal Intermediate Event, throwing", "without a signal", "10.5.5",
          refused(definition("signal")), "event-missing@x"),
]  # fmt: skip
