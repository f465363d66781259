"""``python -m tests.chaos --database sqlite --kills 200``: a campaign and its verdict."""

from __future__ import annotations

import argparse
import contextlib
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.chaos.campaign import Campaign
from tests.chaos.checker import judge, report
from tests.support.postgres import joined


def main() -> int:
    """Run and judge; 0 when there are no findings."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--pace", type=float, default=0.5, help="mean seconds between two kills")
    parser.add_argument("--seed", type=int, default=time.time_ns() % 10_000)  # noqa: TID251
    parser.add_argument("--folder", type=Path, help="kept afterwards; else a temporary one")
    given = parser.parse_args()
    with contextlib.ExitStack() as stack:
        folder = given.folder or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.mkdir(parents=True, exist_ok=True)
        url = stack.enter_context(_database(given.database, folder))
        campaign = Campaign(folder, url, kills=given.kills, pace=given.pace, seed=given.seed)
        outcome = campaign.run()
        print(  # noqa: T201 - a program tells its result
            f"{given.database}: seed {given.seed}, {outcome.kills} kills, {outcome.cuts} sessions"
            f" cut, {outcome.seconds:.0f} s"
        )
        verdict = judge(url, folder)
        print(report(verdict))  # noqa: T201
    return 1 if verdict.findings else 0


@contextlib.contextmanager
def _database(kind: str, folder: Path) -> Iterator[str]:
    if kind == "sqlite":
        yield f"sqlite:///{folder.absolute() / 'chaos.db'}"
        return
    with joined(folder) as server:
        name = server.create()
        yield server.url(name)
        server.drop(name)


if __name__ == "__main__":
    sys.exit(main())
