"""Model tests as they are written: cases of given data and steps, each with what is expected."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any

import msgspec

from engine.trial.trial import Answer

#: Without its offset nobody knows which instant is meant.
Instant = Annotated[datetime, msgspec.Meta(tz=True)]


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of everything written in a model test; a misspelt key is an error."""


class Expectation(Part, frozen=True, kw_only=True):
    """What must hold; what is not mentioned may be anything.

    Attributes:
        tasks: Exactly the open tasks, by element id or name; with whose they are
            (``group`` or ``group@unit``) if that matters.
        jobs: Exactly the topics of the open jobs.
        awaits: Messages and signals among those that are awaited.
        sent: Messages and signals sent so far, in order.
        timers: When timers are due, by element; null while that is not known.
        clocks: Deadlines of running clocks by name; of a task by its element. Null: not running.
        variables: Values of variables; null for one that is not set.
        state: Business state of the order.
        milestones: Milestones reached so far, in order.
        passed: Elements among those passed. avoided: Elements not passed.
        incidents: Kind of the open incident by element. Not mentioned means none.
        ended: Whether it has ended, or the end event at which it did.
    """

    tasks: dict[str, str | None] | list[str] | None = None
    jobs: list[str] | None = None
    awaits: list[str] | None = None
    sent: list[str] | None = None
    timers: dict[str, Instant | None] | None = None
    clocks: dict[str, Instant | None] | None = None
    variables: dict[str, Any] | None = None
    state: str | None = None
    milestones: list[str] | None = None
    passed: list[str] | None = None
    avoided: list[str] | None = None
    incidents: dict[str, str] | None = None
    ended: bool | str | None = None


class Step(Part, frozen=True, kw_only=True, rename={"values": "with", "length": "pass"}):
    """One act at most, then what is expected.

    Attributes:
        complete: Open task to complete, by element id or name. item: Position of a repeated one.
        message: Message that arrives. signal: Signal that arrives.
        values: What is entered into the task or comes with the message (written ``with``).
        job: Open job, by topic or element id. answer: What it gives.
        length: Time that passes (written ``pass``), e.g. ``PT4H``.
        until: Instant up to which time passes.
        timer: Element of the timer up to whose firing time passes.
    """

    complete: str | None = None
    item: int | None = None
    message: str | None = None
    signal: str | None = None
    values: dict[str, Any] = {}
    job: str | None = None
    answer: Answer | None = None
    length: timedelta | None = None
    until: Instant | None = None
    timer: str | None = None
    expect: Expectation = Expectation()

    def __post_init__(self) -> None:
        """Check that the keys fit together."""
        acts = [
            name
            for name in ("complete", "message", "signal", "job", "length", "until", "timer")
            if getattr(self, name) is not None
        ]
        if len(acts) > 1:
            raise ValueError(f"Expected one act in a step, but there are {' and '.join(acts)}")
        if self.values and not {"complete", "message"}.intersection(acts):
            raise ValueError("Expected `with` beside `complete` or `message` only")
        if self.item is not None and self.complete is None:
            raise ValueError("Expected `item` beside `complete` only")
        if (self.answer is None) is not (self.job is None):
            raise ValueError("Expected `job` and `answer` together")


class Case(Part, frozen=True, kw_only=True):
    """One life of a work order.

    Attributes:
        name: What it shows.
        process: Process it starts, if another than the file's.
        at: Instant of the start, if another than the file's.
        message: Message that starts it.
        given: Variables in addition to the file's; null takes one away.
        jobs: Answers of jobs in addition to the file's; null leaves a job open.
        answers: Values of tasks in addition to the file's.
        expect: What holds after the start.
    """

    name: str
    process: str | None = None
    at: Instant | None = None
    message: str | None = None
    given: dict[str, Any] = {}
    jobs: dict[str, Answer | None] = {}
    answers: dict[str, dict[str, Any]] = {}
    expect: Expectation = Expectation()
    steps: list[Step] = []


class ModelTests(Part, frozen=True, kw_only=True):
    """One file of model tests.

    Attributes:
        process: Key of the process every case starts.
        files: Files and folders of the deployment, relative to this file.
        at: Instant of the start.
        given: Variables of every case. With a start form they are its values.
        jobs: What jobs give as soon as they open, by topic.
        answers: Usual values of tasks, by element id; a step says what differs.
    """

    process: str
    at: Instant
    cases: list[Case]
    files: list[str] = msgspec.field(default_factory=lambda: [".."])
    given: dict[str, Any] = {}
    jobs: dict[str, Answer] = {}
    answers: dict[str, dict[str, Any]] = {}
