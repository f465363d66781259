"""Deployments take what they do not bring from what is published, and keep nobody waiting."""

from threading import Thread

import msgspec
import pytest

from engine.domain import commands as c
from engine.errors import ForbiddenError
from engine.examination import examine
from engine.handlers import definitions
from tests.support import bpmn_builder as b
from tests.support.dmn_builder import decision, dmn, literal


def form(label: str) -> bytes:
    field = {
        "type": "textfield",
        "key": "mark",
        "label": label,
        "properties": {"label:en": "Mark"},
    }
    return msgspec.json.encode({"type": "default", "schemaVersion": 18, "components": [field]})


def drawing(key: str, name: str) -> bytes:
    return b.diagram(
        b.process(
            key,
            b.start(),
            b.node("businessRuleTask", "rule", decisionRef="sum", resultVariable="total",
                   mapDecisionResult="singleEntry"),
            b.user(name, formKey="sheet", candidateGroups="agent"),
            b.end(),
            flows=f"s rule {name} e",
        )
    )  # fmt: skip


def whole(key: str, total: int, label: str) -> dict[str, bytes]:
    return {
        f"{key}.bpmn": drawing(key, "first"),
        f"{key}.dmn": dmn(decision("sum", literal(str(total)))),
        "sheet.json": form(label),
    }


def refused(refusal) -> list[str]:
    findings = refusal.params["findings"]
    return [found["code"] for found in findings if found["severity"] == "refused"]


@pytest.fixture
def world(world):
    world.do("lin.owner", c.Deploy(files=whole("one", 1, "一")))
    world.do("lin.owner", c.Deploy(files=whole("two", 2, "二")))
    return world


def test_forms_and_decisions_of_the_own_process_come_first(world):
    answer = world.do("lin.owner", c.Deploy(files={"one.bpmn": drawing("one", "second")}))
    assert [(each.version, each.is_new) for each in answer.definitions] == [(2, True)]
    order = world.start("one")
    assert world.variables(order)["total"] == 1
    world.complete("zhao.agent", world.task(order, "second").id, mark="x")
    assert world.order(order).status == "ended"


def test_a_new_process_takes_them_from_the_newest_that_has_them(world):
    world.do("lin.owner", c.Deploy(files={"three.bpmn": drawing("three", "third")}))
    assert world.variables(world.start("three"))["total"] == 2


def test_it_is_said_what_is_taken(world):
    kernel, forms = world.app.dispatcher.kernel, world.app.dispatcher.forms
    with world.app.dispatcher.view(world.person("lin.owner")) as view:
        examined = examine(
            kernel, forms, view.setup, {"one.bpmn": drawing("one", "second")}, view.resources
        )
    told = {
        (found.severity, found.message)
        for found in examined.findings
        if found.code == "file-published"
    }
    assert told == {
        (
            "assumed",
            f"'{name}' is not among the files; the one published with one version 1 is used.",
        )
        for name in ("one.dmn", "sheet.json")
    }
    assert set(examined.files) == {"one.bpmn", "one.dmn", "sheet.json"}


def test_what_is_deployed_again_unchanged_stays(world):
    answer = world.do("lin.owner", c.Deploy(files={"one.bpmn": drawing("one", "first")}))
    assert [(each.version, each.is_new) for each in answer.definitions] == [(1, False)]


def test_what_nobody_published_is_still_missing(world):
    files = {"four.bpmn": drawing("four", "fourth").replace(b'"sheet"', b'"gone"')}
    refusal = world.refused("lin.owner", c.Deploy(files=files))
    assert refused(refusal) == ["form-missing"]


def test_two_files_hold_one_decision(world):
    files = whole("one", 1, "一") | {"again.dmn": dmn(decision("sum", literal("3")))}
    refusal = world.refused("lin.owner", c.Deploy(files=files))
    assert refused(refusal) == ["decision-repeated"]


@pytest.fixture
def meanwhile(monkeypatch):
    """Lets somebody else act whenever files are examined; gives how often they were."""
    acts, looks = [], []

    def slowly(*given):
        looks.append(given)
        examined = examine(*given)
        while acts:
            other = Thread(target=acts.pop(), daemon=True)
            other.start()
            other.join(timeout=5)
            assert not other.is_alive()
        return examined

    monkeypatch.setattr(definitions, "examine", slowly)
    return acts, looks


def test_others_write_while_files_are_examined(world, meanwhile):
    acts, looks = meanwhile
    started = []
    acts.append(lambda: started.append(world.start("two")))
    answer = world.do("lin.owner", c.Deploy(files={"one.bpmn": drawing("one", "second")}))
    assert [each.version for each in answer.definitions] == [2]
    assert world.variables(started[0])["total"] == 2 and len(looks) == 1


def test_files_are_examined_again_if_the_set_up_changed_meanwhile(world, meanwhile):
    acts, looks = meanwhile
    acts.append(lambda: world.do("lin.owner", c.Deploy(files=whole("one", 5, "五"))))
    answer = world.do("lin.owner", c.Deploy(files={"one.bpmn": drawing("one", "second")}))
    assert [each.version for each in answer.definitions] == [3]
    # The decision published meanwhile is the one that runs.
    assert world.variables(world.start("one"))["total"] == 5
    assert len(looks) == 3


def test_who_may_not_publish_has_nothing_examined(world, meanwhile):
    _, looks = meanwhile
    refusal = world.refused("zhao.agent", c.Deploy(files=whole("five", 1, "一")))
    assert isinstance(refusal, ForbiddenError) and looks == []
