"""How far an order is, told from its history: steps, marks, and the flows that were taken."""

from datetime import UTC, datetime, timedelta

import pytest

from engine.domain import facts as f
from engine.domain.drawing import Drawing, Edge, Node, Position
from engine.domain.progress import Trail

AT = datetime(2026, 11, 23, 1, tzinfo=UTC)
KINDS = {"s": "startEvent", "e": "endEvent", "x": "exclusiveGateway", "i": "inclusiveGateway",
         "p": "parallelGateway", "t": "userTask", "j": "serviceTask", "c": "callActivity",
         "b": "boundaryEvent"}  # fmt: skip


def drawn(flows, process="own", **calls):
    """A drawing from ``a>b`` flows; the first letter of a name is its kind."""
    edges = tuple(
        Edge(id=flow, source=flow.split(">")[0], target=flow.split(">")[1])
        for flow in flows.split()
    )
    names = dict.fromkeys(end for edge in edges for end in (edge.source, edge.target))
    nodes = {
        name: Node(id=name, kind=KINDS[name[0]], name=name, name_en=name, process=process,
                   calls=calls.get(name))
        for name in names
    }  # fmt: skip
    return Drawing(nodes=nodes, edges=edges)


def opened(element, number=1, definition=1):
    return f.TaskOpened(
        task=number, number=number, element=element, definition_id=definition, name=element,
        name_en=element, unit_id=1,
    )  # fmt: skip


def trail(flows, *steps, **calls):
    """A trail after steps one hour apart: names passed, ``+name`` for tasks opened."""
    made = Trail({1: drawn(flows, **calls)}, {"own": 1})
    for hour, step in enumerate(steps):
        at = AT + timedelta(hours=hour)
        words = step.split()
        for word in words:
            if word.startswith("+"):
                made.take(at, None, opened(word[1:]))
        passed = tuple(word for word in words if not word.startswith("+"))
        if passed:
            made.take(at, 7, f.ElementsPassed(elements=passed))
    return made


@pytest.mark.parametrize(
    ("flows", "steps", "taken"),
    [
        ("s>t1 t1>t2 t2>e", ["s +t1", "t1 +t2"], "s>t1 t1>t2"),
        # A decision: only the way that was gone.
        ("s>x1 x1>t1 x1>t2 t1>e t2>e", ["s x1 +t1"], "s>x1 x1>t1"),
        ("s>x1 x1>j1 x1>j2 j1>e j2>e", ["s x1 j2 e"], "s>x1 x1>j2 j2>e"),
        # The other way was gone in an earlier round.
        (
            "s>t1 t1>x1 x1>t1 x1>e",
            ["s +t1", "t1 x1 +t1", "t1 x1 e"],
            "s>t1 t1>x1 x1>t1 x1>e",
        ),
        # All of a parallel split, also where a join still waits.
        (
            "s>p1 p1>j1 p1>t1 j1>p2 t1>p2 p2>e",
            ["s p1 j1 +t1"],
            "s>p1 p1>j1 p1>t1 j1>p2",
        ),
        # Those of an inclusive split that were reached.
        ("s>i1 i1>t1 i1>t2 i1>t3 t1>e", ["s i1 +t1 +t3"], "s>i1 i1>t1 i1>t3"),
        # Nothing is known of what comes after yet.
        ("s>x1 x1>p1 x1>p2", ["s x1"], "s>x1"),
    ],
)
def test_flows_that_were_taken(flows, steps, taken):
    assert set(trail(flows, *steps).flows(1)) == set(taken.split())


def test_steps_have_beginning_and_end():
    made = trail("s>j1 j1>t1 t1>e", "s")
    made.take(AT + timedelta(hours=1), None, f.JobOpened(number=3, element="j1", topic="x"))
    made.take(AT + timedelta(hours=4), None, f.ElementsPassed(elements=("j1",)))
    steps = {step.place.element: step for step in made.steps([], [])}
    assert steps["j1"].ended_at - steps["j1"].started_at == timedelta(hours=3)
    assert steps["s"].started_at == steps["s"].ended_at == AT
    assert all(step.state == "done" for step in steps.values())


def test_marks_tell_done_here_and_how_often():
    made = trail("s>t1 t1>x1 x1>t1 x1>e", "s +t1", "t1 x1 +t1")
    here = [Position(definition_id=1, element="t1", tokens=2)]
    marks = made.marks(1, made.steps([], here), here)
    assert marks["s"].state == "done"
    assert (marks["t1"].state, marks["t1"].passes, marks["t1"].tokens) == ("here", 1, 2)
    assert "e" not in marks


def test_a_called_process_begins_and_ends_its_caller():
    outer, inner = drawn("s>c1 c1>e", c1="sub"), drawn("s>t1 t1>e", process="sub")
    made = Trail({1: outer, 2: inner}, {"own": 1, "sub": 2})
    made.take(AT, None, f.ElementsPassed(elements=("s", "s"), processes=("own", "sub")))
    made.take(AT, None, opened("t1", definition=2))
    later = AT + timedelta(hours=5)
    here = [Position(definition_id=1, element="c1", tokens=1)]
    (waiting,) = [one for one in made.steps([], here) if one.place == (1, "c1")]
    assert (waiting.state, waiting.started_at) == ("here", AT)
    made.take(
        later, None, f.ElementsPassed(elements=("t1", "e", "c1"), processes=("sub", "sub", "own"))
    )
    (called,) = [one for one in made.steps([], []) if one.place == (1, "c1")]
    assert (called.started_at, called.ended_at) == (AT, later)
    assert set(made.flows(2)) == {"s>t1", "t1>e"}
    assert set(made.flows(1)) == {"s>c1", "c1>e"}


def test_what_only_listens_was_not_reached():
    made = trail("s>t1 t1>e b1>e", "s +t1")
    made.take(AT, None, f.TimerSet(number=9, element="b1", name="", due_at=AT))
    assert made.marks(1, made.steps([], []), []).keys() == {"s"}
    made.take(AT + timedelta(hours=9), None, f.ElementsPassed(elements=("b1",)))
    (fired,) = [one for one in made.steps([], []) if one.place.element == "b1"]
    assert fired.started_at == fired.ended_at
