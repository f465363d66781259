"""A task's life over HTTP, and the manners of the protocol around it."""

from __future__ import annotations

import io
import json
import logging

import pytest

from api.access_log import mask
from tests.integration.api.calling import refused

OK = {"values": {"result": "好"}}


def test_from_start_to_end(desk, order, task):
    order_path = f"/work-orders/{order['order_id']}"
    shown = desk.get(f"/tasks/{task}").json
    assert shown["form"]["id"] == "errand" and shown["variables"]["mark"] == "m"
    assert shown["draft"] is None and shown["task"]["variables"] == {"mark": "m"}
    assert desk.post(f"/tasks/{task}/claim").status_code == 200
    refused(desk.post(f"/tasks/{task}/claim"), 409, "already_yours")
    refused(desk.post(f"/tasks/{task}/claim", by="chen.desk"), 409, "task_taken")
    done = desk.post(f"/tasks/{task}/completion", OK)
    assert done.status_code == 200
    (second,) = done.json["opened"]
    assert not done.json["is_ended"]
    refused(desk.post(f"/tasks/{task}/completion", OK), 409, "task_not_open")
    refused(desk.post(f"/tasks/{second}/completion"), 403, "four_eyes")
    assert desk.post(f"/tasks/{second}/completion", by="chen.desk").status_code == 200
    jobs = desk.get("/jobs?topic=outside", "billing.system").json["items"]
    job = next(one for one in jobs if one["order_id"] == order["order_id"])
    answered = desk.post(
        f"{order_path}/jobs/{job['number']}/completion", {"values": {"bill": 7}}, "billing.system"
    )
    assert answered.status_code == 200
    ended = desk.get(order_path).json
    assert (ended["order"]["status"], ended["order"]["state"]) == ("ended", "completed")
    assert desk.get(f"{order_path}/variables").json["variables"]["bill"] == 7
    kinds = [event["fact"]["kind"] for event in desk.get(f"{order_path}/history").json["items"]]
    assert kinds[0] == "order.started"
    refused(
        desk.post(f"{order_path}/hold", {"reason": "customer_not_ready"}), 409, "order_not_running"
    )


def test_the_next_task_is_of_the_same_order_and_for_the_caller(desk, order, task):
    done = desk.post(f"/tasks/{task}/completion", OK).json
    following = done["next_task"]
    assert following is None or following["order_id"] != order["order_id"]
    other = desk.post("/work-orders", {"process": "errand"}, "chen.desk").json
    first = other["tasks"][0]
    assert desk.post(f"/tasks/{first}/completion", OK, "chen.desk").json["opened"]
    claimed = desk.post("/work-orders", {"process": "errand"}).json["tasks"][0]
    desk.post(f"/tasks/{claimed}/claim")
    (second,) = desk.get(f"/tasks?tab=group&order_id={other['order_id']}").json["items"]
    desk.post(f"/tasks/{second['id']}/completion")
    third = desk.post("/work-orders", {"process": "errand"}).json["tasks"][0]
    assert desk.post(f"/tasks/{third}/completion", OK).json["next_task"]["id"] == claimed
    desk.delete(f"/tasks/{claimed}/claim")


def test_hold_urge_comment_copy(desk, order, task):
    path = f"/work-orders/{order['order_id']}"
    assert desk.post(f"{path}/hold", {"reason": "customer_not_ready"}).status_code == 200
    refused(desk.post(f"/tasks/{task}/completion", OK), 409, "order_on_hold")
    assert desk.get(f"{path}/clocks").json[0]["is_paused"]
    assert desk.post(f"{path}/resumption").status_code == 200
    assert desk.post(f"{path}/urges", {"text": "客户很急"}).status_code == 200
    made = desk.post(f"{path}/comments", {"text": "@陈静", "mentions": ["chen.desk"]})
    assert made.status_code == 201
    assert [one["text"] for one in desk.get(f"{path}/comments").json] == ["@陈静"]
    assert desk.post(f"{path}/copies", {"people": ["tang.south"]}).status_code == 200
    assert desk.get(path, "tang.south").status_code == 200
    notices = desk.get("/notifications", "chen.desk").json["items"]
    assert {"mentioned", "order_urged"} <= {one["notice"] for one in notices}
    unread = [one["id"] for one in notices if one["read_at"] is None]
    read = desk.post("/notifications/read", {"ids": unread[:1]}, "chen.desk")
    assert read.json == {"count": 1}
    assert desk.post("/notifications/read", None, "chen.desk").json["count"] == len(unread) - 1
    assert desk.post("/notifications/read", None, "chen.desk").json == {"count": 0}
    assert all(one["read_at"] for one in desk.get("/notifications", "chen.desk").json["items"])


def test_drafts(desk, task):
    path = f"/tasks/{task}/draft"
    refused(desk.get(path), 404, "draft_not_found")
    assert desk.put(path, {"values": {"result": "半"}}).json == {"version": 1}
    shown = desk.get(path)
    assert shown.json["values"] == {"result": "半"}
    assert desk.put(path, {"values": {}}, if_match=shown.headers["ETag"]).json == {"version": 2}
    refused(desk.put(path, {"values": {}}, if_match=shown.headers["ETag"]), 412, "draft_stale")
    refused(desk.put(path, {"values": {}, "draft_version": 1}), 409, "draft_stale")
    assert desk.get(f"/tasks/{task}").json["draft"]["version"] == 2
    refused(desk.get(path, "chen.desk"), 404, "draft_not_found")
    assert desk.delete(path).status_code == 204
    refused(desk.delete(path), 404, "draft_not_found")


def test_more_time(desk, task):
    asked = desk.post(
        f"/tasks/{task}/extension",
        {"new_due_at": "2026-03-06T15:00:00+08:00", "reason": "机房未就绪"},
    )
    assert asked.status_code == 201
    path = f"/extensions/{asked.json['id']}/decision"
    refused(desk.post(path, {"approved": True}), 403, "not_allowed")
    assert desk.post(path, {"approved": True}, "feng.lead").status_code == 200
    assert desk.get(f"/tasks/{task}").json["task"]["due_at"] == "2026-03-06T07:00:00Z"
    refused(desk.post(path, {"approved": True}, "feng.lead"), 409, "extension_decided")


def test_files_go_up_and_come_down(desk, order, task):
    content = "%PDF-1.7 验收".encode()
    path = f"/work-orders/{order['order_id']}/attachments"
    data = {"file": (io.BytesIO(content), "../../验收 单.pdf"), "task_id": str(task)}
    made = desk.call("POST", path, "li.desk", data=data)
    assert made.status_code == 201
    (row,) = desk.get(path).json
    assert (row["name"], row["media_type"], row["task_id"]) == (
        "验收 单.pdf", "application/pdf", task,
    )  # fmt: skip
    answer = desk.get(f"/attachments/{made.json['id']}")
    assert answer.data == content
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.content_type == "application/pdf"


def test_a_file_goes_up_before_its_order(desk):
    data = {"file": (io.BytesIO(b"%PDF-1.7"), "a.pdf")}
    made = desk.call("POST", "/uploads", "zhao.agent", data=data)
    assert made.status_code == 201
    path = f"/attachments/{made.json['id']}"
    assert desk.get(path, "zhao.agent").data == b"%PDF-1.7"
    refused(desk.get(path, "feng.lead"), 404, "attachment_not_found")
    wrong = {"file": (io.BytesIO(b"MZ"), "a.exe")}
    refused(desk.call("POST", "/uploads", "zhao.agent", data=wrong), 422, "file_type")


def test_without_the_right_no_bytes_are_written(desk, order):
    home = desk.app.settings.home
    before = len(list(home.glob("files/*/*")))
    for path, by, status in (
        ("/uploads", "sun.network", 403),
        (f"/work-orders/{order['order_id']}/attachments", "tang.south", 404),
        (f"/work-orders/{order['order_id']}/attachments", "lin.owner", 403),
    ):
        content = f"%PDF-1.7 {path} {by}".encode()
        data = {"file": (io.BytesIO(content), "a.pdf")}
        assert desk.call("POST", path, by, data=data).status_code == status
    data = {"file": (io.BytesIO(b"%PDF-1.7 other task"), "a.pdf"), "task_id": "1048577999"}
    path = f"/work-orders/{order['order_id']}/attachments"
    refused(desk.call("POST", path, "li.desk", data=data), 404, "task_not_found")
    assert len(list(home.glob("files/*/*"))) == before


def test_deployments_as_files(desk):
    xml = desk.get("/definitions/1/xml", "lin.owner")
    form = desk.get("/definitions/1/forms/errand", "lin.owner")
    assert xml.headers["Content-Disposition"].startswith("attachment")
    files = [(io.BytesIO(xml.data), "errand.bpmn"), (io.BytesIO(form.data), "errand.json")]
    same = desk.call("POST", "/deployments", "lin.owner", data={"files": files})
    assert same.status_code == 201
    assert [one["is_new"] for one in same.json["definitions"]] == [False]
    files = [
        (io.BytesIO(xml.data.replace(b"OUTSIDE", b"Outside")), "errand.bpmn"),
        (io.BytesIO(form.data), "errand.json"),
    ]
    answer = desk.call("POST", "/deployments", "lin.owner", data={"files": files})
    assert answer.status_code == 201, answer.text
    new = answer.json
    assert new["definitions"][0]["version"] == 2
    assert [one["version"] for one in desk.get("/definitions").json] == [2]
    assert [one["version"] for one in desk.get("/definitions?versions=all").json] == [1, 2]
    shown = desk.get(f"/definitions/{new['definitions'][0]['id']}").json
    assert shown["files"] == ["errand.bpmn", "errand.json"] and shown["topics"] == ["outside"]


def test_the_operator_looks_after_it(desk, order):
    path = f"/work-orders/{order['order_id']}"
    body = {"values": {"mark": "n"}, "reason": "typing mistake"}
    assert desk.call("PATCH", f"{path}/variables", "ma.operator", json=body).status_code == 200
    assert desk.get(path).json["order"]["variables"] == {"mark": "n"}
    assert desk.get("/work-orders?variable.mark=n").json["items"][0]["id"] == order["order_id"]
    assert desk.post(f"{path}/suspension", {"reason": "x"}, "ma.operator").status_code == 200
    refused(desk.post(f"{path}/urges"), 409, "order_not_running")
    assert desk.post(f"{path}/reactivation", None, "ma.operator").status_code == 200
    timers = desk.get(f"{path}/timers").json
    assert [one["element"] for one in timers] == ["remind"]
    assert desk.get("/timers", "ma.operator").json["items"]
    assert desk.get(f"{path}/upcoming").json
    assert desk.post(f"{path}/cancellation", {"reason": "x"}, "ma.operator").status_code == 200
    assert desk.get(path).json["order"]["status"] == "ended"
    assert desk.get("/dead-letters", "ma.operator").json["items"] == []
    refused(desk.post(f"{path}/incidents/1/retry", None, "ma.operator"), 409, "order_not_running")


# ---- idempotency, versions ---------------------------------------------------------------


def test_a_repeated_command_has_one_effect(desk):
    body = {"process": "errand", "title": "once"}
    first = desk.post("/work-orders", body, Idempotency_Key="once-1")
    again = desk.post("/work-orders", body, Idempotency_Key="once-1")
    assert (again.status_code, again.json) == (201, first.json)
    assert len(desk.get("/work-orders?text=once").json["items"]) == 1
    other = desk.post("/work-orders", {**body, "title": "twice"}, Idempotency_Key="once-1")
    refused(other, 409, "idempotency_key_reused")
    mine = desk.post("/work-orders", body, "chen.desk", Idempotency_Key="once-1")
    assert mine.json["order_id"] != first.json["order_id"]
    task = first.json["tasks"][0]
    done = desk.post(f"/tasks/{task}/completion", OK, Idempotency_Key="once-2").json
    repeated = desk.post(f"/tasks/{task}/completion", OK, Idempotency_Key="once-2")
    assert repeated.status_code == 200 and repeated.json["opened"] == done["opened"]


def test_a_refused_command_keeps_no_key(desk, task):
    refused(
        desk.post(f"/tasks/{task}/completion", {}, Idempotency_Key="bad-1"), 422, "form_invalid"
    )
    assert desk.post(f"/tasks/{task}/completion", OK, Idempotency_Key="bad-1").status_code == 200


def test_tokens_are_never_kept_with_a_key(desk, app):
    first = desk.post("/tokens", {"name": "x"}, Idempotency_Key="token-1").json
    assert desk.post("/tokens", {"name": "x"}, Idempotency_Key="token-1").json != first


def test_etags(desk, order, task):
    for path in (f"/work-orders/{order['order_id']}", f"/tasks/{task}", "/units", "/me", "/tasks"):
        shown = desk.get(path)
        same = desk.get(path, if_none_match=shown.headers["ETag"])
        assert (same.status_code, same.data) == (304, b"")
    tag = desk.get(f"/tasks/{task}").headers["ETag"]
    refused(
        desk.post(f"/tasks/{task}/claim", if_match='"999.0123456789abcdef"'), 412, "stale_version"
    )
    refused(desk.post(f"/tasks/{task}/claim", if_match="nonsense"), 412, "precondition_failed")
    refused(desk.post(f"/tasks/{task}/claim", {"version": 999}), 409, "stale_version")
    refused(
        desk.post(f"/tasks/{task}/claim", {"version": 999}, if_match=tag),
        412,
        "precondition_failed",
    )
    assert desk.post(f"/tasks/{task}/claim", if_match=tag).status_code == 200
    assert desk.get(f"/tasks/{task}", if_none_match=tag).status_code == 200
    refused(desk.delete(f"/tasks/{task}/claim", if_match=tag), 412, "stale_version")
    assert desk.delete(f"/tasks/{task}/claim", if_match="*").status_code == 200
    path = f"/work-orders/{order['order_id']}"
    tag = desk.get(path).headers["ETag"]
    desk.post(f"{path}/urges")
    hold = desk.post(f"{path}/hold", {"reason": "customer_not_ready"}, if_match=tag)
    refused(hold, 412, "stale_version")


# ---- paging ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "by"),
    [
        ("/work-orders?", "li.desk"),
        ("/tasks?tab=group", "li.desk"),
        ("/tasks?tab=group&sort=priority", "li.desk"),
        ("/tasks?tab=group&sort=opened", "li.desk"),
        ("/tasks?tab=team", "feng.lead"),
        ("/tasks?tab=done", "li.desk"),
        ("/people?", "feng.lead"),
        ("/notifications?", "chen.desk"),
        ("/timers?", "ma.operator"),
        ("/customers?", "li.desk"),
    ],
)
def test_pages_join_without_gap_or_repetition(desk, path, by):
    for _ in range(3):
        made = desk.post("/work-orders", {"process": "errand"}).json
        desk.post(f"/work-orders/{made['order_id']}/urges")
    whole = desk.get(f"{path}&limit=200", by).json
    assert whole["next_cursor"] is None
    found, cursor = [], ""
    while cursor is not None:
        page = desk.get(f"{path}&limit=2{cursor and f'&cursor={cursor}'}", by).json
        assert len(page["items"]) <= 2
        found += page["items"]
        cursor = page["next_cursor"]
    assert found == whole["items"] and found


# ---- languages, headers, faults ----------------------------------------------------------


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.1", "zh"),
        ("en-GB", "en"),
        ("fr, en;q=0.5, zh;q=0.4", "en"),
        ("fr", "zh"),
        ("*", "zh"),
        ("", "zh"),
        ("en;q=0, zh", "zh"),
        ("\x01;;q=x", "zh"),
    ],
)
def test_problems_speak_the_callers_language(desk, accepted, language):
    answer = desk.get("/work-orders/999", accept_language=accepted)
    assert answer.headers["Content-Language"] == language
    assert "Accept-Language" in answer.headers["Vary"]
    expected = {"zh": "没有您可以查看的工单 999。", "en": "Expected a work order 999"}
    assert answer.json["detail"].startswith(expected[language])


def test_the_persons_own_language_is_next(desk):
    body = {"name": "Ann", "unit": "north", "language": "en", "password": "12345678"}
    desk.put("/people/ann", body, "gao.admin")
    token = desk.client.post("/api/v1/sessions", json={"login": "ann", "password": "12345678"})
    header = {"Authorization": f"Bearer {token.json['token']}"}
    answer = desk.call("GET", "/work-orders/999", None, headers=header)
    assert answer.json["detail"].startswith("Expected a work order")
    zh = desk.call("GET", "/work-orders/999", None, headers={**header, "Accept-Language": "zh"})
    assert zh.json["detail"].startswith("没有")


def test_field_remarks_in_both_languages(desk, task):
    for language, form, body in (
        ("zh", "请填写", "没有这个字段。"),
        ("en", "required", "Expected"),
    ):
        answer = desk.post(f"/tasks/{task}/completion", {}, accept_language=language)
        assert form in answer.json["fields"]["result"][0]["message"]
        answer = desk.post(f"/tasks/{task}/completion", {"x": 1}, accept_language=language)
        assert answer.json["fields"]["x"][0]["message"].startswith(body)


def test_every_answer_is_closed_to_sniffing_framing_and_keeping(desk):
    for path, by in (("/me", "li.desk"), ("/me", None), ("/nothing", None), ("/livez", None)):
        headers = desk.get(path, by).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
        assert headers["Cache-Control"] == "no-store"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["X-Request-Id"]


def test_a_fault_of_ours_tells_nothing(desk, app, monkeypatch, caplog):
    def fail(_self, _by):
        raise RuntimeError("secret table name")

    monkeypatch.setattr(type(app.dispatcher), "view", fail)
    desk.token("li.desk")
    answer = desk.get("/units", x_request_id="abcdef123456")
    problem = refused(answer, 500, "internal_error")
    assert "secret" not in answer.text and problem["params"] == {"request_id": "abcdef123456"}
    assert "secret table name" in caplog.text


def test_the_log_tells_who_and_what_but_no_content(desk, caplog):
    with caplog.at_level(logging.INFO, logger="gongdan.access"):
        desk.get("/work-orders/999?x=13812345678", x_request_id="13812345678")
    line = json.loads(caplog.records[-1].message)
    assert line["route"] == "/api/v1/work-orders/<id:order_id>" and line["status"] == 422
    assert line["person"] > 0 and line["ms"] >= 0 and line["request"] == "138****5678"
    assert mask(b"call 13912345678 or 021-139123456789") == b"call 139****5678 or 021-139123456789"


# ---- signing in --------------------------------------------------------------------------


def sign_in(desk, login, password, address="10.0.0.1"):
    return desk.client.post(
        "/api/v1/sessions",
        json={"login": login, "password": password},
        environ_base={"REMOTE_ADDR": address},
    )


def test_guessing_one_account_is_slowed(desk, clock):
    for _ in range(5):
        refused(sign_in(desk, "zhou.build", "wrong password"), 401, "sign_in_refused")
    answer = sign_in(desk, "zhou.build", "correct horse 7")
    refused(answer, 429, "sign_in_blocked")
    assert int(answer.headers["Retry-After"]) >= 1
    clock.pass_(seconds=6)
    assert sign_in(desk, "zhou.build", "correct horse 7").status_code == 201


def test_guessing_many_accounts_from_one_address_is_slowed(desk, clock):
    for number in range(20):
        refused(sign_in(desk, f"nobody{number}", "12345678", "10.9.9.9"), 401, "sign_in_refused")
    refused(sign_in(desk, "wu.billing", "correct horse 7", "10.9.9.9"), 429, "sign_in_blocked")
    assert sign_in(desk, "wu.billing", "correct horse 7", "10.9.9.8").status_code == 201
    clock.pass_(seconds=10)
    assert sign_in(desk, "wu.billing", "correct horse 7", "10.9.9.9").status_code == 201


def test_unknown_people_cost_as_much_as_known_ones(desk, app, monkeypatch):
    checked = []
    real = app.secrets.verify_password

    def watch(password, hashed):
        checked.append(hashed)
        return real(password, hashed)

    monkeypatch.setattr(app.secrets, "verify_password", watch)
    refused(sign_in(desk, "who.ever", "x", "10.1.1.1"), 401, "sign_in_refused")
    refused(sign_in(desk, "xu.stock", "x", "10.1.1.1"), 401, "sign_in_refused")
    assert len(checked) == 2 and checked[0] is None and checked[1]
