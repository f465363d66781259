"""Random diagrams walked at random, saved and restored at every step, against a token game."""

import os
import random
from collections import Counter

from engine.domain.effects import IncidentOpened, JobClosed, JobOpened, TaskClosed, TaskOpened
from tests.support.kernel_world import World
from tests.support.token_game import Drawing, TokenGame

WALKS = int(os.environ.get("GONGDAN_WALKS", "3000"))
WALKS_PER_DRAWING = 6
LONGEST = 60


def walk(drawing: Drawing, seed: int) -> int:
    """One life; the number of steps compared."""
    chance = random.Random(seed)
    values = drawing.decide(chance, over=False)
    world = World(drawing.bpmn).start(values)
    game = TokenGame(drawing, values)
    jobs: dict[int, str] = {}
    for step in range(LONGEST * 2):
        for effect in world.last:
            if isinstance(effect, JobOpened):
                jobs[effect.number] = effect.element_id
            elif isinstance(effect, JobClosed):
                del jobs[effect.number]
        assert not world.of(IncidentOpened, last=True), world.last
        opened = Counter(world.tasks()) + Counter(jobs.values())
        assert opened == +game.open, (seed, step, opened, game.open, drawing.bpmn.decode())
        assert world.is_ended == game.is_ended, (seed, step, drawing.bpmn.decode())
        if world.is_ended:
            return step
        values = drawing.decide(chance, over=step > LONGEST)
        number = chance.choice(sorted([*world.open, *jobs]))
        if number in jobs:
            game.complete(jobs[number], values)
            world.act("complete_job", number, values)
        else:
            game.complete(world.open[number].element_id, values)
            world.act("complete_task", number, values)
    raise AssertionError((seed, "has no end"))


def test_random_walks_equal_the_token_game():
    steps = walks = 0
    for seed in range(WALKS // WALKS_PER_DRAWING):
        drawing = Drawing(seed)
        for number in range(WALKS_PER_DRAWING):
            steps += walk(drawing, seed * 1000 + number)
            walks += 1
    assert walks >= WALKS - WALKS_PER_DRAWING
    assert steps > 3 * walks


def test_tasks_are_opened_and_closed_exactly_once():
    for seed in range(60):
        drawing = Drawing(seed)
        chance = random.Random(seed)
        world = World(drawing.bpmn).start(drawing.decide(chance, over=True))
        for _ in range(200):
            opened = [one.number for one in world.of(JobOpened)]
            closed = {one.number for one in world.of(JobClosed)}
            jobs = [number for number in opened if number not in closed]
            if not world.open and not jobs:
                break
            number = chance.choice([*world.open, *jobs])
            act = "complete_task" if number in world.open else "complete_job"
            world.act(act, number, drawing.decide(chance, over=True))
        assert world.is_ended
        numbers = [one.number for one in world.of(TaskOpened)]
        assert len(numbers) == len(set(numbers))
        assert sorted(numbers) == sorted(one.number for one in world.of(TaskClosed))
