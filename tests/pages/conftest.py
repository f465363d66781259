"""A fresh installation on SQLite for each test of the desk's pages."""

import pytest

from tests.support.operator import Prepared, living


@pytest.fixture(scope="session")
def on_sqlite(tmp_path_factory):
    return Prepared(tmp_path_factory.mktemp("prepared"), None)


@pytest.fixture
def desk(on_sqlite):
    """The operator at work."""
    yield from living(on_sqlite)
