"""SLA policies and hold reasons: the rows that say how much time there is, and what stops it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import msgspec

from engine.domain.calendar_data import Code, Name
from engine.domain.sla import ZERO, Mode, SlaClock
from engine.errors import InvalidError, NotFoundError


class SlaPolicyInvalidError(InvalidError):
    """A policy row breaks a rule."""

    code = "sla_policy_invalid"
    template = "Expected {field} of SLA policy {key} to be {expected}, but it is {actual}."


class SlaPolicyNotFoundError(NotFoundError):
    """No policy row covers this key."""

    code = "sla_policy_not_found"
    template = "Expected an SLA policy for {key}, but there is none."


class SlaPolicy(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """How much time a kind of work has, possibly for one customer class or one unit only.

    Attributes:
        key: What diagrams refer to (``taskClock``, ``startClock``).
        customer_class: Only for customers of this class, None for all.
        unit_code: Only at this unit and below, None for all. So the law of a province or the
            contract of a customer changes a row, not a diagram.
        target: Time allowed, in ``mode`` time.
        calendar: Code of the calendar to count in; None takes that of the unit.
        hard_cap: Elapsed time from the start that pauses and extensions cannot move.
        source: Where the figure comes from, so that an owner knows what may be changed.
    """

    key: Code
    name_zh: Name
    name_en: Name
    target: timedelta
    mode: Mode
    customer_class: str | None = None
    unit_code: str | None = None
    calendar: Code | None = None
    hard_cap: timedelta | None = None
    source: str = ""


class HoldReason(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A reason to put work on hold 挂起.

    Attributes:
        pauses_clock: Whether the clocks stop meanwhile: True for what the customer or nature
            causes, False for what the operator has to answer for.
    """

    code: Code
    name_zh: Name
    name_en: Name
    pauses_clock: bool


def check_policy(policy: SlaPolicy) -> None:
    """Check what the type of a row does not say.

    Raises:
        SlaPolicyInvalidError: A length is not positive, or the cap is shorter than the target.
    """
    if policy.target <= ZERO:
        raise SlaPolicyInvalidError(
            field="target", key=policy.key, expected="positive", actual=policy.target
        )
    if policy.hard_cap is not None and policy.hard_cap < policy.target:
        raise SlaPolicyInvalidError(
            field="hard_cap",
            key=policy.key,
            expected=f"at least the target of {policy.target}",
            actual=policy.hard_cap,
        )


def choose_policy(
    policies: Iterable[SlaPolicy], key: str, customer_class: str | None, unit_path: Sequence[str]
) -> SlaPolicy:
    """The most specific row: the nearest unit first, then the customer class, then the default.

    Args:
        policies: All rows.
        key: SLA key.
        customer_class: Class of the order's customer, if it has one.
        unit_path: Codes of the order's unit and its ancestors, the own unit first.

    Raises:
        SlaPolicyNotFoundError: No row covers the key.
    """
    covering = [
        policy
        for policy in policies
        if policy.key == key
        and policy.customer_class in {None, customer_class}
        and (policy.unit_code is None or policy.unit_code in unit_path)
    ]
    if not covering:
        raise SlaPolicyNotFoundError(key=key)

    def vagueness(policy: SlaPolicy) -> tuple[int, bool]:
        unit = policy.unit_code
        return (
            len(unit_path) if unit is None else unit_path.index(unit),
            policy.customer_class is None,
        )

    return min(covering, key=vagueness)


def start_clock(
    policy: SlaPolicy, *, name: str, started_at: datetime, unit_calendar: str
) -> SlaClock:
    """Start a clock by a policy, in the policy's calendar or else that of the unit."""
    return SlaClock(
        name=name,
        sla_key=policy.key,
        target=policy.target,
        mode=policy.mode,
        calendar=policy.calendar or unit_calendar,
        started_at=started_at,
        hard_cap=policy.hard_cap,
    )
