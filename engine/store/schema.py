"""Schema versions: migrations shipped with the program, and the check that they were run."""

from __future__ import annotations

from importlib.resources import files

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from engine.errors import UnavailableError
from engine.store.database import Database


class SchemaError(UnavailableError):
    """The database does not fit this program."""

    code = "schema_mismatch"
    template = "Expected a database of schema {expected}, but it is {actual}: {advice}."


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(files("engine.store").joinpath("migrations")))
    return config


def newest() -> str:
    """Schema version of this program."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    return head or ""


def present(database: Database) -> str | None:
    """Schema version of a database, None when it is empty."""
    with database.read() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def check_schema(database: Database) -> None:
    """Refuse a database that is empty, older or newer than the program.

    Raises:
        SchemaError: With what to do.
    """
    expected, actual = newest(), present(database)
    if actual == expected:
        return
    script = ScriptDirectory.from_config(_config())
    known = {revision.revision for revision in script.walk_revisions()}
    if actual is None:
        raise SchemaError(expected=expected, actual="empty", advice="run gongdan migrate")
    if actual in known:
        raise SchemaError(expected=expected, actual=actual, advice="run gongdan migrate")
    raise SchemaError(
        expected=expected, actual=actual, advice="it is newer; run the newer program instead"
    )


def migrate(database: Database) -> None:
    """Bring a database to the program's version; several nodes may call it at once.

    Raises:
        SchemaError: It is newer than the program.
    """
    actual = present(database)
    script = ScriptDirectory.from_config(_config())
    if actual is not None and actual not in {
        revision.revision for revision in script.walk_revisions()
    }:
        check_schema(database)
    config = _config()
    with database.write() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(hashtext('gongdan.schema'))"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
