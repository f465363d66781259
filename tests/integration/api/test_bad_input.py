"""Bad input is met at the edge and named; nothing is half done."""

from __future__ import annotations

import base64
import io
import json

import pytest

from tests.integration.api.calling import refused

XXE = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">&e;</definitions>"""


def raw(desk, content, *, path="/work-orders", media="application/json", method="POST"):
    return desk.call(method, path, "li.desk", data=content, content_type=media)


def fields(answer):
    """Codes of the field remarks by path."""
    problem = refused(answer, 422, "invalid_body")
    return {path: [one["code"] for one in found] for path, found in problem["fields"].items()}


# ---- bodies ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        b"{",
        b"nonsense",
        b'{"process": "errand",}',
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b"\xff\xfe",
        b'{"a": "\xff"}',
        b'{"a": "\\ud800"}',
        b"[" * 5000,
    ],
)
def test_malformed_json(desk, content):
    refused(raw(desk, content), 400, "malformed_json")


def test_wrong_content_types(desk, order):
    for media in ("text/plain", "application/x-www-form-urlencoded", "", "application/xml"):
        refused(raw(desk, b'{"process": "errand"}', media=media), 415, "wrong_content_type")
    path = f"/work-orders/{order['order_id']}/attachments"
    refused(raw(desk, b"{}", path=path), 415, "wrong_content_type")


def test_oversized_bodies(desk, order):
    big = json.dumps({"process": "errand", "title": "x" * 1_100_000}).encode()
    problem = refused(raw(desk, big), 413, "body_too_large")
    assert problem["params"]["most"] == 1024 * 1024
    path = f"/work-orders/{order['order_id']}/attachments"
    data = {"file": (io.BytesIO(b"%PDF-" + b"x" * 1_060_000), "a.pdf")}
    refused(desk.call("POST", path, "li.desk", data=data), 413, "file_too_large")
    data = {"file": (io.BytesIO(b"%PDF-" + b"x" * 3_000_000), "a.pdf")}
    refused(desk.call("POST", path, "li.desk", data=data), 413, "body_too_large")
    assert desk.get(path).json == []


def test_unknown_missing_and_mistyped_fields(desk, task):
    found = fields(desk.post("/work-orders", {"values": [], "priority": "9", "colour": "red"}))
    assert found == {
        "process": ["required"],
        "values": ["not_object"],
        "priority": ["not_whole"],
        "colour": ["unknown_field"],
    }
    assert fields(desk.post("/work-orders", [])) == {"_body": ["not_object"]}
    assert fields(desk.post(f"/tasks/{task}/transfer", {"reason": None})) == {"reason": ["null"]}
    assert fields(desk.post(f"/tasks/{task}/claim", {"version": True})) == {
        "version": ["not_whole"]
    }
    assert fields(desk.post("/work-orders", {"process": "errand", "priority": 101})) == {
        "priority": ["not_between"]
    }
    grants = {"grants": [{"role": "x"}, 5]}
    assert fields(desk.put("/people/li.desk/roles", grants, "gao.admin")) == {
        "grants.0.unit": ["required"],
        "grants.1": ["not_object"],
    }


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"a": "x\0y"}, "has_nul"),
        ({"x\0y": 1}, "has_nul"),
        ({"a": [{"b": "\0"}]}, "has_nul"),
        ({"a": 2**53}, "not_between"),
        ({"a": -(2**60)}, "not_between"),
    ],
)
def test_values_that_cannot_be_kept(desk, values, code):
    assert fields(desk.post("/work-orders", {"process": "errand", "values": values})) == {
        "values": [code]
    }


def test_nesting_without_end(desk):
    deep = inner = {}
    for _ in range(30):
        inner["x"] = {}
        inner = inner["x"]
    assert fields(desk.post("/work-orders", {"process": "errand", "values": deep})) == {
        "values": ["too_deep"]
    }


@pytest.mark.parametrize(
    ("instant", "code"),
    [
        ("2026-02-30T00:00:00Z", "not_instant"),
        ("2026-03-04T00:00:00", "not_instant"),
        ("2026-03-04", "not_instant"),
        ("tomorrow", "not_instant"),
        (5, "not_instant"),
        ("2026-03-04T25:00:00Z", "not_instant"),
        ("9999-12-31T23:59:59-12:00", "not_instant"),
        ("0001-01-01T00:00:00+14:00", "not_instant"),
        ("1899-12-31T00:00:00Z", "before_year"),
        ("2026-03-04T00:00:00+99:00", "not_instant"),
    ],
)
def test_impossible_instants(desk, order, instant, code):
    path = f"/work-orders/{order['order_id']}/hold"
    body = {"reason": "customer_not_ready", "until": instant}
    assert fields(desk.post(path, body)) == {"until": [code]}


def test_instants_that_passed(desk, order):
    path = f"/work-orders/{order['order_id']}/hold"
    body = {"reason": "customer_not_ready", "until": "2020-01-01T00:00:00Z"}
    refused(desk.post(path, body), 422, "instant_past")
    refused(desk.post(path, {"reason": "boredom"}), 422, "hold_reason_unknown")


def test_impossible_days(desk):
    customer = desk.get("/customers").json["items"][0]["id"]
    for day in ("2026-02-30", "2026-1-1", "01.02.2026", 20260101, "2026-01-01T00:00:00Z"):
        answer = desk.put(f"/customers/{customer}/contracts/HT-9", {"signed_on": day})
        assert fields(answer) == {"signed_on": ["not_day"]}
    for fee in (-1, 1e300, "8", True):
        answer = desk.put(f"/customers/{customer}/contracts/HT-9", {"monthly_fee": fee})
        assert set(fields(answer)) == {"monthly_fee"}
    assert desk.get(f"/customers/{customer}").json["contracts"] == []


# ---- addresses ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/work-orders/",
        "/work-orders/0",
        "/work-orders/-1",
        "/work-orders/01",
        "/work-orders/1.5",
        "/work-orders/x",
        "/work-orders/9007199254740993",
        "/work-orders/99999999999999999999999999",
        "/work-orders/%00",
        "/people/..",
        "/people/%00",
        "/people/a%2Fb",
        "/units/%E4%B8%AD",
        "/definitions/1/forms/..%2F..%2Fetc",
        "/attachments/%F0%9F%98%80",
    ],
)
def test_addresses_of_nothing(desk, path):
    refused(desk.get(path), 404, "not_found")


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/work-orders/999999999999999", "order_not_found"),
        ("/tasks/999999999999999", "task_not_found"),
        ("/customers/999999999999999", "customer_not_found"),
        ("/attachments/999999999999999", "attachment_not_found"),
        ("/definitions/999999999999999", "process_not_found"),
        ("/definitions/1/forms/none", "file_not_deployed"),
        ("/people/nemo", "person_not_found"),
        ("/units/nowhere", "unit_not_found"),
        ("/calendars/mayan", "calendar_not_found"),
        ("/work-orders?unit=nowhere", "unit_not_found"),
    ],
)
def test_ids_of_nothing(desk, path, code):
    refused(desk.get(path), 404, code)


def test_methods_nobody_knows(desk, order):
    answer = desk.delete(f"/work-orders/{order['order_id']}")
    problem = refused(answer, 405, "method_not_allowed")
    assert "GET" in answer.headers["Allow"] and problem["params"]["actual"] == "DELETE"


# ---- queries -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "where", "code"),
    [
        ("colour=red", "colour", "unknown_parameter"),
        ("limit=0", "limit", "not_between"),
        ("limit=201", "limit", "not_between"),
        ("limit=ten", "limit", "not_whole"),
        ("limit=5&limit=6", "limit", "repeated"),
        ("is_held=yes", "is_held", "not_flag"),
        ("status=sleeping", "status", "not_among"),
        ("customer_id=99999999999999999999", "customer_id", "not_whole"),
        ("started_after=yesterday", "started_after", "not_instant"),
        ("text=%00", "text", "has_nul"),
        ("variable.mark=%00", "variables.mark.value", "has_nul"),
        ("variables=x", "variables", "unknown_parameter"),
        ("cursor=%21", "cursor", "pattern"),
    ],
)
def test_bad_queries(desk, query, where, code):
    assert fields(desk.get(f"/work-orders?{query}")) == {where: [code]}


@pytest.mark.parametrize(
    "cursor", ["abc", "WzFd", "WyJhIiwiYiJd", "bnVsbA", "Wzk5OTk5OTk5OTk5OTk5OTk5OTk5LDFd"]
)
def test_cursors_of_other_lists(desk, cursor):
    refused(desk.get(f"/work-orders?cursor={cursor}"), 422, "cursor_invalid")
    refused(desk.get(f"/tasks?tab=group&cursor={cursor}"), 422, "cursor_invalid")


def test_queries_on_acts_and_plain_reads(desk, task):
    assert fields(desk.get("/units?x=1")) == {"x": ["unknown_parameter"]}
    assert fields(desk.post(f"/tasks/{task}/claim?force=1")) == {"force": ["unknown_parameter"]}
    assert desk.get(f"/tasks/{task}").json["task"]["state"] == "open"


# ---- forms and files ---------------------------------------------------------------------


def test_values_the_form_refuses(desk, task):
    problem = refused(desk.post(f"/tasks/{task}/completion", {"values": {}}), 422, "form_invalid")
    assert [one["code"] for one in problem["fields"]["result"]] == ["required"]
    wrong = {"values": {"result": "x" * 21, "other": 1}}
    problem = refused(desk.post(f"/tasks/{task}/completion", wrong), 422, "form_invalid")
    assert "result" in problem["fields"]
    assert desk.get(f"/tasks/{task}").json["task"]["state"] == "open"


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.exe", b"MZ", "file_type"),
        ("a.html", b"<script>", "file_type"),
        ("a.svg", b"<svg/>", "file_type"),
        ("noending", b"x", "file_type"),
        ("a.pdf", b"MZ not a pdf", "file_type"),
        ("a.png", b"GIF89a", "file_type"),
        ("a.txt", b"", "file_empty"),
    ],
)
def test_files_nobody_wants(desk, order, name, content, code):
    path = f"/work-orders/{order['order_id']}/attachments"
    data = {"file": (io.BytesIO(content), name)}
    refused(desk.call("POST", path, "li.desk", data=data), 422, code)
    assert desk.get(path).json == []


def test_forms_without_a_file(desk, order):
    path = f"/work-orders/{order['order_id']}/attachments"
    for data in ({}, {"file": "text"}, {"other": (io.BytesIO(b"x"), "a.txt")}):
        answer = desk.call("POST", path, "li.desk", data=data, content_type="multipart/form-data")
        assert fields(answer) == {"file": ["not_file"]}
    data = {"file": (io.BytesIO(b"x"), "a.txt"), "task_id": "x"}
    assert fields(desk.call("POST", path, "li.desk", data=data)) == {"task_id": ["not_whole"]}
    data = {"file": (io.BytesIO(b"x"), "a.txt"), "colour": "red"}
    assert fields(desk.call("POST", path, "li.desk", data=data)) == {"colour": ["unknown_field"]}
    answer = raw(desk, b"no boundary here", path=path, media="multipart/form-data")
    assert answer.status_code in (400, 422)


def encoded(**files):
    return {
        "files": {
            name.replace("_", "."): base64.b64encode(content).decode()
            for name, content in files.items()
        }
    }


@pytest.mark.parametrize(
    ("files", "finding"),
    [
        ({"a_bpmn": b"not xml"}, "a.bpmn"),
        ({"a_bpmn": XXE}, "a.bpmn"),
        ({"a_dmn": b"<x/>"}, "a.dmn"),
        ({"a_json": b"{"}, "a.json"),
    ],
)
def test_broken_diagrams_and_forms(desk, files, finding):
    answer = desk.post("/deployments", encoded(**files), "lin.owner")
    problem = refused(answer, 422, "deployment_refused")
    assert {one["file"] for one in problem["params"]["findings"]} == {finding}
    assert "root:" not in answer.text
    checked = desk.post("/deployments/check", encoded(**files), "lin.owner")
    assert checked.status_code == 200 and checked.json["is_refused"]
    assert checked.json["findings"][0]["message_zh"]


def test_deployments_of_nothing(desk):
    assert fields(desk.post("/deployments", {"files": {}}, "lin.owner")) == {
        "files": ["items_between"]
    }
    assert fields(desk.post("/deployments", {"files": {"a.bpmn": "%%"}}, "lin.owner")) == {
        "files.a.bpmn": ["not_base64"]
    }
    assert fields(desk.post("/deployments", {"files": {"../a.bpmn": ""}}, "lin.owner")) == {
        "files.../a.bpmn": ["not_among"]
    }
    answer = desk.post("/deployments", encoded(a_json=b'{"type": "default"}'), "lin.owner")
    assert answer.status_code == 422


def test_calendars_that_contradict_themselves(desk):
    good = desk.get("/calendars/cn_office").json["data"]
    for change in (
        {"zone": "Mars/Olympus"},
        {"week": {}},
        {"week": {"mon": [["12:00", "08:00"]]}},
        {"week": {"mon": [["08:00", "12:00"], ["11:00", "13:00"]]}},
        {"holidays": {"2026-02-30": {"name_zh": "x", "name_en": "x"}}},
        {"colour": "red"},
    ):
        answer = desk.put("/calendars/cn_office", {"data": {**good, **change}}, "gao.admin")
        refused(answer, 422, "calendar_invalid")
    answer = desk.put("/calendars/other", {"data": good}, "gao.admin")
    assert fields(answer) == {"data.code": ["not_among"]}
    assert desk.get("/calendars/cn_office").json["data"] == good


def test_rows_of_policy_that_break_rules(desk):
    for path in ("/service-levels", "/escalation-rules", "/hold-reasons"):
        before = desk.get(path).json
        answer = desk.put(path, {"rows": [before[0], {"code": "x"}]}, "gao.admin")
        assert answer.status_code == 422, answer.text
        assert desk.get(path).json == before


def test_bad_keys_of_idempotency(desk):
    for key in ("x" * 101, "a b", "\xe9", ""):
        answer = desk.post("/work-orders", {"process": "errand"}, Idempotency_Key=key)
        refused(answer, 422, "idempotency_key_invalid")


def test_passwords_and_people(desk):
    body = {"name": "x", "unit": "north"}
    refused(desk.put("/people/fresh", body, "gao.admin"), 422, "password_weak")
    assert fields(desk.put("/people/fresh", {**body, "password": "short"}, "gao.admin")) == {
        "password": ["shorter_than"]
    }
    assert fields(desk.put("/people/fresh", {**body, "email": "x"}, "gao.admin")) == {
        "email": ["pattern"]
    }
    answer = desk.put("/people/fresh", {**body, "unit": "mars"}, "gao.admin")
    refused(answer, 422, "unit_unknown")
    grants = {"grants": [{"role": "king", "unit": "north"}]}
    refused(desk.put("/people/li.desk/roles", grants, "gao.admin"), 422, "role_unknown")
