"""The page of one order: progress, history, data, clocks, failures, related orders."""

import json
import re
from urllib.parse import quote

import pytest
import sqlalchemy as sa

from engine.domain import commands as c
from engine.domain.facts import Stream
from engine.queries.history import history
from engine.store import tables as t
from tests.support import bpmn_builder as b
from tests.support.installation import deploy
from tests.support.pages import Reader

#: Codes are written with underscores or humps; people never see one.
CODE = re.compile(r"\b[a-z]+_[a-z_]+\b|\b[a-z]+[A-Z]\w+\b")
CHINESE = re.compile(r"[\u3400-\u9fff]")
LATIN = re.compile(r"[A-Za-z]{3,}")
PARTS = ["", "/timeline", "/data", "/talk", "/clocks", "/related", "/incidents"]


@pytest.fixture
def reader(desk):
    first = []

    def signed_in(login, language="zh"):
        desk.do(login, c.SavePreferences(language=language))
        made = Reader(desk.app, login, first[0].desk if first else None)
        first.append(made)
        return made

    return signed_in


def task_named(desk, order, element):
    return next(one for one in desk.tasks(order) if one.element == element and one.is_open)


@pytest.fixture
def leasing(desk):
    """A provisioning order that waits for the quote of a leased line, in a called process."""
    order = desk.start_drawn("start_provisioning", "leased_line_provisioning", "wang.sales")
    for element, who, more in (
        ("file_contract", "li.desk", {}),
        ("resource_survey", "sun.network", {}),
        ("request_line", "sun.network", {"line_source": "other"}),
    ):
        desk.clock.pass_(hours=2)
        desk.complete_drawn(who, task_named(desk, order, element), **more)
    return order


def pages(reader, path):
    """A timeline page by page."""
    while path:
        page = reader.get(path)
        yield page
        path = next(iter(page.find("//p[@class='more']/a/@href")), None)


def marks(page):
    (place,) = page.find("//*[@data-diagram]")
    return place.get("data-diagram"), json.loads(place.get("data-marks"))


def table(page):
    return [
        [" ".join(cell.text_content().split()) for cell in row.iterfind("td")]
        for row in page.find("//table[contains(@class, 'steps-table')]/tbody/tr")
    ]


def test_the_diagram_and_its_table_say_the_same(desk, reader, leasing):
    page = reader("feng.lead").get(f"/orders/{leasing}")
    assert page.status == 200
    source, found = marks(page)
    rows = table(page)
    assert found["nodes"]["file_contract"] == {"state": "done", "badge": "2 小时"}
    assert found["nodes"]["allocate_ip"]["state"] == "here"
    assert found["nodes"]["call_line_lease"]["state"] == "here"
    assert "construct" not in found["nodes"]
    assert {"flow_request_line_gw_line_source", "flow_gw_line_source_call_line_lease"} <= set(
        found["flows"]
    )
    assert not any("merge_line" in flow for flow in found["flows"])
    here = {element for element, node in found["nodes"].items() if node["state"] == "here"}
    assert set(found["focus"]) == here and len(here) > 1
    assert ["合同登记备案", "李娜"] in [row[:2] for row in rows]
    states = {row[0]: row[5] for row in rows}
    assert states["合同登记备案"] == "按时"
    assert states["询价 线路租用申请"] == "待认领"
    assert "/orders/" in source and source.endswith("language=zh")


def test_a_called_process_has_a_diagram_of_its_own(desk, reader, leasing):
    feng = reader("feng.lead")
    page = feng.get(f"/orders/{leasing}")
    _, found = marks(page)
    inner = feng.get(found["calls"]["call_line_lease"])
    _, inside = marks(inner)
    assert inside["nodes"]["lease_quote"]["state"] == "here"
    assert inner.texts("//nav[contains(@class, 'diagrams')]/a[@aria-current]") == ["线路租用申请"]
    assert feng.get(f"/orders/{leasing}?diagram=999999").status == 404


@pytest.mark.parametrize(
    ("language", "told"), [("zh", "合同登记备案"), ("en", "Leased-line provisioning")]
)
def test_a_diagram_speaks_one_language_and_tells_no_logic(desk, reader, leasing, language, told):
    feng = reader("feng.lead", language)
    source, _ = marks(feng.get(f"/orders/{leasing}"))
    answer = feng.get(source)
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "application/xml"
    assert "private" in answer.headers["Cache-Control"]
    for logic in ("extensionElements", "conditionExpression", "camunda:", "${", "script>"):
        assert logic not in answer.text
    assert bool(CHINESE.search(answer.text)) == (language == "zh")
    assert "BPMNDiagram" in answer.text
    assert told in answer.text


def test_an_order_of_others_does_not_exist(desk, reader, leasing):
    feng, tang = reader("feng.lead"), reader("tang.south")
    for part in [*PARTS, "/diagram"]:
        assert feng.get(f"/orders/{leasing}{part}").status == 200, part
        assert tang.get(f"/orders/{leasing}{part}").status == 404, part


def test_a_diagram_of_something_else_does_not_exist(desk, reader, leasing):
    with desk.app.dispatcher.view(desk.person("feng.lead")) as moment:
        foreign = moment.setup.newest("hq_complaint").id
    assert reader("feng.lead").get(f"/orders/{leasing}/diagram?definition={foreign}").status == 404


def test_a_reference_nobody_has_is_not_found(desk, reader):
    feng = reader("feng.lead")
    for ref in ("0", "9" * 30, "GD1", "%27--", "1;2", "../1", "一"):
        assert feng.get(f"/orders/{ref}").status == 404, ref


def test_an_order_is_found_by_its_number(desk, reader, leasing):
    number = desk.order(leasing).number
    page = reader("feng.lead").get(f"/orders/{number}")
    assert page.texts("//nav[@class='crumb']/span") == [number]


@pytest.fixture
def eventful(desk, leasing):
    """The order with holds, urges, comments, a transfer and an escalation."""
    desk.rules([], shipped=True)
    ip = task_named(desk, leasing, "allocate_ip").id
    desk.do("sun.network", c.ClaimTask(task_id=ip))
    desk.do("feng.lead", c.HoldOrder(order_id=leasing, reason="weather", text="台风"))
    desk.clock.pass_(hours=1)
    desk.do("feng.lead", c.ResumeOrder(order_id=leasing))
    desk.do("li.desk", c.UrgeOrder(order_id=leasing, text="客户催促"))
    desk.do("li.desk", c.AddComment(order_id=leasing, text="已联系物业"))
    desk.do("li.desk", c.CopyOrder(order_id=leasing, people=("wu.billing",)))
    desk.clock.pass_(days=9)
    desk.do(None, c.FireDue())
    return leasing


@pytest.mark.parametrize("language", ["zh", "en"])
def test_everything_that_happened_is_told_in_one_language(desk, reader, eventful, language):
    page = reader("feng.lead", language).get(f"/orders/{eventful}/timeline?kind=all")
    told = page.texts("//ol[contains(@class, 'long')]/li//p")
    assert len(told) >= 60
    assert [text for text in told if CODE.search(text) or "%(" in text] == []
    if language == "zh":
        assert [text for text in told if LATIN.search(text.replace("IP", ""))] == []
    else:
        names = "|".join(
            name for name in ("孙磊", "李娜", "冯刚", "吴丽", "王芳", "何平", "钱进", "徐亮")
        )
        assert [text for text in told if CHINESE.search(re.sub(names, "", text))] == []


def test_the_timeline_shows_each_fact_once_page_by_page(desk, reader, eventful):
    feng = reader("feng.lead")
    seen = [
        int(text.split()[0][1:])
        for page in pages(feng, f"/orders/{eventful}/timeline?kind=all&proof=1")
        for text in page.texts("//p[contains(@class, 'mono proof')]")
    ]
    with desk.app.dispatcher.view(desk.person("feng.lead")) as moment:
        facts = history(moment, Stream.ORDER, eventful, limit=10_000).items
    assert seen == [one.seq for one in reversed(facts)]
    assert facts[-1].hash in feng.get(f"/orders/{eventful}/timeline?kind=all&proof=1").text
    assert facts[-1].hash not in feng.get(f"/orders/{eventful}/timeline?kind=all").text


def test_the_timeline_is_filtered_by_kind(desk, reader, eventful):
    feng = reader("feng.lead")
    for kind, told in {
        "main": "冯刚 挂起工单：天气原因",
        "work": "孙磊 认领了“IP地址分配”",
        "time": "李娜 催单，累计 1 次",
        "talk": "李娜 将工单抄送给 吴丽",
        "data": "数据变更",
        "process": "流程流转",
        "no such kind": "李娜 留言",
    }.items():
        found = list(pages(feng, f"/orders/{eventful}/timeline?kind={quote(kind)}"))
        entries = [
            text for page in found for text in page.texts("//ol[contains(@class, 'long')]/li")
        ]
        assert any(told in text for text in entries), kind
        (count,) = found[0].texts("//nav[contains(@class, 'kinds')]/a[@aria-current]/span")
        assert int(count) == len(entries) > 0, kind


def test_what_people_wrote_is_text_and_nothing_else(desk, reader, leasing):
    desk.do("li.desk", c.AddComment(order_id=leasing, text="<script>alert(1)</script>"))
    page = reader("feng.lead").get(f"/orders/{leasing}/timeline")
    assert page.texts("//blockquote") == ["<script>alert(1)</script>"]


def test_people_and_units_among_the_data_have_names(desk, reader):
    """Chosen by login and code, and kept so; also who is no longer there."""
    form = {"type": "default", "schemaVersion": 18, "id": "asked", "components": [
        {"type": "select", "id": "a", "key": "seller", "label": "客户经理",
         "properties": {"optionsFrom": "people"}},
        {"type": "taglist", "id": "b", "key": "units", "label": "单位",
         "properties": {"optionsFrom": "units"}},
        {"type": "dynamiclist", "id": "c", "path": "rows", "label": "行", "components": [
            {"type": "select", "id": "d", "key": "who", "label": "谁",
             "properties": {"optionsFrom": "people"}},
        ]},
    ]}  # fmt: skip
    drawn = b.diagram(b.process(
        "asked", b.start("s", formKey="asked"), b.user("look", candidateGroups="agent"), b.end(),
        flows="s look e",
    ))  # fmt: skip
    deploy(desk.app, {"asked.bpmn": drawn, "asked.json": json.dumps(form).encode()})
    rows = [{"who": "li.desk"}]
    order = desk.start("asked", seller="wang.sales", units=["north", "hq"], rows=rows)
    desk.do("system", c.SavePerson(login="wang.sales", name="王芳", unit="north", is_active=False))
    page = reader("zhao.agent").get(f"/orders/{order}/data")
    values = page.texts("//section[@aria-labelledby='values-title']//dd")
    assert {"王芳", "北城分公司、总部", "1. 谁：李娜"} <= set(values)
    assert "wang.sales" not in page.text and "li.desk" not in page.text


def test_data_is_shown_by_label_with_every_change(desk, reader, leasing):
    operator = "ma.operator"
    desk.do(operator, c.CorrectVariables(
        order_id=leasing, values={"bandwidth": 500}, reason="合同变更"
    ))  # fmt: skip
    page = reader("feng.lead").get(f"/orders/{leasing}/data")
    values = dict(zip(page.texts("//dl/dt"), page.texts("//dl/dd"), strict=True))
    assert values["带宽（Mbit/s）"] == "500"
    assert values["线路来源"] == "其它运营商"
    changes = [
        [" ".join(cell.text_content().split()) for cell in row.iterfind("td")][1:]
        for row in page.find("//tbody/tr")
    ]
    (changed,) = [row for row in changes if row[1] == "带宽（Mbit/s）" and row[3] == "500"]
    assert changed[0] == "马超" and changed[2] not in ("—", "500")
    english = reader("feng.lead", "en").get(f"/orders/{leasing}/data")
    assert "Bandwidth (Mbit/s)" in english.texts("//dl/dt")


def test_telephone_numbers_are_masked(desk, reader):
    order = desk.start_drawn(
        "start_complaint", "complaint_escalation", "zhao.agent", caller_phone="13812346021"
    )
    page = reader("feng.lead").get(f"/orders/{order}/data")
    assert "138****6021" in page.text and "13812346021" not in page.text


def test_clocks_show_pauses_and_what_comes_next(desk, reader, eventful):
    page = reader("feng.lead").get(f"/orders/{eventful}/clocks")
    assert "整单时限" in page.texts("//table//td[1]")[0]
    assert any("天气原因" in text for text in page.texts("//table//td[6]"))
    sections = {
        text: section
        for section in page.find("//section[@aria-labelledby]")
        for text in [section.find("h2").text_content().strip()]
    }
    assert "升级至" in sections["已发生的升级"].text_content()
    assert "定时器" in page.text or "级" in sections["即将自动发生"].text_content()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_failure_is_told_in_the_readers_language(desk, reader, language):
    order = desk.start("meter", line="L1")
    (job,) = desk.rows(t.job, order_id=order)
    answer = c.AnswerJob(order_id=order, number=job["number"], values={"reading": 1, "parts": 0})
    desk.do("billing.system", answer)
    page = reader("feng.lead", language).get(f"/orders/{order}/incidents")
    (told,) = page.texts("//blockquote")
    assert bool(CHINESE.search(told)) == (language == "zh")
    timeline = reader("feng.lead", language).get(f"/orders/{order}/timeline")
    assert any(told in text for text in timeline.texts("//ol//p"))


def test_parent_child_and_other_orders_of_the_customer_are_linked(desk, reader, leasing):
    child = int(
        desk.do(
            "zhao.agent",
            c.StartOrder(
                process="complaint_escalation",
                values=desk.answers("start_complaint", customer_id="K-1001"),
                parent_id=leasing,
            ),
        ).order_id
    )
    feng = reader("feng.lead")
    up, down = (feng.get(f"/orders/{one}/related") for one in (child, leasing))
    assert up.texts("//section[@aria-labelledby='parent-title']//a") == [
        desk.order(leasing).number
    ]
    assert down.texts("//section[@aria-labelledby='children-title']//a") == [
        desk.order(child).number
    ]
    assert desk.order(leasing).number not in reader("tang.south").get("/orders").text


def test_a_part_costs_few_statements_however_long_the_history(desk, reader, eventful):
    feng, asked = reader("feng.lead"), []

    def note(connection, cursor, statement, *rest):
        asked.append(statement)

    found = {}
    for part in PARTS:
        feng.get(f"/orders/{eventful}{part}")
        asked.clear()
        sa.event.listen(sa.engine.Engine, "before_cursor_execute", note)
        try:
            feng.get(f"/orders/{eventful}{part}")
        finally:
            sa.event.remove(sa.engine.Engine, "before_cursor_execute", note)
        found[part] = len(asked)
    most = {"": 8, "/timeline": 7, "/data": 7, "/talk": 9, "/clocks": 10, "/related": 7}
    assert {part: n for part, n in found.items() if n > most.get(part, 6)} == {}


@pytest.fixture
def failed(desk):
    """An order with a step that divides by nothing."""
    order = desk.start("meter", line="L1")
    (job,) = desk.rows(t.job, order_id=order)
    answer = c.AnswerJob(order_id=order, number=job["number"], values={"reading": 1, "parts": 0})
    desk.do("billing.system", answer)
    return order


def test_an_operator_tries_a_failed_step_again(desk, reader, failed):
    ma = reader("ma.operator")
    (link,) = ma.get(f"/orders/{failed}/incidents").find("//main//a[contains(@href, 'retry')]")
    path = link.get("href")
    tabs = "//main//nav[contains(@class, 'tabs')]/a"
    assert ma.get(f"/orders/{failed}").texts(tabs)[-1] == "异常 1"
    asked = ma.get(path)
    assert asked.texts("//h1") == ["重试环节"]
    stuck = ma.follow(ma.post(path, asked.fields()))
    assert "重试后仍然失败" in stuck.text
    correct = c.CorrectVariables(order_id=failed, values={"parts": 4}, reason="typing mistake")
    desk.do("ma.operator", correct)
    asked = ma.get(path, partial=True)
    went_on = ma.follow(ma.post(path, asked.fields("//form"), partial=True))
    assert "已重试，流程继续" in went_on.text
    assert not went_on.find("//main//a[contains(@href, 'retry')]")
    assert went_on.texts(tabs)[-1] == "异常"
    history = ma.get(f"/orders/{failed}/timeline?kind=all").texts("//ol//p")
    assert any("马" in text and "处理了异常" in text for text in history)
    # The page of somebody who came too late.
    assert "情况已有变化" in ma.get(path).text
    assert ma.post(path).status == 404


def test_only_operators_of_the_unit_try_again(reader, failed):
    feng, south = reader("feng.lead"), reader("tang.south")
    path = f"/orders/{failed}/incidents/1/retry"
    page = feng.get(f"/orders/{failed}/incidents")
    assert "等待运维处理" in page.text
    assert not page.find("//main//a[contains(@href, 'retry')]")
    assert not feng.get(path).find("//main//form")
    assert [feng.post(path).status, south.get(path).status, south.post(path).status] == [
        403, 404, 404,
    ]  # fmt: skip


def test_the_latest_events_are_told_as_in_the_whole_history(desk, reader):
    order = desk.start("steps")
    first = desk.task(order, "first").id
    for number in range(30):
        desk.do("zhao.agent", c.AddComment(order_id=order, text=f"note {number}"))
    # What happens now is about what was opened before all that.
    desk.do("zhao.agent", c.ClaimTask(task_id=first))
    zhao = reader("zhao.agent")
    latest = zhao.get(f"/tasks/{first}").texts("//*[@aria-labelledby='card-recent']//li")
    whole = zhao.get(f"/orders/{order}/timeline").texts("//ol[contains(@class, 'long')]//div/p[1]")
    assert len(latest) == 6
    for short, full in zip(latest, whole[:6], strict=True):
        assert short.startswith(full)
    (claimed,) = [text for text in latest if "认领" in text]
    assert "“" in claimed
