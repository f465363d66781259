"""Task lists as pages: rows and headings, addresses, filters, saved views, many tasks at once."""

from urllib.parse import parse_qs, urlsplit

import brotli
import pytest

from engine.domain import commands as c
from engine.queries.views import views
from tests.benchmarks.statements import counted
from tests.support.pages import Reader

ROWS = "//li[contains(@class,'row')]"
MOST_STATEMENTS = 6
#: HTML, style and scripts as sent, the first time.
MOST_WEIGHT = 60_000


@pytest.fixture
def reader(desk):
    """Signed-in people by login."""
    readers = {}

    def of(login):
        if login not in readers:
            readers[login] = Reader(desk.app, login)
        return readers[login]

    return of


def begun(desk, number=1, **values):
    """Tasks for agents of the north branch."""
    return [desk.task(desk.start("steps", **values)).id for _ in range(number)]


def order_of(task):
    """Id of the order of a task."""
    return task >> 20


def shown(page):
    """Ids of the tasks of a list."""
    return [int(row.get("id").removeprefix("row-")) for row in page.find(ROWS)]


def boxes(page):
    """Values of the check boxes by task."""
    values = page.find("//input[@name='task']/@value")
    return {int(value.partition(".")[0]): value for value in values}


def bulk(reader, act, tasks, **more):
    """Send the bar above a list."""
    return reader.post("/inbox/bulk", {"act": act, "task": tasks, "_once": "x" * 24, **more})


# ---- claim the next one -------------------------------------------------------------------------


def next_form(page):
    return page.fields("//form[contains(@class,'nextup')]")


def test_the_next_one_is_claimed_where_there_is_something_to_claim(desk, reader):
    first, second = begun(desk, 2)
    zhao = reader("zhao.agent")
    assert zhao.get("/inbox").find("//form[contains(@class,'nextup')]") == []
    form = next_form(zhao.get("/inbox?tab=group"))
    assert form["list"] == "tab=group"
    answer = zhao.post("/inbox/next", form)
    assert (answer.status, answer.location) == (303, f"/tasks/{first}")
    page = zhao.follow(answer)
    assert "任务归您办理" in page.text
    assert page.find(f"//form[@action='/tasks/{first}/acts/release']")
    # The same form again, as by a second click, gets the same task.
    assert zhao.post("/inbox/next", form).location == f"/tasks/{first}"
    assert [each["task"] for each in desk.facts(order_of(first), "task.claimed")] == [first]
    # A page that shows what others took since gets what is left, then says so.
    stale = next_form(zhao.get("/inbox?tab=group"))
    desk.do("feng.lead", c.AssignTask(task_id=second, to="zhao.agent"))
    answer = zhao.post("/inbox/next", stale)
    assert answer.location == "/inbox?tab=group"
    assert "没有您可以认领的任务了" in zhao.follow(answer).text
    assert zhao.get("/inbox?tab=group").find("//form[contains(@class,'nextup')]") == []


def test_the_next_one_is_of_the_list_that_is_shown(desk, reader):
    begun(desk)
    urged = begun(desk)[0]
    desk.do("zhao.agent", c.UrgeOrder(order_id=order_of(urged)))
    zhao = reader("zhao.agent")
    page = zhao.get("/inbox?tab=group&sort=priority&process=steps")
    assert zhao.post("/inbox/next", next_form(page)).location == f"/tasks/{urged}"
    other = {"list": "tab=group&process=talks", "_once": "y" * 24}
    assert zhao.post("/inbox/next", other).location.startswith("/inbox?")
    for hostile in ("tab=team", "x" * 5000, "tab=group&v==&v=%00", "process=%F0%9F%98%80"):
        assert zhao.post("/inbox/next", {"list": hostile}).status == 303
    assert reader("ma.operator").post("/inbox/next", {}).location.startswith("/inbox")


# ---- the list -----------------------------------------------------------------------------------


def test_a_list_says_what_is_due_when(desk, reader):
    first, second = begun(desk, 2)
    desk.do("zhao.agent", c.ClaimTask(task_id=first))
    page = reader("zhao.agent").get("/inbox")
    assert page.texts("//h1") == ["我的待办 1 件"]
    assert page.texts("//h2[@class='grp']") == ["今天 1"]
    assert page.find(f"{ROWS}//a/@href") == [f"/tasks/{first}"]
    desk.clock.pass_(hours=10)
    page = reader("zhao.agent").get("/inbox")
    assert page.texts("//h1") == ["我的待办 1 件，超期 1"]
    assert page.texts(f"{ROWS}//*[contains(@class,'due')]") == ["超期 4 小时"]
    free = reader("zhao.agent").get("/inbox?tab=group")
    assert shown(free) == [second]
    assert free.find(f"{ROWS}//a/@href") == [f"/tasks/{second}?tab=group"]


@pytest.mark.parametrize(
    ("tab", "login"),
    [(tab, "zhao.agent") for tab in ("mine", "group", "escalated", "snoozed", "copied", "done")]
    + [("team", "feng.lead")],
)
def test_an_empty_list_says_why(desk, reader, tab, login):
    page = reader(login).get(f"/inbox?tab={tab}")
    assert page.status == 200
    (text,) = page.texts("//div[contains(@class,'empty-list')]/p[1]")
    assert text
    narrowed = reader(login).get(f"/inbox?tab={tab}&grade=A")
    assert narrowed.texts("//div[contains(@class,'empty-list')]/p[1]") == [
        "没有符合筛选条件的任务。"
    ]


def test_odd_addresses_are_read_as_far_as_they_make_sense(desk, reader):
    begun(desk)
    odd = (
        "tab=nonsense&sort=x&process=y&unit=z&grade=Q&priority=9&held=maybe&text=%07"
        "&v=&v==&v=a&picked=1,x,%C2%B2&shown=9"
    )
    page = reader("zhao.agent").get(f"/inbox?{odd}")
    assert page.status == 200
    assert page.find("//section[@id='list']/@data-query") == [""]
    assert reader("zhao.agent").get("/inbox?cursor=zzz").status == 422
    assert reader("zhao.agent").get("/inbox/list?current=9&shown=100000").status == 200


def test_a_long_list_goes_on_where_the_page_ended(desk, reader):
    tasks = begun(desk, 52)
    first = reader("zhao.agent").get("/inbox?tab=group")
    (link,) = first.find("//p[@id='more']/a/@href")
    (part,) = first.find("//p[@id='more']/a/@data-hx-get")
    rest = reader("zhao.agent").get(part, partial=True)
    assert shown(first) + shown(rest) == tasks
    assert rest.find("//h2") == []
    assert shown(reader("zhao.agent").get(link)) == shown(rest)
    assert first.texts("//h1") == ["待认领 52 件"]
    again = reader("zhao.agent").get("/inbox/list?tab=group&shown=52", partial=True)
    assert shown(again) == tasks


def test_pages_ask_the_database_little_and_weigh_little(desk, reader):
    begun(desk, 60)
    for task in begun(desk, 55):
        desk.do("zhao.agent", c.ClaimTask(task_id=task))
    agent = reader("zhao.agent")
    for path in ("/inbox", "/inbox?tab=group", "/inbox?tab=escalated", "/inbox?tab=snoozed"):
        agent.get(path)
        with counted(desk.app.database) as asked:
            page = agent.get(path, headers={"Accept-Encoding": "br"})
        assert page.status == 200
        assert len(asked.statements) <= MOST_STATEMENTS, asked.statements
    page = agent.get("/inbox")
    wanted = page.find("//link[@rel='stylesheet']/@href | //script/@src")
    assert len(wanted) == 4
    texts = [page.text, *(agent.get(path).text for path in wanted)]
    sent = [len(brotli.compress(text.encode(), quality=4)) for text in texts]
    assert sum(sent) <= MOST_WEIGHT, sent


# ---- filters ------------------------------------------------------------------------------------


def test_the_panel_of_filters_leads_to_the_list(desk, reader):
    begun(desk, 2)
    order = desk.start("steps")
    desk.complete("zhao.agent", desk.task(order).id, mark="open")
    panel = reader("feng.lead").get("/inbox/filters?tab=team&process=steps")
    (chosen,) = panel.texts("//select[@id='f-process']/option[@selected]")
    assert chosen.endswith("(3)")
    fields = panel.fields("//main//form")
    fields |= {"name": "mark", "value": "open", "held": "no", "text": " a&b "}
    page = reader("feng.lead").get("/inbox/filters", **fields)
    asked = parse_qs(urlsplit(page.location).query)
    assert asked == {
        "tab": ["team"], "process": ["steps"], "held": ["no"], "text": ["a&b"], "v": ["mark=open"],
    }  # fmt: skip
    del fields["text"]
    page = reader("feng.lead").follow(reader("feng.lead").get("/inbox/filters", **fields))
    assert len(shown(page)) == 1
    assert page.find("//section[@id='list']/@data-query")


# ---- saved views --------------------------------------------------------------------------------


def test_a_view_is_saved_shared_renamed_and_removed_with_a_way_back(desk, reader):
    lead = reader("feng.lead")
    form = lead.get("/views/new?page=inbox&query=tab%3Dteam%26grade%3DA%26cursor%3Dxyz").fields()
    wrong = lead.post("/views/new", {**form, "name": " "})
    assert (wrong.status, wrong.texts("//p[@class='err']")) == (422, ["请填写视图名称。"])
    done = lead.post("/views/new", {**form, "name": "A 类", "unit": "north"})
    assert done.location == "/inbox?tab=team&grade=A"
    assert "A 类" in lead.follow(done).text
    assert "A 类" in reader("li.desk").get("/inbox").text
    assert "A 类" not in reader("tang.south").get("/inbox").text
    with desk.app.dispatcher.view(desk.person("feng.lead")) as moment:
        (kept,) = views(moment, "inbox")
    path = f"/views/{kept.id}"
    for stranger in ("li.desk", "tang.south"):
        assert reader(stranger).get(path).status == 404
        assert reader(stranger).post(path, {**form, "name": "x"}).status == 404
        assert reader(stranger).post(f"{path}/remove").status == 404
    changed = lead.get(path).fields("//main//form[1]")
    lead.post(path, {**changed, "name": "重要"})
    removed = lead.follow(lead.post(f"{path}/remove", {"_back": "/inbox?tab=team"}))
    assert "重要" in removed.text  # the toast
    (undo,) = removed.find("//div[@id='messages']//form")
    lead.post(undo.get("action"), dict(undo.form_values()))
    assert "重要" in reader("li.desk").get("/inbox").text


def test_only_leaders_share_views(reader):
    agent = reader("zhao.agent")
    assert agent.get("/views/new?page=inbox&query=").find("//select[@name='unit']") == []
    refused = agent.post("/views/new", {"page": "inbox", "name": "x", "unit": "north"})
    assert refused.status == 403
    assert refused.fields()["name"] == "x"


# ---- many tasks at once -------------------------------------------------------------------------


def test_many_tasks_are_claimed_and_those_refused_stay_ticked(desk, reader):
    free, taken, stale = begun(desk, 3)
    agent = reader("zhao.agent")
    ticked = boxes(agent.get("/inbox?tab=group"))
    desk.do("system", c.GrantRoles(login="chen.desk", grants=(("agent", "north"),)))
    desk.do("chen.desk", c.ClaimTask(task_id=taken))
    desk.do("zhao.agent", c.ClaimTask(task_id=stale))
    desk.do("zhao.agent", c.ReleaseTask(task_id=stale))
    unknown = 987654321
    tasks = [*ticked.values(), str(unknown), "x", "-1"]
    page = bulk(agent, "claim", tasks, _back="/inbox?tab=group")
    assert page.status == 200
    assert len(page.texts("//ul[@class='outcomes']/li")) == 3
    assert page.texts("//p[@class='done-line']")[0].endswith("：成功 1 件。")
    (back,) = page.find("//a[contains(@class,'btn p')]/@href")
    assert back == f"/inbox?tab=group&picked={taken},{stale},{unknown}"
    again = agent.get(back)
    (still,) = again.find("//input[@name='task'][@checked]/@value")
    assert still != ticked[stale]
    assert still == boxes(again)[stale]
    (fact,) = desk.facts(order_of(free), "task.claimed")
    assert fact["task"] == free


def test_roles_one_has_not_are_named_in_words(desk, reader):
    (task,) = begun(desk)
    page = bulk(reader("feng.lead"), "claim", [str(task)])
    (refusal,) = page.texts("//ul[@class='outcomes']/li/span")
    assert refusal == "需要以下角色之一，您在此处都没有：受理座席。"


def test_a_bulk_act_is_taken_back_at_once(desk, reader):
    tasks = begun(desk, 2)
    agent = reader("zhao.agent")
    done = bulk(agent, "claim", [str(task) for task in tasks], _back="/inbox?tab=group")
    assert done.location == "/inbox?tab=group"
    page = agent.follow(done)
    assert shown(page) == []
    (undo,) = page.find("//div[@id='messages']//form")
    assert agent.post("/inbox/bulk", dict(undo.form_values())).status == 303
    assert shown(agent.get("/inbox?tab=group")) == tasks


def test_the_same_form_sent_twice_acts_once(desk, reader):
    (task,) = begun(desk)
    agent = reader("zhao.agent")
    for _ in range(2):
        assert bulk(agent, "claim", [str(task)]).status == 303
    assert len(desk.facts(order_of(task), "task.claimed")) == 1


def test_tasks_are_transferred_with_one_reason(desk, reader):
    tasks = begun(desk, 2)
    agent = reader("zhao.agent")
    asked = bulk(agent, "transfer", [str(task) for task in tasks])
    form = asked.fields("//main//form")
    wrong = agent.post("/inbox/bulk", {**form, "role": "network"})
    assert wrong.status == 422
    fields = wrong.fields("//main//form")
    assert fields["role"] == "network"
    done = agent.post("/inbox/bulk", {**fields, "reason": "属传输专业"})
    assert done.status == 303
    assert shown(reader("sun.network").get("/inbox?tab=group")) == tasks


def test_an_order_is_urged_once_however_many_of_its_tasks_are_ticked(desk, reader):
    order = desk.start("talks")
    desk.complete("xu.stock", desk.task(order).id)
    desk.complete("zhao.agent", desk.task(order).id)
    tasks = [str(task.id) for task in desk.tasks(order)]
    assert len(tasks) == 2
    lead = reader("feng.lead")
    asked = bulk(lead, "urge", tasks).fields("//main//form")
    assert lead.post("/inbox/bulk", {**asked, "text": "客户在等"}).status == 303
    assert desk.order(order).urges == 1


def test_tasks_are_put_off_together(desk, reader):
    tasks = begun(desk, 2)
    agent = reader("zhao.agent")
    asked = bulk(agent, "snooze", [str(task) for task in tasks]).fields("//main//form")
    wrong = agent.post("/inbox/bulk", {**asked, "preset": "own", "until": "2020-01-01T00:00"})
    assert wrong.status == 422
    done = agent.post("/inbox/bulk", {**wrong.fields("//main//form"), "preset": "hour"})
    assert done.status == 303
    assert sorted(shown(agent.get("/inbox?tab=snoozed"))) == tasks
    assert shown(agent.get("/inbox?tab=group")) == []


@pytest.mark.parametrize(
    ("act", "tasks"), [("claim", []), ("suspend", ["1"]), ("", ["1"]), ("claim", ["x.y"])]
)
def test_nonsense_is_answered_with_a_word(reader, act, tasks):
    page = bulk(reader("zhao.agent"), act, tasks)
    assert page.location == "/inbox"
    assert reader("zhao.agent").follow(page).texts("//div[@id='messages']//span")


def test_with_scripts_the_list_stays_and_hears_of_it(desk, reader):
    first, second = begun(desk, 2)
    agent = reader("zhao.agent")
    done = agent.post("/inbox/bulk", {"act": "claim", "task": str(first)}, partial=True)
    assert done.headers["HX-Retarget"] == "#messages"
    assert done.headers["HX-Trigger"] == "desk:changed, desk:done"
    asked = agent.post("/inbox/bulk", {"act": "transfer", "task": str(second)}, partial=True)
    assert asked.find("//form//input[@name='_asked']")
    mixed = {"act": "claim", "task": [str(second), "987654321"]}
    result = agent.post("/inbox/bulk", mixed, partial=True)
    assert result.find("//ul/@data-failed") == ["987654321"]
    assert result.headers["HX-Trigger"] == "desk:changed"
