"""Mails as their reader wants them: each, in working time, one a day, or none."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from engine.domain import commands as c
from engine.store import tables as t
from engine.store.digests import MOST_NOTICES, Digests, _readers
from engine.store.setup import SetupCache
from tests.support.operator import living, rule

MAIL = {"smtp_url": "smtp://127.0.0.1:9", "mail_from": "Desk <desk@example.com>"}
READER = "chen.desk"
SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(day, hour, minute=0):
    """An instant of November 2026 at the operator's place; the 23rd is a Monday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=SHANGHAI)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def world(request):
    for made in living(request.getfixturevalue(f"on_{request.param}"), **MAIL):
        made.rules([])
        address(made, READER)
        yield made


def address(world, login, language="zh"):
    name, unit = ("冯刚", "north") if login == "feng.lead" else ("陈静", "north")
    world.do("system", c.SavePerson(login=login, name=name, unit=unit, language=language,
                                    email=f"{login}@example.com"))  # fmt: skip


def wish(world, **chosen):
    world.do(READER, c.SavePreferences(**chosen))


def mention(world, order, text="please look"):
    world.do("zhao.agent", c.AddComment(order_id=order, text=text, mentions=(READER,)))


def mails(world, kind=None):
    rows = world.rows(t.outbox)
    return [row for row in rows if kind is None or row["kind"] == kind]


def digest(world, when=None):
    if when is not None:
        world.clock.move_to(when)
    return world.app.metronome.digest()


@pytest.mark.parametrize(
    ("chosen", "told_at", "leaves_at"),
    [
        ({}, at(23, 9), at(23, 9)),
        ({}, at(23, 12, 30), at(23, 13, 30)),
        ({}, at(27, 20), at(30, 8, 30)),
        ({"quiet": False}, at(27, 20), at(27, 20)),
        ({"mail": "none"}, at(23, 9), None),
        ({"mail": "digest"}, at(23, 9), None),
    ],
)
def test_a_notice_is_mailed_as_its_reader_wants(world, chosen, told_at, leaves_at):
    wish(world, **chosen)
    order = world.start("talks")
    world.clock.move_to(told_at)
    mention(world, order)
    assert [mail["next_attempt_at"] for mail in mails(world)] == ([leaves_at] if leaves_at else [])
    assert world.notices(READER) == ["mentioned"]


@pytest.mark.parametrize(
    ("chosen", "is_mailed"),
    [({}, True), ({"mail": "digest"}, True), ({"mail": "none"}, False)],
)
def test_escalations_never_wait(world, chosen, is_mailed):
    world.do("system", c.GrantRoles(login=READER, grants=(("supervisor", "north"),)))
    wish(world, **chosen)
    world.rules([rule("late")])
    world.start("steps")
    world.clock.move_to(at(28, 22))
    world.tick()
    assert [(mail["kind"], mail["next_attempt_at"]) for mail in mails(world)] == (
        [("escalated", at(28, 22))] if is_mailed else []
    )
    wish(world, mail="digest")
    assert digest(world, at(30, 8, 40)) == 0


def test_a_digest_lists_what_is_unread_by_order_once_each_working_day(world):
    wish(world, mail="digest", digest_at="08:45")
    first, second = world.start("talks"), world.start("talks")
    for order, text in ((first, "one"), (second, "two"), (first, "three")):
        mention(world, order, text)
        world.clock.pass_(minutes=1)
    (read, *_) = world.notes(READER)
    world.do(READER, c.ReadNotices(ids=(read.id,)))
    assert digest(world, at(24, 8, 44)) == 0
    assert digest(world, at(24, 8, 45)) == 1
    assert digest(world) == 0
    (mail,) = mails(world)
    one, two = (world.order(order).number for order in (first, second))
    told = "有人在工单中提到您"
    assert mail["content"] == {
        "subject": "每日汇总：2 条未读通知",
        "language": "zh",
        "passages": [
            {
                "heading": f"{number}  {world.order(order).title}",
                "lines": [f"11-23 {at}  {told}：{text}"],
                "path": f"/orders/{order}",
            }
            for number, order, at, text in (
                (one, first, "09:00", "one"),
                (two, second, "09:01", "two"),
            )
        ],
    }
    assert (mail["channel"], mail["recipient"]) == ("mail", f"{READER}@example.com")
    assert digest(world, at(25, 9)) == 0
    mention(world, first, "four")
    assert digest(world, at(26, 9)) == 1
    mention(world, first, "five")
    for when, made in ((at(27, 9), 1), (at(28, 9), 0), (at(29, 9), 0), (at(30, 8, 44), 0)):
        assert digest(world, when) == made
        mention(world, first, "six")
    assert digest(world, at(30, 8, 45)) == 1
    assert len({mail["event_id"] for mail in mails(world, "digest")}) == len(mails(world))


def test_digests_speak_the_language_of_their_reader(world):
    address(world, READER, "en")
    wish(world, mail="digest")
    order = world.start("talks")
    for _ in range(MOST_NOTICES + 5):
        mention(world, order)
    digest(world, at(24, 9))
    (mail,) = mails(world)
    assert mail["content"]["subject"] == f"Daily digest: {MOST_NOTICES + 5} unread"
    about, rest = mail["content"]["passages"]
    assert rest == {"heading": "", "lines": ["And 5 more."], "path": "/notifications"}
    assert len([line for line in about["lines"] if "You were mentioned" in line]) == MOST_NOTICES


def test_digests_follow_the_calendar_of_the_readers_own_unit(world):
    wish(world, mail="digest", digest_at="08:30")
    order = world.start("talks")
    world.clock.move_to(at(27, 17))
    mention(world, order)
    assert digest(world, at(28, 9)) == 1  # Friday's own digest was still to be made
    mention(world, order)
    world.clock.pass_(minutes=2)
    assert digest(world, at(29, 12)) == 0
    unit = c.SaveUnit(code="north", name="北城", name_en="North", kind="branch", parent="hq",
                      calendar="cn_service_desk")  # fmt: skip
    world.do("system", unit)
    assert digest(world) == 1


def test_two_nodes_make_one_digest(world):
    wish(world, mail="digest")
    mention(world, world.start("talks"))
    world.clock.move_to(at(24, 9))
    with world.app.database.read() as connection:
        (seen_by_second,) = _readers(connection)
        setup = world.app.setups.get(connection)
    assert digest(world) == 1
    second = Digests(world.app.database, SetupCache(), world.clock)
    assert second._make(setup, seen_by_second, world.clock.now()) == 0
    assert len(mails(world)) == 1


def test_whoever_switches_to_digests_gets_what_is_new_from_then_on(world):
    order = world.start("talks")
    mention(world, order, "mailed at once")
    world.clock.pass_(hours=2)
    wish(world, mail="digest")
    world.clock.pass_(hours=1)
    mention(world, order, "new")
    wish(world, mail="digest", theme="dark")
    assert digest(world) == 0
    assert digest(world, at(24, 9)) == 1
    (mail,) = mails(world, "digest")
    (about,) = mail["content"]["passages"]
    assert [line.rpartition("：")[2] for line in about["lines"]] == ["new"]


@pytest.mark.parametrize("change", [{"is_active": False}, {"email": None}])
def test_nobody_without_account_or_address_gets_a_digest(world, change):
    wish(world, mail="digest")
    mention(world, world.start("talks"))
    values = {"login": READER, "name": "x", "unit": "north", "email": "x@example.com", **change}
    world.do("system", c.SavePerson(**values))
    assert digest(world, at(24, 9)) == 0


def test_a_mail_that_waits_for_morning_is_no_reason_for_alarm(world):
    order = world.start("talks")
    world.clock.move_to(at(27, 20))
    mention(world, order)
    world.clock.pass_(hours=3)
    (check,) = [check for check in world.app.health() if check["name"] == "outbox"]
    assert check["ok"]
    world.clock.move_to(at(30, 8, 30) + timedelta(minutes=16))
    (check,) = [check for check in world.app.health() if check["name"] == "outbox"]
    assert not check["ok"]


def test_mails_lead_to_what_they_are_about_and_cover_personal_data(world):
    wish(world, mail="each")
    order = world.start("talks")
    mention(world, order, "请回电 13812346021，或 wang@example.com。")
    wish(world, mail="digest")
    mention(world, order, "请回电 +86 138 1234 6021")
    digest(world, at(24, 9))
    one, daily = mails(world)
    (said,) = one["content"]["passages"]
    assert said["path"] == f"/orders/{order}"
    assert said["lines"] == ["请回电 138****6021，或 w****@example.com。"]
    (about,) = daily["content"]["passages"]
    assert any(line.endswith("请回电 138****6021") for line in about["lines"])


def test_an_english_digest_names_orders_in_english(world):
    address(world, READER, "en")
    wish(world, mail="digest")
    order = world.start_drawn("start_complaint", "complaint_escalation", "zhao.agent")
    assert world.order(order).title.startswith("大客户投诉升级")
    mention(world, order)
    digest(world, at(24, 9))
    (mail,) = mails(world, "digest")
    assert "  Complaint escalation" in mail["content"]["passages"][0]["heading"]
