"""Comments, files, contacts and the acts around signing, without a browser."""

import io
import json
from datetime import UTC, datetime, timedelta

import pytest

from engine.domain import commands as c
from engine.domain.facts import Stream
from engine.store import tables as t
from forms.pages.talk.reading import mentioned, pieces, size_word
from tests.support.pages import Reader

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64


@pytest.fixture
def order(desk):
    return desk.start("steps", customer_id="K-1001")


def reader(desk, login):
    return Reader(desk.app, login)


def acts(desk, login, path):
    """Names of the acts offered to somebody on a page of a task."""
    return {
        link.rpartition("/acts/")[2].partition("?")[0]
        for link in reader(desk, login).get(path).find("//a/@href | //form/@action")
        if "/acts/" in link
    }


# ---- comments ---------------------------------------------------------------------------------


def test_a_comment_tells_whom_it_mentions(desk, order):
    page = reader(desk, "zhao.agent")
    path = f"/orders/{order}/comments"
    answer = page.post(
        path, {"text": "看看 @li.desk，谢谢 a@chen.desk @nobody", "mentions": "王芳"}, partial=True
    )
    assert answer.status == 200
    assert answer.texts("//*[@class='text']/b") == ["@李娜"]
    assert answer.texts("//*[@class='text']") == ["看看 @李娜，谢谢 a@chen.desk @nobody"]
    assert desk.notices("li.desk") == desk.notices("wang.sales") == ["mentioned"]
    assert desk.notices("chen.desk") == []
    told = page.post(path, {"text": "x", "_back": f"/orders/{order}"})
    assert (told.status, told.location) == (303, f"/orders/{order}")


@pytest.mark.parametrize("partial", [True, False])
@pytest.mark.parametrize("name", ["没有此人", "tang.south"])
def test_what_is_wrong_with_a_comment_comes_back_with_it(desk, order, partial, name):
    page = reader(desk, "zhao.agent")
    path = f"/orders/{order}/comments"
    answer = page.post(path, {"text": "hello", "mentions": name}, partial=partial)
    assert answer.status == 422
    assert answer.texts("//textarea") == ["hello"]
    assert answer.find("//input[@name='mentions']/@aria-invalid") == ["true"]
    assert len(answer.find("//*[@id='errsum']//a[@href='#f-mentions']")) == 1
    assert page.post(path, {"text": " "}, partial=partial).status == 422
    assert desk.rows(t.comment) == []


def test_who_may_not_write_sees_no_form(desk, order):
    desk.do("system", c.GrantRoles(login="lin.owner", grants=(("auditor", "hq"),)))
    path = f"/orders/{order}/comments"
    assert reader(desk, "tang.south").post(path, {"text": "x"}).status == 404
    assert reader(desk, "lin.owner").post(path, {"text": "x"}).status == 403
    assert reader(desk, "li.desk").post("/orders/99/comments", {"text": "x"}).status == 404


def test_text_is_cut_at_mentions():
    names = {"li.desk": "李娜", "wang": "王芳"}
    found = [
        (each.text, each.login) for each in pieces("@li.desk. to @wang and @no x@wang", names)
    ]
    assert found == [
        ("@李娜", "li.desk"), (". to ", ""), ("@王芳", "wang"), (" and @no x@wang", "")
    ]  # fmt: skip
    assert mentioned(["请@li.desk看", "@wang, @wang"]) == {"li.desk", "wang"}


def test_people_are_found_by_name_and_login(desk):
    page = reader(desk, "tang.south")
    found = _json(page.get("/people/search", q="desk"))
    assert {each["login"] for each in found} == {"li.desk", "chen.desk"}
    (one,) = _json(page.get("/people/search", q="李娜"))
    assert (one["login"], one["unit"]) == ("li.desk", "北城分公司")
    assert _json(page.get("/people/search", q="")) == []
    assert _json(page.get("/people/search", q="%")) == []


def _json(page):
    return json.loads(page.text)


# ---- files ------------------------------------------------------------------------------------


def test_files_go_up_several_at_once_and_come_down_as_they_are(desk, order):
    page = reader(desk, "zhao.agent")
    answer = page.post(
        f"/orders/{order}/files",
        {
            "files": [
                (io.BytesIO(PNG), "C:\\现场 1.png"),
                (io.BytesIO(b"not a picture"), "2.png"),
                (io.BytesIO(b"<script>alert(1)</script>"), "3.html"),
                (io.BytesIO(b"text"), "说明.txt"),
            ]
        },
    )
    assert answer.status == 422
    assert len(answer.find("//*[@id='errsum']//li")) == 2
    rows = desk.rows(t.attachment)
    assert [(row["name"], row["media_type"]) for row in rows] == [
        ("现场 1.png", "image/png"), ("说明.txt", "text/plain")
    ]  # fmt: skip
    picture, text = (page.get(f"/attachments/{row['id']}") for row in rows)
    assert picture.headers["Content-Disposition"].startswith("inline")
    assert text.headers["Content-Disposition"].startswith("attachment")
    for down in (picture, text):
        assert down.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert down.headers["X-Content-Type-Options"] == "nosniff"
    assert reader(desk, "tang.south").get(f"/attachments/{rows[0]['id']}").status == 404
    assert page.get("/attachments/99").status == 404


def _many(count):
    return [(io.BytesIO(b"x"), f"{number}.txt") for number in range(count)]


def test_files_that_are_not_taken(desk, order):
    page = reader(desk, "zhao.agent")
    path = f"/orders/{order}/files"
    assert page.post(path, {}).status == 422
    answer = page.post(path, {"files": _many(11)}, partial=True)
    assert (answer.status, len(desk.rows(t.attachment))) == (422, 10)
    assert reader(desk, "tang.south").post(path, {"files": _many(1)}).status == 404
    one = {"files": [(io.BytesIO(b"x"), "a.txt")], "task_id": "9" * 30}
    assert page.post(path, one).status == 303


@pytest.mark.parametrize(
    ("size", "shown"),
    [(0, "1 KB"), (1025, "2 KB"), (1024 * 1024, "1.0 MB"), (2_600_000, "2.5 MB")],
)
def test_sizes_for_people(size, shown):
    assert size_word(size) == shown


# ---- contacts ---------------------------------------------------------------------------------


def test_a_contact_is_shown_in_full_once_and_that_is_kept(desk, order):
    saved = c.SaveContact(customer_id=1, name="李强", phone="13812346021")
    contact = desk.do("wang.sales", saved).id
    page = reader(desk, "zhao.agent")
    shown = page.get(f"/tasks/{desk.task(order).id}")
    assert "13812346021" not in shown.text
    assert "138****6021" in shown.text
    answer = page.post(f"/contacts/{contact}/reveal", {"order_id": order}, partial=True)
    assert answer.texts("//a") == ["13812346021"]
    assert answer.headers["Cache-Control"] == "no-store"
    plain = page.post(f"/contacts/{contact}/reveal", {"_back": "/inbox"})
    assert (plain.status, plain.find("//main//a/@href")[-1]) == (200, "/inbox")
    assert len(desk.facts(1, "contact.revealed", stream=Stream.CUSTOMER)) == 2
    assert desk.rows(t.idempotency) == []
    assert reader(desk, "tang.south").post(f"/contacts/{contact}/reveal").status == 404


# ---- acts -------------------------------------------------------------------------------------


def test_acts_are_offered_to_who_may(desk, order):
    task = f"/tasks/{desk.task(order).id}"
    mine = {"add-signers", "snooze", "copy", "remove-copy"}
    superior = {"instruct", "supervise"}
    assert mine <= acts(desk, "zhao.agent", task)
    assert not superior & acts(desk, "zhao.agent", task)
    assert superior | {"add-signers"} <= acts(desk, "feng.lead", task)
    desk.do("system", c.GrantRoles(login="lin.owner", grants=(("auditor", "hq"),)))
    assert not (mine | superior) & acts(desk, "lin.owner", task)


def act(desk, login, path, **values):
    return reader(desk, login).post(path, values)


def test_signers_are_asked_by_a_form_and_the_round_is_told(desk, order):
    task = desk.task(order)
    path = f"/tasks/{task.id}/acts"
    form = reader(desk, "zhao.agent").get(f"{path}/add-signers", partial=True)
    assert form.find("//input[@name='rule']/@value") == ["all", "any", "share"]
    given = {"people": "冯刚， he.manager", "when": "before", "rule": "share", "reason": "价格"}
    wrong = act(desk, "zhao.agent", f"{path}/add-signers", share="0", **given)
    assert wrong.status == 422
    assert wrong.find("//*[@id='e-share']")
    done = act(desk, "zhao.agent", f"{path}/add-signers", share="60 %", **given)
    assert done.status == 303
    shown = reader(desk, "zhao.agent").get(f"/tasks/{task.id}")
    (banner,) = shown.texts("//*[contains(@class, 'signing')]")
    assert "等待会签意见（0/2）" in banner
    assert "至少 60%" in banner
    (sheet, _) = desk.tasks(order, purpose="signature")
    page = reader(desk, "feng.lead").get(f"/tasks/{sheet.id}")
    (banner,) = page.texts("//*[contains(@class, 'signing')]")
    assert "请您会签：FIRST" in banner
    assert "价格" in banner
    assert f"/tasks/{task.id}" in page.find("//*[contains(@class, 'signing')]//a/@href")
    # More join the round in force without being asked for its rule again.
    form = reader(desk, "zhao.agent").get(f"{path}/add-signers", partial=True)
    assert form.find("//input[@name='rule']") == []
    assert act(desk, "zhao.agent", f"{path}/add-signers", people="li.desk").status == 303
    gone = act(desk, "zhao.agent", f"{path}/remove-signers", people="li.desk, he.manager")
    assert gone.status == 303
    assert len(desk.tasks(order, purpose="signature")) == 1


def test_a_signer_of_another_branch_is_offered_nothing_but_to_sign_and_write(desk, order):
    task = desk.task(order).id
    desk.do("zhao.agent", c.AddSigners(task_id=task, people=("tang.south",)))
    (sheet,) = desk.tasks(order, purpose="signature")
    offered = acts(desk, "tang.south", f"/tasks/{sheet.id}")
    assert offered.isdisjoint({"hold", "urge", "copy", "remove-copy", "transfer", "instruct"})
    assert acts(desk, "tang.south", f"/orders/{order}").isdisjoint({"hold", "urge", "copy"})
    assert act(desk, "tang.south", f"/orders/{order}/comments", text="已阅").status == 303
    assert act(desk, "tang.south", f"/orders/{order}/acts/hold", reason="weather").status == 403
    page = reader(desk, "tang.south").get(f"/tasks/{sheet.id}")
    sent = {**page.fields("//form[@id='taskform']"), "approved": "yes"}
    assert reader(desk, "tang.south").post(f"/tasks/{sheet.id}/complete", sent).status == 303


def test_who_speaks_in_the_round_already_is_told_before_signing_for_another(desk, order):
    task = desk.task(order).id
    desk.do("zhao.agent", c.AddSigners(task_id=task, people=("feng.lead", "he.manager")))
    now = desk.clock.now()
    away = {"starts_at": now, "ends_at": now + timedelta(days=1)}
    desk.do("he.manager", c.SaveAbsence(substitute="feng.lead", **away))
    sheets = {each.assignee: each.id for each in desk.tasks(order, purpose="signature")}
    other = sheets[desk.person("he.manager").id]
    own = reader(desk, "feng.lead").get(f"/tasks/{sheets[desk.person('feng.lead').id]}")
    page = reader(desk, "feng.lead").get(f"/tasks/{other}")
    assert "每人只有一票" in page.text and "每人只有一票" not in own.text
    sent = {**page.fields("//form[@id='taskform']"), "approved": "yes", "remark": "同意"}
    refused = reader(desk, "feng.lead").post(f"/tasks/{other}/complete", sent)
    assert refused.status == 409 and "已有一票" in refused.text and "同意" in refused.text
    assert len(desk.tasks(order, purpose="signature")) == 2


def test_a_submission_is_taken_back_by_a_button(desk, order):
    task = desk.task(order).id
    desk.do("zhao.agent", c.AddSigners(task_id=task, people=("feng.lead",), when="after"))
    desk.complete("zhao.agent", task, mark="x")
    assert "take-submission-back" in acts(desk, "zhao.agent", f"/tasks/{task}")
    assert act(desk, "zhao.agent", f"/tasks/{task}/acts/take-submission-back").status == 303
    assert desk.tasks(order, purpose="signature") == []
    assert len(desk.rows(t.draft)) == 1


def test_a_stale_page_is_told_and_keeps_what_was_typed(desk, order):
    task = desk.task(order).id
    desk.do("zhao.agent", c.ClaimTask(task_id=task))
    stale = act(
        desk, "feng.lead", f"/tasks/{task}/acts/add-signers",
        people="he.manager", when="before", rule="all", reason="理由", _version="1",
    )  # fmt: skip
    assert stale.status == 409
    assert stale.texts("//textarea[@name='reason']") == ["理由"]


def test_a_superior_instructs_and_supervises(desk, order):
    task = desk.task(order).id
    when = (desk.clock.now() + timedelta(hours=30)).strftime("%Y-%m-%dT%H:%M")
    path = f"/tasks/{task}/acts"
    assert (
        act(desk, "feng.lead", f"{path}/instruct", text="今天上门", new_due_at=when).status == 303
    )
    assert act(
        desk, "he.manager", f"/orders/{order}/acts/instruct-order", text="每日回报"
    ).status == (303)
    banners = (
        reader(desk, "zhao.agent")
        .get(f"/tasks/{task}")
        .texts("//*[contains(@class, 'instruction')]")
    )
    assert [("今天上门" in b, "每日回报" in b) for b in banners] == [(True, False), (False, True)]
    assert act(desk, "feng.lead", f"{path}/supervise", text="急").status == 303
    assert len(desk.tasks(order, purpose="supervision")) == 1
    again = act(desk, "feng.lead", f"{path}/supervise", text="急")
    assert again.status == 409
    assert act(desk, "zhao.agent", f"{path}/instruct", text="x").status == 403


def test_a_copy_and_its_undoing(desk, order):
    path = f"/orders/{order}/acts"
    done = act(desk, "zhao.agent", f"{path}/copy", people="唐欣, chen.desk")
    assert done.status == 303
    assert len(desk.rows(t.order_copy)) == 2
    form = reader(desk, "zhao.agent").get(f"{path}/remove-copy", partial=True)
    assert len(form.find("//datalist/option")) == 2
    assert act(desk, "zhao.agent", f"{path}/remove-copy", people="tang.south").status == 303
    assert len(desk.rows(t.order_copy)) == 1
    assert act(desk, "zhao.agent", f"{path}/remove-copy", people="tang.south").status == 404


@pytest.mark.parametrize(
    ("preset", "until", "back"),
    [
        # Monday, 09:00 at the operator's place.
        ("hour", "", "2026-11-23T10:00+08:00"), ("afternoon", "", "2026-11-23T14:00+08:00"),
        ("evening", "", "2026-11-23T17:00+08:00"), ("workday", "", "2026-11-24T08:30+08:00"),
        ("own", "2026-12-01T07:15", "2026-12-01T07:15+08:00"),
    ],
)  # fmt: skip
def test_a_task_is_put_off_until_a_usual_or_own_time(desk, order, preset, until, back):
    path = f"/tasks/{desk.task(order).id}/acts"
    answer = act(desk, "zhao.agent", f"{path}/snooze", preset=preset, until=until)
    assert (answer.status, answer.location) == (303, "/inbox")
    (row,) = desk.rows(t.snooze)
    assert row["until"].isoformat() == _utc(back)
    assert act(desk, "zhao.agent", f"{path}/unsnooze").status == 303
    assert desk.rows(t.snooze) == []


def _utc(text):
    return datetime.fromisoformat(text).astimezone(UTC).isoformat()


@pytest.mark.parametrize(
    "values", [{"preset": "own"}, {"preset": "own", "until": "2026-01-01T00:00"}, {"preset": "x"}]
)
def test_a_time_that_cannot_be_meant(desk, order, values):
    path = f"/tasks/{desk.task(order).id}/acts/snooze"
    assert act(desk, "zhao.agent", path, **values).status == 422


def test_presets_on_a_friday_evening(desk, order):
    desk.wait_until(desk.clock.now() + timedelta(days=4, hours=9))
    form = reader(desk, "zhao.agent").get(
        f"/tasks/{desk.task(order).id}/acts/snooze", partial=True
    )
    assert form.find("//input[@name='preset']/@value") == ["hour", "tomorrow", "workday", "own"]
