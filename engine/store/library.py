"""Published definitions for the kernel: read once, immutable ever after."""

from __future__ import annotations

import sqlalchemy as sa

from engine.ports.deployment import DefinitionFiles
from engine.store import tables as t
from engine.store.database import Database
from engine.store.setup import SetupCache


class StoredLibrary:
    """Implements `engine.ports.deployment.DefinitionLibrary`."""

    def __init__(self, database: Database, setups: SetupCache) -> None:
        self._database = database
        self._setups = setups

    def files(self, definition_id: int) -> DefinitionFiles:
        """Files of one definition.

        Raises:
            LookupError: There is no such definition.
        """
        with self._database.read() as connection:
            row = connection.execute(
                sa.select(
                    t.definition.c.key,
                    t.definition.c.version,
                    t.definition.c.deployment,
                    t.definition.c.description,
                ).where(t.definition.c.id == definition_id)
            ).first()
            if row is None:
                message = f"no definition {definition_id}"
                raise LookupError(message)
            contents = {
                name: bytes(content)
                for name, content in connection.execute(
                    sa.select(t.resource.c.name, t.resource.c.content)
                    .where(t.resource.c.deployment == row.deployment)
                    .order_by(t.resource.c.name)
                )
            }
        return DefinitionFiles(
            id=definition_id,
            key=row.key,
            version=row.version,
            bpmn=contents[row.description["file"]],
            decisions=tuple(
                content for name, content in contents.items() if name.endswith(".dmn")
            ),
        )

    def latest(self, process_key: str) -> int | None:
        """Id of the newest published version, as of the transaction that runs in this thread."""
        return self._setups.latest(process_key)
