"""A small operator behind the API: two branches, a fixed cast, one process, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from api.app import create_app
from engine.domain import commands as c
from engine.domain.access import SYSTEM
from tests.integration.api.calling import Desk
from tests.support import installation
from tests.support.bpmn_builder import boundary, diagram, end, job, process, start, timer, user

MONDAY = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
DESK = "key_account_desk"
#: Two tasks of the desk, the second checked by four eyes; an external task; a timer.
ERRAND = diagram(
    process(
        "errand",
        start(),
        user("first", candidateGroups=DESK, formKey="errand", props={"taskClock": "desk_handle"}),
        boundary("remind", "first", timer("R/PT1H", "Cycle"), interrupting=False),
        end("reminded"),
        user("second", candidateGroups=f"{DESK},supervisor", props={"notSamePersonAs": "first"}),
        job("outside", "outside"),
        end("done", props={"state": "completed"}),
        flows="s first second outside done\nremind reminded",
        props={"publish": "mark"},
    )
)
FORM = b"""{"id": "errand", "type": "default", "schemaVersion": 18, "components": [
  {"type": "textfield", "key": "result", "id": "f1", "label": "\xe7\xbb\x93\xe6\x9e\x9c",
   "properties": {"label:en": "Result"}, "validate": {"required": true, "maxLength": 20}}
]}"""
FILES = {"errand.bpmn": ERRAND, "errand.json": FORM}


@pytest.fixture(scope="module")
def clock():
    return installation.ToldClock(MONDAY)


@pytest.fixture(scope="module")
def app(database_url, clock, tmp_path_factory):
    home: Path = tmp_path_factory.mktemp("home")
    app = installation.installed(
        installation.settings(home, database_url, max_upload_mb="1", max_body_mb="1"), clock
    )
    installation.load_setup(app)
    installation.load_people(app)
    for login, role in (("shen.audit", "auditor"), ("nobody", None)):
        app.dispatcher.execute(
            c.SavePerson(login=login, name=login, unit="north", password=installation.PASSWORD),
            SYSTEM,
        )
        if role is not None:
            app.dispatcher.execute(c.GrantRoles(login=login, grants=((role, "north"),)), SYSTEM)
    installation.load_customer(app)
    installation.deploy(app, FILES)
    yield app
    app.close()


@pytest.fixture(scope="module")
def desk(app):
    """The API as its callers meet it."""
    return Desk(create_app(app), app)


@pytest.fixture
def order(desk):
    """A fresh order with one open task of the desk."""
    done = desk.post("/work-orders", {"process": "errand", "values": {"mark": "m"}}, "li.desk")
    assert done.status_code == 201, done.text
    return done.json


@pytest.fixture
def task(order):
    return order["tasks"][0]
