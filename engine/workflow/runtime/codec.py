"""State of an instance as bytes: tokens, variables and bindings; no definitions, no history."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson

from engine.ports.kernel import StepContext
from engine.workflow.runtime.definitions import Definition
from engine.workflow.runtime.instance import Instance
from engine.workflow.runtime.scopes import Scope, TokenScope
from engine.workflow.runtime.tokens import Token
from engine.workflow.runtime.variables import Variables

#: Version of the layout; a new one must still read the old ones. Since 2 a scope may have a
#: sixth part: what completed in it and can be undone.
LAYOUT = 2

Bind = Callable[[str], Definition]
Compile = Callable[[int], Definition]


def dump(instance: Instance) -> bytes:
    """State of an instance between two commands."""
    scopes = [_scope(scope) for scope in instance.scopes()]
    head = [LAYOUT, instance.counter, int(instance.completed), instance.outcome, instance.last_end]
    return orjson.dumps([head, scopes], option=orjson.OPT_NON_STR_KEYS)


def _scope(scope: TokenScope) -> list[Any]:
    row: list[Any] = [
        0 if scope.host is None else scope.host.id,
        "" if scope.host is None else scope.key,
        0 if scope.shares_variables else scope.definition.id,
        None if scope.shares_variables else scope.variables,
        [_row(token) for token in scope.tasks.values()],
    ]
    if scope.records:
        row.append(scope.records)
    return row


def _row(token: Token) -> list[Any]:
    row: list[Any] = [token.id, token.task_spec.name, token.state]
    if token._parent is not None or token.internal_data:  # noqa: SLF001 - of our own class
        row.append(token._parent or 0)  # noqa: SLF001
    if token.internal_data:
        row.append(token.internal_data)
    return row


def load(state: bytes, context: StepContext, compile_: Compile, bind: Bind) -> Instance:
    """Restore an instance.

    Args:
        state: What `dump` gave.
        context: Surroundings of the coming step.
        compile_: Gives a definition by id.
        bind: Gives the newest definition of a process key.
    """
    head, scopes = orjson.loads(state)
    _, counter, completed, outcome, last_end = head
    first = scopes[0]
    instance = Instance(compile_(first[2]), first[3], context, bind)
    instance.counter = counter
    instance.outcome = outcome
    instance.completed = bool(completed)
    instance.mark_reported()
    instance.last_end = None if last_end is None else (last_end[0], last_end[1])
    _restore(instance, first)
    for row in scopes[1:]:
        number, key, definition_id, values = row[:4]
        host = instance.token(number)
        if host is None:
            raise ValueError(number)
        if definition_id:
            definition, store = compile_(definition_id), Variables(number, values)
        else:
            definition, store = host.workflow.definition, host.workflow.store
        scope: Scope = instance.open_scope(host, definition, key, store)
        _restore(scope, row)
    return instance


def _restore(scope: Any, stored: list[Any]) -> None:
    nodes = scope.spec.task_specs
    scope.records = stored[5] if len(stored) > 5 else None  # noqa: PLR2004 - optional part
    for row in stored[4]:
        Token(
            scope,
            nodes[row[1]],
            number=row[0],
            state=row[2],
            parent=(row[3] or None) if len(row) > 3 else None,  # noqa: PLR2004 - optional parts
            internal_data=row[4] if len(row) > 4 else None,  # noqa: PLR2004
        )
