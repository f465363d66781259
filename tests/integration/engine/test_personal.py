"""Working papers of one person: snoozes, preferences, saved views, the own password."""

from datetime import timedelta

import pytest

from engine.domain import commands as c
from engine.domain.records import Preferences
from engine.handlers.people import PasswordWrongError
from engine.identity import SignInBlockedError, SignInRefusedError
from engine.queries.preferences import preferences
from engine.queries.views import views
from engine.store import tables as t
from engine.store.housekeeping import sweep
from tests.support.installation import PASSWORD


def chosen(world, login):
    with world.app.dispatcher.view(world.person(login)) as view:
        return preferences(view)


def kept(world, login, page="inbox"):
    with world.app.dispatcher.view(world.person(login)) as view:
        return views(view, page)


# ---- put off ----------------------------------------------------------------------------------


def test_a_task_is_put_off_moved_and_brought_back(world):
    task = world.task(world.start("steps")).id
    for hours in (1, 3):
        until = world.clock.now() + timedelta(hours=hours)
        world.do("zhao.agent", c.SnoozeTask(task_id=task, until=until))
        (row,) = world.rows(t.snooze)
        assert row == {
            "person_id": world.person("zhao.agent").id, "task_id": task, "until": until
        }  # fmt: skip
    world.do("li.desk", c.SnoozeTask(task_id=task, until=None))
    assert len(world.rows(t.snooze)) == 1
    world.do("zhao.agent", c.SnoozeTask(task_id=task, until=None))
    assert world.rows(t.snooze) == []


def test_what_is_put_off_is_swept_when_over(desk):
    order = desk.start("steps")
    task = desk.task(order).id
    until = desk.clock.now() + timedelta(days=9)
    desk.do("zhao.agent", c.SnoozeTask(task_id=task, until=until))
    desk.do("feng.lead", c.SnoozeTask(task_id=task, until=desk.clock.now() + timedelta(hours=1)))
    desk.clock.pass_(hours=2)
    sweep(desk.app.database, desk.clock.now())
    assert [row["until"] for row in desk.rows(t.snooze)] == [until]
    desk.complete("zhao.agent", task, mark="x")
    sweep(desk.app.database, desk.clock.now())
    assert desk.rows(t.snooze) == []


def test_only_a_visible_open_task_until_the_future(desk):
    order = desk.start("steps")
    task = desk.task(order).id
    now = desk.clock.now()
    later = c.SnoozeTask(task_id=task, until=now + timedelta(hours=1))
    assert desk.code("tang.south", later) == "task_not_found"
    assert desk.code("zhao.agent", c.SnoozeTask(task_id=task, until=now)) == "instant_past"
    desk.complete("zhao.agent", task, mark="x")
    assert desk.code("zhao.agent", later) == "task_not_open"


# ---- preferences ------------------------------------------------------------------------------


def test_choices_change_one_by_one_and_language_is_of_the_account(world):
    assert chosen(world, "li.desk") == Preferences()
    world.do("li.desk", c.SavePreferences(theme="dark", digest_at="17:05"))
    world.do("li.desk", c.SavePreferences(mail="digest", quiet=False, browser=True))
    assert chosen(world, "li.desk") == Preferences(
        theme="dark", digest_at="17:05", mail="digest", quiet=False, browser=True
    )
    assert chosen(world, "chen.desk") == Preferences()
    world.do("li.desk", c.SavePreferences(language="en"))
    assert world.person("li.desk").language == "en"
    assert chosen(world, "li.desk").theme == "dark"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("language", "fr"), ("theme", "pink"), ("mail", ""), ("digest_at", "24:00"),
        ("digest_at", "8:30"), ("digest_at", "٠٨:٣٠"),
    ],
)  # fmt: skip
def test_choices_that_do_not_exist(desk, field, value):
    refusal = desk.refused("li.desk", c.SavePreferences(**{field: value}))
    assert (refusal.code, refusal.params["field"]) == ("preference_invalid", field)


# ---- views ------------------------------------------------------------------------------------

VIEW = c.SaveView(name=" 逾期 ", page="inbox", query="?tab=mine&sort=due")


def test_a_view_is_kept_changed_shared_and_removed(world):
    made = world.do("feng.lead", VIEW).id
    (mine,) = kept(world, "feng.lead")
    assert (mine.id, mine.name, mine.query, mine.unit, mine.is_own) == (
        made, "逾期", "tab=mine&sort=due", None, True
    )  # fmt: skip
    assert kept(world, "li.desk") == kept(world, "feng.lead", "orders") == []
    shared = c.SaveView(name="逾期", page="inbox", query="", unit="north", view_id=made)
    assert world.do("feng.lead", shared).id == made
    (seen,) = kept(world, "li.desk")
    assert (seen.unit, seen.is_own, seen.owner_name) == ("north", False, "冯刚")
    assert kept(world, "tang.south") == []
    for theft in (shared, c.RemoveView(view_id=made)):
        assert world.code("tang.south", theft) in ("view_not_found", "not_allowed")
    assert world.code("li.desk", c.RemoveView(view_id=made)) == "view_not_found"
    world.do("feng.lead", c.RemoveView(view_id=made))
    assert kept(world, "li.desk") == []


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"name": " "}, "view_invalid"), ({"name": "x" * 61}, "view_invalid"),
        ({"name": "a\u202eb"}, "view_invalid"), ({"page": "me"}, "view_invalid"),
        ({"query": "x" * 2001}, "view_invalid"), ({"unit": "north"}, "not_allowed"),
        ({"unit": "moon"}, "unit_unknown"), ({"view_id": 99}, "view_not_found"),
    ],
)  # fmt: skip
def test_views_that_are_refused(desk, values, code):
    given = {"name": "x", "page": "inbox", "query": "", **values}
    assert desk.code("li.desk", c.SaveView(**given)) == code


def test_nobody_keeps_views_without_end(desk):
    for number in range(50):
        desk.do("li.desk", c.SaveView(name=f"{number}", page="inbox", query=""))
    assert desk.code("li.desk", VIEW) == "too_many_views"
    desk.do("chen.desk", VIEW)


# ---- the own password -------------------------------------------------------------------------


def test_a_new_password_ends_all_other_sessions(world):
    identity = world.app.identity
    sessions = [identity.sign_in("li.desk", PASSWORD)[1].token for _ in range(3)]
    other = identity.sign_in("chen.desk", PASSWORD)[1].token
    identity.change_password(sessions[1], world.person("li.desk"), PASSWORD, "a new secret")
    alive = [identity.authenticate(token) is not None for token in [*sessions, other]]
    assert alive == [False, True, False, True]
    with pytest.raises(SignInRefusedError):
        identity.sign_in("li.desk", PASSWORD)
    assert identity.sign_in("li.desk", "a new secret")[0].login == "li.desk"


def test_a_password_is_not_guessed_from_a_session(desk):
    identity, who = desk.app.identity, desk.person("li.desk")
    token = identity.sign_in("li.desk", PASSWORD)[1].token
    weak = c.ChangePassword(present=PASSWORD, new="short")
    assert desk.code("li.desk", weak) == "password_weak"
    for _ in range(5):
        with pytest.raises(PasswordWrongError):
            identity.change_password(token, who, "guess", "a new secret")
    with pytest.raises(SignInBlockedError):
        identity.change_password(token, who, PASSWORD, "a new secret")
    assert identity.authenticate(token) is not None
