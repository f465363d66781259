"""The escalation board and the wallboard as pages."""

from datetime import timedelta

import pytest

from engine.domain import commands as c
from forms.pages.acts.registry import BY_NAME
from forms.pages.board import GROUPS
from tests.support.operator import MONDAY, rule
from tests.support.pages import Reader

LATE = MONDAY + timedelta(hours=6)
_DARK = "//link[contains(@href, '/dark.css')]/@media"


@pytest.fixture
def late(desk):
    """An order that is overdue and escalated."""
    desk.rules(
        [
            rule("late"),
            rule("later", level=2, trigger="+PT4H", receiver={"scope": "hq", "role": "hq_desk"}),
        ]
    )
    order = desk.start("steps", customer_id="K-1001")
    desk.wait_until(LATE)
    return order


@pytest.mark.parametrize(
    ("language", "told", "coming"),
    [
        (
            "zh",
            "今天 14:30 → 北城分公司主管 · 冯刚到达时限",
            "下一步：明天 09:30 → 总部大客户专席",
        ),
        (
            "en",
            "today 14:30 → Supervisor, North branch · 冯刚at the deadline",
            "Next: tomorrow 09:30 → Headquarters desk",
        ),
    ],
)
def test_a_leader_sees_why_and_what_comes_next(desk, late, language, told, coming):
    desk.do("feng.lead", c.SavePreferences(language=language))
    page = Reader(desk.app, "feng.lead").get("/escalations")
    assert page.status == 200
    (row,) = page.find(f"//li[@id='board-{desk.task(late, 'first').id}']")
    text = " ".join(row.text_content().split())
    assert told in text
    assert coming in text
    assert len(page.find("//h1")) == 1
    assert page.texts("//dl[contains(@class,'board')]//dd") == ["1", "0", "0", "0", "0"]


def test_one_click_leads_to_the_acts_of_superiors_and_back(desk, late):
    reader = Reader(desk.app, "feng.lead")
    page = reader.get("/escalations", unit="north", level_min="1")
    task = desk.task(late, "first").id
    links = page.find(f"//li[@id='board-{task}']//a[@data-dialog]/@href")
    assert [link.partition("?")[0].rpartition("/")[2] for link in links] == [
        "supervise", "assign", "transfer", "instruct",
    ]  # fmt: skip
    for link in links:
        assert link.partition("?")[0].rpartition("/")[2] in BY_NAME
        form = reader.get(link)
        assert form.status == 200
        assert form.find("//main//form//*[@name='_back']/@value") == [
            "/escalations?unit=north&level_min=1"
        ]
    assigned = reader.post(f"/tasks/{task}/acts/assign", {
        **reader.get(links[1]).fields("//main//form[contains(@action,'assign')]"),
        "to": "zhao.agent",
    })  # fmt: skip
    assert assigned.location == "/escalations?unit=north&level_min=1"
    assert "赵敏" in reader.follow(assigned).texts(f"//li[@id='board-{task}']")[0]


def test_supervision_is_offered_once(desk, late):
    task = desk.task(late, "first").id
    offered = f"//li[@id='board-{task}']//a[contains(@href, 'supervise')]"
    feng, manager = Reader(desk.app, "feng.lead"), Reader(desk.app, "he.manager")
    assert len(feng.get("/escalations").find(offered)) == 1
    desk.do("feng.lead", c.SuperviseTask(task_id=task, text="today"))
    assert feng.get("/escalations").find(offered) == []
    assert len(manager.get("/escalations").find(offered)) == 1


def test_numbers_of_the_cards_are_those_of_the_lists(desk):
    for _ in range(3):
        desk.start("steps", customer_id="K-1001")
    desk.wait_until(LATE)
    page = Reader(desk.app, "feng.lead").get("/escalations")
    cards = [int(text) for text in page.texts("//dl[contains(@class,'board')]//dd")]
    lists = [len(page.find(f"//*[@id='group-{code}']//li")) for code in GROUPS]
    assert cards == lists and sum(cards) >= 3


def test_the_board_asks_again_for_its_inside_only(desk, late):
    reader = Reader(desk.app, "feng.lead")
    whole = reader.get("/escalations", process="steps")
    (place,) = whole.find("//*[@id='board']")
    part = reader.get(place.get("hx-get"), partial=True)
    assert "<main" not in part.text
    assert f"board-{desk.task(late, 'first').id}" in part.text
    same = {"If-None-Match": part.headers["ETag"]}
    assert reader.get(place.get("hx-get"), partial=True, headers=same).status == 304
    desk.wait(minutes=1)
    assert reader.get(place.get("hx-get"), partial=True, headers=same).status == 200


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"unit": "nowhere"}, 404),
        ({"process": "nothing"}, 200),
        ({"level_min": "x"}, 200),
        ({"level_min": "99999999999"}, 200),
    ],
)
def test_odd_filters_do_no_harm(desk, query, status):
    assert Reader(desk.app, "feng.lead").get("/escalations", **query).status == status


@pytest.mark.parametrize("path", ["/escalations", "/wallboard"])
@pytest.mark.parametrize(
    ("login", "status"), [("feng.lead", 200), ("he.manager", 200), ("li.desk", 403)]
)
def test_only_leaders_may_look(desk, path, login, status):
    page = Reader(desk.app, login).get(path)
    assert page.status == status
    links = page.find(f"//nav//a[@href='{path}']") + page.find("//main[contains(@class,'wall')]")
    assert bool(links) == (status == 200)


def test_an_empty_board_says_so(desk):
    page = Reader(desk.app, "tang.south").get("/escalations")
    assert "没有超期任务" in page.texts("//main")[0]


def test_the_wall_shows_numbers_without_any_frame(desk, late):
    desk.complete("zhao.agent", desk.task(late, "first").id, mark="x")
    page = Reader(desk.app, "feng.lead").get("/wallboard")
    assert page.find(_DARK) == ["screen"]
    assert page.find("//nav[@data-counters]") == []
    assert page.texts("//dl[@class='big']//dd") == ["1", "0", "1", "0"]
    assert "0.0%" in page.texts("//dl[@class='big second']")[0]
    assert desk.order(late).number in page.texts("//main")[0]


@pytest.mark.parametrize(
    ("look", "media"),
    [
        ("light", []),
        ("auto", ["screen and (prefers-color-scheme: dark)"]),
        ("dark", ["screen"]),
        ("<x>", ["screen"]),
    ],
)
def test_the_wall_is_dark_unless_asked_otherwise(desk, look, media):
    page = Reader(desk.app, "qian.hq").get("/wallboard", look=look, unit="north")
    assert page.find(_DARK) == media
    assert page.texts("//h1") == ["北城分公司"]
    again = Reader(desk.app, "qian.hq").get(page.find("//main/@hx-get")[0], partial=True)
    assert again.texts("//h1") == ["北城分公司"]
