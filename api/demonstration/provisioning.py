"""How orders for leased lines go."""

from __future__ import annotations

import random
from datetime import datetime
from typing import Any, Final

from api.demonstration import acts as a
from api.demonstration import operator
from api.demonstration.answers import day
from api.demonstration.customers import Customer, site
from api.demonstration.recipes import Recipe, Repertoire


def _opening(customer: Customer, number: int, now: datetime, rng: random.Random) -> dict[str, Any]:
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
        "salesperson": operator.login_of("sales", customer.branch),
    }


PROVISIONING: Final = Repertoire(
    process="leased_line_provisioning",
    role="sales",
    opening=_opening,
    recipes=(
        Recipe(count=6, ago=(155, 75), grades="ABC"),
        # A line leased from another carrier.
        Recipe(
            count=2,
            ago=(158, 130),
            plan={
                "request_line": [(a.complete(3, line_source="other", without=("circuit_no",)),)]
            },
        ),
        # No stock at the branch, then none at headquarters either.
        Recipe(
            count=2,
            ago=(150, 110),
            plan={
                "request_equipment": [(a.complete(2, in_stock="no", without=("equipment_eta",)),)],
            },
        ),
        Recipe(
            count=1,
            ago=(80, 70),
            plan={
                "request_equipment": [(a.complete(2, in_stock="no", without=("equipment_eta",)),)],
                "review_equipment": [(a.complete(4, hq_in_stock="no"),)],
            },
        ),
        # Commissioning fails once; construction was returned once.
        Recipe(
            count=2,
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
            ago=(60, 55),
            plan={"file_contract": [(a.cancel(5, "重复录入，以同客户另一工单为准。"),)]},
        ),
        # Hold and resume; still on hold.
        Recipe(
            count=1,
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
            ago=(48, 40),
            plan={
                "construct": [
                    (
                        a.claim(1),
                        a.hold(2, "customer_not_ready", "客户机房装修未完，约定下周进场。"),
                    )
                ],
                "prepare_construction": [
                    (a.claim(0.5), a.hold(1, "property_access", "物业要求补办施工许可。"))
                ],
            },
        ),
        # Nobody does the survey, or the commissioning: the levels rise by themselves.
        Recipe(
            count=2,
            ago=(60, 45),
            plan={"resource_survey": [(a.claim(2),)], "supervision": [None]},
        ),
        Recipe(
            count=1,
            ago=(110, 100),
            grades="A",
            plan={"commission": [None]},
        ),
        # More time: granted, denied, and waiting for a decision.
        Recipe(
            count=1,
            ago=(110, 90),
            plan={
                "construct": [
                    (a.claim(1), a.ask_extension(6, 3, "需夜间割接窗口。"), a.complete(26))
                ]
            },
        ),
        Recipe(
            count=1,
            ago=(90, 80),
            plan={
                "resource_survey": [
                    (a.claim(1), a.ask_extension(5, 5, "人手不足。"), a.complete(12))
                ],
                "extension": [(a.decide(2, approved=False),)],
            },
        ),
        Recipe(
            count=2,
            ago=(16, 11),
            plan={
                "resource_survey": [(a.claim(1), a.ask_extension(6, 4, "需与市政部门会勘管道。"))],
                "extension": [None],
            },
        ),
        # Billing never answers.
        Recipe(
            count=1,
            ago=(125, 115),
            plan={"complete": [(a.claim(0.5), a.complete(2))]},
        ),
        # A task given to a colleague, one sent back, one talked about.
        Recipe(
            count=1,
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
        Recipe(count=6, ago=(34, 1), grades="ABC"),
    ),
)
