"""Event-based gateways. The first event decides."""

from tests.conformance.drawing import receive, waiting
from tests.conformance.notation import case, wrong
from tests.support.bpmn_builder import (
    catch,
    condition,
    end,
    event,
    model,
    par,
    start,
    throw,
    timer,
    user,
    xor,
)


def raced(*targets: str, flows: str, names: str = "") -> bytes:
    """An event-based gateway ``g`` before its events, with tasks a and b behind them."""
    return model(start(), waiting("g"), *targets, user("a"), user("b"), end(),
                 flows="s g;" + flows, names=names)  # fmt: skip


CASES = [
    case(
        "Event-Based Gateway", "goes on with the first event, the others wait no longer",
        "10.6.6 / 13.4.4",
        raced(catch("m", event("message", "pay")), catch("t", timer("PT2H")),
              flows="g m a e; g t b e", names="message:pay"),
        "start > msg:pay@m t@2h; get pay > a; wait 3h > a; a > end:e",
        "start > msg:pay@m t@2h; wait 2h > b; lost pay > b; b > end:e",
    ),
    case(
        "Event-Based Gateway", "may wait for a signal or a condition", "10.6.6",
        raced(catch("c", condition("${n > 1}")), catch("g2", event("signal", "go")),
              flows="g c a e; g g2 b e", names="signal:go"),
        "start n=0 > sig:go@g2; set n=5 > a; unheard go > a; a > end:e",
        "start n=0 > sig:go@g2; signal go > b; set n=5 > b; b > end:e",
    ),
    case(
        "Event-Based Gateway", "may wait for receive tasks", "10.6.6",
        raced(receive("r", "pay"), receive("q", "deny"), flows="g r a e; g q b e",
              names="message:pay message:deny"),
        "start > msg:deny@q msg:pay@r; get deny > b; lost pay > b; b > end:e",
    ),
    case(
        "Event-Based Gateway", "may wait for several times", "10.6.6",
        raced(catch("t1", timer("PT3H")), catch("t2", timer("PT2H")),
              flows="g t1 a e; g t2 b e"),
        "start > t1@3h t2@2h; wait 2h > b; wait 2h > b; b > end:e",
    ),
    case(
        "Event-Based Gateway", "waits afresh in a loop", "13.4.4",
        model(start(), xor("m"), waiting("g"), catch("urge", event("message", "urge")),
              catch("done", event("message", "done")), end(),
              flows="s m g; g urge m; g done e", names="message:urge message:done"),
        "start > msg:done@done msg:urge@urge; get urge > msg:done@done msg:urge@urge;"
        " get done > end:e",
    ),
    case(
        "Event-Based Gateway", "keeps what the message brought", "13.4.4",
        raced(catch("m", event("message", "pay")), catch("t", timer("PT2H")),
              flows="g m a e; g t b e", names="message:pay"),
        "start > msg:pay@m t@2h; get pay n=3 > a; a > end:e",
    ),
    case(
        "Event-Based Gateway", "beside another listens for itself", "13.4.4",
        model(start(), par("f"), waiting("g"), waiting("h"), catch("m", event("message", "one")),
              catch("t", timer("PT1H")), catch("k", event("message", "two")),
              catch("u", timer("PT2H")), user("a"), user("b"), user("c"), user("d"), end(),
              flows="s f; f g; f h; g m a e; g t b e; h k c e; h u d e",
              names="message:one message:two"),
        "start > msg:one@m msg:two@k t@1h u@2h; wait 1h > b msg:two@k u@2h; get two > b c",
    ),
]  # fmt: skip

WRONG = [
    wrong("Event-Based Gateway", "before a user task", "10.6.6",
          model(start(), waiting("g"), user("a"), catch("t", timer("PT1H")), end(),
                flows="s g; g a e; g t e"), "gateway-target@g"),
    wrong("Event-Based Gateway", "before an event entered from elsewhere", "10.6.6",
          model(start(), par("f"), waiting("g"), catch("t", timer("PT1H")),
                catch("u", timer("PT2H")), user("a"), end(),
                flows="s f; f g; f a t e; g t; g u e"), "gateway-target@g"),
    wrong("Event-Based Gateway", "with one event only", "10.6.6",
          model(start(), waiting("g"), catch("t", timer("PT1H")), end(), flows="s g t e"),
          "gateway-one-event@g"),
    wrong("Event-Based Gateway", "before message events and receive tasks", "10.6.6",
          model(start(), waiting("g"), catch("m", event("message", "pay")), receive("r", "ask"),
                end(), flows="s g; g m e; g r e", names="message:pay message:ask"),
          "gateway-mixed@g"),
    wrong("Event-Based Gateway", "with a condition", "10.6.6",
          model(start(), waiting("g"), catch("t", timer("PT1H")), catch("u", timer("PT2H")),
                end(), flows="s g; g t : n > 1; g u; t e; u e"), "condition-ignored@g"),
    wrong("Event-Based Gateway", "before a throwing event", "10.6.6",
          model(start(), waiting("g"), throw("m", event("message", "pay")),
                catch("t", timer("PT1H")), end(), flows="s g; g m e; g t e",
                names="message:pay"), "gateway-target@g"),
    wrong("Event-Based Gateway", "that would create the process", "10.6.6 / 13.2",
          model(waiting("g", instantiate="true"), catch("m", event("message", "pay")),
                catch("k", event("message", "ask")), end(), flows="g m e; g k e",
                names="message:pay message:ask"), "instantiates@g"),
    wrong("Event-Based Gateway", "that would wait for all its events", "10.6.6 / 13.2",
          model(start(), waiting("g", eventGatewayType="Parallel"),
                catch("m", event("message", "pay")), catch("k", event("message", "ask")), end(),
                flows="s g; g m e; g k e", names="message:pay message:ask"),
          "gateway-parallel-events@g"),
]  # fmt: skip
