"""Copies of whole databases, and what stands in them."""

from __future__ import annotations

import shutil
from pathlib import Path

from engine.store import tables as t
from engine.store.database import Database
from tests.support.postgres import PostgresServer

#: Row numbers a rolled back attempt may leave gaps in.
_NUMBERED = {t.history_event.c.id, t.outbox.c.id}


class Copies:
    """Makes copies of one closed database; a test works on a fresh one each time.

    Args:
        folder: Where copies of SQLite files go.
        server: Where copies of PostgreSQL databases go; None for SQLite.
    """

    def __init__(self, folder: Path, server: PostgresServer | None) -> None:
        self._folder = folder
        self._server = server
        self._made: list[str] = []

    def empty(self) -> str:
        """URL of a new database."""
        if self._server is None:
            return f"sqlite:///{self._folder / f'{len(list(self._folder.iterdir()))}.db'}"
        return self._server.url(self._created("template0"))

    def of(self, url: str) -> str:
        """URL of a copy of a database nobody has open."""
        if self._server is None:
            copy = self.empty()
            shutil.copyfile(_path(url), _path(copy))
            return copy
        return self._server.url(self._created(url.rpartition("/")[2]))

    def close(self) -> None:
        """Drop the copies."""
        for name in self._made:
            assert self._server is not None
            self._server.drop(name)
        self._made.clear()

    def _created(self, template: str) -> str:
        assert self._server is not None
        name = self._server.create(template=template)
        self._made.append(name)
        return name


def _path(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


def contents(database: Database) -> dict[str, list[str]]:
    """All rows of all tables as comparable text."""
    found = {}
    with database.read() as connection:
        for table in t.metadata.sorted_tables:
            rows = connection.exec_driver_sql(f'SELECT * FROM "{table.name}"').mappings()  # noqa: S608
            found[table.name] = sorted(
                repr([row[column.name] for column in table.c if column not in _NUMBERED])
                for row in rows
            )
    return found
