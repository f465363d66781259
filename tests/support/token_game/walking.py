"""Walks a model at random in the kernel and in the game, and compares them after every step."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from engine.domain import effects
from tests.support.kernel_world import START, World
from tests.support.token_game.blocks import Race, Scope, Wait
from tests.support.token_game.chance import decide
from tests.support.token_game.drawing import Drawing, report
from tests.support.token_game.game import TokenGame, UndecidedError
from tests.support.token_game.places import Place
from tests.support.token_game.rules import UncaughtError
from tests.support.token_game.shrinking import shrunk

#: Walks through one model.
WALKS = 8
#: After so many steps a walk takes the shortest way to the end.
LONGEST = 40


class Walker:
    """Walks one model in the kernel and in the game at once."""

    def __init__(self, root: Scope) -> None:
        self.root = root
        self.drawing = Drawing(root, START)
        self.world = World(self.drawing.bpmn)
        for key in self.drawing.called:
            self.world.library.publish(key, self.drawing.bpmn)
        self.opened: dict[int, str] = {}
        self.jobs: set[int] = set()
        self.timers: dict[int, tuple] = {}
        self.messages: dict[int, str] = {}
        self.numbers: set[int] = set()
        self.has_ended = False
        self.steps: list[str] = []

    def walk(self, number: int) -> int | None:
        """One life; the number of steps compared, None if BPMN leaves the order of events open."""
        self.chance = random.Random(number)
        self.number = number
        self.world.now = START
        self.world.open, self.world.effects = {}, []
        for memory in (self.opened, self.jobs, self.timers, self.messages):
            memory.clear()
        self.numbers.clear()
        self.steps.clear()
        self.has_ended = False
        values = decide(self.root, self.chance, over=False)
        self.game = TokenGame(self.root, values, START)
        self.world.start(values)
        self.compare(f"start {values}")
        while not self.game.is_ended:
            try:
                self.step()
            except UndecidedError:
                return None
        return len(self.steps)

    def step(self) -> None:
        """One command, chosen at random."""
        values = decide(self.root, self.chance, over=self.is_over)
        acts = [self.complete] * 3 * bool(self.game.open())
        if not self.is_over or not acts:
            acts += [self.deliver] * bool(self.awaited())
            acts += [self.pass_time] * bool(self.game.timers())
        if not self.is_over:
            acts += [self.fail] * any(self.codes(number) for number in self.jobs)
        assert acts, self.describe("is stuck")
        if len(self.steps) > 3 * LONGEST:
            acts = [self.cancel]  # endless reminders that each take longer than the next one
        self.world.now += timedelta(seconds=self.chance.randrange(600))
        self.game.now = self.world.now
        self.chance.choice(acts)(values)

    @property
    def is_over(self) -> bool:
        """Whether the walk is to take the shortest way to the end."""
        return len(self.steps) > LONGEST

    def awaited(self) -> list[str]:
        """Messages to deliver; in the end only those a token waits for."""
        return [
            event.id
            for place, event in self.game.awaited()
            if not self.is_over or isinstance(place.block, Wait | Race)
        ]

    def complete(self, values: Mapping[str, Any]) -> None:
        number = self.chance.choice(sorted(self.opened))
        self.game.complete(self.place(number), values)
        act = "complete_job" if number in self.jobs else "complete_task"
        self.act(f"{act} {self.opened[number]} {values}", act, number, values)

    def fail(self, _values: Mapping[str, Any]) -> None:
        number = self.chance.choice([one for one in sorted(self.jobs) if self.codes(one)])
        code = self.chance.choice(self.codes(number))
        self.game.fail(self.place(number), code)
        self.act(f"fail {self.opened[number]} {code}", "fail_job", number, code=code, message="")

    def codes(self, number: int) -> list[str]:
        return sorted(self.game.catchable(self.place(number)))

    def place(self, number: int) -> Place:
        """The place of a step in the game: the same among the copies of one element."""
        copies = [one for one in sorted(self.opened) if self.opened[one] == self.opened[number]]
        places = [one for one in self.game.open() if one.block.id == self.opened[number]]
        return places[copies.index(number)]

    def deliver(self, values: Mapping[str, Any]) -> None:
        message = self.chance.choice(self.awaited())
        assert self.game.deliver(message, values)
        assert self.act(f"deliver {message} {values}", "deliver", message, values)

    def pass_time(self, _values: Mapping[str, Any]) -> None:
        if not self.is_over and self.chance.random() < 0.7:
            self.world.now = max(self.world.now, self.game.timers()[0][0])
        else:
            self.world.now += timedelta(seconds=self.chance.randrange(100_000))
        fired = self.game.pass_time(self.world.now)
        assert self.act(f"time {self.world.now}", "fire_timers") == fired, self.describe("fired")

    def cancel(self, _values: Mapping[str, Any]) -> None:
        self.game.cancel()
        self.act("cancel", "cancel")

    def act(self, step: str, *args: Any, **options: Any) -> Any:
        result = self.world.act(*args, **options)
        self.compare(step)
        return result

    def compare(self, step: str) -> None:
        """Whether the kernel is where the game is."""
        self.steps.append(step)
        for effect in self.world.last:
            self.keep(effect)
        marking = (
            Counter(self.opened.values()),
            Counter(self.timers.values()),
            Counter(self.messages.values()),
            self.has_ended,
        )
        if marking != self.game.marking:
            raise AssertionError(self.describe(f"{marking}\nis not {self.game.marking}"))
        run = self.world.run()
        due_at = min((due_at for _, due_at in self.timers.values()), default=None)
        assert (run.is_ended, run.next_due_at) == (self.has_ended, due_at), self.describe("state")

    def keep(self, effect: effects.Effect) -> None:
        """Book-keeping of what is open, by the effects alone."""
        match effect:
            case effects.TaskOpened() | effects.JobOpened():
                assert self.is_new(effect.number)
                self.opened[effect.number] = effect.element_id
                if isinstance(effect, effects.JobOpened):
                    self.jobs.add(effect.number)
            case effects.TaskClosed() | effects.JobClosed():
                del self.opened[effect.number]
                self.jobs.discard(effect.number)
            case effects.TimerSet():
                self.timers[effect.number] = (effect.element_id, effect.due_at)
            case effects.TimerClosed():
                del self.timers[effect.number]
            case effects.MessageAwaited():
                assert self.is_new(effect.number)
                self.messages[effect.number] = effect.message
            case effects.MessageClosed():
                del self.messages[effect.number]
            case effects.InstanceEnded():
                self.has_ended = True
            case effects.IncidentOpened():
                raise AssertionError(self.describe(str(effect)))

    def is_new(self, number: int) -> bool:
        """Whether a number is given for the first time."""
        is_new = number not in self.numbers
        self.numbers.add(number)
        return is_new

    def describe(self, what: str) -> str:
        """A failure report."""
        return f"walk {self.number}: {what}{report(self.drawing, self.steps)}"


def walks(root: Scope) -> list[int | None]:
    """Walks through a model; the lengths of them.

    Raises:
        AssertionError: Kernel and game differ.
        LookupError: The effects of the kernel do not add up.
    """
    walker = Walker(root)
    return [walker.walk(number) for number in range(WALKS)]


def smallest_difference(root: Scope) -> str:
    """What the smallest model found does on which kernel and game differ."""
    return _difference(shrunk(root, lambda one: bool(_difference(one))))


def _difference(root: Scope) -> str:
    try:
        walks(root)
    except (AssertionError, LookupError) as error:
        return f"{type(error).__name__}: {error}"
    except UncaughtError:
        pass  # who caught the error was left out
    return ""
