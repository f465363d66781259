"""Sub-processes, transactions, called processes and event sub-processes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec
from typing_extensions import override

from engine.workflow.errors import StepError
from engine.workflow.language.expressions import Expression, Template
from engine.workflow.runtime.activities import Activity
from engine.workflow.runtime.compensation import keep_inside
from engine.workflow.runtime.elements import Element
from engine.workflow.runtime.events import StartEvent, report_firing, take_values
from engine.workflow.runtime.tokens import STARTED, Token
from engine.workflow.runtime.triggers import CancelTrigger, TimerTrigger, Trigger
from engine.workflow.runtime.variables import Variables, kept

if TYPE_CHECKING:
    from engine.workflow.runtime.scopes import TokenScope

#: Calls nested deeper than this are taken for a process that calls itself without end.
MAX_DEPTH = 40


class SubProcess(Activity):
    """A scope of its own inside the process, with the variables of the process."""

    @override
    def open(self, token: Token) -> bool | None:
        """Start the inner scope."""
        token.instance.open_scope(
            token, token.workflow.definition, self.element.id, token.workflow.store
        ).start()
        return None

    @override
    def finish(self, token: Token) -> None:
        """Drop the inner scope when everything it gives has been taken over."""
        super().finish(token)
        if self.keeps:
            keep_inside(token)
        token.instance.drop_scope_of(token)


class Transaction(SubProcess):
    """A sub-process that can be cancelled. Source: BPMN 2.0.2, 10.3.5."""

    is_transaction = True

    def cancelled(self, token: Token) -> None:
        """Everything is undone: leave by the cancel event on its boundary."""
        for event in self.boundary:
            if isinstance(event.trigger, CancelTrigger):
                event.caught(token, {})


class Passing(msgspec.Struct, frozen=True, kw_only=True):
    """A variable passed to or from a called process; ``name`` None passes all."""

    name: str | None
    value: Expression | None


class CallActivity(SubProcess):
    """Calls the newest published version of another process, with variables of its own.

    Attributes:
        called: Key of the process.
        passed: Variables given to it.
        returned: Variables taken back.
    """

    called = Template("")
    passed: tuple[Passing, ...] = ()
    returned: tuple[Passing, ...] = ()

    @override
    def open(self, token: Token) -> bool | None:
        """Bind the newest version and start it."""
        instance = token.instance
        key = str(token.evaluate(self.called) or "")
        if token.workflow.depth >= MAX_DEPTH:
            raise StepError(
                "called_process",
                f"Expected calls nested at most {MAX_DEPTH} deep, but '{key}' would be deeper.",
                f"调用最多嵌套 {MAX_DEPTH} 层，但“{key}”会更深。",
            )
        definition = instance.latest(key)
        values: dict[str, Any] = {}
        for mapping in self.passed:
            if mapping.name is None or mapping.value is None:
                values.update(token.workflow.visible(token))
            else:
                values[mapping.name] = kept(token.evaluate(mapping.value))
        store = Variables(number=token.id, values=values)
        instance.open_scope(token, definition, definition.key, store).start()
        return None

    @override
    def finish(self, token: Token) -> None:
        """Take variables back, then drop the called scope."""
        scope = token.instance.scope_of(token)
        if scope is not None:
            returned: dict[str, Any] = {}
            for mapping in self.returned:
                if mapping.name is None or mapping.value is None:
                    returned.update(scope.variables)
                else:
                    returned[mapping.name] = scope.evaluate(mapping.value)
            take_values(token, returned)
        super().finish(token)


class EventSubProcess(SubProcess):
    """A sub-process started by an event while its scope is open.

    A waiting token at it is the subscription; an interrupting one becomes the running
    sub-process itself. Source: BPMN 2.0.2, 10.3.5 and 13.5.4.

    Attributes:
        start: Its start event.
    """

    listens = True
    is_event_sub_process = True
    start: StartEvent

    @property
    def trigger(self) -> Trigger:
        """What starts it."""
        return self.start.trigger

    @property
    def is_interrupting(self) -> bool:
        """Whether it takes the rest of its scope away."""
        return self.start.is_interrupting

    @property
    @override
    def event_element(self) -> Element:
        """The start event, which names the subscription."""
        return self.start.element

    def prepare(self, token: Token) -> dict[str, Any]:
        """What the subscription has to remember."""
        return self.start.prepare(token)

    @property
    def waits(self) -> bool:
        """Whether it needs a waiting token; errors and the like are looked up instead."""
        return self.trigger.listens

    def happened(self, token: Token, values: Mapping[str, Any]) -> None:
        """The start event fired."""
        report_firing(token)
        scope = token.workflow
        if self.is_interrupting or not self.trigger.repeats(token):
            self.trigger.close(token)
            token.remove()
        elif isinstance(self.trigger, TimerTrigger):
            self.trigger.announce(token)
        self.begin(scope, values)

    def caught(self, host: Token, values: Mapping[str, Any]) -> None:
        """An error or escalation thrown beside it, or inside of what is beside it, was caught."""
        self.begin(host.workflow, values)

    def begin(self, scope: TokenScope, values: Mapping[str, Any]) -> None:
        """Start it in the scope that it belongs to."""
        token = scope.new_token(self)
        if self.is_interrupting:
            scope.clear(keep=token)
        take_values(token, values)
        scope.top_workflow.entered(self.element)
        scope.top_workflow.schedule(token)

    @override
    def withdrawn(self, token: Token, state: int) -> None:
        """Report the end of a subscription."""
        if state != STARTED and token.internal_data:
            self.trigger.close(token)
        super().withdrawn(token, state)
