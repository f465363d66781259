"""Business operations: service tasks that read and write records inside the step.

A service task whose topic is listed in `OPERATIONS` runs here, in the same transaction as the
step; any other topic becomes an external task. Inputs and results are part of the modelling
contract, see `bpmn/README.md`.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec

from engine.domain import facts
from engine.domain.facts import Stream
from engine.domain.records import Customer, Order
from engine.handlers.clocks import Clocks
from engine.handlers.escalating import workers
from engine.handlers.process import Process
from engine.store.ledger import Ledger

#: Days in which the same customer and category count as a repeat, unless the drawing says.
_REPEAT_DAYS = 30
#: Complaints of one area and category within the window that make a hot spot.
_HOT_SPOT = 5
#: Days until the first follow-up visit by customer class. Source: R85, R86.
_VISIT_DAYS = {"A": 30, "B": 60, "C": 60}


#: All addresses as 32 hexadecimal digits: those of IPv4 where IPv6 maps them.
_MAPPED = 0xFFFF << 32
_IPV4 = 4


class OperationFailed(Exception):  # noqa: N818 - the outcome of an operation, not of a command
    """The operation cannot be done.

    Attributes:
        zh: The sentence in Chinese.
        error: BPMN error code, None for an incident.
    """

    def __init__(self, message: str, zh: str, error: str | None = None) -> None:
        super().__init__(message)
        self.zh = zh
        self.error = error


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """What an operation may use: its inputs, and the order in motion."""

    process: Process
    element: str
    inputs: Mapping[str, Any]

    @property
    def ledger(self) -> Ledger:
        """Reads and records of the command."""
        return self.process.context.ledger

    @property
    def order(self) -> Order:
        """The order as it was before the command."""
        return self.process.order

    @property
    def variables(self) -> Mapping[str, Any]:
        """Variables of the instance."""
        return self.process.run.variables

    @property
    def clocks(self) -> Clocks:
        """Clocks of the order."""
        return self.process.clocks

    def value(self, name: str) -> Any:
        """An input, or else the instance variable of that name."""
        return self.inputs[name] if name in self.inputs else self.variables.get(name)

    def record(self, *new: facts.Fact) -> None:
        """Append facts to the order's chain."""
        self.ledger.record(Stream.ORDER, self.order.id, *new)

    def save(self, entity: str, record_id: int, *, is_new: bool = False, **values: Any) -> None:
        """Save columns of a record."""
        self.record(facts.RecordSaved(entity=entity, id=record_id, values=values, is_new=is_new))

    @property
    def customer(self) -> Customer:
        """The order's customer.

        Raises:
            OperationFailed: It has none.
        """
        found = (
            self.ledger.customer(self.order.customer_id)
            if self.order.customer_id is not None
            else None
        )
        if found is None:
            raise OperationFailed(
                "Expected the order to have a customer, but it has none.",
                "工单应有客户，但没有。",
            )
        return found


Results = dict[str, Any]
OPERATIONS: dict[str, Callable[[Operation], Results]] = {}


def operation(
    topic: str,
) -> Callable[[Callable[[Operation], Results]], Callable[[Operation], Results]]:
    """Register the function of a topic."""

    def register(function: Callable[[Operation], Results]) -> Callable[[Operation], Results]:
        OPERATIONS[topic] = function
        return function

    return register


# ---- customers ------------------------------------------------------------------------------


@operation("classify_customer")
def classify_customer(op: Operation) -> Results:
    """Class and key-account flag of the customer. Source: R31, R94."""
    customer = op.customer
    return {
        "customer_class": customer.grade,
        "is_key_account": customer.is_key_account,
        "customer_name": customer.name,
    }


@operation("find_repeats")
def find_repeats(op: Operation) -> Results:
    """How often this customer complained about the same lately, and whether the area is hot.

    Source: B2 of the complaint process; the window is the input ``days``.
    """
    category, area = str(op.value("category")), op.value("area")
    since = op.ledger.now - timedelta(days=_number(op, "days") or _REPEAT_DAYS)
    key = op.order.process_key
    repeats = op.ledger.count_orders(key, op.customer.id, category, since)
    nearby = op.ledger.count_area(key, str(area), category, since) if area else 0
    return {"repeat_count": repeats, "hot_spot": nearby >= _HOT_SPOT}


def _number(op: Operation, name: str) -> float:
    """A number given as such or as text; 0 when there is none."""
    value = op.value(name)
    try:
        return float(value or 0)
    except (TypeError, ValueError) as exc:
        message = f"Expected {name} to be a number, but got {value!r}."
        raise OperationFailed(message, f"“{name}”应为数字，但它是“{value}”。") from exc


# ---- resources ------------------------------------------------------------------------------


def _network(text: Any) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    try:
        return ipaddress.ip_network(str(text).strip())
    except ValueError as exc:
        message = f"Expected an address block such as 203.0.113.0/29, but got {text!r}."
        raise OperationFailed(
            message, f"应为 203.0.113.0/29 形式的地址段，但它是“{text}”。"
        ) from exc


def _bounds(network: ipaddress.IPv4Network | ipaddress.IPv6Network) -> tuple[str, str]:
    """First and last address as text that sorts by number; the two families never meet."""
    offset = _MAPPED if network.version == _IPV4 else 0
    first, last = int(network.network_address), int(network.broadcast_address)
    return f"{first + offset:032x}", f"{last + offset:032x}"


@operation("check_ip_block")
def check_ip_block(op: Operation) -> Results:
    """Whether the wanted block is malformed or overlaps a live one; nothing is reserved."""
    try:
        networks = [_network(op.value("ipv4_block"))]
        if op.value("ipv6"):
            networks.append(_network(op.value("ipv6")))
    except OperationFailed as failed:
        return {"ip_conflict": True, "ip_conflict_with": str(failed)}
    for network in networks:
        other = op.ledger.overlapping_block(*_bounds(network), op.order.id)
        if other is not None:
            return {"ip_conflict": True, "ip_conflict_with": other.cidr}
    return {"ip_conflict": False, "ip_conflict_with": None}


@operation("reserve_ip")
def reserve_ip(op: Operation) -> Results:
    """Reserve the checked blocks for the order; its earlier reservations are released.

    Raises:
        OperationFailed: With the BPMN error ``ip_conflict`` when a block is no longer free.
    """
    for block in op.ledger.blocks_of_order(op.order.id):
        if block.state == "reserved":
            op.save("ip_block", block.id, state="released")
    for text in (op.value("ipv4_block"), op.value("ipv6")):
        if not text:
            continue
        network = _network(text)
        first, last = _bounds(network)
        other = op.ledger.overlapping_block(first, last, op.order.id)
        if other is not None:
            message = f"Expected {network} to be free, but it overlaps {other.cidr}."
            raise OperationFailed(
                message, f"地址段 {network} 应空闲，但与 {other.cidr} 重叠。", "ip_conflict"
            )
        op.save(
            "ip_block",
            op.ledger.next_id("ip_block"),
            is_new=True,
            cidr=str(network),
            family=network.version,
            first=first,
            last=last,
            state="reserved",
            order_id=op.order.id,
            service_id=None,
        )
    return {}


@operation("register_service")
def register_service(op: Operation) -> Results:
    """Enter the order's service as reserved, and file its contract; may run again.

    Source: R01, R02, A2.
    """
    _file_contract(op)
    values: dict[str, Any] = {
        "bandwidth": str(op.value("bandwidth") or ""),
        "a_address": str(op.value("a_address") or ""),
        "z_address": str(op.value("z_address") or ""),
    }
    present = op.ledger.services_of_order(op.order.id)
    if present:
        op.save("service", present[0].id, **values)
        return {"service_id": present[0].id}
    service_id = op.ledger.next_id("service")
    op.save(
        "service",
        service_id,
        is_new=True,
        customer_id=op.customer.id,
        number=f"ZX{service_id:08d}",
        kind=str(op.value("service_type") or "internet"),
        state="reserved",
        order_id=op.order.id,
        activated_at=None,
        **values,
    )
    return {"service_id": service_id}


def _file_contract(op: Operation) -> None:
    number = op.value("contract_no")
    if not number:
        return
    present = op.ledger.contract_by_number(str(number))
    if present is not None and present.customer_id != op.customer.id:
        message = f"Expected contract {number} to be this customer's, but it is another one's."
        raise OperationFailed(message, f"合同 {number} 应属于该客户，但属于其他客户。")
    values: dict[str, Any] = {
        "state": "filed",
        "filing_no": op.variables.get("filing_no"),
        "signed_on": op.variables.get("signed_on"),
        "term_months": op.variables.get("contract_term_months"),
        "monthly_fee": op.variables.get("monthly_fee"),
        "install_fee": op.variables.get("install_fee"),
    }
    if present is not None:
        known = {name: value for name, value in values.items() if value is not None}
        op.save("contract", present.id, **known)
        return
    op.save(
        "contract",
        op.ledger.next_id("contract"),
        is_new=True,
        customer_id=op.customer.id,
        number=str(number),
        **values,
    )


@operation("activate_service")
def activate_service(op: Operation) -> Results:
    """Make the order's service active and its address blocks used. Source: R14.

    Raises:
        OperationFailed: With the BPMN error ``activation_failed`` when nothing was registered.
    """
    services = op.ledger.services_of_order(op.order.id)
    if not services:
        message = "Expected a registered service of the order, but there is none."
        raise OperationFailed(message, "工单应有已登记的业务，但没有。", "activation_failed")
    now = op.ledger.now.isoformat()
    op.save("service", services[0].id, state="active", activated_at=now)
    for block in op.ledger.blocks_of_order(op.order.id):
        if block.state == "reserved":
            op.save("ip_block", block.id, state="used", service_id=services[0].id)
    return {"activated_at": now}


@operation("release_resources")
def release_resources(op: Operation) -> Results:
    """Compensate: give back address blocks and terminate the unfinished service. Source: A14."""
    released = []
    for block in op.ledger.blocks_of_order(op.order.id):
        if block.state != "released":
            op.save("ip_block", block.id, state="released")
            released.append(block.cidr)
    for service in op.ledger.services_of_order(op.order.id):
        if service.state != "terminated":
            op.save("service", service.id, state="terminated")
            released.append(service.number)
    return {"released": released}


# ---- after-sale and notices -----------------------------------------------------------------


@operation("create_visit_plan")
def create_visit_plan(op: Operation) -> Results:
    """Plan the first follow-up of a new line. Source: R18, R82, R85, R86."""
    customer = op.customer
    planned_on = (op.ledger.now + timedelta(days=_VISIT_DAYS[customer.grade])).date().isoformat()
    op.save(
        "visit_plan",
        op.ledger.next_id("visit_plan"),
        is_new=True,
        customer_id=customer.id,
        order_id=op.order.id,
        kind="follow_up",
        planned_on=planned_on,
        state="planned",
    )
    return {"visit_due_on": planned_on}


def _notify(op: Operation, notice: str, people: Iterable[int]) -> Results:
    receivers = tuple(sorted(set(people)))
    if receivers:
        op.record(facts.Notified(people=receivers, notice=notice, params=dict(op.inputs)))
    return {}


@operation("notify_service_desk")
def notify_service_desk(op: Operation) -> Results:
    """Tell the service desk that a line is in use. Source: R17."""
    return _notify(op, "service_in_use", op.ledger.holders("agent", op.order.unit_id))


@operation("notify_sales")
def notify_sales(op: Operation) -> Results:
    """Tell sales and the account manager. Source: R106."""
    people = op.ledger.holders("sales", op.order.unit_id)
    manager = op.customer.manager_id
    return _notify(op, "sales_notice", [*people, *([manager] if manager else [])])


@operation("notify_jeopardy")
def notify_jeopardy(op: Operation) -> Results:
    """Tell those who must act that an order needs attention. Source: A13, TMF641 jeopardyAlert.

    Level 0 tells the people of the open tasks, 1 the supervisor, 2 the manager, 3 headquarters.
    """
    level = int(_number(op, "level"))
    tasks = [task for task in op.ledger.open_tasks(op.order.id) if task.purpose == "work"]
    if op.inputs.get("priority") is not None:
        op.process.raise_priority(int(_number(op, "priority")))
    if level <= 0:
        return _notify(op, "order_in_jeopardy", workers(op.ledger, tasks))
    role, unit_id = (
        ("supervisor", op.order.unit_id),
        ("manager", op.order.unit_id),
        ("hq_desk", op.ledger.setup.root.id),
    )[min(level, 3) - 1]
    return _notify(op, "order_in_jeopardy", op.ledger.holders(role, unit_id))


@operation("notify_customer")
def notify_customer(op: Operation) -> Results:
    """Send the customer a message by the preferred channel through the outbox. Source: R16.

    Who does not want to be disturbed still gets what belongs to an order of theirs; only
    marketing is left out. Source: R108.
    """
    customer = op.customer
    op.record(
        facts.MessageThrown(
            message="notify_customer",
            element=op.element,
            payload={
                **op.inputs,
                "customer": customer.code,
                "channel": customer.channel,
                "order": op.order.number,
            },
        )
    )
    return {}


@operation("set_clock_due")
def set_clock_due(op: Operation) -> Results:
    """Give a running clock an explicit deadline, such as the regulator's; null leaves it."""
    name, due_at = str(op.value("clock")), op.value("due_at")
    if due_at is None or op.clocks.get(name) is None:
        return {}
    try:
        instant = datetime.fromisoformat(str(due_at))
    except ValueError as exc:
        raise _no_instant(name, due_at) from exc
    if instant.tzinfo is None:
        raise _no_instant(name, due_at)
    op.clocks.set_due(name, instant)
    return {}


def _no_instant(name: str, due_at: Any) -> OperationFailed:
    return OperationFailed(
        f"Expected an instant with its offset for clock {name}, but got {due_at!r}.",
        f"时限“{name}”应得到带时差的时刻，但它是“{due_at}”。",
    )


@operation("archive_order")
def archive_order(op: Operation) -> Results:
    """Note when the order went to the archive; ended orders never change. Source: R37."""
    return {"archived_at": op.ledger.now.isoformat()}
