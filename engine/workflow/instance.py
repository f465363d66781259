"""A process instance in memory: its scopes, its queue of tokens, its incidents and effects."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal
from zoneinfo import ZoneInfo

from SpiffWorkflow.bpmn.workflow import BpmnWorkflow

from engine.domain.effects import (
    Effect,
    ElementsPassed,
    IncidentClosed,
    IncidentOpened,
    InstanceEnded,
    StateEntered,
    VariablesChanged,
)
from engine.ports import StepContext
from engine.workflow.activities import EventSubProcess, take_inputs
from engine.workflow.errors import StepError
from engine.workflow.events import (
    HELD,
    ErrorTrigger,
    EscalationTrigger,
    MessageTrigger,
    due_at,
)
from engine.workflow.expressions import Template
from engine.workflow.gateways import InclusiveGateway
from engine.workflow.scopes import Scope, TokenScope
from engine.workflow.tokens import (
    COMPLETED,
    ERROR,
    FLOW,
    INCIDENT,
    LEAVING,
    LISTENING,
    PHASE,
    READY,
    RUNNING,
    STARTED,
    WAITING,
    WORKING,
    Token,
)
from engine.workflow.variables import Variables

if TYPE_CHECKING:
    from engine.workflow.definitions import Definition
    from engine.workflow.elements import Element

#: Steps one command may take before its tokens are held as going round without end.
STEP_BUDGET = 20_000
#: The library asks for an engine of Python scripts; there is none here.
NO_SCRIPT_ENGINE = object()


class Instance(TokenScope, BpmnWorkflow):  # type: ignore[misc]  # the library ships no types
    """The top scope, and what all scopes of an instance share.

    Attributes:
        effects: What happened and was not yet taken.
        outcome: How the instance ends.
        last_end: Element id and business state of the end event that counts.
        counter: Last number given.
    """

    host = None
    depth = 0

    def __init__(
        self,
        definition: Definition,
        values: dict[str, Any],
        context: StepContext,
        bind: Callable[[str], Definition],
    ) -> None:
        self.definition = definition
        self.key = definition.key
        self.store = Variables(0, values)
        self.context = context
        self._bind = bind
        super().__init__(
            definition.specs[definition.key],
            definition.specs,
            NO_SCRIPT_ENGINE,
            deserializing=True,
        )
        self.effects: list[Effect] = []
        self.outcome: Literal["completed", "cancelled", "terminated"] = "completed"
        self.last_end: tuple[str, str | None] | None = None
        self.counter = 0
        self._queue: deque[tuple[str, Any]] = deque()
        self._passed: list[str] = []
        self._budget = STEP_BUDGET
        self._reported = False
        self._guard: int | None = None
        self._clock: str | None = None
        self.surroundings: dict[str, Callable[..., Any]] = {
            "now": self._now,
            "today": self._today,
            "clock": self._read_clock,
        }

    # -- surroundings of expressions --

    def _now(self) -> datetime:
        return self.context.now

    def _today(self) -> Any:
        return self.context.now.astimezone(ZoneInfo(self.context.zone)).date()

    def _read_clock(self, name: str, point: str = "100%") -> datetime | None:
        self._clock = str(name)
        return self.context.clocks.at(str(name), str(point), self._guard)

    def read_clock(self, text: Template, token: Token) -> tuple[Any, str | None]:
        """Value of a timer's text, and the SLA clock it asked.

        Raises:
            StepError: It cannot be computed.
        """
        self._guard = token.id if token.task_spec.opens_task(token) else None
        self._clock = None
        try:
            value = token.evaluate(text, "timer")
            return value, self._clock
        finally:
            self._guard = self._clock = None

    # -- effects --

    def emit(self, effect: Effect) -> None:
        """Report something that happened."""
        self.effects.append(effect)

    def entered(self, element: Element) -> None:
        """Report the business state of a node on arrival."""
        if element.state:
            self.emit(StateEntered(element_id=element.id, state=element.state))

    def passed(self, element_id: str) -> None:
        """Remember that a node completed."""
        self._passed.append(element_id)

    def settle(self) -> None:
        """Step until nothing can go on, then report what the step as a whole changed."""
        self._budget = STEP_BUDGET
        self._drain()
        for scope in self.scopes():
            changes = scope.store.take_changes()
            if changes:
                self.emit(VariablesChanged(scope=scope.store.number, values=changes))
        if self._passed:
            self.emit(ElementsPassed(element_ids=tuple(self._passed)))
            self._passed = []
        if self.completed and not self._reported:
            self._reported = True
            element_id, state = self.last_end or (None, None)
            self.emit(InstanceEnded(outcome=self.outcome, element_id=element_id, state=state))

    def mark_reported(self) -> None:
        """An instance that is restored has reported its end already."""
        self._reported = bool(self.completed)

    # -- tokens and scopes --

    def next_number(self) -> int:
        """Next number of the instance; never given again."""
        self.counter += 1
        return self.counter

    def scopes(self) -> list[TokenScope]:
        """All open scopes, the top one first."""
        return [self, *self.subprocesses.values()]

    def tokens(self) -> Iterator[Token]:
        """All tokens of all scopes."""
        for scope in self.scopes():
            yield from list(scope.tasks.values())

    def token(self, number: int) -> Token | None:
        """The token of a number."""
        for scope in self.scopes():
            if number in scope.tasks:
                return scope.tasks[number]
        return None

    def open_scope(self, host: Token, definition: Definition, key: str, store: Variables) -> Scope:
        """Create the inside of a sub-process or called process."""
        scope = Scope(host, self, definition, key, store)
        self.subprocesses[host.id] = scope
        return scope

    def scope_of(self, token: Token) -> Scope | None:
        """The scope inside an activity."""
        scope: Scope | None = self.subprocesses.get(token.id)
        return scope

    def drop_scope_of(self, token: Token) -> None:
        """Take the inside of an activity away with all its tokens."""
        scope = self.subprocesses.pop(token.id, None)
        if scope is not None:
            for inner in list(scope.tasks.values()):
                inner.cancel()
            if not scope.shares_variables:
                changes = scope.store.take_changes()
                if changes:
                    self.emit(VariablesChanged(scope=scope.store.number, values=changes))

    def latest(self, key: str) -> Definition:
        """Newest published version of a process.

        Raises:
            StepError: There is none.
        """
        return self._bind(key)

    # -- stepping --

    def schedule(self, token: Token) -> None:
        """Let a token run when it is its turn."""
        self._queue.append(("run", token))

    def schedule_completion(self, token: Token) -> None:
        """Let a token that waited for its inside leave when it is its turn."""
        self._queue.append(("complete", token))

    def schedule_signal(self, name: str) -> None:
        """Deliver a signal within the instance when it is its turn."""
        self._queue.append(("signal", name))

    def attempt(self, token: Token, act: Callable[[], object]) -> None:
        """Let a token act; what fails becomes an incident."""
        try:
            act()
        except StepError as error:
            self.open_incident(token, error, LEAVING if token.state == COMPLETED else RUNNING)

    def _drain(self) -> None:
        while True:
            while self._queue:
                self._step(*self._queue.popleft())
            if not self._fire_inclusive_joins() and not self._fire_conditions():
                return

    def _step(self, act: str, subject: Any) -> None:
        self._budget -= 1
        if act == "signal":
            self.broadcast(subject)
            return
        token: Token = subject
        if token.workflow.tasks.get(token.id) is not token:
            return
        if self._budget < 0:
            error = StepError("loop", "Expected the process to wait somewhere, but it goes round.")
            self.open_incident(token, error, RUNNING if act == "run" else LEAVING)
        elif act == "run" and token.state == READY:
            self.attempt(token, token.run)
        elif act == "complete" and token.state == STARTED:
            self.attempt(token, token.complete)

    def _fire_inclusive_joins(self) -> bool:
        for scope in self.scopes():
            if not scope.spec.inclusive_joins:
                continue
            for token in list(scope.tasks.values()):
                node = token.task_spec
                if (
                    isinstance(node, InclusiveGateway)
                    and FLOW in token.internal_data
                    and token.state == STARTED
                    and node.may_fire(scope)
                ):
                    node.fire(scope, token)
                    self.attempt(token, token.complete)
                    return True
        return False

    def _fire_conditions(self) -> bool:
        if not any(scope.spec.has_conditions for scope in self.scopes()):
            return False
        fired = False
        for token in self.tokens():
            remembered = token.internal_data
            if HELD not in remembered or token.state not in {WAITING, STARTED}:
                continue
            if token.workflow.tasks.get(token.id) is not token:
                continue
            try:
                holds = bool((token.host or token).evaluate(token.task_spec.trigger.condition))
            except StepError as error:
                self.open_incident(token, error, LISTENING)
                continue
            was, remembered[HELD] = remembered[HELD], holds
            if holds and not was and self._budget > 0:
                self._budget -= 1
                token.task_spec.happened(token, {})
                fired = True
        return fired

    # -- events --

    def begin_listening(self, token: Token) -> None:
        """Prepare and announce the subscription of an event sub-process or a failed one."""
        try:
            token.internal_data.update(token.task_spec.prepare(token.host or token))
        except StepError as error:
            self.open_incident(token, error, LISTENING)
            return
        token._state = WAITING if token.task_spec.listens else STARTED  # noqa: SLF001
        token.task_spec.trigger.announce(token)

    def throw_error(self, token: Token, code: str, message: str) -> None:
        """Look for the nearest handler of an error, from the inside out.

        Raises:
            StepError: Nobody catches it.
        """
        handler = self._handler(token, ErrorTrigger, code)
        if handler is None:
            raise StepError(
                "uncaught_error",
                f"Expected somebody to catch the error '{code}', but nobody does.",
                code=code or None,
            )
        node, host = handler
        trigger = node.trigger
        values: dict[str, Any] = {}
        if trigger.code_variable:
            values[trigger.code_variable] = code
        if trigger.message_variable:
            values[trigger.message_variable] = message
        self._hand_over(node, host, values)

    def is_caught(self, token: Token, code: str) -> bool:
        """Whether somebody would catch an error of this code thrown here."""
        return self._handler(token, ErrorTrigger, code) is not None

    def throw_escalation(self, token: Token, code: str) -> None:
        """Look for the nearest handler of an escalation; without one it has no effect."""
        handler = self._handler(token, EscalationTrigger, code)
        if handler is not None:
            self._hand_over(*handler, {})

    def _hand_over(self, node: Any, host: Token, values: Mapping[str, Any]) -> None:
        if isinstance(node, EventSubProcess):
            node.begin(host.workflow, values)
        else:
            node.caught(host, values)

    def _handler(
        self, token: Token, kind: type[ErrorTrigger | EscalationTrigger], code: str
    ) -> tuple[Any, Token] | None:
        """Node that catches, and the token at (boundary) or beside (sub-process) which it is."""
        at: Token | None = token
        while at is not None:
            guarded = at.host if at.is_loop_child and at.host is not None else at
            node = _matching(guarded.task_spec.boundary, kind, code)
            if node is not None:
                return node, guarded
            others = [
                one for one in at.workflow.spec.event_sub_processes if one is not at.task_spec
            ]
            node = _matching(others, kind, code)
            if node is not None:
                return node, guarded
            at = at.workflow.host
        return None

    def subscriptions(self, kind: str, name: str) -> list[Token]:
        """Tokens that wait for a message or signal of this name, the nearest first."""
        found = [
            token
            for token in self.tokens()
            if token.internal_data.get("m") == name
            and token.state in {WAITING, STARTED}
            and isinstance(token.task_spec.trigger, MessageTrigger)
            and token.task_spec.trigger.kind == kind
        ]
        return sorted(
            found, key=lambda token: (isinstance(token.task_spec, EventSubProcess), token.id)
        )

    def broadcast(self, name: str) -> bool:
        """Give a signal to everything that waits for it."""
        taken = False
        for token in self.subscriptions("signal", name):
            if token.workflow.tasks.get(token.id) is token:
                token.task_spec.happened(token, {})
                taken = True
        return taken

    def timers(self) -> list[tuple[datetime, Token]]:
        """Waiting timers with their due time, in the order they fire."""
        waiting = [
            (at, token)
            for token in self.tokens()
            if "d" in token.internal_data
            and token.state in {WAITING, STARTED}
            and (at := due_at(token)) is not None
        ]
        return sorted(waiting, key=lambda timer: (timer[0], timer[1].id))

    # -- the end --

    def end_reached(self, token: Token) -> None:
        """Remember which end event decides how the instance ended."""
        element, scope = token.task_spec.element, token.workflow
        while scope.host is not None and isinstance(scope.host.task_spec, EventSubProcess):
            scope = scope.host.workflow
        if scope.is_top and (element.state or self.last_end is None or token.workflow.is_top):
            self.last_end = (element.id, element.state)

    def terminate(self, token: Token) -> None:
        """End the whole instance at once from inside."""
        element = token.task_spec.element
        self.last_end = (element.id, element.state)
        self.passed(element.id)
        self.close("terminated")

    def close(self, outcome: Literal["cancelled", "terminated"]) -> None:
        """Take everything away and end."""
        for token in list(self.tasks.values()):
            token.cancel()
        self._queue.clear()
        self.outcome = outcome
        self.completed = True

    def end(self) -> None:
        """No token is left."""
        self.completed = True

    # -- incidents --

    def open_incident(self, token: Token, error: StepError, phase: str) -> None:
        """Hold a token where it is until somebody retries or cancels."""
        token._state = ERROR  # noqa: SLF001 - of our own class
        remembered = token.internal_data
        if INCIDENT not in remembered:
            remembered[INCIDENT] = self.next_number()
        remembered[PHASE] = phase
        self.emit(
            IncidentOpened(
                number=remembered[INCIDENT],
                element_id=error.element_id or token.task_spec.event_element.id,
                kind=error.kind,
                message=str(error),
                code=error.code,
            )
        )

    def close_incident(self, token: Token, reason: Literal["resolved", "cancelled"]) -> None:
        """Report that a token is held no longer."""
        number = token.internal_data.pop(INCIDENT, None)
        token.internal_data.pop(PHASE, None)
        if number is not None:
            self.emit(IncidentClosed(number=number, reason=reason))

    def is_failed_job(self, token: Token) -> bool:
        """Whether the token is a job whose handler failed."""
        return token.internal_data.get(PHASE) == WORKING

    def retry(self, token: Token) -> None:
        """Let a held token do again what failed."""
        phase = token.internal_data.pop(PHASE)
        at = len(self.effects)
        if phase == RUNNING:
            token._state = READY  # noqa: SLF001 - of our own class
            self.attempt(token, token.run)
        elif phase == LEAVING:
            token._state = STARTED  # noqa: SLF001
            self.attempt(token, token.complete)
        elif phase == WORKING:
            token._state = STARTED  # noqa: SLF001
            self._work_again(token)
        else:
            self.begin_listening(token)
        if PHASE not in token.internal_data and INCIDENT in token.internal_data:
            number = token.internal_data.pop(INCIDENT)
            self.effects.insert(at, IncidentClosed(number=number, reason="resolved"))

    def _work_again(self, token: Token) -> None:
        try:
            take_inputs(token)
            token.task_spec.open(token)
        except StepError as error:
            self.open_incident(token, error, WORKING)


def _matching(nodes: Any, kind: type[ErrorTrigger | EscalationTrigger], code: str) -> Any:
    """The node that catches this code, else the one that catches all."""
    catching = [node for node in nodes if isinstance(node.trigger, kind)]
    exact = [node for node in catching if node.trigger.code == code]
    return next(iter(exact or [node for node in catching if not node.trigger.code]), None)
