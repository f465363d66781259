"""Customers at the desk: the list, the card, and who looked."""

from __future__ import annotations

from datetime import date

import pytest

from engine.domain import commands as c
from tests.benchmarks.statements import counted
from tests.support.installation import load_customer
from tests.support.pages import Reader

TITLES = "//td[contains(@class, 'what')]/a"


@pytest.fixture
def li(desk):
    return Reader(desk.app, "li.desk")


@pytest.fixture
def customer(desk):
    """A customer with everything."""
    found = load_customer(desk.app, "K-2000", monthly_revenue=123456, address="建设路 88 号",
                          channel="wechat", manager="wang.sales", dnd=True)  # fmt: skip
    desk.do("li.desk", c.SaveContact(customer_id=found, name="周经理", phone="13812346021"))
    desk.do(
        "li.desk",
        c.SaveContract(customer_id=found, number="HT-1", signed_on=date(2026, 3, 1),
                       term_months=24, monthly_fee=5000.5),
    )  # fmt: skip
    return found


def test_the_list_is_searched_and_narrowed(desk, li, customer):
    load_customer(desk.app, "K-3000", grade="C", is_key_account=False)
    load_customer(desk.app, "S-1", unit="south")
    assert li.get("/customers").texts(TITLES) == ["客户K-1001", "客户K-2000", "客户K-3000"]
    assert li.get("/customers?q=k-2").texts(TITLES) == ["客户K-2000"]
    assert li.get("/customers?grade=C").texts(TITLES) == ["客户K-3000"]
    assert li.get("/customers?q=S-1").texts(TITLES) == []
    assert "没有符合条件" in li.get("/customers?q=S-1").text
    (row,) = li.get("/customers?q=K-2000").texts("//tbody/tr")
    assert "王芳" in row and "北城分公司" in row and "大客户" in row


def test_more_rows_keep_search_and_class(desk, li):
    for number in range(52):
        load_customer(desk.app, f"N-{number:03}", grade="B")
    page = li.get("/customers?q=N-&grade=B")
    (path,) = page.find("//tr[@id='more']//a/@data-hx-get")
    assert "q=N-" in path and "grade=B" in path
    rest = li.get(path, partial=True)
    seen = page.texts(TITLES) + rest.texts("//a[@class='t']")
    assert len(seen) == 52 == len(set(seen))


def test_the_card(desk, li, customer):
    order = desk.do("zhao.agent", c.StartOrder(
        process="complaint_escalation",
        values=desk.answers("start_complaint", customer_id="K-2000"),
    )).order_id  # fmt: skip
    page = li.get(f"/customers/{customer}")
    text = page.texts("//main")[0]
    for part in ("客户K-2000", "A 类客户", "免打扰", "王芳", "123,456 元", "微信", "建设路 88 号",
                 "138****6021", "HT-1", "2026-03-01", "5,000.5", "已签订",
                 desk.order(order).number):  # fmt: skip
        assert part in text, part
    assert "13812346021" not in page.text and "wechat" not in text
    assert f"/start?customer={customer}" in page.find("//main//a/@href")


def test_who_looked_is_told(desk, li, customer):
    path = f"/customers/{customer}/looks"
    assert "还没有人" in li.get(path).text or "没有人" in li.get(path).text
    (action,) = li.get(f"/customers/{customer}").find("//main//form/@action")
    assert li.post(action).status in (200, 303)
    assert "李娜" in li.get(path).texts("//tbody/tr")[0]


@pytest.mark.parametrize("path", ["/customers/{}", "/customers/{}/looks"])
def test_customers_of_other_branches_do_not_exist(desk, customer, path):
    south = Reader(desk.app, "tang.south")
    assert south.get(path.format(customer)).status == 404
    assert south.get(path.format(99999)).status == 404


def test_an_administrator_reads_no_customers(desk):
    assert Reader(desk.app, "gao.admin").get("/customers").status == 403


def test_pages_need_few_statements(desk, li, customer):
    for path, most in (("/customers", 6), (f"/customers/{customer}", 14)):
        li.get(path)
        with counted(desk.app.database) as asked:
            li.get(path)
        assert len(asked.statements) <= most, (path, asked.statements)
