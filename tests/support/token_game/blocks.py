"""Blocks: parts of a well-formed diagram with one way in and one way out, as plain data.

A diagram is a tree of blocks. `drawing` draws the tree, `game` plays it, `chance` makes one up.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import msgspec


class Timer(msgspec.Struct, frozen=True):
    """A time as drawn.

    Attributes:
        form: Length of time, working time, instant (counted from the start of the walk), cycle.
        seconds: The length, the instant or the interval.
        times: Firings of a cycle, None for no end.
    """

    form: Literal["duration", "business", "date", "cycle"]
    seconds: int
    times: int | None = 1


class Event(msgspec.Struct, frozen=True):
    """Something a token waits for; a message is called like the event, an error like its code."""

    id: str
    timer: Timer | None = None
    code: str | None = None


class Block(msgspec.Struct, frozen=True):
    """Base of all blocks."""


class Step(Block, frozen=True):
    """A task of a person, or a job of another system."""

    id: str
    kind: Literal["user", "job"]


class Wait(Block, frozen=True):
    """A catching event, or a receive task for its message."""

    event: Event
    is_task: bool = False


class Sequence(Block, frozen=True):
    """One after the other."""

    parts: tuple[Block, ...]


class Fork(Block, frozen=True):
    """A split and its join; a branch of None is a flow from one to the other.

    An exclusive decision is the number of a branch, an inclusive one has a bit for each; the
    last branch is the default.
    """

    id: str
    kind: Literal["parallel", "exclusive", "inclusive"]
    branches: tuple[Block | None, ...]


class Loop(Block, frozen=True):
    """Once, and again as long as the decision is 1."""

    id: str
    body: Block


class Race(Block, frozen=True):
    """An event-based gateway: the path behind the first event is taken."""

    id: str
    paths: tuple[tuple[Event, Block | None], ...]


class Handler(Block, frozen=True):
    """An event sub-process."""

    event: Event
    is_interrupting: bool
    scope: Scope


class Scope(Block, frozen=True):
    """An embedded sub-process, or the process itself."""

    id: str
    body: Block
    handlers: tuple[Handler, ...] = ()


class Call(Block, frozen=True):
    """A call activity with the process it calls."""

    id: str
    scope: Scope


class Multi(Block, frozen=True):
    """A multi-instance activity; its decision is the number of items.

    Attributes:
        enough: Completed repetitions that end the activity, None for all.
    """

    id: str
    host: Step | Scope
    is_sequential: bool
    enough: int | None


class Guard(msgspec.Struct, frozen=True):
    """A boundary event and what follows it.

    Attributes:
        rejoins: Whether the path leads back behind the activity instead of to an end of its own.
    """

    event: Event
    is_interrupting: bool
    path: Block
    rejoins: bool


class Guarded(Block, frozen=True):
    """An activity with boundary events."""

    id: str
    host: Step | Wait | Scope | Call | Multi
    guards: tuple[Guard, ...]


class Stop(Block, frozen=True):
    """An end event taken if the decision is 1; otherwise the way goes on."""

    id: str
    kind: Literal["none", "terminate", "error"]
    code: str | None = None


def inside(part: object) -> Iterator[Block]:
    """A block and all blocks in it."""
    if isinstance(part, Block):
        yield part
    if isinstance(part, tuple):
        for one in part:
            yield from inside(one)
    elif isinstance(part, Block | Guard):
        for name in part.__struct_fields__:
            yield from inside(getattr(part, name))


def decisions(root: Block) -> dict[str, Literal["number", "again", "items"]]:
    """Variables that are decided anew at every step, and what their values mean."""
    found: dict[str, Literal["number", "again", "items"]] = {}
    for block in inside(root):
        if isinstance(block, Multi):
            found[f"v_{block.id}"] = "items"
        elif isinstance(block, Loop | Stop):
            found[f"v_{block.id}"] = "again"
        elif isinstance(block, Fork) and block.kind != "parallel":
            found[f"v_{block.id}"] = "number"
    return found
