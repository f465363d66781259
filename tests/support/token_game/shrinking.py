"""Makes a model smaller that shows a difference, until nothing can be left out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from tests.support.token_game.blocks import (
    Block,
    Call,
    Fork,
    Guard,
    Guarded,
    Loop,
    Multi,
    Race,
    Scope,
    Sequence,
    Step,
    Wait,
)

#: Parts that may be left out, and how many must stay.
LISTS = {"parts": 1, "branches": 2, "paths": 2, "guards": 0, "handlers": 0}


def shrunk(root: Scope, differs: Callable[[Scope], bool]) -> Scope:
    """The smallest model found that still differs."""
    while True:
        smaller = next((one for one in reduced(root) if differs(one)), None)
        if smaller is None:
            return root
        root = smaller


def reduced(part: Any) -> Iterator[Any]:
    """All that come from a block by making one thing in it smaller.

    The first part of a sequence stays: often it is the step without which a loop had no end.
    """
    for name in part.__struct_fields__:
        value = getattr(part, name)
        if isinstance(value, tuple):
            changes = _shorter(value, LISTS[name])
        elif isinstance(value, Block):
            # Where a scope must be, nothing else can stand.
            changes = reduced(value) if name == "scope" else _simpler(value)
        else:
            continue
        for change in changes:
            yield msgspec.structs.replace(part, **{name: change})


def _shorter(parts: tuple, least: int) -> Iterator[tuple]:
    for at, part in enumerate(parts):
        if len(parts) > least and (at > 0 or not least):
            yield parts[:at] + parts[at + 1 :]
        yield from ((*parts[:at], change, *parts[at + 1 :]) for change in _changes(part))


def _changes(part: Any) -> Iterator[Any]:
    if isinstance(part, tuple):  # event and path of a race
        yield from ((part[0], change) for change in _changes(part[1]))
    elif isinstance(part, Block) and not hasattr(part, "scope"):
        yield from _simpler(part)
    elif isinstance(part, Block | Guard):
        yield from reduced(part)


def _simpler(block: Block) -> Iterator[Block]:
    match block:
        case Scope() | Call():
            yield Step(f"{block.id}_step", "user")
        case Wait():
            yield Step(f"{block.event.id}_step", "user")
        case Sequence():
            yield block.parts[0]
        case Fork():
            yield from filter(None, block.branches)
        case Race():
            yield from (path for _, path in block.paths if path is not None)
        case Loop():
            yield block.body
        case Guarded() | Multi():
            yield block.host
    yield from reduced(block)
