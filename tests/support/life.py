"""Work orders as people live them: over HTTP, with logins, forms and an own clock.

with World(url) as world:
    case = world.as_("zhao.agent").start("complaint_escalation")
    case.task("受理处理", by="li.desk").complete(can_solve="yes")
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlencode

import sqlalchemy as sa
from werkzeug.serving import WSGIRequestHandler, make_server

from api.web import create_web
from engine.bootstrap import Application
from engine.store import tables as t
from tests.support.answers import ANSWERS
from tests.support.installation import (
    CAST,
    PASSWORD,
    ToldClock,
    deploy,
    installed,
    load_people,
    load_setup,
    settings,
)

PREFIX = "/api/v1"
#: The answers were written as of this instant; they are moved to the day they are given.
WRITTEN = datetime(2026, 3, 2, 1, tzinfo=UTC)
START_FORMS = {
    "leased_line_provisioning": "start_provisioning",
    "complaint_escalation": "start_complaint",
}
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


class RefusedError(Exception):
    """The API answered with a problem.

    Attributes:
        status: HTTP status. code: Stable code of the problem. problem: The whole document.
    """

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        self.status = status
        self.code = problem.get("code")
        self.problem = problem
        super().__init__(f"{status} {json.dumps(problem, ensure_ascii=False)}")


class Quiet(WSGIRequestHandler):
    """Serves HTTP/1.1 and says nothing."""

    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - werkzeug's name
        """Say nothing."""


class World:
    """A running product whose time only passes when told.

    Args:
        home: Its data folder.
        url: Its database.
        now: Where time starts.
    """

    def __init__(self, home: Path, url: str | None, now: datetime) -> None:
        self.clock = ToldClock(now)
        self.application: Application = installed(settings(home, url), self.clock)
        load_setup(self.application)
        load_people(self.application, CAST)
        deploy(self.application)
        self._server = make_server(
            "127.0.0.1",
            0,
            create_web(self.application),
            threaded=True,
            request_handler=Quiet,
        )
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        self._callers: dict[str, Caller] = {}

    @property
    def port(self) -> int:
        """Where the API listens on loopback."""
        return int(self._server.port)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for caller in self._callers.values():
            caller.close()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self.application.close()

    def as_(self, login: str) -> Caller:
        """A person of the cast, signed in with the password."""
        if login not in self._callers:
            self._callers[login] = Caller(self, login)
        return self._callers[login]

    def wait_until(self, at: datetime) -> None:
        """Let time pass; a worker fires everything at the instant it becomes due."""
        while (due_at := self._next_due()) is not None and due_at <= at:
            self.clock.move_to(max(due_at, self.clock.now()))
            assert self.application.metronome.fire_due() > 0
        self.clock.move_to(at)

    def wait(self, **length: float) -> None:
        """Let a length of time pass."""
        self.wait_until(self.clock.now() + timedelta(**length))

    def _next_due(self) -> datetime | None:
        with self.application.database.read() as connection:
            found: datetime | None = connection.execute(
                sa.select(sa.func.min(t.work_order.c.next_due_at))
            ).scalar()
        return found


class Caller:
    """One person at the API, over one connection of their own."""

    def __init__(self, world: World, login: str) -> None:
        self.world = world
        self.login = login
        self._connection = HTTPConnection("127.0.0.1", world.port, timeout=30)
        self._headers = {"Content-Type": "application/json"}
        self._signed_in_at = self._sign_in()

    def _sign_in(self) -> datetime:
        self._headers.pop("Authorization", None)
        session = self._sent("POST", "/sessions", {"login": self.login, "password": PASSWORD})
        self._headers["Authorization"] = f"Bearer {session['token']}"
        return self.world.clock.now()

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def request(self, method: str, path: str, body: object = None) -> Any:
        """One request; the answer's JSON. People sign in anew every morning.

        Raises:
            RefusedError: With the problem the API answered.
        """
        if self.world.clock.now() - self._signed_in_at > timedelta(hours=10):
            self._signed_in_at = self._sign_in()
        return self._sent(method, path, body)

    def _sent(self, method: str, path: str, body: object) -> Any:
        content = None if body is None else json.dumps(body).encode()
        self._connection.request(method, PREFIX + path, content, self._headers)
        response = self._connection.getresponse()
        text = response.read()
        answer = json.loads(text) if text else None
        if response.status >= 400:
            raise RefusedError(response.status, answer)
        return answer

    def get(self, path: str, **query: object) -> Any:
        """Read."""
        return self.request("GET", f"{path}?{urlencode(query)}" if query else path)

    def post(self, path: str, /, **body: object) -> Any:
        """Act."""
        return self.request("POST", path, body)

    def put(self, path: str, /, **body: object) -> Any:
        """Save."""
        return self.request("PUT", path, body)

    def items(self, path: str, **query: object) -> Iterator[dict[str, Any]]:
        """All rows of a list, page by page."""
        cursor: str | None = None
        while True:
            page = self.get(path, **query, **({"cursor": cursor} if cursor else {}))
            yield from page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                return

    def start(self, process: str, **changes: object) -> Case:
        """Open a work order with the usual answers, but for the changes."""
        values = self.world_answers(START_FORMS[process], changes)
        done = self.post("/work-orders", process=process, values=values)
        return Case(self.world, done["order_id"], done["number"])

    def world_answers(self, form: str, changes: Mapping[str, object]) -> dict[str, Any]:
        """Answers to a form as of now; None leaves a field out."""
        moved = self.world.clock.now() - WRITTEN
        values = {**_moved(ANSWERS[form], moved), **changes}
        return {name: value for name, value in values.items() if value is not None}

    def inbox(self, tab: str, **query: object) -> list[dict[str, Any]]:
        """Rows of one of the person's tabs."""
        return list(self.items("/tasks", tab=tab, **query))


def _moved(value: Any, by: timedelta) -> Any:
    if isinstance(value, dict):
        return {name: _moved(one, by) for name, one in value.items()}
    if isinstance(value, list):
        return [_moved(one, by) for one in value]
    if isinstance(value, str) and _INSTANT.fullmatch(value):
        return (datetime.fromisoformat(value) + by).isoformat().replace("+00:00", "Z")
    if isinstance(value, str) and _DATE.fullmatch(value):
        return (date.fromisoformat(value) + by).isoformat()
    return value


class Case:
    """One work order, seen by whoever looks."""

    def __init__(self, world: World, number: int, name: str) -> None:
        self.world = world
        self.id = number
        self.number = name

    def path(self, rest: str = "") -> str:
        """URL path of the order."""
        return f"/work-orders/{self.id}{rest}"

    def seen(self, by: str = "feng.lead") -> Any:
        """The whole order as one person sees it."""
        return self.world.as_(by).get(self.path())

    @property
    def state(self) -> str:
        """Its business state."""
        return str(self.seen()["order"]["state"])

    def variables(self, by: str = "feng.lead") -> dict[str, Any]:
        """Its variables."""
        return dict(self.world.as_(by).get(self.path("/variables"))["variables"])

    def history(self, kind: str | None = None) -> list[dict[str, Any]]:
        """What happened, of one kind or all; each fact with the instant it has in the history."""
        found = self.world.as_("feng.lead").items(self.path("/history"))
        facts = [{**one["fact"], "at": datetime.fromisoformat(one["at"])} for one in found]
        return [fact for fact in facts if kind in (None, fact["kind"])]

    def open(self) -> set[str]:
        """Names of the open tasks of the drawing."""
        return {
            task["name"]
            for task in self.seen()["tasks"]
            if task["purpose"] == "work" and task["state"] in ("open", "claimed")
        }

    def task(self, name: str, *, by: str) -> Work:
        """A task by its Chinese name as it lies in the inbox of a person who may do it."""
        person = self.world.as_(by)
        for tab in ("mine", "group"):
            for row in person.inbox(tab, order_id=self.id):
                if row["name"] == name:
                    return Work(self, person, row)
        message = f"{by} has no task {name} of {self.number}; open are {self.open()}"
        raise LookupError(message)

    def do(self, by: str, act: str, /, **body: object) -> Any:
        """An act on the whole order, such as ``hold``."""
        return self.world.as_(by).post(self.path(f"/{act}"), **body)

    def deliver(self, message: str, *, by: str, **values: object) -> Any:
        """Hand a message to the order."""
        return self.do(by, "messages", message=message, values=values)


class Work:
    """One task in the hands of one person."""

    def __init__(self, case: Case, person: Caller, row: dict[str, Any]) -> None:
        self.case = case
        self.person = person
        self.row = row
        self.id: int = row["id"]

    def claim(self) -> Work:
        """Take it."""
        self.person.post(f"/tasks/{self.id}/claim")
        return self

    def complete(self, **changes: object) -> Case:
        """Answer its form with the usual answers, but for the changes; None leaves one out."""
        form = self.person.get(f"/tasks/{self.id}")["form_key"]
        values = self.person.world_answers(form, changes)
        self.person.post(f"/tasks/{self.id}/completion", values=values)
        return self.case
