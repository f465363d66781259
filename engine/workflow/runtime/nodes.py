"""What all flow nodes do: be entered, run, leave along their flows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec

from engine.domain.effects import ClockStarted, ClockStopped, MilestoneReached
from engine.workflow.errors import StepError
from engine.workflow.runtime.compensation import keep
from engine.workflow.runtime.incidents import close_incident
from engine.workflow.runtime.tokens import GIVEN, INPUTS
from engine.workflow.runtime.variables import kept

if TYPE_CHECKING:
    from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec

    from engine.workflow.runtime.elements import Element, Flow
    from engine.workflow.runtime.events import BoundaryEvent
    from engine.workflow.runtime.loops import Loop
    from engine.workflow.runtime.sub_processes import EventSubProcess
    from engine.workflow.runtime.tokens import Token


class FlowNode(BpmnTaskSpec):  # type: ignore[misc]  # the library ships no types
    """A node of the graph; immutable once built, shared by all instances.

    Attributes:
        element: What is drawn.
        flows: Outgoing flows in document order.
        boundary: Boundary events attached to it.
        loop: How it repeats, if it does.
        listens: Whether a waiting token at it only listens (keeps nothing open).
        handler: Activity that undoes it.
        undoing: Event sub-process inside that undoes it.
        is_handler: Whether it only runs to undo another activity.
        keeps: Whether its completion is remembered, so that it can be undone.
        is_event_sub_process: Whether an event starts it.
        is_transaction: Whether it can be cancelled.
    """

    listens = False
    handler: FlowNode | None = None
    undoing: EventSubProcess | None = None
    is_handler = False
    keeps = False
    is_event_sub_process = False
    is_transaction = False

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
        if my_task.workflow.tasks.get(my_task.id) is not my_task:
            return
        if self.loop is not None and not my_task.is_loop_child:
            self.depart(my_task)
            return
        if GIVEN not in my_task.internal_data:
            self.finish(my_task)
        try:
            if self.loop is None:
                self.depart(my_task)
            else:
                self.loop.child_finished(my_task)
        except StepError:
            # It will be tried again, but what it gave must not be given twice.
            my_task.internal_data[GIVEN] = True
            raise

    def take_inputs(self, token: Token) -> None:
        """Evaluate the input parameters, each seeing those before it.

        What is tried again reads what is around it, not its own inputs of the time before.

        Raises:
            StepError: One of them cannot be computed or kept.
        """
        if self.element.inputs:
            taken = token.internal_data[INPUTS] = {}
            for name, value in self.element.inputs:
                taken[name] = kept(token.evaluate(value))

    def _on_error(self, my_task: Token) -> None:
        """The instance turns errors into incidents."""

    def finish(self, token: Token) -> None:
        """Give the output parameters, all or none; may fail and be tried again.

        Each sees those before it, unless a local variable of the activity has its name.
        """
        if not self.element.outputs:
            return
        given: dict[str, Any] = {}
        own, around = token.own, token.lookup

        def read(name: str) -> Any:
            return given[name] if name in given and name not in own else around(name)

        for name, value in self.element.outputs:
            given[name] = kept(token.evaluate(value, lookup=read))
        for name, value in given.items():
            token.workflow.assign(name, value, token)

    def depart(self, token: Token) -> None:
        """Move the token along the flows.

        Raises:
            StepError: No flow can be taken, or an expression cannot be computed. Nothing moved.
        """
        scope = token.workflow
        flows = self.choose(token)
        started = self.clocks(token)
        for child in [scope.tasks[number] for number in token._children]:  # noqa: SLF001
            child.cancel()
        self.report_passing(token, started)
        if self.keeps:
            keep(token)
        token.remove()
        for flow in flows:
            scope.arrive(flow)
        scope.end_if_empty()

    def clocks(self, token: Token) -> list[tuple[str, str]]:
        """Names and SLA keys of the clocks it starts.

        Raises:
            StepError: A key cannot be computed.
        """
        return [(name, token.name_of(sla)) for name, sla in self.element.start_clocks]

    def report_passing(self, token: Token, started: list[tuple[str, str]]) -> None:
        """Report that it completed, with its milestone and clocks."""
        element, instance = self.element, token.instance
        instance.passed(token.workflow.process_key, element.id)
        if element.milestone:
            instance.emit(MilestoneReached(element_id=element.id, milestone=element.milestone))
        for clock in element.stop_clocks:
            instance.emit(ClockStopped(element_id=element.id, clock=clock))
        for clock, sla in started:
            instance.emit(ClockStarted(element_id=element.id, clock=clock, sla=sla))

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
            f"从“{self.element.name or self.element.id}”出发应有一条条件成立的连线，"
            "但都不成立，也没有默认连线。",
        )

    def withdrawn(self, token: Token, state: int) -> None:
        """A token was taken away; ``state`` is the one it was in."""
        del state
        close_incident(token, "cancelled")
