"""Controls by type of component: those one fills in, and how a value looks that is only shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from msgspec.structs import replace

from forms.rendering import temporal
from forms.rendering.choosing import choice, choices
from forms.rendering.items import File
from forms.rendering.situation import Situation
from forms.rendering.tokens import token
from forms.standing import Place
from forms.tree import Leaf
from forms.wording import text_of

_MODES: Final[Mapping[str, str]] = {"email": "email", "phone": "tel"}


def control(situation: Situation, leaf: Leaf, value: Any, place: Place) -> dict[str, Any]:
    """What is particular about the control of a field one may fill in."""
    return _CONTROLS[leaf.component.type](situation, leaf, value, place)


def fixed(situation: Situation, leaf: Leaf, value: Any, place: Place) -> dict[str, Any]:
    """What is particular about a field that is only shown."""
    match leaf.component.type:
        case "textarea":
            return {"kind": "fixed_lines", "value": text_of(value)}
        case "checkbox":
            return {"kind": "fixed_box", "is_checked": value is True}
        case "filepicker":
            return {"kind": "fixed_files", "files": _kept(situation, value)}
        case "datetime":
            return {"kind": "fixed", "value": temporal.readable(leaf, value, situation.zone)}
        case "select" | "radio" | "checklist" | "taglist":
            options = choices(situation, leaf, value, place)
            chosen = [one.label for one in options if one.is_chosen]
            return {
                "kind": "fixed",
                "value": (", " if situation.is_english else "、").join(chosen),
            }
        case _:
            return {"kind": "fixed", "value": text_of(value)}


def _line(_situation: Situation, leaf: Leaf, value: Any, place: Place) -> dict[str, Any]:
    return {
        "kind": "line",
        "value": text_of(value),
        "input_mode": _MODES.get(leaf.component.rules.validation_type, ""),
        "longest": _length(leaf, place),
    }


def _lines(_situation: Situation, leaf: Leaf, value: Any, place: Place) -> dict[str, Any]:
    return {"kind": "lines", "value": text_of(value), "longest": _length(leaf, place)}


def _number(_situation: Situation, leaf: Leaf, value: Any, _place: Place) -> dict[str, Any]:
    """A control of plain text: the one for numbers loses what is none."""
    is_whole = leaf.component.decimal_digits == 0
    return {
        "kind": "line",
        "value": text_of(value),
        "input_mode": "numeric" if is_whole else "decimal",
    }


def _moment(situation: Situation, leaf: Leaf, value: Any, _place: Place) -> dict[str, Any]:
    kind, text = temporal.temporal(leaf, value, situation.zone)
    has_seconds = kind in ("time", "datetime-local") and text.count(":") > 1
    step = "1" if has_seconds else ""
    return {"kind": "line", "input_type": kind, "value": text, "step": step}


def _box(_situation: Situation, _leaf: Leaf, value: Any, _place: Place) -> dict[str, Any]:
    return {"kind": "box", "is_checked": value is True}


def _files(situation: Situation, leaf: Leaf, value: Any, place: Place) -> dict[str, Any]:
    return {
        "kind": "files",
        "files": _kept(situation, value),
        "accept": leaf.component.accept,
        "is_multiple": leaf.conditions.is_multiple(place.scope),
    }


def _kept(situation: Situation, value: Any) -> tuple[File, ...]:
    """Attachments a field has; of one that is not known only its id can be told."""
    ids = value if isinstance(value, list) else []
    return tuple(
        replace(situation.files.get(one) or File(name=f"#{one}"), token=token(one))
        for one in ids
        if isinstance(one, int | str)
    )


def _length(leaf: Leaf, place: Place) -> int | None:
    longest = leaf.conditions.bound("max_length", place.scope)
    return None if longest is None or longest < 0 else int(longest)


_CONTROLS: Final[Mapping[str, Callable[[Situation, Leaf, Any, Place], dict[str, Any]]]] = {
    "textfield": _line,
    "textarea": _lines,
    "number": _number,
    "datetime": _moment,
    "checkbox": _box,
    "filepicker": _files,
    "select": choice,
    "radio": choice,
    "checklist": choice,
    "taglist": choice,
}
