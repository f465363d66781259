"""Counts what the product asks of its database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

import msgspec
from sqlalchemy import Connection, event

from api.app import create_app
from engine.store.database import Database
from tests.benchmarks.desk import Desk
from tests.benchmarks.walk import Walk

_WRITING = ("INSERT", "UPDATE", "DELETE")


class Asked(msgspec.Struct):
    """Statements sent, and commits of transactions that changed something."""

    statements: list[str]
    commits: int = 0


@contextmanager
def counted(database: Database) -> Iterator[Asked]:
    """Everything that is asked inside the block, by any thread; ``BEGIN`` counts too."""
    asked = Asked(statements=[])
    writing: set[int] = set()
    # PostgreSQL reads and writes through one engine with several options, which shares listeners.
    engines = {database._writer, database._reader} if database.is_sqlite else {database._writer}

    def on_statement(connection: Connection, _cursor: Any, text: str, *_rest: Any) -> None:
        asked.statements.append(text)
        if text.startswith(_WRITING):
            writing.add(id(connection))

    def on_commit(connection: Connection) -> None:
        if id(connection) in writing:
            writing.remove(id(connection))
            asked.commits += 1

    for engine in engines:
        event.listen(engine, "before_cursor_execute", on_statement)
        event.listen(engine, "commit", on_commit)
    try:
        yield asked
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", on_statement)
            event.remove(engine, "commit", on_commit)


def asked_by_walk(desk: Desk) -> dict[str, Asked]:
    """What each completion of one order asks by element, sign-in and next task included.

    Another order was worked before, so nothing is seen for the first time.
    """
    client = create_app(desk.application).test_client()
    Walk(desk, 1).run()
    found = {}
    for step, task in Walk(desk, 2).completions():
        token = desk.token(step.login)
        with counted(desk.application.database) as asked:
            answer = client.post(
                f"/api/v1/tasks/{task}/completion",
                json={"values": step.values},
                headers={"Authorization": f"Bearer {token}"},
            )
        assert answer.status_code == HTTPStatus.OK, answer.get_json()
        found[step.element] = asked
    return found
