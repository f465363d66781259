"""What the event definitions of a drawing say, in the shape of the triggers of a graph."""

from __future__ import annotations

from lxml import etree

from engine.workflow.compiler.reading.reader import bpmn, camunda, local
from engine.workflow.compiler.verifying.built import Facts, bare

#: An event that says nothing.
NOTHING: Facts = {"is": "Trigger"}
_FALSE = frozenset({"false", "0"})
#: Source: BPMN 2.0.2, table 10.93.
_ALWAYS = frozenset({"ErrorTrigger", "CancelTrigger"})
_TIMES = {"timeDate": "date", "timeDuration": "duration", "timeCycle": "cycle"}


class Shared:
    """Messages, signals, errors and escalations of a file.

    Args:
        root: The whole file.
    """

    def __init__(self, root: etree._Element) -> None:
        self._named = {
            (local(one), str(one.get("id"))): one
            for one in root.iterfind(bpmn("*"))
            if one.get("id")
        }

    def says(self, kind: str, reference: str | None, attribute: str) -> str | None:
        """An attribute of what a reference means."""
        found = self._named.get((kind, (reference or "").rpartition(":")[2]))
        return None if found is None else found.get(attribute) or None


def definitions(node: etree._Element) -> list[etree._Element]:
    """Event definitions of an event."""
    return [one for one in node if local(one).endswith("EventDefinition")]


def trigger(node: etree._Element, said: dict[str, str], shared: Shared) -> Facts:
    """What an event reacts to or throws."""
    found = definitions(node)
    if not found:
        return NOTHING
    definition = found[0]
    kind = local(definition).removesuffix("EventDefinition")
    if kind == "timer":
        return _timer(definition)
    if kind in {"message", "signal"}:
        return named(kind, definition.get(f"{kind}Ref"), shared)
    if kind == "conditional":
        text = definition.findtext(bpmn("condition")) or ""
        return {"is": "ConditionTrigger", "condition": bare(text)}
    code = shared.says(kind, definition.get(f"{kind}Ref"), f"{kind}Code")
    facts: dict[str, Facts] = {
        "error": {
            "is": "ErrorTrigger",
            "code": code,
            "code_variable": definition.get(camunda("errorCodeVariable")),
            "message_variable": definition.get(camunda("errorMessageVariable")),
        },
        "escalation": {"is": "EscalationTrigger", "code": code},
        "terminate": {
            "is": "TerminateTrigger",
            "whole_process": said.get("terminates") == "process",
        },
        "compensate": {
            "is": "CompensationTrigger",
            "activity": definition.get("activityRef"),
        },
        "cancel": {"is": "CancelTrigger"},
        "link": {"is": "LinkTrigger", "name": definition.get("name") or ""},
    }
    return facts.get(kind, {"is": kind})


def named(kind: str, reference: str | None, shared: Shared) -> Facts:
    """A message or signal by its name, or by its id if it has none."""
    name = shared.says(kind, reference, "name") or reference
    return {"is": "MessageTrigger", "kind": kind, "name": (name or "").strip()}


def interrupts(node: etree._Element, trigger: Facts) -> bool:
    """Whether an event takes away what it is attached to; some always do."""
    attribute = "cancelActivity" if local(node) == "boundaryEvent" else "isInterrupting"
    return trigger["is"] in _ALWAYS or node.get(attribute) not in _FALSE


def _timer(definition: etree._Element) -> Facts:
    for tag, form in _TIMES.items():
        text = (definition.findtext(bpmn(tag)) or "").strip()
        if text:
            quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "'\""
            return {
                "is": "TimerTrigger",
                "form": form,
                "text": text[1:-1].strip() if quoted else text,
            }
    return NOTHING
