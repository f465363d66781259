"""People as they are chosen: who could take a task, whom a typed name means."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec
import sqlalchemy as sa

from engine.domain.records import Task
from engine.store import tables as t
from engine.store.view import View

#: More people than this are not offered in a list; they can be named.
MOST: Final = 200
#: Stands between name and login where both are shown.
DOT: Final = " · "


class PersonItem(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody to choose.

    Attributes:
        unit: Code of the person's unit.
    """

    id: int
    login: str
    name: str
    unit: str

    @property
    def label(self) -> str:
        """Name and login; what `named` understands."""
        return f"{self.name}{DOT}{self.login}"


_PEOPLE: Final = sa.select(
    t.person.c.id, t.person.c.login, t.person.c.name, t.person.c.unit_id
).where(t.person.c.is_active)


def candidates(view: View, task: Task) -> list[PersonItem]:
    """Who could work on a task and does not hold it, by name; at most `MOST`.

    Whom four eyes bar is left out.
    """
    units = [int(part) for part in view.setup.unit(task.unit_id).path.split("/") if part]
    grant = t.role_grant.c
    holders = sa.select(grant.person_id).where(
        grant.role.in_(task.roles), grant.unit_id.in_(units)
    )
    excluded = [each for each in (task.barred, task.barred_too, task.assignee) if each is not None]
    statement = _PEOPLE.where(
        sa.or_(t.person.c.id.in_(holders), t.person.c.id.in_(task.users)),
        t.person.c.id.not_in(excluded),
    )
    return _items(view, statement.order_by(t.person.c.name, t.person.c.id).limit(MOST))


def colleagues(view: View) -> list[PersonItem]:
    """Active people of the asking person's own unit but themselves, by name; at most `MOST`."""
    by = view.by
    statement = _PEOPLE.where(
        t.person.c.unit_id == (by.unit_id if by is not None else 0),
        t.person.c.id != (by.id if by is not None else 0),
    )
    return _items(view, statement.order_by(t.person.c.name, t.person.c.id).limit(MOST))


def named(view: View, text: str) -> PersonItem | None:
    """The active person meant by a login, a `PersonItem.label`, or a name only one has."""
    wanted = text.strip()
    login = wanted.rpartition(DOT.strip())[2].strip()
    statement = _PEOPLE.where(
        sa.or_(t.person.c.login.in_((login, login.lower())), t.person.c.name == wanted)
    ).limit(3)
    found = _items(view, statement)
    exact = [each for each in found if each.login == login] or [
        each for each in found if each.login == login.lower()
    ]
    chosen = exact or found
    return chosen[0] if len(chosen) == 1 else None


def by_ids(view: View, ids: Iterable[int]) -> list[PersonItem]:
    """People with these ids, active or not, by name."""
    wanted = sorted(set(ids))
    if not wanted:
        return []
    statement = sa.select(
        t.person.c.id, t.person.c.login, t.person.c.name, t.person.c.unit_id
    ).where(t.person.c.id.in_(wanted))
    return _items(view, statement.order_by(t.person.c.name, t.person.c.id))


def by_logins(view: View, logins: Iterable[str]) -> list[PersonItem]:
    """Active people with these logins, by name."""
    wanted = sorted(set(logins))
    if not wanted:
        return []
    statement = _PEOPLE.where(t.person.c.login.in_(wanted))
    return _items(view, statement.order_by(t.person.c.name, t.person.c.id))


def copied_to(view: View, order_id: int) -> list[PersonItem]:
    """Active people an order is copied to, by name."""
    copied = sa.select(t.order_copy.c.person_id).where(t.order_copy.c.order_id == order_id)
    statement = _PEOPLE.where(t.person.c.id.in_(copied))
    return _items(view, statement.order_by(t.person.c.name, t.person.c.id).limit(MOST))


def search(view: View, text: str, *, limit: int = 10) -> list[PersonItem]:
    """Active people whose name or login has the text in it, those of one's own unit first.

    Colleagues of the whole house: work is copied and signed across units.
    """
    wanted, own = text.strip(), view.by.unit_id if view.by is not None else 0
    if not wanted:
        return []
    statement = _PEOPLE.where(
        sa.or_(
            t.person.c.name.icontains(wanted, autoescape=True),
            t.person.c.login.icontains(wanted, autoescape=True),
        )
    ).order_by(sa.case((t.person.c.unit_id == own, 0), else_=1), t.person.c.name, t.person.c.id)
    return _items(view, statement.limit(limit))


def _items(view: View, statement: sa.Select[tuple[int, str, str, int]]) -> list[PersonItem]:
    return [
        PersonItem(
            id=row.id, login=row.login, name=row.name, unit=view.setup.unit(row.unit_id).code
        )
        for row in view.connection.execute(statement)
    ]
