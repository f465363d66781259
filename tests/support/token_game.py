"""Random well-formed diagrams, and the simplest token game that says how they must run.

The game knows nothing of the kernel: a marking is a bag of flows, a node fires when the flows
into it are marked. It is right by inspection, and slow.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from tests.support.bpmn_builder import end, inc, job, model, par, start, sub, user, xor


class Drawing:
    """A random well-formed diagram.

    Attributes:
        kinds: Kind of every node.
        flows: (source, target, condition) of every flow, conditions as (variable, value).
        pairs: Inclusive join to its split.
        variables: What the decisions look at.
    """

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.kinds: dict[str, str] = {"s": "start", "e": "end"}
        self.flows: list[tuple[str, str, tuple[str, int] | None]] = []
        self.pairs: dict[str, str] = {}
        self.variables: dict[str, int] = {}
        self.defaults: set[str] = set()
        self.count = 0
        self.budget = self.random.randint(4, 18)
        self.scopes: list[list[str]] = [[]]
        self.scope_flows: list[list[tuple[str, str, tuple[str, int] | None]]] = [[]]
        first, last = self._sequence(self.random.randint(1, 4))
        self._flow("s", first)
        self._flow(last, "e")
        self.bpmn = model(start(), *self.scopes[0], end(), flows=_lines(self.scope_flows[0]))

    def _new(self, kind: str, **attrs: str) -> str:
        self.count += 1
        name = f"{kind}{self.count}"
        self.kinds[name] = kind
        drawn = {"u": user, "j": job, "x": xor, "p": par, "i": inc}
        if kind in drawn:
            attrs = {key: value.replace("*", name) for key, value in attrs.items()}
            self.scopes[-1].append(drawn[kind](name, **attrs))
        return name

    def _flow(self, source: str, target: str, condition: tuple[str, int] | None = None) -> None:
        self.flows.append((source, target, condition))
        self.scope_flows[-1].append((source, target, condition))

    def _block(self, depth: int) -> tuple[str, str]:
        """A part with one way in and one way out: its first and last node."""
        kinds = ["task"] if depth == 0 or self.budget <= 0 else [
            "task", "sequence", "parallel", "parallel", "exclusive", "inclusive", "inclusive",
            "loop", "loop", "scope",
        ]  # fmt: skip
        self.budget -= 1
        build = getattr(self, f"_{self.random.choice(kinds)}")
        first, last = build(depth - 1)
        return first, last

    def _task(self, depth: int) -> tuple[str, str]:
        name = self._new(self.random.choice("uuuj"))
        return name, name

    def _sequence(self, depth: int) -> tuple[str, str]:
        parts = [self._block(depth) for _ in range(self.random.randint(2, 3))]
        for (_, last), (first, _) in pairwise(parts):
            self._flow(last, first)
        return parts[0][0], parts[-1][1]

    def _branches(self, depth: int, split: str, join: str, conditional: bool) -> None:
        variable = f"v_{split}"
        if conditional:
            self.variables[variable] = 0
        number = self.random.randint(2, 3)
        empty = self.random.randrange(number) if self.random.random() < 0.4 else None
        for branch in range(number):
            # The last branch is the default one and has no condition.
            condition = (variable, branch) if conditional and branch < number - 1 else None
            if branch == number - 1 and conditional:
                through = self._new("u") if empty == branch else None
                first, last = (through, through) if through else self._block(depth)
                self.defaults.add(f"{split}_{first}")
            elif branch == empty:
                self._flow(split, join, condition)
                continue
            else:
                first, last = self._block(depth)
            self._flow(split, first, condition)
            self._flow(last, join)

    def _parallel(self, depth: int) -> tuple[str, str]:
        split, join = self._new("p"), self._new("p")
        self._branches(depth, split, join, False)
        return split, join

    def _exclusive(self, depth: int) -> tuple[str, str]:
        split, join = self._decision("x"), self._new("x")
        self._branches(depth, split, join, True)
        self._set_default(split)
        return split, join

    def _inclusive(self, depth: int) -> tuple[str, str]:
        split, join = self._decision("i"), self._new("i")
        self.pairs[join] = split
        self._branches(depth, split, join, True)
        self._set_default(split)
        return split, join

    def _decision(self, kind: str) -> str:
        self.count += 1
        name = f"{kind}{self.count}"
        self.kinds[name] = kind
        self.scopes[-1].append("")  # drawn when its default flow is known
        return name

    def _set_default(self, split: str) -> None:
        default = next(one for one in self.defaults if one.startswith(f"{split}_"))
        draw = xor if split[0] == "x" else inc
        self.scopes[-1].append(draw(split, default=default))

    def _loop(self, depth: int) -> tuple[str, str]:
        merge, split = self._new("x"), self._decision("x")
        out = self._new("x")
        first, last = self._block(depth)
        work = self._new("u")  # a loop without a wait state has no end
        variable = f"v_{split}"
        self.variables[variable] = 0
        self._flow(merge, first)
        self._flow(last, work)
        self._flow(work, split)
        self._flow(split, merge, (variable, 1))
        self._flow(split, out)
        self.defaults.add(f"{split}_{out}")
        self._set_default(split)
        return merge, out

    def _scope(self, depth: int) -> tuple[str, str]:
        name = self._new("sub")
        inner_start, inner_end = f"{name}_s", f"{name}_e"
        self.scopes.append([])
        self.scope_flows.append([])
        first, last = self._block(depth)
        self._flow(inner_start, first)
        self._flow(last, inner_end)
        elements, flows = self.scopes.pop(), self.scope_flows.pop()
        self.scopes[-1].append(
            sub(name, start(inner_start), *elements, end(inner_end), flows=_lines(flows))
        )
        # For the game the border of a scope is one more node to pass.
        self.kinds |= {inner_start: "pass", inner_end: "pass"}
        return name, name

    def decide(self, chance: random.Random, *, over: bool) -> dict[str, int]:
        """Values of all decisions; ``over`` leaves every loop."""
        return {name: 0 if over else chance.choice([0, 0, 1, 2, 3]) for name in self.variables}


def holds(split: str, condition: tuple[str, int], values: Mapping[str, Any]) -> bool:
    """Whether a flow is taken: inclusive decisions look at bits, exclusive ones at the number."""
    variable, branch = condition
    if split[0] == "i":
        return (values[variable] >> branch) % 2 == 1
    return values[variable] == branch


def _lines(flows: list[tuple[str, str, tuple[str, int] | None]]) -> str:
    lines = []
    for source, target, condition in flows:
        text = ""
        if condition is not None:
            variable, branch = condition
            text = (
                f" : ({variable} // {2**branch}) % 2 == 1"
                if source[0] == "i"
                else f" : {variable} == {branch}"
            )
        lines.append(f"{source} {target}{text}")
    return "\n".join(lines)


class TokenGame:
    """The game on one drawing."""

    def __init__(self, drawing: Drawing, values: Mapping[str, int]) -> None:
        self.drawing = drawing
        self.marked: Counter[tuple[str, str]] = Counter()
        self.chosen: dict[str, set[tuple[str, str]]] = {}
        self.open: Counter[str] = Counter()
        self.inside: Counter[str] = Counter()
        self._leave("s", values)
        self._play(values)

    def _out(self, name: str) -> list[tuple[str, str, tuple[str, int] | None]]:
        return [flow for flow in self.drawing.flows if flow[0] == name]

    def _in(self, name: str) -> list[tuple[str, str]]:
        return [flow[:2] for flow in self.drawing.flows if flow[1] == name]

    def complete(self, name: str, values: Mapping[str, int]) -> None:
        """Somebody completes a task."""
        assert self.open[name] > 0
        self.open -= Counter([name])
        self._leave(name, values)
        self._play(values)

    def _leave(self, name: str, values: Mapping[str, int]) -> None:
        flows = self._out(name)
        if name[0] in "xi" and len(flows) > 1:
            taken = [flow for flow in flows if flow[2] and holds(name, flow[2], values)]
            taken = taken or [flow for flow in flows if flow[2] is None]
            flows = taken[:1] if name[0] == "x" else taken
            for join, split in self.drawing.pairs.items():
                if split == name:
                    self.chosen[join] = {flow[:2] for flow in flows}
        for flow in flows:
            self.marked[flow[:2]] += 1

    def _play(self, values: Mapping[str, int]) -> None:
        while self._fire_one(values):
            pass

    def _fire_one(self, values: Mapping[str, int]) -> bool:
        for name, kind in self.drawing.kinds.items():
            into = self._in(name)
            ready = [flow for flow in into if self.marked[flow]]
            if not ready:
                continue
            if kind == "p" and len(ready) < len(into):
                continue
            if name in self.drawing.pairs and len(ready) < len(self.chosen[name]):
                continue
            joins = kind == "p" or name in self.drawing.pairs
            for flow in ready if joins else ready[:1]:
                self.marked[flow] -= 1
            self._enter(name, kind, values)
            return True
        return False

    def _enter(self, name: str, kind: str, values: Mapping[str, int]) -> None:
        if kind in "uj":
            self.open[name] += 1
        elif kind == "sub":
            self._leave(f"{name}_s", values)
        elif name.endswith("_e"):
            self._leave(name.removesuffix("_e"), values)
        else:
            self._leave(name, values)

    @property
    def is_ended(self) -> bool:
        """Whether no token is left."""
        return not +self.open and not +self.marked
