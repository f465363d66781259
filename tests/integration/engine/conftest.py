"""The operator of each test: a fresh copy of one prepared installation, on either database."""

import pytest

from tests.support.operator import Prepared, living


@pytest.fixture(scope="session")
def on_sqlite(tmp_path_factory):
    return Prepared(tmp_path_factory.mktemp("prepared"), None)


@pytest.fixture(scope="session")
def on_postgresql(tmp_path_factory, postgres_server):
    made = Prepared(tmp_path_factory.mktemp("prepared"), postgres_server)
    yield made
    postgres_server.drop(made.name)


BOTH = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


@pytest.fixture(params=BOTH)
def world(request):
    """On both databases."""
    yield from living(request.getfixturevalue(f"on_{request.param}"))


@pytest.fixture
def desk(on_sqlite, request):
    """On SQLite, for what does not depend on the database; parameters are settings."""
    yield from living(on_sqlite, **getattr(request, "param", {}))
