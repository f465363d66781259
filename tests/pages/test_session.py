"""A session that ends while somebody works: nothing typed is lost, and the way back is kept."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from engine.store import tables as t
from tests.support.installation import PASSWORD
from tests.support.pages import Reader


@pytest.fixture
def zhao(desk):
    return Reader(desk.app, "zhao.agent")


def test_what_was_sent_is_sent_again_after_signing_in(desk, zhao):
    order = desk.start("talks")
    path = f"/orders/{order}/comments"
    zhao.forget()
    page = zhao.post(path, {"text": '他说"<b>下周</b>"再联系', "_back": f"/orders/{order}/talk"})
    assert page.status == 401 and page.headers["Cache-Control"] == "no-store"
    assert "保留在本页" in page.text
    assert page.find("//main//form/@action") == [path]
    again = page.fields()
    zhao.forget(desk.app.identity.sign_in("zhao.agent", PASSWORD)[1].token)
    assert zhao.post(path, again).status == 303
    assert [row["text"] for row in desk.rows(t.comment)] == ['他说"<b>下周</b>"再联系']


def test_passwords_are_written_into_no_page(desk, zhao):
    zhao.forget()
    page = zhao.post("/me/password", {"present": "secret-1", "new": "secret-2"})
    assert page.status == 401 and "secret" not in page.text and page.find("//main//form") == []


def test_a_foreign_page_gets_nothing_back(desk, zhao):
    zhao.forget()
    page = zhao.post(
        "/orders/1/comments", {"text": "geheim"}, headers={"Origin": "https://a.example"}
    )
    assert page.status == 403 and "geheim" not in page.text


@pytest.mark.parametrize(
    ("shown", "back"),
    [
        ("http://localhost/wallboard?unit=north&look=light#x", "/wallboard?unit=north&look=light"),
        ("http://localhost/", None),
        ("", None),
        ("https://elsewhere.example/wallboard", None),
        ("//elsewhere.example/x", None),
        ("http://localhost//elsewhere.example/x", None),
        ("http://localhost.elsewhere.example/x", None),
        ("http://[", None),
        ("javascript:alert(1)", None),
    ],
)
def test_a_part_that_asks_by_itself_leads_back_to_its_page(desk, zhao, shown, back):
    zhao.forget()
    answer = zhao.get("/wallboard", partial=True, headers={"HX-Current-URL": shown})
    path = urlsplit(answer.location)
    assert (path.scheme, path.netloc, path.path) == ("", "", "/login")
    assert parse_qs(path.query).get("next") == (None if back is None else [back])
