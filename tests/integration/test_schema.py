"""The migrated schema is the schema the code means, on both databases."""

from __future__ import annotations

import warnings

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from engine.store import schema
from engine.store.database import Database
from engine.store.tables import metadata


@pytest.fixture(scope="module")
def database(database_url: str):
    database = Database(database_url)
    schema.migrate(database)
    yield database
    database.close()


def test_migrations_give_the_tables_of_the_code(database):
    with database.schema_engine.connect() as connection, warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # expression indexes cannot be reflected
        options = {"compare_type": False, "include_object": _is_of_the_code}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []


def _is_of_the_code(_found, name, *_more):
    """Full-text indexes differ by database and stand in the migration alone."""
    searches, vectors = ("order_search", "customer_search"), ("order_text", "customer_text")
    return not name.startswith(searches) and name not in (
        "vector",
        *(f"ix_{table}_vector" for table in vectors),
    )


def test_every_index_of_the_code_exists(database):
    wanted = {index.name for table in metadata.tables.values() for index in table.indexes}
    catalogue = (
        "SELECT name FROM sqlite_master WHERE type = 'index'"
        if database.is_sqlite
        else "SELECT indexname FROM pg_indexes"
    )
    with database.read() as connection:
        present = set(connection.execute(sa.text(catalogue)).scalars())
    assert wanted <= present


def test_migrating_again_changes_nothing(database):
    schema.migrate(database)
    schema.check_schema(database)


def test_an_empty_database_is_refused_with_advice(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'empty.db'}")
    with pytest.raises(schema.SchemaError, match="empty: run gongdan migrate"):
        schema.check_schema(database)
    database.close()


def test_a_newer_database_is_refused(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'newer.db'}")
    schema.migrate(database)
    with database.write() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(schema.SchemaError, match="newer"):
        schema.check_schema(database)
    with pytest.raises(schema.SchemaError, match="newer"):
        schema.migrate(database)
    database.close()
