"""What operators and other systems look at: incidents, timers, external tasks, dead letters."""

from __future__ import annotations

from typing import Any

from api.caller import execute, view
from api.operations import Resource
from api.paging import PageQuery
from api.schemas import operations as rows
from api.schemas import orders as s
from api.schemas.fields import Text
from engine.domain import commands as c
from engine.handlers.results import IdResult, MessageResult
from engine.queries import operations
from engine.queries.paging import Page

bp = Resource("operations", "Incidents 故障, timers 定时器, external tasks, messages.")
_REFUSALS = (401, 403, 422, 503)


class JobQuery(PageQuery):
    """Which external tasks to show."""

    topic = Text(most=100)


@bp.read("/incidents", rows.IncidentPage(), query=PageQuery(), refusals=_REFUSALS)
def incidents(query: dict[str, Any]) -> Page[operations.IncidentItem]:
    """Failed steps that wait for an operator."""
    with view() as moment:
        return operations.list_incidents(moment, **query)


@bp.read("/timers", rows.TimerPage(), query=PageQuery(), refusals=_REFUSALS)
def timers(query: dict[str, Any]) -> Page[operations.TimerItem]:
    """Timers of all orders the caller operates."""
    with view() as moment:
        return operations.list_timers(moment, **query)


@bp.read("/jobs", rows.JobPage(), query=JobQuery(), refusals=_REFUSALS)
def jobs(query: dict[str, Any]) -> Page[operations.JobItem]:
    """External tasks that wait for other systems."""
    with view() as moment:
        return operations.list_jobs(moment, **query)


@bp.read("/dead-letters", rows.DeadLetterPage(), query=PageQuery(), refusals=_REFUSALS)
def dead_letters(query: dict[str, Any]) -> Page[operations.DeadLetter]:
    """Messages to the outside that were given up."""
    with view() as moment:
        return operations.list_dead_letters(moment, **query)


@bp.act("POST", "/dead-letters/<number:letter_id>/retry", s.Created())
def send_again(letter_id: int) -> IdResult:
    """Try a message that was given up once more, after what refused it was put right."""
    return execute(c.SendAgain(letter_id=letter_id), IdResult)


@bp.act("POST", "/messages", s.MessageDone(), takes=s.CorrelatedMessageBody())
def send(given: dict[str, Any]) -> MessageResult:
    """Deliver a message to all orders that wait for it and match."""
    return execute(c.SendMessage(**given), MessageResult)
