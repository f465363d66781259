"""Database bytes per closed provisioning case, its whole history included."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from tests.benchmarks.desk import Desk
from tests.benchmarks.figures import Figure
from tests.benchmarks.walk import Walk

#: Cases before measuring fill the pages that exist anyway.
_WARM, _CASES = 20, 100
_MOST_BYTES = 25 * 1024


def figures(*, cases: int = _CASES) -> list[Figure]:
    """Growth of the file over closed cases, and how it spreads over tables."""
    with Desk() as desk:
        for number in range(_WARM):
            Walk(desk, number).run()
        before = _pages(desk)
        for number in range(_WARM, _WARM + cases):
            Walk(desk, number).run()
        after = _pages(desk)
    grown = {name: (size - before.get(name, 0)) / cases for name, size in after.items() if size}
    total = sum(grown.values())
    share = ", ".join(
        f"{name} {size:,.0f}"
        for name, size in sorted(grown.items(), key=lambda item: -item[1])[:4]
    )
    return [
        Figure.at_most(
            "database bytes per closed provisioning case", total, "B", _MOST_BYTES, ratio=share
        )
    ]


def _pages(desk: Desk) -> dict[str, int]:
    """Bytes of all pages by table, its indexes included."""
    database = desk.application.database
    with database.schema_engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        sizes: dict[str, int] = {}
        try:
            rows = connection.exec_driver_sql(
                "SELECT m.tbl_name, sum(s.pgsize) FROM dbstat s JOIN sqlite_master m "
                "ON m.name = s.name GROUP BY 1"
            ).all()
        except sa.exc.OperationalError:
            # This SQLite was built without the table of page statistics.
            return {"file": Path(str(database.url.database)).stat().st_size}
        sizes.update({str(name): int(size) for name, size in rows})
    return sizes
