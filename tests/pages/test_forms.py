"""Forms on pages without a browser: rights, files, records, rows, drawing again."""

import io
import json
import logging

import pytest

from engine.store import tables as t
from forms.limits import MAX_ENTRIES
from tests.integration.engine.test_field_rights import FORM, SHARED
from tests.support import bpmn_builder as b
from tests.support.installation import deploy, load_customer
from tests.support.operator import field
from tests.support.pages import Reader

TASK = "//form[@id='taskform']"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20

#: What forms can do that the small processes of the other tests do not need.
RICH = {
    "type": "default",
    "schemaVersion": 19,
    "id": "rich",
    "components": [
        field("result", type="radio", values=[
            {"label": "完工", "label:en": "Done", "value": "done"},
            {"label": "受阻", "label:en": "Blocked", "value": "blocked"},
        ]),
        field("reason", conditional={"hide": '= result != "blocked"'},
              validate={"required": True}),
        field("photos", type="filepicker", multiple=True),
        field("customer", type="select", properties={"optionsFrom": "customers"}),
        {"type": "dynamiclist", "id": "rows", "path": "rows", "label": "设备",
         "components": [field("model", validate={"required": True})]},
        field("count", type="number"),
    ],
}  # fmt: skip
PROCESS = b.diagram(
    b.process(
        "rich",
        b.start(),
        b.user("fill", candidateGroups="key_account_desk", formKey="rich"),
        b.end("done", props={"state": "completed"}),
        flows="s fill done",
    )
)


@pytest.fixture
def li(desk):
    return Reader(desk.app, "li.desk")


@pytest.fixture
def rich(desk):
    """A task with the rich form, among seventy customers."""
    for number in range(60):
        load_customer(desk.app, f"K-{8000 + number}")
    deploy(desk.app, {"rich.bpmn": PROCESS, "rich.json": json.dumps(RICH).encode()})
    return desk.task(desk.start("rich"))


def fill(page, **values):
    return {**page.fields(TASK), **values}


def complete(li, task, **values):
    page = li.get(f"/tasks/{task.id}")
    return li.post(f"/tasks/{task.id}/complete", fill(page, **values))


# ---- rights ---------------------------------------------------------------------------------


@pytest.fixture
def shared(desk):
    """A task whose step may not see the telephone number nor change the price."""
    deploy(desk.app, {"shared.bpmn": SHARED, "shared.json": json.dumps(FORM).encode()})
    order = desk.start("shared")
    desk.complete("zhao.agent", desk.task(order).id, phone="13800138000", price="5")
    return desk.task(order)


def test_a_page_shows_what_the_step_may_see(li, shared):
    for query in ({}, {"print": "1"}):
        page = li.get(f"/tasks/{shared.id}", **query)
        assert page.status == 200
        assert "13800138000" not in page.text
    page = li.get(f"/tasks/{shared.id}")
    assert not page.find("//*[@name='phone']")
    assert page.find("//input[@id='f-price'][@readonly]/@value") == ["5"]
    assert not page.find("//*[@name='price']")
    assert page.find("//input[@name='note'][@required]")


@pytest.mark.parametrize(("name", "code"), [("phone", "不适用"), ("price", "不可修改")])
def test_values_for_other_fields_are_refused_and_logged(li, shared, caplog, name, code):
    with caplog.at_level(logging.WARNING, "engine.handlers.tasks"):
        page = complete(li, shared, note="x", **{name: "smuggled"})
    assert page.status == 422
    assert code in page.texts("//*[@id='errsum']")[0]
    assert [record.getMessage() for record in caplog.records if name in record.getMessage()]
    assert "smuggled" not in caplog.text


# ---- parts that depend on others ------------------------------------------------------------


def test_the_form_is_drawn_again_with_what_was_entered(li, rich):
    page = li.get(f"/tasks/{rich.id}")
    assert not page.find("//*[@name='reason']")
    part = li.post(f"/tasks/{rich.id}/form", fill(page, result="blocked"), partial=True)
    assert part.status == 200
    assert part.find("//div[@id='sheet']//input[@name='reason']")
    assert not part.find("//h1")
    whole = li.post(f"/tasks/{rich.id}/form", fill(page, result="blocked", count="zwölf"))
    assert whole.find("//form[@id='taskform']//input[@name='reason']")
    assert whole.find("//input[@name='count']/@value") == ["zwölf"]
    assert not whole.find("//*[@id='errsum']")


def test_what_another_answer_hides_does_not_stand_in_the_way(li, desk, rich):
    page = li.get(f"/tasks/{rich.id}")
    page = li.post(f"/tasks/{rich.id}/form", fill(page, result="blocked"))
    rows = {"rows.0.model": "m"}
    sent = fill(page, result="done", reason="never mind", **rows)
    done = li.post(f"/tasks/{rich.id}/complete", sent)
    assert done.status == 303
    assert "reason" not in desk.variables(rich.order_id)


def test_rows_are_added_and_taken_out(li, desk, rich):
    page = li.get(f"/tasks/{rich.id}")
    sent = fill(page, _add="rows", **{"rows.0.model": "first"})
    page = li.post(f"/tasks/{rich.id}/form", sent)
    sent = fill(page, _remove="rows.0", **{"rows.1.model": "second"})
    page = li.post(f"/tasks/{rich.id}/form", sent)
    assert page.find("//input[@name='rows.0.model']/@value") == ["second"]
    assert not page.find("//input[@name='rows.1.model']")
    li.post(f"/tasks/{rich.id}/complete", fill(page))
    assert desk.variables(rich.order_id)["rows"] == [{"model": "second"}]


def test_a_list_as_long_as_allowed_is_sent_together_with_a_file(li, desk, rich):
    """Rows have several fields each; sent as files are, only a thousand are allowed by default."""
    page = li.get(f"/tasks/{rich.id}")
    rows = {f"rows.{place}.model": f"A{place}" for place in range(MAX_ENTRIES)}
    sent = fill(page, result="done", photos=(io.BytesIO(PNG), "p.png"), **rows)
    sent |= {"rows": str(MAX_ENTRIES), "_guarded": [*rows, *rows]}
    answer = li.post(f"/tasks/{rich.id}/complete", sent)
    assert answer.status == 303, answer.texts("//*[@id='errsum']")
    assert len(desk.variables(rich.order_id)["rows"]) == MAX_ENTRIES


@pytest.mark.parametrize("position", ["9" * 5000, "-1", "７", "²", "0.0", ""])
def test_a_row_that_is_none_is_not_taken_out(li, rich, position):
    page = li.get(f"/tasks/{rich.id}")
    for sent in ({"_remove": f"rows.{position}"}, {"_add": f"rows.{position}.rows"}):
        answer = li.post(f"/tasks/{rich.id}/form", fill(page, **sent))
        assert answer.find("//input[@name='rows.0.model']"), sent


def test_what_is_wrong_in_a_row_is_told_there(li, rich):
    page = complete(li, rich)
    assert page.status == 422
    assert page.find("//*[@id='errsum']//a/@href") == ["#f-rows.0.model"]
    assert page.find("//input[@id='f-rows.0.model'][@aria-invalid='true']")


# ---- files ----------------------------------------------------------------------------------


def test_files_sent_with_the_form_become_attachments(li, desk, rich):
    page = li.get(f"/tasks/{rich.id}")
    sent = fill(page, photos=["", (io.BytesIO(PNG), "照片.png"), (io.BytesIO(PNG), "b.png")])
    refused = li.post(f"/tasks/{rich.id}/complete", sent)
    assert refused.status == 422
    # The row is empty; the files are there already and need not be chosen again.
    assert refused.texts("//span[@class='file']/a") == ["照片.png", "b.png"]
    again = fill(refused, **{"rows.0.model": "m"})
    again["photos"] = [one for one in again["photos"] if one][:1]
    assert li.post(f"/tasks/{rich.id}/complete", again).status == 303
    (photo,) = desk.variables(rich.order_id)["photos"]
    names = {row["id"]: row["name"] for row in desk.rows(t.attachment)}
    assert names[photo] == "照片.png"


def test_files_outlive_a_form_drawn_again_without_scripts(li, desk, rich):
    page = li.get(f"/tasks/{rich.id}")
    files = ["", (io.BytesIO(PNG), "a.png"), (io.BytesIO(b"MZ"), "x.exe")]
    page = li.post(f"/tasks/{rich.id}/form", fill(page, result="blocked", photos=files))
    assert page.texts("//span[@class='file']/a") == ["a.png"]
    assert page.find("//*[@id='errsum']//a/@href") == ["#f-photos"]
    page = li.post(f"/tasks/{rich.id}/form", fill(page, reason="r"))
    assert page.texts("//span[@class='file']/a") == ["a.png"] and not page.find(
        "//*[@id='errsum']"
    )
    assert len(desk.rows(t.attachment)) == 1


@pytest.mark.parametrize("act", ["complete", "draft"])
def test_a_file_of_another_kind_is_refused_at_its_field(li, desk, rich, act):
    page = li.get(f"/tasks/{rich.id}")
    sent = fill(page, result="blocked", photos=["", (io.BytesIO(b"MZ"), "x.exe")])
    refused = li.post(f"/tasks/{rich.id}/{act}", sent)
    assert refused.status == 422
    assert refused.find("//*[@id='errsum']//a/@href") == ["#f-photos"]
    assert refused.find("//input[@value='blocked']/@checked")
    assert not desk.rows(t.attachment)


@pytest.mark.parametrize("path", ["rows.7.model", "rows.x.model", "reason.x", "reason", "nobody"])
def test_a_file_for_what_is_no_file_field_is_left_alone(li, desk, rich, path):
    page = li.get(f"/tasks/{rich.id}")
    sent = fill(page, result="blocked", reason="r") | {path: ["", (io.BytesIO(PNG), "a.png")]}
    assert li.post(f"/tasks/{rich.id}/draft", sent).status in {303, 422}
    assert not desk.rows(t.attachment)


# ---- records --------------------------------------------------------------------------------


def test_records_are_searched_for(li, desk, rich):
    page = li.get(f"/tasks/{rich.id}")
    assert page.find("//input[@name='customer']/@data-records") == ["/options/customers"]
    found = li.get("/options/customers", q="8055")
    assert found.find("//option/@value") == ["客户K-8055 · K-8055"]
    assert li.get("/options/secrets", q="x").status == 404
    done = complete(li, rich, customer="客户K-8055 · K-8055", **{"rows.0.model": "m"})
    assert done.status == 303
    assert desk.variables(rich.order_id)["customer"] == "K-8055"


def test_records_of_others_are_not_offered(desk, rich):
    del rich
    tang = Reader(desk.app, "tang.south")
    assert tang.get("/options/customers", q="8055").text.strip() == ""
    assert tang.get("/options/people", q="li.desk").text.strip() == ""


def test_a_record_that_is_none_stays_as_typed(li, rich):
    page = complete(li, rich, customer="不存在", **{"rows.0.model": "m"})
    assert page.status == 422
    assert page.find("//input[@name='customer']/@value") == ["不存在"]
