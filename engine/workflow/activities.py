"""Activities: user tasks, jobs, scripts, decisions, sub-processes and called processes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

import msgspec
from typing_extensions import override

from engine.domain.effects import JobClosed, JobOpened, TaskClosed, TaskOpened
from engine.workflow import timers
from engine.workflow.elements import Element, Value
from engine.workflow.errors import DecisionError, ExpressionError, StepError, TimerError
from engine.workflow.events import (
    BoundaryEvent,
    CatchEvent,
    ErrorTrigger,
    EscalationTrigger,
    StartEvent,
    TimerTrigger,
    Trigger,
    report_firing,
    take_values,
    throw,
)
from engine.workflow.expressions import Expression, Template, plain
from engine.workflow.nodes import FlowNode
from engine.workflow.scripts import Script
from engine.workflow.tokens import INDEX, LOCALS, STARTED, Token
from engine.workflow.variables import Variables

if TYPE_CHECKING:
    from engine.workflow.scopes import TokenScope

#: Calls nested deeper than this are taken for a process that calls itself without end.
MAX_DEPTH = 40


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
        take_inputs(my_task)
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


def take_inputs(token: Token) -> None:
    """Evaluate the input parameters, each seeing those before it."""
    for name, value in token.task_spec.element.inputs:
        computed = _kept(token.evaluate(value))
        token.internal_data.setdefault(LOCALS, {})[name] = computed


def _kept(value: Any) -> Any:
    try:
        return plain(value)
    except ExpressionError as error:
        raise StepError("expression", str(error)) from error


class Assignment(msgspec.Struct, frozen=True, kw_only=True):
    """Whose a user task is and when it is due, as drawn."""

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
        token.instance.emit(
            TaskOpened(
                number=token.id,
                element_id=element.id,
                process_key=token.workflow.process_key,
                definition_id=definition.id,
                name=element.name,
                name_en=element.name_en,
                form_key=_text(token, drawn.form_key),
                assignee=_text(token, drawn.assignee),
                candidate_groups=groups,
                candidate_users=_names(token, drawn.candidate_users),
                due_at=_instant(token, drawn.due),
                follow_up_at=_instant(token, drawn.follow_up),
                priority=_priority(token, drawn.priority),
                properties={name: token.evaluate(value) for name, value in drawn.properties},
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
    value = None if template is None else token.evaluate(template)
    return None if value is None or value == "" else str(value)


def _names(token: Token, templates: tuple[Template, ...]) -> tuple[str, ...]:
    names: list[str] = []
    for template in templates:
        value = token.evaluate(template)
        parts = value if isinstance(value, list | tuple) else str(value or "").split(",")
        names += [name for part in parts if (name := str(part).strip()) and name not in names]
    return tuple(names)


def _instant(token: Token, template: Template | None) -> datetime | None:
    if template is None:
        return None
    try:
        return timers.instant(token.evaluate(template), token.instance.context)
    except TimerError as error:
        raise StepError("timer", str(error)) from error


def _priority(token: Token, template: Template | None) -> int:
    value = _text(token, template)
    if value is None:
        return 50
    try:
        return int(float(value))
    except (ValueError, OverflowError) as error:
        raise StepError(
            "expression", f"Expected a whole number as priority, but it is '{value}'."
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
        inputs = {name: token.internal_data[LOCALS][name] for name, _ in self.element.inputs}
        token.instance.emit(
            JobOpened(
                number=token.id,
                element_id=self.element.id,
                process_key=token.workflow.process_key,
                name=self.element.name,
                topic=str(token.evaluate(self.topic)),
                inputs=inputs,
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
        is_open = state == STARTED or token.instance.is_failed_job(token)
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
            raise StepError("expression", str(error)) from error
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
                "decision", f"Expected the decision '{self.decision}', but it is not deployed."
            )
        try:
            result = decision.evaluate(token.lookup, token.instance.surroundings)
            if self.result_variable:
                value = decision.mapped(result, self.mapping)
                token.workflow.assign(self.result_variable, value, token)
                return True
            outputs = decision.mapped(result, "singleResult")
        except (DecisionError, ExpressionError) as error:
            raise StepError("decision", str(error)) from error
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


class SubProcess(Activity):
    """A scope of its own inside the process, with the variables of the process."""

    @override
    def open(self, token: Token) -> bool | None:
        """Start the inner scope."""
        token.instance.open_scope(
            token, token.workflow.definition, self.element.id, token.workflow.store
        ).start()
        return None

    @override
    def finish(self, token: Token) -> None:
        """Drop the inner scope when everything it gives has been taken over."""
        super().finish(token)
        token.instance.drop_scope_of(token)


class Passing(msgspec.Struct, frozen=True, kw_only=True):
    """A variable passed to or from a called process; ``name`` None passes all."""

    name: str | None
    value: Expression | None


class CallActivity(SubProcess):
    """Calls the newest published version of another process, with variables of its own.

    Attributes:
        called: Key of the process.
        passed: Variables given to it.
        returned: Variables taken back.
    """

    called = Template("")
    passed: tuple[Passing, ...] = ()
    returned: tuple[Passing, ...] = ()

    @override
    def open(self, token: Token) -> bool | None:
        """Bind the newest version and start it."""
        instance = token.instance
        key = str(token.evaluate(self.called) or "")
        if token.workflow.depth >= MAX_DEPTH:
            raise StepError(
                "called_process",
                f"Expected calls nested at most {MAX_DEPTH} deep, but '{key}' would be deeper.",
            )
        definition = instance.latest(key)
        values: dict[str, Any] = {}
        for mapping in self.passed:
            if mapping.name is None or mapping.value is None:
                values.update(token.workflow.visible(token))
            else:
                values[mapping.name] = _kept(token.evaluate(mapping.value))
        store = Variables(number=token.id, values=values)
        instance.open_scope(token, definition, definition.key, store).start()
        return None

    @override
    def finish(self, token: Token) -> None:
        """Take variables back, then drop the called scope."""
        scope = token.instance.scope_of(token)
        if scope is not None:
            returned: dict[str, Any] = {}
            for mapping in self.returned:
                if mapping.name is None or mapping.value is None:
                    returned.update(scope.variables)
                else:
                    returned[mapping.name] = scope.evaluate(mapping.value)
            take_values(token, returned)
        super().finish(token)


class EventSubProcess(SubProcess):
    """A sub-process started by an event while its scope is open.

    A waiting token at it is the subscription; an interrupting one becomes the running
    sub-process itself. Source: BPMN 2.0.2, 10.3.5 and 13.5.4.

    Attributes:
        start: Its start event.
    """

    listens = True
    start: StartEvent

    @property
    def trigger(self) -> Trigger:
        """What starts it."""
        return self.start.trigger

    @property
    def is_interrupting(self) -> bool:
        """Whether it takes the rest of its scope away."""
        return self.start.is_interrupting

    @property
    @override
    def event_element(self) -> Element:
        """The start event, which names the subscription."""
        return self.start.element

    def prepare(self, token: Token) -> dict[str, Any]:
        """What the subscription has to remember."""
        return self.start.prepare(token)

    @property
    def waits(self) -> bool:
        """Whether it needs a waiting token; errors and escalations are looked up instead."""
        return not isinstance(self.trigger, ErrorTrigger | EscalationTrigger)

    def happened(self, token: Token, values: Mapping[str, Any]) -> None:
        """The start event fired."""
        report_firing(token)
        scope = token.workflow
        if self.is_interrupting or not self.trigger.repeats(token):
            self.trigger.close(token)
            token.remove()
        elif isinstance(self.trigger, TimerTrigger):
            self.trigger.announce(token)
        self.begin(scope, values)

    def begin(self, scope: TokenScope, values: Mapping[str, Any]) -> None:
        """Start it in the scope that it belongs to."""
        token = scope.new_token(self)
        if self.is_interrupting:
            scope.clear(keep=token)
        take_values(token, values)
        scope.top_workflow.entered(self.element)
        scope.top_workflow.schedule(token)

    @override
    def withdrawn(self, token: Token, state: int) -> None:
        """Report the end of a subscription."""
        if state != STARTED and token.internal_data:
            self.trigger.close(token)
        super().withdrawn(token, state)
