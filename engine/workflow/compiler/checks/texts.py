"""Checks that people find every name in their language."""

from __future__ import annotations

import re

from lxml import etree

from engine.workflow.compiler.reading.reader import bpmn, camunda, local
from engine.workflow.compiler.report import Report

#: What people read of: steps, decisions and their branches, events, lanes, the process.
_READ = re.compile(
    r"process|lane|sequenceFlow|\w*[tT]ask|\w*Gateway|\w*Event|callActivity|subProcess"
    r"|adHocSubProcess|transaction"
)
_CHINESE = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_WORD = re.compile(r"[^\W\d_]{2}")
_PROPERTY = f"{bpmn('extensionElements')}/{camunda('properties')}/{camunda('property')}"


def check_texts(process: etree._Element, report: Report) -> None:
    """Report names that are missing in one language, and tasks without any."""
    for node in process.iter(bpmn("*")):
        kind = local(node)
        if not _READ.fullmatch(kind):
            continue
        name = (node.get("name") or "").strip()
        if not name:
            if kind == "userTask":
                report.add("name-missing", node)
            continue
        if any(one.get("name") == "name:en" and one.get("value") for one in _properties(node)):
            continue
        if _CHINESE.search(name):
            report.add("name-en-missing", node)
        elif _WORD.search(name):
            report.add("name-zh-missing", node)


def _properties(node: etree._Element) -> list[etree._Element]:
    return list(node.iterfind(_PROPERTY))
