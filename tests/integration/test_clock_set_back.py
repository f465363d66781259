"""A node's clock may be set back, or differ from another node's: people can work all the same."""

from datetime import UTC, datetime

import pytest

from engine.domain import commands as c
from engine.domain.access import SYSTEM
from engine.queries.orders import order_detail
from tests.support.errand import load_errand
from tests.support.installation import (
    ToldClock,
    installed,
    load_people,
    load_setup,
    person,
    settings,
)


@pytest.fixture
def scene(tmp_path):
    app = installed(settings(tmp_path), ToldClock(datetime(2026, 11, 20, 1, tzinfo=UTC)))
    load_setup(app)
    load_people(app)
    load_errand(app)
    yield app
    app.close()


def test_work_goes_on_when_the_clock_was_set_back_by_two_hours(scene):
    by = person(scene, "zhao.agent")
    run = scene.dispatcher.execute
    start = c.StartOrder(process="errand", values={"wait": "PT1S", "limit": "PT1H"})
    order = run(start, by)
    scene.clock.pass_(hours=-2)
    run(c.HoldOrder(order_id=order.order_id, reason="customer_absent"), by)
    scene.clock.pass_(seconds=-1)
    run(c.ResumeOrder(order_id=order.order_id), by)
    scene.clock.pass_(seconds=-1)
    run(c.CompleteTask(task_id=order.tasks[0], values={}), by)
    scene.clock.pass_(seconds=1)
    run(c.FireDue(), None)
    with scene.dispatcher.view(SYSTEM) as view:
        tasks = order_detail(view, order.order_id).tasks
    assert [(task.element, task.state) for task in tasks] == [
        ("second", "open"),
        ("first", "completed"),
    ]
