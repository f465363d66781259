"""An inbox page over very many open tasks: server time by tab, sort and width of the person."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from statistics import median
from typing import get_args

from engine.domain.records import Person
from engine.queries import inbox, task_counts
from engine.queries.tabs import Sort, Tab
from tests.benchmarks.crowd import Crowd
from tests.benchmarks.desk import Desk
from tests.benchmarks.figures import Figure

#: Rows of a page as pages show it.
_PAGE = 50
_REPEATS = 5
_MOST_MS = 10


def figures(*, size: int = 100_000, database_url: str | None = None) -> list[Figure]:
    """Time of first pages and counts, a person of each width apart."""
    with Desk(database_url) as desk:
        crowd = Crowd(desk, size)
        return [
            figure
            for name, person in (
                ("of one queue", crowd.clerk),
                ("of a branch's lead", crowd.lead),
                ("of all queues", crowd.chief),
            )
            for figure in _of_person(desk, name, person, size)
        ]


def _of_person(desk: Desk, name: str, person: Person, size: int) -> Iterator[Figure]:
    pages = {
        f"{tab} by {sort}": _cpu_ms(lambda tab=tab, sort=sort: _page(desk, person, tab, sort))
        for tab in get_args(Tab)
        for sort in get_args(Sort)
    }
    worst = max(pages, key=lambda page: pages[page])
    yield Figure.at_most(
        f"inbox page over {size:,} tasks, {name}",
        median(pages.values()),
        "ms",
        _MOST_MS,
        ratio=f"median of {len(pages)} tabs and sorts; slowest {worst}: {pages[worst]:.1f} ms",
    )
    yield Figure(
        name=f"counts of all tabs over {size:,} tasks, {name}",
        value=_cpu_ms(lambda: _counts(desk, person)),
        unit="ms",
    )


def _page(desk: Desk, person: Person, tab: Tab, sort: Sort) -> None:
    with desk.application.dispatcher.view(person) as view:
        inbox.inbox(view, tab, sort=sort, limit=_PAGE)


def _counts(desk: Desk, person: Person) -> None:
    with desk.application.dispatcher.view(person) as view:
        task_counts.counts(view)


def _cpu_ms(act: Callable[[], None]) -> float:
    """Median CPU time of an act after one to warm up."""
    act()
    spent = []
    for _ in range(_REPEATS):
        begun = time.process_time()
        act()
        spent.append((time.process_time() - begun) * 1e3)
    return median(spent)
