"""Commands on one process instance in memory; implements `engine.ports.kernel.Run`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from engine.domain.drawing import Position
from engine.domain.effects import Effect, JobClosed, TaskClosed
from engine.ports.kernel import Destination
from engine.workflow.errors import ExpressionError, StepError, VariableInvalidError
from engine.workflow.language.values import plain
from engine.workflow.runtime import codec, moves
from engine.workflow.runtime.catching import is_caught, throw_error
from engine.workflow.runtime.events import take_values
from engine.workflow.runtime.incidents import (
    attempt,
    close_incident,
    is_failed_job,
    open_incident,
    retry,
)
from engine.workflow.runtime.instance import Instance
from engine.workflow.runtime.tokens import (
    COMPLETED,
    ERROR,
    INCIDENT,
    LISTENING,
    STARTED,
    WORKING,
    Token,
)
from engine.workflow.runtime.triggers import CLOCK, DUE


class SpiffRun:
    """One instance for one command. Not thread-safe; thrown away on error."""

    def __init__(self, instance: Instance) -> None:
        self._instance = instance

    @property
    def variables(self) -> Mapping[str, Any]:
        """Variables of the instance (top scope)."""
        return self._instance.variables

    @property
    def next_due_at(self) -> datetime | None:
        """Earliest due time over all timers."""
        timers = self._instance.timers()
        return timers[0][0] if timers else None

    @property
    def is_ended(self) -> bool:
        """Whether no token is left."""
        return bool(self._instance.completed)

    @property
    def positions(self) -> tuple[Position, ...]:
        """Nodes that hold tokens, those that only listen left out."""
        tokens = list(self._instance.tokens())
        # What repeats counts by its repetitions, not by the token that holds them together.
        holders = {one.host.id for one in tokens if one.is_loop_child and one.host is not None}
        found = Counter(
            (one.workflow.definition.id, str(one.task_spec.element.id))
            for one in tokens
            if not one.is_passive and one.id not in holders
        )
        return tuple(
            Position(definition_id=definition, element=element, tokens=tokens)
            for (definition, element), tokens in found.items()
        )

    def task_variables(self, number: int) -> Mapping[str, Any]:
        """Variables seen by a task.

        Raises:
            LookupError: No such open task.
        """
        token = self._open_task(number)
        return token.workflow.visible(token)

    def complete_task(self, number: int, values: Mapping[str, Any]) -> None:
        """Complete an open user task and step until nothing can go on.

        Raises:
            LookupError: No such open task.
            VariableInvalidError: A value cannot be kept; nothing was changed.
        """
        token = self._open_task(number)
        take_values(token, checked(values))
        self._instance.emit(TaskClosed(number=number, reason="completed"))
        attempt(token, token.complete)
        self._instance.settle()

    def _open_task(self, number: int) -> Token:
        token = self._instance.token(number)
        if token is None or token.state != STARTED or not token.task_spec.opens_task(token):
            raise LookupError(number)
        return token

    def complete_job(self, number: int, values: Mapping[str, Any]) -> None:
        """Give a job its result and go on; a failed job may still succeed.

        Raises:
            LookupError: No such open job.
        """
        token, values = self._open_job(number), checked(values)
        close_incident(token, "resolved")
        token.task_spec.take_result(token, values)
        self._instance.emit(JobClosed(number=number, reason="completed"))
        token._state = STARTED  # noqa: SLF001 - of our own class
        attempt(token, token.complete)
        self._instance.settle()

    def fail_job(
        self, number: int, *, code: str | None, message: str, message_zh: str = ""
    ) -> None:
        """Fail a job: with a ``code`` as a BPMN error, without one as an incident.

        Raises:
            LookupError: No such open job.
        """
        token, instance = self._open_job(number), self._instance
        if code is None:
            open_incident(token, StepError("job", message, message_zh), WORKING)
        elif not is_caught(token, code):
            error = StepError(
                "uncaught_error",
                f"Expected somebody to catch the error '{code}', but nobody does: {message}",
                f"错误“{code}”应有人捕获，但没有：{message_zh or message}",
                code=code,
            )
            open_incident(token, error, WORKING)
        else:
            close_incident(token, "resolved")
            instance.emit(JobClosed(number=number, reason="error"))
            token._state = COMPLETED  # noqa: SLF001
            throw_error(token, code, message)
            token.cancel()
        instance.settle()

    def _open_job(self, number: int) -> Token:
        token = self._instance.token(number)
        if token is None or not token.task_spec.opens_job(token):
            raise LookupError(number)
        if token.state != STARTED and not is_failed_job(token):
            raise LookupError(number)
        return token

    def deliver(self, message: str, values: Mapping[str, Any]) -> bool:
        """Deliver a message to the instance; True if a subscription took it."""
        values = checked(values)
        found = self._instance.subscriptions("message", message)
        if found:
            found[0].task_spec.happened(found[0], values)
            self._instance.settle()
        return bool(found)

    def signal(self, name: str) -> bool:
        """Deliver a signal; True if anything took it."""
        taken = self._instance.broadcast(name)
        self._instance.settle()
        return taken

    def fire_timers(self) -> int:
        """Fire every timer due at or before the context's now; number of firings."""
        fired = 0
        now = self._instance.context.now
        while (timers := self._instance.timers()) and timers[0][0] <= now:
            token = timers[0][1]
            fired += 1
            if fired > MAX_FIRINGS:
                error = StepError(
                    "loop",
                    "Expected the timer to wait, but it is always due.",
                    "定时器应等待，但总是到期。",
                )
                open_incident(token, error, LISTENING)
            else:
                token.task_spec.happened(token, {})
            self._instance.settle()
        return fired

    def reschedule(self, clock: str, task: int | None = None) -> None:
        """Recompute timers that read this clock; reported as set again if moved."""
        for token in list(self._instance.tokens()):
            if token.internal_data.get(CLOCK) != clock or token.state == ERROR:
                continue
            guarded = token.host or token
            if task is not None and guarded.id != task:
                continue
            self._recompute(token, guarded)
        self._instance.settle()

    def _recompute(self, token: Token, guarded: Token) -> None:
        try:
            remembered = token.task_spec.prepare(guarded)
        except StepError as error:
            open_incident(token, error, LISTENING)
            return
        if remembered.get(DUE) != token.internal_data.get(DUE):
            token.internal_data.update(remembered)
            token.task_spec.trigger.announce(token)

    def set_variables(self, values: Mapping[str, Any]) -> None:
        """Set variables of the instance without moving a token (but conditions may hold now)."""
        for name, value in checked(values).items():
            self._instance.store.set(name, value)
        self._instance.settle()

    def retry(self, incident: int) -> None:
        """Try the failed element again with the present variables.

        Raises:
            LookupError: No such open incident.
        """
        for token in self._instance.tokens():
            if token.internal_data.get(INCIDENT) == incident:
                retry(token)
                self._instance.settle()
                return
        raise LookupError(incident)

    def cancel(self) -> None:
        """End the instance at once, closing everything that is open."""
        if not self.is_ended:
            self._instance.last_end = None
            self._instance.close("cancelled")
            self._instance.settle()

    def destinations(self, number: int) -> tuple[Destination, ...]:
        """Where an open task's token may be moved to, in the order of the drawing.

        Only what people wait for or that ends something: user tasks, events, receive tasks.

        Raises:
            LookupError: No such open task.
        """
        token = self._open_task(number)
        return tuple(
            Destination(
                element_id=node.element.id,
                name=node.element.name,
                name_en=node.element.name_en,
                kind=node.element.kind,
            )
            for node in moves.stops(token)
            if node.element.id != token.task_spec.element.id
            and moves.is_possible([token], node.element.id)
        )

    def can_move(self, number: int, element_id: str) -> bool:
        """Whether `move` would accept it.

        Raises:
            LookupError: No such open task.
        """
        return moves.is_possible([self._open_task(number)], element_id)

    def move(self, number: int, element_id: str) -> None:
        """Take an open task away and put a token on another node of its scope.

        A task that is all there is in a sub-process may leave it.

        Raises:
            LookupError: No such open task, or no such node in its scope, or a join behind the
                node could then never get all its tokens, or one of them twice; or the task or
                the node undoes another activity.
        """
        self.gather([number], element_id)

    def gather(self, numbers: Sequence[int], element_id: str) -> None:
        """Take open tasks away and put one token on another node of their scope.

        Several may only be gathered if there is nothing else in the scope.

        Raises:
            LookupError: As for `move`.
        """
        move = moves.plan([self._open_task(number) for number in numbers], element_id)
        for token in move.tokens:
            token.cancel()
        move.scope.enter(element_id)
        self._instance.settle()

    def take_effects(self) -> Sequence[Effect]:
        """Effects since the last call, in order."""
        effects, self._instance.effects = self._instance.effects, []
        return effects

    def dump(self) -> bytes:
        """State to store."""
        return codec.dump(self._instance)


def checked(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as they are kept in variables.

    Raises:
        VariableInvalidError: One of them cannot be kept.
    """
    kept: dict[str, Any] = {}
    for name, value in values.items():
        try:
            kept[name] = plain(value)
        except ExpressionError as error:
            raise VariableInvalidError(name=name) from error
    return kept


#: More firings in one command than this are taken for a timer that is always due.
MAX_FIRINGS = 1000
