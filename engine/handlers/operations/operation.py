"""What a business operation is given, and how it fails."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from engine.domain import facts
from engine.domain.facts import Stream
from engine.domain.records import Customer, Order
from engine.handlers.clocks import Clocks
from engine.handlers.process import Process
from engine.store.ledger import Ledger

Results = dict[str, Any]


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

    def number(self, name: str) -> float:
        """An input or variable given as a number or as text; 0 when there is none.

        Raises:
            OperationFailed: It is something else.
        """
        value = self.value(name)
        try:
            return float(value or 0)
        except (TypeError, ValueError) as exc:
            message = f"Expected {name} to be a number, but got {value!r}."
            raise OperationFailed(message, f"“{name}”应为数字，但它是“{value}”。") from exc

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
