"""How long checking takes: one large diagram, many small files, and deep or long drawings."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from engine.ports.deployment import DefinitionFiles
from engine.workflow.compiler.published import compile_definition
from engine.workflow.kernel import SpiffKernel
from tests.benchmarks.figures import Figure
from tests.support.bpmn_builder import (
    boundary,
    diagram,
    end,
    job,
    lanes,
    model,
    par,
    parameters,
    process,
    script,
    start,
    sub,
    timer,
    user,
    xor,
)
from tests.support.kernel_world import Library

_SECTIONS = 25
_SMALL_FILES = 1000
_CHAIN = 10_000
_DEPTH = 60
_REPEATS = 3


def large(sections: int = _SECTIONS) -> bytes:
    """A diagram in the manner of provisioning: 20 elements and 20 flows per section."""
    elements: list[str] = [start(), end()]
    flows = ["s a0"]
    for n in range(sections):
        following = f"a{n + 1}" if n + 1 < sections else "e"
        elements += [
            user(f"a{n}", formKey=f"form{n}", candidateGroups="desk", dueDate="P1D",
                 props={"name:en": f"Ask {n}", "taskClock": "order"}),
            boundary(f"t{n}", f"a{n}", timer("R/PT4H", "Cycle"), interrupting=False),
            job(f"n{n}", "notify", ext=parameters({"to": "${customer}", "no": "${a + 1}"})),
            end(f"ne{n}"),
            xor(f"g{n}", default=f"g{n}_f{n}"), script(f"c{n}", "a = (a or 0) + 1"),
            par(f"f{n}"), user(f"l{n}", assignee="${who}"), job(f"r{n}", "work"), par(f"j{n}"),
            xor(f"m{n}"), xor(f"b{n}", default=f"b{n}_x{n}"),
            sub(f"x{n}", start(f"xs{n}"), user(f"xu{n}"), job(f"xj{n}", "work"), end(f"xe{n}"),
                flows=f"xs{n} xu{n} xj{n} xe{n}"),
            boundary(f"d{n}", f"x{n}", timer("${clock('order', '75%')}", "Date")),
            user(f"h{n}"), xor(f"y{n}"),
        ]  # fmt: skip
        flows += [
            f"a{n} g{n}", f"t{n} n{n} ne{n}", f"g{n} c{n} : a > {n} and ok == 'yes'",
            f"g{n} f{n}", f"c{n} m{n}", f"f{n} l{n} j{n}", f"f{n} r{n} j{n}", f"j{n} m{n}",
            f"m{n} b{n}", f"b{n} x{n}", f"b{n} h{n} : ${{amount ge 100}}", f"x{n} y{n}",
            f"d{n} h{n}", f"h{n} y{n}", f"y{n} {following}",
        ]  # fmt: skip
    work = " ".join(f"a{n} l{n} h{n}" for n in range(sections))
    return model(lanes(desk=work), *elements, flows="; ".join(flows))


def small(number: int) -> bytes:
    """A file with one process of six elements."""
    return diagram(
        process(
            f"p{number}", start("s"), user("a", dueDate="P1D"), xor("g", default="g_b"),
            job("b"), end("e"), flows="s a g; g b; g e : x > 1; b e",
        )
    )  # fmt: skip


def chain(length: int = _CHAIN) -> bytes:
    """User tasks one behind the other."""
    names = [f"u{n}" for n in range(length)]
    return model(start(), *map(user, names), end(), flows=" ".join(["s", *names, "e"]))


def nested(depth: int = _DEPTH) -> bytes:
    """Sub-processes inside each other."""
    inner = user("u")
    inside = "u"
    for n in range(depth):
        inner = sub(f"b{n}", start(f"s{n}"), inner, end(f"e{n}"), flows=f"s{n} {inside} e{n}")
        inside = f"b{n}"
    return model(start(), inner, end(), flows=f"s {inside} e")


def figures() -> list[Figure]:
    """All figures about checking."""
    kernel = SpiffKernel(Library())
    big, files = large(), [small(n) for n in range(_SMALL_FILES)]
    elements = len(kernel.diagnose({"a.bpmn": big}).elements["p"])
    reference = _seconds(lambda: compile_definition(_files("p", big)))
    checked = _seconds(lambda: kernel.diagnose({"a.bpmn": big}))
    each = _seconds(lambda: [kernel.diagnose({"a.bpmn": one}) for one in files], repeats=1)
    together = _seconds(
        lambda: kernel.diagnose({f"{n}.bpmn": one for n, one in enumerate(files)}), repeats=1
    )
    long = chain()
    straight = _seconds(lambda: kernel.diagnose({"a.bpmn": long}), repeats=1)
    return [
        Figure.at_most(
            f"checking a diagram of {elements} elements", checked * 1000, "ms", 1000,
            ratio=f"{checked / reference:.1f} times compiling it when published",
        ),
        Figure.at_most(f"checking {_SMALL_FILES} small files one by one", each, "s", 20),
        Figure.at_most(f"checking {_SMALL_FILES} small files together", together, "s", 20),
        Figure.at_most(f"checking a chain of {_CHAIN:,} tasks", straight, "s", 20),
        Figure.at_most(
            f"checking {_DEPTH} nested sub-processes",
            _seconds(lambda: kernel.diagnose({"a.bpmn": nested()})) * 1000, "ms", 1000,
        ),
    ]  # fmt: skip


def _files(key: str, data: bytes) -> DefinitionFiles:
    return DefinitionFiles(id=1, key=key, version=1, bpmn=data)


def _seconds(work: Callable[[], Any], *, repeats: int = _REPEATS) -> float:
    """Least seconds of some repetitions."""
    lengths = []
    for _ in range(repeats):
        before = time.perf_counter()
        work()
        lengths.append(time.perf_counter() - before)
    return min(lengths)
