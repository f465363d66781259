"""The unit of work: one command, one transaction, facts first.

Handlers read through it, record facts and kernel states; at a clean end it appends the facts to
their hash chains, lets the appliers derive all row changes, and writes each row once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy import Connection, bindparam
from sqlalchemy.dialects import postgresql, sqlite

from engine.domain import access, facts, sla
from engine.domain.access import Act
from engine.domain.facts import Stream
from engine.domain.masking import masked_text
from engine.domain.notices import wording
from engine.domain.records import ClockState, Order
from engine.ports.outbound import Passage
from engine.store import appliers, mailing
from engine.store import tables as t
from engine.store.chains import NOTHING, Chains, Place, Tail
from engine.store.changes import Changes
from engine.store.lookups import Lookups
from engine.store.papers import Papers
from engine.store.setup import SetupCache
from engine.store.standing_in import passed_on, stand_ins
from engine.store.writing import write


class OutboundRule(msgspec.Struct, frozen=True, kw_only=True):
    """Which facts leave the house by which channel.

    Attributes:
        kinds: Kinds of facts to send, empty for all.
    """

    channel: str
    recipient: str
    kinds: frozenset[str] = frozenset()


class Ledger(Lookups):
    """Reads and records of one command. Not shared between threads.

    Attributes:
        papers: What is not part of the history.

    Args:
        connection: An open writing transaction.
        now: Instant of the command.
        actor: Person id of who commands; None for the engine itself.
        outbound: Rules that put facts into the outbox.
        mails: Whether notices also go out by e-mail.
    """

    def __init__(
        self,
        connection: Connection,
        *,
        now: datetime,
        actor: int | None,
        setups: SetupCache,
        outbound: Iterable[OutboundRule] = (),
        mails: bool = False,
    ) -> None:
        super().__init__(connection, setups)
        self.now = now
        self.actor = actor
        self.papers = Papers(connection, now)
        self._outbound = tuple(outbound)
        self._mails = mails
        self._facts: list[tuple[Stream, int, facts.Fact, int | None]] = []
        self._of_order: dict[int, list[facts.Fact]] = {}
        self._states: dict[int, tuple[bytes, datetime | None]] = {}
        self._outgoing: list[dict[str, Any]] = []
        self._clocks: dict[int, dict[str, ClockState]] = {}
        self._started: dict[int, str] = {}

    # ---- recording --------------------------------------------------------------------------

    def record(
        self, stream: Stream, stream_id: int, *new: facts.Fact, actor: int | None = -1
    ) -> None:
        """Append facts to a chain; they become rows at the end of the command.

        Args:
            stream: Kind of chain.
            stream_id: Which one.
            new: What happened, in order.
            actor: Who did it, when not the one who commands (None: the engine).
        """
        who = self.actor if actor == -1 else actor
        self._facts.extend((stream, stream_id, fact, who) for fact in new)
        if stream == Stream.ORDER:
            self._of_order.setdefault(stream_id, []).extend(new)

    def save_kernel(self, order_id: int, state: bytes, due_at: datetime | None) -> None:
        """Keep the kernel's state of an order; ``due_at`` is its earliest timer."""
        self._states[order_id] = (state, due_at)

    def send(
        self,
        *,
        event_id: str,
        channel: str,
        recipient: str,
        kind: str,
        content: Any,
        at: datetime | None = None,
    ) -> None:
        """Put a message for the outside into the outbox.

        Args:
            event_id: Stable name of it.
            channel: By which it leaves.
            recipient: Address there.
            kind: What it is about.
            content: Message, see `engine.relay`.
            at: When to deliver it; after the commit if not given.
        """
        self._outgoing.append(
            {
                "event_id": event_id,
                "channel": channel,
                "recipient": recipient,
                "kind": kind,
                "content": content,
                "next_attempt_at": at or self.now,
            }
        )

    @property
    def recorded(self) -> tuple[facts.Fact, ...]:
        """Facts recorded so far by this command."""
        return tuple(fact for _, _, fact, _ in self._facts)

    def recorded_of(self, order_id: int) -> Sequence[facts.Fact]:
        """Facts of an order recorded so far by this command."""
        return self._of_order.get(order_id, ())

    # ---- the end of the command -------------------------------------------------------------

    def flush(self) -> None:
        """Write everything; called once, before the commit."""
        self._tell_substitutes()
        changes = Changes()
        chains = Chains(self.now)
        for stream, stream_id, fact, actor in self._facts:
            place = (int(stream), stream_id)
            if place not in chains.tails:
                chains.begin(place, self._tail(*place))
            seq = chains.append(place, fact, actor)
            happened = appliers.Event(stream, stream_id, seq, self.now, actor, fact)
            appliers.apply(changes, happened)
            if isinstance(fact, facts.OrderStarted):
                self._started[stream_id] = fact.number
            if isinstance(fact, facts.ClockSet | facts.ClockStopped):
                self._fold_clocks(changes, stream_id)
            self._route(happened)
        rows = chains.close()
        self._set_tails(changes, chains.tails)
        self._set_due(changes)
        self._keep_queues(changes)
        write(self.connection, changes, history=rows)
        if self._outgoing:
            self.connection.execute(
                sa.insert(t.outbox),
                [{**message, "created_at": self.now, "attempts": 0} for message in self._outgoing],
            )

    def _tell_substitutes(self) -> None:
        """Let who stands in for somebody absent be told what that one is told about an order."""
        told = {
            person
            for stream, _, fact, _ in self._facts
            if stream == Stream.ORDER and isinstance(fact, facts.Notified)
            for person in fact.people
        }
        away = stand_ins(self.connection, told, self.now) if told else {}
        if not away:
            return
        every, self._facts = self._facts, []
        for stream, stream_id, fact, actor in every:
            self._facts.append((stream, stream_id, fact, actor))
            if stream == Stream.ORDER and isinstance(fact, facts.Notified):
                self._facts.extend(
                    (stream, stream_id, more, actor)
                    for more in passed_on(fact, away, actor, partial(self._may_see, stream_id))
                )

    def _may_see(self, order_id: int, person_id: int) -> bool:
        """Whether somebody's roles show them an order."""
        person, order = self.person(person_id), self.loaded_orders.get(order_id)
        return (
            person is not None
            and order is not None
            and access.may(person, Act.READ, order.unit_path)
        )

    def _tail(self, stream: int, stream_id: int) -> Tail:
        if stream == Stream.ORDER:
            order = self.loaded_orders.get(stream_id)
            return Tail(order.seq, order.hash) if order is not None else NOTHING
        row = self.connection.execute(_SELECT_TAIL, {"s": stream, "i": stream_id}).first()
        return Tail(row.seq, row.hash) if row is not None else NOTHING

    def _set_tails(self, changes: Changes, tails: Mapping[Place, Tail]) -> None:
        for (stream, stream_id), (seq, digest) in tails.items():
            if stream != Stream.ORDER:
                changes.put(t.stream_tail, (stream, stream_id), {"seq": seq, "hash": digest})
                continue
            values: dict[str, Any] = {"seq": seq, "hash": digest}
            if stream_id in self._states:
                values["kernel"], values["kernel_due_at"] = self._states[stream_id]
            changes.update(t.work_order, (stream_id,), values)

    def _fold_clocks(self, changes: Changes, order_id: int) -> None:
        """Merge one clock's change at once: a later one of this command builds on it."""
        change, order = changes.peek(t.work_order, (order_id,)), self.loaded_orders.get(order_id)
        if change is not None:
            before = self._clocks.get(order_id, order.clocks if order is not None else {})
            self._clocks[order_id] = fold_clocks(change.values, before)

    def _set_due(self, changes: Changes) -> None:
        """Find each touched order's next thing to do; its clocks come along."""
        for table, key, change in list(changes):
            if table is not t.work_order:
                continue
            order_id, values = key[0], change.values
            order: Order | None = self.loaded_orders.get(order_id)
            clocks = self._clocks.get(order_id, order.clocks if order is not None else {})
            status = values.get("status") or (order.status if order is not None else "running")
            due = [state.next_at for state in clocks.values() if state.next_at is not None]
            before = order.kernel_due_at if order is not None else None
            kernel_due = values.get("kernel_due_at", before)
            held_until = values.get("held_until", order.held_until if order is not None else None)
            due.extend(each for each in (kernel_due, held_until) if each is not None)
            values["next_due_at"] = min(due) if due and status == "running" else None
            if change.operation == "insert":
                values.setdefault("kernel", b"")
                values.setdefault("kernel_due_at", None)
                values["clocks"] = clocks
            elif order is not None and clocks is not order.clocks:
                values["clocks"] = clocks
            if status == "ended":
                values["kernel"], values["kernel_due_at"] = b"", None

    def _keep_queues(self, changes: Changes) -> None:
        new = {
            change.values["queue"]
            for table, _, change in changes
            if table is t.task and change.values.get("queue")
        } - self.setup.queues
        if new:
            # The snapshot may only learn what is committed: ours is not yet.
            self.setup.queues = self.current_queues()
            new -= self.setup.queues
        if new:
            insert = (
                postgresql.insert
                if self.connection.dialect.name == "postgresql"
                else sqlite.insert
            )
            self.connection.execute(
                insert(t.queue).on_conflict_do_nothing(), [{"name": name} for name in sorted(new)]
            )

    def _mail(self, happened: appliers.Event, notice: facts.Notified) -> None:
        """A mail to each notified person who has an address and wants one for each notice."""
        number = self._number_of(happened)
        wishes = mailing.wishes(self.connection, notice.people)
        for person_id in notice.people:
            person = self.person(person_id)
            if person is None or not person.email or person.id == happened.actor:
                continue
            at = mailing.send_at(self.setup, person, wishes[person_id], notice.notice, self.now)
            if at is None:
                continue
            subject, detail = wording(
                notice.notice, person.language, {**notice.params, "order": number}
            )
            passage = Passage(
                lines=(masked_text(detail),) if detail else (), path=_path_of(happened, notice)
            )
            self.send(
                event_id=f"{happened.id}-{person.id}",
                channel="mail",
                recipient=person.email,
                kind=notice.notice,
                content={
                    "subject": subject,
                    "passages": [passage],
                    "language": person.language,
                },
                at=at,
            )

    def _number_of(self, happened: appliers.Event) -> str:
        """Business number of the order an event is about; empty for other chains."""
        if happened.stream != Stream.ORDER:
            return ""
        order = self.loaded_orders.get(happened.stream_id)
        return self._started.get(happened.stream_id, order.number if order is not None else "")

    def _route(self, happened: appliers.Event) -> None:
        if self._mails and isinstance(happened.fact, facts.Notified):
            self._mail(happened, happened.fact)
        kind = facts.KINDS[type(happened.fact)]
        for rule in self._outbound:
            if not rule.kinds or kind in rule.kinds:
                self.send(
                    event_id=happened.id,
                    channel=rule.channel,
                    recipient=rule.recipient,
                    kind=kind,
                    content={
                        "stream": happened.stream,
                        "stream_id": happened.stream_id,
                        "seq": happened.seq,
                        "at": happened.at,
                        "actor": happened.actor,
                        "fact": happened.fact,
                    },
                )


def _path_of(happened: appliers.Event, notice: facts.Notified) -> str:
    """Where at the desk a notice is about."""
    if notice.task is not None:
        return f"/tasks/{notice.task}"
    return f"/orders/{happened.stream_id}" if happened.stream == Stream.ORDER else "/notifications"


def fold_clocks(values: dict[str, Any], before: dict[str, ClockState]) -> dict[str, ClockState]:
    """Take the per-clock entries out of an order's changes and merge them.

    Returns:
        ``before`` itself if nothing about clocks changed, else the new whole.
    """
    touched = [name for name in values if name.startswith("clocks.")]
    if not touched:
        return before
    after = dict(before)
    for name in touched:
        key, value = name.removeprefix("clocks."), values.pop(name)
        if not isinstance(value, appliers.ClockEnd):
            after[key] = msgspec.convert(value, ClockState)
        elif key.startswith("task:") and value.next_at is None:
            after.pop(key, None)
        elif key in after:
            stopped = sla.stop(after[key].value, value.stopped_at)
            after[key] = msgspec.structs.replace(after[key], value=stopped, next_at=value.next_at)
    return after


_SELECT_TAIL = sa.select(t.stream_tail.c.seq, t.stream_tail.c.hash).where(
    t.stream_tail.c.stream == bindparam("s"), t.stream_tail.c.stream_id == bindparam("i")
)
