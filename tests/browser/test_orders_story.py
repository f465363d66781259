"""Looking for work orders, taking them along, and opening one, in a real browser."""

from __future__ import annotations

import csv
import io
import re

import pytest
from playwright.sync_api import expect

from engine.domain import commands as c
from engine.domain.access import SYSTEM
from tests.support.browser import PHONE, WIDE, texts
from tests.support.installation import load_customer, person

KEY = "complaint_escalation"
TITLES = "td.what > a"
WORDS = {
    "zh": {
        "search": "搜索全部工单", "go": "搜索", "nothing": "没有找到", "all": "显示全部",
        "filters": "筛选", "process": "流程", "show": "查看工单", "export": "导出",
        "csv": "纯文本表格",
        "ready": "已完成", "download": "下载", "lookup": "查找客户", "find": "查找",
        "new": "新建工单",
        "channel": "受理渠道", "category": "投诉类型", "severity": "严重程度",
        "what": "投诉内容", "open": "提交工单", "anyway": "仍然提交", "wrong": "有 4 处需要修改",
        "is_open": "已受理",
        "phone": "电话", "network": "网络", "medium": "中", "same": "请先核对是否重复",
    },
    "en": {
        "search": "Search all work orders", "go": "Search", "nothing": "Nothing was found",
        "all": "Show all", "filters": "Filters", "process": "Process", "show": "Show work orders",
        "export": "Export", "csv": "Plain table", "ready": "Ready", "download": "Download",
        "lookup": "Look for the customer", "find": "Look up", "new": "New work order",
        "channel": "Channel", "category": "Category", "severity": "Severity",
        "what": "Description", "open": "Open the work order", "anyway": "Open it all the same",
        "wrong": "4 fields need attention", "is_open": "is open", "phone": "phone",
        "network": "network", "medium": "medium", "same": "Is it one of these?",
    },
}  # fmt: skip
BOTH = pytest.mark.parametrize("language", ["zh", "en"])


@pytest.fixture(scope="module", autouse=True)
def customers(life):
    """Customers to look for."""
    for number, name in enumerate(("北辰银行", "北辰医院", "长河物流")):
        values = {"grade": "A", "unit": "north", "is_key_account": True}
        life.application.dispatcher.execute(
            c.SaveCustomer(code=f"K-10{number}", name=name, **values), SYSTEM
        )


def opened(life, title, customer="K-100"):
    """An order with a title."""
    values = life.as_("zhao.agent").world_answers("start_complaint", {"customer_id": customer})
    by = person(life.application, "zhao.agent")
    command = c.StartOrder(process=KEY, values=values, title=title)
    return life.application.dispatcher.execute(command, by)


@BOTH
@pytest.mark.parametrize(("size", "scripts"), [(WIDE, True), (PHONE, True), (WIDE, False)])
def test_somebody_searches_and_narrows(life, visit, language, size, scripts):
    word = WORDS[language]
    key = f"{language}{size.width}{scripts}".lower()
    for place in ("东楼", "西楼"):
        opened(life, f"{place}光缆 {key}")
    page = visit("li.desk", size=size, language=language, scripts=scripts)
    page.goto("/orders")
    page.get_by_label(word["search"]).fill(f"西楼光缆 {key}")
    page.get_by_role("button", name=word["go"], exact=True).click()
    expect(page.locator(TITLES)).to_have_text([f"西楼光缆 {key}"])
    page.get_by_label(word["search"]).fill(f"光缆 {key}")
    page.get_by_label(word["search"]).press("Enter")
    expect(page.locator(TITLES)).to_have_text([f"西楼光缆 {key}", f"东楼光缆 {key}"])
    page.get_by_role("link", name=word["filters"]).click()
    page.get_by_label(word["process"]).select_option("leased_line_provisioning")
    page.get_by_role("button", name=word["show"]).click()
    expect(page).to_have_url(re.compile("process=leased_line_provisioning"))
    expect(page.get_by_role("main")).to_contain_text(word["nothing"])
    page.goto(f"/orders?q={key}")
    page.locator(TITLES).first.click()
    expect(page).to_have_url(re.compile(r"/orders/\d+"))


def test_the_list_goes_on_by_itself_and_without_scripts(life, visit):
    for number in range(60):
        opened(life, f"长列表第{number}件")
    page = visit("li.desk")
    page.goto("/orders?q=长列表")
    expect(page.locator(TITLES)).to_have_count(50)
    page.locator("#more").scroll_into_view_if_needed()
    expect(page.locator(TITLES)).to_have_count(60)
    assert len(set(texts(page, TITLES))) == 60
    expect(page.locator("#more")).to_have_count(0)
    plain = visit("li.desk", scripts=False)
    plain.goto("/orders?q=长列表")
    plain.locator("#more a").click()
    expect(plain.locator(TITLES)).to_have_count(10)


@BOTH
@pytest.mark.parametrize("scripts", [True, False])
def test_somebody_takes_a_list_along(life, visit, language, scripts):
    word = WORDS[language]
    order = opened(life, f"=导出 {language}{scripts}")
    life.application.metronome.beat()
    page = visit("feng.lead", language=language, scripts=scripts)
    page.goto(f"/orders?q=导出 {language}{scripts}")
    page.get_by_text(word["export"], exact=True).click()
    page.get_by_role("button", name=word["csv"]).click()
    expect(page).to_have_url(re.compile("/exports$"))
    life.application.metronome.export()
    if not scripts:
        page.reload()
    row = page.locator("ul.exports > li").first
    expect(row).to_contain_text(word["ready"])
    with page.expect_download() as download:
        row.get_by_role("link", name=word["download"]).click()
    _, line = csv.reader(io.StringIO(download.value.path().read_text("utf-8-sig")))
    assert line[0] == order.number and line[1] == f"'=导出 {language}{scripts}"


@BOTH
@pytest.mark.parametrize(("size", "scripts"), [(WIDE, True), (PHONE, True), (PHONE, False)])
def test_somebody_opens_an_order_and_is_told_of_a_similar_one(
    life, visit, language, size, scripts
):
    word = WORDS[language]
    code = f"D-{language}-{size.width}-{scripts}"
    load_customer(life.application, code)
    page = visit("zhao.agent", size=size, language=language, scripts=scripts)
    for attempt in range(2):
        page.goto(f"/start/{KEY}")
        lookup = page.get_by_label(word["lookup"])
        lookup.fill(code.lower())
        if not scripts:
            page.get_by_role("button", name=word["find"], exact=True).click()
        page.locator(f"button[name=_pick][value='{code}']").click()
        expect(page.locator("#f-customer_id")).to_have_value(code)
        page.get_by_role("button", name=word["open"]).click()
        expect(page.get_by_role("alert")).to_contain_text(word["wrong"])
        page.get_by_role("alert").get_by_role("link").last.click()
        page.locator("#f-description").fill("专线中断，客户要求今天恢复")
        page.locator("#f-channel").select_option("phone")
        page.locator("#f-category").select_option("network")
        page.locator("#f-severity").select_option("medium")
        page.get_by_role("button", name=word["open"]).click()
        if attempt:
            expect(page.get_by_role("alert")).to_contain_text(word["same"])
            expect(page.locator("#f-description")).to_have_value("专线中断，客户要求今天恢复")
            page.get_by_role("button", name=word["anyway"]).click()
        expect(page).to_have_url(re.compile(r"/orders/\d+$"))
        expect(page.locator("#messages")).to_contain_text(word["is_open"])


def test_an_order_is_opened_by_keyboard_alone(life, visit):
    load_customer(life.application, "KEYS-1")
    page = visit("zhao.agent")
    page.goto("/inbox")
    page.keyboard.press("g")
    page.keyboard.press("n")
    expect(page).to_have_url(re.compile("/start$"))
    page.get_by_role("link", name="大客户投诉升级").focus()
    page.keyboard.press("Enter")
    page.locator("#f-_customer").focus()
    page.keyboard.type("keys-1")
    page.keyboard.press("Enter")
    expect(page.locator("button[name=_pick]")).to_have_count(1)
    page.locator("button[name=_pick]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#f-customer_id")).to_have_value("KEYS-1")
    for field, value in (("channel", "phone"), ("category", "network"), ("severity", "medium")):
        page.locator(f"#f-{field}").select_option(value)
    page.locator("#f-description").fill("专线中断")
    page.keyboard.press("Control+Enter")
    expect(page).to_have_url(re.compile(r"/orders/\d+$"))


def test_chosen_files_outlive_looking_for_a_customer_and_mistakes(life, visit):
    load_customer(life.application, "FILES-1")
    page = visit("zhao.agent")
    page.goto(f"/start/{KEY}")
    chosen, kept = page.locator(".upload .chosen"), page.locator(".file a")
    page.locator("#f-attachments").set_input_files(
        [{"name": "现场.png", "mimeType": "image/png", "buffer": b"\x89PNG\r\n\x1a\n0"}]
    )
    page.locator("#f-customer_id").fill("WRONG")
    page.locator("#f-_customer").fill("files-1")
    page.locator("button[name=_pick][value='FILES-1']").click()
    expect(page.locator("#f-customer_id")).to_have_value("FILES-1")
    expect(page.locator("#f-_customer")).to_have_value("")
    expect(page.locator("#f-customer_id")).to_be_focused()
    expect(kept).to_have_text(["现场.png"])
    # It is kept by now: sent a second time it would be there twice.
    expect(chosen).to_have_text("")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#errsum")).to_be_focused()
    expect(kept).to_have_text(["现场.png"])
    for field, value in (("channel", "phone"), ("category", "network"), ("severity", "medium")):
        page.locator(f"#f-{field}").select_option(value)
    page.locator("#f-description").fill("专线中断")
    page.keyboard.press("Control+Enter")
    expect(page).to_have_url(re.compile(r"/orders/\d+$"))
    page.goto(f"{page.url}/talk")
    expect(page.locator(".attached .name")).to_have_text(["现场.png"])
