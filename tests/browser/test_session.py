"""Signing in and out, in a real browser."""

import re

import pytest
from playwright.sync_api import expect

from tests.support.browser import PHONE, WIDE
from tests.support.installation import PASSWORD

WORDS = {
    "zh": ("登录", "账号", "密码", "账号或密码不正确。"),
    "en": ("Sign in", "Login", "Password", "Login and password do not match."),
}


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("size", [WIDE, PHONE])
def test_somebody_signs_in_after_a_wrong_password(visit, size, language, scripts):
    button, login, password, wrong = WORDS[language]
    page = visit(None, size=size, language=language, scripts=scripts)
    page.goto("/tasks/1")
    expect(page).to_have_url(re.compile("/login"))
    page.get_by_label(login, exact=True).fill("li.desk")
    page.get_by_label(password, exact=True).fill("guess")
    page.get_by_role("button", name=button).click()
    expect(page.get_by_role("alert")).to_have_text(wrong)
    assert page.get_by_label(login, exact=True).input_value() == "li.desk"
    page.get_by_label(password, exact=True).fill(PASSWORD)
    page.get_by_role("button", name=button).click()
    expect(page).to_have_url(re.compile("/tasks/1$"))
