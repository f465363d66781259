"""The list of all work orders: what it shows, asks for and keeps in its address."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.domain import commands as c
from tests.benchmarks.statements import counted
from tests.support.pages import Reader

TITLES = "//td[contains(@class, 'what')]/a"


@pytest.fixture
def read(desk):
    """The list as somebody sees it."""
    readers = {}

    def page(path="/orders", by="feng.lead", **options):
        if by not in readers:
            readers[by] = Reader(desk.app, by)
        return readers[by].get(path, **options)

    return page


def opened(desk, title, by="zhao.agent", process="steps", **values):
    """A small order with a title."""
    return desk.do(by, c.StartOrder(process=process, values=values, title=title)).order_id


def test_a_row_says_everything_in_words(desk, read):
    order = opened(desk, "东城支行专线", process="waits")
    desk.do("zhao.agent", c.ClaimTask(task_id=desk.task(order).id))
    desk.do("zhao.agent", c.UrgeOrder(order_id=order))
    page = read()
    assert page.status == 200
    (row,) = page.texts("//tbody/tr")
    for part in (
        "东城支行专线",
        desk.order(order).number,
        "北城分公司",
        "已受理",
        "赵敏",
        "剩",
        "催单",
    ):
        assert part in row, (part, row)
    assert "acknowledged" not in page.text and "running" not in page.text


def test_words_find_orders_and_stay_in_the_field(desk, read):
    opened(desk, "东城支行专线")
    opened(desk, "西城支行专线")
    page = read("/orders?q=东城+专线&sort=due")
    assert page.find("//input[@name='q']/@value") == ["东城 专线"]
    assert read("/orders?q=东城+专线").texts(TITLES) == ["东城支行专线"]
    assert read("/orders?q=专线").texts(TITLES) == ["西城支行专线", "东城支行专线"]
    nothing = read("/orders?q=没有这个")
    assert "没有这个" in nothing.texts("//main")[0] and nothing.texts(TITLES) == []


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("process=waits", ["乙"]),
        ("status=open&overdue=yes", ["乙"]),
        ("held=yes", ["甲"]),
        ("status=ended", ["丙"]),
        ("status=open", ["乙", "甲"]),
        ("v=mark%3Dm1", ["甲"]),
        ("unit=south", []),
        ("since=2026-11-24", []),
        ("until=2026-11-22", []),
        ("sort=oldest", ["甲", "乙", "丙"]),
        ("sort=due", ["乙"]),
        ("level=1", []),
        ("incident=yes", []),
        ("state=held_by_agent&process=nonsense&sort=nonsense&cursor=", ["甲"]),
    ],
)
def test_filters_and_order(desk, read, query, titles):
    first = opened(desk, "甲", mark="m1")
    opened(desk, "乙", process="waits")
    third = opened(desk, "丙")
    desk.do("feng.lead", c.HoldOrder(order_id=first, reason="customer_not_ready"))
    desk.do("ma.operator", c.CancelOrder(order_id=third, reason="误开"))
    desk.clock.move_to(desk.clock.now() + timedelta(days=2))
    page = read(f"/orders?{query}")
    assert page.status == 200 and page.texts(TITLES) == titles


def test_filters_in_use_are_shown_and_can_be_removed_one_by_one(desk, read):
    opened(desk, "甲", mark="m1")
    page = read("/orders?q=甲&process=steps&unit=north&v=mark%3Dm1")
    chip = "//a[contains(@class, 'chip on')]"
    chips = dict(zip(page.texts(chip), page.find(f"{chip}/@href"), strict=True))
    assert len(chips) == 3
    (without,) = [path for text, path in chips.items() if "标签mark" in text]
    assert "v=" not in without and "process=steps" in without and "unit=north" in without


def test_the_panel_becomes_a_plain_address(desk, read):
    opened(desk, "甲", mark="m1")
    panel = read("/orders/filters?q=甲&process=steps")
    assert "标签mark" in panel.texts("//main")[0]
    fields = panel.fields("//main//form")
    assert fields["q"] == "甲" and fields["process"] == "steps"
    page = read("/orders?apply=1&q=甲&process=steps&status=&name=mark&value=m1&name=&value=x")
    assert page.status == 303
    assert page.location == "/orders?q=%E7%94%B2&process=steps&v=mark%3Dm1"
    assert read("/orders/filters", partial=True).find("//h2[@id='dialog-title']")


def test_more_rows_come_once_each(desk, read):
    titles = [f"第{number}件" for number in range(53)]
    for title in titles:
        opened(desk, title)
    page = read("/orders?sort=oldest")
    seen = page.texts(TITLES)
    (path,) = page.find("//tr[@id='more']//a/@data-hx-get")
    rest = read(path, partial=True)
    assert seen + rest.texts("//a[@class='t']") == titles
    (plain,) = page.find("//tr[@id='more']//a/@href")
    assert read(plain).texts(TITLES) == rest.texts("//a[@class='t']")


def test_a_foreign_cursor_is_refused_in_words(read):
    page = read("/orders?cursor=abc")
    assert page.status == 422 and "abc" in page.text


def test_views_of_orders_can_be_kept(desk, read):
    desk.do("feng.lead", c.SaveView(name="我的超期", page="orders", query="overdue=yes"))
    assert "我的超期" in read().texts("//main//details")[1]


def test_readers_see_their_own_orders_only(desk, read):
    opened(desk, "北城的")
    assert read(by="tang.south").texts(TITLES) == []
    assert "还没有" in read(by="tang.south").texts("//main")[0]
    assert read("/orders?q=北城的", by="tang.south").texts(TITLES) == []


def test_a_page_needs_few_statements(desk, read):
    for _ in range(5):
        opened(desk, "专线")
    read("/orders")
    for path, most in (("/orders", 7), ("/orders?q=专线", 8), ("/orders/rows?q=专线", 7)):
        with counted(desk.app.database) as asked:
            read(path)
        assert len(asked.statements) <= most, (path, asked.statements)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_both_languages(desk, read, language):
    opened(desk, "甲")
    desk.do("feng.lead", c.SavePreferences(language=language))
    words = {"zh": "全部工单", "en": "All work orders"}
    assert read().texts("//h1") == [words[language]]
