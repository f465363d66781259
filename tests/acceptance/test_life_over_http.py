"""Two work orders from their first to their last day, over HTTP only, by the people concerned."""

from datetime import datetime, timedelta

import pytest

from tests.acceptance.minutes import CHINA, after, is_desk_time
from tests.support.installation import load_customer
from tests.support.life import WRITTEN, RefusedError, World

HOURS = 60


@pytest.fixture(scope="module")
def world(tmp_path_factory, database_url):
    with World(tmp_path_factory.mktemp("home"), database_url, WRITTEN) as world:
        load_customer(world.application, "K-1001")
        for code in ("K-2000", *FILED):
            load_customer(world.application, code, grade="B")
        yield world


def refused(act, *args, **kwargs):
    with pytest.raises(RefusedError) as caught:
        act(*args, **kwargs)
    return caught.value


# ---- provisioning ----------------------------------------------------------------


def provisioning(world, block, contract):
    return world.as_("wang.sales").start(
        "leased_line_provisioning", customer_id="K-1001", contract_no=contract
    )


def surveyed(world, block, contract):
    case = provisioning(world, block, contract)
    case.task("合同登记备案", by="li.desk").claim().complete()
    case.task("资源核查/勘查", by="sun.network").complete()
    assert case.open() == {"IP地址分配", "设备申请", "线路申请"}
    case.task("IP地址分配", by="sun.network").complete(ipv4_block=block)
    return case


def built(case, *, failures=0):
    case.task("准备施工", by="zhou.build").complete()
    for _ in range(failures):
        case.task("工程施工", by="zhou.build").complete()
        case.task("工程调试", by="sun.network").complete(test_result="fail", fail_reason="丢包")
    case.task("工程施工", by="zhou.build").complete()
    case.task("工程调试", by="sun.network").complete()
    case.task("工程竣工", by="zhou.build").complete()
    return case


def closed(case):
    sent = [fact for fact in case.history("message.thrown") if fact["message"] == "start_billing"]
    assert len(sent) == 1
    case.deliver("billing_ack", by="billing.system", billing_reference="JF-1")
    case.task("客户回访", by="li.desk").complete()
    order = case.seen()["order"]
    assert (order["status"], order["state"]) == ("ended", "completed")
    assert case.seen()["clocks"] == [] or all(c["is_stopped"] for c in case.seen()["clocks"])
    return case


def service_of(world, case):
    desk = world.as_("li.desk")
    detail = desk.get(f"/customers/{case.seen()['order']['customer_id']}")
    (found,) = [one for one in detail["services"] if one["order_id"] == case.id]
    return found


def test_provisioning_over_an_own_line_with_a_failed_commissioning(world):
    case = surveyed(world, "203.0.113.0/29", "HT-2026-1001")
    case.task("设备申请", by="sun.network").complete(in_stock="yes")
    case.task("线路申请", by="sun.network").complete(line_source="own")
    built(case, failures=1)
    assert case.variables()["rework"] == 1
    assert service_of(world, case)["state"] == "active"
    closed(case)


def test_provisioning_over_a_leased_line_with_missing_stock(world):
    case = surveyed(world, "203.0.113.8/29", "HT-2026-1002")
    case.task("设备申请", by="sun.network").complete(in_stock="no")
    case.task("审核设备申请", by="xu.stock").complete(hq_in_stock="no")
    case.task("设备采购", by="xu.stock").complete()
    case.task("调拨发货", by="xu.stock").complete()
    case.task("设备到货签收", by="sun.network").complete()
    case.task("线路申请", by="sun.network").complete(line_source="other", technology="ddn")
    case.task("询价", by="sun.network").complete()
    case.task("租用审批", by="he.manager").complete()
    case.task("向运营商下单", by="sun.network").complete()
    case.task("线路验收", by="sun.network").complete()
    built(case)
    closed(case)


def test_a_cancelled_order_gives_back_what_it_had_reserved(world):
    block = "198.51.100.0/28"
    first = surveyed(world, block, "HT-2026-1003")
    rival = surveyed(world, "198.51.100.8/29", "HT-2026-1004")
    assert "IP地址分配" in rival.open(), "an overlapping block is refused"
    assert rival.variables()["ip_conflict_with"] == block

    first.deliver("cancel_requested", by="wang.sales", cancel_request_reason="客户搬迁")
    first.task("撤单评估", by="li.desk").complete()
    order = first.seen()["order"]
    assert (order["status"], order["state"]) == ("ended", "cancelled")
    assert first.open() == set()
    assert block in first.variables()["released"]

    rival.task("IP地址分配", by="sun.network").complete(ipv4_block=block)
    assert "IP地址分配" not in rival.open()
    refusal = refused(
        first.deliver, "cancel_requested", by="wang.sales", cancel_request_reason="再次"
    )
    assert refusal.status == 409


# ---- complaints ----------------------------------------------------------------


def local(*parts):
    return datetime(*parts, tzinfo=CHINA)


#: Class B: the desk has 7.5 working hours; supervision at 100, 150 and 200 % of them.
LEVELS = ((1, 7.5, "feng.lead"), (2, 11.25, "he.manager"), (3, 15, "qian.hq"))
FILED = {
    "make-up-sunday": local(2026, 9, 18, 16, 0),
    "holiday-and-weekend": local(2026, 9, 24, 16, 0),
    "national-day": local(2026, 9, 30, 15, 20),
    "make-up-saturday-then-sunday": local(2026, 10, 9, 16, 45),
    "plain-weekend": local(2026, 10, 16, 17, 0),
}


def supervised(world, case):
    """(person, level) for each supervision task that lies in the inbox of its receiver."""
    found = set()
    for login in ("feng.lead", "he.manager", "qian.hq", "tang.south", "li.desk"):
        rows = world.as_(login).inbox("group", order_id=case.id, purpose="supervision")
        found |= {(login, row["level"]) for row in rows}
    return found


def complaint(world, customer="K-2000", **changes):
    return world.as_("zhao.agent").start("complaint_escalation", customer_id=customer, **changes)


@pytest.mark.parametrize("when", FILED)
def test_a_complaint_left_alone_rises_on_working_time(world, when):
    world.wait_until(FILED[when])
    case = complaint(world, when)
    expected = {}
    for level, hours, login in LEVELS:
        at = after(FILED[when], hours * HOURS)
        world.wait_until(at - timedelta(seconds=1))
        assert supervised(world, case) == set(expected.values()), level
        world.wait_until(at)
        expected[at] = (login, level)
        assert supervised(world, case) == set(expected.values()), level
    fired = {
        (fact["at"], fact["level"])
        for fact in case.history("escalation.fired")
        if fact["clock"].startswith("task:") and "supervise" in fact["actions"]
    }
    assert fired == {(at, level) for at, (_, level) in expected.items()}
    case.deliver("withdraw", by="li.desk", withdraw_reason="自行恢复")
    assert supervised(world, case) == set()


def test_an_important_customers_complaint_rises_on_the_service_desks_time(world):
    filed = local(2026, 10, 17, 18, 30)
    world.wait_until(filed)
    case = complaint(world, "K-1001")
    for level, hours, login in ((1, 3, "feng.lead"), (2, 4, "he.manager"), (3, 6, "qian.hq")):
        at = after(filed, hours * HOURS, is_desk_time)
        world.wait_until(at - timedelta(seconds=1))
        assert (login, level) not in supervised(world, case)
        world.wait_until(at)
        assert (login, level) in supervised(world, case)
    case.deliver("withdraw", by="li.desk", withdraw_reason="自行恢复")


def deadline(case):
    (task,) = [one for one in case.seen()["tasks"] if one["name"] == "受理处理"]
    return task["due_at"] and datetime.fromisoformat(task["due_at"])


def test_a_complaint_from_filing_to_archive(world):
    filed = local(2026, 10, 19, 9, 0)
    world.wait_until(filed)
    case = complaint(world)
    assert deadline(case) == after(filed, 7.5 * HOURS)

    # Held while the customer is away: nothing is due, nothing fires, nothing can be done.
    world.wait_until(local(2026, 10, 19, 11, 0))
    case.do("li.desk", "hold", reason="customer_absent", text="客户出差")
    assert deadline(case) is None
    assert case.seen()["order"]["held"] == "customer_absent"
    before = case.history("escalation.fired")
    held = case.task("受理处理", by="li.desk")
    assert refused(held.complete).status == 409
    world.wait_until(local(2026, 10, 23, 10, 30))
    assert case.history("escalation.fired") == before
    assert supervised(world, case) == set()

    # Resumed: the two hours used before count, the days in between do not.
    case.do("li.desk", "resumption", text="客户已回")
    assert deadline(case) == after(local(2026, 10, 23, 10, 30), 5.5 * HOURS)
    world.wait_until(deadline(case))
    assert supervised(world, case) == {("feng.lead", 1)}
    (supervision,) = world.as_("feng.lead").inbox("group", order_id=case.id, purpose="supervision")
    world.as_("feng.lead").post(
        f"/tasks/{supervision['id']}/completion",
        values={"finding": "无人处理", "instruction": "今天答复"},
    )

    # Answered by the department, called back by somebody who did not handle it.
    case.task("受理处理", by="chen.desk").claim().complete(
        can_solve="to_dept", solution=None, target_dept="network"
    )
    case.task("责任部门处理", by="zheng.dept").complete()
    case.task("回复用户", by="chen.desk").complete()
    assert case.state == "resolved"
    refusal = refused(call_back, case, "chen.desk")
    assert refusal.status == 403
    assert refusal.code == "four_eyes"

    # Five of ten points: repaired and opened again.
    call_back(case, "yang.calls", score=5, solved="no")
    case.task("客户修复", by="chen.desk").complete()
    assert case.variables()["reopen_count"] == 1
    case.task("受理处理", by="chen.desk").complete(solution="更换设备")
    case.task("回复用户", by="chen.desk").complete()
    call_back(case, "yang.calls", score=9)
    case.task("归档", by="li.desk").complete()
    order = case.seen()["order"]
    assert (order["status"], order["state"]) == ("ended", "closed")
    assert case.variables()["score"] == 9
    assert refused(case.do, "li.desk", "hold", reason="customer_absent").status == 409


def call_back(case, login, **answers):
    """Whoever could call sees the task; a person who handled the complaint may not take it."""
    (task,) = [
        one for one in case.seen()["tasks"] if one["name"] == "回访" and one["ended_at"] is None
    ]
    person = case.world.as_(login)
    values = person.world_answers("call_back", answers)
    return person.post(f"/tasks/{task['id']}/completion", values=values)
