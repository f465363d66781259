"""Exports at the desk: asked for, watched, fetched, called off."""

from __future__ import annotations

import pytest

from engine.domain import commands as c
from tests.support.pages import Reader


@pytest.fixture
def zhao(desk):
    return Reader(desk.app, "zhao.agent")


def ask(reader, **fields):
    """Post the form of the list."""
    page = reader.get("/orders?q=专线")
    given = page.fields("//form[@action='/exports']")
    return reader.post("/exports", {**given, "format": "csv", **fields})


def test_a_list_is_asked_for_watched_and_fetched(desk, zhao):
    desk.do("zhao.agent", c.StartOrder(process="steps", values={}, title="东城专线"))
    desk.app.metronome.beat()
    answer = ask(zhao)
    assert answer.status == 303 and answer.location == "/exports"
    page = zhao.follow(answer)
    assert "正在生成" in page.texts("//div[@id='messages']")[0]
    assert page.find("//*[@data-refresh]/@hx-get") == ["/exports/list"]
    assert page.texts("//main//li//span[contains(@class, 'tag')]") == ["等待中"]
    assert "“专线”" in page.texts("//main//li")[0]
    desk.app.metronome.export()
    part = zhao.get("/exports/list", partial=True)
    assert part.find("//*[@data-refresh]") == [] and "已完成" in part.text
    (path,) = part.find("//a[@download]/@href")
    file = zhao.get(path)
    assert file.status == 200 and "东城专线" in file.text
    assert file.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert file.headers["Content-Disposition"].startswith("attachment; filename=work-orders-2026")
    assert file.headers["X-Content-Type-Options"] == "nosniff"
    assert file.headers["Cache-Control"] == "private, no-store"


def test_it_says_when_nobody_works(desk, zhao):
    ask(zhao)
    assert "后台服务" in zhao.get("/exports").text
    desk.app.metronome.beat()
    assert "后台服务" not in zhao.get("/exports").text


def test_one_form_is_one_export(desk, zhao):
    fields = {"format": "xlsx", "query": "", "_once": "k" * 24}
    for _ in range(3):
        assert zhao.post("/exports", fields).status == 303
    assert len(zhao.get("/exports").find("//ul[@class='exports']/li")) == 1


def test_calling_off(desk, zhao):
    ask(zhao)
    (path,) = zhao.get("/exports").find("//li//form/@action")
    assert Reader(desk.app, "feng.lead").post(path).status == 404
    page = zhao.follow(zhao.post(path))
    assert "已取消" in page.texts("//main//li")[0]
    # A page from before does nothing a second time.
    assert zhao.post(path).status == 404


def test_files_are_their_owners_alone(desk, zhao):
    ask(zhao)
    (path,) = zhao.get("/exports").find("//li//form/@action")
    path = path.replace("cancel", "file")
    assert zhao.get(path).status == 404
    desk.app.metronome.export()
    assert zhao.get(path).status == 200
    assert Reader(desk.app, "feng.lead").get(path).status == 404
    assert zhao.get("/exports/999/file").status == 404


@pytest.mark.parametrize("fields", [{"format": "exe"}, {"query": "x" * 3000}])
def test_hostile_forms_are_refused_in_words(zhao, fields):
    page = ask(zhao, **fields)
    assert page.status == 422 and "导出" in page.text


def test_it_is_found_in_the_navigation_and_by_its_notice(desk, zhao):
    assert len(zhao.get("/inbox").find("//nav//a[@href='/exports']")) == 1
    page = zhao.get("/exports")
    assert page.find("//nav//a[@aria-current='page']/@href") == ["/exports"]
    assert "还没有导出" in page.texts("//main")[0]
    ask(zhao)
    desk.app.metronome.export()
    notices = zhao.get("/notifications")
    assert notices.texts("//ul[@id='notes']//a[@href='/exports']") == ["导出已完成"]
    assert "0 条工单，CSV 文件" in notices.text
    # Who fetches the file has read the notice.
    (notice,) = zhao.get("/exports").find("//a[@download]/@data-reads")
    assert notices.find("//a/@data-reads") == [notice]
    zhao.post("/notifications/read", {"id": notice})
    assert zhao.get("/exports").find("//a[@download]/@data-reads") == []


def test_failed_and_expired_ones_are_asked_for_again(desk, zhao, monkeypatch):
    ask(zhao)
    with monkeypatch.context() as patch:
        patch.setattr(desk.app.exported, "save", lambda *_: 1 / 0)
        desk.app.metronome.export()
    page = zhao.get("/exports")
    assert "失败" in page.texts("//main//li")[0] and "系统出错" in page.texts("//main//li")[0]
    assert zhao.get("/notifications").texts("//ul[@id='notes']//a") == ["导出失败"]
    again = page.fields("//main//li/form")
    zhao.post("/exports", again)
    desk.app.metronome.export()
    (path,) = zhao.get("/exports").find("//a[@download]/@href")
    desk.clock.pass_(days=8)
    desk.app.metronome.sweep()
    zhao = Reader(desk.app, "zhao.agent")
    gone = zhao.get(path)
    assert gone.status == 404 and "已过保留期" in gone.text
    newest, oldest = zhao.get("/exports").texts("//main//li//span[contains(@class, 'tag')]")
    assert (newest, oldest) == ("已过期", "失败")
