"""Every way through complaint escalation and the processes it calls."""

import pytest

from engine.domain.effects import ClockStarted, ClockStopped, InstanceEnded
from tests.unit.bpmn.desk import NO_ANSWER, TO_DEPT, TO_HQ, WRONG, Desk

ORDINARY = {"classify_customer": {"customer_class": "C", "is_key_account": False}}
HOT = {"find_repeats": {"repeat_count": 0, "hot_spot": True}}


def complaint(**options):
    return Desk("complaint_escalation", **options)


def solved_at_desk(**options):
    desk = complaint(**options)
    desk.complete_all("handle_at_desk", "reply_user", "call_back", "archive")
    return desk


def round_the_house():
    """Wrong department, headquarters, compensation, and two reopenings."""
    desk = complaint()
    desk.complete("handle_at_desk", **TO_DEPT)
    desk.complete("dept_handle", **WRONG)
    desk.complete("dept_handle", dept_result="not_solved")
    desk.complete_all("hq_accept", "hq_analyse")
    desk.complete("hq_decide", hq_decision="analyse_again")
    desk.complete("hq_analyse")
    desk.complete("hq_decide", compensation_amount=5000, compensation_reason="停业损失")
    desk.complete_all("hq_return", "approve_compensation", "reply_user")
    desk.complete("call_back", score=5)
    desk.complete("customer_repair")
    desk.complete("handle_at_desk", **TO_HQ)
    desk.complete_all("hq_accept", "hq_analyse", "hq_decide", "hq_return")
    desk.complete_all("approve_compensation", "reply_user")
    desk.complete("call_back", solved="no")
    desk.complete_all("customer_repair", "handle_at_desk", "approve_compensation")
    desk.complete_all("reply_user", "call_back", "archive")
    return desk


def solved_by_department():
    desk = complaint()
    desk.complete("handle_at_desk", **TO_DEPT)
    desk.complete_all("dept_handle", "reply_user", "call_back", "archive")
    return desk


def major():
    desk = complaint(source="media")
    desk.complete_all("handle_at_desk", "report_intense", "manager_instruction", "reply_user")
    desk.complete_all("call_back", "review_liability", "archive")
    return desk


def never_reached():
    desk = complaint()
    desk.complete_all("handle_at_desk", "reply_user")
    for _ in range(2):
        desk.complete("call_back", **NO_ANSWER)
        assert desk.open == set()
        desk.wait(hours=2)
    desk.complete("call_back", **NO_ANSWER)
    desk.complete("archive")
    return desk


def ordinary():
    desk = complaint(results=ORDINARY)
    desk.complete("handle_ordinary", **TO_DEPT)
    desk.complete("dept_handle", **WRONG)
    desk.complete_all("dept_handle", "reply_user")
    desk.complete("call_back", **NO_ANSWER)
    desk.wait(hours=2)
    desk.complete("call_back", score=6)
    desk.complete_all("customer_repair", "handle_ordinary", "reply_user", "call_back", "archive")
    return desk


def ordinary_never_reached():
    desk = complaint(results=ORDINARY)
    desk.complete_all("handle_ordinary", "reply_user")
    for _ in range(3):
        desk.complete("call_back", **NO_ANSWER)
        desk.wait(hours=2)
    desk.complete("archive")
    return desk


def withdrawn():
    desk = complaint()
    desk.deliver("withdraw", withdraw_reason="自行恢复")
    return desk


def pressed():
    """Urged, at risk, and taken up by the regulator."""
    desk = complaint()
    desk.deliver("urge")
    desk.deliver("urge")
    desk.reach("order", "75%")
    desk.deliver(
        "regulator_case", regulator_case_no="GJ-1", regulator_due_at="2026-03-17T00:00:00Z"
    )
    return desk


WALKS = (
    solved_at_desk,
    round_the_house,
    solved_by_department,
    major,
    lambda: solved_at_desk(results=HOT),
    never_reached,
    ordinary,
    ordinary_never_reached,
    withdrawn,
    pressed,
)


def test_complaint_solved_at_the_desk_is_closed():
    desk = solved_at_desk()
    assert desk.end == InstanceEnded(outcome="terminated", element_id="end_closed", state="closed")
    assert desk.states == ["acknowledged", "inProgress", "resolved", "closed"]
    assert desk.variables["handover_count"] == 0
    assert desk.topics == ["classify_customer", "find_repeats", "archive_order"]
    assert desk.seen(ClockStopped, "clock") == ["order"]


def test_handovers_and_reopenings_are_counted():
    desk = round_the_house()
    assert desk.end is not None
    assert desk.end.state == "closed"
    assert desk.variables["handover_count"] == 4
    assert desk.variables["reopen_count"] == 2
    assert desk.states == [
        "acknowledged",
        *["inProgress", "resolved", "inProgress", "inProgress", "resolved"],
        *["inProgress", "inProgress", "resolved", "closed"],
    ]


def test_second_reopening_is_told_to_level_2():
    desk = round_the_house()
    told = [job.inputs for job in desk.jobs if job.topic == "notify_jeopardy"]
    assert told == [{"reason": "reopened", "level": "2"}]


def test_repair_starts_the_clock_anew():
    desk = round_the_house()
    started = [e.sla for e in desk.effects if isinstance(e, ClockStarted) and e.clock == "order"]
    assert started == ["complaint_vip"] * 3


@pytest.mark.parametrize(("amount", "asks"), [(1000, False), (1000.01, True), (None, False)])
def test_compensation_above_authority_is_approved_first(amount, asks):
    desk = complaint()
    desk.complete("handle_at_desk", compensation_amount=amount)
    assert desk.open == ({"approve_compensation"} if asks else {"reply_user"})
    if asks:
        assert desk.task("approve_compensation").candidate_groups == ("supervisor", "manager")


@pytest.mark.parametrize(
    ("call", "closes"),
    [
        ({"score": 6}, False),
        ({"score": 7}, True),
        ({"score": 10, "solved": "no"}, False),
        ({"score": 1}, False),
    ],
)
def test_low_score_or_unsolved_is_repaired(call, closes):
    desk = complaint()
    desk.complete_all("handle_at_desk", "reply_user")
    desk.complete("call_back", **call)
    assert desk.open == ({"archive"} if closes else {"customer_repair"})


def test_who_replied_does_not_call_back():
    desk = complaint()
    desk.complete_all("handle_at_desk", "reply_user")
    task = desk.task("call_back")
    assert task.properties["notSamePersonAs"] == "reply_user"
    assert task.candidate_groups == ("call_back",)


def test_intense_complaint_is_reported_up_while_the_desk_works():
    desk = complaint(severity="critical")
    assert desk.open == {"handle_at_desk", "report_intense"}
    desk.complete("report_intense")
    desk.complete("manager_instruction")
    assert desk.open == {"handle_at_desk"}
    assert desk.variables["instruction"] == "今日上门致歉"


def test_major_complaint_is_reviewed_for_liability():
    desk = major()
    assert desk.end is not None
    assert desk.end.state == "closed"
    assert {"review_liability", "manager_instruction"} <= desk.passed


def test_closing_takes_an_open_instruction_away():
    desk = complaint(source="media")
    desk.complete("report_intense")
    desk.complete_all("handle_at_desk", "reply_user", "call_back", "review_liability", "archive")
    assert desk.end is not None
    assert desk.end.state == "closed"
    assert desk.tasks == {}


def test_batch_complaint_shows_the_desk_advice():
    desk = complaint(results=HOT)
    assert desk.variables["complaint_class"] == "batch"
    assert desk.variables["is_batch"] is True
    assert "口径" in desk.variables["advisory"]
    assert desk.open == {"handle_at_desk"}


def test_three_calls_without_an_answer_end_with_a_survey_link():
    desk = never_reached()
    assert desk.topics[-2:] == ["notify_customer", "archive_order"]
    assert desk.inputs("notify_customer")["template"] == "survey_link"
    assert desk.variables["call_attempts"] == 3
    assert desk.end is not None
    assert desk.end.state == "closed"


def test_ordinary_customer_takes_the_ordinary_way():
    desk = ordinary()
    assert desk.end == InstanceEnded(
        outcome="completed", element_id="end_ordinary", state="closed"
    )
    assert desk.states[0] == "acknowledged"
    assert desk.states[-1] == "closed"
    assert desk.variables["handover_count"] == 2
    assert desk.variables["reopen_count"] == 1
    assert desk.variables["score"] == 9


def test_ordinary_customer_who_is_never_reached_gets_a_survey_link():
    desk = ordinary_never_reached()
    assert desk.inputs("notify_customer")["template"] == "survey_link"
    assert desk.end is not None


def test_urging_counts_and_raises_the_priority_without_interrupting():
    desk = complaint()
    before = desk.variables["priority"]
    desk.deliver("urge")
    desk.deliver("urge")
    assert desk.variables["urge_count"] == 2
    assert desk.variables["priority"] == before + 20
    assert desk.inputs("notify_jeopardy")["priority"] == before + 20
    assert desk.open == {"handle_at_desk"}
    desk.complete("handle_at_desk")
    assert desk.task("reply_user").priority == before + 20


def test_priority_stays_within_bounds():
    desk = complaint(source="media")
    desk.deliver("urge")
    assert desk.variables["priority"] == 100


@pytest.mark.parametrize("when", ["at_desk", "at_department", "at_headquarters", "called_back"])
def test_withdrawal_ends_everything_at_any_time(when):
    desk = complaint(severity="critical")
    if when == "at_department":
        desk.complete("handle_at_desk", **TO_DEPT)
    elif when == "at_headquarters":
        desk.complete("handle_at_desk", **TO_HQ)
    elif when == "called_back":
        desk.complete_all("handle_at_desk", "reply_user")
    desk.deliver("withdraw")
    assert desk.tasks == {}
    assert desk.end is not None
    assert (desk.end.element_id, desk.end.state) == ("end_withdrawn", "cancelled")
    assert desk.topics[-2:] == ["notify_customer", "archive_order"]


def test_withdrawal_of_an_ordinary_complaint_ends_it():
    desk = complaint(results=ORDINARY)
    desk.deliver("withdraw")
    assert desk.end is not None
    assert desk.end.state == "cancelled"


def test_regulator_case_escalates_and_takes_the_regulators_time():
    desk = pressed()
    assert desk.variables["complaint_class"] == "escalated"
    assert desk.seen(ClockStarted, "sla") == ["complaint_vip", "complaint_regulator"]
    assert desk.inputs("set_clock_due") == {"clock": "order", "due_at": "2026-03-17T00:00:00Z"}
    assert desk.open == {"handle_at_desk"}
    desk.complete_all("handle_at_desk", "reply_user", "call_back")
    assert desk.open == {"review_liability"}


def test_headquarters_works_with_the_roots_queue():
    desk = complaint()
    desk.complete("handle_at_desk", **TO_HQ)
    task = desk.task("hq_accept")
    assert task.candidate_groups == ("hq_desk",)
    assert task.properties["unit"] == "hq"


@pytest.mark.parametrize(("given", "unit"), [(None, "order"), ("cd_network", "cd_network")])
def test_department_is_that_of_the_order_unless_another_is_named(given, unit):
    desk = complaint()
    desk.complete("handle_at_desk", **TO_DEPT, target_unit=given)
    assert desk.task("dept_handle").properties["unit"] == unit


@pytest.mark.parametrize(
    ("facts", "decided"),
    [
        ({}, ("ordinary", "normal", 60, "complaint_vip")),
        ({"source": "mayor_hotline"}, ("major", "high", 100, "complaint_major")),
        ({"source": "miit"}, ("skip_level", "high", 95, "complaint_regulator")),
        ({"source": "consumer_council"}, ("escalated", "high", 90, "complaint_regulator")),
        ({"channel": "regulator_letter"}, ("escalated", "high", 90, "complaint_regulator")),
        ({"source": "mail_transfer"}, ("escalated", "normal", 85, "complaint_regulator")),
        ({"category": "spam_sms"}, ("sensitive", "normal", 70, "complaint_vip")),
        (
            {"category": "spam_sms", "severity": "high"},
            ("sensitive", "high", 85, "complaint_vip"),
        ),
        ({"severity": "critical"}, ("sensitive", "high", 85, "complaint_vip")),
        ({"severity": "high"}, ("ordinary", "normal", 70, "complaint_vip")),
        ({"repeats": 2}, ("ordinary", "normal", 70, "complaint_vip")),
        ({"repeats": 3}, ("ordinary", "high", 80, "complaint_vip")),
        ({"class": "B"}, ("ordinary", "normal", 60, "complaint_vip")),
        ({"class": "C"}, ("ordinary", "normal", 60, "complaint_ordinary")),
        ({"class": "C", "key": False}, ("ordinary", "low", 50, "complaint_ordinary")),
        (
            {"class": "C", "key": False, "severity": "high"},
            ("ordinary", "normal", 60, "complaint_ordinary"),
        ),
        (
            {"class": "C", "key": False, "severity": "critical"},
            ("ordinary", "high", 80, "complaint_ordinary"),
        ),
    ],
)
def test_classification_and_time_limit(facts, decided):
    facts = dict(facts)
    customer = {
        "customer_class": facts.pop("class", "A"),
        "is_key_account": facts.pop("key", True),
    }
    repeats = {"repeat_count": facts.pop("repeats", 0), "hot_spot": False}
    desk = complaint(results={"classify_customer": customer, "find_repeats": repeats}, **facts)
    variables = desk.variables
    found = tuple(variables[n] for n in ("complaint_class", "intensity", "priority", "sla"))
    assert found == decided
    assert variables["authority_limit"] > 0
