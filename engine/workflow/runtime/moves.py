"""Where open tasks may be moved, so that no join waits for ever or gets a token twice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

from engine.workflow.runtime.gateways import JoiningGateway, ParallelGateway, reachability
from engine.workflow.runtime.nodes import FlowNode
from engine.workflow.runtime.scopes import TokenScope
from engine.workflow.runtime.tokens import UNIT, Token

#: Kinds of nodes a process may be told to go on at: it waits or ends there, and nothing is done
#: that nobody asked for.
STOPS: Final = frozenset(
    {"userTask", "manualTask", "receiveTask", "intermediateCatchEvent", "endEvent"}
)


class Move(NamedTuple):
    """Tokens to take away, and the scope to put one in instead."""

    tokens: tuple[Token, ...]
    scope: TokenScope


def stops(token: Token) -> Iterable[FlowNode]:
    """Nodes around an open task a process may be told to go on at, inner ones first."""
    scope: TokenScope | None = token.workflow
    while scope is not None:
        for node in scope.spec.task_specs.values():
            if isinstance(node, FlowNode) and node.element.kind in STOPS and not node.listens:
                yield node
        scope = scope.host.workflow if scope.host is not None and scope.shares_variables else None


def is_possible(tokens: Sequence[Token], element_id: str) -> bool:
    """Whether `plan` finds a way."""
    try:
        plan(tokens, element_id)
    except LookupError:
        return False
    return True


def plan(tokens: Sequence[Token], element_id: str) -> Move:
    """How to move open tasks to a node.

    Raises:
        LookupError: The node is not in their scope or around it, or the drawing would not be
            sound with a token there: see `_unbalances`.
    """
    moved, scope = _outermost(tokens, element_id)
    node = scope.spec.task_specs.get(element_id)
    if not isinstance(node, FlowNode) or node.listens or node.is_handler:
        raise LookupError(element_id)
    if any(UNIT in token.internal_data for token in moved):
        raise LookupError(element_id)
    others = _others(scope, moved)
    if len(moved) > 1 and not all(other.is_passive for other in others):
        raise LookupError(element_id)
    nodes = [other.task_spec for other in others if not other.is_reinstated]
    if any(_unbalances(scope, nodes, token.task_spec.name, element_id) for token in moved):
        raise LookupError(element_id)
    return Move(moved, scope)


def _outermost(tokens: Sequence[Token], element_id: str) -> tuple[tuple[Token, ...], TokenScope]:
    """The tokens with the scope that draws the node; they stand for those inside.

    Raises:
        LookupError: They are in several scopes, or leave something behind in an inner one.
    """
    moved = tuple({_whole(token): None for token in tokens})
    scopes = {id(token.workflow): token.workflow for token in moved}
    if len(scopes) != 1:
        raise LookupError(element_id)
    (scope,) = scopes.values()
    while element_id not in scope.spec.task_specs:
        host = scope.host
        is_left = all(other.is_passive for other in _others(scope, moved))
        if host is None or host.is_loop_child or not scope.shares_variables or not is_left:
            raise LookupError(element_id)
        moved, scope = (host,), host.workflow
    return moved, scope


def _whole(token: Token) -> Token:
    """The token of the activity a repetition belongs to, or the token itself."""
    return token.host if token.is_loop_child and token.host is not None else token


def _others(scope: TokenScope, moved: Sequence[Token]) -> list[Token]:
    """Tokens of the scope that stay."""
    taken = {token.id for token in moved}
    return [
        one
        for one in scope.tasks.values()
        if one.id not in taken and (one.host is None or one.host.id not in taken)
    ]


def _unbalances(scope: Any, others: Sequence[Any], source: str, target: str) -> bool:
    """Whether a join would lack a token for ever, or get a second one.

    Args:
        scope: Where the token moves.
        others: Nodes with other tokens.
        source: Node it leaves.
        target: Node it is put on.
    """
    nodes = [node for node in scope.spec.task_specs.values() if hasattr(node, "element")]
    for join in nodes:
        if not isinstance(join, JoiningGateway) or len(join._inputs) < 2:  # noqa: PLR2004, SLF001
            continue
        reach = reachability(join, nodes)
        filled = join.filled(scope)
        # What only listens may never come, so it does not count as a second token.
        sure = filled.union(*(reach.get(one.name, set()) for one in others if not one.listens))
        own = reach.get(target, frozenset())
        ways = own.union(filled, *(reach.get(one.name, frozenset()) for one in others))
        is_short = len(ways) < len(join._inputs)  # noqa: SLF001
        if join.name == target:
            # Put there it would go on alone, and those that still come would wait for it.
            unbalanced = bool(sure)
        elif not isinstance(join, ParallelGateway):
            unbalanced = False
        elif own:
            unbalanced = is_short or bool(sure & own)
        else:
            # A token that leaves the ways to the join may leave others behind at it.
            unbalanced = is_short and bool(sure and reach.get(source))
        if unbalanced:
            return True
    return False
