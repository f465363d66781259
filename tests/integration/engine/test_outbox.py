"""Messages for the outside: what is put into the outbox, and how the relay gets rid of it."""

from datetime import timedelta

import pytest

from engine.domain import commands as c
from engine.notify.backoff import Backoff
from engine.ports.outbound import DeliveryError
from engine.queries.operations import list_dead_letters
from engine.relay import Relay
from engine.store import tables as t
from engine.store.outbox import LEASE, Outbox
from tests.support.operator import living, rule

NO_LETTER = "dead_letter_not_found"

HOOK = {
    "webhook_url": "http://127.0.0.1:9/hook",
    "webhook_secret": "0123456789abcdef",
    "webhook_events": "task.opened,order.ended",
}
MAIL = {"smtp_url": "smtp://127.0.0.1:9", "mail_from": "desk@example.com"}


class Recorder:
    """A channel that notes what it gets, and does what it is told meanwhile."""

    def __init__(self):
        self.got = []
        self.meanwhile = lambda message: None

    def deliver(self, message):
        self.meanwhile(message)
        self.got.append(message)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def world(request):
    yield from living(request.getfixturevalue(f"on_{request.param}"), **HOOK, **MAIL)


@pytest.fixture
def channel():
    return Recorder()


def relay(world, **channels):
    return Relay(
        outbox=Outbox(world.app.database),
        channels=channels,
        clock=world.clock,
        backoff=Backoff(),
    )


def test_only_the_wanted_kinds_leave_by_webhook_and_once(world, channel):
    order = world.start("steps")
    world.do("zhao.agent", c.ClaimTask(task_id=world.task(order).id))
    node = relay(world, webhook=channel)
    assert node.tick() == 1
    (message,) = channel.got
    assert (message.kind, message.address) == ("task.opened", HOOK["webhook_url"])
    opened = [e for e in world.events(order) if e.fact["kind"] == "task.opened"]
    assert message.event_id == opened[0].id
    assert message.payload["fact"]["task"] == world.task(order).id
    assert world.rows(t.outbox) == []
    assert node.tick() == 0


def test_mails_are_in_the_language_of_their_reader(world, channel):
    for login, language in (("li.desk", "en"), ("chen.desk", "zh")):
        world.do("system", c.SavePerson(login=login, name="x", unit="north", language=language,
                                        email=f"{login}@example.com"))  # fmt: skip
    order = world.start("steps")
    number = world.order(order).number
    mentions = ("li.desk", "chen.desk", "feng.lead", "zhao.agent")
    world.do("zhao.agent", c.AddComment(order_id=order, text="please look", mentions=mentions))
    relay(world, mail=channel, webhook=Recorder()).tick()
    mails = {message.address: message for message in channel.got}
    assert set(mails) == {"li.desk@example.com", "chen.desk@example.com"}
    assert mails["li.desk@example.com"].subject == f"You were mentioned: {number}"
    assert mails["chen.desk@example.com"].subject == f"有人在工单中提到您：{number}"
    (passage,) = mails["li.desk@example.com"].passages
    assert passage.lines == ("please look",)
    assert len({message.event_id for message in channel.got}) == 2


def test_a_mail_of_a_new_order_names_it(world, channel):
    world.do("system", c.SavePerson(login="feng.lead", name="x", unit="north",
                                    email="feng@example.com"))  # fmt: skip
    world.rules([rule("at-once", trigger="at_start")])
    order = world.start("steps")
    world.tick()
    relay(world, mail=channel, webhook=Recorder()).tick()
    assert world.order(order).number in channel.got[0].subject


def test_a_refused_message_waits_longer_and_longer_then_is_dead_and_can_be_revived(world, channel):
    def refuse(message):
        raise DeliveryError("Expected an answer, but there was none.", retry=True)

    channel.meanwhile = refuse
    world.start("steps")
    node = relay(world, webhook=channel)
    waits = []
    for _ in range(100):
        now = world.clock.now()
        assert node.tick() == 1
        (row,) = world.rows(t.outbox)
        if row["dead_at"] is not None:
            break
        assert row["next_attempt_at"] > now
        waits.append(row["next_attempt_at"] - now)
        world.clock.move_to(row["next_attempt_at"])
    else:
        pytest.fail("Expected the message to be given up")
    assert waits[0] < timedelta(minutes=2) < waits[-1]
    assert row["attempts"] == len(waits) + 1
    assert node.tick() == 0
    with world.app.dispatcher.view(world.person("ma.operator")) as view:
        (letter,) = list_dead_letters(view).items
    assert letter.error == "Expected an answer, but there was none."
    assert world.code("ma.operator", c.SendAgain(letter_id=letter.id + 1)) == NO_LETTER
    world.do("ma.operator", c.SendAgain(letter_id=letter.id))
    assert world.code("ma.operator", c.SendAgain(letter_id=letter.id)) == NO_LETTER
    channel.meanwhile = lambda message: None
    assert node.tick() == 1
    assert world.rows(t.outbox) == []


def test_a_final_refusal_is_dead_at_once(world, channel):
    def refuse(message):
        raise DeliveryError("Expected an address, but there is none.", retry=False)

    channel.meanwhile = refuse
    world.start("steps")
    relay(world, webhook=channel).tick()
    (row,) = world.rows(t.outbox)
    assert (row["dead_at"], row["next_attempt_at"]) == (world.clock.now(), None)


def test_a_broken_channel_holds_up_nobody_else(world, channel, caplog):
    orders = [world.start("steps") for _ in range(3)]

    def break_at_first(message):
        if message.payload["stream_id"] == orders[0]:
            raise ZeroDivisionError

    channel.meanwhile = break_at_first
    node = relay(world, webhook=channel)
    assert node.tick() == 3
    assert [message.payload["stream_id"] for message in channel.got] == orders[1:]
    (row,) = world.rows(t.outbox)
    assert row["attempts"] == 1
    assert "broke its channel" in caplog.text


def test_a_channel_that_is_not_configured_is_tried_again(world):
    world.start("steps")
    relay(world).tick()
    (row,) = world.rows(t.outbox)
    assert (row["attempts"], row["dead_at"]) == (1, None)
    assert "webhook" in row["error"]


def test_two_relays_never_deliver_within_one_lease(world):
    world.start("steps")
    second = Recorder()
    other = relay(world, webhook=second)
    first = Recorder()
    first.meanwhile = lambda message: other.tick()
    relay(world, webhook=first).tick()
    assert (len(first.got), len(second.got)) == (1, 0)


def test_a_slow_relay_stops_before_its_lease_ends_and_another_takes_the_rest(world):
    for _ in range(3):
        world.start("steps")
    slow, quick = Recorder(), Recorder()
    slow.meanwhile = lambda message: world.clock.pass_(seconds=LEASE.total_seconds() * 0.6)
    assert relay(world, webhook=slow).tick() == 1
    assert relay(world, webhook=quick).tick() == 0
    world.clock.pass_(seconds=LEASE.total_seconds())
    assert relay(world, webhook=quick).tick() == 2
    ids = [message.event_id for message in slow.got + quick.got]
    assert len(set(ids)) == len(ids) == 3


def test_a_relay_that_died_leaves_its_messages_to_another(world, channel):
    world.start("steps")
    taken = Outbox(world.app.database).take(world.clock.now(), 10)
    assert len(taken) == 1
    node = relay(world, webhook=channel)
    assert node.tick() == 0
    world.clock.pass_(seconds=LEASE.total_seconds() + 1)
    assert node.tick() == 1
    assert channel.got[0].event_id == taken[0].event_id


def test_a_refused_command_sends_nothing(world):
    order = world.start("steps")
    before = len(world.rows(t.outbox))
    world.code("zhao.agent", c.CompleteTask(task_id=world.task(order).id, values={}))
    assert len(world.rows(t.outbox)) == before
