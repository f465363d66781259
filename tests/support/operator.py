"""The operator at work without HTTP: commands by people of the cast, small processes, told time.

Every command goes through the dispatcher into a real database.
"""

from __future__ import annotations

import contextlib
import json
import shutil
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import sqlalchemy as sa

from engine.bootstrap import Application
from engine.domain import commands as c
from engine.domain import seed
from engine.domain.access import SYSTEM
from engine.domain.facts import Stream
from engine.domain.records import Order, Person, Task
from engine.errors import EngineError
from engine.handlers import HANDLERS
from engine.handlers.context import Context
from engine.queries import records
from engine.queries.history import history, variables
from engine.queries.orders import tasks_of
from engine.store import tables as t
from engine.store.ledger import Ledger
from engine.store.lookups import to_order
from engine.store.rebuild import check
from tests.support import bpmn_builder as b
from tests.support.answers import ANSWERS
from tests.support.installation import (
    CAST,
    ToldClock,
    application,
    deploy,
    installed,
    load_customer,
    load_people,
    load_setup,
    person,
    settings,
)
from tests.support.postgres import PostgresServer

#: A Monday, 09:00 at the operator's place; an ordinary working week follows.
MONDAY = datetime(2026, 11, 23, 1, tzinfo=UTC)
#: Lengths of the service levels of `STEPS`, in working time.
HOUR = timedelta(hours=1)


def field(key: str, **more: Any) -> dict[str, Any]:
    """A text field of a form."""
    named = {"label": f"标签{key}", "properties": {"label:en": f"Label {key}"}}
    return {"type": "textfield", "id": f"field_{key}", "key": key, **named, **more}


ANSWER = {
    "type": "default",
    "schemaVersion": 18,
    "id": "answer",
    "components": [
        field("mark", validate={"required": True, "maxLength": 20}),
        field("secret", conditional={"hide": '=mark != "open"'}),
        field("where"),
    ],
}

#: Three steps: an agent's with a form, the desk's (four eyes), the network's (anywhere).
STEPS = b.diagram(
    b.process(
        "steps",
        b.start(),
        b.user(
            "first",
            candidateGroups="agent",
            formKey="answer",
            props={"taskClock": "step", "state": "held_by_agent"},
        ),
        b.user(
            "second",
            candidateGroups="key_account_desk",
            props={"taskClock": "step", "notSamePersonAs": "first", "state": "at_desk"},
        ),
        b.user(
            "third",
            candidateGroups="network",
            props={"unit": "${where or 'order'}", "state": "at_network"},
        ),
        b.end("done", props={"state": "completed"}),
        flows="s first second third done",
        props={"publish": "mark,where"},
    )
)

#: Named people only; a step in parallel; messages that interrupt or not; headquarters.
TALKS = b.diagram(
    b.process(
        "talks",
        b.start(),
        b.user("hq_work", candidateGroups="hq_equipment", props={"unit": "hq"}),
        b.user("named", candidateUsers="zhao.agent,li.desk", props={"startClock": "order=step"}),
        b.par("split"),
        b.user("left", candidateGroups="network"),
        b.user("right", candidateGroups="line"),
        b.par("join"),
        b.user("given", assignee="${owner}", candidateGroups="network"),
        b.end("done", props={"state": "completed"}),
        b.event_sub(
            "on_nudge",
            b.start("nudged", b.event("message", "nudge"), attrs={"isInterrupting": "false"}),
            b.script("count", "nudges = (nudges or 0) + 1"),
            b.end("counted", props={"startClock": "nudge=step"}),
            flows="nudged count counted",
        ),
        b.event_sub(
            "on_urge",
            b.start("urged", b.event("message", "urge"), attrs={"isInterrupting": "false"}),
            b.script("note", "urged_with = urge_text"),
            b.end("noted"),
            flows="urged note noted",
        ),
        b.event_sub(
            "on_stop",
            b.start("stopped", b.event("message", "stop")),
            b.end("gone", props={"state": "cancelled"}),
            flows="stopped gone",
        ),
        flows="s hq_work named split left join given done; split right join",
        props={"publish": "mark,nudges"},
    ),
    names="message:nudge message:stop message:urge",
)

#: An external task, then a division that may fail.
METER = b.diagram(
    b.process(
        "meter",
        b.start(),
        b.job("read", "read_meter", ext=b.parameters({"line": "${line}"})),
        b.script("divide", "share = reading / parts"),
        b.user("check", candidateGroups="billing"),
        b.end("done", props={"state": "completed"}),
        b.boundary("broken", "read", b.event("error", "meter_broken")),
        b.user("look", candidateGroups="line"),
        b.end("looked", props={"state": "rejected"}),
        flows="s read divide check done; broken look looked",
        props={"publish": "line"},
    ),
    names="error:meter_broken",
)

#: Waits on plain timers and on its clock; its first task has an own clock.
WAITS = b.diagram(
    b.process(
        "waits",
        b.start("s", props={"startClock": "order=${sla or 'step'}"}),
        b.user("work", candidateGroups="agent", props={"taskClock": "step"}),
        b.boundary("half", "work", b.timer("${clock('task', '50%')}", "Date"), interrupting=False),
        b.end("halved"),
        b.boundary("plain", "work", b.timer("R/PT1H", "Cycle"), interrupting=False),
        b.end("reminded"),
        b.user("rest", candidateGroups="agent"),
        b.end("done", props={"state": "completed", "stopClock": "order"}),
        flows="s work rest done; half halved; plain reminded",
    )
)

FILES: Mapping[str, bytes] = {
    "steps.bpmn": STEPS,
    "answer.json": json.dumps(ANSWER).encode(),
}
DIAGRAMS = {"talks": TALKS, "meter": METER, "waits": WAITS}

POLICIES: list[dict[str, Any]] = [
    {
        "key": "step",
        "name_zh": "一步",
        "name_en": "A step",
        "target": "PT4H",
        "mode": "working",
        "source": "Test",
    }
]


def rule(code: str, **values: Any) -> dict[str, Any]:
    """A row of the escalation policy for the service level of the small processes."""
    usual = {
        "sla_key": "step",
        "level": 1,
        "trigger": "100%",
        "receiver": {"scope": "own_unit", "role": "supervisor"},
        "actions": ["notify"],
        "text_zh": "{work_order} {customer} {task} {assignee} {due_at}",
        "text_en": "{work_order} {customer} {task} {assignee} {due_at}",
    }
    return {"code": code, **usual, **values}


class _UndoneError(Exception):
    """Ends a transaction that is only tried."""


class Operator:
    """An installation with people who act."""

    def __init__(self, app: Application, clock: ToldClock) -> None:
        self.app = app
        self.clock = clock

    @classmethod
    def new(cls, home: Path, url: str | None = None, **more: str) -> Operator:
        """A new installation with set-up, people, a customer and all processes."""
        clock = ToldClock(MONDAY)
        app = installed(settings(home, url, **more), clock)
        load_setup(app)
        load_people(app)
        load_customer(app)
        made = cls(app, clock)
        made.policies()
        made.rules([])
        deploy(app)
        deploy(app, FILES)
        for name, content in DIAGRAMS.items():
            deploy(app, {f"{name}.bpmn": content})
        return made

    @classmethod
    def on(cls, home: Path, url: str, **more: str) -> Operator:
        """An installation on a database that is there already."""
        clock = ToldClock(MONDAY)
        return cls(application(settings(home, url, **more), clock), clock)

    # ---- acting -----------------------------------------------------------------------------

    def person(self, login: str | None) -> Person | None:
        """A person of the cast; ``system`` is the engine's own hand, None nobody."""
        if login is None or login == "system":
            return SYSTEM if login else None
        return person(self.app, login)

    def do(self, by: str | None, command: c.Command, **options: Any) -> Any:
        """Give a command."""
        return self.app.dispatcher.execute(command, self.person(by), **options)

    def refused(self, by: str | None, command: c.Command) -> EngineError:
        """Give a command that must be refused; the refusal."""
        try:
            answer = self.do(by, command)
        except EngineError as error:
            return error
        raise AssertionError(f"Expected a refusal of {command}, but got {answer}")

    def code(self, by: str | None, command: c.Command) -> str:
        """Code of the refusal of a command that must be refused."""
        return self.refused(by, command).code

    def dry(self, by: Person | None, command: c.Command) -> str | None:
        """Code of the refusal of a command, None if it would do; nothing is changed."""
        found: list[str | None] = [None]
        with contextlib.suppress(_UndoneError), self.app.database.write() as connection:
            try:
                self._handle(connection, by, command)
            except EngineError as error:
                found = [error.code]
            raise _UndoneError
        return found[0]

    def _handle(self, connection: sa.Connection, by: Person | None, command: c.Command) -> None:
        app = self.app
        now = self.clock.now()
        ledger = Ledger(connection, now=now, actor=by.id if by else None, setups=app.setups)
        context = Context(
            ledger=ledger,
            kernel=app.kernel,
            forms=app.dispatcher.forms,
            secrets=app.secrets,
            by=by,
            now=now,
        )
        HANDLERS[type(command)](context, command)

    def code_or_answer(self, by: str | None, command: c.Command) -> Any:
        """The answer to a command, or the code of its refusal."""
        try:
            return self.do(by, command)
        except EngineError as error:
            return error.code

    def start(self, process: str, by: str = "zhao.agent", **values: Any) -> int:
        """Open an order; its id."""
        return int(self.do(by, c.StartOrder(process=process, values=values)).order_id)

    def start_drawn(self, form: str, process: str, by: str, **values: Any) -> int:
        """Open an order of a process of the package with usual answers."""
        return self.start(process, by, **self.answers(form, customer_id="K-1001", **values))

    def complete(self, by: str, task: int, **values: Any) -> Any:
        """Complete a task."""
        return self.do(by, c.CompleteTask(task_id=task, values=values))

    def answers(self, form: str, **more: Any) -> dict[str, Any]:
        """Usual answers to a form of the package, given now."""
        now = self.clock.now()
        moved = {
            name: value if not isinstance(value, str) or not value.startswith("2026-0")
            else now.isoformat() if "T" in value else now.date().isoformat()
            for name, value in ANSWERS[form].items()
        }  # fmt: skip
        return {**moved, **more}

    def complete_drawn(self, by: str, task: Task, **more: Any) -> Any:
        """Complete a task of a process of the package with usual answers."""
        return self.complete(by, task.id, **self.answers(str(task.form), **more))

    def policies(self, more: Iterable[Mapping[str, Any]] = ()) -> None:
        """The shipped service levels, that of the small processes, and more."""
        rows = [*msgspec.to_builtins(seed.sla_policies()), *POLICIES, *map(dict, more)]
        self.do("system", c.SavePolicies(policies=rows))

    def rules(self, more: Iterable[Mapping[str, Any]], *, shipped: bool = False) -> None:
        """Replace the escalation policy."""
        rows = msgspec.to_builtins(seed.escalation_rules()) if shipped else []
        self.do("system", c.SavePolicies(rules=[*rows, *map(dict, more)]))

    # ---- time -------------------------------------------------------------------------------

    def tick(self) -> int:
        """Fire what is due now."""
        return self.app.metronome.fire_due()

    def wait_until(self, at: datetime) -> None:
        """Let time pass; everything fires at the instant it becomes due."""
        for _ in range(1_000):
            due_at = self._next_due()
            if due_at is None or due_at > at:
                break
            self.clock.move_to(max(due_at, self.clock.now()))
            assert self.tick() > 0
        else:
            raise AssertionError("Expected time to get on, but the same things stay due")
        self.clock.move_to(at)

    def wait(self, **length: float) -> None:
        """As `wait_until`, by a length of time."""
        self.wait_until(self.clock.now() + timedelta(**length))

    def _next_due(self) -> datetime | None:
        with self.app.database.read() as connection:
            statement = sa.select(sa.func.min(t.work_order.c.next_due_at))
            found: datetime | None = connection.execute(statement).scalar()
        return found

    # ---- looking ----------------------------------------------------------------------------

    def order(self, order_id: int) -> Order:
        """An order as stored."""
        columns = [t.work_order.c[name] for name in Order.__struct_fields__]
        with self.app.database.read() as connection:
            row = connection.execute(
                sa.select(*columns).where(t.work_order.c.id == order_id)
            ).one()
        return to_order(row)

    def all_tasks(self, order_id: int) -> list[Task]:
        """Every task the order ever had."""
        with self.app.dispatcher.view(SYSTEM) as view:
            return tasks_of(view, order_id)

    def tasks(self, order_id: int, *, purpose: str | None = None) -> list[Task]:
        """Open tasks of an order."""
        return [
            task
            for task in self.all_tasks(order_id)
            if task.is_open and purpose in (None, task.purpose)
        ]

    def task(self, order_id: int, element: str | None = None) -> Task:
        """The one open task of an element, or the only open one."""
        (found,) = [
            task for task in self.tasks(order_id) if element is None or task.element == element
        ]
        return found

    def facts(
        self, order_id: int, *kinds: str, stream: Stream = Stream.ORDER
    ) -> list[dict[str, Any]]:
        """Facts of a chain, of these kinds only if any are given."""
        return [
            event.fact for event in self.events(order_id, stream=stream)
            if not kinds or event.fact["kind"] in kinds
        ]  # fmt: skip

    def events(self, stream_id: int, *, stream: Stream = Stream.ORDER) -> list[Any]:
        """Facts of a chain with their circumstances."""
        with self.app.dispatcher.view(SYSTEM) as view:
            return history(view, stream, stream_id, limit=10_000).items

    def variables(self, order_id: int) -> dict[str, Any]:
        """Variables of an order."""
        with self.app.dispatcher.view(SYSTEM) as view:
            return variables(view, order_id)

    def notices(self, login: str) -> list[str]:
        """Kinds of the notices to a person, newest first."""
        return [note.notice for note in self.notes(login)]

    def notes(self, login: str) -> list[records.NotificationItem]:
        """Notices to a person, newest first."""
        with self.app.dispatcher.view(self.person(login)) as view:
            return records.list_notifications(view, limit=200).items

    def rows(self, table: sa.Table, **equal: Any) -> list[dict[str, Any]]:
        """Rows of a table with these values."""
        statement = sa.select(table).where(*(table.c[name] == v for name, v in equal.items()))
        with self.app.database.read() as connection:
            return [dict(row) for row in connection.execute(statement).mappings()]


class Prepared:
    """One closed installation to be copied.

    Args:
        folder: Data folder of it and of its copies.
        server: Where its database is; None for a SQLite file.
    """

    def __init__(self, folder: Path, server: PostgresServer | None) -> None:
        self.folder = folder
        self._server = server
        self._copied = 0
        self.name = "prepared.db" if server is None else server.create()
        self._prepared = self._url(self.name)
        Operator.new(folder, self._prepared).app.close()

    def _url(self, name: str) -> str:
        return (
            f"sqlite:///{self.folder / name}" if self._server is None else self._server.url(name)
        )

    def copy(self) -> str:
        """URL of a fresh copy."""
        if self._server is not None:
            return self._server.url(self._server.create(template=self.name))
        self._copied += 1
        name = f"copy{self._copied}.db"
        shutil.copyfile(self.folder / self.name, self.folder / name)
        return self._url(name)

    def drop(self, url: str) -> None:
        """Remove a copy nobody has open."""
        name = url.rpartition("/")[2]
        if self._server is not None:
            self._server.drop(name)
            return
        for rest in self.folder.glob(f"{name}*"):
            rest.unlink()


def living(prepared: Prepared, **options: str) -> Iterator[Operator]:
    """An operator on a fresh copy; afterwards its history must give its projections."""
    url = prepared.copy()
    made = Operator.on(prepared.folder, url, **options)
    yield made
    try:
        assert check(made.app.database) == []
    finally:
        made.app.close()
        prepared.drop(url)


#: Logins by role, for tables of rights.
BY_ROLE = {role: login for login, (_, _, roles) in reversed(CAST.items()) for role in roles}
