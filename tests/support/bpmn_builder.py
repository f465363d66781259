"""Tiny diagrams for tests: elements as functions, flows as lines ``a b c`` or ``a b : x > 1``."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any
from xml.sax.saxutils import escape, quoteattr

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' xmlns:camunda="http://camunda.org/schema/1.0/bpmn"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" targetNamespace="t">'
)


def properties(values: Mapping[str, str]) -> str:
    """Extension properties."""
    rows = "".join(
        f"<camunda:property name={quoteattr(name)} value={quoteattr(value)}/>"
        for name, value in values.items()
    )
    return f"<camunda:properties>{rows}</camunda:properties>" if rows else ""


def parameters(inputs: Mapping[str, str], outputs: Mapping[str, str] | None = None) -> str:
    """Input and output parameters."""
    rows = "".join(
        f"<camunda:{kind}Parameter name={quoteattr(name)}>{escape(value)}"
        f"</camunda:{kind}Parameter>"
        for kind, values in (("input", inputs), ("output", outputs or {}))
        for name, value in values.items()
    )
    return f"<camunda:inputOutput>{rows}</camunda:inputOutput>"


def node(
    tag: str,
    id_: str | None,
    inner: str = "",
    *,
    props: Mapping[str, str] | None = None,
    ext: str = "",
    attrs: Mapping[str, str] | None = None,
    **camunda: str,
) -> str:
    """Any element; keyword arguments are ``camunda:*`` attributes."""
    text = f"<bpmn:{tag}"
    if id_ is not None:
        text += f" id={quoteattr(id_)} name={quoteattr(id_.upper())}"
    for name, value in (attrs or {}).items():
        text += f" {name}={quoteattr(value)}"
    for name, value in camunda.items():
        text += f" camunda:{name.rstrip('_')}={quoteattr(value)}"
    extensions = ext + properties(props or {})
    if extensions:
        inner = f"<bpmn:extensionElements>{extensions}</bpmn:extensionElements>{inner}"
    return f"{text}>{inner}</bpmn:{tag}>"


def start(id_: str = "s", inner: str = "", **options: Any) -> str:
    return node("startEvent", id_, inner, **options)


def end(id_: str = "e", inner: str = "", **options: Any) -> str:
    return node("endEvent", id_, inner, **options)


def user(id_: str, inner: str = "", **options: Any) -> str:
    return node("userTask", id_, inner, **options)


def script(id_: str, text: str, **options: Any) -> str:
    return node("scriptTask", id_, f"<bpmn:script>{escape(text)}</bpmn:script>", **options)


def job(id_: str, topic: str = "work", inner: str = "", **options: Any) -> str:
    return node("serviceTask", id_, inner, type="external", topic=topic, **options)


def xor(id_: str, **attrs: str) -> str:
    return node("exclusiveGateway", id_, attrs=attrs)


def par(id_: str) -> str:
    return node("parallelGateway", id_)


def inc(id_: str, **attrs: str) -> str:
    return node("inclusiveGateway", id_, attrs=attrs)


def sub(id_: str, *elements: str, flows: str = "", inner: str = "", **options: Any) -> str:
    return node("subProcess", id_, inner + "".join(elements) + sequence(flows), **options)


def event_sub(id_: str, *elements: str, flows: str = "") -> str:
    return sub(id_, *elements, flows=flows, attrs={"triggeredByEvent": "true"})


def call(id_: str, called: str, inner: str = "", **options: Any) -> str:
    return node("callActivity", id_, inner, attrs={"calledElement": called}, **options)


def boundary(id_: str, host: str, inner: str, *, interrupting: bool = True, **options: Any) -> str:
    attrs = {"attachedToRef": host, "cancelActivity": str(interrupting).lower()}
    return node("boundaryEvent", id_, inner, attrs=attrs, **options)


def catch(id_: str, inner: str, **options: Any) -> str:
    return node("intermediateCatchEvent", id_, inner, **options)


def throw(id_: str, inner: str = "", **options: Any) -> str:
    return node("intermediateThrowEvent", id_, inner, **options)


def timer(text: str, form: str = "Duration") -> str:
    return (
        f"<bpmn:timerEventDefinition><bpmn:time{form}>{escape(text)}</bpmn:time{form}>"
        "</bpmn:timerEventDefinition>"
    )


def event(kind: str, reference: str | None = None) -> str:
    """Event definition of a message, signal, error, escalation … by its name."""
    link = f" {kind}Ref={quoteattr(f'{kind}_{reference}')}" if reference else ""
    return f"<bpmn:{kind}EventDefinition{link}/>"


def condition(text: str) -> str:
    return (
        "<bpmn:conditionalEventDefinition><bpmn:condition>"
        f"{escape(text)}</bpmn:condition></bpmn:conditionalEventDefinition>"
    )


def each(
    collection: str, variable: str = "item", *, sequential: bool = False, inner: str = ""
) -> str:
    """Multi-instance over a collection."""
    return (
        f'<bpmn:multiInstanceLoopCharacteristics isSequential="{str(sequential).lower()}"'
        f" camunda:collection={quoteattr(collection)}"
        f" camunda:elementVariable={quoteattr(variable)}>"
        f"{inner}</bpmn:multiInstanceLoopCharacteristics>"
    )


def sequence(lines: str) -> str:
    """Sequence flows: each line a chain of ids, perhaps with a condition behind a colon."""
    flows = []
    for line in filter(str.strip, lines.splitlines() if "\n" in lines else lines.split(";")):
        chain, _, text = line.partition(":")
        ids = chain.split()
        for source, target in pairwise(ids):
            inner = (
                '<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">'
                f"{escape(text.strip())}</bpmn:conditionExpression>"
                if text.strip()
                else ""
            )
            flows.append(
                f'<bpmn:sequenceFlow id="{source}_{target}" sourceRef="{source}"'
                f' targetRef="{target}">{inner}</bpmn:sequenceFlow>'
            )
    return "".join(flows)


def lanes(**roles: str) -> str:
    """Lanes by role, each with its nodes."""
    rows = "".join(
        f'<bpmn:lane id="lane_{role}" name="{role}"><bpmn:extensionElements>'
        f"{properties({'role': role})}</bpmn:extensionElements>"
        + "".join(f"<bpmn:flowNodeRef>{one}</bpmn:flowNodeRef>" for one in ids.split())
        + "</bpmn:lane>"
        for role, ids in roles.items()
    )
    return f'<bpmn:laneSet id="ls">{rows}</bpmn:laneSet>'


def process(
    key: str, *elements: str, flows: str = "", props: Mapping[str, str] | None = None
) -> str:
    """One process without its file."""
    return node(
        "process", key, "".join(elements) + sequence(flows),
        props=props, attrs={"isExecutable": "true"},
    )  # fmt: skip


def diagram(*processes: str, names: str = "") -> bytes:
    """A file; ``names`` lists messages, signals, errors … as ``message:pay error:E1``."""
    shared = ""
    for one in names.split():
        kind, _, name = one.partition(":")
        code = f' {kind}Code="{name}"' if kind in {"error", "escalation"} else ""
        shared += f'<bpmn:{kind} id="{kind}_{name}" name="{name}"{code}/>'
    return f"{_HEAD}{shared}{''.join(processes)}</bpmn:definitions>".encode()


def model(
    *elements: str, flows: str = "", names: str = "", props: Mapping[str, str] | None = None
) -> bytes:
    """A file with the one process ``p``."""
    return diagram(process("p", *elements, flows=flows, props=props), names=names)
