"""Acts in a real browser: dialogs and pages of their own, undone by their messages, never lost."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from engine.domain import commands as c
from tests.support.browser import PHONE, WIDE
from tests.support.installation import load_customer, person

WORDS = {
    "zh": {
        "claim": "认领", "delegate": "委托", "to": "委托给", "recall": "收回", "undo": "撤销",
        "done": "已委托。", "yours": "任务已收回，由您办理。", "more": "更多",
    },
    "en": {
        "claim": "Claim", "delegate": "Delegate", "to": "Delegate to", "recall": "Call back",
        "undo": "Undo", "done": "Delegated.", "yours": "The task is yours again.", "more": "More",
    },
}  # fmt: skip


@pytest.fixture(autouse=True)
def customer(life):
    """Who complains."""
    load_customer(life.application)


def complaint(life):
    """A complaint li.desk holds: the order and the id of its task."""
    case = life.as_("zhao.agent").start("complaint_escalation", customer_id="K-1001")
    return case, case.task("受理处理", by="li.desk").claim().id


def do(life, login, command):
    return life.application.dispatcher.execute(command, person(life.application, login))


def press(page, act):
    """Press an act of the task page, wherever it is."""
    link = page.locator(f"main [href*='/acts/{act}'], main form[action*='/acts/{act}'] button")
    if not link.first.is_visible():
        page.locator("main details:has([href*='/acts/']) > summary").first.click()
    link.first.click()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
@pytest.mark.parametrize(
    ("size", "language"), [(WIDE, "zh"), (PHONE, "en")], ids=["wide", "phone"]
)
def test_a_task_is_delegated_and_called_back_by_undo(life, visit, size, language, scripts):
    say = WORDS[language]
    case, task = complaint(life)
    page = visit("li.desk", size=size, language=language, scripts=scripts)
    page.goto(f"/tasks/{task}")
    press(page, "delegate")
    place = page.locator("dialog[open]") if scripts else page.locator("main")
    expect(place.get_by_role("heading", name=say["delegate"])).to_be_visible()
    send = place.get_by_role("button", name=say["delegate"])
    place.get_by_label(say["to"]).fill("某某人")
    place.locator("[name=reason]").fill("please")
    send.click()
    # Wrong: the same form, told and in focus, with what was typed.
    problem = place.locator("#errsum")
    expect(problem).to_contain_text("某某人")
    expect(place.get_by_label(say["to"])).to_have_value("某某人")
    expect(place.locator("[name=reason]")).to_have_value("please")
    if scripts:
        expect(problem).to_be_focused()
    place.get_by_label(say["to"]).fill("sun.network")
    send.click()
    expect(page.get_by_text(say["done"])).to_be_visible()
    assert [fact["to"] for fact in case.history("task.delegated")]
    page.locator("#messages").get_by_role("button", name=say["undo"]).click()
    expect(page.get_by_text(say["yours"])).to_be_visible()
    assert [fact.get("recalled") for fact in case.history("task.given_back")] == [True]


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
def test_a_dialog_that_was_open_too_long_keeps_what_was_typed(life, visit, scripts):
    case, task = complaint(life)
    page = visit("li.desk", scripts=scripts)
    page.goto(f"/tasks/{task}")
    press(page, "transfer")
    place = page.locator("dialog[open]") if scripts else page.locator("main")
    place.locator("[name=role]").select_option("network")
    place.locator("[name=reason]").fill("属网络专业，已与客户说明")
    do(life, "feng.lead", c.AssignTask(task_id=task, to="li.desk", reason="yours"))
    send = place.locator("button.p")
    send.click()
    expect(place.get_by_role("alert")).to_contain_text("已有变动")
    expect(place.locator("[name=reason]")).to_have_value("属网络专业，已与客户说明")
    assert case.history("task.transferred") == []
    send.click()
    page.wait_for_url(re.compile("/inbox"))
    assert [fact["reason"] for fact in case.history("task.transferred")] == [
        "属网络专业，已与客户说明"
    ]


def test_a_dialog_is_worked_by_keyboard_alone(life, visit):
    case, task = complaint(life)
    page = visit("li.desk")
    page.goto(f"/tasks/{task}")
    page.locator("main [href*='/acts/hold']").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("dialog[open] [name=reason]")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("dialog[open]")).to_have_count(0)
    page.keyboard.press("Enter")
    reason = page.locator("dialog[open] [name=reason]")
    expect(reason).to_be_focused()
    reason.select_option("weather")
    for _ in range(12):
        if page.evaluate("document.activeElement.matches('dialog button.p')"):
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#messages")).to_contain_text("已挂起")
    assert [fact["reason"] for fact in case.history("order.held")] == ["weather"]
