"""The inbox as a page over very many open tasks: sign-in, queries, rendering, compression."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from statistics import median

from flask.testing import FlaskClient

from api.composition import ZONE
from engine.domain.records import Person
from forms.pages.desk import create_desk
from forms.pages.session import COOKIE
from tests.benchmarks.crowd import Crowd
from tests.benchmarks.desk import Desk
from tests.benchmarks.figures import Figure
from tests.benchmarks.statements import counted
from tests.support.postgres import joined

#: Addresses people open; the first is where every day begins.
PATHS = ("/inbox", "/inbox?tab=group", "/inbox?tab=escalated", "/inbox?tab=group&sort=priority")
LEAD_PATHS = (*PATHS, "/inbox?tab=team")
#: A page of the same application without a list: what it costs is the machine's, not the inbox's.
REFERENCE = "/menu"
MOST_MS = 25
_REPEATS = 15


def on_sqlite(*, size: int = 100_000) -> list[Figure]:
    """CPU time of a whole answer on SQLite."""
    with Desk() as desk:
        return _of(desk, Crowd(desk, size), f"SQLite, {size:,} tasks, CPU", time.process_time)


def on_postgresql(*, size: int = 100_000) -> list[Figure]:
    """Time until the answer is there, with a private PostgreSQL server."""
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        joined(Path(folder)) as server,
    ):
        name = server.create()
        with Desk(server.url(name)) as desk:
            return _of(desk, Crowd(desk, size), f"PostgreSQL, {size:,} tasks", time.perf_counter)


def client_of(desk: Desk, person: Person) -> FlaskClient:
    """A browser of somebody who is signed in."""
    client = create_desk(desk.application, ZONE).test_client()
    client.set_cookie(COOKIE, desk.token(person.login))
    return client


def opened(client: FlaskClient, path: str) -> None:
    """Open a page as browsers do."""
    answer = client.get(path, headers={"Accept-Encoding": "gzip, br"})
    assert answer.status_code == HTTPStatus.OK, answer.get_data(as_text=True)


def _of(desk: Desk, crowd: Crowd, where: str, clock: Callable[[], float]) -> list[Figure]:
    found = []
    for name, person in (
        ("of one queue", crowd.clerk),
        ("of a branch's lead", crowd.lead),
        ("of all queues", crowd.chief),
    ):
        client = client_of(desk, person)
        paths = PATHS if person is crowd.clerk else LEAD_PATHS
        reference = _ms(client, REFERENCE, clock)
        times = {path: _ms(client, path, clock) for path in paths}
        middle, worst = median(times.values()), max(times, key=lambda path: times[path])
        with counted(desk.application.database) as asked:
            opened(client, worst)
        found.append(
            Figure.at_most(
                f"inbox as a page, {where}, {name}",
                middle,
                "ms",
                MOST_MS,
                ratio=f"{middle / reference:.1f} × a page without a list ({reference:.1f} ms); "
                f"slowest {worst}: {times[worst]:.1f} ms, {len(asked.statements)} statements",
            )
        )
    return found


def _ms(client: FlaskClient, path: str, clock: Callable[[], float]) -> float:
    """Median time of an answer, after one to warm up."""
    opened(client, path)
    spent = []
    for _ in range(_REPEATS):
        begun = clock()
        opened(client, path)
        spent.append((clock() - begun) * 1e3)
    return median(spent)
