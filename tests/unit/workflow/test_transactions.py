"""Transactions that are cancelled from anywhere inside, at any moment."""

from engine.domain.effects import IncidentOpened, JobClosed, JobOpened, TimerClosed
from tests.conformance.drawing import (
    AS_HANDLER,
    around,
    compensate,
    listening,
    transaction,
    undo,
)
from tests.support.bpmn_builder import (
    boundary,
    each,
    end,
    event,
    event_sub,
    job,
    par,
    sequence,
    start,
    sub,
    throw,
    timer,
    user,
)
from tests.support.kernel_world import World

CANCEL = event("cancel")


def deal(*elements: str, flows: str, outside: str = "", lines: str = "") -> World:
    """A transaction ``x`` whose cancel event leads to ``y``, its success to ``z``."""
    inner = transaction("x", start("bs"), *elements, flows=sequence(flows))
    return World(
        around(inner, boundary("d", "x", CANCEL), user("y"), user("z"), outside,
               flows=f"s x z e; d y e; {lines}", names="message:stop error:E1")
    ).start()  # fmt: skip


def test_cancelling_takes_what_is_open_away_and_undoes_the_rest():
    world = deal(
        par("f"), user("a"), undo("a"), user("b"), undo("b"), job("w"), user("c"),
        boundary("t", "c", timer("PT1H")), end("no", CANCEL), end("be"),
        flows="bs f; f a b be; f w be; f c no; t be",
    )  # fmt: skip
    world.complete("a").complete("c")
    assert [one.reason for one in world.of(JobClosed)] == ["interrupted"]
    assert len(world.of(TimerClosed)) == 1
    for task in ("ua", "y"):
        assert world.tasks() == [task]
        world.complete(task)
    assert world.is_ended


def test_cancelling_from_deep_inside_undoes_completed_parts_of_what_is_open():
    world = deal(
        user("a"), undo("a"),
        sub("box", start("s2"), user("b"), undo("b"),
            sub("deep", start("s3"), user("c"), undo("c"), user("v"), end("no", CANCEL),
                flows="s3 c v no"), end("e2"), flows="s2 b deep e2"),
        undo("box"), end("be"), flows="bs a box be",
    )  # fmt: skip
    for task in ("a", "b", "c", "v", "uc", "ub", "ua", "y"):
        assert world.tasks() == [task]
        world.complete(task)
    assert world.is_ended


def test_cancelling_undoes_completed_rounds_of_what_is_open():
    world = deal(
        par("f"), user("a", each("xs")), undo("a"), user("c"), end("no", CANCEL), end("be"),
        flows="bs f; f a be; f c no",
    )  # fmt: skip
    world = World(world.library.files(1).bpmn).start({"xs": [1, 2, 3]})
    world.complete("a").complete("a").complete("c")
    for task in ("ua", "ua", "y"):
        assert world.tasks() == [task]
        world.complete(task)
    assert world.is_ended


def test_an_event_sub_process_may_cancel():
    world = deal(
        user("a"), undo("a"), user("b"), end("be"),
        event_sub("es", listening(event("message", "stop"), "h", interrupting=False), user("v"),
                  end("no", CANCEL), flows="h v no"), flows="bs a b be",
    )  # fmt: skip
    world.complete("a")
    world.act("deliver", "stop", {})
    world.complete("v")
    for task in ("ua", "y"):
        assert world.tasks() == [task]
        world.complete(task)


def test_cancelling_while_something_is_being_undone_undoes_the_rest_of_it():
    world = deal(
        user("a"), undo("a"), user("b"), undo("b"), par("f"), throw("t", compensate()),
        user("c"), end("no", CANCEL), end("be"), flows="bs a b f; f t be; f c no",
    )  # fmt: skip
    world.complete("a").complete("b")
    assert world.tasks() == ["c", "ub"]
    world.complete("c")
    for task in ("ua", "y"):
        assert world.tasks() == [task]
        world.complete(task)


def test_nothing_outside_interrupts_a_cancellation_but_an_error_in_it_does():
    undoing = job("ua", "refund", attrs=AS_HANDLER)
    world = deal(
        user("a"), undo("a", undoing), user("b"), end("no", CANCEL), flows="bs a b no",
        outside=boundary("m", "x", event("message", "stop"))
        + boundary("h", "x", event("error", "E1")) + user("hazard"),
        lines="m e; h hazard e",
    )  # fmt: skip
    world.complete("a").complete("b")
    assert not world.act("deliver", "stop", {})
    (opened,) = world.of(JobOpened)
    world.act("fail_job", opened.number, code=None, message="down")
    assert len(world.of(IncidentOpened)) == 1
    world.act("fail_job", opened.number, code="E1", message="no")
    assert world.tasks() == ["hazard"]
    world.complete("hazard")
    assert world.is_ended


def test_a_cancelled_transaction_is_not_undone_again():
    inner = transaction("x", start("bs"), user("a"), undo("a"), end("no", CANCEL),
                        flows=sequence("bs a no"))  # fmt: skip
    world = World(
        around(inner, boundary("d", "x", CANCEL), throw("t", compensate()), user("y"),
               flows="s x e; d t y e")
    ).start()  # fmt: skip
    for task in ("a", "ua", "y"):
        assert world.tasks() == [task]
        world.complete(task)
    assert world.is_ended
