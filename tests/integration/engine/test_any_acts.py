"""Random people give random acts in any order; whatever they do, the desk stays sound.

Unlike the random walk, which compares history and rows, this machine knows what must hold of them
after every act.
"""

from __future__ import annotations

import os
import random
from datetime import timedelta

import sqlalchemy as sa
from hypothesis import Phase, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from engine.domain import access, seed
from engine.domain import commands as c
from engine.domain.signing import read
from engine.errors import EngineError
from engine.queries.inbox import listed
from engine.queries.task_counts import COUNTED, counts
from engine.store import tables as t
from engine.store.rebuild import check
from tests.support import bpmn_builder as b
from tests.support.installation import deploy
from tests.support.operator import living

STEP = {"taskClock": "step"}

#: Everything the acts can meet: a round after, a fork with a timer, a repetition, four eyes with a
#: loop and an automatic skip, a sub-process that may be cut short, a call, and a way out.
KNOTS = b.diagram(
    b.process(
        "knots",
        b.start(props={"startClock": "order=step"}),
        b.user("ask", candidateGroups="agent",
               props=STEP | {"signers": "${late or ''}", "signingWhen": "after"}),
        b.par("fork"),
        b.user("left", candidateGroups="network", props=STEP),
        b.boundary("often", "left", b.timer("R/PT3H", "Cycle"), interrupting=False),
        b.user("remind", candidateGroups="agent", props=STEP),
        b.end("reminded"),
        b.user("right", candidateGroups="line", candidateUsers="wang.sales"),
        b.par("join"),
        b.user("many", b.each("${parts}", "part"), assignee="${part}"),
        b.user("check", candidateGroups="agent,supervisor",
               props=STEP | {"notSamePersonAs": "ask", "signers": "${early or ''}"}),
        b.user("again", candidateGroups="agent,supervisor", props={"skipSameHandler": "true"}),
        b.xor("which", default="which_inner"),
        b.sub(
            "inner",
            b.start("is"),
            b.user("deep", candidateGroups="key_account_desk", props=STEP),
            b.end("ie"),
            flows="is deep ie",
        ),
        b.boundary("cut", "inner", b.timer("P2D")),
        b.call("other", "called"),
        b.user("last", candidateGroups="billing", props={"notSamePersonAs": "again"}),
        b.end("done", props={"state": "completed", "stopClock": "order"}),
        b.event_sub(
            "on_stop",
            b.start("stopped", b.event("message", "stop")),
            b.end("gone", props={"state": "cancelled"}),
            flows="stopped gone",
        ),
        flows="s ask fork left join many check again which inner other last done; fork right join;"
        "often remind reminded; cut last; which ask : back == true",
    ),
    b.process(
        "called",
        b.start("cs"),
        b.user("child", candidateGroups="key_account_desk", props={"skipSameHandler": "true"}),
        b.end("ce"),
        flows="cs child ce",
    ),
    names="message:stop",
)  # fmt: skip

#: Login to roles in the north; few people with several hats meet each other often.
PEOPLE = {
    "zhao.agent": ("agent",),
    "li.desk": ("key_account_desk", "agent"),
    "sun.network": ("network", "line"),
    "wu.billing": ("billing", "agent"),
    "feng.lead": ("supervisor", "agent"),
    "he.manager": ("manager",),
    "wang.sales": ("sales",),
}
WORKERS = tuple(PEOPLE)
LOGINS = (*PEOPLE, "tang.south", "ma.operator", "xu.stock", "qian.hq")
PLACES = ("ask", "left", "right", "many", "check", "again", "deep", "child", "last", "done")
#: Open orders at a time: few, so that acts meet.
MOST = 2
RULES = [
    {
        "code": code, "sla_key": "step", "level": level, "trigger": trigger, "actions": actions,
        "receiver": receiver, "text_zh": "{task}", "text_en": "{task}",
    }
    for code, level, trigger, actions, receiver in (
        ("soon", 0, "50%", ["notify"], {"scope": "assignee"}),
        ("late", 1, "100%", ["notify", "supervise"], {"scope": "own_unit", "role": "supervisor"}),
        ("later", 2, "150%", ["reassign"], {"scope": "own_unit", "role": "supervisor"}),
    )
]  # fmt: skip
#: A few seconds in the suite; longer runs are for whoever changes an act. What fails is not made
#: smaller: that would take much longer than it saves.
BUDGET = settings(
    max_examples=int(os.environ.get("GONGDAN_TEST_ACTS", "8")),
    stateful_step_count=60,
    phases=[Phase.generate],
)
WORDS = "because"
PAUSES = {reason.code: reason.pauses_clock for reason in seed.hold_reasons()}


class Desk(RuleBasedStateMachine):
    """One operator, many people, no plan."""

    prepared = None

    def __init__(self):
        super().__init__()
        self.life = living(self.prepared)
        self.world = next(self.life)
        self.rng = random.Random(0)
        self.turn = 0

    def teardown(self):
        next(self.life, None)

    @initialize()
    def open_the_house(self):
        deploy(self.world.app, {"knots.bpmn": KNOTS})
        self.world.rules(RULES)
        for login, roles in PEOPLE.items():
            grants = tuple((role, "north") for role in roles)
            self.world.do("system", c.GrantRoles(login=login, grants=grants))
        self.ids = {login: self.world.person(login).id for login in LOGINS}
        self.logins = {number: login for login, number in self.ids.items()}
        self.paths = {row["id"]: row["path"] for row in self.world.rows(t.unit)}

    @rule(seed=st.integers(0, 2**64))
    def act(self, seed):
        """One act by chance; work goes on more often than anything else happens."""
        self.rng = random.Random(seed)
        acts = {
            self.start: 2, self.complete: 10, self.hand: 6, self.lead: 3, self.sign: 5,
            self.move: 2, self.take_back: 2, self.hold: 2, self.end: 0.2, self.be_away: 2,
            self.pass_time: 2,
        }  # fmt: skip
        (chosen,) = self.rng.choices(list(acts), list(acts.values()))
        chosen()

    # ---- choosing -------------------------------------------------------------------------

    def give(self, by, command):
        try:
            self.world.do(by, command)
        except EngineError as refused:
            assert refused.code != "busy"
            note(f"{by}: {command} refused: {refused.code}")
        else:
            note(f"{by}: {command}")

    def chosen(self, purpose=None):
        rows = [
            row for row in self.world.rows(t.task)
            if row["ended_at"] is None and purpose in (None, row["purpose"])
        ]  # fmt: skip
        return self.rng.choice(rows) if rows else None

    def fit(self, row):
        """Who is likely to be allowed something with a task."""
        task = next(one for one in self.world.all_tasks(row["order_id"]) if one.id == row["id"])
        path = self.paths[task.unit_id]
        able = [n for n in LOGINS if access.is_worker(self.world.person(n), task, path)]
        return self.rng.choice(able or LOGINS)

    def some_order(self):
        rows = [row for row in self.world.rows(t.work_order) if row["ended_at"] is None]
        return self.rng.choice(rows) if rows else None

    # ---- acts -----------------------------------------------------------------------------

    def start(self):
        if sum(row["ended_at"] is None for row in self.world.rows(t.work_order)) < MOST:
            late = self.rng.choice(("", "supervisor", "he.manager,li.desk", "zhao.agent"))
            early = self.rng.choice(("", "", "manager,zhao.agent"))
            values = {"late": late, "early": early, "parts": ["zhao.agent", "li.desk"]}
            process = self.rng.choice(("knots", "knots", "knots", "steps", "talks", "waits"))
            self.give(self.rng.choice(WORKERS), c.StartOrder(process=process, values=values))
            # What is deep in a process has to be met as well.
            for _ in range(self.rng.choice((0, 2, 5, 9))):
                self.complete()

    def complete(self):
        row = self.chosen()
        if row is None:
            return
        if row["held"] and self.rng.random() < 0.5:
            self.give("feng.lead", c.ResumeOrder(order_id=row["order_id"]))
        values = {"back": self.rng.random() < 0.3}
        if row["purpose"] == "signature":
            approved = self.rng.choice(("yes", "yes", "no"))
            values = {"approved": approved, "objection" if approved == "no" else "remark": WORDS}
        elif row["purpose"] == "supervision":
            values = {"finding": WORDS, "instruction": WORDS}
        elif row["form"]:
            values = {"mark": "x"}
        self.give(self.fit(row), c.CompleteTask(task_id=row["id"], values=values))

    def hand(self):
        row = self.chosen()
        if row is None:
            return
        number, to = row["id"], self.rng.choice(LOGINS)
        if row["state"] == "open" and self.rng.random() < 0.5:
            command = c.ClaimTask(task_id=number)
        else:
            command = self.rng.choice((
                c.ClaimTask(task_id=number),
                c.ReleaseTask(task_id=number),
                c.SaveDraft(task_id=number, values={}),
                c.DelegateTask(task_id=number, to=to),
                c.DelegateTask(task_id=number, to=to),
                c.GiveBackTask(task_id=number),
                c.TransferTask(task_id=number, reason=WORDS, role="agent"),
                c.TransferTask(task_id=number, reason=WORDS, to=to),
            ))  # fmt: skip
        self.give(self.fit(row), command)

    def lead(self):
        row = self.chosen()
        if row is None:
            return
        to = self.rng.choice(LOGINS)
        command = self.rng.choice((
            c.AssignTask(task_id=row["id"], to=to),
            c.AssignTask(task_id=row["id"], to=self.fit(row)),
            c.GiveBackTask(task_id=row["id"]),
            c.ReleaseTask(task_id=row["id"]),
            c.SuperviseTask(task_id=row["id"]),
            c.UrgeOrder(order_id=row["order_id"]),
            c.InstructOrder(order_id=row["order_id"], text=WORDS),
            c.CopyOrder(order_id=row["order_id"], people=(to,)),
        ))  # fmt: skip
        self.give(self.rng.choice(("feng.lead", "he.manager")), command)

    def sign(self):
        row = self.chosen("work")
        if row is None:
            return
        number, in_force = row["id"], read(row["signing"])
        if in_force is not None and self.rng.random() < 0.4:
            named = tuple(self.logins[each] for each in in_force.pending[:1])
            command = c.RemoveSigners(
                task_id=number, people=named if self.rng.random() < 0.7 else ()
            )
        else:
            command = c.AddSigners(
                task_id=number,
                people=tuple(self.rng.sample(LOGINS, self.rng.randint(1, 3))),
                when=self.rng.choice(("before", "after")),
                rule=self.rng.choice(("all", "any", "60%")),
            )
        self.give(self.rng.choice((self.fit(row), "he.manager")), command)

    def move(self):
        row = self.chosen("work")
        if row is None:
            return
        place = self.rng.choice(PLACES)
        if self.rng.random() < 0.5:
            jump = c.JumpTask(task_id=row["id"], to_element=place, reason=WORDS)
            self.give("he.manager", jump)
        else:
            wanted = self.rng.choice((place, None))
            back = c.ReturnTask(task_id=row["id"], to_element=wanted, reason=WORDS)
            self.give(self.fit(row), back)

    def take_back(self):
        done = [
            row for row in self.world.rows(t.task)
            if (row["state"], row["purpose"]) == ("completed", "work")
            and self.world.order(row["order_id"]).status == "running"
        ]  # fmt: skip
        if done:
            row = max(done, key=lambda one: (one["ended_at"], one["id"]))
            self.give(self.logins[row["ended_by"]], c.TakeBackStep(task_id=row["id"]))

    def hold(self):
        order = self.some_order()
        if order is None:
            return
        hours = self.rng.choice((None, 5))
        until = hours and self.world.clock.now() + timedelta(hours=hours)
        reason = self.rng.choice(("weather", "spare_parts"))
        hold = c.HoldOrder(order_id=order["id"], reason=reason, until=until)
        resume = c.ResumeOrder(order_id=order["id"])
        self.give(self.rng.choice(WORKERS), resume if order["held"] else hold)

    def end(self):
        order = self.some_order()
        if order is not None:
            self.give("ma.operator", self.rng.choice((
                c.CancelOrder(order_id=order["id"], reason=WORDS),
                c.SendMessage(order_id=order["id"], message="stop"),
            )))  # fmt: skip

    def be_away(self):
        absences = self.world.rows(t.absence)
        if absences and self.rng.random() < 0.3:
            number = self.rng.choice(absences)["id"]
            self.give("he.manager", c.EndAbsence(absence_id=number))
        else:
            now = self.world.clock.now()
            absent, substitute = self.rng.sample(WORKERS, 2)
            self.give(absent, c.SaveAbsence(
                substitute=substitute, starts_at=now, ends_at=now + timedelta(hours=20)
            ))  # fmt: skip

    def pass_time(self):
        self.world.clock.pass_(minutes=self.rng.choice((10, 90, 400, 1440)))
        for _ in range(50):
            if self.world.tick() == 0:
                break
        else:
            raise AssertionError("Expected everything due to be done at last")
        assert self.world.rows(t.step_failure) == []

    # ---- what must hold -------------------------------------------------------------------

    @invariant()
    def orders_and_tasks_are_sound(self):
        if not hasattr(self, "ids"):
            return
        waits = {
            row["order_id"]
            for table in (t.timer, t.job, t.subscription, t.incident)
            for row in self.world.rows(table)
            if row.get("closed_at") is None
        }
        here = [self.world.person(login) for login in LOGINS]
        for row in self.world.rows(t.work_order):
            order = self.world.order(row["id"])
            every = self.world.all_tasks(order.id)
            tasks = [task for task in every if task.is_open]
            running = {key: one for key, one in order.clocks.items() if not one.is_stopped}
            if order.status == "ended":
                assert (tasks, running) == ([], {}), order.number
                assert order.next_due_at is None
                continue
            assert tasks or order.id in waits, order.number
            pauses = order.held is not None and PAUSES[order.held]
            for key, clock in running.items():
                assert (clock.value.paused_at is not None) == pauses, (key, order.held)
            own = {f"task:{task.id}" for task in tasks}
            assert {key for key in running if key.startswith("task:")} <= own
            for task in tasks:
                assert task.held == order.held, task
                clock = running.get(f"task:{task.id}")
                if clock is not None:
                    assert task.due_at == clock.due_at
                self.task_is_sound(task, tasks, here)
            self.rounds_are_sound(every)
            self.eyes_are_four(every)

    def task_is_sound(self, task, tasks, here):
        path = self.paths[task.unit_id]
        assert (task.state == "claimed") == (task.assignee is not None)
        if task.assignee is None:
            assert (task.owner, task.stood_for) == (None, None)
        if task.owner is not None:
            assert task.owner != task.assignee
        able = [
            person.login for person in here
            if access.is_worker(person, task, path) or access.may(person, access.Act.LEAD, path)
        ]  # fmt: skip
        assert able, task
        if task.purpose == "signature":
            (target,) = [each for each in tasks if each.id == task.target]
            assert task.due_at == target.due_at
            signer = task.details["signer"]
            assert signer in read(target.signing).pending
            # It is theirs, whoever was asked to stand in meanwhile.
            assert task.assignee == signer

    def rounds_are_sound(self, every):
        """Who is asked is who has not signed, as long as it matters."""
        for task in every:
            signing = read(task.signing)
            asked = sorted(
                each.details["signer"] for each in every
                if each.is_open and each.purpose == "signature" and each.target == task.id
            )  # fmt: skip
            expected = []
            if task.is_open and signing is not None and not (
                signing.signatures and signing.is_decided
            ):  # fmt: skip
                asks = signing.submitted or signing.when == "before"
                expected = sorted(signing.pending) if asks else []
                assert not signing.submitted or task.assignee is not None
                assert not signing.submitted or expected
            assert asked == expected, task

    def eyes_are_four(self, every):
        for task in every:
            if task.state != "completed":
                continue
            hands = {task.ended_by, task.stood_for} - {None}
            assert not hands & {task.barred, task.barred_too}, task
            signing = read(task.signing)
            if task.purpose == "work" and signing is not None:
                others = [
                    each for each in signing.signatures
                    if each.verdict and not hands & {each.person, each.by}
                ]  # fmt: skip
                assert len(others) >= min(1, len(signing.signatures)), task

    @invariant()
    def counters_are_those_of_the_lists(self):
        if not hasattr(self, "ids"):
            return
        for login in self.next_readers():
            with self.world.app.dispatcher.view(self.world.person(login)) as view:
                found = counts(view)
                lists = {
                    tab: [one.id for one in listed(view, tab, limit=200).items] for tab in COUNTED
                }
            assert {tab: found[tab] for tab in COUNTED} == {
                tab: len(set(ids)) for tab, ids in lists.items()
            }, login
            assert all(len(ids) == len(set(ids)) for ids in lists.values())

    def next_readers(self):
        """A few at a time, everybody in turn."""
        self.turn += 2
        return [LOGINS[self.turn % len(LOGINS)], LOGINS[(self.turn + 1) % len(LOGINS)]]

    @invariant()
    def rows_are_those_of_the_history(self):
        with self.world.app.database.read() as connection:
            count = connection.execute(
                sa.select(sa.func.count()).select_from(t.history_event)
            ).scalar()
        if count % 7 == 0:
            assert check(self.world.app.database) == []


def test_the_desk_stays_sound(on_sqlite):
    Desk.prepared = on_sqlite
    run_state_machine_as_test(Desk, settings=BUDGET)
