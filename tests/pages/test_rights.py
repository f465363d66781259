"""Who may call which page: every route has a line here, and a new one without a line fails."""

from __future__ import annotations

import io
from datetime import timedelta

import msgspec
import pytest

from api.composition import ZONE
from engine.domain import commands as c
from engine.store import tables as t
from forms.pages.desk import create_desk
from forms.pages.session import PUBLIC
from tests.support.installation import PASSWORD
from tests.support.operator import living
from tests.support.pages import Reader

#: In the text of everything the north branch has; the search for its beginning is no leak.
SECRET, BEGINNING = "密甲", "秘密"
PHONE = "13812346021"
OWNER, MATE, STRANGER, COPIED, LEFT = (
    "zhao.agent", "zhou.build", "tang.south", "gu.copied", "he.left",
)  # fmt: skip
ORDER, TASK, NUMBER = "/orders/{order}", "/tasks/{task}", "/orders/{number}"
REASON = {"reason": "x"}


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """What people get.

    Attributes:
        stranger: Of another branch, supervisor there. mate: Of the same unit, sees the order but
            has no role for its task. copied: Has nothing but a copy of the order.
    """

    path: str
    data: dict[str, str] = {}
    stranger: int = 404
    mate: int = 200
    copied: int = 200


def own(path, status=200, data=None, *, mate=None, copied=None):
    """Pages about nothing but the reader's own."""
    return Line(
        path=path,
        data=data or {},
        stranger=status,
        mate=mate or status,
        copied=copied or status,
    )


def theirs(path, data=None):
    """What only its owner may touch."""
    return own(path, 404, data)


def order(part):
    return Line(path=f"{NUMBER}{part}")


def act(path, data=None, *, mate=403, copied=403):
    """Of the order's people: others may see it, but not act."""
    return Line(path=path, data=data or {}, mate=mate, copied=copied)


LINES = {
    "GET session.home": own("/", 303),
    "POST session.sign_out": own("/logout", 303),
    "GET shell.menu": own("/menu"),
    "GET shell.counters": own("/inbox/counters"),
    "GET inbox.show": own("/inbox?tab=team&text={beginning}"),
    "POST inbox.claim_next": own("/inbox/next", 303, {"list": "tab=group&text=nothing there"}),
    "GET inbox.rows": own("/inbox/rows?tab=group&text={beginning}"),
    "GET inbox.again": own("/inbox/list?tab=escalated&current={task}"),
    "GET inbox.filters": own("/inbox/filters?tab=team"),
    "POST bulk.do": own("/inbox/bulk", 200, {"act": "claim", "task": "{task}"}),
    "GET views.ask": own("/views/new"),
    "POST views.save": own("/views/new", 303, {"name": "n", "page": "orders"}),
    "GET views.show": theirs("/views/{view}"),
    "POST views.change": theirs("/views/{view}", {"name": "n", "page": "orders"}),
    "POST views.remove": theirs("/views/{view}/remove"),
    "GET tasks.task": Line(path=TASK),
    "POST tasks.complete": act(f"{TASK}/complete", {"mark": "x"}, mate=409, copied=409),
    "POST tasks.save": act(f"{TASK}/draft", {"mark": "x"}, copied=404),
    "POST tasks.discard": act(f"{TASK}/draft/discard", mate=404, copied=404),
    "POST tasks.form": Line(path=f"{TASK}/form", data={"mark": "x"}),
    "GET acts.ask": Line(path=f"{TASK}/acts/transfer"),
    "POST acts.do": act(f"{TASK}/acts/transfer", {"role": "agent", **REASON}, copied=404),
    "POST talk.comment": act(f"{ORDER}/comments", {"text": "x"}, mate=303, copied=303),
    "POST talk.upload": act(f"{ORDER}/files", {"files": "FILE"}, mate=303, copied=303),
    "GET talk.download": Line(path="/attachments/{file}"),
    "POST talk.reveal": act("/contacts/{contact}/reveal", mate=200, copied=404),
    "GET talk.find": own("/people/search?q={beginning}"),
    "GET orders.show": own("/orders?q={beginning}"),
    "GET orders.rows": own("/orders/rows?customer={customer}"),
    "GET orders.filters": own("/orders/filters?process=steps"),
    "GET order.show": order(""),
    "GET order.show_timeline": order("/timeline?kind=all&proof=1"),
    "GET order.show_data": order("/data"),
    "GET order.show_talk": order("/talk"),
    "GET order.show_clocks": order("/clocks"),
    "GET order.show_related": order("/related"),
    "GET order.show_incidents": order("/incidents"),
    "GET order.show_diagram": order("/diagram"),
    "GET incidents.ask_retry": Line(path=f"{ORDER}/incidents/1/retry"),
    "POST incidents.retry": act(f"{ORDER}/incidents/1/retry"),
    "GET starting.choose_process": own("/start", mate=403, copied=403),
    "GET starting.show": own("/start/steps", mate=403, copied=403),
    "POST starting.start": own(
        "/start/steps", 403, {"_unit": "north", "_title": "x"}, mate=403, copied=403
    ),
    "POST starting.redraw": own("/start/steps/form", 200, {}, mate=403, copied=403),
    "GET starting.find": own("/start/steps/customers?_customer={beginning}", mate=403, copied=403),
    "GET customers.show": own("/customers?q={beginning}", copied=403),
    "GET customers.rows": own("/customers/rows?q={beginning}", copied=403),
    "GET customers.one": Line(path="/customers/{customer}", copied=404),
    "GET customers.looks": Line(path="/customers/{customer}/looks", copied=404),
    "GET exports.show": own("/exports"),
    "GET exports.again": own("/exports/list"),
    "POST exports.start": own("/exports", 303, {"format": "csv", "query": ""}),
    "POST exports.cancel": theirs("/exports/{export}/cancel"),
    "GET exports.file": theirs("/exports/{export}/file"),
    "GET board.escalations": own("/escalations", mate=403, copied=403),
    "GET board.wallboard": own("/wallboard", mate=403, copied=403),
    "GET notifications.notifications": own("/notifications?tab=all"),
    "POST notifications.read": own("/notifications/read", 303, {"id": "{notice}"}),
    "GET me.me": own("/me"),
    "POST me.save_choices": own("/me/choices", 303, {"theme": "dark"}),
    "POST me.change_password": own("/me/password", 422, {"present": "guess", "new": "12345678"}),
    "POST me.issue": own("/me/tokens", 200, {"name": "x", "days": "3"}),
    "POST me.revoke": theirs("/me/tokens/{token}/revoke"),
    "POST me.save_absence": own("/me/absences", 422, {"substitute": "li.desk"}),
    "POST me.end_absence": theirs("/me/absences/{absence}/end"),
    "GET palette.palette": own("/palette?q={beginning}", 303),
    "GET options.options": own("/options/customers?q={beginning}"),
}
LOGINS = {"stranger": STRANGER, "mate": MATE, "copied": COPIED}


@pytest.fixture(scope="module")
def desk(on_sqlite):
    """One operator for all; the north branch has one thing of each kind."""
    yield from living(on_sqlite)


@pytest.fixture(scope="module")
def at(desk):
    """Readers by login, at one desk."""
    pages = create_desk(desk.app, ZONE)
    return lambda login: Reader(desk.app, login, pages)


@pytest.fixture(scope="module")
def world(desk, at):
    """Ids of the north branch's things; what people here do must not change what others see."""
    secret = f"{BEGINNING}甲"
    for login, unit in ((COPIED, "south"), (LEFT, "north")):
        desk.do(
            "system",
            c.SavePerson(login=login, name=login, unit=unit, password=PASSWORD),
        )
    desk.do("system", c.GrantRoles(login=LEFT, grants=(("operator", "hq"),)))
    kept = c.SaveCustomer(code="K-7", name=secret, grade="A", unit="north", is_key_account=True)
    customer = desk.do("li.desk", kept).id
    contact = desk.do("li.desk", c.SaveContact(customer_id=customer, name=secret, phone=PHONE)).id
    order_id = desk.do(
        OWNER,
        c.StartOrder(process="steps", title=secret, values={"customer_id": "K-7"}),
    ).order_id
    task = desk.task(order_id)
    desk.do(OWNER, c.ClaimTask(task_id=task.id))
    desk.do(OWNER, c.SaveDraft(task_id=task.id, values={"mark": secret}))
    desk.do(OWNER, c.AddComment(order_id=order_id, text=secret, mentions=("li.desk",)))
    desk.do("feng.lead", c.InstructOrder(order_id=order_id, text=secret))
    desk.do(OWNER, c.CopyOrder(order_id=order_id, people=(COPIED,)))
    owner = at(OWNER)
    sent = {"files": (io.BytesIO(b"%PDF-1.7"), f"{secret}.pdf")}
    assert owner.post(f"/orders/{order_id}/files", sent).status == 303
    view = desk.do(OWNER, c.SaveView(name=secret, page="orders", query="")).id
    export = desk.do(OWNER, c.StartExport(format="csv", query=f"q={secret}")).id
    desk.app.metronome.export()
    now = desk.clock.now()
    absence = desk.do(
        OWNER,
        c.SaveAbsence(
            substitute="chen.desk",
            starts_at=now + timedelta(days=9),
            ends_at=now + timedelta(days=10),
            reason=secret,
        ),
    ).id
    token = desk.do(OWNER, c.IssueToken(name=secret)).id
    (file,) = desk.rows(t.attachment)
    return {
        "order": order_id,
        "number": desk.order(order_id).number,
        "task": task.id,
        "customer": customer,
        "contact": contact,
        "file": file["id"],
        "view": view,
        "export": export,
        "absence": absence,
        "token": token,
        "notice": desk.notes("li.desk")[0].id,
        "beginning": BEGINNING,
    }


def call(reader, name, world, *, partial=False):
    """Follow a line."""
    line, method = LINES[name], name.partition(" ")[0]
    path = line.path.format(**world)
    if method == "GET":
        return reader.get(path, partial=partial)
    data = {key: value.format(**world) for key, value in line.data.items()}
    if "files" in data:
        data["files"] = (io.BytesIO(b"%PDF-1.7"), "a.pdf")
    return reader.post(path, data)


def test_every_route_has_a_line(at):
    routes = {
        f"{method} {rule.endpoint}"
        for rule in at(OWNER).desk.url_map.iter_rules()
        if rule.endpoint not in PUBLIC
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    assert routes == set(LINES)


@pytest.mark.parametrize("name", LINES)
@pytest.mark.parametrize("who", ["nobody", "left", "forged"])
def test_without_a_session_there_is_the_door_only(desk, at, world, name, who):
    reader = at(LEFT)
    if who == "nobody":
        reader.forget()
    elif who == "forged":
        reader.forget("gd_" + "A" * 43)
    else:
        leaving = {"login": LEFT, "name": "x", "unit": "north"}
        desk.do("system", c.SavePerson(is_active=False, **leaving))
    page = call(reader, name, world)
    if who == "left":
        desk.do("system", c.SavePerson(is_active=True, **leaving))
    if name.startswith("GET"):
        assert page.status == 303 and page.location.startswith("/login")
    else:
        assert page.status == 401
    assert SECRET not in page.text


@pytest.mark.parametrize("name", LINES)
@pytest.mark.parametrize("role", LOGINS)
def test_nobody_gets_more_than_is_theirs(at, world, name, role):
    page = call(at(LOGINS[role]), name, world)
    assert page.status == getattr(LINES[name], role), page.text
    if role == "stranger":
        assert SECRET not in page.text and world["number"] not in page.text
    assert PHONE not in page.text or name == "POST talk.reveal"


@pytest.mark.parametrize("name", [name for name in LINES if name.startswith("GET")])
@pytest.mark.parametrize("role", LOGINS)
def test_parts_of_pages_tell_no_more(at, world, name, role):
    page = call(at(LOGINS[role]), name, world, partial=True)
    expected = getattr(LINES[name], role)
    # Scripts are told in a header where to go; the palette is a part of any page.
    assert page.status == (200 if expected == 303 else expected)
    if role == "stranger":
        assert SECRET not in page.text and world["number"] not in page.text
    assert PHONE not in page.text


def test_nothing_was_changed_by_all_that(desk, at, world):
    """What the owner has is as it was: the lines above were refused or about the callers' own."""
    page = at(OWNER).get(f"/tasks/{world['task']}")
    assert page.find("//input[@name='mark']/@value") == [f"{BEGINNING}甲"]
    for table in (t.saved_view, t.token, t.absence, t.export):
        assert any(SECRET in str(row) or row.get("sha256") for row in desk.rows(table)), table.name
    (absence,) = desk.rows(t.absence)
    assert absence["ends_at"] > desk.clock.now()
    (token,) = desk.rows(t.token, id=world["token"])
    assert token["revoked_at"] is None


def test_a_substitute_may_only_while_the_other_is_away(desk, at):
    """The list, the draft and the act: on the days between, not before and not after."""
    tasks = []
    for _ in range(3):
        tasks.append(desk.task(desk.start("steps")).id)
        desk.do(OWNER, c.ClaimTask(task_id=tasks[-1]))
    now = desk.clock.now()
    away = {"starts_at": now + timedelta(hours=1), "ends_at": now + timedelta(hours=2)}
    desk.do(OWNER, c.SaveAbsence(substitute=MATE, **away))
    substitute = at(MATE)
    for task, status in zip(tasks, (403, 303, 403), strict=True):
        listed = [
            f"/tasks/{one}" for one in tasks if f"/tasks/{one}" in substitute.get("/inbox").text
        ]
        assert bool(listed) is (status == 303)
        assert substitute.post(f"/tasks/{task}/draft", {"mark": "x"}).status == status
        assert substitute.post(f"/tasks/{task}/acts/release").status == status
        desk.clock.pass_(hours=1)


def test_who_changed_the_password_is_in_alone(desk, at):
    """Sessions and tokens elsewhere end at once; the one in use goes on."""
    here, elsewhere = at(MATE), at(MATE)
    token = desk.do(MATE, c.IssueToken(name="x")).token
    again = {"present": PASSWORD, "new": "another one 8", "again": "another one 8"}
    assert here.post("/me/password", again).status == 303
    assert here.get("/me").status == 200
    assert elsewhere.get("/me").status == 303
    assert desk.app.identity.authenticate(token) is None
