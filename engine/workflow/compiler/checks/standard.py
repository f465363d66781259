"""Constraints of the standard on the nodes of one scope that no editor lets an author break.

A file that breaks one of them says two things at once, or less than it seems to.
"""

from __future__ import annotations

from lxml import etree

from engine.workflow.compiler.building.positions import definitions, kind
from engine.workflow.compiler.checks.scope import Scope
from engine.workflow.compiler.reading.reader import bpmn, local
from engine.workflow.compiler.report import Report

_TIMES = ("timeDate", "timeDuration", "timeCycle")
#: Gateway direction to whether there may be several flows in, and out.
_DIRECTIONS = {"Diverging": (False, True), "Converging": (True, False), "Mixed": (True, True)}


def check_standard(scope: Scope, report: Report) -> None:
    """Report what contradicts the standard in one scope."""
    # With an id too many it is not clear which node a flow joins.
    has_ids = not report.has_any({"id-repeated"})
    has_end = any(local(node) == "endEvent" for node in scope.nodes.values())
    for name, node in scope.nodes.items():
        if has_ids:
            _listed_flows(name, node, scope, report)
        _leads_on(name, node, scope, report, has_end=has_end)
        _definitions(node, report)
        if local(node).endswith("Gateway"):
            _direction(name, node, scope, report)


def _listed_flows(name: str, node: etree._Element, scope: Scope, report: Report) -> None:
    """Flows a node lists exist and join it. Source: BPMN 2.0.2, 8.4.13."""
    for tag, flows in (("incoming", scope.incoming), ("outgoing", scope.outgoing)):
        joined = {flow.get("id") for flow in flows.get(name, [])}
        for one in node.iterfind(bpmn(tag)):
            listed = (one.text or "").strip().rpartition(":")[2]
            if listed and listed not in joined:
                report.add("flow-contradicted", node, flow=listed)


def _leads_on(
    name: str, node: etree._Element, scope: Scope, report: Report, *, has_end: bool
) -> None:
    """Events that only begin or pass something on need a flow out. Source: 10.5.2 to 10.5.4."""
    tag, flows = local(node), scope.outgoing.get(name, [])
    is_link = kind(node) == "link"
    if is_link and (
        (tag == "intermediateThrowEvent" and flows)
        or (tag == "intermediateCatchEvent" and scope.incoming.get(name))
    ):
        report.add("link-connected", node)
    if flows or kind(node) == "compensate":
        return
    passes_on = tag.startswith("intermediate") and has_end
    if tag in {"startEvent", "boundaryEvent"} or (
        passes_on and not (is_link and tag == "intermediateThrowEvent")
    ):
        report.add("event-leads-nowhere", node)


def _definitions(node: etree._Element, report: Report) -> None:
    for one in definitions(node):
        if local(one) == "timerEventDefinition":
            if sum(one.find(bpmn(time)) is not None for time in _TIMES) > 1:
                report.add("timer-several", node)
        elif (
            local(one) in {"errorEventDefinition", "escalationEventDefinition"}
            and local(node) in {"endEvent", "intermediateThrowEvent"}
            and not _code(one)
        ):
            report.add("throws-nameless", node)
        if is_computed(name := _code(one) or ""):
            report.add("name-computed", node, name=name)
    for reference in node.iterfind(bpmn("eventDefinitionRef")):
        report.add(
            "reference-missing", node, kind="event definition", reference=reference.text or ""
        )


def _code(definition: etree._Element) -> str | None:
    """Code of the error or escalation an event refers to, without which nobody can catch it.

    Source: BPMN 2.0.2, 10.5.6 (ErrorEventDefinition, EscalationEventDefinition). A reference to
    nothing is reported elsewhere.
    """
    kind_ = local(definition).removesuffix("EventDefinition")
    if kind_ not in {"error", "escalation"}:
        return None
    reference = (definition.get(f"{kind_}Ref") or "").rpartition(":")[2]
    for named in definition.getroottree().getroot().iterfind(bpmn(kind_)):
        if named.get("id") == reference:
            code: str | None = named.get(f"{kind_}Code")
            return code
    return reference


def is_computed(name: str) -> bool:
    """Whether a name has an expression in it."""
    return name.lstrip().startswith("=") or "${" in name or "#{" in name


def _direction(name: str, node: etree._Element, scope: Scope, report: Report) -> None:
    """What a gateway says of itself is what is drawn. Source: BPMN 2.0.2, 10.6.1, table 10.94."""
    said = node.get("gatewayDirection", "")
    if said in _DIRECTIONS:
        drawn = len(scope.incoming.get(name, [])) > 1, len(scope.outgoing.get(name, [])) > 1
        if drawn != _DIRECTIONS[said]:
            report.add("gateway-direction", node, direction=said)
