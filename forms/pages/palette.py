"""The command palette: orders, customers, tasks and actions behind one field (Ctrl K)."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

import msgspec
from flask import Blueprint, Response, request

from engine.domain import access
from engine.domain.access import Act
from engine.queries.inbox import inbox
from engine.queries.order_list import OrderFilters, list_orders
from engine.queries.records import list_customers
from engine.queries.task_filters import Filters
from engine.store.view import View
from forms.pages import replies
from forms.pages.board import process_name
from forms.pages.caller import is_partial, person, view
from forms.pages.language import choose, gettext, mark
from forms.pages.shell import sections
from forms.pages.words import state_word, title_word

bp = Blueprint("palette", __name__)

_LONGEST: Final = 100
#: Lines per group.
_TASKS, _ORDERS, _CUSTOMERS, _ACTIONS = 5, 7, 5, 12
#: Actions that are not in the navigation: words, icon, path.
_MORE: Final = (
    (mark("Notifications"), "bell", "/notifications"),
    (mark("My settings"), "settings", "/me"),
)


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """Something to go to."""

    path: str
    icon: str
    text: str
    more: str = ""


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """Lines of one kind."""

    name: str
    heading: str
    lines: list[Line]


@bp.get("/palette")
def palette() -> Response:
    """What fits the words; the whole palette, or its results only."""
    words = request.args.get("q", "").strip()[:_LONGEST]
    if not is_partial():
        # Not a page of its own: the list of orders searches without scripts.
        return replies.go(f"/orders?{urlencode({'q': words})}" if words else "/orders")
    with view() as moment:
        groups = [group for group in _groups(moment, words) if group.lines]
    template = "palette/results.html" if "q" in request.args else "palette/palette.html"
    return replies.page(template, words=words, groups=groups)


def _groups(moment: View, words: str) -> list[Group]:
    tasks = Group(name="tasks", heading=gettext("My tasks"), lines=_tasks(moment, words))
    actions = Group(name="actions", heading=gettext("Actions"), lines=_actions(moment, words))
    if not words:
        return [tasks, actions]
    orders = Group(name="orders", heading=gettext("Work orders"), lines=_orders(moment, words))
    customers = Group(
        name="customers", heading=gettext("Customers"), lines=_customers(moment, words)
    )
    return [actions, tasks, orders, customers]


def _tasks(moment: View, words: str) -> list[Line]:
    filters = Filters(text=words) if words else None
    return [
        Line(
            path=f"/tasks/{task.id}",
            icon="inbox",
            text=" · ".join(
                part for part in (choose(task.name, task.name_en), task.customer_name) if part
            ),
            more=task.order_number,
        )
        for task in inbox(moment, "mine", filters=filters, limit=_TASKS).items
    ]


def _orders(moment: View, words: str) -> list[Line]:
    found = list_orders(moment, filters=OrderFilters(text=words), limit=_ORDERS)
    lines = [
        Line(
            path=f"/orders/{order.id}",
            icon="layers",
            text=title_word(order.title, order.process, moment.setup),
            more=f"{order.number} · {state_word(order.state)}",
        )
        for order in found.items
    ]
    if found.next_cursor is not None:
        every = gettext("All work orders with “%(words)s”", words=words)
        lines.append(Line(path=f"/orders?{urlencode({'q': words})}", icon="search", text=every))
    return lines


def _customers(moment: View, words: str) -> list[Line]:
    if not access.may_anywhere(person(), Act.READ):
        return []
    return [
        Line(
            path=f"/customers/{customer.id}",
            icon="building-2",
            text=customer.name,
            more=customer.code,
        )
        for customer in list_customers(moment, text=words, limit=_CUSTOMERS).items
    ]


def _actions(moment: View, words: str) -> list[Line]:
    """Places of the navigation, and work orders one may open."""
    lines = [
        Line(path=entry.path, icon=entry.icon, text=gettext(entry.label))
        for section in sections()
        for entry in section.entries
    ]
    lines += [Line(path=path, icon=icon, text=gettext(text)) for text, icon, path in _MORE]
    if access.may_anywhere(person(), Act.START):
        lines += [
            Line(
                path=f"/start/{definition.key}",
                icon="plus",
                text=gettext("New work order: %(process)s", process=process_name(definition)),
            )
            for definition in sorted(moment.setup.latest.values(), key=lambda one: one.key)
            if definition.description.get("start_form_key")
        ]
    wanted = words.casefold()
    return [line for line in lines if wanted in line.text.casefold()][:_ACTIONS]
