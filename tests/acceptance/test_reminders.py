"""A diagram of one's own, deployed over HTTP: reminders that come every hour, and a way out."""

from base64 import b64encode
from datetime import UTC, datetime, timedelta

import pytest

from tests.support.bpmn_builder import (
    boundary,
    diagram,
    end,
    event,
    event_sub,
    process,
    start,
    timer,
    user,
)
from tests.support.life import Case, World

NOW = datetime(2026, 11, 18, 1, tzinfo=UTC)
REMINDED = diagram(
    process(
        "reminded",
        start(),
        user("ask", candidateGroups="agent"),
        boundary("hourly", "ask", timer("R/PT1H", "Cycle"), interrupting=False),
        user("remind", candidateGroups="supervisor"),
        end("was_reminded"),
        user("tell", candidateGroups="agent"),
        end(),
        event_sub(
            "stop",
            start("stopped", event("message", "stop"), attrs={"isInterrupting": "true"}),
            user("explain", candidateGroups="manager"),
            end("explained"),
            flows="stopped explain explained",
        ),
        flows="""
        s ask tell e
        hourly remind was_reminded
        """,
    ),
    names="message:stop",
)


@pytest.fixture(scope="module")
def world(tmp_path_factory, database_url):
    with World(tmp_path_factory.mktemp("home"), database_url, NOW) as world:
        files = {"reminded.bpmn": b64encode(REMINDED).decode()}
        done = world.as_("lin.owner").post("/deployments", files=files)
        assert [one["key"] for one in done["definitions"]] == ["reminded"]
        yield world


@pytest.fixture
def case(world):
    done = world.as_("zhao.agent").post("/work-orders", process="reminded", values={})
    return Case(world, done["order_id"], done["number"])


def finish(world, login, name, case):
    task = case.task(name, by=login)
    world.as_(login).post(f"/tasks/{task.id}/completion", values={})


def reminders(world, case):
    rows = world.as_("feng.lead").inbox("group", order_id=case.id)
    return [datetime.fromisoformat(row["opened_at"]) for row in rows]


def test_reminders_come_hourly_and_stay_when_the_task_is_done(world, case):
    started = world.clock.now()
    world.wait(hours=3, minutes=30)
    expected = [started + timedelta(hours=hours) for hours in (1, 2, 3)]
    assert reminders(world, case) == expected
    finish(world, "zhao.agent", "ASK", case)
    world.wait(hours=5)
    assert reminders(world, case) == expected, "no further one, and the others stay"
    for _ in expected:
        finish(world, "feng.lead", "REMIND", case)
    finish(world, "zhao.agent", "TELL", case)
    assert case.seen()["order"]["status"] == "ended"


def test_an_interrupting_message_takes_everything_else_away(world, case):
    world.wait(hours=2)
    assert case.open() == {"ASK", "REMIND"}
    case.deliver("stop", by="feng.lead")
    assert case.open() == {"EXPLAIN"}
    world.wait(hours=5)
    assert case.open() == {"EXPLAIN"}
    assert world.as_("zhao.agent").inbox("group", order_id=case.id) == []
    finish(world, "he.manager", "EXPLAIN", case)
    assert case.seen()["order"]["status"] == "ended"
