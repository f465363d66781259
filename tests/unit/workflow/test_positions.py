"""Every kind of event at every position runs or is refused, as the standard's table says."""

from collections.abc import Callable

import pytest

from engine.workflow.kernel import SpiffKernel
from tests.conformance.drawing import association, transaction, undo
from tests.support.bpmn_builder import (
    boundary,
    catch,
    condition,
    end,
    event,
    event_sub,
    model,
    sequence,
    start,
    sub,
    throw,
    timer,
    user,
)
from tests.support.kernel_world import Library

NAMES = "message:m signal:s error:E1 escalation:X"
LINK = '<bpmn:linkEventDefinition name="L"/>'
KINDS = {
    "none": "",
    "message": event("message", "m"),
    "timer": timer("PT1H"),
    "signal": event("signal", "s"),
    "conditional": condition("v"),
    "error": event("error", "E1"),
    "escalation": event("escalation", "X"),
    "compensate": event("compensate"),
    "cancel": event("cancel"),
    "terminate": event("terminate"),
    "link": LINK,
}
#: Marks in the order of `KINDS`; o is allowed. Source: BPMN 2.0.2, table 10.93.
TABLE = {
    "process start":             "ooooo......",
    "sub-process start":         "o..........",
    "event sub-process start":   ".ooooooo...",
    "boundary of a sub-process": ".ooooooo...",
    "boundary of a transaction": ".oooooooo..",
    "catch":                     ".oooo.....o",
    "throw":                     "oo.o..oo..o",
    "end":                       "oo.o.ooooo.",
    "end outside a transaction": "oo.o.ooo.o.",
}  # fmt: skip
CANCELLED = boundary("bc", "box", event("cancel"))
INNER = (start("bs"), user("in"), undo("in"))


def box(*elements: str, flows: str) -> str:
    return sub("box", *INNER, *elements, flows=flows)


def deal(*elements: str, flows: str) -> str:
    return transaction("box", *INNER, *elements, flows=sequence(flows))


def around(*elements: str, flows: str = "") -> bytes:
    return model(start(), *elements, user("z"), end(), flows=f"s box z e; {flows}", names=NAMES)


def attached(host: str, event_: str) -> bytes:
    """Compensation leads to what undoes by an association, all else by a flow."""
    if event_ != KINDS["compensate"]:
        return around(host, boundary("x", "box", event_), flows="x z")
    undoing = user("ubox", attrs={"isForCompensation": "true"})
    return around(host, boundary("x", "box", event_), undoing, association("x", "ubox"))


def between(
    node: Callable[[str, str], str], event_: str, other: Callable[[str, str], str]
) -> bytes:
    """An intermediate event; half of a link needs the other half."""
    if event_ != LINK:
        return around(box(node("x", event_), end("be"), flows="bs in x be"))
    first, second = ("x", "l") if node is throw else ("l", "x")
    return model(start(), user("z"), node("x", event_), other("l", event_), end(),
                 flows=f"s z {first}; {second} e", names=NAMES)  # fmt: skip


#: A drawing that is right but for the event ``x`` at this position.
DRAWN: dict[str, Callable[[str], bytes]] = {
    "process start": lambda one: model(
        start("x", one), user("z"), end(), flows="x z e", names=NAMES
    ),
    "sub-process start": lambda one: around(
        sub("box", start("x", one), user("in"), end("be"), flows="x in be")
    ),
    "event sub-process start": lambda one: around(
        box(end("be"), event_sub("es", start("x", one), user("y"), end("ye"), flows="x y ye"),
            flows="bs in be")
    ),
    "boundary of a sub-process": lambda one: attached(box(end("be"), flows="bs in be"), one),
    "boundary of a transaction": lambda one: attached(deal(end("be"), flows="bs in be"), one),
    "catch": lambda one: between(catch, one, throw),
    "throw": lambda one: between(throw, one, catch),
    "end": lambda one: around(
        deal(end("x", one), flows="bs in x"), CANCELLED, flows="bc z"
    ),
    "end outside a transaction": lambda one: around(box(end("x", one), flows="bs in x")),
}  # fmt: skip


@pytest.mark.parametrize("position", TABLE)
@pytest.mark.parametrize("number", range(len(KINDS)), ids=list(KINDS))
def test_an_event_is_run_or_refused_by_its_position(position, number):
    kind = list(KINDS)[number]
    diagnosis = SpiffKernel(Library()).diagnose({"p.bpmn": DRAWN[position](KINDS[kind])})
    refused = {
        (one.code, one.element_id) for one in diagnosis.findings if one.severity == "refused"
    }
    if TABLE[position][number] == "o":
        assert refused == set()
    else:
        assert refused
        assert {element for _, element in refused} <= {"x", "es"}
