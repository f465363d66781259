"""Files in the manner of other engines and editors: they run as drawn, or say why not."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from engine.domain.effects import JobOpened, TaskOpened
from engine.workflow.kernel import SpiffKernel
from engine.workflow.language.durations import duration
from tests.support.kernel_world import Library, World

FOLDER = Path(__file__).parent


class Runs(NamedTuple):
    """A file that is accepted.

    Steps: ``task {json}`` completes a task, ``@job {json}`` a job, ``+PT5M`` lets time pass,
    ``!name`` delivers a message. The trace is what was opened, in order.
    """

    key: str
    given: Mapping[str, Any]
    steps: str
    trace: str
    ended: bool = True
    facts: Mapping[str, Any] = {}


RUNS = {
    "c7_supplier_invoice.bpmn": [
        Runs("invoice", {"amount": 1200},
             'Activity_assign {"approver": "mary"}; Activity_approve {"approved": true}; '
             "Activity_pay",
             "Activity_assign Activity_approve Activity_pay",
             facts={"assignee:Activity_approve": "mary", "priority:Activity_pay": 80,
                    "groups:Activity_assign": ("accounting", "management")}),
        Runs("invoice", {"amount": 9000},
             'Activity_assign {"approver": "mary"}; Activity_approve {"approved": true}',
             "Activity_assign Activity_approve"),
    ],
    "c7_loan_without_ids.bpmn": [
        Runs("loan", {"amount": 20000, "customer": {"guarantor": "x"}}, "assess; board",
             "assess board"),
        Runs("loan", {"amount": 5, "customer": {"rating": "A", "tags": ["loyal"]}},
             "assess; clerk", "assess clerk"),
        Runs("loan", {"amount": 5, "customer": {"rating": "A", "tags": []}},
             "assess; refuse", "assess refuse"),
    ],
    "c7_timers.bpmn": [
        Runs("helpdesk", {"deadline": "2026-01-05T09:00:00+08:00"}, "firstLevel", "firstLevel"),
        Runs("helpdesk", {"deadline": "2026-01-05T09:08:00+08:00"},
             "+PT5M; +PT3M; +PT7M; +PT10M; +PT10M; secondLevel; manager; remind; remind",
             "firstLevel secondLevel manager remind remind"),
    ],
    "c7_groovy_bound.bpmn": [
        Runs("price", {"items": [{"price": 120}]}, '@compute {"price": 120}; show', "compute show",
             facts={"assignee:show": "boss", "inputs:compute": {"lines": [{"price": 120}]}}),
    ],
    "c7_vote.bpmn": [
        Runs("vote", {"voters": ["a", "b", "c"]}, "ballot; ballot; count",
             "ballot ballot ballot count", facts={"assignee:ballot": "a"}),
    ],
    "c7_form_fields.bpmn": [
        Runs("holiday", {}, 'ask {"days": 3}; decide; book', "ask decide book"),
        Runs("holiday", {}, 'ask {"days": 2}; book', "ask book"),
    ],
    "c7_message_job.bpmn": [
        Runs("billing", {"order_no": "7"}, "@bill; !paid-7; @e", "bill e"),
        Runs("billing", {"order_no": "7"}, "@bill; +P14D; dun; @e", "bill dun e"),
    ],
    "flowable_leave.bpmn": [
        Runs("leave", {"employee": "kim"}, 'approve {"approved": false}; tell', "approve tell",
             facts={"groups:approve": ("managers",), "assignee:tell": "kim"}),
        Runs("leave", {"employee": "kim"}, 'approve {"approved": true}; @enter', "approve enter"),
    ],
    "flowable_call.bpmn": [
        Runs("outer", {"who": "ann"}, 'iu {"answer": "bob"}; u', "iu u",
             facts={"assignee:iu": "ann", "assignee:u": "bob"}),
    ],
    "activiti_vacation.bpmn": [
        Runs("vacationRequest", {"employee": "kim"},
             'handleRequest {"vacationApproved": "false"}; adjust; '
             'handleRequest {"vacationApproved": "true"}',
             "handleRequest adjust handleRequest",
             facts={"groups:handleRequest": ("management",), "users:handleRequest": ("kermit",),
                    "assignee:adjust": "kim"}),
    ],
    "operaton_review.bpmn": [
        Runs("review", {"number": 7}, "check; one", "check one",
             facts={"groups:check": ("desk",), "variable:label": "No. 7"}),
    ],
    "c8_onboarding.bpmn": [
        Runs("onboarding", {"customer": {"name": "ann", "blocked": False}},
             '@score {"points": 8}', "score",
             facts={"inputs:score": {"name": "ann"}}),
        Runs("onboarding", {"customer": {"name": "ann", "blocked": True}, "clerk": "li"},
             '@score {"points": 8}; +PT4H; boss', "score manual boss",
             facts={"assignee:manual": "li", "groups:manual": ("desk", "night"),
                    "priority:manual": 80}),
        Runs("onboarding", {"customer": {"name": "ann", "blocked": True}, "vip": True},
             '@score {"points": 2}; +PT1H; boss', "score manual boss",
             facts={"priority:manual": 20}),
    ],
    "c8_multi_instance.bpmn": [
        Runs("quotes", {"suppliers": [{"buyer": "a", "asked": True},
                                      {"buyer": "b", "asked": False},
                                      {"buyer": "c", "asked": True}]},
             'ask {"price": 9}; ask {"price": 7}', "ask ask",
             facts={"variable:lowest": 7, "variable:prices": [9, 7]}),
    ],
    "c8_call.bpmn": [
        Runs("main", {"order": {"no": "7"}}, 'pu {"found": "ann"}; u', "pu u",
             facts={"assignee:pu": "7", "assignee:u": "ann"}),
    ],
    "c8_message.bpmn": [
        Runs("pay", {"orderId": 1}, "!payment; @tell", "tell"),
    ],
    "jbpm_plain.bpmn": [
        Runs("com.example.rewards", {"years": 12}, "_3", "_3"),
    ],
    "bizagi_purchase.bpmn": [
        Runs("Id_purchase", {}, "Id_order; Id_receive", "Id_order Id_receive"),
    ],
    "signavio_complaint.bpmn": [
        Runs("complaint", {"等级": "重大"}, "record; report; answer", "record report answer"),
        Runs("complaint", {"等级": "一般"}, "record; answer", "record answer"),
    ],
    "adonis_repair_gbk.bpmn": [
        Runs("repair", {}, "派单; +PT4H; 定位; 修复; 督办", "派单 定位 督办 修复"),
    ],
    "shared_definitions.bpmn": [
        Runs("shared", {}, "+PT30M", "prüfen other"),
        Runs("shared", {}, "other", "prüfen other", ended=False),
    ],
}  # fmt: skip

#: What is assumed or ignored in each file.
REMARKS = {
    "c7_supplier_invoice.bpmn": "extension-ignored",
    "c7_loan_without_ids.bpmn": "default-given id-given",
    "c7_timers.bpmn": "end-implied extension-ignored time-quoted",
    "c7_groovy_bound.bpmn": "script-bound",
    "c7_form_fields.bpmn": "end-implied extension-ignored flows-conditional form-fields-ignored",
    "c7_message_job.bpmn": "extension-ignored",
    "flowable_leave.bpmn": "dialect-read extension-ignored form-fields-ignored vendor-ignored",
    "flowable_call.bpmn": "dialect-read end-implied extension-ignored",
    "activiti_vacation.bpmn": "assignment-read dialect-read executable-assumed extension-ignored "
    "form-fields-ignored",
    "operaton_review.bpmn": "dialect-read extension-ignored",
    "c8_onboarding.bpmn": "dialect-read extension-ignored results-kept",
    "c8_multi_instance.bpmn": "dialect-read",
    "c8_call.bpmn": "dialect-read",
    "c8_message.bpmn": "correlation-by-order dialect-read",
    "jbpm_plain.bpmn": "data-ignored vendor-ignored",
    "bizagi_purchase.bpmn": "end-implied executable-assumed start-given task-passes "
    "vendor-ignored",
    "signavio_complaint.bpmn": "data-ignored vendor-ignored",
    "adonis_repair_gbk.bpmn": "end-implied id-given start-given vendor-ignored",
    "shared_definitions.bpmn": "end-implied split-parallel vendor-ignored",
}  # fmt: skip

#: Refused files: rule code @ element : line. Other findings are not looked at.
REFUSED = {
    "c7_listeners.bpmn": "listener-refused@order:5 listener-refused@check:11 "
    "listener-refused@f2:18 service-implementation@ship:21",
    "c7_groovy.bpmn": "script-language@compute:6 script-language@f3:13 script-language@u:20",
    "c7_connector.bpmn": "extension-refused@call:8 service-without-topic@call:6",
    "c7_bean_calls.bpmn": "expression-invalid@reserve:6 expression-invalid@f3:9 "
    "expression-invalid@u:13",
    "flowable_refused.bpmn": "extension-refused@s:4 extension-refused@http:6 "
    "extension-refused@u:10 extension-refused@w:12",
    "activiti_refused.bpmn": "script-language@js:6 extension-refused@mail:8 "
    "service-implementation@java:10 listener-refused@log:12",
    "c8_refused.bpmn": "listener-refused@u:8 extension-refused@u:9 expression-invalid@f3:14",
    "jbpm_evaluation.bpmn": "listener-refused@_self:11 data-refused@_self:19 "
    "script-language@_log:24 extension-refused@_mail:26",
    "hand_written_mistakes.bpmn": "attribute-misspelt@f1:5 attribute-misspelt@u:6 "
    "attribute-misspelt@b:7 element-unknown@b:7 element-unknown@r:8 element-unknown@v:11",
}


def diagnosis(name: str):
    return SpiffKernel(Library()).diagnose({name: (FOLDER / name).read_bytes()})


def test_every_file_has_its_outcome():
    assert {path.name for path in FOLDER.glob("*.bpmn")} == set(RUNS) | set(REFUSED)
    assert len(RUNS) + len(REFUSED) >= 24


@pytest.mark.parametrize(
    ("name", "case"), [(name, case) for name, cases in RUNS.items() for case in cases]
)
def test_a_file_runs_as_drawn(name, case):
    found = diagnosis(name).findings
    assert [one for one in found if one.severity == "refused"] == []
    stated = {one.code for one in found if one.severity in {"assumed", "ignored"}}
    assert stated == set(REMARKS.get(name, "").split())
    world = World((FOLDER / name).read_bytes(), key=case.key)
    for process in diagnosis(name).processes:
        world.library.publish(process.key, (FOLDER / name).read_bytes())
    world.start(case.given)
    for step in filter(None, map(str.strip, case.steps.split(";"))):
        _take(world, step)
    assert _opened(world) == case.trace.split()
    assert world.is_ended == case.ended
    for fact, expected in case.facts.items():
        assert _fact(world, fact) == expected, fact


def _take(world: World, step: str) -> None:
    target, _, values = step.partition(" ")
    given = json.loads(values or "{}")
    if target.startswith("+"):
        length = duration(target[1:]).exact
        assert isinstance(length, timedelta)
        world.pass_time(seconds=length.total_seconds())
    elif target.startswith("!"):
        assert world.act("deliver", target[1:], given)
    elif target.startswith("@"):
        numbers = [job.number for job in world.of(JobOpened) if job.element_id == target[1:]]
        world.act("complete_job", numbers[-1], given)
    else:
        world.complete(target, **given)


def _opened(world: World) -> list[str]:
    return [one.element_id for one in world.effects if isinstance(one, TaskOpened | JobOpened)]


def _fact(world: World, fact: str) -> Any:
    kind, _, name = fact.partition(":")
    if kind == "variable":
        return world.variables[name]
    opened = next(
        one
        for one in world.effects
        if isinstance(one, TaskOpened | JobOpened) and one.element_id == name
    )
    names = {"groups": "candidate_groups", "users": "candidate_users"}
    return getattr(opened, names.get(kind, kind))


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_is_refused_with_every_reason_and_its_line(name):
    found = diagnosis(name)
    assert found.is_refused
    places = {
        f"{one.code}@{one.element_id}:{one.line}"
        for one in found.findings
        if one.severity == "refused"
    }
    assert places >= set(REFUSED[name].split())
    for one in found.findings:
        assert one.message.endswith(".") or one.message.endswith("')")
        assert "Error" not in one.message
