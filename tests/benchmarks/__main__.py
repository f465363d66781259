"""All figures of `docs/performance.md` in one table: ``python -m tests.benchmarks [--only NAME]``.

Nothing here fails because a machine is slow: figures are compared with references of the same
run, and whether targets are met is shown, not judged.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

from tests.benchmarks import (
    compiler,
    completion,
    inbox,
    inbox_page,
    kernel,
    next_task,
    searching,
    size,
    timers,
)
from tests.benchmarks.figures import Figure, table

BENCHMARKS: dict[str, Callable[[], list[Figure]]] = {
    "compiler": compiler.figures,
    "kernel": kernel.figures,
    "sqlite": completion.on_sqlite,
    "postgresql": completion.on_postgresql,
    "inbox": inbox.figures,
    "inbox-page": inbox_page.on_sqlite,
    "inbox-page-postgresql": inbox_page.on_postgresql,
    "next-task": next_task.figures,
    "search": searching.figures,
    "timers": timers.figures,
    "size": size.figures,
}


def main() -> None:
    """Run the chosen benchmarks, all unless told."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    parser.add_argument("--only", choices=BENCHMARKS, action="append")
    chosen = parser.parse_args().only or list(BENCHMARKS)
    found: list[Figure] = []
    for name in chosen:
        print(f"measuring {name} …", file=sys.stderr, flush=True)
        found += BENCHMARKS[name]()
    print(table(found))


if __name__ == "__main__":
    main()
