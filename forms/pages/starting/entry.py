"""The page on which a work order is opened: its form, its customer, and similar orders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
from flask import Response, request

from engine.domain import access
from engine.domain.access import Act
from engine.domain.forms import FieldProblem, FormInvalidError
from engine.domain.records import Customer, Definition, Unit
from engine.errors import EngineError
from engine.handlers.orders import CustomerNotFoundError
from engine.queries.records import list_customers
from engine.queries.similar import SINCE, similar_orders
from engine.store.choices import RecordChoices
from engine.store.view import View
from forms.pages import replies, sheets
from forms.pages.caller import application, person
from forms.pages.labels import Labels
from forms.pages.language import choose, gettext
from forms.pages.orders.rows import OrderRow, order_rows
from forms.pages.sheets import Posted
from forms.sentences import sentence

#: What is wrong, by path of the field.
Problems = dict[str, list[FieldProblem]]
#: Field of start forms that names the customer by its number (客户编号).
CUSTOMER_FIELD: Final = "customer_id"
#: Longest text to look for.
MOST_QUERY: Final = 100
_FOUND: Final = 8
_MOST_TITLE: Final = 200


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """What was entered around the form.

    Attributes:
        problem: A refusal that belongs to no field.
        query: What is looked for among customers; None if nothing is.
        warned: Number of the customer about whose similar orders the reader was told.
    """

    title: str = ""
    unit: str = ""
    query: str | None = None
    problem: str = ""
    warned: str = ""


class Similar(msgspec.Struct, frozen=True, kw_only=True):
    """A similar order as it is shown; ``shared`` names what is the same."""

    row: OrderRow
    shared: str


def form(
    moment: View,
    definition: Definition,
    entry: Entry,
    values: Mapping[str, Any] | None,
    problems: Mapping[str, Sequence[FieldProblem]] | None = None,
    *,
    status: int = 200,
) -> Response:
    """The page with the form, what is known of the customer, and similar orders."""
    sheet = start_sheet(moment, definition, values, problems)
    units = _units(moment)
    known = values or {}
    customer = _customer(moment, known.get(CUSTOMER_FIELD))
    return replies.page(
        "starting/form.html",
        status,
        nav="start",
        definition=definition,
        name=choose(definition.name, definition.name_en),
        sheet=sheet,
        entry=entry,
        units=[(unit.code, choose(unit.name, unit.name_en)) for unit in units],
        unit=entry.unit or moment.setup.branch_of(person().unit_id).code,
        asks_for_customer=_asks_for_customer(moment, definition),
        customer=customer,
        is_warned=customer is not None and entry.warned == customer.code,
        found=None if entry.query is None else customers_like(moment, entry.query),
        query=entry.query or "",
        key=definition.key,
        similar=similar(moment, definition, known) if customer is not None else [],
        days=SINCE.days,
    )


def entered() -> Entry:
    """What the form brought besides its own fields, whose names never begin so."""
    fields = request.form
    return Entry(
        title=" ".join(fields.get("_title", "").split())[:_MOST_TITLE],
        unit=fields.get("_unit", ""),
        warned=fields.get("_warned", "")[:MOST_QUERY],
    )


def definition_of(moment: View, key: str) -> Definition:
    """The newest version of a process somebody who may start orders asks for.

    Raises:
        NotAllowedError, ProcessNotFoundError: They may not, or it was never published.
    """
    access.require_anywhere(person(), Act.START)
    return moment.setup.newest(key)


def start_sheet(
    moment: View,
    definition: Definition,
    values: Mapping[str, Any] | None,
    problems: Mapping[str, Sequence[FieldProblem]] | None = None,
) -> sheets.Sheet | None:
    """The start form with these values, None for a process without one."""
    path = f"/start/{definition.key}/form"
    return sheets.start_sheet(moment, definition, path=path, values=values, problems=problems)


def _content(moment: View, definition: Definition) -> bytes | None:
    key = definition.description.get("start_form_key")
    return moment.form(definition.id, key) if key else None


def _asks_for_customer(moment: View, definition: Definition) -> bool:
    content = _content(moment, definition)
    if content is None:
        return False
    return CUSTOMER_FIELD in application().dispatcher.forms.describe(content).fields


def problems_of(moment: View, definition: Definition, posted: Posted) -> Problems:
    """Everything wrong with the form and its customer, before anything is opened."""
    problems: Problems = {}
    content = _content(moment, definition)
    if content is not None:
        records = RecordChoices(moment, person())
        try:
            application().dispatcher.forms.validate(
                content, posted.values, variables={}, records=records
            )
        except FormInvalidError as wrong:
            problems = {path: list(many) for path, many in wrong.problems.items()}
    code = posted.values.get(CUSTOMER_FIELD)
    if code and CUSTOMER_FIELD not in problems and _customer(moment, code) is None:
        problems |= about_customer(CustomerNotFoundError(customer=code))
    return problems


def about_customer(error: EngineError) -> Problems:
    """A refusal as something wrong with the field that names the customer."""
    return {CUSTOMER_FIELD: [_problem(error)]}


def _problem(error: EngineError) -> FieldProblem:
    return FieldProblem(
        code=error.code,
        zh=sentence(error.code, error.params, str(error), "zh"),
        en=sentence(error.code, error.params, str(error), "en"),
    )


def _customer(moment: View, code: Any) -> Customer | None:
    """The customer with this number, if the reader may see it."""
    customer = moment.customer_by_code(code) if isinstance(code, str) and code else None
    if customer is None:
        return None
    path = moment.setup.unit(customer.unit_id).path
    return customer if access.may(person(), Act.READ, path) else None


def customers_like(moment: View, query: str) -> list[Customer]:
    """Customers with a name or number like this; the one of exactly that number first."""
    if not query:
        return []
    found = list_customers(moment, text=query, limit=_FOUND).items
    exact = _customer(moment, query.upper())
    others = [one for one in found if exact is None or one.id != exact.id]
    return ([] if exact is None else [exact]) + others


def similar(moment: View, definition: Definition, values: Mapping[str, Any]) -> list[Similar]:
    """Open orders that may be about the same, most alike first."""
    customer = _customer(moment, values.get(CUSTOMER_FIELD))
    if customer is None:
        return []
    found = similar_orders(moment, definition.key, customer.id, values)
    rows = order_rows(moment, [one.order for one in found])
    labels = Labels(moment, [definition]) if found else None
    return [
        Similar(row=row, shared=_shared(labels, one.shared, values) if labels else "")
        for one, row in zip(found, rows, strict=True)
    ]


def _shared(labels: Labels, names: Sequence[str], values: Mapping[str, Any]) -> str:
    parts = [
        gettext(
            "%(name)s: %(value)s", name=labels.name(name), value=labels.value(name, values[name])
        )
        for name in names
        if labels.is_known(name)
    ]
    return gettext("; ").join(parts)


def _units(moment: View) -> list[Unit]:
    """Units the reader may open orders for: branches, headquarters and the own unit's branch."""
    paths = access.visible_paths(person(), Act.START)
    own = moment.setup.branch_of(person().unit_id)
    return [
        unit
        for unit in sorted(moment.setup.units.values(), key=lambda unit: unit.path)
        if unit.path.startswith(paths or ("-",))
        and (unit.kind in ("headquarters", "branch") or unit.id == own.id)
    ]
