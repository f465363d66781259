"""Pages of task lists as statements: each part of a tab reads its index, the first ones are shown.

Statements depend on the shape of a list only and are built once for each.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, Literal, NamedTuple

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Select

from engine.queries.deadline_groups import DeadlineGroups, group_number
from engine.queries.tabs import MOST_MERGED, PARTS, PERSON, Chosen, Sort, unit_of
from engine.queries.task_filters import conditions
from engine.queries.task_items import JOINED, SELECT
from engine.store import tables as t
from engine.store.reading import PreparedSelect
from engine.store.sets import among


class Place(NamedTuple):
    """Where a page ended.

    Attributes:
        at: Instant of the first page, in milliseconds.
        group: Number of the row's group, 0 in a list of one class of units or without groups.
        key: Its sort key.
        last: Its id.
    """

    at: int
    group: int
    key: int
    last: int


class BranchShape(NamedTuple):
    """What a statement depends on of a branch.

    Attributes:
        part: Name in `PARTS`.
        members: One member, or several at once; none if the part has no column.
        of: Class of its units; None if they may be of several.
    """

    part: str
    members: Literal["none", "one", "many"]
    of: int | None


class Branch(NamedTuple):
    """Tasks to be merged with those of other branches."""

    shape: BranchShape
    members: Sequence[int | str]


class Shape(NamedTuple):
    """Everything a statement depends on; the rest are parameters.

    Attributes:
        filters: Names of conditions.
        classes: How many classes of units there are, 0 in a list without groups.
    """

    branches: tuple[BranchShape, ...]
    sort: Sort
    filters: tuple[str, ...]
    is_first: bool
    classes: int

    @property
    def is_mixed(self) -> bool:
        """Whether groups and sort keys do not ascend together."""
        return self.classes > 1


def branches_of(parts: Iterable[Chosen], groups: DeadlineGroups | None) -> Iterator[Branch]:
    """One per member; very many of them at once."""
    for name, members in parts:
        if PARTS[name].column is None:
            yield Branch(BranchShape(name, "none", None), ())
        elif len(members) > MOST_MERGED:
            yield Branch(BranchShape(name, "many", None), members)
        else:
            for member in members:
                of = None if groups is None else groups.class_of(unit_of(member))
                yield Branch(BranchShape(name, "one", of), [member])


def values_of(
    number: int, branch: Branch, groups: DeadlineGroups | None, after: Place | None
) -> dict[str, Any]:
    """Parameters of one branch."""
    found: dict[str, Any] = {}
    if branch.shape.members == "one":
        found[f"m{number}"] = branch.members[0]
    elif branch.shape.members == "many":
        found[f"m{number}"] = branch.members
    if after is not None:
        key, last = after.key, after.last
        if groups is not None and groups.number > 1 and branch.shape.of is not None:
            key, last = groups.begin(unit_of(branch.members[0]), *after[1:])
        found |= {f"g{number}": after.group, f"k{number}": key, f"l{number}": last}
    return found


#: Kept statements; a person's lists have a few dozen shapes.
@lru_cache(maxsize=2000)
def statement(shape: Shape) -> PreparedSelect:
    """The rows of a page: each branch reads its index, the first of all are joined."""
    selects = [_select(number, shape) for number in range(len(shape.branches))]
    if not selects:
        nothing: list[ColumnElement[Any]] = [sa.literal(0).label(name) for name in "gkit"]
        selects.append(sa.select(*nothing).where(sa.false()))
    found = selects[0].subquery()
    if len(selects) > 1:
        found = sa.union(*[sa.select(select.subquery()) for select in selects]).subquery()
    return _joined(found)


def _select(number: int, shape: Shape) -> Select[Any]:
    """The first tasks of a branch that stand after the place the page begins at."""
    branch = shape.branches[number]
    part = PARTS[branch.part]
    keys = _keys(shape, branch)
    group = group_number(shape.classes, branch.of) if shape.is_mixed else sa.literal(0)
    columns: list[ColumnElement[Any]] = [
        group.label("g"),
        _KEYS[shape.sort].label("k"),
        t.task.c.id.label("i"),
        t.task.c.id.label("t"),
    ]
    found = sa.select(*columns).where(part.condition, *conditions(shape.filters))
    if part.column is not None:
        found = found.order_by(*keys).limit(_LIMIT).where(_member(number, branch, part.column))
    if shape.filters:
        found = found.join_from(t.task, t.work_order, t.task.c.order_id == t.work_order.c.id)
    if not shape.is_first:
        place = [_number_of(name, number) for name in "gkl"]
        found = found.where(sa.tuple_(*keys) > sa.tuple_(*place[-len(keys) :]))
    return found


_LIMIT: Final = sa.bindparam("limit", type_=sa.Integer())
_KEYS: Final[Mapping[Sort, ColumnElement[Any]]] = {
    "due": t.task.c.sort_due,
    "priority": t.task.c.sort_priority,
    "opened": sa.literal(0),
}


def _keys(shape: Shape, branch: BranchShape) -> list[ColumnElement[Any]]:
    """What a branch is sorted by, so that its index is of use."""
    if shape.sort == "opened":
        return [t.task.c.id]
    keys = [_KEYS[shape.sort], t.task.c.id]
    if shape.is_mixed and branch.of is None:
        return [group_number(shape.classes), *keys]
    return keys


def _member(number: int, branch: BranchShape, column: ColumnElement[Any]) -> ColumnElement[bool]:
    if branch.members == "many":
        return among(column, f"m{number}")
    return column == sa.bindparam(f"m{number}")


def _number_of(name: str, number: int) -> sa.BindParameter[int]:
    return sa.bindparam(f"{name}{number}", type_=sa.BigInteger())


@lru_cache(maxsize=200)
def done(filters: tuple[str, ...], *, is_first: bool) -> PreparedSelect:
    """Ended tasks, newest first; the sort keys are negative so that all lists ascend."""
    task = t.task.c
    ended = sa.type_coerce(task.ended_at, sa.BigInteger)
    columns: list[ColumnElement[Any]] = [
        sa.literal(0).label("g"),
        (-ended).label("k"),
        (-task.id).label("i"),
        task.id.label("t"),
    ]
    found = (
        sa.select(*columns)
        .where(task.ended_by == PERSON, *conditions(filters))
        .order_by(task.ended_at.desc(), task.id.desc())
        .limit(_LIMIT)
    )
    if filters:
        found = found.join_from(t.task, t.work_order, task.order_id == t.work_order.c.id)
    if not is_first:
        place = sa.tuple_(*[sa.bindparam(name, type_=sa.BigInteger()) for name in ("key", "last")])
        found = found.where(sa.tuple_(ended, task.id) < place)
    return _joined(found.subquery())


def _joined(found: sa.Subquery) -> PreparedSelect:
    """The first of the found tasks with everything lists show."""
    ordering = (found.c.g, found.c.k, found.c.i)
    first = sa.select(found).order_by(*ordering).limit(_LIMIT).subquery()
    keys = (first.c.g, first.c.k, first.c.i)
    return PreparedSelect(
        SELECT.add_columns(*keys, t.task.c.sort_due)
        .select_from(first.join(JOINED, t.task.c.id == first.c.t))
        .order_by(*keys)
    )
