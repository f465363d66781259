"""Random diagrams walked at random, saved and restored at every step, against a token game."""

import os
from datetime import timedelta

import pytest

from engine.workflow.kernel import SpiffKernel
from engine.workflow.language import timers
from engine.workflow.runtime.gateways import (
    EventBasedGateway,
    InclusiveGateway,
    ParallelGateway,
)
from engine.workflow.runtime.nodes import FlowNode
from engine.workflow.runtime.scopes import TokenScope
from engine.workflow.runtime.triggers import TimerTrigger, Trigger
from tests.support.kernel_world import START, Library
from tests.support.token_game import walking
from tests.support.token_game.blocks import inside
from tests.support.token_game.chance import Author
from tests.support.token_game.drawing import Drawing
from tests.support.token_game.walking import smallest_difference, walks

MODELS = int(os.environ.get("GONGDAN_WALKS", "8000")) // walking.WALKS
#: Parts of the work, for test runners that use several processors.
PARTS = 4
#: Blocks of a model; small models come first.
SIZES = range(2, 22)


def model(seed: int, models: int):
    return Author(seed, SIZES[seed * len(SIZES) // models]).model()


@pytest.mark.parametrize("part", range(PARTS))
def test_random_walks_equal_the_token_game(part):
    lengths = []
    for seed in range(part, MODELS, PARTS):
        root = model(seed, MODELS)
        try:
            lengths += walks(root)
        except (AssertionError, LookupError) as error:
            pytest.fail(f"model {seed} of {MODELS}: {smallest_difference(root) or error}")
    decided = [length for length in lengths if length is not None]
    assert len(decided) > 0.99 * len(lengths)
    assert sum(decided) > 6 * len(lengths) > 0


#: Mistakes the kernel could have: where, and what is done instead.
FAULTS = {
    "a parallel join does not wait": (ParallelGateway, "may_fire", lambda *_: True),
    "an inclusive join does not wait": (InclusiveGateway, "may_fire", lambda *_: True),
    "a split takes one flow only": (FlowNode, "choose", lambda node, _: node.flows[:1]),
    "a scope is not cleared": (TokenScope, "clear", lambda *_, **__: None),
    "a scope forgets its boundary events": (TokenScope, "listen", lambda *_: None),
    "nothing repeats": (Trigger, "repeats", lambda *_: False),
    "a cycle fires once": (TimerTrigger, "repeats", lambda *_: False),
    "a loser of an event-based gateway stays": (EventBasedGateway, "won", lambda *_: None),
    "times are late": (timers, "instant", lambda _, context: context.now + timedelta(days=9)),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_mistake_of_the_kernel_is_found_and_shown_small(fault, monkeypatch):
    monkeypatch.setattr(*FAULTS[fault])
    for seed in range(300):
        root = model(seed, 300)
        try:
            walks(root)
        except (AssertionError, LookupError):
            break
    else:
        pytest.fail("no walk shows it")
    found = smallest_difference(root)
    assert "walk" in found
    assert found.count("\n") < 40


def test_well_formed_models_are_not_refused():
    for seed in range(100):
        drawing = Drawing(model(seed, 100), START)
        diagnosis = SpiffKernel(Library()).diagnose({"p.bpmn": drawing.bpmn})
        refused = [one for one in diagnosis.findings if one.severity == "refused"]
        assert not refused, (refused, drawing.lines)


def test_models_hold_blocks_of_every_kind():
    kinds = {type(block).__name__ for seed in range(100) for block in inside(model(seed, 100))}
    assert kinds == {
        "Call", "Fork", "Guarded", "Handler", "Loop", "Multi", "Race", "Scope", "Sequence",
        "Step", "Stop", "Wait",
    }  # fmt: skip
