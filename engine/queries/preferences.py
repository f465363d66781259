"""How a person wants the desk and be told of things."""

from __future__ import annotations

import sqlalchemy as sa

from engine.domain.records import Preferences
from engine.queries.inbox import asker
from engine.store import tables as t
from engine.store.view import View


def preferences(view: View) -> Preferences:
    """Those of the asking person; the defaults if nothing was ever chosen."""
    columns = [t.preference.c[name] for name in Preferences.__struct_fields__]
    statement = sa.select(*columns).where(t.preference.c.person_id == asker(view).id)
    row = view.connection.execute(statement).mappings().first()
    return Preferences() if row is None else Preferences(**row)
