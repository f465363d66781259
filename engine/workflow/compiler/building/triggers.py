"""Reads what an event reacts to or throws."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from lxml import etree

from engine.workflow.compiler.building.elements import ElementReader, is_computed
from engine.workflow.compiler.building.positions import definitions
from engine.workflow.compiler.reading.reader import bpmn, camunda, local
from engine.workflow.language import cycles, timers
from engine.workflow.language.timers import unquoted
from engine.workflow.runtime.triggers import (
    CancelTrigger,
    CompensationTrigger,
    ConditionTrigger,
    ErrorTrigger,
    EscalationTrigger,
    LinkTrigger,
    MessageTrigger,
    TerminateTrigger,
    TimerTrigger,
    Trigger,
)


def trigger_of(reader: ElementReader) -> Trigger:
    """What an event reacts to or throws."""
    found = definitions(reader.node)
    if len(found) > 1:
        reader.report.add("event-multiple", reader.node, count=len(found))
    if not found:
        return Trigger()
    return _definition(reader, found[0])


def _definition(reader: ElementReader, node: etree._Element) -> Trigger:
    kind = local(node).removesuffix("EventDefinition")
    if kind == "timer":
        return _timer(reader, node)
    if kind in {"message", "signal"}:
        return message_of(reader, node, node.get(f"{kind}Ref"), kind == "message")
    if kind == "conditional":
        text = node.findtext(bpmn("condition")) or ""
        condition = reader.condition(text, node)
        return Trigger() if condition is None else ConditionTrigger(condition)
    if kind == "error":
        return ErrorTrigger(
            code=_code(reader, node, "error"),
            code_variable=node.get(camunda("errorCodeVariable")),
            message_variable=node.get(camunda("errorMessageVariable")),
        )
    if kind == "escalation":
        return EscalationTrigger(code=_code(reader, node, "escalation"))
    simple: dict[str, Trigger] = {
        "terminate": TerminateTrigger(reader.properties.get("terminates") == "process"),
        "link": LinkTrigger(name=node.get("name") or ""),
        "compensate": CompensationTrigger(node.get("activityRef")),
        "cancel": CancelTrigger(),
    }
    return simple.get(kind, Trigger())


def message_of(
    reader: ElementReader, node: etree._Element, reference: str | None, is_message: bool
) -> Trigger:
    """Trigger of a message or signal by its id."""
    kind: Literal["message", "signal"] = "message" if is_message else "signal"
    if reference is None:
        reader.report.add("message-missing" if is_message else "event-missing", node)
        return Trigger()
    found = reader.names.find(kind, reference)
    if found is None:
        reader.report.add("reference-missing", node, kind=kind, reference=reference)
        return Trigger()
    name = found.get("name") or reference
    return MessageTrigger(kind=kind, name=reader.template(name, node))


def _code(reader: ElementReader, node: etree._Element, kind: str) -> str | None:
    reference = node.get(f"{kind}Ref")
    if reference is None:
        return None
    found = reader.names.find(kind, reference)
    if found is None:
        reader.report.add("reference-missing", node, kind=kind, reference=reference)
        return None
    return found.get(f"{kind}Code") or None


def _timer(reader: ElementReader, node: etree._Element) -> Trigger:
    forms: list[tuple[Literal["date", "duration", "cycle"], str, Callable[[str], object]]] = [
        ("date", "timeDate", timers.check_instant),
        ("duration", "timeDuration", timers.check_duration),
        ("cycle", "timeCycle", cycles.cycle),
    ]
    for form, tag, check in forms:
        found = node.find(bpmn(tag))
        text = "" if found is None else (found.text or "").strip()
        if found is not None and text:
            if not is_computed(text):
                text = unquoted(text)
                reader.checked(check, text, node)
            return TimerTrigger(form=form, text=reader.template(text, node))
    reader.report.add("timer-missing", node)
    return Trigger()
