"""Calendars of several kinds and zones, fixed and random, for the tests of working time."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st

from engine.domain import seed
from engine.domain.calendar import WorkingCalendar
from engine.domain.calendar_data import CalendarData, Holiday, MakeUpDay, Week

SEEDED = {data.code: data for data in seed.calendars()}
OFFICE = WorkingCalendar(SEEDED["cn_office"])
SERVICE_DESK = WorkingCalendar(SEEDED["cn_service_desk"])
ALWAYS = WorkingCalendar(SEEDED["always"])

#: Zones whose clocks jump: at night, at midnight, by half an hour, on the southern half.
ZONES = (
    "Asia/Shanghai",
    "Europe/Berlin",
    "America/New_York",
    "Africa/Cairo",
    "Australia/Lord_Howe",
    "America/Santiago",
    "UTC",
)


@st.composite
def hours(draw):
    """Up to three intervals of a day that do not overlap, on quarters of an hour."""
    marks = draw(st.lists(st.integers(0, 96), min_size=2, max_size=6, unique=True).map(sorted))
    walls = [f"{mark // 4:02}:{mark % 4 * 15:02}" for mark in marks]
    return tuple(zip(walls[::2], walls[1::2], strict=False))


@st.composite
def calendar_data(draw, zones=ZONES):
    days = draw(st.lists(st.just(()) | hours(), min_size=7, max_size=7).filter(any))
    special = draw(st.dictionaries(st.dates(date(2025, 3, 1), date(2025, 11, 30)), st.booleans()))
    extra = draw(st.none() | hours())
    return CalendarData(
        code="random",
        name_zh="随机",
        name_en="Random",
        zone=draw(st.sampled_from(zones)),
        week=Week(
            **dict(zip(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), days, strict=True))
        ),
        holidays={d: Holiday(name_zh="假", name_en="Off") for d, off in special.items() if off},
        make_up_days={
            d: MakeUpDay(name_zh="班", name_en="On", hours=extra)
            for d, off in special.items()
            if not off
        },
    )


def instants(first=datetime(2025, 1, 1, tzinfo=UTC), days=364):
    """Instants on full minutes."""
    return st.integers(0, days * 24 * 60).map(lambda minute: first + timedelta(minutes=minute))


#: Instants around the changes of the clocks in 2025 in most of `ZONES`.
around_changes = st.sampled_from(
    [
        datetime(2025, 3, 9, tzinfo=UTC),
        datetime(2025, 3, 30, tzinfo=UTC),
        datetime(2025, 4, 5, tzinfo=UTC),
        datetime(2025, 4, 24, 12, tzinfo=UTC),
        datetime(2025, 9, 6, 18, tzinfo=UTC),
        datetime(2025, 10, 4, 6, tzinfo=UTC),
        datetime(2025, 10, 25, 18, tzinfo=UTC),
        datetime(2025, 10, 30, 12, tzinfo=UTC),
        datetime(2025, 11, 2, tzinfo=UTC),
    ]
).flatmap(lambda first: instants(first, days=1))


def lengths(days=40):
    return st.integers(0, days * 24 * 60).map(lambda minute: timedelta(minutes=minute))
