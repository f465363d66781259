"""What lies ahead of a user task: the shortest way to a good end."""

import pytest

from engine.workflow.compiler.ahead import ahead
from engine.workflow.compiler.reading.reader import bpmn as tag
from engine.workflow.compiler.reading.reader import read
from tests.support import bpmn_builder as b

CANCELLED = {"state": "cancelled"}


def way(*elements: str, flows: str) -> dict[str, str]:
    process = read(b.model(*elements, flows=flows)).find(tag("process"))
    return {task: " ".join(rest) for task, rest in ahead(process).items()}


@pytest.mark.parametrize(
    ("elements", "flows", "expected"),
    [
        pytest.param(
            [b.start(), b.user("a"), b.script("x", "n = 1"), b.user("b"), b.end()],
            "s a x b e",
            {"a": "b", "b": ""},
            id="a line",
        ),
        pytest.param(
            [b.start(), b.user("a"), b.xor("g"), b.user("b"), b.user("c"), b.user("d"), b.end()],
            "s a g b c d e; g d",
            {"a": "d", "b": "c d", "c": "d", "d": ""},
            id="the shorter branch",
        ),
        pytest.param(
            [b.start(), b.user("a"), b.xor("g"), b.user("b"), b.end(),
             b.end("x", props=CANCELLED)],
            "s a g b e; g x",
            {"a": "b", "b": ""},
            id="not to an end nobody wishes",
        ),
        pytest.param(
            [b.start(), b.user("a"), b.xor("g"), b.user("b"), b.end(),
             b.end("done", props={"state": "completed"})],
            "s a g e; g b done",
            {"a": "b", "b": ""},
            id="to the end with a business state",
        ),
        pytest.param(
            [b.start(), b.user("a"), b.xor("g"), b.user("b"), b.end()],
            "s a g b e; b g",
            {"a": "b", "b": ""},
            id="a loop is not walked",
        ),
        pytest.param(
            [b.start(), b.user("a"),
             b.sub("in", b.start("t"), b.user("c"), b.end("u"), flows="t c u"),
             b.user("b"), b.end()],
            "s a in b e",
            {"a": "c b", "c": "b", "b": ""},
            id="through a sub-process",
        ),
        pytest.param(
            [b.start(), b.user("a"), b.end(),
             b.event_sub("on", b.start("t", b.event("message", "m")), b.user("c"), b.user("d"),
                         b.end("u"), flows="t c d u")],
            "s a e",
            {"a": "", "c": "", "d": ""},
            id="an event sub-process leads nowhere",
        ),
        pytest.param(
            [b.start(), b.user("a"), b.end(props=CANCELLED)],
            "s a e",
            {"a": ""},
            id="no good end",
        ),
    ],
)  # fmt: skip
def test_the_tasks_on_the_shortest_way_to_a_good_end(elements, flows, expected):
    assert way(*elements, flows=flows) == expected
