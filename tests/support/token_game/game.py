"""The simplest token game: what must be open, waited for and ended after every step.

It knows nothing of the kernel, of XML and of graphs. What runs is a tree of places, each at one
block, and the marking is read off the tree. It is right by inspection, and slow.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tests.support.token_game.blocks import Call, Event, Scope, Step
from tests.support.token_game.places import Place
from tests.support.token_game.rules import Rules


class UndecidedError(Exception):
    """Two different timers are due at the same instant: BPMN does not say which comes first."""


class TokenGame(Rules):
    """The game on one tree of blocks."""

    def __init__(self, root: Scope, values: Mapping[str, Any], now: datetime) -> None:
        self.values = values
        self.began_at = self.now = now
        self.root = self.begin(root, None)

    # -- the marking --

    def places(self) -> list[Place]:
        """All that runs, the oldest first."""
        return [] if self.is_ended else sorted(self.root.inside(), key=lambda one: one.number)

    def open(self) -> list[Place]:
        """Steps that wait for somebody, the oldest first."""
        return [place for place in self.places() if isinstance(place.block, Step)]

    def awaited(self) -> list[tuple[Place, Event]]:
        """Messages that are waited for, those of event sub-processes last, the oldest first."""
        found = [
            (place, event)
            for place in self.places()
            for event in place.listening
            if event.timer is None and event.code is None
        ]
        return sorted(found, key=lambda one: isinstance(one[0].block, Scope))

    def timers(self) -> list[tuple[datetime, Place, Event]]:
        """Timers that are waited for, the earliest first, the oldest first."""
        found = [
            (due_at, place, event)
            for place in self.places()
            for event, (due_at, _) in place.listening.items()
            if due_at is not None
        ]
        return sorted(found, key=lambda one: one[0])

    @property
    def marking(self) -> tuple[Counter, Counter, Counter, bool]:
        """Open steps, timers with their due times, messages waited for, whether it ended."""
        return (
            Counter(place.block.id for place in self.open()),
            Counter((event.id, due_at) for due_at, _, event in self.timers()),
            Counter(event.id for _, event in self.awaited()),
            self.is_ended,
        )

    # -- what comes from outside --

    def complete(self, place: Place, values: Mapping[str, Any]) -> None:
        """Somebody completes an open step."""
        self.learn(place, values)
        self.done(place)

    def fail(self, place: Place, code: str) -> None:
        """A job fails with an error that is caught."""
        self.throw(place, code)

    def catchable(self, place: Place) -> set[str]:
        """Codes of the errors that something around a place catches."""
        return {event.code for one in place.around() for event in one.listening if event.code}

    def deliver(self, message: str, values: Mapping[str, Any]) -> bool:
        """A message arrives; whether it was waited for."""
        for place, event in self.awaited():
            if event.id == message:
                self.learn(place, values)
                self.happen(place.block, place, event)
                return True
        return False

    def learn(self, place: Place, values: Mapping[str, Any]) -> None:
        """Take new decisions over; those made in a called process stay in it."""
        if not any(isinstance(around.block, Call) for around in place.around()):
            self.values = values

    def pass_time(self, to: datetime) -> int:
        """Time goes on, and all that is due fires; number of firings."""
        self.now = to
        fired = 0
        while (timers := self.timers()) and timers[0][0] <= self.now:
            due_at, place, event = timers[0]
            if any(other[0] == due_at and other[2] != event for other in timers):
                raise UndecidedError
            self.happen(place.block, place, event)
            fired += 1
        return fired

    def cancel(self) -> None:
        """Somebody ends it all."""
        self.is_ended = True
