"""Activities: user tasks, jobs, scripts, decisions and messages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

import msgspec
from typing_extensions import override

from engine.domain.effects import JobClosed, JobOpened, TaskClosed, TaskOpened
from engine.workflow.errors import DecisionError, ExpressionError, StepError, TimerError
from engine.workflow.language import timers
from engine.workflow.language.expressions import Expression, Template
from engine.workflow.language.operators import text_of
from engine.workflow.language.scripts import Script
from engine.workflow.runtime.elements import Value
from engine.workflow.runtime.events import (
    BoundaryEvent,
    CatchEvent,
    take_values,
    throw,
)
from engine.workflow.runtime.incidents import is_failed_job
from engine.workflow.runtime.nodes import FlowNode
from engine.workflow.runtime.tokens import INDEX, INPUTS, STARTED, Token
from engine.workflow.runtime.triggers import Trigger

if TYPE_CHECKING:
    pass


class Activity(FlowNode):
    """A node that works: may repeat, may be guarded by boundary events, has local variables.

    Attributes:
        is_immediate: Whether it never waits, so that no event can happen meanwhile.
    """

    is_immediate = False

    @override
    def _run_hook(self, my_task: Token) -> bool | None:
        if self.loop is not None and not my_task.is_loop_child:
            return self.loop.begin(my_task)
        self.take_inputs(my_task)
        prepared = [] if my_task.is_loop_child else self.prepare_boundary(my_task)
        outcome = self.open(my_task)
        if outcome is None:
            my_task.workflow.listen(my_task, prepared)
        return outcome

    def prepare_boundary(self, token: Token) -> list[tuple[BoundaryEvent, dict[str, Any]]]:
        """What the boundary events have to remember; may fail, changes nothing."""
        if self.is_immediate:
            return []
        return [(event, event.prepare(token)) for event in self.boundary if event.waits]

    def open(self, token: Token) -> bool | None:
        """Begin the work; None when it waits for something."""
        del token
        return True

    def work_again(self, token: Token) -> None:
        """Begin the work once more after it failed."""
        self.take_inputs(token)
        self.open(token)


class Assignment(msgspec.Struct, frozen=True, kw_only=True):
    """Whose a user task is and when it is due, as drawn.

    Attributes:
        name: Name of the task if it has to be computed, as in Camunda 7.
    """

    name: Template | None = None
    form_key: Template | None = None
    assignee: Template | None = None
    candidate_groups: tuple[Template, ...] = ()
    candidate_users: tuple[Template, ...] = ()
    due: Template | None = None
    follow_up: Template | None = None
    priority: Template | None = None
    properties: tuple[tuple[str, Template], ...] = ()


class UserTask(Activity):
    """Waits for a person."""

    assignment = Assignment()

    @override
    def opens_task(self, token: Token) -> bool:
        """Whether the token is an open task in somebody's inbox."""
        return self.loop is None or token.is_loop_child

    @override
    def open(self, token: Token) -> bool | None:
        """Report the task."""
        element, drawn = self.element, self.assignment
        definition = token.workflow.definition
        index = token.internal_data.get(INDEX)
        groups = _names(token, drawn.candidate_groups)
        if not groups and not drawn.candidate_groups and element.lane is not None:
            groups = (element.lane.role,)
        name = _text(token, drawn.name) or element.name
        properties = {key: token.evaluate(value) for key, value in drawn.properties}
        token.instance.emit(
            TaskOpened(
                number=token.id,
                element_id=element.id,
                process_key=token.workflow.process_key,
                definition_id=definition.id,
                name=name,
                name_en=str(properties.get("name:en") or name),
                form_key=_text(token, drawn.form_key),
                assignee=_text(token, drawn.assignee),
                candidate_groups=groups,
                candidate_users=_names(token, drawn.candidate_users),
                due_at=_instant(token, drawn.due),
                follow_up_at=_instant(token, drawn.follow_up),
                priority=_priority(token, drawn.priority),
                properties=properties,
                loop_index=index,
                item=None if self.loop is None else self.loop.item(token),
            )
        )
        return None

    @override
    def withdrawn(self, token: Token, state: int) -> None:
        """Report that the task was taken away."""
        if state == STARTED and self.opens_task(token):
            token.instance.emit(TaskClosed(number=token.id, reason="interrupted"))
        super().withdrawn(token, state)


def _text(token: Token, template: Template | None) -> str | None:
    return None if template is None else _shown(token.evaluate(template)) or None


def _shown(value: Any) -> str:
    """Text of a value; a list or group of fields names nobody and nothing.

    Raises:
        StepError: It has no text.
    """
    try:
        return text_of(value)
    except ExpressionError as error:
        raise StepError(
            "expression",
            f"Expected a text, but there is a list or a group of fields: {error}.",
            f"应为文本，但得到的是列表或一组字段：{error.zh}。",
        ) from error


def _names(token: Token, templates: tuple[Template, ...]) -> tuple[str, ...]:
    names: list[str] = []
    for template in templates:
        value = token.evaluate(template)
        parts = value if isinstance(value, list | tuple) else _shown(value).split(",")
        names += [name for part in parts if (name := _shown(part).strip()) and name not in names]
    return tuple(names)


def _instant(token: Token, template: Template | None) -> datetime | None:
    if template is None:
        return None
    try:
        return timers.instant(token.evaluate(template), token.instance.context)
    except TimerError as error:
        raise StepError("timer", str(error), error.zh) from error


def _priority(token: Token, template: Template | None) -> int:
    value = _text(token, template)
    if value is None:
        return 50
    try:
        return int(float(value))
    except (ValueError, OverflowError) as error:
        raise StepError(
            "expression",
            f"Expected a whole number as priority, but it is '{value}'.",
            f"优先级应为整数，但它是“{value}”。",
        ) from error


class Job(Activity):
    """A service task: a topic whose handler gives the result, or an expression.

    Attributes:
        topic: Name of the topic; None for an expression.
        expression: Computed at once when there is no topic.
        result_variable: Variable that takes the whole result; None: each value its own.
    """

    topic: Template | None = None
    expression: Value | Expression | None = None
    result_variable: str | None = None

    @override
    def open(self, token: Token) -> bool | None:
        """Report the job, or compute the expression."""
        if self.topic is None:
            if self.expression is not None:
                value = token.evaluate(self.expression)
                if self.result_variable:
                    token.workflow.assign(self.result_variable, value, token)
            return True
        token.instance.emit(
            JobOpened(
                number=token.id,
                element_id=self.element.id,
                process_key=token.workflow.process_key,
                name=self.element.name,
                topic=token.name_of(self.topic),
                inputs=dict(token.internal_data.get(INPUTS, {})),
            )
        )
        return None

    @override
    def opens_job(self, token: Token) -> bool:
        """Whether the token is a job that waits for its result."""
        return self.topic is not None and (self.loop is None or token.is_loop_child)

    def take_result(self, token: Token, values: Mapping[str, Any]) -> None:
        """Set the variables the handler returned."""
        if self.result_variable:
            token.workflow.assign(self.result_variable, dict(values), token)
        else:
            take_values(token, values)

    @override
    def withdrawn(self, token: Token, state: int) -> None:
        """Report that the job was taken away."""
        is_open = state == STARTED or is_failed_job(token)
        if is_open and self.opens_job(token):
            token.instance.emit(JobClosed(number=token.id, reason="interrupted"))
        super().withdrawn(token, state)


class ScriptTask(Activity):
    """Assigns variables."""

    is_immediate = True
    script = Script((), frozenset())
    expression: Expression | None = None
    result_variable: str | None = None

    @override
    def open(self, token: Token) -> bool | None:
        """Run the script; all of it or nothing takes effect."""
        if self.expression is not None and self.result_variable:
            token.workflow.assign(self.result_variable, token.evaluate(self.expression), token)
            return True
        written: dict[str, Any] = {}
        lookup = token.lookup

        def read(name: str) -> Any:
            return written[name] if name in written else lookup(name)

        try:
            self.script.execute(read, token.instance.surroundings, written.__setitem__)
        except ExpressionError as error:
            raise StepError("expression", str(error), error.zh) from error
        take_values(token, written)
        return True


class BusinessRuleTask(Activity):
    """Asks a decision of the same deployment."""

    is_immediate = True
    decision = ""
    result_variable: str | None = None
    mapping: Literal["singleEntry", "singleResult", "collectEntries", "resultList"] = "resultList"

    @override
    def open(self, token: Token) -> bool | None:
        """Evaluate the decision and set what it gives."""
        decision = token.workflow.definition.decisions.get(self.decision)
        if decision is None:
            raise StepError(
                "decision",
                f"Expected the decision '{self.decision}', but it is not deployed.",
                f"应有决策“{self.decision}”，但没有部署。",
            )
        try:
            result = decision.evaluate(token.lookup, token.instance.surroundings)
            if self.result_variable:
                value = decision.mapped(result, self.mapping)
                token.workflow.assign(self.result_variable, value, token)
                return True
            outputs = decision.mapped(result, "singleResult")
        except (DecisionError, ExpressionError) as error:
            raise StepError("decision", str(error), error.zh) from error
        take_values(token, outputs or {})
        return True


class SendTask(Activity):
    """Throws a message and goes on."""

    is_immediate = True
    trigger = Trigger()

    @override
    def open(self, token: Token) -> bool | None:
        """Throw the message."""
        return throw(self, self.trigger, token)


class ReceiveTask(Activity, CatchEvent):
    """Waits for a message; may be guarded and repeated like any activity."""

    @override
    def open(self, token: Token) -> bool | None:
        """Subscribe."""
        token.internal_data.update(self.prepare(token))
        self.announce(token)
        return None


class NoneTask(Activity):
    """A task without a type: passes through, as in Camunda."""

    is_immediate = True
