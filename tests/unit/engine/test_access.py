"""Rights as pure rules: deny by default, paths, holders, inactive people."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain import access
from engine.domain.access import ACTS, ROLES, Act
from engine.domain.records import Grant, Person, Task

WHEN = datetime(2026, 3, 2, tzinfo=UTC)
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


# ---- substitutes ------------------------------------------------------------------------------

ABSENT, OTHER = 8, 9


def task(**more):
    given = {"queue": "", "users": (), **more}
    return Task(
        id=1, order_id=1, number=1, purpose="work", element="x", definition_id=1, name="x",
        name_en="x", state="open", unit_id=1, priority=50, opened_at=WHEN, version=1, **given,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("drawn", "place", "is_worker"),
    [
        ({"assignee": ABSENT}, ABSENT, True),
        ({"assignee": ABSENT, "users": (7,)}, ABSENT, True),
        ({"users": (ABSENT,)}, ABSENT, True),
        ({"users": (ABSENT, 7)}, None, True),
        ({"assignee": 7, "users": (ABSENT,)}, None, True),
        ({"assignee": OTHER, "users": (ABSENT,)}, None, False),
        ({"assignee": OTHER, "owner": ABSENT}, ABSENT, False),
        ({"queue": "agent@1"}, None, False),
        ({"assignee": ABSENT, "barred": ABSENT}, ABSENT, False),
        ({"assignee": ABSENT, "barred": 7}, ABSENT, False),
        ({"assignee": ABSENT, "barred_too": 7}, ABSENT, False),
        ({"users": (7,), "barred": ABSENT}, None, True),
    ],
)
def test_a_substitute_takes_the_place_of_whom_a_task_means(drawn, place, is_worker):
    substitute, given = person(stands_for=(ABSENT,)), task(**drawn)
    assert access.stands_in(substitute, given, ROOT) == place
    assert access.is_worker(substitute, given, ROOT) is is_worker
    is_own = given.assignee == 7 or (given.assignee is None and 7 in given.users)
    assert access.is_worker(person(), given, ROOT) is is_own


def test_an_inactive_substitute_may_nothing():
    gone = person(stands_for=(ABSENT,), is_active=False)
    assert not access.is_candidate(gone, task(assignee=ABSENT), ROOT)


def test_only_whose_orders_one_sees_are_colleagues():
    near = person(("agent", NORTH))
    assert access.is_near(near, DESK)
    for path in (ROOT, SOUTH, NORTH_TWO):
        assert not access.is_near(near, path)
    assert not access.is_near(person(), ROOT)
