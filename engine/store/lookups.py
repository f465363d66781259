"""What handlers read inside a transaction, locking what they are going to change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import Any, Final, NamedTuple, TypeVar

import msgspec
import sqlalchemy as sa
from sqlalchemy import Connection, bindparam

from engine.domain.facts import Fact, Stream, decode
from engine.domain.records import (
    Absence,
    ClockState,
    Contact,
    Contract,
    Customer,
    IpBlock,
    Order,
    Person,
    Record,
    Service,
    Task,
)
from engine.domain.setup import Setup
from engine.store import tables as t
from engine.store.chains import unpack
from engine.store.reading import PreparedSelect
from engine.store.setup import SETUP_SEQ, SetupCache, load_queues

RecordT = TypeVar("RecordT", bound=Record)

_ORDER_COLUMNS = [t.work_order.c[name] for name in Order.__struct_fields__]
_TASK_COLUMNS = [t.task.c[name] for name in Task.__struct_fields__]
_TASK_AND_ORDER = PreparedSelect(
    sa.select(
        *(column.label(f"t_{column.name}") for column in _TASK_COLUMNS),
        *(column.label(f"o_{column.name}") for column in _ORDER_COLUMNS),
        SETUP_SEQ.label("setup_seq"),
    )
    .join_from(t.task, t.work_order, t.task.c.order_id == t.work_order.c.id)
    .where(t.task.c.id == bindparam("task_id"))
    # The task too, and second: whoever waited here for a rival must see what it did to the task,
    # and PostgreSQL reads anew only the rows that are locked.
    .with_for_update(of=[t.work_order, t.task])
)
_ORDER = PreparedSelect(
    sa.select(*_ORDER_COLUMNS, SETUP_SEQ.label("setup_seq"))
    .where(t.work_order.c.id == bindparam("order_id"))
    .with_for_update(of=t.work_order)
)
_OPEN_TASKS = PreparedSelect(
    sa.select(*_TASK_COLUMNS)
    .where(
        t.task.c.order_id == bindparam("order_id"),
        sa.or_(t.task.c.state == "open", t.task.c.state == "claimed"),
    )
    .order_by(t.task.c.id)
)
_ALL_TASKS = (
    sa.select(*_TASK_COLUMNS)
    .where(t.task.c.order_id == bindparam("order_id"))
    .order_by(t.task.c.id)
)
_HOLDERS = (
    sa.select(t.role_grant.c.unit_id, t.role_grant.c.person_id)
    .join(t.person, t.person.c.id == t.role_grant.c.person_id)
    .where(
        t.role_grant.c.role == bindparam("role"),
        t.role_grant.c.unit_id.in_(bindparam("units", expanding=True)),
        t.person.c.is_active,
    )
    .order_by(t.role_grant.c.person_id)
)
_OVERLAPPING_BLOCK = PreparedSelect(
    sa.select(t.ip_block)
    .where(
        t.ip_block.c.state != "released",
        t.ip_block.c.first <= bindparam("last"),
        t.ip_block.c.last >= bindparam("first"),
        sa.or_(t.ip_block.c.order_id.is_(None), t.ip_block.c.order_id != bindparam("order_id")),
    )
    .limit(1)
)
_COMPLETER = (
    sa.select(t.task.c.ended_by, t.task.c.stood_for)
    .where(
        t.task.c.order_id == bindparam("order_id"),
        t.task.c.element == bindparam("element"),
        t.task.c.state == "completed",
    )
    .order_by(t.task.c.id.desc())
    .limit(1)
)


class Completer(NamedTuple):
    """Who completed a task, and whose substitute they were."""

    person: int | None
    stood_for: int | None = None


#: A task nobody completed.
NOBODY: Final = Completer(None)


#: Columns that ids of these are counted on from; an upload becomes an attachment of its id.
_NUMBERED: Final[Mapping[str, tuple[sa.Column[Any], ...]]] = {
    "resource": (t.resource.c.deployment,),
    "attachment": (t.attachment.c.id, t.upload.c.id),
}


@cache
def _fresh(dialect: str, entity: str) -> PreparedSelect:
    """The next id of a table, see `Lookups.next_id`; built once per table."""
    if dialect == "postgresql":
        return PreparedSelect(
            sa.select(sa.literal_column(f"nextval('{entity}_ids')").label("fresh"))
        )
    columns = _NUMBERED.get(entity) or (t.metadata.tables[entity].c.id,)
    largest = (sa.select(sa.func.max(column)).scalar_subquery() for column in columns)
    known = (sa.func.coalesce(one, sa.literal_column("0")) for one in largest)
    # Of several values SQLite's max gives the largest.
    return PreparedSelect(
        sa.select(
            (sa.func.max(sa.literal_column("0"), *known) + sa.literal_column("1")).label("fresh")
        )
    )


@cache
def _equal(column: sa.Column[Any]) -> PreparedSelect:
    """Whole rows with a value in a column, oldest first; built once per column."""
    table = column.table
    return PreparedSelect(
        sa.select(table).where(column == bindparam("value")).order_by(table.c.id)
    )


_N_ORDER = len(_ORDER_COLUMNS)
_N_TASK = len(_TASK_COLUMNS)
_CLOCKS = Order.__struct_fields__.index("clocks")
_USERS = Task.__struct_fields__.index("users")
_DETAILS = Task.__struct_fields__.index("details")


def to_order(values: Iterable[Any]) -> Order:
    """An order from column values in field order."""
    row = list(values)
    row[_CLOCKS] = msgspec.convert(row[_CLOCKS], dict[str, ClockState])
    return Order(**dict(zip(Order.__struct_fields__, row, strict=True)))


def to_task(values: Iterable[Any]) -> Task:
    """A task from column values in field order."""
    row = list(values)
    row[_USERS] = tuple(row[_USERS] or ())
    row[_DETAILS] = row[_DETAILS] or {}
    return Task(**dict(zip(Task.__struct_fields__, row, strict=True)))


class Lookups:
    """Typed reads over one connection.

    What a command wrote shows in no read before its end, so people, records and open tasks are
    read once and kept until a lock is taken that could have let others change them.
    """

    def __init__(self, connection: Connection, setups: SetupCache) -> None:
        self.connection = connection
        self._setups = setups
        self._setup: Setup | None = None
        self.loaded_orders: dict[int, Order] = {}
        self._given: dict[str, int] = {}
        self._kept: dict[tuple[object, ...], Any] = {}

    @property
    def setup(self) -> Setup:
        """The set-up as of this transaction."""
        if self._setup is None:
            self._setup = self._setups.get(self.connection)
        return self._setup

    def _know_setup(self, seq: int) -> None:
        if self._setup is None:
            self._setup = self._setups.get(self.connection, seq)

    # ---- work orders ------------------------------------------------------------------------

    def task_and_order(self, task_id: int) -> tuple[Task, Order] | None:
        """A task with its order, the order locked until the end of the transaction."""
        found = _TASK_AND_ORDER.row(self.connection, {"task_id": task_id})
        if found is None:
            return None
        row = list(found.values())
        self._kept.clear()
        self._know_setup(row[-1])
        order = to_order(row[_N_TASK : _N_TASK + _N_ORDER])
        self.loaded_orders.setdefault(order.id, order)
        return to_task(row[:_N_TASK]), order

    def order(self, order_id: int) -> Order | None:
        """An order, locked until the end of the transaction."""
        found = _ORDER.row(self.connection, {"order_id": order_id})
        if found is None:
            return None
        row = list(found.values())
        self._kept.clear()
        self._know_setup(row[-1])
        order = to_order(row[:_N_ORDER])
        self.loaded_orders.setdefault(order.id, order)
        return order

    def due_orders(self, now: Any, limit: int) -> list[Order]:
        """Locked orders with something due, most urgent first; busy ones are left for later."""
        statement = (
            sa.select(*_ORDER_COLUMNS)
            .where(t.work_order.c.next_due_at <= now)
            .where(
                ~sa.exists()
                .where(t.step_failure.c.order_id == t.work_order.c.id)
                .where(t.step_failure.c.retry_at > now)
            )
            .order_by(t.work_order.c.next_due_at)
            .limit(limit)
            .with_for_update(of=t.work_order, skip_locked=True)
        )
        orders = [to_order(row) for row in self.connection.execute(statement)]
        for order in orders:
            self.loaded_orders.setdefault(order.id, order)
        return orders

    def order_by_number(self, number: str) -> int | None:
        """Id of the order with this business number."""
        statement = sa.select(t.work_order.c.id).where(t.work_order.c.number == number)
        return self.connection.execute(statement).scalar()

    def open_tasks(self, order_id: int) -> list[Task]:
        """Tasks of an order that still wait for somebody, oldest first."""
        key = ("open_tasks", order_id)
        if key not in self._kept:
            rows = _OPEN_TASKS.rows(self.connection, {"order_id": order_id})
            self._kept[key] = [to_task(row.values()) for row in rows]
        return list(self._kept[key])

    def tasks_of(self, order_id: int) -> list[Task]:
        """All tasks an order ever had, oldest first."""
        return [
            to_task(row) for row in self.connection.execute(_ALL_TASKS, {"order_id": order_id})
        ]

    def is_copied(self, order_id: int, person_id: int) -> bool:
        """Whether an order was copied to a person."""
        copied = t.order_copy.c
        statement = sa.select(copied.order_id).where(
            copied.person_id == person_id, copied.order_id == order_id
        )
        return self.connection.execute(statement).first() is not None

    def copies(self, order_id: int) -> dict[int, int | None]:
        """People an order is copied to, and who copied it to each."""
        copied = t.order_copy.c
        statement = sa.select(copied.person_id, copied.author).where(copied.order_id == order_id)
        return {row.person_id: row.author for row in self.connection.execute(statement)}

    def completer_of(self, order_id: int, element: str) -> Completer:
        """Who last completed the task of this element."""
        wanted = {"order_id": order_id, "element": element}
        row = self.connection.execute(_COMPLETER, wanted).first()
        return NOBODY if row is None else Completer(*row)

    def completed_before(self, order_id: int, task_id: int) -> list[str]:
        """Elements of drawn tasks completed before another one was opened, the latest first."""
        task, opened = t.task.c, t.task.alias().c
        opened_at = sa.select(opened.opened_at).where(opened.id == task_id).scalar_subquery()
        statement = (
            sa.select(task.element)
            .where(
                task.order_id == order_id,
                task.purpose == "work",
                task.state == "completed",
                task.ended_at <= opened_at,
            )
            .order_by(task.ended_at.desc(), task.id.desc())
        )
        return list(self.connection.execute(statement).scalars())

    def facts_since(self, order_id: int, at: datetime) -> list[Fact]:
        """Facts of an order from an instant on, oldest first."""
        event = t.history_event.c
        statement = (
            sa.select(event.body)
            .where(event.stream == int(Stream.ORDER), event.stream_id == order_id, event.at >= at)
            .order_by(event.seq)
        )
        bodies = self.connection.execute(statement).scalars()
        return [fact for body in bodies for fact in decode(unpack(body))]

    def subscribers(
        self, message: str, order_id: int | None = None, *, kind: str = "message"
    ) -> list[int]:
        """Orders that wait for a message (or a signal), oldest first."""
        statement = (
            sa.select(t.subscription.c.order_id)
            .where(t.subscription.c.message == message, t.subscription.c.kind == kind)
            .order_by(t.subscription.c.order_id)
            .distinct()
        )
        if order_id is not None:
            statement = statement.where(t.subscription.c.order_id == order_id)
        return list(self.connection.execute(statement).scalars())

    def with_variable(self, name: str, value: str) -> set[int]:
        """Orders whose published variable has this value."""
        statement = sa.select(t.order_variable.c.order_id).where(
            t.order_variable.c.name == name, t.order_variable.c.value == value
        )
        return set(self.connection.execute(statement).scalars())

    def extension(self, extension_id: int) -> dict[str, Any] | None:
        """A request for more time."""
        statement = sa.select(t.extension).where(t.extension.c.id == extension_id)
        row = self.connection.execute(statement).mappings().first()
        return None if row is None else dict(row)

    def open_extension(self, order_id: int, clock: str) -> dict[str, Any] | None:
        """The request for this clock that waits for a decision."""
        extension = t.extension.c
        statement = sa.select(t.extension).where(
            extension.order_id == order_id,
            extension.clock == clock,
            extension.state == "requested",
        )
        row = self.connection.execute(statement).mappings().first()
        return None if row is None else dict(row)

    # ---- people -----------------------------------------------------------------------------

    def person(self, person_id: int) -> Person | None:
        """The person with this id."""
        return self._person(t.person.c.id, person_id)

    def person_by_login(self, login: str) -> Person | None:
        """The person with this login."""
        return self._person(t.person.c.login, login)

    def _person(self, column: sa.Column[Any], value: object) -> Person | None:
        row = self._row(column, value)
        return None if row is None else to_person(row, self.setup)

    def absence(self, absence_id: int) -> Absence | None:
        """The absence with this id, over or not."""
        statement = sa.select(t.absence).where(t.absence.c.id == absence_id)
        row = self.connection.execute(statement).mappings().first()
        return None if row is None else Absence(**row)

    def absences(
        self, people: Iterable[int], starts_at: datetime, ends_at: datetime
    ) -> list[Absence]:
        """Absences within a time in which one of the people is absent or stands in."""
        absence, wanted = t.absence.c, tuple(people)
        statement = sa.select(t.absence).where(
            sa.or_(absence.person_id.in_(wanted), absence.substitute_id.in_(wanted)),
            absence.starts_at < ends_at,
            absence.ends_at > starts_at,
            # One that was called off before it began has no time left.
            absence.ends_at > absence.starts_at,
        )
        return [Absence(**row) for row in self.connection.execute(statement).mappings()]

    def holders(self, role: str, unit_id: int) -> list[int]:
        """Active people who hold a role at a unit or above it; the nearest unit's come alone."""
        key = ("holders", role, unit_id)
        if key not in self._kept:
            self._kept[key] = self._holders(role, unit_id)
        return list(self._kept[key])

    def _holders(self, role: str, unit_id: int) -> list[int]:
        unit = self.setup.unit(unit_id)
        ancestors = [int(part) for part in unit.path.split("/") if part]
        wanted = {"role": role, "units": ancestors}
        found: dict[int, list[int]] = {}
        for at_unit, person_id in self.connection.execute(_HOLDERS, wanted):
            found.setdefault(at_unit, []).append(person_id)
        for ancestor in reversed(ancestors):
            if ancestor in found:
                return found[ancestor]
        return []

    # ---- records ----------------------------------------------------------------------------

    def customer(self, customer_id: int) -> Customer | None:
        """The customer with this id."""
        return self._one(Customer, t.customer.c.id, customer_id)

    def contract(self, contract_id: int) -> Contract | None:
        """The contract with this id."""
        return self._one(Contract, t.contract.c.id, contract_id)

    def contract_by_number(self, number: str) -> Contract | None:
        """The contract with this number."""
        return self._one(Contract, t.contract.c.number, number)

    def contact(self, contact_id: int) -> Contact | None:
        """The contact person with this id."""
        return self._one(Contact, t.contact.c.id, contact_id)

    def customer_by_code(self, code: str) -> Customer | None:
        """The customer with this code."""
        return self._one(Customer, t.customer.c.code, code)

    def services_of_order(self, order_id: int) -> list[Service]:
        """Services an order created."""
        return self._all(Service, t.service.c.order_id, order_id)

    def blocks_of_order(self, order_id: int) -> list[IpBlock]:
        """Address blocks an order reserved."""
        return self._all(IpBlock, t.ip_block.c.order_id, order_id)

    def overlapping_block(self, first: str, last: str, order_id: int) -> IpBlock | None:
        """A live block of another order that shares addresses with a range.

        Takes the lock on all blocks: two orders cannot both find one range free.
        """
        self.lock("ip_block")
        wanted = {"first": first, "last": last, "order_id": order_id}
        row = _OVERLAPPING_BLOCK.row(self.connection, wanted)
        return None if row is None else IpBlock(**row)

    def count_orders(self, process_key: str, customer_id: int, category: str, since: Any) -> int:
        """Orders of a process a customer opened with this category since an instant."""
        statement = (
            sa.select(sa.func.count())
            .select_from(t.work_order)
            .join(t.order_variable, t.order_variable.c.order_id == t.work_order.c.id)
            .where(
                t.work_order.c.process_key == process_key,
                t.work_order.c.customer_id == customer_id,
                t.work_order.c.started_at >= since,
                t.order_variable.c.name == "category",
                t.order_variable.c.value == category,
            )
        )
        return int(self.connection.execute(statement).scalar_one())

    def count_area(self, process_key: str, area: str, category: str, since: Any) -> int:
        """Orders of a process about one area and category since an instant."""
        area_row, category_row = t.order_variable.alias(), t.order_variable.alias()
        statement = (
            sa.select(sa.func.count())
            .select_from(t.work_order)
            .join(area_row, area_row.c.order_id == t.work_order.c.id)
            .join(category_row, category_row.c.order_id == t.work_order.c.id)
            .where(
                t.work_order.c.process_key == process_key,
                t.work_order.c.started_at >= since,
                area_row.c.name == "area",
                area_row.c.value == area,
                category_row.c.name == "category",
                category_row.c.value == category,
            )
        )
        return int(self.connection.execute(statement).scalar_one())

    def _one(self, cls: type[RecordT], column: sa.Column[Any], value: object) -> RecordT | None:
        row = self._row(column, value)
        return None if row is None else cls(**row)

    def _row(self, column: sa.Column[Any], value: object) -> Mapping[str, Any] | None:
        key = (column.table.name, column.name, value)
        if key not in self._kept:
            self._kept[key] = _equal(column).row(self.connection, {"value": value})
        found: Mapping[str, Any] | None = self._kept[key]
        return found

    def _all(self, cls: type[RecordT], column: sa.Column[Any], value: object) -> list[RecordT]:
        return [cls(**row) for row in _equal(column).rows(self.connection, {"value": value})]

    def row_id(self, table: str, column: str, value: str) -> int | None:
        """Id of the row of a set-up table with this value."""
        wanted = t.metadata.tables[table]
        return self.connection.execute(
            sa.select(wanted.c.id).where(wanted.c[column] == value)
        ).scalar()

    def row_ids(self, table: str) -> list[int]:
        """Ids of all rows of a set-up table."""
        wanted = t.metadata.tables[table]
        return list(self.connection.execute(sa.select(wanted.c.id)).scalars())

    def owns_token(self, person_id: int, token_id: int) -> bool:
        """Whether a live token belongs to a person."""
        return (
            self.connection.execute(
                sa.select(t.token.c.id).where(
                    t.token.c.id == token_id,
                    t.token.c.person_id == person_id,
                    t.token.c.revoked_at.is_(None),
                )
            ).first()
            is not None
        )

    def live_tokens(self, person_id: int) -> list[tuple[int, str]]:
        """Ids and digests of a person's tokens that were not revoked."""
        token = t.token.c
        statement = (
            sa.select(token.id, token.digest)
            .where(token.person_id == person_id, token.revoked_at.is_(None))
            .order_by(token.id)
        )
        return [(row.id, row.digest) for row in self.connection.execute(statement)]

    # ---- definitions ------------------------------------------------------------------------

    def resources(self, deployment: int) -> dict[str, bytes]:
        """All files of a deployment."""
        statement = sa.select(t.resource.c.name, t.resource.c.content).where(
            t.resource.c.deployment == deployment
        )
        return {row.name: bytes(row.content) for row in self.connection.execute(statement)}

    def form(self, definition_id: int, key: str) -> bytes | None:
        """A form as deployed with a definition."""
        deployment = self.setup.definition(definition_id).deployment
        return self._setups.resource(self.connection, deployment, f"{key}.json")

    def diagram(self, definition_id: int) -> bytes | None:
        """The diagram of a definition as deployed."""
        definition = self.setup.definition(definition_id)
        name = str(definition.description.get("file", ""))
        return self._setups.resource(self.connection, definition.deployment, name)

    # ---- identities, locks ------------------------------------------------------------------

    def next_id(self, entity: str) -> int:
        """A fresh id of a table; given out once.

        PostgreSQL uses a sequence; on SQLite the single writer counts on from the largest id.
        """
        dialect = self.connection.dialect.name
        fresh = self._given.get(entity, 0) + 1
        if fresh == 1 or dialect == "postgresql":
            fresh = int(_fresh(dialect, entity).rows(self.connection, {})[0]["fresh"])
        self._given[entity] = fresh
        return fresh

    def lock(self, what: str) -> None:
        """Wait for a named lock held until the end of the transaction (SQLite: held already)."""
        self._kept.clear()
        if self.connection.dialect.name == "postgresql":
            self.connection.execute(
                sa.text("SELECT pg_advisory_xact_lock(hashtext(:what))"), {"what": what}
            )

    def current_queues(self) -> frozenset[str]:
        """Queues as of this transaction, those of other processes included."""
        return load_queues(self.connection)


def to_person(row: Mapping[str, Any] | sa.RowMapping, setup: Setup) -> Person:
    """A person with the paths its roles cover."""
    return Person(
        id=row["id"],
        login=row["login"],
        name=row["name"],
        unit_id=row["unit_id"],
        language=row["language"],
        email=row["email"],
        is_active=row["is_active"],
        grants=setup.grants((role, unit_id) for role, unit_id in row["grants"]),
    )
