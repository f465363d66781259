"""After every test module: the history of each database it used gives the same projections."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.store.database import Database, StoreUnavailableError
from engine.store.rebuild import check
from engine.store.schema import newest, present

_used: dict[str, None] = {}


def excuse(url: str) -> None:
    """Leave a database out: its test damages it on purpose."""
    _used.pop(url, None)


def pytest_configure() -> None:
    """Note every database that is opened in this process."""
    opening = Database.__init__

    def noted(self: Database, url: str, **options: Any) -> None:
        opening(self, url, **options)
        _used[url] = None

    Database.__init__ = noted  # type: ignore[method-assign]


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """Judge before the databases of the module are dropped."""
    problems = []
    if nextitem is None or nextitem.path != item.path:
        urls = list(_used)
        _used.clear()
        problems = [f"{url}: {problem}" for url in urls for problem in differences(url)]
    result = yield
    if problems:
        pytest.fail("Expected projections as the history gives them:\n" + "\n".join(problems))
    return result


def differences(url: str) -> list[str]:
    """What `engine.store.rebuild.check` finds in a database of the present schema."""
    if url.startswith("sqlite:///") and not Path(url.removeprefix("sqlite:///")).is_file():
        return []
    database = Database(url, pool_size=1)
    try:
        return check(database) if present(database) == newest() else []
    except StoreUnavailableError as refused:
        # A PostgreSQL database of a single test is gone by now; that test judged it itself.
        return [] if "does not exist" in str(refused.__cause__) else [str(refused)]
    finally:
        database.close()
        _used.pop(url, None)
