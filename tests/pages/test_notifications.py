"""The notification centre."""

import pytest

from engine.domain import commands as c
from engine.domain.notices import NOTICES
from engine.store import tables as t
from tests.support.pages import Reader

READER = "chen.desk"


@pytest.fixture
def told(desk):
    """Three mentions of one person in two orders."""
    orders = [desk.start("talks"), desk.start("talks")]
    for order, text in ((orders[0], "one"), (orders[1], "two"), (orders[0], "three <b>")):
        desk.clock.pass_(minutes=1)
        desk.do("zhao.agent", c.AddComment(order_id=order, text=text, mentions=(READER,)))
    return orders


@pytest.mark.parametrize(
    ("language", "sentence"), [("zh", "有人在工单中提到您："), ("en", "You were mentioned: ")]
)
def test_notices_are_sentences_with_links(desk, told, language, sentence):
    desk.do(READER, c.SavePreferences(language=language))
    page = Reader(desk.app, READER).get("/notifications")
    number = desk.order(told[0]).number
    (first, *_) = page.find("//ul[@id='notes']/li")
    assert first.find(".//a").text == f"{sentence}{number}"
    assert first.find(".//a").get("href") == f"/orders/{told[0]}"
    assert "three <b>" in first.text_content()
    assert len(page.find("//ul[@id='notes']/li[@class='unread']")) == 3


def test_one_is_marked_as_read_then_all(desk, told):
    reader = Reader(desk.app, READER)
    page = reader.get("/notifications")
    done = reader.post("/notifications/read", page.fields("(//ul[@id='notes']//form)[1]"))
    page = reader.follow(done)
    assert "已将 1 条通知标为已读。" in page.text
    assert len(page.find("//ul[@id='notes']/li")) == 2
    everything = reader.get("/notifications?tab=all")
    assert len(everything.find("//ul[@id='notes']/li")) == 3
    assert len(everything.find("//ul[@id='notes']/li[@class='unread']")) == 2
    reader.post("/notifications/read", page.fields("//header//form"))
    assert "没有未读通知" in reader.get("/notifications").text
    assert reader.get("/inbox/counters").text.count('"unread":0') == 1


def test_nobody_reads_for_others(desk, told):
    (note, *_) = desk.notes(READER)
    Reader(desk.app, "li.desk").post("/notifications/read", {"id": note.id})
    assert desk.rows(t.notification_read) == []


def test_opening_what_it_is_about_marks_it_in_passing(desk, told):
    reader = Reader(desk.app, READER)
    (link, *_) = reader.get("/notifications").find("//a[@data-reads]/@data-reads")
    assert reader.post("/notifications/read", {"id": link}, partial=True).status == 204
    assert [row["event_id"] for row in desk.rows(t.notification_read)] == [link]


def test_long_lists_come_in_pages(desk):
    order = desk.start("talks")
    for number in range(53):
        desk.clock.pass_(minutes=1)
        desk.do("zhao.agent", c.AddComment(order_id=order, text=f"{number}", mentions=(READER,)))
    reader = Reader(desk.app, READER)
    page = reader.get("/notifications")
    assert len(page.find("//ul[@id='notes']/li[@class='unread']")) == 50
    (more,) = page.find("//li[@class='more']/a/@href")
    assert len(reader.get(more).find("//ul[@id='notes']/li[@class='unread']")) == 3
    rest = reader.get(more, partial=True)
    assert "<main" not in rest.text
    assert rest.text.count("<li") == 3
    assert reader.get("/notifications?cursor=odd").status == 422


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("notice", NOTICES)
def test_every_kind_of_notice_has_words(desk, notice, language):
    desk.do(READER, c.SavePreferences(language=language))
    desk.rules([])
    with desk.app.database.write() as connection:
        connection.execute(t.notification.insert().values(
            event_id="9-9-9", person_id=desk.person(READER).id, notice=notice, at=desk.clock.now(),
        ))  # fmt: skip
    page = Reader(desk.app, READER).get("/notifications")
    with desk.app.database.write() as connection:
        connection.execute(t.notification.delete())
    (head,) = page.texts("//p[@class='head']")
    assert head != notice
    assert "_" not in head
