"""What is attacked: a small operator with work in every state, and hints where it is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import msgspec

from api.app import create_app
from engine.bootstrap import Application
from engine.domain import commands as c
from engine.domain.access import SYSTEM
from engine.handlers.results import OrderResult
from tests.support import installation
from tests.support.bpmn_builder import (
    boundary,
    diagram,
    end,
    job,
    process,
    start,
    timer,
    user,
)

#: A desk clerk who may do much, a supervisor of another branch, an operator and administrator.
PEOPLE: Final = ("li.desk", "tang.south", "ma.operator")
_DESK: Final = "key_account_desk"

#: Tasks, a message, an external task, a step that fails, timers.
_ERRAND: Final = diagram(
    process(
        "errand",
        start(),
        user("first", candidateGroups=_DESK),
        boundary("remind", "first", timer("R3/PT1H", "Cycle"), interrupting=False),
        end("reminded"),
        user("second", candidateGroups=_DESK),
        job("outside", "outside"),
        end("done"),
        flows="s first second outside done\nremind reminded",
        props={"publish": "mark"},
    )
)


class World(msgspec.Struct, frozen=True, kw_only=True):
    """An installation that is served.

    Attributes:
        orders, tasks: Ids that exist.
    """

    app: Application
    orders: tuple[int, ...]
    tasks: tuple[int, ...]

    def token(self, login: str) -> str:
        """A fresh token of a person."""
        return self.app.identity.sign_in(login, installation.PASSWORD)[1].token

    def hinted(self) -> dict[str, Any]:
        """The OpenAPI document with the ids that exist as likely values."""
        client = create_app(self.app).test_client()
        document: dict[str, Any] = json.loads(client.get("/api/v1/openapi.json").data)
        known = {
            "order_id": self.orders,
            "task_id": self.tasks,
            "number": (1, 2, 3),
            "login": (*PEOPLE, "wang.sales"),
            "definition_id": (1, 2),
            "unit_code": ("north", "south"),
            "calendar_code": ("cn_office",),
        }
        for operations in document["paths"].values():
            for parameter in operations.get("parameters", ()):
                if parameter["in"] == "path":
                    _hint(parameter, known.get(parameter["name"], (1, 2, 3)))
        schemas = document["components"]["schemas"]
        schemas["StartBody"]["properties"]["process"] = {
            "type": "string",
            "enum": ["errand", "complaint_escalation", "leased_line_provisioning", "nothing"],
        }
        schemas["HoldBody"]["properties"]["reason"] = {
            "type": "string",
            "enum": ["customer_not_ready", "nothing"],
        }
        return document


def _hint(parameter: dict[str, Any], values: tuple[Any, ...]) -> None:
    kind = parameter["schema"]["type"]
    fitting = [value for value in values if isinstance(value, int) == (kind == "integer")]
    if fitting:
        parameter["schema"] = {"anyOf": [{"type": kind, "enum": fitting}, parameter["schema"]]}


def build(home: Path, url: str | None = None) -> World:
    """Install into an empty database, load, and start work."""
    app = installation.installed(installation.settings(home, url))
    installation.load_setup(app)
    installation.load_people(app)
    _grant(app)
    installation.load_customer(app)
    installation.deploy(app)
    installation.deploy(app, {"errand.bpmn": _ERRAND})
    clerk = installation.person(app, "li.desk")
    run = app.dispatcher.execute
    orders, tasks = [], []
    for number in range(12):
        started = run(
            c.StartOrder(process="errand", values={"mark": number, "customer_id": "K-1001"}), clerk
        )
        assert isinstance(started, OrderResult)
        orders.append(started.order_id)
        tasks.extend(started.tasks)
        if number % 3 == 1:
            run(c.CompleteTask(task_id=started.tasks[0], values={}), clerk)
    run(c.HoldOrder(order_id=orders[0], reason="customer_not_ready"), clerk)
    run(c.AddComment(order_id=orders[0], text="您好"), clerk)
    run(c.SaveDraft(task_id=tasks[2], values={"half": True}), clerk)
    return World(app=app, orders=tuple(orders), tasks=tuple(tasks))


def _grant(app: Application) -> None:
    """The operator is administrator and publishes too, so that nothing is left unattacked."""
    roles = ("operator", "admin", "process_owner", "integration", "supervisor")
    grants = tuple((role, "hq") for role in roles)
    app.dispatcher.execute(c.GrantRoles(login="ma.operator", grants=grants), SYSTEM)
