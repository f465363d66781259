"""Scopes of a process instance: tokens and variables of a process or sub-process."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow

from engine.workflow.errors import ExpressionError, StepError
from engine.workflow.language.expressions import Expression, Lookup, Template
from engine.workflow.runtime.gateways import JoiningGateway
from engine.workflow.runtime.incidents import begin_listening
from engine.workflow.runtime.tokens import FLOW, INPUTS, LOCALS, READY, WAITING, Token
from engine.workflow.runtime.variables import kept

if TYPE_CHECKING:
    from engine.workflow.runtime.compensation import Record
    from engine.workflow.runtime.definitions import Definition, ProcessSpec
    from engine.workflow.runtime.elements import Flow
    from engine.workflow.runtime.events import BoundaryEvent
    from engine.workflow.runtime.instance import Instance
    from engine.workflow.runtime.nodes import FlowNode
    from engine.workflow.runtime.variables import Variables


class TokenScope:
    """What the top scope and inner scopes have in common.

    Attributes:
        tasks: Tokens by number.
        spec: The graph.
        key: Its process or sub-process id.
        store: Variables; embedded scopes share those of their process.
        host: Token of the activity it is the inside of; None for the top scope.
        depth: Number of scopes around it.
        records: What completed in it and can be undone, in the order of completion.
    """

    tasks: dict[int, Token]
    spec: ProcessSpec
    key: str
    store: Variables
    definition: Definition
    top_workflow: Instance
    host: Token | None
    depth: int
    records: list[Record] | None = None

    @property
    def variables(self) -> dict[str, Any]:
        """Variables of the process this scope belongs to."""
        return self.store.values

    @property
    def process_key(self) -> str:
        """Key of the process that draws this scope."""
        return self.definition.key

    @property
    def is_top(self) -> bool:
        """Whether it is the scope of the process instance."""
        return self.host is None

    def start(self, name: str | None = None) -> None:
        """Begin to listen for event sub-processes and put a token on the start event.

        Args:
            name: The start event, if not the one that needs nothing.
        """
        for node in self.spec.event_sub_processes:
            if node.waits:
                begin_listening(self.new_token(node, state=WAITING))
        for start in (name,) if name else self.spec.starts:
            self.put(self.spec.task_specs[start], {})

    def arrive(self, flow: Flow) -> None:
        """Put a token behind a flow."""
        node = self.spec.task_specs[flow.target]
        self.put(node, {FLOW: flow.index} if isinstance(node, JoiningGateway) else {})

    def enter(self, name: str) -> None:
        """Put a token on a node that no flow led to."""
        self.put(self.spec.task_specs[name], {})

    def put(self, node: FlowNode, remembered: dict[str, Any]) -> None:
        """Put a token with something to remember on a node."""
        token = self.new_token(node, internal_data=remembered)
        self.top_workflow.entered(node.element)
        self.top_workflow.schedule(token)

    def new_token(
        self,
        node: FlowNode,
        *,
        state: int = READY,
        parent: int | None = None,
        internal_data: dict[str, Any] | None = None,
    ) -> Token:
        """Create a token with the next number."""
        number = self.top_workflow.next_number()
        return Token(
            self, node, number=number, parent=parent, state=state, internal_data=internal_data
        )

    def listen(self, host: Token, prepared: list[tuple[BoundaryEvent, dict[str, Any]]]) -> None:
        """Begin to listen for the boundary events of an activity that now waits."""
        for event, remembered in prepared:
            if self.tasks.get(host.id) is host:
                token = self.new_token(
                    event, state=WAITING, parent=host.id, internal_data=remembered
                )
                event.announce(token)

    def clear(self, *, keep: Token) -> None:
        """Take every token of the scope away but one."""
        for token in list(self.tasks.values()):
            if token is not keep:
                token.cancel()

    def end_if_empty(self) -> None:
        """End the scope when nothing is left but listeners.

        Event sub-processes that still run keep it open, but no other begins any more.
        Source: BPMN 2.0.2, 13.5.4.
        """
        tokens = self.tasks.values()
        if not all(one.is_passive or one.task_spec.is_event_sub_process for one in tokens):
            return
        for token in [one for one in tokens if one.is_passive]:
            token.cancel()
        if not self.tasks:
            if self.host is None:
                self.top_workflow.end()
            else:
                self.top_workflow.schedule_completion(self.host)

    def assign(self, name: str, value: Any, token: Token) -> None:
        """Set a variable, or the local one of a repetition that has this name.

        Raises:
            StepError: The value cannot be kept.
        """
        value = kept(value)
        for layer, is_repetition in self._layers(token):
            if name in layer:
                layer[name] = value
                if is_repetition:
                    return
        self.store.set(name, value)

    def _layers(self, token: Token) -> Iterator[tuple[dict[str, Any], bool]]:
        """Local variables around a token, the innermost first, and whether of a repetition."""
        at: Token | None = token
        while at is not None:
            remembered = at.internal_data
            if INPUTS in remembered:
                yield remembered[INPUTS], False
            if LOCALS in remembered:
                yield remembered[LOCALS], at.is_loop_child
            elif at.task_spec.loop is not None and not at.is_loop_child:
                yield at.task_spec.loop.counters(at), False
            host = at.host
            if host is None:
                scope = at.workflow
                host = scope.host if scope.shares_variables else None
            at = host

    @property
    def shares_variables(self) -> bool:
        """Whether it is an embedded scope with the variables of its parent."""
        return self.host is not None and self.host.workflow.store is self.store

    def lookup(self, token: Token) -> Lookup:
        """Reads variables as a token sees them; an unknown name is None."""
        layers = [layer for layer, _ in self._layers(token)]
        values = self.store.values
        if not layers:
            return values.get

        def read(name: str) -> Any:
            for layer in layers:
                if name in layer:
                    return layer[name]
            return values.get(name)

        return read

    def visible(self, token: Token) -> dict[str, Any]:
        """All variables as a token sees them."""
        merged = dict(self.store.values)
        for layer, _ in reversed(list(self._layers(token))):
            merged.update(layer)
        return merged

    def evaluate(self, value: Expression | Template) -> Any:
        """Value of an expression over the variables of this scope.

        Raises:
            StepError: It cannot be computed.
        """
        try:
            return value.evaluate(self.store.values.get, self.top_workflow.surroundings)
        except ExpressionError as error:
            raise StepError("expression", str(error), error.zh) from error


class Scope(TokenScope, BpmnSubWorkflow):  # type: ignore[misc]  # the library ships no types
    """The inside of a sub-process, event sub-process or called process."""

    def __init__(
        self, host: Token, instance: Instance, definition: Definition, key: str, store: Variables
    ) -> None:
        self.host = host
        self.definition = definition
        self.store = store
        self.key = key
        super().__init__(definition.specs[key], host.id, instance, deserializing=True)

    def _calculate_depth(self) -> int:
        return self.host.workflow.depth + 1 if self.host is not None else 0
