"""The demonstration: one load on SQLite, looked at from many sides."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from api.demonstration import operator, stories
from api.demonstration.complaints import COMPLAINTS
from api.demonstration.customers import COUNT as CUSTOMERS
from api.demonstration.customers import customers
from api.demonstration.loading import beginning, load
from api.demonstration.provisioning import PROVISIONING
from api.demonstration.simulation import SimulatedClock
from api.installation import stage
from engine.domain.access import SYSTEM
from engine.queries import inbox, order_list, orders, records
from engine.store import rebuild
from forms.patterns import is_phone
from tests.support.installation import application, installed, settings

FRIDAY = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)


def loaded(home, until):
    clock = SimulatedClock(beginning(until))
    app = installed(settings(home), clock)
    told = []
    load(app, clock, until, told.append)
    return app, told


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory):
    app, told = loaded(tmp_path_factory.mktemp("demonstration"), FRIDAY)
    yield app, told
    app.close()


@pytest.fixture(scope="module")
def app(demonstration):
    return demonstration[0]


def all_orders(app):
    with app.dispatcher.view(SYSTEM) as view:
        return order_list.list_orders(view, limit=200).items


def details(app):
    with app.dispatcher.view(SYSTEM) as view:
        found = order_list.list_orders(view, limit=200).items
        return [orders.order_detail(view, order.id) for order in found]


def test_every_story_became_an_order_of_the_last_30_days(app):
    found = all_orders(app)
    assert len(found) == stories.COUNT
    assert 75 <= len(found) <= 100
    assert {order.process for order in found} == {PROVISIONING.process, COMPLAINTS.process}
    assert min(order.started_at for order in found) >= FRIDAY - timedelta(days=30)
    assert max(order.started_at for order in found) < FRIDAY


def test_orders_went_every_way(app):
    states = Counter(order.state for order in all_orders(app))
    least = {
        "acknowledged": 3,
        "inProgress": 10,
        "resolved": 1,
        "completed": 12,
        "closed": 18,
        "cancelled": 3,
        "rejected": 2,
        "assessingCancellation": 1,
    }
    assert {state: states[state] >= count for state, count in least.items()} == dict.fromkeys(
        least, True
    )


def test_some_are_late_held_reopened_or_stuck(app):
    running = [order for order in all_orders(app) if order.status == "running"]
    assert sum(order.is_overdue for order in running) >= 5
    assert {order.level for order in running} >= {0, 1, 2, 3}
    assert sum(order.held is not None for order in running) >= 3
    assert sum(order.incidents > 0 for order in running) == 1
    assert {order.variables.get("reopen_count") for order in all_orders(app)} >= {"1"}
    assert sum(order.urges > 0 for order in all_orders(app)) >= 2
    assert sum(order.handovers > 0 for order in all_orders(app)) >= 5


def test_extensions_were_granted_denied_and_wait(app):
    found = Counter(each["state"] for order in details(app) for each in order.extensions)
    assert found.keys() == {"requested", "approved", "denied"}


def test_supervision_was_done_and_waits(app):
    states = {
        task.state
        for order in details(app)
        for task in order.tasks
        if task.purpose == "supervision"
    }
    assert states >= {"completed", "open"}


def test_escalations_came_when_they_were_due(app):
    """The latest instant anything happened is not after the end, and nothing due was left."""
    for order in details(app):
        assert all(event.at is None or event.at >= FRIDAY for event in order.upcoming)


def test_every_tab_of_the_inbox_has_something_for_somebody(app):
    tabs = ("mine", "group", "team", "done", "copied", "escalated")
    with app.dispatcher.view(None) as view:
        found = set()
        for login in operator.TYPICAL:
            view.by = view.person_by_login(login)
            found |= {tab for tab in tabs if inbox.inbox(view, tab).items}
    assert found == set(tabs)


def test_history_alone_explains_everything(app):
    assert rebuild.check(app.database) == []


def test_people_can_sign_in_with_the_documented_password(app):
    for login in operator.TYPICAL:
        person, _ = app.identity.sign_in(login, operator.PASSWORD)
        assert person.login == login
    assert 30 <= len(operator.STAFF) <= 36


def test_customers_are_entered_with_what_belongs_to_them(app):
    with app.dispatcher.view(SYSTEM) as view:
        found = records.list_customers(view, limit=300).items
        assert len(found) == CUSTOMERS == 200
        assert {customer.grade for customer in found} == {"A", "B", "C"}
        first = records.customer_detail(view, found[0].id)
        services = [
            service
            for customer in found
            for service in records.customer_detail(view, customer.id).services
        ]
    assert first.contacts
    assert first.contracts
    assert {"active"} <= {service.state for service in services}


def test_nobody_can_be_called():
    numbers = [phone for known in customers(FRIDAY.date()) for _, _, phone in known.contacts]
    assert all(is_phone(number) for number in numbers)
    assert all(number.startswith("0600-") for number in numbers)


def test_progress_is_told(demonstration):
    _, told = demonstration
    assert len(told) >= 5
    assert told[2] == "200 customers with contacts and contracts"
    assert told[-1].startswith(f"{stories.COUNT} work orders")


def test_the_administrator_completes_it(app):
    assert stage(app) == "complete"


def test_without_the_administrator_it_is_unfinished(tmp_path):
    app = installed(settings(tmp_path))
    assert stage(app) == "empty"
    for command in (*operator.set_up(), *operator.units()):
        app.dispatcher.execute(command, SYSTEM)
    assert stage(app) == "unfinished"
    app.close()


@pytest.mark.slow
@pytest.mark.parametrize(
    "until",
    ["2026-02-25T02:00", "2028-02-26T22:00"],
    ids=["after Spring Festival", "a Saturday night of an unknown year"],
)
def test_it_can_be_loaded_on_any_day(until, tmp_path):
    app, _ = loaded(tmp_path, datetime.fromisoformat(until).replace(tzinfo=UTC))
    assert len(all_orders(app)) >= stories.COUNT - 8
    app.close()


def test_the_same_instant_gives_the_same_work_orders(app, tmp_path):
    again, _ = loaded(tmp_path, FRIDAY)
    assert all_orders(again) == all_orders(app)
    again.close()


def test_loading_does_not_depend_on_the_application_it_came_with(app, tmp_path):
    """What was loaded is read by an application on the real clock."""
    other = application(app.settings)
    assert len(all_orders(other)) == stories.COUNT
    other.close()
