import re
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from engine.domain import seed
from engine.domain.calendar import WorkingCalendar

DIAGRAMS = Path(__file__).parents[3] / "bpmn"

#: Chosen by decision tables, so their names are not in a diagram.
ORDER_CLOCKS = {
    "provisioning_a",
    "provisioning_b",
    "provisioning_c",
    "complaint_ordinary",
    "complaint_vip",
    "complaint_major",
    "complaint_regulator",
}


def days_off(year):
    """Days of a year on which the office is closed, and weekend days on which it is open."""
    data = {calendar.code: calendar for calendar in seed.calendars()}["cn_office"]
    return (
        sum(day.year == year for day in data.holidays),
        sum(day.year == year for day in data.make_up_days),
    )


def test_there_are_three_calendars():
    assert [calendar.code for calendar in seed.calendars()] == [
        "always",
        "cn_office",
        "cn_service_desk",
    ]


def test_the_holidays_are_those_of_the_yearly_notices():
    assert days_off(2024) == (28, 8)
    assert days_off(2025) == (28, 5)
    assert days_off(2026) == (33, 6)


def test_make_up_days_are_days_the_plain_week_has_off():
    for calendar in seed.calendars():
        assert all(day.weekday() >= 5 for day in calendar.make_up_days)
        assert all(day.year in calendar.years for day in calendar.make_up_days)


def test_working_days_of_a_year():
    office = WorkingCalendar(
        next(calendar for calendar in seed.calendars() if calendar.code == "cn_office")
    )
    for year, working_days in ((2024, 251), (2025, 248), (2026, 248)):
        first, last = (
            datetime(y, 1, 1, tzinfo=ZoneInfo("Asia/Shanghai")) for y in (year, year + 1)
        )
        assert office.between(first, last) == working_days * timedelta(hours=7.5)


def test_every_clock_in_the_diagrams_has_a_policy():
    keys = {policy.key for policy in seed.sla_policies()}
    drawn = set(ORDER_CLOCKS)
    for diagram in DIAGRAMS.glob("*.bpmn"):
        text = diagram.read_text("utf-8")
        drawn |= set(re.findall(r'name="taskClock" value="(\w+)"', text))
        drawn |= set(re.findall(r'name="startClock" value="\w+=(\w+)"', text))
    assert keys == drawn


def test_rows_that_contradict_each_other_are_refused():
    with pytest.raises(seed.SeedDuplicateError):
        seed._unique(["construct", "commission", "construct"])


def test_policies_name_calendars_that_exist():
    codes = {calendar.code for calendar in seed.calendars()}
    assert {policy.calendar for policy in seed.sla_policies()} <= codes | {None}


def test_every_policy_tells_its_source_in_both_languages():
    for policy in seed.sla_policies():
        assert policy.source
        assert re.search(r"[\u4e00-\u9fff]", policy.name_zh)
        assert not re.search(r"[\u4e00-\u9fff]", policy.name_en)


def test_what_the_customer_or_nature_causes_stops_the_clock():
    pausing = {reason.code for reason in seed.hold_reasons() if reason.pauses_clock}
    assert {"customer_not_ready", "weather", "property_access", "terminal_fault"} <= pausing
    assert not {"third_party", "spare_parts"} & pausing


def test_escalation_rules_name_clocks_that_exist():
    keys = {policy.key for policy in seed.sla_policies()} | {"*"}
    assert {rule.sla_key for rule in seed.escalation_rules()} <= keys


def test_every_order_clock_has_all_levels():
    rules = seed.escalation_rules()
    for key in ORDER_CLOCKS:
        assert {rule.level for rule in rules if rule.sla_key == key} == {0, 1, 2, 3}
