"""A trace told to people: one line per thing that happened, in Chinese or English."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import singledispatchmethod
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

import msgspec

from engine.domain import effects as e
from engine.trial.trace import Acted, ClockSet, Happened, Trouble

Language = Literal["zh", "en"]
#: A value is cut after so many characters.
_LONGEST: Final = 80
#: Texts that can be told without quotes.
_PLAIN: Final = re.compile(
    r"(?!(?:true|false|null|[-+]?[\d.]+)$)[^\s,，=\"{}\[\]][^,，=\"{}\[\]]*"
)


class Narrator:
    """Tells a trace line by line.

    Args:
        language: Of the sentences.
        zone: Zone of the times shown.

    Attributes:
        margin: Columns before the sentences, where the time stands.
    """

    def __init__(self, language: Language, zone: ZoneInfo) -> None:
        self.language = language
        # A Chinese weekday is as wide as four letters.
        self.margin = 23 if language == "zh" else 22
        self._zone = zone
        self._names: dict[int, str] = {}
        self._elements: dict[str, str] = {}
        self._clocks: dict[int, ClockSet] = {}
        self._entered: Mapping[str, Any] = {}

    def told(self, trace: Sequence[Happened]) -> Iterator[str]:
        """Lines with the time in front; a time that repeats is left out."""
        self._clocks = {
            one.what.task: one.what
            for one in trace
            if isinstance(one.what, ClockSet) and one.what.task is not None
        }
        shown = ""
        for one in _settled(trace):
            text = self._sentence(one.what)
            if text is None:
                continue
            time = self.time(one.at)
            yield f"{time}  {text}" if time != shown else f"{' ' * self.margin}{text}"
            shown = time

    def time(self, at: datetime) -> str:
        """Wall time to the minute, with the day of the week."""
        there = at.astimezone(self._zone)
        chinese = f"周{'一二三四五六日'[there.weekday()]}"
        day = chinese if self.language == "zh" else f"{there:%a}"
        return f"{there:%Y-%m-%d} {day} {there:%H:%M}"

    @singledispatchmethod
    def _sentence(self, _what: object) -> str | None:
        """One sentence; None for what is not told."""
        return None

    # ---- words ------------------------------------------------------------------------------

    def _say(self, en: str, zh: str) -> str:
        return zh if self.language == "zh" else en

    def _named(self, element: str, name: str, name_en: str = "") -> str:
        wanted = name if self.language == "zh" else name_en or name
        told = f"{wanted} ({element})" if wanted and wanted != element else element
        return self._elements.setdefault(element, told)

    def _element(self, element: str) -> str:
        return self._elements.get(element, element)

    def _values(self, values: Mapping[str, Any], lead: str = "") -> str:
        told = self._say(", ", "，").join(f"{name}={_value(one)}" for name, one in values.items())
        return f"{lead}{told}" if told else ""

    def _after(self, values: Mapping[str, Any]) -> str:
        return self._values(values, self._say(": ", "："))

    # ---- one kind each ----------------------------------------------------------------------

    @_sentence.register
    def _(self, task: e.TaskOpened) -> str:
        name = self._named(task.element_id, task.name, task.name_en)
        self._names[task.number] = name
        people = [*task.candidate_groups, *task.candidate_users, task.assignee]
        who = ",".join(one for one in people if one) or self._say("nobody", "无人")
        unit = str(task.properties.get("unit") or "order")
        parts = [self._say(f"task {name} → {who}@{unit}", f"任务 {name} → {who}@{unit}")]
        if task.form_key:
            parts.append(self._say(f"form {task.form_key}", f"表单 {task.form_key}"))
        clock = self._clocks.get(task.number)
        if clock is not None and clock.due_at is not None:
            due = f"{self.time(clock.due_at)} ({clock.level})"
            parts.append(self._say(f"due {due}", f"时限至 {due}"))
        if task.due_at:
            due = self.time(task.due_at)
            parts.append(self._say(f"due date {due}", f"到期日 {due}"))
        if task.loop_index is not None:
            number = task.loop_index + 1
            parts.append(self._say(f"number {number} of several", f"多实例的第 {number} 个"))
        barred = task.properties.get("notSamePersonAs")
        if barred:
            other = self._element(str(barred))
            parts.append(self._say(f"not for who completed {other}", f"办结 {other} 的人须回避"))
        if task.properties.get("skipSameHandler") in (True, "true"):
            parts.append(
                self._say(
                    "done by itself if who did the step before may do it, too",
                    "上一步的办理人也能办理本步时自动跳过",
                )
            )
        return self._say("; ", "；").join(parts)

    @_sentence.register
    def _(self, task: e.TaskClosed) -> str | None:
        if task.reason == "completed":
            return None
        name = self._names.get(task.number, str(task.number))
        return self._say(f"task {name} is taken away", f"任务 {name} 被收回")

    @_sentence.register
    def _(self, job: e.JobOpened) -> str:
        name = self._named(job.element_id, job.name)
        told = self._after(job.inputs)
        return self._say(
            f"job {name}, topic {job.topic}{told}", f"外部任务 {name}，主题 {job.topic}{told}"
        )

    @_sentence.register
    def _(self, timer: e.TimerSet) -> str:
        name = self._named(timer.element_id, timer.name)
        if timer.due_at is None:
            return self._say(
                f"timer {name} rests: its clock does not run", f"定时器 {name} 暂停：其时限未运行"
            )
        due = self.time(timer.due_at)
        return self._say(f"timer {name} is due {due}", f"定时器 {name} 将于 {due} 触发")

    @_sentence.register
    def _(self, timer: e.TimerFired) -> str:
        name = self._element(timer.element_id)
        return self._say(f"timer {name} fires", f"定时器 {name} 触发")

    @_sentence.register
    def _(self, awaited: e.MessageAwaited) -> str:
        name = self._named(awaited.element_id, awaited.name)
        return self._say(
            f"waits for {awaited.kind} {awaited.message} at {name}",
            f"在 {name} 等待{_KINDS[awaited.kind]} {awaited.message}",
        )

    @_sentence.register
    def _(self, received: e.MessageReceived) -> str:
        name = self._element(received.element_id)
        return self._say(
            f"{received.kind} {received.message} is taken by {name}",
            f"{_KINDS[received.kind]} {received.message} 由 {name} 接收",
        )

    @_sentence.register
    def _(self, sent: e.MessageThrown) -> str:
        told = self._after(sent.payload)
        return self._say(f"sends message {sent.message}{told}", f"发出消息 {sent.message}{told}")

    @_sentence.register
    def _(self, sent: e.SignalThrown) -> str:
        return self._say(f"sends signal {sent.signal}", f"发出信号 {sent.signal}")

    @_sentence.register
    def _(self, reached: e.MilestoneReached) -> str:
        return self._say(f"milestone {reached.milestone}", f"里程碑 {reached.milestone}")

    @_sentence.register
    def _(self, entered: e.StateEntered) -> str:
        return self._say(f"state {entered.state}", f"业务状态 {entered.state}")

    @_sentence.register
    def _(self, clock: ClockSet) -> str | None:
        if clock.task is not None:
            return None  # the line of its task tells it
        due = self._say("an unknown time", "未知时间")
        due = due if clock.due_at is None else self.time(clock.due_at)
        return self._say(
            f"clock {clock.clock} runs until {due} ({clock.level})",
            f"时限 {clock.clock} 开始，至 {due} ({clock.level})",
        )

    @_sentence.register
    def _(self, clock: e.ClockStopped) -> str:
        return self._say(f"clock {clock.clock} stops", f"时限 {clock.clock} 停止")

    @_sentence.register
    def _(self, incident: e.IncidentOpened) -> str:
        name, kind = self._element(incident.element_id), incident.kind
        zh = incident.message_zh or incident.message
        return self._say(
            f"INCIDENT at {name} ({kind}): {incident.message}",
            f"异常：{name}（{_TROUBLES.get(kind, kind)}）：{zh}",
        )

    @_sentence.register
    def _(self, changed: e.VariablesChanged) -> str | None:
        """What somebody has just entered is not told twice."""
        news = {
            name: value
            for name, value in changed.values.items()
            if name not in self._entered or self._entered[name] != value
        }
        told = self._values(news)
        return self._say(f"variables: {told}", f"变量：{told}") if told else None

    @_sentence.register
    def _(self, ended: e.InstanceEnded) -> str:
        where = ended.element_id and self._element(ended.element_id)
        parts = [
            self._say(f"ended: {ended.outcome}", f"结束：{_OUTCOMES[ended.outcome]}"),
            self._say(f"at {where}", f"结束事件 {where}") if where else "",
            self._say(f"state {ended.state}", f"业务状态 {ended.state}") if ended.state else "",
        ]
        return self._say(", ", "，").join(part for part in parts if part)

    @_sentence.register
    def _(self, acted: Acted) -> str:
        self._entered = acted.values
        name = self._named(acted.subject, acted.name, acted.name_en)
        en, zh = _DEEDS[acted.deed]
        made_up = ""
        if acted.is_assumed and (acted.values or acted.deed != "completed"):
            made_up = self._say(" (made up)", "（自动）")
        return f"▸ {self._say(en, zh)} {name}{made_up}{self._after(acted.values)}"

    @_sentence.register
    def _(self, trouble: Trouble) -> str:
        return self._say(f"TROUBLE: {trouble.message}", f"问题：{trouble.message_zh}")


def _settled(trace: Sequence[Happened]) -> Iterator[Happened]:
    """The trace without timers that are set again at the same instant: only the last counts."""
    last = {
        (one.at, one.what.number): position
        for position, one in enumerate(trace)
        if isinstance(one.what, e.TimerSet)
    }
    for position, one in enumerate(trace):
        if not isinstance(one.what, e.TimerSet) or last[one.at, one.what.number] == position:
            yield one


def _value(value: object) -> str:
    if isinstance(value, str) and _PLAIN.fullmatch(value):
        text = value
    else:
        text = msgspec.json.encode(value, enc_hook=str).decode()
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


_KINDS: Final = {"message": "消息", "signal": "信号"}
_OUTCOMES: Final = {"completed": "已完成", "cancelled": "已取消", "terminated": "已终止"}
_DEEDS: Final = {
    "started": ("start", "启动"),
    "completed": ("complete", "办结"),
    "answered": ("job answered", "外部任务返回"),
    "failed": ("job failed", "外部任务失败"),
    "delivered": ("message arrives", "收到消息"),
    "signalled": ("signal arrives", "收到信号"),
}
#: Kinds of incidents. Source: `engine.domain.effects.IncidentOpened`.
_TROUBLES: Final = {
    "expression": "表达式",
    "no_flow": "无路可走",
    "uncaught_error": "未捕获的错误",
    "decision": "决策",
    "called_process": "被调用流程",
    "timer": "定时器",
    "job": "外部任务",
    "loop": "循环不止",
}
