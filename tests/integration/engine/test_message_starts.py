"""A message nobody waits for opens an order on the process that it starts."""

import pytest

from engine.domain import commands as c
from engine.store import tables as t
from tests.support import bpmn_builder as b


def intake(key: str) -> bytes:
    return b.diagram(
        b.process(
            key,
            b.start(),
            b.start("received", b.event("message", "order_received")),
            b.user("by_hand", candidateGroups="agent"),
            b.user("by_message", candidateGroups="agent"),
            b.catch("more", b.event("message", "order_amended")),
            b.end(),
            flows="s by_hand e; received by_message more e",
            props={"publish": "contract_no"},
        ),
        names="message:order_received message:order_amended",
    )


@pytest.fixture
def world(world):
    world.do("system", c.Deploy(files={"intake.bpmn": intake("intake")}))
    return world


def received(**options):
    return c.SendMessage(
        message="order_received", unit="north", values={"contract_no": "HT-1"}, **options
    )


def test_it_opens_an_order_at_its_own_start_event(world):
    result = world.do("billing.system", received())
    assert result.orders == (result.started,)
    assert world.task(result.started).element == "by_message"
    (opened,) = world.facts(result.started, "order.started")
    assert (opened["message"], opened["values"]) == ("order_received", {"contract_no": "HT-1"})


def test_a_person_opens_it_at_the_plain_start_event(world):
    assert world.task(world.start("intake")).element == "by_hand"


def test_an_order_that_waits_takes_a_message_before_another_is_opened(world):
    order = world.do("billing.system", received()).started
    world.complete("zhao.agent", world.task(order).id)
    amended = c.SendMessage(message="order_amended", correlation={"contract_no": "HT-1"})
    result = world.do("billing.system", amended)
    assert (result.orders, result.started) == ((order,), None)
    assert world.code("billing.system", amended) == "message_not_awaited"
    assert len(world.rows(t.work_order)) == 1


def test_two_processes_cannot_both_be_meant(world):
    world.do("system", c.Deploy(files={"again.bpmn": intake("again")}))
    assert world.code("billing.system", received()) == "message_starts_several"
    assert world.rows(t.work_order) == []


def test_only_other_systems_open_orders_by_message(world):
    assert world.code("zhao.agent", received()) == "not_allowed"
