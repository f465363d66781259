"""The values of an order as people know them: now, and every change with who made it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

import msgspec

from engine.domain import facts as f
from engine.domain.records import Order
from engine.queries.history import told
from engine.store.view import View
from forms.pages.events import Names

#: Changes shown; older ones are in the timeline.
_MOST: Final = 300
#: What every order starts with and its head shows.
_IN_HEAD: Final = frozenset({"order_id", "order_number", "unit", "starter"})


class Value(msgspec.Struct, frozen=True, kw_only=True):
    """A value now."""

    name: str
    value: str


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """A value that became another one."""

    at: datetime
    who: str
    name: str
    before: str
    after: str


class Data(msgspec.Struct, frozen=True, kw_only=True):
    """Values and changes.

    Attributes:
        values: Those people have a word for. internal: The others, by the name diagrams use.
        changes: Newest first.
        left_out: Changes that are not shown.
    """

    values: list[Value]
    internal: list[Value]
    changes: list[Change]
    left_out: int


def data(moment: View, order: Order) -> Data:
    """Data of an order the caller has checked."""
    history = told(moment, order.id)
    names = Names(moment, order, history)
    labels = names.labels
    labels.meet(pair for one in history for pair in _written(one.fact)[1].items())
    present: dict[tuple[int, str], Any] = {}
    changes: list[Change] = []
    for one in history:
        scope, written = _written(one.fact)
        for name, value in written.items():
            before = present.get((scope, name))
            present[scope, name] = value
            if name not in _IN_HEAD and labels.is_known(name) and before != value:
                changes.append(
                    Change(
                        at=one.at,
                        who=names.person(one.actor),
                        name=labels.name(name),
                        before=labels.value(name, before),
                        after=labels.value(name, value),
                    )
                )
    shown = {
        name: value
        for (scope, name), value in present.items()
        if scope == 0 and name not in _IN_HEAD
    }

    def values(*, is_known: bool) -> list[Value]:
        return [
            Value(name=labels.name(name), value=labels.value(name, value))
            for name, value in shown.items()
            if labels.is_known(name) == is_known
        ]

    return Data(
        values=values(is_known=True),
        internal=values(is_known=False),
        changes=list(reversed(changes[-_MOST:])),
        left_out=max(len(changes) - _MOST, 0),
    )


def _written(fact: f.Fact) -> tuple[int, dict[str, Any]]:
    """Scope and new values; called processes have scopes of their own."""
    if isinstance(fact, f.OrderStarted):
        return 0, fact.values
    if isinstance(fact, f.VariablesChanged):
        return fact.scope, fact.values
    return 0, {}
