"""Runs model tests: every case is a trial of its own, on the real kernel and forms."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

from engine.domain import effects
from engine.domain.forms import FormInvalidError
from engine.trial.cases import Case, ModelTests, Step
from engine.trial.expecting import Mismatch, compare
from engine.trial.files import OnTrial, ProcessChoiceError
from engine.trial.trial import Answer, Trial

#: Jobs answered by themselves in one step; more are a loop that never waits.
MOST_JOBS: Final = 1000

Elements = frozenset[tuple[str, str]]


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one case.

    Attributes:
        mismatches: What was otherwise than expected; none if the case is right.
        step: Position of the step at which it ended, None for the start.
        passed: Process key and id of every element that completed.
    """

    case: str
    mismatches: tuple[Mismatch, ...]
    step: int | None = None
    passed: Elements = frozenset()

    @property
    def is_right(self) -> bool:
        """Whether everything was as expected."""
        return not self.mismatches


class _Impossible(Exception):  # noqa: N818 - a finding about the case, not a fault
    """The act of a step cannot be done."""

    def __init__(self, mismatch: Mismatch) -> None:
        self.mismatch = mismatch
        super().__init__(mismatch.en)


def check(files: OnTrial, tests: ModelTests, case: Case) -> Verdict:
    """Work one case; stops at the first step that is not as expected.

    Args:
        files: The deployment; not refused.
        tests: The file of the case.
        case: One of its cases.
    """
    run = _CaseRun(files, tests, case)
    position: int | None = None
    try:
        run.start()
        mismatches = compare(run.trial, case.expect)
        for step in case.steps:
            if mismatches:
                break
            position = 0 if position is None else position + 1
            run.act(step)
            mismatches = compare(run.trial, step.expect)
    except _Impossible as error:
        mismatches = (error.mismatch,)
    return Verdict(
        case=case.name,
        mismatches=tuple(mismatches),
        step=position,
        passed=passed(run.trial),
    )


def passed(trial: Trial) -> Elements:
    """Process key and id of every element that completed."""
    return frozenset(
        pair
        for effect in trial.seen(effects.ElementsPassed)
        for pair in zip(effect.process_keys, effect.element_ids, strict=True)
    )


def _both(element: str, name: str) -> str:
    return f"{element} ({name})" if name and name != element else element


class _CaseRun:
    """One case at work."""

    def __init__(self, files: OnTrial, tests: ModelTests, case: Case) -> None:
        self._files = files
        self._given = {
            name: value
            for name, value in {**tests.given, **case.given}.items()
            if value is not None
        }
        self._process = case.process or tests.process
        self._message = case.message
        self._jobs: dict[str, Answer | None] = {**tests.jobs, **case.jobs}
        self._answers = {
            element: {**tests.answers.get(element, {}), **case.answers.get(element, {})}
            for element in {*tests.answers, *case.answers}
        }
        self.trial = files.begin(case.at or tests.at)

    def start(self) -> None:
        """Open the work order."""
        try:
            process = self._files.process(self._process)
        except ProcessChoiceError as error:
            raise _Impossible(Mismatch(en=str(error), zh=error.zh)) from error
        form = None if self._message else self._files.form(process.start_form_key)
        given = self._given if form is None else self._fitting(form, self._given, {})
        definition = self._files.definition_id(process.key)
        self.trial.start(definition, given, message=self._message)
        self._answer_jobs()

    def act(self, step: Step) -> None:
        """Do what a step says."""
        trial = self.trial
        if step.complete is not None:
            self._complete(step.complete, step)
        elif step.message is not None:
            self._wanted(step.message, trial.deliver(step.message, step.values))
        elif step.signal is not None:
            self._wanted(step.signal, trial.signal(step.signal))
        elif step.job is not None:
            job = self._one(step.job, trial.jobs, lambda each: (each.topic, each.element_id))
            trial.answer(job, step.answer or Answer())
        elif step.length is not None:
            trial.wait(step.length)
        elif step.until is not None:
            trial.wait_until(step.until)
        elif step.timer is not None:
            self._wait_for(step.timer)
        self._answer_jobs()

    def _complete(self, name: str, step: Step) -> None:
        tasks: Mapping[int, effects.TaskOpened] = {
            number: task
            for number, task in self.trial.tasks.items()
            if step.item is None or task.loop_index == step.item
        }
        task = self._one(name, tasks, lambda each: (each.element_id, each.name, each.name_en))
        merged = {**self._answers.get(task.element_id, {}), **step.values}
        values = {key: value for key, value in merged.items() if value is not None}
        form = self._files.form(task.form_key)
        if form is not None:
            values = self._fitting(form, values, self.trial.task_variables(task.number))
        self.trial.complete(task, values)

    def _one(
        self, name: str, among: Mapping[int, Any], names: Callable[[Any], tuple[str, ...]]
    ) -> Any:
        """The oldest of this name."""
        for number in sorted(among):
            if name in names(among[number]):
                return among[number]
        known = ", ".join(sorted({_both(*names(one)[:2]) for one in among.values()})) or "–"
        raise _Impossible(
            Mismatch(
                en=f"Expected '{name}' to be open, but open are: {known}.",
                zh=f"“{name}”应处于待办状态，但待办的只有：{known}。",
            )
        )

    def _wanted(self, name: str, is_taken: object) -> None:
        if not is_taken:
            awaited = sorted({one.message for one in self.trial.awaited.values()})
            known = ", ".join(awaited) or "–"
            raise _Impossible(
                Mismatch(
                    en=f"Expected '{name}' to be awaited, but awaited are: {known}.",
                    zh=f"应在等待“{name}”，实际等待的有：{known}。",
                )
            )

    def _wait_for(self, element: str) -> None:
        timer = self._one(element, self.trial.timers, lambda each: (each.element_id, each.name))
        if timer.due_at is None:
            raise _Impossible(
                Mismatch(
                    en=f"Expected timer '{element}' to have a due time, but it is unknown.",
                    zh=f"定时器“{element}”应有到期时间，但其时限未运行。",
                )
            )
        self.trial.wait_until(timer.due_at)

    def _fitting(
        self, form: bytes, values: Mapping[str, Any], variables: Mapping[str, Any]
    ) -> dict[str, Any]:
        try:
            return self._files.tools.forms.validate(form, values, variables=variables)
        except FormInvalidError as error:
            en = "; ".join(
                f"{path}: {' '.join(problem.en for problem in found)}"
                for path, found in error.problems.items()
            )
            zh = "；".join(
                f"{path}：{''.join(problem.zh for problem in found)}"
                for path, found in error.problems.items()
            )
            raise _Impossible(
                Mismatch(
                    en=f"Expected values that fit the form, but {en}",
                    zh=f"填写的值应符合表单，但 {zh}",
                )
            ) from error

    def _answer_jobs(self) -> None:
        for _ in range(MOST_JOBS):
            waiting = (
                (job, answer)
                for _number, job in sorted(self.trial.jobs.items())
                if (answer := self._jobs.get(job.topic)) is not None
            )
            job, answer = next(waiting, (None, None))
            if job is None or answer is None:
                return
            self.trial.answer(job, answer)
