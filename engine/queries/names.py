"""Names of people, whether active or not."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import sqlalchemy as sa

from engine.store import tables as t
from engine.store.view import View

_BY_ID = sa.select(t.person.c.id, t.person.c.name).where(
    t.person.c.id.in_(sa.bindparam("ids", expanding=True))
)


def names_of(view: View, people: Iterable[int | None]) -> dict[int, str]:
    """Names by id; one statement, or none if there is nobody to ask for."""
    ids = sorted({one for one in people if one is not None})
    if not ids:
        return {}
    return {row.id: row.name for row in view.connection.execute(_BY_ID, {"ids": ids})}


def names_by_login(view: View, logins: Collection[str]) -> dict[str, str]:
    """Names of people by login, whether active or not."""
    if not logins:
        return {}
    statement = sa.select(t.person.c.login, t.person.c.name)
    rows = view.connection.execute(statement.where(t.person.c.login.in_(sorted(logins))))
    return {row.login: row.name for row in rows}
