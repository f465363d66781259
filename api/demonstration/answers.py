"""Believable answers to every form, fitting the customer and the simulated day."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from api.demonstration.simulation import Scene

_ZONE: Final = ZoneInfo("Asia/Shanghai")
_MODELS: Final = ("YC-AR2204 路由器", "YC-S5720 交换机", "YC-ONU8 光猫")
_CREWS: Final = ("线路施工一班", "线路施工二班", "综合接入班")

Answers = dict[str, Any]


def local(at: datetime, *, hours: float = 0) -> str:
    """A wall time with offset, to the minute, as forms send it."""
    wanted = (at + timedelta(hours=hours)).astimezone(_ZONE)
    return wanted.replace(second=0, microsecond=0).isoformat()


def day(at: datetime, *, days: int = 0) -> str:
    """A date at the operator's place."""
    return (at.astimezone(_ZONE) + timedelta(days=days)).date().isoformat()


def answer(form: str, scene: Scene) -> Answers:
    """Usual answers to a form."""
    return ANSWERS[form](scene, scene.rng, scene.now)


def _contact(scene: Scene) -> str:
    return scene.story.customer.contacts[0][0]


def _file_contract(scene: Scene, rng: random.Random, now: datetime) -> Answers:
    return {
        "filing_no": f"BA{now:%Y}-{scene.order.id:05d}",
        "signed_on": day(now, days=-rng.randint(1, 6)),
        "contract_term_months": rng.choice((12, 24, 36)),
        "monthly_fee": rng.choice((2800, 4500, 6800, 12000)),
        "install_fee": rng.choice((0, 3000, 5000)),
    }


def _resource_survey(_: Scene, rng: random.Random, _now: datetime) -> Answers:
    return {
        "feasible": "yes",
        "survey_route": rng.choice(
            ("现有光缆可用，主干余纤充足", "需新放皮线光缆约300米，管道可用")
        ),
        "survey_cost": rng.choice((1200, 2600, 4800)),
    }


def _inform_sales(_: Scene, _rng: random.Random, now: datetime) -> Answers:
    return {
        "informed_person": "业务部值班经理",
        "informed_at": local(now, hours=-0.2),
        "inform_note": "该地址暂无管道资源，预计明年二季度具备条件，建议先用无线接入过渡。",
    }


def _allocate_ip(scene: Scene, rng: random.Random, _now: datetime) -> Answers:
    block = scene.order.id % 8192
    return {
        "ipv4_block": f"198.18.{block // 32}.{block % 32 * 8}/29",
        "gateway": f"198.18.{block // 32}.{block % 32 * 8 + 1}",
        "dns": "198.19.255.1",
        "vlan": rng.randint(100, 3999),
    }


def _request_equipment(_: Scene, rng: random.Random, now: datetime) -> Answers:
    return {
        "equipment_items": [{"model": rng.choice(_MODELS), "quantity": rng.randint(1, 2)}],
        "in_stock": "yes",
        "equipment_eta": day(now, days=1),
    }


def _shipped(scene: Scene) -> list[Answers]:
    return [{"model": _MODELS[0], "quantity": 1, "serial": f"YC{scene.order.id:08d}"}]


def _commission(_: Scene, rng: random.Random, _now: datetime) -> Answers:
    return {
        "test_result": "pass",
        "loss_percent": rng.choice((0, 0.001, 0.01)),
        "delay_ms": round(rng.uniform(1.2, 6.5), 2),
        "throughput_mbps": round(rng.uniform(96, 99.9), 1),
    }


def _construct(_: Scene, rng: random.Random, now: datetime) -> Answers:
    return {
        "construct_result": "done",
        "started_at": local(now, hours=-rng.uniform(1.5, 3)),
        "ended_at": local(now, hours=-0.2),
    }


def _handle(_: Scene, rng: random.Random, now: datetime) -> Answers:
    return {
        "first_contact_at": local(now, hours=-0.5),
        "contact_log": "已电话联系客户，记录现象并致歉。",
        "can_solve": "yes",
        "solution": rng.choice(
            ("远程重启接入设备并调整路由，业务恢复正常。", "核对账单后更正出账错误，次月冲减。")
        ),
    }


def _dept_handle(_: Scene, rng: random.Random, _now: datetime) -> Answers:
    cause, measure = rng.choice(
        (
            ("接入侧光模块老化，误码升高", "更换光模块并复测24小时无误码"),
            ("传输环路单侧中断未倒换", "修复光缆接头，恢复环保护"),
            ("计费套餐配置错误", "更正套餐并补退差额"),
        )
    )
    return {"dept_result": "solved", "cause": cause, "measure": measure, "dept_answer": measure}


def _follow_up_visit(scene: Scene, rng: random.Random, now: datetime) -> Answers:
    return {
        "visit_method": rng.choice(("phone", "visit")),
        "met_whom": _contact(scene),
        "usage": "专线运行平稳，峰值利用率约六成。",
        "has_problem": "no",
        "suggestions": rng.choice(("希望提供流量月报", "暂无建议", "希望施工前多一次短信提醒")),
        "visit_score": rng.randint(8, 10),
        "has_opportunity": "no",
        "next_visit_on": day(now, days=60),
    }


def _prepare_construction(scene: Scene, rng: random.Random, now: datetime) -> Answers:
    name, _, phone = scene.story.customer.contacts[0]
    return {
        "crew": rng.choice(_CREWS),
        "appointment_at": local(now, hours=24),
        "appointment_contact": name,
        "appointment_phone": phone,
        "materials": ["fibre_cable", "splice_box"],
    }


def _supervise(scene: Scene, rng: random.Random, _now: datetime) -> Answers:
    return {
        "finding": rng.choice(
            ("办理人手上积压较多，已重新排期。", "等待外部单位配合，已电话协调。")
        ),
        "instruction": f"请今日下班前完成并向{scene.worker().name}反馈。",
    }


def _sign(_scene: Scene, rng: random.Random, _now: datetime) -> Answers:
    return {
        "approved": "yes",
        "remark": rng.choice(("同意。", "方案可行，请按规范施工。")),
    }


ANSWERS: Final[dict[str, Callable[[Scene, random.Random, datetime], Answers]]] = {
    "file_contract": _file_contract,
    "resource_survey": _resource_survey,
    "inform_sales": _inform_sales,
    "allocate_ip": _allocate_ip,
    "request_equipment": _request_equipment,
    "receive_equipment": lambda scene, _rng, now: {
        "received_on": day(now),
        "equipment_condition": "good",
        "received_items": _shipped(scene),
    },
    "request_line": lambda scene, _rng, _now: {
        "line_source": "own",
        "technology": "fibre",
        "circuit_no": f"YC-ZX-{scene.order.id:06d}",
    },
    "prepare_construction": _prepare_construction,
    "construct": _construct,
    "commission": _commission,
    "complete": lambda scene, rng, now: {
        "accepted_by": _contact(scene),
        "accepted_at": local(now, hours=-0.2),
        "acceptance_score": rng.randint(8, 10),
    },
    "activate_manually": lambda _scene, _rng, now: {
        "activated_at": local(now),
        "activation_note": "自动开通失败，已在网管上手工开通。",
    },
    "billing_follow_up": lambda scene, _rng, now: {
        "bill_from_date": day(now),
        "billing_reference": f"JF{scene.order.id:07d}",
        "billing_note": "计费系统未回执，已人工核对并起租。",
    },
    "assess_cancellation": lambda _scene, _rng, _now: {
        "cancel_accepted": "yes",
        "cancel_reason": "客户办公地点调整，不再需要该专线。",
        "liable_party": "customer",
        "cancel_fee": 1500,
    },
    "review_equipment": lambda _scene, _rng, _now: {
        "equipment_approved": "yes",
        "hq_in_stock": "yes",
    },
    "revise_equipment_request": lambda _scene, _rng, _now: {
        "equipment_items": [{"model": _MODELS[0], "quantity": 1}],
        "revision_note": "按总部意见改为一台。",
    },
    "purchase_equipment": lambda scene, _rng, now: {
        "supplier": "示例设备供应商",
        "purchase_order_no": f"CG{scene.order.id:06d}",
        "purchase_eta": day(now, days=7),
    },
    "ship_equipment": lambda scene, _rng, now: {
        "shipped_on": day(now),
        "waybill_no": f"YD{scene.order.id:08d}",
        "shipped_items": _shipped(scene),
    },
    "lease_quote": lambda _scene, rng, now: {
        "carrier": "other",
        "line_rent": rng.choice((2200, 3600)),
        "lease_setup_fee": 1000,
        "lead_days": 5,
        "quote_valid_until": day(now, days=30),
    },
    "lease_approve": lambda _scene, _rng, _now: {"lease_approved": "yes"},
    "lease_order": lambda scene, _rng, now: {
        "lease_order_no": f"ZY{scene.order.id:06d}",
        "ordered_on": day(now),
        "expected_on": day(now, days=5),
    },
    "lease_accept": lambda scene, _rng, _now: {
        "lease_accepted": "yes",
        "circuit_no": f"ZY-DL-{scene.order.id:06d}",
    },
    "handle_at_desk": _handle,
    "handle_ordinary": _handle,
    "dept_handle": _dept_handle,
    "report_intense": lambda _scene, _rng, _now: {
        "report_summary": "客户情绪激烈，称将向媒体反映，需领导批示。",
        "report_risk": ["media", "churn"],
        "report_proposal": "建议分管副总当日上门致歉。",
    },
    "manager_instruction": lambda _scene, _rng, now: {
        "instruction": "当日上门致歉，两日内给出根因和整改计划。",
        "instruction_due": local(now, hours=48),
    },
    "approve_compensation": lambda _scene, _rng, _now: {
        "approved_amount": 1500,
        "approval_reason": "中断责任在我方，按协议补偿。",
    },
    "reply_user": lambda _scene, _rng, now: {
        "reply_text": "您反映的问题已处理完毕，原因和措施已向贵单位说明，如有异常请随时联系我们。",
        "reply_channel": "phone",
        "replied_at": local(now),
        "customer_accepts": "yes",
    },
    "call_back": lambda _scene, rng, _now: {
        "contact_result": "reached",
        "score": rng.randint(7, 10),
        "solved": "yes",
        "opinion": rng.choice(("处理及时", "基本满意", "希望以后主动告知进度")),
    },
    "customer_repair": lambda _scene, _rng, now: {
        "repair_contact_at": local(now, hours=-0.5),
        "repair_method": "visit",
        "repair_note": "当面致歉，说明根因，客户同意再观察一周。",
        "repair_promise": "一周内每日通报运行情况。",
    },
    "review_liability": lambda _scene, _rng, _now: {
        "company_liable": "yes",
        "liability_rule": "客户服务责任判定办法第三条",
        "liability_evidence": "网管告警记录与派单时间不符。",
        "lesson": "告警派单纳入班组日考核。",
    },
    "archive": lambda _scene, _rng, _now: {
        "archive_summary": "投诉已办结，客户认可处理结果。",
        "knowledge_candidate": False,
    },
    "hq_accept": lambda scene, _rng, now: {
        "hq_accepted_at": local(now),
        "hq_owner": scene.worker().name,
    },
    "hq_analyse": lambda _scene, _rng, _now: {
        "hq_cause": "骨干段扩容滞后，忙时拥塞。",
        "hq_evidence": "近两周流量图显示忙时利用率超过90%。",
    },
    "hq_decide": lambda _scene, _rng, _now: {
        "hq_decision": "uphold",
        "hq_decision_note": "认定投诉成立，优先扩容并致歉。",
    },
    "hq_return": lambda _scene, _rng, _now: {
        "hq_summary": "扩容已排期，临时调度完成。",
        "hq_reply_suggestion": "致歉，说明扩容计划和完成时间。",
    },
    "follow_up_visit": _follow_up_visit,
    "sign": _sign,
    "supervise": _supervise,
}


def start_of_day(at: datetime) -> datetime:
    """Midnight at the operator's place, in UTC."""
    wanted = at.astimezone(_ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    return wanted.astimezone(UTC)
