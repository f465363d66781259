"""What events react to and what they throw: timers, messages, errors, compensation and so on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Literal

import msgspec
from typing_extensions import override

from engine.domain.effects import (
    MessageAwaited,
    MessageClosed,
    TimerClosed,
    TimerSet,
)
from engine.workflow.errors import StepError, TimerError
from engine.workflow.language import cycles, timers
from engine.workflow.language.expressions import Expression, Template
from engine.workflow.runtime.tokens import Token

#: Keys of `Token.internal_data` of a waiting event.
DUE, LEFT, CYCLE, CLOCK, MESSAGE, HELD = "d", "r", "c", "k", "m", "h"

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Trigger(msgspec.Struct, frozen=True):
    """What an event reacts to or does; the base means nothing at all.

    Attributes:
        listens: Whether a token waits for it; otherwise who throws looks for who catches.
    """

    listens: ClassVar[bool] = True

    def prepare(self, token: Token, *, interrupting: bool) -> dict[str, Any]:
        """What a token has to remember while it waits; may fail, changes nothing.

        Args:
            token: Token whose variables are read: the guarded activity or the event itself.
            interrupting: Whether the event fires once only.
        """
        del token, interrupting
        return {}

    def announce(self, token: Token) -> None:
        """Report that the token waits."""

    def close(self, token: Token) -> None:
        """Report that the token waits no longer."""

    def repeats(self, token: Token) -> bool:
        """Whether a non-interrupting event stays after it fired."""
        del token
        return True


class TimerTrigger(Trigger, frozen=True):
    """Fires at a time. Source: BPMN 2.0.2, 10.5.5 and table 10.101."""

    form: Literal["date", "duration", "cycle"]
    text: Template

    @override
    def prepare(self, token: Token, *, interrupting: bool) -> dict[str, Any]:
        """Due time, and for cycles what is left of them."""
        context = token.instance.context
        value, clock = token.instance.read_clock(self.text, token)
        if clock is not None and not isinstance(value, str):
            # Null while the clock is unknown or paused; `Run.reschedule` asks again.
            return {DUE: _stored(self._instant(value, token)), CLOCK: clock}
        if self.form != "cycle" or not isinstance(value, str):
            due_at = self._instant(value, token)
            if due_at is None:
                raise StepError(
                    "timer",
                    "Expected a time for the timer, but its expression gives none.",
                    "定时器应有时间，但其表达式没有得出。",
                )
            return {DUE: _stored(due_at)}
        try:
            plan = cycles.cycle(value)
            first = cycles.first_firing(plan, context)
        except TimerError as error:
            raise StepError("timer", str(error), error.zh) from error
        left = 1 if interrupting else plan.repetitions
        return {DUE: _stored(first), LEFT: left if first else 0, CYCLE: value}

    def _instant(self, value: object, token: Token) -> datetime | None:
        try:
            return timers.instant(value, token.instance.context)
        except TimerError as error:
            raise StepError("timer", str(error), error.zh) from error

    @override
    def announce(self, token: Token) -> None:
        """Report the timer with its next due time."""
        node, remembered = token.task_spec, token.internal_data
        element = node.event_element
        token.instance.emit(
            TimerSet(
                number=token.id,
                element_id=element.id,
                name=element.name,
                due_at=due_at(token),
                attached_to=_guarded(token),
                interrupting=node.is_interrupting,
                repeats=remembered.get(LEFT, 1) not in {0, 1},
                clock=remembered.get(CLOCK),
            )
        )

    @override
    def close(self, token: Token) -> None:
        """Report that the timer will not fire again."""
        if DUE in token.internal_data:
            token.instance.emit(TimerClosed(number=token.id))

    @override
    def repeats(self, token: Token) -> bool:
        """Whether repetitions are left."""
        return bool(token.internal_data.get(LEFT)) and token.internal_data.get(DUE) is not None

    def advance(self, token: Token) -> int:
        """Move to the next due time; number of repetitions that were missed."""
        context, remembered = token.instance.context, token.internal_data
        planned_at = due_at(token)
        if CYCLE not in remembered or planned_at is None:
            remembered[LEFT] = 0
            return 0
        plan = cycles.cycle(remembered[CYCLE])
        next_at, left, missed = cycles.following(plan, planned_at, remembered[LEFT], context)
        remembered[DUE], remembered[LEFT] = _stored(next_at), left
        return missed


class MessageTrigger(Trigger, frozen=True):
    """Waits for a message or signal by name."""

    kind: Literal["message", "signal"]
    name: Template

    @override
    def prepare(self, token: Token, *, interrupting: bool) -> dict[str, Any]:
        """The evaluated name."""
        del interrupting
        return {MESSAGE: token.name_of(self.name)}

    @override
    def announce(self, token: Token) -> None:
        """Report the subscription."""
        element = token.task_spec.event_element
        token.instance.emit(
            MessageAwaited(
                number=token.id,
                element_id=element.id,
                message=token.internal_data[MESSAGE],
                name=element.name,
                kind=self.kind,
            )
        )

    @override
    def close(self, token: Token) -> None:
        """Report the end of the subscription."""
        if MESSAGE in token.internal_data:
            token.instance.emit(MessageClosed(number=token.id))


class ConditionTrigger(Trigger, frozen=True):
    """Fires when its condition becomes true."""

    condition: Expression

    @override
    def prepare(self, token: Token, *, interrupting: bool) -> dict[str, Any]:
        """Nothing held so far; a condition that holds already fires at once."""
        del token, interrupting
        return {HELD: False}


class ErrorTrigger(Trigger, frozen=True):
    """An error of a code; without a code any. Source: BPMN 2.0.2, 10.5.6.

    Attributes:
        code_variable: Variable that takes the code when caught.
        message_variable: Variable that takes the message when caught.
    """

    listens: ClassVar[bool] = False
    code: str | None = None
    code_variable: str | None = None
    message_variable: str | None = None


class EscalationTrigger(Trigger, frozen=True):
    """An escalation of a code; without a code any."""

    listens: ClassVar[bool] = False
    code: str | None = None


class TerminateTrigger(Trigger, frozen=True):
    """Ends its scope at once, or the whole process (extension property ``terminates``)."""

    whole_process: bool = False


class CompensationTrigger(Trigger, frozen=True):
    """Undoes completed activities, or is what undoes one. Source: BPMN 2.0.2, 13.5.5.

    Attributes:
        activity: The one to undo; None for all of the scope.
    """

    listens: ClassVar[bool] = False
    activity: str | None = None


class CancelTrigger(Trigger, frozen=True):
    """Cancels the transaction around it. Source: BPMN 2.0.2, 13.5.6."""

    listens: ClassVar[bool] = False


class LinkTrigger(Trigger, frozen=True):
    """Continues at the catching link of the same name."""

    name: str


def due_at(token: Token) -> datetime | None:
    """Due time of a waiting timer, None while unknown."""
    stored = token.internal_data.get(DUE)
    return None if stored is None else _EPOCH + stored * _MICROSECOND


def _stored(at: datetime | None) -> int | None:
    return None if at is None else (at - _EPOCH) // _MICROSECOND


def _guarded(token: Token) -> int | None:
    """Number of the user task a boundary event is attached to."""
    host = token.host
    return host.id if host is not None and host.task_spec.opens_task(host) else None
