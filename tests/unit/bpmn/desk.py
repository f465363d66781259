"""Works a drawn process through the real kernel and forms; only business records are made up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import PurePath
from typing import Any
from zoneinfo import ZoneInfo

import bpmn
from engine.domain import effects as happened
from engine.ports.deployment import DefinitionFiles
from engine.ports.kernel import StepContext
from engine.workflow.kernel import SpiffKernel
from forms.catalogue import FormJsCatalogue
from forms.definitions import form
from tests.support.answers import ANSWERS

Results = Mapping[str, Any]
Handler = Callable[[dict[str, Any]], Results]

#: What the handlers of the business records answer unless a walk says otherwise.
RESULTS: dict[str, Results] = {
    "classify_customer": {
        "customer_class": "A",
        "is_key_account": True,
        "customer_name": "某集团",
    },
    "find_repeats": {"repeat_count": 0, "hot_spot": False},
    "check_ip_block": {"ip_conflict": False, "ip_conflict_with": None},
    "register_service": {"service_id": "S-1"},
}
#: Branches that leave fields of the usual answer out.
TO_DEPT = {"can_solve": "to_dept", "solution": None, "target_dept": "network"}
TO_HQ = {"can_solve": "to_hq", "solution": None, "hq_reason": "需总部协调"}
WRONG = {
    "dept_result": "wrong_dept",
    "cause": None,
    "measure": None,
    "dept_answer": None,
    "target_dept": "transmission",
}
NO_ANSWER = {"contact_result": "no_answer", "score": None, "solved": None}
RETURNED = {
    "construct_result": "returned",
    "started_at": None,
    "ended_at": None,
    "return_reason": "材料不齐",
}
NOT_APPROVED = {"equipment_approved": "no", "hq_in_stock": None, "review_comment": "数量偏多"}
START_FORMS = {
    "leased_line_provisioning": "start_provisioning",
    "complaint_escalation": "start_complaint",
}
START = datetime(2026, 3, 2, 1, tzinfo=UTC)
#: What ends what; an effect of the right kind opens it (a timer is set again when it moves).
_CLOSING: dict[type, type] = {
    happened.TaskClosed: happened.TaskOpened,
    happened.JobClosed: happened.JobOpened,
    happened.TimerClosed: happened.TimerSet,
    happened.MessageClosed: happened.MessageAwaited,
}
_BY_KEY = {PurePath(name).stem: number for number, name in enumerate(bpmn.deployment())}


class _Library:
    """The files of the package as published definitions."""

    def files(self, definition_id: int) -> DefinitionFiles:
        key = next(key for key, number in _BY_KEY.items() if number == definition_id)
        files = bpmn.deployment()
        return DefinitionFiles(
            id=definition_id,
            key=key,
            version=1,
            bpmn=files[f"{key}.bpmn"],
            decisions=tuple(data for name, data in files.items() if name.endswith(".dmn")),
        )

    def latest(self, process_key: str) -> int | None:
        return _BY_KEY.get(process_key)


KERNEL = SpiffKernel(_Library())


class _AroundTheClock:
    def add(self, start: datetime, length: timedelta) -> datetime:
        return start + length


class Desk:
    """One work order and the people who work on it.

    After every act the state is written and read again, so nothing survives in memory.
    """

    def __init__(self, process: str, results: Mapping[str, Results | Handler] = {}, **start: Any):
        self.now = START
        self.results: dict[str, Results | Handler] = {**RESULTS, **results}
        self.points: dict[tuple[str, str], datetime] = {}
        self.effects: list[happened.Effect] = []
        self.jobs: list[happened.JobOpened] = []
        self._shown: dict[type, dict[int, Any]] = {kind: {} for kind in _CLOSING.values()}
        values = self._checked(START_FORMS[process], start, {})
        self.run = KERNEL.start(_BY_KEY[process], values, self._context())
        self._settle()

    # -- the SLA clocks, as the step sees them --

    def at(self, clock: str, point: str, task: int | None) -> datetime | None:
        return self.points.get((clock, point))

    def _context(self) -> StepContext:
        return StepContext(now=self.now, clocks=self, calendar=_AroundTheClock())

    # -- acts --

    def complete(self, element_id: str, **changes: Any) -> None:
        """Answer the form of the one open task of this element; None leaves a field out."""
        task = self.task(element_id)
        assert task.form_key
        values = self._checked(task.form_key, changes, self.run.task_variables(task.number))
        self.run.complete_task(task.number, values)
        self._settle()

    def complete_all(self, *element_ids: str) -> None:
        """Answer several tasks in this order, with the usual answers."""
        for element_id in element_ids:
            self.complete(element_id)

    def deliver(self, message: str, **values: Any) -> None:
        """Hand a message to the work order; it must be wanted."""
        assert self.run.deliver(message, values)
        self._settle()

    def reach(self, clock: str, point: str) -> None:
        """Let the time come at which a clock reaches a point."""
        self.now += timedelta(hours=1)
        self.points[clock, point] = self.now
        self._reload()
        self.run.reschedule(clock)
        self.run.fire_timers()
        self._settle()

    def wait(self, **length: float) -> None:
        """Let time pass and fire what becomes due."""
        self.now += timedelta(**length)
        self._reload()
        self.run.fire_timers()
        self._settle()

    # -- what can be seen --

    @property
    def tasks(self) -> dict[int, happened.TaskOpened]:
        """Open tasks by number."""
        return self._shown[happened.TaskOpened]

    @property
    def timers(self) -> dict[int, happened.TimerSet]:
        """Timers that are set, by number."""
        return self._shown[happened.TimerSet]

    @property
    def awaited(self) -> dict[int, happened.MessageAwaited]:
        """Subscriptions by number."""
        return self._shown[happened.MessageAwaited]

    @property
    def open(self) -> set[str]:
        """Elements of the open tasks."""
        return {task.element_id for task in self.tasks.values()}

    def task(self, element_id: str) -> happened.TaskOpened:
        (found,) = (task for task in self.tasks.values() if task.element_id == element_id)
        return found

    @property
    def variables(self) -> Mapping[str, Any]:
        return self.run.variables

    def seen(self, kind: type[happened.Effect], attribute: str) -> list[Any]:
        """One attribute of all effects of a kind, in order."""
        return [getattr(e, attribute) for e in self.effects if isinstance(e, kind)]

    @property
    def states(self) -> list[str]:
        return self.seen(happened.StateEntered, "state")

    @property
    def milestones(self) -> list[str]:
        return self.seen(happened.MilestoneReached, "milestone")

    @property
    def topics(self) -> list[str]:
        return [job.topic for job in self.jobs]

    def inputs(self, topic: str) -> dict[str, Any]:
        """Inputs of the last job of a topic."""
        return next(job.inputs for job in reversed(self.jobs) if job.topic == topic)

    @property
    def passed(self) -> set[str]:
        return {id_ for ids in self.seen(happened.ElementsPassed, "element_ids") for id_ in ids}

    @property
    def end(self) -> happened.InstanceEnded | None:
        return next((e for e in self.effects if isinstance(e, happened.InstanceEnded)), None)

    # -- inside --

    def _checked(self, form_key: str, changes: Mapping[str, Any], variables: Mapping[str, Any]):
        catalogue = FormJsCatalogue(_At(self.now), ZoneInfo("Asia/Shanghai"))
        values = {**ANSWERS[form_key], **changes}
        values = {name: value for name, value in values.items() if value is not None}
        return catalogue.validate(form(form_key), values, variables=variables)

    def _settle(self) -> None:
        while (jobs := self._take()) and not self.run.is_ended:
            for job in jobs:
                result = self.results.get(job.topic, {})
                result = result(job.inputs) if callable(result) else result
                if "error" in result:
                    self.run.fail_job(job.number, code=result["error"], message="refused")
                else:
                    self.run.complete_job(job.number, result)
        self._reload()

    def _take(self) -> list[happened.JobOpened]:
        new = list(self.run.take_effects())
        self.effects += new
        for effect in new:
            assert not isinstance(effect, happened.IncidentOpened), effect
            kind = type(effect)
            if kind in self._shown:
                self._shown[kind][effect.number] = effect
            elif kind in _CLOSING:
                self._shown[_CLOSING[kind]].pop(effect.number)
        jobs = list(self._shown[happened.JobOpened].values())
        self.jobs += [job for job in jobs if job in new]
        return jobs

    def _reload(self) -> None:
        if not self.run.is_ended:
            self.run = KERNEL.load(self.run.dump(), self._context())


class _At:
    """The clock port at one instant."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now
