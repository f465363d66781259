"""What happened in the last 30 days: which orders, and how each of them went."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from api.demonstration import operator
from api.demonstration.answers import start_of_day
from api.demonstration.complaints import COMPLAINTS
from api.demonstration.customers import Customer
from api.demonstration.provisioning import PROVISIONING
from api.demonstration.simulation import Story
from engine.domain import seed
from engine.domain.calendar import WorkingCalendar

#: The demonstration covers so many days.
DAYS: Final = 30
_SEED: Final = 7
_EVERY: Final = tuple(
    (repertoire, recipe)
    for repertoire in (PROVISIONING, COMPLAINTS)
    for recipe in repertoire.recipes
)
#: Orders in all.
COUNT: Final = sum(recipe.count for _, recipe in _EVERY)


def stories(customers: Sequence[Customer], now: datetime) -> list[Story]:
    """All stories; what they plan depends on the day alone.

    Args:
        customers: Whose orders they are.
        now: The real instant; nothing happens later.
    """
    rng = random.Random(_SEED)  # noqa: S311 - the same stories every time
    calendar = WorkingCalendar(
        next(calendar for calendar in seed.calendars() if calendar.code == "cn_office")
    )
    today = start_of_day(now)
    earliest = today - timedelta(days=DAYS - 1)
    pools = {
        grade: [customer for customer in customers if customer.grade == grade] for grade in "ABC"
    }
    for pool in pools.values():
        rng.shuffle(pool)
    told: list[Story] = []
    for repertoire, recipe in _EVERY:
        for _ in range(recipe.count):
            customer = _next(pools, rng.choice(recipe.grades))
            opened = calendar.subtract(today, timedelta(hours=rng.uniform(*recipe.ago)))
            told.append(
                Story(
                    process=repertoire.process,
                    customer=customer,
                    start_at=calendar.next_working(max(opened, earliest)),
                    starter=operator.login_of(repertoire.role, customer.branch),
                    values=repertoire.opening(customer, len(told), now, rng) | recipe.values,
                    plan=recipe.plan,
                    seed=rng.randrange(2**32),
                )
            )
    return told


def _next(pools: dict[str, list[Customer]], grade: str) -> Customer:
    """The next customer of a class, in turn."""
    customer = pools[grade].pop(0)
    pools[grade].append(customer)
    return customer
