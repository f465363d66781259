"""The command palette."""

import pytest
from sqlalchemy import event

from engine.domain import commands as c
from tests.support.pages import Reader


@pytest.fixture
def busy(desk):
    """An order whose first task li.desk's colleague holds."""
    order = desk.start("steps", customer_id="K-1001")
    desk.do("zhao.agent", c.ClaimTask(task_id=desk.task(order).id))
    return order


def found(desk, login, **query):
    page = Reader(desk.app, login).get("/palette", partial=True, **query)
    assert page.status == 200
    return {
        group.find("div").text: group.xpath(".//a/@href")
        for group in page.find("//*[@role='group']")
    }


def test_it_opens_with_ones_own_tasks_and_what_one_may_do(desk, busy):
    groups = found(desk, "zhao.agent")
    assert groups["我的待办"] == [f"/tasks/{desk.task(busy).id}"]
    assert "/notifications" in groups["操作"]
    assert "/escalations" not in groups["操作"]
    assert "/escalations" in found(desk, "feng.lead", q="看板")["操作"]


@pytest.mark.parametrize(
    ("words", "heading", "path"),
    [
        ("客户K-1001", "客户", "/customers/{customer}"),
        ("k-1001", "客户", "/customers/{customer}"),
        ("{number}", "工单", "/orders/{order}"),
        ("{number}", "我的待办", "/tasks/{task}"),
        ("投诉", "操作", "/start/complaint_escalation"),
    ],
)
def test_it_finds_orders_customers_tasks_and_actions(desk, busy, words, heading, path):
    order = desk.order(busy)
    known = {"number": order.number, "order": busy, "task": desk.task(busy).id,
             "customer": order.customer_id}  # fmt: skip
    groups = found(desk, "zhao.agent", q=words.format(**known))
    assert path.format(**known) in groups[heading]


def test_it_shows_only_what_one_may_see(desk, busy):
    number = desk.order(busy).number
    assert found(desk, "tang.south", q=number) == {}
    assert found(desk, "wu.billing", q="新建") == {}


def test_it_is_a_combobox_and_its_results_a_listbox(desk, busy):
    page = Reader(desk.app, "zhao.agent").get("/palette", partial=True)
    (field,) = page.find("//input[@role='combobox']")
    assert page.find(f"//*[@role='listbox'][@id='{field.get('aria-controls')}']")
    assert field.get("autofocus") is not None
    results = Reader(desk.app, "zhao.agent").get("/palette", partial=True, q="GD")
    assert results.find("//input") == []
    ids = results.find("//*[@role='option']/@id")
    assert len(ids) == len(set(ids)) > 0
    assert results.texts("//*[@role='status']") == [f"{len(ids)} 条结果"]


def test_nothing_found_says_so_and_words_are_only_words(desk):
    page = Reader(desk.app, "zhao.agent").get("/palette", partial=True, q="<b>%_'\"zzz")
    assert "<b>" not in page.text
    assert page.texts("//p[@class='empty']") == ["没有与“<b>%_'\"zzz”相符的内容。"]


def test_without_scripts_it_is_the_list_of_orders(desk):
    assert Reader(desk.app, "zhao.agent").get("/palette", q="x").location == "/orders?q=x"


def test_it_asks_few_questions(desk, busy):
    reader = Reader(desk.app, "zhao.agent")
    reader.get("/palette", partial=True, q="GD2026")
    asked = []
    for database in (desk.app.database._reader, desk.app.database._writer):
        event.listen(database, "before_cursor_execute", lambda *given: asked.append(given[2]))
    reader.get("/palette", partial=True, q="GD2026")
    assert len(asked) <= 10, asked


def test_operators_find_orders_with_failures(desk):
    """In the navigation, where the palette has its places from."""
    for login, shown in (("ma.operator", 1), ("zhao.agent", 0)):
        page = Reader(desk.app, login).get("/orders", incident="yes")
        assert len(page.find("//nav//a[@href='/orders?incident=yes']")) == shown, login
