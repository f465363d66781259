"""One set of valid answers to every form of the package; a test says only what differs."""

from __future__ import annotations

from typing import Any

#: Valid answers to every form; a walk says only what differs.
ANSWERS: dict[str, dict[str, Any]] = {
    "start_provisioning": {
        "customer_id": "C-1001",
        "contract_no": "HT-2026-0001",
        "service_type": "internet",
        "bandwidth": 100,
        "a_address": "人民路 1 号",
    },
    "file_contract": {"filing_no": "BA-1", "signed_on": "2026-03-02", "monthly_fee": 5000},
    "resource_survey": {"feasible": "yes"},
    "inform_sales": {
        "informed_person": "王芳",
        "informed_at": "2026-03-02T10:00:00Z",
        "inform_note": "光缆无法到达",
    },
    "allocate_ip": {"ipv4_block": "203.0.113.8/29", "vlan": 120},
    "request_equipment": {
        "equipment_items": [{"model": "AR-6120", "quantity": 1}],
        "in_stock": "yes",
    },
    "receive_equipment": {"received_on": "2026-03-05", "equipment_condition": "good"},
    "request_line": {"line_source": "own", "technology": "fibre"},
    "prepare_construction": {
        "crew": "一班",
        "appointment_at": "2026-03-06T01:00:00Z",
        "appointment_contact": "李强",
    },
    "construct": {
        "construct_result": "done",
        "started_at": "2026-03-06T01:00:00Z",
        "ended_at": "2026-03-06T04:00:00Z",
    },
    "commission": {
        "test_result": "pass",
        "loss_percent": 0.01,
        "delay_ms": 2.5,
        "throughput_mbps": 99.8,
    },
    "complete": {"accepted_by": "李强", "accepted_at": "2026-03-07T02:00:00Z"},
    "activate_manually": {
        "activated_at": "2026-03-07T03:00:00Z",
        "activation_note": "在网管上手工开通",
    },
    "billing_follow_up": {"bill_from_date": "2026-03-07", "billing_reference": "JF-77"},
    "assess_cancellation": {
        "cancel_accepted": "yes",
        "cancel_reason": "客户搬迁",
        "liable_party": "customer",
    },
    "review_equipment": {"equipment_approved": "yes", "hq_in_stock": "yes"},
    "revise_equipment_request": {"revision_note": "改为一台"},
    "purchase_equipment": {
        "supplier": "某设备公司",
        "purchase_order_no": "CG-9",
        "purchase_eta": "2026-03-20",
    },
    "ship_equipment": {"shipped_on": "2026-03-21", "waybill_no": "YD-5"},
    "lease_quote": {"carrier": "china_unicom", "line_rent": 3000, "lead_days": 10},
    "lease_approve": {"lease_approved": "yes"},
    "lease_order": {
        "lease_order_no": "ZY-3",
        "ordered_on": "2026-03-03",
        "expected_on": "2026-03-13",
    },
    "lease_accept": {"lease_accepted": "yes", "circuit_no": "GX-0815"},
    "start_complaint": {
        "customer_id": "C-1001",
        "channel": "phone",
        "category": "network",
        "severity": "medium",
        "description": "专线每天下午丢包严重",
        "area": "城东",
    },
    "handle_at_desk": {
        "first_contact_at": "2026-03-02T02:00:00Z",
        "can_solve": "yes",
        "solution": "调整路由",
    },
    "handle_ordinary": {
        "first_contact_at": "2026-03-02T02:00:00Z",
        "can_solve": "yes",
        "solution": "更换网线",
    },
    "dept_handle": {
        "dept_result": "solved",
        "cause": "光模块老化",
        "measure": "更换光模块",
        "dept_answer": "已恢复",
    },
    "report_intense": {"report_summary": "客户扬言找媒体"},
    "manager_instruction": {"instruction": "今日上门致歉"},
    "approve_compensation": {"approved_amount": 2000, "approval_reason": "合理"},
    "reply_user": {
        "reply_text": "故障已排除",
        "reply_channel": "phone",
        "replied_at": "2026-03-02T06:00:00Z",
    },
    "call_back": {"contact_result": "reached", "score": 9, "solved": "yes"},
    "customer_repair": {
        "repair_contact_at": "2026-03-03T02:00:00Z",
        "repair_method": "visit",
        "repair_note": "当面道歉",
    },
    "review_liability": {
        "company_liable": "yes",
        "liability_rule": "第三条",
        "liability_evidence": "网管日志",
    },
    "archive": {"archive_summary": "已处理完毕"},
    "hq_accept": {"hq_accepted_at": "2026-03-02T08:00:00Z", "hq_owner": "赵敏"},
    "hq_analyse": {"hq_cause": "骨干拥塞", "hq_evidence": "流量图"},
    "hq_decide": {"hq_decision": "uphold", "hq_decision_note": "扩容"},
    "hq_return": {"hq_summary": "扩容已完成", "hq_reply_suggestion": "致歉并说明"},
    "follow_up_visit": {
        "visit_method": "phone",
        "met_whom": "李强",
        "usage": "正常",
        "has_problem": "no",
        "suggestions": "无",
        "visit_score": 9,
        "has_opportunity": "no",
    },
}
