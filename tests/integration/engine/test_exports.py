"""Lists into files: who gets what, in which form, through death and cancellation of the worker."""

from __future__ import annotations

import csv
import io
from datetime import datetime, timedelta
from zipfile import ZipFile

import pytest

from engine import exporting
from engine.domain import commands as c
from engine.domain.facts import Stream
from engine.files import FileTooLargeError
from engine.queries import exports
from engine.queries.order_query import OrderQuery
from engine.store import tables as t
from engine.store.exports import Exports
from tests.support.installation import ZONE


def asked(world, by="zhao.agent", query="", file_format="csv"):
    """Id of a new export."""
    return world.do(by, c.StartExport(format=file_format, query=query)).id


def seen(world, export, by="zhao.agent"):
    """An export as its owner sees it."""
    with world.app.dispatcher.view(world.person(by)) as view:
        return exports.own_export(view, export)


def content(world, export, by="zhao.agent"):
    """Bytes of a ready export."""
    found = seen(world, export, by)
    assert found.state == "ready", found
    with world.app.exported.open(found.sha256) as file:
        return file.read()


def table(world, export, by="zhao.agent"):
    """Rows of a CSV file by heading."""
    raw = content(world, export, by)
    assert raw.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"))))


def titled(world, title, by="zhao.agent", process="steps"):
    """A small order with a title."""
    return world.do(by, c.StartOrder(process=process, values={}, title=title)).order_id


def test_a_list_becomes_a_file_with_words_and_wall_times(world):
    order = world.order(titled(world, "要点, 一"))
    export = asked(world)
    assert seen(world, export).state == "waiting"
    assert world.app.metronome.export() == 1
    (row,) = table(world, export)
    assert row["已超期"] == "否"
    assert row["工单"] == order.number and row["标题"] == "要点, 一"
    assert row["受理时间"] == order.started_at.astimezone(ZONE).strftime("%Y-%m-%d %H:%M")
    assert row["单位"] == "北城分公司" and row["运行"] == "进行中"
    found = seen(world, export)
    assert (found.done, found.total, found.format) == (1, 1, "csv")


def test_the_file_speaks_the_language_of_who_asked(desk):
    titled(desk, "A line")
    desk.do("zhao.agent", c.SavePreferences(language="en"))
    export = asked(desk)
    desk.app.metronome.export()
    (row,) = table(desk, export)
    assert row["Order"] and row["Unit"] == "North branch" and row["Overdue"] == "No"


def test_variables_of_one_process_come_by_their_labels(desk):
    desk.start("steps", mark="编号七")
    export = asked(desk, query="process=steps")
    desk.app.metronome.export()
    (row,) = table(desk, export)
    assert row["标签mark"] == "编号七"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "=HYPERLINK(", "＝"])
def test_no_cell_is_computed(desk, start):
    titled(desk, f"{start}1+1")
    plain, sheet = asked(desk), asked(desk, file_format="xlsx")
    desk.app.metronome.export()
    (row,) = table(desk, plain)
    assert row["标题"] == f"'{start}1+1"
    with ZipFile(io.BytesIO(content(desk, sheet))) as book:
        xml = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in xml and "1+1" in xml and 't="inlineStr"' in xml


def test_a_sheet_has_dates_and_numbers(desk):
    titled(desk, "甲")
    export = asked(desk, file_format="xlsx")
    desk.app.metronome.export()
    with ZipFile(io.BytesIO(content(desk, export))) as book:
        xml = book.read("xl/worksheets/sheet1.xml").decode()
        styles = book.read("xl/styles.xml").decode()
    assert "yyyy-mm-dd hh:mm" in styles and "<v>0</v>" in xml and "甲" in xml


def test_long_lists_come_in_batches_in_the_order_shown(desk, monkeypatch):
    monkeypatch.setattr(exporting, "_BATCH", 2)
    orders = []
    for _ in range(5):
        desk.clock.pass_(minutes=1)
        orders.append(titled(desk, "批"))
    export = asked(desk, query="sort=oldest&q=批")
    desk.app.metronome.export()
    numbers = [row["工单"] for row in table(desk, export)]
    assert numbers == [desk.order(order).number for order in orders]


def test_a_list_ends_at_the_most_rows(desk, monkeypatch):
    monkeypatch.setattr(exporting, "_BATCH", 2)
    monkeypatch.setattr(exporting, "MOST_ROWS", 3)
    for _ in range(5):
        titled(desk, "批")
    export = asked(desk)
    desk.app.metronome.export()
    assert len(table(desk, export)) == 3 == seen(desk, export).total


def test_rights_are_those_of_the_moment_it_is_written(world):
    north, south = titled(world, "北", by="zhao.agent"), titled(world, "南", by="tang.south")
    mine, theirs = asked(world), asked(world, by="tang.south")
    all_of_it = asked(world, by="qian.hq")
    grants = c.GrantRoles(login="zhao.agent", grants=(("agent", "south"),))
    world.do("system", grants)
    world.app.metronome.export()
    numbers = {order: world.order(order).number for order in (north, south)}
    # The order of the north stays: its starter always sees it.
    assert {row["工单"] for row in table(world, mine)} == set(numbers.values())
    assert [row["工单"] for row in table(world, theirs, by="tang.south")] == [numbers[south]]
    assert len(table(world, all_of_it, by="qian.hq")) == 2


def test_who_left_gets_nothing(desk):
    export = asked(desk)
    desk.do("system", c.SavePerson(login="zhao.agent", name="赵敏", unit="north", is_active=False))
    desk.app.metronome.export()
    (row,) = desk.rows(t.export)
    assert row["id"] == export and row["state"] == "failed" and row["sha256"] is None


def test_an_export_is_its_owners_alone(desk):
    export = asked(desk)
    with desk.app.dispatcher.view(desk.person("feng.lead")) as view:
        assert exports.own_exports(view) == []
    assert desk.code("feng.lead", c.CancelExport(export_id=export)) == "export_not_found"


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (c.StartExport(format="pdf", query=""), "export_invalid"),
        (c.StartExport(format="csv", query="q=" + "x" * 2000), "export_invalid"),
        (c.StartExport(format="csv", query="q=\n"), "export_invalid"),
        (c.CancelExport(export_id=7), "export_not_found"),
    ],
)
def test_refusals(desk, command, code):
    assert desk.code("zhao.agent", command) == code


def test_three_at_a_time(desk):
    waiting = [asked(desk) for _ in range(3)]
    assert desk.code("zhao.agent", c.StartExport(format="csv", query="")) == "too_many_exports"
    assert asked(desk, by="feng.lead")
    desk.do("zhao.agent", c.CancelExport(export_id=waiting[0]))
    assert asked(desk)
    assert desk.code("zhao.agent", c.CancelExport(export_id=waiting[0])) == "export_not_found"


def test_a_cancelled_one_stops_while_it_is_written(desk, monkeypatch):
    monkeypatch.setattr(exporting, "_BATCH", 1)
    for _ in range(3):
        titled(desk, "批")
    export = asked(desk)
    telling = Exports.report

    def report(self, *args, done, **more):
        if done == 1:
            desk.do("zhao.agent", c.CancelExport(export_id=export))
        return telling(self, *args, done=done, **more)

    monkeypatch.setattr(Exports, "report", report)
    desk.app.metronome.export()
    assert seen(desk, export).state == "cancelled" and seen(desk, export).sha256 is None


def test_another_node_takes_over_from_a_dead_one(world):
    titled(world, "件")
    export = asked(world)
    queue = Exports(world.app.database)
    assert queue.claim("dead", world.clock.now()).id == export
    assert queue.claim("other", world.clock.now()) is None
    assert world.app.metronome.export() == 0
    world.clock.pass_(minutes=3)
    assert world.app.metronome.export() == 1 and len(table(world, export)) == 1


def test_a_stopping_node_leaves_it_to_others(desk):
    titled(desk, "件")
    export = asked(desk)
    writer = desk.app.metronome._exporter
    assert writer.write_next("stopping", lambda: True)
    assert seen(desk, export).state == "waiting"
    assert desk.app.metronome.export() == 1 and seen(desk, export).state == "ready"


def test_old_ones_go_with_their_files(desk):
    titled(desk, "件")
    first, second = asked(desk), asked(desk)
    desk.app.metronome.export()
    name = seen(desk, first).sha256
    assert name == seen(desk, second).sha256
    desk.clock.pass_(days=6)
    desk.app.metronome.sweep()
    assert content(desk, first)
    desk.clock.pass_(days=1, hours=1)
    desk.app.metronome.sweep()
    assert [(row["state"], row["sha256"]) for row in desk.rows(t.export)] == [
        ("expired", None)
    ] * 2
    assert not list((desk.app.settings.home / "exports").rglob(name))
    desk.clock.pass_(days=24)
    desk.app.metronome.sweep()
    assert desk.rows(t.export) == []


def noticed(world, by="zhao.agent"):
    """Notices of a person with their parameters."""
    return [(note.notice, note.params) for note in world.notes(by)]


def test_who_asked_is_told(world):
    titled(world, "件")
    export = asked(world)
    world.app.metronome.export()
    said = {"export": export, "zh": "1 条工单，CSV 文件", "en": "Work orders: 1, CSV file"}
    assert noticed(world) == [("export_ready", said)]


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (OSError(28, "no space"), "no_space"),
        (FileTooLargeError(most=1, megabytes="1"), "file_too_large"),
        (KeyError("x"), "unforeseen"),
    ],
)
def test_who_asked_is_told_that_there_will_be_no_file(desk, monkeypatch, error, reason):
    def broken(*_):
        raise error

    monkeypatch.setattr(desk.app.exported, "save", broken)
    export = asked(desk)
    assert desk.app.metronome.export() == 1
    assert (seen(desk, export).state, seen(desk, export).error) == ("failed", reason)
    assert noticed(desk) == [("export_failed", {"export": export})]
    assert desk.app.metronome.export() == 0


# ---- addresses of lists ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("", ""),
        ("sort=newest&status=running&level=9&unit=nowhere&process=none", ""),
        ("q=+a+b+&sort=due", "q=a+b&sort=due"),
        ("held=yes&overdue=no&incident=yes&level=2", "held=yes&overdue=no&level=2&incident=yes"),
        ("customer=12&customer=13", "customer=12"),
        ("customer=0", ""),
        ("customer=١٢", ""),
        ("since=2026-02-30&until=2026-03-01", "until=2026-03-01"),
        ("v=mark=m%3D1&v=mark=m2&v=nothing", "v=mark%3Dm2"),
        ("state=" + "x" * 99, "state=" + "x" * 40),
        ("q=a%00b%0Ac", "q=abc"),
        ("unit=north&process=steps&status=suspended",
         "process=steps&unit=north&status=suspended"),
    ],
)  # fmt: skip
def test_an_address_keeps_what_makes_sense(desk, given, written):
    with desk.app.dispatcher.view(desk.person("feng.lead")) as view:
        query = OrderQuery.read(given, view.setup)
        assert query.written == written
        assert OrderQuery.read(query.written, view.setup) == query


def test_days_begin_at_midnight_of_the_zone_and_include_the_last(desk):
    with desk.app.dispatcher.view(desk.person("feng.lead")) as view:
        query = OrderQuery.read("since=2026-03-01&until=2026-03-01", view.setup)
    filters = query.filters(ZONE)
    assert filters.started_after == datetime(2026, 3, 1, tzinfo=ZONE)
    assert filters.started_before - filters.started_after == timedelta(days=1)
    last = OrderQuery(until="9999-12-31").filters(ZONE)
    assert last.started_before is None


def test_that_data_were_taken_away_stays_in_the_history(world):
    """R98: who, which list, how many orders, when; nothing before there is a file."""
    titled(world, "批")
    asking = world.person("zhao.agent").id
    called_off, export = asked(world), asked(world, query="status=open")
    world.do("zhao.agent", c.CancelExport(export_id=called_off))
    assert not world.facts(asking, "export.written", stream=Stream.PERSON)
    world.clock.pass_(minutes=3)
    world.app.metronome.export()
    (written,) = [
        each
        for each in world.events(asking, stream=Stream.PERSON)
        if each.fact["kind"] == "export.written"
    ]
    found = seen(world, export)
    assert (written.actor, written.at) == (asking, found.ended_at)
    assert written.fact == {
        "kind": "export.written",
        "export": export,
        "format": "csv",
        "query": "status=open",
        "rows": 1,
        "sha256": found.sha256,
    }


def test_nobody_hands_over_what_they_do_not_write(desk):
    export = asked(desk)
    Exports(desk.app.database).claim("node", desk.clock.now())
    done = {"export_id": export, "sha256": "0" * 64, "rows": 1}
    for by, node in (("zhao.agent", "other"), ("feng.lead", "node")):
        assert desk.code(by, c.FinishExport(node=node, **done)) == "export_not_found"
        given_up = c.FailExport(node=node, export_id=export, reason="no_space")
        assert desk.code(by, given_up) == "export_not_found"
    assert seen(desk, export).state == "running"


def test_one_called_off_leaves_the_file_of_another_that_says_the_same(desk, monkeypatch):
    titled(desk, "批")
    first = asked(desk)
    desk.app.metronome.export()
    second = asked(desk)
    execute = desk.app.dispatcher.execute

    def late(command, by, **more):
        if isinstance(command, c.FinishExport):
            execute(c.CancelExport(export_id=second), by)
        return execute(command, by, **more)

    monkeypatch.setattr(desk.app.dispatcher, "execute", late)
    desk.app.metronome.export()
    assert seen(desk, second).state == "cancelled"
    assert len(table(desk, first)) == 1
