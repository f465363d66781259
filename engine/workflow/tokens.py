"""A token: where one branch of an instance is. A task of the library that is never stale.

Tasks of the library form a tree of all that happened. Here a finished token leaves the tree at
once (history is kept by the ledger), so that a step costs the same at any age; and a token is
named by a number of its instance instead of a random identifier and the wall clock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.workflow.errors import ExpressionError, StepError

if TYPE_CHECKING:
    from engine.workflow.elements import Value
    from engine.workflow.expressions import Expression, Lookup
    from engine.workflow.instance import Instance
    from engine.workflow.nodes import FlowNode
    from engine.workflow.scopes import TokenScope

WAITING, READY, STARTED = TaskState.WAITING, TaskState.READY, TaskState.STARTED
COMPLETED, ERROR, CANCELLED = TaskState.COMPLETED, TaskState.ERROR, TaskState.CANCELLED

#: Keys of `Token.internal_data`, short because they are stored with every instance.
FLOW, LOCALS, INDEX, PHASE, INCIDENT = "f", "v", "i", "x", "n"

#: Values of `PHASE`: what a token with an incident was doing, and does again on a retry.
RUNNING, LEAVING, WORKING, LISTENING = "r", "l", "w", "s"


class Token(Task):  # type: ignore[misc]  # the library ships no types
    """One token, at one node of one scope.

    Attributes:
        id: Its number, unique within the instance.
        workflow: The scope it lives in.
        task_spec: The node it is at.
        internal_data: What the node remembers; JSON only.
    """

    id: int
    workflow: TokenScope
    task_spec: FlowNode
    internal_data: dict[str, Any]
    _state: int
    _children: list[int]
    _parent: int | None

    def __init__(
        self,
        scope: TokenScope,
        node: FlowNode,
        *,
        number: int,
        parent: int | None = None,
        state: int = READY,
        internal_data: dict[str, Any] | None = None,
    ) -> None:
        # Not the library's own constructor: it asks for a random id and the wall clock.
        self.id = number
        self.workflow = scope
        self.task_spec = node
        self.triggered = False
        self.thread_id = 0
        self.data: dict[str, Any] = {}
        self.internal_data = {} if internal_data is None else internal_data
        self.last_state_change = 0.0
        self._parent = parent
        self._children = []
        self._state = state
        scope.tasks[number] = self
        if parent is not None:
            scope.tasks[parent]._children.append(number)  # noqa: SLF001 - of our own class

    @property
    def instance(self) -> Instance:
        """The process instance."""
        instance: Instance = self.workflow.top_workflow
        return instance

    @property
    def host(self) -> Token | None:
        """The token this one belongs to: a guarded activity, a loop, an event-based gateway."""
        return self.workflow.tasks.get(self._parent) if self._parent is not None else None

    @property
    def is_passive(self) -> bool:
        """Whether it only listens and keeps nothing open."""
        return self.task_spec.listens and (
            self._state == WAITING or self.internal_data.get(PHASE) == LISTENING
        )

    @property
    def is_loop_child(self) -> bool:
        """Whether it is one repetition of a loop or multi-instance activity."""
        return INDEX in self.internal_data

    @property
    def lookup(self) -> Lookup:
        """Reads variables as this token sees them."""
        return self.workflow.lookup(self)

    def evaluate(self, value: Value | Expression, kind: str = "expression") -> Any:
        """Value of an expression or text as this token sees it.

        Raises:
            StepError: It cannot be computed.
        """
        try:
            return value.evaluate(self.lookup, self.instance.surroundings)
        except ExpressionError as error:
            raise StepError(kind, str(error)) from error

    def _set_state(self, value: int) -> None:
        # Sticky: a step may take its own token away (an error that interrupts its scope).
        if self._state != CANCELLED:
            self._state = value

    def complete(self) -> None:
        """Leave the node, unless the token was taken away meanwhile."""
        if self._state != CANCELLED:
            super().complete()

    def cancel(self) -> None:
        """Take the token away with everything that hangs on it."""
        if self.workflow.tasks.get(self.id) is not self:
            return
        self.instance.drop_scope_of(self)
        for child in [self.workflow.tasks[number] for number in self._children]:
            child.cancel()
        state = self._state
        self._state = CANCELLED
        self.task_spec.withdrawn(self, state)
        self.remove()

    def remove(self) -> None:
        """Forget the token."""
        if self.workflow.tasks.pop(self.id, None) is not None and self._parent is not None:
            host = self.workflow.tasks.get(self._parent)
            if host is not None:
                host._children.remove(self.id)  # noqa: SLF001 - of our own class
