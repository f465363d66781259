"""Who catches an error or an escalation: looked up from the inside out when it is thrown."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TypeAlias

from engine.workflow.errors import StepError
from engine.workflow.runtime.tokens import PLAN, Token
from engine.workflow.runtime.triggers import ErrorTrigger, EscalationTrigger

if TYPE_CHECKING:
    from engine.workflow.runtime.events import BoundaryEvent
    from engine.workflow.runtime.sub_processes import EventSubProcess

    Catcher: TypeAlias = BoundaryEvent | EventSubProcess

Kind = type[ErrorTrigger | EscalationTrigger]


def throw_error(token: Token, code: str, message: str) -> None:
    """Give an error to the nearest event that catches it. Source: BPMN 2.0.2, 10.5.6.

    Raises:
        StepError: Nobody catches it.
    """
    found = _catcher(token, ErrorTrigger, code)
    if found is None:
        raise StepError(
            "uncaught_error",
            f"Expected somebody to catch the error '{code}', but nobody does.",
            f"错误“{code}”应有人捕获，但没有。",
            code=code or None,
        )
    node, host = found
    trigger = node.trigger
    values: dict[str, Any] = {}
    if isinstance(trigger, ErrorTrigger):
        if trigger.code_variable:
            values[trigger.code_variable] = code
        if trigger.message_variable:
            values[trigger.message_variable] = message
    node.caught(host, values)


def is_caught(token: Token, code: str) -> bool:
    """Whether somebody would catch an error of this code thrown here."""
    return _catcher(token, ErrorTrigger, code) is not None


def throw_escalation(token: Token, code: str) -> None:
    """Give an escalation to the nearest event that catches it; without one it has no effect."""
    found = _catcher(token, EscalationTrigger, code)
    if found is not None:
        node, host = found
        node.caught(host, {})


def _catcher(token: Token, kind: Kind, code: str) -> tuple[Catcher, Token] | None:
    """Node that catches, and the token at (boundary) or beside (sub-process) which it is.

    What is only open again to be compensated has completed before, and catches nothing any more.
    """
    at: Token | None = token
    while at is not None:
        guarded = at.host if at.is_loop_child and at.host is not None else at
        node = None if guarded.is_reinstated else _matching(guarded.task_spec.boundary, kind, code)
        if node is not None:
            return node, guarded
        around = at.workflow.host
        if around is None or PLAN not in around.internal_data:
            own = at.task_spec
            beside = [one for one in at.workflow.spec.event_sub_processes if one is not own]
            node = _matching(beside, kind, code)
            if node is not None:
                return node, guarded
        at = around
    return None


def _matching(nodes: Iterable[Catcher], kind: Kind, code: str) -> Catcher | None:
    """The node that catches this code, else the one that catches all."""
    others: Catcher | None = None
    for node in nodes:
        trigger = node.trigger
        if isinstance(trigger, kind):
            if trigger.code == code:
                return node
            if not trigger.code and others is None:
                others = node
    return others
