"""Operations about the order itself: its clocks, its archive."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from engine.handlers.operations.operation import Operation, OperationFailed, Results


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


def archive_order(op: Operation) -> Results:
    """Note when the order went to the archive; ended orders never change. Source: R37."""
    return {"archived_at": op.ledger.now.isoformat()}
