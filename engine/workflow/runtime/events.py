"""Events: where they are in a diagram, and what happens when they fire."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from typing_extensions import override

from engine.domain.effects import MessageReceived, MessageThrown, SignalThrown, TimerFired
from engine.workflow.errors import StepError
from engine.workflow.runtime.catching import throw_error, throw_escalation
from engine.workflow.runtime.compensation import abandon, cancel_transaction, compensate
from engine.workflow.runtime.elements import Element
from engine.workflow.runtime.gateways import EventBasedGateway
from engine.workflow.runtime.incidents import attempt
from engine.workflow.runtime.nodes import FlowNode
from engine.workflow.runtime.tokens import CANCELLED, INPUTS, PLAN, STARTED, WAITING, Token
from engine.workflow.runtime.triggers import (
    MESSAGE,
    CancelTrigger,
    CompensationTrigger,
    ErrorTrigger,
    EscalationTrigger,
    LinkTrigger,
    MessageTrigger,
    TerminateTrigger,
    TimerTrigger,
    Trigger,
    due_at,
)

if TYPE_CHECKING:
    from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec

    from engine.workflow.runtime.scopes import TokenScope


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

    @override
    def _run_hook(self, my_task: Token) -> bool | None:
        self.take_inputs(my_task)
        return True

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
        self.take_inputs(my_task)
        my_task.internal_data.update(self.prepare(my_task))
        prepared = self.prepare_boundary(my_task)
        self.announce(my_task)
        my_task.workflow.listen(my_task, prepared)
        return None

    @override
    def finish(self, token: Token) -> None:
        """Behind an event-based gateway inputs are taken when the event has won."""
        if INPUTS not in token.internal_data:
            self.take_inputs(token)
        super().finish(token)

    def prepare_boundary(self, token: Token) -> list[tuple[BoundaryEvent, dict[str, Any]]]:
        """Events attached to a receive task; intermediate events have none."""
        return [(event, event.prepare(token)) for event in self.boundary if event.waits]

    def happened(self, token: Token, values: Mapping[str, Any]) -> None:
        """What the token waits for came: it goes on."""
        report_firing(token)
        self.trigger.close(token)
        gateway = token.host
        if gateway is not None and isinstance(gateway.task_spec, EventBasedGateway):
            gateway.task_spec.won(gateway, token)
        take_values(token, values)
        attempt(token, token.complete)


class BoundaryEvent(EventNode):
    """Attached to an activity; takes it away or not."""

    listens = True

    @property
    def waits(self) -> bool:
        """Whether it needs a waiting token; errors and the like are looked up instead."""
        return self.trigger.listens

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
    """An intermediate or end event that tells somebody something."""

    @override
    def _run_hook(self, my_task: Token) -> bool | None:
        self.take_inputs(my_task)
        started = self.clocks(my_task)
        outcome = throw(self, self.trigger, my_task)
        if my_task.state == CANCELLED:  # by what it threw: it will not leave any more
            self.report_passing(my_task, started)
        return outcome

    @override
    def withdrawn(self, token: Token, state: int) -> None:
        """Stop what it had begun to undo."""
        if PLAN in token.internal_data:
            abandon(token)
        super().withdrawn(token, state)


class EndEvent(ThrowEvent):
    """Where a branch ends."""

    @override
    def _run_hook(self, my_task: Token) -> bool | None:
        outcome = super()._run_hook(my_task)
        if isinstance(self.trigger, CompensationTrigger | CancelTrigger):
            return outcome
        if my_task.state != CANCELLED:
            my_task.instance.end_reached(my_task)
        if isinstance(self.trigger, TerminateTrigger):
            my_task.workflow.clear(keep=my_task)
            if self.trigger.whole_process:
                my_task.instance.terminate(my_task)
            elif my_task.workflow.is_top:
                my_task.instance.outcome = "terminated"
        return outcome

    @override
    def finish(self, token: Token) -> None:
        """It is reached only when everything is undone."""
        super().finish(token)
        if isinstance(self.trigger, CompensationTrigger):
            token.instance.end_reached(token)


def throw(node: FlowNode, trigger: Trigger, token: Token) -> bool | None:
    """Do what a throwing event does; None when it has to wait for its effect.

    Raises:
        StepError: An error nobody catches.
    """
    instance = token.instance
    if isinstance(trigger, MessageTrigger):
        name = token.name_of(trigger.name)
        if trigger.kind == "message":
            payload = dict(token.internal_data.get(INPUTS, {}))
            instance.emit(MessageThrown(element_id=node.element.id, message=name, payload=payload))
        else:
            instance.emit(SignalThrown(element_id=node.element.id, signal=name))
            instance.schedule_signal(name)
    elif isinstance(trigger, ErrorTrigger):
        throw_error(token, trigger.code or "", node.element.name)
    elif isinstance(trigger, EscalationTrigger):
        throw_escalation(token, trigger.code or "")
    elif isinstance(trigger, CompensationTrigger):
        return compensate(token, trigger.activity)
    elif isinstance(trigger, CancelTrigger):
        cancel_transaction(token)
        return None
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
