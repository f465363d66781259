"""Intervals of ordered values, and how two of them lie to each other."""

from __future__ import annotations

from typing import Any

import msgspec

from engine.domain.feel.values import shown


class Interval(msgspec.Struct, frozen=True):
    """Values between two ends; an end that is None is open without end."""

    low: Any
    high: Any
    closed_low: bool
    closed_high: bool

    def holds(self, other: Interval) -> bool:
        """Whether every value of the other one is in this one."""
        return _begins_before(self, other) and _ends_after(self, other)

    def meets(self, other: Interval) -> bool:
        """Whether a value is in both."""
        return not (_is_before(self, other) or _is_before(other, self))

    @property
    def written(self) -> str:
        """The interval for a sentence, as a cell would have it."""
        if self.low == self.high:
            return shown(self.low)
        return (
            f"{'[' if self.closed_low else '('}{shown(self.low)}..{shown(self.high)}"
            f"{']' if self.closed_high else ')'}"
        )


def point(value: Any) -> Interval:
    """The value alone."""
    return Interval(value, value, closed_low=True, closed_high=True)


def between(low: Any, high: Any) -> Interval:
    """What lies between two values, without them."""
    return Interval(low, high, closed_low=False, closed_high=False)


def _begins_before(one: Interval, other: Interval) -> bool:
    if one.low is None or other.low is None:
        return one.low is None
    if one.low == other.low:
        return one.closed_low or not other.closed_low
    return bool(one.low < other.low)


def _ends_after(one: Interval, other: Interval) -> bool:
    if one.high is None or other.high is None:
        return one.high is None
    if one.high == other.high:
        return one.closed_high or not other.closed_high
    return bool(one.high > other.high)


def _is_before(one: Interval, other: Interval) -> bool:
    if one.high is None or other.low is None:
        return False
    if one.high == other.low:
        return not (one.closed_high and other.closed_low)
    return bool(one.high < other.low)
