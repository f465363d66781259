"""What people or pages of others send to break in, to lead astray or just to break something."""

from __future__ import annotations

import base64
import io
import json
import re
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import Client

from api.composition import ZONE
from api.web import create_web
from engine.domain import commands as c
from engine.store import tables as t
from forms.pages.desk import create_desk
from forms.pages.session import COOKIE
from tests.support.installation import PASSWORD
from tests.support.operator import living
from tests.support.pages import Reader

HERE = {"Origin": "http://localhost"}
PART = {"HX-Request": "true"}


@pytest.fixture(scope="module")
def desk(on_sqlite):
    yield from living(on_sqlite)


@pytest.fixture(scope="module")
def order(desk):
    """An order whose first step the agent holds, with a file and an export."""
    found = desk.start("steps", customer_id="K-1001")
    desk.do("zhao.agent", c.ClaimTask(task_id=desk.task(found).id))
    sent = {"files": (io.BytesIO(b"%PDF-1.7"), "a.pdf")}
    assert Reader(desk.app, "zhao.agent").post(f"/orders/{found}/files", sent).status == 303
    desk.do("zhao.agent", c.StartExport(format="csv", query=""))
    desk.app.metronome.export()
    return found


@pytest.fixture(scope="module")
def pages(desk):
    return create_desk(desk.app, ZONE)


@pytest.fixture
def zhao(desk, pages):
    return Reader(desk.app, "zhao.agent", pages)


@pytest.fixture(scope="module")
def addresses(desk, pages, order):
    """By method an address of every route, with ids of things there are."""
    task = desk.task(order).id
    file, export = desk.rows(t.attachment)[0]["id"], desk.rows(t.export)[0]["id"]
    values = {
        "order_id": order, "ref": order, "task_id": task, "object_id": task, "key": "steps",
        "attachment_id": file, "export_id": export, "any(tasks, orders):kind": "tasks",
        "customer_id": desk.order(order).customer_id, "name": "transfer", "kind": "customers",
        "digest": "x", "path:name": "app.css",
    }  # fmt: skip
    return {
        method: sorted(
            re.sub(r"<(?:int:)?([^>]+)>", lambda hit: str(values.get(hit[1], 1)), rule.rule)
            for rule in pages.url_map.iter_rules()
            if method in rule.methods and rule.endpoint != "session.sign_out"
        )
        for method in ("GET", "POST")
    }


# ---- headers --------------------------------------------------------------------------------


def test_every_answer_is_guarded(desk, addresses):
    """Pages, parts, files, refusals and what is nowhere: framed, sniffed and kept by nobody."""
    client = Client(create_web(desk.app))
    _, issued = desk.app.identity.sign_in("zhao.agent", PASSWORD)
    paths = [*addresses["GET"], "/nowhere", "/login?next=/x", "/orders/999999"]
    seen = set()
    for path in paths:
        for method, headers in (("GET", {}), ("GET", PART), ("POST", {}), ("PUT", HERE)):
            for token in (issued.token, ""):
                client.set_cookie(COOKIE, token)
                answer = client.open(path, method=method, headers=headers)
                answer.close()
                seen.add(answer.status_code)
                told = answer.headers
                policy = told["Content-Security-Policy"]
                assert policy.startswith("default-src 'none'") and "unsafe" not in policy, path
                assert "frame-ancestors 'none'" in policy or "sandbox" in policy
                assert told["X-Frame-Options"] == "DENY"
                assert told["X-Content-Type-Options"] == "nosniff"
                assert told["Referrer-Policy"] in ("same-origin", "no-referrer")
                assert told["Cross-Origin-Resource-Policy"] == "same-origin"
                kept = told["Cache-Control"]
                assert path.startswith("/static/") or "no-store" in kept or "private" in kept
                assert "Set-Cookie" not in told or "HttpOnly" in told["Set-Cookie"]
    assert {200, 303, 401, 403, 404, 405} <= seen


def test_a_session_is_a_cookie_no_script_and_no_other_site_gets(desk):
    client = Client(create_web(desk.app))
    client.set_cookie(COOKIE, "gd_" + "A" * 43)
    for scheme, is_secure in (("http", False), ("https", True)):
        answer = client.post(
            "/login",
            data={"login": "li.desk", "password": PASSWORD},
            base_url=f"{scheme}://desk.example",
            headers={"Sec-Fetch-Site": "same-origin"},
        )
        (cookie,) = [one for one in answer.headers.getlist("Set-Cookie") if COOKIE in one]
        assert "HttpOnly" in cookie and "SameSite=Lax" in cookie
        assert ("Secure" in cookie) is is_secure
        # What somebody else has put there does not become a session.
        assert "AAAA" not in cookie


# ---- requests of other sites ----------------------------------------------------------------


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", **HERE},
        {"Sec-Fetch-Site": "cross-site", **HERE},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://[::1"},
        {"Origin": "localhost"},
        {"Origin": "http://localhost:81"},
        {"Origin": "http://localhost.evil.example"},
        {"Referer": "http://localhost/inbox"},
    ],
)
def test_nothing_is_done_for_pages_of_others(desk, order, addresses, zhao, headers):
    task = desk.task(order)
    for path in [*addresses["POST"], "/logout"]:
        answer = zhao._client.post(path, data={"text": "x", "to": "li.desk"}, headers=headers)
        assert answer.status_code == 403, path
        # Nor is what they sent put into our page.
        assert b"<textarea" not in answer.data
    assert desk.task(order) == task
    assert zhao.get("/me").status == 200


# ---- where one is led -----------------------------------------------------------------------

ELSEWHERE = (
    "//evil.example", "/\\evil.example", "\\\\evil.example", "http://evil.example",
    "javascript:alert(1)", "///evil.example", "/\t/evil.example", "/\r\nX: y", " //evil.example",
    "https:evil.example", "http://[", "data:text/html,x", "evil.example",
)  # fmt: skip


@pytest.mark.parametrize("path", ELSEWHERE)
def test_nobody_is_led_elsewhere(desk, zhao, path):
    signed_out = Reader(desk.app, "li.desk")
    signed_out.forget()
    form = signed_out.get("/login", next=path)
    assert "evil" not in form.text and "alert" not in form.text
    sent = {"login": "li.desk", "password": PASSWORD, "next": path}
    assert signed_out.post("/login", sent).location == "/inbox"
    for partial in (False, True):
        led = zhao.post("/notifications/read", {"_back": path}, partial=partial)
        assert (led.location or "/notifications") == "/notifications"
        led = zhao.post("/language", {"language": "zh", "_back": path}, partial=partial)
        assert led.location == "/login"
    page = zhao.get("/views/new", query=path, _back=path)
    assert not [link for link in page.find("//a/@href") if "evil" in link or "script" in link]


def test_addresses_in_headers_are_plain(zhao):
    """Headers are Latin-1: a server cannot send others."""
    for partial in (False, True):
        led = zhao.post(
            "/language", {"language": "zh", "_back": "/orders?q=光缆"}, partial=partial
        )
        assert led.location == f"/orders?q={quote('光缆')}"


@pytest.mark.parametrize(
    "toast",
    [
        *({"text": "x", "undo": path} for path in ELSEWHERE),
        {"text": 7},
        {"undo": "/inbox"},
        [],
        None,
    ],
)
def test_forged_toasts_lead_nowhere(zhao, toast):
    value = base64.urlsafe_b64encode(json.dumps(toast).encode()).decode()
    zhao._client.set_cookie("gongdan_toast", value)
    page = zhao.get("/menu")
    assert page.status == 200 and not page.find("//*[@id='messages']//form")
    # A text alone is shown as text.
    zhao._client.set_cookie(
        "gongdan_toast", base64.urlsafe_b64encode(b'{"text": "<b>x</b>"}').decode()
    )
    assert "&lt;b&gt;x" in zhao.get("/menu").text


@pytest.mark.parametrize("value", ["", "x", "%%%", "é", "W" * 4000, base64.b64encode(b"[" * 2000)])
def test_broken_toasts_break_nothing(zhao, value):
    zhao._client.set_cookie("gongdan_toast", value if isinstance(value, str) else value.decode())
    assert zhao.get("/menu").status == 200


# ---- texts ----------------------------------------------------------------------------------


def test_texts_no_database_keeps_are_refused(desk, order, zhao):
    """PostgreSQL has no NUL; nor has any keyboard."""
    for path in ("/customers?q=a%00b", "/orders/%00", "/orders?%00=1", "/palette?q=%00"):
        assert zhao.get(path).status == 400, path
    assert zhao.post("/login", {"login": "a\x00"}).status == 400
    assert zhao.post(f"/orders/{order}/comments", {"te\x00xt": "x"}).status == 400
    sent = {"files": (io.BytesIO(b"%PDF-1.7"), "a\x00.pdf")}
    assert zhao.post(f"/orders/{order}/files", sent).status == 400


def test_an_order_is_not_asked_for_by_a_number_nobody_can_read(zhao):
    for part in ("", "/data", "/diagram"):
        assert zhao.get(f"/orders/{'9' * 5000}{part}").status == 404
    assert zhao.get("/inbox", picked=f"{'9' * 5000},²,-1").status == 200
    assert zhao.get("/start/steps", customer="9" * 5000).status == 200


def test_a_form_that_is_not_there_is_not_drawn_again(zhao):
    assert zhao.post("/start/steps/form", {"x": "y"}, partial=True).status == 200


NESTED = base64.urlsafe_b64encode(b"[" * 3000).decode()


def test_nesting_without_end(desk, order, zhao):
    for path in ("/orders/rows", "/inbox/rows", "/notifications", "/customers/rows"):
        assert zhao.get(path, cursor=NESTED).status == 422, path
    values = '{"mark": ' + "[" * 3000
    assert zhao.post(f"/tasks/{desk.task(order).id}/draft", {"_values": values}).status == 303


# ---- files ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("a\u202efdp.exe.pdf", "afdp.exe.pdf"),
        ("a\u2028b\u200f.pdf", "ab.pdf"),
        ("a%0d%0aSet-Cookie: x=1.pdf", "a%0d%0aSet-Cookie: x=1.pdf"),
        ("x" * 400 + ".pdf", "x" * 196 + ".pdf"),
        ("<img src=x onerror=alert(1)>.pdf", "<img src=x onerror=alert(1)>.pdf"),
        ("a.html.pdf", "a.html.pdf"),
    ],
)
def test_names_of_files_are_names(desk, order, zhao, name, kept):
    sent = {"files": (io.BytesIO(b"%PDF-1.7"), name)}
    assert zhao.post(f"/orders/{order}/files", sent).status == 303
    last = desk.rows(t.attachment)[-1]
    assert last["name"] == kept
    down = zhao.get(f"/attachments/{last['id']}")
    assert down.status == 200 and down.headers["Content-Disposition"].startswith("attachment")
    assert down.headers["Content-Type"] == "application/pdf" and "Set-Cookie" not in down.headers
    assert "<img src=x" not in zhao.get(f"/orders/{order}/talk").text


@pytest.mark.parametrize("ending", ["html", "svg", "js", "xhtml", "xml", "pdf.exe", "", "PDF "])
def test_what_a_browser_would_run_is_not_taken(desk, order, zhao, ending):
    before = len(desk.rows(t.attachment))
    sent = {"files": (io.BytesIO(b"<script>alert(1)</script>"), f"a.{ending}")}
    assert zhao.post(f"/orders/{order}/files", sent).status == 422
    assert len(desk.rows(t.attachment)) == before


def test_a_page_in_disguise_comes_down_as_a_file(desk, order, zhao):
    for ending in ("txt", "csv", "webp"):
        sent = {"files": (io.BytesIO(b"<html><script>alert(1)</script>"), f"a.{ending}")}
        assert zhao.post(f"/orders/{order}/files", sent).status == 303
        down = zhao.get(f"/attachments/{desk.rows(t.attachment)[-1]['id']}")
        assert down.headers["X-Content-Type-Options"] == "nosniff"
        assert down.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert "html" not in down.headers["Content-Type"]


def test_what_is_too_large_is_not_read_to_its_end(desk, order, zhao):
    """The length that is announced is enough to refuse it, before anything is kept."""

    class Endless(io.RawIOBase):
        given = 0

        def readable(self):
            return True

        def readinto(self, room):
            self.given += len(room)
            room[:] = b"x" * len(room)
            return len(room)

    for path in (f"/orders/{order}/files", f"/tasks/{desk.task(order).id}/complete", "/login"):
        stream = Endless()
        answer = zhao._client.post(
            path,
            content_type="multipart/form-data; boundary=b",
            environ_overrides={"wsgi.input": stream, "CONTENT_LENGTH": str(10**12)},
            headers=HERE,
        )
        assert answer.status_code == 413 and stream.given < 10**6, path


# ---- what is typed is not lost --------------------------------------------------------------


def test_who_lost_a_task_while_typing_keeps_what_was_typed(desk):
    """Transferred away to another branch meanwhile; the page is sent without scripts."""
    order = desk.start("steps", by="wang.sales", customer_id="K-1001")
    task = desk.task(order)
    desk.do("zhao.agent", c.ClaimTask(task_id=task.id))
    zhao = Reader(desk.app, "zhao.agent")
    form = zhao.get(f"/tasks/{task.id}").fields("//form[@id='taskform']")
    desk.do(
        "feng.lead",
        c.TransferTask(task_id=task.id, reason="x", role="key_account_desk", unit="south"),
    )
    desk.do("system", c.GrantRoles(login="zhao.agent", grants=()))
    try:
        typed = {**form, "mark": "<b>我写的</b>"}
        for path in ("complete", "draft", "form", "acts/transfer"):
            sent = {**typed, "reason": "因为很久"} if path.startswith("acts") else typed
            page = zhao.post(f"/tasks/{task.id}/{path}", sent)
            assert page.status == 404, path
            (kept,) = page.find("//textarea[@readonly]")
            assert "标签mark: <b>我写的</b>" in kept.text
            assert "没有提交" in page.text
            assert ("因为很久" in kept.text) is path.startswith("acts")
            assert "_seen" not in kept.text
        comment = zhao.post(f"/orders/{order}/comments", {"text": "一句话"})
        assert comment.status == 404 and comment.find("//textarea/text()") == ["一句话\n"]
    finally:
        desk.do("system", c.GrantRoles(login="zhao.agent", grants=(("agent", "north"),)))


def test_secrets_are_not_shown_back(zhao):
    sent = {"present": "a secret", "new": "b secret", "password": "c secret", "text": "note"}
    page = zhao.post("/views/999/remove", sent)
    assert page.status == 404 and "secret" not in page.text and "note" in page.text


# ---- anything at all ------------------------------------------------------------------------

NAMES = (
    "_back", "_customer", "_draft", "_find", "_seen", "_title", "_unit", "_values", "_version",
    "act", "after", "cursor", "customer", "definition", "diagram", "digest_at", "format", "grade",
    "group", "held", "id", "kind", "level", "level_min", "mark", "page", "part", "picked",
    "priority", "process", "q", "query", "since", "sort", "state", "tab", "task", "task_id",
    "text", "to", "unit", "until", "v", "name", "value", "next", "mentions", "role", "reason",
)  # fmt: skip
ODD = st.one_of(
    st.sampled_from(
        ["", "\x00", "-1", "0", "９", "²", str(2**63), "9" * 5000, "x" * 10_000, "'", '"', "%",
         "=", "v=", "a=b", "(", "*", "AND", "0001-01-01", "9999-12-31T23:59", "\u202e", "[",
         "/\\x",
         "/a\r\nb: c", "../..", "{{7*7}}", "<script>", "%s", "true", "none", NESTED,
         base64.urlsafe_b64encode(b'[1,"\\u0000"]').decode(),
         base64.urlsafe_b64encode(b"[1,1]").decode(), base64.urlsafe_b64encode(b"[-1]").decode()]
    ),
    st.binary(max_size=12),
    st.text(st.characters(exclude_categories=("Cs",)), max_size=12),
    st.integers(-(2**70), 2**70).map(str),
)  # fmt: skip
PAIRS = st.lists(st.tuples(st.sampled_from(NAMES), ODD), min_size=1, max_size=4)


@settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True
)
@given(data=st.data(), pairs=PAIRS)
def test_odd_fields_break_nothing(addresses, zhao, data, pairs):
    method = data.draw(st.sampled_from(["GET", "POST"]))
    path = data.draw(st.sampled_from(addresses[method]))
    partial = data.draw(st.booleans())
    sent = urlencode(pairs)
    answer = zhao._client.open(
        f"{path}?{sent}" if method == "GET" else path,
        method=method,
        data=sent if method == "POST" else None,
        content_type="application/x-www-form-urlencoded",
        headers={**HERE, **(PART if partial else {})},
    )
    text = answer.get_data(as_text=True)
    answer.close()
    assert answer.status_code < 500, (path, pairs)
    assert "<script>" not in text.replace("<script src=", "")
    for _, value in answer.headers:
        value.encode("latin-1")
