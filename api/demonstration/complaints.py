"""How complaints go."""

from __future__ import annotations

import random
from datetime import datetime
from typing import Any, Final

from api.demonstration import acts as a
from api.demonstration.customers import Customer
from api.demonstration.recipes import Recipe, Repertoire
from api.demonstration.simulation import Act

_DESCRIPTIONS: Final = {
    "network": "专线自昨日下午起间歇性丢包，视频会议频繁中断，影响正常办公。",
    "billing": "本月账单多出一条未使用的端口费用，请核对并退还。",
    "service_attitude": "现场人员未按约定时间到达，也未提前联系，态度生硬。",
    "terminal": "接入光猫频繁重启，已自行更换电源仍未解决。",
    "installation": "开通日期两次推迟，未给出明确原因和新的时间。",
}


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


def _opening(
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


COMPLAINTS: Final = Repertoire(
    process="complaint_escalation",
    role="agent",
    opening=_opening,
    recipes=(
        Recipe(count=5, ago=(158, 35)),
        Recipe(count=5, ago=(158, 35), grades="C"),
        Recipe(
            count=2,
            ago=(140, 40),
            values={"category": "network", "severity": "high"},
            plan={"handle_at_desk": [(a.claim(0.3), _to_department(1))]},
        ),
        Recipe(
            count=1,
            ago=(120, 100),
            plan={
                "handle_at_desk": [(a.claim(0.3), _to_department(1))],
                "dept_handle": [(_wrong(2),), (a.claim(0.5), a.complete(4))],
            },
        ),
        Recipe(
            count=2,
            ago=(130, 60),
            plan={
                "handle_at_desk": [(a.claim(0.3), _to_headquarters(1))],
            },
        ),
        # Reported upwards, with an instruction.
        Recipe(
            count=1,
            ago=(110, 40),
            grades="A",
            values={"severity": "critical", "category": "service_attitude"},
        ),
        Recipe(
            count=1,
            ago=(95, 90),
            values={"source": "media", "category": "installation", "severity": "high"},
        ),
        # A bad call-back reopens the complaint: solved later, and in work again.
        Recipe(
            count=2,
            ago=(140, 90),
            plan={"call_back": [(_dissatisfied(5),), (a.claim(1), a.complete(6))]},
        ),
        Recipe(
            count=2,
            ago=(24, 20),
            plan={
                "call_back": [(_dissatisfied(4),)],
                "handle_at_desk": [(a.claim(0.3), a.complete(1)), (a.claim(1),)],
            },
        ),
        Recipe(
            count=1,
            ago=(90, 70),
            plan={"call_back": [(_unreached(3),)]},
        ),
        Recipe(
            count=1,
            ago=(75, 60),
            plan={
                "handle_at_desk": [
                    (
                        a.claim(0.2),
                        a.send(2, "withdraw", withdraw_reason="客户内网故障，已自行恢复"),
                    )
                ]
            },
        ),
        # The regulator takes a case up; once its letter came without a time zone.
        Recipe(
            count=1,
            ago=(40, 35),
            values={"channel": "regulator_letter", "source": "regulator", "severity": "high"},
            plan={"dept_handle": [None], "handle_at_desk": [(_to_department(2),)]},
        ),
        Recipe(
            count=1,
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
            ago=(10, 8.5),
            grades="B",
            plan={
                "handle_at_desk": [(a.claim(1), a.copy(2, "shenruolan", "lumingyuan"))],
                "supervision": [None],
            },
        ),
        Recipe(
            count=2,
            ago=(13.5, 12.5),
            grades="B",
            plan={"handle_at_desk": [None], "supervision": [None]},
        ),
        Recipe(
            count=2,
            ago=(38, 22),
            grades="B",
            plan={"handle_at_desk": [None], "supervision": [(a.complete(2),), None]},
        ),
        Recipe(
            count=1,
            ago=(30, 26),
            grades="A",
            plan={"handle_at_desk": [(a.claim(1), a.urge(9, "客户第三次来电催办"))]},
        ),
        # Put aside until the customer is back at the desk.
        Recipe(
            count=2,
            ago=(4, 2),
            grades="B",
            plan={"handle_at_desk": [(a.claim(0.3), a.snooze(0.6, 20))]},
        ),
        # On hold; resumed and answered.
        Recipe(
            count=2,
            ago=(18, 14),
            plan={
                "handle_at_desk": [
                    (a.claim(0.3), a.hold(1, "customer_absent", "客户出差，约定下周一配合测试。"))
                ]
            },
        ),
        Recipe(
            count=1,
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
            ago=(7, 5),
            plan={
                "handle_at_desk": [(a.claim(0.3), a.draft(1, contact_log="客户要求书面说明。"))]
            },
        ),
        Recipe(count=6, ago=(12, 0.5), grades="ABC"),
    ),
)
