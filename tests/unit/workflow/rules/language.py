"""An example for every rule about expressions, scripts and times."""

from tests.support.bpmn_builder import catch, end, model, node, script, start, timer, user


def around(element: str) -> dict[str, bytes]:
    """One element between a start and an end event."""
    return {"p.bpmn": model(start(), element, end(), flows="s x e")}


EXAMPLES: dict[str, dict[str, bytes]] = {
    "expression-invalid": around(user("x", assignee="${import os}")),
    "timer-invalid": around(catch("x", timer("tomorrow", "Date"))),
    "timer-missing": around(catch("x", "<bpmn:timerEventDefinition/>")),
    "script-language": around(script("x", "def a", attrs={"scriptFormat": "groovy"})),
    "script-missing": around(node("scriptTask", "x")),
}
