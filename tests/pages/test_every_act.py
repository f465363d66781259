"""Each act of the registry: its effect, its right, its fact in the history, a page gone stale."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, NamedTuple

import pytest
import sqlalchemy as sa

from engine.domain import commands as c
from engine.domain.signing import read
from engine.store import tables as t
from forms.pages.acts.registry import ACTS, BY_NAME
from tests.support.operator import MONDAY, Operator
from tests.support.pages import Reader

#: Reads orders of the unit, works on none; and somebody of another branch.
MERE_READER, STRANGER = "lin.owner", "tang.south"
SUN = {"people": "sun.network"}


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    made = Operator.new(tmp_path_factory.mktemp("every_act"))
    yield made
    made.app.close()


@pytest.fixture(scope="module")
def signed_in(desk):
    app = Reader(desk.app, "li.desk").desk
    return lambda login: Reader(desk.app, login, app)


# ---- where an act is possible: an order, and the element of its task ---------------------------


def free(desk):
    return desk.start("steps"), "first"


def stepped(desk):
    order, first = free(desk)
    desk.complete("zhao.agent", desk.task(order).id, mark="x")
    return order, first


def held(desk):
    order, _ = stepped(desk)
    desk.do("li.desk", c.ClaimTask(task_id=desk.task(order).id))
    return order, "second"


def then(arrange, who, command):
    """An arrangement in which somebody has done one thing more."""

    def arranged(desk):
        order, element = arrange(desk)
        desk.do(who, command(task_of(desk, order, element).id, order))
        return order, element

    return arranged


lent = then(held, "li.desk", lambda task, _: c.DelegateTask(task_id=task, to="sun.network"))
round_ = then(
    held,
    "li.desk",
    lambda task, _: c.AddSigners(
        task_id=task, people=("sun.network", "chen.desk"), when="after", rule="all"
    ),
)
submitted = then(round_, "li.desk", lambda task, _: c.CompleteTask(task_id=task, values={}))
paused = then(held, "li.desk", lambda _, order: c.HoldOrder(order_id=order, reason="weather"))
frozen = then(held, "ma.operator", lambda _, order: c.SuspendOrder(order_id=order, reason="r"))
copied = then(
    held, "li.desk", lambda _, order: c.CopyOrder(order_id=order, people=("wu.billing",))
)
asleep = then(
    held,
    "li.desk",
    lambda task, _: c.SnoozeTask(task_id=task, until=MONDAY + timedelta(days=400)),
)


def asked(desk):
    order, element = held(desk)
    later = desk.clock.now() + timedelta(days=1)
    command = c.RequestExtension(
        task_id=task_of(desk, order, element).id, new_due_at=later, reason="r"
    )
    desk.do("li.desk", command)
    return order, "extension"


def asked_for(desk):
    order, _ = asked(desk)
    return order, "second"


def task_of(desk, order, element):
    """The newest task of an element."""
    return [task for task in desk.all_tasks(order) if task.element == element][-1]


# ---- the acts ---------------------------------------------------------------------------------


class Case(NamedTuple):
    """How an act is shown to hold.

    Attributes:
        fact: Kind of what it leaves in the history; None for working papers.
        effect: What is true afterwards and was not before, of the order and the task.
        fits_ended: Whether it is about a task that may have ended already.
    """

    who: str
    arrange: Callable[[Operator], tuple[int, str]]
    fields: dict[str, str] | None
    fact: str | None
    effect: Callable[..., bool]


def assigned(login):
    return lambda desk, order, task: task.assignee == (desk.person(login).id if login else None)


def signers(desk, order, task):
    signing = read(task.signing)
    return signing is not None and desk.person("sun.network").id in (
        each.person for each in signing.signatures
    )


def is_open(element):
    return lambda desk, order, task: element in {one.element for one in desk.tasks(order)}


def row_of(table, person):
    """Whether a person has a row about the order or the task in a table of theirs."""

    def found(desk, order, task):
        columns = table.c
        about = columns.order_id == order if "order_id" in columns else columns.task_id == task.id
        with desk.app.database.read() as connection:
            return connection.execute(
                sa.select(sa.func.count())
                .select_from(table)
                .where(about, columns.person_id == desk.person(person).id)
            ).scalar_one() == 1  # fmt: skip

    return found


def instructed(desk, order):
    return [fact.get("task") for fact in desk.facts(order, "order.instructed")]


def no(effect):
    return lambda desk, order, task: not effect(desk, order, task)


def status(value):
    return lambda desk, order, task: desk.order(order).status == value


REASON = {"reason": "因为"}
CASES = {
    "claim": Case("zhao.agent", free, None, "task.claimed", assigned("zhao.agent")),
    "release": Case("li.desk", held, None, "task.released", assigned(None)),
    "assign": Case("feng.lead", held, {"to": "chen.desk", **REASON}, "task.assigned",
                   assigned("chen.desk")),
    "transfer": Case("li.desk", held, {"role": "network", **REASON}, "task.transferred",
                     lambda desk, order, task: task.queue.startswith("network@")),
    "delegate": Case("li.desk", held, {"to": "sun.network", **REASON}, "task.delegated",
                     assigned("sun.network")),
    "give-back": Case("sun.network", lent, REASON, "task.given_back", assigned("li.desk")),
    "recall": Case("li.desk", lent, None, "task.given_back", assigned("li.desk")),
    "take-back": Case("zhao.agent", stepped, None, "task.taken_back", is_open("first")),
    "return": Case("li.desk", held, {"to": "first", **REASON}, "task.returned", is_open("first")),
    "jump": Case("he.manager", held, {"to": "third", **REASON}, "task.jumped", is_open("third")),
    "hold": Case("li.desk", held, {"reason": "weather", "until": ""}, "order.held",
                 lambda desk, order, task: desk.order(order).held is not None),
    "resume": Case("li.desk", paused, None, "order.resumed",
                   lambda desk, order, task: desk.order(order).held is None),
    "urge": Case("li.desk", held, {"text": "快"}, "order.urged",
                 lambda desk, order, task: desk.order(order).urges == 1),
    "suspend": Case("ma.operator", held, REASON, "order.suspended", status("suspended")),
    "reactivate": Case("ma.operator", frozen, REASON, "order.reactivated", status("running")),
    "cancel": Case("ma.operator", held, REASON, "order.ended", status("ended")),
    "extend": Case("li.desk", held, {"new_due_at": "2026-12-01T10:00", **REASON},
                   "extension.requested", is_open("extension")),
    "withdraw-extension": Case("li.desk", asked_for, None, "extension.withdrawn",
                               no(is_open("extension"))),
    "decide": Case("feng.lead", asked, {"decision": "approve", "comment": "可以"},
                   "extension.decided", no(is_open("extension"))),
    "snooze": Case("li.desk", held, {"preset": "own", "until": "2026-12-01T10:00"}, None,
                   row_of(t.snooze, "li.desk")),
    "unsnooze": Case("li.desk", asleep, None, None, no(row_of(t.snooze, "li.desk"))),
    "add-signers": Case(
        "li.desk", held, {**SUN, **REASON, "when": "before", "rule": "all", "share": ""},
        "task.signing_set", signers),
    "remove-signers": Case("li.desk", round_, {**SUN, **REASON}, "task.signing_set", no(signers)),
    "take-submission-back": Case(
        "li.desk", submitted, None, "task.signing_set",
        lambda desk, order, task: not read(task.signing).submitted),
    "instruct": Case("feng.lead", held, {"text": "请抓紧", "new_due_at": ""}, "order.instructed",
                     lambda desk, order, task: task.id in instructed(desk, order)),
    "instruct-order": Case("feng.lead", held, {"text": "请抓紧", "new_due_at": ""},
                           "order.instructed",
                           lambda desk, order, task: None in instructed(desk, order)),
    "supervise": Case("feng.lead", held, {"text": "盯住"}, "task.opened", is_open("supervision")),
    "copy": Case("li.desk", held, {"people": "wu.billing"}, "order.copied",
                 row_of(t.order_copy, "wu.billing")),
    "remove-copy": Case("li.desk", copied, {"people": "wu.billing"}, "order.copy_removed",
                        no(row_of(t.order_copy, "wu.billing"))),
}  # fmt: skip
every_act = pytest.mark.parametrize("name", [act.name for act in ACTS])


def prepared(desk, name):
    """The case of an act, its order, and where it is done."""
    case, act = CASES[name], BY_NAME[name]
    order, element = case.arrange(desk)
    number = task_of(desk, order, element).id if act.about == "task" else order
    return case, order, element, f"/{act.about}s/{number}/acts/{name}"


def typed(reader, case, where) -> dict[str, Any]:
    """What the page posts once somebody has filled it in."""
    shown = reader.get(where)
    assert shown.status == 200
    return (shown.fields() if case.fields is not None else {}) | (case.fields or {})


@every_act
def test_it_does_what_it_says_and_leaves_a_fact(desk, signed_in, name):
    case, order, element, where = prepared(desk, name)
    reader = signed_in(case.who)
    before = len(desk.facts(order))
    assert not case.effect(desk, order, task_of(desk, order, element))
    assert reader.post(where, typed(reader, case, where)).status == 303
    assert case.effect(desk, order, task_of(desk, order, element))
    told = desk.events(order)[before:]
    if case.fact is not None:
        by = [event.actor for event in told if event.fact["kind"] == case.fact]
        assert by == [desk.person(case.who).id]
    else:
        assert told == []


@every_act
@pytest.mark.parametrize("who", [MERE_READER, STRANGER])
def test_it_is_refused_to_who_has_no_right_to_it(desk, signed_in, name, who):
    case, order, element, where = prepared(desk, name)
    before = len(desk.facts(order))
    answer = signed_in(who).post(where, case.fields or {})
    assert answer.status == 404 if who == STRANGER else answer.status in (403, 404, 409, 303)
    assert not case.effect(desk, order, task_of(desk, order, element))
    assert len(desk.facts(order)) == before


@every_act
def test_a_stale_page_changes_nothing_and_keeps_what_was_typed(desk, signed_in, name):
    case, order, _, where = prepared(desk, name)
    reader = signed_in(case.who)
    sent = typed(reader, case, where)
    desk.do("ma.operator", c.CancelOrder(order_id=order, reason="meanwhile"))
    before = len(desk.facts(order))
    answer = reader.post(where, sent)
    assert answer.status == 409 or name == "unsnooze"
    assert len(desk.facts(order)) == before
    written = [(case.fields or {}).get(each, "") for each in ("text", "reason", "comment")]
    assert [text for text in written if text not in answer.text] == []
