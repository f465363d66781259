"""Opening a work order: which process, for whom, and whether there is one already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
from flask import Blueprint, Response, request

from engine.domain import access
from engine.domain.access import Act
from engine.domain.commands import StartOrder
from engine.domain.forms import FieldProblem, FormInvalidError
from engine.domain.records import Definition
from engine.errors import InvalidError
from engine.handlers.orders import CustomerNotFoundError
from engine.handlers.results import OrderResult
from engine.queries.records import customer_detail
from engine.store.view import View
from forms.pages import replies, sheets
from forms.pages.caller import execute, is_partial, is_repeated, person, view
from forms.pages.converters import id_of
from forms.pages.language import choose, gettext
from forms.pages.problems import told
from forms.pages.sheets import Posted
from forms.pages.starting.entry import (
    CUSTOMER_FIELD,
    MOST_QUERY,
    Entry,
    Problems,
    about_customer,
    customers_like,
    definition_of,
    entered,
    form,
    problems_of,
    similar,
    start_sheet,
)
from forms.pages.toasts import Toast
from forms.statuses import status_of

bp = Blueprint("starting", __name__)

_WRONG: Final = 422
_WARNED: Final = 409
_MOST_STEPS: Final = 4
#: Buttons that look for a customer instead of opening anything.
_LOOKING: Final = frozenset({"_find", "_pick"})


class Startable(msgspec.Struct, frozen=True, kw_only=True):
    """A process the reader may start.

    Attributes:
        steps: Names of its first steps. more: How many follow them.
    """

    key: str
    name: str
    version: int
    steps: list[str]
    more: int


@bp.get("/start")
def choose_process() -> Response:
    """Processes one may start."""
    access.require_anywhere(person(), Act.START)
    with view() as moment:
        return replies.page(
            "starting/processes.html",
            nav="start",
            startable=[_startable(one) for one in _offered(moment)],
            customer=request.args.get("customer", ""),
        )


@bp.get("/start/<key>")
def show(key: str) -> Response:
    """The start form, for a customer if one is named."""
    with view() as moment:
        definition = definition_of(moment, key)
        values: dict[str, Any] = {}
        customer_id = id_of(request.args.get("customer", ""))
        if customer_id is not None:
            values[CUSTOMER_FIELD] = customer_detail(moment, customer_id).customer.code
        return form(moment, definition, Entry(), values or None)


@bp.post("/start/<key>/form")
def redraw(key: str) -> Response:
    """The form again: parts that depend on answers, or customers that were looked for."""
    with view() as moment:
        definition = definition_of(moment, key)
        posted = sheets.start_posted(moment, definition)
        sheet = start_sheet(moment, definition, posted.values)
        if is_partial() and sheet is not None and not request.form.keys() & _LOOKING:
            # The controls stay as they are, and so do the files chosen in them.
            return replies.page("form/fields.html", sheet=sheet)
    problems = sheets.kept(posted)
    with view() as moment:
        entry, values = entered(), dict(posted.values)
        if "_pick" in request.form:
            values[CUSTOMER_FIELD] = request.form["_pick"][:MOST_QUERY]
        elif "_find" in request.form:
            query = request.form.get("_customer", "").strip()[:MOST_QUERY]
            entry = msgspec.structs.replace(entry, query=query)
        return form(moment, definition, entry, values, problems)


@bp.get("/start/<key>/customers")
def find(key: str) -> Response:
    """Customers while their name or number is typed."""
    with view() as moment:
        definition = definition_of(moment, key)
        query = request.args.get("_customer", "").strip()[:MOST_QUERY]
        return replies.page(
            "starting/found.html",
            found=customers_like(moment, query),
            key=definition.key,
            query=query,
        )


@bp.post("/start/<key>")
def start(key: str) -> Response:
    """What the form was sent for: with scripts every button of it sends it here."""
    return redraw(key) if request.form.keys() & _LOOKING else _start(key)


def _start(key: str) -> Response:
    """Open the order, unless there is a similar one nobody was told of yet."""
    entry = entered()
    with view() as moment:
        definition = definition_of(moment, key)
        posted = sheets.start_posted(moment, definition)
    wrong_files = sheets.kept(posted)
    # Sent twice by a hasty hand, it leads to the order: its files are in use and it is similar.
    objection = None if is_repeated() else _objection(definition, entry, posted, wrong_files)
    if objection is not None:
        return objection
    command = StartOrder(
        process=definition.key,
        values=posted.values,
        unit=entry.unit or None,
        title=entry.title or None,
    )
    try:
        done = execute(command, OrderResult)
    except FormInvalidError as wrong:
        return _refused(key, entry, posted, problems=wrong.problems)
    except CustomerNotFoundError as error:
        return _refused(key, entry, posted, problems=about_customer(error))
    except InvalidError as error:
        entry = msgspec.structs.replace(entry, problem=told(error))
        return _refused(key, entry, posted, status=status_of(error))
    text = gettext("Work order %(number)s is open.", number=done.number)
    return replies.go(f"/orders/{done.order_id}", Toast(text=text))


def _objection(
    definition: Definition, entry: Entry, posted: Posted, wrong_files: Problems
) -> Response | None:
    """The form with what is wrong, or with similar orders nobody was told of yet."""
    with view() as moment:
        problems = problems_of(moment, definition, posted) | wrong_files
        if problems:
            return form(moment, definition, entry, posted.values, problems, status=_WRONG)
        customer = str(posted.values.get(CUSTOMER_FIELD, ""))
        if entry.warned != customer and similar(moment, definition, posted.values):
            entry = msgspec.structs.replace(entry, warned=customer)
            return form(moment, definition, entry, posted.values, status=_WARNED)
    return None


def _refused(
    key: str,
    entry: Entry,
    posted: Posted,
    *,
    problems: Mapping[str, Sequence[FieldProblem]] | None = None,
    status: int = _WRONG,
) -> Response:
    with view() as moment:
        definition = definition_of(moment, key)
        return form(moment, definition, entry, posted.values, problems, status=status)


def _offered(moment: View) -> list[Definition]:
    """Processes people start: those with a start form, and those nothing else starts."""
    latest = moment.setup.latest.values()
    called = {key for one in latest for key in one.description.get("calls", ())}
    offered = [
        one
        for one in latest
        if one.description.get("start_form_key")
        or (one.key not in called and not one.description.get("messages"))
    ]
    return sorted(offered, key=lambda one: (not one.description.get("start_form_key"), one.key))


def _startable(definition: Definition) -> Startable:
    tasks = definition.description.get("tasks", [])
    names = [choose(task["name"], task.get("name_en")) for task in tasks]
    return Startable(
        key=definition.key,
        name=choose(definition.name, definition.name_en),
        version=definition.version,
        steps=names[:_MOST_STEPS],
        more=max(len(names) - _MOST_STEPS, 0),
    )
