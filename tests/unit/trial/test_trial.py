"""A work order on trial: virtual time, clocks, jobs, and what can be seen."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from api.offline import START, tools
from engine.domain.effects import InstanceEnded, TimerFired
from engine.trial.files import OnTrial, ProcessChoiceError
from engine.trial.trace import Acted, ClockSet, Trouble
from engine.trial.trial import Answer
from engine.trial.walk import Given, walk
from tests.support.bpmn_builder import (
    boundary,
    call,
    catch,
    diagram,
    end,
    job,
    model,
    node,
    process,
    start,
    timer,
    user,
    xor,
)

NINE = datetime(2026, 3, 2, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


def files(**drawings):
    found = OnTrial(tools(), {f"{name}.bpmn": drawn for name, drawn in drawings.items()})
    assert [one.message for one in found.findings if one.severity == "refused"] == []
    return found


def trial(drawn, variables=None):
    on_trial = files(p=drawn)
    begun = on_trial.begin(NINE)
    begun.start(on_trial.definition_id("p"), variables or {})
    return begun


def clocked(level="lease_quote"):
    """A user task with a clock, and a timer at three quarters of it."""
    task = user("u", props={"taskClock": level})
    warned = boundary("b", "u", timer("${clock('task', '75%')}"), interrupting=False)
    return model(start(), task, warned, end(), end("e2"), flows="s u e; b e2")


def test_time_passes_from_timer_to_timer():
    begun = trial(model(start(), catch("c", timer("PT2H")), user("u"), end(), flows="s c u e"))
    assert begun.next_due_at == NINE + 2 * HOUR
    begun.wait_until(NINE + HOUR)
    assert (begun.tasks, begun.now) == ({}, NINE + HOUR)
    begun.wait(5 * HOUR)
    (fired,) = [one for one in begun.trace if isinstance(one.what, TimerFired)]
    assert (fired.at, begun.now) == (NINE + 2 * HOUR, NINE + 6 * HOUR)
    assert [task.element_id for task in begun.tasks.values()] == ["u"]


def test_working_time_is_that_of_the_shipped_calendar():
    begun = trial(model(start(), catch("c", timer("PT7H@business")), end(), flows="s c e"))
    # 09:00 to 12:00 and 13:30 to 17:30 in China.
    assert begun.next_due_at == NINE + timedelta(hours=8, minutes=30)


def test_clocks_of_tasks_move_their_timers():
    begun = trial(clocked())
    (clock,) = [one.what for one in begun.trace if isinstance(one.what, ClockSet)]
    assert clock.due_at == NINE + timedelta(days=2)
    assert begun.next_due_at is not None
    assert NINE < begun.next_due_at < clock.due_at
    (task,) = begun.tasks.values()
    begun.complete(task, {})
    assert begun.next_due_at is None
    assert isinstance(begun.ended, InstanceEnded)


def test_a_service_level_nobody_knows_is_trouble():
    begun = trial(clocked("${'no_such' + '_level'}"))
    assert [type(one.what) for one in begun.trace].count(Trouble) == 1
    assert begun.next_due_at is None


@pytest.mark.parametrize(
    ("answer", "ended", "incident"),
    [
        (Answer(gives={"x": 1}), "e", None),
        (Answer(fails="oops"), None, "uncaught_error"),
        (Answer(breaks="It broke."), None, "job"),
    ],
)
def test_jobs_are_answered(answer, ended, incident):
    begun = trial(model(start(), job("j", "t"), end(), flows="s j e"))
    (opened,) = begun.jobs.values()
    begun.answer(opened, answer)
    assert (begun.ended and begun.ended.element_id) == ended
    assert [one.kind for one in begun.incidents.values()] == ([incident] if incident else [])


def test_the_process_to_try_is_the_one_nobody_calls():
    caller = model(start(), call("c", "q"), end(), flows="s c e")
    called = diagram(process("q", start(), user("u"), end(), flows="s u e"))
    found = files(p=caller, q=called)
    assert found.process(None).key == "p"
    assert found.process("q").key == "q"
    with pytest.raises(ProcessChoiceError, match="'r' is not"):
        found.process("r")
    with pytest.raises(ProcessChoiceError, match="none was named"):
        files(p=model(start(), end(), flows="s e"), q=called).process(None)


# ---- walks ----------------------------------------------------------------------------------


def walked(drawn, given=None, seed=0, **options):
    on_trial = files(p=drawn)
    return walk(
        on_trial,
        on_trial.process("p"),
        given or Given(),
        at=START,
        chance=random.Random(seed),
        **options,
    )


def test_a_walk_does_what_is_given():
    drawn = model(start(), job("j", "t"), user("u"), end(), flows="s j u e")
    given = Given(
        variables={"a": 1},
        tasks={"u": {"b": 2}},
        jobs={"t": Answer(gives={"c": 3})},
        at=NINE + HOUR,
    )
    found = walked(drawn, given)
    assert found.outcome == "ended"
    assert {**found.variables} == {"a": 1, "b": 2, "c": 3}
    assert found.trace[0].at == NINE + HOUR
    acts = [one.what for one in found.trace if isinstance(one.what, Acted)]
    assert [(act.deed, act.is_assumed) for act in acts] == [
        ("started", False), ("answered", False), ("completed", False)
    ]  # fmt: skip


def test_a_walk_lets_timers_fire_while_people_work():
    found = walked(clocked(), pace=timedelta(hours=40))
    fired = [one.what.element_id for one in found.trace if isinstance(one.what, TimerFired)]
    assert (found.outcome, fired) == ("ended", ["b"])


def test_a_loop_without_end_is_cut():
    drawn = model(start(), user("u"), xor("g", default="g_u"), end(),
                  flows="s u g u; g e : ${false}")  # fmt: skip
    found = walked(drawn, most_steps=20)
    assert (found.outcome, found.steps) == ("cut", 20)


def test_what_waits_for_a_message_gets_it():
    drawn = model(
        start(), node("receiveTask", "r", attrs={"messageRef": "message_news"}), end(),
        flows="s r e", names="message:news",
    )  # fmt: skip
    found = walked(drawn, Given(messages={"news": {"x": 5}}))
    assert (found.outcome, found.variables["x"]) == ("ended", 5)
    assert walked(drawn).trace[-1].what == InstanceEnded(outcome="completed", element_id="e")


def test_an_incident_ends_the_walk():
    drawn = model(start(), xor("g"), end(), end("e2"),
                  flows="s g; g e : ${x > 1}; g e2 : ${x < 0}")  # fmt: skip
    assert walked(drawn, Given(variables={"x": 0})).outcome == "incident"
