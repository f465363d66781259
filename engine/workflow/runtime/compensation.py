"""Compensation: completed activities are remembered, and undone in reverse order of completion.

A scope remembers what completed in it (`TokenScope.records`) as far as a throw event can reach
it. A throw event, or a transaction that is cancelled, takes these records over as its plan and
works through them one by one; it waits meanwhile. What undoes one record is a unit: a token at
the handler of the activity, or a token at the completed sub-process, which is open again for the
plan of its own or for its compensation event sub-process. Source: BPMN 2.0.2, 10.7 and 13.5.5.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from engine.workflow.runtime.tokens import KEPT, LOCALS, PLAN, STARTED, UNIT, Token

if TYPE_CHECKING:
    from engine.workflow.runtime.instance import Instance
    from engine.workflow.runtime.scopes import Scope, TokenScope

#: Name of the activity, its local variables, records of its inside, and whether it never
#: completed (the inside of a transaction that was cancelled). JSON, stored with the instance.
Record: TypeAlias = list[Any]


# -- remembering --


def keep(token: Token) -> None:
    """Remember an activity that completes; all its rounds if it repeats."""
    if token.task_spec.loop is not None:
        found = token.internal_data.get(KEPT, [])
    else:
        found = _recorded(token)
    if found:
        scope = token.workflow
        if scope.records is None:
            scope.records = []
        scope.records += found


def keep_round(child: Token, token: Token) -> None:
    """Remember one round of a repeating activity until the whole has completed."""
    found = _recorded(child)
    if found:
        token.internal_data.setdefault(KEPT, []).extend(found)


def keep_inside(token: Token) -> None:
    """Take over what completed inside a sub-process before its scope is dropped."""
    scope = token.instance.scope_of(token)
    if scope is not None and scope.records and token.task_spec.handler is None:
        token.internal_data[KEPT] = scope.records


def _recorded(token: Token) -> list[Record]:
    node, inside = token.task_spec, token.internal_data.get(KEPT, [])
    if node.handler is None and node.undoing is None and not inside:
        return []
    return [[node.name, token.own or None, inside, False]]


# -- throwing --


def compensate(token: Token, activity: str | None) -> bool | None:
    """Begin to undo what a throw event can reach; True when there is nothing to undo.

    Args:
        token: Token at the throw event; it waits until everything is undone.
        activity: Name of the only activity to undo; None for all.
    """
    scope = _reached(token, activity)
    records = scope.records or []
    plan = [one for one in records if activity in {None, one[0]}]
    if not plan:
        return True
    scope.records = [one for one in records if activity not in {None, one[0]}] or None
    token.internal_data[PLAN] = plan
    token.instance.schedule_undoing(token.id)
    return None


def _reached(token: Token, activity: str | None) -> TokenScope:
    """The scope around a throw event; from an event sub-process the one it belongs to."""
    scope = token.workflow
    host = scope.host
    if host is None or not host.task_spec.is_event_sub_process:
        return scope
    return host.workflow if activity is None or activity not in scope.spec.task_specs else scope


def abandon(token: Token) -> None:
    """The throw event is taken away: what it had not begun to undo is to be undone again."""
    plan = token.internal_data.pop(PLAN)
    scope = _reached(token, token.task_spec.trigger.activity)
    scope.records = [*plan, *(scope.records or ())] or None
    for unit in _units(scope, token.id):
        unit.cancel()


def cancel_transaction(token: Token) -> None:
    """Take everything open in a transaction away, then undo what completed in it.

    Source: BPMN 2.0.2, 10.3.5 and 13.5.6; 13.5.5 for the completed parts of what is open.
    """
    host = token.workflow.host
    while host is not None and not host.task_spec.is_transaction:
        host = host.workflow.host
    scope = None if host is None else token.instance.scope_of(host)
    if host is None or scope is None:
        raise LookupError(token.id)
    _stop_undoing(scope)
    plan = _completed_parts(scope)
    for one in list(scope.tasks.values()):
        one.cancel()
    for number in list(host._children):  # noqa: SLF001 - of our own class
        host.workflow.tasks[number].cancel()
    scope.records = None
    host.internal_data[PLAN] = plan
    token.instance.schedule_undoing(host.id)


def _stop_undoing(scope: TokenScope) -> None:
    for token in list(scope.tasks.values()):
        inner = token.instance.scope_of(token)
        if inner is not None:
            _stop_undoing(inner)
        elif PLAN in token.internal_data:
            token.cancel()


def _completed_parts(scope: TokenScope) -> list[Record]:
    records = list(scope.records or ())
    for token in scope.tasks.values():
        node, inner = token.task_spec, token.instance.scope_of(token)
        if node.loop is not None and not token.is_loop_child:
            records += token.internal_data.get(KEPT, [])
        elif inner is not None:
            inside = _completed_parts(inner)
            if inside and inner.shares_variables:
                records.append([node.name, token.own or None, inside, True])
        elif KEPT in token.internal_data:
            records += _recorded(token)
    return records


# -- undoing --


def proceed(instance: Instance, number: int) -> None:
    """Go on with a plan: begin its next unit, or let who had the plan go on.

    Args:
        instance: The process instance.
        number: Token of the throw event, of the transaction or of the sub-process open again.
    """
    token = instance.token(number)
    if token is None or PLAN not in token.internal_data:
        return
    inner = instance.scope_of(token)
    scope = _reached(token, token.task_spec.trigger.activity) if inner is None else inner
    if _units(scope, number):
        return
    plan = token.internal_data[PLAN]
    if plan:
        _begin(plan.pop(), scope, number)
    elif inner is None:
        del token.internal_data[PLAN]
        instance.schedule_completion(token)
    elif all(one.is_passive for one in inner.tasks.values()):
        if UNIT in token.internal_data:
            token.cancel()
        else:
            token.task_spec.cancelled(token)


def _units(scope: TokenScope, number: int) -> list[Token]:
    return [one for one in scope.tasks.values() if one.internal_data.get(UNIT) == number]


def _begin(record: Record, scope: TokenScope, number: int) -> None:
    name, local, inside, was_open = record
    instance, node = scope.top_workflow, scope.spec.task_specs[name]
    remembered: dict[str, Any] = {UNIT: number}
    if local:
        remembered[LOCALS] = local
    if node.handler is not None and not was_open:
        scope.put(node.handler, remembered)
        return
    token = scope.new_token(node, state=STARTED, internal_data=remembered)
    inner: Scope = instance.open_scope(token, scope.definition, node.element.id, scope.store)
    if node.undoing is None or was_open:
        remembered[PLAN] = inside
        instance.schedule_undoing(token.id)
    else:
        remembered[PLAN] = []
        inner.records = inside or None
        inner.put(node.undoing, {UNIT: token.id})
