"""Who may give which command: every role against every command that asks for a role."""

from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest

from engine.domain import commands as c
from engine.domain import seed
from engine.handlers import HANDLERS
from tests.support.operator import BY_ROLE, STEPS, living

NEVER = datetime(2099, 1, 1, tzinfo=UTC)
WORKERS = {"sales", "agent", "key_account_desk", "network", "construction", "billing",
           "responsible_dept", "call_back"}  # fmt: skip
LEADERS = {"supervisor", "manager"}
NORTH = [*sorted(WORKERS), *sorted(LEADERS)]
ROLES = [*NORTH, "hq_desk", "hq_equipment", "operator", "process_owner", "admin", "integration"]

#: Command about order 1 of the north branch (its task 1 open for agents, job 2, incident 3) or
#: about the set-up, and the roles that may give it. Who may is refused for another reason, or not.
RIGHTS = {
    "start": (c.StartOrder(process="steps", values={}, unit="north"),
              {"sales", "agent", "key_account_desk", "hq_desk", "integration", *LEADERS}),
    "hold": (c.HoldOrder(order_id=1, reason="weather"), {*WORKERS, *LEADERS, "hq_desk",
                                                         "hq_equipment"}),
    "resume": (c.ResumeOrder(order_id=1), {*WORKERS, *LEADERS, "hq_desk", "hq_equipment"}),
    "urge": (c.UrgeOrder(order_id=1), {*WORKERS, *LEADERS, "hq_desk", "hq_equipment"}),
    "comment": (c.AddComment(order_id=1, text="x"),
                {*WORKERS, *LEADERS, "hq_desk", "hq_equipment", "operator"}),
    "copy": (c.CopyOrder(order_id=1, people=("li.desk",)),
             {*WORKERS, *LEADERS, "hq_desk", "hq_equipment"}),
    "remove_copy": (c.RemoveCopy(order_id=1, people=("yang.calls",)), {*LEADERS, "hq_desk"}),
    "instruct": (c.InstructOrder(order_id=1, text="x"), {*LEADERS, "hq_desk"}),
    "instruct_task": (c.InstructOrder(order_id=1, text="x", task_id=0), {*LEADERS, "hq_desk"}),
    "supervise": (c.SuperviseTask(task_id=0), {*LEADERS, "hq_desk"}),
    "add_signers": (c.AddSigners(task_id=0, people=("yang.calls",)),
                    {"agent", *LEADERS, "hq_desk"}),
    "remove_signers": (c.RemoveSigners(task_id=0, people=("yang.calls",)),
                       {"agent", *LEADERS, "hq_desk"}),
    "share_view": (c.SaveView(name="x", page="inbox", query="", unit="north"),
                   {*LEADERS, "hq_desk"}),
    "reveal": (c.RevealContact(contact_id=1),
               {*WORKERS, *LEADERS, "hq_desk", "hq_equipment", "operator", "process_owner",
                "integration"}),
    "attach": (c.AttachFile(order_id=1, name="a", media_type="b", size=1, sha256="c"),
               {*WORKERS, *LEADERS, "hq_desk", "hq_equipment", "operator"}),
    "upload": (c.KeepUpload(name="a", media_type="b", size=1, sha256="c"),
               {"sales", "agent", "key_account_desk", "hq_desk", "integration", *LEADERS}),
    "cancel": (c.CancelOrder(order_id=1, reason="r"), {"operator"}),
    "suspend": (c.SuspendOrder(order_id=1, reason="r"), {"operator"}),
    "reactivate": (c.ReactivateOrder(order_id=1), {"operator"}),
    "correct": (c.CorrectVariables(order_id=1, values={}, reason="r"), {"operator"}),
    "retry": (c.RetryIncident(order_id=1, number=3), {"operator"}),
    "send_again": (c.SendAgain(letter_id=1), {"operator"}),
    "answer": (c.AnswerJob(order_id=1, number=2), {"operator", "integration"}),
    "message": (c.SendMessage(order_id=1, message="m"),
                {*WORKERS, *LEADERS, "hq_desk", "hq_equipment", "operator", "integration"}),
    "broadcast": (c.SendMessage(message="m", correlation={"mark": "x"}),
                  {"operator", "integration"}),
    "assign": (c.AssignTask(task_id=0, to="zhao.agent"), {*LEADERS, "hq_desk"}),
    "transfer": (c.TransferTask(task_id=0, role="network", reason="r"),
                 {"agent", *LEADERS, "hq_desk"}),
    "claim": (c.ClaimTask(task_id=0), {"agent"}),
    "complete": (c.CompleteTask(task_id=0, values={"mark": "x"}), {"agent"}),
    "draft": (c.SaveDraft(task_id=0, values={}), {"agent"}),
    "return": (c.ReturnTask(task_id=0, reason="r"), {"agent"}),
    "delegate": (c.DelegateTask(task_id=0, to="sun.network"), {"agent"}),
    "jump": (c.JumpTask(task_id=0, to_element="second", reason="r"), {"operator", "manager"}),
    "absence": (c.SaveAbsence(login="yang.calls", substitute="li.desk", starts_at=NEVER,
                              ends_at=NEVER + timedelta(days=1)),
                {*LEADERS, "hq_desk"}),
    "deploy": (c.Deploy(files={"steps.bpmn": STEPS}), {"process_owner"}),
    "unit": (c.SaveUnit(code="east", name="东", name_en="East", kind="branch", parent="hq"),
             {"admin"}),
    "person": (c.SavePerson(login="new", name="新", unit="north", password="long enough"),
               {"admin"}),
    "roles": (c.GrantRoles(login="li.desk", grants=()), {"admin"}),
    "calendar": (c.SaveCalendar(data=msgspec.to_builtins(seed.calendars()[0])), {"admin"}),
    "policies": (c.SavePolicies(reasons=[]), {"admin"}),
    "customer": (c.SaveCustomer(code="K-2", name="n", grade="B", unit="north",
                                is_key_account=False),
                 {"sales", "key_account_desk", "admin"}),
    "contact": (c.SaveContact(customer_id=1, name="n", phone="1"),
                {"sales", "key_account_desk"}),
    "contract": (c.SaveContract(customer_id=1, number="HT-1", signed_on=date(2026, 1, 2)),
                 {"sales", "key_account_desk"}),
}  # fmt: skip
#: Refusals that say the caller may not, not that something else is in the way.
NO_RIGHT = {"not_allowed", "not_candidate", "order_not_found", "task_not_found",
            "customer_not_found"}  # fmt: skip
#: Commands everybody gives about their own things, or nobody.
OWN = {c.GiveBackTask, c.TakeBackStep, c.EndAbsence, c.IssueToken, c.RevokeToken, c.ReadNotices,
       c.DiscardDraft, c.ReleaseTask, c.RequestExtension, c.WithdrawExtension, c.DecideExtension,
       c.FireDue, c.ClaimNext,
       c.SnoozeTask, c.SavePreferences, c.RemoveView, c.ChangePassword, c.StartExport,
       c.CancelExport, c.FinishExport, c.FailExport}  # fmt: skip


@pytest.fixture(scope="module")
def scene(on_sqlite):
    """One order; nothing is done to it, commands are only tried."""
    made = living(on_sqlite)
    desk = next(made)
    order = desk.start("steps", by="wang.sales")
    assert order == 1
    desk.do("feng.lead", c.CopyOrder(order_id=1, people=("yang.calls",)))
    desk.do("wang.sales", c.SaveContact(customer_id=1, name="n", phone="1"))
    # Nobody shall be let in for having started the order.
    desk.do("system", c.GrantRoles(login="tang.south", grants=(("agent", "south"),)))
    yield desk
    next(made, None)


def _about(scene, command):
    if getattr(command, "task_id", None) == 0:
        return msgspec.structs.replace(command, task_id=scene.task(1).id)
    return command


@pytest.mark.parametrize("name", RIGHTS)
def test_only_these_roles_may(scene, name):
    command, allowed = RIGHTS[name]
    command = _about(scene, command)
    may = set()
    people = {role: scene.person(BY_ROLE[role]) for role in ROLES}
    for role in ROLES:
        grants = tuple(grant for grant in people[role].grants if grant.role == role)
        by = msgspec.structs.replace(people[role], grants=grants, id=10_000 + len(may))
        code = scene.dry(by, command)
        if code not in NO_RIGHT:
            may.add(role)
    assert may == allowed


@pytest.mark.parametrize("name", RIGHTS)
@pytest.mark.parametrize("by", ["stranger", "inactive", "nobody"])
def test_strangers_inactive_people_and_nobody_may_nothing(scene, name, by):
    command = _about(scene, RIGHTS[name][0])
    if by == "stranger":
        who = msgspec.structs.replace(scene.person("tang.south"), grants=())
    elif by == "inactive":
        everything = scene.person("system").grants
        who = msgspec.structs.replace(
            scene.person("feng.lead"), is_active=False, grants=everything
        )
    else:
        who = None
    code = scene.dry(who, command)
    assert code in NO_RIGHT | ({"person_required"} if who is None else set())


def test_every_command_is_in_the_table():
    assert {type(command) for command, _ in RIGHTS.values()} | OWN == set(HANDLERS)


def test_roles_at_several_units_add_up(desk):
    grants = (("agent", "north"), ("supervisor", "south"))
    desk.do("system", c.GrantRoles(login="li.desk", grants=grants))
    north, south = desk.start("steps"), desk.start("steps", by="tang.south")
    assign = c.AssignTask(task_id=desk.task(north).id, to="zhao.agent")
    assert desk.code("li.desk", assign) == "not_allowed"
    desk.do("li.desk", c.ClaimTask(task_id=desk.task(north).id))
    desk.do("system", c.SavePerson(login="agent.south", name="a", unit="south", password="p" * 9))
    desk.do("system", c.GrantRoles(login="agent.south", grants=(("agent", "south"),)))
    desk.do("li.desk", c.AssignTask(task_id=desk.task(south).id, to="agent.south"))
    assert desk.code("li.desk", c.ClaimTask(task_id=desk.task(south).id)) == "not_candidate"
