"""What a completion may ask of the database: few statements, one commit. This one is a gate."""

from __future__ import annotations

import pytest

from tests.benchmarks.desk import Desk
from tests.benchmarks.statements import Asked, asked_by_walk

BUDGET = 10
#: Completions that run no business operation and touch no business record.
TYPICAL = ("file_contract", "resource_survey", "request_equipment", "prepare_construction",
           "construct", "commission")  # fmt: skip


@pytest.fixture(scope="module")
def asked(database_url: str) -> dict[str, Asked]:
    """What each completion of one order asked, over HTTP."""
    with Desk(database_url) as desk:
        return asked_by_walk(desk)


@pytest.mark.parametrize("element", TYPICAL)
def test_typical_completion_keeps_to_the_budget(asked: dict[str, Asked], element: str) -> None:
    assert len(asked[element].statements) <= BUDGET, asked[element].statements


def test_every_completion_is_one_commit(asked: dict[str, Asked]) -> None:
    assert {element: each.commits for element, each in asked.items()} == dict.fromkeys(asked, 1)
