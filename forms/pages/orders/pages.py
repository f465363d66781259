"""All work orders: a list with search, filters, order, and everything of it in the address."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec
from flask import Blueprint, Response, request

from engine.domain import access
from engine.domain.access import Act
from engine.domain.records import Unit
from engine.domain.setup import Setup
from engine.queries.order_list import Sort, list_orders
from engine.queries.order_query import CHOICES, VARIABLE, OrderQuery
from engine.queries.views import views
from engine.store.view import View
from forms.pages import replies
from forms.pages.caller import is_partial, person, view
from forms.pages.labels import Labels
from forms.pages.language import choose, gettext, mark
from forms.pages.moments import zone
from forms.pages.orders.rows import order_rows
from forms.pages.words import process_word, state_word

bp = Blueprint("orders", __name__)

_PAGE: Final = 50
SORTS: Final[Mapping[Sort, str]] = {
    "newest": mark("Last started first"),
    "oldest": mark("First started first"),
    "due": mark("Next deadline first"),
}
#: Lists one click away: fields of the address.
QUICK: Final[tuple[tuple[str, Mapping[str, str]], ...]] = (
    (mark("All"), {}),
    (mark("Open orders"), {"status": "open"}),
    (mark("Overdue"), {"status": "open", "overdue": "yes"}),
    (mark("On hold"), {"held": "yes"}),
    (mark("Ended orders"), {"status": "ended"}),
)
_QUICK_FIELDS: Final = ("status", "overdue", "held")
_LABELS: Final[Mapping[str, str]] = {
    "process": mark("Process"),
    "state": mark("State"),
    "status": mark("Progress"),
    "unit": mark("Unit"),
    "customer": mark("Customer"),
    "since": mark("Started from"),
    "until": mark("Started until"),
    "held": mark("On hold"),
    "overdue": mark("Overdue"),
    "level": mark("Escalation level"),
    "incident": mark("Incident"),
}
_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "status": {
        "open": mark("Open orders"),
        "suspended": mark("Suspended"),
        "ended": mark("Ended orders"),
    },
    "level": {
        "1": mark("1 or higher"),
        "2": mark("2 or higher"),
        "3": mark("3"),
    },
}
_TRUTHS: Final[Mapping[str, str]] = {"yes": mark("Yes"), "no": mark("No")}
#: Beyond so many units only headquarters and branches are offered.
_MOST_UNITS: Final = 300
#: Fields of the panel that make a filter by a published variable.
_NAME, _VALUE = "name", "value"


class Chip(msgspec.Struct, frozen=True):
    """A filter in use, and the list without it."""

    text: str
    path: str


class Choice(msgspec.Struct, frozen=True):
    """A value of a field of the panel."""

    value: str
    word: str


@bp.get("/orders")
def show() -> Response:
    """The list."""
    with view() as moment:
        asked = _asked(moment)
        if "apply" in request.args:
            return replies.go(_here(asked.written))
        return replies.page(
            "orders/page.html",
            asked=asked,
            sorts=SORTS,
            quick=[(word, _quick(asked, fields)) for word, fields in QUICK],
            chips=list(_chips(moment, asked)),
            views=views(moment, "orders"),
            may_start=access.may_anywhere(person(), Act.START),
            **_rows(moment, asked),
        )


@bp.get("/orders/rows")
def rows() -> Response:
    """The rows after those shown."""
    with view() as moment:
        asked = _asked(moment)
        return replies.page("orders/rows.html", asked=asked, **_rows(moment, asked))


@bp.get("/orders/filters")
def filters() -> Response:
    """The panel of filters."""
    with view() as moment:
        asked = _asked(moment)
        labels, names = _published(moment, asked)
        return replies.page(
            "orders/filters_dialog.html" if is_partial() else "orders/filters_page.html",
            asked=asked,
            labels=_LABELS,
            fields={name: list(_choices(moment, name)) for name in _LABELS if name in _CHOOSERS},
            variables=sorted(((name, labels.name(name)) for name in names), key=_by_word),
        )


def _asked(moment: View) -> OrderQuery:
    """What the address asks for; the panel gives variables as pairs of fields."""
    pairs = list(request.args.items(multi=True))
    given = zip(request.args.getlist(_NAME), request.args.getlist(_VALUE), strict=False)
    pairs += [(VARIABLE, f"{name}={value}") for name, value in given if name]
    return OrderQuery.of(pairs, moment.setup)


def _rows(moment: View, asked: OrderQuery) -> dict[str, Any]:
    page = list_orders(
        moment,
        filters=asked.filters(zone()),
        sort=asked.sort,
        cursor=request.args.get("cursor") or None,
        limit=_PAGE,
    )
    return {"rows": order_rows(moment, page.items), "more": page.next_cursor}


def _here(query: str) -> str:
    return f"/orders?{query}" if query else "/orders"


def _quick(asked: OrderQuery, fields: Mapping[str, str]) -> tuple[str, bool]:
    """Address of a list one click away, and whether it is shown."""
    wanted = {name: fields.get(name, "") for name in _QUICK_FIELDS}
    is_on = all(getattr(asked, name) == value for name, value in wanted.items())
    return _here(asked.but(**wanted)), is_on


def told(moment: View, asked: OrderQuery) -> str:
    """A list in words: what is searched for and every filter."""
    parts = [gettext("“%(text)s”", text=asked.q)] if asked.q else []
    parts += [text for text, _ in _parts(moment, asked)]
    return gettext("; ").join(parts)


def _chips(moment: View, asked: OrderQuery) -> Iterator[Chip]:
    """Filters in use, but for those a quick list shows."""
    is_quick = any(_quick(asked, fields)[1] for _, fields in QUICK)
    for text, changes in _parts(moment, asked):
        if not (is_quick and changes.keys() <= set(_QUICK_FIELDS)):
            yield Chip(text, _here(asked.but(**changes)))


def _parts(moment: View, asked: OrderQuery) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every filter in words, and what takes it away."""
    for name, label in _LABELS.items():
        value = getattr(asked, name)
        if value:
            word = _word(moment, name, value)
            text = gettext("%(name)s: %(value)s", name=gettext(label), value=word.strip())
            yield text, {name: ""}
    if asked.variables:
        labels, _ = _published(moment, asked)
        for name, value in asked.variables:
            text = gettext(
                "%(name)s: %(value)s", name=labels.name(name), value=labels.value(name, value)
            )
            left = tuple(one for one in asked.variables if one[0] != name)
            yield text, {"variables": left}


def _word(moment: View, name: str, value: str) -> str:
    """A value of a filter in words."""
    if name == "customer":
        customer = moment.customer(int(value))
        paths = access.visible_paths(person())
        # Who may not see a customer may still have its number in an address.
        is_seen = customer is not None and moment.setup.unit(customer.unit_id).path.startswith(
            paths or ("-",)
        )
        return customer.name if customer is not None and is_seen else gettext("unknown")
    words = {choice.value: choice.word for choice in _choices(moment, name)}
    return words.get(value, value)


def _choices(moment: View, name: str) -> Iterator[Choice]:
    """Values a field of the panel offers."""
    chooser = _CHOOSERS.get(name)
    return iter(()) if chooser is None else chooser(moment.setup, name)


def _processes(setup: Setup, _name: str) -> Iterator[Choice]:
    found = (Choice(key, process_word(key, setup)) for key in setup.latest)
    yield from sorted(found, key=lambda choice: choice.word)


def _states(_setup: Setup, _name: str) -> Iterator[Choice]:
    yield from (Choice(code, state_word(code)) for code in state_word)


def _units(setup: Setup, _name: str) -> Iterator[Choice]:
    paths = access.visible_paths(person()) or ("-",)
    seen = sorted(
        (unit for unit in setup.units.values() if unit.path.startswith(paths)), key=_place
    )
    if len(seen) > _MOST_UNITS:
        seen = [unit for unit in seen if unit.kind in ("headquarters", "branch")]
    for unit in seen:
        depth = unit.path.count("/") - 2
        yield Choice(unit.code, "\u2003" * depth + choose(unit.name, unit.name_en))


def _place(unit: Unit) -> list[int]:
    """Where a unit stands in the tree, those above first."""
    return [int(part) for part in unit.path.split("/") if part]


def _fixed(_setup: Setup, name: str) -> Iterator[Choice]:
    words = _WORDS.get(name, _TRUTHS)
    yield from (Choice(value, gettext(words[value])) for value in CHOICES[name])


_CHOOSERS: Final = {
    "process": _processes,
    "state": _states,
    "unit": _units,
    **dict.fromkeys(CHOICES, _fixed),
}


def _published(moment: View, asked: OrderQuery) -> tuple[Labels, list[str]]:
    """Published variables people have words for: those of the process asked for, or of all."""
    chosen = [
        definition
        for definition in moment.setup.latest.values()
        if asked.process in ("", definition.key)
    ]
    labels = Labels(moment, chosen)
    names = {name for definition in chosen for name in definition.publish}
    return labels, [name for name in names if labels.is_known(name)]


def _by_word(pair: tuple[str, str]) -> str:
    return pair[1]
