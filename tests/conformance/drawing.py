"""Elements that only the conformance suite draws."""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import escape

from tests.support.bpmn_builder import boundary, end, model, node, start, throw, user

AS_HANDLER = {"isForCompensation": "true"}


def around(*elements: str, flows: str = "s x e", names: str = "") -> bytes:
    """A start, an end and what is between."""
    return model(start(), *elements, end(), flows=flows, names=names)


def definition(kind: str, inner: str = "", **attrs: str) -> str:
    """Event definition with attributes of its own."""
    listed = "".join(f' {name}="{value}"' for name, value in attrs.items())
    return f"<bpmn:{kind}EventDefinition{listed}>{inner}</bpmn:{kind}EventDefinition>"


def compensate(activity: str | None = None, **attrs: str) -> str:
    """Compensation of one activity, or of all of the scope."""
    return definition("compensate", **({"activityRef": activity} if activity else {}), **attrs)


def link(name: str) -> str:
    """One half of a pair of links."""
    return definition("link", name=name)


def association(source: str, target: str) -> str:
    """A dotted line."""
    return (
        f'<bpmn:association id="{source}-{target}" associationDirection="One"'
        f' sourceRef="{source}" targetRef="{target}"/>'
    )


def undo(activity: str, handler: str | None = None) -> str:
    """Compensation of an activity by a handler, a user task with the prefix ``u`` by default."""
    mark, name = f"c_{activity}", f"u{activity}"
    handler = handler or user(name, attrs=AS_HANDLER)
    return boundary(mark, activity, compensate()) + handler + association(mark, name)


def transaction(id_: str, *elements: str, flows: str) -> str:
    """A transaction; flows as in the builder."""
    return node("transaction", id_, "".join(elements) + flows)


def waiting(id_: str, **attrs: str) -> str:
    """An event-based gateway."""
    return node("eventBasedGateway", id_, attrs=attrs)


def receive(id_: str, message: str, inner: str = "", **options: Any) -> str:
    """A receive task."""
    return node("receiveTask", id_, inner, attrs={"messageRef": f"message_{message}"}, **options)


def send(id_: str, message: str, inner: str = "", **options: Any) -> str:
    """A send task."""
    return node("sendTask", id_, inner, attrs={"messageRef": f"message_{message}"}, **options)


def again(condition: str = "", *, before: bool = False, most: int | None = None) -> str:
    """A standard loop."""
    attrs = f' testBefore="{str(before).lower()}"' + (f' loopMaximum="{most}"' if most else "")
    inner = f"<bpmn:loopCondition>{escape(condition)}</bpmn:loopCondition>" if condition else ""
    return f"<bpmn:standardLoopCharacteristics{attrs}>{inner}</bpmn:standardLoopCharacteristics>"


def times(number: str, *, sequential: bool = False, inner: str = "") -> str:
    """Multi-instance by a number."""
    return (
        f'<bpmn:multiInstanceLoopCharacteristics isSequential="{str(sequential).lower()}">'
        f"<bpmn:loopCardinality>{escape(number)}</bpmn:loopCardinality>{inner}"
        "</bpmn:multiInstanceLoopCharacteristics>"
    )


def until(condition: str) -> str:
    """Completion condition of a multi-instance activity."""
    return f"<bpmn:completionCondition>{escape(condition)}</bpmn:completionCondition>"


def listening(inner: str, id_: str = "x", *, interrupting: bool = True) -> str:
    """Start event of an event sub-process."""
    return start(id_, inner, attrs={"isInterrupting": str(interrupting).lower()})


def mark(id_: str) -> str:
    """An intermediate event that throws nothing."""
    return throw(id_)
