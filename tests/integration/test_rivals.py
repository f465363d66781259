"""Many want the same at once: one gets it, the others are told, and nothing is done twice."""

import json
import multiprocessing
import threading
import time
from collections import Counter
from contextlib import ExitStack
from datetime import timedelta
from http.client import HTTPConnection

import pytest
import sqlalchemy as sa

from engine.domain import commands as c
from engine.domain import facts
from engine.domain.access import SYSTEM
from engine.domain.facts import Stream
from engine.errors import ConflictError
from engine.queries.history import history
from engine.queries.inbox import claimable
from engine.store import tables as t
from engine.store.chains import unpack
from tests.support.bpmn_builder import catch, diagram, end, process, start, timer, user
from tests.support.errand import load_errand
from tests.support.installation import (
    PASSWORD,
    application,
    deploy,
    installed,
    load_people,
    load_setup,
    person,
    settings,
)
from tests.support.nodes import Node

RIVALS = 20
DUE_AT_ONCE = 2_000
STARTERS = 2
WAITING = diagram(
    process(
        "waiting",
        start(),
        catch("alarm", timer("${due}", "Date")),
        user("look", candidateGroups="agent"),
        end(),
        flows="s alarm look e",
    )
)


@pytest.fixture(scope="module")
def scene(tmp_path_factory, database_url):
    """An installation with one agent per rival."""
    folder = tmp_path_factory.mktemp("home")
    app = installed(settings(folder, database_url))
    load_setup(app)
    load_people(app)
    load_errand(app)
    for number in range(RIVALS):
        login = f"rival.{number}"
        app.dispatcher.execute(
            c.SavePerson(login=login, name=login, unit="north", password=PASSWORD), SYSTEM
        )
        app.dispatcher.execute(c.GrantRoles(login=login, grants=(("agent", "north"),)), SYSTEM)
    yield app
    app.close()


@pytest.fixture
def task(scene):
    """A task that waits for any of the rivals."""
    done = scene.dispatcher.execute(
        c.StartOrder(process="errand", values={"wait": "PT1H", "limit": "PT1H"}),
        person(scene, "zhao.agent"),
    )
    return done.tasks[0]


def at_once(count, act):
    """Let `act(number)` be done by as many threads at one moment; results or errors."""
    barrier = threading.Barrier(count)
    results = [None] * count

    def run(number):
        barrier.wait()
        try:
            results[number] = act(number)
        except Exception as error:  # noqa: BLE001 - judged by the test
            results[number] = error

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def recorded(app, order_id, kind):
    with app.dispatcher.view(SYSTEM) as view:
        events = history(view, Stream.ORDER, order_id, limit=500).items
    return [event for event in events if event.fact["kind"] == kind]


def test_one_of_twenty_threads_completes_a_task(scene, task):
    rivals = [person(scene, f"rival.{number}") for number in range(RIVALS)]

    def complete(number):
        command = c.CompleteTask(task_id=task, values={"mark": str(number)})
        return scene.dispatcher.execute(command, rivals[number])

    results = at_once(RIVALS, complete)
    refused = [result for result in results if isinstance(result, ConflictError)]
    assert len(refused) == RIVALS - 1, results
    assert {error.code for error in refused} == {"task_not_open"}
    (winner,) = [n for n, result in enumerate(results) if not isinstance(result, Exception)]
    (completed,) = recorded(scene, results[winner].order_id, "task.completed")
    assert completed.actor == rivals[winner].id


def test_twenty_who_claim_the_next_one_get_twenty_tasks(scene):
    """All saw the same list; who loses a task gets the one after it."""
    wanted = {"values": {"wait": "PT1H", "limit": "PT1H"}, "process": "errand"}
    clerk = person(scene, "zhao.agent")
    for _ in range(RIVALS):
        scene.dispatcher.execute(c.StartOrder(**wanted), clerk)
    with scene.dispatcher.view(person(scene, "rival.0")) as view:
        seen = claimable(view)
    assert len(seen) >= RIVALS

    def claim(number):
        by = person(scene, f"rival.{number}")
        return scene.dispatcher.execute(c.ClaimNext(tasks=seen), by).task_id

    results = at_once(RIVALS, claim)
    assert len(set(results)) == RIVALS and set(results) <= set(seen), results


def test_one_of_twenty_threads_claims_a_task(scene, task):
    rivals = [person(scene, f"rival.{number}") for number in range(RIVALS)]

    def claim(number):
        return scene.dispatcher.execute(c.ClaimTask(task_id=task), rivals[number])

    results = at_once(RIVALS, claim)
    refused = [result for result in results if isinstance(result, ConflictError)]
    assert len(refused) == RIVALS - 1, results
    assert {error.code for error in refused} == {"task_taken"}
    assert len(recorded(scene, task >> 20, "task.claimed")) == 1


def test_no_update_is_lost(scene, task):
    by = person(scene, "zhao.agent")
    order_id = task >> 20

    def urge(number):
        command = c.UrgeOrder(order_id=order_id, text=str(number))
        return scene.dispatcher.execute(command, by)

    assert not [one for one in at_once(RIVALS, urge) if isinstance(one, Exception)]
    counts = [event.fact["count"] for event in recorded(scene, order_id, "order.urged")]
    assert counts == list(range(1, RIVALS + 1))


def test_one_request_sent_many_times_at_once_has_one_effect_and_one_answer(scene, task):
    by = person(scene, "zhao.agent")
    command = c.CompleteTask(task_id=task, values={"mark": "once"})

    def complete(_):
        return scene.dispatcher.execute(command, by, idempotency_key=f"once-{task}")

    answers = at_once(8, complete)
    assert answers == [answers[0]] * 8
    assert not isinstance(answers[0], Exception), answers[0]
    assert len(recorded(scene, answers[0].order_id, "task.completed")) == 1


# ---- processes over one PostgreSQL ------------------------------------------------


@pytest.fixture(scope="module")
def nodes(scene, tmp_path_factory):
    """Starts console commands on the scene's database; all are ended."""
    folder = tmp_path_factory.mktemp("nodes")
    url = scene.settings.database_url
    with ExitStack() as stack:

        def start_node(command, name, **environment):
            node = Node(
                command,
                folder,
                name,
                GONGDAN_DATABASE_URL=url,
                GONGDAN_LOG_LEVEL="DEBUG",
                GONGDAN_PROCESSES="1",
                **environment,
            )
            stack.callback(node.stop)
            return node

        yield start_node


def token(app, login):
    issued = app.dispatcher.execute(c.IssueToken(name="test", days=1), person(app, login))
    return issued.token


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True, scope="module")
def test_one_of_twenty_completes_a_task_at_two_api_processes(scene, nodes, task):
    tokens = [token(scene, f"rival.{number}") for number in range(RIVALS)]
    servers = [nodes("serve", f"web-{number}", GONGDAN_THREADS="8") for number in range(2)]
    for server in servers:
        server.wait_until_ready()
    connections = [HTTPConnection("127.0.0.1", servers[n % 2].port) for n in range(RIVALS)]

    def complete(number):
        connection = connections[number]
        connection.request(
            "POST",
            f"/api/v1/tasks/{task}/completion",
            json.dumps({"values": {"mark": str(number)}}),
            {"Authorization": f"Bearer {tokens[number]}", "Content-Type": "application/json"},
        )
        response = connection.getresponse()
        return response.status, json.loads(response.read()).get("code")

    results = at_once(RIVALS, complete)
    for connection in connections:
        connection.close()
    assert Counter(results) == {(200, None): 1, (409, "task_not_open"): RIVALS - 1}
    assert len(recorded(scene, task >> 20, "task.completed")) == 1


def open_orders(home, url, count, due_at):
    """One process of several that fill the database."""
    app = application(settings(home, url))
    by = person(app, "zhao.agent")
    for _ in range(count):
        app.dispatcher.execute(c.StartOrder(process="waiting", values={"due": due_at}), by)
    app.close()


def fired(app):
    """Times each order's alarm has fired, as the history says."""
    counts = Counter()
    with app.database.read() as connection:
        for row in connection.execute(
            sa.select(t.history_event.c.stream_id, t.history_event.c.body).where(
                t.history_event.c.stream == int(Stream.ORDER)
            )
        ):
            for fact in facts.decode(unpack(row.body)):
                if isinstance(fact, facts.TimerFired) and fact.element == "alarm":
                    counts[row.stream_id] += 1
    return counts


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True, scope="module")
def test_two_thousand_timers_due_at_once_fire_once_each_by_both_workers(scene, nodes):
    deploy(scene, {"waiting.bpmn": WAITING})
    due_at = (scene.clock.now() + timedelta(seconds=1)).isoformat()
    arguments = (scene.settings.home, scene.settings.database_url, DUE_AT_ONCE // STARTERS, due_at)
    starters = [
        multiprocessing.get_context("spawn").Process(target=open_orders, args=arguments)
        for _ in range(STARTERS)
    ]
    for starter in starters:
        starter.start()
    for starter in starters:
        starter.join()
        assert starter.exitcode == 0
    workers = [nodes("worker", f"worker-{number}") for number in range(2)]
    give_up = time.monotonic() + 60
    overdue = sa.select(sa.func.count()).where(
        t.work_order.c.process_key == "waiting", t.work_order.c.next_due_at.is_not(None)
    )
    while time.monotonic() < give_up:
        with scene.database.read() as connection:
            if not connection.execute(overdue).scalar():
                break
        time.sleep(0.1)
    counts = fired(scene)
    assert len(counts) == DUE_AT_ONCE
    assert set(counts.values()) == {1}
    shares = [worker.stepped() for worker in workers]
    assert min(shares) > 0, shares
    assert sum(shares) >= DUE_AT_ONCE
