"""Gateways, and the joins the library gets wrong in loops and with sub-processes upstream."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from typing_extensions import override

from engine.workflow.runtime.elements import Flow
from engine.workflow.runtime.nodes import FlowNode
from engine.workflow.runtime.tokens import FLOW, STARTED, Token

if TYPE_CHECKING:
    from engine.workflow.runtime.scopes import TokenScope


class ExclusiveGateway(FlowNode):
    """Takes the first flow whose condition holds."""

    @override
    def choose(self, token: Token) -> tuple[Flow, ...]:
        """The first flow in document order that is free or whose condition holds."""
        for flow in self.flows:
            if not flow.is_default and (not flow.condition or token.evaluate(flow.condition)):
                return (flow,)
        return tuple(flow for flow in self.flows if flow.is_default) or (
            self.no_flow() if self.flows else ()
        )


class JoiningGateway(FlowNode):
    """A gateway that may have to wait for several tokens.

    Tokens are counted by the flow they came along. A firing takes one token of each flow that
    has one, so a token of the next pass through a loop never mixes with the present one.
    Source: BPMN 2.0.2, 13.4.1 and 13.4.3.
    """

    @override
    def _run_hook(self, my_task: Token) -> bool | None:
        if len(self._inputs) < 2 or FLOW not in my_task.internal_data:  # noqa: PLR2004
            return True
        if self.may_fire(my_task.workflow):
            return self.fire(my_task.workflow, my_task)
        return None

    def may_fire(self, scope: TokenScope) -> bool:
        """Whether the gateway is enabled with the tokens in this scope."""
        raise NotImplementedError

    def fire(self, scope: TokenScope, last: Token) -> bool:
        """Take one token of each flow; ``last`` goes on in place of all."""
        taken: dict[int, Token] = {last.internal_data[FLOW]: last}
        for token in self.waiting(scope):
            taken.setdefault(token.internal_data[FLOW], token)
        for token in taken.values():
            if token is not last:
                token.remove()
        last.internal_data.pop(FLOW)
        return True

    def waiting(self, scope: TokenScope) -> list[Token]:
        """Tokens that wait here, the oldest first."""
        return [
            token
            for token in scope.tasks.values()
            if token.task_spec is self and FLOW in token.internal_data
        ]

    def filled(self, scope: TokenScope) -> set[int]:
        """Incoming flows that have a token."""
        return {token.internal_data[FLOW] for token in self.waiting(scope)}


class ParallelGateway(JoiningGateway):
    """Waits for a token on every incoming flow, and takes all outgoing ones."""

    @override
    def may_fire(self, scope: TokenScope) -> bool:
        """Whether every incoming flow has a token."""
        return len(self.filled(scope)) == len(self._inputs)


class InclusiveGateway(JoiningGateway):
    """Waits for the tokens that can still come, and takes all flows whose condition holds.

    Attributes:
        reach: Node to the incoming flows of this gateway it can reach without crossing it.
    """

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # passed on as they came
        self.reach: dict[str, frozenset[int]] = {}

    @override
    def _run_hook(self, my_task: Token) -> bool | None:
        if len(self._inputs) < 2 or FLOW not in my_task.internal_data:  # noqa: PLR2004
            return True
        # Whether it may fire depends on tokens elsewhere: decided when nothing else can move.
        return None

    @override
    def may_fire(self, scope: TokenScope) -> bool:
        """Whether no other token can still reach an empty incoming flow."""
        filled = self.filled(scope)
        if len(filled) == len(self._inputs):
            return True
        for token in scope.tasks.values():
            if token.task_spec is self or token.is_passive or token.is_reinstated:
                continue
            reached = self.reach.get(token.task_spec.name, frozenset())
            if reached - filled and not reached & filled:
                return False
        return True


class EventBasedGateway(FlowNode):
    """Listens for the events that follow it; the first one goes on."""

    @override
    def _run_hook(self, my_task: Token) -> bool | None:
        scope, instance = my_task.workflow, my_task.instance
        targets = [scope.spec.task_specs[flow.target] for flow in self.flows]
        prepared = [(target, target.prepare(my_task)) for target in targets]
        for target, remembered in prepared:
            token = scope.new_token(
                target, state=STARTED, parent=my_task.id, internal_data=remembered
            )
            instance.entered(target.element)
            target.announce(token)
        return None

    def won(self, gateway: Token, winner: Token) -> None:
        """One event happened: the others and the gateway are done."""
        instance = gateway.instance
        gateway._children.remove(winner.id)  # noqa: SLF001 - of our own class
        winner._parent = None  # noqa: SLF001
        for child in [gateway.workflow.tasks[number] for number in gateway._children]:  # noqa: SLF001
            child.cancel()
        instance.passed(gateway.workflow.process_key, self.element.id)
        gateway.remove()


def reachability(
    gateway: InclusiveGateway, nodes: Iterable[FlowNode]
) -> dict[str, frozenset[int]]:
    """Which incoming flows of a gateway every node can reach without crossing the gateway.

    Boundary events count as ways out of the activity they guard.
    """
    ways: dict[str, list[tuple[str, int]]] = {}
    for node in nodes:
        for flow in node.flows:
            ways.setdefault(flow.target, []).append((node.name, flow.index))
        for event in node.boundary:
            ways.setdefault(event.name, []).append((node.name, -1))
    reach: dict[str, set[int]] = {}
    for start, index in ways.get(gateway.name, []):
        seen = {start}
        todo = [start]
        while todo:
            name = todo.pop()
            reach.setdefault(name, set()).add(index)
            for before, _ in ways.get(name, []):
                if before not in seen and before != gateway.name:
                    seen.add(before)
                    todo.append(before)
    return {name: frozenset(indexes) for name, indexes in reach.items()}
