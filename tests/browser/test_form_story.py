"""A form with every kind of component in a real browser: filled in, drawn again, refused, sent."""

from __future__ import annotations

import json
import re
import urllib.parse
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from engine.domain import commands as c
from engine.domain.access import SYSTEM
from tests.support import bpmn_builder as b
from tests.support.browser import PHONE, WIDE
from tests.support.installation import load_customer, person

AXE = (Path(__file__).parent / "axe" / "axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20


def field(kind: str, key: str, zh: str, en: str, **more: Any) -> dict[str, Any]:
    where = "path" if kind in ("group", "dynamiclist") else "key"
    properties = {"label:en": en, **more.pop("properties", {})}
    return {"type": kind, "id": f"id_{key}", where: key, "label": zh,
            "properties": properties, **more}  # fmt: skip


def options(*given: tuple[Any, str, str]) -> list[dict[str, Any]]:
    return [{"value": value, "label": zh, "label:en": en} for value, zh, en in given]


MUST = {"required": True}
FORM = {"type": "default", "id": "every", "schemaVersion": 19, "components": [
    {"type": "text", "text": "# 注意\n请核对**全部**内容，见[规范](https://example.cn)。",
     "properties": {"text:en": "# Mind\nCheck **all**, see [rules](https://example.cn)."}},
    field("select", "access", "接入方式", "Access", values=options(("a", "光纤", "Fibre"))),
    field("number", "length", "光缆长度", "Cable length", validate={"min": 1, **MUST},
          appearance={"suffixAdorner": "米"}, properties={"suffixAdorner:en": "m"}),
    field("datetime", "on", "完工日期", "Finished on"),
    field("radio", "result", "施工结果", "Result", validate=MUST, values=options(
        ("done", "完工", "Done"), ("blocked", "受阻", "Blocked"))),
    field("textarea", "reason", "受阻原因", "Why", validate={"minLength": 4, **MUST},
          conditional={"hide": '= result != "blocked"'}),
    field("textfield", "port", "机房与端口", "Room and port", description="例如：三层弱电间",
          properties={"description:en": "Such as the third floor"}),
    field("checkbox", "agreed", "已与客户确认", "Agreed with the customer"),
    field("checklist", "checks", "检查项", "Checks", values=options(
        *((n, f"第 {n} 项检查", f"Check {n}") for n in range(14)))),
    field("filepicker", "photos", "施工照片", "Photos", multiple=True),
    {"type": "separator"},
    field("group", "contact", "联系人", "Contact", components=[
        field("textfield", "name", "姓名", "Name")]),
    field("dynamiclist", "items", "设备", "Equipment", components=[
        field("textfield", "model", "型号", "Model", validate=MUST),
        field("number", "count", "数量", "Count"),
        field("expression", "double", "加倍", "Double", expression="= count * 2")]),
    field("expression", "total", "合计", "Total", expression="= sum(items.double)"),
    {"type": "table", "label": "记录", "properties": {"label:en": "Log"}, "dataSource": "= log",
     "columns": [{"key": "at", "label": "时间", "label:en": "Time"}]},
    field("select", "customer", "客户", "Customer", properties={"optionsFrom": "customers"}),
    field("textfield", "fixed", "合同号", "Contract", readonly=True, defaultValue="2026-1"),
]}  # fmt: skip
DIAGRAM = b.diagram(
    b.process(
        "every",
        b.start(),
        b.user("fill", candidateGroups="key_account_desk", formKey="every").replace(
            'name="FILL"', 'name="施工"'
        ),
        b.end("done"),
        flows="s fill done",
    )
)


@pytest.fixture
def task(life) -> int:
    """A task with the form, waiting at the desk."""
    app = life.application
    for number in range(55):
        load_customer(app, f"K-{8000 + number}")
    files = {"every.bpmn": DIAGRAM, "every.json": json.dumps(FORM).encode()}
    app.dispatcher.execute(c.Deploy(files=files), SYSTEM)
    started = app.dispatcher.execute(
        c.StartOrder(process="every", values={"log": [{"at": "09:00"}]}, unit="north"),
        person(app, "zhao.agent"),
    )
    found: int = started.tasks[0]
    return found


def told(page: Page) -> list[str]:
    """What axe finds wrong in the form."""
    found = page.evaluate(
        "(rules) => axe.run('#taskform', {runOnly: {type: 'tag', values: rules}})", RULES
    )
    return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found["violations"]]


def test_parts_follow_what_is_entered_and_nothing_typed_is_lost(visit, task):
    page = visit("li.desk")
    page.goto(f"/tasks/{task}")
    expect(page.locator("#f-reason")).to_have_count(0)
    expect(page.locator(".update")).to_be_hidden()
    page.locator("#f-port").fill("已输入")
    page.locator("#f-photos").set_input_files(
        [{"name": "照片.png", "mimeType": "image/png", "buffer": PNG}]
    )
    expect(page.locator(".upload .chosen")).to_have_text("照片.png")
    page.get_by_label("受阻", exact=True).check()
    reason = page.locator("#f-reason")
    expect(reason).to_be_visible()
    expect(page.get_by_label("受阻", exact=True)).to_be_focused()
    expect(page.locator("#f-port")).to_have_value("已输入")
    # Somebody who types on while the form is drawn again keeps the caret and every letter.
    page.locator("[name='items.0.count']").focus()
    page.keyboard.type("12", delay=60)
    expect(page.locator("#f-total")).to_have_value("24")
    page.keyboard.type("3", delay=60)
    expect(page.locator("[name='items.0.count']")).to_have_value("123")
    expect(page.locator("#f-total")).to_have_value("246")
    expect(page.locator("[name='items.0.count']")).to_be_focused()
    page.get_by_role("button", name="添加一项").click()
    expect(page.locator("[name='items.1.model']")).to_be_focused()
    page.keyboard.type("第二")
    page.get_by_role("button", name="删除第 1 项").click()
    expect(page.locator("[name='items.1.model']")).to_have_count(0)
    expect(page.locator("[name='items.0.model']")).to_have_value("第二")
    customer = page.locator("#f-customer")
    customer.fill("8033")
    expect(page.locator("#l-customer option")).to_have_count(1)
    customer.fill(page.locator("#l-customer option").get_attribute("value") or "")
    page.locator("#f-length").fill("十二")
    page.locator("#complete").click()
    expect(page.locator("#errsum")).to_be_focused()
    expect(page.locator("#errsum li")).to_have_text(
        ["光缆长度：应为数字。", "受阻原因：请填写此项。"]
    )
    expect(page.locator("#f-length")).to_have_value("十二")
    expect(page.get_by_role("link", name="照片.png")).to_be_visible()
    page.locator("#errsum a", has_text="受阻原因").click()
    expect(reason).to_be_focused()
    page.get_by_label("完工", exact=True).check()
    expect(reason).to_have_count(0)
    page.locator("#f-length").fill("12")
    page.locator("#complete").click()
    expect(page.locator(".toast")).to_contain_text("施工")


def test_saving_a_draft_with_a_chosen_file_completes_nothing(visit, task):
    page = visit("li.desk")
    page.goto(f"/tasks/{task}")
    page.locator("#f-port").fill("三层")
    page.locator("#f-photos").set_input_files(
        [{"name": "图.png", "mimeType": "image/png", "buffer": PNG}]
    )
    page.get_by_role("button", name="保存草稿").click()
    expect(page.locator(".toast")).to_contain_text("草稿已保存")
    expect(page.locator(".file a")).to_have_text(["图.png"])
    expect(page.locator("#f-port")).to_have_value("三层")
    expect(page.locator("#errsum")).to_have_count(0)


def test_what_another_answer_hid_is_no_part_of_the_draft(visit, task):
    page = visit("li.desk")
    page.goto(f"/tasks/{task}")
    page.get_by_label("受阻", exact=True).check()
    with page.expect_request(re.compile("/draft")) as asked:
        page.locator("#f-reason").fill("业主不在")
    sent = urllib.parse.parse_qs(asked.value.post_data)
    assert "reason" in sent["_guarded"] and sent["reason"] == ["业主不在"]


def test_a_date_is_written_again_where_the_browser_speaks_another_language(visit, task):
    page = visit("li.desk")
    page.add_init_script(
        "Intl.DateTimeFormat.prototype.resolvedOptions = () => ({locale: 'en-US'})"
    )
    page.goto(f"/tasks/{task}")
    page.locator("#f-on").fill("2026-03-05")
    expect(page.locator("#f-on ~ .echo")).to_have_text("2026年3月5日")
    page.get_by_label("受阻", exact=True).check()
    expect(page.locator("#f-reason")).to_be_visible()
    expect(page.locator("#f-on ~ .echo")).to_have_text("2026年3月5日")


def test_enter_in_a_field_sends_nothing(visit, task):
    for scripts in (True, False):
        page = visit("li.desk", scripts=scripts)
        page.goto(f"/tasks/{task}")
        page.locator("[name='items.0.model']").fill("型号")
        page.keyboard.press("Enter")
        expect(page.locator("[name='items.0.model']")).to_have_value("型号")
        expect(page.locator("#errsum")).to_have_count(0)


def test_without_scripts(visit, task):
    page = visit("li.desk", scripts=False)
    page.goto(f"/tasks/{task}")
    page.get_by_label("受阻", exact=True).check()
    page.locator("#f-length").fill("7")
    page.get_by_role("button", name="更新表单").click()
    page.locator("#f-reason").fill("业主不在")
    page.get_by_role("button", name="添加一项").click()
    page.locator("[name='items.0.model']").fill("甲")
    page.locator("[name='items.1.model']").fill("乙")
    page.get_by_role("button", name="删除第 1 项").click()
    expect(page.locator("[name='items.0.model']")).to_have_value("乙")
    expect(page.locator("#f-reason")).to_have_value("业主不在")
    page.locator("#f-photos").set_input_files(
        [{"name": "图.png", "mimeType": "image/png", "buffer": PNG}]
    )
    page.locator("#f-customer").fill("K-8033")
    page.locator("#complete").click()
    expect(page.locator(".toast")).to_contain_text("施工")


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("look", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_everybody_can_use_it(visit, task, language, look, size):
    page = visit("li.desk", size=size, language=language, look=look)
    page.context.add_init_script(AXE)
    page.goto(f"/tasks/{task}")
    assert told(page) == []
    page.locator("input[name=result][value=blocked]").check()
    page.locator("#f-reason").wait_for()
    page.locator("#complete").click()
    page.locator("#errsum").wait_for()
    assert told(page) == []
    wide = page.evaluate("() => [document.documentElement.scrollWidth, innerWidth]")
    assert wide[0] <= wide[1]
