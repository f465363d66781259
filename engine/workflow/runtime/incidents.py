"""Incidents: a token that cannot go on is held where it is, until it is tried again."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

from engine.domain.effects import IncidentClosed, IncidentOpened
from engine.workflow.errors import StepError
from engine.workflow.runtime.tokens import (
    COMPLETED,
    ERROR,
    INCIDENT,
    LEAVING,
    LISTENING,
    PHASE,
    READY,
    RUNNING,
    STARTED,
    WAITING,
    WORKING,
)

if TYPE_CHECKING:
    from engine.workflow.runtime.tokens import Token


def attempt(token: Token, act: Callable[[], object]) -> None:
    """Let a token act; what fails becomes an incident."""
    try:
        act()
    except StepError as error:
        open_incident(token, error, LEAVING if token.state == COMPLETED else RUNNING)


def open_incident(token: Token, error: StepError, phase: str) -> None:
    """Hold a token where it is until somebody retries or cancels."""
    token._state = ERROR  # noqa: SLF001 - of our own class
    instance, remembered = token.instance, token.internal_data
    if INCIDENT not in remembered:
        remembered[INCIDENT] = instance.next_number()
    remembered[PHASE] = phase
    instance.emit(
        IncidentOpened(
            number=remembered[INCIDENT],
            element_id=error.element_id or token.task_spec.event_element.id,
            kind=error.kind,
            message=str(error),
            message_zh=error.zh,
            code=error.code,
        )
    )


def close_incident(token: Token, reason: Literal["resolved", "cancelled"]) -> None:
    """Report that a token is held no longer."""
    number = token.internal_data.pop(INCIDENT, None)
    token.internal_data.pop(PHASE, None)
    if number is not None:
        token.instance.emit(IncidentClosed(number=number, reason=reason))


def is_failed_job(token: Token) -> bool:
    """Whether the token is a job whose handler failed."""
    return token.internal_data.get(PHASE) == WORKING


def begin_listening(token: Token) -> None:
    """Prepare and announce the subscription of an event sub-process or a failed one."""
    try:
        token.internal_data.update(token.task_spec.prepare(token.host or token))
    except StepError as error:
        open_incident(token, error, LISTENING)
        return
    token._state = WAITING if token.task_spec.listens else STARTED  # noqa: SLF001
    token.task_spec.trigger.announce(token)


def retry(token: Token) -> None:
    """Let a held token do again what failed."""
    instance = token.instance
    phase = token.internal_data.pop(PHASE)
    at = len(instance.effects)
    if phase == RUNNING:
        token._state = READY  # noqa: SLF001 - of our own class
        attempt(token, token.run)
    elif phase == LEAVING:
        token._state = STARTED  # noqa: SLF001
        attempt(token, token.complete)
    elif phase == WORKING:
        token._state = STARTED  # noqa: SLF001
        _work_again(token)
    else:
        begin_listening(token)
    if PHASE not in token.internal_data and INCIDENT in token.internal_data:
        number = token.internal_data.pop(INCIDENT)
        instance.effects.insert(at, IncidentClosed(number=number, reason="resolved"))


def _work_again(token: Token) -> None:
    try:
        token.task_spec.work_again(token)
    except StepError as error:
        open_incident(token, error, WORKING)
