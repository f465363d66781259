"""Rows of the history: what one command adds to a chain, hashed onto what was there.

The facts of one command by one author are one row, packed: a row per fact in plain text needs
three times the space and several times the writing. A fact's number in its chain is the row's
plus its place in the row. Hashes are over the plain text.
"""

from __future__ import annotations

import hashlib
import zlib
from datetime import datetime
from typing import Any, NamedTuple

from engine.domain import facts
from engine.domain.facts import Fact
from engine.store.appliers import sort_due

#: Stream and id of what a chain is about.
Place = tuple[int, int]


class Tail(NamedTuple):
    """Where a chain ends: number of its last fact, hash of its last row."""

    seq: int
    hash: bytes


#: The fastest; better ones save a twentieth of the space.
_LEVEL = 1
#: Before the first fact.
NOTHING = Tail(0, b"")


def chain(
    before: bytes, place: tuple[int, int, int], *, at: datetime, actor: int | None, body: bytes
) -> bytes:
    """Hash of a row: it covers its place, its circumstances, its body and its predecessor.

    Args:
        before: Hash of the row before it in the chain, empty for the first.
        place: Stream, id of the stream, number of the row's first fact counted from 1.
        at: When it happened.
        actor: Who did it, None for the engine.
        body: The facts as text.
    """
    stream, stream_id, seq = place
    head = f"{stream}:{stream_id}:{seq}:{sort_due(at)}:{actor}:".encode()
    return hashlib.sha256(b"\x02" + before + head + body).digest()


def pack(body: bytes) -> bytes:
    """Facts as text to the column."""
    return zlib.compress(body, _LEVEL)


def unpack(column: bytes) -> bytes:
    """The column to facts as text."""
    return zlib.decompress(column)


class _Batch(NamedTuple):
    place: Place
    seq: int
    actor: int | None
    facts: list[Fact]


class Chains:
    """New facts of one command, by chain."""

    def __init__(self, at: datetime) -> None:
        self._at = at
        self._batches: list[_Batch] = []
        self._last: dict[Place, _Batch] = {}
        self.tails: dict[Place, Tail] = {}

    def begin(self, place: Place, tail: Tail) -> None:
        """Go on after the present end of a chain."""
        self.tails[place] = tail

    def append(self, place: Place, fact: Fact, actor: int | None) -> int:
        """Add a fact to a chain that was begun; its number there."""
        batch = self._last.get(place)
        if batch is None or batch.actor != actor:
            last = self.tails[place].seq if batch is None else batch.seq + len(batch.facts) - 1
            batch = self._last[place] = _Batch(place, last + 1, actor, [])
            self._batches.append(batch)
        batch.facts.append(fact)
        return batch.seq + len(batch.facts) - 1

    def close(self) -> list[dict[str, Any]]:
        """The rows to write; afterwards ``tails`` are the new ends."""
        rows = []
        for place, seq, actor, new in self._batches:
            body = facts.encode(new)
            digest = chain(
                self.tails[place].hash, (*place, seq), at=self._at, actor=actor, body=body
            )
            self.tails[place] = Tail(seq + len(new) - 1, digest)
            rows.append(
                {
                    "stream": place[0],
                    "stream_id": place[1],
                    "seq": seq,
                    "at": self._at,
                    "actor": actor,
                    "body": pack(body),
                    "hash": digest,
                }
            )
        return rows
