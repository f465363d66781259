"""Databases of the version before are brought up to date with everything in them."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from engine.queries.records import list_customers
from engine.store import schema
from engine.store import tables as t
from engine.store.database import Database
from engine.store.rebuild import check
from tests.support.installation import (
    installed,
    load_customer,
    load_people,
    load_setup,
    person,
    settings,
)

#: What 0003 brought, undone: a database as 0002 left it.
BACK_TO_0002 = {
    "sqlite": ("DROP TABLE customer_search",),
    "postgresql": (),
}


@pytest.fixture
def app(tmp_path, database_url):
    """A small installation with customers."""
    app = installed(settings(tmp_path, database_url))
    load_setup(app)
    load_people(app)
    load_customer(app, "K-7", name="青砚新能源有限公司")
    load_customer(app, "K-70", name="ACME 电子")
    load_customer(app, "K-70", name="ACME Cloud")
    yield app
    app.close()


def test_customers_of_0002_are_found(app):
    database = app.database
    _go_back(database)
    with pytest.raises(schema.SchemaError, match="run gongdan migrate"):
        schema.check_schema(database)
    schema.migrate(database)
    schema.check_schema(database)
    assert _found(app, "新能") == ["K-7"]
    assert (_found(app, "cloud"), _found(app, "电子")) == (["K-70"], [])
    assert check(database) == []
    # And what changes from now on is kept.
    load_customer(app, "K-7", name="砚台")
    assert (_found(app, "新能"), _found(app, "砚")) == ([], ["K-7"])
    assert check(database) == []


def _go_back(database: Database) -> None:
    kind = "sqlite" if database.is_sqlite else "postgresql"
    with database.write() as connection:
        for statement in BACK_TO_0002[kind]:
            connection.execute(sa.text(statement))
        t.customer_text.drop(connection)
        t.upload.drop(connection)
        connection.execute(sa.text("DROP INDEX ix_attachment_sha256"))
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '0002'"))


def _found(app, text):
    with app.dispatcher.view(person(app, "li.desk")) as view:
        return [customer.code for customer in list_customers(view, text=text).items]
