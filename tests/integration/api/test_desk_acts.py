"""Signers, instructions, covered contacts and one's own desk over HTTP."""

from tests.integration.api.calling import refused

LEAD, AUDITOR = "feng.lead", "shen.audit"


def sheet(desk, order):
    items = desk.get(f"/tasks?tab=mine&order_id={order['order_id']}&purpose=signature", LEAD).json
    (found,) = items["items"]
    return found["id"]


def test_signers_decide_about_a_completion(desk, order, task):
    path = f"/tasks/{task}/signers"
    refused(desk.get(path), 404, "no_signing_round")
    asked = desk.post(path, {"people": [LEAD], "when": "after", "rule": "100%", "reason": "r"})
    assert asked.json["opened"] == []
    done = desk.post(f"/tasks/{task}/completion", {"values": {"result": "ok"}}).json
    assert (len(done["opened"]), done["is_ended"]) == (1, False)
    refused(
        desk.put(f"/tasks/{task}/draft", {"values": {"result": "x"}}), 409, "awaiting_signatures"
    )
    desk.post(f"/tasks/{task}/signers/removal", {})
    again = desk.get(path).json
    assert (again["submitted"], again["needed"]) == (False, 1)
    desk.post(f"/tasks/{task}/completion", {"values": {"result": "ok"}})
    mine = sheet(desk, order)
    shown = desk.get(f"/tasks/{mine}", LEAD).json
    assert (shown["form_key"], shown["form"]["id"]) == ("sign", "sign")
    refused(
        desk.post(f"/tasks/{mine}/completion", {"values": {"approved": "no"}}, LEAD),
        422,
        "form_invalid",
    )
    agree = {"values": {"approved": "yes", "remark": "同意"}}
    assert desk.post(f"/tasks/{mine}/completion", agree, LEAD).json["opened"]
    final = desk.get(path).json
    (line,) = final["signatures"]
    assert (line["name"], line["verdict"], line["remark"]) == ("冯刚", "approved", "同意")
    assert final["is_passed"] is True
    kinds = [each["fact"]["kind"] for each in
             desk.get(f"/work-orders/{order['order_id']}/history").json["items"]]  # fmt: skip
    assert kinds.count("task.signing_set") == 5


def test_superiors_instruct_and_supervise(desk, order, task):
    path = f"/work-orders/{order['order_id']}/instructions"
    body = {"text": "今天完工", "task_id": task, "new_due_at": "2026-03-03T02:00:00Z"}
    assert desk.post(path, body, LEAD).status_code == 201
    assert [row["text"] for row in desk.get(path).json] == ["今天完工"]
    opened = desk.post(f"/tasks/{task}/supervision", {"text": "急"}, LEAD).json["opened"]
    assert len(opened) == 1
    desk.post(f"/work-orders/{order['order_id']}/copies", {"people": ["tang.south"]})
    gone = {"people": ["tang.south"]}
    assert desk.post(f"/work-orders/{order['order_id']}/copies/removal", gone).status_code == 200


def test_contacts_are_covered_for_mere_readers(desk):
    customer = desk.get("/customers").json["items"][0]["id"]
    body = {"name": "李强", "phone": "13812346021"}
    contact = desk.post(f"/customers/{customer}/contacts", body).json["id"]

    def phone(login):
        rows = desk.get(f"/customers/{customer}", login).json["contacts"]
        return next(row["phone"] for row in rows if row["id"] == contact)

    seen = {login: phone(login) for login in ("li.desk", "billing.system", LEAD, AUDITOR)}
    assert seen == {
        "li.desk": "13812346021",
        "billing.system": "13812346021",
        LEAD: "138****6021",
        AUDITOR: "138****6021",
    }
    shown = desk.post(f"/contacts/{contact}/reveal", {}, LEAD)
    assert shown.json["phone"] == "13812346021"
    rows = desk.get(f"/customers/{customer}/reveals", AUDITOR).json
    assert (rows[0]["person_name"], rows[0]["contact_name"]) == ("冯刚", "李强")


def test_ones_own_desk(desk, task):
    wanted = {"theme": "dark", "digest_at": "17:30", "quiet": False}
    assert desk.call("PATCH", "/me/preferences", LEAD, json=wanted).status_code == 200
    assert desk.get("/me/preferences", LEAD).json["digest_at"] == "17:30"
    body = {"name": "n", "page": "inbox", "query": "tab=mine", "unit": "north"}
    view = desk.post("/views", body, LEAD).json["id"]
    (row,) = [row for row in desk.get("/views?page=inbox", "zhao.agent").json if row["id"] == view]
    assert (row["name"], row["is_own"], row["unit"]) == ("n", False, "north")
    assert desk.put(f"/views/{view}", {**body, "name": "m"}, LEAD).status_code == 200
    assert desk.delete(f"/views/{view}", LEAD).status_code == 204
    later = {"until": "2026-03-09T00:00:00Z"}
    assert desk.put(f"/tasks/{task}/snooze", later).status_code == 200
    assert desk.delete(f"/tasks/{task}/snooze").status_code == 204


def test_a_new_password_ends_other_sessions(desk):
    body = {"name": "n", "unit": "north", "password": "first secret"}
    assert desk.put("/people/changer", body, "gao.admin").status_code == 200

    def session(password):
        body = {"login": "changer", "password": password}
        token = desk.client.post("/api/v1/sessions", json=body).json["token"]
        return {"Authorization": f"Bearer {token}"}

    here, there = session("first secret"), session("first secret")
    change = {"present": "guess", "new": "second secret"}
    refused(
        desk.call("PUT", "/me/password", None, json=change, headers=here), 422, "password_wrong"
    )
    change["present"] = "first secret"
    assert desk.call("PUT", "/me/password", None, json=change, headers=here).status_code == 204
    assert desk.call("GET", "/me", None, headers=here).status_code == 200
    assert desk.call("GET", "/me", None, headers=there).status_code == 401
    session("second secret")
