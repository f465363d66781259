"""What narrows a list of tasks, as conditions that name their parameters and hold no values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

import msgspec
import sqlalchemy as sa
from sqlalchemy import ColumnElement

from engine.queries.tabs import NOW
from engine.store import tables as t
from engine.store.sets import among
from engine.store.view import View


class Filters(msgspec.Struct, frozen=True, kw_only=True):
    """What to show; every field narrows.

    Attributes:
        grade: Class of the customer.
        variables: Published variables and the values they must have.
        text: Part of the task's name, the order's number or title, or the customer's name.
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


def narrowing(view: View, wanted: Filters) -> Narrowing:
    """What filters ask for.

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
        values["f_text"] = _pattern(wanted.text)
        names.append("text")
    for number, (name, value) in enumerate(wanted.variables.items()):
        values |= {f"f_name{number}": name, f"f_value{number}": value}
        names.append(f"variable{number}")
    return Narrowing(tuple(names), values)


def conditions(names: Sequence[str]) -> list[ColumnElement[bool]]:
    """Conditions of filters by name."""
    return [
        _publishing(name.removeprefix("variable"))
        if name.startswith("variable")
        else _NARROW[name]
        for name in names
    ]


def _asked(name: str) -> sa.BindParameter[Any]:
    return sa.bindparam(f"f_{name}")


_LATE: Final = sa.and_(t.task.c.due_at.is_not(None), t.task.c.due_at < NOW)
_TEXT: Final = sa.bindparam("f_text", type_=sa.Text())
_TEXT_COLUMNS: Final = (
    t.task.c.name, t.task.c.name_en, t.work_order.c.number, t.work_order.c.title,
)  # fmt: skip


def _holds_text(column: ColumnElement[str]) -> ColumnElement[bool]:
    return sa.func.lower(column).like(sa.func.lower(_TEXT), escape="/")


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
    "text": sa.or_(
        *map(_holds_text, _TEXT_COLUMNS),
        t.work_order.c.customer_id.in_(
            sa.select(t.customer.c.id).where(_holds_text(t.customer.c.name))
        ),
    ),
}


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
