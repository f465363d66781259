"""Signing, comments with mentions, files and covered contacts, in a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from engine.domain import commands as c
from engine.domain.access import SYSTEM
from tests.support.browser import PHONE, WIDE
from tests.support.installation import load_customer

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 4000
SIZES = pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
SCRIPTS = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])


@pytest.fixture(autouse=True)
def contact(life):
    """Somebody at the customer whose lines are leased."""
    customer = load_customer(life.application)
    saved = c.SaveContact(customer_id=customer, name="李强", phone="13812346021")
    life.application.dispatcher.execute(saved, SYSTEM)


@pytest.fixture
def task(life):
    """A contract to file, held by the desk; the id of its task."""
    case = life.as_("wang.sales").start("leased_line_provisioning", customer_id="K-1001")
    found = case.task("合同登记备案", by="li.desk")
    life.as_("li.desk").post(f"/tasks/{found.id}/claim")
    return found.id


def act(page, name):
    """Choose an act of a task, from its menu if it is there."""
    link = page.locator(f".acts a[href*='/acts/{name}']")
    if not link.is_visible():
        page.locator(".more-acts summary").click()
    link.click()


@SIZES
@SCRIPTS
def test_an_opinion_is_asked_for_given_and_read(life, visit, task, size, scripts):
    worker = visit("li.desk", size=size, scripts=scripts)
    worker.goto(f"/tasks/{task}")
    act(worker, "add-signers")
    worker.locator("[name=people]").fill("冯刚")
    worker.locator("[name=when][value=before]").check()
    worker.locator("[name=rule][value=all]").check()
    worker.locator("[name=reason]").fill("金额较大")
    worker.locator("form[action*='/acts/add-signers'] button.p").click()
    banner = worker.locator(".signing")
    expect(banner).to_contain_text("等待会签意见（0/1）")
    worker.locator("[name=filing_no]").fill("BA-1")
    worker.locator("[name=signed_on]").fill("2026-03-01")
    worker.locator("#complete").click()
    expect(worker.get_by_role("alert").first).to_contain_text("还有 1 份会签意见未回")
    expect(worker.locator("[name=filing_no], #typed-text").first).to_have_value(re.compile("BA-1"))

    signer = visit("feng.lead", size=size, scripts=scripts, language="zh")
    signer.goto("/inbox")
    signer.locator("#rows .row a", has_text="会签").first.click()
    expect(signer.locator(".signing")).to_contain_text("金额较大")
    signer.get_by_label("不同意", exact=True).check(force=True)
    if not scripts:
        signer.locator("#taskform p.update button").click()
    signer.locator("[name=objection]").fill("请附上折扣审批")
    signer.locator("#complete").click()
    expect(signer.locator("#messages")).to_contain_text("会签")

    worker.goto(f"/tasks/{task}")
    expect(worker.locator(".signing")).to_contain_text("请附上折扣审批")
    expect(worker.locator(".signing")).to_contain_text("会签意见已齐")
    worker.locator("[name=filing_no]").fill("BA-1")
    worker.locator("[name=signed_on]").fill("2026-03-01")
    worker.locator("#complete").click()
    expect(worker).not_to_have_url(re.compile(f"/tasks/{task}"))


def test_a_colleague_is_mentioned_by_keyboard(life, visit, task):
    page = visit("li.desk")
    page.goto(f"/tasks/{task}?part=talk")
    text = page.locator("#f-text")
    text.press_sequentially("请 @chen")
    expect(page.get_by_role("option")).to_have_count(1)
    expect(text).to_have_attribute("aria-activedescendant", "offered-0")
    text.press("Enter")
    expect(text).to_have_value("请 @chen.desk ")
    text.press_sequentially("看一下")
    text.press("Tab")
    page.locator("#f-mentions").press_sequentially("feng")
    expect(page.locator("#o-mentions option")).to_have_count(1)
    page.locator("#f-mentions").fill("冯刚")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".said .text")).to_have_text("请 @陈静 看一下")
    for login in ("chen.desk", "feng.lead"):
        notices = life.as_(login).items("/notifications")
        assert [each["notice"] for each in notices][:1] == ["mentioned"]
    text.press_sequentially("@chen")
    expect(page.get_by_role("option")).to_have_count(1)
    text.press("Escape")
    expect(page.get_by_role("option")).to_have_count(0)


@SIZES
@SCRIPTS
def test_files_go_up_and_one_that_may_not_is_told(visit, task, size, scripts):
    page = visit("li.desk", size=size, scripts=scripts)
    page.goto(f"/tasks/{task}?part=files")
    page.locator("#f-files").set_input_files(
        [
            {"name": "现场.png", "mimeType": "image/png", "buffer": PNG},
            {"name": "脚本.html", "mimeType": "text/html", "buffer": b"<p>x"},
        ]
    )
    if not scripts:
        page.locator("#talk-files button.plain").click()
    expect(page.locator(".attached .name")).to_have_text(["现场.png"])
    expect(page.locator("#errsum")).to_contain_text("脚本.html")
    expect(page.locator("#errsum")).to_be_focused()
    if scripts:
        expect(page.locator(".tabs [aria-current] .n")).to_have_text("1")
        expect(page.locator(".tabs [aria-current]")).to_be_in_viewport(ratio=0.9)
    with page.expect_download() as started:
        page.locator(".attached a[download]").click()
    assert started.value.suggested_filename == "现场.png"


def test_files_are_dropped_where_they_belong(visit, task):
    page = visit("li.desk")
    page.goto(f"/tasks/{task}?part=files")
    drop = """(name) => {
        const dropped = new DataTransfer();
        const bytes = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1]);
        dropped.items.add(new File([bytes], name, {type: "image/png"}));
        return dropped;
    }"""
    page.dispatch_event(
        "#talk-files h2", "drop", {"dataTransfer": page.evaluate_handle(drop, "一.png")}
    )
    expect(page.locator(".attached .name")).to_have_text(["一.png"])
    page.dispatch_event("h1", "drop", {"dataTransfer": page.evaluate_handle(drop, "二.png")})
    page.goto(f"/tasks/{task}")
    page.dispatch_event(
        ".upload .drop", "drop", {"dataTransfer": page.evaluate_handle(drop, "三.png")}
    )
    expect(page.locator(".upload .chosen")).to_have_text("三.png")
    page.goto(f"/tasks/{task}?part=files")
    expect(page.locator(".attached .name")).to_have_text(["一.png"])


BROKEN = """() => [...document.querySelectorAll(".steps li")].flatMap((step) => {
    const [name] = [...step.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE);
    return [...name.data.matchAll(/[A-Za-z]+/g)].filter((word) => {
        const range = new Range();
        range.setStart(name, word.index);
        range.setEnd(name, word.index + word[0].length);
        const {left, right} = step.getBoundingClientRect();
        const {left: from, right: to} = range.getBoundingClientRect();
        return range.getClientRects().length > 1 || from < left - 4 || to > right + 4;
    }).map((word) => word[0]);
})"""


@SIZES
@pytest.mark.parametrize("language", ["zh", "en"])
def test_names_of_steps_are_not_broken_inside_a_word(visit, task, size, language):
    page = visit("li.desk", size=size, language=language)
    page.goto(f"/tasks/{task}")
    expect(page.locator(".steps [aria-current=step]")).to_be_visible()
    assert page.evaluate(BROKEN) == []


@pytest.mark.parametrize("part", ["work", "talk", "related"])
def test_the_current_tab_is_in_sight_on_a_phone(visit, task, part):
    page = visit("li.desk", size=PHONE, language="en")
    page.goto(f"/tasks/{task}?part={part}")
    expect(page.locator(".tabs [aria-current]")).to_be_in_viewport(ratio=0.9)


@SCRIPTS
def test_a_contact_is_seen_in_full_after_asking(visit, task, scripts):
    page = visit("li.desk", scripts=scripts)
    page.goto(f"/tasks/{task}")
    covered = page.locator(".contact").first
    expect(covered).to_contain_text("138****6021")
    page.locator(".contact .reveal").first.click()
    expect(page.locator(".contact a").first).to_have_text("13812346021")
    page.goto(f"/tasks/{task}")
    expect(page.locator(".contact").first).to_contain_text("138****6021")


@SCRIPTS
def test_a_task_is_put_off_and_brought_back_by_undo(visit, task, scripts):
    page = visit("li.desk", scripts=scripts)
    page.goto(f"/tasks/{task}")
    act(page, "snooze")
    page.locator("[name=preset][value=hour]").check()
    page.locator("form[action*='/acts/snooze'] button").last.click()
    expect(page).to_have_url(re.compile("/inbox"))
    expect(page.locator(f"#row-{task}")).to_have_count(0)
    page.locator("#messages form button").click()
    page.goto("/inbox")
    expect(page.locator(f"#row-{task}")).to_have_count(1)
