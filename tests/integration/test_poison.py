"""An order that cannot be stepped or written is set aside; it delays nobody else."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from engine.domain import commands as c
from engine.store import tables as t
from tests.support.bpmn_builder import catch, diagram, end, process, script, start, timer, user
from tests.support.installation import (
    ToldClock,
    deploy,
    installed,
    load_people,
    load_setup,
    person,
    settings,
)

NOW = datetime(2026, 11, 20, 1, tzinfo=UTC)
POISONED = diagram(
    process(
        "poisoned",
        start(),
        catch("wait", timer("${wait}")),
        script("spoil", "word = bad"),
        user("look", candidateGroups="agent"),
        end(),
        flows="s wait spoil look e",
        props={"publish": "word"},
    )
)


@pytest.fixture(scope="module")
def scene(tmp_path_factory, database_url):
    clock = ToldClock(NOW)
    app = installed(settings(tmp_path_factory.mktemp("home"), database_url), clock)
    load_setup(app)
    load_people(app)
    deploy(app, {"poisoned.bpmn": POISONED})
    yield app, clock
    app.close()


def test_an_order_whose_facts_cannot_be_written_delays_nobody(scene, monkeypatch):
    app, clock = scene
    by = person(app, "zhao.agent")

    def begin(wait):
        values = {"wait": wait, "bad": "fine"}
        return app.dispatcher.execute(c.StartOrder(process="poisoned", values=values), by).order_id

    poisoned, *healthy = [begin("PT1S"), *(begin("PT2S") for _ in range(3))]
    refuse_to_write(app, poisoned)
    clock.pass_(seconds=5)
    for _ in range(3):
        app.metronome.fire_due()
    with app.database.read() as connection:
        stepped = set(connection.execute(
            sa.select(t.task.c.order_id).where(t.task.c.element == "look")
        ).scalars())  # fmt: skip
        aside = set(connection.execute(sa.select(t.step_failure.c.order_id)).scalars())
    assert stepped == set(healthy)
    assert aside == {poisoned}


def refuse_to_write(app, order_id):
    """The database accepts nothing about this order any more."""
    with app.database.write() as connection:
        if connection.dialect.name == "sqlite":
            connection.execute(sa.text(
                f"CREATE TRIGGER refuse BEFORE UPDATE ON work_order WHEN old.id = {order_id}"
                " BEGIN SELECT RAISE(ABORT, 'refused'); END"
            ))  # fmt: skip
            return
        connection.execute(sa.text(
            f"CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" IF old.id = {order_id} THEN RAISE data_exception; END IF; RETURN new; END $$"
        ))  # fmt: skip
        connection.execute(sa.text(
            "CREATE TRIGGER refuse BEFORE UPDATE ON work_order"
            " FOR EACH ROW EXECUTE FUNCTION refuse()"
        ))  # fmt: skip
