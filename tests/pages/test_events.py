"""Every kind of fact has a sentence, in both languages, without codes and numbers of our own."""

import re
from datetime import UTC, datetime
from typing import get_args, get_origin, get_type_hints

import pytest
from flask import g

from engine.domain import facts as f
from engine.domain.notices import NOTICES
from forms.pages.desk import create_desk
from forms.pages.events import KNOWN, Names, detail, sentence
from forms.pages.events.records import ENTITIES
from tests.support.installation import ZONE

AT = datetime(2026, 11, 23, 1, tzinfo=UTC)
CHINESE = re.compile(r"[\u3400-\u9fff]")
CODE = re.compile(r"\b[a-z]+_[a-z_]+\b|%\(|\bNone\b|\bnull\b")
#: Codes a field may hold, where any text would not do.
CODES = {
    "notice": "reminder", "entity": "customer", "state": "inProgress", "outcome": "completed",
    "problem": "job", "actions": ("notify",), "role": "supervisor", "key": "order",
    "clock": "order", "element": "file_contract", "to_element": "file_contract",
    "queue": "agent@1", "name": "合同", "name_en": "Contract", "process_key": "steps",
    "elements": ("file_contract",), "message": "It failed", "message_zh": "失败",
    "sha256": "0" * 64, "text": "", "comment": "", "title": "", "number": 7, "milestone": "tested",
}  # fmt: skip
#: Every code that decides about the wording.
VARIANTS = {
    f.TaskWithdrawn: ("reason", ["interrupted", "order_ended", "signer_removed", "taken_back",
                                 "signing_decided", "signing_ended", "extension_withdrawn"]),
    f.SigningSet: ("cause", ["added", "removed", "signed", "submitted", "taken_back", "ended"]),
    f.ClockSet: ("cause", ["started", "paused", "resumed", "extended", "replanned"]),
    f.JobClosed: ("reason", ["completed", "error", "interrupted"]),
    f.IncidentClosed: ("reason", ["resolved", "cancelled"]),
    f.OrderHeld: ("reason", ["weather", "power"]),
    f.Notified: ("notice", sorted(NOTICES)),
    f.RecordSaved: ("entity", sorted(ENTITIES)),
}  # fmt: skip


@pytest.fixture
def telling(desk):
    """Names of a real order, and a page to tell on."""
    order = desk.start_drawn("start_provisioning", "leased_line_provisioning", "wang.sales")
    app = create_desk(desk.app, ZONE)
    with desk.app.dispatcher.view(desk.person("feng.lead")) as moment:

        def tell(fact, language):
            with app.test_request_context():
                g.language = language
                return sentence(fact, 1, Names(moment, desk.order(order), []))

        yield tell


def sample(kind, **fixed):
    """A fact of a kind with something in every field that must be there."""
    values = {}
    for name, hint in get_type_hints(kind).items():
        if name in CODES:
            values[name] = CODES[name]
        elif name in kind.__struct_fields__[-len(kind.__struct_defaults__) or 99 :]:
            continue
        else:
            values[name] = _value(hint)
    return kind(**{**values, **fixed})


def _value(hint):
    plain = next((one for one in get_args(hint) or [hint] if one is not type(None)), hint)
    if get_origin(hint) in (tuple, dict):
        return get_origin(hint)()
    return {int: 1, str: "", bool: True, float: 90.0, datetime: AT}.get(plain, {})


def samples(kind):
    name, codes = VARIANTS.get(kind, ("", [None]))
    return [sample(kind, **({name: code} if code else {})) for code in codes]


def test_every_kind_has_a_sentence():
    assert set(f.KINDS) - set(KNOWN) == set()


def test_sentences_are_in_one_language_and_free_of_codes(telling):
    wrong = []
    for kind in f.KINDS:
        for fact in samples(kind):
            zh, en = telling(fact, "zh"), telling(fact, "en")
            if not CHINESE.search(zh) or CODE.search(zh) or zh == en:
                wrong.append((kind.__name__, zh))
            names = re.sub("“[^”]*”", "", re.sub("王芳|李娜|计费系统", "", en))
            if CHINESE.search(names) or CODE.search(en) or not re.search("[a-z]{3}", en):
                wrong.append((kind.__name__, en))
    assert wrong == []


@pytest.mark.parametrize(
    ("fact", "told"),
    [
        (f.TaskReturned(task=1, reason="资料不全", to_element="x"), "资料不全"),
        (f.CommentAdded(comment=1, text="好"), "好"),
        (f.OrderHeld(reason="weather", text="台风"), "台风"),
        (f.OrderHeld(reason="weather"), ""),
        (f.TaskWithdrawn(task=1, reason="interrupted"), ""),
        (f.TaskClaimed(task=1), ""),
    ],
)
def test_what_people_wrote_stands_below(fact, told):
    assert detail(fact) == told
