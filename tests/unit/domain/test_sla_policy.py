from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from engine.domain.sla_policy import (
    SlaPolicy,
    SlaPolicyInvalidError,
    SlaPolicyNotFoundError,
    check_policy,
    choose_policy,
    start_clock,
)

PATH = ("desk", "branch", "hq")


def policy(target=1, **values):
    names = {"name_zh": "施工", "name_en": "Construction"}
    target = timedelta(hours=target)
    return SlaPolicy(key="construct", mode="working", target=target, **names, **values)


DEFAULT = policy(1)
CLASS_A = policy(2, customer_class="A")
HQ = policy(3, unit_code="hq")
BRANCH = policy(4, unit_code="branch")
BRANCH_A = policy(5, unit_code="branch", customer_class="A")
ELSEWHERE = policy(6, unit_code="other")
ALL = [ELSEWHERE, DEFAULT, CLASS_A, HQ, BRANCH, BRANCH_A]


@pytest.mark.parametrize(
    ("rows", "customer_class", "path", "chosen"),
    [
        (ALL, "A", PATH, BRANCH_A),
        (ALL, "B", PATH, BRANCH),
        (ALL, None, PATH, BRANCH),
        (ALL, "A", ("hq",), HQ),
        (ALL, "A", (), CLASS_A),
        (ALL, "B", (), DEFAULT),
        ([DEFAULT, CLASS_A, HQ], "A", PATH, HQ),
        ([DEFAULT, ELSEWHERE], "A", PATH, DEFAULT),
    ],
)
def test_the_nearest_unit_wins_then_the_class_then_the_default(rows, customer_class, path, chosen):
    for order in (rows, rows[::-1]):
        assert choose_policy(order, "construct", customer_class, path) is chosen


def test_a_key_without_rows_is_refused():
    with pytest.raises(SlaPolicyNotFoundError):
        choose_policy(ALL, "commission", "A", PATH)
    with pytest.raises(SlaPolicyNotFoundError):
        choose_policy([ELSEWHERE, CLASS_A], "construct", "B", PATH)


def test_a_clock_is_started_from_a_policy():
    at = datetime(2026, 11, 2, tzinfo=UTC)
    capped = msgspec.structs.replace(DEFAULT, hard_cap=timedelta(days=15))
    clock = start_clock(capped, name="task", started_at=at, unit_calendar="branch_hours")
    assert (clock.name, clock.sla_key, clock.mode) == ("task", "construct", "working")
    assert (clock.target, clock.hard_cap) == (timedelta(hours=1), timedelta(days=15))
    assert (clock.calendar, clock.started_at) == ("branch_hours", at)


def test_the_calendar_of_the_policy_goes_before_that_of_the_unit():
    own = msgspec.structs.replace(DEFAULT, calendar="always")
    at = datetime(2026, 11, 2, tzinfo=UTC)
    clock = start_clock(own, name="task", started_at=at, unit_calendar="branch_hours")
    assert clock.calendar == "always"


def test_lengths_make_sense():
    for wrong in (policy(0), policy(-1), policy(5, hard_cap=timedelta(hours=4))):
        with pytest.raises(SlaPolicyInvalidError):
            check_policy(wrong)
    check_policy(policy(5, hard_cap=timedelta(hours=5)))
