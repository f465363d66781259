"""What operators see of all orders: timers, incidents, external tasks, lost messages."""

from __future__ import annotations

from api.schemas import answers as a
from api.schemas.base import Answer, page_of
from api.schemas.orders import Incident, JobRow


class TimerRow(Answer):
    """A timer of an order."""

    order_id = a.ident()
    order_number = a.text("GD20260131000012")
    number = a.number(4)
    element = a.text("billing_timeout")
    name = a.text("计费回执超时")
    due_at = a.maybe_instant()
    task_id = a.ident(null=True)
    interrupting = a.truth()
    repeats = a.truth()
    clock = a.text("order", null=True)


TimerPage = page_of(TimerRow, "TimerPage")


class OpenIncident(Incident):
    """A step that failed and waits for an operator."""

    order_id = a.ident()
    order_number = a.text("GD20260131000012")


IncidentPage = page_of(OpenIncident, "IncidentPage")


class OpenJob(JobRow):
    """An external task that waits for another system."""

    order_id = a.ident()
    order_number = a.text("GD20260131000012")


JobPage = page_of(OpenJob, "JobPage")


class DeadLetterRow(Answer):
    """A message that could not be delivered."""

    id = a.ident()
    event_id = a.text("1-12-5")
    channel = a.text("webhook")
    recipient = a.text("https://oss.example.com/hook")
    kind = a.text("order.started")
    created_at = a.instant()
    attempts = a.number(12)
    dead_at = a.instant()
    error = a.text("…", null=True)


DeadLetterPage = page_of(DeadLetterRow, "DeadLetterPage")
