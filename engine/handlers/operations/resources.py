"""Operations about resources of an order: address blocks, the service, its contract."""

from __future__ import annotations

import ipaddress
from typing import Any

from engine.handlers.operations.operation import Operation, OperationFailed, Results

#: All addresses as 32 hexadecimal digits: those of IPv4 where IPv6 maps them.
_MAPPED = 0xFFFF << 32
_IPV4 = 4


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
