"""Full-text search over orders, and lists of them: what is found, by whom, in which order."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from engine.domain import commands as c
from engine.domain.fulltext import MOST_CHARACTERS
from engine.queries.order_list import OrderFilters, count_orders, current_steps, list_orders
from engine.queries.paging import CursorInvalidError
from engine.queries.records import list_customers
from engine.store import tables as t
from engine.store.rebuild import check, rebuild
from engine.store.searching import remember
from tests.support.installation import load_customer
from tests.support.operator import MONDAY


def found(world, text, by="zhao.agent", **more):
    """Ids a text finds."""
    return ids(world, by, text=text, **more)


def ids(world, by="zhao.agent", *, sort="newest", cursor=None, limit=50, **filters):
    """Ids of a list."""
    with world.app.dispatcher.view(world.person(by)) as view:
        page = list_orders(
            view, filters=OrderFilters(**filters), sort=sort, cursor=cursor, limit=limit
        )
    return [item.id for item in page.items]


def opened(world, title, by="zhao.agent", unit=None, **values):
    """A small order with a title."""
    command = c.StartOrder(process="steps", values=values, title=title, unit=unit)
    return int(world.do(by, command).order_id)


@pytest.mark.parametrize(
    "text",
    ["东城", "东城支行", "东城 专线", "专线开通", "东", "行", "200m", "200M专线", "vpn", "VP",
     "DX-2026-0001", "dx-2026", '"dx 2026"', "华星", "ＶＰＮ", "mark-7", "专线　东城"],
)  # fmt: skip
def test_parts_of_an_order_find_it(world, text):
    order = opened(world, "东城支行 200M专线开通 VPN DX-2026-0001 华星", mark="mark-7")
    opened(world, "西城另一件 100M 其他事项")
    assert found(world, text) == [order]


@pytest.mark.parametrize(
    "text", ["城东", "支行开通", "vpx", "m专", '"vp"', "2026-dx", "!!", "", " ", "'", '"', "*",
             "东城 没有", "a OR b", "NEAR(东城)", "东城' OR 1=1 --", "§u1", ":*", "&|!"],
)  # fmt: skip
def test_what_is_not_there_finds_nothing(world, text):
    opened(world, "东城支行 200M专线开通 VPN DX-2026-0001")
    assert found(world, text) == []


def test_the_number_comes_first_then_the_newest(world):
    first = opened(world, "甲")
    number = world.order(first).number
    others = [opened(world, f"参见 {number}") for _ in range(3)]
    assert found(world, number) == [first, *reversed(others)]
    assert found(world, number.lower()) == [first, *reversed(others)]
    assert found(world, number[-6:])[-1] == first
    assert found(world, number, sort="oldest") == [first, *others]


def test_pages_of_a_search_hold_everything_once(world):
    orders = [opened(world, "同一件事") for _ in range(7)]
    number = world.order(orders[3]).number
    opened(world, "别的")
    for order in orders:
        world.do("zhao.agent", c.AddComment(order_id=order, text=f"关联 {number}"))
    seen, cursor = [], None
    with world.app.dispatcher.view(world.person("zhao.agent")) as view:
        while True:
            filters = OrderFilters(text=number)
            page = list_orders(view, filters=filters, cursor=cursor, limit=2)
            seen += [item.id for item in page.items]
            cursor = page.next_cursor
            if cursor is None:
                break
        assert count_orders(view, filters, most=100) == 7
        assert count_orders(view, filters, most=5) == 5
    assert seen == [orders[3], *(one for one in reversed(orders) if one != orders[3])]


def test_what_was_said_later_is_found(world):
    order = world.start("steps", mark="first-word")
    world.do("zhao.agent", c.AddComment(order_id=order, text="光缆被挖断"))
    world.do(
        "zhao.agent",
        c.AttachFile(order_id=order, name="验收报告.pdf", media_type="application/pdf", size=1,
                     sha256="0" * 64),
    )  # fmt: skip
    world.complete("zhao.agent", world.task(order).id, mark="second-word")
    for text in ("挖断", "验收报告", "报告.pdf", "second-word"):
        assert found(world, text) == [order], text


def test_only_what_the_reader_may_see(world):
    north = opened(world, "共同词 北城")
    south = opened(world, "共同词 南城", by="tang.south")
    assert found(world, "共同词", by="zhao.agent") == [north]
    assert found(world, "共同词", by="tang.south") == [south]
    assert found(world, "共同词", by="qian.hq") == [south, north]
    assert found(world, world.order(south).number, by="zhao.agent") == []
    assert found(world, "共同词", by="gao.admin") == []
    world.do("tang.south", c.CopyOrder(order_id=south, people=("zhao.agent",)))
    assert found(world, "共同词", by="zhao.agent") == [south, north]
    assert found(world, "共同词", by=None) == []


def test_a_starter_finds_an_order_of_another_unit(world):
    world.do(
        "system", c.GrantRoles(login="zhao.agent", grants=(("agent", "north"), ("sales", "south")))
    )
    order = opened(world, "代南城受理", unit="south")
    world.do("system", c.GrantRoles(login="zhao.agent", grants=(("agent", "north"),)))
    assert found(world, "代南城") == [order]


def test_text_goes_with_other_filters(world):
    one = opened(world, "同词")
    two = opened(world, "同词")
    world.do("feng.lead", c.HoldOrder(order_id=two, reason="customer_not_ready"))
    assert found(world, "同词", is_held=True) == [two]
    assert found(world, "同词", is_held=False) == [one]
    assert found(world, "同词", process="steps") == [two, one]
    assert found(world, "同词", process="talks") == []


def test_rebuilding_and_remembering_give_the_same_words(world):
    order = opened(world, "重建检索", mark="w1")
    world.do("zhao.agent", c.AddComment(order_id=order, text="补充说明"))
    database = world.app.database
    kept = world.rows(t.order_text)
    rebuild(database)
    assert world.rows(t.order_text) == kept and found(world, "补充") == [order]
    with database.write() as connection:
        connection.execute(sa.delete(t.order_text))
    assert found(world, "补充") == [] and check(database)
    with database.write() as connection:
        remember(connection)
    assert world.rows(t.order_text) == kept and found(world, "重建 补充") == [order]


def test_endless_talk_ends_somewhere_and_hurts_nobody(world):
    order = opened(world, "话多")
    for start in range(0, 40_000, 4_000):
        text = "".join(chr(0x4E00 + (start + n) % 20_000) for n in range(4_000))
        world.do("zhao.agent", c.AddComment(order_id=order, text=text))
    (row,) = world.rows(t.order_text)
    assert len(row["words"]) == MOST_CHARACTERS
    assert check(world.app.database) == []
    assert found(world, "话多") == [order]


# ---- lists ----------------------------------------------------------------------------------


def test_sorting(world):
    early = world.start("waits")
    world.clock.pass_(hours=1)
    late = world.start("waits")
    plain = world.start("steps")
    assert ids(world) == [plain, late, early]
    assert ids(world, sort="oldest") == [early, late, plain]
    assert ids(world, sort="due") == [early, late]


@pytest.mark.parametrize("sort", ["newest", "oldest", "due"])
def test_pages_hold_everything_once(desk, sort):
    for _ in range(5):
        desk.start("waits")
    everything = ids(desk, sort=sort)
    seen, cursor = [], None
    with desk.app.dispatcher.view(desk.person("zhao.agent")) as view:
        while True:
            page = list_orders(view, sort=sort, cursor=cursor, limit=2)
            seen += [item.id for item in page.items]
            cursor = page.next_cursor
            if cursor is None:
                break
    assert len(everything) == 5 and seen == everything
    with (
        desk.app.dispatcher.view(desk.person("zhao.agent")) as view,
        pytest.raises(CursorInvalidError),
    ):
        list_orders(view, cursor="nonsense")  # fmt: skip


def test_filters(world):
    steps = world.start("steps", mark="m1")
    waits = world.start("waits")
    meter = world.start("meter", line="L1")
    world.do("feng.lead", c.HoldOrder(order_id=waits, reason="customer_not_ready"))
    talks = world.start("talks", owner="sun.network")
    world.do("ma.operator", c.CancelOrder(order_id=talks, reason="误开"))
    assert ids(world, process="steps") == [steps]
    assert ids(world, state="held_by_agent") == [steps]
    assert ids(world, is_open=False) == ids(world, status="ended") == [talks]
    assert set(ids(world, is_open=True)) == {steps, waits, meter}
    assert ids(world, is_held=True) == [waits]
    assert ids(world, variables={"line": "L1"}) == [meter]
    assert ids(world, unit="south") == [] and len(ids(world, unit="north")) == 4
    assert ids(world, started_before=MONDAY) == []
    assert len(ids(world, started_after=MONDAY)) == 4
    world.clock.move_to(MONDAY + timedelta(days=30))
    assert ids(world, is_overdue=True) == []
    world.do("feng.lead", c.ResumeOrder(order_id=waits))
    world.clock.move_to(MONDAY + timedelta(days=60))
    assert ids(world, is_overdue=True) == [waits]


def test_steps_show_who_holds_them(world):
    order = world.start("steps")
    with world.app.dispatcher.view(world.person("zhao.agent")) as view:
        assert [step.assignee for step in current_steps(view, [order])[order]] == [None]
    world.do("zhao.agent", c.ClaimTask(task_id=world.task(order).id))
    with world.app.dispatcher.view(world.person("zhao.agent")) as view:
        assert [step.assignee for step in current_steps(view, [order])[order]] == ["赵敏"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("新能源", ["K-7"]),
        ("青砚 能源", ["K-7"]),
        ("青砚 纸业", []),
        ("k-7", ["K-7"]),
        ("K-", ["K-1001", "K-7", "K-70"]),
        ("HT-77", ["K-7"]),
        ("ht-77", ["K-7"]),
        ("HT-7", []),
        ("HT-99", []),
        ("acme", ["K-70"]),
        ("100%", []),
        ("_", []),
        # Whoever sees numbers covered must not find out whose one is.
        ("13812346021", []),
    ],
)
def test_customers_are_found_by_parts_of_names_and_whole_numbers(world, text, found):
    kept = load_customer(world.app, "K-7", name="青砚新能源有限公司")
    load_customer(world.app, "K-70", name="ACME 电子")
    other = load_customer(world.app, "S-9", name="青砚新能源南分", unit="south")
    world.do("li.desk", c.SaveContract(customer_id=kept, number="HT-77"))
    world.do("tang.south", c.SaveContract(customer_id=other, number="HT-99"))
    world.do("li.desk", c.SaveContact(customer_id=kept, name="周经理", phone="13812346021"))
    with world.app.dispatcher.view(world.person("li.desk")) as moment:
        assert sorted(one.code for one in list_customers(moment, text=text).items) == found
