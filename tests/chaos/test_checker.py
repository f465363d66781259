"""The checker is worth something only if it sees what is wrong: faults planted one by one."""

import hashlib
import json
import shutil
import sqlite3
import zlib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine.domain import commands as c
from tests.chaos.checker import judge
from tests.support.errand import load_errand
from tests.support.installation import (
    ToldClock,
    installed,
    load_people,
    load_setup,
    person,
    settings,
)
from tests.support.projections import excuse

SENT = ["order.started", "task.completed", "timer.fired", "escalation.fired"]


class Notes:
    """Commands given and noted as the clients of a campaign do."""

    def __init__(self, app, folder):
        self.app, self.folder, self.lines = app, folder, []

    def give(self, act, mark, command, login="zhao.agent", **about):
        self.lines.append({"line": "sent", "mark": mark, "act": act, **about})
        by = person(self.app, login)
        result = self.app.dispatcher.execute(command, by, idempotency_key=mark)
        answer = {name: getattr(result, name) for name in result.__struct_fields__}
        self.lines.append({"line": "acknowledged", "mark": mark, "attempts": 1, "answer": answer})
        return result

    def close(self):
        text = "\n".join(map(json.dumps, self.lines))
        (self.folder / "zhao.agent.log").write_text(text + "\n")


@pytest.fixture(scope="module")
def campaign(tmp_path_factory):
    """A folder as a campaign leaves it, without a fault."""
    folder = tmp_path_factory.mktemp("campaign")
    clock = ToldClock(datetime(2026, 11, 20, 1, tzinfo=UTC))
    url = f"sqlite:///{folder}/chaos.db"
    app = installed(
        settings(
            folder / "home",
            url,
            webhook_url="http://127.0.0.1:9/",
            webhook_secret="0123456789abcdef",
            webhook_networks="127.0.0.0/8",
            webhook_events=",".join(SENT),
        ),
        clock,
    )
    load_setup(app)
    load_people(app)
    load_errand(app)
    notes = Notes(app, folder)
    values = {"wait": "PT1S", "limit": "PT1H"}
    orders = []
    for number in range(2):
        mark = f"start-{number}"
        start = c.StartOrder(process="errand", title=mark, values=values)
        orders.append(notes.give("start", mark, start))
    for _ in range(5):
        clock.pass_(seconds=1)
        app.dispatcher.execute(c.FireDue(), None)
    first, second = orders
    (task,) = first.tasks
    notes.give("claim", "claim-1", c.ClaimTask(task_id=task), task=task)
    done = c.CompleteTask(task_id=task, values={"mark": "done-1"})
    notes.give("complete", "done-1", done, task=task)
    for number in range(2):
        mark = f"comment-{number}"
        comment = c.AddComment(order_id=second.order_id, text=mark)
        notes.give("comment", mark, comment, order=second.order_id)
    clock.pass_(seconds=3)
    app.dispatcher.execute(c.FireDue(), None)
    notes.lines.append({"line": "sent", "mark": "late-1", "act": "complete", "task": task})
    notes.lines.append({"line": "refused", "mark": "late-1", "code": "task_not_open"})
    notes.close()
    deliver(app, folder)
    outcome = {"ended_at": clock.now().isoformat(), "sent": SENT}
    (folder / "outcome.json").write_text(json.dumps(outcome))
    app.close()
    return folder


def deliver(app, folder):
    """What a receiver would have noted, one delivery repeated; then the outbox is empty."""
    lines = []
    for parcel in app.outbox.take(app.clock.now(), 1000):
        digest = hashlib.sha256(json.dumps(parcel.content, sort_keys=True).encode()).hexdigest()
        line = {"event_id": parcel.event_id, "digest": digest, "fact": parcel.content["fact"]}
        lines.append(json.dumps(line))
        app.outbox.delivered([parcel.id])
    (folder / "received.log").write_text("\n".join([*lines, lines[0]]) + "\n")


class Forger:
    """Changes a copy of the campaign as somebody could who can write everything."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = f"sqlite:///{folder}/chaos.db"
        self.session = sqlite3.connect(folder / "chaos.db", isolation_level=None)

    def run(self, statement, *values):
        return self.session.execute(statement, values)

    def rows(self, order):
        found = self.run(
            "SELECT at, actor, body FROM history_event WHERE stream = 1 AND stream_id = ?"
            " ORDER BY seq",
            order,
        )
        return [[at, actor, json.loads(zlib.decompress(body))] for at, actor, body in found]

    def rechain(self, order, rows):
        """Write an order's history anew, with every hash right."""
        ids = [id_ for (id_,) in self.run(
            "SELECT id FROM history_event WHERE stream = 1 AND stream_id = ? ORDER BY seq", order
        )]  # fmt: skip
        self.run("DELETE FROM history_event WHERE stream = 1 AND stream_id = ?", order)
        seq, before = 1, b""
        ids += [1_000_000 + number for number in range(len(rows) - len(ids))]
        for id_, (at, actor, facts) in zip(ids, rows, strict=False):
            if not facts:
                continue
            body = json.dumps(facts, ensure_ascii=False, separators=(",", ":")).encode()
            head = f"1:{order}:{seq}:{at}:{actor}:".encode()
            before = hashlib.sha256(b"\x02" + before + head + body).digest()
            self.run(
                "INSERT INTO history_event (id, stream, stream_id, seq, at, actor, body, hash)"
                " VALUES (?, 1, ?, ?, ?, ?, ?, ?)",
                *(id_, order, seq, at, actor, zlib.compress(body), before),
            )
            seq += len(facts)
        self.run("UPDATE work_order SET seq = ?, hash = ? WHERE id = ?", seq - 1, before, order)

    def edit(self, order, change):
        """Change the facts of an order's history and make the chain right again."""
        rows = self.rows(order)
        change(rows)
        self.rechain(order, rows)

    def lines(self, log, change):
        path = self.folder / log
        lines = [json.loads(line) for line in path.read_text().splitlines()]
        path.write_text("\n".join(map(json.dumps, change(lines))) + "\n")


@pytest.fixture
def forger(campaign, tmp_path):
    folder = tmp_path / "copy"
    shutil.copytree(campaign, folder)
    forger = Forger(folder)
    yield forger
    forger.session.close()
    excuse(forger.url)


def facts_of(rows, kind):
    return [fact for _, _, facts in rows for fact in facts if fact["kind"] == kind]


def without(rows, unwanted):
    for row in rows:
        row[2] = [fact for fact in row[2] if not unwanted(fact)]


def twice(rows, wanted):
    for row in rows:
        row[2] = [again for fact in row[2] for again in ([fact] * 2 if wanted(fact) else [fact])]


def is_kind(kind, **values):
    def judged(fact):
        return fact["kind"] == kind and all(fact.get(k) == v for k, v in values.items())

    return judged


def alter_body(f):
    ((id_, body),) = f.run(
        "SELECT id, body FROM history_event WHERE stream = 1 ORDER BY id LIMIT 1"
    ).fetchall()
    text = zlib.decompress(body).replace(b"start-0", b"start-9")
    f.run("UPDATE history_event SET body = ? WHERE id = ?", zlib.compress(text), id_)


def move_late(rows):
    for row in rows:
        if any(is_kind("timer.fired")(fact) for fact in row[2]):
            row[0] -= 1_500


COMMENT = is_kind("comment.added", text="comment-1")
FAULTS = {
    "a row is altered": (alter_body, "is wrong"),
    "a row is unreadable": (
        lambda f: f.run("UPDATE history_event SET body = x'00' WHERE id = 40"),
        "is wrong",
    ),
    "a row in the middle is gone": (
        lambda f: f.run("DELETE FROM history_event WHERE stream = 1 AND stream_id = 1 AND seq > 8"
                        " AND seq < 20"),
        "follows",
    ),
    "the end of a chain is gone": (
        lambda f: f.run("DELETE FROM history_event WHERE id IN"
                        " (SELECT max(id) FROM history_event)"),
        "does not end where",
    ),
    "an acknowledged command is lost": (
        lambda f: f.edit(2, lambda rows: without(rows, COMMENT)),
        "effect stands there 0×",
    ),
    "a command is applied twice": (
        lambda f: f.edit(2, lambda rows: twice(rows, COMMENT)),
        "effect stands there 2×",
    ),
    "a refused command has an effect": (
        lambda f: f.lines("zhao.agent.log", lambda lines: [
            {**line, "line": "refused", "code": "busy"}
            if line["line"] == "acknowledged" and line["mark"] == "comment-0" else line
            for line in lines
        ]),
        "refused with busy",
    ),
    "an effect nobody commanded": (
        lambda f: f.lines("zhao.agent.log", lambda lines: [
            line for line in lines if line["mark"] != "comment-0"
        ]),
        "nobody commanded it",
    ),
    "an answer belongs to another command": (
        lambda f: f.lines("zhao.agent.log", lambda lines: [
            {**line, "answer": {"id": 77}}
            if line["line"] == "acknowledged" and line["mark"] == "comment-0" else line
            for line in lines
        ]),
        "another id",
    ),
    "a claim is lost": (
        lambda f: f.edit(1, lambda rows: without(rows, is_kind("task.claimed"))),
        "claims acknowledged",
    ),
    "a task is completed twice": (
        lambda f: f.edit(1, lambda rows: twice(rows, is_kind("task.completed"))),
        "ended 2×",
    ),
    "a task is completed and taken away": (
        lambda f: f.edit(1, lambda rows: rows.append(
            [rows[-1][0], None, [{"kind": "task.withdrawn",
                                  "task": facts_of(rows, "task.completed")[0]["task"]}]]
        )),
        "ended 2×: task.completed, task.withdrawn",
    ),
    "a timer fires twice": (
        lambda f: f.edit(1, lambda rows: twice(rows, is_kind("timer.fired", element="pause"))),
        "fired without a plan",
    ),
    "a timer is lost": (
        lambda f: f.edit(1, lambda rows: rows.pop()),
        "was due at 2026-11-20 01:00:06+00:00: lost",
    ),
    "a timer fires early": (lambda f: f.edit(1, move_late), "early"),
    "a level fires twice": (
        lambda f: f.edit(1, lambda rows: twice(rows, is_kind("escalation.fired", level=1))),
        "2×",
    ),
    "a level is lost": (
        lambda f: f.edit(2, lambda rows: without(rows, is_kind("escalation.fired", level=2))),
        "supervision tasks missing",
    ),
    "a supervision task is missing": (
        lambda f: f.edit(2, lambda rows: without(rows, is_kind("task.opened", level=1))),
        "supervision tasks missing",
    ),
    "an event is never delivered": (
        lambda f: f.lines("received.log", lambda lines: lines[2:-1]),
        "never delivered",
    ),
    "an event is delivered with another content": (
        lambda f: f.lines("received.log", lambda lines: [
            *lines, {**lines[0], "digest": "other", "fact": {"kind": "order.started"}}
        ]),
        "another content",
    ),
    "a repetition has another body": (
        lambda f: f.lines("received.log", lambda lines: [*lines, {**lines[0], "digest": "0"}]),
        "2 bodies",
    ),
    "an event is made up": (
        lambda f: f.lines("received.log", lambda lines: [
            *lines, {**lines[0], "event_id": "1-99-1"}
        ]),
        "not in the history",
    ),
    "a projection is changed": (
        lambda f: f.run("UPDATE task SET priority = 99 WHERE order_id = 1"),
        "projection: task",
    ),
    "an order is set aside": (
        lambda f: f.run("INSERT INTO step_failure VALUES (1, 3, 0, 'x')"),
        "set aside",
    ),
    "a command was never answered": (
        lambda f: f.lines("zhao.agent.log", lambda lines: [
            *lines, {"line": "gone", "mark": "start-0"}
        ]),
        "was gone",
    ),
    "the server broke": (
        lambda f: f.lines("zhao.agent.log", lambda lines: [
            *lines, {"line": "broken", "mark": "start-0", "status": 500}
        ]),
        "was broken",
    ),
}  # fmt: skip


def test_a_sound_campaign_has_no_findings(campaign):
    verdict = judge(f"sqlite:///{campaign}/chaos.db", campaign)
    assert verdict.findings == []
    assert verdict.counts["timers fired"] > 3
    assert verdict.counts["levels fired"] >= 6
    assert verdict.counts["deliveries"] == verdict.counts["events delivered"] + 1


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found(forger, fault):
    plant, expected = FAULTS[fault]
    plant(forger)
    findings = judge(forger.url, forger.folder).findings
    assert any(expected in finding for finding in findings), findings
