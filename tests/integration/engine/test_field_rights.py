"""Rights of fields per step and choices among records, in running orders and on both databases."""

import contextlib
import json
import logging

import pytest
import sqlalchemy as sa

from engine.domain import commands as c
from engine.domain.forms import FormInvalidError
from engine.queries.tasks import task_detail
from engine.store import tables as t
from engine.store.choices import RecordChoices
from engine.store.view import View
from tests.support import bpmn_builder as b
from tests.support.installation import deploy, load_customer
from tests.support.operator import field

FORM = {
    "type": "default",
    "schemaVersion": 18,
    "id": "shared",
    "components": [
        field("phone"),
        field("price"),
        field("note"),
        field("line", type="select", properties={"optionsFrom": "circuits"}),
    ],
}
CODES = ("K-7001", "K-7002")
#: One form for two steps: the second may not see the telephone number nor change the price.
SHARED = b.diagram(
    b.process(
        "shared",
        b.start(),
        b.user("ask", candidateGroups="agent", formKey="shared"),
        b.user(
            "answer",
            candidateGroups="key_account_desk",
            formKey="shared",
            props={"fields": "phone:hidden price:read note:required"},
        ),
        b.end("done", props={"state": "completed"}),
        flows="s ask answer done",
    )
)


@pytest.fixture
def order(world):
    """An order at its second step, of a customer with two circuits."""
    for code, unit in zip(CODES, ("north", "south"), strict=True):
        load_customer(world.app, code, unit=unit)
    deploy(world.app, {"shared.bpmn": SHARED, "shared.json": json.dumps(FORM).encode()})
    order = world.start("shared", customer_id="K-7001")
    world.complete("zhao.agent", world.task(order).id, phone="13800138000", price="5")
    return order


def detail(world, login, task):
    app = world.app
    with app.dispatcher.view(world.person(login)) as view:
        return task_detail(view, task.id, app.kernel, app.dispatcher.forms)


def refused(world, login, task, **values):
    with pytest.raises(FormInvalidError) as caught:
        world.complete(login, task.id, **values)
    return {path: one[0].code for path, one in caught.value.problems.items()}


def test_a_step_sees_and_changes_only_what_it_may(world, order, caplog):
    task = world.task(order)
    found = detail(world, "li.desk", task)
    assert found.rights == {"phone": "hidden", "price": "read", "note": "required"}
    assert "phone" not in found.variables
    assert found.variables["price"] == "5"
    hidden, fixed, must, _ = found.form["components"]
    assert hidden["conditional"] == {"hide": "=true"}
    assert (fixed["readonly"], must["validate"]["required"]) == (True, True)
    with caplog.at_level(logging.WARNING, "engine.handlers.tasks"):
        assert refused(world, "li.desk", task, phone="1391111", price="6") == {
            "phone": "field_hidden", "price": "field_readonly", "note": "required",
        }  # fmt: skip
    (record,) = caplog.records
    line = record.getMessage()
    assert "li.desk" in line
    assert "phone, price" in line
    assert "1391111" not in line
    world.complete("li.desk", task.id, note="done", price="5")
    assert world.variables(order) == {
        **world.variables(order), "phone": "13800138000", "price": "5", "note": "done",
    }  # fmt: skip


def test_drafts_obey_the_rights_as_well(world, order):
    task = world.task(order)
    with pytest.raises(FormInvalidError):
        world.do("li.desk", c.SaveDraft(task_id=task.id, values={"phone": "1"}))
    world.do("li.desk", c.SaveDraft(task_id=task.id, values={"note": "half"}))


def test_records_are_those_the_person_may_see(world, order):
    del order
    with world.app.dispatcher.view(world.person("li.desk")) as view:
        records = RecordChoices(view, world.person("li.desk"))
        assert list(records.found("customers", ["K-7001", "K-7002", "gone"])) == ["K-7001"]
        assert [one.value for one in records.some("customers", "7001", limit=5)] == ["K-7001"]
        assert records.some("customers", "7002", limit=5) == []
        assert {one.value for one in records.some("units", limit=9)} == {"hq", "north", "south"}
        assert [one.label for one in records.some("units", "北城", limit=9)] == ["北城分公司"]
        assert [one.value for one in records.some("people", "李娜", limit=9)] == ["li.desk"]
        assert records.some("people", "唐欣", limit=9) == []
        assert records.found("people", ["tang.south"]) == {}
        assert records.found("secrets", ["x"]) == {}
        assert records.some("secrets", limit=3) == []
        for kind in ("circuits", "contracts"):
            assert records.some(kind, "%", customer="K-7001", limit=3) == []


def test_circuits_are_checked_with_the_customer(world, order):
    task = world.task(order)
    assert refused(world, "li.desk", task, note="x", line="C-1") == {"line": "option_unknown"}


class UndoneError(Exception):
    """Ends a transaction that is only tried."""


def test_circuits_are_those_of_the_customer(world, order):
    del order
    person = world.person("li.desk")
    own, others = (row["id"] for row in world.rows(t.customer) if row["code"] in CODES)
    rows = [
        {"id": number, "customer_id": owner, "number": f"L-{number}", "kind": "line",
         "state": "active", "bandwidth": "", "a_address": f"地址{number}", "z_address": ""}
        for number, owner in ((91, own), (92, own), (93, others))
    ]  # fmt: skip
    with contextlib.suppress(UndoneError), world.app.database.write() as connection:
        connection.execute(sa.insert(t.service), rows)
        view = View(connection, world.app.setups, by=person, now=world.clock.now())
        records = RecordChoices(view, person)
        assert [one.value for one in records.some("circuits", limit=9)] == ["L-91", "L-92"]
        assert [one.value for one in records.some("circuits", "地址92", limit=9)] == ["L-92"]
        assert records.some("circuits", customer="K-7002", limit=9) == []
        assert list(records.found("circuits", ["L-91", "L-93"], customer="K-7001")) == ["L-91"]
        raise UndoneError
