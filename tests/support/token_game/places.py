"""Where tokens are: a tree of places, each at one block."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from tests.support.token_game.blocks import Block, Event, Scope


class Place:
    """A block that runs.

    Attributes:
        number: Counts up; of two places at one block the older has the smaller one.
        parent: The block around it that runs; None for the process.
        children: What runs inside it.
        listening: Events it waits for: due time (None unless a timer) and firings left (None
            for no end).
        begun: Branches or repetitions to be finished.
        finished: Parts, branches or repetitions that are.
    """

    def __init__(self, number: int, block: Block, parent: Place | None) -> None:
        self.number = number
        self.block = block
        self.parent = parent
        self.children: list[Place] = []
        self.listening: dict[Event, tuple[datetime | None, int | None]] = {}
        self.begun = 0
        self.finished = 0

    def inside(self) -> Iterator[Place]:
        """The place itself and all in it."""
        yield self
        for child in self.children:
            yield from child.inside()

    def around(self) -> Iterator[Place]:
        """The place itself and all around it, the nearest first."""
        yield self
        if self.parent is not None:
            yield from self.parent.around()

    @property
    def scope(self) -> Place:
        """The nearest scope around it."""
        return next(one for one in self.parent.around() if isinstance(one.block, Scope))

    @property
    def strand(self) -> Place:
        """The branch of that scope which it is on: all that one token has come to."""
        return next(one for one in self.around() if one.parent is self.scope)
