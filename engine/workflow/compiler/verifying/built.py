"""What a built graph says, as plain values that can be compared with the drawing."""

from __future__ import annotations

import functools
from typing import Any, TypeAlias

import msgspec
from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec
from SpiffWorkflow.specs.WorkflowSpec import WorkflowSpec

from engine.workflow.language.expressions import Expression, Template
from engine.workflow.runtime.definitions import ProcessSpec
from engine.workflow.runtime.nodes import FlowNode

#: What a scope or node says, by the name of the fact.
Facts: TypeAlias = dict[str, Any]
#: Line and column of a node in the file, or its id if the file does not hold it.
Key: TypeAlias = tuple[int, int] | str

#: Of the library: nothing a drawing says.
_LIBRARY = frozenset(vars(BpmnTaskSpec(WorkflowSpec(), ""))) | {"extensions"}
#: Also what is derived while building, or true of all nodes of a class.
_UNSAID = _LIBRARY | {
    "element", "is_event_sub_process", "is_immediate", "is_transaction", "listens", "reach",
}  # fmt: skip


def scope_facts(spec: ProcessSpec) -> Facts:
    """What the graph of a process or sub-process says as a whole."""
    return {
        "start": list(spec.starts),
        "start by message": dict(spec.starts_by_message),
        "event sub-processes": [node.name for node in spec.event_sub_processes],
        "inclusive joins": [node.name for node in spec.inclusive_joins],
        "ways to inclusive joins": {
            node.name: {name: sorted(ways) for name, ways in node.reach.items()}
            for node in spec.inclusive_joins
        },
        "conditional events": spec.has_conditions,
    }


def node_facts(spec: ProcessSpec) -> dict[Key, Facts]:
    """What every node of a graph says; what two nodes of one place say shows as a difference."""
    found: dict[Key, Facts] = {}
    for name, node in spec.task_specs.items():
        if isinstance(node, FlowNode):
            key = _key(node)
            found[f"{name}, built twice" if key in found else key] = _facts(node)
    return found


def _key(node: FlowNode) -> Key:
    element = node.element
    return (element.line, element.column) if element.line else element.id


def _facts(node: FlowNode) -> Facts:
    """Everything a node carries that was read from the drawing, whatever its class."""
    element = plain(node.element)
    facts = {name: value for name, value in element.items() if name not in {"line", "column"}}
    carried = dict(_defaults(type(node)))  # type: ignore[arg-type]  # a class is hashable
    carried |= vars(node)
    facts |= {name: plain(value) for name, value in carried.items() if name not in _UNSAID}
    facts["class"] = type(node).__name__
    return facts


@functools.cache
def _defaults(kind: type[FlowNode]) -> Facts:
    """What nodes of a class carry unless told otherwise."""
    return {
        name: value
        for one in reversed(kind.__mro__)
        if issubclass(one, FlowNode)
        for name, value in vars(one).items()
        if not (name.startswith("_") or callable(value) or isinstance(value, property))
    }


def plain(value: Any) -> Any:  # noqa: PLR0911 - one case per kind of value
    """A value without anything compiled: texts for expressions, mappings for structures."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, Expression):
        return bare(value.source)
    if isinstance(value, Template):
        return value.source.strip()
    if isinstance(value, msgspec.Struct):
        parts = {name: getattr(value, name) for name in type(value).__struct_fields__}
        plain_parts = {name: plain(one) for name, one in parts.items() if not callable(one)}
        return {"is": type(value).__name__, **plain_parts}
    if isinstance(value, dict):
        return {str(name): plain(one) for name, one in value.items()}
    if isinstance(value, tuple | list):
        return [plain(one) for one in value]
    if isinstance(value, frozenset):
        return sorted(value)
    return value.name if isinstance(value, FlowNode) else value


def bare(text: str) -> str:
    """An expression without the ``${`` and ``}`` that may be written around it."""
    text = text.strip()
    if text[:2] in {"${", "#{"} and text.endswith("}"):
        text = text[2:-1].strip()
    return text
