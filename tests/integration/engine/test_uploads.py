"""Files of start forms: sent first by who opens the order, attached with it or swept."""

import io
import json
import os

import pytest

from engine.domain import commands as c
from engine.store import tables as t
from tests.support import bpmn_builder as b
from tests.support.installation import deploy
from tests.support.operator import Operator, field

FORM = {
    "type": "default",
    "schemaVersion": 18,
    "id": "paper",
    "components": [
        field("scan", type="filepicker", validate={"required": True}),
        {"type": "group", "id": "g", "path": "more", "label": "更多",
         "components": [field("plan", type="filepicker", multiple=True)]},
        {"type": "dynamiclist", "id": "rows", "path": "rows", "label": "设备",
         "components": [field("photo", type="filepicker")]},
        field("note"),
    ],
}  # fmt: skip
PAPER = b.diagram(
    b.process(
        "paper",
        b.start("s", formKey="paper"),
        b.user("look", candidateGroups="agent", formKey="paper"),
        b.end("done", props={"state": "completed"}),
        flows="s look done",
    )
)


@pytest.fixture(autouse=True)
def _paper(request: pytest.FixtureRequest):
    name = "world" if "world" in request.fixturenames else "desk"
    world: Operator = request.getfixturevalue(name)
    deploy(world.app, {"paper.bpmn": PAPER, "paper.json": json.dumps(FORM).encode()})


def keep(world, name="a.pdf", by="zhao.agent", digest="ab"):
    values = {"media_type": "application/pdf", "size": 3, "sha256": digest * 32}
    return world.do(by, c.KeepUpload(name=name, **values)).id


def start(**values):
    return c.StartOrder(process="paper", values=values)


def problems(world, command, by="zhao.agent"):
    refusal = world.refused(by, command)
    assert refusal.code == "form_invalid"
    return {path: [one.code for one in many] for path, many in refusal.problems.items()}


def test_files_named_anywhere_in_the_form_become_attachments(world):
    scan, plan, photo, unused = (keep(world, f"{name}.pdf") for name in ("s", "p", "f", "u"))
    values = {"scan": [scan], "more": {"plan": [plan]}, "rows": [{"photo": [photo]}]}
    order = world.do("zhao.agent", start(**values)).order_id
    assert world.variables(order)["scan"] == [scan]
    rows = world.rows(t.attachment, order_id=order)
    zhao = world.person("zhao.agent").id
    assert {(row["id"], row["name"], row["author"]) for row in rows} == {
        (scan, "s.pdf", zhao), (plan, "p.pdf", zhao), (photo, "f.pdf", zhao),
    }  # fmt: skip
    assert len(world.facts(order, "attachment.added")) == 3
    assert [row["id"] for row in world.rows(t.upload)] == [unused]
    # No id is given out twice, whichever table it went to.
    file = {"name": "b.pdf", "media_type": "application/pdf", "size": 3, "sha256": "cd" * 32}
    assert world.do("zhao.agent", c.AttachFile(order_id=order, **file)).id > unused
    # What is the order's own may be named again by its steps.
    world.complete("zhao.agent", world.task(order).id, scan=[scan])


def test_a_required_file_is_asked_for_and_only_own_waiting_ones_will_do(desk):
    assert problems(desk, start()) == {"scan": ["required"]}
    foreign = keep(desk, by="feng.lead")
    for wrong in (foreign, 999, 2**62, "example", "１"):
        found = problems(desk, start(scan=[wrong]))
        assert found["scan"] in (["file_unknown"], ["attachment_expected"])
    mine = keep(desk)
    desk.do("zhao.agent", start(scan=[mine]))
    assert problems(desk, start(scan=[mine])) == {"scan": ["file_unknown"]}


def test_a_step_takes_files_of_its_order_only(desk):
    one, two = (desk.do("zhao.agent", start(scan=[keep(desk)])).order_id for _ in range(2))
    (foreign,) = desk.rows(t.attachment, order_id=two)
    task = desk.task(one).id
    for values in ({"scan": [foreign["id"]]}, {"scan": [keep(desk)]}):
        done = c.CompleteTask(task_id=task, values=values)
        assert problems(desk, done) == {"scan": ["file_unknown"]}
        draft = c.SaveDraft(task_id=task, values=values)
        assert problems(desk, draft) == {"scan": ["file_unknown"]}


def test_who_opens_no_orders_sends_no_files_and_nobody_too_many(desk):
    upload = c.KeepUpload(name="a.pdf", media_type="application/pdf", size=3, sha256="ab" * 32)
    assert desk.code("sun.network", upload) == "not_allowed"
    for _ in range(50):
        desk.do("zhao.agent", upload)
    assert desk.code("zhao.agent", upload) == "too_many_uploads"
    desk.do("feng.lead", upload)
    desk.clock.pass_(hours=25)
    desk.app.metronome.sweep()
    assert desk.rows(t.upload) == []
    desk.do("zhao.agent", upload)


def test_bytes_of_what_was_never_used_are_swept_and_no_others(world):
    home = world.app.settings.home / "files"

    def sent(text):
        digest = world.app.files.save(
            io.BytesIO(text + world.app.settings.database_url.encode()), 999
        ).sha256
        path = home / digest[:2] / digest
        os.utime(path, (0, 0))
        return digest, path

    values = {"name": "a", "media_type": "application/pdf", "size": 3}
    unused, again, attached, unknown = (sent(text) for text in (b"1", b"2", b"3", b"4"))
    for digest, _ in (unused, again, attached):
        world.do("zhao.agent", c.KeepUpload(sha256=digest, **values))
    order = world.start("steps")
    world.do("zhao.agent", c.AttachFile(order_id=order, sha256=attached[0], **values))
    world.app.metronome.sweep()
    assert len(world.rows(t.upload)) == 3
    world.clock.pass_(hours=25)
    # Somebody is sending the same once more and has not said yet what for.
    os.utime(again[1])
    world.app.metronome.sweep()
    assert world.rows(t.upload) == []
    assert not unused[1].exists()
    # What this database has never heard of is not its own to throw away.
    assert again[1].exists() and attached[1].exists() and unknown[1].exists()
