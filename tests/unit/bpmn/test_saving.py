"""Saving changes nothing: random walks, saved and restored at every act against never saved."""

import random

import pytest

from tests.unit.bpmn.desk import START_FORMS, Desk
from tests.unit.bpmn.test_walks import step

LONGEST = 400


class KeptDesk(Desk):
    """A work order that stays in memory for its whole life."""

    def _reload(self) -> None:
        self.run._instance.context = self._context()


def conflict(chance: random.Random):
    return {"check_ip_block": lambda _: {"ip_conflict": chance.random() < 0.3}}


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("process", START_FORMS)
def test_a_saved_work_order_lives_like_one_that_never_was(process, seed):
    chances = random.Random(seed), random.Random(seed)
    saved, kept = (
        kind(process, results=conflict(chance))
        for kind, chance in zip((Desk, KeptDesk), chances, strict=True)
    )
    for _ in range(LONGEST):
        assert saved.effects == kept.effects
        assert saved.run.dump() == kept.run.dump()
        if saved.end is not None:
            break
        for desk, chance in zip((saved, kept), chances, strict=True):
            desk.effects.clear()
            step(desk, chance)
    assert saved.end is not None
