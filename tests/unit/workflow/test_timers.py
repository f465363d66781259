"""Timers: times as drawn, cycles, working time, SLA clocks, event-based gateways."""

from datetime import UTC, datetime, timedelta

import pytest

from engine.domain.effects import (
    IncidentClosed,
    IncidentOpened,
    TaskClosed,
    TimerClosed,
    TimerFired,
    TimerSet,
)
from engine.ports.kernel import StepContext
from engine.workflow.errors import TimerError
from engine.workflow.language import cycles, timers
from tests.support.bpmn_builder import (
    boundary,
    catch,
    end,
    event,
    model,
    node,
    start,
    sub,
    timer,
    user,
)
from tests.support.kernel_world import START, Clocks, EverySecondHour, World

CONTEXT = StepContext(now=START, clocks=Clocks(), calendar=EverySecondHour())


def guarded(definition: str, *, interrupting: bool, **options) -> World:
    return World(
        model(
            start(), user("a"), boundary("t", "a", definition, interrupting=interrupting),
            user("late"), end(), flows="s a e; t late e",
        ),
        **options,
    )  # fmt: skip


def test_a_non_interrupting_timer_fires_once_beside_the_task():
    world = guarded(timer("PT4H"), interrupting=False).start()
    (was_set,) = world.of(TimerSet)
    assert was_set == TimerSet(
        number=was_set.number, element_id="t", name="T", due_at=START + timedelta(hours=4),
        attached_to=world.number("a"), interrupting=False, repeats=False, clock=None,
    )  # fmt: skip
    assert world.run().next_due_at == START + timedelta(hours=4)
    assert world.pass_time(hours=3, minutes=59) == 0
    assert world.pass_time(minutes=1) == 1
    assert world.tasks() == ["a", "late"]
    assert world.of(TimerClosed) == [TimerClosed(number=was_set.number)]
    assert world.run().next_due_at is None
    world.complete("a").complete("late")
    assert world.is_ended


def test_an_interrupting_timer_takes_the_task_away():
    world = guarded(timer("PT4H"), interrupting=True).start()
    number = world.number("a")
    world.pass_time(hours=5)
    assert world.tasks() == ["late"]
    assert TaskClosed(number=number, reason="interrupted") in world.effects
    assert world.of(TimerFired)[0].planned_at == START + timedelta(hours=4)


def test_completing_the_task_closes_its_timers():
    world = guarded(timer("PT4H"), interrupting=True).start()
    world.complete("a")
    assert len(world.of(TimerClosed)) == 1
    assert world.is_ended
    assert world.pass_time(hours=5) == 0


def test_hourly_reminders_stay_after_completion_and_no_further_one_comes():
    world = guarded(timer("R/PT1H", "Cycle"), interrupting=False).start()
    assert world.of(TimerSet)[0].repeats
    for number in range(1, 4):
        assert world.pass_time(hours=1) == 1
        assert world.tasks() == ["a"] + ["late"] * number
    world.complete("a")
    assert world.tasks() == ["late"] * 3
    assert world.pass_time(hours=10) == 0
    assert world.tasks() == ["late"] * 3
    for _ in range(3):
        world.complete("late")
    assert world.is_ended


def test_missed_repetitions_are_covered_by_one_firing():
    world = guarded(timer("R/PT1H", "Cycle"), interrupting=False).start()
    assert world.pass_time(hours=5, minutes=30) == 1
    (fired,) = world.of(TimerFired)
    assert (fired.planned_at, fired.missed) == (START + timedelta(hours=1), 4)
    assert world.of(TimerSet)[-1].due_at == START + timedelta(hours=6)
    assert world.of(TimerSet)[-1].number == world.of(TimerSet)[0].number


def test_a_bounded_cycle_ends():
    world = guarded(timer("R3/PT10M", "Cycle"), interrupting=False).start()
    for _ in range(3):
        assert world.pass_time(minutes=10) == 1
    assert world.pass_time(minutes=10) == 0
    assert world.tasks() == ["a"] + ["late"] * 3
    assert len(world.of(TimerClosed)) == 1


def test_a_bounded_cycle_counts_what_it_missed():
    world = guarded(timer("R3/PT10M", "Cycle"), interrupting=False).start()
    assert world.pass_time(hours=5) == 1
    assert world.of(TimerFired)[0].missed == 2
    assert world.pass_time(hours=5) == 0


def test_an_interrupting_cycle_interrupts_at_its_first_firing():
    world = guarded(timer("R/PT1H", "Cycle"), interrupting=True).start()
    assert not world.of(TimerSet)[0].repeats
    assert world.pass_time(hours=1) == 1
    assert world.tasks() == ["late"]
    assert world.pass_time(hours=9) == 0


def test_two_timers_of_one_event_based_gateway_have_times_of_their_own():
    world = World(
        model(
            start(), node("eventBasedGateway", "g"), catch("long", timer("PT8H")),
            catch("short", timer("PT2H")), catch("m", event("message", "pay")),
            user("a"), user("b"), user("c"), end(),
            flows="s g; g long a e; g short b e; g m c e", names="message:pay",
        )
    ).start()  # fmt: skip
    assert world.pass_time(hours=2) == 1
    assert world.tasks() == ["b"]
    assert not world.act("deliver", "pay", {})
    assert world.pass_time(hours=10) == 0


def test_a_message_wins_at_an_event_based_gateway():
    world = World(
        model(
            start(), node("eventBasedGateway", "g"), catch("t", timer("PT2H")),
            catch("m", event("message", "pay")), user("b"), user("c"), end(),
            flows="s g; g t b e; g m c e", names="message:pay",
        )
    ).start()  # fmt: skip
    assert world.act("deliver", "pay", {"paid": 7})
    assert world.tasks() == ["c"]
    assert world.variables == {"paid": 7}
    assert world.pass_time(hours=3) == 0


def test_working_time_is_asked_of_the_calendar():
    world = guarded(timer("PT4H@business"), interrupting=False).start()
    assert world.run().next_due_at == START + timedelta(hours=8)
    world = guarded(timer("R/PT1H@business", "Cycle"), interrupting=False).start()
    assert world.run().next_due_at == START + timedelta(hours=2)
    world.pass_time(hours=2)
    assert world.run().next_due_at == START + timedelta(hours=4)


def test_a_timer_on_a_clock_moves_with_it():
    world = guarded(timer("${clock('order', '75%')}"), interrupting=False)
    world.start()
    assert world.of(TimerSet)[0].due_at is None
    assert world.of(TimerSet)[0].clock == "order"
    assert world.run().next_due_at is None
    world.clocks.points["order", "75%"] = START + timedelta(hours=3)
    world.act("reschedule", "order")
    assert world.of(TimerSet)[-1].due_at == START + timedelta(hours=3)
    assert world.of(TimerSet)[-1].number == world.of(TimerSet)[0].number
    world.act("reschedule", "order")
    assert len(world.of(TimerSet)) == 2
    world.clocks.points["order", "75%"] = None
    world.act("reschedule", "order")
    assert world.pass_time(hours=4) == 0
    world.clocks.points["order", "75%"] = START + timedelta(hours=5)
    world.act("reschedule", "order")
    assert world.pass_time(hours=1) == 1
    assert world.tasks() == ["a", "late"]
    world.act("reschedule", "order")
    assert world.run().next_due_at is None


def test_the_clock_of_the_task_is_asked_for_that_task():
    world = guarded(timer("${clock('task', '100%')}"), interrupting=False).start()
    number = world.number("a")
    assert world.clocks.asked == [("task", "100%", number)]
    world.clocks.points["task", "100%"] = START + timedelta(hours=1)
    world.act("reschedule", "task", number + 99)
    assert world.run().next_due_at is None
    world.act("reschedule", "task", number)
    assert world.run().next_due_at == START + timedelta(hours=1)


def test_a_time_that_is_none_is_an_incident_and_may_be_repaired():
    world = guarded(timer("${when}", "Date"), interrupting=False).start({"when": "tomorrow"})
    (incident,) = world.of(IncidentOpened)
    assert (incident.element_id, incident.kind) == ("t", "timer")
    assert world.tasks() == []
    world.act("set_variables", {"when": "2026-01-06T09:00:00"})
    world.act("retry", incident.number)
    assert "offset" in world.of(IncidentOpened)[-1].message
    world.act("set_variables", {"when": "2026-01-06T09:00:00+08:00"})
    world.act("retry", incident.number)
    assert world.tasks() == ["a"]
    assert world.of(IncidentClosed) == [IncidentClosed(number=incident.number, reason="resolved")]
    assert world.run().next_due_at == datetime(2026, 1, 6, 1, tzinfo=UTC)


def test_a_timer_on_a_sub_process_takes_effect_at_once():
    world = World(
        model(
            start(),
            sub("box", start("bs"), user("in1"), user("in2"), end("be"),
                flows="bs in1 be; bs in2 be"),
            boundary("t", "box", timer("PT1H")), user("late"), end(),
            flows="s box e; t late e",
        )
    ).start()  # fmt: skip
    assert world.tasks() == ["in1", "in2"]
    world.pass_time(hours=1)
    assert world.tasks() == ["late"]


def test_an_earlier_timer_prevents_a_later_one_that_is_due_as_well():
    world = World(
        model(
            start(), user("a"), boundary("t1", "a", timer("PT1H")),
            boundary("t2", "a", timer("PT2H")), user("one"), user("two"), end(),
            flows="s a e; t1 one e; t2 two e",
        )
    ).start()  # fmt: skip
    assert world.pass_time(hours=9) == 1
    assert world.tasks() == ["one"]


def test_an_intermediate_timer_waits():
    world = World(
        model(start(), catch("t", timer("PT0S")),
              catch("u", timer("2026-01-05T02:00:00Z", "Date")),
              user("a"), end(), flows="s t u a e")
    ).start()  # fmt: skip
    assert world.pass_time() == 1
    assert world.run().next_due_at == START + timedelta(hours=1)
    assert world.pass_time(hours=1) == 1
    assert world.tasks() == ["a"]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("R/PT1H", "2026-01-05T02:00:00+00:00"),
        ("R2/2026-01-07T00:00:00Z/PT1H", "2026-01-07T00:00:00+00:00"),
        ("R3/PT1H/2026-01-07T00:00:00Z", "2026-01-06T22:00:00+00:00"),
        ("0 9 * * *", "2026-01-06T01:00:00+00:00"),
        ("0 0 9 ? * MON-FRI", "2026-01-06T01:00:00+00:00"),
        ("0 0 9 ? * 2", "2026-01-12T01:00:00+00:00"),
        ("0 0 9 ? * 6L", "2026-01-30T01:00:00+00:00"),
        ("0 0/30 * * * ? *", "2026-01-05T01:30:00+00:00"),
        ("0 0 9 L * ?", "2026-01-31T01:00:00+00:00"),
        ("0 0 9 ? * 2#1", "2026-02-02T01:00:00+00:00"),
    ],
)
def test_cycles_and_cron(text, first):
    assert cycles.first_firing(cycles.cycle(text), CONTEXT).isoformat() == first


@pytest.mark.parametrize(
    "text",
    ["", "R", "R/", "R0/PT1H", "R/PT0S", "R/P1D/P1D", "Rx/PT1H", "R/P1M@business", "61 * * * *",
     "0 0 30 2 *", "0 0 9 1 * MON", "0 0 9 * * ? 2027", "PT1H", "* * *",
     "R/2026-01-01T00:00:00/PT1H"],
)  # fmt: skip
def test_cycles_that_are_none(text):
    with pytest.raises(TimerError):
        cycles.cycle(text)


@pytest.mark.parametrize("text", ["-PT1H", "P", "PT", "P1H", "1H", "PT1.5H", "P1Y2D3M", "PT4H "])
def test_durations_that_are_none(text):
    if text == "PT4H ":
        timers.check_duration(text)
        return
    with pytest.raises(TimerError):
        timers.check_duration(text)


def test_a_month_is_a_calendar_month():
    assert timers.instant("P1M", StepContext(
        now=datetime(2026, 1, 31, tzinfo=UTC), clocks=Clocks(), calendar=EverySecondHour()
    )) == datetime(2026, 2, 28, tzinfo=UTC)  # fmt: skip


def test_a_month_begins_and_ends_where_the_clock_on_the_wall_says_so():
    # The 31st of January in China is still the 30th in UTC.
    assert timers.instant("P1M", StepContext(
        now=datetime(2026, 1, 30, 20, tzinfo=UTC), clocks=Clocks(), calendar=EverySecondHour()
    )) == datetime(2026, 2, 27, 20, tzinfo=UTC)  # fmt: skip


@pytest.mark.parametrize("far", ["P9999Y", "P3650000D", timedelta(days=3_650_000)])
def test_beyond_the_calendar_is_no_time(far):
    with pytest.raises(TimerError):
        timers.instant(far, CONTEXT)


@pytest.mark.parametrize("text", ["P10000Y", "P9999999D", "PT99999999H"])
def test_a_duration_longer_than_the_calendar_is_none(text):
    with pytest.raises(TimerError):
        timers.check_duration(text)


def test_catching_up_after_years_is_quick():
    plan = cycles.cycle("R/PT1S")
    context = StepContext(
        now=START + timedelta(days=3650), clocks=Clocks(), calendar=EverySecondHour()
    )
    at, left, missed = cycles.following(plan, START, cycles.ENDLESS, context)
    assert at == context.now + timedelta(seconds=1)
    assert left == cycles.ENDLESS
    assert missed == 3650 * 86400
