from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.domain import sla
from engine.domain.calendar import CalendarRangeError, WorkingCalendar
from tests.unit.domain.calendars import ALWAYS, OFFICE, calendar_data, instants, lengths
from tests.unit.domain.oracle import Stopwatch

HOUR = timedelta(hours=1)
SHANGHAI = ZoneInfo("Asia/Shanghai")


def cst(day, hour=0, minute=0, month=11):
    return datetime(2026, month, day, hour, minute, tzinfo=SHANGHAI)


MONDAY = cst(2, 8, 30)


def clock(started_at=MONDAY, *, hours=15, mode="working", **values):
    return sla.SlaClock(
        name="order",
        sla_key="construct",
        target=hours * HOUR,
        mode=mode,
        calendar="cn_office",
        started_at=started_at,
        **values,
    )


def test_a_working_clock_is_due_after_its_working_hours():
    assert sla.deadline(clock(), OFFICE) == cst(3, 17, 30)


def test_an_elapsed_clock_counts_nights_and_weekends():
    assert sla.deadline(clock(cst(6, 17), hours=48, mode="elapsed"), OFFICE) == cst(8, 17)


def test_a_pause_moves_the_deadline_by_the_working_time_it_took():
    paused = sla.pause(clock(), cst(2, 16, 30), "weather")
    assert sla.deadline(paused, OFFICE) is None
    assert sla.elapsed(paused, OFFICE, cst(5, 12)) == 6.5 * HOUR
    resumed = sla.resume(paused, cst(4, 9, 30))
    assert sla.deadline(resumed, OFFICE) == cst(5, 10, 30)
    assert resumed.pauses == (
        sla.Pause(from_at=cst(2, 16, 30), until_at=cst(4, 9, 30), reason="weather"),
    )


def test_a_pause_at_night_costs_a_working_clock_nothing():
    paused = sla.pause(clock(), cst(2, 20), "weather")
    assert sla.deadline(sla.resume(paused, cst(3, 6)), OFFICE) == cst(3, 17, 30)


def test_a_pause_at_the_very_deadline_does_not_move_it():
    paused = sla.pause(clock(), cst(3, 17, 30), "weather")
    assert sla.deadline(paused, OFFICE) == cst(3, 17, 30)
    assert sla.deadline(sla.resume(paused, cst(9, 9)), OFFICE) == cst(3, 17, 30)


def test_points_are_relative_to_budget_and_deadline():
    assert sla.reach(clock(), OFFICE, 0.5) == cst(2, 17, 30)
    assert sla.point(clock(), OFFICE, "75%") == cst(3, 12) + timedelta(hours=1.5, minutes=15)
    assert sla.point(clock(), OFFICE, "100%") == cst(3, 17, 30)
    assert sla.point(clock(), OFFICE, "150%") == cst(4, 17, 30)
    assert sla.point(clock(), OFFICE, "+PT4H") == cst(4, 14)
    assert sla.point(clock(), OFFICE, "-PT4H") == cst(3, 13, 30) - 1.5 * HOUR
    assert sla.point(clock(), OFFICE, "at_start") == cst(2, 8, 30)


def test_a_point_before_the_start_is_the_start():
    assert sla.point(clock(), OFFICE, "-PT100H") == cst(2, 8, 30)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "75",
        "%",
        "-5%",
        "75 %",
        "PT4H",
        "+4h",
        "+P1Y",
        "+P",
        "+PT4",
        "+PTH",
        "1e3%",
        "+PT4H%",
        "٧%",
    ],
)
def test_refuses_what_names_no_point(text):
    with pytest.raises(sla.ClockPointError) as refusal:
        sla.point(clock(), OFFICE, text)
    assert refusal.value.params == {"point": text}


def test_points_reached_before_a_pause_stay_reached():
    paused = sla.pause(clock(), cst(3, 10), "weather")
    assert sla.point(paused, OFFICE, "50%") == cst(2, 17, 30)
    assert sla.point(paused, OFFICE, "75%") is None


def test_a_stopped_clock_reaches_nothing_but_keeps_its_deadline():
    stopped = sla.stop(clock(), cst(3, 12))
    assert sla.point(stopped, OFFICE, "50%") is None
    assert sla.reach(stopped, OFFICE, 1) is None
    assert sla.deadline(stopped, OFFICE) == cst(3, 17, 30)
    assert sla.elapsed(stopped, OFFICE, cst(9)) == 11 * HOUR
    assert not sla.is_overdue(stopped, OFFICE, cst(9))


def test_overdue_is_after_the_deadline():
    assert not sla.is_overdue(clock(), OFFICE, cst(3, 17, 30))
    assert sla.is_overdue(clock(), OFFICE, cst(3, 17, 31))
    assert sla.is_overdue(sla.stop(clock(), cst(4, 9)), OFFICE, cst(9))
    assert not sla.is_overdue(sla.pause(clock(), cst(3, 9), "weather"), OFFICE, cst(30))


def test_stopping_ends_a_pause():
    stopped = sla.stop(sla.pause(clock(), cst(2, 10), "weather"), cst(2, 12))
    assert stopped.paused_at is None
    assert stopped.pauses[0].until_at == cst(2, 12)
    assert sla.elapsed(stopped, OFFICE, cst(9)) == 1.5 * HOUR


def test_contradictions_are_refused():
    running = clock()
    paused = sla.pause(running, cst(2, 10), "weather")
    resumed = sla.resume(paused, cst(2, 11))
    stopped = sla.stop(running, cst(2, 10))
    with pytest.raises(sla.ClockPausedError):
        sla.pause(paused, cst(2, 11), "weather")
    with pytest.raises(sla.ClockNotPausedError):
        sla.resume(running, cst(2, 11))
    with pytest.raises(sla.ClockNotPausedError):
        sla.resume(resumed, cst(2, 12))
    for act in (
        lambda: sla.pause(running, cst(2, 8), "weather"),
        lambda: sla.pause(resumed, cst(2, 10, 30), "weather"),
        lambda: sla.resume(paused, cst(2, 9)),
        lambda: sla.stop(running, cst(1)),
        lambda: sla.stop(paused, cst(2, 9, 59)),
        lambda: sla.stop(resumed, cst(2, 10, 30)),
    ):
        with pytest.raises(sla.ClockOrderError):
            act()
    for act in (
        lambda: sla.pause(stopped, cst(3), "weather"),
        lambda: sla.resume(stopped, cst(3)),
        lambda: sla.stop(stopped, cst(3)),
        lambda: sla.extend(stopped, OFFICE, HOUR, asked_at=cst(3)),
        lambda: sla.extend_to(stopped, OFFICE, cst(9), asked_at=cst(3)),
    ):
        with pytest.raises(sla.ClockStoppedError):
            act()


def test_an_extension_moves_the_deadline_and_all_points():
    extended = sla.extend(clock(), OFFICE, 7.5 * HOUR, asked_at=cst(3, 17, 30))
    assert sla.deadline(extended, OFFICE) == cst(4, 17, 30)
    assert sla.elapsed(extended, OFFICE, cst(2, 9, 30)) == HOUR
    assert sla.reach(extended, OFFICE, 1 / 3) == cst(2, 17, 30)


def test_an_extension_to_a_date_gives_that_deadline():
    extended = sla.extend_to(clock(), OFFICE, cst(6, 11), asked_at=cst(2, 9))
    assert sla.deadline(extended, OFFICE) == cst(6, 11)
    weekend = sla.extend_to(clock(), OFFICE, cst(8, 12), asked_at=cst(2, 9))
    assert sla.deadline(weekend, OFFICE) == cst(6, 17, 30)


def test_an_extension_of_a_paused_clock_supposes_work_goes_on_at_once():
    paused = sla.pause(clock(), cst(2, 8, 30), "weather")
    extended = sla.extend_to(paused, OFFICE, cst(6, 17, 30), asked_at=cst(4, 8, 30))
    assert extended.paused_at == cst(2, 8, 30)
    assert sla.deadline(sla.resume(extended, cst(4, 8, 30)), OFFICE) == cst(6, 17, 30)
    assert sla.deadline(sla.resume(extended, cst(5, 8, 30)), OFFICE) == cst(9, 17, 30)


def test_an_extension_is_asked_before_the_deadline():
    with pytest.raises(sla.ExtensionLateError):
        sla.extend(clock(), OFFICE, HOUR, asked_at=cst(3, 17, 31))


def test_an_extension_adds_time():
    for by in (timedelta(), -HOUR):
        with pytest.raises(sla.ExtensionEmptyError):
            sla.extend(clock(), OFFICE, by, asked_at=cst(2, 9))
    with pytest.raises(sla.ExtensionEmptyError):
        sla.extend_to(clock(), OFFICE, cst(4, 8), asked_at=cst(2, 9))


def test_the_hard_cap_is_not_moved_by_pauses():
    capped = clock(hard_cap=timedelta(days=4))
    assert sla.deadline(capped, OFFICE) == cst(3, 17, 30)
    paused = sla.pause(capped, cst(2, 10), "weather")
    assert sla.deadline(paused, OFFICE) == cst(6, 8, 30)
    resumed = sla.resume(paused, cst(9, 8, 30))
    assert sla.deadline(resumed, OFFICE) == cst(6, 8, 30)
    assert sla.point(resumed, OFFICE, "+PT2H") == cst(6, 10, 30)
    assert sla.point(paused, OFFICE, "+PT2H") == cst(6, 10, 30)
    assert sla.point(paused, OFFICE, "5%") == cst(2, 9, 15)


def test_a_capped_clock_within_its_cap_is_like_any_other():
    capped = clock(hard_cap=timedelta(days=4))
    assert sla.point(capped, OFFICE, "150%") == cst(4, 17, 30)


def test_the_hard_cap_bounds_extensions():
    capped = clock(hard_cap=timedelta(days=4))
    assert sla.extend_to(capped, OFFICE, cst(5, 17), asked_at=cst(2, 9))
    with pytest.raises(sla.ExtensionBeyondCapError):
        sla.extend_to(capped, OFFICE, cst(6, 9), asked_at=cst(2, 9))


def test_a_length_out_of_all_bounds_is_refused():
    for mode in ("working", "elapsed"):
        with pytest.raises(CalendarRangeError):
            sla.point(clock(mode=mode), OFFICE, "+P999999999D")


def test_a_clock_survives_being_stored():
    paused = sla.pause(clock(hard_cap=timedelta(days=15)), cst(2, 10), "weather")
    extended = sla.extend(paused, OFFICE, HOUR, asked_at=cst(2, 9))
    for value in (paused, extended, sla.stop(extended, cst(2, 12))):
        stored = msgspec.json.encode(value)
        assert msgspec.json.decode(stored, type=sla.SlaClock) == value


@st.composite
def paused_clocks(draw, modes=("working", "elapsed"), days=2):
    """A clock with random pauses, possibly still paused, and nothing else decided."""
    at = draw(instants())
    value = clock(at, hours=draw(st.integers(1, 30)), mode=draw(st.sampled_from(modes)))
    steps = draw(st.lists(lengths(days=days), max_size=6))
    for index, step in enumerate(steps):
        at += step
        value = sla.pause(value, at, "weather") if index % 2 == 0 else sla.resume(value, at)
    return value, at


@settings(max_examples=60, deadline=None)
@given(calendar_data(), paused_clocks(days=1), st.integers(0, 2 * 24 * 60))
def test_elapsed_agrees_with_a_stopwatch(data, case, later):
    value, last_at = case
    at = last_at + timedelta(minutes=later)
    assert sla.elapsed(value, WorkingCalendar(data), at) == Stopwatch(data).used(value, at)


@settings(max_examples=60, deadline=None)
@given(calendar_data(), paused_clocks(days=1))
def test_the_deadline_is_when_the_stopwatch_shows_the_target(data, case):
    value, last_at = case
    due_at = sla.deadline(value, WorkingCalendar(data))
    stopwatch = Stopwatch(data)
    if due_at is None:
        assert value.paused_at is not None
        assert stopwatch.used(value, last_at) < value.target
    elif due_at - value.started_at < timedelta(days=6):
        assert stopwatch.used(value, due_at) == value.target
        assert stopwatch.used(value, due_at - timedelta(minutes=1)) == value.target - timedelta(
            minutes=1
        )


@settings(deadline=None)
@given(calendar_data(), paused_clocks(), st.floats(0.01, 3))
def test_what_is_elapsed_at_a_point_is_the_point(data, case, fraction):
    value, _ = case
    calendar = WorkingCalendar(data)
    at = sla.reach(value, calendar, fraction)
    if at is None:
        assert value.paused_at is not None
    else:
        assert sla.elapsed(value, calendar, at) == value.target * fraction


@settings(deadline=None)
@given(calendar_data(), paused_clocks(), lengths(days=3), st.none() | lengths(days=20))
def test_later_points_are_reached_later(data, case, more, cap):
    value, _ = case
    hard_cap = None if cap is None else value.target + cap
    value = msgspec.structs.replace(value, hard_cap=hard_cap)
    calendar = WorkingCalendar(data)
    used = [value.target / 3, value.target, value.target + more, value.target + 2 * more]
    reached = [sla.instant_of(value, calendar, length) for length in used]
    known = [at for at in reached if at is not None]
    assert known == sorted(known)
    assert reached[: len(known)] == known


@settings(deadline=None)
@given(paused_clocks(modes=("working",)))
def test_around_the_clock_working_time_is_elapsed_time(case):
    value, at = case
    other = msgspec.structs.replace(value, mode="elapsed")
    assert sla.deadline(value, ALWAYS) == sla.deadline(other, OFFICE)
    assert sla.elapsed(value, ALWAYS, at) == sla.elapsed(other, OFFICE, at)


def test_instants_of_any_zone_are_welcome():
    assert sla.deadline(clock(cst(2, 8, 30).astimezone(UTC)), OFFICE) == cst(3, 17, 30)
    night = datetime(2026, 3, 29, tzinfo=ZoneInfo("Europe/Berlin"))
    day = sla.deadline(clock(night, hours=24, mode="elapsed"), OFFICE)
    assert day - night == 24 * HOUR
    noon = night.replace(hour=12)
    assert sla.elapsed(clock(night, mode="elapsed"), OFFICE, noon) == 11 * HOUR
