"""Who may call what: every route has a line here, and a new one without a line fails."""

from __future__ import annotations

import io

import msgspec
import pytest

from api.auth import PUBLIC
from tests.integration.api.calling import refused

#: Of the other branch: same role, also a supervisor there.
STRANGER = "tang.south"
AUDITOR, CLERK = "shen.audit", "li.desk"
ORDER, TASK = "/work-orders/{order}", "/tasks/{task}"
REASON = {"reason": "because"}
CUSTOMER = {"name": "x", "grade": "A", "unit": "north", "is_key_account": True}
ROWS = {"rows": []}


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """What callers get.

    Attributes:
        stranger: Status for the other branch; None where there is nothing to protect.
        weak, weak_status: Somebody who sees the thing but may not act, and what they get.
    """

    path: str
    body: object = None
    stranger: int | None = None
    weak: str = AUDITOR
    weak_status: int | None = None


def line(path, body=None, *, stranger=None, weak=AUDITOR, weak_status=None):
    return Line(path=path, body=body, stranger=stranger, weak=weak, weak_status=weak_status)


def operated(path, body=None):
    """Acts of operators: the clerk sees the order but may not."""
    return line(path, body, stranger=404, weak=CLERK, weak_status=403)


def administered(path, body=None):
    return line(path, body, stranger=403, weak=CLERK, weak_status=403)


LINES = {
    "sessions.list_tokens": line("/tokens"),
    "sessions.issue_token": line("/tokens", {"name": "x"}),
    "sessions.revoke_token": line("/tokens/{token}", stranger=404, weak_status=404),
    "work_orders.list_work_orders": line("/work-orders"),
    "work_orders.work_order": line(ORDER, stranger=404),
    "work_orders.tasks": line(f"{ORDER}/tasks", stranger=404),
    "work_orders.events": line(f"{ORDER}/history", stranger=404),
    "work_orders.clocks": line(f"{ORDER}/clocks", stranger=404),
    "work_orders.upcoming": line(f"{ORDER}/upcoming", stranger=404),
    "work_orders.timers": line(f"{ORDER}/timers", stranger=404),
    "work_orders.variables": line(f"{ORDER}/variables", stranger=404),
    "work_orders.comments": line(f"{ORDER}/comments", stranger=404),
    "work_orders.attachments": line(f"{ORDER}/attachments", stranger=404),
    "work_orders.start": line(
        "/work-orders", {"process": "errand", "unit": "north"}, stranger=403, weak_status=403
    ),
    "work_orders.hold": line(
        f"{ORDER}/hold", {"reason": "customer_not_ready"}, stranger=404, weak_status=403
    ),
    "work_orders.resume": line(f"{ORDER}/resumption", stranger=404, weak_status=403),
    "work_orders.urge": line(f"{ORDER}/urges", stranger=404, weak_status=403),
    "work_orders.comment": line(f"{ORDER}/comments", {"text": "x"}, stranger=404, weak_status=403),
    "work_orders.copy": line(
        f"{ORDER}/copies", {"people": ["li.desk"]}, stranger=404, weak_status=403
    ),
    "work_orders.message": line(
        f"{ORDER}/messages", {"message": "x"}, stranger=404, weak_status=403
    ),
    "work_orders.cancel": operated(f"{ORDER}/cancellation", REASON),
    "work_orders.suspend": operated(f"{ORDER}/suspension", REASON),
    "work_orders.reactivate": operated(f"{ORDER}/reactivation"),
    "work_orders.correct": operated(f"{ORDER}/variables", {"values": {}, **REASON}),
    "work_orders.retry": operated(f"{ORDER}/incidents/1/retry"),
    "work_orders.complete_job": operated(f"{ORDER}/jobs/1/completion"),
    "work_orders.fail_job": operated(f"{ORDER}/jobs/1/failure", {"message": "x"}),
    "tasks.list_tasks": line("/tasks?tab=group"),
    "tasks.counts": line("/tasks/counts"),
    "tasks.task": line(TASK, stranger=404),
    "tasks.draft": line(f"{TASK}/draft", stranger=404, weak_status=404),
    "tasks.claim_next": line(
        "/tasks/next-claim", {"text": "nothing there"}, stranger=404, weak_status=404
    ),
    "tasks.claim": line(f"{TASK}/claim", stranger=404, weak_status=403),
    "tasks.release": line(f"{TASK}/claim", stranger=404, weak_status=409),
    "tasks.assign": line(
        f"{TASK}/assignment", {"to": "li.desk"}, stranger=404, weak=CLERK, weak_status=403
    ),
    "tasks.transfer": line(
        f"{TASK}/transfer", {"role": "agent", **REASON}, stranger=404, weak_status=403
    ),
    "tasks.complete": line(f"{TASK}/completion", stranger=404, weak_status=403),
    "tasks.save_draft": line(f"{TASK}/draft", {"values": {}}, stranger=404, weak_status=403),
    "tasks.discard_draft": line(f"{TASK}/draft", stranger=404, weak_status=404),
    "tasks.send_back": line(f"{TASK}/return", REASON, stranger=404, weak_status=403),
    "tasks.ask_extension": line(
        f"{TASK}/extension",
        {"new_due_at": "2026-03-09T00:00:00Z", **REASON},
        stranger=404,
        weak_status=403,
    ),
    "tasks.withdraw_extension": line(f"{TASK}/extension", stranger=404, weak_status=403),
    "tasks.decide_extension": line(
        "/extensions/{extension}/decision", {"approved": True}, stranger=404, weak_status=403
    ),
    "steps.delegate": line(f"{TASK}/delegation", {"to": "li.desk"}, stranger=404, weak_status=403),
    "steps.give_back": line(f"{TASK}/delegation/end", stranger=404, weak_status=409),
    "steps.take_back": line(f"{TASK}/take-back", stranger=404, weak_status=403),
    "steps.returns": line(f"{TASK}/returns", stranger=404),
    "steps.jumps": line(f"{TASK}/jumps", stranger=404),
    "steps.jump": line(
        f"{TASK}/jump", {"to_element": "x", **REASON}, stranger=404, weak=CLERK, weak_status=403
    ),
    "signing.signers": line(f"{TASK}/signers", stranger=404, weak_status=404),
    "signing.add_signers": line(
        f"{TASK}/signers", {"people": ["chen.desk"]}, stranger=404, weak_status=403
    ),
    "signing.remove_signers": line(f"{TASK}/signers/removal", stranger=404, weak_status=403),
    "signing.supervise": line(f"{TASK}/supervision", stranger=404, weak=CLERK, weak_status=403),
    "signing.list_instructions": line(f"{ORDER}/instructions", stranger=404),
    "signing.instruct": line(
        f"{ORDER}/instructions", {"text": "x"}, stranger=404, weak=CLERK, weak_status=403
    ),
    "signing.remove_copy": line(
        f"{ORDER}/copies/removal", {"people": ["li.desk"]}, stranger=404, weak_status=404
    ),
    "personal.own_preferences": line("/me/preferences"),
    "personal.save_preferences": line("/me/preferences", {"theme": "dark"}),
    "personal.change_password": line(
        "/me/password", {"present": "guess", "new": "12345678"}, stranger=422, weak_status=422
    ),
    "personal.list_views": line("/views"),
    "personal.add_view": line("/views", {"name": "x", "page": "inbox", "query": ""}),
    "personal.change_view": line(
        "/views/{view}", {"name": "x", "page": "inbox", "query": ""}, stranger=404, weak_status=404
    ),
    "personal.remove_view": line("/views/{view}", stranger=404, weak_status=404),
    "personal.snooze": line(f"{TASK}/snooze", {"until": "2036-03-06T00:00:00Z"}, stranger=404),
    "personal.end_snooze": line(f"{TASK}/snooze", stranger=204, weak_status=204),
    "customers.reveal": line("/contacts/{contact}/reveal", stranger=404),
    "customers.list_reveals": line("/customers/{customer}/reveals", stranger=404),
    "absences.list_absences": line("/absences"),
    "absences.save_absence": line(
        "/absences",
        {
            "login": "li.desk",
            "substitute": "chen.desk",
            "starts_at": "2026-03-06T00:00:00Z",
            "ends_at": "2026-03-09T00:00:00Z",
        },
        stranger=403,
        weak_status=403,
    ),
    "absences.end_absence": line("/absences/{absence}", stranger=404, weak_status=404),
    "attachments.attach": line(f"{ORDER}/attachments", "FILE", stranger=404, weak_status=403),
    "attachments.keep": line("/uploads", "FILE", weak_status=403),
    "attachments.download": line("/attachments/{attachment}", stranger=404),
    "notifications.list_notices": line("/notifications"),
    "notifications.read": line("/notifications/read"),
    "definitions.list_definitions": line("/definitions"),
    "definitions.definition": line("/definitions/1"),
    "definitions.xml": line("/definitions/1/xml"),
    "definitions.form": line("/definitions/1/forms/errand"),
    "definitions.decision": line("/definitions/1/decisions/none", weak_status=404),
    "definitions.deploy": administered("/deployments", {"files": {"a.bpmn": ""}}),
    "definitions.check": administered("/deployments/check", {"files": {"a.bpmn": ""}}),
    "customers.list_customers": line("/customers"),
    "customers.customer": line("/customers/{customer}", stranger=404),
    "customers.save_customer": line(
        "/customers/by-code/K-1001", CUSTOMER, stranger=403, weak_status=403
    ),
    "customers.add_contact": line(
        "/customers/{customer}/contacts",
        {"name": "x", "phone": "0211"},
        stranger=404,
        weak_status=403,
    ),
    "customers.change_contact": line(
        "/customers/{customer}/contacts/1",
        {"name": "x", "phone": "0211"},
        stranger=404,
        weak_status=403,
    ),
    "customers.save_contract": line(
        "/customers/{customer}/contracts/HT-1", stranger=404, weak_status=403
    ),
    "people.me": line("/me"),
    "people.list_people": line("/people"),
    "people.one_person": line("/people/li.desk", stranger=404),
    "people.save_person": administered(
        "/people/li.desk", {"name": "x", "unit": "north", "password": "12345678"}
    ),
    "people.grant": administered(
        "/people/li.desk/roles", {"grants": [{"role": "admin", "unit": "hq"}]}
    ),
    "people.list_units": line("/units"),
    "people.unit": line("/units/north"),
    "people.save_unit": administered(
        "/units/west", {"name": "x", "name_en": "x", "kind": "branch", "parent": "hq"}
    ),
    "policies.list_calendars": line("/calendars"),
    "policies.calendar": line("/calendars/cn_office"),
    "policies.save_calendar": administered("/calendars/cn_office", {"data": {}}),
    "policies.service_levels": line("/service-levels"),
    "policies.save_service_levels": administered("/service-levels", ROWS),
    "policies.escalation_rules": line("/escalation-rules"),
    "policies.save_escalation_rules": administered("/escalation-rules", ROWS),
    "policies.hold_reasons": line("/hold-reasons"),
    "policies.save_hold_reasons": administered("/hold-reasons", ROWS),
    "operations.incidents": administered("/incidents"),
    "operations.timers": administered("/timers"),
    "operations.jobs": administered("/jobs"),
    "operations.dead_letters": administered("/dead-letters"),
    "operations.send_again": administered("/dead-letters/1/retry"),
    "operations.send": administered("/messages", {"message": "x"}),
}


def routes(flask):
    """Endpoint and method of every route."""
    return {
        rule.endpoint: next(iter(rule.methods - {"HEAD", "OPTIONS"}))
        for rule in flask.url_map.iter_rules()
    }


@pytest.fixture(scope="module")
def world(desk):
    """Ids of the clerk's things of each kind; nobody here may change them."""
    order = desk.post("/work-orders", {"process": "errand"}).json
    (task,) = order["tasks"]
    content = {"file": (io.BytesIO(b"%PDF-1.7"), "a.pdf")}
    attached = desk.call(
        "POST", f"/work-orders/{order['order_id']}/attachments", CLERK, data=content
    )
    assert desk.put(f"/tasks/{task}/draft", {"values": {"result": "x"}}).status_code == 200
    asked = desk.post(f"/tasks/{task}/extension", {"new_due_at": "2026-03-06T00:00:00Z", **REASON})
    token = desk.post("/tokens", {"name": "x"})
    customer = desk.get("/customers").json["items"][0]["id"]
    contact = desk.post(f"/customers/{customer}/contacts", {"name": "x", "phone": "13800000000"})
    kept = desk.post("/views", {"name": "x", "page": "inbox", "query": ""})
    away = {"starts_at": "2036-03-06T00:00:00Z", "ends_at": "2036-03-09T00:00:00Z"}
    absence = desk.post("/absences", {"substitute": "chen.desk", **away})
    return {
        "order": order["order_id"],
        "task": task,
        "attachment": attached.json["id"],
        "extension": asked.json["id"],
        "token": token.json["id"],
        "customer": customer,
        "contact": contact.json["id"],
        "view": kept.json["id"],
        "absence": absence.json["id"],
    }


def send(desk, endpoint, world, by):
    chosen = LINES[endpoint]
    path = chosen.path.format(**world)
    method = routes(desk.flask)[endpoint]
    if chosen.body == "FILE":
        data = {"file": (io.BytesIO(b"%PDF-1.7"), "a.pdf")}
        return desk.call(method, path, by, data=data)
    if method in ("GET", "DELETE"):
        return desk.call(method, path, by)
    return desk.call(method, path, by, json=chosen.body or {})


def test_every_route_has_a_line(desk):
    assert set(routes(desk.flask)) - PUBLIC == set(LINES)


@pytest.mark.parametrize("endpoint", sorted(LINES))
def test_without_a_token_nothing_is_told(desk, world, endpoint):
    answer = send(desk, endpoint, world, None)
    refused(answer, 401, "sign_in_required")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("endpoint", sorted(LINES))
def test_the_other_branch_sees_nothing(desk, world, endpoint):
    expected = LINES[endpoint].stranger
    answer = send(desk, endpoint, world, STRANGER)
    if expected is None:
        assert answer.status_code in (200, 201, 404), answer.text
        assert str(world["task"]) not in answer.text
    else:
        assert answer.status_code == expected, answer.text


@pytest.mark.parametrize("endpoint", sorted(LINES))
def test_who_sees_may_not_yet_act(desk, world, endpoint):
    chosen = LINES[endpoint]
    answer = send(desk, endpoint, world, chosen.weak)
    if chosen.weak_status is None:
        assert answer.status_code in (200, 201, 409), answer.text
    else:
        assert answer.status_code == chosen.weak_status, answer.text


def test_revoked_expired_and_foreign_tokens_open_nothing(desk, clock, tmp_path):
    issued = desk.post("/tokens", {"name": "short", "days": 1}).json
    header = {"Authorization": f"Bearer {issued['token']}"}
    assert desk.call("GET", "/me", None, headers=header).status_code == 200
    assert desk.delete(f"/tokens/{issued['id']}").status_code == 204
    refused(desk.call("GET", "/me", None, headers=header), 401, "sign_in_required")
    second = desk.post("/tokens", {"name": "short", "days": 1}).json
    header = {"Authorization": f"Bearer {second['token']}"}
    before = clock.now()
    clock.pass_(hours=25)
    refused(desk.call("GET", "/me", None, headers=header), 401, "sign_in_required")
    clock.move_to(before)
    for value in ("Bearer gd_guess", "Basic bGk6eA==", "Bearer", "gd_x", "Bearer \x7f"):
        answer = desk.call("GET", "/me", None, headers={"Authorization": value})
        refused(answer, 401, "sign_in_required")


def test_who_left_is_locked_out_at_once(desk):
    body = {"name": "n", "unit": "north", "is_active": True, "password": "12345678"}
    assert desk.put("/people/leaver", body, "gao.admin").status_code == 200
    token = desk.client.post(
        "/api/v1/sessions", json={"login": "leaver", "password": "12345678"}
    ).json["token"]
    header = {"Authorization": f"Bearer {token}"}
    assert desk.call("GET", "/me", None, headers=header).status_code == 200
    desk.put("/people/leaver", {**body, "is_active": False}, "gao.admin")
    refused(desk.call("GET", "/me", None, headers=header), 401, "sign_in_required")
