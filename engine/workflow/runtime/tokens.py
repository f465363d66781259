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
from engine.workflow.language.expressions import Template

if TYPE_CHECKING:
    from engine.workflow.language.expressions import Expression, Lookup
    from engine.workflow.runtime.elements import Value
    from engine.workflow.runtime.instance import Instance
    from engine.workflow.runtime.nodes import FlowNode
    from engine.workflow.runtime.scopes import TokenScope

WAITING, READY, STARTED = TaskState.WAITING, TaskState.READY, TaskState.STARTED
COMPLETED, ERROR, CANCELLED = TaskState.COMPLETED, TaskState.ERROR, TaskState.CANCELLED

#: Keys of `Token.internal_data`, short because they are stored with every instance.
FLOW, LOCALS, INDEX, PHASE, INCIDENT = "f", "v", "i", "x", "n"

#: Keys of `Token.internal_data`: values of the input parameters, and whether the output parameters
#: are given out already by a token that could not leave.
INPUTS, GIVEN = "a", "g"

#: Keys of `Token.internal_data` for compensation: records of completed parts, records still to be
#: undone, and the number of the token whose plan this token undoes a part of.
KEPT, PLAN, UNIT = "p", "u", "z"

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
    def is_reinstated(self) -> bool:
        """Whether it is a completed sub-process that is open again to be compensated."""
        return PLAN in self.internal_data and UNIT in self.internal_data

    @property
    def lookup(self) -> Lookup:
        """Reads variables as this token sees them."""
        return self.workflow.lookup(self)

    def evaluate(
        self, value: Value | Expression, kind: str = "expression", lookup: Lookup | None = None
    ) -> Any:
        """Value of an expression or text as this token sees it, or through another look-up.

        Raises:
            StepError: It cannot be computed.
        """
        if type(value) is Template and value.constant:
            # Most texts of a drawing are; a look-up costs more than they do.
            return value.source
        try:
            return value.evaluate(lookup or self.lookup, self.instance.surroundings)
        except ExpressionError as error:
            raise StepError(kind, str(error), error.zh) from error

    def name_of(self, text: Template) -> str:
        """Value of a text that names something: a topic, a message, a service level.

        Raises:
            StepError: It cannot be computed, or is empty.
        """
        value = self.evaluate(text)
        if not isinstance(value, str | int | float) or value == "":
            raise StepError(
                "expression",
                f"Expected '{text.source}' to give a name, but it gives none.",
                f"“{text.source}”应得出一个名称，但没有。",
            )
        return str(value)

    @property
    def own(self) -> dict[str, Any]:
        """Its own local variables: item and counter of a repetition, and its inputs."""
        remembered = self.internal_data
        return {**remembered.get(LOCALS, {}), **remembered.get(INPUTS, {})}

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
        if self.workflow.tasks.pop(self.id, None) is None:
            return
        if self._parent is not None:
            host = self.workflow.tasks.get(self._parent)
            if host is not None:
                host._children.remove(self.id)  # noqa: SLF001 - of our own class
        if UNIT in self.internal_data:
            self.instance.schedule_undoing(self.internal_data[UNIT])
