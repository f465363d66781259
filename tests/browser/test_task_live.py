"""The task page while things happen: rivals, lost connections, two windows, keys only, speed."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.support.browser import PHONE, WIDE
from tests.support.installation import load_customer


@pytest.fixture(autouse=True)
def customer(life):
    """Whose lines are leased."""
    load_customer(life.application)


def contract(life, by=None):
    """A contract to file; the id of its task, claimed by somebody if named."""
    case = life.as_("wang.sales").start("leased_line_provisioning", customer_id="K-1001")
    task = case.task("合同登记备案", by="li.desk")
    if by is not None:
        life.as_(by).post(f"/tasks/{task.id}/claim")
    return task.id


def answer(page, number="BA-2026-001"):
    """Fill in what the contract's form asks for."""
    page.locator("[name=filing_no]").fill(number)
    page.locator("[name=signed_on]").fill("2026-03-01")


def state(page):
    return page.locator("#draft-state [role=status]")


SIZES = pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
SCRIPTS = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
#: By language: what the second of two reads.
TOLD = {"zh": "陈静 已办结此任务", "en": "陈静 completed this task"}


@SIZES
@SCRIPTS
@pytest.mark.parametrize("language", TOLD)
def test_two_collide_and_the_second_loses_nothing(life, visit, size, scripts, language):
    task = contract(life)
    first = visit("chen.desk", language=language, size=size, scripts=scripts)
    second = visit("li.desk", language=language, size=size, scripts=scripts)
    for page in (first, second):
        page.goto(f"/tasks/{task}?tab=group")
        answer(page, "BA-first" if page is first else "BA-second")
    first.locator("#complete").click()
    expect(first).not_to_have_url(re.compile(str(task)))
    second.locator("#complete").click()
    alert = second.locator("#errsum")
    expect(alert).to_contain_text(TOLD[language])
    expect(alert).to_be_focused()
    expect(second.locator("#typed-text")).to_have_value(re.compile("BA-second"))
    expect(second.locator("#complete")).to_have_count(0)
    if scripts:
        expect(second.get_by_role("button", name=re.compile("全部复制|Copy all"))).to_be_visible()


def test_what_is_typed_is_saved_when_the_connection_is_back(life, visit):
    task = contract(life, by="li.desk")
    page = visit("li.desk")
    page.goto(f"/tasks/{task}")
    page.context.set_offline(True)
    answer(page, "BA-offline")
    expect(state(page)).to_contain_text("网络不通")
    page.context.set_offline(False)
    expect(state(page)).to_contain_text("草稿已保存", timeout=10_000)
    page.reload()
    expect(page.locator("[name=filing_no]")).to_have_value("BA-offline")


def test_a_draft_that_is_too_long_says_so_and_goes_on(life, visit):
    task = contract(life, by="li.desk")
    page = visit("li.desk")
    page.goto(f"/tasks/{task}")
    field = page.locator("[name=filing_no]")
    # As from elsewhere: the field itself takes no more than it may.
    field.evaluate("field => { field.maxLength = 999999; field.value = '字'.repeat(200000); }")
    field.dispatch_event("input")
    expect(state(page)).to_contain_text("文字过多", timeout=10_000)
    answer(page, "BA-short")
    expect(state(page)).to_contain_text("草稿已保存", timeout=10_000)


def test_sending_without_a_connection_keeps_the_form(life, visit):
    task = contract(life, by="li.desk")
    page = visit("li.desk")
    page.goto(f"/tasks/{task}")
    answer(page, "BA-offline")
    expect(state(page)).to_contain_text("草稿已保存")
    page.context.set_offline(True)
    page.locator("#complete").click()
    expect(state(page)).to_contain_text("未提交")
    expect(page.locator("[name=filing_no]")).to_have_value("BA-offline")
    page.context.set_offline(False)
    page.locator("#complete").click()
    expect(page).not_to_have_url(re.compile(str(task)))


def test_who_is_signed_out_is_told_and_can_go_on(life, visit):
    task = contract(life, by="li.desk")
    page = visit("li.desk")
    page.goto(f"/tasks/{task}")
    cookies = page.context.cookies()
    page.context.clear_cookies()
    answer(page, "BA-later")
    expect(state(page)).to_contain_text("登录已失效")
    page.locator("#complete").click()
    expect(page.locator("#messages")).to_contain_text("登录")
    expect(page.locator("[name=filing_no]")).to_have_value("BA-later")
    page.context.add_cookies(cookies)
    page.locator("#complete").click()
    expect(page).not_to_have_url(re.compile(str(task)))


@pytest.mark.parametrize("choice", ["keep", "take"])
def test_two_windows_of_one_person_choose_between_drafts(life, visit, choice):
    task = contract(life, by="li.desk")
    here, there = visit("li.desk"), visit("li.desk")
    for page in (here, there):
        page.goto(f"/tasks/{task}")
    there.locator("[name=filing_no]").fill("BA-there")
    expect(state(there)).to_contain_text("草稿已保存")
    here.locator("[name=filing_no]").fill("BA-here")
    conflict = here.locator("#draft-conflict")
    expect(conflict).to_contain_text("BA-there")
    expect(conflict.locator("[data-keep]")).to_be_focused()
    expect(here.locator("[name=filing_no]")).to_have_value("BA-here")
    if choice == "keep":
        conflict.locator("[data-keep]").click()
        expect(state(here)).to_contain_text("草稿已保存")
    else:
        here.on("dialog", lambda dialog: dialog.accept())
        conflict.locator("[data-take]").click()
    expect(conflict).to_have_count(0)
    here.reload()
    kept = "BA-here" if choice == "keep" else "BA-there"
    expect(here.locator("[name=filing_no]")).to_have_value(kept)


def test_opening_another_part_saves_first(life, visit):
    task = contract(life, by="li.desk")
    page = visit("li.desk")
    page.goto(f"/tasks/{task}")
    page.locator("[name=filing_no]").fill("BA-quick")
    page.get_by_role("link", name="时间线").click()
    expect(page.locator("#detail [data-part][aria-current=page]")).to_have_text("时间线")
    expect(page.locator("#detail [data-part][aria-current=page]")).to_be_focused()
    page.go_back()
    expect(page.locator("[name=filing_no]")).to_have_value("BA-quick")


def test_a_discarded_draft_comes_back(life, visit):
    task = contract(life, by="li.desk")
    page = visit("li.desk")
    page.goto(f"/tasks/{task}")
    page.locator("[name=filing_no]").fill("BA-back")
    expect(state(page)).to_contain_text("草稿已保存")
    page.get_by_role("button", name="丢弃").click()
    expect(page.locator("[name=filing_no]")).to_have_value("")
    page.get_by_role("button", name="撤销").click()
    expect(page.locator("[name=filing_no]")).to_have_value("BA-back")


def test_a_whole_task_by_keys_alone(life, visit):
    task = contract(life)
    page = visit("li.desk")
    page.goto(f"/tasks/{task}?tab=group")
    page.keyboard.press("c")
    expect(page.locator("#complete")).to_have_text(re.compile("^提交办结"))
    page.keyboard.press("e")
    expect(page.locator("[name=filing_no]")).to_be_focused()
    page.keyboard.type("BA-keys")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#errsum")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("[name=signed_on]")).to_be_focused()
    page.keyboard.type("03012026")
    page.keyboard.press("Control+Enter")
    expect(page).not_to_have_url(re.compile(str(task)))


def test_the_next_form_comes_in_the_answer_to_the_completion(life, visit):
    first, *_ = [contract(life, by="li.desk") for _ in range(3)]
    page = visit("li.desk")
    page.goto(f"/tasks/{first}")
    answer(page)
    expect(state(page)).to_contain_text("草稿已保存")
    asked = []
    page.on("request", lambda request: asked.append((request.method, request.url)))
    page.locator("#complete").click()
    expect(page.locator("#detail")).not_to_have_attribute("data-task", str(first))
    expect(page.locator("#dt")).to_be_focused()
    expect(page.locator(f"#row-{first}")).to_have_count(0)
    expect(page).to_have_url(re.compile(page.locator("#detail").get_attribute("data-task")))
    assert [method for method, url in asked if "/tasks/" in url] == ["POST"]
    page.get_by_role("button", name="撤销").click()
    expect(page).to_have_url(re.compile("/tasks/"))
