"""Rights as pure rules: deny by default, paths, holders, inactive people."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain import access
from engine.domain.access import ACTS, ROLES, Act
from engine.domain.records import Grant, Person

ROOT, NORTH, DESK, SOUTH, NORTH_TWO = "/1/", "/1/2/", "/1/2/5/", "/1/3/", "/1/22/"


def person(*grants, **more):
    made = tuple(Grant(role=role, unit_id=0, path=path) for role, path in grants)
    return Person(id=7, login="p", name="p", unit_id=1, grants=made, **more)


@pytest.mark.parametrize("act", Act)
def test_nobody_may_anything_without_a_grant(act):
    assert not access.may(person(), act, ROOT)
    assert not access.may_anywhere(person(), act)
    with pytest.raises(access.NotAllowedError):
        access.require(person(), act, ROOT)
    with pytest.raises(access.NotAllowedError):
        access.require_anywhere(person(), act)
    assert access.visible_paths(person(), act) == ()


@pytest.mark.parametrize("act", Act)
@pytest.mark.parametrize("role", [*sorted(ROLES), "unheard_of"])
def test_a_role_counts_at_its_unit_and_below_only(act, role):
    allowed = role in ACTS[act]
    holder = person((role, NORTH))
    assert access.may(holder, act, NORTH) == allowed
    assert access.may(holder, act, DESK) == allowed
    for elsewhere in (ROOT, SOUTH, NORTH_TWO):
        assert not access.may(holder, act, elsewhere)
    assert access.visible_paths(holder, act) == ((NORTH,) if allowed else ())


@pytest.mark.parametrize("act", Act)
def test_the_inactive_may_nothing(act):
    everything = [(role, ROOT) for role in ROLES]
    gone = person(*everything, is_active=False)
    assert access.may(person(*everything), act, DESK)
    assert not access.may(gone, act, DESK)
    assert not access.may_anywhere(gone, act)
    assert access.visible_paths(gone, act) == ()


paths = st.lists(st.integers(1, 12), max_size=4).map(
    lambda ids: "/" + "".join(f"{i}/" for i in ids)
)


@given(st.lists(paths, max_size=8), paths)
def test_the_widest_paths_cover_the_same_and_never_each_other(given_paths, probe):
    kept = access.widest(given_paths)
    assert set(kept) <= set(given_paths)
    assert probe.startswith(tuple(given_paths)) == probe.startswith(kept)
    assert not any(a != b and a.startswith(b) for a in kept for b in kept)


def test_the_engines_own_hand_sets_up_but_works_on_no_task():
    assert access.may(access.SYSTEM, Act.ADMINISTER, ROOT)
    assert not any(access.SYSTEM.holds(role, ROOT) for role in ("agent", "sales", "network"))
