"""One's own settings."""

from datetime import timedelta

import pytest

from engine.domain.facts import Stream
from engine.queries.preferences import preferences
from engine.store import tables as t
from forms.pages.session import COOKIE, LOOK_COOKIE
from tests.support.installation import PASSWORD
from tests.support.operator import MONDAY
from tests.support.pages import Reader

ME = "li.desk"


@pytest.fixture
def reader(desk):
    return Reader(desk.app, ME)


def chosen(desk):
    with desk.app.dispatcher.view(desk.person(ME)) as view:
        return preferences(view)


def choices(reader, **changed):
    """The form with other choices; None leaves a box unchecked."""
    fields = {**reader.get("/me").fields("//form[@action='/me/choices']"), **changed}
    sent = {name: value for name, value in fields.items() if value is not None}
    return reader.post("/me/choices", sent)


def test_it_shows_who_one_is(reader):
    page = reader.get("/me")
    assert page.status == 200
    assert page.texts("//h1") == ["个人设置"]
    assert "北城分公司大客户" in page.texts("//dl")[0]


def test_choices_are_kept_and_take_effect_at_once(desk, reader):
    done = choices(reader, language="en", theme="dark", mail="digest", digest_at="07:15",
                   quiet=None, browser="1")  # fmt: skip
    cookies = done.headers.getlist("Set-Cookie")
    assert any(cookie.startswith(f"{LOOK_COOKIE}=dark") for cookie in cookies)
    page = reader.follow(done)
    assert page.find("/html/@lang") == ["en"]
    assert "Your settings are saved." in page.text
    kept = chosen(desk)
    assert (kept.theme, kept.mail, kept.digest_at) == ("dark", "digest", "07:15")
    assert (kept.quiet, kept.browser) == (False, True)
    assert page.find("//input[@name='quiet']/@checked") == []
    assert page.find("//input[@name='mail'][@checked]/@value") == ["digest"]
    cookies = choices(reader, theme="auto").headers.getlist("Set-Cookie")
    assert any(cookie.startswith(f"{LOOK_COOKIE}=;") for cookie in cookies)


def test_an_odd_time_comes_back_with_its_error(desk, reader):
    page = choices(reader, digest_at="25:99")
    assert page.status == 422
    assert page.find("//*[@id='f-digest_at']/@aria-invalid") == ["true"]
    assert page.find("//*[@id='errsum']//a/@href") == ["#f-digest_at"]
    assert chosen(desk).digest_at == "08:30"


@pytest.mark.parametrize(
    ("present", "new", "again", "wrong"),
    [
        ("guess", "another one 8", "another one 8", "present"),
        (PASSWORD, "qq-7", "qq-7", "new"),
        (PASSWORD, "another one 8", "another one 9", "again"),
    ],
)
def test_a_password_is_not_changed_by_mistake(reader, present, new, again, wrong):
    page = reader.post("/me/password", {"present": present, "new": new, "again": again})
    assert page.status == 422
    assert page.find("//*[@id='errsum']//a/@href") == [f"#f-{wrong}"]
    assert present not in page.text
    assert new not in page.text


def test_another_password_ends_all_other_sessions(desk, reader):
    other = Reader(desk.app, ME)
    assert other.get("/me").status == 200
    sent = {"present": PASSWORD, "new": "another one 8", "again": "another one 8"}
    assert "密码已修改" in reader.follow(reader.post("/me/password", sent)).text
    assert other.get("/me").location is not None
    desk.app.identity.sign_in(ME, "another one 8")


def test_guessing_the_present_password_is_slowed_down(reader):
    sent = {"present": "guess", "new": "another one 8", "again": "another one 8"}
    statuses = [reader.post("/me/password", sent).status for _ in range(8)]
    assert (statuses[0], statuses[-1]) == (422, 429)


def test_sessions_are_listed_and_ended(desk, reader):
    other = Reader(desk.app, ME)
    page = reader.get("/me")
    (revoke,) = page.find("//form[contains(@action,'/revoke')]/@action")
    assert "本设备" in page.texts("//section[@aria-labelledby='me-sessions']")[0]
    assert Reader(desk.app, "chen.desk").post(revoke).status == 404
    reader.follow(reader.post(revoke))
    assert other.get("/me").location is not None
    assert reader.get("/me").find("//form[contains(@action,'/revoke')]") == []


def test_a_token_for_a_program_is_shown_once(desk, reader):
    page = reader.post("/me/tokens", {"name": "report <1>", "days": "3"})
    (token,) = page.find("//input[@id='f-issued']/@value")
    assert desk.app.identity.authenticate(token).login == ME
    assert page.headers["Cache-Control"] == "no-store"
    again = reader.get("/me")
    assert token not in again.text
    assert "report <1>" in again.texts("//section[@aria-labelledby='me-sessions']")[0]


@pytest.mark.parametrize(
    ("sent", "wrong"),
    [
        ({"name": "", "days": "3"}, "name"),
        ({"name": "x", "days": "400"}, "days"),
        ({"name": "x", "days": "-1"}, "days"),
        ({"name": "x", "days": "9" * 5000}, "days"),
    ],
)
def test_a_token_needs_a_name_and_an_end(desk, reader, sent, wrong):
    page = reader.post("/me/tokens", sent)
    assert page.status == 422
    assert page.find("//*[@id='errsum']//a/@href") == [f"#f-{wrong}"]
    assert len(desk.rows(t.token, person_id=desk.person(ME).id)) == 1


AWAY = {"substitute": "chen.desk", "starts_at": "2026-11-24T08:30", "ends_at": "2026-11-26T17:30"}


def test_an_absence_is_entered_and_called_off(desk, reader):
    done = reader.post("/me/absences", {**AWAY, "reason": "training"})
    page = reader.follow(done)
    (row,) = desk.rows(t.absence)
    assert row["starts_at"] == MONDAY + timedelta(hours=23, minutes=30)
    told = page.texts("//section[@aria-labelledby='me-absences']//ul")[0]
    assert "李娜" in told
    assert "代理人：陈静" in told
    assert "training" in told
    assert page.find(f"//form[@action='/me/absences/{row['id']}/end']")
    assert Reader(desk.app, "wu.billing").post(f"/me/absences/{row['id']}/end").status == 404
    reader.post(f"/me/absences/{row['id']}/end")
    kinds = [fact["kind"] for fact in desk.facts(desk.person(ME).id, stream=Stream.PERSON)]
    assert kinds[-1] == "person.absence_ended"
    assert reader.get("/me").find("//section[@aria-labelledby='me-absences']//ul") == []


def test_leaders_enter_absences_of_their_people(desk):
    leader = Reader(desk.app, "feng.lead")
    leader.post("/me/absences", {**AWAY, "login": ME})
    (row,) = desk.rows(t.absence)
    assert row["person_id"] == desk.person(ME).id
    assert Reader(desk.app, "li.desk").get("/me").find("//*[@id='f-login']") == []
    refused = Reader(desk.app, "tang.south").post("/me/absences", {**AWAY, "login": "sun.network"})
    assert refused.status == 403


@pytest.mark.parametrize(
    ("changed", "wrong", "status"),
    [
        ({"substitute": ""}, "substitute", 422),
        ({"substitute": "nobody"}, "substitute", 422),
        ({"substitute": ME}, "substitute", 422),
        ({"ends_at": "2026-11-20T08:00"}, "ends_at", 422),
        ({"starts_at": "soon"}, "starts_at", 422),
        ({"starts_at": "2026-11-25T08:00"}, "starts_at", 409),
    ],
)
def test_what_is_wrong_with_an_absence_stands_beside_it(desk, reader, changed, wrong, status):
    if status == 409:
        reader.post("/me/absences", AWAY)
    page = reader.post("/me/absences", {**AWAY, "reason": "kept", **changed})
    assert page.status == status
    assert page.find("//*[@id='errsum']//a/@href") == [f"#f-{wrong}"]
    assert page.find("//*[@id='f-reason']/@value") == ["kept"]
    assert len(desk.rows(t.absence)) == (1 if status == 409 else 0)


def test_signing_out_is_one_button(desk, reader):
    (form,) = reader.get("/me").find("//main//form[@action='/logout']")
    assert form.get("method") == "post"
    reader.post("/logout")
    assert reader.get("/me").location is not None
    assert COOKIE == "gongdan_session"
