"""Timers and escalations fired per core-second when very many are due at once."""

from __future__ import annotations

import time
from collections import Counter

import sqlalchemy as sa

from engine.domain import commands, facts
from engine.store import tables as t
from engine.store.chains import unpack
from tests.benchmarks.desk import START, Desk
from tests.benchmarks.figures import Figure
from tests.benchmarks.walk import Walk
from tests.support.installation import ToldClock

#: As the metronome does it.
_BATCH = 20
_LEAST_PER_SECOND = 2_000
#: After so long the first task is overdue at every level.
_LATE_DAYS = 30


def figures(*, orders: int = 400) -> list[Figure]:
    """Let the deadlines of many orders pass at once and drain them like a metronome."""
    clock = ToldClock(START)
    with Desk(clock=clock) as desk:
        for number in range(orders):
            Walk(desk, number)
        before = _fired(desk)
        clock.pass_(days=_LATE_DAYS)
        begun, stepped = time.process_time(), 0
        while (count := desk.execute(commands.FireDue(limit=_BATCH), None).count) > 0:
            stepped += count
        spent = time.process_time() - begun
        fired = _fired(desk) - before
    return [
        Figure.at_least(
            "timers and escalations fired per core-second",
            fired.total() / spent,
            "/s",
            _LEAST_PER_SECOND,
            ratio=f"{stepped / spent:,.0f} orders stepped per core-second; "
            + ", ".join(f"{count} {kind}" for kind, count in sorted(fired.items())),
        )
    ]


def _fired(desk: Desk) -> Counter[str]:
    """Firings by kind, as the history tells."""
    found: Counter[str] = Counter()
    with desk.application.database.read() as connection:
        for body in connection.execute(sa.select(t.history_event.c.body)).scalars():
            found.update(
                facts.KINDS[type(fact)]
                for fact in facts.decode(unpack(body))
                if isinstance(fact, facts.TimerFired | facts.EscalationFired)
            )
    return found
