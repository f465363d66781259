"""A process instance in memory: its scopes, its queue of tokens, its incidents and effects."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal
from zoneinfo import ZoneInfo

from SpiffWorkflow.bpmn.workflow import BpmnWorkflow

from engine.domain.effects import (
    Effect,
    ElementsPassed,
    InstanceEnded,
    StateEntered,
    VariablesChanged,
)
from engine.ports.kernel import StepContext
from engine.workflow.errors import StepError
from engine.workflow.language.expressions import Template
from engine.workflow.runtime.compensation import proceed
from engine.workflow.runtime.gateways import InclusiveGateway
from engine.workflow.runtime.incidents import attempt, open_incident
from engine.workflow.runtime.scopes import Scope, TokenScope
from engine.workflow.runtime.sub_processes import EventSubProcess
from engine.workflow.runtime.tokens import (
    FLOW,
    LEAVING,
    LISTENING,
    PLAN,
    READY,
    RUNNING,
    STARTED,
    WAITING,
    Token,
)
from engine.workflow.runtime.triggers import DUE, HELD, MESSAGE, MessageTrigger, due_at
from engine.workflow.runtime.variables import Variables

if TYPE_CHECKING:
    from engine.workflow.runtime.definitions import Definition
    from engine.workflow.runtime.elements import Element

#: Steps one command may take before its tokens are held as going round without end.
STEP_BUDGET = 20_000
#: Instances of parallel repetitions that one command may begin, nested ones multiplied.
BIRTH_BUDGET = 20_000
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
        self._passed: list[tuple[str, str]] = []
        self._budget = STEP_BUDGET
        self._births = BIRTH_BUDGET
        self._has_conditions = self.spec.has_conditions
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

    def passed(self, process_key: str, element_id: str) -> None:
        """Remember that a node completed."""
        self._passed.append((process_key, element_id))

    def settle(self) -> None:
        """Step until nothing can go on, then report what the step as a whole changed."""
        self._budget, self._births = STEP_BUDGET, BIRTH_BUDGET
        self._drain()
        for scope in self.scopes():
            changes = scope.store.take_changes()
            if changes:
                self.emit(VariablesChanged(scope=scope.store.number, values=changes))
        if self._passed:
            keys, elements = zip(*self._passed, strict=True)
            self.emit(ElementsPassed(element_ids=elements, process_keys=keys))
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

    def expect_tokens(self, number: int) -> None:
        """Count tokens of a parallel repetition before they begin.

        Raises:
            StepError: There would be too many in this command.
        """
        if number > self._births:
            raise StepError(
                "loop",
                f"Expected at most {BIRTH_BUDGET} repetitions to begin at once, but there "
                "are more.",
                f"一次最多开始 {BIRTH_BUDGET} 个重复，但数量更多。",
            )
        self._births -= number

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
        self._has_conditions = self._has_conditions or scope.spec.has_conditions
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
        if PLAN in token.internal_data:
            self.schedule_undoing(token.id)
        else:
            self._queue.append(("complete", token))

    def schedule_signal(self, name: str) -> None:
        """Deliver a signal within the instance when it is its turn."""
        self._queue.append(("signal", name))

    def schedule_undoing(self, number: int) -> None:
        """Let a token go on with what it has to undo when it is its turn."""
        self._queue.append(("undo", number))

    def _drain(self) -> None:
        while True:
            while self._queue:
                # A condition acts as soon as it holds, not when nothing else can go on.
                if not self._fire_conditions(is_settled=False):
                    self._step(*self._queue.popleft())
            if not self._fire_inclusive_joins() and not self._fire_conditions(is_settled=True):
                return

    def _step(self, act: str, subject: Any) -> None:
        self._budget -= 1
        if act == "signal":
            self.broadcast(subject)
            return
        if act == "undo":
            proceed(self, subject)
            return
        token: Token = subject
        if token.workflow.tasks.get(token.id) is not token:
            return
        if self._budget < 0:
            error = StepError(
                "loop",
                "Expected the process to wait somewhere, but it goes round.",
                "流程应在某处等待，但一直在循环。",
            )
            open_incident(token, error, RUNNING if act == "run" else LEAVING)
        elif act == "run" and token.state == READY:
            attempt(token, token.run)
        elif act == "complete" and token.state == STARTED:
            attempt(token, token.complete)

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
                    attempt(token, token.complete)
                    return True
        return False

    def _fire_conditions(self, *, is_settled: bool) -> bool:
        """Let events whose condition came to hold happen; whether there were any.

        Args:
            is_settled: Whether nothing else can go on; before, what a condition reads may still
                be missing.
        """
        if not self._has_conditions:
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
                if is_settled:
                    open_incident(token, error, LISTENING)
                continue
            was, remembered[HELD] = remembered[HELD], holds
            if holds and not was and self._budget > 0:
                self._budget -= 1
                token.task_spec.happened(token, {})
                fired = True
        return fired

    # -- events --

    def subscriptions(self, kind: str, name: str) -> list[Token]:
        """Tokens that wait for a message or signal of this name, the nearest first."""
        found = [
            token
            for token in self.tokens()
            if token.internal_data.get(MESSAGE) == name
            and token.state in {WAITING, STARTED}
            and isinstance(token.task_spec.trigger, MessageTrigger)
            and token.task_spec.trigger.kind == kind
        ]
        return sorted(found, key=_distance)

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
            if DUE in token.internal_data
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
        self.passed(token.workflow.process_key, element.id)
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


def _distance(token: Token) -> tuple[int, bool, int]:
    """Sorts subscriptions: the innermost scope first, in it event sub-processes last."""
    return -token.workflow.depth, isinstance(token.task_spec, EventSubProcess), token.id
