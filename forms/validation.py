"""Checks posted values against a compiled form, in the order the form shows them."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from marshmallow import ValidationError
from marshmallow.exceptions import SCHEMA

from engine.domain.feel import Expression, Scope
from engine.domain.forms import FieldProblem, FormInvalidError
from forms import limits
from forms.conditions import row_scope
from forms.fields import identity
from forms.messages import nearest, problem
from forms.rules import Situation, is_empty, problems_of
from forms.schema import Branch, CompiledForm, Leaf, Rows

Problems = dict[str, list[FieldProblem]]


def validate(
    form: CompiledForm,
    values: Mapping[str, Any],
    *,
    variables: Mapping[str, Any],
    draft: bool,
    now: datetime,
    zone: ZoneInfo,
) -> dict[str, Any]:
    """Clean posted values, or refuse them naming everything that is wrong.

    Args:
        form: The compiled form.
        values: As posted.
        variables: What the task sees; never written here.
        draft: Whether values may still be missing or unfinished.
        now: Instant of the check.
        zone: Zone of wall times.

    Raises:
        FormInvalidError: Something does not fit.
    """
    problems = limits.exceeded(values)
    if problems:
        raise FormInvalidError(problems)
    cleaned, problems = _typed(form, values)
    seen = shown(form.root, values, cleaned, variables)
    place = _Place(
        path="",
        posted=values,
        cleaned=cleaned,
        present=variables,
        seen=seen,
        scope=ChainMap(seen, dict(variables)),
    )
    check = _Check(problems=problems, now=now, zone=zone, draft=draft)
    result = check.branch(form.root, place)
    if problems:
        raise FormInvalidError(problems)
    return result


class _Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where the check is: one object of the values.

    Attributes:
        path: Its path, empty at the top.
        posted: The object as posted. cleaned: What is left of it after typing.
        present: The same object in the variables.
        seen: The same object as it stands on the screen; computed values are added to it.
        scope: Names its conditions see.
    """

    path: str
    posted: Mapping[str, Any]
    cleaned: Mapping[str, Any]
    present: Mapping[str, Any]
    seen: dict[str, Any]
    scope: Scope

    def to(self, name: object) -> str:
        """Path of an entry."""
        return f"{self.path}.{name}" if self.path else str(name)

    def inside(self, name: str) -> _Place:
        """The place of an inner object."""
        return _Place(
            path=self.to(name),
            posted=_object(self.posted.get(name)),
            cleaned=_object(self.cleaned.get(name)),
            present=_object(self.present.get(name)),
            seen=self.seen[name],
            scope=self.scope,
        )


class _Check:
    """One check of one form; collects problems and builds the result."""

    def __init__(self, *, problems: Problems, now: datetime, zone: ZoneInfo, draft: bool) -> None:
        self._problems = problems
        self._now = now
        self._zone = zone
        self._draft = draft

    def branch(self, branch: Branch, place: _Place) -> dict[str, Any]:
        """Check an object and give back its cleaned values."""
        self._refuse_unknown(branch, place)
        result: dict[str, Any] = {}
        for name, node in branch.children.items():
            match node:
                case Leaf():
                    self._leaf(name, node, place, result)
                case Rows():
                    self._rows(name, node, place, result)
                case Branch():
                    self._inner(name, node, place, result)
        return result

    def _refuse_unknown(self, branch: Branch, place: _Place) -> None:
        for name in place.posted:
            if name not in branch.children:
                near = nearest(name, branch.children)
                code = "field_unknown" if near is None else "field_unknown_near"
                self._refuse(place.to(name), problem(code, nearest=near))

    def _inner(self, name: str, branch: Branch, place: _Place, result: dict[str, Any]) -> None:
        """An inner object keeps what the variables have there and the form does not show."""
        if place.to(name) in self._problems:
            return
        inner = self.branch(branch, place.inside(name))
        if inner or name in place.posted:
            result[name] = {**_object(place.present.get(name)), **inner}

    def _leaf(self, name: str, leaf: Leaf, place: _Place, result: dict[str, Any]) -> None:
        path = place.to(name)
        if path in self._problems:
            return
        if leaf.conditions.is_hidden(place.scope):
            self._refuse_hidden(path, place.posted.get(name))
        elif leaf.conditions.computed is not None:
            result[name] = computed(leaf.conditions.computed, place.scope)
            place.seen[name] = result[name]
            self._refuse_changed(path, leaf, name, place, result[name])
        elif leaf.component.disabled or leaf.conditions.is_readonly(place.scope):
            self._refuse_changed(path, leaf, name, place, initial(leaf, place.present.get(name)))
        else:
            self._open_leaf(name, leaf, place, result)

    def _open_leaf(self, name: str, leaf: Leaf, place: _Place, result: dict[str, Any]) -> None:
        """A field the person may fill in."""
        path = place.to(name)
        is_posted = name in place.posted
        value = place.cleaned.get(name) if is_posted else self._default(leaf, name, place)
        if is_empty(leaf, value):
            if leaf.component.rules.required and not self._draft:
                self._refuse(path, problem("required"))
        else:
            situation = Situation(
                scope=place.scope, now=self._now, zone=self._zone, is_draft=self._draft
            )
            self._refuse(path, *problems_of(leaf, value, situation))
        if is_posted or value is not None:
            result[name] = None if value == "" else value

    def _default(self, leaf: Leaf, name: str, place: _Place) -> Any:
        """What the form would have shown for a field nobody touched, unless a variable is set."""
        if self._draft or place.present.get(name) is not None:
            return None
        return initial(leaf, None)

    def _rows(self, name: str, rows: Rows, place: _Place, result: dict[str, Any]) -> None:
        path = place.to(name)
        if path in self._problems:
            return
        if rows.conditions.is_hidden(place.scope):
            self._refuse_hidden(path, place.posted.get(name))
            return
        cleaned = place.cleaned.get(name) or []
        if not cleaned and rows.component.rules.required and not self._draft:
            self._refuse(path, problem("required"))
        if name not in place.posted:
            return
        present = place.present.get(name)
        known = present if isinstance(present, list) else []
        if not rows.component.allow_add_remove and known and len(cleaned) != len(known):
            self._refuse(path, problem("rows_fixed", limit=len(known)))
        result[name] = [
            self.branch(
                rows.row,
                _row(
                    rows.row,
                    place,
                    path=f"{path}.{position}",
                    posted=_object(place.posted[name][position]),
                    cleaned=row,
                    present=_object(known[position] if position < len(known) else None),
                    position=position,
                ),
            )
            for position, row in enumerate(cleaned)
            if f"{path}.{position}" not in self._problems
        ]

    def _refuse_hidden(self, path: str, posted: Any) -> None:
        # Nothing posted in any form: a page may well send the empty field along.
        is_nothing = posted is None or posted is False or posted in ("", [])
        if not is_nothing:
            self._refuse(path, problem("field_hidden"))

    def _refuse_changed(self, path: str, leaf: Leaf, name: str, place: _Place, value: Any) -> None:
        """Refuse another value for a field that is only shown; the same one is welcome."""
        posted = place.cleaned.get(name)
        is_same = identity(posted) == identity(value) or (
            is_empty(leaf, posted) and is_empty(leaf, value)
        )
        if name in place.posted and not is_same:
            self._refuse(path, problem("field_readonly"))

    def _refuse(self, path: str, *found: FieldProblem) -> None:
        if found:
            self._problems.setdefault(path, []).extend(found)


def initial(leaf: Leaf, variable: Any) -> Any:
    """Value a field starts with, in the normal form of its type: the variable, or the default.

    A variable of another type is shown as it is; a default of another type is none.
    """
    value = leaf.component.default_value if variable is None else variable
    try:
        return leaf.field.deserialize(value) if value is not None else None
    except ValidationError:
        return variable


def computed(expression: Expression, scope: Scope) -> Any:
    """Value of a computed field: one value or a list of such; anything bigger is null.

    An object could contain the very field that is being computed.
    """
    value = expression.evaluate(scope)
    if isinstance(value, list):
        is_small = len(value) <= limits.MAX_ENTRIES and all(map(_is_scalar, value))
        return value if is_small else None
    return value if _is_scalar(value) else None


def _is_scalar(value: Any) -> bool:
    if isinstance(value, str):
        return len(value) <= limits.MAX_TEXT
    return value is None or isinstance(value, bool | int | float)


def _typed(form: CompiledForm, values: Mapping[str, Any]) -> tuple[Mapping[str, Any], Problems]:
    try:
        return form.schema.load(values), {}
    except ValidationError as error:
        problems: Problems = {}
        _flatten("", error.messages, problems)
        return _object(error.valid_data), problems


def _flatten(path: str, messages: Any, problems: Problems) -> None:
    """Turn nested messages into paths. A schema only ever complains of not getting an object."""
    if isinstance(messages, list):
        problems.setdefault(path, []).extend(messages)
        return
    for name, inner in messages.items():
        if name == SCHEMA:
            problems.setdefault(path, []).append(problem("object_expected"))
        else:
            _flatten(f"{path}.{name}" if path else str(name), inner, problems)


def _row(
    row: Branch,
    outside: _Place,
    *,
    path: str,
    posted: Mapping[str, Any],
    cleaned: Mapping[str, Any],
    present: Mapping[str, Any],
    position: int,
) -> _Place:
    seen = shown(row, posted, cleaned, present)
    return _Place(
        path=path,
        posted=posted,
        cleaned=cleaned,
        present=present,
        seen=seen,
        scope=row_scope(outside.scope, seen, position + 1),
    )


def shown(
    branch: Branch,
    posted: Mapping[str, Any],
    cleaned: Mapping[str, Any],
    variables: Mapping[str, Any],
) -> dict[str, Any]:
    """Values as they stand on the screen: posted, else as shown before."""
    seen: dict[str, Any] = {}
    for name, node in branch.children.items():
        if isinstance(node, Branch):
            present = _object(variables.get(name))
            inner = shown(node, _object(posted.get(name)), _object(cleaned.get(name)), present)
            seen[name] = {**present, **inner}
        elif name in posted:
            seen[name] = cleaned.get(name, posted[name])
        elif isinstance(node, Leaf):
            seen[name] = initial(node, variables.get(name))
        else:
            seen[name] = variables.get(name)
    return seen


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
