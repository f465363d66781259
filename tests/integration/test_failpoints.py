"""A command that fails at any of its statements changes nothing and may be given again."""

import multiprocessing
import signal
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from engine.domain import commands as c
from engine.store.database import StoreUnavailableError
from engine.store.rebuild import check
from tests.support.databases import Copies, contents
from tests.support.errand import load_errand
from tests.support.failpoints import Failpoint, until_killed
from tests.support.installation import (
    ToldClock,
    application,
    installed,
    load_people,
    load_setup,
    person,
    settings,
)

NOW = datetime(2026, 11, 20, 1, tzinfo=UTC)
WEBHOOK = {
    "webhook_url": "http://127.0.0.1:9/events",
    "webhook_secret": "0123456789abcdef",
    "webhook_networks": "127.0.0.0/8",
}


#: Children are born of a process without threads, which has the product loaded already.
FORKING = multiprocessing.get_context("forkserver")
FORKING.set_forkserver_preload(["tests.support.failpoints"])


class Scene:
    """One open order, to be acted on in fresh copies of its database."""

    def __init__(self, folder, copies):
        self.home, self.copies = folder, copies
        self.now = NOW
        self.url = copies.empty()
        app = installed(settings(folder, self.url, **WEBHOOK), ToldClock(NOW))
        load_setup(app)
        load_people(app)
        load_errand(app)
        by = person(app, "zhao.agent")
        start = c.StartOrder(process="errand", values={"wait": "PT1S", "limit": "PT1H"})
        (task,) = app.dispatcher.execute(start, by).tasks
        app.close()
        completion = c.CompleteTask(task_id=task, values={"mark": "x"})
        #: Name of an act to what `act` needs.
        self.acts = {"completion": (completion, by, "key-1"), "firing": (c.FireDue(), None, None)}

    def settings(self, url):
        return settings(self.home, url, **WEBHOOK)

    def open(self, url):
        return application(self.settings(url), ToldClock(self.now))


def act(app, command, by, key):
    return app.dispatcher.execute(command, by, idempotency_key=key)


@pytest.fixture(
    scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
)
def scene(request, tmp_path_factory):
    server = None
    if request.param == "postgresql":
        server = request.getfixturevalue("postgres_server")
    copies = Copies(tmp_path_factory.mktemp("copies"), server)
    yield Scene(tmp_path_factory.mktemp("home"), copies)
    copies.close()


def refuse():
    raise sa.exc.OperationalError("a statement", None, Exception("disk I/O error"))


def fails(scene, url, what, point):
    """Whether the point exists; if so the act was given up there by a failing database."""
    app = scene.open(url)
    failpoint = Failpoint(app.database, point, refuse)
    try:
        act(app, *scene.acts[what])
    except StoreUnavailableError:
        assert failpoint.is_reached
    else:
        assert not failpoint.is_reached
    finally:
        app.close()
    return failpoint.is_reached


def is_killed(scene, url, what, point):
    """Whether the point exists; if so a process was killed there."""
    arguments = (scene.settings(url), scene.now, point, scene.acts[what])
    child = FORKING.Process(target=until_killed, args=arguments)
    child.start()
    child.join()
    assert child.exitcode in (0, -signal.SIGKILL)
    return child.exitcode != 0


@pytest.mark.parametrize("fault", [fails, is_killed], ids=["database_fails", "process_is_killed"])
@pytest.mark.parametrize("what", ["completion", "firing"])
def test_a_fault_before_any_statement_changes_nothing_and_is_made_good_by_a_retry(
    scene, what, fault
):
    scene.now = NOW.replace(second=2 if what == "firing" else 0)
    undisturbed = scene.copies.of(scene.url)
    app = scene.open(undisturbed)
    before = contents(app.database)
    answer = act(app, *scene.acts[what])
    after = contents(app.database)
    app.close()
    assert after != before

    # After each fault the database is as it was before, so the same one serves for all points;
    # the last round reaches no fault any more and is the retry.
    url = scene.copies.of(scene.url)
    point = 1
    while fault(scene, url, what, point):
        app = scene.open(url)
        assert contents(app.database) == before, point
        app.close()
        point += 1
    # A lower bound only shows that the sweep saw the transaction; speed is judged elsewhere.
    assert point > 5
    app = scene.open(url)
    assert contents(app.database) == after
    if what == "completion":
        assert act(app, *scene.acts[what]) == answer
        assert contents(app.database) == after
    assert check(app.database) == []
    app.close()


def test_an_answer_lost_after_the_commit_is_given_again_and_nothing_is_done_twice(scene):
    scene.now = NOW
    app = scene.open(scene.copies.of(scene.url))
    answer = act(app, *scene.acts["completion"])
    after = contents(app.database)
    assert act(app, *scene.acts["completion"]) == answer
    assert contents(app.database) == after
    app.close()
