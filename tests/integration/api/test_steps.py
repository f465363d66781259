"""Delegation, taking back, jumps and substitutes over HTTP."""

from __future__ import annotations

from tests.integration.api.calling import refused


def started(desk):
    """An errand and its first task, held by the clerk."""
    order = desk.post("/work-orders", {"process": "errand"}).json
    (task,) = order["tasks"]
    desk.post(f"/tasks/{task}/claim")
    return order["order_id"], task


def test_a_task_is_delegated_and_comes_back(desk):
    _, task = started(desk)
    version = desk.get(f"/tasks/{task}").json["task"]["version"]
    stale = {"to": "chen.desk", "version": version - 1}
    refused(desk.post(f"/tasks/{task}/delegation", stale), 409, "stale_version")
    assert desk.post(f"/tasks/{task}/delegation", {"to": "chen.desk"}).status_code == 200
    shown = desk.get(f"/tasks/{task}").json["task"]
    assert shown["assignee_name"] != shown["owner_name"]
    answer = {"values": {"result": "x"}}
    refused(
        desk.post(f"/tasks/{task}/completion", answer, "chen.desk"), 409, "delegated_give_back"
    )
    back = desk.post(f"/tasks/{task}/delegation/end", {"text": "done"}, "chen.desk")
    assert back.status_code == 200
    assert desk.get(f"/tasks/{task}").json["task"]["owner"] is None


def test_a_step_is_taken_back_sent_back_and_left_out(desk):
    order, task = started(desk)
    assert desk.get(f"/tasks/{task}/returns").json == []
    assert [place["element"] for place in desk.get(f"/tasks/{task}/jumps").json]
    assert desk.post(f"/tasks/{task}/completion", {"values": {"result": "x"}}).status_code == 200
    taken = desk.post(f"/tasks/{task}/take-back", {"reason": "wrong"})
    (again,) = taken.json["opened"]
    refused(desk.post(f"/tasks/{task}/take-back"), 409, "step_moved_on")
    place = desk.get(f"/tasks/{again}/jumps").json[0]
    assert {"name", "name_en", "kind", "done_by", "done_at"} <= set(place)
    body = {"to_element": place["element"], "reason": "because"}
    refused(desk.post(f"/tasks/{again}/jump", {**body, "reason": ""}), 422, "invalid_body")
    assert desk.post(f"/tasks/{again}/jump", body, "ma.operator").status_code == 200
    kinds = [
        one["fact"]["kind"] for one in desk.get(f"/work-orders/{order}/history").json["items"]
    ]
    assert {"task.taken_back", "task.jumped"} <= set(kinds)


def test_a_substitute_is_named_seen_and_ended(desk):
    away = {"starts_at": "2036-01-06T00:00:00Z", "ends_at": "2036-01-09T00:00:00Z"}
    made = desk.post("/absences", {"substitute": "chen.desk", "reason": "leave", **away})
    assert made.status_code == 201
    seen = {one["id"]: one for one in desk.get("/absences", "chen.desk").json}
    mine = seen[made.json["id"]]
    assert (mine["substitute_login"], mine["is_present"], mine["may_end"]) == (
        "chen.desk", False, False,
    )  # fmt: skip
    assert desk.delete(f"/absences/{made.json['id']}").status_code == 204
    assert made.json["id"] not in {one["id"] for one in desk.get("/absences").json}
