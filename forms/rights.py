"""What a step may do with the fields of its form, worked into the definition itself.

Whatever reads the definition afterwards, to draw or to check, needs to know nothing of rights.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from engine.domain.forms import EVERY, Right, Rights
from forms.definition import CONTAINERS, INPUTS, Component

#: A component, or a whole form, as JSON.
Json = dict[str, Any]
_CHANGES: Final[dict[Right, Json]] = {
    Right.HIDDEN: {"conditional": {"hide": "=true"}},
    Right.READ: {"readonly": True},
    Right.EDIT: {"readonly": False, "disabled": False},
    Right.REQUIRED: {"readonly": False, "disabled": False},
}


def applied(form: Json, rights: Rights) -> Json:
    """The definition as a step with these rights has it.

    A group or list passes its right on to what it holds, unless that has its own.

    Args:
        form: A definition that could be read, see `forms.reading.read`.
        rights: Of the step.
    """
    return {**form, "components": _all(form["components"], "", rights, rights.get(EVERY))}


def paths(components: tuple[Component, ...], prefix: str = "") -> Iterator[str]:
    """Everything that can have rights: paths of fields, groups and lists."""
    for component in components:
        own = component.key if component.type in INPUTS else component.path
        path = _joined(prefix, own)
        if own:
            yield path
        yield from paths(component.components, path)


def _all(
    components: list[Json], prefix: str, rights: Rights, inherited: Right | None
) -> list[Json]:
    return [_one(component, prefix, rights, inherited) for component in components]


def _one(component: Json, prefix: str, rights: Rights, inherited: Right | None) -> Json:
    own = component.get("key" if component["type"] in INPUTS else "path") or ""
    path = _joined(prefix, own)
    right = rights.get(path, inherited) if own else inherited
    changed = dict(component)
    if component["type"] in CONTAINERS:
        passed = inherited if right is Right.REQUIRED else right
        changed["components"] = _all(component.get("components", []), path, rights, passed)
    if right is not None and own:
        changed |= _CHANGES[right]
    if right is Right.REQUIRED and own:
        changed["validate"] = {**component.get("validate", {}), "required": True}
    return changed


def _joined(prefix: str, own: str) -> str:
    return f"{prefix}.{own}" if prefix and own else own or prefix
