"""Leading, being told, and arranging one's desk, in a real browser."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from forms.pages.session import COOKIE
from tests.support.browser import MONDAY, PHONE, WIDE, Size
from tests.support.installation import PASSWORD, load_customer

INSTRUCT = {"zh": "批示", "en": "Instruct"}


@pytest.fixture(scope="module")
def late(life):
    """A complaint that was escalated; its number."""
    load_customer(life.application, "C-1001")
    number = life.as_("zhao.agent").start("complaint_escalation").number
    life.wait_until(MONDAY + timedelta(days=1))
    return number


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("size", [WIDE, PHONE])
def test_a_leader_instructs_from_the_board(life, visit, late, size, language):
    page = visit("feng.lead", size=size, language=language)
    page.goto("/escalations?unit=north")
    row = page.locator(".brd > li", has_text=late).first
    row.get_by_role("link", name=re.compile(f"^{INSTRUCT[language]}")).click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("textbox").first).to_be_focused()
    dialog.get_by_role("textbox").first.fill("please hurry")
    dialog.get_by_role("button", name=INSTRUCT[language]).click()
    expect(page).to_have_url(re.compile(r"/escalations\?unit=north$"))
    expect(page.locator(".toast")).to_be_visible()


def test_the_board_and_the_wall_refresh_themselves(life, visit, late):
    board = visit("feng.lead")
    board.goto("/escalations")
    numbers = board.locator(".stat.board dd")
    before = numbers.all_inner_texts()
    wall = visit("feng.lead")
    wall.goto("/wallboard")
    opened = wall.locator(".big dd").first
    count = int(opened.inner_text())
    life.as_("zhao.agent").start("complaint_escalation", source="media")
    for page in (board, wall):
        page.evaluate(
            "() => document.querySelectorAll('[data-refresh]')"
            ".forEach((part) => (part.dataset.refresh = '1'))"
        )
        page.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")
    expect(opened).not_to_have_text(str(count))
    expect(board.locator("#board")).to_be_visible()
    assert len(numbers.all_inner_texts()) == len(before)


def ask_at_once(page):
    """Let the parts that ask by themselves do so now."""
    page.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")


@pytest.mark.parametrize("path", ["/wallboard", "/escalations"])
def test_numbers_that_cannot_be_asked_for_are_said_to_be_old(life, visit, late, path):
    page = visit("feng.lead")
    page.goto(path)
    stale = page.locator("#stale")
    expect(page.get_by_text("数据时间")).to_be_visible()
    expect(stale).not_to_be_visible()
    page.context.set_offline(True)
    ask_at_once(page)
    expect(stale).to_be_visible()
    # What a proxy says in place of the desk is not shown.
    page.route("**/*", lambda route: route.fulfill(status=502, body="<h1>Bad gateway</h1>"))
    page.context.set_offline(False)
    ask_at_once(page)
    page.wait_for_timeout(300)
    expect(stale).to_be_visible()
    expect(page.get_by_text("Bad gateway")).to_have_count(0)
    page.unroute("**/*")
    ask_at_once(page)
    expect(stale).not_to_be_visible()


def test_the_wall_comes_back_after_signing_in_again(life, visit, late):
    page = visit("feng.lead")
    page.goto("/wallboard?unit=north&look=light")
    life.application.identity.sign_out(
        next(c["value"] for c in page.context.cookies() if c["name"] == COOKIE)
    )
    ask_at_once(page)
    expect(page).to_have_url(re.compile("/login"))
    page.get_by_label("账号").fill("feng.lead")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page).to_have_url(re.compile(r"/wallboard\?unit=north&look=light$"))


def test_reading_what_a_notice_is_about_makes_it_read(life, visit, late):
    page = visit("feng.lead")
    page.goto("/notifications")
    links = page.locator("#notes a[data-reads]")
    before = links.count()
    assert before > 0
    with page.expect_response(re.compile("/notifications/read")):
        links.first.click()
    page.goto("/notifications")
    expect(links).to_have_count(before - 1)
    page.get_by_role("button", name="全部标为已读").click()
    expect(page.get_by_text("没有未读通知")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False])
def test_somebody_arranges_the_desk(life, visit, scripts):
    page = visit("sun.network", scripts=scripts)
    page.goto("/me")
    page.get_by_label("English").check()
    page.get_by_label("深色").check()
    page.get_by_label("每日汇总一封").check()
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("My settings")
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"
    expect(page.get_by_label("One a day")).to_be_checked()


def test_escalations_show_as_notifications_once_somebody_allowed_it(life, visit, late):
    page = visit("feng.lead")
    page.context.grant_permissions(["notifications"])
    page.add_init_script(
        "window.told = [];"
        "class Told { constructor(title, more) { window.told.push([title, more.body]); } }"
        "Told.permission = 'granted'; Told.requestPermission = async () => 'granted';"
        "window.Notification = Told;"
        # Before any script of the page: answers to the page before come at any time.
        "if (location.pathname === '/notifications') {"
        " sessionStorage.setItem('desk.escalated', '0'); }"
    )
    page.goto("/me")
    page.get_by_label("用浏览器通知提醒督办升级").check()
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("设置已保存")).to_be_visible()
    page.goto("/notifications")
    page.wait_for_function("() => window.told.length === 1")
    ((title, text),) = page.evaluate("() => window.told")
    assert title == "督办升级"
    assert text.startswith("有新的督办升级")
    page.goto("/me")
    page.get_by_label("用浏览器通知提醒督办升级").uncheck()
    page.goto("/notifications")
    page.wait_for_timeout(300)
    assert page.evaluate("() => window.told") == []


@pytest.mark.parametrize(
    ("device", "said"),
    [
        # A person who said no, in the browser's own question or long ago.
        (
            "Told.permission = 'denied'; Told.requestPermission = async () => 'denied';",
            "未允许通知",
        ),
        # Android: there is the class, but not for pages.
        (
            "window.forbid = true; Told.requestPermission = async () => 'granted';",
            "不能在这里显示通知",
        ),
        ("delete window.Notification;", "不能在这里显示通知"),
    ],
)
def test_a_device_that_shows_no_notifications_is_explained(life, visit, late, device, said):
    page = visit("feng.lead", size=PHONE)
    page.add_init_script(
        "class Told { constructor() { if (window.forbid) throw new TypeError('Illegal'); } }"
        f"window.Notification = Told; {device}"
    )
    page.goto("/me")
    box = page.get_by_label("用浏览器通知提醒督办升级")
    box.uncheck()
    box.check()
    expect(page.get_by_text(said)).to_be_visible()
    # Without another word once the wish is taken back.
    box.uncheck()
    expect(page.get_by_text(said)).not_to_be_visible()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_palette_works_by_keyboard_alone(life, visit, late, language):
    page = visit("feng.lead", language=language)
    page.goto("/notifications")
    page.keyboard.press("Control+k")
    field = page.get_by_role("combobox")
    expect(field).to_be_focused()
    page.keyboard.type(late)
    chosen = page.locator("[role=option][aria-selected=true]")
    expect(chosen).to_have_count(1)
    expect(page.locator("#pal-list")).to_contain_text(late)
    assert field.get_attribute("aria-activedescendant") == chosen.get_attribute("id")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/(orders|tasks)/\d+"))
    page.goto("/notifications")
    page.keyboard.press("Control+k")
    expect(field).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#palette")).not_to_be_visible()


def test_choices_of_the_settings_can_be_seen(life, visit):
    """Not only clicked: a style of another page once made them one transparent pixel."""
    page = visit("li.desk")
    page.goto("/me")
    for choice in (
        page.locator("#me-choices ~ form").locator("[type=radio], [type=checkbox]").all()
    ):
        place = choice.bounding_box()
        assert place is not None and place["width"] >= 13
        expect(choice).to_have_css("opacity", "1")


def test_navigation_of_icons_has_names(life, visit):
    page = visit("feng.lead", size=Size(1024, 768))
    page.goto("/inbox")
    for name in ("我的待办", "升级看板", "冯"):
        found = page.get_by_role("navigation", name="主导航").get_by_role("link", name=name)
        expect(found.first).to_be_in_viewport()


def test_an_absence_can_be_entered_without_scripts(life, visit):
    page = visit("wu.billing", size=PHONE, scripts=False)
    page.goto("/me")
    page.get_by_text("登记外出").click()
    page.get_by_label("代理人").fill("zheng.dept")
    page.get_by_label("开始时间").fill("2026-03-09T08:30")
    page.get_by_label("结束时间").fill("2026-03-08T08:30")
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("结束时间").fill("2026-03-10T08:30")
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.get_by_text("代理人：郑伟")).to_be_visible()
