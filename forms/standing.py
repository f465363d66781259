"""How a form stands on the screen: one evaluation for drawing and for checking.

Values are those posted, else those shown before: the variable, or the form's default. Computed
fields are filled in; after that conditions, options and bounds can be read anywhere in the form.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping
from typing import Any, Final

import msgspec
from marshmallow import ValidationError

from engine.domain.feel import Expression, Scope
from forms import limits
from forms.conditions import row_scope
from forms.fields import identity
from forms.tree import Branch, CompiledForm, Leaf, Rows

#: Rounds of computing, for values computed from computed ones that stand further down.
_ROUNDS: Final = 4
#: What a field is for conditions while nothing is in it; null if it is not named here.
#: Source: form-js, ``emptyValue`` of its components.
_EMPTY: Final[Mapping[str, Any]] = {
    "textfield": "",
    "textarea": "",
    "checkbox": False,
    "checklist": [],
    "taglist": [],
}


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """One object of the values.

    Attributes:
        path: Its path, empty at the top.
        posted: The object as posted. cleaned: What is left of it after typing.
        present: The same object in the variables.
        seen: The same object as it stands on the screen.
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

    def inside(self, name: str) -> Place:
        """The place of an inner object."""
        return Place(
            path=self.to(name),
            posted=as_object(self.posted.get(name)),
            cleaned=as_object(self.cleaned.get(name)),
            present=as_object(self.present.get(name)),
            seen=self.seen[name],
            scope=self.scope,
        )

    def row(self, name: str, position: int) -> Place:
        """The place of one row of a list."""
        seen = self.seen[name][position]
        return Place(
            path=f"{self.to(name)}.{position}",
            posted=as_object(_at(self.posted.get(name), position)),
            cleaned=as_object(_at(self.cleaned.get(name), position)),
            present=as_object(_at(self.present.get(name), position)),
            seen=seen,
            scope=row_scope(self.scope, seen, position + 1),
        )


def stand(
    form: CompiledForm,
    posted: Mapping[str, Any],
    cleaned: Mapping[str, Any],
    variables: Mapping[str, Any],
    *,
    is_drawn: bool = False,
) -> Place:
    """The top of the form.

    Args:
        form: The compiled form.
        posted: Values as posted.
        cleaned: What is left of them after typing.
        variables: What the task sees.
        is_drawn: Whether a list that has no value yet starts with its empty rows.
    """
    seen = shown(form.root, posted, cleaned, variables, is_drawn=is_drawn)
    names = {"this": seen, "_this_": seen}
    root = Place(
        path="",
        posted=posted,
        cleaned=cleaned,
        present=variables,
        seen=seen,
        scope=ChainMap(seen, dict(variables), names),
    )
    if form.is_computed:
        for _ in range(_ROUNDS):
            if not _compute(form.root, root):
                break
    return root


def shown(
    branch: Branch,
    posted: Mapping[str, Any],
    cleaned: Mapping[str, Any],
    variables: Mapping[str, Any],
    *,
    is_drawn: bool = False,
) -> dict[str, Any]:
    """Values of an object as they stand on the screen: posted, else as shown before."""
    seen: dict[str, Any] = {}
    for name, node in branch.children.items():
        match node:
            case Branch():
                present = as_object(variables.get(name))
                inner = shown(
                    node,
                    as_object(posted.get(name)),
                    as_object(cleaned.get(name)),
                    present,
                    is_drawn=is_drawn,
                )
                seen[name] = {**present, **inner}
            case Rows():
                seen[name] = standing_rows(
                    node,
                    variables.get(name),
                    posted=posted.get(name),
                    cleaned=cleaned.get(name),
                    is_drawn=is_drawn,
                )
            case Leaf() if name in posted:
                value = cleaned.get(name, posted[name])
                seen[name] = _EMPTY.get(node.component.type) if value is None else value
            case Leaf():
                value = initial(node, variables.get(name))
                seen[name] = _EMPTY.get(node.component.type) if value is None else value
    return seen


def initial(leaf: Leaf, variable: Any) -> Any:
    """Value a field starts with, in the normal form of its type: the variable, or the default.

    A variable of another type is shown as it is; a default of another type is none.
    """
    value = leaf.component.default_value if variable is None else variable
    try:
        return leaf.field.deserialize(value) if value is not None else None
    except ValidationError:
        return variable


def as_object(value: Any) -> Mapping[str, Any]:
    """The value if it is an object, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def standing_rows(
    rows: Rows,
    variable: Any,
    *,
    posted: Any = None,
    cleaned: Any = None,
    is_drawn: bool = False,
) -> list[dict[str, Any]] | None:
    """Rows as they stand: as many as were posted, else as the variable has."""
    known = variable if isinstance(variable, list) else []
    given: Any = posted
    if given is None:
        given = variable
        if is_drawn and not isinstance(variable, list):
            given = [{}] * min(rows.component.default_repetitions, limits.MAX_ENTRIES)
    if not isinstance(given, list):
        return None
    return [
        {
            **as_object(row if posted is None else {}),
            **shown(
                rows.row,
                as_object(row) if posted is not None else {},
                as_object(_at(cleaned, position)),
                as_object(_at(known, position)),
                is_drawn=is_drawn,
            ),
        }
        for position, row in enumerate(given)
    ]


def _at(value: Any, position: int) -> Any:
    return value[position] if isinstance(value, list) and position < len(value) else None


def _compute(branch: Branch, place: Place) -> bool:
    """Fill in the computed values of an object; whether any has changed."""
    is_changed = False
    for name, node in branch.children.items():
        match node:
            case Leaf():
                if node.conditions.computed is not None:
                    value = _computed(node.conditions.computed, place.scope)
                    is_changed |= identity(value) != identity(place.seen[name])
                    place.seen[name] = value
            case Branch():
                is_changed |= _compute(node, place.inside(name))
            case Rows():
                for position in range(len(place.seen[name] or ())):
                    is_changed |= _compute(node.row, place.row(name, position))
    return is_changed


def _computed(expression: Expression, scope: Scope) -> Any:
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
