"""Opening work orders at the desk: which, for whom, and whether there is one already."""

from __future__ import annotations

import io
import json

import pytest

from engine.domain import commands as c
from engine.store import tables as t
from tests.support import bpmn_builder as b
from tests.support.installation import deploy, load_customer
from tests.support.pages import Reader

FORM = "//form[@id='startform']"
KEY = "complaint_escalation"
#: Files a form has already.
KEPT = "//span[@class='file']/a"


@pytest.fixture
def zhao(desk):
    return Reader(desk.app, "zhao.agent")


def filled(reader, query="", **changes):
    """The start form of a complaint with usual answers."""
    page = reader.get(f"/start/{KEY}{query}")
    assert page.status == 200, page.text
    fields = page.fields(FORM)
    return {
        **fields,
        "customer_id": fields.get("customer_id") or "K-1001",
        "channel": "phone",
        "category": "network",
        "severity": "medium",
        "description": "专线时断时续，客户要求今天恢复",
        **changes,
    }


def orders(desk):
    """All orders there are."""
    return desk.rows(t.work_order)


def test_processes_people_start_are_offered(desk, zhao):
    page = zhao.get("/start")
    names = page.texts("//main//h2")
    assert names[:2] == ["大客户投诉升级", "大客户专线开通"]
    assert "线路租用申请" not in names
    assert "受理处理" in page.texts("//main//li")[0] and "还有" in page.text
    assert Reader(desk.app, "sun.network").get("/start").status == 403
    assert Reader(desk.app, "sun.network").get(f"/start/{KEY}").status == 403
    assert zhao.get("/start/nonsense").status == 404


def test_an_order_is_opened_with_its_form(desk, zhao):
    answer = zhao.post(f"/start/{KEY}", filled(zhao, _title="  视频会议  中断 "))
    (row,) = orders(desk)
    assert answer.status == 303 and answer.location == f"/orders/{row['id']}"
    assert row["title"] == "视频会议 中断" and row["number"]
    variables = desk.variables(row["id"])
    assert variables["description"].startswith("专线") and variables["category"] == "network"


def test_wrong_answers_come_back_with_everything_typed(desk, zhao):
    fields = filled(zhao, description="", wanted_result="尽快恢复", _title="标题")
    page = zhao.post(f"/start/{KEY}", fields)
    assert page.status == 422 and orders(desk) == []
    assert page.find("//*[@id='errsum']//a/@href") == ["#f-description"]
    kept = page.fields(FORM)
    assert kept["wanted_result"].strip() == "尽快恢复" and kept["_title"] == "标题"
    assert kept["_once"] != fields["_once"]


@pytest.mark.parametrize("code", ["K-9999", "S-1"])
def test_unknown_and_foreign_customers_are_the_same(desk, zhao, code):
    load_customer(desk.app, "S-1", unit="south")
    page = zhao.post(f"/start/{KEY}", filled(zhao, customer_id=code))
    assert page.status == 422 and orders(desk) == []
    assert page.find("//*[@id='errsum']//a/@href") == ["#f-customer_id"]


def test_a_customer_can_be_brought_along(desk, zhao):
    customer = load_customer(desk.app, "K-2000")
    assert zhao.get("/start", customer=customer).find("//h2/a/@href")[0].endswith(str(customer))
    page = zhao.get(f"/start/{KEY}?customer={customer}")
    assert page.fields(FORM)["customer_id"] == "K-2000"
    assert "客户K-2000" in page.texts("//main")[0]
    south = load_customer(desk.app, "S-1", unit="south")
    assert zhao.get(f"/start/{KEY}?customer={south}").status == 404
    assert zhao.get(f"/start/{KEY}?customer=x").status == 200


def test_customers_are_looked_up_by_name_or_number(desk, zhao):
    for number in range(3):
        load_customer(desk.app, f"K-200{number}")
    load_customer(desk.app, "S-2001", unit="south")
    found = zhao.get(f"/start/{KEY}/customers?_customer=k-200", partial=True)
    assert len(found.find("//button[@name='_pick']")) == 3
    exact = zhao.get(f"/start/{KEY}/customers?_customer=k-1001", partial=True)
    assert exact.find("//button/@value") == ["K-1001"]
    assert zhao.get(f"/start/{KEY}/customers?_customer=S-2001").find("//button") == []


def test_the_look_up_works_without_scripts_and_loses_nothing(desk, zhao):
    load_customer(desk.app, "K-2000")
    fields = filled(zhao, customer_id="", _title="标题", _unit="north")
    page = zhao.post(f"/start/{KEY}/form", {**fields, "_customer": "K-20", "_find": "1"})
    assert page.status == 200
    assert page.find("//button[@name='_pick']/@value") == ["K-2000"]
    kept = page.fields(FORM)
    assert kept["description"].strip() == fields["description"] and kept["_title"] == "标题"
    page = zhao.post(f"/start/{KEY}/form", {**kept, "_pick": "K-2000"})
    kept = page.fields(FORM)
    assert kept["customer_id"] == "K-2000"
    assert kept["description"].strip() == fields["description"]
    assert orders(desk) == []


def test_a_similar_order_is_told_of_before_another_is_opened(desk, zhao):
    zhao.post(f"/start/{KEY}", filled(zhao))
    (first,) = orders(desk)
    page = zhao.post(f"/start/{KEY}", filled(zhao, _title="再来一次"))
    assert page.status == 409 and len(orders(desk)) == 1
    assert first["number"] in page.texts("//section[@aria-labelledby='similar']")[0]
    assert "相同：" in page.text and "network" not in page.texts("//ul[@class='brief']")[0]
    fields = page.fields(FORM)
    assert fields["_warned"] == "K-1001" and fields["_title"] == "再来一次"
    assert page.texts("//footer//button")[0].startswith("仍然提交")
    # Told about one customer is not told about another.
    load_customer(desk.app, "K-2000")
    desk.do("zhao.agent", c.StartOrder(
        process=KEY, values=desk.answers("start_complaint", customer_id="K-2000")
    ))  # fmt: skip
    assert zhao.post(f"/start/{KEY}", {**fields, "customer_id": "K-2000"}).status == 409
    assert zhao.post(f"/start/{KEY}", fields).status == 303
    assert len(orders(desk)) == 3


def test_other_customers_processes_and_ended_orders_are_no_duplicates(desk, zhao):
    load_customer(desk.app, "K-2000")
    zhao.post(f"/start/{KEY}", filled(zhao))
    (first,) = orders(desk)
    assert zhao.post(f"/start/{KEY}", filled(zhao, customer_id="K-2000")).status == 303
    desk.do("ma.operator", c.CancelOrder(order_id=first["id"], reason="误开"))
    assert zhao.post(f"/start/{KEY}", filled(zhao)).status == 303
    desk.clock.pass_(days=31)
    later = Reader(desk.app, "zhao.agent")
    assert later.post(f"/start/{KEY}", filled(later)).status == 303


def test_one_form_opens_one_order(desk, zhao):
    """Also with a file, which is chosen anew each time or kept already."""
    fields = filled(zhao)

    def sent(fields):
        return zhao.post(f"/start/{KEY}", fields).location

    chosen = [["", (io.BytesIO(b"%PDF-1.7"), "a.pdf")] for _ in range(3)]
    places = {sent({**fields, "attachments": each}) for each in chosen}
    assert len(places) == 1 == len(orders(desk)) == len(desk.rows(t.attachment))
    file = {"attachments": ["", (io.BytesIO(b"%PDF-1.7"), "b.pdf")]}
    kept = zhao.post(f"/start/{KEY}", {**filled(zhao), **file}).fields(FORM)
    assert "_warned" in kept and kept["attachments"][1]
    places |= {sent(kept) for _ in range(3)}
    assert len(places) == 2 == len(orders(desk)) == len(desk.rows(t.attachment))
    assert desk.rows(t.upload) == []


def test_files_of_the_form_become_attachments(desk, zhao):
    files = {"attachments": ["", (io.BytesIO(b"%PDF-1.7 test"), "现场照片.pdf")]}
    answer = zhao.post(f"/start/{KEY}", {**filled(zhao), **files})
    assert answer.status == 303
    (row,) = desk.rows(t.attachment)
    assert row["name"] == "现场照片.pdf" and row["order_id"] == orders(desk)[0]["id"]


@pytest.mark.parametrize("partial", [False, True])
def test_files_outlive_a_form_that_comes_back(desk, zhao, partial):
    """Wrong answers, a similar order and a look for customers ask for no file a second time."""
    zhao.post(f"/start/{KEY}", filled(zhao))
    files = {"attachments": ["", (io.BytesIO(b"%PDF-"), "a.pdf"), (io.BytesIO(b"MZ"), "x.exe")]}
    page = zhao.post(f"/start/{KEY}", {**filled(zhao, description=""), **files}, partial=partial)
    assert page.status == 422 and page.texts(KEPT) == ["a.pdf"]
    # Until the order is open the file is its sender's alone.
    (link,) = page.find(f"{KEPT}/@href")
    assert zhao.get(link).status == 200 and Reader(desk.app, "he.manager").get(link).status == 404
    assert page.find("//*[@id='errsum']//a/@href") == ["#f-description", "#f-attachments"]
    again = {**page.fields(FORM), "description": "专线中断了"}
    page = zhao.post(f"/start/{KEY}/form", {**again, "_find": "1", "_customer": "K-1"})
    assert page.texts(KEPT) == ["a.pdf"]
    page = zhao.post(f"/start/{KEY}", page.fields(FORM), partial=partial)
    assert page.status == 409 and page.texts(KEPT) == ["a.pdf"]
    assert zhao.post(f"/start/{KEY}", page.fields(FORM), partial=partial).status in (200, 303)
    (row,) = desk.rows(t.attachment)
    assert row["order_id"] == orders(desk)[-1]["id"] and desk.rows(t.upload) == []
    assert Reader(desk.app, "he.manager").get(link).status == 200


def test_a_required_file_opens_the_order(desk, zhao):
    form = {"type": "default", "schemaVersion": 18, "id": "paper", "components": [
        {"type": "filepicker", "id": "f", "key": "scan", "label": "扫描件",
         "validate": {"required": True}},
    ]}  # fmt: skip
    drawn = b.diagram(b.process(
        "paper", b.start("s", formKey="paper"), b.user("look", candidateGroups="agent"),
        b.end(), flows="s look e",
    ))  # fmt: skip
    deploy(desk.app, {"paper.bpmn": drawn, "paper.json": json.dumps(form).encode()})
    page = zhao.post("/start/paper", zhao.get("/start/paper").fields(FORM))
    assert page.status == 422 and page.find("//*[@id='errsum']//a/@href") == ["#f-scan"]
    sent = {**page.fields(FORM), "scan": ["", (io.BytesIO(b"%PDF-1.7"), "扫描.pdf")]}
    place = zhao.post("/start/paper", sent).location
    assert "扫描.pdf" in zhao.get(f"{place}/talk").text
    assert desk.facts(orders(desk)[0]["id"], "attachment.added")[0]["name"] == "扫描.pdf"


def test_no_bytes_are_written_for_who_may_open_nothing(desk):
    """Nor for who may not write on an order."""
    order = desk.start("steps")
    desk.do("system", c.GrantRoles(login="lin.owner", grants=(("auditor", "hq"),)))
    before = set(desk.app.settings.home.glob("files/*/*"))
    for login, path, status in (
        ("sun.network", f"/start/{KEY}", 403),
        ("sun.network", f"/start/{KEY}/form", 403),
        ("lin.owner", f"/orders/{order}/files", 422),
        ("tang.south", f"/orders/{order}/files", 404),
    ):
        content = f"%PDF-1.7 {login} {path}".encode()
        sent = {"attachments": ["", (io.BytesIO(content), "a.pdf")],
                "files": (io.BytesIO(content), "a.pdf")}  # fmt: skip
        assert Reader(desk.app, login).post(path, sent).status == status
    assert set(desk.app.settings.home.glob("files/*/*")) == before


@pytest.mark.parametrize("button", [{"_find": "1", "_customer": "华"}, {"_pick": "K-1001"}])
def test_buttons_that_look_for_customers_open_nothing(desk, zhao, button):
    """With scripts every button sends the form to the same address."""
    page = zhao.post(f"/start/{KEY}", {**filled(zhao), **button}, partial=True)
    assert page.status == 200 and page.find(FORM) and orders(desk) == []


def test_a_file_that_is_not_accepted_opens_nothing(desk, zhao):
    files = {"attachments": ["", (io.BytesIO(b"MZ"), "virus.exe")]}
    page = zhao.post(f"/start/{KEY}", {**filled(zhao), **files})
    assert page.status == 422 and orders(desk) == []


def test_the_unit_is_chosen_among_those_one_may_start_for(desk, zhao):
    assert zhao.get(f"/start/{KEY}").find("//select[@name='_unit']") == []
    feng = Reader(desk.app, "qian.hq")
    options = feng.get(f"/start/{KEY}").find("//select[@name='_unit']/option/@value")
    assert options == ["hq", "north", "south"]
    page = zhao.post(f"/start/{KEY}", filled(zhao, _unit="south"))
    assert page.status == 403 and orders(desk) == []
    assert zhao.post(f"/start/{KEY}", filled(zhao, _unit="nowhere")).status == 422


def test_a_process_without_a_form_starts_too(desk, zhao):
    page = zhao.get("/start/steps")
    assert zhao.post("/start/steps", page.fields(FORM)).status == 303
    assert orders(desk)[0]["process_key"] == "steps"
