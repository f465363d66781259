"""One campaign: a product under load whose processes are killed all the time.

The conductor is single-threaded and opens no database while it forks, so that every node is born
clean. It judges nothing; `tests.chaos.checker` reads the history afterwards.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import socket
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from http.client import HTTPConnection
from pathlib import Path

import msgspec
import psycopg
import sqlalchemy as sa

from engine.bootstrap import Application
from engine.clock import SystemClock
from engine.domain import commands as c
from engine.domain.access import SYSTEM
from engine.handlers.results import TokenResult
from engine.settings import Settings
from engine.store import tables as t
from tests.chaos.clients import Client
from tests.chaos.clients import work as work_as
from tests.chaos.nodes import born, serve, work
from tests.chaos.receiver import receive
from tests.support.errand import load_errand
from tests.support.installation import (
    PASSWORD,
    ShiftedClock,
    application,
    installed,
    load_people,
    load_setup,
    person,
    settings,
)

WEB_NODES, WORKERS, AGENTS, LEADERS = 2, 2, 5, 2
#: Facts sent to the webhook: those that matter most outside.
SENT = frozenset({"order.started", "task.completed", "timer.fired", "escalation.fired"})
_QUIET_SECONDS, _LONGEST_SETTLING_SECONDS = 3.0, 120.0


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What was done to the product.

    Attributes:
        kills: Processes killed. cuts: database sessions ended by force.
        ended_at: When nothing was left to happen.
    """

    kills: int
    cuts: int
    seconds: float
    ended_at: datetime


class Campaign:
    """Sets up, disturbs, and lets settle.

    Args:
        folder: For everything the campaign writes; the checker reads it.
        url: An empty database.
        kills: How many processes to kill.
        pace: Mean seconds between two kills.
    """

    def __init__(self, folder: Path, url: str, *, kills: int, pace: float, seed: int) -> None:
        self._folder = folder
        self._kills = kills
        self._pace = pace
        self._random = random.Random(seed)
        self._hook = _listening()
        self._doors = [_listening() for _ in range(WEB_NODES)]
        self._settings: Settings = settings(
            folder / "home",
            url,
            tick_seconds="0.2",
            webhook_url=f"http://127.0.0.1:{self._hook.getsockname()[1]}/events",
            webhook_secret="0123456789abcdef",
            webhook_networks="127.0.0.0/8",
            webhook_events=",".join(SENT),
        )
        self._tasks: list[Callable[[], None]] = [
            *(partial(serve, self._settings, door) for door in self._doors),
            *(partial(work, self._settings) for _ in range(WORKERS)),
        ]

    def run(self) -> Outcome:
        """Run the whole campaign; takes about ``kills`` × ``pace`` seconds and some to settle."""
        clients = self._set_up()
        started = time.monotonic()
        with self._lasting(partial(receive, self._hook, self._folder / "received.log")):
            nodes = {self._born(task): task for task in self._tasks}
            try:
                self._wait_until_served()
                people = self._born(lambda: _exit_after(partial(work_as, clients)))
                kills, cuts = self._disturb(nodes)
                (self._folder / "stop").touch()
                _wait_for(people)
                self._settle()
                # Not later: with the nodes gone, what falls due is done by nobody.
                ended_at = SystemClock().now()
            finally:
                for node in nodes:
                    _kill(node)
            self._deliver_the_rest()
        outcome = Outcome(
            kills=kills,
            cuts=cuts,
            seconds=time.monotonic() - started,
            ended_at=ended_at,
        )
        facts = msgspec.to_builtins(outcome) | {"sent": sorted(SENT)}
        (self._folder / "outcome.json").write_text(json.dumps(facts))
        return outcome

    def _set_up(self) -> list[Client]:
        app = installed(self._settings)
        load_setup(app)
        load_people(app, ["feng.lead", "he.manager"])
        load_errand(app)
        ports = tuple(door.getsockname()[1] for door in self._doors)
        agents = [f"agent.{number}" for number in range(AGENTS)]
        for login in agents:
            app.dispatcher.execute(
                c.SavePerson(login=login, name=login, unit="north", password=PASSWORD), SYSTEM
            )
            app.dispatcher.execute(c.GrantRoles(login=login, grants=(("agent", "north"),)), SYSTEM)
        leaders = ["feng.lead", "he.manager"][:LEADERS]
        clients = [
            Client(login, role, _token(app, login), ports=ports, folder=self._folder, seed=seed)
            for seed, (login, role) in enumerate(
                [*((login, "agent") for login in agents), *((one, "leader") for one in leaders)]
            )
        ]
        app.close()
        return clients

    def _wait_until_served(self) -> None:
        """The product works before it is disturbed."""
        for door in self._doors:
            host, port = door.getsockname()
            connection = HTTPConnection(host, port, timeout=30)
            connection.request("GET", "/livez")
            connection.getresponse().read()
            connection.close()

    def _disturb(self, nodes: dict[int, Callable[[], None]]) -> tuple[int, int]:
        """Kill and replace; number of kills and of cut database sessions."""
        kills = cuts = 0
        time.sleep(1)
        while kills < self._kills:
            time.sleep(self._random.uniform(0.5, 1.5) * self._pace)
            node = self._random.choice(list(nodes))
            _kill(node)
            task = nodes.pop(node)
            nodes[self._born(task)] = task
            kills += 1
            if kills % 5 == 0:
                cuts += self._cut()
        return kills, cuts

    def _cut(self) -> int:
        """End a random session of the product on a PostgreSQL server."""
        if self._settings.database_url.startswith("sqlite"):
            return 0
        url = self._settings.database_url.replace("+psycopg", "")
        with psycopg.connect(url, autocommit=True) as session:
            row = session.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                " AND state <> 'idle' ORDER BY random() LIMIT 1"
            ).fetchone()
        return int(row is not None)

    def _settle(self) -> None:
        """Wait until every timer that is due has fired and none comes soon."""
        app = application(self._settings)
        give_up = time.monotonic() + _LONGEST_SETTLING_SECONDS
        statement = sa.select(sa.func.count()).where(
            t.work_order.c.next_due_at
            <= sa.bindparam("soon", type_=t.work_order.c.started_at.type)
        )
        while time.monotonic() < give_up:
            soon = SystemClock().now() + timedelta(seconds=_QUIET_SECONDS)
            with app.database.read() as connection:
                if not connection.execute(statement, {"soon": soon}).scalar():
                    break
            time.sleep(0.2)
        app.close()

    def _deliver_the_rest(self) -> None:
        """Deliver what waits for another attempt, as if that time had come."""
        app = application(self._settings, ShiftedClock(timedelta(days=1)))
        for day in range(1, 12):
            while app.relay.tick(200):
                pass
            with app.database.read() as connection:
                if not connection.execute(sa.select(sa.func.count(t.outbox.c.id))).scalar():
                    break
            app.close()
            app = application(self._settings, ShiftedClock(timedelta(days=1 + day)))
        app.close()

    def _born(self, task: Callable[[], None]) -> int:
        return born(task, self._folder / "nodes.err")

    @contextlib.contextmanager
    def _lasting(self, task: Callable[[], None]) -> Iterator[None]:
        """A process that is not killed."""
        process = self._born(task)
        try:
            yield
        finally:
            _kill(process)


def _token(app: Application, login: str) -> str:
    result = app.dispatcher.execute(c.IssueToken(name="chaos", days=1), person(app, login))
    assert isinstance(result, TokenResult)
    return result.token


def _listening() -> socket.socket:
    door = socket.create_server(("127.0.0.1", 0), backlog=128)
    door.set_inheritable(True)
    return door


def _exit_after(task: Callable[[], None]) -> None:
    task()
    os._exit(0)


def _kill(process: int) -> None:
    os.kill(process, signal.SIGKILL)
    os.waitpid(process, 0)


def _wait_for(process: int) -> None:
    _, status = os.waitpid(process, 0)
    if os.waitstatus_to_exitcode(status) != 0:
        message = "Expected the clients to end, but they failed."
        raise RuntimeError(message)
