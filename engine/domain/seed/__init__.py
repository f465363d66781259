"""Data every new installation starts with; checked like data an owner imports.

Source of the holidays: the yearly notices of the General Office of the State Council. Source of
the figures: the ``source`` of each row.
"""

from collections.abc import Hashable, Iterable
from importlib.resources import files

import msgspec

from engine.domain.calendar_data import CalendarData, parse_calendar
from engine.domain.escalation import EscalationRule, check_rule
from engine.domain.sla_policy import HoldReason, SlaPolicy, check_policy
from engine.errors import InvalidError


class SeedDuplicateError(InvalidError):
    """Two rows say the same thing differently."""

    code = "seed_duplicate"
    template = "Expected one row for {key}, but there are several."


def calendars() -> tuple[CalendarData, ...]:
    """Working calendars: ``always``, ``cn_office`` and ``cn_service_desk``."""
    folder = files(__name__).joinpath("calendars")
    contents = sorted((entry.name, entry.read_bytes()) for entry in folder.iterdir())
    return tuple(parse_calendar(content) for name, content in contents if name.endswith(".json"))


def sla_policies() -> tuple[SlaPolicy, ...]:
    """Time allowed for every order and task clock of the shipped processes."""
    policies = msgspec.json.decode(_read("sla_policies.json"), type=tuple[SlaPolicy, ...])
    for policy in policies:
        check_policy(policy)
    _unique((policy.key, policy.customer_class, policy.unit_code) for policy in policies)
    return policies


def hold_reasons() -> tuple[HoldReason, ...]:
    """Reasons to put work on hold."""
    reasons = msgspec.json.decode(_read("hold_reasons.json"), type=tuple[HoldReason, ...])
    _unique(reason.code for reason in reasons)
    return reasons


def escalation_rules() -> tuple[EscalationRule, ...]:
    """The escalation policy."""
    rules = msgspec.json.decode(_read("escalation_rules.json"), type=tuple[EscalationRule, ...])
    for rule in rules:
        check_rule(rule)
    _unique(rule.code for rule in rules)
    return rules


def _read(name: str) -> bytes:
    return files(__name__).joinpath(name).read_bytes()


def _unique(keys: Iterable[Hashable]) -> None:
    seen: set[Hashable] = set()
    for key in keys:
        if key in seen:
            raise SeedDuplicateError(key=key)
        seen.add(key)
