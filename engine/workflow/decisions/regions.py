"""Which values a cell matches, as far as it can be told without a value."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, time
from decimal import Decimal
from typing import Any, Final, TypeAlias

import msgspec

from engine.domain.feel.syntax import Constant, Test, Tests
from engine.domain.feel.values import Range, is_same, kind_of, shown
from engine.workflow.decisions.intervals import Interval, between, point

_ORDERED: Final = frozenset({"number", "date", "instant", "duration", "months", "time"})


class Everything(msgspec.Struct, frozen=True):
    """Any value, also null."""


class Among(msgspec.Struct, frozen=True):
    """Single values, or all but these."""

    values: tuple[Any, ...]
    negated: bool = False

    def has(self, value: Any) -> bool:
        """Whether a value is in it."""
        return any(is_same(value, one) for one in self.values) is not self.negated


class Spans(msgspec.Struct, frozen=True):
    """Ordered values of one kind, in intervals.

    Attributes:
        kind: Kind of the values, and whether they have an offset from UTC.
    """

    kind: str
    intervals: tuple[Interval, ...]


Region: TypeAlias = Everything | Among | Spans
EVERYTHING: Final = Everything()


def region_of(tests: Tests) -> Region | None:
    """Values that unary tests match; None when that depends on more than the value."""
    if not tests.tests:
        return EVERYTHING
    parts: list[Interval | Constant] = []
    for test in tests.tests:
        found = _parts(test)
        if found is None:
            return None
        parts.extend(found)
    singles = [part.value for part in parts if isinstance(part, Constant)]
    intervals = [part for part in parts if isinstance(part, Interval)]
    if not intervals and (tests.negated or not all(kind_of(one) in _ORDERED for one in singles)):
        return Among(tuple(singles), tests.negated)
    if tests.negated or not all(kind_of(one) in _ORDERED for one in singles):
        return None
    return _spans([*intervals, *map(point, singles)])


def _spans(intervals: Sequence[Interval]) -> Spans | None:
    ends = [end for one in intervals for end in (one.low, one.high) if end is not None]
    kinds = {_sort_of(end) for end in ends}
    if len(kinds) != 1:
        return None
    return Spans(kinds.pop(), tuple(intervals))


def _parts(test: Test) -> list[Interval | Constant] | None:
    if not isinstance(test.operand, Constant) or test.sign in {"?", "!="}:
        return None
    value = test.operand.value
    if test.sign in {"<", "<="}:
        below = Interval(None, value, closed_low=False, closed_high=test.sign == "<=")
        return [below] if _is_ordered(value) else None
    if test.sign in {">", ">="}:
        above = Interval(value, None, closed_low=test.sign == ">=", closed_high=False)
        return [above] if _is_ordered(value) else None
    return _pieces(value)


def _pieces(value: Any) -> list[Interval | Constant] | None:
    if isinstance(value, Range):
        if not (_is_ordered(value.low) and _is_ordered(value.high)):
            return None
        return [Interval(value.low, value.high, value.closed_low, value.closed_high)]
    if isinstance(value, list):
        found = [_pieces(one) for one in value]
        if any(one is None for one in found):
            return None
        return [part for one in found for part in one or ()]
    return [Constant(value)]


def _sort_of(value: Any) -> str:
    """Kind of a value; times with an offset and without do not compare."""
    has_offset = isinstance(value, datetime | time) and value.tzinfo is not None
    return f"{kind_of(value)} with offset" if has_offset else kind_of(value)


def _is_ordered(value: Any) -> bool:
    return kind_of(value) in _ORDERED


def covers(one: Region, other: Region) -> bool:
    """Whether every value of the other region is surely in the first one."""
    if isinstance(one, Everything):
        return True
    if isinstance(one, Among):
        if isinstance(other, Among) and not other.negated:
            return all(one.has(value) for value in other.values)
        if isinstance(other, Among) and one.negated:
            return all(not one.has(value) and not other.has(value) for value in one.values)
        return False
    if isinstance(other, Among):
        return not other.negated and all(_is_in(value, one) for value in other.values)
    return (
        isinstance(other, Spans)
        and one.kind == other.kind
        and all(any(mine.holds(each) for mine in one.intervals) for each in other.intervals)
    )


def _is_in(value: Any, spans: Spans) -> bool:
    return _sort_of(value) == spans.kind and any(
        one.holds(point(value)) for one in spans.intervals
    )


def overlap(one: Region, other: Region) -> bool | None:
    """Whether a value is in both regions; None when that is not told here."""
    if isinstance(one, Everything) or isinstance(other, Everything):
        return True
    if isinstance(one, Spans) and isinstance(other, Spans):
        if one.kind != other.kind:
            return None
        return any(mine.meets(each) for mine in one.intervals for each in other.intervals)
    among, rest = (one, other) if isinstance(one, Among) else (other, one)
    if isinstance(among, Among) and among.negated and isinstance(rest, Among):
        # All but some of one and all but some of the other: nearly everything is in both.
        among, rest = rest, among
    if not isinstance(among, Among) or isinstance(rest, Everything):
        return None
    if among.negated:
        return True if isinstance(rest, Among) else None
    return any(
        rest.has(value) if isinstance(rest, Among) else _is_in(value, rest)
        for value in among.values
    )


def atoms(regions: Iterable[Region], allowed: Sequence[Any] | None) -> list[Region] | None:
    """Pieces of a column between which no cell of it makes a difference.

    Only what the cells speak of: between their lowest and their highest number, or the values
    the column is said to have.

    Args:
        regions: What the cells match.
        allowed: All values the column can have, if they are known.
    """
    spans = [one for one in regions if isinstance(one, Spans)]
    if allowed is not None:
        return [Among((value,)) for value in allowed]
    if not spans or len({one.kind for one in spans}) > 1:
        return None
    kind = spans[0].kind
    ends = sorted(
        {
            end
            for one in spans
            for interval in one.intervals
            for end in (interval.low, interval.high)
            if end is not None
        }
    )
    found: list[Region] = []
    for at, end in enumerate(ends):
        found.append(Spans(kind, (point(end),)))
        if at + 1 < len(ends):
            found.append(Spans(kind, (between(end, ends[at + 1]),)))
    return found


def is_whole_gap(region: Region) -> bool:
    """Whether a piece lies between two neighbouring whole numbers, and so has none in it."""
    if not isinstance(region, Spans) or region.kind != "number":
        return False
    (only,) = region.intervals
    return (
        only.low is not None
        and only.high is not None
        and only.low != only.high
        and only.high - only.low <= Decimal(1)
        and only.low == only.low.to_integral_value()
    )


def written(region: Region) -> str:
    """A piece for a sentence, as a cell would have it."""
    if isinstance(region, Everything):
        return "-"
    if isinstance(region, Among):
        values = ", ".join(shown(value) for value in region.values)
        return f"not({values})" if region.negated else values
    return ", ".join(one.written for one in region.intervals)
