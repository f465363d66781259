"""A working day at the task page, in a real browser: with and without scripts, also on a phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.support.browser import PHONE, WIDE
from tests.support.installation import PASSWORD, load_customer

WORDS = {
    "zh": {
        "sign_in": "登录", "login": "账号", "password": "密码", "claim": "认领",
        "complete": "提交办结", "save": "保存草稿", "saved": "草稿已保存", "undo": "撤销",
        "wrong": "2 处",
    },
    "en": {
        "sign_in": "Sign in", "login": "Login", "password": "Password", "claim": "Claim",
        "complete": "Complete", "save": "Save draft", "saved": "Draft saved", "undo": "Undo",
        "wrong": "2 fields",
    },
}  # fmt: skip
SIZES = pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
LANGUAGES = pytest.mark.parametrize("language", ["zh", "en"])


@pytest.fixture(autouse=True)
def customer(life):
    """Who complains."""
    load_customer(life.application)


def complaint(life):
    """A complaint waiting at the desk; the id of its task."""
    case = life.as_("zhao.agent").start("complaint_escalation", customer_id="K-1001")
    return case, case.task("受理处理", by="li.desk").id


def answer(page):
    """Answer the first questions of the form."""
    page.locator("[name=first_contact_at]").fill("2026-03-02T09:30")
    page.locator("[name=can_solve][value=yes]").check(force=True)


@SIZES
@LANGUAGES
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
def test_sign_in_claim_draft_complete_wrongly_then_rightly(life, visit, size, language, scripts):
    say = WORDS[language]
    case, task = complaint(life)
    visit("li.desk", language=language)  # sets the language of the person
    page = visit(None, size=size, language=language, scripts=scripts)
    page.goto(f"/tasks/{task}?tab=group")
    page.get_by_label(say["login"], exact=True).fill("li.desk")
    page.get_by_label(say["password"], exact=True).fill(PASSWORD)
    page.get_by_role("button", name=say["sign_in"]).click()
    expect(page).to_have_url(re.compile(f"/tasks/{task}"))

    page.get_by_role("button", name=say["claim"], exact=True).click()
    expect(page.locator("#complete")).to_have_text(re.compile(f"^{say['complete']}"))

    page.locator("[name=contact_log]").fill("第一次联系")
    if not scripts:
        page.get_by_role("button", name=say["save"]).click()
    expect(page.locator("#draft-state")).to_contain_text(say["saved"])
    page.reload()
    expect(page.locator("[name=contact_log]")).to_have_value("第一次联系")

    page.locator("#complete").click()
    summary = page.locator("#errsum")
    expect(summary).to_contain_text(say["wrong"])
    expect(summary).to_be_focused()
    summary.get_by_role("link").first.click()
    expect(page.locator("[name=contact_log]")).to_have_value("第一次联系")

    answer(page)
    if not scripts:  # Without scripts the question that follows comes with the next answer.
        page.locator("#complete").click()
        expect(page.locator("#errsum")).to_be_visible()
    page.locator("[name=solution]").fill("重启端口后恢复")
    page.locator("#complete").click()
    expect(page).not_to_have_url(re.compile(f"/tasks/{task}"))
    expect(page.locator("#messages")).to_contain_text(say["undo"])
    assert case.variables()["solution"] == "重启端口后恢复"
    assert case.variables()["contact_log"] == "第一次联系"
