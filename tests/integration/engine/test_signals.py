"""A signal thrown by one order reaches every other order that waits for it, and only those."""

from engine.domain import commands as c
from engine.store import tables as t
from tests.support import bpmn_builder as b

HEARS = b.diagram(
    b.process(
        "hears",
        b.start(),
        b.catch("wait", b.event("signal", "works_over")),
        b.user("go_on", candidateGroups="agent"),
        b.end(),
        flows="s wait go_on e",
    ),
    names="signal:works_over",
)
CALLS = b.diagram(
    b.process(
        "calls",
        b.start(),
        b.user("finish", candidateGroups="agent"),
        b.throw("tell", b.event("signal", "works_over")),
        b.end(),
        flows="s finish tell e",
    ),
    names="signal:works_over",
)


def test_a_signal_reaches_all_who_wait(world):
    world.do("system", c.Deploy(files={"hears.bpmn": HEARS, "calls.bpmn": CALLS}))
    first, second, suspended = (world.start("hears") for _ in range(3))
    world.do("system", c.SuspendOrder(order_id=suspended, reason="test"))
    caller = world.start("calls")
    assert {row["kind"] for row in world.rows(t.subscription)} == {"signal"}
    world.complete("zhao.agent", world.task(caller).id)
    assert [world.task(order).element for order in (first, second)] == ["go_on", "go_on"]
    assert world.order(caller).status == "ended"
    (waiting,) = world.rows(t.subscription)
    assert waiting["order_id"] == suspended


def test_a_message_of_the_same_name_is_not_the_signal(desk):
    desk.do("system", c.Deploy(files={"hears.bpmn": HEARS}))
    order = desk.start("hears")
    message = c.SendMessage(message="works_over", order_id=order)
    assert desk.code("zhao.agent", message) == "message_not_awaited"
