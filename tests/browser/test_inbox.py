"""The inbox in a real browser: by keyboard, many at once, endless, on a phone, without scripts."""

import re

import pytest
from playwright.sync_api import expect

from engine.domain import commands as c
from engine.queries.inbox import inbox
from tests.support import bpmn_builder as b
from tests.support.browser import PHONE, texts
from tests.support.installation import deploy, person

STEP = b.diagram(
    b.process(
        "step",
        b.start(),
        b.user("look", "核对资料", candidateGroups="key_account_desk"),
        b.end("done"),
        flows="s look done",
    )
)
ROW = "#rows .row"
MANY = 55


@pytest.fixture(scope="module")
def do(life):
    """Gives commands of people."""
    deploy(life.application, {"step.bpmn": STEP})

    def act(login, command):
        return life.application.dispatcher.execute(command, person(life.application, login))

    return act


@pytest.fixture
def tasks(life, do):
    """Exactly so many tasks wait for the desk."""
    desk = person(life.application, "li.desk")

    def waiting():
        with life.application.dispatcher.view(desk) as view:
            group = inbox(view, "group", limit=200).items
            return [*group, *inbox(view, "mine", limit=200).items]

    for item in waiting():
        do("li.desk", c.CompleteTask(task_id=item.id, values={}))
    for number in range(MANY):
        do("zhao.agent", c.StartOrder(process="step", values={}, title=f"资料 {number:02}"))
    return [item.id for item in waiting()]


def test_the_list_is_worked_by_keyboard_and_goes_on_without_end(visit, tasks):
    page = visit("li.desk")
    page.goto("/inbox?tab=group")
    expect(page.locator(ROW)).to_have_count(50)
    expect(page.locator("h1")).to_have_text(re.compile(f"待认领.*{MANY} 件"))
    for key, at in (("j", 0), ("j", 1), ("j", 2), ("k", 1)):
        page.keyboard.press(key)
        expect(page).to_have_url(re.compile(f"/tasks/{tasks[at]}\\?tab=group"))
        expect(page.locator(f"#row-{tasks[at]} .t")).to_have_attribute("aria-current", "true")
    expect(page.locator("h1")).to_have_count(1)
    page.locator(ROW).nth(49).scroll_into_view_if_needed()
    expect(page.locator(ROW)).to_have_count(MANY)
    expect(page.locator("#more")).to_have_count(0)
    page.go_back()
    expect(page).to_have_url(re.compile(f"/tasks/{tasks[2]}"))
    expect(page.locator(f"#row-{tasks[2]} .t")).to_have_attribute("aria-current", "true")
    expect(page.locator("nav.nav")).to_be_visible()


def test_news_come_in_without_losing_the_place(visit, do, tasks):
    page = visit("li.desk")
    page.goto("/inbox?tab=group")
    page.locator(ROW).nth(49).scroll_into_view_if_needed()
    expect(page.locator(ROW)).to_have_count(MANY)
    page.locator(f"#row-{tasks[50]} input").check()
    page.locator(f"#row-{tasks[54]}").scroll_into_view_if_needed()
    expect(page.locator("[data-counter=group]")).to_have_text(str(MANY))
    before = page.locator("#rows").evaluate("rows => rows.scrollTop")
    do("chen.desk", c.ClaimTask(task_id=tasks[53]))
    page.evaluate("() => window.dispatchEvent(new Event('focus'))")
    expect(page.locator(f"#row-{tasks[53]}")).to_have_count(0)
    expect(page.locator(ROW)).to_have_count(MANY - 1)
    expect(page.locator(f"#row-{tasks[50]} input")).to_be_checked()
    expect(page.locator(".bulk [data-picked]")).to_have_text("1")
    assert abs(page.locator("#rows").evaluate("rows => rows.scrollTop") - before) < 100
    expect(page.locator("#list-news")).to_have_text(f"列表已更新。 {MANY - 1} 件")


def test_a_completed_task_leaves_the_list_where_it_is(visit, do, tasks):
    for task in tasks:
        do("li.desk", c.ClaimTask(task_id=task))
    page = visit("li.desk")
    page.goto("/inbox")
    page.locator(ROW).nth(49).scroll_into_view_if_needed()
    expect(page.locator(ROW)).to_have_count(MANY)
    page.locator(f"#row-{tasks[52]} .t").click()
    expect(page.locator("#detail")).to_have_attribute("data-task", str(tasks[52]))
    page.keyboard.press("Control+Enter")
    expect(page.locator(f"#row-{tasks[52]}")).to_have_count(0)
    expect(page.locator(ROW)).to_have_count(MANY - 1)
    expect(page.locator("#detail")).not_to_have_attribute("data-task", str(tasks[52]))
    assert page.locator("#rows").evaluate("rows => rows.scrollTop") > 0


@pytest.mark.parametrize("failure", ["lost", "proxy"])
def test_a_desk_that_does_not_answer_is_told_and_takes_nothing_away(visit, tasks, failure):
    page = visit("li.desk")
    page.goto("/inbox?tab=group")
    rows = page.locator("#rows .row a")
    rows.first.click()
    heading = page.locator("#dt")
    expect(heading).to_be_visible()
    before = page.url
    if failure == "lost":
        page.route("**/*", lambda route: route.abort())
    else:
        page.route("**/*", lambda route: route.fulfill(status=502, body="<h1>Bad gateway</h1>"))
    rows.nth(1).click()
    expect(page.locator("#messages")).to_contain_text("连接不到工单台")
    expect(heading).to_be_visible()
    assert page.url == before
    # The same for what opens in a dialog.
    page.evaluate("() => document.getElementById('messages').replaceChildren()")
    page.locator("a[data-dialog]:visible").first.click()
    expect(page.locator("#messages")).to_contain_text("连接不到工单台")
    expect(page.locator("#dialog")).not_to_be_visible()
    page.unroute("**/*")
    rows.nth(1).click()
    page.wait_for_url(lambda url: url != before)
    expect(heading).to_be_visible()


def test_the_next_one_is_claimed_by_key_and_without_scripts(visit, do, tasks):
    page = visit("li.desk")
    page.goto("/inbox?tab=group")
    page.keyboard.press("n")
    expect(page).to_have_url(re.compile(rf"/tasks/{tasks[0]}$"))
    expect(page.locator("#messages")).to_contain_text("任务归您办理")
    plain = visit("chen.desk", scripts=False)
    plain.goto("/inbox?tab=group&process=step")
    plain.locator(".nextup button").click()
    expect(plain).to_have_url(re.compile(rf"/tasks/{tasks[1]}$"))
    page.locator("#messages button").first.click()
    page.goto("/inbox?tab=group")
    expect(page.locator(f"#row-{tasks[0]}")).to_be_visible()
    expect(page.locator(f"#row-{tasks[1]}")).to_have_count(0)


@pytest.mark.parametrize("by", ["double click", "held keys"])
def test_one_hasty_gesture_completes_one_task(life, visit, do, tasks, by):
    for task in tasks[:3]:
        do("li.desk", c.ClaimTask(task_id=task))
    page = visit("li.desk")
    page.goto("/inbox")
    page.locator(f"{ROW} a").first.click()
    place = page.locator("#complete").bounding_box()
    first = page.url
    spot = (place["x"] + 20, place["y"] + 10)
    # The second half comes when the next task is shown already, at the same place.
    if by == "double click":
        page.mouse.click(*spot)
        page.wait_for_url(lambda url: url != first)
        page.mouse.move(*spot)
        page.mouse.down(click_count=2)
        page.mouse.up(click_count=2)
    else:
        page.keyboard.down("Control")
        page.keyboard.down("Enter")
        page.wait_for_url(lambda url: url != first)
        page.keyboard.down("Enter")
        page.keyboard.up("Enter")
        page.keyboard.up("Control")
    page.wait_for_timeout(500)
    desk = person(life.application, "li.desk")
    with life.application.dispatcher.view(desk) as view:
        assert len(inbox(view, "mine").items) == 2
    # Meant as a click of its own, it counts.
    second = page.url
    page.mouse.click(*spot)
    page.wait_for_url(lambda url: url != second)


def test_many_are_ticked_claimed_and_given_back(visit, do, tasks):
    page = visit("li.desk")
    page.goto("/inbox?tab=group")
    page.keyboard.press("j")
    expect(page.locator("#detail")).to_have_attribute("data-task", str(tasks[0]))
    page.keyboard.press("x")
    expect(page.locator(".bulk [data-picked]")).to_have_text("1")
    page.locator(f"#row-{tasks[3]} input").click(modifiers=["Shift"])
    expect(page.locator(".bulk [data-picked]")).to_have_text("4")
    page.locator(f"#row-{tasks[1]} input").click()
    page.locator(f"#row-{tasks[4]} input").click(modifiers=["Shift"])
    expect(page.locator(".bulk [data-picked]")).to_have_text("5")
    do("chen.desk", c.ClaimTask(task_id=tasks[2]))
    page.locator("#bulk button[value=claim]").click()
    dialog = page.locator("#dialog")
    expect(dialog).to_be_visible()
    expect(dialog.locator(".outcomes li")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator(ROW)).to_have_count(50)
    expect(page.locator(f"#row-{tasks[3]}")).to_have_count(0)
    page.locator(f"#row-{tasks[10]} input").click()
    page.locator("#bulk button[value=claim]").click()
    expect(page.locator(f"#row-{tasks[10]}")).to_have_count(0)
    page.locator("#messages button").click()
    page.goto("/inbox?tab=group")
    expect(page.locator(f"#row-{tasks[10]}")).to_have_count(1)


def test_many_are_transferred_in_a_dialog(visit, tasks):
    page = visit("li.desk", language="en")
    page.goto("/inbox?tab=group")
    for task in tasks[:2]:
        page.locator(f"#row-{task} input").check()
    page.locator("#bulk button[value=transfer]").click()
    dialog = page.locator("#dialog")
    expect(dialog.get_by_role("heading")).to_have_text("Transfer")
    dialog.get_by_role("button", name="Transfer").click()
    expect(dialog.locator("#errsum")).to_be_focused()
    dialog.locator("#f-role").select_option("network")
    dialog.locator("#f-reason").fill("belongs to the network")
    dialog.get_by_role("button", name="Transfer").click()
    expect(dialog).not_to_be_visible()
    expect(page.locator("#messages")).to_contain_text("2 tasks done")
    expect(page.locator(f"#row-{tasks[0]}")).to_have_count(0)


@pytest.mark.parametrize("size", [None, PHONE])
def test_without_scripts_everything_is_there(visit, tasks, size):
    page = visit("li.desk", scripts=False, **({"size": size} if size else {}))
    page.goto("/inbox?tab=group")
    page.locator("#more a").click()
    expect(page.locator(ROW)).to_have_count(MANY - 50)
    page.go_back()
    page.locator(".bulk summary").click()
    for task in tasks[:2]:
        page.locator(f"#row-{task} input").check()
    page.locator("#bulk button[value=claim]").click()
    expect(page.locator(f"#row-{tasks[0]}")).to_have_count(0)
    expect(page.locator("#messages")).to_contain_text("2 件")
    page.locator(".lh summary").first.click()
    page.get_by_role("link", name="优先级").click()
    expect(page).to_have_url(re.compile("sort=priority"))
    page.locator(".tools .sq").click()
    page.get_by_label("文字").fill("资料 07")
    page.get_by_role("button", name="查看任务").click()
    expect(page.locator(ROW)).to_have_count(1)


def test_on_a_phone_a_task_takes_the_place_of_the_list(visit, tasks):
    page = visit("li.desk", size=PHONE)
    page.goto("/inbox?tab=group")
    page.locator(f"#row-{tasks[1]} .t").click()
    expect(page.locator("#detail")).to_be_visible()
    expect(page.locator("#list")).not_to_be_visible()
    page.go_back()
    expect(page.locator("#list")).to_be_visible()
    expect(page.locator("#detail")).not_to_be_visible()
    assert texts(page, "h1")
