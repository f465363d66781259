"""Units, calendars, tables of policy, people, tokens, customers and processes."""

from datetime import date

import msgspec
import pytest

from engine.domain import commands as c
from engine.domain import seed
from engine.domain.facts import Stream
from engine.store import tables as t
from tests.support import bpmn_builder as b
from tests.support.installation import deploy
from tests.support.operator import FILES, POLICIES, STEPS, rule


def _unit(**more):
    values = {"code": "east", "name": "东", "name_en": "East", "kind": "branch", "parent": "hq"}
    return c.SaveUnit(**{**values, **more})


def test_a_unit_keeps_its_place(world):
    east = world.do("gao.admin", _unit()).id
    world.do("gao.admin", _unit(name="东城", calendar="cn_service_desk"))
    (row,) = world.rows(t.unit, code="east")
    assert (row["id"], row["name"], row["calendar"]) == (east, "东城", "cn_service_desk")
    assert row["path"].endswith(f"/{east}/")


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (_unit(kind="kingdom"), "unit_kind"),
        (_unit(parent="nowhere"), "unit_unknown"),
        (_unit(calendar="lunar"), "calendar_not_found"),
        (_unit(code="north", parent="south"), "unit_parent"),
        (_unit(parent=None), "unit_parent"),
        (c.SavePolicies(reasons=[{"code": "x"}]), "setup_row_invalid"),
        (c.SavePolicies(policies=[{**POLICIES[0], "target": "PT0S"}]), "sla_policy_invalid"),
        (c.SavePolicies(rules=[rule("x", trigger="often")]), "escalation_rule_invalid"),
        (c.SaveCalendar(data={"code": "x"}), "calendar_invalid"),
        (c.SavePerson(login="n", name="n", unit="no", password="x" * 9), "unit_unknown"),
        (c.SavePerson(login="n", name="n", unit="north"), "password_weak"),
        (c.SavePerson(login="n", name="n", unit="north", password="x" * 7), "password_weak"),
        (c.GrantRoles(login="nobody", grants=()), "person_not_found"),
        (c.GrantRoles(login="li.desk", grants=(("king", "north"),)), "role_unknown"),
        (c.GrantRoles(login="li.desk", grants=(("agent", "no"),)), "unit_unknown"),
        (c.IssueToken(name="t", days=0), "token_life"),
        (c.IssueToken(name="t", days=366), "token_life"),
        (c.RevokeToken(token_id=99), "token_not_found"),
        (
            c.SaveCustomer(code="K", name="n", grade="D", unit="north", is_key_account=False),
            "customer_grade",
        ),
        (
            c.SaveCustomer(code="K", name="n", grade="A", unit="no", is_key_account=False),
            "unit_unknown",
        ),
    ],
)
def test_wrong_set_up_is_refused(desk, command, code):
    before = len(desk.events(0, stream=Stream.SETUP))
    assert desk.code("system", command) == code
    assert len(desk.events(0, stream=Stream.SETUP)) == before


def test_lists_replace_lists_and_leave_the_others(desk):
    rules = len(desk.rows(t.escalation_rule))
    reasons = [msgspec.to_builtins(seed.hold_reasons()[0])]
    assert desk.do("gao.admin", c.SavePolicies(reasons=reasons)).count == 1
    assert [row["code"] for row in desk.rows(t.hold_reason)] == [reasons[0]["code"]]
    assert len(desk.rows(t.escalation_rule)) == rules


def test_a_calendar_of_the_same_code_is_replaced(desk):
    data = msgspec.to_builtins(seed.calendars()[0])
    before = {row["code"]: row["id"] for row in desk.rows(t.calendar)}
    desk.do("gao.admin", c.SaveCalendar(data=data))
    assert {row["code"]: row["id"] for row in desk.rows(t.calendar)} == before


def test_roles_are_set_as_a_whole_and_the_difference_is_told(world):
    grants = (("agent", "north"), ("agent", "north"), ("sales", "south"))
    world.do("gao.admin", c.GrantRoles(login="wang.sales", grants=grants))
    person = world.person("wang.sales")
    assert {grant.role for grant in person.grants} == {"agent", "sales"}
    (_, fact) = world.facts(person.id, "person.roles_granted", stream=Stream.PERSON)
    assert len(fact["added"]) == 2
    assert len(fact["removed"]) == 1
    world.do("gao.admin", c.GrantRoles(login="wang.sales", grants=()))
    assert world.person("wang.sales").grants == ()
    assert world.rows(t.role_grant, person_id=person.id) == []


def test_an_administrator_of_a_branch_reaches_no_further(desk):
    desk.do("system", c.GrantRoles(login="feng.lead", grants=(("admin", "north"),)))
    for command in (
        c.GrantRoles(login="feng.lead", grants=(("admin", "hq"),)),
        c.GrantRoles(login="tang.south", grants=()),
        c.GrantRoles(login="li.desk", grants=(("agent", "south"),)),
        c.SavePerson(login="tang.south", name="x", unit="north"),
        c.SavePerson(login="li.desk", name="x", unit="south"),
        _unit(),
    ):
        assert desk.code("feng.lead", command) == "not_allowed"
    desk.do("feng.lead", c.GrantRoles(login="li.desk", grants=(("agent", "north"),)))
    desk.do("feng.lead", _unit(code="north.desk", kind="desk", parent="north"))


def test_passwords_and_tokens_never_enter_the_history(desk):
    desk.do(
        "gao.admin", c.SavePerson(login="new", name="新", unit="north", password="very secret")
    )
    person = desk.person("new")
    token = desk.do("new", c.IssueToken(name="t")).token
    told = str(desk.events(person.id, stream=Stream.PERSON))
    assert "very secret" not in told
    assert token not in told


def test_customers_contacts_and_contracts(world):
    customer = c.SaveCustomer(code="K-2", name="新客户", grade="B", unit="north",
                              is_key_account=False, manager="wang.sales")  # fmt: skip
    new = world.do("wang.sales", customer).id
    assert world.do("wang.sales", msgspec.structs.replace(customer, name="改名")).id == new
    assert world.rows(t.customer, id=new)[0]["name"] == "改名"
    manager = msgspec.structs.replace(customer, manager="nobody")
    assert world.code("wang.sales", manager) == "person_unknown"
    moved = msgspec.structs.replace(customer, unit="south")
    assert world.code("wang.sales", moved) == "not_allowed"
    contact = c.SaveContact(customer_id=new, name="李", phone="1")
    made = world.do("wang.sales", contact).id
    again = msgspec.structs.replace(contact, contact_id=made, phone="2")
    assert world.do("wang.sales", again).id == made
    foreign = msgspec.structs.replace(again, customer_id=1)
    assert world.code("wang.sales", foreign) == "contact_not_found"
    unknown = msgspec.structs.replace(contact, customer_id=99)
    assert world.code("wang.sales", unknown) == "customer_not_found"
    assert world.code("tang.south", contact) == "customer_not_found"
    contract = c.SaveContract(customer_id=new, number="HT-9", signed_on=date(2026, 1, 2),
                              monthly_fee=100.5)  # fmt: skip
    filed = world.do("wang.sales", contract).id
    assert world.do("wang.sales", msgspec.structs.replace(contract, term_months=12)).id == filed
    (row,) = world.rows(t.contract, number="HT-9")
    assert (row["signed_on"], row["term_months"]) == (date(2026, 1, 2), 12)
    stolen = msgspec.structs.replace(contract, customer_id=1)
    assert world.code("wang.sales", stolen) == "contract_number_taken"


# ---- processes --------------------------------------------------------------------------------


def _versions(world, key):
    return sorted(row["version"] for row in world.rows(t.definition, key=key))


def test_unchanged_files_keep_their_version_and_changed_ones_get_the_next(world):
    deploy(world.app, FILES)
    assert _versions(world, "steps") == [1]
    running = world.start("steps")
    changed = {**FILES, "steps.bpmn": STEPS.replace(b"SECOND", b"2ND")}
    answer = world.do("lin.owner", c.Deploy(files=changed))
    assert [(each.key, each.version, each.is_new) for each in answer.definitions] == [
        ("steps", 2, True)
    ]
    again = world.do("lin.owner", c.Deploy(files=changed))
    assert [each.is_new for each in again.definitions] == [False]
    # What runs stays on the version it was started on.
    world.complete("zhao.agent", world.task(running).id, mark="x")
    assert world.task(running).name == "SECOND"
    new = world.start("steps")
    world.complete("zhao.agent", world.task(new).id, mark="x")
    assert world.task(new).name == "2ND"


def test_a_called_process_is_the_newest_when_it_is_called(desk):
    def called(name):
        return b.diagram(b.process("called", b.start(), b.user("inner", candidateGroups=name),
                                   b.end(), flows="s inner e"))  # fmt: skip

    caller = b.diagram(b.process("caller", b.start(), b.user("before", candidateGroups="agent"),
                                 b.call("go", "called"), b.end(),
                                 flows="s before go e"))  # fmt: skip
    deploy(desk.app, {"called.bpmn": called("agent")})
    deploy(desk.app, {"caller.bpmn": caller})
    order = desk.start("caller")
    deploy(desk.app, {"called.bpmn": called("network")})
    desk.complete("zhao.agent", desk.task(order).id)
    assert desk.task(order, "inner").roles == ("network",)


def test_what_cannot_run_is_refused_with_all_findings(desk):
    broken = {
        "a.bpmn": b.model(b.start(), b.user("u", formKey="gone"), b.end(), flows="s u e"),
        "b.json": b"{",
        "c.bpmn": b"<not xml",
    }
    refusal = desk.refused("lin.owner", c.Deploy(files=broken))
    assert refusal.code == "deployment_refused"
    refused = [each for each in refusal.params["findings"] if each["severity"] == "refused"]
    assert {each["file"] for each in refused} >= {"b.json", "c.bpmn"}
    assert all(each["message"] and each["message_zh"] for each in refused)
    form = {"a.bpmn": broken["a.bpmn"]}
    refusal = desk.refused("lin.owner", c.Deploy(files=form))
    codes = {each["code"] for each in refusal.params["findings"]}
    assert "form-missing" in codes


def test_a_task_clock_names_a_service_level_that_is_set_up(desk):
    def drawn(key):
        task = b.user("work", candidateGroups="agent", props={"taskClock": key})
        return {"a.bpmn": b.diagram(b.process("a", b.start(), task, b.end(), flows="s work e"))}

    refusal = desk.refused("lin.owner", c.Deploy(files=drawn("nobody_set_this")))
    (finding,) = [each for each in refusal.params["findings"] if each["severity"] == "refused"]
    assert (finding["code"], finding["element_id"]) == ("service-level-missing", "work")
    assert "nobody_set_this" in finding["message"]
    desk.do("lin.owner", c.Deploy(files=drawn("step")))
    desk.do("lin.owner", c.Deploy(files=drawn("${wanted}")))
    assert desk.code("lin.owner", c.Deploy(files={})) == "deployment_empty"
    assert desk.rows(t.definition, key="p") == []
