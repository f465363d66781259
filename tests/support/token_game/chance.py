"""Makes up well-formed trees of blocks, and the decisions of their walks."""

from __future__ import annotations

import random
from typing import Any

import msgspec

from tests.support.token_game.blocks import (
    Block,
    Call,
    Event,
    Fork,
    Guard,
    Guarded,
    Handler,
    Loop,
    Multi,
    Race,
    Scope,
    Sequence,
    Step,
    Stop,
    Timer,
    Wait,
    decisions,
)


class Spot(msgspec.Struct, frozen=True):
    """What may be drawn at a place.

    Attributes:
        depth: How deep blocks may still be nested.
        is_alone: Whether no join waits for the token, so that it may end here.
        joins: Whether joins may be drawn: not beside an activity, where several tokens may be
            under way and a join could not tell them apart.
        codes: Errors that are caught around.
        decides: Whether decisions may be drawn; a called process does not know the variables.
    """

    depth: int
    is_alone: bool = True
    joins: bool = True
    codes: tuple[str, ...] = ()
    decides: bool = True

    def deeper(self, *, is_alone: bool = True) -> Spot:
        """A place one block further in."""
        return msgspec.structs.replace(
            self, depth=self.depth - 1, is_alone=self.is_alone and is_alone
        )


class Author:
    """Makes up one model.

    Args:
        seed: Which one.
        size: Blocks to draw, roughly.
    """

    def __init__(self, seed: int, size: int) -> None:
        self.random = random.Random(seed)
        self.budget = size
        self.count = 0

    def model(self) -> Scope:
        """A whole process."""
        return self.scope(Spot(depth=6), "p")

    def name(self, kind: str) -> str:
        self.count += 1
        return f"{kind}{self.count}"

    # -- blocks --

    def block(self, at: Spot) -> Block:
        """Any block."""
        self.budget -= 1
        if at.depth <= 0 or self.budget <= 0:
            return self.step()
        kinds = ["step", "wait", "sequence", "race", "guarded", "guarded", "guarded", "scope"]
        kinds += ["parallel", "parallel"] * at.joins
        if at.decides:
            kinds += ["exclusive", "loop", "multi", "stop", "call"]
            kinds += ["inclusive", "inclusive"] * at.joins
        kind = self.random.choice(kinds)
        return getattr(self, kind)(at.deeper())

    def perhaps(self, at: Spot) -> Block | None:
        return None if self.random.random() < 0.3 else self.block(at)

    def step(self, at: Spot | None = None) -> Step:
        del at
        kind = self.random.choice(("user", "user", "user", "job"))
        return Step(self.name(kind[0]), kind)

    def wait(self, at: Spot) -> Wait:
        del at
        event = self.event("c", ("duration", "business", "date"))
        return Wait(event, is_task=event.timer is None and self.random.random() < 0.5)

    def sequence(self, at: Spot) -> Sequence:
        return Sequence(tuple(self.block(at) for _ in range(self.random.randint(2, 3))))

    def stepwise(self, at: Spot) -> Sequence:
        """A block that does not finish at once."""
        return Sequence((self.step(), self.block(at)))

    def parallel(self, at: Spot) -> Fork:
        at = at.deeper(is_alone=False)
        first, *others = [self.block(at) for _ in range(self.random.randint(1, 2))]
        return Fork(self.name("p"), "parallel", (first, *others, self.perhaps(at)))

    def exclusive(self, at: Spot) -> Fork:
        branches = [self.block(at) for _ in range(self.random.randint(1, 2))]
        return Fork(self.name("x"), "exclusive", (*branches, self.perhaps(at)))

    def inclusive(self, at: Spot) -> Fork:
        at = at.deeper(is_alone=False)
        first, *others = [self.block(at) for _ in range(self.random.randint(1, 2))]
        return Fork(self.name("i"), "inclusive", (first, *others, self.perhaps(at)))

    def loop(self, at: Spot) -> Loop:
        return Loop(self.name("l"), self.stepwise(at))

    def race(self, at: Spot) -> Race:
        events = [self.event("r", ("duration", "business", "date")) for _ in range(2)]
        events += [self.event("r", ("duration",))] * self.random.randint(0, 1)
        return Race(self.name("g"), tuple((event, self.perhaps(at)) for event in events))

    def stop(self, at: Spot) -> Sequence:
        kinds = ["terminate"] + ["none"] * at.is_alone + ["error", "error"] * bool(at.codes)
        kind = self.random.choice(kinds)
        code = self.random.choice(at.codes) if kind == "error" else None
        return Sequence((self.step(), Stop(self.name("t"), kind, code)))

    def scope(self, at: Spot, name: str | None = None, *, waits: bool = False) -> Scope:
        """A sub-process with event sub-processes."""
        name = name or self.name("s")
        handlers = []
        inner = msgspec.structs.replace(at, is_alone=True, joins=True)
        for _ in range(self.random.choice((0, 0, 0, 1, 1, 2))):
            is_error = at.decides and self.random.random() < 0.3
            event = self.error("h") if is_error else self.event("h", ("duration", "cycle", "date"))
            is_interrupting = is_error or self.random.random() < 0.4
            # An interrupting handler disables those beside it: its errors go further out.
            around = msgspec.structs.replace(at, is_alone=True) if is_interrupting else inner
            handler = self.scope(around.deeper(), self.name("es"), waits=True)
            handlers.append(Handler(event, is_interrupting, handler))
            if event.code:
                inner = msgspec.structs.replace(inner, codes=(*inner.codes, event.code))
        body = self.stepwise(inner) if waits else self.sequence(inner)
        return Scope(name, body, tuple(handlers))

    def call(self, at: Spot) -> Call:
        inside = Spot(depth=at.depth, decides=False)
        return Call(self.name("k"), self.scope(inside, self.name("q")))

    def multi(self, at: Spot) -> Multi:
        host = self.step() if self.random.random() < 0.5 else self.scope(at, waits=True)
        enough = self.random.choice((None, None, 1, 2))
        return Multi(self.name("m"), host, self.random.random() < 0.5, enough)

    def guarded(self, at: Spot) -> Guarded:
        """An activity with one to three boundary events."""
        codes = []
        if at.decides and self.random.random() < 0.4:
            codes = [self.name("E")]
        inner = msgspec.structs.replace(at, codes=(*at.codes, *codes))
        kinds = ["step", "step", "scope", "scope"] + ["multi", "call"] * at.decides
        host = getattr(self, self.random.choice(kinds))(inner)
        if self.random.random() < 0.1:
            host = Wait(Event(self.name("c")), is_task=True)
        if isinstance(host, Wait) or (isinstance(host, Step) and host.kind == "user"):
            codes = []  # nothing there throws one
        guards = [self.guard(Event(self.name("b"), code=code), at) for code in codes]
        guards += [
            self.guard(self.event("b", ("duration", "business", "cycle")), at)
            for _ in range(self.random.choice((1, 1, 2)))
        ]
        return Guarded(self.name("w"), host, tuple(guards))

    def guard(self, event: Event, at: Spot) -> Guard:
        is_interrupting = event.code is not None or self.random.random() < 0.4
        if not is_interrupting:
            # The token beside the activity goes to an end of its own: no join waits for it.
            beside = msgspec.structs.replace(at, is_alone=True, joins=False)
            return Guard(event, False, self.stepwise(beside), False)
        rejoins = not at.is_alone or self.random.random() < 0.7
        return Guard(event, True, self.block(at), rejoins)

    # -- events --

    def event(self, prefix: str, forms: tuple[str, ...]) -> Event:
        """A timer, or a message."""
        if self.random.random() < 0.35:
            return Event(self.name(prefix))
        form = self.random.choice(forms)
        times = self.random.choice((None, None, 2, 3)) if form == "cycle" else 1
        # Odd lengths, so that two timers are hardly ever due at the same instant.
        return Event(self.name(prefix), Timer(form, self.random.randint(600, 40_000), times))

    def error(self, prefix: str) -> Event:
        return Event(self.name(prefix), code=self.name("E"))


def decide(root: Block, chance: random.Random, *, over: bool) -> dict[str, Any]:
    """Values of all decisions; ``over`` leaves every loop and stops nothing."""
    values: dict[str, Any] = {}
    for name, kind in decisions(root).items():
        number = 0 if over else chance.choice((0, 0, 1, 2, 3))
        if kind == "items":
            values[name] = list(range(number))
        else:
            values[name] = number
    return values
