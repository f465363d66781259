"""A database with very many open tasks: rows of one really run order, copied.

Only lists read them, so they need no history of their own.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from engine.domain import commands
from engine.domain.records import Person
from engine.store import tables as t
from tests.benchmarks.desk import START, Desk
from tests.benchmarks.walk import Walk
from tests.support.installation import PASSWORD

#: Units and the roles that have queues there.
BRANCHES = 10
QUEUED = ("key_account_desk", "network", "line", "construction", "billing", "responsible_dept",
          "supervisor", "agent")  # fmt: skip
PER_ORDER = 2
_FIRST_ORDER = 1_000
_BATCH = 5_000


class Crowd:
    """Open tasks spread over the queues of all branches; a fifth is claimed, some are done.

    Attributes:
        clerk: Holds one role at one branch.
        lead: Leads one branch and holds half its roles.
        chief: Holds every role everywhere.
    """

    def __init__(self, desk: Desk, size: int) -> None:
        self.desk = desk
        for number in range(1, BRANCHES + 1):
            desk.execute(
                commands.SaveUnit(
                    code=f"b{number}",
                    name=f"{number} 分公司",
                    name_en=f"Branch {number}",
                    kind="branch",
                    parent="hq",
                )
            )
        self.clerk = _hire(desk, "clerk", "b1", "network")
        self.lead = _hire(desk, "lead", "b1", *QUEUED[3:])
        self.chief = _hire(desk, "chief", "hq", *QUEUED)
        walk = Walk(desk, 1)
        self._copy(walk.order_id, size)

    def _copy(self, order_id: int, size: int) -> None:
        database = self.desk.application.database
        with database.read() as connection:
            order = _row(connection, t.work_order, order_id)
            task = (
                connection.execute(sa.select(t.task).where(t.task.c.order_id == order_id))
                .mappings()
                .one()
            )
            variables = [
                dict(row)
                for row in connection.execute(
                    sa.select(t.order_variable).where(t.order_variable.c.order_id == order_id)
                ).mappings()
            ]
            units = {
                row.code: (row.id, row.path) for row in connection.execute(sa.select(t.unit)).all()
            }
        branches = [units[f"b{number}"] for number in range(1, BRANCHES + 1)]
        people = [self.clerk, self.lead, self.chief]
        orders = list(_orders(order, branches, size // PER_ORDER))
        with database.write() as connection:
            queues = [{"name": f"{role}@{unit}"} for role in QUEUED for unit, _ in branches]
            known = set(connection.execute(sa.select(t.queue.c.name)).scalars())
            connection.execute(
                sa.insert(t.queue), [row for row in queues if row["name"] not in known]
            )
            _insert(connection, t.work_order, orders)
            _insert(connection, t.task, _tasks(dict(task), orders, people))
            _insert(
                connection,
                t.order_variable,
                ({**row, "order_id": order["id"]} for order in orders for row in variables),
            )
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("ANALYZE")
        if not database.is_sqlite:
            with database.schema_engine.connect() as connection:
                plain = connection.execution_options(isolation_level="AUTOCOMMIT")
                plain.exec_driver_sql("VACUUM ANALYZE")


def _hire(desk: Desk, login: str, unit: str, *roles: str) -> Person:
    desk.execute(commands.SavePerson(login=login, name=login, unit=unit, password=PASSWORD))
    desk.execute(commands.GrantRoles(login=login, grants=tuple((role, unit) for role in roles)))
    return desk.person(login)


def _row(connection: sa.Connection, table: sa.Table, row_id: int) -> dict[str, Any]:
    found = connection.execute(sa.select(table).where(table.c.id == row_id)).mappings().one()
    return dict(found)


def _orders(
    order: dict[str, Any], branches: list[tuple[int, str]], number: int
) -> Iterator[dict[str, Any]]:
    for index in range(number):
        unit_id, path = branches[index % len(branches)]
        yield {
            **order,
            "id": _FIRST_ORDER + index,
            "number": f"GD{_FIRST_ORDER + index:08d}",
            "unit_id": unit_id,
            "unit_path": path,
            "next_due_at": None,
            "kernel": b"",
            "clocks": {},
        }


def _tasks(
    task: dict[str, Any], orders: list[dict[str, Any]], people: list[Person]
) -> Iterator[dict[str, Any]]:
    """Deadlines, priorities and levels vary; some tasks are claimed, some done."""
    chance = random.Random(1)
    for index, order in enumerate(orders):
        for place in range(PER_ORDER):
            number = index * PER_ORDER + place
            due_at = START + timedelta(minutes=chance.randrange(-20_000, 80_000))
            priority = 50 + chance.randrange(6) * 10
            state = chance.choices(("open", "claimed", "completed"), (70, 15, 15))[0]
            # Most work is done by people who do not look here.
            holder = chance.choice(people).id if number % 50 == 0 else 10_000 + number % 500
            role = chance.choice(QUEUED)
            yield {
                **task,
                "id": (order["id"] << 20) | (6 + place),
                "order_id": order["id"],
                "queue": f"{role}@{order['unit_id']}",
                "unit_id": order["unit_id"],
                "state": state,
                "assignee": holder if state != "open" else None,
                "priority": priority,
                "sort_priority": -priority,
                "due_at": due_at,
                "sort_due": int(due_at.timestamp() * 1000),
                "level": chance.choices((0, 1, 2, 3), (90, 5, 3, 2))[0],
                "ended_at": START - timedelta(minutes=number) if state == "completed" else None,
                "ended_by": holder if state == "completed" else None,
            }


def _insert(connection: sa.Connection, table: sa.Table, rows: Any) -> None:
    batch: list[dict[str, Any]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == _BATCH:
            connection.execute(sa.insert(table), batch)
            batch = []
    if batch:
        connection.execute(sa.insert(table), batch)
