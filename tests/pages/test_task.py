"""The page of a task without a browser: what it shows to whom, drafts, completing, colliding."""

import pytest

from engine.domain import commands as c
from engine.store import tables as t
from forms.pages.moments import brief
from tests.support.operator import rule
from tests.support.pages import Reader

FORM = "//form[@id='taskform']"


@pytest.fixture
def at(desk):
    """Somebody at the desk."""
    readers = {}

    def reader(login):
        if login not in readers:
            web = next(iter(readers.values())).desk if readers else None
            readers[login] = Reader(desk.app, login, web)
        return readers[login]

    return reader


@pytest.fixture
def first(desk):
    """The agent's first task of a small order."""
    return desk.task(desk.start("steps"))


def path(task, act=""):
    return f"/tasks/{task.id}{act}"


def filled(page, **values):
    return {**page.fields(FORM), **values}


def notes(page):
    return page.texts("//div[contains(@class, 'notes')]//strong")


# ---- looking --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "zh"),
    [(0, "0 分钟"), (3540, "59 分钟"), (3600, "1 小时"), (3840, "1.1 小时"), (86_400, "1 天"),
     (155_520, "1.8 天")],
)  # fmt: skip
def test_lengths_of_steps_take_one_unit(desk, at, seconds, zh):
    with at("zhao.agent").desk.test_request_context(headers={"Accept-Language": "zh"}):
        assert brief(seconds) == zh


def test_the_page_shows_the_form_beside_the_list(desk, at, first):
    page = at("zhao.agent").get(path(first), tab="group")
    assert page.status == 200
    assert page.texts("//h1") == [first.name]
    assert page.find(f"//li[@id='row-{first.id}']")
    steps = page.find("//ol[@class='steps']/li/text()[normalize-space()]")
    assert [step.strip() for step in steps] == ["FIRST", "SECOND", "THIRD"]
    assert page.find("//ol[@class='steps']/li[@aria-current='step']")
    assert page.find("//input[@name='mark']")
    assert page.texts("//button[@id='complete']") == ["认领并办结 Ctrl ↵"]
    assert notes(page) == ["此任务尚无人认领"]


def test_htmx_gets_the_task_alone_and_the_whole_page_when_going_back(at, first):
    reader = at("zhao.agent")
    part = reader.get(path(first), partial=True)
    assert part.tree.tag == "section"
    assert part.tree.get("data-task") == str(first.id)
    back = reader.get(path(first), partial=True, headers={"HX-History-Restore-Request": "true"})
    assert back.tree.tag == "html"


@pytest.mark.parametrize("number", ["1", "99999", "9223372036854775807", "9" * 30, "-1"])
def test_a_task_one_may_not_see_is_not_there(at, first, number):
    assert at("tang.south").get(path(first)).status == 404
    assert at("zhao.agent").get(f"/tasks/{number}").status == 404


@pytest.mark.parametrize(
    ("by", "sentence"),
    [
        ("feng.lead", "此任务由 赵敏 办理。"),
        ("ma.operator", "此任务由北城分公司的受理座席办理。"),
    ],
)
def test_who_cannot_work_on_it_reads_why(desk, at, first, by, sentence):
    if by == "feng.lead":
        desk.do("zhao.agent", c.ClaimTask(task_id=first.id))
    page = at(by).get(path(first))
    assert page.status == 200
    assert not page.find("//button[@id='complete']")
    assert not page.find(
        f"{FORM}//input[not(@type='hidden') and not(@readonly) and not(@disabled)]"
    )
    assert page.texts("//div[@class='foot']//span[@role='status']") == [sentence]


def test_a_held_order_says_why_and_takes_no_values(desk, at, first):
    desk.do("zhao.agent", c.ClaimTask(task_id=first.id))
    desk.do("zhao.agent", c.HoldOrder(order_id=first.order_id, reason="customer_not_ready"))
    page = at("zhao.agent").get(path(first))
    assert notes(page)[0].startswith("已挂起：")
    assert not page.find("//button[@id='complete']")
    assert page.texts("//section[contains(@class, 'sla')]//strong") == ["计时暂停"]


@pytest.mark.parametrize("part", ["progress", "timeline", "files", "talk", "related"])
def test_each_part_is_an_address_of_its_own(at, first, part):
    page = at("zhao.agent").get(path(first), part=part)
    assert page.status == 200
    assert page.find(f"//nav[@class='tabs']/a[@aria-current='page'][contains(@href, '{part}')]")
    assert not page.find(FORM)


def test_an_unknown_part_is_the_work(at, first):
    assert at("zhao.agent").get(path(first), part="else").find(FORM)


def test_the_print_has_no_navigation_and_shows_the_draft(desk, at, first):
    desk.do("zhao.agent", c.SaveDraft(task_id=first.id, values={"mark": "half"}))
    page = at("zhao.agent").get(path(first), print="1")
    assert page.status == 200
    assert not page.find("//nav")
    assert page.texts("//dt[.='标签mark']/following-sibling::dd[1]") == ["half"]


def test_the_print_shows_the_fields_of_its_form_and_no_code(desk, at, first):
    """Neither what the process keeps for itself nor what only other steps ask."""
    desk.do("zhao.agent", c.SaveDraft(task_id=first.id, values={"mark": "typed"}))
    form = "//section[@aria-labelledby='card-form']"
    assert at("zhao.agent").get(f"{path(first)}?print=1").texts(f"{form}//dt") == ["标签mark"]
    desk.complete("zhao.agent", first.id, mark="typed")
    second = desk.task(first.order_id)
    printed = at("li.desk").get(f"{path(second)}?print=1")
    assert printed.status == 200 and not printed.find(form)


def test_the_bar_tells_deadline_use_and_next_escalation(desk, at, first):
    desk.rules(
        [rule("full", trigger="150%", level=2, receiver={"scope": "branch", "role": "manager"})]
    )
    order = desk.start("steps")
    task = desk.task(order)
    desk.wait(minutes=30)
    page = at("zhao.agent").get(path(task))
    heading, *rest = page.texts("//section[contains(@class, 'sla')]/div[@class='top']/*")
    assert heading.startswith("还剩")
    assert rest[0].startswith("时限 今天")
    assert "→" in rest[1]
    (bar,) = page.find("//rect[@class='fg']/@width")
    assert bar == "12"


# ---- completing -----------------------------------------------------------------------------


def test_completing_leads_to_the_next_task_with_a_way_back(desk, at, first):
    second = desk.task(desk.start("steps"))
    reader = at("zhao.agent")
    for task in (first, second):
        desk.do("zhao.agent", c.ClaimTask(task_id=task.id))
    page = reader.get(path(first))
    done = reader.post(path(first, "/complete"), filled(page, mark="A"), partial=True)
    assert done.status == 200
    assert done.headers["HX-Push-Url"] == path(second)
    assert done.find(f"//section[@id='detail'][@data-task='{second.id}']")
    assert done.find(f"//li[@id='row-{first.id}']")
    assert done.find(f"//div[@id='messages']//form[@action='/tasks/{first.id}/acts/take-back']")
    assert desk.variables(first.order_id)["mark"] == "A"


def test_without_scripts_the_browser_is_sent_on(desk, at, first):
    reader = at("zhao.agent")
    done = reader.post(
        path(first, "/complete?tab=group"), filled(reader.get(path(first), tab="group"), mark="A")
    )
    assert (done.status, done.location) == (303, "/inbox?tab=group")
    assert "已办结：FIRST" in reader.follow(done).text


def test_when_nothing_is_next_the_pane_says_so(desk, at, first):
    reader = at("zhao.agent")
    done = reader.post(
        path(first, "/complete"), filled(reader.get(path(first)), mark="A"), partial=True
    )
    assert done.find("//section[@id='detail'][contains(@class, 'empty')]")
    assert done.headers["HX-Push-Url"] == "/inbox"


def test_the_next_step_of_the_same_order_comes_first(desk, at):
    desk.do(
        "system",
        c.GrantRoles(login="zhao.agent", grants=(("agent", "north"), ("network", "north"))),
    )
    order = desk.start("talks")
    for by in ("xu.stock",):
        desk.complete(by, desk.task(order).id)
    task = desk.task(order, "named")
    reader = at("zhao.agent")
    done = reader.post(path(task, "/complete"), filled(reader.get(path(task))), partial=True)
    assert done.headers["HX-Push-Url"] == path(desk.task(order, "left"))


def test_what_is_wrong_is_said_at_the_top_and_nothing_typed_is_lost(desk, at, first):
    reader = at("zhao.agent")
    page = reader.post(
        path(first, "/complete"), filled(reader.get(path(first)), mark="x" * 21, where="there")
    )
    assert page.status == 422
    assert page.find("//div[@id='errsum']//a[@href='#f-mark']")
    assert page.find("//input[@name='mark']/@value") == ["x" * 21]
    assert page.find("//input[@name='where']/@value") == ["there"]
    assert page.find(f"{FORM}[@data-dirty]")
    assert desk.task(first.order_id).state == "open"


def test_sending_twice_does_it_once(desk, at, first):
    reader = at("zhao.agent")
    values = filled(reader.get(path(first)), mark="A")
    reader.post(path(first, "/complete"), values)
    again = reader.post(path(first, "/complete"), values)
    assert (again.status, again.location) == (303, path(first))
    assert len(desk.facts(first.order_id, "task.completed")) == 1


def test_a_reminder_in_between_does_not_disturb(desk, at, first):
    reader = at("zhao.agent")
    page = reader.get(path(first))
    desk.do("zhao.agent", c.UrgeOrder(order_id=first.order_id))
    assert desk.task(first.order_id).version > first.version
    done = reader.post(path(first, "/complete"), filled(page, mark="A"))
    assert done.status == 303


def test_more_time_is_decided_by_its_own_small_form(desk, at, first):
    desk.do("zhao.agent", c.ClaimTask(task_id=first.id))
    until = desk.clock.now().replace(hour=9)
    desk.do("zhao.agent", c.RequestExtension(task_id=first.id, new_due_at=until, reason="rain"))
    (asked,) = desk.tasks(first.order_id, purpose="extension")
    reader = at("feng.lead")
    page = reader.get(path(asked))
    assert "rain" in page.text
    values = filled(page, approved="yes", comment="同意")
    assert reader.post(path(asked, "/complete"), values).status == 303
    assert desk.facts(first.order_id, "extension.decided")[0]["approved"] is True
    assert desk.task(first.order_id).due_at == until


# ---- colliding ------------------------------------------------------------------------------


def test_the_second_of_two_is_told_and_loses_nothing(desk, at, first):
    desk.do("system", c.GrantRoles(login="li.desk", grants=(("agent", "north"),)))
    page = at("zhao.agent").get(path(first))
    desk.complete("li.desk", first.id, mark="B")
    for partial in (False, True):
        late = at("zhao.agent").post(
            path(first, "/complete"), filled(page, mark="mine", where="here"), partial=partial
        )
        assert late.status == 409
        assert "李娜 已办结此任务" in late.texts("//*[@role='alert']")[0]
        (text,) = late.find("//textarea[@id='typed-text']")
        assert text.text.split("\n")[:2] == ["标签mark: mine", "标签where: here"]
        assert not late.find("//button[@id='complete']")
        assert "李娜 · 北城分公司" in late.texts("//div[@class='meta']")[0]
    assert desk.variables(first.order_id)["mark"] == "B"


def test_who_lost_the_task_to_another_is_told_who_holds_it(desk, at, first):
    desk.do("system", c.GrantRoles(login="li.desk", grants=(("agent", "north"),)))
    page = at("zhao.agent").get(path(first))
    desk.do("li.desk", c.ClaimTask(task_id=first.id))
    late = at("zhao.agent").post(path(first, "/complete"), filled(page, mark="mine"))
    assert late.status == 409
    assert "此任务由 李娜 办理。" in late.texts("//*[@role='alert']")[0]
    assert "标签mark: mine" in late.find("//textarea[@id='typed-text']")[0].text


def test_what_changed_is_to_be_looked_at_before_it_is_sent_again(desk, at, first):
    reader = at("zhao.agent")
    page = reader.get(path(first))
    desk.do("zhao.agent", c.ClaimTask(task_id=first.id))
    late = reader.post(path(first, "/complete"), filled(page, mark="mine"))
    assert late.status == 409
    assert late.find("//input[@name='mark']/@value") == ["mine"]
    assert reader.post(path(first, "/complete"), late.fields(FORM)).status == 303
    assert desk.variables(first.order_id)["mark"] == "mine"


def test_who_may_not_even_see_it_any_more_keeps_what_was_typed(desk, at):
    order = desk.start("talks")
    desk.complete("xu.stock", desk.task(order).id)
    desk.complete("li.desk", desk.task(order).id)
    task = desk.task(order, "left")
    stranger = at("tang.south")
    late = stranger.post(path(task, "/complete"), {"_seen": "x", "anything": "typed"})
    assert late.status == 404


# ---- drafts ---------------------------------------------------------------------------------


def test_a_draft_is_kept_shown_again_and_given_up(desk, at, first):
    reader = at("zhao.agent")
    page = reader.get(path(first))
    kept = reader.post(path(first, "/draft"), filled(page, mark="half"))
    assert (kept.status, kept.location) == (303, path(first))
    page = reader.follow(kept)
    assert page.find("//input[@name='mark']/@value") == ["half"]
    assert page.texts("//div[@id='draft-state']/span")[0].startswith("草稿已保存 ")
    gone = reader.post(path(first, "/draft/discard"), partial=True)
    assert gone.find("//input[@name='mark']")[0].get("value", "") == ""
    back = gone.fields(f"//form[@action='/tasks/{first.id}/draft']")
    assert reader.post(path(first, "/draft"), back).status == 303
    assert reader.get(path(first)).find("//input[@name='mark']/@value") == ["half"]


def test_while_one_types_the_part_is_answered_with_its_version(desk, at, first):
    reader = at("zhao.agent")
    values = filled(reader.get(path(first)), mark="h")
    part = reader.post(path(first, "/draft"), values, partial=True)
    assert (part.status, part.tree.get("data-version")) == (200, "1")
    # The answer was lost on the way: the same values again are no conflict.
    again = reader.post(path(first, "/draft"), values, partial=True)
    assert (again.status, again.tree.get("data-version")) == (200, "1")


@pytest.mark.parametrize("partial", [True, False])
def test_two_windows_of_one_person_see_both_drafts(desk, at, first, partial):
    reader = at("zhao.agent")
    page = reader.get(path(first))
    reader.post(path(first, "/draft"), filled(page, mark="one"))
    other = reader.post(path(first, "/draft"), filled(page, mark="two"), partial=partial)
    assert other.status == 409
    assert other.texts("//table//tbody/tr/*") == ["标签mark", "two", "one"]
    version = other.find("//*[@data-keep]/@value")
    assert version == ["1"]
    chosen = reader.post(path(first, "/draft"), filled(page, mark="two", _draft="1"))
    assert chosen.status == 303
    assert reader.get(path(first)).find("//input[@name='mark']/@value") == ["two"]


def test_what_does_not_fit_is_left_out_of_the_draft_and_named(desk, at, first):
    reader = at("zhao.agent")
    values = filled(reader.get(path(first)), mark="x" * 30, where="there")
    kept = reader.post(path(first, "/draft"), values, partial=True)
    assert kept.status == 200
    assert "标签mark" in kept.texts("//span[@role='status']")[0]
    (row,) = desk.rows(t.draft, task_id=first.id)
    assert row["values"] == {"where": "there"}


@pytest.mark.parametrize("values", ["[]", "{", '{"mark": 5}', '{"other": "x"}'])
def test_a_forged_draft_is_refused_or_loses_what_does_not_fit(desk, at, first, values):
    reader = at("zhao.agent")
    reader.post(path(first, "/draft"), {"_values": values})
    assert all(not row["values"] for row in desk.rows(t.draft, task_id=first.id))


def test_nobody_drafts_for_others(desk, at, first):
    desk.do("zhao.agent", c.ClaimTask(task_id=first.id))
    assert at("feng.lead").post(path(first, "/draft"), {"mark": "x"}).status in {403, 409}
    assert at("tang.south").post(path(first, "/draft"), {"mark": "x"}).status == 404
    assert desk.rows(t.draft) == []


def test_who_is_signed_out_meanwhile_keeps_the_page(desk, at, first):
    reader = at("zhao.agent")
    values = filled(reader.get(path(first)), mark="A")
    reader._client.delete_cookie("gongdan_session")
    for act in ("/draft", "/complete"):
        answer = reader.post(path(first, act), values, partial=True)
        assert (answer.status, answer.headers["HX-Retarget"]) == (401, "#messages")


# ---- the form drawn again -------------------------------------------------------------------


def test_conditions_follow_what_is_typed(at, first):
    reader = at("zhao.agent")
    page = reader.get(path(first))
    assert not page.find("//input[@name='secret']")
    part = reader.post(path(first, "/form"), filled(page, mark="open"), partial=True)
    assert part.find("//input[@name='secret']")
    whole = reader.post(path(first, "/form"), filled(page, mark="open"))
    assert whole.find(f"{FORM}//input[@name='secret']")
    assert whole.find("//input[@name='mark']/@value") == ["open"]
