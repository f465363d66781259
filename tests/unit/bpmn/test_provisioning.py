"""Every way through leased-line provisioning and the processes it calls."""

from itertools import permutations

import pytest

from engine.domain.effects import ClockStarted, ClockStopped, InstanceEnded, MessageThrown
from tests.unit.bpmn.desk import RETURNED, Desk

RESOURCES = ("allocate_ip", "request_equipment", "request_line")
BUILDING = ("prepare_construction", "construct", "commission", "complete")


def ordered(**options):
    """An order whose contract is filed and whose resources are being arranged."""
    desk = Desk("leased_line_provisioning", **options)
    desk.complete_all("file_contract", "resource_survey")
    return desk


def straight(*, first=RESOURCES, **options):
    desk = ordered(**options)
    desk.complete_all(*first, *BUILDING)
    return desk


def closed(desk):
    """After-sale of an active service, billing acknowledged."""
    desk.deliver("billing_ack", billing_reference="JF-1")
    desk.complete("visit")
    return desk


def returned_and_reworked():
    """Leased line, missing stock, a conflict of addresses, everything goes wrong once."""
    conflicts = iter([True, False])
    desk = Desk(
        "leased_line_provisioning",
        results={
            "check_ip_block": lambda _: {"ip_conflict": next(conflicts)},
            "activate_service": {"error": "activation_failed"},
        },
    )
    desk.complete("file_contract")
    desk.complete("resource_survey", feasible="conditional", survey_condition="需立杆")
    desk.complete("allocate_ip")
    assert "allocate_ip" in desk.open
    desk.complete("allocate_ip", ipv4_block="203.0.113.16/29")
    desk.complete("request_equipment", in_stock="no")
    desk.complete(
        "review_equipment", equipment_approved="no", hq_in_stock=None, review_comment="数量偏多"
    )
    desk.complete("revise_equipment_request")
    desk.complete("review_equipment", hq_in_stock="no")
    desk.complete_all("purchase_equipment", "ship_equipment", "receive_equipment")
    desk.complete("request_line", line_source="other", technology="ddn")
    desk.complete("lease_quote")
    desk.complete("lease_approve", lease_approved="no", lease_comment="太贵了")
    desk.complete_all("lease_quote", "lease_approve", "lease_order")
    desk.complete("lease_accept", lease_accepted="no", circuit_no=None, mend_reason="误码高")
    desk.complete_all("lease_order", "lease_accept", "prepare_construction")
    desk.complete("construct", **RETURNED)
    desk.complete_all("prepare_construction", "construct")
    desk.complete("commission", test_result="fail", fail_reason="丢包")
    desk.complete_all("construct", "commission", "complete", "activate_manually")
    desk.reach("billing_ack", "100%")
    desk.complete("billing_follow_up")
    desk.complete(
        "visit",
        has_problem="yes",
        problem_kind="fault",
        visit_problems="时断时续",
        has_opportunity="yes",
        new_needs="再要一条",
    )
    return desk


def rejected():
    desk = Desk("leased_line_provisioning")
    desk.complete("file_contract")
    desk.complete("resource_survey", feasible="no", infeasible_reason="无管道")
    desk.complete("inform_sales")
    return desk


def cancelled():
    desk = ordered()
    desk.complete_all(*RESOURCES, "prepare_construction")
    desk.deliver("cancel_requested", cancel_request_reason="搬迁")
    desk.complete("assess_cancellation")
    return desk


def denied():
    desk = Desk("leased_line_provisioning")
    for after in ("file_contract", "resource_survey"):
        desk.deliver("cancel_requested")
        desk.complete("assess_cancellation", cancel_accepted="no")
        desk.complete(after)
    desk.deliver("cancel_requested")
    desk.complete("assess_cancellation", cancel_accepted="no")
    return desk


def late():
    """Every warning of the provisioning process."""
    desk = ordered()
    desk.reach("task", "75%")
    desk.reach("order", "75%")
    return desk


WALKS = (lambda: closed(straight()), returned_and_reworked, rejected, cancelled, denied, late)


def test_straight_order_is_completed():
    desk = closed(straight())
    assert desk.end == InstanceEnded(
        outcome="completed", element_id="end_completed", state="completed"
    )
    assert desk.states == ["acknowledged", "inProgress", "completed"]
    assert desk.milestones == [
        "contract_filed",
        "feasible",
        "resources_ready",
        "constructed",
        "tested",
        "accepted",
        "active",
        "billed",
        "visited",
    ]
    assert desk.tasks == {}
    assert desk.timers == {}
    assert desk.awaited == {}


def test_business_records_are_written_in_order():
    desk = closed(straight())
    assert desk.topics == [
        "classify_customer",
        "check_ip_block",
        "reserve_ip",
        "register_service",
        "activate_service",
        "notify_customer",
        "notify_service_desk",
        "create_visit_plan",
    ]
    assert desk.inputs("reserve_ip") == {"ipv4_block": "203.0.113.8/29", "ipv6": None, "vlan": 120}
    assert desk.inputs("activate_service") == {"service_id": "S-1"}


@pytest.mark.parametrize("order", list(permutations(RESOURCES)))
def test_resources_may_be_ready_in_any_order(order):
    desk = ordered()
    for element_id in order:
        assert "prepare_construction" not in desk.open
        desk.complete(element_id)
    assert desk.open == {"prepare_construction"}


@pytest.mark.parametrize(
    ("customer_class", "sla"),
    [("A", "provisioning_a"), ("B", "provisioning_b"), ("C", "provisioning_c")],
)
def test_time_limit_follows_the_class_of_the_customer(customer_class, sla):
    classified = {"customer_class": customer_class, "is_key_account": False}
    desk = Desk("leased_line_provisioning", results={"classify_customer": classified})
    (started,) = [e for e in desk.effects if isinstance(e, ClockStarted)]
    assert (started.clock, started.sla) == ("order", sla)


def test_order_clock_stops_when_the_service_is_active():
    desk = straight()
    assert desk.seen(ClockStopped, "clock") == ["order"]
    closed(desk)
    assert desk.seen(ClockStopped, "clock") == ["order", "billing_ack"]


def test_billing_is_told_what_to_bill():
    (thrown,) = [e for e in straight().effects if isinstance(e, MessageThrown)]
    assert thrown.message == "start_billing"
    assert thrown.payload == {
        "service_id": "S-1",
        "contract_no": "HT-2026-0001",
        "bill_from_date": "2026-03-07T02:00:00Z",
        "monthly_fee": 5000,
    }


def test_everything_that_goes_wrong_once_is_mended():
    desk = returned_and_reworked()
    assert desk.end is not None
    assert desk.end.state == "completed"
    assert desk.variables["rework"] == 1
    assert desk.variables["circuit_no"] == "GX-0815"
    assert desk.variables["waybill_no"] == "YD-5"
    assert desk.milestones.count("constructed") == 2
    assert desk.milestones.count("tested") == 1
    assert desk.topics.count("check_ip_block") == 2
    assert desk.topics.count("reserve_ip") == 1
    assert desk.topics[-1] == "notify_sales"
    assert desk.seen(MessageThrown, "message") == ["start_billing", "visit_problem_found"]


def test_infeasible_order_is_rejected():
    desk = rejected()
    assert desk.states == ["acknowledged", "rejected"]
    assert desk.end is not None
    assert desk.end.element_id == "end_rejected"


def test_accepted_cancellation_ends_all_work_before_resources_are_released():
    desk = cancelled()
    assert desk.states[-3:] == ["assessingCancellation", "pendingCancellation", "cancelled"]
    assert desk.topics[-2:] == ["release_resources", "notify_customer"]
    assert desk.inputs("release_resources")["ipv4_block"] == "203.0.113.8/29"
    assert desk.end is not None
    assert (desk.end.element_id, desk.end.state) == ("end_cancelled", "cancelled")
    assert desk.tasks == {}
    assert desk.seen(ClockStopped, "clock") == ["order"]


def test_cancellation_reaches_into_called_processes():
    desk = ordered()
    desk.complete("request_line", line_source="other", technology="ddn")
    assert "lease_quote" in desk.open
    desk.deliver("cancel_requested")
    desk.complete("assess_cancellation")
    assert desk.tasks == {}
    assert desk.end is not None


def test_work_goes_on_while_a_cancellation_is_assessed_and_after_it_is_denied():
    desk = denied()
    assert desk.open == set(RESOURCES)
    assert desk.states == [
        "acknowledged",
        "assessingCancellation",
        "acknowledged",
        "assessingCancellation",
        "acknowledged",
        "inProgress",
        "assessingCancellation",
        "inProgress",
    ]
    desk.complete_all(*RESOURCES, *BUILDING)
    closed(desk)
    assert desk.end is not None
    assert desk.end.state == "completed"


def test_warnings_are_announced_once_and_interrupt_nothing():
    desk = late()
    assert sorted(job.inputs["reason"] for job in desk.jobs if job.topic == "notify_jeopardy") == [
        "equipment_jeopardy",
        "line_jeopardy",
        "order_jeopardy",
    ]
    assert desk.open == set(RESOURCES)
    desk.wait(days=30)
    assert desk.topics.count("notify_jeopardy") == 3


def test_acknowledgement_in_time_leaves_no_follow_up():
    desk = straight()
    desk.deliver("billing_ack", billing_reference="JF-1")
    assert desk.open == {"visit"}
    desk.wait(days=30)
    assert desk.open == {"visit"}


def test_tasks_go_to_the_role_of_their_lane_and_headquarters_to_the_root_unit():
    desk = ordered()
    assert desk.task("allocate_ip").candidate_groups == ("network",)
    assert desk.task("request_line").candidate_groups == ("line",)
    desk.complete("request_equipment", in_stock="no")
    review = desk.task("review_equipment")
    assert review.candidate_groups == ("hq_equipment",)
    assert review.properties["unit"] == "hq"
    assert review.process_key == "hq_equipment"


def test_who_built_does_not_commission():
    desk = ordered()
    desk.complete_all(*RESOURCES, "prepare_construction", "construct")
    assert desk.task("commission").properties["notSamePersonAs"] == "construct"
