"""Works a trial by itself: given answers first, made-up ones where none are given."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final, Literal

import msgspec

from engine.domain.forms import FormInvalidError
from engine.ports.deployment import ProcessDescription
from engine.trial.cases import Instant
from engine.trial.files import OnTrial
from engine.trial.trace import Acted, Happened
from engine.trial.trial import Answer, Trial

#: Working time a person takes for a task unless told otherwise.
PACE: Final = timedelta(hours=1)
#: Steps after which an endless loop is cut.
MOST_STEPS: Final = 500

#: ``ended``; ``cut``: too many steps; ``stuck``: nothing could happen any more; ``incident``:
#: the same, and an operator would have to act; ``values``: nobody could make values up.
Outcome = Literal["ended", "cut", "stuck", "incident", "values"]


class Given(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is decided beforehand; everything else is made up.

    Attributes:
        at: Instant of the start.
        message: Message that starts it, instead of the plain start event.
        variables: Variables of the order; with a start form they are its values.
        tasks: Values by element id of the task. jobs: Answers by topic.
        messages: Values of messages by name.
    """

    at: Instant | None = None
    message: str | None = None
    variables: dict[str, Any] = {}
    tasks: dict[str, dict[str, Any]] = {}
    jobs: dict[str, Answer] = {}
    messages: dict[str, dict[str, Any]] = {}


class Walked(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a walk.

    Attributes:
        steps: Acts and firings.
        problems: What is wrong with the values of ``element``, by path, if there are none.
        is_given: Whether values that were given are what is wrong.
    """

    process: str
    outcome: Outcome
    steps: int
    trace: list[Happened]
    variables: Mapping[str, Any]
    element: str | None = None
    problems: Mapping[str, Any] = {}
    is_given: bool = False


class _NoValuesError(Exception):
    """There are no values for a form."""

    def __init__(
        self, element: str, problems: Mapping[str, Any], given: Mapping[str, Any]
    ) -> None:
        self.element = element
        self.problems = problems
        self.is_given = any(path.partition(".")[0] in given for path in problems)
        super().__init__(element)


def walk(
    files: OnTrial,
    process: ProcessDescription,
    given: Given,
    *,
    at: datetime,
    chance: random.Random,
    most_steps: int = MOST_STEPS,
    pace: timedelta = PACE,
) -> Walked:
    """Start a process and go on until it ends, or nothing can happen.

    Args:
        files: Not refused.
        process: One of its processes.
        given: What is decided.
        at: Instant of the start, unless it is given.
        chance: Source of the rest; the same one gives the same walk.
        most_steps: Where to cut.
        pace: Working time a person takes for a task.
    """
    walker = _Walker(files, files.begin(given.at or at), given, chance, pace)
    outcome: Outcome
    steps = 0
    try:
        walker.start(process)
        while steps < most_steps:
            stop = walker.step()
            if stop is not None:
                outcome = stop
                break
            steps += 1
        else:
            outcome = "ended" if walker.trial.ended is not None else "cut"
    except _NoValuesError as error:
        return walker.walked(process, "values", steps, error)
    return walker.walked(process, outcome, steps)


class _Walker:
    """One walk."""

    def __init__(
        self,
        files: OnTrial,
        trial: Trial,
        given: Given,
        chance: random.Random,
        pace: timedelta,
    ) -> None:
        self._pace = pace
        self._files = files
        self._given = given
        self._chance = chance
        self._fired = Counter[str]()
        self.trial = trial

    def start(self, process: ProcessDescription) -> None:
        """Open the work order with its start form's values."""
        form = self._files.form(process.start_form_key)
        variables = self._given.variables
        if form is not None:
            entered = self._made_up(process.key, form, {}, variables)
            variables = {**variables, **entered}
        self.trial.trace.append(
            Happened(
                at=self.trial.now,
                what=Acted(
                    deed="started",
                    subject=process.key,
                    name=process.name,
                    name_en=process.name_en,
                    values=dict(variables),
                    is_assumed=len(variables) > len(self._given.variables),
                ),
            )
        )
        definition = self._files.definition_id(process.key)
        self.trial.start(definition, variables, message=self._given.message)

    def step(self) -> Outcome | None:
        """One thing that happens next; the outcome if there is none."""
        trial = self.trial
        if trial.ended is not None:
            return "ended"
        if trial.jobs:
            job = trial.jobs[min(trial.jobs)]
            answer = self._given.jobs.get(job.topic)
            trial.answer(job, answer or Answer(), is_assumed=answer is None)
        elif trial.tasks:
            self._work()
        elif not (self._fire() or self._receive() or self._fire(again=True)):
            return "incident" if trial.incidents else "stuck"
        return None

    def walked(
        self,
        process: ProcessDescription,
        outcome: Outcome,
        steps: int,
        error: _NoValuesError | None = None,
    ) -> Walked:
        """What came of it."""
        trial = self.trial
        return Walked(
            process=process.key,
            outcome=outcome,
            steps=steps,
            trace=trial.trace,
            variables=trial.variables if error is None or trial.trace else {},
            element=error.element if error is not None else None,
            problems=error.problems if error is not None else {},
            is_given=error is not None and error.is_given,
        )

    def _work(self) -> None:
        """Somebody does the oldest task; what is due in the meantime comes first."""
        trial = self.trial
        task = trial.tasks[min(trial.tasks)]
        trial.wait_until(trial.work_until(self._pace))
        if task.number not in trial.tasks:
            return
        given = self._given.tasks.get(task.element_id, {})
        form = self._files.form(task.form_key)
        values = given
        if form is not None:
            seen = trial.task_variables(task.number)
            values = self._made_up(task.element_id, form, seen, given)
        trial.complete(task, values, is_assumed=not given)

    def _made_up(
        self, element: str, form: bytes, variables: Mapping[str, Any], given: Mapping[str, Any]
    ) -> dict[str, Any]:
        forms = self._files.tools.forms
        try:
            return forms.example(form, variables=variables, given=given, chance=self._chance)
        except FormInvalidError as error:
            raise _NoValuesError(element, error.problems, given) from error

    def _fire(self, *, again: bool = False) -> bool:
        """Let the time of the next timer come, but a repeating one only once if others wait."""
        trial = self.trial
        due_at = trial.next_due_at
        if due_at is None:
            return False
        due = [timer.element_id for timer in trial.timers.values() if timer.due_at == due_at]
        if not again and trial.awaited and all(self._fired[element] for element in due):
            return False
        self._fired.update(due)
        trial.wait_until(due_at)
        return True

    def _receive(self) -> bool:
        """The message awaited most recently arrives."""
        trial = self.trial
        for number in sorted(trial.awaited, reverse=True):
            awaited = trial.awaited[number]
            if awaited.kind == "signal":
                return trial.signal(awaited.message)
            given = self._given.messages.get(awaited.message)
            if trial.deliver(awaited.message, given or {}, is_assumed=given is None):
                return True
        return False
