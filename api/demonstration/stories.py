"""What happened in the last 30 days: which orders, and how each of them went."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from api.demonstration import acts as a
from api.demonstration.answers import day, start_of_day
from api.demonstration.customers import Customer, site
from api.demonstration.operator import STAFF
from api.demonstration.simulation import Act, Story
from engine.domain import seed
from engine.domain.calendar import WorkingCalendar

PROVISIONING: Final = "leased_line_provisioning"
COMPLAINT: Final = "complaint_escalation"
#: The demonstration covers so many days.
DAYS: Final = 30
_SEED: Final = 7

Plan = dict[str, Sequence[tuple[Act, ...] | None]]


class Recipe(msgspec.Struct, frozen=True, kw_only=True):
    """A way orders go.

    Attributes:
        ago: When such orders are opened, in working hours before today: earliest and latest.
        grades: Classes of the customers.
        plan: What differs from the usual way.
        values: Answers to the start form that matter.
    """

    count: int
    process: str
    ago: tuple[float, float]
    plan: Plan = {}
    grades: str = "AB"
    values: dict[str, Any] = {}


def _wrong(after: float) -> Act:
    return a.complete(
        after,
        dept_result="wrong_dept",
        without=("cause", "measure", "dept_answer"),
        target_dept="transmission",
    )


def _to_department(after: float) -> Act:
    return a.complete(after, can_solve="to_dept", without=("solution",), target_dept="network")


def _to_headquarters(after: float) -> Act:
    return a.complete(
        after,
        can_solve="to_hq",
        without=("solution",),
        hq_reason="涉及骨干段，分公司无权调度，请总部协调。",
    )


def _unreached(after: float) -> Act:
    return a.complete(after, contact_result="no_answer", without=("score", "solved", "opinion"))


def _dissatisfied(after: float) -> Act:
    return a.complete(after, score=4, solved="no", opinion="昨晚又中断一次，问题没有根治。")


_PROVISIONING: Final = (
    Recipe(count=6, process=PROVISIONING, ago=(155, 75), grades="ABC"),
    # A line leased from another carrier.
    Recipe(
        count=2,
        process=PROVISIONING,
        ago=(158, 130),
        plan={"request_line": [(a.complete(3, line_source="other", without=("circuit_no",)),)]},
    ),
    # No stock at the branch, then none at headquarters either.
    Recipe(
        count=2,
        process=PROVISIONING,
        ago=(150, 110),
        plan={
            "request_equipment": [(a.complete(2, in_stock="no", without=("equipment_eta",)),)],
        },
    ),
    Recipe(
        count=1,
        process=PROVISIONING,
        ago=(80, 70),
        plan={
            "request_equipment": [(a.complete(2, in_stock="no", without=("equipment_eta",)),)],
            "review_equipment": [(a.complete(4, hq_in_stock="no"),)],
        },
    ),
    # Commissioning fails once; construction was returned once.
    Recipe(
        count=2,
        process=PROVISIONING,
        ago=(140, 90),
        plan={
            "commission": [
                (
                    a.complete(
                        2,
                        test_result="fail",
                        loss_percent=1.8,
                        throughput_mbps=61.5,
                        fail_reason="丢包率超标，疑似接头损耗过大。",
                    ),
                ),
                (a.claim(0.5), a.complete(2)),
            ]
        },
    ),
    Recipe(
        count=1,
        process=PROVISIONING,
        ago=(120, 110),
        plan={
            "construct": [
                (
                    a.complete(
                        4,
                        construct_result="returned",
                        without=("started_at", "ended_at"),
                        return_reason="楼内桥架未贯通，材料不足。",
                    ),
                ),
                (a.claim(1), a.complete(9)),
            ]
        },
    ),
    Recipe(
        count=2,
        process=PROVISIONING,
        ago=(135, 30),
        grades="BC",
        plan={
            "resource_survey": [
                (
                    a.claim(1),
                    a.complete(
                        6,
                        feasible="no",
                        without=("survey_route", "survey_cost"),
                        infeasible_reason="沿途无管道，跨河敷设未获批。",
                    ),
                )
            ]
        },
    ),
    # The customer cancels: accepted, denied, and in assessment.
    Recipe(
        count=2,
        process=PROVISIONING,
        ago=(120, 50),
        plan={
            "prepare_construction": [
                (
                    a.claim(0.5),
                    a.send(2, "cancel_requested", cancel_request_reason="办公楼搬迁"),
                    a.complete(12),
                )
            ]
        },
    ),
    Recipe(
        count=1,
        process=PROVISIONING,
        ago=(100, 90),
        plan={
            "request_line": [
                (
                    a.send(1, "cancel_requested", cancel_request_reason="改用其他方案"),
                    a.complete(5),
                )
            ],
            "assess_cancellation": [
                (a.complete(1, cancel_accepted="no", without=("cancel_fee",)),)
            ],
        },
    ),
    Recipe(
        count=1,
        process=PROVISIONING,
        ago=(20, 18),
        plan={
            "resource_survey": [
                (
                    a.claim(1),
                    a.send(8, "cancel_requested", cancel_request_reason="项目缓建"),
                )
            ],
            "assess_cancellation": [None],
        },
    ),
    Recipe(
        count=1,
        process=PROVISIONING,
        ago=(60, 55),
        plan={"file_contract": [(a.cancel(5, "重复录入，以同客户另一工单为准。"),)]},
    ),
    # Hold and resume; still on hold.
    Recipe(
        count=1,
        process=PROVISIONING,
        ago=(130, 100),
        plan={
            "construct": [
                (
                    a.claim(1),
                    a.hold(3, "weather", "台风蓝色预警，高空作业暂停。", until_days=2),
                    a.resume(17, "预警解除，恢复施工。"),
                    a.complete(24),
                )
            ]
        },
    ),
    Recipe(
        count=3,
        process=PROVISIONING,
        ago=(48, 40),
        plan={
            "construct": [
                (a.claim(1), a.hold(2, "customer_not_ready", "客户机房装修未完，约定下周进场。"))
            ],
            "prepare_construction": [
                (a.claim(0.5), a.hold(1, "property_access", "物业要求补办施工许可。"))
            ],
        },
    ),
    # Nobody does the survey, or the commissioning: the levels rise by themselves.
    Recipe(
        count=2,
        process=PROVISIONING,
        ago=(60, 45),
        plan={"resource_survey": [(a.claim(2),)], "supervision": [None]},
    ),
    Recipe(
        count=1,
        process=PROVISIONING,
        ago=(110, 100),
        grades="A",
        plan={"commission": [None]},
    ),
    # More time: granted, denied, and waiting for a decision.
    Recipe(
        count=1,
        process=PROVISIONING,
        ago=(110, 90),
        plan={
            "construct": [(a.claim(1), a.ask_extension(6, 3, "需夜间割接窗口。"), a.complete(26))]
        },
    ),
    Recipe(
        count=1,
        process=PROVISIONING,
        ago=(90, 80),
        plan={
            "resource_survey": [(a.claim(1), a.ask_extension(5, 5, "人手不足。"), a.complete(12))],
            "extension": [(a.decide(2, approved=False),)],
        },
    ),
    Recipe(
        count=2,
        process=PROVISIONING,
        ago=(16, 11),
        plan={
            "resource_survey": [(a.claim(1), a.ask_extension(6, 4, "需与市政部门会勘管道。"))],
            "extension": [None],
        },
    ),
    # Billing never answers.
    Recipe(
        count=1,
        process=PROVISIONING,
        ago=(125, 115),
        plan={"complete": [(a.claim(0.5), a.complete(2))]},
    ),
    # A task given to a colleague, one sent back, one talked about.
    Recipe(
        count=1,
        process=PROVISIONING,
        ago=(70, 65),
        plan={
            "resource_survey": [
                (
                    a.claim(0.5),
                    a.comment(1, "现场需要登高车，请确认时间。"),
                    a.give_back(3, "合同附件缺少Z端地址。"),
                ),
                (a.claim(0.5), a.complete(5)),
            ]
        },
    ),
    # Signed by others before it goes on; prepared by a colleague; told what matters.
    Recipe(
        count=1,
        process=PROVISIONING,
        ago=(100, 95),
        grades="A",
        plan={
            "resource_survey": [
                (
                    a.claim(0.5),
                    a.add_signers(2, "line", "construction", reason="过路管道方案请会签。"),
                    a.complete(9),
                )
            ]
        },
    ),
    Recipe(
        count=2,
        process=PROVISIONING,
        ago=(9, 6),
        grades="A",
        plan={
            "resource_survey": [
                (
                    a.claim(0.5),
                    a.instruct(1, "客户下月开业，本周内给出勘察结论。"),
                    a.add_signers(
                        2,
                        "supervisor",
                        "manager",
                        when="after",
                        rule="any",
                        reason="投资超过授权额度，请审核。",
                    ),
                )
            ],
            "signature": [None],
        },
    ),
    Recipe(
        count=1,
        process=PROVISIONING,
        ago=(60, 50),
        plan={
            "request_line": [
                (
                    a.claim(0.5),
                    a.delegate(1, "network", "请核对光缆台账。"),
                    a.return_delegated(3, "已核对，可用纤芯 4 条。"),
                    a.complete(6),
                )
            ]
        },
    ),
    Recipe(count=6, process=PROVISIONING, ago=(34, 1), grades="ABC"),
)
_COMPLAINTS: Final = (
    Recipe(count=5, process=COMPLAINT, ago=(158, 35)),
    Recipe(count=5, process=COMPLAINT, ago=(158, 35), grades="C"),
    Recipe(
        count=2,
        process=COMPLAINT,
        ago=(140, 40),
        values={"category": "network", "severity": "high"},
        plan={"handle_at_desk": [(a.claim(0.3), _to_department(1))]},
    ),
    Recipe(
        count=1,
        process=COMPLAINT,
        ago=(120, 100),
        plan={
            "handle_at_desk": [(a.claim(0.3), _to_department(1))],
            "dept_handle": [(_wrong(2),), (a.claim(0.5), a.complete(4))],
        },
    ),
    Recipe(
        count=2,
        process=COMPLAINT,
        ago=(130, 60),
        plan={
            "handle_at_desk": [(a.claim(0.3), _to_headquarters(1))],
        },
    ),
    # Reported upwards, with an instruction.
    Recipe(
        count=1,
        process=COMPLAINT,
        ago=(110, 40),
        grades="A",
        values={"severity": "critical", "category": "service_attitude"},
    ),
    Recipe(
        count=1,
        process=COMPLAINT,
        ago=(95, 90),
        values={"source": "media", "category": "installation", "severity": "high"},
    ),
    # A bad call-back reopens the complaint: solved later, and in work again.
    Recipe(
        count=2,
        process=COMPLAINT,
        ago=(140, 90),
        plan={"call_back": [(_dissatisfied(5),), (a.claim(1), a.complete(6))]},
    ),
    Recipe(
        count=2,
        process=COMPLAINT,
        ago=(24, 20),
        plan={
            "call_back": [(_dissatisfied(4),)],
            "handle_at_desk": [(a.claim(0.3), a.complete(1)), (a.claim(1),)],
        },
    ),
    Recipe(
        count=1,
        process=COMPLAINT,
        ago=(90, 70),
        plan={"call_back": [(_unreached(3),)]},
    ),
    Recipe(
        count=1,
        process=COMPLAINT,
        ago=(75, 60),
        plan={
            "handle_at_desk": [
                (a.claim(0.2), a.send(2, "withdraw", withdraw_reason="客户内网故障，已自行恢复"))
            ]
        },
    ),
    # The regulator takes a case up; once its letter came without a time zone.
    Recipe(
        count=1,
        process=COMPLAINT,
        ago=(40, 35),
        values={"channel": "regulator_letter", "source": "regulator", "severity": "high"},
        plan={"dept_handle": [None], "handle_at_desk": [(_to_department(2),)]},
    ),
    Recipe(
        count=1,
        process=COMPLAINT,
        ago=(14, 12),
        values={"category": "billing", "severity": "high"},
        plan={
            "handle_at_desk": [
                (
                    a.claim(0.5),
                    a.send(
                        3,
                        "regulator_case",
                        regulator_case_no="GJ-2026-0417",
                        regulator_due_at="下周五",
                    ),
                )
            ]
        },
    ),
    Recipe(
        count=1,
        process=COMPLAINT,
        ago=(100, 80),
        values={"severity": "high", "category": "network"},
        plan={
            "handle_at_desk": [
                (
                    a.claim(0.3),
                    a.complete(
                        1.5, compensation_amount=1800, compensation_reason="中断4小时影响生产"
                    ),
                )
            ]
        },
    ),
    # Left alone: level 1, 2 and 3 come by themselves.
    Recipe(
        count=2,
        process=COMPLAINT,
        ago=(10, 8.5),
        grades="B",
        plan={
            "handle_at_desk": [(a.claim(1), a.copy(2, "shenruolan", "lumingyuan"))],
            "supervision": [None],
        },
    ),
    Recipe(
        count=2,
        process=COMPLAINT,
        ago=(13.5, 12.5),
        grades="B",
        plan={"handle_at_desk": [None], "supervision": [None]},
    ),
    Recipe(
        count=2,
        process=COMPLAINT,
        ago=(38, 22),
        grades="B",
        plan={"handle_at_desk": [None], "supervision": [(a.complete(2),), None]},
    ),
    Recipe(
        count=1,
        process=COMPLAINT,
        ago=(30, 26),
        grades="A",
        plan={"handle_at_desk": [(a.claim(1), a.urge(9, "客户第三次来电催办"))]},
    ),
    # Put aside until the customer is back at the desk.
    Recipe(
        count=2,
        process=COMPLAINT,
        ago=(4, 2),
        grades="B",
        plan={"handle_at_desk": [(a.claim(0.3), a.snooze(0.6, 20))]},
    ),
    # On hold; resumed and answered.
    Recipe(
        count=2,
        process=COMPLAINT,
        ago=(18, 14),
        plan={
            "handle_at_desk": [
                (a.claim(0.3), a.hold(1, "customer_absent", "客户出差，约定下周一配合测试。"))
            ]
        },
    ),
    Recipe(
        count=1,
        process=COMPLAINT,
        ago=(85, 75),
        plan={
            "handle_at_desk": [
                (
                    a.claim(0.3),
                    a.hold(1, "terminal_fault", "客户自有交换机故障，待更换。"),
                    a.resume(16, "客户设备已更换。"),
                    a.complete(18),
                )
            ]
        },
    ),
    # Worked by several people.
    Recipe(
        count=2,
        process=COMPLAINT,
        ago=(60, 20),
        values={"category": "network"},
        plan={
            "handle_at_desk": [
                (
                    a.claim(0.2),
                    a.urge(0.8, "客户来电询问进度"),
                    a.comment(1, "已请网络部一并核查，请关注。"),
                    a.copy(1.2, "tangjingyi"),
                    a.draft(1.4, contact_log="已与客户信息部通话。"),
                    a.complete(2.5),
                )
            ]
        },
    ),
    Recipe(
        count=1,
        process=COMPLAINT,
        ago=(7, 5),
        plan={"handle_at_desk": [(a.claim(0.3), a.draft(1, contact_log="客户要求书面说明。"))]},
    ),
    Recipe(count=6, process=COMPLAINT, ago=(12, 0.5), grades="ABC"),
)
#: Orders in all.
COUNT: Final = sum(recipe.count for recipe in (*_PROVISIONING, *_COMPLAINTS))

_DESCRIPTIONS: Final = {
    "network": "专线自昨日下午起间歇性丢包，视频会议频繁中断，影响正常办公。",
    "billing": "本月账单多出一条未使用的端口费用，请核对并退还。",
    "service_attitude": "现场人员未按约定时间到达，也未提前联系，态度生硬。",
    "terminal": "接入光猫频繁重启，已自行更换电源仍未解决。",
    "installation": "开通日期两次推迟，未给出明确原因和新的时间。",
}


def stories(customers: Sequence[Customer], now: datetime) -> list[Story]:
    """All stories; what they plan depends on the day alone.

    Args:
        customers: Whose orders they are.
        now: The real instant; nothing happens later.
    """
    rng = random.Random(_SEED)  # noqa: S311 - the same stories every time
    calendar = WorkingCalendar(
        next(calendar for calendar in seed.calendars() if calendar.code == "cn_office")
    )
    today = start_of_day(now)
    earliest = today - timedelta(days=DAYS - 1)
    pools = {
        grade: [customer for customer in customers if customer.grade == grade] for grade in "ABC"
    }
    for pool in pools.values():
        rng.shuffle(pool)
    told: list[Story] = []
    for recipe in (*_PROVISIONING, *_COMPLAINTS):
        for _ in range(recipe.count):
            customer = _next(pools, rng.choice(recipe.grades))
            opened = calendar.subtract(today, timedelta(hours=rng.uniform(*recipe.ago)))
            told.append(
                Story(
                    process=recipe.process,
                    customer=customer,
                    start_at=calendar.next_working(max(opened, earliest)),
                    starter=_starter(recipe.process, customer),
                    values=_VALUES[recipe.process](customer, len(told), now, rng) | recipe.values,
                    plan=recipe.plan,
                    seed=rng.randrange(2**32),
                )
            )
    return told


def _next(pools: dict[str, list[Customer]], grade: str) -> Customer:
    """The next customer of a class, in turn."""
    customer = pools[grade].pop(0)
    pools[grade].append(customer)
    return customer


def _starter(process: str, customer: Customer) -> str:
    role = "sales" if process == PROVISIONING else "agent"
    return next(
        member.login
        for member in STAFF
        if member.branch == customer.branch and role in member.roles
    )


def _provisioning_values(
    customer: Customer, number: int, now: datetime, rng: random.Random
) -> dict[str, Any]:
    name, _, phone = customer.contacts[0]
    return {
        "customer_id": customer.code,
        "contract_no": f"ZX{now:%Y%m}-{number:04d}",
        "service_type": rng.choice(("internet", "ip", "mpls_vpn", "idc")),
        "bandwidth": rng.choice((20, 50, 100, 200, 500, 1000)),
        "a_address": site(customer, rng),
        "z_address": site(customer, rng),
        "requested_date": day(now, days=rng.randint(5, 40)),
        "contact": name,
        "contact_phone": phone,
        "salesperson": _starter(PROVISIONING, customer),
    }


def _complaint_values(
    customer: Customer, _number: int, _now: datetime, rng: random.Random
) -> dict[str, Any]:
    category = rng.choice(list(_DESCRIPTIONS))
    return {
        "customer_id": customer.code,
        "channel": rng.choice(("phone", "phone", "wechat", "portal", "account_manager")),
        "category": category,
        "severity": rng.choice(("low", "medium", "medium", "high")),
        "description": _DESCRIPTIONS[category],
        "wanted_result": "尽快恢复并书面说明原因。",
        "caller_phone": customer.contacts[0][2],
        "area": customer.area,
        "language": "zh",
    }


_VALUES: Final[dict[str, Callable[[Customer, int, datetime, random.Random], dict[str, Any]]]] = {
    PROVISIONING: _provisioning_values,
    COMPLAINT: _complaint_values,
}
