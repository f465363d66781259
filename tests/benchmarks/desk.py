"""The installation of the tests in a folder of its own, ready for benchmarks."""

from __future__ import annotations

import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from engine.domain.access import SYSTEM
from engine.domain.commands import Command, IssueToken
from engine.domain.records import Person
from engine.ports.clocks import Clock
from tests.support import installation

#: A Monday morning in Shanghai.
START = datetime(2026, 3, 2, 1, tzinfo=UTC)
#: Customer numbers by class.
CUSTOMERS = {"A": "K-1001", "B": "K-1002", "C": "K-1003"}


class Desk:
    """An installed operator with people, customers and published processes.

    Args:
        database_url: None for SQLite in the desk's folder, which vanishes on closing.
        clock: None for one that stands at `START`.
    """

    def __init__(self, database_url: str | None = None, *, clock: Clock | None = None) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="gongdan-benchmark-"))
        self.clock: Clock = clock or installation.ToldClock(START)
        self.settings = installation.settings(self.home, database_url)
        self.application = installation.installed(self.settings, self.clock)
        self._people: dict[str, Person] = {}
        installation.load_setup(self.application)
        installation.load_people(self.application)
        for grade, code in CUSTOMERS.items():
            installation.load_customer(
                self.application, code, grade=grade, is_key_account=grade == "A"
            )
        installation.deploy(self.application)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.application.close()
        shutil.rmtree(self.home, ignore_errors=True)

    def execute(self, command: Command, by: Person | None = SYSTEM) -> Any:
        """Run a command; by the installation itself unless somebody is given."""
        return self.application.dispatcher.execute(command, by)

    def person(self, login: str) -> Person:
        """The person with this login."""
        if login not in self._people:
            self._people[login] = installation.person(self.application, login)
        return self._people[login]

    def token(self, login: str) -> str:
        """A fresh API token of somebody."""
        return str(self.execute(IssueToken(name="benchmark"), self.person(login)).token)
