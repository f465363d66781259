from datetime import date

import msgspec
import pytest

from engine.domain.calendar_data import (
    CalendarData,
    CalendarInvalidError,
    Holiday,
    MakeUpDay,
    Week,
    check_calendar,
    parse_calendar,
)

NAMES = {"name_zh": "日历", "name_en": "Calendar"}
DAY = {"name_zh": "节", "name_en": "Day"}


def content(**changes):
    plain = {
        "code": "office",
        **NAMES,
        "zone": "Asia/Shanghai",
        "week": {"mon": [["08:30", "12:00"], ["13:30", "24:00"]]},
    }
    return msgspec.json.encode({**plain, **changes})


def test_reads_a_calendar():
    data = parse_calendar(
        content(
            holidays={"2026-10-01": DAY},
            make_up_days={"2026-10-10": DAY, "2026-10-17": {**DAY, "hours": [["09:00", "12:00"]]}},
            years=[2026],
        )
    )
    assert data.week.days[0] == (("08:30", "12:00"), ("13:30", "24:00"))
    assert data.holidays == {date(2026, 10, 1): Holiday(**DAY)}
    assert data.make_up_days[date(2026, 10, 17)] == MakeUpDay(hours=(("09:00", "12:00"),), **DAY)
    assert parse_calendar(msgspec.json.encode(data)) == data


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"zone": "Asia/Nowhere"}, "zone"),
        ({"zone": "Asia"}, "zone"),
        ({"zone": ""}, "zone"),
        ({"zone": "../../etc/passwd"}, "zone"),
        ({"week": {}}, "week"),
        ({"week": {"mon": []}}, "week"),
        ({"week": {"mon": [["12:00", "08:30"]]}}, "week.mon[0]"),
        ({"week": {"mon": [["08:30", "08:30"]]}}, "week.mon[0]"),
        ({"week": {"tue": [["08:00", "12:00"], ["11:59", "13:00"]]}}, "week.tue"),
        ({"week": {"tue": [["13:00", "17:00"], ["08:00", "13:01"]]}}, "week.tue"),
        ({"week": {"mon": [["8:30", "12:00"]]}}, "week.mon[0][0]"),
        ({"week": {"mon": [["08:30", "24:30"]]}}, "week.mon[0][1]"),
        ({"week": {"mon": [["08:30"]]}}, "week.mon[0]"),
        ({"week": {"monday": [["08:30", "12:00"]]}}, "week"),
        ({"code": "Office 1"}, "code"),
        ({"name_en": ""}, "name_en"),
        ({"years": ["2026"]}, "years[0]"),
        ({"holidays": {"2026-13-01": DAY}}, "key in holidays"),
        ({"holidays": {"2026-10-01": DAY}, "make_up_days": {"2026-10-01": DAY}},
         "make_up_days.2026-10-01"),
        ({"make_up_days": {"2026-10-10": {**DAY, "hours": []}}}, "make_up_days.2026-10-10.hours"),
        ({"make_up_days": {"2026-10-10": {**DAY, "hours": [["10:00", "09:00"]]}}},
         "make_up_days.2026-10-10.hours[0]"),
        ({"colour": "red"}, "calendar"),
    ],
)  # fmt: skip
def test_names_the_place_of_a_mistake(changes, path):
    with pytest.raises(CalendarInvalidError) as refusal:
        parse_calendar(content(**changes))
    assert refusal.value.params["path"] == path
    assert refusal.value.code == "calendar_invalid"


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b"\xff\xfe", b'{"code": "office"}'])
def test_refuses_what_is_no_calendar_at_all(text):
    with pytest.raises(CalendarInvalidError):
        parse_calendar(text)


def test_checks_a_calendar_made_in_memory():
    data = CalendarData(code="office", zone="UTC", week=Week(mon=(("08:30", "99:99"),)), **NAMES)
    with pytest.raises(CalendarInvalidError, match=r"week\.mon\[0\]\[1\]"):
        check_calendar(data)
