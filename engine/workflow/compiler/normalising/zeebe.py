"""Reads the extensions of Camunda 8 (Zeebe) as those of Camunda 7, as far as they mean the same.

Texts that begin with ``=`` are FEEL there; as ``${= …}`` they are so here, wherever they stand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from lxml import etree

from engine.workflow.compiler.reading.reader import PLACE, bpmn, camunda, local
from engine.workflow.compiler.report import Report

ZEEBE: Final = "http://camunda.org/schema/zeebe/1.0"
#: Extensions without effect here: hints to a modeller, storage, and kinds of user tasks.
_HARMLESS: Final = frozenset(
    {"userTask", "userTaskForm", "versionTag", "taskHeaders", "modelerTemplate", "linkedResources",
     "properties", "property", "header", "input", "output", "formDefinition"}
)  # fmt: skip
#: Where those stand that change more than the element they are on; elsewhere they are refused.
_OWNERS: Final[Mapping[str, frozenset[str]]] = {
    "calledElement": frozenset({"callActivity"}),
    "calledDecision": frozenset({"businessRuleTask"}),
    "loopCharacteristics": frozenset({"multiInstanceLoopCharacteristics"}),
    "script": frozenset({"scriptTask"}),
}
_LISTENERS: Final = frozenset({"executionListeners", "taskListeners"})


def translate(root: etree._Element, report: Report) -> etree._Element | None:
    """Translate a file in place; gives the first element that had such extensions."""
    first = None
    for extension in list(root.iter(f"{{{ZEEBE}}}*")):
        parent = extension.getparent()
        if parent is None or parent.tag != bpmn("extensionElements"):
            continue
        first = extension if first is None else first
        _translated(extension, parent, report)
    for node in root.iter(etree.Element):
        for key in [key for key in node.attrib if str(key).startswith(f"{{{ZEEBE}}}")]:
            first = node if first is None else first
            name = str(key).rpartition("}")[2]
            node.set(camunda(name), str(node.attrib.pop(key)))
    return first


def _translated(extension: etree._Element, parent: etree._Element, report: Report) -> None:
    node = parent.getparent()
    name = local(extension)
    if node is None:
        return
    if name in _STEPS and local(node) in _OWNERS.get(name, {local(node)}):
        _STEPS[name](node, extension, report)
        parent.remove(extension)
    elif name in _LISTENERS:
        extension.tag = camunda(name)
    elif name not in _HARMLESS:
        report.add("extension-refused", extension, name=f"zeebe:{name}")
        parent.remove(extension)
    elif name == "properties":
        for one in extension:
            one.tag = camunda(local(one))
        extension.tag = camunda("properties")
    else:
        if name == "taskHeaders":
            report.add("extension-ignored", extension, name="zeebe:taskHeaders", count=1)
        parent.remove(extension)


def computed(text: str) -> str:
    """FEEL in the form that is FEEL in every attribute."""
    return f"${{{text.strip()}}}" if text.lstrip().startswith("=") else text


def extensions(node: etree._Element) -> etree._Element:
    """The ``extensionElements`` of an element, made if it has none."""
    found = node.find(bpmn("extensionElements"))
    if found is None:
        found = etree.Element(bpmn("extensionElements"))
        node.insert(0, found)
    return found


def _set(node: etree._Element, names: Mapping[str, str], extension: etree._Element) -> None:
    """Copy attributes of an extension under their Camunda 7 names."""
    for theirs, ours in names.items():
        value = extension.get(theirs)
        if value:
            node.set(camunda(ours), computed(value))


def _job(node: etree._Element, extension: etree._Element, report: Report) -> None:
    del report
    owner = node.find(bpmn("messageEventDefinition"))
    if owner is None:
        owner = node
    if local(node) == "scriptTask":
        node.tag = bpmn("serviceTask")
    owner.set(camunda("type"), "external")
    _set(owner, {"type": "topic"}, extension)


def _assignment(node: etree._Element, extension: etree._Element, report: Report) -> None:
    del report
    names = ("assignee", "candidateGroups", "candidateUsers")
    _set(node, dict(zip(names, names, strict=True)), extension)


def _schedule(node: etree._Element, extension: etree._Element, report: Report) -> None:
    del report
    _set(node, {"dueDate": "dueDate", "followUpDate": "followUpDate"}, extension)


def _priority(node: etree._Element, extension: etree._Element, report: Report) -> None:
    del report
    _set(node, {"priority": "priority"}, extension)


def _form(node: etree._Element, extension: etree._Element, report: Report) -> None:
    if extension.get("externalReference") or "bpmn:" in (extension.get("formKey") or ""):
        report.add("extension-refused", extension, name="zeebe:formDefinition")
    _set(node, {"formKey": "formKey", "formId": "formKey"}, extension)


def _mapping(node: etree._Element, extension: etree._Element, report: Report) -> None:
    """Inputs and outputs; those of a call are what is passed and returned."""
    is_call = local(node) == "callActivity"
    group = etree.Element(camunda("inputOutput"))
    for one in extension:
        target, source = one.get("target") or "", computed(one.get("source") or "")
        if local(one) not in {"input", "output"} or not target.isidentifier():
            report.add("extension-refused", one, name=f"{local(one)} '{target[:60]}'")
        elif local(one) == "output" and is_call:
            attributes = {"sourceExpression": source, "target": target}
            passed = etree.SubElement(extensions(node), camunda("out"), attributes)
            passed.set(PLACE, str(one.get(PLACE)))
        else:
            made = etree.SubElement(group, camunda(f"{local(one)}Parameter"), name=target)
            made.text = source
            made.set(PLACE, str(one.get(PLACE)))
    if len(group):
        extensions(node).append(group)
    if any(local(one) == "output" for one in extension) and not is_call:
        report.add("results-kept", node)


def _called(node: etree._Element, extension: etree._Element, report: Report) -> None:
    """What a call passes: everything unless told otherwise, or else its inputs."""
    del report
    node.set("calledElement", computed(extension.get("processId") or ""))
    if extension.get("bindingType", "latest") != "latest":
        node.set(camunda("calledElementBinding"), str(extension.get("bindingType")))
    group = extensions(node)
    inputs = [str(one.get("target")) for one in node.iter(f"{{{ZEEBE}}}input")]
    inputs += [str(one.get("name")) for one in node.iter(camunda("inputParameter"))]
    if extension.get("propagateAllParentVariables") != "false":
        etree.SubElement(group, camunda("in"), variables="all")
    else:
        for name in inputs:
            etree.SubElement(group, camunda("in"), source=name, target=name)
    outputs = [*node.iter(f"{{{ZEEBE}}}output"), *node.iter(camunda("out"))]
    if extension.get("propagateAllChildVariables") != "false" and not outputs:
        etree.SubElement(group, camunda("out"), variables="all")


def _decision(node: etree._Element, extension: etree._Element, report: Report) -> None:
    del report
    _set(node, {"decisionId": "decisionRef", "resultVariable": "resultVariable"}, extension)
    node.set(camunda("mapDecisionResult"), "singleEntry")


def _loop(node: etree._Element, extension: etree._Element, report: Report) -> None:
    names = {"inputCollection": "collection", "inputElement": "elementVariable"}
    _set(node, names, extension)
    activity = node.getparent()
    if activity is None:
        return
    if any("loopCounter" in text for text in _texts(activity)):
        # It counts from 1 there, and from 0 here.
        report.add("extension-refused", node, name="loopCounter")
    group = etree.SubElement(extensions(activity), camunda("properties"))
    for name in ("outputCollection", "outputElement"):
        value = extension.get(name)
        if value:
            etree.SubElement(group, camunda("property"), name=name, value=computed(value))


def _texts(node: etree._Element) -> Iterator[str]:
    for one in node.iter(etree.Element):
        yield one.text or ""
        yield from map(str, one.attrib.values())


def _script(node: etree._Element, extension: etree._Element, report: Report) -> None:
    del report
    made = etree.SubElement(node, bpmn("script"))
    made.text = extension.get("expression")
    made.set(PLACE, str(extension.get(PLACE)))
    _set(node, {"resultVariable": "resultVariable"}, extension)


def _subscription(node: etree._Element, extension: etree._Element, report: Report) -> None:
    del node
    report.add("correlation-by-order", extension)


_STEPS: Final[Mapping[str, Callable[[etree._Element, etree._Element, Report], None]]] = {
    "taskDefinition": _job,
    "assignmentDefinition": _assignment,
    "taskSchedule": _schedule,
    "priorityDefinition": _priority,
    "formDefinition": _form,
    "ioMapping": _mapping,
    "calledElement": _called,
    "calledDecision": _decision,
    "loopCharacteristics": _loop,
    "script": _script,
    "subscription": _subscription,
}
