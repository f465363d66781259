"""Checks posted values against a compiled form, in the order the form shows them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from marshmallow import ValidationError
from marshmallow.exceptions import SCHEMA

from engine.domain.forms import FieldProblem, FormInvalidError
from engine.ports.forms import Records
from forms import limits
from forms.fields import identity
from forms.messages import nearest, problem
from forms.rules import Situation, is_empty, problems_of
from forms.standing import Place, as_object, initial, stand, standing_rows
from forms.tree import Branch, CompiledForm, Leaf, Rows

Problems = dict[str, list[FieldProblem]]


def validate(
    form: CompiledForm,
    values: Mapping[str, Any],
    *,
    variables: Mapping[str, Any],
    draft: bool,
    now: datetime,
    zone: ZoneInfo,
    records: Records | None = None,
) -> dict[str, Any]:
    """Clean posted values, or refuse them naming everything that is wrong.

    Args:
        form: The compiled form.
        values: As posted.
        variables: What the task sees; never written here.
        draft: Whether values may still be missing or unfinished.
        now: Instant of the check.
        zone: Zone of wall times.
        records: Records the person may choose from; None leaves choices among them unchecked.

    Raises:
        FormInvalidError: Something does not fit.
    """
    problems = limits.exceeded(values)
    if problems:
        raise FormInvalidError(problems)
    cleaned, problems = typed(form, values)
    check = _Check(problems=problems, now=now, zone=zone, draft=draft, records=records)
    result = check.branch(form.root, stand(form, values, cleaned, variables))
    if problems:
        raise FormInvalidError(problems)
    return result


class _Check:
    """One check of one form; collects problems and builds the result."""

    def __init__(
        self,
        *,
        problems: Problems,
        now: datetime,
        zone: ZoneInfo,
        draft: bool,
        records: Records | None,
    ) -> None:
        self._problems = problems
        self._now = now
        self._zone = zone
        self._draft = draft
        self._records = records

    def branch(self, branch: Branch, place: Place) -> dict[str, Any]:
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

    def _refuse_unknown(self, branch: Branch, place: Place) -> None:
        for name in place.posted:
            if name not in branch.children:
                near = nearest(name, branch.children)
                code = "field_unknown" if near is None else "field_unknown_near"
                self._refuse(place.to(name), problem(code, nearest=near))

    def _inner(self, name: str, branch: Branch, place: Place, result: dict[str, Any]) -> None:
        """An inner object keeps what the variables have there and the form does not show."""
        if place.to(name) in self._problems:
            return
        inner = self.branch(branch, place.inside(name))
        if inner or name in place.posted:
            result[name] = {**as_object(place.present.get(name)), **inner}

    def _leaf(self, name: str, leaf: Leaf, place: Place, result: dict[str, Any]) -> None:
        path = place.to(name)
        if path in self._problems:
            return
        if leaf.conditions.is_hidden(place.scope):
            self._refuse_hidden(path, place.posted.get(name))
        elif leaf.conditions.computed is not None:
            result[name] = place.seen[name]
            # Nothing is no other value: form-js computes only one field per change.
            if place.cleaned.get(name) is not None:
                self._refuse_changed(path, leaf, name, place, result[name])
        elif leaf.component.disabled or leaf.conditions.is_readonly(place.scope):
            self._refuse_changed(path, leaf, name, place, initial(leaf, place.present.get(name)))
        else:
            self._open_leaf(name, leaf, place, result)

    def _open_leaf(self, name: str, leaf: Leaf, place: Place, result: dict[str, Any]) -> None:
        """A field the person may fill in."""
        path = place.to(name)
        is_posted = name in place.posted
        value = place.cleaned.get(name) if is_posted else self._default(leaf, name, place)
        if is_empty(leaf, value):
            if leaf.component.rules.required and not self._draft:
                self._refuse(path, problem("required"))
        else:
            situation = Situation(
                scope=place.scope,
                now=self._now,
                zone=self._zone,
                is_draft=self._draft,
                records=self._records,
            )
            self._refuse(path, *problems_of(leaf, value, situation))
        if is_posted or value is not None:
            result[name] = None if value == "" else value

    def _default(self, leaf: Leaf, name: str, place: Place) -> Any:
        """What the form would have shown for a field nobody touched, unless a variable is set."""
        if self._draft or place.present.get(name) is not None:
            return None
        return initial(leaf, None)

    def _rows(self, name: str, rows: Rows, place: Place, result: dict[str, Any]) -> None:
        path = place.to(name)
        if path in self._problems:
            return
        if rows.conditions.is_hidden(place.scope):
            self._refuse_hidden(path, place.posted.get(name))
            return
        if rows.conditions.is_readonly(place.scope):
            self._refuse_changed_rows(path, rows, name, place)
            return
        cleaned = place.cleaned.get(name) or []
        if not cleaned and rows.component.rules.required and not self._draft:
            self._refuse(path, problem("required"))
        if name not in place.posted:
            return
        present = place.present.get(name)
        known = present if isinstance(present, list) else []
        if not rows.may_change(len(known), len(cleaned)):
            self._refuse(path, problem("rows_fixed", limit=len(known)))
        result[name] = [
            {
                **rows.kept(_at(known, position)),
                **self.branch(rows.row, place.row(name, position)),
            }
            for position in range(len(cleaned))
            if f"{path}.{position}" not in self._problems
        ]

    def _refuse_changed_rows(self, path: str, rows: Rows, name: str, place: Place) -> None:
        """Refuse other rows for a list that is only shown; what is left out is not changed."""
        given = place.cleaned.get(name) or []
        shown = standing_rows(rows, place.present.get(name)) or []
        is_same = len(given) == len(shown) and all(
            identity(row.get(each)) == identity(value)
            for posted, row in zip(given, shown, strict=True)
            for each, value in posted.items()
        )
        if name in place.posted and not is_same:
            self._refuse(path, problem("field_readonly"))

    def _refuse_hidden(self, path: str, posted: Any) -> None:
        # Nothing posted in any form: a page may well send the empty field along.
        is_nothing = posted is None or posted is False or posted in ("", [])
        if not is_nothing:
            self._refuse(path, problem("field_hidden"))

    def _refuse_changed(self, path: str, leaf: Leaf, name: str, place: Place, value: Any) -> None:
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


def typed(form: CompiledForm, values: Mapping[str, Any]) -> tuple[Mapping[str, Any], Problems]:
    """What is left of posted values after typing, and what is wrong with the rest."""
    try:
        return form.schema.load(values), {}
    except ValidationError as error:
        problems: Problems = {}
        _flatten("", error.messages, problems)
        return as_object(error.valid_data), problems


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


def _at(rows: list[Any], position: int) -> Mapping[str, Any]:
    return as_object(rows[position]) if position < len(rows) else {}
