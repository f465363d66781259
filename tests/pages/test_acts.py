"""Acts on tasks and orders as pages: offered to whom, done, undone, refused with nothing lost."""

from datetime import timedelta

import pytest

from engine.domain import commands as c
from engine.queries.orders import visible_order, visible_task
from forms.pages.acts.act import Subject
from forms.pages.acts.registry import ACTS, BY_NAME, available
from tests.support.operator import Operator
from tests.support.pages import Reader


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    made = Operator.new(tmp_path_factory.mktemp("acts"))
    yield made
    made.app.close()


@pytest.fixture(scope="module")
def reader(desk):
    readers = {}

    def signed_in(login, language="zh"):
        if login not in readers:
            first = next(iter(readers.values()), None)
            readers[login] = Reader(desk.app, login, first.desk if first else None)
        desk.do(login, c.SavePreferences(language=language))
        return readers[login]

    return signed_in


@pytest.fixture
def held(desk):
    """An order whose second step li.desk holds; zhao.agent did the first."""
    order = desk.start("steps")
    desk.complete("zhao.agent", desk.task(order).id, mark="x")
    desk.do("li.desk", c.ClaimTask(task_id=desk.task(order).id))
    return order


@pytest.fixture(autouse=True)
def speaking(reader):
    """Words need a page to be told on."""
    with reader("li.desk").desk.test_request_context():
        yield


def offers(desk, login, order, task=None):
    with desk.app.dispatcher.view(desk.person(login)) as moment:
        if task is None:
            subject = Subject(moment=moment, order=visible_order(moment, order))
        else:
            found, its_order = visible_task(moment, task)
            subject = Subject(moment=moment, order=its_order, task=found)
        return {offer.name: offer for offer in available(subject)}


def path(about, number, act):
    return f"/{about}s/{number}/acts/{act}"


# ---- offered ----------------------------------------------------------------------------------


def test_everybody_is_offered_what_they_may_do_and_no_more(desk, held):
    task = desk.task(held).id
    own = set(offers(desk, "li.desk", held, task))
    assert {"transfer", "delegate", "release", "return", "extend", "hold", "urge"} <= own
    assert own.isdisjoint({"claim", "assign", "jump", "recall", "give-back", "suspend"})
    assert {"assign", "transfer", "release"} <= set(offers(desk, "feng.lead", held, task))
    assert "jump" in offers(desk, "he.manager", held, task)
    assert {"jump", "suspend", "cancel"} <= set(offers(desk, "ma.operator", held, task))
    assert offers(desk, "lin.owner", held, task) == {}
    first = desk.all_tasks(held)[0].id
    assert "take-back" in offers(desk, "zhao.agent", held, first)
    desk.do("li.desk", c.DelegateTask(task_id=task, to="sun.network"))
    lent = set(offers(desk, "sun.network", held, task))
    assert "give-back" in lent
    assert lent.isdisjoint({"transfer", "return", "delegate", "release", "extend"})
    assert "recall" in offers(desk, "li.desk", held, task)


def test_what_is_offered_can_be_done_and_what_is_not_is_refused(desk, held):
    """The predicates of the buttons agree with the handlers, for acts that need no input."""
    free = desk.start("steps")
    probes = {"claim": c.ClaimTask, "release": c.ReleaseTask, "take-back": c.TakeBackStep}
    for order in (held, free):
        for task in desk.all_tasks(order):
            for login in ("li.desk", "chen.desk", "zhao.agent", "feng.lead", "ma.operator"):
                offered = offers(desk, login, order, task.id)
                for name, command in probes.items():
                    code = desk.dry(desk.person(login), command(task_id=task.id))
                    if code == "step_moved_on":
                        continue  # Whether what came next was touched is asked of the history.
                    assert (name in offered) == (code is None), (name, login, task.element, code)


def test_buttons_ask_the_database_nothing(desk, held):
    with desk.app.dispatcher.view(desk.person("li.desk")) as moment:
        found, order = visible_task(moment, desk.task(held).id)
        subject = Subject(moment=moment, order=order, task=found)
        moment.setup  # noqa: B018 - loaded once per process
        moment.connection.close()
        assert available(subject)


def test_names_are_unique_and_undo_names_an_act():
    assert len(BY_NAME) == len(ACTS)


# ---- done -------------------------------------------------------------------------------------


def test_a_claim_is_undone_by_its_toast(desk, reader):
    order = desk.start("steps")
    task = desk.task(order)
    zhao = reader("zhao.agent")
    done = zhao.post(path("task", task.id, "claim"), {"_version": task.version})
    assert (done.status, done.location) == (303, f"/tasks/{task.id}")
    assert desk.task(order).assignee == desk.person("zhao.agent").id
    zhao.post(path("task", task.id, "release"))
    assert desk.task(order).assignee is None


DIALOGS = [
    ("li.desk", "task", "transfer", {"role": "network", "reason": "r"}, "task.transferred"),
    ("li.desk", "task", "delegate", {"to": "孙磊", "reason": ""}, "task.delegated"),
    ("li.desk", "task", "return", {"to": "first", "reason": "r"}, "task.returned"),
    ("he.manager", "task", "jump", {"to": "third", "reason": "r"}, "task.jumped"),
    ("feng.lead", "task", "assign", {"to": "chen.desk", "reason": ""}, "task.assigned"),
    ("li.desk", "order", "hold", {"reason": "weather", "until": ""}, "order.held"),
    ("li.desk", "order", "urge", {"text": "soon"}, "order.urged"),
    ("ma.operator", "order", "suspend", {"reason": "r"}, "order.suspended"),
    ("ma.operator", "order", "cancel", {"reason": "r"}, "order.ended"),
]


@pytest.mark.parametrize("case", DIALOGS, ids=lambda case: case[2])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_dialog_shows_asks_and_does(desk, reader, held, case, language):
    login, about, act, typed, kind = case
    someone = reader(login, language)
    number = desk.task(held).id if about == "task" else held
    where = path(about, number, act)
    page = someone.get(where)
    part = someone.get(where, partial=True)
    assert (page.status, part.status) == (200, 200)
    assert len(page.find("//h1")) == 1
    assert part.find("//*[@id='dialog-title']")
    assert set(typed) <= set(page.fields()) | set(page.find("//main//input[@type='radio']/@name"))
    fields = page.fields() | typed
    done = someone.post(where, fields)
    assert done.status == 303, done.texts("//main")
    assert desk.facts(held, kind)
    # Sent twice, it is done once.
    again = someone.post(where, fields)
    assert again.status in (303, 404, 409)
    assert len(desk.facts(held, kind)) == 1


def test_more_time_is_asked_for_and_decided(desk, reader, held):
    task = desk.task(held).id
    where = path("task", task, "extend")
    form = reader("li.desk").get(where)
    later = (desk.task(held).due_at or desk.clock.now()) + timedelta(days=2)
    ask = form.fields() | {"new_due_at": f"{later:%Y-%m-%dT%H:%M}", "reason": "r"}
    assert reader("li.desk").post(where, ask).status == 303
    # While it is pending it is told of and can be taken back, but not made a second time.
    page = reader("li.desk").get(f"/tasks/{task}")
    assert "申请延期至" in page.text
    offered = {url.rpartition("/")[2] for url in page.find("//a/@href | //form/@action")}
    assert "withdraw-extension" in offered and "extend" not in offered
    assert not reader("li.desk").get(where).find("//main//input[@name='new_due_at']")
    refused = reader("li.desk").post(where, ask | {"_once": "z" * 24})
    assert refused.status == 409 and len(desk.facts(held, "extension.requested")) == 1
    assert reader("li.desk").post(path("task", task, "withdraw-extension")).status == 303
    assert desk.tasks(held, purpose="extension") == []
    form = reader("li.desk").get(where)
    assert reader("li.desk").post(where, ask | {"_once": form.fields()["_once"]}).status == 303
    decision = desk.task(held, "extension")
    where = path("task", decision.id, "decide")
    lead = reader("feng.lead")
    denied = lead.post(where, {"decision": "deny", "comment": ""})
    assert denied.status == 422
    assert denied.find("//*[@id='f-comment'][@aria-invalid='true']")
    assert lead.post(where, {"decision": "approve", "comment": ""}).location == "/inbox"
    assert [one["approved"] for one in desk.facts(held, "extension.decided")] == [True]


def test_a_step_is_taken_back_and_leads_to_the_new_task(desk, reader):
    order = desk.start("steps")
    first = desk.task(order).id
    desk.complete("zhao.agent", first, mark="x")
    done = reader("zhao.agent").post(path("task", first, "take-back"))
    assert done.location == f"/tasks/{desk.task(order, 'first').id}"


def test_after_a_task_has_left_one_is_back_in_the_list(desk, reader, held):
    task = desk.task(held).id
    where = path("task", task, "transfer")
    sent = {"role": "network", "reason": "r", "_back": f"/tasks/{task}?tab=mine&sort=priority"}
    assert reader("li.desk").post(where, sent).location == "/inbox?tab=mine&sort=priority"


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "/\\evil", "x"])
def test_nobody_is_led_away(desk, reader, back):
    task = desk.task(desk.start("steps")).id
    done = reader("zhao.agent").post(path("task", task, "claim"), {"_back": back})
    assert done.location == f"/tasks/{task}"


# ---- refused ----------------------------------------------------------------------------------


def test_what_is_wrong_comes_back_with_everything_typed(desk, reader, held):
    task = desk.task(held).id
    where = path("task", task, "transfer")
    for partial in (False, True):
        page = reader("li.desk").post(where, {"reason": "", "to": "某某"}, partial=partial)
        assert page.status == 422
        names = page.find("//*[@id='errsum']//a/@href")
        assert names == ["#f-to", "#f-reason"]
        assert page.find("//*[@id='f-to']/@value") == ["某某"]
        assert bool(page.find("//h1")) is not partial
    page = reader("li.desk").post(where, {"reason": "why", "to": ""})
    assert page.find("//*[@id='errsum']//a/@href") == ["#f-role"]
    assert page.texts("//textarea") == ["why"]
    page = reader("li.desk").post(where, {"reason": "x" * 2001, "role": "astronaut"})
    assert page.find("//*[@id='errsum']//a/@href") == ["#f-role", "#f-reason"]


def test_a_stale_form_says_so_keeps_what_was_typed_and_can_be_sent_again(desk, reader, held):
    task = desk.task(held).id
    where = path("task", task, "transfer")
    form = reader("li.desk").get(where)
    desk.do("feng.lead", c.AssignTask(task_id=task, to="li.desk", reason="yours"))
    typed = form.fields() | {"role": "network", "reason": "long thought"}
    page = reader("li.desk").post(where, typed)
    assert page.status == 409
    (alert,) = page.texts("//*[@role='alert']")
    assert "已有变动" in alert
    assert page.texts("//textarea") == ["long thought"]
    assert page.fields()["role"] == "network"
    assert desk.facts(held, "task.transferred") == []
    assert reader("li.desk").post(where, page.fields()).status == 303


def test_a_plain_button_that_comes_too_late_changes_nothing(desk, reader):
    order = desk.start("steps")
    task = desk.task(order)
    desk.do("feng.lead", c.AssignTask(task_id=task.id, to="zhao.agent"))
    sent = {"_version": task.version}
    page = reader("zhao.agent").post(path("task", task.id, "claim"), sent, partial=True)
    assert page.status == 409
    assert page.headers["HX-Retarget"] == "#messages"
    assert reader("zhao.agent").post(path("task", task.id, "claim"), sent).status == 409
    assert desk.facts(order, "task.claimed") == []


def test_what_is_not_offered_any_more_says_so(desk, reader, held):
    page = reader("lin.owner").get(path("task", desk.task(held).id, "transfer"))
    assert page.status == 200
    assert page.find("//main//form") == []
    assert "不能办理" in page.texts("//main")[0]


@pytest.mark.parametrize("act", ["claim", "transfer", "jump", "take-back"])
def test_strangers_and_wrong_addresses_find_nothing(desk, reader, held, act):
    task = desk.task(held).id
    south = reader("tang.south")
    assert south.get(path("task", task, act)).status == 404
    assert south.post(path("task", task, act), {"reason": "r", "to": "third"}).status == 404
    assert south.get(path("order", held, act)).status == 404
    assert south.get(path("order", held, "nothing")).status == 404
    assert south.get(path("task", 2**70, act)).status == 404


def test_every_act_of_the_registry_is_refused_to_readers(desk, reader, held):
    """Who only reads may do nothing to it, whatever they send."""
    task = desk.task(held)
    before = len(desk.events(held))
    junk = {
        "reason": "weather", "text": "x", "to": "third", "role": "network", "people": "li.desk",
        "decision": "approve", "preset": "hour", "new_due_at": "2027-01-01T09:00",
    }  # fmt: skip
    mere = reader("lin.owner")
    statuses = {}
    for act in ACTS:
        number = task.id if act.about == "task" else held
        statuses[act.name] = mere.post(path(act.about, number, act.name), junk).status
    allowed = {"snooze", "unsnooze"}  # One's own working papers.
    assert {name for name, status in statuses.items() if status < 400} <= allowed
    assert len(desk.events(held)) == before
