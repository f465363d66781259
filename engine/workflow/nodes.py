"""What all flow nodes do: be entered, run, leave along their flows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec

from engine.domain.effects import ClockStarted, ClockStopped, MilestoneReached
from engine.workflow.errors import StepError

if TYPE_CHECKING:
    from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec

    from engine.workflow.elements import Element, Flow
    from engine.workflow.events import BoundaryEvent
    from engine.workflow.loops import Loop
    from engine.workflow.tokens import Token


class FlowNode(BpmnTaskSpec):  # type: ignore[misc]  # the library ships no types
    """A node of the graph; immutable once built, shared by all instances.

    Attributes:
        element: What is drawn.
        flows: Outgoing flows in document order.
        boundary: Boundary events attached to it.
        loop: How it repeats, if it does.
        listens: Whether a waiting token at it only listens (keeps nothing open).
    """

    listens = False

    def __init__(self, process: BpmnProcessSpec, element: Element) -> None:
        super().__init__(
            process,
            element.id,
            description=element.kind,
            lane=element.lane.name if element.lane else None,
        )
        self.bpmn_id = element.id
        self.bpmn_name = element.name
        self.element = element
        self.flows: tuple[Flow, ...] = ()
        self.boundary: tuple[BoundaryEvent, ...] = ()
        self.loop: Loop | None = None

    @property
    def event_element(self) -> Element:
        """What names a subscription at this node."""
        return self.element

    def opens_task(self, token: Token) -> bool:
        """Whether the token is an open task in somebody's inbox."""
        del token
        return False

    def opens_job(self, token: Token) -> bool:
        """Whether the token is a job that waits for its result."""
        del token
        return False

    def _run_hook(self, my_task: Token) -> bool | None:
        """Work of the node; None when the token has to wait."""
        del my_task
        return True

    def _on_complete(self, my_task: Token) -> None:
        """Called by the library when a token completed."""
        if my_task.workflow.tasks.get(my_task.id) is my_task:
            if self.loop is None:
                self.finish(my_task)
                self.depart(my_task)
            elif my_task.is_loop_child:
                self.finish(my_task)
                self.loop.child_finished(my_task)
            else:
                self.depart(my_task)

    def _on_error(self, my_task: Token) -> None:
        """The instance turns errors into incidents."""

    def finish(self, token: Token) -> None:
        """Take results over before leaving; may fail and be tried again."""
        for name, value in self.element.outputs:
            token.workflow.assign(name, token.evaluate(value), token)

    def depart(self, token: Token) -> None:
        """Move the token along the flows.

        Raises:
            StepError: No flow can be taken, or an expression cannot be computed. Nothing moved.
        """
        scope, instance = token.workflow, token.instance
        flows = self.choose(token)
        started = [(name, token.evaluate(sla)) for name, sla in self.element.start_clocks]
        for child in [scope.tasks[number] for number in token._children]:  # noqa: SLF001
            child.cancel()
        instance.passed(self.element.id)
        if self.element.milestone:
            instance.emit(
                MilestoneReached(element_id=self.element.id, milestone=self.element.milestone)
            )
        for clock in self.element.stop_clocks:
            instance.emit(ClockStopped(element_id=self.element.id, clock=clock))
        for clock, sla in started:
            instance.emit(ClockStarted(element_id=self.element.id, clock=clock, sla=str(sla)))
        token.remove()
        for flow in flows:
            scope.arrive(flow)
        scope.end_if_empty()

    def choose(self, token: Token) -> tuple[Flow, ...]:
        """Flows to take: all unconditional ones and those whose condition holds."""
        if not any(flow.condition or flow.is_default for flow in self.flows):
            return self.flows
        chosen = tuple(
            flow
            for flow in self.flows
            if not flow.is_default and (not flow.condition or token.evaluate(flow.condition))
        ) or tuple(flow for flow in self.flows if flow.is_default)
        return chosen or self.no_flow()

    def no_flow(self) -> tuple[Flow, ...]:
        """Refuse to go on.

        Raises:
            StepError: Always.
        """
        raise StepError(
            "no_flow",
            f"Expected a flow out of '{self.element.name or self.element.id}' whose condition "
            "holds, but none does and none is the default.",
        )

    def withdrawn(self, token: Token, state: int) -> None:
        """A token was taken away; ``state`` is the one it was in."""
        del state
        token.instance.close_incident(token, "cancelled")
