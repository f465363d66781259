"""What of a drawing undoes what, and what therefore has to be remembered.

Source: BPMN 2.0.2, 10.7 and 13.5.5; for transactions 10.3.6.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from engine.workflow.compiler.reading.census import NODES
from engine.workflow.compiler.reading.reader import bpmn, local
from engine.workflow.compiler.verifying.built import Facts
from engine.workflow.compiler.verifying.drawn_events import definitions
from engine.workflow.compiler.verifying.drawn_tasks import is_true

#: Without one of these nothing is ever undone.
_BEGINNINGS = (bpmn("compensateEventDefinition"), bpmn("cancelEventDefinition"))
_SCOPES = frozenset({"subProcess", "transaction"})
_ACTIVITIES = ("Task", "task", "Process", "transaction", "Activity")
_THROWING = frozenset({"intermediateThrowEvent", "endEvent"})


class Undoing:
    """What undoes what in one file.

    Args:
        root: The whole file.
    """

    def __init__(self, root: etree._Element) -> None:
        self._occurs = next(root.iter(*_BEGINNINGS), None) is not None
        self._reached: dict[str, bool] = {}

    def of(self, scope: etree._Element) -> dict[str, Facts]:
        """What the nodes of a scope say about being undone, by their ids."""
        handlers = _handlers(scope) if self._occurs else {}
        reached = self._occurs and self._is_reached(scope)
        return {
            str(node.get("id")): {
                "handler": handlers.get(str(node.get("id"))),
                "undoing": _undone_by(node) if self._occurs else None,
                "is_handler": _is_handler(node),
                "keeps": reached and self._keeps(node, handlers),
            }
            for node in scope
            if local(node) in NODES
        }

    def _keeps(self, node: etree._Element, handlers: dict[str, str]) -> bool:
        """Whether a completed node can be undone, if anything asks for it."""
        if str(node.get("id")) in handlers:
            return True
        if local(node) not in _SCOPES or _begins_when_undone(node):
            return False
        inside = _handlers(node)
        return _undone_by(node) is not None or (
            self._is_reached(node) and any(self._keeps(one, inside) for one in node)
        )

    def _is_reached(self, scope: etree._Element) -> bool:
        """Whether a throw or cancel event can have the activities of a scope undone."""
        name = str(scope.get("id"))
        if name not in self._reached:
            self._reached[name] = self._finds_thrower(scope)
        return self._reached[name]

    def _finds_thrower(self, scope: etree._Element) -> bool:
        listening = [one for one in scope if is_true(one, "triggeredByEvent")]
        if any(_throws(one) for one in (scope, *listening)):
            return True
        around = scope.getparent()
        if local(scope) not in _SCOPES or around is None:
            return False
        if local(scope) == "transaction" and any(_cancels(scope)):
            return True
        return not _begins_when_undone(scope) and self._is_reached(around)


def _handlers(scope: etree._Element) -> dict[str, str]:
    """Activity that undoes another, by the id of the other."""
    marked = {str(node.get("id")) for node in scope if _is_handler(node)}
    ends: dict[str, list[str]] = {}
    for one in scope.iterfind(bpmn("association")):
        source, target = str(one.get("sourceRef")), str(one.get("targetRef"))
        ends.setdefault(source, []).append(target)
        ends.setdefault(target, []).append(source)
    return {
        str(event.get("attachedToRef")): other
        for event in scope.iterfind(bpmn("boundaryEvent"))
        if _is(event, "compensate")
        for other in ends.get(str(event.get("id")), [])
        if other in marked
    }


def _throws(scope: etree._Element) -> bool:
    return any(local(one) in _THROWING and _is(one, "compensate") for one in scope)


def _cancels(scope: etree._Element) -> Iterator[bool]:
    for one in scope:
        yield local(one) == "endEvent" and _is(one, "cancel")
        if local(one) == "subProcess":
            yield from _cancels(one)


def _begins_when_undone(node: etree._Element) -> bool:
    starts = node.iterfind(bpmn("startEvent"))
    is_undoing = is_true(node, "triggeredByEvent") and any(
        _is(one, "compensate") for one in starts
    )
    return _is_handler(node) or is_undoing


def _undone_by(node: etree._Element) -> str | None:
    """Event sub-process inside a sub-process that undoes it."""
    for one in node.iterfind(bpmn("subProcess")):
        if is_true(one, "triggeredByEvent") and any(
            _is(start, "compensate") for start in one.iterfind(bpmn("startEvent"))
        ):
            return str(one.get("id"))
    return None


def _is_handler(node: etree._Element) -> bool:
    return local(node).endswith(_ACTIVITIES) and is_true(node, "isForCompensation")


def _is(event: etree._Element, kind: str) -> bool:
    found = definitions(event)
    return bool(found) and local(found[0]) == f"{kind}EventDefinition"
