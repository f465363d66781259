"""What the walks of both processes visit together: everything that is drawn."""

import random
from collections import Counter

import pytest

import bpmn
from engine.domain.effects import TaskOpened
from tests.unit.bpmn import test_complaint, test_provisioning
from tests.unit.bpmn.desk import (
    KERNEL,
    NO_ANSWER,
    NOT_APPROVED,
    RESULTS,
    RETURNED,
    START_FORMS,
    TO_DEPT,
    TO_HQ,
    WRONG,
    Desk,
)
from tests.unit.bpmn.drawing import CAMUNDA, DIAGRAMS, drawing, properties

#: Other answers than the usual ones, by form.
BRANCHES = {
    "resource_survey": [{"feasible": "conditional", "survey_condition": "需立杆"}],
    "request_equipment": [{"in_stock": "no"}],
    "request_line": [{"line_source": "other"}],
    "construct": [RETURNED],
    "commission": [{"test_result": "fail", "fail_reason": "丢包"}],
    "assess_cancellation": [{"cancel_accepted": "no"}],
    "review_equipment": [{"hq_in_stock": "no"}, NOT_APPROVED],
    "lease_approve": [{"lease_approved": "no", "lease_comment": "太贵了"}],
    "lease_accept": [{"lease_accepted": "no", "circuit_no": None, "mend_reason": "误码高"}],
    "handle_at_desk": [TO_DEPT, TO_HQ, {"compensation_amount": 20_000}],
    "handle_ordinary": [TO_DEPT],
    "dept_handle": [WRONG, {"dept_result": "not_solved"}],
    "hq_decide": [{"hq_decision": "analyse_again"}, {"compensation_amount": 20_000}],
    "call_back": [NO_ANSWER, {"score": 3}, {"solved": "no"}],
}

#: Topics whose handlers return nothing the processes read.
SILENT = {
    "activate_service",
    "archive_order",
    "create_visit_plan",
    "notify_customer",
    "notify_jeopardy",
    "notify_sales",
    "notify_service_desk",
    "release_resources",
    "reserve_ip",
    "set_clock_due",
}


def test_deployment_is_accepted_without_a_finding():
    diagnosis = KERNEL.diagnose(bpmn.deployment())
    # What Camunda Modeler itself puts into every process means nothing here, and is said to;
    # there is nothing else to say.
    assert Counter((found.code, found.message) for found in diagnosis.findings) == {
        ("extension-ignored", f"'{name}' has no effect here (occurrences: 1)."): len(DIAGRAMS)
        for name in ("historyTimeToLive", "versionTag")
    }
    assert {f"{process.key}.bpmn" for process in diagnosis.processes} == set(DIAGRAMS)


def test_start_forms_and_published_variables_are_seen():
    described = {p.key: p for p in KERNEL.diagnose(bpmn.deployment()).processes}
    assert described["leased_line_provisioning"].start_form_key == "start_provisioning"
    assert described["complaint_escalation"].start_form_key == "start_complaint"
    assert "customer_id" in described["complaint_escalation"].publish
    assert described["complaint_escalation"].calls == ("ordinary_complaint", "hq_complaint")


def test_every_node_and_every_user_task_is_walked():
    walked = [walk() for walk in (*test_provisioning.WALKS, *test_complaint.WALKS)]
    passed = set[str]().union(*(desk.passed for desk in walked))
    opened = {
        (effect.process_key, effect.element_id)
        for desk in walked
        for effect in desk.effects
        if isinstance(effect, TaskOpened)
    }
    for name in DIAGRAMS:
        picture = drawing(name)
        # An error takes its own end event away with the scope; who catches it is walked.
        thrown = {e.getparent().get("id") for e in picture.find("//bpmn:endEvent/*[@errorRef]")}
        assert set(picture.nodes) - passed - thrown == set()
        drawn = {task.get("id") for task in picture.find("//bpmn:userTask")}
        key = name.removesuffix(".bpmn")
        assert {element for process, element in opened if process == key} == drawn


@pytest.mark.parametrize("seed", range(60))
@pytest.mark.parametrize("process", START_FORMS)
def test_any_order_of_any_answers_comes_to_an_end(process, seed):
    chance = random.Random(seed)
    conflict = {"check_ip_block": lambda _: {"ip_conflict": chance.random() < 0.3}}
    customer = {"customer_class": "B", "is_key_account": chance.random() < 0.8}
    desk = Desk(process, results={**conflict, "classify_customer": customer})
    for _ in range(400):
        if desk.end is not None:
            break
        step(desk, chance)
    assert desk.end is not None
    assert desk.end.state is not None
    assert desk.tasks == desk.timers == desk.awaited == {}


def step(desk, chance):
    """One thing that may happen next."""
    if not desk.tasks or chance.random() < 0.05:
        message = "billing_ack" if chance.random() < 0.8 else "urge"
        if any(awaited.message == message for awaited in desk.awaited.values()):
            desk.deliver(message)
        desk.wait(hours=2)
    elif chance.random() < 0.01:
        ending = chance.choice(["cancel_requested", "withdraw", "regulator_case"])
        if any(awaited.message == ending for awaited in desk.awaited.values()):
            desk.deliver(ending)
    else:
        task = desk.tasks[chance.choice(sorted(desk.tasks))]
        options = BRANCHES.get(task.form_key, [{}])
        desk.complete(task.element_id, **chance.choice([{}, {}, *options]))


def test_walks_answer_every_topic_that_answers():
    topics = {
        task.get(f"{CAMUNDA}topic")
        for name in DIAGRAMS
        for task in drawing(name).find("//*[@camunda:topic]")
    }
    assert topics == set(RESULTS) | SILENT


def test_english_names_reach_the_inbox():
    desk = test_complaint.complaint()
    task = desk.task("handle_at_desk")
    drawn = drawing("complaint_escalation.bpmn").by_id["handle_at_desk"]
    assert (task.name, task.name_en) == (drawn.get("name"), properties(drawn)["name:en"])
