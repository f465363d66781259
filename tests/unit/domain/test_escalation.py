from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.domain import seed, sla
from engine.domain.escalation import (
    EscalationRule,
    EscalationRuleInvalidError,
    Receiver,
    check_rule,
    due,
    next_after,
    on_event,
    plan,
    remember,
)
from tests.unit.domain.calendars import OFFICE

HOUR = timedelta(hours=1)
DAY = 7.5 * HOUR
SHANGHAI = ZoneInfo("Asia/Shanghai")
SEEDED = seed.escalation_rules()


def cst(day, hour=0, minute=0, month=11):
    return datetime(2026, month, day, hour, minute, tzinfo=SHANGHAI)


MONDAY = cst(2, 8, 30)


def clock(sla_key="dept_handle", *, started_at=MONDAY, target=2 * DAY):
    return sla.SlaClock(
        name="task",
        sla_key=sla_key,
        target=target,
        mode="working",
        calendar="cn_office",
        started_at=started_at,
    )


def rule(code="r", level=1, trigger="100%", **values):
    plain = {
        "sla_key": "*",
        "receiver": Receiver(scope="own_unit", role="supervisor"),
        "actions": ("supervise", "notify"),
        "text_zh": "督办",
        "text_en": "Supervise",
    }
    return EscalationRule(code=code, level=level, trigger=trigger, **{**plain, **values})


def when(planned):
    return [(escalation.rule.code, escalation.planned_at) for escalation in planned]


def test_the_ordinary_ladder_over_a_weekend_and_a_holiday():
    started_at = cst(30, 8, 30, month=9)  # Wednesday before the National Day holiday
    planned = plan(SEEDED, clock(started_at=started_at), OFFICE, ["ordinary", "B"])
    assert when(planned) == [
        ("ordinary-0", cst(8, 13, 45, month=10)),
        ("ordinary-1", cst(8, 17, 30, month=10)),
        ("ordinary-2", cst(9, 17, 30, month=10)),
        ("ordinary-3", cst(10, 17, 30, month=10)),  # a make-up Saturday
    ]


def test_an_important_customer_is_escalated_earlier():
    planned = plan(SEEDED, clock(), OFFICE, ["ordinary", "A"])
    assert when(planned) == [
        ("vip-0", cst(2, 17, 30)),
        ("vip-1", cst(3, 13, 45)),
        ("vip-2", cst(3, 17, 30)),
        ("vip-3", cst(4, 17, 30)),
    ]


def test_a_major_complaint_goes_to_headquarters_at_once():
    first = next_after(SEEDED, clock("complaint_major"), OFFICE, ["major", "B"])
    assert (first.level, first.planned_at) == (3, cst(2, 8, 30))
    assert first.rule.receiver == Receiver(scope="hq", role="hq_desk")
    assert "supervise" in first.actions


def test_a_late_provisioning_order_climbs_day_by_day():
    planned = plan(SEEDED, clock("provisioning_a", target=10 * DAY), OFFICE, ["A"])
    assert when(planned)[1:] == [
        ("provisioning_a-1", cst(13, 17, 30)),
        ("provisioning_a-2", cst(16, 17, 30)),
        ("provisioning_a-3", cst(17, 17, 30)),
    ]


def test_per_level_the_most_specific_rows_win():
    rules = [
        rule("any-1"),
        rule("any-2", 2),
        rule("any-3", 3),
        rule("class-2", 2, order_class="A"),
        rule("class-2b", 2, order_class="A"),
        rule("other-class-2", 2, order_class="major"),
        rule("key-3", 3, sla_key="dept_handle"),
        rule("class-3", 3, order_class="A"),
        rule("other-key-1", 1, sla_key="construct"),
    ]
    codes = [code for code, _ in when(plan(rules, clock(), OFFICE, ["A"]))]
    assert codes == ["any-1", "class-2", "class-2b", "key-3"]
    codes = [code for code, _ in when(plan(rules, clock(), OFFICE, ["major", "A"]))]
    assert codes == ["any-1", "other-class-2", "key-3"]


def test_fired_levels_stay_fired_after_an_extension():
    rules = [rule("remind", 0, "75%"), rule("late", 1)]
    extended = sla.extend(clock(), OFFICE, 2 * DAY, asked_at=cst(3, 17))
    planned = plan(rules, extended, OFFICE, [], fired=["remind#0"])
    assert when(planned) == [("late", cst(5, 17, 30))]


def test_a_paused_clock_plans_nothing_it_has_not_reached():
    rules = [rule("remind", 0, "25%"), rule("late", 1)]
    paused = sla.pause(clock(), cst(2, 16, 30), "weather")
    assert [code for code, _ in when(plan(rules, paused, OFFICE, []))] == ["remind"]
    resumed = sla.resume(paused, cst(4, 16, 30))
    assert when(plan(rules, resumed, OFFICE, [], fired=["remind#0"])) == [("late", cst(5, 17, 30))]


def test_nothing_is_escalated_after_the_stop():
    stopped = sla.stop(clock(), cst(3, 9))
    rules = [rule("late"), rule("goes-on", 2, "+PT1H", stop="never")]
    assert when(plan(rules, stopped, OFFICE, [])) == [("goes-on", cst(4, 9, 30))]
    assert due([rule("early", trigger="5%")], stopped, OFFICE, [], at=cst(9)) == ()


def test_a_rule_may_stop_when_the_task_is_claimed():
    rules = [rule("nobody", 1, "50%", stop="claimed"), rule("late", 2)]
    assert len(plan(rules, clock(), OFFICE, [])) == 2
    claimed = plan(rules, clock(), OFFICE, [], is_claimed=True)
    assert [code for code, _ in when(claimed)] == ["late"]


def test_repetitions_come_in_the_time_of_the_clock_and_only_notify():
    rules = [rule("late", repeat=DAY)]
    first = next_after(rules, clock(), OFFICE, [])
    assert (first.planned_at, first.actions) == (cst(3, 17, 30), ("supervise", "notify"))
    second = next_after(rules, clock(), OFFICE, [], fired=[first.mark])
    assert (second.planned_at, second.repetition) == (cst(4, 17, 30), 1)
    assert second.actions == ("notify",)
    fired = remember([first.mark], second.mark)
    assert next_after(rules, clock(), OFFICE, [], fired=fired).planned_at == cst(5, 17, 30)


def test_missed_repetitions_coalesce_into_one():
    rules = [rule("late", repeat=HOUR)]
    (once,) = due(rules, clock(), OFFICE, [], at=cst(4, 12))
    assert (once.planned_at, once.repetition, once.missed) == (cst(3, 17, 30), 3, 3)
    assert once.actions == ("supervise", "notify")
    fired = remember([], once.mark)
    assert due(rules, clock(), OFFICE, [], at=cst(4, 12), fired=fired) == ()
    (later,) = due(rules, clock(), OFFICE, [], at=cst(4, 16), fired=fired)
    assert (later.repetition, later.missed, later.actions) == (6, 2, ("notify",))


def test_repetitions_collapsed_by_the_hard_cap_coalesce_too():
    capped = msgspec.structs.replace(clock(), hard_cap=timedelta(days=2))
    paused = sla.pause(capped, cst(2, 9), "weather")
    (once,) = due([rule("remind", 0, "10%", repeat=HOUR)], paused, OFFICE, [], at=cst(4, 9))
    assert (once.planned_at, once.missed) == (cst(4, 8, 30), 14)
    fired = remember([], once.mark)
    rules = [rule("remind", 0, "10%", repeat=HOUR)]
    assert due(rules, paused, OFFICE, [], at=cst(4, 9), fired=fired) == ()


def test_levels_that_are_due_together_come_in_order():
    rules = [rule("c", 3, "at_start"), rule("a", 0, "at_start"), rule("b", 1, "at_start")]
    assert [escalation.level for escalation in due(rules, clock(), OFFICE, [], at=cst(2, 9))] == [
        0,
        1,
        3,
    ]


def test_events_have_rules_of_their_own():
    assert [row.code for row in on_event(SEEDED, "complaint_vip", ["A"], "hold")] == ["hold-1"]
    assert [row.code for row in on_event(SEEDED, "x", [], "reopened_again")] == ["reopened-2"]
    assert on_event(SEEDED, "complaint_vip", ["A"], "unheard_of") == ()
    planned = plan([rule("event", trigger="event:hold")], clock(), OFFICE, [])
    assert planned == ()


def test_texts_are_filled_with_what_is_known():
    wording = rule(text_zh="工单{work_order}超时", text_en="{work_order} of {customer}, {{late}}")
    values = {"work_order": "W-1", "secret": "s"}
    assert wording.text("zh-CN", values) == "工单W-1超时"
    assert wording.text("en", values) == "W-1 of , {late}"
    assert wording.text("en", {"work_order": "{customer}", "customer": "X"}).startswith(
        "{customer} of X"
    )


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"trigger": "soon"}, "trigger"),
        ({"trigger": "event:"}, "trigger"),
        ({"actions": ()}, "actions"),
        ({"actions": ("notify", "notify")}, "actions"),
        ({"receiver": Receiver(scope="hq")}, "receiver"),
        ({"receiver": Receiver(scope="assignee", role="manager")}, "receiver"),
        ({"repeat": timedelta(seconds=1)}, "repeat"),
        ({"repeat": -HOUR}, "repeat"),
        ({"trigger": "event:hold", "repeat": HOUR}, "repeat"),
        ({"text_zh": " "}, "text_zh"),
        ({"text_en": "{unknown}"}, "text_en"),
        ({"text_en": "{level.__class__}"}, "text_en"),
        ({"text_en": "{level!r}"}, "text_en"),
        ({"text_en": "{level:>9999999}"}, "text_en"),
        ({"text_en": "{level"}, "text_en"),
        ({"text_en": "{}"}, "text_en"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(values, field):
    with pytest.raises(EscalationRuleInvalidError) as refusal:
        check_rule(rule(**values))
    assert refusal.value.params["field"] == field


@st.composite
def policies(draw):
    triggers = st.sampled_from(["at_start", "25%", "75%", "100%", "150%", "+PT4H", "-PT3H"])
    repeats = st.none() | st.integers(1, 40).map(lambda hours: hours * HOUR)
    return [
        rule(f"rule-{index}", draw(st.integers(0, 4)), draw(triggers), repeat=draw(repeats))
        for index in range(draw(st.integers(1, 5)))
    ]


@settings(deadline=None)
@given(policies(), st.lists(st.integers(1, 60), min_size=1, max_size=30), st.booleans())
def test_every_tick_fires_what_is_due_once_and_in_order(rules, hours, holds):
    """Walk through time in steps; what fires in many steps is what fires in one."""
    value, fired, seen = clock(), (), []
    at = value.started_at
    for step, length in enumerate(hours):
        if holds and step % 5 == 2:
            value = sla.pause(value, at, "weather")
        if holds and step % 5 == 4 and value.paused_at is not None:
            value = sla.resume(value, at)
        at += length * HOUR
        now = due(rules, value, OFFICE, [], at=at, fired=fired)
        assert now == due(rules, value, OFFICE, [], at=at, fired=fired)
        assert list(now) == sorted(now, key=lambda escalation: escalation.planned_at)
        for escalation in now:
            seen += [
                (escalation.rule.code, escalation.repetition - back)
                for back in range(escalation.missed, -1, -1)
            ]
            fired = remember(fired, escalation.mark)
        assert due(rules, value, OFFICE, [], at=at, fired=fired) == ()
        following = next_after(rules, value, OFFICE, [], fired=fired)
        assert following is None or following.planned_at > at
    assert len(seen) == len(set(seen))
    at_once = due(rules, value, OFFICE, [], at=at)
    assert {(e.rule.code, n) for e in at_once for n in range(e.repetition + 1)} == set(seen)
