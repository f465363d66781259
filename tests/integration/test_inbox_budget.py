"""What the inbox as a page may ask of the database, sign-in included, on either one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.benchmarks.crowd import Crowd
from tests.benchmarks.desk import Desk
from tests.benchmarks.inbox_page import LEAD_PATHS, client_of, opened
from tests.benchmarks.statements import counted
from tests.support.projections import excuse

BUDGET = 6


@pytest.fixture(scope="module")
def crowd(database_url: str) -> Iterator[Crowd]:
    """More tasks than a page shows, on either database."""
    with Desk(database_url) as desk:
        crowd = Crowd(desk, 2_000)
        # Its rows are copies without a history of their own.
        excuse(desk.settings.database_url)
        yield crowd


@pytest.mark.parametrize("width", ["clerk", "lead", "chief"])
def test_a_page_keeps_to_the_budget(crowd: Crowd, width: str) -> None:
    client = client_of(crowd.desk, getattr(crowd, width))
    for path in (*LEAD_PATHS, "/inbox?tab=snoozed", "/inbox?tab=copied", "/inbox?tab=done"):
        opened(client, path)
        with counted(crowd.desk.application.database) as asked:
            opened(client, path)
        assert len(asked.statements) <= BUDGET, (path, asked.statements)


def test_the_counters_are_one_statement_beyond_sign_in_and_set_up(crowd: Crowd) -> None:
    client = client_of(crowd.desk, crowd.lead)
    opened(client, "/inbox/counters")
    with counted(crowd.desk.application.database) as asked:
        opened(client, "/inbox/counters")
    assert len(asked.statements) == 4, asked.statements
