"""Rows handlers and pages work with: typed values, no database objects."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import msgspec

from engine.domain.forms import NO_RIGHTS, RIGHTS_PROPERTY, Rights, known_rights
from engine.domain.sla import SlaClock


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """Base of all rows."""


class Unit(Record, frozen=True, kw_only=True):
    """A node of the organisation tree.

    Attributes:
        path: Ids from the root down, ``/1/4/9/``; a unit covers every path it is a prefix of.
        kind: ``headquarters``, ``branch``, ``department`` or ``desk``.
        calendar: Code of its working calendar, None to inherit from the parent.
    """

    id: int
    code: str
    name: str
    name_en: str
    kind: str
    path: str
    parent_id: int | None = None
    calendar: str | None = None


class Grant(Record, frozen=True, kw_only=True):
    """A role held at a unit and everything below it."""

    role: str
    unit_id: int
    path: str


class Person(Record, frozen=True, kw_only=True):
    """Somebody who can sign in.

    Attributes:
        language: ``zh`` or ``en``.
        grants: Roles at units.
        stands_for: People whose substitute this person is at the moment.
    """

    id: int
    login: str
    name: str
    unit_id: int
    language: str = "zh"
    email: str | None = None
    is_active: bool = True
    grants: tuple[Grant, ...] = ()
    stands_for: tuple[int, ...] = ()

    def holds(self, role: str, path: str) -> bool:
        """Whether the person holds ``role`` at the unit with this path or above it."""
        return any(grant.role == role and path.startswith(grant.path) for grant in self.grants)


class Preferences(Record, frozen=True, kw_only=True):
    """How a person wants the desk; see `engine.domain.commands.SavePreferences`."""

    theme: str = "auto"
    mail: str = "each"
    digest_at: str = "08:30"
    quiet: bool = True
    browser: bool = False


class Absence(Record, frozen=True, kw_only=True):
    """A time in which a substitute 代理人 stands in for somebody.

    Attributes:
        ends_at: First instant that does not belong to it.
        author: Who entered it.
    """

    id: int
    person_id: int
    substitute_id: int
    starts_at: datetime
    ends_at: datetime
    reason: str
    author: int | None = None


class ClockState(Record, frozen=True, kw_only=True):
    """A clock of an order with its escalation progress."""

    value: SlaClock
    due_at: datetime | None
    next_at: datetime | None = None
    fired: tuple[str, ...] = ()

    @property
    def is_stopped(self) -> bool:
        """Whether the clock has ended for good."""
        return self.value.stopped_at is not None


class Order(Record, frozen=True, kw_only=True):
    """A work order: the projection of one process instance.

    Attributes:
        status: ``running``, ``suspended`` or ``ended``.
        state: Business state (TMF words), see the modelling guide.
        held: Reason code while on hold. held_until: when it goes on by itself, if it does.
        seq: Number of facts in its history; grows with every change, so it is the entity tag.
        kernel_due_at: Earliest timer. next_due_at: Earliest thing to do, None if nothing.
        kernel: State of the kernel; empty once ended.
    """

    id: int
    number: str
    definition_id: int
    process_key: str
    title: str
    unit_id: int
    unit_path: str
    status: str
    state: str
    priority: int
    started_at: datetime
    started_by: int | None = None
    first_owner: int | None = None
    customer_id: int | None = None
    parent_id: int | None = None
    ended_at: datetime | None = None
    outcome: str | None = None
    due_at: datetime | None = None
    held: str | None = None
    held_until: datetime | None = None
    level: int = 0
    urges: int = 0
    handovers: int = 0
    kernel_due_at: datetime | None = None
    next_due_at: datetime | None = None
    clocks: dict[str, ClockState] = {}
    kernel: bytes = b""
    seq: int = 0
    hash: bytes = b""


class Task(Record, frozen=True, kw_only=True):
    """A task of an order.

    Attributes:
        state: ``open``, ``claimed``, ``completed`` or ``withdrawn``.
        queue: ``role,role@unit id``.
        barred: Who may not take it (four eyes). barred_too: whom that one stood in for.
        stood_for: Whose substitute holds it, or completed it; None in one's own right.
        owner: Who delegated it and gets it back; None while it is not delegated.
        signing: Encoded `engine.domain.signing.Signing`, None without a signing round.
    """

    id: int
    order_id: int
    number: int
    purpose: str
    element: str
    definition_id: int
    name: str
    name_en: str
    state: str
    queue: str
    unit_id: int
    priority: int
    opened_at: datetime
    version: int
    form: str | None = None
    assignee: int | None = None
    users: tuple[int, ...] = ()
    barred: int | None = None
    barred_too: int | None = None
    stood_for: int | None = None
    due_at: datetime | None = None
    follow_up_at: datetime | None = None
    ended_at: datetime | None = None
    ended_by: int | None = None
    level: int = 0
    urges: int = 0
    handovers: int = 0
    held: str | None = None
    target: int | None = None
    owner: int | None = None
    signing: dict[str, Any] | None = None
    details: dict[str, Any] = {}

    @property
    def is_open(self) -> bool:
        """Whether it still waits for a person."""
        return self.state in ("open", "claimed")

    @property
    def roles(self) -> tuple[str, ...]:
        """Roles whose holders at the task's unit may take it."""
        names = self.queue.partition("@")[0]
        return tuple(names.split(",")) if names else ()


class Definition(Record, frozen=True, kw_only=True):
    """One published version of a process."""

    id: int
    key: str
    version: int
    deployment: int
    name: str
    name_en: str
    published_at: datetime
    description: dict[str, Any]

    @property
    def publish(self) -> frozenset[str]:
        """Names of the variables lists may show and filter by."""
        return frozenset(self.description.get("publish", ()))

    def rights(self, element: str) -> Rights:
        """What a user task may do with the fields of its form.

        Raises:
            FormBrokenError: They are written wrongly; checks at publishing keep that out.
        """
        for task in self.description.get("tasks", ()):
            if task["element_id"] == element:
                return known_rights(task["properties"].get(RIGHTS_PROPERTY, ""))
        return NO_RIGHTS


class Customer(Record, frozen=True, kw_only=True):
    """An enterprise customer.

    Attributes:
        grade: Class A, B or C. is_key_account: whether the key-account track applies (R31, R94).
        monthly_revenue: In yuan.
    """

    id: int
    code: str
    name: str
    grade: str
    unit_id: int
    is_key_account: bool
    monthly_revenue: int
    dnd: bool = False
    channel: str = "phone"
    manager_id: int | None = None
    address: str = ""


class Contact(Record, frozen=True, kw_only=True):
    """A contact person of a customer."""

    id: int
    customer_id: int
    name: str
    phone: str
    email: str | None = None
    position: str = ""
    language: str = "zh"


class Contract(Record, frozen=True, kw_only=True):
    """A signed contract. Source: R01, R02."""

    id: int
    customer_id: int
    number: str
    state: str
    filing_no: str | None = None
    signed_on: date | None = None
    term_months: int | None = None
    monthly_fee: float | None = None
    install_fee: float | None = None


class Service(Record, frozen=True, kw_only=True):
    """A circuit or other service of a customer.

    Attributes:
        state: ``designed``, ``reserved``, ``active``, ``terminated``.
    """

    id: int
    customer_id: int
    number: str
    kind: str
    state: str
    bandwidth: str = ""
    a_address: str = ""
    z_address: str = ""
    order_id: int | None = None
    activated_at: datetime | None = None


class IpBlock(Record, frozen=True, kw_only=True):
    """An address block; live blocks never overlap.

    Attributes:
        first, last: Bounds as 32-digit hexadecimal text, comparable as text.
    """

    id: int
    cidr: str
    family: int
    first: str
    last: str
    state: str
    order_id: int | None = None
    service_id: int | None = None
