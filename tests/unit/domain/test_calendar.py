import logging
import threading
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.domain.calendar import FIRST_YEAR, LAST_YEAR, CalendarRangeError, WorkingCalendar
from engine.domain.calendar_data import CalendarData, Holiday, Week
from tests.unit.domain.calendars import (
    ALWAYS,
    OFFICE,
    SEEDED,
    SERVICE_DESK,
    around_changes,
    calendar_data,
    instants,
    lengths,
)
from tests.unit.domain.oracle import Stopwatch

SHANGHAI = ZoneInfo("Asia/Shanghai")
HOUR = timedelta(hours=1)


def cst(month, day, hour=0, minute=0, year=2026):
    return datetime(year, month, day, hour, minute, tzinfo=SHANGHAI)


def single(zone, opening, closing):
    hours = ((opening, closing),)
    week = Week(mon=hours, tue=hours, wed=hours, thu=hours, fri=hours, sat=hours, sun=hours)
    return WorkingCalendar(
        CalendarData(code="single", name_zh="单", name_en="Single", zone=zone, week=week)
    )


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        (cst(9, 30, 16, 30), 4, cst(10, 8, 11, 30)),  # over the National Day holiday
        (cst(10, 9, 17), 4, cst(10, 10, 12)),  # Saturday 10 October is a make-up workday
        (cst(11, 2, 11), 2, cst(11, 2, 14, 30)),  # over lunch
        (cst(11, 6, 8, 30), 7.5, cst(11, 6, 17, 30)),  # ends at closing time, not on Monday
        (cst(11, 7, 12), 1, cst(11, 9, 9, 30)),  # from a Saturday
        (cst(2, 13, 17), 1, cst(2, 14, 9)),  # Saturday before the Spring Festival
        (cst(2, 14, 17), 1, cst(2, 24, 9)),  # over the Spring Festival
        (cst(12, 31, 17, year=2024), 1, cst(1, 2, 9, year=2025)),  # over New Year
    ],
)
def test_adds_working_hours_of_the_chinese_office(start, hours, end):
    assert OFFICE.add(start, timedelta(hours=hours)) == end
    assert OFFICE.between(start, end) == timedelta(hours=hours)


def test_the_service_desk_works_on_holidays():
    assert SERVICE_DESK.add(cst(10, 1, 19), 2 * HOUR) == cst(10, 2, 9)


def test_the_calendar_without_hours_off_counts_all_time():
    assert ALWAYS.add(cst(9, 30, 16, 30), 100 * HOUR) == cst(9, 30, 16, 30) + 100 * HOUR


def test_results_are_in_utc():
    assert OFFICE.add(cst(11, 2, 9), HOUR).tzinfo is UTC
    assert OFFICE.add(cst(11, 2, 9), timedelta()).tzinfo is UTC
    assert OFFICE.next_working(cst(11, 2, 9)).tzinfo is UTC


def test_opening_belongs_to_work_and_closing_does_not():
    assert OFFICE.is_working(cst(11, 2, 8, 30))
    assert not OFFICE.is_working(cst(11, 2, 12))
    assert OFFICE.next_working(cst(11, 2, 12)) == cst(11, 2, 13, 30)
    assert OFFICE.next_working(cst(11, 2, 9, 1)) == cst(11, 2, 9, 1)
    assert OFFICE.next_working(cst(11, 6, 17, 30)) == cst(11, 9, 8, 30)


def test_no_length_moves_nothing():
    sunday = cst(11, 8, 3)
    assert OFFICE.add(sunday, timedelta()) == OFFICE.subtract(sunday, timedelta()) == sunday


def test_subtracting_is_adding_a_negative_length():
    assert OFFICE.subtract(cst(11, 9, 9), HOUR) == cst(11, 6, 17)
    assert OFFICE.add(cst(11, 9, 9), -HOUR) == cst(11, 6, 17)
    assert OFFICE.subtract(cst(11, 6, 17), -HOUR) == cst(11, 9, 9)
    assert OFFICE.between(cst(11, 9, 9), cst(11, 6, 17)) == -HOUR


def test_an_instant_without_zone_is_refused():
    with pytest.raises(TypeError):
        OFFICE.add(datetime(2026, 11, 2, 9), HOUR)  # noqa: DTZ001


def test_a_year_without_data_warns_once_and_counts_plain_weeks(caplog):
    calendar = WorkingCalendar(SEEDED["cn_office"])
    with caplog.at_level(logging.WARNING):
        assert calendar.add(cst(10, 1, 8, 30, year=2031), HOUR) == cst(10, 1, 9, 30, year=2031)
        calendar.add(cst(10, 8, 8, 30, year=2031), HOUR)
    assert calendar.missing_years == (2031,)
    assert [record.getMessage() for record in caplog.records] == [
        "Calendar cn_office has no holidays for 2031; plain weeks are assumed."
    ]


def test_only_years_that_are_reached_are_missed():
    calendar = WorkingCalendar(SEEDED["cn_office"])
    calendar.add(cst(12, 31, 9), 7 * HOUR)
    assert calendar.missing_years == ()
    calendar.add(cst(12, 31, 9), 8 * HOUR)
    assert calendar.missing_years == (2027,)


def test_a_calendar_that_knows_no_holidays_misses_none():
    SERVICE_DESK.add(cst(1, 1, year=2040), HOUR)
    assert SERVICE_DESK.missing_years == ()


@pytest.mark.parametrize("length", [timedelta(days=365_000), timedelta.max])
def test_a_length_out_of_all_bounds_is_refused(length):
    with pytest.raises(CalendarRangeError) as refusal:
        OFFICE.add(cst(11, 2), length)
    assert refusal.value.params["last"] == LAST_YEAR
    with pytest.raises(CalendarRangeError):
        OFFICE.subtract(cst(11, 2), length)


def test_a_length_that_crosses_the_last_year_is_refused():
    calendar = single("Asia/Shanghai", "09:00", "10:00")
    with pytest.raises(CalendarRangeError):
        calendar.add(datetime(LAST_YEAR, 12, 30, tzinfo=UTC), 20 * HOUR)
    with pytest.raises(CalendarRangeError):
        calendar.subtract(datetime(FIRST_YEAR, 1, 2, tzinfo=UTC), 20 * HOUR)
    with pytest.raises(CalendarRangeError):
        calendar.next_working(datetime(LAST_YEAR, 12, 31, 3, tzinfo=UTC))


@pytest.mark.parametrize(
    "at", [datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC)]
)
def test_the_ends_of_time_are_refused(at):
    calendar = WorkingCalendar(SEEDED["cn_office"])
    with pytest.raises(CalendarRangeError):
        calendar.is_working(at)


def test_a_year_of_holidays_is_only_a_long_one():
    days = [date(2025, 1, 1) + timedelta(days=day) for day in range(365)]
    off = dict.fromkeys(days, Holiday(name_zh="假", name_en="Off"))
    data = msgspec.structs.replace(SEEDED["cn_office"], holidays=off, make_up_days={})
    calendar = WorkingCalendar(data)
    assert calendar.next_working(cst(5, 5, year=2025)) == cst(1, 1, 8, 30)
    assert calendar.subtract(cst(1, 1, 8, 30), HOUR) == cst(12, 31, 16, 30, year=2024)
    assert not calendar.is_working(cst(1, 1, year=2025))


def test_hours_skipped_by_the_clock_are_not_worked():
    berlin = ZoneInfo("Europe/Berlin")
    night = single("Europe/Berlin", "01:00", "04:00")
    start, end = datetime(2025, 3, 30, tzinfo=berlin), datetime(2025, 3, 31, tzinfo=berlin)
    assert night.between(start, end) == 2 * HOUR
    skipped = single("Europe/Berlin", "02:15", "02:45")
    assert skipped.between(start, end) == timedelta()
    half = single("Europe/Berlin", "02:30", "03:30")
    assert half.between(start, end) == HOUR / 2


def test_hours_repeated_by_the_clock_are_worked_twice():
    berlin = ZoneInfo("Europe/Berlin")
    night = single("Europe/Berlin", "01:00", "04:00")
    start, end = datetime(2025, 10, 26, tzinfo=berlin), datetime(2025, 10, 27, tzinfo=berlin)
    assert night.between(start, end) == 4 * HOUR
    assert night.add(start, 4 * HOUR) == datetime(2025, 10, 26, 4, tzinfo=berlin)


def test_an_interval_inside_the_repeated_hour_is_worked_in_the_first_pass():
    inside = single("Europe/Berlin", "02:15", "02:45")
    first, second = (datetime(2025, 10, 26, hour, 30, tzinfo=UTC) for hour in (0, 1))
    assert inside.is_working(first)
    assert not inside.is_working(second)
    assert inside.between(first - HOUR, second + HOUR) == HOUR / 2


def test_threads_may_share_a_calendar():
    calendar = WorkingCalendar(SEEDED["cn_office"])
    starts = [cst(3, 3, 9, year=year) for year in range(2020, 2032)]
    expected = [WorkingCalendar(SEEDED["cn_office"]).add(start, 30 * HOUR) for start in starts]
    wrong = []

    def ask(order):
        wrong.extend(
            index for index in order if calendar.add(starts[index], 30 * HOUR) != expected[index]
        )

    orders = [range(12), range(11, -1, -1), [5, 0, 11, 3, 8], [6, 7, 1, 10]]
    threads = [threading.Thread(target=ask, args=(order,)) for order in orders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


@settings(max_examples=60, deadline=None)
@given(calendar_data(), around_changes | instants(), lengths(days=3))
def test_between_agrees_with_a_stopwatch(data, start, length):
    end = start + length
    assert WorkingCalendar(data).between(start, end) == Stopwatch(data).between(start, end)


@settings(max_examples=40, deadline=None)
@given(calendar_data(), around_changes | instants(), st.integers(0, 600))
def test_add_agrees_with_a_stopwatch(data, start, minutes):
    calendar, length = WorkingCalendar(data), timedelta(minutes=minutes)
    end = calendar.add(start, length)
    if end - start < timedelta(days=8):
        assert end == Stopwatch(data).add(start, length)


@settings(max_examples=60, deadline=None)
@given(calendar_data(), around_changes | instants())
def test_is_working_agrees_with_a_stopwatch(data, at):
    assert WorkingCalendar(data).is_working(at) == Stopwatch(data).is_working(at)


@settings(deadline=None)
@given(calendar_data(), instants(), lengths())
def test_add_and_between_are_inverse(data, start, length):
    calendar = WorkingCalendar(data)
    assert calendar.between(start, calendar.add(start, length)) == length
    assert calendar.between(calendar.subtract(start, length), start) == length


@settings(deadline=None)
@given(calendar_data(), instants(), lengths(), lengths())
def test_add_is_monotone_and_may_be_split(data, start, first, second):
    calendar = WorkingCalendar(data)
    middle = calendar.add(start, first)
    assert start <= middle <= calendar.add(start, first + second)
    assert calendar.add(middle, second) == calendar.add(start, first + second)
    assert calendar.add(start, first) <= calendar.add(start + second, first)


@settings(deadline=None)
@given(calendar_data(), instants(), instants(), instants())
def test_between_is_additive(data, first, second, third):
    calendar = WorkingCalendar(data)
    whole = calendar.between(first, second) + calendar.between(second, third)
    assert calendar.between(first, third) == whole


@settings(max_examples=40, deadline=None)
@given(calendar_data(), instants(), st.lists(st.integers(2018, 2032), max_size=4))
def test_growing_in_any_direction_changes_no_answer(data, start, years):
    grown, fresh = WorkingCalendar(data), WorkingCalendar(data)
    for year in years:
        grown.is_working(datetime(year, 6, 1, tzinfo=UTC))
    assert grown.add(start, 50 * HOUR) == fresh.add(start, 50 * HOUR)
    assert grown.next_working(start) == fresh.next_working(start)


@settings(deadline=None)
@given(calendar_data(), instants())
def test_the_next_working_instant_is_the_first_one(data, at):
    calendar = WorkingCalendar(data)
    following = calendar.next_working(at)
    assert calendar.is_working(following)
    assert calendar.between(at, following) == timedelta()


@pytest.mark.parametrize(
    ("at", "wall", "last"),
    [
        (cst(11, 23, 8, 30), time(8, 30), cst(11, 23, 8, 30)),  # a Monday
        (cst(11, 23, 8, 29), time(8, 30), cst(11, 20, 8, 30)),
        (cst(11, 22, 12), time(17, 0), cst(11, 20, 17)),  # over the weekend
        (cst(11, 23, 7), time(6, 0), cst(11, 23, 6)),  # before opening
        (cst(10, 7, 20), time(9, 0), cst(9, 30, 9)),  # over the National Day holiday
        (cst(10, 10, 12), time(9, 0), cst(10, 10, 9)),  # a make-up Saturday
    ],
)
def test_a_time_of_day_comes_on_working_days_only(at, wall, last):
    assert OFFICE.last_daily(at, wall) == last


def test_there_is_no_working_day_in_a_long_closing():
    days = {date(2026, 1, 1) + timedelta(days=day): Holiday(name_zh="停", name_en="Closed")
            for day in range(365)}  # fmt: skip
    closed = WorkingCalendar(msgspec.structs.replace(SEEDED["cn_office"], holidays=days,
                                                     make_up_days={}))  # fmt: skip
    assert closed.last_daily(cst(6, 1), time(9)) is None
