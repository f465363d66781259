"""Random people do random things for random times: history and projections stay one.

Whatever is given, the engine does it or refuses it with a code; nothing else is allowed.
"""

import random
from datetime import timedelta

import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from engine.domain import commands as c
from engine.errors import EngineError
from engine.store import tables as t
from engine.store.rebuild import check, rebuild
from tests.support.operator import BY_ROLE, living

STEPS = 220
STARTS = {
    "complaint_escalation": ("start_complaint", "zhao.agent"),
    "leased_line_provisioning": ("start_provisioning", "wang.sales"),
    "steps": (None, "zhao.agent"),
    "talks": (None, "li.desk"),
    "waits": (None, "feng.lead"),
    "meter": (None, "billing.system"),
}
#: Answers that lead elsewhere than the usual ones; some do not fit and are refused.
OTHERWISE = {
    "start_complaint": [{"source": "media"}, {"severity": "critical"}, {"category": "billing"}],
    "start_provisioning": [{"bandwidth": 1000}],
    "resource_survey": [{"feasible": "no", "survey_conclusion": "x"}],
    "request_equipment": [{"in_stock": "no"}],
    "request_line": [{"line_source": "other"}],
    "commission": [{"test_result": "fail", "fail_reason": "loss"}],
    "construct": [{"construct_result": "returned", "return_reason": "no access"}],
    "handle_at_desk": [
        {"can_solve": "to_dept", "target_dept": "network", "solution": None},
        {"can_solve": "to_hq", "hq_reason": "backbone", "solution": None},
    ],
    "dept_handle": [{"dept_result": "wrong_dept", "target_dept": "network", "target_unit": "no"}],
    "call_back": [{"score": 5, "solved": "no"}, {"contact_result": "no_answer"}],
    "allocate_ip": [{"ipv4_block": "198.51.100.0/24"}, {"ipv4_block": "nonsense"}],
}
LOGINS = sorted(set(BY_ROLE.values()))


class Walk:
    """One operator, many people, no plan."""

    def __init__(self, world, seed):
        self.world = world
        self.rng = random.Random(seed)
        self.refused, self.done = set(), 0

    def go(self, steps):
        acts = (
            self.start,
            self.complete,
            self.complete,
            self.complete,
            self.act_on_a_task,
            self.decide,
            self.act_on_an_order,
            self.operate,
            self.let_time_pass,
        )
        for _ in range(steps):
            self.rng.choice(acts)()

    def _give(self, by, command):
        try:
            self.world.do(by, command)
        except EngineError as refused:
            assert refused.code != "busy"
            self.refused.add(refused.code)
        else:
            self.done += 1

    def _wait(self, length):
        self.world.clock.pass_(seconds=length.total_seconds())
        for _ in range(50):
            if self.world.tick() == 0:
                return
        raise AssertionError("Expected everything due to be done at last")

    def _orders(self, rng, *states):
        rows = [row for row in self.world.rows(t.work_order) if row["status"] in states]
        return rng.choice(rows)["id"] if rows else None

    def _who(self, rng, task):
        roles = [BY_ROLE[role] for role in task["queue"].partition("@")[0].split(",") if role]
        return rng.choice(roles) if roles and rng.random() < 0.8 else rng.choice(LOGINS)

    def start(self):
        rng = self.rng
        if len([row for row in self.world.rows(t.work_order) if not row["ended_at"]]) > 8:
            return
        process = rng.choice(list(STARTS))
        form, by = STARTS[process]
        values = {"mark": rng.choice("ab"), "line": "L", "parts": rng.choice((0, 2))}
        if form is not None:
            values = self.world.answers(form, customer_id="K-1001", **self._more(rng, form))
        self._give(by, c.StartOrder(process=process, values=values))

    def _more(self, rng, form):
        return rng.choice([{}, {}, *OTHERWISE.get(form, [])])

    def complete(self):
        rng = self.rng
        for _ in range(3):
            tasks = [row for row in self.world.rows(t.task) if row["ended_at"] is None]
            if tasks:
                task = rng.choice(tasks)
                self._give(self._who(rng, task), self._completion(rng, task))

    def _completion(self, rng, task):
        values = {}
        if task["form"] == "answer":
            values = {"mark": rng.choice("ab"), "where": rng.choice(("hq", "south", "no"))}
        elif task["form"] == "supervise":
            values = {"finding": "late", "instruction": "hurry"}
        elif task["form"] and task["purpose"] == "work":
            values = self.world.answers(task["form"], **self._more(rng, task["form"]))
        return c.CompleteTask(task_id=task["id"], values=values)

    def act_on_a_task(self):
        rng = self.rng
        tasks = self.world.rows(t.task)
        if not tasks:
            return
        task = rng.choice(tasks)
        number, later = task["id"], self.world.clock.now() + timedelta(hours=rng.randint(1, 90))
        command = rng.choice(
            [
                c.ClaimTask(task_id=number),
                c.ReleaseTask(task_id=number),
                c.AssignTask(task_id=number, to=rng.choice(LOGINS)),
                c.TransferTask(task_id=number, reason="r", role=rng.choice(list(BY_ROLE))),
                c.TransferTask(task_id=number, reason="r", to=rng.choice(LOGINS)),
                c.ReturnTask(task_id=number, reason="r"),
                c.SaveDraft(task_id=number, values={}),
                c.DiscardDraft(task_id=number),
                c.RequestExtension(task_id=number, new_due_at=later, reason="r",
                                   clock=rng.choice((None, "order"))),
            ]
        )  # fmt: skip
        leaders = ("feng.lead", "he.manager", "qian.hq")
        by = rng.choice((self._who(rng, task), rng.choice(leaders)))
        self._give(by, command)

    def decide(self):
        rng = self.rng
        rows = self.world.rows(t.extension, state="requested")
        if rows:
            decision = c.DecideExtension(
                extension_id=rng.choice(rows)["id"], approved=rng.random() < 0.7
            )
            self._give(rng.choice(("feng.lead", "he.manager")), decision)

    def act_on_an_order(self):
        rng = self.rng
        order = self._orders(rng, "running", "running", "suspended", "ended")
        if order is None:
            return
        reasons = ("weather", "spare_parts", "customer_absent")
        messages = ("urge", "nudge", "billing_ack", "cancel_requested", "withdraw", "stop")
        command = rng.choice(
            [
                c.HoldOrder(order_id=order, reason=rng.choice(reasons)),
                c.ResumeOrder(order_id=order),
                c.ResumeOrder(order_id=order),
                c.UrgeOrder(order_id=order, text="please"),
                c.AddComment(order_id=order, text="x", mentions=("li.desk",)),
                c.CopyOrder(order_id=order, people=(rng.choice(LOGINS),)),
                c.SendMessage(order_id=order, message=rng.choice(messages), values={}),
                c.SendMessage(message="nudge", correlation={"mark": rng.choice("ab")}),
            ]
        )
        self._give(rng.choice(("feng.lead", "zhao.agent", "billing.system")), command)

    def operate(self):
        rng = self.rng
        order = self._orders(rng, "running", "suspended")
        if order is None:
            return
        commands = [
            c.ReactivateOrder(order_id=order),
            c.ReactivateOrder(order_id=order),
            c.SuspendOrder(order_id=order, reason="r"),
            c.CorrectVariables(order_id=order, values={"parts": 1, "customer_class": "C"},
                               reason="r"),
        ]  # fmt: skip
        if rng.random() < 0.1:
            commands = [c.CancelOrder(order_id=order, reason="r")]
        for row in self.world.rows(t.incident, closed_at=None):
            commands.append(c.RetryIncident(order_id=row["order_id"], number=row["number"]))
        for row in self.world.rows(t.job):
            commands.append(c.AnswerJob(order_id=row["order_id"], number=row["number"],
                                        values={"reading": 6}))  # fmt: skip
        self._give("ma.operator", rng.choice(commands))

    def let_time_pass(self):
        minutes = self.rng.choice((1, 20, 60, 240, 1440, 4320))
        self._wait(timedelta(minutes=minutes))


@pytest.mark.parametrize(
    "kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
)
@settings(max_examples=2, phases=[Phase.explicit, Phase.generate])
@example(seed=7)
@given(seed=st.integers(1, 2**32))
def test_history_and_projections_stay_one(request, kind, seed):
    made = living(request.getfixturevalue(f"on_{kind}"))
    world = next(made)
    walk = Walk(world, seed)
    walk.go(STEPS)
    # A walk in which nothing is done, or nothing refused, would prove nothing.
    assert walk.done > STEPS / 4
    assert len(walk.refused) > 5
    assert check(world.app.database) == []
    rebuild(world.app.database)
    assert check(world.app.database) == []
    walk.go(10)
    assert world.rows(t.step_failure) == []
    next(made, None)
