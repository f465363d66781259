"""A completion from HTTP to its durable commit: CPU, rate, latency, memory, statements."""

from __future__ import annotations

import tempfile
from pathlib import Path

from engine.clock import SystemClock
from tests.benchmarks import bare_commit, load
from tests.benchmarks.bare_commit import Commits
from tests.benchmarks.desk import Desk
from tests.benchmarks.figures import Figure
from tests.benchmarks.load import Load
from tests.benchmarks.statements import Asked, asked_by_walk
from tests.support.postgres import joined

_CLIENTS = 8
_LEAST_PER_SECOND, _MOST_P99_MS = 200, 80
_MOST_MEMORY_MB, _MOST_STATEMENTS = 200, 10
#: Milliseconds of CPU we aim at, all processes together.
_CPU_TARGET = {"SQLite": 2.5, "PostgreSQL": 4.0}
#: Orders per client count; nine completions each. The first ones warm the server up.
_WARM, _ONE, _MANY = 16, 20, 80
#: A completion of a person without a business operation behind it.
_TYPICAL = "construct"


def on_sqlite() -> list[Figure]:
    """Figures with the database in one file."""
    with Desk(clock=SystemClock()) as desk:
        return _figures(desk, "SQLite", bare_commit.on_sqlite(desk.home))


def on_postgresql() -> list[Figure]:
    """Figures with a private PostgreSQL server, its CPU time included."""
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        joined(Path(folder)) as server,
    ):
        name = server.create()
        bare = bare_commit.on_postgresql(server.url(name, driver="postgresql"))
        with Desk(server.url(name), clock=SystemClock()) as desk:
            return _figures(desk, "PostgreSQL", bare)


def _figures(desk: Desk, kind: str, bare: Commits) -> list[Figure]:
    asked = asked_by_walk(desk)
    warm = load.orders(desk, 1_000, _WARM)
    alone = load.orders(desk, 2_000, _ONE)
    crowd = load.orders(desk, 3_000, _MANY)
    with load.served(desk) as (address, server):
        load.run(desk, address, warm, clients=_CLIENTS, server=server)
        one = load.run(desk, address, alone, clients=1, server=server)
        many = load.run(desk, address, crowd, clients=_CLIENTS, server=server)
    return [*_of_runs(kind, bare, one, many), *_of_statements(kind, asked)]


def _of_runs(kind: str, bare: Commits, one: Load, many: Load) -> list[Figure]:
    floor = f"{bare.cpu_ms:.2f} ms CPU, {bare.wall_ms:.1f} ms until durable"
    return [
        Figure.at_most(
            f"{kind}: CPU per completion, 1 client",
            one.cpu_ms,
            "ms",
            _CPU_TARGET[kind],
            ratio=f"{one.cpu_ms / bare.cpu_ms:.0f} x a bare commit ({floor})",
        ),
        Figure.at_most(
            f"{kind}: CPU per completion, {_CLIENTS} clients",
            many.cpu_ms,
            "ms",
            _CPU_TARGET[kind],
            ratio=f"{many.cpu_ms / bare.cpu_ms:.0f} x a bare commit",
        ),
        Figure.at_least(
            f"{kind}: completions per second, {_CLIENTS} clients",
            many.per_second,
            "/s",
            _LEAST_PER_SECOND,
            ratio=f"{many.per_second * bare.wall_ms / 1e3:.2f} of one writer's bare commits; "
            f"{one.per_second:,.0f}/s with 1 client",
        ),
        Figure.at_most(
            f"{kind}: p99 of a completion, {_CLIENTS} clients",
            many.percentile(99),
            "ms",
            _MOST_P99_MS,
            ratio=f"p50 {many.percentile(50):.0f} ms; 1 client p50 {one.percentile(50):.1f}, "
            f"p99 {one.percentile(99):.1f} ms",
        ),
        Figure.at_most(f"{kind}: refused or failed requests", one.errors + many.errors, "", 0),
        Figure.at_most(
            f"{kind}: memory of 2 workers and their parent",
            many.memory_bytes / 2**20,
            "MB",
            _MOST_MEMORY_MB,
        ),
    ]


def _of_statements(kind: str, asked: dict[str, Asked]) -> list[Figure]:
    numbers = [len(each.statements) for each in asked.values()]
    return [
        Figure.at_most(
            f"{kind}: statements of a typical completion",
            len(asked[_TYPICAL].statements),
            "",
            _MOST_STATEMENTS,
            ratio=f"{min(numbers)} to {max(numbers)} with the business operations behind some",
        ),
        Figure.at_most(
            f"{kind}: commits of a completion",
            max(each.commits for each in asked.values()),
            "",
            1,
        ),
    ]
