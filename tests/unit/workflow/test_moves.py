"""Moving open tasks: wherever the kernel lets them go, the process still comes to its end."""

from itertools import combinations

import pytest

from engine.domain.effects import TaskClosed
from tests.support.bpmn_builder import each, end, model, par, start, sub, user, xor
from tests.support.kernel_world import World

REWORK = model(
    start(), xor("m"), par("f"), user("a"), user("b"), user("c"), par("j"), user("check"),
    xor("g", default="g_e"), end(),
    flows="s m f; f a j; f b j; f c j; j check g; g m : again; g e",
)  # fmt: skip
NESTED = model(
    start(), user("x"), par("f"), user("a"), par("f2"), user("b"), user("c"), par("j2"), par("j"),
    user("z"), end(), flows="s x f; f a j; f f2 b j2; f2 c j2 j; j z e",
)  # fmt: skip
INSIDE = model(
    start(), user("x"),
    sub("part", start("s2"), par("f"), user("a"), user("b"), par("j"), user("last"), end("e2"),
        flows="s2 f; f a j; f b j; j last e2"),
    user("z"), end(), flows="s x part z e",
)  # fmt: skip
MANY = model(
    start(), user("x"),
    user("each", each("${[1, 2]}")),
    user("z"), end(), flows="s x each z e",
)  # fmt: skip
DRAWINGS = {"rework": REWORK, "nested": NESTED, "inside": INSIDE, "many": MANY}


def reached(drawing):
    """A world at every state somebody can come to by completing tasks, loops left out."""
    todo, seen = [()], set()
    while todo:
        path = todo.pop()
        world = played(drawing, path)
        if world.is_ended or (state := tuple(sorted(world.tasks()))) in seen:
            continue
        seen.add(state)
        yield path, world
        todo += [(*path, task) for task in dict.fromkeys(world.tasks())]


def played(drawing, path):
    world = World(drawing).start()
    for task in path:
        world.complete(task)
    return world


def ends(world):
    """Complete whatever is open, the youngest first, until the process ends."""
    for _ in range(30):
        if world.is_ended:
            return True
        if not world.open:
            return False
        world.act("complete_task", max(world.open), {})
    return False


@pytest.mark.parametrize("drawing", DRAWINGS.values(), ids=DRAWINGS)
def test_wherever_a_task_may_go_the_process_comes_to_its_end_once(drawing):
    moves = 0
    for path, world in list(reached(drawing)):
        for number, task in list(world.open.items()):
            for place in world.run().destinations(number):
                assert world.run().can_move(number, place.element_id)
                other = played(drawing, path)
                other.act("move", number, place.element_id)
                assert ends(other), (path, task.element_id, place.element_id)
                moves += 1
    assert moves > 0


@pytest.mark.parametrize("drawing", DRAWINGS.values(), ids=DRAWINGS)
def test_what_cannot_be_reached_is_refused_and_nothing_has_happened(drawing):
    for _, world in list(reached(drawing)):
        for number in list(world.open):
            possible = {place.element_id for place in world.run().destinations(number)}
            for element in ("s", "e", "j", "f", "a", "b", "x", "z", "last", "nowhere"):
                if element in possible or world.run().can_move(number, element):
                    continue
                before = world.state
                run = world.run()
                with pytest.raises(LookupError):
                    run.move(number, element)
                assert run.dump() == before


@pytest.mark.parametrize("drawing", DRAWINGS.values(), ids=DRAWINGS)
def test_tasks_are_gathered_into_one_only_where_they_are_all_there_is(drawing):
    gathered = 0
    for path, world in list(reached(drawing)):
        for size in (2, 3):
            for numbers in combinations(sorted(world.open), size):
                other = played(drawing, path)
                try:
                    other.act("gather", numbers, "x" if drawing is not REWORK else "m")
                except LookupError:
                    continue
                gathered += 1
                assert ends(other), (path, numbers)
    assert gathered > 0


def test_a_fork_inside_a_part_is_left_as_a_whole():
    world = World(INSIDE).start().complete("x")
    numbers = sorted(world.open)
    with pytest.raises(LookupError):
        world.run().move(numbers[0], "x")
    world.act("gather", numbers, "x")
    assert world.tasks() == ["x"]
    assert [one.reason for one in world.of(TaskClosed, last=True)] == ["interrupted"] * 2


def test_one_repetition_moves_all_of_them():
    world = World(MANY).start().complete("x")
    assert world.tasks() == ["each", "each"]
    world.act("move", min(world.open), "x")
    assert world.tasks() == ["x"]


def test_only_what_waits_or_ends_is_a_destination_and_names_come_along():
    world = World(NESTED).start()
    places = world.run().destinations(world.number("x"))
    assert [(one.element_id, one.name, one.kind) for one in places] == [
        ("z", "Z", "userTask"),
        ("e", "E", "endEvent"),
    ]
    with pytest.raises(LookupError):
        world.run().destinations(99)
    with pytest.raises(LookupError):
        world.run().can_move(99, "z")
