"""Drives the bare library and our kernel with the same small script, and notes what each does.

A script is a text of steps: ``a`` completes the task a (``a{'x': 1}`` with values, written
without blanks), ``+1h`` lets an hour pass, ``!pay`` delivers the message pay. The trace has an
entry for the start and for every step, joined by `` > ``: the open tasks, or ``done``, or
``nothing`` where the instance hangs without anything open; behind a slash the watched elements
that were passed so far. An exception of the library, by its class, ends the trace.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any, Protocol

import time_machine
from SpiffWorkflow.bpmn import BpmnEvent
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.specs.event_definitions import MessageEventDefinition
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.camunda.parser import CamundaParser
from SpiffWorkflow.spiff.parser import SpiffBpmnParser
from SpiffWorkflow.util.task import TaskState

from engine.domain.effects import ElementsPassed, IncidentOpened
from tests.support.kernel_world import START, World

PARSERS = {"bpmn": BpmnParser, "camunda": CamundaParser, "spiff": SpiffBpmnParser}
UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


class Instance(Protocol):
    """One process instance, whoever runs it."""

    def tasks(self) -> Iterable[str]: ...
    def complete(self, task: str, values: Mapping[str, Any]) -> None: ...
    def pass_time(self, length: timedelta) -> None: ...
    def deliver(self, message: str) -> None: ...
    def has_ended(self) -> bool: ...
    def passed(self, element: str) -> bool: ...


class Bare:
    """The library, used as its documentation shows."""

    def __init__(
        self, bpmn: bytes, *dmn: bytes, parser: str, clock: Any, values: Mapping[str, Any]
    ) -> None:
        self.clock = clock
        specs = specs_of(bpmn, *dmn, parser=parser)
        self.workflow = BpmnWorkflow(*specs)
        self.workflow.task_tree.data.update(values)
        self.workflow.do_engine_steps()

    def _ready(self) -> list[Any]:
        return self.workflow.get_tasks(state=TaskState.READY, manual=True)

    def tasks(self) -> Iterable[str]:
        return [re.sub(r" \[child\]$", "", task.task_spec.name) for task in self._ready()]

    def complete(self, task: str, values: Mapping[str, Any]) -> None:
        one = self._ready()[list(self.tasks()).index(task)]
        one.data.update(values)
        one.run()
        self.workflow.do_engine_steps()

    def pass_time(self, length: timedelta) -> None:
        # A timer of the library fires only when its time has passed.
        self.clock.shift(length + timedelta(seconds=1))
        self.workflow.refresh_timers()
        self.workflow.do_engine_steps()

    def deliver(self, message: str) -> None:
        self.workflow.catch(BpmnEvent(MessageEventDefinition(message), {}))
        self.workflow.do_engine_steps()

    def has_ended(self) -> bool:
        return self.workflow.completed

    def passed(self, element: str) -> bool:
        return bool(self.workflow.get_tasks(spec_name=element, state=TaskState.COMPLETED))


class Ours:
    """Our compiler and kernel, saved and restored at every step."""

    def __init__(self, bpmn: bytes, *dmn: bytes, values: Mapping[str, Any]) -> None:
        self.world = World(bpmn, *dmn)
        for called in re.findall(rb'<bpmn:process id="(\w+)"', bpmn):
            self.world.library.publish(called.decode(), bpmn, *dmn)
        self.world.start(values)

    def tasks(self) -> Iterable[str]:
        incidents = [f"incident:{one.kind}" for one in self.world.of(IncidentOpened)]
        return self.world.tasks() + incidents

    def complete(self, task: str, values: Mapping[str, Any]) -> None:
        self.world.complete(task, **values)

    def pass_time(self, length: timedelta) -> None:
        self.world.pass_time(seconds=length.total_seconds() + 1)

    def deliver(self, message: str) -> None:
        self.world.act("deliver", message, {})

    def has_ended(self) -> bool:
        return self.world.is_ended

    def passed(self, element: str) -> bool:
        return any(element in one.element_ids for one in self.world.of(ElementsPassed))


def specs_of(bpmn: bytes, *dmn: bytes, parser: str = "bpmn") -> tuple[Any, Any]:
    """What the library builds of a file: the process ``p`` and those inside it."""
    reader = PARSERS[parser]()
    reader.add_bpmn_str(bpmn)
    for one in dmn:
        reader.add_dmn_str(one)
    return reader.get_spec("p"), reader.get_subprocess_specs("p")


def bare_trace(
    bpmn: bytes, steps: str, *dmn: bytes, parser: str = "bpmn", watch: str = "",
    values: Mapping[str, Any] | None = None,
) -> str:  # fmt: skip
    """What the library does."""
    with time_machine.travel(START, tick=False) as clock, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        entries: list[str] = []
        try:
            instance = Bare(bpmn, *dmn, parser=parser, clock=clock, values=values or {})
            _walk(instance, steps, watch, entries)
        except Exception as error:  # noqa: BLE001 - the library raises whatever it meets
            entries.append(type(error).__name__)
        return " > ".join(entries)


def our_trace(
    bpmn: bytes, steps: str, *dmn: bytes, watch: str = "",
    values: Mapping[str, Any] | None = None,
) -> str:  # fmt: skip
    """What our kernel does."""
    entries: list[str] = []
    _walk(Ours(bpmn, *dmn, values=values or {}), steps, watch, entries)
    return " > ".join(entries)


def _walk(instance: Instance, steps: str, watch: str, entries: list[str]) -> None:
    entries.append(_entry(instance, watch))
    for step in steps.split():
        try:
            _act(instance, step)
        except NotOpenError:
            entries.append(f"{step} is not open")
            return
        entries.append(_entry(instance, watch))


class NotOpenError(Exception):
    """The script completes a task that is not open."""


def _act(instance: Instance, step: str) -> None:
    if step[0] == "+":
        instance.pass_time(timedelta(**{UNITS[step[-1]]: int(step[1:-1])}))
    elif step[0] == "!":
        instance.deliver(step[1:])
    else:
        task, _, values = step.partition("{")
        if task not in instance.tasks():
            raise NotOpenError
        instance.complete(task, ast.literal_eval("{" + values) if values else {})


def _entry(instance: Instance, watch: str) -> str:
    tasks = ",".join(sorted(instance.tasks()))
    entry = tasks or ("done" if instance.has_ended() else "nothing")
    passed = [element for element in watch.split() if instance.passed(element)]
    return f"{entry}/{','.join(passed)}" if passed else entry
