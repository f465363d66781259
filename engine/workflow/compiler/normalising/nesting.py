"""Which element may stand inside which: what stands elsewhere would be seen by nobody.

Source: the class diagrams of BPMN 2.0.2, chapters 8 and 10, and its XML schema.
"""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

from engine.workflow.compiler.reading.census import NODES
from engine.workflow.compiler.reading.reader import bpmn, local
from engine.workflow.compiler.report import Report

_FILE = frozenset({"definitions"})
_SCOPES = frozenset(
    {
        "process", "subProcess", "transaction", "adHocSubProcess", "choreography",
        "globalChoreographyTask", "subChoreography",
    }
)  # fmt: skip
_EVENTS = frozenset(name for name in NODES if name.endswith(("Event", "event")))
_ACTIVITIES = frozenset(
    name for name in NODES if name.endswith(("ask", "Process", "transaction", "Activity"))
)
_PARENTS: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(
        ("process", "collaboration", "message", "signal", "error", "escalation"), _FILE
    ),
    **dict.fromkeys((*NODES, "sequenceFlow", "laneSet", "dataObject"), _SCOPES),
    **dict.fromkeys(
        (
            "timerEventDefinition", "messageEventDefinition", "signalEventDefinition",
            "errorEventDefinition", "escalationEventDefinition", "linkEventDefinition",
            "compensateEventDefinition", "cancelEventDefinition", "terminateEventDefinition",
            "conditionalEventDefinition",
        ),
        _FILE | _EVENTS | {"complexBehaviorDefinition", "event"},
    ),
    "eventDefinitionRef": _EVENTS,
    **dict.fromkeys(
        ("multiInstanceLoopCharacteristics", "standardLoopCharacteristics"), _ACTIVITIES
    ),
    "lane": frozenset({"laneSet", "childLaneSet"}),
    "childLaneSet": frozenset({"lane"}),
    "flowNodeRef": frozenset({"lane"}),
    "conditionExpression": frozenset({"sequenceFlow"}),
    **dict.fromkeys(
        ("timeDate", "timeDuration", "timeCycle"), frozenset({"timerEventDefinition"})
    ),
    "script": frozenset({"scriptTask", "globalScriptTask"}),
    "loopCondition": frozenset({"standardLoopCharacteristics"}),
    **dict.fromkeys(
        ("loopCardinality", "completionCondition", "loopDataInputRef", "loopDataOutputRef",
         "inputDataItem", "outputDataItem"),
        frozenset({"multiInstanceLoopCharacteristics", "adHocSubProcess"}),
    ),
    "condition": frozenset({"conditionalEventDefinition"}),
    "association": _SCOPES | {"collaboration", "globalConversation", "definitions"},
}  # fmt: skip


_ONCE = frozenset(
    {
        "conditionExpression", "timeDate", "timeDuration", "timeCycle", "script", "loopCondition",
        "loopCardinality", "completionCondition", "loopDataInputRef", "loopDataOutputRef",
        "inputDataItem", "outputDataItem", "multiInstanceLoopCharacteristics",
        "standardLoopCharacteristics", "extensionElements", "condition",
    }
)  # fmt: skip


def check_nesting(root: etree._Element, report: Report) -> None:
    """Refuse elements that stand where BPMN does not know them."""
    for node in root.iter(bpmn("*")):
        parent, allowed = node.getparent(), _PARENTS.get(local(node))
        # What vendors keep inside elements of their own is their data.
        if parent is None or not str(parent.tag).startswith(bpmn("")):
            continue
        if allowed is not None and local(parent) not in allowed:
            report.add("element-misplaced", node, kind=local(node), parent=local(parent))
        elif _is_second(node, parent):
            report.add("element-repeated", node, kind=local(node), parent=local(parent))


def _is_second(node: etree._Element, parent: etree._Element) -> bool:
    """Whether an element that may occur once stands behind another of its kind."""
    return local(node) in _ONCE and parent.find(node.tag) is not node
