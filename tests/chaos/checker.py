"""Reads what a campaign left behind and says what is wrong with it.

``python -m tests.chaos.checker URL FOLDER`` knows nothing of the engine's rules but its facts: it
walks the raw history, the clients' notes and the webhook receiver's notes, and holds them against
each other. Hashes are computed here anew; only the comparison of projections is the engine's.
"""

from __future__ import annotations

import hashlib
import json
import sys
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import sqlalchemy as sa

from engine.store.database import Database
from engine.store.rebuild import check

#: A timer or level may be late by as much when everything that could fire it is being killed.
GRACE = timedelta(seconds=20)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ORDER = 1
_MOST_SHOWN = 30


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One fact of the history as plain JSON; a row holds all facts of a command in a chain."""

    stream: int
    stream_id: int
    seq: int
    at: datetime
    actor: int | None
    fact: dict[str, Any]

    @property
    def id(self) -> str:
        """As receivers see it."""
        return f"{self.stream}-{self.stream_id}-{self.seq}"


class Command(msgspec.Struct, kw_only=True):
    """What a client noted about one command."""

    mark: str
    act: str
    task: int | None = None
    order: int | None = None
    answer: dict[str, Any] | None = None
    refusal: str | None = None
    attempts: int = 0


class Verdict(msgspec.Struct, kw_only=True):
    """What was found and counted."""

    findings: list[str] = []
    counts: Counter[str] = msgspec.field(default_factory=Counter)
    lateness: list[float] = []


def judge(url: str, folder: Path) -> Verdict:
    """All findings about one campaign.

    Args:
        url: Its database, at rest.
        folder: With ``*.log`` of the clients, ``received.log`` and ``outcome.json``.
    """
    verdict = Verdict()
    outcome = json.loads((folder / "outcome.json").read_text())
    ended_at = datetime.fromisoformat(outcome["ended_at"])
    database = Database(url)
    with database.read() as connection:
        events = list(_events(connection, verdict))
        _working_papers(connection, verdict)
    commands = list(_commands(folder, verdict))
    _commands_against_history(commands, events, verdict)
    _tasks(events, verdict)
    for order in _by_order(events).values():
        _timers(order, ended_at, verdict)
        _escalations(order, ended_at, verdict)
    _outbox(events, set(outcome["sent"]), folder / "received.log", verdict)
    verdict.findings += [f"projection: {problem}" for problem in _projections(database)]
    database.close()
    return verdict


# ---- the history itself ----------------------------------------------------------------


def _events(connection: sa.Connection, verdict: Verdict) -> Iterator[Event]:
    """All events; broken chains and cut-off ends are found on the way."""
    tails: dict[tuple[int, int], tuple[int, bytes]] = {}
    rows = connection.execute(
        sa.text(
            "SELECT stream, stream_id, seq, at, actor, body, hash FROM history_event ORDER BY id"
        )
    )
    for row in rows:
        place = (row.stream, row.stream_id)
        seq, before = tails.get(place, (0, b""))
        body, kept = _unpacked(bytes(row.body)), bytes(row.hash)
        head = f"{row.stream}:{row.stream_id}:{row.seq}:{row.at}:{row.actor}:".encode()
        if row.seq != seq + 1:
            verdict.findings.append(f"chain {place}: {row.seq} follows {seq}")
        if hashlib.sha256(b"\x02" + before + head + body).digest() != kept:
            verdict.findings.append(f"chain {place}: hash of {row.seq} is wrong")
        facts = json.loads(body) if body else []
        tails[place] = (row.seq + len(facts) - 1, kept)
        for seq, fact in enumerate(facts, row.seq):
            verdict.counts["facts"] += 1
            yield Event(
                stream=row.stream,
                stream_id=row.stream_id,
                seq=seq,
                at=_EPOCH + timedelta(milliseconds=row.at),
                actor=row.actor,
                fact=fact,
            )
    noted = connection.execute(
        sa.text(
            "SELECT 1 AS stream, id AS stream_id, seq, hash FROM work_order"
            " UNION ALL SELECT stream, stream_id, seq, hash FROM stream_tail"
        )
    )
    ends = {(row.stream, row.stream_id): (row.seq, bytes(row.hash)) for row in noted}
    for place in sorted(ends.keys() | tails.keys()):
        if ends.get(place) != tails.get(place):
            verdict.findings.append(f"chain {place} does not end where it is noted to end")


def _unpacked(column: bytes) -> bytes:
    """Text of the facts; empty when it was damaged, so that its hash is wrong."""
    try:
        return zlib.decompress(column)
    except zlib.error:
        return b""


def _projections(database: Database) -> list[str]:
    try:
        return check(database)
    except (zlib.error, ValueError, LookupError) as damage:
        return [f"the history cannot be read: {damage!r}"]


def _working_papers(connection: sa.Connection, verdict: Verdict) -> None:
    for what, table in (("set aside", "step_failure"), ("undelivered", "outbox")):
        count = connection.execute(sa.text(f"SELECT count(*) FROM {table}")).scalar_one()  # noqa: S608
        if count:
            verdict.findings.append(f"{count} {what} in {table}")


# ---- commands ----------------------------------------------------------------


def _commands(folder: Path, verdict: Verdict) -> Iterator[Command]:
    """Commands as their clients noted them."""
    for log in sorted(folder.glob("*.log")):
        if log.name in ("received.log", "postgres.log"):
            continue
        known: dict[str, Command] = {}
        for line in map(json.loads, log.read_text().splitlines()):
            kind, mark = line.pop("line"), line["mark"]
            verdict.counts[kind] += 1
            if kind == "sent":
                known[mark] = Command(**line)
            elif kind == "acknowledged":
                known[mark].answer, known[mark].attempts = line["answer"], line["attempts"]
                verdict.counts["repeated"] += line["attempts"] > 1
            elif kind == "refused":
                known[mark].refusal = line["code"]
            else:
                verdict.findings.append(f"command {mark} was {kind}: {line}")
        yield from known.values()


def _marks(events: Iterable[Event]) -> Iterator[tuple[str, str, Event]]:
    """Marks of commands as they stand in facts: act, mark, event."""
    for event in events:
        fact = event.fact
        match fact["kind"]:
            case "order.started":
                yield "start", fact["title"], event
            case "variables.changed" if fact["values"].get("mark"):
                yield "complete", fact["values"]["mark"], event
            case "task.noted" if fact["values"].get("finding"):
                yield "note", fact["values"]["finding"], event
            case "comment.added":
                yield "comment", fact["text"], event
            case "order.urged" if fact.get("text"):
                yield "urge", fact["text"], event
            case "order.held" if fact.get("text"):
                yield "hold", fact["text"], event
            case "order.resumed" if fact.get("text"):
                yield "resume", fact["text"], event


def _commands_against_history(
    commands: list[Command], events: list[Event], verdict: Verdict
) -> None:
    effects: defaultdict[tuple[str, str], list[Event]] = defaultdict(list)
    for act, mark, event in _marks(events):
        effects[act, mark].append(event)
    claims = Counter(e.fact["task"] for e in events if e.fact["kind"] == "task.claimed")
    claiming = Counter(c.task for c in commands if c.act == "claim" and c.answer is not None)
    done = {(e.stream_id, e.fact["task"]) for e in events if e.fact["kind"] == "task.completed"}
    sent = {(command.act, command.mark) for command in commands}
    for act, mark in effects.keys() - sent:
        verdict.findings.append(f"{act} {mark} stands in the history, but nobody commanded it")
    for task in claims.keys() | claiming.keys():
        if claims[task] != claiming[task]:
            verdict.findings.append(
                f"task {task}: {claiming[task]} claims acknowledged, {claims[task]} recorded"
            )
    for command in commands:
        if command.act == "claim":
            continue
        found = effects[command.act, command.mark]
        wanted = 0 if command.answer is None else 1
        if len(found) != wanted:
            state = "acknowledged" if wanted else f"refused with {command.refusal}"
            verdict.findings.append(
                f"{command.act} {command.mark} was {state}, its effect stands there {len(found)}×"
            )
        elif found and command.answer is not None:
            _answer_against_effect(command, found[0], done, verdict)


def _answer_against_effect(
    command: Command, event: Event, done: set[tuple[int, int]], verdict: Verdict
) -> None:
    answer = command.answer or {}
    place = answer.get("order_id", command.order)
    if place is not None and place != event.stream_id:
        verdict.findings.append(f"{command.act} {command.mark} was answered for another order")
    if command.order is not None and command.order != event.stream_id:
        verdict.findings.append(f"{command.act} {command.mark} changed another order")
    if command.act == "start" and answer["number"] != event.fact["number"]:
        verdict.findings.append(f"start {command.mark} was answered with another number")
    if command.act == "comment" and answer["id"] != event.fact["comment"]:
        verdict.findings.append(f"comment {command.mark} was answered with another id")
    if command.task is not None and (event.stream_id, command.task) not in done:
        verdict.findings.append(f"task {command.task} of {command.mark} was not completed")


# ---- what happens to tasks and by itself ----------------------------------------------------


def _by_order(events: Iterable[Event]) -> dict[int, list[Event]]:
    orders: defaultdict[int, list[Event]] = defaultdict(list)
    for event in events:
        if event.stream == _ORDER:
            orders[event.stream_id].append(event)
    return orders


def _tasks(events: Iterable[Event], verdict: Verdict) -> None:
    opened: Counter[int] = Counter()
    ended: defaultdict[int, list[str]] = defaultdict(list)
    for event in events:
        kind = event.fact["kind"]
        if kind == "task.opened":
            opened[event.fact["task"]] += 1
        elif kind in ("task.completed", "task.withdrawn", "task.returned"):
            ended[event.fact["task"]].append(kind)
        elif kind == "task.claimed" and ended.get(event.fact["task"]):
            verdict.findings.append(f"task {event.fact['task']} was claimed after its end")
        elif kind == "incident.opened":
            verdict.findings.append(
                f"incident in order {event.stream_id}: {event.fact['message']}"
            )
    verdict.counts["tasks"] = len(opened)
    verdict.counts["completed"] = sum(ends.count("task.completed") for ends in ended.values())
    for task, times in opened.items():
        if times > 1:
            verdict.findings.append(f"task {task} was opened {times}×")
    for task, ends in ended.items():
        if len(ends) > 1 or task not in opened:
            verdict.findings.append(f"task {task} ended {len(ends)}×: {', '.join(ends)}")


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _fired(
    what: str, planned: datetime, event: Event, expected: datetime | None, verdict: Verdict
) -> None:
    """One firing against the plan; instants of events are kept in whole milliseconds."""
    if expected is None:
        verdict.findings.append(f"{what} fired without a plan (again?)")
    elif expected != planned:
        verdict.findings.append(f"{what} fired for {planned}, but was planned for {expected}")
    late = (event.at - planned).total_seconds()
    if late < -0.001:
        verdict.findings.append(f"{what} fired {-late} s early")
    verdict.lateness.append(late)


class _Timer:
    """One timer of one order: each plan comes to exactly one end."""

    def __init__(self, what: str, verdict: Verdict) -> None:
        self._what = what
        self._verdict = verdict
        self._due_at: datetime | None = None
        self._has_fired = False
        self.is_closed = False

    def happened(self, event: Event) -> None:
        """Take the next fact about it."""
        fact, kind = event.fact, event.fact["kind"]
        if self.is_closed:
            self._verdict.findings.append(f"{self._what} is {kind} after it was closed")
        if kind == "timer.set":
            self._due_at, self._has_fired = _instant(fact["due_at"]), False
        elif kind == "timer.fired":
            self._verdict.counts["timers fired"] += 1
            planned = datetime.fromisoformat(fact["planned_at"])
            _fired(self._what, planned, event, self._due_at, self._verdict)
            self._due_at, self._has_fired = None, True
        else:
            self.is_closed = True
            self._judge_lost(event.at - GRACE)

    def judge_end(self, ended_at: datetime, *, is_over: bool) -> None:
        """Judge what became of it when nothing was left to happen."""
        if self.is_closed:
            return
        if is_over:
            self._verdict.findings.append(f"{self._what} outlives its order")
        elif self._has_fired:
            self._verdict.findings.append(f"{self._what} fired without being closed or set")
        self._judge_lost(ended_at - timedelta(seconds=1))

    def _judge_lost(self, latest_at: datetime) -> None:
        if self._due_at is not None and self._due_at < latest_at:
            self._verdict.findings.append(f"{self._what} was due at {self._due_at}: lost")


def _timers(order: list[Event], ended_at: datetime, verdict: Verdict) -> None:
    timers: dict[int, _Timer] = {}
    for event in order:
        if event.fact["kind"].startswith("timer."):
            number = event.fact["number"]
            what = f"timer {number} of order {event.stream_id}"
            timers.setdefault(number, _Timer(what, verdict)).happened(event)
    is_over = any(event.fact["kind"] == "order.ended" for event in order)
    for timer in timers.values():
        timer.judge_end(ended_at, is_over=is_over)


class _Levels:
    """Escalation of one order: each level fires once, when its clock says, and does its work."""

    def __init__(self, order: int, clocks: set[str], verdict: Verdict) -> None:
        self._what = f"order {order}"
        self._clocks = clocks
        self._verdict = verdict
        self._plans: dict[str, datetime | None] = {}
        self._fired: Counter[tuple[str, int]] = Counter()
        self._supervised: Counter[tuple[int | None, int]] = Counter()
        self._holds = 0

    def happened(self, event: Event) -> None:
        """Take the next fact of the order."""
        fact = event.fact
        match fact["kind"]:
            case "clock.set":
                self._plans[fact["key"]] = _instant(fact.get("next_at"))
            case "clock.stopped":
                self._judge_lost(fact["key"], self._plans.pop(fact["key"], None), event.at - GRACE)
            case "order.held":
                self._holds += 1
            case "escalation.fired" if fact["clock"] not in self._clocks:
                # The seeded rule for holds: applied by the hold itself, on no clock.
                self._holds -= 1
            case "escalation.fired":
                self._level(event)
            case "task.opened" if fact.get("purpose") == "supervision":
                self._supervised[fact.get("target"), fact["level"]] -= 1

    def judge_end(self, ended_at: datetime) -> None:
        """Judge the whole when nothing was left to happen."""
        findings = self._verdict.findings
        if self._holds:
            findings.append(f"{self._what}: {self._holds} holds were not told")
        for (key, level), times in self._fired.items():
            if times > 1:
                findings.append(f"{self._what}: level {level} on {key} fired {times}×")
        for (task, level), missing in self._supervised.items():
            if missing:
                findings.append(
                    f"{self._what}: {missing} supervision tasks missing, level {level} of {task}"
                )
        for key, due_at in self._plans.items():
            self._judge_lost(key, due_at, ended_at - timedelta(seconds=1))

    def _level(self, event: Event) -> None:
        fact = event.fact
        key, level = fact["clock"], fact["level"]
        self._verdict.counts["levels fired"] += 1
        self._fired[key, level] += 1
        planned = datetime.fromisoformat(fact["planned_at"])
        what = f"{self._what}: level {level} on {key}"
        _fired(what, planned, event, self._plans.get(key), self._verdict)
        self._plans[key] = None
        if "supervise" in fact["actions"]:
            self._supervised[fact.get("task"), level] += 1

    def _judge_lost(self, key: str, due_at: datetime | None, latest_at: datetime) -> None:
        if due_at is not None and due_at < latest_at:
            self._verdict.findings.append(f"{self._what}: level due at {due_at} on {key} is lost")


def _escalations(order: list[Event], ended_at: datetime, verdict: Verdict) -> None:
    clocks = {event.fact["key"] for event in order if event.fact["kind"] == "clock.set"}
    levels = _Levels(order[0].stream_id, clocks, verdict)
    for event in order:
        levels.happened(event)
    levels.judge_end(ended_at)


# ---- the outside ----------------------------------------------------------------


def _outbox(events: Iterable[Event], kinds: set[str], log: Path, verdict: Verdict) -> None:
    sent = {event.id: event.fact for event in events if event.fact["kind"] in kinds}
    digests: defaultdict[str, set[str]] = defaultdict(set)
    for line in map(json.loads, log.read_text().splitlines()):
        verdict.counts["deliveries"] += 1
        event_id = line["event_id"]
        digests[event_id].add(line["digest"])
        if event_id not in sent:
            verdict.findings.append(f"{event_id} was delivered, but is not in the history")
        elif line["fact"] != sent[event_id]:
            verdict.findings.append(f"{event_id} was delivered with another content")
    verdict.counts["events delivered"] = len(digests)
    for event_id in sent.keys() - digests.keys():
        verdict.findings.append(f"{event_id} was never delivered")
    for event_id, bodies in digests.items():
        if len(bodies) > 1:
            verdict.findings.append(f"{event_id} was delivered with {len(bodies)} bodies")


# ---- telling ----------------------------------------------------------------


def report(verdict: Verdict) -> str:
    """Counts, lateness, findings."""
    lines = ["  ".join(f"{name} {count}" for name, count in sorted(verdict.counts.items()))]
    if verdict.lateness:
        late = sorted(verdict.lateness)
        p50, p99 = late[len(late) // 2], late[min(len(late) - 1, len(late) * 99 // 100)]
        lines.append(f"lateness p50 {p50:.2f} s, p99 {p99:.2f} s, max {late[-1]:.2f} s")
    lines.append(f"{len(verdict.findings)} findings")
    lines += verdict.findings[:_MOST_SHOWN]
    return "\n".join(lines)


def main() -> int:
    """Judge a campaign again; 0 when there are no findings."""
    url, folder = sys.argv[1:]
    verdict = judge(url, Path(folder))
    print(report(verdict))  # noqa: T201 - a program tells its result
    return 1 if verdict.findings else 0


if __name__ == "__main__":
    sys.exit(main())
