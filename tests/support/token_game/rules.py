"""The rules: what a token does when it arrives, goes on, or an event comes.

Whatever is cut off the tree with a branch is gone; nothing else is ever taken away.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import singledispatchmethod
from typing import Any

from tests.support.token_game.blocks import (
    Block,
    Call,
    Event,
    Fork,
    Guarded,
    Loop,
    Multi,
    Race,
    Scope,
    Sequence,
    Stop,
    Wait,
)
from tests.support.token_game.places import Place


class UncaughtError(Exception):
    """Nobody catches an error: the model is not well-formed."""


class Rules:
    """How the tree grows and shrinks.

    Attributes:
        values: Decisions, by variable.
        began_at: Start of the walk.
        now: Present instant.
        is_ended: Whether the process is finished.
    """

    values: Mapping[str, Any]
    began_at: datetime
    now: datetime
    is_ended = False
    count = 0

    def decided(self, block: Fork | Loop | Multi | Stop) -> Any:
        """The present decision of a block."""
        return self.values[f"v_{block.id}"]

    # -- a token arrives at a block --

    def begin(self, block: Block, parent: Place | None) -> Place:
        """Put a token on a block."""
        self.count += 1
        place = Place(self.count, block, parent)
        if parent is not None:
            parent.children.append(place)
        self.arrive(block, place)
        return place

    @singledispatchmethod
    def arrive(self, block: Block, place: Place) -> None:
        """At a step: wait for somebody."""

    @arrive.register
    def _(self, block: Wait, place: Place) -> None:
        self.listen(place, block.event)

    @arrive.register
    def _(self, block: Race, place: Place) -> None:
        for event, _ in block.paths:
            self.listen(place, event)

    @arrive.register
    def _(self, block: Sequence, place: Place) -> None:
        self.begin(block.parts[0], place)

    @arrive.register
    def _(self, block: Fork, place: Place) -> None:
        branches = self.chosen(block)
        place.begun = len(branches)
        for branch in branches:
            if branch is None:
                self.branch_finished(place)
            else:
                self.begin(branch, place)

    @arrive.register
    def _(self, block: Loop, place: Place) -> None:
        self.begin(block.body, place)

    @arrive.register
    def _(self, block: Scope, place: Place) -> None:
        for handler in block.handlers:
            self.listen(place, handler.event)
        self.begin(block.body, place)

    @arrive.register
    def _(self, block: Call, place: Place) -> None:
        self.begin(block.scope, place)

    @arrive.register
    def _(self, block: Guarded, place: Place) -> None:
        for guard in block.guards:
            self.listen(place, guard.event)
        self.begin(block.host, place)

    @arrive.register
    def _(self, block: Multi, place: Place) -> None:
        place.begun = len(self.decided(block))
        for _ in range(min(place.begun, 1) if block.is_sequential else place.begun):
            self.begin(block.host, place)
        if place.begun == 0:
            self.done(place)

    @arrive.register
    def _(self, block: Stop, place: Place) -> None:
        scope = place.scope
        if self.decided(block) != 1:
            self.done(place)
        elif block.kind == "error":
            self.throw(place, block.code)
        else:
            gone = scope.children if block.kind == "terminate" else [place.strand]
            scope.children = [one for one in scope.children if one not in gone]
            self.strand_finished(scope)

    def chosen(self, fork: Fork) -> list[Block | None]:
        """Branches that a split takes."""
        *conditional, default = fork.branches
        if fork.kind == "parallel":
            return list(fork.branches)
        value = self.decided(fork)
        if fork.kind == "exclusive":
            return [conditional[value] if value < len(conditional) else default]
        return [one for bit, one in enumerate(conditional) if value >> bit & 1] or [default]

    # -- a block is finished --

    def done(self, place: Place) -> None:
        """A token leaves a block, and goes on in what is around it."""
        around = place.parent
        if around is None:
            self.is_ended = True
        else:
            around.children.remove(place)
            self.go_on(around.block, around)

    @singledispatchmethod
    def go_on(self, block: Block, place: Place) -> None:
        """What has nothing more to do is finished too."""
        self.done(place)

    @go_on.register
    def _(self, block: Sequence, place: Place) -> None:
        place.finished += 1
        if place.finished < len(block.parts):
            self.begin(block.parts[place.finished], place)
        else:
            self.done(place)

    @go_on.register
    def _(self, block: Fork, place: Place) -> None:
        self.branch_finished(place)

    def branch_finished(self, fork: Place) -> None:
        """A join has one token more, and goes on when it has all."""
        fork.finished += 1
        if fork.finished == fork.begun:
            self.done(fork)

    @go_on.register
    def _(self, block: Loop, place: Place) -> None:
        if self.decided(block) == 1:
            self.begin(block.body, place)
        else:
            self.done(place)

    @go_on.register
    def _(self, block: Multi, place: Place) -> None:
        place.finished += 1
        if place.finished in {place.begun, block.enough}:
            place.children.clear()
            self.done(place)
        elif block.is_sequential:
            self.begin(block.host, place)

    @go_on.register
    def _(self, block: Scope, place: Place) -> None:
        self.strand_finished(place)

    def strand_finished(self, scope: Place) -> None:
        """A scope is finished when no token is left in it.

        Event sub-processes that run keep it open, but no other begins any more: BPMN 2.0.2,
        13.5.4. Only the errors thrown in them are still caught.
        """
        handlers = [handler.scope for handler in scope.block.handlers]
        if all(one.block in handlers for one in scope.children):
            scope.listening = {event: due for event, due in scope.listening.items() if event.code}
        if not scope.children:
            self.done(scope)

    # -- an event comes --

    def listen(self, place: Place, event: Event) -> None:
        """Begin to wait for an event."""
        timer = event.timer
        if timer is None:
            place.listening[event] = (None, None)
            return
        length = timedelta(seconds=timer.seconds)
        due_at = {
            "duration": self.now + length,
            "cycle": self.now + length,
            "business": self.now + 2 * length,  # the working time of these tests runs slowly
            "date": self.began_at + length,
        }[timer.form]
        place.listening[event] = (due_at, timer.times)

    @singledispatchmethod
    def happen(self, block: Block, place: Place, event: Event) -> None:
        """What a place waits for came: it is finished."""
        self.done(place)

    @happen.register
    def _(self, block: Race, place: Place, event: Event) -> None:
        place.listening.clear()
        path = dict(block.paths)[event]
        if path is None:
            self.done(place)
        else:
            self.begin(path, place)

    @happen.register
    def _(self, block: Guarded, place: Place, event: Event) -> None:
        guard, scope = next(one for one in block.guards if one.event == event), place.scope
        if not guard.is_interrupting:
            self.wait_on(place, event)
            self.begin(guard.path, scope)
        elif guard.rejoins:
            self.clear(place)
            self.begin(guard.path, place)
        else:
            scope.children.remove(place.strand)
            self.begin(guard.path, scope)

    @happen.register
    def _(self, block: Scope, place: Place, event: Event) -> None:
        handler = next(one for one in block.handlers if one.event == event)
        if handler.is_interrupting:
            self.clear(place)
        else:
            self.wait_on(place, event)
        self.begin(handler.scope, place)

    def clear(self, place: Place) -> None:
        """Take away all that runs in a place or waits at it."""
        place.children.clear()
        place.listening.clear()

    def wait_on(self, place: Place, event: Event) -> None:
        """What does not interrupt waits on, unless it was the last firing of a timer.

        Repetitions missed meanwhile are covered by this one firing.
        """
        due_at, left = place.listening[event]
        if due_at is None:
            return
        while due_at <= self.now and left != 0:
            due_at += timedelta(seconds=event.timer.seconds)
            left = None if left is None else left - 1
        if left == 0:
            del place.listening[event]
        else:
            place.listening[event] = (due_at, left)

    def throw(self, place: Place, code: str) -> None:
        """An error goes from the inside out until somebody catches it."""
        for around in place.around():
            for event in around.listening:
                if event.code == code:
                    self.happen(around.block, around, event)
                    return
        raise UncaughtError(code)
