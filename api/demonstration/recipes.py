"""Ways orders of a process go, as data."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import msgspec

from api.demonstration.customers import Customer
from api.demonstration.simulation import Act

Plan = dict[str, Sequence[tuple[Act, ...] | None]]
#: Usual answers to the start form, from the customer, the number of the order and the present.
Opening = Callable[[Customer, int, datetime, random.Random], dict[str, Any]]


class Recipe(msgspec.Struct, frozen=True, kw_only=True):
    """A way orders go.

    Attributes:
        ago: When such orders are opened, in working hours before today: earliest and latest.
        grades: Classes of the customers.
        plan: What differs from the usual way.
        values: Answers to the start form that matter.
    """

    count: int
    ago: tuple[float, float]
    plan: Plan = {}
    grades: str = "AB"
    values: dict[str, Any] = {}


class Repertoire(msgspec.Struct, frozen=True, kw_only=True):
    """All ways orders of one process go.

    Attributes:
        role: Who opens them, at the customer's branch.
    """

    process: str
    role: str
    opening: Opening
    recipes: tuple[Recipe, ...]
