"""Which event may stand where. Source: BPMN 2.0.2, table 10.93, and 10.5.2 to 10.5.4."""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

from engine.workflow.compiler.reading.reader import local

NONE = ""
_TRUE = "true"
_WAITING = frozenset({"message", "timer", "signal", "conditional"})

#: Kinds of event definitions by position; `NONE` stands for an event without one. The start of
#: a process by a timer, signal or condition is allowed, and remarked elsewhere.
POSITIONS: Mapping[str, frozenset[str]] = {
    "process start": _WAITING | {NONE},
    "sub-process start": frozenset({NONE}),
    "event sub-process start": _WAITING | {"error", "escalation", "compensate"},
    "boundaryEvent": _WAITING | {"error", "escalation", "compensate", "cancel"},
    "intermediateCatchEvent": _WAITING | {"link"},
    "intermediateThrowEvent": frozenset(
        {NONE, "message", "signal", "escalation", "compensate", "link"}
    ),
    "endEvent": frozenset(
        {NONE, "message", "signal", "error", "escalation", "compensate", "cancel", "terminate"}
    ),
}
#: These take away what they are attached to, whatever the drawing says.
ALWAYS_INTERRUPTING = frozenset({"error", "cancel"})


def definitions(node: etree._Element) -> list[etree._Element]:
    """Event definitions of an event."""
    return [
        one for one in node if isinstance(one.tag, str) and local(one).endswith("EventDefinition")
    ]


def kind(node: etree._Element) -> str:
    """Kind of an event, as ``message`` or ``compensate``; `NONE` without a definition."""
    found = definitions(node)
    return local(found[0]).removesuffix("EventDefinition") if found else NONE


def position(node: etree._Element) -> str:
    """Key into `POSITIONS` of an event."""
    tag, around = local(node), node.getparent()
    if tag != "startEvent" or around is None:
        return tag
    if local(around) == "process":
        return "process start"
    is_event_sub_process = around.get("triggeredByEvent") == _TRUE
    return "event sub-process start" if is_event_sub_process else "sub-process start"
