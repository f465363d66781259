"""Plays the stories of cases on the kernel; `notation` tells what commands and words mean."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from engine.domain import effects
from tests.conformance.notation import Case, diagnosed
from tests.support.kernel_world import START, World

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_KINDS = {"message": "msg", "signal": "sig"}
_OPENING: dict[type[Any], str] = {
    effects.JobOpened: "jobs",
    effects.TimerSet: "timers",
    effects.MessageAwaited: "awaited",
    effects.IncidentOpened: "incidents",
}
_CLOSING: dict[type[Any], str] = {
    effects.JobClosed: "jobs",
    effects.TimerClosed: "timers",
    effects.MessageClosed: "awaited",
    effects.IncidentClosed: "incidents",
}


class Player:
    """Plays a story on the kernel and says what is there after every command."""

    def __init__(self, subject: Case) -> None:
        self.world = World(subject.drawing, *subject.decisions)
        for process in diagnosed(subject).processes:
            if process.key != "p":
                self.world.library.publish(process.key, subject.drawing, *subject.decisions)
        self.open: dict[str, dict[int, Any]] = {kind: {} for kind in _OPENING.values()}

    def play(self, command: str) -> list[str]:
        """Do a command; what is there afterwards, in the order of `arranged`."""
        verb, *rest = command.split()
        names = [word for word in rest if "=" not in word]
        values = dict(_value(word) for word in rest if "=" in word)
        act = getattr(self, f"_{verb}", None)
        if act is None:
            self._complete(verb, values)
        elif verb in {"wait", "retry", "cancel"}:
            act(*names)
        else:
            act(*names, values=values)
        self._keep()
        return arranged(self._words(values))

    # -- commands --

    def _start(self, *by: str, values: dict[str, Any]) -> None:
        self.world.start(values, message=by[1] if by else None)

    def _complete(self, task: str, values: dict[str, Any]) -> None:
        name, _, index = task.partition(".")
        number = min(
            number
            for number, one in self.world.open.items()
            if one.element_id == name and (not index or one.loop_index == int(index))
        )
        self.world.act("complete_task", number, values)

    def _done(self, job: str, *, values: dict[str, Any]) -> None:
        self.world.act("complete_job", self._number("jobs", job), values)

    def _fail(self, job: str, code: str | None = None, *, values: dict[str, Any]) -> None:
        del values
        self.world.act("fail_job", self._number("jobs", job), code=code, message="It failed.")

    def _get(self, message: str, *, values: dict[str, Any]) -> None:
        assert self.world.act("deliver", message, values), f"nobody took {message}"

    def _lost(self, message: str, *, values: dict[str, Any]) -> None:
        assert not self.world.act("deliver", message, values), f"somebody took {message}"

    def _signal(self, name: str, *, values: dict[str, Any]) -> None:
        del values
        assert self.world.act("signal", name), f"nobody heard {name}"

    def _unheard(self, name: str, *, values: dict[str, Any]) -> None:
        del values
        assert not self.world.act("signal", name), f"somebody heard {name}"

    def _wait(self, length: str) -> None:
        self.world.pass_time(**{_UNITS[length[-1]]: int(length[:-1])})

    def _set(self, *, values: dict[str, Any]) -> None:
        self.world.act("set_variables", values)

    def _retry(self, element: str) -> None:
        self.world.act("retry", self._number("incidents", element))

    def _cancel(self) -> None:
        self.world.act("cancel")

    def _number(self, kind: str, element: str) -> int:
        name, _, skipped = element.partition(".")
        numbers = sorted(
            number for number, one in self.open[kind].items() if one.element_id == name
        )
        return numbers[int(skipped or 0)]

    # -- what is there --

    def _keep(self) -> None:
        for effect in self.world.last:
            if kind := _OPENING.get(type(effect)):
                self.open[kind][effect.number] = effect
            elif kind := _CLOSING.get(type(effect)):
                self.open[kind].pop(effect.number, None)
        run = self.world.run()
        due = [one.due_at for one in self.open["timers"].values() if one.due_at is not None]
        assert run.next_due_at == min(due, default=None), "a restored timer is due otherwise"

    def _words(self, given: dict[str, Any]) -> Iterator[str]:
        for effect in self.world.last:
            yield from _happened(effect, given)
        for task in self.world.open.values():
            yield _numbered(task.element_id, task.loop_index)
        for one in self.open["jobs"].values():
            yield f"job:{one.element_id}"
        for one in self.open["awaited"].values():
            yield f"{_KINDS[one.kind]}:{one.message}@{one.element_id}"
        for one in self.open["timers"].values():
            yield f"{one.element_id}@{_length(one.due_at)}"
        for one in self.open["incidents"].values():
            yield f"incident:{one.element_id}/{one.kind}"


def arranged(words: Iterator[str] | list[str]) -> list[str]:
    """Words in one order: what was thrown as it was thrown, all else by the alphabet."""
    listed = list(words)
    thrown = [word for word in listed if word.startswith(("send:", "cast:"))]
    return [*thrown, *sorted(word for word in listed if word not in thrown)]


def _happened(effect: effects.Effect, given: dict[str, Any]) -> Iterator[str]:
    if isinstance(effect, effects.MessageThrown):
        values = ",".join(f"{name}={_text(value)}" for name, value in effect.payload.items())
        yield f"send:{effect.message}" + (f"({values})" if values else "")
    elif isinstance(effect, effects.SignalThrown):
        yield f"cast:{effect.signal}"
    elif isinstance(effect, effects.VariablesChanged):
        for name, value in effect.values.items():
            if name not in given or given[name] != value:
                yield f"{'in:' if effect.scope else ''}{name}={_text(value)}"
    elif isinstance(effect, effects.InstanceEnded):
        outcome = "" if effect.outcome == "completed" else f"/{effect.outcome}"
        yield f"end:{effect.element_id or '-'}{outcome}"


def _value(word: str) -> tuple[str, Any]:
    name, _, text = word.partition("=")
    try:
        return name, ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return name, text


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, separators=(",", ":"))


def _numbered(element_id: str, index: int | None) -> str:
    return element_id if index is None else f"{element_id}.{index}"


def _length(at: datetime | None) -> str:
    if at is None:
        return "unknown"
    length = at - START
    for unit, name in reversed(_UNITS.items()):
        if length and not length % timedelta(**{name: 1}):
            return f"{length // timedelta(**{name: 1})}{unit}"
    return "0s"
