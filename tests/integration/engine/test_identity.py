"""Who is calling: passwords, blocks, tokens."""

import pytest

from engine.domain import commands as c
from engine.identity import SignInBlockedError, SignInRefusedError
from engine.store import tables as t
from tests.support.installation import PASSWORD


def test_a_password_gives_a_token_and_the_token_the_person(world):
    person, issued = world.app.identity.sign_in("li.desk", PASSWORD)
    assert person.login == "li.desk"
    found = world.app.identity.authenticate(issued.token)
    assert found == person
    assert [grant.role for grant in found.grants] == ["key_account_desk"]


@pytest.mark.parametrize("token", ["", "gd_", "gd_" + "x" * 43, "xx_" + "x" * 43, "gd_é"])
def test_other_tokens_are_nobodys(world, token):
    assert world.app.identity.authenticate(token) is None


def test_tokens_end_by_expiry_revocation_and_with_their_person(world):
    issued = world.do("li.desk", c.IssueToken(name="t", days=1))
    world.clock.pass_(hours=23, minutes=59)
    assert world.app.identity.authenticate(issued.token) is not None
    world.clock.pass_(minutes=1)
    assert world.app.identity.authenticate(issued.token) is None

    issued = world.do("li.desk", c.IssueToken(name="t"))
    assert world.code("chen.desk", c.RevokeToken(token_id=issued.id)) == "token_not_found"
    world.do("li.desk", c.RevokeToken(token_id=issued.id))
    assert world.app.identity.authenticate(issued.token) is None
    assert world.code("li.desk", c.RevokeToken(token_id=issued.id)) == "token_not_found"

    issued = world.do("li.desk", c.IssueToken(name="t"))
    gone = c.SavePerson(login="li.desk", name="李娜", unit="north", is_active=False)
    world.do("gao.admin", gone)
    assert world.app.identity.authenticate(issued.token) is None
    with pytest.raises(SignInRefusedError):
        world.app.identity.sign_in("li.desk", PASSWORD)


def test_wrong_passwords_and_unknown_logins_look_alike(world):
    for login, password in (("li.desk", "wrong"), ("nobody", PASSWORD), ("", "")):
        with pytest.raises(SignInRefusedError) as refused:
            world.app.identity.sign_in(login, password)
        assert refused.value.params == {}


def test_too_many_failures_block_for_longer_and_longer(world):
    sign_in = world.app.identity.sign_in

    def fail(times):
        for _ in range(times):
            with pytest.raises(SignInRefusedError):
                sign_in("li.desk", "wrong")

    fail(4)
    sign_in("li.desk", PASSWORD)
    fail(5)
    with pytest.raises(SignInBlockedError) as blocked:
        sign_in("li.desk", PASSWORD)
    assert blocked.value.params == {"seconds": 6}
    sign_in("chen.desk", PASSWORD)
    world.clock.pass_(seconds=5)
    fail(1)
    with pytest.raises(SignInBlockedError) as blocked:
        sign_in("li.desk", PASSWORD)
    assert blocked.value.params == {"seconds": 11}
    world.clock.pass_(seconds=10)
    sign_in("li.desk", PASSWORD)
    fail(4)


def test_nobody_learns_which_logins_there_are(world):
    """What is answered, and for how long one is blocked, is the same for logins nobody has."""

    def answers(login):
        for _ in range(9):
            with pytest.raises((SignInRefusedError, SignInBlockedError)) as refused:
                world.app.identity.sign_in(login, "guess")
            yield str(refused.value)
            world.clock.pass_(seconds=4)

    known, unknown = list(answers("li.desk")), list(answers("no.body"))
    assert known == unknown
    assert len(set(known)) > 2


def test_no_block_is_longer_than_a_quarter_of_an_hour(desk):
    for _ in range(15):
        with pytest.raises(SignInRefusedError):
            desk.app.identity.sign_in("li.desk", "wrong")
        desk.clock.pass_(minutes=16)
    (row,) = desk.rows(t.credential, person_id=desk.person("li.desk").id)
    assert row["failures"] == 15
    desk.app.identity.sign_in("li.desk", PASSWORD)


def test_a_new_password_ends_the_block_and_the_old_password(desk):
    for _ in range(5):
        with pytest.raises(SignInRefusedError):
            desk.app.identity.sign_in("li.desk", "wrong")
    change = c.SavePerson(login="li.desk", name="李娜", unit="north", password="another one 8")
    desk.do("gao.admin", change)
    desk.app.identity.sign_in("li.desk", "another one 8")
    with pytest.raises(SignInRefusedError):
        desk.app.identity.sign_in("li.desk", PASSWORD)


def test_a_change_of_roles_is_seen_by_the_next_request(desk):
    _, issued = desk.app.identity.sign_in("li.desk", PASSWORD)
    desk.do("gao.admin", c.GrantRoles(login="li.desk", grants=()))
    assert desk.app.identity.authenticate(issued.token).grants == ()
