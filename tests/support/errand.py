"""A small process with everything that happens by itself: timers of every kind and a clock."""

from __future__ import annotations

from typing import Any

import msgspec

from engine.bootstrap import Application
from engine.domain import commands as c
from engine.domain import seed
from engine.domain.access import SYSTEM
from tests.support.bpmn_builder import (
    boundary,
    catch,
    diagram,
    end,
    process,
    start,
    timer,
    user,
)
from tests.support.installation import deploy

#: Waits `wait` between its two tasks; the first reminds `reminders` times, the second gives up
#: after `limit`.
ERRAND = diagram(
    process(
        "errand",
        start(),
        user("first", candidateGroups="agent", props={"taskClock": "errand"}),
        boundary("remind", "first", timer("R3/PT1S", "Cycle"), interrupting=False),
        end("reminded"),
        catch("pause", timer("${wait}")),
        user("second", candidateGroups="agent", props={"taskClock": "errand"}),
        boundary("overrun", "second", timer("${limit}")),
        end("given_up", props={"state": "cancelled"}),
        end("done", props={"state": "completed"}),
        flows="""
        s first pause second done
        remind reminded
        overrun given_up
        """,
        props={"publish": "mark"},
    )
)
POLICY: dict[str, Any] = {
    "key": "errand",
    "name_zh": "跑腿",
    "name_en": "Errand",
    "target": "PT4S",
    "mode": "elapsed",
    "source": "Test",
}


def _rule(level: int, trigger: str, receiver: dict[str, str], *actions: str) -> dict[str, Any]:
    return {
        "code": f"errand-{level}",
        "sla_key": "errand",
        "level": level,
        "trigger": trigger,
        "receiver": receiver,
        "actions": list(actions),
        "text_zh": "请处理{task}",
        "text_en": "Please do {task}",
    }


RULES = [
    _rule(0, "25%", {"scope": "assignee"}, "notify"),
    _rule(1, "50%", {"scope": "own_unit", "role": "supervisor"}, "supervise", "notify"),
    _rule(2, "100%", {"scope": "branch", "role": "manager"}, "supervise", "raise_priority"),
]


def load_errand(app: Application) -> None:
    """Publish the process and its service level."""
    app.dispatcher.execute(
        c.SavePolicies(
            policies=[*msgspec.to_builtins(seed.sla_policies()), POLICY],
            rules=[*msgspec.to_builtins(seed.escalation_rules()), *RULES],
            reasons=None,
        ),
        SYSTEM,
    )
    deploy(app, {"errand.bpmn": ERRAND})
