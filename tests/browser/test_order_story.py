"""One order in a real browser: its diagram, what it calls, and the page without scripts."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.support.browser import PHONE, WIDE
from tests.support.installation import load_customer


@pytest.fixture(scope="module")
def leasing(life):
    """A provisioning order with a leased line, one step of it overdue."""
    load_customer(life.application)
    case = life.as_("wang.sales").start("leased_line_provisioning", customer_id="K-1001")
    case.task("合同登记备案", by="li.desk").complete()
    case.task("资源核查/勘查", by="sun.network").complete()
    case.task("线路申请", by="sun.network").complete(line_source="other")
    life.wait_until(life.clock.now() + timedelta(days=3))
    return case


def drawn(page):
    """The diagram, once it is drawn and its buttons can be used."""
    place = page.locator("[data-diagram]")
    expect(place.locator(".djs-element").first).to_be_visible()
    expect(place.locator(".zoom")).to_be_visible()
    return place


def covered(page):
    """What stands before the watermark at its corners and in its middle; empty if nothing does."""
    return page.evaluate("""() => {
        const mark = document.querySelector(".bjs-powered-by");
        mark.scrollIntoView({block: "center"});
        const {left, top, right, bottom} = mark.getBoundingClientRect();
        const frame = mark.closest(".bpmn").getBoundingClientRect();
        const outside = left < frame.left || top < frame.top || right > frame.right
            || bottom > frame.bottom || right - left < 20 || bottom - top < 8;
        const at = [[left + 2, top + 2], [right - 2, top + 2], [left + 2, bottom - 2],
                    [right - 2, bottom - 2], [(left + right) / 2, (top + bottom) / 2]];
        const others = at.map(([x, y]) => document.elementFromPoint(x, y))
            .filter((found) => !found || !mark.contains(found))
            .map((found) => found ? found.outerHTML.slice(0, 80) : "nothing");
        return outside ? ["outside", ...others] : others;
    }""")


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_diagram_shows_done_here_and_overdue(visit, leasing, size, language):
    page = visit("feng.lead", size=size, language=language)
    page.goto(f"/orders/{leasing.number}")
    place = drawn(page)
    classes = {
        element: place.locator(f"[data-element-id={element}]").get_attribute("class")
        for element in ("file_contract", "allocate_ip", "construct")
    }
    assert "is-done" in classes["file_contract"]
    assert "is-late" in classes["allocate_ip"]
    assert "is-" not in classes["construct"]
    flow = place.locator("[data-element-id=flow_file_contract_resource_survey]")
    assert "is-taken" in str(flow.get_attribute("class"))
    told = place.locator("[data-element-id=file_contract] text").text_content()
    assert bool(re.search(r"[\u3400-\u9fff]", told)) == (language == "zh")
    late = "超期" if language == "zh" else "overdue"
    expect(place.locator(".ov.late").first).to_contain_text(late)
    assert covered(page) == []


def test_a_click_opens_the_called_diagram_and_keys_reach_everything(visit, leasing):
    page = visit("feng.lead")
    page.goto(f"/orders/{leasing.number}")
    place = drawn(page)
    place.locator("[data-zoom=fit]").press("Enter")
    place.locator("[data-element-id=call_line_lease] .djs-hit").first.click()
    expect(page).to_have_url(re.compile(r"diagram=\d+"))
    place = drawn(page)
    expect(place.locator("[data-element-id=lease_quote]")).to_have_class(re.compile("is-"))
    # The same by keyboard: the list of diagrams and the links of the table.
    page.get_by_role("link", name="大客户专线开通").focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"/orders/{leasing.number}$"))
    link = page.locator("tr[data-element=call_line_lease] a")
    link.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"diagram=\d+"))


def test_a_click_on_a_step_shows_its_row(visit, leasing):
    page = visit("feng.lead")
    page.goto(f"/orders/{leasing.number}")
    place = drawn(page)
    place.locator("[data-zoom=fit]").click()
    place.locator("[data-element-id=resource_survey] .djs-hit").first.click()
    expect(page.locator("tr.shown")).to_contain_text("孙磊")


def test_the_page_turns_with_the_wheel_over_the_diagram(visit, leasing):
    page = visit("feng.lead")
    page.goto(f"/orders/{leasing.number}")
    box = drawn(page).bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.wheel(0, 300)
    page.wait_for_function("() => document.getElementById('main').scrollTop > 100")


def test_on_paper_is_the_whole_order_and_nothing_to_press(visit, leasing):
    page = visit("feng.lead")
    page.goto(f"/orders/{leasing.number}")
    drawn(page)
    page.emulate_media(media="print")
    for gone in (".nav", ".tabs", ".acts", ".zoom"):
        expect(page.locator(gone).first).to_be_hidden()
    cut = page.evaluate("""() => [...document.querySelectorAll("body, .shell, main, .sideways")]
        .filter((one) => one.scrollHeight > one.clientHeight + 1
            && !["visible", "clip"].includes(getComputedStyle(one).overflowY))
        .map((one) => one.tagName + one.className)""")
    assert cut == []
    assert page.evaluate("() => document.documentElement.scrollHeight") > 900


def test_without_scripts_the_table_and_every_part_are_there(visit, leasing):
    page = visit("feng.lead", scripts=False)
    page.goto(f"/orders/{leasing.number}")
    expect(page.locator("noscript p")).to_be_visible()
    assert "流程图需要启用脚本" in page.locator("main").inner_text()
    expect(page.locator("tr[data-element=file_contract]")).to_contain_text("李娜")
    for part in ("时间线", "数据", "沟通与附件", "时限", "相关工单"):
        page.get_by_role("navigation", name="工单内容").get_by_role("link", name=part).click()
        expect(page.locator("nav.tabs a[aria-current=page]")).to_have_text(part)
        expect(page.locator("h1")).to_have_count(1)


def test_a_diagram_that_cannot_be_had_is_told(visit, leasing):
    page = visit("feng.lead")
    page.route("**/diagram?**", lambda route: route.fulfill(status=503, body=""))
    page.goto(f"/orders/{leasing.number}")
    expect(page.get_by_text("流程图无法显示；下表内容相同。")).to_be_visible()
    assert page.locator("[data-diagram]").bounding_box()["height"] < 150
