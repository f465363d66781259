"""Gives one form to event definitions by reference, to scripts done elsewhere and to times."""

from __future__ import annotations

from copy import deepcopy
from typing import Final

from lxml import etree

from engine.workflow.compiler.normalising.zeebe import computed
from engine.workflow.compiler.reading.reader import bpmn, camunda, local
from engine.workflow.compiler.report import Report
from engine.workflow.language.timers import unquoted

_TRUTHS: Final = frozenset(
    {
        "cancelActivity", "cancelRemainingInstances", "instantiate", "isExecutable",
        "isForCompensation", "isInterrupting", "isSequential", "parallelMultiple", "testBefore",
        "triggeredByEvent", "waitForCompletion", "isImmediate", "isClosed",
    }
)  # fmt: skip
_TRUTH: Final = {"true": "true", "1": "true", "false": "false", "0": "false"}
_TIMES: Final = ("timeDate", "timeDuration", "timeCycle")


def read_truths(root: etree._Element, report: Report) -> None:
    """``1`` is true and ``0`` false in XML; anything else is refused."""
    for node in root.iter(bpmn("*")):
        for name in [str(key) for key in node.attrib if key in _TRUTHS]:
            value = _TRUTH.get(str(node.get(name)).strip())
            if value is None:
                report.add("truth-invalid", node, name=name, value=str(node.get(name))[:60])
            else:
                node.set(name, value)


def resolve_event_definitions(root: etree._Element, report: Report) -> None:
    """Put the event definition in the place of a reference to it."""
    shared = {node.get("id"): node for node in root if local(node).endswith("EventDefinition")}
    for reference in list(root.iter(bpmn("eventDefinitionRef"))):
        name = (reference.text or "").strip()
        definition = shared.get(name.rpartition(":")[2])
        parent = reference.getparent()
        if definition is None:
            report.add("reference-missing", reference, kind="eventDefinition", reference=name[:60])
        elif parent is not None:
            copied = deepcopy(definition)
            # It is defined once; the copies are parts of their events.
            for one in copied.iter(etree.Element):
                one.attrib.pop("id", None)
            parent.replace(reference, copied)


def bind_scripts(root: etree._Element, report: Report) -> None:
    """A script with the extension property ``topic`` is done as external task of that topic."""
    path = f"{bpmn('extensionElements')}/{camunda('properties')}/{camunda('property')}"
    for node in list(root.iter(bpmn("scriptTask"))):
        topic = next(
            (one.get("value") for one in node.iterfind(path) if one.get("name") == "topic"), None
        )
        if not topic:
            continue
        language = node.attrib.pop("scriptFormat", "")
        script = node.find(bpmn("script"))
        if script is not None:
            node.remove(script)
        node.attrib.pop(camunda("resource"), None)
        node.tag = bpmn("serviceTask")
        node.set(camunda("type"), "external")
        node.set(camunda("topic"), topic)
        report.add("script-bound", node, topic=topic[:60], language=language[:60] or "?")


def read_times(root: etree._Element, report: Report) -> None:
    """Times in quotes, as Python engines have them, and times computed in FEEL."""
    for node in root.iter(*map(bpmn, _TIMES)):
        text = (node.text or "").strip()
        bare = unquoted(text)
        if bare != text:
            node.text = bare
            report.add("time-quoted", node, text=text[:60], bare=bare[:60])
        elif text.startswith("="):
            node.text = computed(text)
    for name in ("message", "signal"):
        for node in root.iterfind(bpmn(name)):
            if (node.get("name") or "").startswith("="):
                node.set("name", computed(str(node.get("name"))))
