"""Draws a tree of blocks as BPMN."""

from __future__ import annotations

from collections.abc import Sequence as Many
from datetime import datetime, timedelta
from itertools import pairwise

from tests.support import bpmn_builder as bpmn
from tests.support.token_game.blocks import (
    Block,
    Call,
    Event,
    Fork,
    Guard,
    Guarded,
    Handler,
    Loop,
    Multi,
    Race,
    Scope,
    Sequence,
    Step,
    Stop,
    Timer,
    Wait,
)


class Drawing:
    """The file of a tree of blocks.

    Attributes:
        bpmn: The file; its main process is ``p``.
        called: Keys of the processes it calls.
        lines: Its events and flows, to be read in a failure report.
    """

    def __init__(self, root: Scope, began_at: datetime) -> None:
        self.began_at = began_at
        self.called: list[str] = []
        self.lines: list[str] = []
        self.names: set[str] = set()
        self.processes: list[str] = []
        self.process("p", root)
        self.bpmn = bpmn.diagram(*self.processes, names=" ".join(sorted(self.names)))

    def process(self, key: str, scope: Scope) -> None:
        self.processes.append(bpmn.process(key, *Canvas(self).scope(scope)))

    def definition(self, event: Event) -> str:
        """What the event waits for."""
        timer, kind = event.timer, f"error {event.code}" if event.code else "message"
        if timer is not None:
            kind = f"{timer.form} of {timer.seconds} s, {timer.times or 'ever'}"
        self.lines.append(f"{event.id} = {kind}")
        if event.timer is not None:
            return _timer(event.timer, self.began_at)
        kind, name = ("error", event.code) if event.code else ("message", event.id)
        self.names.add(f"{kind}:{name}")
        return bpmn.event(kind, name)


def _timer(timer: Timer, began_at: datetime) -> str:
    length = f"PT{timer.seconds}S"
    match timer.form:
        case "duration":
            return bpmn.timer(length)
        case "business":
            return bpmn.timer(f"{length}@business")
        case "cycle":
            return bpmn.timer(f"R{timer.times or ''}/{length}", "Cycle")
        case "date":
            at = began_at + timedelta(seconds=timer.seconds)
            return bpmn.timer(at.isoformat(), "Date")


class Canvas:
    """Elements and flows of one scope."""

    def __init__(self, drawing: Drawing) -> None:
        self.drawing = drawing
        self.elements: list[str] = []
        self.flows: list[str] = []

    def scope(self, scope: Scope) -> tuple[str, ...]:
        """Draw the inside of a scope: its elements and flows."""
        begin, finish = f"{scope.id}_s", f"{scope.id}_e"
        return self.inside(scope, bpmn.start(begin), begin, bpmn.end(finish), finish)

    def inside(
        self, scope: Scope, start: str, begin: str, end: str, finish: str
    ) -> tuple[str, ...]:
        first, last = self.block(scope.body)
        self.flows += [f"{begin} {first}", f"{last} {finish}"]
        for handler in scope.handlers:
            self.elements.append(self.handler(handler))
        self.drawing.lines += [f"[{scope.id}]", *self.flows]
        return (start, *self.elements, end, bpmn.sequence("\n".join(self.flows) + "\n"))

    def handler(self, handler: Handler) -> str:
        event, scope = handler.event, handler.scope
        attrs = {} if handler.is_interrupting else {"isInterrupting": "false"}
        start = bpmn.start(event.id, self.drawing.definition(event), attrs=attrs)
        self.drawing.lines.append(
            f"{event.id} {'takes' if handler.is_interrupting else 'beside'} its scope"
        )
        finish = f"{scope.id}_e"
        inside = Canvas(self.drawing).inside(scope, start, event.id, bpmn.end(finish), finish)
        return bpmn.event_sub(scope.id, *inside)

    def block(self, block: Block) -> tuple[str, str]:
        """Draw a block; its first and last node."""
        draw = {
            Sequence: self.sequence,
            Fork: self.fork,
            Loop: self.loop,
            Race: self.race,
            Guarded: self.guarded,
            Stop: self.stop,
        }.get(type(block))
        if draw is not None:
            return draw(block)
        name = self.activity(block)
        return name, name

    def sequence(self, block: Sequence) -> tuple[str, str]:
        ends = [self.block(part) for part in block.parts]
        self.flows += [f"{last} {first}" for (_, last), (first, _) in pairwise(ends)]
        return ends[0][0], ends[-1][1]

    def loop(self, loop: Loop) -> tuple[str, str]:
        name, back, out = loop.id, f"{loop.id}_in", f"{loop.id}_out"
        first, last = self.block(loop.body)
        self.elements += [bpmn.xor(back), bpmn.xor(name, default=f"{name}_{out}"), bpmn.xor(out)]
        self.flows += [
            f"{back} {first}", f"{last} {name}", f"{name} {out}", f"{name} {back} : v_{name} == 1",
        ]  # fmt: skip
        return back, out

    def activity(self, block: Block, inner: str = "") -> str:
        """Draw one activity or catching event; its id."""
        match block:
            case Step(id=name, kind=kind):
                draw = {"user": bpmn.user, "job": bpmn.job}[kind]
                self.elements.append(draw(name, inner=inner))
                return name
            case Wait(event=event, is_task=is_task):
                definition = self.drawing.definition(event)
                if is_task:
                    attrs = {"messageRef": f"message_{event.id}"}
                    self.elements.append(bpmn.node("receiveTask", event.id, attrs=attrs))
                else:
                    self.elements.append(bpmn.catch(event.id, definition))
                return event.id
            case Scope(id=name):
                inside = Canvas(self.drawing).scope(block)
                self.elements.append(bpmn.sub(name, *inside, inner=inner))
                return name
            case Call(id=name, scope=scope):
                self.drawing.called.append(scope.id)
                self.drawing.process(scope.id, scope)
                self.elements.append(bpmn.call(name, scope.id))
                return name
            case Multi(host=host, enough=enough):
                completion = (
                    "<bpmn:completionCondition>"
                    f"${{nrOfCompletedInstances >= {enough}}}</bpmn:completionCondition>"
                    if enough is not None
                    else ""
                )
                each = bpmn.each(
                    f"v_{block.id}", f"item_{block.id}",
                    sequential=block.is_sequential, inner=completion,
                )  # fmt: skip
                return self.activity(host, each)
        raise TypeError(block)

    def fork(self, fork: Fork) -> tuple[str, str]:
        name, join = fork.id, f"{fork.id}_join"
        draw = {"parallel": bpmn.par, "exclusive": bpmn.xor, "inclusive": bpmn.inc}[fork.kind]
        options = {}
        for number, branch in enumerate(fork.branches):
            first, last = (join, name) if branch is None else self.block(branch)
            test = {
                "parallel": "",
                "exclusive": f" : v_{name} == {number}",
                "inclusive": f" : (v_{name} // {2**number}) % 2 == 1",
            }[fork.kind]
            if fork.kind != "parallel" and number == len(fork.branches) - 1:
                test, options = "", {"default": f"{name}_{first}"}
            self.flows.append(f"{name} {first}{test}")
            if branch is not None:
                self.flows.append(f"{last} {join}")
        self.elements += [draw(name, **options), draw(join)]
        return name, join

    def race(self, race: Race) -> tuple[str, str]:
        name, join = race.id, f"{race.id}_join"
        for event, path in race.paths:
            self.elements.append(bpmn.catch(event.id, self.drawing.definition(event)))
            self.flows.append(f"{name} {event.id}")
            self.connect(event.id, path, join)
        self.elements += [bpmn.node("eventBasedGateway", name), bpmn.xor(join)]
        return name, join

    def connect(self, source: str, path: Block | None, target: str) -> None:
        if path is None:
            self.flows.append(f"{source} {target}")
        else:
            first, last = self.block(path)
            self.flows += [f"{source} {first}", f"{last} {target}"]

    def guarded(self, block: Guarded) -> tuple[str, str]:
        host, join = self.activity(block.host), f"{block.id}_join"
        self.elements.append(bpmn.xor(join))
        self.flows.append(f"{host} {join}")
        for guard in block.guards:
            self.guard(host, guard, join)
        return host, join

    def guard(self, host: str, guard: Guard, join: str) -> None:
        event, target = guard.event, join
        definition = self.drawing.definition(event)
        self.drawing.lines.append(
            f"{event.id} {'takes' if guard.is_interrupting else 'beside'} {host}"
        )
        self.elements.append(
            bpmn.boundary(event.id, host, definition, interrupting=guard.is_interrupting)
        )
        if not guard.rejoins:
            target = f"{event.id}_e"
            self.elements.append(bpmn.end(target))
        self.connect(event.id, guard.path, target)

    def stop(self, stop: Stop) -> tuple[str, str]:
        name, target, on = stop.id, f"{stop.id}_end", f"{stop.id}_on"
        inner = ""
        if stop.kind == "terminate":
            inner = bpmn.event("terminate")
        elif stop.kind == "error":
            inner = self.drawing.definition(Event(name, code=stop.code))
        self.elements += [
            bpmn.xor(name, default=f"{name}_{on}"), bpmn.end(target, inner), bpmn.xor(on)
        ]  # fmt: skip
        self.flows += [f"{name} {target} : v_{name} == 1", f"{name} {on}"]
        return name, on


def report(drawing: Drawing, walk: Many[str]) -> str:
    """What a failing walk prints: the model as lines of flows, and the steps taken."""
    return "\n".join(["", *drawing.lines, "walk:", *walk])
