"""Events: what they wait for, what they throw, and what happens when they fire."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

import msgspec
from typing_extensions import override

from engine.domain.effects import (
    MessageAwaited,
    MessageClosed,
    MessageReceived,
    MessageThrown,
    SignalThrown,
    TimerClosed,
    TimerFired,
    TimerSet,
)
from engine.workflow import timers
from engine.workflow.elements import Element
from engine.workflow.errors import StepError, TimerError
from engine.workflow.expressions import Expression, Template
from engine.workflow.gateways import EventBasedGateway
from engine.workflow.nodes import FlowNode
from engine.workflow.tokens import STARTED, WAITING, Token

if TYPE_CHECKING:
    from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec

    from engine.workflow.scopes import TokenScope

#: Keys of `Token.internal_data` of a waiting event.
DUE, LEFT, CYCLE, CLOCK, MESSAGE, HELD = "d", "r", "c", "k", "m", "h"

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Trigger(msgspec.Struct, frozen=True):
    """What an event reacts to or does; the base means nothing at all."""

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
                    "timer", "Expected a time for the timer, but its expression gives none."
                )
            return {DUE: _stored(due_at)}
        try:
            plan = timers.cycle(value)
            first = timers.first_firing(plan, context)
        except TimerError as error:
            raise StepError("timer", str(error)) from error
        left = 1 if interrupting else plan.repetitions
        return {DUE: _stored(first), LEFT: left if first else 0, CYCLE: value}

    def _instant(self, value: object, token: Token) -> datetime | None:
        try:
            return timers.instant(value, token.instance.context)
        except TimerError as error:
            raise StepError("timer", str(error)) from error

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
        plan = timers.cycle(remembered[CYCLE])
        next_at, left, missed = timers.following(plan, planned_at, remembered[LEFT], context)
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
        return {MESSAGE: str(token.evaluate(self.name))}

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

    code: str | None = None
    code_variable: str | None = None
    message_variable: str | None = None


class EscalationTrigger(Trigger, frozen=True):
    """An escalation of a code; without a code any."""

    code: str | None = None


class TerminateTrigger(Trigger, frozen=True):
    """Ends its scope at once, or the whole process (extension property ``terminates``)."""

    whole_process: bool = False


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


class EventNode(FlowNode):
    """A node that is an event.

    Attributes:
        trigger: What it reacts to or throws.
        is_interrupting: Whether it takes the guarded activity or scope away.
    """

    def __init__(
        self,
        process: BpmnProcessSpec,
        element: Element,
        *,
        trigger: Trigger,
        is_interrupting: bool = True,
    ) -> None:
        super().__init__(process, element)
        self.trigger = trigger
        self.is_interrupting = is_interrupting

    def prepare(self, token: Token) -> dict[str, Any]:
        """What a token waiting here has to remember.

        Raises:
            StepError: A time or name cannot be computed.
        """
        try:
            return self.trigger.prepare(token, interrupting=self.fires_once)
        except StepError as error:
            error.element_id = error.element_id or self.element.id
            raise

    @property
    def fires_once(self) -> bool:
        """Whether the event never fires a second time."""
        return self.is_interrupting

    def announce(self, token: Token) -> None:
        """Report that a token waits here."""
        self.trigger.announce(token)

    @override
    def withdrawn(self, token: Token, state: int) -> None:
        """Report that a waiting token was taken away."""
        if state in {WAITING, STARTED}:
            self.trigger.close(token)
        super().withdrawn(token, state)


class StartEvent(EventNode):
    """Where a scope begins."""


class CatchEvent(EventNode):
    """An intermediate event, or a receive task, that waits."""

    @override
    def _run_hook(self, my_task: Token) -> bool | None:
        if isinstance(self.trigger, LinkTrigger) or type(self.trigger) is Trigger:
            return True
        my_task.internal_data.update(self.prepare(my_task))
        prepared = self.prepare_boundary(my_task)
        self.announce(my_task)
        my_task.workflow.listen(my_task, prepared)
        return None

    def prepare_boundary(self, token: Token) -> list[tuple[BoundaryEvent, dict[str, Any]]]:
        """Events attached to a receive task; intermediate events have none."""
        return [(event, event.prepare(token)) for event in self.boundary if event.waits]

    def happened(self, token: Token, values: Mapping[str, Any]) -> None:
        """What the token waits for came: it goes on."""
        instance = token.instance
        report_firing(token)
        self.trigger.close(token)
        gateway = token.host
        if gateway is not None and isinstance(gateway.task_spec, EventBasedGateway):
            gateway.task_spec.won(gateway, token)
        take_values(token, values)
        instance.attempt(token, token.complete)


class BoundaryEvent(EventNode):
    """Attached to an activity; takes it away or not."""

    listens = True

    @property
    def waits(self) -> bool:
        """Whether it needs a waiting token; errors and escalations are looked up instead."""
        return not isinstance(self.trigger, ErrorTrigger | EscalationTrigger)

    def happened(self, token: Token, values: Mapping[str, Any]) -> None:
        """The event fired while the activity was open."""
        report_firing(token)
        host = token.host
        if host is None:
            raise LookupError(token.id)
        if self.is_interrupting:
            self.trigger.close(token)
            token.remove()
            host.cancel()
        elif not self.trigger.repeats(token):
            self.trigger.close(token)
            token.remove()
        elif isinstance(self.trigger, TimerTrigger):
            self.trigger.announce(token)
        self.leave(token.workflow, values)

    def caught(self, host: Token, values: Mapping[str, Any]) -> None:
        """An error or escalation thrown inside the activity was caught."""
        scope = host.workflow
        if self.is_interrupting:
            host.cancel()
        self.leave(scope, values)

    def leave(self, scope: TokenScope, values: Mapping[str, Any]) -> None:
        """Put a token behind the event."""
        token = scope.new_token(self)
        scope.top_workflow.entered(self.element)
        take_values(token, values)
        scope.top_workflow.schedule(token)


class ThrowEvent(EventNode):
    """An intermediate event, an end event or a send task that tells somebody something."""

    @override
    def _run_hook(self, my_task: Token) -> bool | None:
        return throw(self, self.trigger, my_task)


class EndEvent(ThrowEvent):
    """Where a branch ends."""

    @override
    def _run_hook(self, my_task: Token) -> bool | None:
        outcome = throw(self, self.trigger, my_task)
        my_task.instance.end_reached(my_task)
        if isinstance(self.trigger, TerminateTrigger):
            my_task.workflow.clear(keep=my_task)
            if self.trigger.whole_process:
                my_task.instance.terminate(my_task)
            elif my_task.workflow.is_top:
                my_task.instance.outcome = "terminated"
        return outcome


def throw(node: FlowNode, trigger: Trigger, token: Token) -> bool:
    """Do what a throwing event does.

    Raises:
        StepError: An error nobody catches.
    """
    instance = token.instance
    if isinstance(trigger, MessageTrigger):
        name = str(token.evaluate(trigger.name))
        if trigger.kind == "message":
            payload = {key: token.evaluate(value) for key, value in node.element.inputs}
            instance.emit(MessageThrown(element_id=node.element.id, message=name, payload=payload))
        else:
            instance.emit(SignalThrown(element_id=node.element.id, signal=name))
            instance.schedule_signal(name)
    elif isinstance(trigger, ErrorTrigger):
        instance.throw_error(token, trigger.code or "", node.element.name)
    elif isinstance(trigger, EscalationTrigger):
        instance.throw_escalation(token, trigger.code or "")
    return True


def report_firing(token: Token) -> None:
    """Report what happened to a waiting token, and move a timer on."""
    node, instance = token.task_spec, token.instance
    trigger = node.trigger
    if isinstance(trigger, TimerTrigger):
        planned_at = due_at(token) or instance.context.now
        missed = trigger.advance(token)
        instance.emit(
            TimerFired(
                number=token.id,
                element_id=node.event_element.id,
                planned_at=planned_at,
                missed=missed,
            )
        )
    elif isinstance(trigger, MessageTrigger):
        instance.emit(
            MessageReceived(
                number=token.id,
                element_id=node.event_element.id,
                message=token.internal_data[MESSAGE],
                kind=trigger.kind,
            )
        )


def take_values(token: Token, values: Mapping[str, Any]) -> None:
    """Set the variables an event brought along."""
    for name, value in values.items():
        token.workflow.assign(name, value, token)
