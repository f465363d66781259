"""Records a person may choose from in forms: the port `Records`, over one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import sqlalchemy as sa

from engine.domain import access
from engine.domain.records import Person, Unit
from engine.ports.forms import RecordOption
from engine.store import tables as t
from engine.store.lookups import Lookups

#: Digits of any id.
_DIGITS: Final = 18


class RecordChoices:
    """What one person may choose from.

    Customers, circuits and contracts are those of units whose records the person may see, people
    those who are active there or in the person's own unit. The tree of units is no secret.

    Args:
        lookups: The transaction to read in.
        person: Who chooses.
        order_id: The order whose files may be named; without one the person's own uploads may.
    """

    def __init__(self, lookups: Lookups, person: Person, *, order_id: int | None = None) -> None:
        self._connection = lookups.connection
        self._all_units: Mapping[int, Unit] = lookups.setup.units
        self._paths = access.visible_paths(person)
        self._own = person.unit_id
        self._person = person.id
        self._order = order_id

    def found(
        self, kind: str, values: Sequence[str], *, customer: str | None = None
    ) -> dict[str, RecordOption]:
        """See `engine.ports.forms.Records.found`."""
        wanted = list(dict.fromkeys(values))
        if kind == "units":
            return {unit.value: unit for unit in self._units("") if unit.value in wanted}
        if kind == "files":
            return self._files(wanted)
        if not wanted or kind not in _KINDS:
            return {}
        statement, value, _ = _KINDS[kind](self, customer)
        found = self._read(statement.where(value.in_(wanted)), value, len(wanted))
        return {record.value: record for record in found}

    def some(
        self, kind: str, text: str = "", *, customer: str | None = None, limit: int
    ) -> list[RecordOption]:
        """See `engine.ports.forms.Records.some`."""
        if kind == "units":
            return self._units(text)[:limit]
        if kind not in _KINDS:
            return []
        statement, value, name = _KINDS[kind](self, customer)
        if text:
            statement = statement.where(
                sa.or_(
                    name.icontains(text, autoescape=True), value.icontains(text, autoescape=True)
                )
            )
        return self._read(statement, value, limit)

    def _read(
        self, statement: sa.Select[str, str], value: sa.Column[str], limit: int
    ) -> list[RecordOption]:
        rows = self._connection.execute(statement.order_by(value).limit(limit))
        return [RecordOption(value=row[0], label=row[1]) for row in rows]

    def _files(self, wanted: list[str]) -> dict[str, RecordOption]:
        table = t.upload if self._order is None else t.attachment
        owner = t.upload.c.person_id if self._order is None else t.attachment.c.order_id
        ids = [int(one) for one in wanted if one.isdecimal() and len(one) <= _DIGITS]
        statement = sa.select(table.c.id, table.c.name).where(
            table.c.id.in_(ids), owner == (self._order or self._person)
        )
        rows = self._connection.execute(statement) if ids else ()
        return {str(row.id): RecordOption(value=str(row.id), label=row.name) for row in rows}

    def _units(self, text: str) -> list[RecordOption]:
        wanted = text.casefold()
        return [
            RecordOption(value=unit.code, label=unit.name, label_en=unit.name_en)
            for unit in sorted(self._all_units.values(), key=lambda unit: unit.code)
            if wanted in f"{unit.code}\n{unit.name}\n{unit.name_en}".casefold()
        ]

    def _visible(self) -> list[int]:
        return [
            unit.id
            for unit in self._all_units.values()
            if unit.path.startswith(self._paths or ("-",))
        ]

    # ---- statements by kind: with value and name to search in -------------------------------

    def customers(self, _customer: str | None) -> _Statement:
        """Customers by code."""
        table = t.customer.c
        statement = sa.select(table.code, table.name).where(table.unit_id.in_(self._visible()))
        return statement, table.code, table.name

    def circuits(self, customer: str | None) -> _Statement:
        """Circuits and other services by number."""
        table = t.service.c
        return self._of_customer(table.number, table.a_address, table.customer_id, customer)

    def contracts(self, customer: str | None) -> _Statement:
        """Contracts by number, under the name of the customer."""
        table = t.contract.c
        return self._of_customer(table.number, t.customer.c.name, table.customer_id, customer)

    def people(self, _customer: str | None) -> _Statement:
        """People by login."""
        table = t.person.c
        statement = sa.select(table.login, table.name).where(
            table.unit_id.in_([*self._visible(), self._own]), table.is_active
        )
        return statement, table.login, table.name

    def _of_customer(
        self,
        value: sa.Column[str],
        name: sa.Column[str],
        owner: sa.Column[int],
        customer: str | None,
    ) -> _Statement:
        statement = (
            sa.select(value, name)
            .join(t.customer, t.customer.c.id == owner)
            .where(t.customer.c.unit_id.in_(self._visible()))
        )
        if customer is not None:
            statement = statement.where(t.customer.c.code == customer)
        return statement, value, name


_Statement = tuple[sa.Select[str, str], "sa.Column[str]", "sa.Column[str]"]
_KINDS: Final[Mapping[str, Callable[[RecordChoices, str | None], _Statement]]] = {
    "customers": RecordChoices.customers,
    "circuits": RecordChoices.circuits,
    "contracts": RecordChoices.contracts,
    "people": RecordChoices.people,
}
