"""What checks of diagrams want to know of a form: the variables it writes and reads."""

from __future__ import annotations

from collections.abc import Iterator

from engine.domain.feel import Expression
from engine.ports.forms import FormDescription
from forms.conditions import Conditions
from forms.tree import Branch, CompiledForm, Leaf, Rows

#: Names FEEL conditions of a form have besides variables. Source: form-js, expressions.
_RESERVED = frozenset({"this", "parent", "i"})


def described(form: CompiledForm) -> FormDescription:
    """Keys a form writes, and variables it looks at."""
    children = form.root.children
    shown = {name for name, node in children.items() if _is_only_shown(node)}
    reads = shown.union(*(_read(node) for node in children.values()))
    return FormDescription(
        fields=tuple(name for name in children if name not in shown),
        reads=frozenset(reads.difference(children.keys() - shown, _RESERVED)),
        paths=frozenset(form.paths),
    )


def _is_only_shown(node: Leaf | Rows | Branch) -> bool:
    """Whether nobody can enter a value, so that the one of the variable is shown."""
    if isinstance(node, Branch):
        return bool(node.children) and all(map(_is_only_shown, node.children.values()))
    component = node.component
    return component.type != "expression" and (component.disabled or component.readonly is True)


def _read(node: Leaf | Rows | Branch) -> set[str]:
    if isinstance(node, Branch):
        return set[str]().union(*map(_read, node.children.values()))
    names = set[str]().union(*(one.names for one in _expressions(node.conditions)))
    if node.component.values_key:
        names.add(node.component.values_key.partition(".")[0])
    if isinstance(node, Rows):
        # Inside a row its own fields come first.
        names |= _read(node.row) - node.row.children.keys()
    return names


def _expressions(conditions: Conditions) -> Iterator[Expression]:
    yield from conditions.hides
    possible = (
        conditions.readonly, conditions.options, conditions.computed, *conditions.bounds.values()
    )  # fmt: skip
    for value in possible:
        if isinstance(value, Expression):
            yield value
