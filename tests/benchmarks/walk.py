"""A provisioning order from the signed contract to the first visit, with realistic answers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import msgspec

from engine.domain import commands
from tests.benchmarks.desk import CUSTOMERS, Desk


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One completion: who completes the task of which element with what."""

    element: str
    login: str
    values: dict[str, Any]


def start_values(number: int) -> dict[str, Any]:
    """Answers to the start form."""
    return {
        "customer_id": list(CUSTOMERS.values())[number % len(CUSTOMERS)],
        "contract_no": f"HT-2026-{number:04d}",
        "service_type": "internet",
        "bandwidth": 100,
        "a_address": "云川市人民路 1 号信息大厦 3 层机房",
        "z_address": "云川市解放路 88 号营业部",
    }


def steps(number: int, now: datetime) -> list[Step]:
    """The ten completions of one order; billing is acknowledged before the last.

    Args:
        number: Makes the order's addresses and references its own.
        now: Dates lie around it.
    """

    def at(**length: float) -> str:
        return (now + timedelta(**length)).isoformat()

    block = f"10.{number >> 13 & 255}.{number >> 5 & 255}.{(number & 31) << 3}/29"
    signed_on = (now - timedelta(days=2)).date().isoformat()
    made: tuple[tuple[str, str, dict[str, Any]], ...] = (
        (
            "file_contract",
            "li.desk",
            {"filing_no": f"BA-{number}", "signed_on": signed_on, "monthly_fee": 5000},
        ),
        ("resource_survey", "sun.network", {"feasible": "yes"}),
        ("allocate_ip", "sun.network", {"ipv4_block": block, "vlan": 120}),
        (
            "request_equipment",
            "sun.network",
            {"equipment_items": [{"model": "AR-6120", "quantity": 1}], "in_stock": "yes"},
        ),
        ("request_line", "sun.network", {"line_source": "own", "technology": "fibre"}),
        (
            "prepare_construction",
            "zhou.build",
            {"crew": "一班", "appointment_at": at(days=4), "appointment_contact": "李强"},
        ),
        (
            "construct",
            "zhou.build",
            {"construct_result": "done", "started_at": at(hours=-4), "ended_at": at(hours=-1)},
        ),
        (
            "commission",
            "sun.network",
            {
                "test_result": "pass",
                "loss_percent": 0.01,
                "delay_ms": 2.5,
                "throughput_mbps": 99.8,
            },
        ),
        ("complete", "zhou.build", {"accepted_by": "李强", "accepted_at": at(hours=-1)}),
        (
            "visit",
            "li.desk",
            {
                "visit_method": "phone",
                "met_whom": "李强",
                "usage": "正常",
                "has_problem": "no",
                "suggestions": "无",
                "visit_score": 9,
                "has_opportunity": "no",
            },
        ),
    )
    return [Step(element=element, login=login, values=values) for element, login, values in made]


class Walk:
    """One order being worked."""

    def __init__(self, desk: Desk, number: int) -> None:
        self._desk = desk
        self._number = number
        started = desk.execute(
            commands.StartOrder(process="leased_line_provisioning", values=start_values(number)),
            desk.person("wang.sales"),
        )
        self.order_id: int = started.order_id

    def completions(self) -> Iterator[tuple[Step, int]]:
        """Steps with the task to complete; the caller completes it before taking the next."""
        waiting: dict[str, int] = {}
        for step in steps(self._number, self._desk.clock.now()):
            if step.element == "visit":
                self.acknowledge_billing()
            if step.element not in waiting:
                waiting = self._waiting()
            yield step, waiting[step.element]

    def acknowledge_billing(self) -> None:
        """Let billing answer."""
        self._desk.execute(
            commands.SendMessage(
                message="billing_ack",
                order_id=self.order_id,
                values={"billing_reference": f"JF-{self._number}"},
            ),
            self._desk.person("billing.system"),
        )

    def complete(self, step: Step, task: int) -> None:
        """Complete one task by its command."""
        self._desk.execute(
            commands.CompleteTask(task_id=task, values=step.values),
            self._desk.person(step.login),
        )

    def run(self) -> int:
        """Work the order to its end; number of completions."""
        number = 0
        for step, task in self.completions():
            self.complete(step, task)
            number += 1
        return number

    def _waiting(self) -> dict[str, int]:
        """Tasks by element."""
        with self._desk.application.dispatcher.view(None) as view:
            return {
                task.element: task.id
                for task in view.open_tasks(self.order_id)
                if task.purpose == "work"
            }
