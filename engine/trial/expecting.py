"""Compares a trial with what a model test expects of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

import msgspec

from engine.domain import effects
from engine.trial.cases import Expectation
from engine.trial.clocks import task_clock
from engine.trial.trial import Trial


class Mismatch(msgspec.Struct, frozen=True, kw_only=True):
    """Something is otherwise than expected, in English and Chinese."""

    en: str
    zh: str

    @classmethod
    def between(cls, what: tuple[str, str], expected: object, fact: object) -> Mismatch:
        """What should be and what is."""
        en, zh = what
        if isinstance(fact, datetime) and isinstance(expected, datetime):
            fact = fact.astimezone(expected.tzinfo)
        gap = " " if zh[-1].isascii() else ""
        return cls(
            en=f"Expected {en} to be {_shown(expected)}, but it is {_shown(fact)}.",
            zh=f"{zh}{gap}应为 {_shown(expected)}，实际为 {_shown(fact)}。",
        )


def compare(trial: Trial, expected: Expectation) -> tuple[Mismatch, ...]:
    """Everything that is otherwise than expected; an incident nobody expects is, too."""
    found: list[Mismatch] = []
    for name, comparison in _COMPARISONS.items():
        wanted = getattr(expected, name)
        if wanted is not None:
            found += comparison(trial, wanted)
    if expected.incidents is None:
        found += _incidents(trial, {})
    return tuple(found)


def _tasks(trial: Trial, wanted: dict[str, str | None] | list[str]) -> Iterator[Mismatch]:
    what = ("the open tasks", "待办任务")
    tasks = list(trial.tasks.values())
    names = list(wanted)
    left = [task.element_id for task in tasks]
    # Tasks go by the names that the test uses for them.
    fact = sorted(
        next((name for name in _names(task) if name in wanted), task.element_id) for task in tasks
    )
    for name in names:
        match = next((task for task in tasks if name in _names(task)), None)
        if match is None or match.element_id not in left:
            yield Mismatch.between(what, sorted(names), fact)
            return
        left.remove(match.element_id)
    if left:
        yield Mismatch.between(what, sorted(names), fact)
        return
    if isinstance(wanted, dict):
        for name, whose in wanted.items():
            task = next(task for task in tasks if name in _names(task))
            groups = ",".join(task.candidate_groups)
            at_unit = f"{groups}@{task.properties.get('unit') or 'order'}"
            if whose is not None and whose not in {groups, at_unit}:
                met = at_unit if "@" in whose else groups
                yield Mismatch.between((f"the group of {name}", f"{name} 的角色"), whose, met)


def _names(task: effects.TaskOpened) -> tuple[str, ...]:
    return task.element_id, task.name, task.name_en


def _jobs(trial: Trial, wanted: list[str]) -> Iterator[Mismatch]:
    fact = sorted(job.topic for job in trial.jobs.values())
    yield from _equal(("the topics of open jobs", "未完成的外部任务主题"), sorted(wanted), fact)


def _awaits(trial: Trial, wanted: list[str]) -> Iterator[Mismatch]:
    fact = sorted({one.message for one in trial.awaited.values()})
    if not set(wanted) <= set(fact):
        yield Mismatch.between(("what is awaited", "等待的消息"), wanted, fact)


def _sent(trial: Trial, wanted: list[str]) -> Iterator[Mismatch]:
    fact = [
        one.what.message if isinstance(one.what, effects.MessageThrown) else one.what.signal
        for one in trial.trace
        if isinstance(one.what, effects.MessageThrown | effects.SignalThrown)
    ]
    yield from _equal(("what was sent", "已发出的消息"), wanted, fact)


def _timers(trial: Trial, wanted: Mapping[str, datetime | None]) -> Iterator[Mismatch]:
    due = {timer.element_id: timer.due_at for timer in trial.timers.values()}
    for element, at in wanted.items():
        what = (f"the due time of timer {element}", f"定时器 {element} 的到期时间")
        if element not in due:
            yield Mismatch.between(what, at, "–")
        else:
            yield from _equal(what, at, due[element])


def _clocks(trial: Trial, wanted: Mapping[str, datetime | None]) -> Iterator[Mismatch]:
    tasks = {task.element_id: number for number, task in trial.tasks.items()}
    for name, at in wanted.items():
        key = task_clock(tasks[name]) if name in tasks else name
        what = (f"the deadline of {name}", f"{name} 的截止时间")
        yield from _equal(what, at, trial.clocks.deadline(key))


def _variables(trial: Trial, wanted: Mapping[str, Any]) -> Iterator[Mismatch]:
    variables = trial.variables
    for name, value in wanted.items():
        what = (f"variable {name}", f"变量 {name}")
        yield from _equal(what, value, variables.get(name))


def _state(trial: Trial, wanted: str) -> Iterator[Mismatch]:
    entered = [effect.state for effect in trial.seen(effects.StateEntered)]
    if trial.ended is not None and trial.ended.state:
        entered.append(trial.ended.state)
    yield from _equal(("the state", "状态"), wanted, entered[-1] if entered else None)


def _milestones(trial: Trial, wanted: list[str]) -> Iterator[Mismatch]:
    fact = [effect.milestone for effect in trial.seen(effects.MilestoneReached)]
    yield from _equal(("the milestones", "里程碑"), wanted, fact)


def _passed(trial: Trial, wanted: list[str]) -> Iterator[Mismatch]:
    missing = [element for element in wanted if element not in _walked(trial)]
    if missing:
        yield Mismatch.between(("the elements not passed", "未经过的流程节点"), [], missing)


def _avoided(trial: Trial, wanted: list[str]) -> Iterator[Mismatch]:
    met = [element for element in wanted if element in _walked(trial)]
    if met:
        yield Mismatch.between(("the elements to avoid", "不应经过而经过的流程节点"), [], met)


def _walked(trial: Trial) -> set[str]:
    return {id_ for one in trial.seen(effects.ElementsPassed) for id_ in one.element_ids}


def _incidents(trial: Trial, wanted: Mapping[str, str]) -> Iterator[Mismatch]:
    found = trial.incidents.values()
    fact = {incident.element_id: incident.kind for incident in found}
    if fact != wanted:
        told = "; ".join(incident.message for incident in found)
        shown = f"{_shown(fact)} ({told})" if told else fact
        yield Mismatch.between(("the incidents", "异常"), wanted, shown)


def _ended(trial: Trial, wanted: bool | str) -> Iterator[Mismatch]:
    if isinstance(wanted, str):
        fact = trial.ended.element_id if trial.ended else None
        yield from _equal(("its end event", "结束事件"), wanted, fact)
    else:
        yield from _equal(("its being ended", "是否已结束"), wanted, trial.ended is not None)


def _equal(what: tuple[str, str], wanted: object, fact: object) -> Iterator[Mismatch]:
    if _plain(wanted) != _plain(fact):
        yield Mismatch.between(what, wanted, fact)


def _plain(value: object) -> object:
    """True is not 1, inside lists and objects too; instants are equal whatever their zone."""
    if isinstance(value, bool):
        return ("bool", value)
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    return value


def _shown(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, str):
        return value
    return msgspec.json.encode(value, enc_hook=str).decode()


_COMPARISONS: Final[Mapping[str, Callable[[Trial, Any], Iterator[Mismatch]]]] = {
    "tasks": _tasks,
    "jobs": _jobs,
    "awaits": _awaits,
    "sent": _sent,
    "timers": _timers,
    "clocks": _clocks,
    "variables": _variables,
    "state": _state,
    "milestones": _milestones,
    "passed": _passed,
    "avoided": _avoided,
    "incidents": _incidents,
    "ended": _ended,
}
