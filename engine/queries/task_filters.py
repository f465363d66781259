"""What narrows a list of tasks, as conditions that name their parameters and hold no values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

import msgspec
import sqlalchemy as sa
from sqlalchemy import ColumnElement

from engine.domain import fulltext
from engine.queries import search, text_index
from engine.queries.tabs import NOW, Tab
from engine.store import tables as t
from engine.store.sets import among, one_of, padded, size_of
from engine.store.view import View


class Filters(msgspec.Struct, frozen=True, kw_only=True):
    """What to show; every field narrows.

    Attributes:
        grade: Class of the customer.
        variables: Published variables and the values they must have.
        text: Part of the task's name, or words anywhere in its order, see `engine.queries.search`.
    """

    process: str | None = None
    element: str | None = None
    unit: str | None = None
    grade: str | None = None
    customer_id: int | None = None
    order_id: int | None = None
    purpose: str | None = None
    state: str | None = None
    priority_min: int | None = None
    level_min: int | None = None
    due_before: datetime | None = None
    due_after: datetime | None = None
    is_held: bool | None = None
    is_overdue: bool | None = None
    text: str | None = None
    variables: Mapping[str, str] = {}


class Narrowing(NamedTuple):
    """Filters as conditions on tasks joined with their order.

    Attributes:
        names: Which ones, see `conditions`.
        values: What they ask for by name.
    """

    names: tuple[str, ...]
    values: Mapping[str, Any]


def narrowing(view: View, wanted: Filters, tab: Tab) -> Narrowing:
    """What filters ask of the tasks of a tab.

    Raises:
        UnitNotFoundError: There is no such unit.
    """
    plain = ("process", "element", "grade", "customer_id", "order_id", "purpose", "state")
    bounds = ("priority_min", "level_min", "due_before", "due_after")
    given = {name: getattr(wanted, name) for name in (*plain, *bounds)}
    values = {f"f_{name}": value for name, value in given.items() if value is not None}
    names = [name for name, value in given.items() if value is not None]
    for name, choice in (("held", wanted.is_held), ("late", wanted.is_overdue)):
        if choice is not None:
            names.append(name if choice else f"not_{name}")
    if wanted.unit is not None:
        path = view.setup.unit_by_code(wanted.unit).path
        units = view.setup.units.values()
        values["f_units"] = [unit.id for unit in units if unit.path.startswith(path)]
        names.append("units")
    if wanted.text:
        said = _said(view, wanted.text, is_short=tab in _SHORT)
        values |= {"f_text": _pattern(wanted.text), **said.values}
        names += said.names
    for number, (name, value) in enumerate(wanted.variables.items()):
        values |= {f"f_name{number}": name, f"f_value{number}": value}
        names.append(f"variable{number}")
    return Narrowing(tuple(names), values)


def conditions(names: Sequence[str]) -> list[ColumnElement[bool]]:
    """Conditions of filters by name."""
    return [_condition(name) for name in names]


def _condition(name: str) -> ColumnElement[bool]:
    if name.startswith("variable"):
        return _publishing(name.removeprefix("variable"))
    if name.startswith("saying"):
        return sa.or_(_NAMED, _saying(int(name.removeprefix("saying"))))
    if name.startswith("these"):
        return one_of(t.task.c.id, "f_these", int(name.removeprefix("these")))
    return _NARROW[name]


def _asked(name: str) -> sa.BindParameter[Any]:
    return sa.bindparam(f"f_{name}")


_LATE: Final = sa.and_(t.task.c.due_at.is_not(None), t.task.c.due_at < NOW)
_TEXT: Final = sa.bindparam("f_text", type_=sa.Text())
#: So many orders are looked up at once; of those with common words pages pass by enough.
_FEW: Final = 2_000
#: So few tasks are looked up by id in each queue; of more, queues are walked through.
_LOOKED_UP: Final = 32
#: Tabs of tasks that are found by the person: nobody has very many.
_SHORT: Final = frozenset({"mine", "copied", "snoozed"})
#: A single letter is in every name, and nobody means that.
_LEAST_NAME: Final = 2
#: What names of tasks that are not drawn begin with; drawn names or titles of orders follow.
_NOT_DRAWN: Final = ("督办", "延期审批", "会签", "supervise", "decide extension", "sign")
_BETWEEN: Final[ColumnElement[str]] = sa.literal_column("' '")


def _holds_text(column: ColumnElement[str]) -> ColumnElement[bool]:
    return sa.func.lower(column).like(sa.func.lower(_TEXT), escape="/")


_NAMED: Final = sa.or_(_holds_text(t.task.c.name), _holds_text(t.task.c.name_en))
_SAID: Final = among(t.task.c.id, "f_said")

_NARROW: Final[Mapping[str, ColumnElement[bool]]] = {
    "process": t.work_order.c.process_key == _asked("process"),
    "element": t.task.c.element == _asked("element"),
    "grade": t.work_order.c.customer_id.in_(
        sa.select(t.customer.c.id).where(t.customer.c.grade == _asked("grade"))
    ),
    "customer_id": t.work_order.c.customer_id == _asked("customer_id"),
    "order_id": t.task.c.order_id == _asked("order_id"),
    "purpose": t.task.c.purpose == _asked("purpose"),
    "state": t.task.c.state == _asked("state"),
    "units": among(t.task.c.unit_id, "f_units"),
    "priority_min": t.task.c.priority >= _asked("priority_min"),
    "level_min": t.task.c.level >= _asked("level_min"),
    "due_before": t.task.c.due_at < _asked("due_before"),
    "due_after": t.task.c.due_at >= _asked("due_after"),
    "held": t.task.c.held.is_not(None),
    "not_held": t.task.c.held.is_(None),
    "late": _LATE,
    "not_late": sa.not_(_LATE),
    "named": _NAMED,
    "said": _SAID,
    "said_or_named": sa.or_(_SAID, _NAMED),
}


def _said(view: View, text: str, *, is_short: bool) -> Narrowing:
    """Tasks named so or of orders in which it is said.

    Orders with rare words are found before. With common ones, and in short lists, what was said
    of each order is read as a page passes by.
    """
    patterns = text_index.patterns(fulltext.terms(text))
    if not patterns:
        return Narrowing(("named",), {})
    orders = None if is_short else _few(view, text)
    if orders is None:
        values = {f"f_said{number}": like for number, like in enumerate(patterns)}
        return Narrowing((f"saying{len(patterns)}",), values)
    tasks = sa.select(t.task.c.id).where(among(t.task.c.order_id, "orders"))
    said = list(view.connection.execute(tasks, {"orders": orders}).scalars())
    if _is_name(view, text):
        return Narrowing(("said_or_named",), {"f_said": said})
    if said and len(said) <= _LOOKED_UP:
        return Narrowing((f"these{size_of(said)}",), padded("f_these", said))
    return Narrowing(("said",), {"f_said": said})


def _few(view: View, text: str) -> list[int] | None:
    """Orders in which a text is said; None if they are many."""
    orders: list[int] = []
    for matching in search.everywhere(view, text):
        statement = matching.rows(t.work_order.c.id, ()).limit(_FEW + 1)
        orders = list(view.connection.execute(statement).scalars())
        if len(orders) > _FEW:
            return None
    return orders


def _is_name(view: View, text: str) -> bool:
    """Whether tasks may be named so; if not, no page needs to look at names."""
    part = text.casefold()
    if part.isascii() and len(part) < _LEAST_NAME:
        return False
    drawn = (task for one in view.setup.definitions.values() for task in one.description["tasks"])
    return any(label in part or part in label for label in _NOT_DRAWN) or any(
        part in task[name].casefold() for task in drawn for name in ("name", "name_en")
    )


def _saying(patterns: int) -> ColumnElement[bool]:
    words = _BETWEEN + t.order_text.c.words + _BETWEEN
    likes = [words.like(sa.bindparam(f"f_said{number}")) for number in range(patterns)]
    return (
        sa.select(sa.and_(*likes))
        .where(t.order_text.c.order_id == t.task.c.order_id)
        .correlate(t.task)
        .scalar_subquery()
    )


def _pattern(text: str) -> str:
    for special in "/%_":
        text = text.replace(special, f"/{special}")
    return f"%{text}%"


def _publishing(number: str) -> ColumnElement[bool]:
    return sa.exists().where(
        t.order_variable.c.order_id == t.task.c.order_id,
        t.order_variable.c.name == _asked(f"name{number}"),
        t.order_variable.c.value == _asked(f"value{number}"),
    )
