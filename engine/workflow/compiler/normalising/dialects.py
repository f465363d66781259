"""Brings the extensions of engines that grew from one root to the names of Camunda 7."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from lxml import etree

from engine.workflow.compiler.normalising import zeebe
from engine.workflow.compiler.reading.reader import bpmn, camunda, local
from engine.workflow.compiler.report import Report

_DIALECTS: Final[Mapping[str, str]] = {
    "http://flowable.org/bpmn": "Flowable",
    "http://activiti.org/bpmn": "Activiti",
    "http://operaton.org/schema/1.0/bpmn": "Operaton",
    "http://www.camunda.com/fox": "camunda fox",
}
_ATTRIBUTES: Final[Mapping[str, str]] = {"resultVariableName": "resultVariable"}
_TYPES: Final[Mapping[str, str]] = {"external-worker": "external"}
_CANDIDATE: Final = re.compile(r"\s*(user|group)\s*\(([^()]*)\)\s*")


def translate(root: etree._Element, report: Report) -> None:
    """Rename what has another name elsewhere; says so once per dialect."""
    met: dict[str, etree._Element] = {}
    for node in root.iter(etree.Element):
        namespace = str(node.tag).rpartition("}")[0][1:]
        if namespace in _DIALECTS:
            met.setdefault(_DIALECTS[namespace], node)
            node.tag = camunda(local(node))
        for key in list(node.attrib):
            namespace, _, name = str(key).rpartition("}")
            if namespace[1:] in _DIALECTS:
                met.setdefault(_DIALECTS[namespace[1:]], node)
                _rename(node, str(key), name)
    used = zeebe.translate(root, report)
    if used is not None:
        met.setdefault("Camunda 8", used)
    for vendor, node in met.items():
        report.add("dialect-read", node, vendor=vendor)
    for node in root.iter(bpmn("callActivity")):
        _inherit(node)


def _rename(node: etree._Element, key: str, name: str) -> None:
    value = str(node.attrib.pop(key))
    name = _ATTRIBUTES.get(name, name)
    if name == "type":
        value = _TYPES.get(value, value)
    if node.get(camunda(name)) is None:
        node.set(camunda(name), value)


def _inherit(node: etree._Element) -> None:
    """``inheritVariables`` passes everything."""
    if node.attrib.pop(camunda("inheritVariables"), "false") == "true":
        etree.SubElement(zeebe.extensions(node), camunda("in"), variables="all")


def read_resources(root: etree._Element, report: Report) -> None:
    """``humanPerformer`` is the assignee, ``potentialOwner`` the candidates, as in Camunda 7."""
    roles: Mapping[str, Callable[[str], Mapping[str, list[str]]]] = {
        "humanPerformer": lambda text: {"assignee": [text]},
        "potentialOwner": _candidates,
    }
    for node in list(root.iter(bpmn("userTask"))):
        for name, read in roles.items():
            path = f"{bpmn('resourceAssignmentExpression')}/{bpmn('formalExpression')}"
            for role in list(node.iterfind(bpmn(name))):
                text = (role.findtext(path) or "").strip()
                if text:
                    _assign(node, read(text))
                    report.add("assignment-read", node, name=name)
                    node.remove(role)


def _assign(node: etree._Element, found: Mapping[str, list[str]]) -> None:
    for name, values in found.items():
        given = node.get(camunda(name))
        if values:
            node.set(camunda(name), ",".join([*([given] if given else []), *values]))


def _candidates(text: str) -> Mapping[str, list[str]]:
    """``user(a), group(b), c``: users and groups; what has no kind is a group."""
    found: dict[str, list[str]] = {"candidateUsers": [], "candidateGroups": []}
    for part in [text] if "{" in text else text.split(","):
        match = _CANDIDATE.fullmatch(part)
        kind, name = match.groups() if match else ("group", part)
        if name.strip():
            found["candidateUsers" if kind == "user" else "candidateGroups"].append(name.strip())
    return found
