"""Start events. How processes begin."""

from tests.conformance.drawing import around, definition, link
from tests.conformance.notation import case, wrong
from tests.support.bpmn_builder import (
    condition,
    end,
    event,
    model,
    start,
    timer,
    user,
)


def begun(*definitions: str, names: str = "", **options: object) -> bytes:
    """A process whose start ``x`` has these definitions."""
    return model(start("x", "".join(definitions), **options), user("a"), end(), flows="x a e",
                 names=names)  # fmt: skip


ORDER = event("message", "order")
TWO = model(start(), start("m", ORDER), user("a"), user("b"), end(), flows="s a e; m b e",
            names="message:order")  # fmt: skip

CASES = [
    case("None Start Event", "begins when the process is called for", "10.5.2 / 13.5.1",
         around(user("x")), "start n=1 > x; x > end:e"),
    case("Message Start Event", "begins by its message", "10.5.2 / 13.5.1",
         begun(ORDER, names="message:order"), "start by order n=1 > a; a > end:e"),
    case("Message Start Event", "beside a none start is an alternative", "10.5.2 / 13.2",
         TWO, "start > a; a > end:e", "start by order > b; b > end:e"),
    case("Message Start Event", "one of several begins, the others do not wait", "13.2 / 13.5.1",
         model(start("m", ORDER), start("k", event("message", "claim")), user("a"), user("b"),
               end(), flows="m a e; k b e", names="message:order message:claim"),
         "start by claim > b; lost order > b; b > end:e",
         "start by order > a; lost claim > a; a > end:e"),
    case("Message Start Event", "may lead into the same path", "10.5.2",
         model(start(), start("m", ORDER), user("a"), end(), flows="s a e; m a",
               names="message:order"),
         "start > a; a > end:e", "start by order > a; a > end:e"),
    case("Timer Start Event", "begins by command here", "10.5.2",
         begun(timer("R/P1D", "Cycle")), "start > a; a > end:e"),
    case("Signal Start Event", "begins by command here", "10.5.2",
         begun(event("signal", "go"), names="signal:go"), "start > a; a > end:e"),
    case("Conditional Start Event", "begins by command here", "10.5.2",
         begun(condition("${n > 1}")), "start > a; a > end:e"),
]  # fmt: skip

WRONG = [
    wrong("None Start Event", "with a flow into it", "10.5.2",
          model(start(), user("a"), end(), flows="s a e; a s"), "start-entered@s"),
    wrong("None Start Event", "twice", "10.5.2 / 13.2",
          model(start(), start("s2"), user("a"), end(), flows="s a e; s2 a"), "start-several@p"),
    wrong("Multiple Start Event", "is not run", "10.5.2 / 10.5.5",
          begun(ORDER, event("signal", "go"), names="message:order signal:go"),
          "event-multiple@x"),
    wrong("Parallel Multiple Start Event", "is not run", "10.5.2 / 10.5.5",
          begun(ORDER, event("signal", "go"), names="message:order signal:go",
                attrs={"parallelMultiple": "true"}), "event-multiple@x"),
    wrong("Error Start Event", "of a process", "10.5.2",
          begun(event("error", "E1"), names="error:E1"), "event-unsupported@x"),
    wrong("Escalation Start Event", "of a process", "10.5.2",
          begun(event("escalation", "X"), names="escalation:X"), "event-unsupported@x"),
    wrong("Compensation Start Event", "of a process", "10.5.2",
          begun(event("compensate")), "event-unsupported@x"),
    wrong("Cancel Start Event", "does not exist", "10.5.5",
          begun(event("cancel")), "event-unsupported@x"),
    wrong("Terminate Start Event", "does not exist", "10.5.5",
          begun(event("terminate")), "event-unsupported@x"),
    wrong("Link Start Event", "does not exist", "10.5.5",
          begun(link("L")), "event-unsupported@x"),
    wrong("Message Start Event", "of an unknown message", "8.4.11 / 10.5.2",
          begun(event("message", "gone")), "reference-missing@x"),
    wrong("Message Start Event", "without a message", "10.5.5",
          begun(definition("message")), "message-missing@x"),
    wrong("Timer Start Event", "at no time", "10.5.5",
          begun(timer("tomorrow", "Date")), "timer-invalid@x"),
    wrong("Message Start Event", "beside another of the same message", "10.5.2",
          model(start(), start("m", event("message", "pay")), start("n", event("message", "pay")),
                user("a"), end(), flows="s a e; m a; n a", names="message:pay"),
          "start-several@p"),
    wrong("Message Start Event", "of a message nobody knows before", "10.5.2",
          begun(event("message", "${n}"), names="message:${n}"), "name-computed@x"),
]  # fmt: skip
